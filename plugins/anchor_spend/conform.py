"""Bring a file's tables into canonical payments.

In: the tables of one file and the publisher's spec. Out: a ConformedFile: payments, rejected and excluded
rows, each with its sheet and row number, and what was read. Refuses a file whose columns, dates or amounts
are not what the spec says; a single row that cannot be read is set aside by a named rule, never dropped.

Rows and pence read are counted straight from the tables, before and apart from the classification, so that
read = payments + rejected + excluded is a check. Identical rows are separate payments and all stay.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from anchor_spend.errors import Place, SpecError
from anchor_spend.headers import Layout, find_layouts, unknown_headers
from anchor_spend.records import ASIDE_COLUMNS, PAYMENT_COLUMNS, ConformedFile, Finding, RawTable
from anchor_spend.rules import RULES, remark, unreadable
from anchor_spend.spec import Publisher, Stream, normalise_header
from anchor_spend.steps import STEPS
from anchor_spend.values import DateReading, disagree, parse_pence, read_dates, shape_of

MOSTLY = 0.6
"""The share of a file's dates, and of its amounts, that must be readable for the file to be read at all.
With day and month swapped, 40% of a whole month's dates can still be read, up to half of a weekly run's."""

_TEXT_FIELDS = [
    "supplier_name", "supplier_ref", "supplier_postcode", "supplier_company_number",
    "department", "category", "description", "transaction_ref",
]  # fmt: skip
_TOTAL = re.compile(r"(?:(?:grand|sub|overall|report|net|sum)[ -]?)*totals?\b.*|.*\btotals?:?", re.IGNORECASE)
_BARE_TOTAL = re.compile(r"(?:(?:grand|sub|overall|report)[ -]?)?totals?(?: amount)?:?", re.IGNORECASE)
_COMMON_WORDS = {"the", "of", "and", "for", "nhs", "trust", "foundation", "council", "borough", "university"}
_REDACTION = re.compile(r"\b(?:redact(?:ed|ion|s)?|withheld|personal (?:data|information|payments?))\b", re.I)


def conform(
    tables: list[RawTable], publisher: Publisher, stream_name: str, period: str, file_name: str
) -> ConformedFile:
    """One file in canonical columns; UnreadableFileError when it is not what the spec says."""
    stream = _stream(publisher, stream_name)
    place = Place(file=file_name)
    layouts = find_layouts(tables, stream, place)
    rows_read, pence_read = _count_read(tables, layouts)
    frame = pd.concat([_text_frame(*pair) for pair in zip(tables, layouts, strict=True)], ignore_index=True)
    findings = [finding for table in tables for finding in table.findings]
    findings += [note for pair in zip(tables, layouts, strict=True) for note in _sheet_notes(*pair, stream)]

    _read_amounts(frame)
    _mark_totals(frame, tables)
    _mark_amounts(frame, place)
    reading = _mark_dates(frame, stream, period, place)
    payments = _payments(frame, stream, reading)
    payments, step_notes = _run_steps(payments, stream)
    findings += [*step_notes, *_remarks(frame, payments, publisher, stream)]
    return ConformedFile(
        payments=payments,
        rejected=_set_aside(frame, "rejected"),
        excluded=_set_aside(frame, "excluded"),
        rows_read=rows_read,
        pence_read=pence_read,
        reading=_describe_reading(tables, layouts, reading),
        findings=findings,
    )


def _stream(publisher: Publisher, name: str) -> Stream:
    if name not in publisher.streams:
        known = ", ".join(publisher.streams)
        raise SpecError(f"{publisher.publisher_id} has no stream {name!r}; its spec has: {known}.")
    return publisher.streams[name]  # type: ignore[index]


# --- counting, apart from everything below ----------------------------------------------------------------


def _count_read(tables: list[RawTable], layouts: list[Layout | None]) -> tuple[int, int]:
    """Rows other than the header rows, and the pence of every amount cell that can be read."""
    rows = pence = 0
    for table, layout in zip(tables, layouts, strict=True):
        rows += len(table.rows) - bool(layout)
        if not layout:
            continue
        amount = layout.columns["amount"]
        body = [row for number, row in enumerate(table.rows, start=1) if number != layout.header_row]
        cells = Counter(
            row[amount] for row in body if len(row) > amount and not _is_ragged(row, layout.width)
        )
        pence += sum(count * (_pence(cell)[0] or 0) for cell, count in cells.items())
    return rows, pence


def _is_ragged(row: list[str], width: int) -> bool:
    return len(row) > width and any(cell.strip() for cell in row[width:])


def _pence(cell: str) -> tuple[int | None, str]:
    try:
        return parse_pence(cell), ""
    except ValueError as error:
        return None, f"{error}; shape {shape_of(cell.strip())!r}"


# --- rows ---------------------------------------------------------------------------------------------------


def _text_frame(table: RawTable, layout: Layout | None) -> pd.DataFrame:
    """A frame of the table's rows without the header: where each stands, its fields as trimmed text, and the
    structural rule it falls under ('' for a row that may be a payment)."""
    header_row = layout.header_row if layout else 0
    numbered = [(number, row) for number, row in enumerate(table.rows, start=1) if number != header_row]
    cells: dict[str, Any] = {
        "sheet": table.sheet,
        "row_number": [number for number, _ in numbered],
        "rule": [_structural_rule(number, row, layout) for number, row in numbered],
        "column": "",
        "detail": "",
    }
    for name in ["payment_date", "amount", "body_name", *_TEXT_FIELDS]:
        at = layout.columns.get(name) if layout else None
        cells[name] = [row[at].strip() if at is not None and len(row) > at else "" for _, row in numbered]
    if layout:  # what stands in the amount's place of a shifted row is not its amount
        shifted = [_is_ragged(row, layout.width) for _, row in numbered]
        cells["amount"] = [
            "" if is_shifted else cell for is_shifted, cell in zip(shifted, cells["amount"], strict=True)
        ]
    return pd.DataFrame(cells, index=range(len(numbered)), dtype=object)


def _structural_rule(number: int, row: list[str], layout: Layout | None) -> str:
    if not any(cell.strip() for cell in row):
        return "blank_row"
    if not layout:
        return "sheet_without_header"
    if number < layout.header_row:
        return "banner"
    if _is_ragged(row, layout.width):
        return "ragged_row"
    return "repeated_header" if _repeats_header(row, layout) else ""


def _repeats_header(row: list[str], layout: Layout) -> bool:
    positions = layout.columns.values()
    amount = layout.columns["amount"]
    if max(positions) >= len(row) or row[amount].strip()[-1:].isdigit():
        return False
    return all(normalise_header(row[at]) == normalise_header(layout.cells[at]) for at in positions)


def _mark(frame: pd.DataFrame, mask: "pd.Series[bool]", rule: str, column: str, detail: Any = "") -> None:
    """Put rows no earlier rule has taken under a rule."""
    hit = mask & (frame["rule"] == "")
    frame.loc[hit, "rule"] = rule
    frame.loc[hit, "column"] = column
    frame.loc[hit, "detail"] = detail[hit] if isinstance(detail, pd.Series) else detail


# --- amounts and totals -------------------------------------------------------------------------------------


def _read_amounts(frame: pd.DataFrame) -> None:
    """Adds `pence` (what a row counts for), `is_amount` and `amount_problem`."""
    read = {cell: _pence(cell) for cell in frame["amount"].unique()}
    pence = [read[cell][0] for cell in frame["amount"]]
    frame["is_amount"] = [value is not None for value in pence]
    frame["pence"] = pd.Series([value or 0 for value in pence], index=frame.index, dtype=object)
    frame["amount_problem"] = [read[cell][1] for cell in frame["amount"]]


def _mark_totals(frame: pd.DataFrame, tables: list[RawTable]) -> None:
    """Total rows: by wording and by the sum they claim, of the sheet so far or since the last total."""
    has_date = {cell: bool(cell) and not _TOTAL.fullmatch(cell) for cell in frame["payment_date"].unique()}
    is_dated = frame["payment_date"].map(has_date).astype(bool)
    is_named_total = frame["supplier_name"].isin(
        [name for name in frame["supplier_name"].unique() if _BARE_TOTAL.fullmatch(name)]
    )
    suspects = frame[(~is_dated | is_named_total) & (frame["rule"] == "") & frame["is_amount"]]
    rows = {table.sheet: table.rows for table in tables}
    for sheet in suspects["sheet"].unique():
        wordings = {
            index: _total_wording(rows[sheet][number - 1])
            for index, number in suspects.loc[suspects["sheet"] == sheet, "row_number"].items()
        }
        _mark_sheet_totals(frame, frame[frame["sheet"] == sheet], wordings, is_dated)


def _mark_sheet_totals(
    frame: pd.DataFrame, part: pd.DataFrame, wordings: dict[Any, str], is_dated: "pd.Series[bool]"
) -> None:
    since_top = since_total = above = 0
    for index, rule, pence in part[["rule", "pence"]].itertuples(name=None):
        wording = wordings.get(index, "")
        # publishers add up unrounded amounts: half a penny a row
        slack = above // 2 if wording in ("bare", "wide") else 0
        is_sum = min(abs(pence - since_top), abs(pence - since_total)) <= slack
        # a dated row may be a payment to a firm called Total, and one row's sum is no sum
        if wording and is_sum and (above > 1 or not is_dated[index]):
            _set_rule(
                frame, index, "total_row", f"the sum of the {above} rows above it, or since the last total"
            )
            since_total = 0
        elif wording == "bare" and not is_dated[index]:
            _set_rule(frame, index, "total_row_differs", f"{above} rows stand above it")
        elif rule not in ("banner", "blank_row"):
            since_top, since_total, above = since_top + pence, since_total + pence, above + 1


def _total_wording(row: list[str]) -> str:
    """'bare': a cell says no more than total; 'wide': one begins or ends so; 'none': numbers stand alone."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if any(_BARE_TOTAL.fullmatch(cell) for cell in cells):
        return "bare"
    if any(_TOTAL.fullmatch(cell) for cell in cells):
        return "wide"
    return "" if any(character.isalpha() for cell in cells for character in cell) else "none"


def _set_rule(frame: pd.DataFrame, index: Any, rule: str, detail: str) -> None:
    frame.loc[index, ["rule", "column", "detail"]] = [rule, "amount", detail]


def _mark_amounts(frame: pd.DataFrame, place: Place) -> None:
    is_blank = frame["amount"] == ""
    is_unreadable = ~frame["is_amount"] & ~is_blank & (frame["rule"] == "")
    asked = int(((frame["rule"] == "") & ~is_blank).sum())
    if int(is_unreadable.sum()) > asked * (1 - MOSTLY):
        shapes = _first_shapes(frame[is_unreadable], "amount")
        detail = f"{int(is_unreadable.sum())} of {asked} cannot be read: {shapes}."
        raise unreadable("amounts_unreadable", detail, Place(place.file, column="amount"))
    _mark(frame, is_blank, "amount_missing", "amount")
    _mark(frame, is_unreadable, "amount_unreadable", "amount", frame["amount_problem"])


def _first_shapes(rows: pd.DataFrame, column: str) -> str:
    first = rows.head(3)
    shapes = zip(first["row_number"], first[column], strict=True)
    return ", ".join(f"row {number} has {shape_of(cell)!r}" for number, cell in shapes)


# --- dates --------------------------------------------------------------------------------------------------


def _mark_dates(frame: pd.DataFrame, stream: Stream, period: str, place: Place) -> DateReading:
    """One format for the whole file; rows it does not read are rejected."""
    asked = frame[(frame["rule"] == "") & (frame["payment_date"] != "")]
    reading = _choose_reading(asked, stream, period, Place(place.file, column="payment_date"))
    details = {
        cell: f"not a date written as {reading.date_format}; shape {shape_of(cell)!r}"
        for cell in frame["payment_date"].unique()
        if cell not in reading.days
    }
    _mark(frame, frame["payment_date"] == "", "date_missing", "payment_date")
    is_unread = frame["payment_date"].isin(list(details))
    _mark(frame, is_unread, "date_unreadable", "payment_date", frame["payment_date"].map(details))
    return reading


def _choose_reading(asked: pd.DataFrame, stream: Stream, period: str, place: Place) -> DateReading:
    readings = read_dates(Counter(asked["payment_date"]), stream.format.dates)
    best = readings[0]
    if best.cells_read < len(asked) * MOSTLY:
        unread = asked[~asked["payment_date"].isin(list(best.days))]
        detail = (
            f"{best.date_format} reads {best.cells_read} of {len(asked)} dates, the other formats no more: "
            f"{_first_shapes(unread, 'payment_date')}."
        )
        raise unreadable("dates_unreadable", detail, place)
    for other in readings[1:]:
        if other.cells_read == best.cells_read and disagree(best, other):
            raise unreadable("dates_ambiguous", _describe_tie(best, other, asked, period), place)
    return best


def _describe_tie(first: DateReading, second: DateReading, asked: pd.DataFrame, period: str) -> str:
    def in_month(reading: DateReading) -> int:
        days = (reading.days.get(cell) for cell in asked["payment_date"])
        return sum(day is not None and f"{day:%Y-%m}" == period for day in days)

    counts = " and ".join(f"{reading.date_format} puts {in_month(reading)}" for reading in (first, second))
    return f"Both read {first.cells_read} dates; {counts} of them in {period}."


# --- what comes out -----------------------------------------------------------------------------------------


def _payments(frame: pd.DataFrame, stream: Stream, reading: DateReading) -> pd.DataFrame:
    rows = frame[frame["rule"] == ""].reset_index(drop=True)
    payments = pd.DataFrame(
        {
            "sheet": rows["sheet"].astype(object),
            "row_number": rows["row_number"].astype("int64"),
            "payment_date": pd.Series([reading.days[cell] for cell in rows["payment_date"]], dtype=object),
            "amount_pence": rows["pence"].astype("int64"),
            **{name: rows[name].where(rows[name] != "", None) for name in _TEXT_FIELDS},
            "is_redacted": _is_redacted(rows["supplier_name"], stream),
        }
    )
    return payments[PAYMENT_COLUMNS]


def _is_redacted(names: "pd.Series[Any]", stream: Stream) -> "pd.Series[bool]":
    """Whole names only: 'Redactive Events Ltd' is a supplier."""
    words = [re.compile(word, re.IGNORECASE) for word in stream.redaction]
    collapsed = {name: " ".join(name.split()) for name in names.unique()}
    redacted = {name for name, text in collapsed.items() if any(word.fullmatch(text) for word in words)}
    return names.isin(list(redacted))


def _run_steps(payments: pd.DataFrame, stream: Stream) -> tuple[pd.DataFrame, list[Finding]]:
    findings = []
    for name in stream.steps:
        if name not in STEPS:
            close = difflib.get_close_matches(name, list(STEPS), n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(STEPS)}."
            raise SpecError(f"steps: there is no step {name!r}; {hint}")
        payments, changed = STEPS[name](payments)
        if changed:
            findings.append(remark("step_changed_rows", "info", f"{name} changed {changed} rows."))
    return payments, findings


def _set_aside(frame: pd.DataFrame, effect: str) -> pd.DataFrame:
    rules = [name for name, rule in RULES.items() if rule.effect == effect]
    rows = frame[frame["rule"].isin(rules)].rename(columns={"pence": "amount_pence"})
    typed = rows[ASIDE_COLUMNS].astype({"row_number": "int64", "amount_pence": "int64"})
    return typed.reset_index(drop=True)


# --- remarks ------------------------------------------------------------------------------------------------


def _sheet_notes(table: RawTable, layout: Layout | None, stream: Stream) -> Iterator[Finding]:
    if layout:
        yield from unknown_headers(table, layout, stream)
    elif any(cell.strip() for row in table.rows for cell in row):
        detail = f"{len(table.rows)} rows were excluded."
        yield remark("sheet_without_header", "warning", detail, sheet=table.sheet)


def _remarks(
    frame: pd.DataFrame, payments: pd.DataFrame, publisher: Publisher, stream: Stream
) -> Iterator[Finding]:
    for _, row in frame[frame["rule"] == "total_row_differs"].iterrows():
        detail = "A total row does not equal the rows above it."
        yield remark("total_row_differs", "warning", detail, sheet=row["sheet"], row_number=row["row_number"])
    names = payments["supplier_name"]
    limit = stream.format.name_cut_at
    at_limit = int((names.str.len() == limit).sum()) if limit else 0
    if at_limit:
        yield remark("name_at_cut", "info", f"{at_limit} names have {limit} characters.")
    unmarked = payments[~payments["is_redacted"] & names.notna()]
    suspected = unmarked[
        unmarked["supplier_name"].map(lambda name: bool(_REDACTION.search(name))).astype(bool)
    ]
    if len(suspected):
        numbers = ", ".join(str(number) for number in suspected["row_number"].head(5))
        detail = f"{len(suspected)} names, the first in rows {numbers}."
        yield remark("redaction_suspected", "warning", detail, column="supplier_name")
    yield from _body_remarks(frame[frame["rule"] == ""]["body_name"], publisher)


def _body_remarks(body_names: "pd.Series[Any]", publisher: Publisher) -> Iterator[Finding]:
    """Files have been published under another body's name, and one body's file for another's."""

    def words(name: str) -> set[str]:
        return set(re.findall(r"\w+", name.casefold())) - _COMMON_WORDS

    own = words(publisher.name)
    is_other = body_names.map({name: bool(name) and not own & words(name) for name in body_names.unique()})
    count = int(is_other.sum()) if len(body_names) else 0
    if count:
        detail = f"{count} of {len(body_names)} rows name a body that shares no word with this one's name."
        yield remark("other_body_name", "warning", detail, column="body_name")


def _describe_reading(
    tables: list[RawTable], layouts: list[Layout | None], reading: DateReading
) -> dict[str, Any]:
    """How the file was read, kept with it in the ledger."""
    sheets = [
        {
            "sheet": table.sheet,
            "rows": len(table.rows),
            "header_row": layout.header_row if layout else None,
            "headers": [header for header in layout.headers if header] if layout else [],
            "columns": {name: layout.headers[at] for name, at in layout.columns.items()} if layout else {},
        }
        for table, layout in zip(tables, layouts, strict=True)
    ]
    first = next(sheet for sheet in sheets if sheet["header_row"])
    return {
        "kind": tables[0].kind,
        "encoding": tables[0].encoding,
        "delimiter": tables[0].delimiter,
        "date_format": reading.date_format if reading.days else "",
        "header_row": first["header_row"],
        "headers": first["headers"],
        "sheets": sheets,
    }
