"""Read one workbook in a process of its own, so that a hostile or damaged one cannot take the worker along.

In: the workbook's bytes on standard input; a JSON object of options as the only argument. Out: a JSON object
on standard output: the sheets in order, each with its state and, where wanted, its rows as text. A sheet with
one stray cell in the last row and column makes the reading library ask for hundreds of gigabytes and abort
the process: memory and time are capped from outside.

The library is calamine (Rust): one reader for XLSX, XLSB, XLS and ODS, which gives values as they are stored
(formulas' last results, real dates), follows no external entity or link, and reads 100,000 rows in a second.

What is hidden inside a visible sheet:
- A hidden column is left blank, its header too. Whoever looks at the published sheet does not see it, and
  publishers hide the columns they mean to leave out, such as names before redaction. It is counted and named.
- A hidden row stays. Rows are hidden by filters, which are left on by accident; without them the sheet's
  total would not be the publisher's. They are counted and named.
"""

import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from anchor_spend.confine import cap_memory
from anchor_spend.values import is_amount
from anchor_spend.workbook_marks import Marks, Span, declares_entities, read_marks

_ODD_PARTS = (
    struct.error, zlib.error, zipfile.BadZipFile,
    KeyError, IndexError, ValueError, EOFError, NotImplementedError,
)  # fmt: skip


def main() -> None:
    """Read standard input; write the sheets, or the rule that refuses the workbook, to standard output."""
    options = json.loads(sys.argv[1])
    cap_memory(options["memory_bytes"])
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    data = sys.stdin.buffer.read()
    try:
        if options["kind"] != "xls" and declares_entities(data):
            answer = {"problem": "workbook_with_entities", "detail": "A part of it declares a document type."}
        else:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
            answer = _answer(workbook, data, options)
    except PasswordError:
        answer = {"problem": "workbook_locked", "detail": "The workbook asks for a password."}
    except (CalamineError, *_ODD_PARTS) as error:
        detail = f"The workbook cannot be read ({type(error).__name__})."
        answer = {"problem": "workbook_damaged", "detail": detail}
    sys.stdout.write(json.dumps(answer))  # in one piece: json.dump writes cell by cell


def _answer(workbook: Any, data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    count = len(workbook.sheets_metadata)
    if count > options["max_sheets"]:
        return {"problem": "workbook_too_large", "detail": f"The workbook has {count:,} sheets."}
    marks = _marks(data, options["kind"], count)
    sheets = []
    cells_left = options["max_cells"]
    for metadata, own in zip(workbook.sheets_metadata, marks, strict=True):
        sheet = _sheet(workbook, metadata, own, options)
        cells_left -= sum(map(len, sheet["rows"]))
        if cells_left < 0:
            detail = f"Its sheets have more than {options['max_cells']:,} cells."
            return {"problem": "workbook_too_large", "detail": detail}
        sheets.append(sheet)
    return {"sheets": sheets}


def _marks(data: bytes, kind: str, count: int) -> list[Marks | None]:
    try:
        marks = read_marks(data, kind)
    except _ODD_PARTS:
        marks = []  # calamine could read the workbook: its marks are unknown, and said to be
    return marks if len(marks) == count else [None] * count


def _sheet(workbook: Any, metadata: Any, marks: Marks | None, options: dict[str, Any]) -> dict[str, Any]:
    kind, state = (str(part).rsplit(".", 1)[-1] for part in (metadata.typ, metadata.visible))
    is_wanted = re.fullmatch(options["sheet"], metadata.name.strip(), re.IGNORECASE) is not None
    sheet = {"name": metadata.name, "is_hidden": state != "Visible", "is_wanted": is_wanted, "rows": []}
    sheet["is_worksheet"] = kind == "WorkSheet"
    if not sheet["is_hidden"] and is_wanted and sheet["is_worksheet"]:
        found = workbook.get_sheet_by_name(metadata.name)
        rows = _rows(found, marks, options)
        sheet |= {"merged_filled": _fill_merged(rows, found.merged_cell_ranges or [])}
        sheet |= _settle_hidden(rows, marks)
        sheet["rows"] = rows
    return sheet


def _rows(sheet: Any, marks: Marks | None, options: dict[str, Any]) -> list[list[str]]:
    # the caller checks for one more than it allows; nothing larger needs to leave this process
    rows = sheet.to_python(skip_empty_area=False, nrows=options["max_rows"] + 1)
    for (row, column), text in (marks.errors if marks else {}).items():
        if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
            rows[row][column] = text  # calamine gives error cells as empty ones
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()  # cells that were formatted and hold nothing
    width = max((_filled_width(row) for row in rows), default=0)
    return [[cell_text(cell) for cell in row[: min(width, options["max_columns"] + 1)]] for row in rows]


def _filled_width(row: list[Any]) -> int:
    return max((position for position, cell in enumerate(row, start=1) if cell != ""), default=0)


def _fill_merged(rows: list[list[str]], ranges: Iterable[tuple[Span, Span]]) -> int:
    """Write what stands in the top cell of cells merged downwards into those below, as a reader sees it.

    Numbers are left alone: an amount that spans three rows is one amount. Cells merged sideways too: what
    stands above several columns is the name of none of them.
    """
    filled = 0
    for (top, column), (bottom, _) in ranges:
        text = rows[top][column] if top < len(rows) and column < len(rows[top]) else ""
        if not text.strip() or is_amount(text):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if column < len(row) and row[column] == "":
                row[column] = text
                filled += 1
    return filled


def _settle_hidden(rows: list[list[str]], marks: Marks | None) -> dict[str, Any]:
    """Blank the hidden columns; say which held something, and how many hidden rows do."""
    if marks is None:
        return {"is_hidden_known": False, "hidden_columns": [], "hidden_cells": 0, "hidden_rows": 0}
    columns, cells = [], 0
    width = max(map(len, rows), default=0)
    for position in _positions(marks.hidden_columns, width):
        holding = [row for row in rows if position < len(row) and row[position].strip()]
        for row in holding:
            row[position] = ""
        columns += [position + 1] if holding else []
        cells += len(holding)
    hidden_rows = sum(any(rows[position]) for position in _positions(marks.hidden_rows, len(rows)))
    return {
        "is_hidden_known": True,
        "hidden_columns": columns,
        "hidden_cells": cells,
        "hidden_rows": hidden_rows,
    }


def _positions(spans: list[Span], count: int) -> list[int]:
    """The positions below `count` that lie in any of the spans."""
    return sorted({at for first, last in spans for at in range(max(first, 0), min(last + 1, count))})


def cell_text(cell: Any) -> str:
    """A workbook cell as text: numbers as a spreadsheet shows them (15 digits), dates in ISO form."""
    if isinstance(cell, str):
        return cell.replace("\x00", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return number_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def number_text(number: float) -> str:
    """Plain decimal notation of the 15 digits a spreadsheet keeps: 0.1 + 0.2 is '0.3', 1234.5 is '1234.5'."""
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


if __name__ == "__main__":
    main()
