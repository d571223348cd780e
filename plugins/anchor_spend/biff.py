"""Walk the binary records of XLS and XLSB workbooks, as far as they say what is hidden and what is an error.

In: the bytes of an XLS file, or of one part of an XLSB file. Out: the records of each sheet, as (type, body),
and where in a body the wanted fields stand ([MS-XLS] 2.4 and [MS-XLSB] 2.4 of Microsoft's open
specifications). Every step moves forward: damaged chains and lengths end the walk, they cannot make it run in
circles.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Records = Iterator[tuple[int, bytes]]

_END_OF_CHAIN = 0xFFFFFFFA  # this and larger numbers are no sectors
_SHORTEST_STREAM = 4096
_BOF, _EOF, _BOUNDSHEET = 0x809, 0x0A, 0x85


@dataclass(frozen=True)
class RecordTypes:
    """The record types of one format and how to read their bodies."""

    sheet: int
    row: int
    column: int
    errors: frozenset[int]
    row_number: Callable[[bytes], int]
    is_row_hidden: Callable[[bytes], bool]
    is_column_hidden: Callable[[bytes], bool]
    columns: Callable[[bytes], tuple[int, int]]
    error: Callable[[int, bytes, int], tuple[int, int, int] | None]  # (row, column, code)

    def sheet_relation(self, body: bytes) -> str:
        """The relation id in an XLSB sheet record: state, id, then a counted UTF-16 string."""
        (length,) = struct.unpack_from("<I", body, 8)
        return body[12 : 12 + 2 * length].decode("utf-16-le")


def _number(layout: str, at: int) -> Callable[[bytes], int]:
    def read(body: bytes) -> int:
        (number,) = struct.unpack_from(layout, body, at)
        return int(number)

    return read


def _flag(layout: str, at: int, mask: int) -> Callable[[bytes], bool]:
    read = _number(layout, at)
    return lambda body: bool(read(body) & mask)


def _span(layout: str) -> Callable[[bytes], tuple[int, int]]:
    def read(body: bytes) -> tuple[int, int]:
        first, last = struct.unpack_from(layout, body)
        return int(first), int(last)

    return read


def _xls_error(record: int, body: bytes, _row: int) -> tuple[int, int, int] | None:
    row, column = struct.unpack_from("<HH", body)
    if record == 0x205:  # a boolean or an error
        return (row, column, body[6]) if body[7] else None
    is_error = body[6] == 2 and body[12:14] == b"\xff\xff"  # the result of a formula
    return (row, column, body[8]) if is_error else None


def _xlsb_error(_record: int, body: bytes, row: int) -> tuple[int, int, int]:
    (column,) = struct.unpack_from("<I", body)
    return row, column, body[8]


XLS_RECORDS = RecordTypes(
    sheet=_BOUNDSHEET,
    row=0x208,
    column=0x7D,
    errors=frozenset({0x205, 0x06}),
    row_number=_number("<H", 0),
    is_row_hidden=_flag("<H", 12, 0x20),
    is_column_hidden=_flag("<H", 8, 0x01),
    columns=_span("<HH"),
    error=_xls_error,
)
XLSB_RECORDS = RecordTypes(
    sheet=156,
    row=0,
    column=60,
    errors=frozenset({3, 11}),
    row_number=_number("<I", 0),
    is_row_hidden=_flag("<B", 11, 0x10),
    is_column_hidden=_flag("<H", 16, 0x01),
    columns=_span("<II"),
    error=_xlsb_error,
)


def xlsb_records(part: bytes) -> Records:
    """The records of one part: type and length are numbers of seven bits a byte."""
    at = 0
    while at < len(part):
        record, at = _seven_bits(part, at, 2)
        length, at = _seven_bits(part, at, 4)
        yield record, part[at : at + length]
        at += length


def _seven_bits(part: bytes, at: int, most: int) -> tuple[int, int]:
    number = 0
    for position, byte in enumerate(part[at : at + most]):
        number |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return number, at + position + 1
    return number, at + most


def xls_sheets(data: bytes) -> Iterator[Records]:
    """The records of each sheet of an XLS file, in the workbook's order."""
    stream = _workbook_stream(data)
    starts = []
    for record, body in _xls_records(stream, 0):
        if record == _BOUNDSHEET:
            starts.append(struct.unpack_from("<I", body)[0])
    for start in starts:
        yield _xls_records(stream, start)


def _xls_records(stream: bytes, start: int) -> Records:
    """From one begin-of-file record to its end; charts nested in a sheet have their own."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        depth += (record == _BOF) - (record == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield record, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(data: bytes) -> bytes:
    """The workbook inside the compound file ([MS-CFB]): header, sector table, directory, stream."""
    size = {9: 512, 12: 4096}[struct.unpack_from("<H", data, 30)[0]]
    sectors = list(struct.unpack_from("<109I", data, 76))
    (following,) = struct.unpack_from("<I", data, 68)
    for _ in range(len(data) // size):
        if following >= _END_OF_CHAIN:
            break
        more = struct.unpack(f"<{size // 4}I", _sector(data, following, size))
        sectors += more[:-1]
        following = more[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _END_OF_CHAIN:
            table += struct.unpack(f"<{size // 4}I", _sector(data, sector, size))
    (directory,) = struct.unpack_from("<I", data, 48)
    entries = _chain(data, table, directory, size)
    for at in range(0, len(entries), 128):
        name = entries[at : at + 64].decode("utf-16-le", "replace").split("\x00")[0]
        if name in ("Workbook", "Book"):
            start, length = struct.unpack_from("<II", entries, at + 116)
            # shorter streams are stored elsewhere; no spreadsheet program writes one so short
            return _chain(data, table, start, size)[:length] if length >= _SHORTEST_STREAM else b""
    return b""


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size].ljust(size, b"\xff")


def _chain(data: bytes, table: list[int], start: int, size: int) -> bytes:
    parts: list[bytes] = []
    sector = start
    while sector < len(table) and len(parts) <= len(table):
        parts.append(_sector(data, sector, size))
        sector = table[sector]
    return b"".join(parts)
