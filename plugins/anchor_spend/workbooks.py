"""Read XLSX, XLS and ODS workbooks.

In: the bytes of a file. Out: one RawTable for each visible sheet the spec wants; row 1 is the sheet's row 1.
Hidden sheets are named in a finding and never loaded: they may hold what was taken out before publication.
Refuses archives that are no workbook, locked or damaged workbooks, and those that unpack to or span too much.
"""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from anchor_spend.errors import Place
from anchor_spend.records import Finding, RawTable
from anchor_spend.rules import remark, unreadable

WorkbookKind = Literal["xlsx", "xls", "ods"]

MAX_UNPACKED_BYTES = 1024**3
MAX_EXPANSION = 200  # unpacked to packed; published workbooks stay below 30
MAX_ROWS = 1_048_576  # what XLSX and ODS can hold
MAX_COLUMNS = 1_000
MAX_CELL_LENGTH = 32_767
_MAX_MEMORY_BYTES = 4 * 1024**3
_MAX_SECONDS = 180

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def find_workbook_kind(data: bytes, place: Place) -> WorkbookKind | None:
    """The kind of workbook by its bytes, None for anything that is neither an archive nor a compound file."""
    if data.startswith(_COMPOUND_FILE):
        return _check_compound_file(data, place)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _check_archive(data, place)
    return None


def _check_compound_file(data: bytes, place: Place) -> WorkbookKind:
    def has_stream(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has_stream("EncryptedPackage"):
        raise unreadable("workbook_locked", "The workbook is encrypted.", place)
    if has_stream("Workbook") or has_stream("Book"):
        return "xls"
    raise unreadable("file_is_binary", "The file is an office document, but not a workbook.", place)


def _check_archive(data: bytes, place: Place) -> WorkbookKind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            kind = _archive_kind(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise unreadable(
            "workbook_damaged", f"The archive cannot be opened ({type(error).__name__}).", place
        ) from error
    if kind is None:
        raise unreadable("file_is_zip", f"The archive holds {len(members)} files and no workbook.", place)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_EXPANSION * max(len(data), 100_000):
        detail = f"{len(data):,} bytes unpack to {unpacked:,}."
        raise unreadable("workbook_too_large", detail, place)
    return kind


def _archive_kind(archive: zipfile.ZipFile) -> WorkbookKind | None:
    names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if {"mimetype", "content.xml"} <= names:
        with archive.open("mimetype") as member:
            return "ods" if b"opendocument.spreadsheet" in member.read(200) else None
    return None


def read_workbook(data: bytes, kind: WorkbookKind, place: Place, sheet: str | None) -> list[RawTable]:
    """The visible sheets whose whole name `sheet` matches (all of them without it), as text."""
    sheets = [item for item in _read_apart(data, place, sheet) if item["is_worksheet"]]
    visible = [item for item in sheets if not item["is_hidden"]]
    wanted = [item for item in visible if item["is_wanted"]]
    if not visible:
        raise unreadable("no_visible_sheet", f"The workbook has {len(sheets)} sheets, none visible.", place)
    if not wanted:
        names = ", ".join(repr(item["name"]) for item in visible)
        raise unreadable("sheet_missing", f"No sheet is named as {sheet!r}; there are {names}.", place)
    for item in wanted:
        _check_size(item, place)
    notes = tuple(_notes(sheets))
    return [
        RawTable(item["name"], item["rows"], kind=kind, findings=notes if item is wanted[0] else ())
        for item in wanted
    ]


def _read_apart(data: bytes, place: Place, sheet: str | None) -> list[dict[str, Any]]:
    options = {
        "sheet": sheet or ".*",
        "max_rows": MAX_ROWS,
        "max_columns": MAX_COLUMNS,
        "memory_bytes": _MAX_MEMORY_BYTES,
    }
    script = Path(__file__).with_name("workbook_process.py")
    try:
        process = subprocess.run(
            [sys.executable, "-P", str(script), json.dumps(options)],
            input=data,
            capture_output=True,
            timeout=_MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise unreadable("workbook_too_large", f"Not read after {_MAX_SECONDS} seconds.", place) from error
    if process.returncode:
        raise _failure(process.returncode, process.stderr, place)
    answer = json.loads(process.stdout)
    if "problem" in answer:
        raise unreadable(answer["problem"], answer["detail"], place)
    sheets: list[dict[str, Any]] = answer["sheets"]
    return sheets


def _failure(return_code: int, stderr: bytes, place: Place) -> Exception:
    if b"memory allocation" in stderr or b"MemoryError" in stderr:
        detail = "Its cells span more than memory holds."
        return unreadable("workbook_too_large", detail, place)
    return unreadable("workbook_damaged", f"The workbook reader ended with code {return_code}.", place)


def _check_size(item: dict[str, Any], place: Place) -> None:
    at = Place(place.file, item["name"])
    if len(item["rows"]) > MAX_ROWS:
        raise unreadable("too_many_rows", f"More than {MAX_ROWS:,} rows.", at)
    if max(map(len, item["rows"]), default=0) > MAX_COLUMNS:
        raise unreadable("too_many_columns", f"More than {MAX_COLUMNS:,} columns.", at)
    for number, row in enumerate(item["rows"], start=1):
        if max(map(len, row), default=0) > MAX_CELL_LENGTH:
            raise unreadable("cell_too_long", "A cell is too long.", Place(place.file, item["name"], number))


def _notes(sheets: list[dict[str, Any]]) -> list[Finding]:
    notes = []
    for item in sheets:
        if item["is_hidden"]:
            notes.append(remark("hidden_sheet", "warning", "Hidden: not read.", sheet=item["name"]))
        elif not item["is_wanted"]:
            notes.append(remark("sheet_not_selected", "info", "Not read.", sheet=item["name"]))
    return notes
