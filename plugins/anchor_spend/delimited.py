"""Read delimited text: find the delimiter, part into records.

In: bytes known to be text. Out: one RawTable with the encoding and delimiter found. Refuses bytes that are no
text in any encoding of the spec, quotation marks that swallow rows, and oversized tables. Rows and columns
that hold nothing behind the table (spreadsheets save thousands of them) are dropped before they count as
size.

Records are parted by the standard library's csv module: it is the fastest reader in Python that keeps every
cell as text, and it reads quotation marks inside unquoted cells as the characters they are.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count, islice

from anchor_spend.errors import Place
from anchor_spend.records import RawTable
from anchor_spend.rules import unreadable
from anchor_spend.text_encodings import decode, find_doubts
from anchor_spend.values import is_amount

MAX_ROWS = 2_000_000
MAX_COLUMNS = 1_000
MAX_CELLS = 40_000_000  # the largest real file has 3 million
MAX_CELL_LENGTH = 32_767  # what a spreadsheet cell holds
_LINES_PER_ROW = 3  # line breaks inside cells; more lines than this would not be kept in memory

_DELIMITERS = ",;\t|^~"
_MANY_COLUMNS = 100  # a wider row is cut behind its last filled cell


def read_delimited(data: bytes, place: Place, encodings: tuple[str, ...]) -> RawTable:
    """The table of a text file; remarks on it travel in `findings`."""
    text, encoding = decode(data, encodings, place)
    if "\x00" in text:
        raise unreadable("file_is_binary", "The text holds NUL characters.", place)
    findings = tuple(find_doubts(data, text, encoding))
    # CR CR LF: a line end converted twice; read as it stands, a blank row follows every row
    text = text.lstrip("\ufeff").rstrip("\x1a").replace("\r\r\n", "\r\n")
    text = _without_blank_end(text, place)
    delimiter, width = find_delimiter(text)
    rows = list(_records(text, delimiter, width, place))
    return RawTable("", rows, encoding, delimiter, "delimited", findings)


def _without_blank_end(text: str, place: Place) -> str:
    """The text, without the empty rows at its end where there are more than a table may have rows."""
    if _count_lines(text) <= MAX_ROWS:
        return text
    filled = len(text.rstrip(_DELIMITERS + '" \r\n'))
    ends = [at for end in "\r\n" if (at := text.find(end, filled)) >= 0]
    text = text[: min(ends, default=len(text))]
    if _count_lines(text) > MAX_ROWS * _LINES_PER_ROW:
        raise unreadable("too_many_rows", f"{_count_lines(text):,} lines.", place)
    return text


def _count_lines(text: str) -> int:
    return max(text.count("\n"), text.count("\r")) + 1


def find_delimiter(text: str) -> tuple[str, int]:
    """The delimiter under which most of the first records have one number of cells, and that number."""
    sample = text[:200_000]
    by_delimiter = {delimiter: _usual_width(sample, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: by_delimiter[delimiter][0])
    return best, by_delimiter[best][1]


def _usual_width(sample: str, delimiter: str) -> tuple[int, int]:
    """How many delimiters the records of the most telling width have together, and that width."""
    records = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = Counter(len(record) for record in islice(records, 200) if any(record))
    except csv.Error:
        return 0, 1
    return max(((number * (width - 1), width) for width, number in widths.items()), default=(0, 1))


def _records(text: str, delimiter: str, width: int, place: Place) -> Iterator[list[str]]:
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    start = cells = 0
    for number in count(1):
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise unreadable("cell_too_long", f"The reader stops: {error}.", _at(place, number)) from error
        if record is None:
            return
        first_line, start = start, reader.line_num
        if len(record) > _MANY_COLUMNS:
            record = _without_blank_cells(record)
        cells += len(record)
        _check_size(record, number, cells, place)
        if start - first_line > 1:
            _check_quotes(record, lines[first_line:start], delimiter, width, _at(place, number))
        yield record


def _without_blank_cells(record: list[str]) -> list[str]:
    filled = max((position for position, cell in enumerate(record, start=1) if cell.strip()), default=0)
    return record[:filled]


def _at(place: Place, row: int) -> Place:
    return Place(place.file, place.sheet, row)


def _check_size(record: list[str], number: int, cells: int, place: Place) -> None:
    if number > MAX_ROWS:
        raise unreadable("too_many_rows", f"More than {MAX_ROWS:,} rows.", place)
    if cells > MAX_CELLS:
        raise unreadable("too_many_rows", f"More than {MAX_CELLS:,} cells.", place)
    if len(record) > MAX_COLUMNS:
        raise unreadable("too_many_columns", f"{len(record):,} cells in one row.", _at(place, number))
    longest = max(map(len, record), default=0)
    if longest > MAX_CELL_LENGTH:
        raise unreadable("cell_too_long", f"A cell of {longest:,} characters.", _at(place, number))


def _check_quotes(record: list[str], lines: list[str], delimiter: str, width: int, place: Place) -> None:
    """A record over several lines: a line break inside a cell, or a quotation mark that swallows rows."""
    fault = _quote_fault(lines, delimiter)
    if "unexpected end of data" in fault:
        raise unreadable(
            "quote_not_closed", "A quotation mark in this row is open to the end of file.", place
        )
    within = [line for cell in record for line in cell.splitlines()[1:-1]]
    swallowed = sum(_is_row(cells, width) for cells in csv.reader(within, delimiter=delimiter))
    if not swallowed and (fault or len(record) != width):
        # the mark that ends the cell may be one that opens a cell of the last row swallowed
        bare = [line.replace('"', "").rstrip("\r\n") for line in lines[1:]]
        swallowed = sum(_is_row(line.split(delimiter), width) for line in bare)
    if swallowed:
        raise unreadable("quote_not_closed", f"A cell of this row holds {swallowed} whole rows.", place)


def _quote_fault(lines: Iterable[str], delimiter: str) -> str:
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return str(error)
    return ""


def _is_row(cells: list[str], width: int) -> bool:
    return len(cells) == width > 1 and any(is_amount(cell) for cell in cells)
