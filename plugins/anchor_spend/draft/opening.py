"""Open a file nobody has described yet, and find its table: the sheets, the header row, the columns.

In: the bytes of a file. Out: an Opened file with one Sheet for each table that may hold payments. Refuses
what the readers refuse, by their rules, and a file in which nothing looks like a table of payments.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from anchor_spend.draft.profiles import ColumnProfile, is_day, is_money, profile_columns
from anchor_spend.draft.vocabulary import read_header
from anchor_spend.errors import Place
from anchor_spend.headers import HEADER_SEARCH_ROWS
from anchor_spend.readers import read_tables
from anchor_spend.records import RawTable
from anchor_spend.rules import unreadable
from anchor_spend.spec import FileFormat, normalise_header
from anchor_spend.text_encodings import guess_encodings

DATE_ROLES = ("payment_date", "posting_date", "plain_date", "document_date")
_GROUPS = {
    "supplier_name": "supplier",
    "supplier_ref": "supplier",
    "amount": "amount",
    "debit": "amount",
    **dict.fromkeys(DATE_ROLES, "date"),
}
_NOT_TEXT = (b"PK", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")
_ANY_DATES = ("%d/%m/%Y",)  # dates are not looked at while reading


@dataclass(frozen=True)
class Sheet:
    """A table with its header. `header_row` is 1-based, 0 where the file has none."""

    table: RawTable
    header_row: int
    how: str  # evidence for the header row

    @cached_property
    def headers(self) -> list[str]:
        """The header cells, tidied; a repeat is 'Name (2)', as specs call it; a nameless column is ''."""
        if not self.header_row:
            return [f"column {number}" for number in range(1, self.width + 1)]
        cells = [
            " ".join(cell.replace("\ufeff", "").split()) for cell in self.table.rows[self.header_row - 1]
        ]
        seen: list[str] = []
        for cell in cells:
            key = normalise_header(cell)
            repeats = sum(normalise_header(known.rpartition(" (")[0] or known) == key for known in seen)
            is_repeat = key and key in {normalise_header(known) for known in seen}
            seen.append(f"{cell} ({repeats + 1})" if is_repeat else cell)
        return seen

    @property
    def width(self) -> int:
        return max((len(row) for row in self.table.rows), default=0)

    @cached_property
    def body(self) -> list[list[str]]:
        return self.table.rows[self.header_row :]

    @cached_property
    def profiles(self) -> list[ColumnProfile]:
        return profile_columns(self.headers, self.body)

    def cells(self, position: int) -> list[str]:
        """The filled cells of a column under the header."""
        return [row[position].strip() for row in self.body if len(row) > position and row[position].strip()]


@dataclass(frozen=True)
class Opened:
    """A file that was read: every visible table, and those of them that have a header of payments."""

    kind: str
    encodings: tuple[tuple[str, str], ...]  # likeliest first, with evidence; () for other than text
    tables: list[RawTable]
    sheets: list[Sheet]  # the largest first
    line_end: str = "\n"  # of text

    @property
    def family(self) -> str:
        return self.kind if self.kind in ("delimited", "pdf") else "workbook"


def open_file(data: bytes, file_name: str) -> Opened:
    """The file's tables; UnreadableFileError when it is none, or holds no table of payments."""
    is_text = not data.startswith(_NOT_TEXT)
    encodings = tuple(guess_encodings(data)) if is_text else ()
    names = tuple(name for name, _ in encodings) or ("utf-8-sig", "cp1252", "latin-1")
    wide = FileFormat(family="delimited", encodings=names, dates=_ANY_DATES)
    tables = [replace(table, findings=()) for table in read_tables(data, file_name, wide)]
    sheets = [sheet for table in tables if (sheet := find_header(table))]
    if not sheets:
        detail = (
            f"{len(tables)} tables were read; none has a header row of payments, or rows that look like them."
        )
        raise unreadable("no_payments_found", detail, Place(file=file_name))
    sheets.sort(key=lambda sheet: -_money_rows(sheet))
    return Opened(tables[0].kind, encodings, tables, sheets, _line_end(data))


def _line_end(data: bytes) -> str:
    """How the lines of a text file end, by its first ones."""
    start = data[:65_536].replace(b"\x00", b"")
    for ending in (b"\r\r\n", b"\r\n", b"\n", b"\r"):
        if ending in start:
            return ending.decode()
    return "\n"


def _money_rows(sheet: Sheet) -> float:
    """About how many rows hold an amount: of a long sheet some rows are looked at."""
    looked_at = sheet.body[:: max(1, len(sheet.body) // 500)]
    share = sum(any(is_money(cell) for cell in row) for row in looked_at) / max(1, len(looked_at))
    return share * len(sheet.body)


def find_header(table: RawTable) -> Sheet | None:
    """The table with its header row; None for a sheet that holds no payments."""
    rows = table.rows[:HEADER_SEARCH_ROWS]
    scored = [(*_header_score(row), number) for number, row in enumerate(rows, start=1)]
    named = [item for item in scored if item[1] >= 2 or (item[1] and item[0] >= 3)]
    if named:
        most = max(groups for _, groups, _ in named)
        fullest = [item for item in named if item[1] == most]
        # of several that name as much the one next to the data: report templates stand above it
        below = (number for number in range(fullest[0][2] + 1, len(rows) + 1) if _is_data(rows[number - 1]))
        first_data = next(below, len(rows) + 1)
        roles, _, number = [item for item in fullest if item[2] < first_data][-1]
        number = 1 + rows.index(rows[number - 1])  # printed twice: the first is the header
        return Sheet(table, number, f"row {number} names {roles} known columns")
    by_shape = _header_by_shape(rows)
    if by_shape:
        return Sheet(table, by_shape, f"row {by_shape} holds words, the rows under it amounts")
    first = next((row for row in rows if any(cell.strip() for cell in row)), [])
    if _is_data(first) and any(is_money(cell) for cell in first):
        return Sheet(table, 0, "the first row is a payment already: it holds an amount")
    return None


def _header_score(row: list[str]) -> tuple[int, int]:
    """(known columns, kinds of required columns) among a row's cells; nothing for a row of data."""
    if _is_data(row):
        return 0, 0
    meanings = [read_header(cell) for cell in row if cell.strip() and len(cell) <= 120]
    groups = {_GROUPS[match.role] for item in meanings for match in item.matches if match.role in _GROUPS}
    return sum(bool(item.matches) for item in meanings), len(groups)


def _is_data(row: list[str]) -> bool:
    return any(is_money(cell) or is_day(cell) for cell in row)


def _header_by_shape(rows: list[list[str]]) -> int:
    """The last row of words only above rows with amounts, where nobody knows the words; 0 for none."""
    for number, (row, below) in enumerate(pairwise(rows), start=1):
        cells = [cell for cell in row if cell.strip()]
        is_words = len(cells) >= 3 and not any(re.search(r"\d{3}", cell) for cell in cells)
        if is_words and not _is_data(row) and any(is_money(cell) for cell in below):
            return number
    return 0
