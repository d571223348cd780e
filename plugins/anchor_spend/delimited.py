"""Read delimited text: decode strictly, find the delimiter, part into records.

In: bytes known to be text. Out: one RawTable with the encoding and delimiter found. Refuses bytes that are no
text in any encoding of the spec, quotation marks that swallow rows, and oversized tables.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count, islice

from anchor_spend.errors import Place
from anchor_spend.records import Finding, RawTable
from anchor_spend.rules import remark, unreadable
from anchor_spend.values import is_amount

MAX_ROWS = 2_000_000
MAX_COLUMNS = 1_000
MAX_CELL_LENGTH = 32_767  # what a spreadsheet cell holds

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = ",;\t|"
_SINGLE_BYTE_RIVALS = ("cp1252", "mac_roman")
# what English ledgers hold beyond ASCII; the same byte is a rare letter in the rival encoding
_USUAL = frozenset("£€–—‘’“”•…é½¼®™´\u00a0")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_HALF_READ_UTF8 = re.compile("Â[£\u00a0´½¼°·]|â€|Ã[©¨¢¶¼±]")


def read_delimited(data: bytes, place: Place, encodings: tuple[str, ...]) -> RawTable:
    """The table of a text file; remarks on it travel in `findings`."""
    text, encoding = decode(data, encodings, place)
    if "\x00" in text:
        raise unreadable("file_is_binary", "The text holds NUL characters.", place)
    findings = tuple(_doubts(data, text, encoding))
    # CR CR LF: a line end converted twice; read as it stands, a blank row follows every row
    text = text.lstrip("\ufeff").rstrip("\x1a").replace("\r\r\n", "\r\n")
    delimiter, width = find_delimiter(text)
    rows = list(_records(text, delimiter, width, place))
    return RawTable("", rows, encoding, delimiter, "delimited", findings)


def decode(data: bytes, encodings: tuple[str, ...], place: Place) -> tuple[str, str]:
    """Text and the encoding that read it: a byte order mark decides, else the first that fits strictly."""
    marked = [name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)]
    problems = []
    for encoding in marked or encodings:
        try:
            return data.decode(encoding, errors="strict"), encoding
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problems.append(f"{encoding} fails at byte {error.start + 1:,} (line {line:,})")
        except LookupError:
            problems.append(f"{encoding} is not an encoding Python knows")
    raise unreadable("encoding_unreadable", f"{'; '.join(problems)}.", place)


def _doubts(data: bytes, text: str, encoding: str) -> Iterator[Finding]:
    """A single-byte encoding never fails, so say when what it made of the bytes looks wrong."""
    if data.isascii():
        return
    half_read = len(_HALF_READ_UTF8.findall(text))
    if half_read:
        detail = f"{half_read} places read as {encoding} look like UTF-8 read in another encoding."
        yield remark("encoding_doubtful", "warning", detail)
    if encoding not in _SINGLE_BYTE_RIVALS:
        return
    usual = _count_usual(text)
    for rival in _SINGLE_BYTE_RIVALS:
        other = _count_usual(data.decode(rival, errors="replace"))
        if rival != encoding and other > usual:
            detail = (
                f"Read as {encoding}, {usual} characters beyond ASCII are usual ones; as {rival}, {other}."
            )
            yield remark("encoding_doubtful", "warning", detail)


def _count_usual(text: str) -> int:
    return sum(character in _USUAL for character in _BEYOND_ASCII.findall(text))


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
    start = 0
    for number in count(1):
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise unreadable("cell_too_long", f"The reader stops: {error}.", _at(place, number)) from error
        if record is None:
            return
        spanned = lines[start : reader.line_num]
        start = reader.line_num
        _check_size(record, number, place)
        if len(spanned) > 1:
            _check_quotes(record, spanned, delimiter, width, _at(place, number))
        yield record


def _at(place: Place, row: int) -> Place:
    return Place(place.file, place.sheet, row)


def _check_size(record: list[str], number: int, place: Place) -> None:
    if number > MAX_ROWS:
        raise unreadable("too_many_rows", f"More than {MAX_ROWS:,} rows.", place)
    if len(record) > MAX_COLUMNS:
        raise unreadable("too_many_columns", f"{len(record):,} cells in one row.", _at(place, number))
    longest = max(map(len, record), default=0)
    if longest > MAX_CELL_LENGTH:
        raise unreadable("cell_too_long", f"A cell of {longest:,} characters.", _at(place, number))


def _check_quotes(record: list[str], lines: list[str], delimiter: str, width: int, place: Place) -> None:
    """A record over several lines: a line break inside a cell, or a quotation mark that swallows rows."""
    if _ends_inside_quotes(lines, delimiter):
        raise unreadable(
            "quote_not_closed", "A quotation mark in this row is open to the end of file.", place
        )
    inner_lines = [line for cell in record for line in cell.splitlines()[1:-1]]
    swallowed = [inner for inner in csv.reader(inner_lines, delimiter=delimiter) if _is_row(inner, width)]
    if swallowed:
        raise unreadable("quote_not_closed", f"A cell of this row holds {len(swallowed)} whole rows.", place)


def _ends_inside_quotes(lines: Iterable[str], delimiter: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _is_row(cells: list[str], width: int) -> bool:
    return len(cells) == width > 1 and any(is_amount(cell) for cell in cells)
