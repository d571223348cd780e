"""Hidden rows and columns of workbooks: published with the file, and shown by whoever unhides them.

In: the bytes of an XLSX or ODS workbook and the sizes of its visible sheets. Out: which rows and columns
within the table are hidden. The XML is streamed through a parser that keeps nothing and refuses entities, so
that a hostile workbook costs time but no memory. XLS workbooks are not looked at.
"""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from typing import IO
from xml.parsers import expat

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]


class _HasEntitiesError(Exception):
    """The XML declares entities, which no spreadsheet program writes."""


@dataclass
class Hidden:
    """1-based numbers of one sheet; only those within the table count."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)


def _parse(file: IO[bytes], start: Start) -> None:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _HasEntitiesError

    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    parser.ParseFile(file)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def find_hidden(data: bytes, sizes: dict[str, tuple[int, int]]) -> dict[str, Hidden]:
    """Hidden rows and columns by sheet; `sizes` are (rows, columns) of the sheets asked about.

    Empty for anything that is no XLSX or ODS workbook, and where its parts cannot be followed.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return _of_xlsx(archive, sizes)
            return _of_ods(archive, sizes) if "content.xml" in names else {}
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, RuntimeError):
        return {}
    except (NotImplementedError, expat.ExpatError, _HasEntitiesError):
        return {}


# XLSX ------------------------------------------------------------------------------------------------------


def _of_xlsx(archive: zipfile.ZipFile, sizes: dict[str, tuple[int, int]]) -> dict[str, Hidden]:
    found = {}
    for sheet, part in _sheet_parts(archive):
        if sheet in sizes:
            found[sheet] = _of_sheet(archive, part, *sizes[sheet])
    return found


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, member of the archive) of each sheet."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def relation(name: str, values: Attributes) -> None:
        if _local(name) == "Relationship":
            targets[values.get("Id", "")] = normpath(join("/xl", values.get("Target", ""))).lstrip("/")

    def sheet(name: str, values: Attributes) -> None:
        if _local(name) == "sheet":
            ids = [value for key, value in values.items() if _local(key) == "id"]
            sheets.append((values.get("name", ""), ids[0] if ids else ""))

    with archive.open("xl/_rels/workbook.xml.rels") as file:
        _parse(file, relation)
    with archive.open("xl/workbook.xml") as file:
        _parse(file, sheet)
    yield from ((name, targets[ident]) for name, ident in sheets if ident in targets)


def _of_sheet(archive: zipfile.ZipFile, part: str, rows: int, columns: int) -> Hidden:
    found = Hidden()
    row_number = 0

    def start(name: str, values: Attributes) -> None:
        nonlocal row_number
        kind = _local(name)
        if kind == "row":
            row_number = int(values.get("r", row_number + 1))
        if kind not in ("row", "col") or values.get("hidden") not in ("1", "true"):
            return
        if kind == "row":
            found.rows += [row_number] if row_number <= rows else []
        else:
            last = min(int(values["max"]), columns)
            found.columns += range(int(values["min"]), last + 1)

    with archive.open(part) as file:
        _parse(file, start)
    return found


# ODS -------------------------------------------------------------------------------------------------------


def _of_ods(archive: zipfile.ZipFile, sizes: dict[str, tuple[int, int]]) -> dict[str, Hidden]:
    found: dict[str, Hidden] = {}
    sheet, row, column = "", 0, 0

    def start(name: str, values: Attributes) -> None:
        nonlocal sheet, row, column
        if name == "table:table":
            sheet, row, column = values.get("table:name", ""), 0, 0
        elif sheet in sizes and name in ("table:table-row", "table:table-column"):
            hidden = values.get("table:visibility", "visible") != "visible"
            here = found.setdefault(sheet, Hidden())
            if name == "table:table-row":
                count = int(values.get("table:number-rows-repeated", 1))
                here.rows += range(row + 1, min(row + count, sizes[sheet][0]) + 1) if hidden else []
                row += count
            else:
                count = int(values.get("table:number-columns-repeated", 1))
                here.columns += range(column + 1, min(column + count, sizes[sheet][1]) + 1) if hidden else []
                column += count

    with archive.open("content.xml") as file:
        _parse(file, start)
    return found
