"""What a workbook says of its cells beside their values: hidden columns and rows, and error cells.

In: the bytes of a workbook and its kind. Out: for each sheet, in the workbook's order, its Marks; None where
the sheet's part cannot be found. The library that reads the values (calamine) tells neither what is hidden
inside a sheet nor which empty cells are errors. Only tags and records are searched: no entity, schema or link
is followed.
"""

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from anchor_spend.biff import XLS_RECORDS, XLSB_RECORDS, RecordTypes, xls_sheets, xlsb_records

Span = tuple[int, int]  # first and last position, 0-based, both included


@dataclass
class Marks:
    """Hidden columns and rows as spans; the text of error cells by (row, column), 0-based."""

    hidden_columns: list[Span] = field(default_factory=list)
    hidden_rows: list[Span] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
_SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet\b[^>]*?\b\w+:id\s*=\s*[\"']([^\"']+)")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_COLUMN_TAG = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b[^>]*?\shidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>")
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\st\s*=\s*[\"']e[\"'])[^>]*?\sr\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*>"
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,20})</",
    re.DOTALL,
)
_ODS_TAG = re.compile(rb"<table:(table-column|table-row|table)(?=[\s/>])[^>]*>")
_MAX_ERRORS = 1_000_000


def read_marks(data: bytes, kind: str) -> list[Marks | None]:
    """The marks of each sheet of an xlsx, xlsb, xls or ods workbook."""
    if kind == "xls":
        return [_binary_marks(records, XLS_RECORDS) for records in xls_sheets(data)]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if kind == "ods":
            return list(_ods_marks(archive.read("content.xml")))
        return [_sheet_marks(archive, part) for part in _sheet_parts(archive, kind)]


def declares_entities(data: bytes) -> bool:
    """Whether a part of an XML workbook declares a document type, as no spreadsheet program does."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.lower().endswith((".xml", ".rels"))]
        return any(b"<!DOCTYPE" in archive.read(name) for name in parts)


def _sheet_marks(archive: zipfile.ZipFile, part: str) -> Marks | None:
    if part not in archive.namelist():
        return None
    content = archive.read(part)
    if part.endswith(".bin"):
        return _binary_marks(xlsb_records(content), XLSB_RECORDS)
    return _xlsx_marks(content)


def _sheet_parts(archive: zipfile.ZipFile, kind: str) -> list[str]:
    """The part of each sheet: the workbook names relations, and these the parts."""
    folder, name = ("xl", "workbook.xml") if kind == "xlsx" else ("xl", "workbook.bin")
    relations = archive.read(f"{folder}/_rels/{name}.rels")
    targets = {
        _attribute(tag, b"Id"): posixpath.normpath(posixpath.join(folder, _attribute(tag, b"Target")))
        for tag in _RELATION.findall(relations)
    }
    workbook = archive.read(f"{folder}/{name}")
    if kind == "xlsx":
        ids = [found.decode() for found in _SHEET_TAG.findall(workbook)]
    else:
        ids = [
            XLSB_RECORDS.sheet_relation(body)
            for record, body in xlsb_records(workbook)
            if record == XLSB_RECORDS.sheet
        ]
    return [targets.get(relation, "").lstrip("/") for relation in ids]


def _attribute(tag: bytes, name: bytes, absent: str = "") -> str:
    found = re.search(rb"\s" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return html.unescape((found[1] or found[2] or b"").decode("utf-8")) if found else absent


def _xlsx_marks(content: bytes) -> Marks:
    marks = Marks()
    for tag in _COLUMN_TAG.findall(content):
        if _attribute(tag, b"hidden") in ("1", "true") or _attribute(tag, b"width") == "0":
            marks.hidden_columns.append((int(_attribute(tag, b"min")) - 1, int(_attribute(tag, b"max")) - 1))
    for tag in _ROW_TAG.findall(content):
        row = int(_attribute(tag, b"r", "0")) - 1
        marks.hidden_rows.append((row, row))
    for found in _ERROR_CELL.finditer(content):
        marks.errors[int(found[2]) - 1, _column_of(found[1])] = found[3].decode("utf-8", "replace")
    return marks


def _column_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _ods_marks(content: bytes) -> Iterator[Marks]:
    """OpenDocument writes columns and rows in order, each tag for as many as it repeats."""
    marks, columns, rows = None, 0, 0
    for found in _ODS_TAG.finditer(content):
        is_hidden = _attribute(found[0], b"table:visibility") in ("collapse", "filter")
        if found[1] == b"table":
            if marks:
                yield marks
            marks, columns, rows = Marks(), 0, 0
        elif found[1] == b"table-column":
            count = int(_attribute(found[0], b"table:number-columns-repeated", "1"))
            if marks and is_hidden:
                marks.hidden_columns.append((columns, columns + count - 1))
            columns += count
        else:
            count = int(_attribute(found[0], b"table:number-rows-repeated", "1"))
            if marks and is_hidden:
                marks.hidden_rows.append((rows, rows + count - 1))
            rows += count
    if marks:
        yield marks


def _binary_marks(records: Iterator[tuple[int, bytes]], types: RecordTypes) -> Marks:
    marks, row = Marks(), 0
    for record, body in records:
        if record == types.row:
            row = types.row_number(body)
            if types.is_row_hidden(body):
                marks.hidden_rows.append((row, row))
        elif record == types.column and types.is_column_hidden(body):
            marks.hidden_columns.append(types.columns(body))
        elif record in types.errors and len(marks.errors) < _MAX_ERRORS:
            found = types.error(record, body, row)
            if found:
                marks.errors[found[0], found[1]] = _ERRORS.get(found[2], "#ERROR!")
    return marks
