"""Read XLSX, XLSB, XLS and ODS workbooks.

In: the bytes of a file. Out: one RawTable for each visible sheet the spec wants; row 1 is the sheet's row 1.
Hidden sheets are named in a finding and never loaded: they may hold what was taken out before publication.
What is hidden inside a visible sheet: see workbook_process, which does the reading.
Refuses locked or damaged workbooks, and those that unpack to or span too much.
"""

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Literal

from anchor_spend.apart import Reading, read_apart
from anchor_spend.archives import damaged, is_zip, open_zip
from anchor_spend.errors import Place
from anchor_spend.records import Finding, RawTable
from anchor_spend.rules import remark, unreadable

WorkbookKind = Literal["xlsx", "xlsb", "xls", "ods"]

MAX_ROWS = 1_048_576  # what XLSX and ODS can hold
MAX_COLUMNS = 1_000
MAX_CELLS = 40_000_000
MAX_SHEETS = 500
MAX_CELL_LENGTH = 32_767
_READING = Reading("workbook_process", "workbook_too_large", "workbook_damaged", max_seconds=180)

_OTHER_DOCUMENT = "The file is an office document, but not a workbook."
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def find_workbook_kind(data: bytes, place: Place) -> WorkbookKind | None:
    """The kind of workbook by its bytes, None for anything else; another office document is refused."""
    if data.startswith(_COMPOUND_FILE):
        return _check_compound_file(data, place)
    if is_zip(data):
        return _check_archive(data, place)
    return None


def _check_compound_file(data: bytes, place: Place) -> WorkbookKind:
    def has_stream(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has_stream("EncryptedPackage"):
        raise unreadable("workbook_locked", "The workbook is encrypted.", place)
    if has_stream("Workbook") or has_stream("Book"):
        return "xls"
    raise unreadable("file_is_binary", _OTHER_DOCUMENT, place)


def _check_archive(data: bytes, place: Place) -> WorkbookKind | None:
    with open_zip(data, place) as archive:
        try:
            return _archive_kind(archive, place)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            raise damaged(data, error, place) from error


def _archive_kind(archive: zipfile.ZipFile, place: Place) -> WorkbookKind | None:
    names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if {"mimetype", "content.xml"} <= names:
        with archive.open("mimetype") as member:
            if b"opendocument.spreadsheet" in member.read(200):
                return "ods"
        raise unreadable("file_is_binary", _OTHER_DOCUMENT, place)
    if "[content_types].xml" in names:
        raise unreadable("file_is_binary", _OTHER_DOCUMENT, place)
    return None


def read_workbook(data: bytes, kind: WorkbookKind, place: Place, sheet: str | None) -> list[RawTable]:
    """The visible sheets whose whole name `sheet` matches (all of them without it), as text."""
    sheets = [item for item in _read_sheets(data, kind, place, sheet) if item["is_worksheet"]]
    visible = [item for item in sheets if not item["is_hidden"]]
    wanted = [item for item in visible if item["is_wanted"]]
    if not visible:
        raise unreadable("no_visible_sheet", f"The workbook has {len(sheets)} sheets, none visible.", place)
    if not wanted:
        names = ", ".join(repr(item["name"]) for item in visible)
        raise unreadable("sheet_missing", f"No sheet is named as {sheet!r}; there are {names}.", place)
    for item in wanted:
        _check_size(item, _sheet_place(place, item["name"]))
    notes = tuple(_notes(sheets))
    return [
        RawTable(item["name"], item["rows"], kind=kind, findings=notes if item is wanted[0] else ())
        for item in wanted
    ]


def _sheet_place(place: Place, name: str) -> Place:
    """Inside an archive, `place.sheet` is the workbook's own name."""
    return Place(place.file, f"{place.sheet}!{name}" if place.sheet else name)


def _read_sheets(data: bytes, kind: WorkbookKind, place: Place, sheet: str | None) -> list[dict[str, Any]]:
    options = {
        "kind": kind,
        "sheet": sheet or ".*",
        "max_sheets": MAX_SHEETS,
        "max_rows": MAX_ROWS,
        "max_columns": MAX_COLUMNS,
        "max_cells": MAX_CELLS,
    }
    sheets: list[dict[str, Any]] = read_apart(_READING, data, options, place)["sheets"]
    return sheets


def _check_size(item: dict[str, Any], at: Place) -> None:
    if len(item["rows"]) > MAX_ROWS:
        raise unreadable("too_many_rows", f"More than {MAX_ROWS:,} rows.", at)
    if max(map(len, item["rows"]), default=0) > MAX_COLUMNS:
        raise unreadable("too_many_columns", f"More than {MAX_COLUMNS:,} columns.", at)
    for number, row in enumerate(item["rows"], start=1):
        if max(map(len, row), default=0) > MAX_CELL_LENGTH:
            raise unreadable("cell_too_long", "A cell is too long.", Place(at.file, at.sheet, number))


def _notes(sheets: list[dict[str, Any]]) -> Iterator[Finding]:
    for item in sheets:
        if item["is_hidden"]:
            yield remark("hidden_sheet", "warning", "Hidden: not read.", sheet=item["name"])
        elif not item["is_wanted"]:
            yield remark("sheet_not_selected", "info", "Not read.", sheet=item["name"])
        else:
            yield from _inner_notes(item)


def _inner_notes(item: dict[str, Any]) -> Iterator[Finding]:
    """What is hidden or merged inside a sheet that was read."""
    if not item["is_hidden_known"]:
        detail = "Its hidden rows and columns could not be looked up: all that it holds was read."
        yield remark("hidden_unknown", "info", detail, sheet=item["name"])
    if item["hidden_columns"]:
        numbers = ", ".join(map(str, item["hidden_columns"]))
        detail = f"Left blank: {item['hidden_cells']:,} cells of the hidden columns {numbers}."
        yield remark("hidden_columns", "warning", detail, sheet=item["name"])
    if item["hidden_rows"]:
        detail = f"{item['hidden_rows']:,} rows that are not blank are hidden; they were read."
        yield remark("hidden_rows", "warning", detail, sheet=item["name"])
    if item["merged_filled"]:
        detail = f"{item['merged_filled']:,} cells merged with one above were given its text."
        yield remark("merged_cells", "info", detail, sheet=item["name"])
