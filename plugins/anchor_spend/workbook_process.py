"""Read one workbook in a process of its own, so that a hostile or damaged one cannot take the worker along.

In: the workbook's bytes on standard input; a JSON object of options as the only argument. Out: a JSON object
on standard output: the sheets in order, each with its state and, where wanted, its rows as text.
A sheet with one stray cell in the last row and column makes the reading library ask for hundreds of gigabytes
and abort the process: memory and time are capped from outside.

Run by its path, not imported by the package's readers; needs the standard library and python-calamine only.
"""

import io
import json
import re
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def main() -> None:
    """Read standard input; write the sheets, or the rule that refuses the workbook, to standard output."""
    options = json.loads(sys.argv[1])
    _cap_memory(options["memory_bytes"])
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    answer: dict[str, Any] = {}
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        answer["sheets"] = [_sheet(workbook, metadata, options) for metadata in workbook.sheets_metadata]
    except PasswordError:
        answer = {"problem": "workbook_locked", "detail": "The workbook asks for a password."}
    except CalamineError as error:
        detail = f"The workbook cannot be read ({type(error).__name__})."
        answer = {"problem": "workbook_damaged", "detail": detail}
    sys.stdout.write(json.dumps(answer))  # in one piece: json.dump writes cell by cell


def _cap_memory(limit: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sheet(workbook: Any, metadata: Any, options: dict[str, Any]) -> dict[str, Any]:
    kind, state = (str(part).rsplit(".", 1)[-1] for part in (metadata.typ, metadata.visible))
    is_wanted = re.fullmatch(options["sheet"], metadata.name.strip(), re.IGNORECASE) is not None
    sheet = {"name": metadata.name, "is_hidden": state != "Visible", "is_wanted": is_wanted, "rows": []}
    sheet["is_worksheet"] = kind == "WorkSheet"
    if not sheet["is_hidden"] and is_wanted and sheet["is_worksheet"]:
        sheet["rows"] = _rows(workbook.get_sheet_by_name(metadata.name), options)
    return sheet


def _rows(sheet: Any, options: dict[str, Any]) -> list[list[str]]:
    # the caller checks for one more than it allows; nothing larger needs to leave this process
    rows = sheet.to_python(skip_empty_area=False, nrows=options["max_rows"] + 1)
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()  # cells that were formatted and hold nothing
    return [[cell_text(cell) for cell in row[: options["max_columns"] + 1]] for row in rows]


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
