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
from datetime import date
from typing import Any

import pandas as pd

from anchor_spend.errors import Place, SpecError
from anchor_spend.file_dates import MOSTLY, DateColumn, FileDates, read_file_dates
from anchor_spend.headers import Layout, find_layouts, unknown_headers
from anchor_spend.periods import due_date, file_months
from anchor_spend.printed_numbers import read_numbers
from anchor_spend.records import ASIDE_COLUMNS, PAYMENT_COLUMNS, ConformedFile, Finding, RawTable
from anchor_spend.remarks import remarks_on, remarks_on_body
from anchor_spend.rules import RULES, remark, unreadable
from anchor_spend.spec import Publisher, Stream, normalise_header
from anchor_spend.steps import STEPS
from anchor_spend.totals import mark_totals
from anchor_spend.values import has_unrounded_amounts, is_amount, parse_pence, shape_of

_TEXT_FIELDS = [
    "supplier_name", "supplier_ref", "supplier_postcode", "supplier_company_number", "vat_number",
    "charity_number", "department", "category", "description", "transaction_ref",
]  # fmt: skip
_FIELDS = ["payment_date", "amount", "body_name", *_TEXT_FIELDS]


def conform(
    tables: list[RawTable], publisher: Publisher, stream_name: str, period: str, file_name: str
) -> ConformedFile:
    """One file in canonical columns; UnreadableFileError when it is not what the spec says."""
    stream = _stream(publisher, stream_name)
    place = Place(file=file_name)
    months = _months(publisher, stream, stream_name, period)
    layouts = find_layouts(tables, stream, place)
    pairs = list(zip(tables, layouts, strict=True))
    amounts = _amount_cells(pairs)
    to_nearest = has_unrounded_amounts(amounts)
    frame = pd.concat([_text_frame(*pair) for pair in pairs], ignore_index=True)
    undated = _undated(stream)

    _read_amounts(frame, to_nearest)
    mark_totals(frame, tables, needs_dates="" not in undated)
    _mark_amounts(frame, place)
    dates = _mark_dates(frame, stream, undated, DateColumn({}, {}, months, Place(file_name)))
    payments = _payments(frame, stream, dates, due_date(months[-1], 0))
    payments, step_notes = _run_steps(payments, stream)
    payments, number_notes = read_numbers(payments)
    return ConformedFile(
        payments=payments,
        rejected=_set_aside(frame, "rejected"),
        excluded=_set_aside(frame, "excluded"),
        rows_read=sum(len(table.rows) - bool(layout and layout.header_row) for table, layout in pairs),
        pence_read=sum(count * (_pence(cell, to_nearest)[0] or 0) for cell, count in amounts.items()),
        reading=_describe_reading(tables, layouts, dates),
        findings=[
            *(finding for table in tables for finding in table.findings),
            *(note for pair in pairs for note in _sheet_notes(*pair, stream)),
            *step_notes,
            *number_notes,
            *dates.findings,
            *_row_remarks(frame, stream, undated, to_nearest),
            *remarks_on(payments, publisher, stream),
            *remarks_on_body(frame[frame["rule"] == ""]["body_name"], publisher),
        ],
    )


def _stream(publisher: Publisher, name: str) -> Stream:
    if name not in publisher.streams:
        known = ", ".join(publisher.streams)
        raise SpecError(f"{publisher.publisher_id} has no stream {name!r}; its spec has: {known}.")
    return publisher.streams[name]  # type: ignore[index]


def _months(publisher: Publisher, stream: Stream, name: str, period: str) -> list[str]:
    try:
        return file_months(period, stream.cadence)
    except ValueError as error:
        raise SpecError(f"{publisher.publisher_id} {name}: {error}") from error


# --- counting, apart from everything below ------------------------------------------------------------------


def _amount_cells(pairs: list[tuple[RawTable, Layout | None]]) -> Counter[str]:
    """Every cell of the amount columns, with how often it stands there."""
    cells: Counter[str] = Counter()
    for table, first in pairs:
        for layout, _, rows in first.parts(table) if first else ():
            at, width = layout.columns["amount"], layout.width
            cells.update(row[at] for row in rows if len(row) > at and not _is_ragged(row, width))
    return cells


def _is_ragged(row: list[str], width: int) -> bool:
    return len(row) > width and any(cell.strip() for cell in row[width:])


def _pence(cell: str, to_nearest: bool) -> tuple[int | None, str]:
    try:
        return parse_pence(cell, to_nearest=to_nearest), ""
    except ValueError as error:
        return None, f"{error}; shape {shape_of(cell.strip())!r}"


# --- rows ---------------------------------------------------------------------------------------------------


def _text_frame(table: RawTable, first: Layout | None) -> pd.DataFrame:
    """A frame of the table's rows without the header: where each stands, its fields as trimmed text, and the
    structural rule it falls under ('' for a row that may be a payment)."""
    cells: dict[str, list[Any]] = {name: [] for name in ["row_number", "rule", *_FIELDS]}
    for part in first.parts(table) if first else [(None, 1, table.rows)]:
        for name, values in _part_cells(*part).items():
            cells[name] += values
    columns = {"sheet": table.sheet, "column": "", "detail": "", **cells}
    return pd.DataFrame(columns, index=range(len(cells["rule"])), dtype=object)


def _part_cells(layout: Layout | None, start: int, rows: list[list[str]]) -> dict[str, list[Any]]:
    numbers = range(start, start + len(rows))
    cells: dict[str, list[Any]] = {
        "row_number": list(numbers),
        "rule": [_structural_rule(number, row, layout) for number, row in zip(numbers, rows, strict=True)],
    }
    for name in _FIELDS:
        at = layout.columns.get(name) if layout else None
        found = [""] * len(rows) if at is None else [row[at].strip() if len(row) > at else "" for row in rows]
        cells[name] = found
    for position, row in enumerate(rows):
        if layout and _is_ragged(row, layout.width):
            cells["amount"][position] = ""  # what stands in the amount's place of a shifted row is not it
    return cells


def _structural_rule(number: int, row: list[str], layout: Layout | None) -> str:
    if not any(cell.strip() for cell in row):
        return "blank_row"
    if not layout:
        return "sheet_without_header"
    if number < layout.header_row:
        return "banner"
    if _is_ragged(row, layout.width):
        return "ragged_row"
    amount = _cell(row, layout, "amount")
    if amount[-1:].isdigit():
        return ""
    if _repeats_header(row, layout):
        return "repeated_header"
    if not amount:
        return "note_row" if _is_note(row, layout) else ""
    return "header_continued" if number == layout.header_row + 1 and not _has_digit(row) else ""


def _cell(row: list[str], layout: Layout, name: str) -> str:
    at = layout.columns.get(name)
    return row[at].strip() if at is not None and len(row) > at else ""


def _has_digit(cells: list[str]) -> bool:
    return any(character.isdigit() for cell in cells for character in cell)


def _repeats_header(row: list[str], layout: Layout) -> bool:
    positions = layout.columns.values()
    if not layout.header_row or max(positions) >= len(row):
        return False
    return all(normalise_header(row[at]) == normalise_header(layout.cells[at]) for at in positions)


def _is_note(row: list[str], layout: Layout) -> bool:
    """Whether a row without an amount holds a single text, or neither payee nor date nor any number."""
    filled = [cell.strip() for cell in row if cell.strip()]
    day = _cell(row, layout, "payment_date")
    if len(filled) == 1:
        return filled[0][:1].isalpha() or (not day and any(character.isalpha() for character in filled[0]))
    is_named = bool(_cell(row, layout, "supplier_name"))
    return not is_named and not _has_digit([day]) and not any(is_amount(cell) for cell in filled)


def _mark(frame: pd.DataFrame, mask: "pd.Series[bool]", rule: str, column: str, detail: Any = "") -> None:
    """Put rows no earlier rule has taken under a rule."""
    hit = mask & (frame["rule"] == "")
    frame.loc[hit, "rule"] = rule
    frame.loc[hit, "column"] = column
    frame.loc[hit, "detail"] = detail[hit] if isinstance(detail, pd.Series) else detail


# --- amounts ------------------------------------------------------------------------------------------------


def _read_amounts(frame: pd.DataFrame, to_nearest: bool) -> None:
    """Adds `pence` (what a row counts for), `is_amount` and `amount_problem`."""
    read = {cell: _pence(cell, to_nearest) for cell in frame["amount"].unique()}
    pence = [read[cell][0] for cell in frame["amount"]]
    frame["is_amount"] = [value is not None for value in pence]
    frame["pence"] = pd.Series([value or 0 for value in pence], index=frame.index, dtype=object)
    frame["amount_problem"] = [read[cell][1] for cell in frame["amount"]]


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


def _undated(stream: Stream) -> set[str]:
    """What may stand for the date of a payment that has none; a blank where the files state no dates."""
    words = {normalise_header(word) for word in stream.format.undated}
    return words | {""} if stream.date_basis == "period" else words


def _is_undated(cells: "pd.Series[Any]", undated: set[str]) -> "pd.Series[bool]":
    if not undated:
        return pd.Series(False, index=cells.index)
    return cells.isin([cell for cell in cells.unique() if normalise_header(cell) in undated])


def _mark_dates(frame: pd.DataFrame, stream: Stream, undated: set[str], column: DateColumn) -> FileDates:
    """One order of day and month for the whole file; rows it does not read are rejected."""
    cells = frame["payment_date"]
    is_undated = _is_undated(cells, undated)
    asked = frame[(frame["rule"] == "") & (cells != "") & ~is_undated]
    first_rows = dict(zip(asked["payment_date"][::-1], asked["row_number"][::-1], strict=True))
    place = Place(column.place.file, column="payment_date")
    counts = Counter(asked["payment_date"])
    reading = read_file_dates(DateColumn(counts, first_rows, column.months, place), stream.format.dates)
    details = {
        cell: f"not a date written as {reading.date_format}; shape {shape_of(cell)!r}"
        for cell in cells[~is_undated].unique()
        if cell not in reading.days
    }
    _mark(frame, (cells == "") & ~is_undated, "date_missing", "payment_date")
    _mark(frame, cells.isin(list(details)), "date_unreadable", "payment_date", cells.map(details))
    return reading


# --- what comes out -----------------------------------------------------------------------------------------


def _payments(frame: pd.DataFrame, stream: Stream, dates: FileDates, last_day: date) -> pd.DataFrame:
    rows = frame[frame["rule"] == ""].reset_index(drop=True)
    days = [dates.days.get(cell, last_day) for cell in rows["payment_date"]]
    payments = pd.DataFrame(
        {
            "sheet": rows["sheet"].astype(object),
            "row_number": rows["row_number"].astype("int64"),
            "payment_date": pd.Series(days, dtype=object),
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


def _row_remarks(
    frame: pd.DataFrame, stream: Stream, undated: set[str], to_nearest: bool
) -> Iterator[Finding]:
    for _, row in frame[frame["rule"] == "total_row_differs"].iterrows():
        detail = "A total row does not equal the rows above it."
        yield remark("total_row_differs", "warning", detail, sheet=row["sheet"], row_number=row["row_number"])
    if not undated and not to_nearest:
        return
    paid = frame[frame["rule"] == ""]
    count = int(_is_undated(paid["payment_date"], undated).sum())
    if count and stream.date_basis != "period":
        detail = f"{count} of {len(paid)} payments."
        yield remark("dated_by_period", "info", detail, column="payment_date")
    if to_nearest:
        rounded = int(
            (~paid["amount"].isin([cell for cell in paid["amount"].unique() if is_amount(cell)])).sum()
        )
        yield remark("pence_rounded", "info", f"{rounded} of {len(paid)} amounts.", column="amount")


def _describe_reading(
    tables: list[RawTable], layouts: list[Layout | None], dates: FileDates
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
    first = next(sheet for sheet, layout in zip(sheets, layouts, strict=True) if layout)
    return {
        "kind": tables[0].kind,
        "encoding": tables[0].encoding,
        "delimiter": tables[0].delimiter,
        "date_format": dates.date_format if dates.days else "",
        "header_row": first["header_row"],
        "headers": first["headers"],
        "sheets": sheets,
    }
