"""Workbooks and archives made for tests, byte by byte where no library writes them. All invented."""

import io
import struct
import zipfile
from collections.abc import Iterable

import openpyxl

Cells = list[list[object]]


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A ZIP archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of an archive, to be changed and zipped again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def saved(workbook: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def xlsx(sheets: dict[str, Cells], hidden: tuple[str, ...] = ()) -> bytes:
    """An XLSX workbook of these sheets, some of them hidden."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    return saved(workbook)


# --- ODS ----------------------------------------------------------------------------------------------------

_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_HEAD = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
_ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"
_ODS_MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def ods(rows: Cells, hidden_columns: Iterable[int] = (), hidden_rows: Iterable[int] = ()) -> bytes:
    """An ODS workbook of one sheet, 'April'; positions of what is hidden are 0-based."""
    width = max(map(len, rows))
    columns = "".join(_ods_tag("table:table-column", at in hidden_columns) + "/>" for at in range(width))
    body = "".join(
        f"{_ods_tag('table:table-row', at in hidden_rows)}>{''.join(map(_ods_cell, row))}</table:table-row>"
        for at, row in enumerate(rows)
    )
    table = f'<table:table table:name="April">{columns}{body}</table:table>'
    content = _ODS_HEAD + table + _ODS_FOOT
    return zipped({"mimetype": _ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": _ODS_MANIFEST})


def _ods_tag(name: str, is_hidden: bool) -> str:
    return f"<{name}" + (' table:visibility="collapse"' if is_hidden else "")


def _ods_cell(cell: object) -> str:
    if isinstance(cell, (int, float)):
        kind = f'office:value-type="float" office:value="{cell}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{cell}</text:p></table:table-cell>"


# --- XLSB: no library writes it, so its records are written here ([MS-XLSB] 2.4) ---------------------------

_HIDDEN_SHEET, _VISIBLE_SHEET = 1, 0
_ERROR_CODES = {"#N/A": 0x2A, "#REF!": 0x17}


def xlsb(
    sheets: dict[str, Cells],
    hidden: tuple[str, ...] = (),
    hidden_columns: Iterable[int] = (),
    hidden_rows: Iterable[int] = (),
) -> bytes:
    """An XLSB workbook of these sheets; positions of what is hidden are 0-based and hold for every sheet."""
    names = list(sheets)
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/worksheet" Target="worksheets/sheet{number}.bin"/>'
        for number in range(1, len(names) + 1)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "xl/_rels/workbook.bin.rels": f"<Relationships>{relations}</Relationships>",
        "xl/workbook.bin": _workbook_part(names, hidden),
    }
    for number, name in enumerate(names, start=1):
        parts[f"xl/worksheets/sheet{number}.bin"] = _sheet_part(sheets[name], hidden_columns, hidden_rows)
    return zipped(parts)


def _workbook_part(names: list[str], hidden: tuple[str, ...]) -> bytes:
    sheets = b""
    for number, name in enumerate(names, start=1):
        state = _HIDDEN_SHEET if name in hidden else _VISIBLE_SHEET
        sheets += _record(156, struct.pack("<II", state, number) + _text(f"rId{number}") + _text(name))
    return _record(131) + _record(143) + sheets + _record(144) + _record(132)


def _sheet_part(rows: Cells, hidden_columns: Iterable[int], hidden_rows: Iterable[int]) -> bytes:
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    columns = b"".join(_record(60, struct.pack("<IIIIH", at, at, 2304, 0, 1)) for at in hidden_columns)
    cells = b""
    for number, row in enumerate(rows):
        flags = 0x10 if number in hidden_rows else 0
        cells += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, flags, 0, 0))
        cells += b"".join(_cell(at, cell) for at, cell in enumerate(row) if cell is not None)
    body = _record(390) + columns + _record(391) + _record(145) + cells + _record(146)
    return _record(129) + _record(148, size) + body + _record(130)


def _cell(column: int, cell: object) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(cell, float):
        return _record(5, place + struct.pack("<d", cell))
    if cell in _ERROR_CODES:
        return _record(3, place + struct.pack("<B", _ERROR_CODES[str(cell)]))
    return _record(6, place + _text(str(cell)))


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(number: int, body: bytes = b"") -> bytes:
    head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    length = len(body)
    sizes = [length & 0x7F]
    while length := length >> 7:
        sizes[-1] |= 0x80
        sizes.append(length & 0x7F)
    return head + bytes(sizes) + body


# --- XLS: a compound file around the few records that say what is hidden ([MS-CFB], [MS-XLS] 2.4) ----------

_SECTOR = 512
_FREE, _END, _TABLE_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls_file(
    hidden_columns: Iterable[int] = (),
    hidden_rows: Iterable[int] = (),
    errors: dict[tuple[int, int], int] | None = None,
) -> bytes:
    """A compound file whose workbook has one sheet with these marks and no other cell; positions 0-based."""
    globals_size = len(_globals(0))
    sheet = _xls_record(0x809, struct.pack("<HHHH", 0x600, 0x10, 0, 0))
    sheet += b"".join(_xls_record(0x7D, struct.pack("<HHHHH", at, at, 2304, 15, 1)) for at in hidden_columns)
    sheet += b"".join(
        _xls_record(0x208, struct.pack("<6HI", at, 0, 3, 300, 0, 0, 0x20)) for at in hidden_rows
    )
    for (row, column), code in (errors or {}).items():
        sheet += _xls_record(0x205, struct.pack("<HHHBB", row, column, 15, code, 1))
    stream = (_globals(globals_size) + sheet + _xls_record(0x0A)).ljust(4096, b"\0")
    return _compound_file(stream)


def _globals(sheet_at: int) -> bytes:
    begin = _xls_record(0x809, struct.pack("<HHHH", 0x600, 0x05, 0, 0))
    sheet = _xls_record(0x85, struct.pack("<IBBBB", sheet_at, 0, 0, 5, 0) + b"April")
    return begin + sheet + _xls_record(0x0A)


def _xls_record(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def _compound_file(stream: bytes) -> bytes:
    """Sector 0 the table of sectors, 1 the directory, then the stream."""
    count = len(stream) // _SECTOR
    table = [_TABLE_SECTOR, _END, *range(3, 2 + count), _END]
    table += [_FREE] * (_SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    directory = _entry("Root Entry", 5, _END, 0) + _entry("Workbook", 2, 2, len(stream))
    return header + struct.pack("<128I", *table) + directory.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    links = struct.pack("<III", _FREE, _FREE, 1 if kind == 5 else _FREE)
    return head + links + bytes(36) + struct.pack("<IQ", start, size)
