"""What changed in a publisher's files from one to the next.

In: how the file before was read and how this one was (`reading` of the ledger, with its profile), and the
spec of the stream. Out: Changes: a rule of the catalogue, its severity, the column, before and after. They
hold names of columns, sheets, encodings and formats, and counts; never a cell of a row.

Severity:
- critical: a column every file must have (`columns` of the spec) is gone, or bears a name the spec does not
  know, or fits two columns, or its dates or amounts can no longer be read. Such a file is refused, and the
  change says why; a file that reads has no critical change.
- info: the spec knows both sides, so nothing is to be done: another alias of the same field, a column under
  `ignore`, an encoding it lists, the type of file it expects; and a header that moved to another row, which
  is found wherever it stands.
- warning: everything else. Columns are found by name, so another order of them is a warning.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import pandas as pd

from anchor_spend.column_changes import Change, Severity, column_changes
from anchor_spend.headers import HEADER_SEARCH_ROWS, label_headers
from anchor_spend.records import RawTable
from anchor_spend.spec import Stream, normalise_header
from anchor_spend.values import is_amount

Reading = dict[str, Any]

_ENOUGH_MONTHS = 3  # fewer say nothing about a usual size
_USUAL = (0.4, 2.5)  # of the usual number of payments
_ENOUGH_CREDITS, _SHARE_OF_CREDITS = 5, 0.005
_SAMPLED_ROWS = 200
_MONTH_WORDS = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|q|p|period|month|quarter)\b"
)
_CREDITS = {
    "(9)": re.compile(r"^\(.*\)$"),
    "9-": re.compile(r"[0-9] ?[-\u2212\u2013]$"),
    "9 CR": re.compile(r"[0-9] ?CR$", re.IGNORECASE),
    "-9": re.compile(r"^(?:£|GBP)? ?[-\u2212\u2013] ?(?:£|GBP)? ?[0-9.]"),
}
_DATE_LIKE = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2,4}")


# what a file is like --------------------------------------------------------------------------------------


def profile(payments: pd.DataFrame, tables: Sequence[RawTable], reading: Reading) -> dict[str, Any]:
    """What a reading does not hold and the next file is compared with; counts and kinds of columns only."""
    widths = Counter(len(str(ref)) for ref in payments["supplier_ref"].dropna())
    return {
        "payments": len(payments),
        "credits": int((payments["amount_pence"] < 0).sum()),
        "reference_width": widths.most_common(1)[0][0] if widths else None,
        "credit_style": _credit_style(tables, reading),
        "kinds": _kinds(tables, reading["header_row"]),
    }


def _credit_style(tables: Sequence[RawTable], reading: Reading) -> str | None:
    """How most negative amounts are written, as a shape: '(9)', '9-', '9 CR' or '-9'; None without any."""
    row, name = reading["header_row"], _header_of(reading, "amount")
    table = next((table for table in tables if row and len(table.rows) >= row), None)
    headers = [normalise_header(cell) for cell in table.rows[row - 1]] if table and row else []
    if table is None or name not in headers:
        return None
    at = headers.index(name)
    cells = [line[at].strip() for line in table.rows[row:] if len(line) > at]
    styles = Counter(style for style, mark in _CREDITS.items() for cell in cells if mark.search(cell))
    return styles.most_common(1)[0][0] if styles else None


def _kinds(tables: Sequence[RawTable], header_row: int | None) -> dict[str, str]:
    """What each column of the first table with that header mostly holds: date, amount, text or blank."""
    table = next((table for table in tables if header_row and len(table.rows) >= header_row), None)
    if table is None or not header_row:
        return {}
    rows = table.rows[header_row : header_row + _SAMPLED_ROWS]
    names = [normalise_header(cell) for cell in table.rows[header_row - 1]]
    return {
        name: _kind([row[at].strip() for row in rows if len(row) > at])
        for at, name in enumerate(names)
        if name
    }


def _kind(cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    if not filled:
        return "blank"
    kinds = Counter(
        "date" if _DATE_LIKE.match(cell) else "amount" if is_amount(cell) else "text" for cell in filled
    )
    return kinds.most_common(1)[0][0]


def refused_reading(tables: Sequence[RawTable], previous: Reading, stream: Stream) -> Reading:
    """How far a refused file can be read: its header is the row that names most columns of the file before.

    Without such a row there are no headers: what stands in it may be a payment.
    """
    known = set(previous["headers"])
    rows = [
        (len(known & {normalise_header(cell) for cell in row}), -at, table)
        for table in tables
        for at, row in enumerate(table.rows[:HEADER_SEARCH_ROWS])
    ]
    named, place, table = max(rows, key=lambda item: item[:2], default=(0, 0, None))
    if table is None or named < max(2, len(known) / 3):
        return {"headers": [], "header_row": None}
    headers = [header for header in label_headers(table.rows[-place], stream) if header]
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header_row": 1 - place,
        "headers": headers,
        "profile": {"kinds": _kinds([table], 1 - place)},
    }


# what changed ---------------------------------------------------------------------------------------------


def compare(
    previous: Reading, reading: Reading, stream: Stream, usual_payments: Sequence[int] = ()
) -> list[Change]:
    """Every change from one file to the next; what either reading does not say is not compared.

    `usual_payments` are the numbers of payments of the months before.
    """
    return [
        *column_changes(previous, reading, stream),
        *_format_changes(previous, reading, stream),
        *_sheet_changes(previous, reading),
        *_content_changes(previous.get("profile", {}), reading.get("profile", {})),
        *_size_changes(reading.get("profile", {}), usual_payments),
    ]


def compare_refused(previous: Reading, tables: Sequence[RawTable], stream: Stream, rule: str) -> list[Change]:
    """What changed in a file that `rule` refuses."""
    changes = compare(previous, refused_reading(tables, previous, stream), stream)
    for start, name, field in (
        ("dates_", "date_format_changed", "payment_date"),
        ("amounts_", "amount_style_changed", "amount"),
    ):
        if rule.startswith(start):
            before = previous["date_format"] if field == "payment_date" else "readable"
            changes.append(Change(name, "critical", _header_of(previous, field), before, f"refused: {rule}"))
    return changes


def sentence(changes: Sequence[Change], period: str) -> str:
    """What is critical among changes since the file of `period`, for the reason of a refusal."""
    told = [change.words for change in changes if change.severity == "critical"]
    return f"Changed since the file of {period}: {'; '.join(told)}." if told else ""


def _header_of(reading: Reading, field: str) -> str:
    named = (sheet["columns"].get(field, "") for sheet in reading["sheets"])
    return next((name for name in named if name), "")


def _format_changes(previous: Reading, reading: Reading, stream: Stream) -> Iterator[Change]:
    values = {name: (previous.get(name), reading.get(name)) for name in _FORMATS}
    for name, (before, after) in values.items():
        if before and after and before != after:
            severity = _format_severity(name, str(before), str(after), stream)
            shown = ("row " if name == "header_row" else "") + "{}"
            yield Change(
                _FORMATS[name], severity, "", shown.format(_visible(before)), shown.format(_visible(after))
            )


_FORMATS = {
    "kind": "file_kind_changed",
    "encoding": "encoding_changed",
    "delimiter": "delimiter_changed",
    "header_row": "header_row_moved",
    "date_format": "date_format_changed",
}


def _visible(value: Any) -> str:
    return {"\t": "tab", " ": "space"}.get(str(value), str(value))


def _format_severity(name: str, before: str, after: str, stream: Stream) -> Severity:
    known = {
        "kind": ("delimited" if after == "delimited" else "pdf" if after == "pdf" else "workbook")
        == stream.format.family,
        "encoding": after in stream.format.encodings,
        "header_row": True,
        # every format read is one of the spec's; day and month in another order deserve a look
        "date_format": not (_order(before) and _order(after)) or _order(before) == _order(after),
    }
    return "info" if known.get(name, False) else "warning"


def _order(date_formats: str) -> str:
    """Whether the day or the month comes first; '' where a format leaves no doubt or has the year first."""
    for date_format in date_formats.split(", "):
        if "%m" in date_format and not date_format.startswith("%Y") and "%d" in date_format:
            return "day" if date_format.index("%d") < date_format.index("%m") else "month"
    return ""


def _sheet_changes(previous: Reading, reading: Reading) -> Iterator[Change]:
    before, after = (_sheets(item) for item in (previous, reading))
    if before and after and {_plain(name) for name in before} != {_plain(name) for name in after}:
        yield Change("sheet_changed", "warning", "", ", ".join(before), ", ".join(after))


def _sheets(reading: Reading) -> list[str]:
    """The sheets payments were read from; [] of text files."""
    return [sheet["sheet"] for sheet in reading.get("sheets", []) if sheet["columns"] and sheet["sheet"]]


def _plain(sheet: str) -> str:
    """A sheet's name without the month in it."""
    return " ".join(_MONTH_WORDS.sub(" ", re.sub(r"\d+", " ", sheet.casefold())).split())


def _content_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    if before.get("payments") and after.get("payments"):
        credits, credits_now = (_credits(item) for item in (before, after))
        if None not in (credits, credits_now) and credits != credits_now:
            words = [f"{item['credits']} of {item['payments']} payments" for item in (before, after)]
            yield Change("credits_changed", "warning", "", *words)
    style, style_now = before.get("credit_style"), after.get("credit_style")
    if style and style_now and style != style_now:
        yield Change(
            "amount_style_changed", "info", "amount", f"credits as {style}", f"credits as {style_now}"
        )
    width, width_now = before.get("reference_width"), after.get("reference_width")
    if width and width_now and width != width_now:
        yield Change(
            "reference_changed", "warning", "supplier_ref", f"{width} characters", f"{width_now} characters"
        )


def _credits(item: dict[str, Any]) -> bool | None:
    """Whether a file has negative amounts; None where they are so few that none proves nothing."""
    if item["credits"] == 0:
        return False
    is_usual = item["credits"] >= max(_ENOUGH_CREDITS, item["payments"] * _SHARE_OF_CREDITS)
    return True if is_usual else None


def _size_changes(item: dict[str, Any], usual_payments: Sequence[int]) -> Iterator[Change]:
    if len(usual_payments) < _ENOUGH_MONTHS or not item.get("payments"):
        return
    usual = median(usual_payments)
    if usual and not _USUAL[0] <= item["payments"] / usual <= _USUAL[1]:
        yield Change(
            "size_jump", "warning", "", f"usually {usual:g} payments", f"{item['payments']} payments"
        )
