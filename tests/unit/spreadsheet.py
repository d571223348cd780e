"""What a spreadsheet does to a CSV that is opened, filled in and saved, simulated.

No Excel or LibreOffice is at hand: how a cell is taken when a text file is opened (formula, number, day,
else text) and how a number is shown and therefore saved are written out here, as the two document them.
The workbook between the two is a real one, saved and opened by openpyxl.
"""

import csv
import re
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?%?", re.IGNORECASE)
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%y")
_FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
SHOWN = {"excel": (11, 5), "libreoffice": (15, 14)}  # digits of a number shown whole, decimals beyond that


def filled_in(path: Path, brand: str, separator: str, answers: dict[str, str]) -> Path:
    """The file with the same answers in every row, opened and saved by a spreadsheet; beside the first."""
    book = Workbook()
    for row in opened(path, ","):
        book.active.append([typed(cell) for cell in row])
    header = [cell.value for cell in book.active[1]]
    for column, answer in answers.items():
        for row in range(2, book.active.max_row + 1):
            book.active.cell(row, header.index(column) + 1, answer)
    book.save(path.with_suffix(".xlsx"))
    saved = path.with_name(f"saved {path.name}")
    sheet = load_workbook(path.with_suffix(".xlsx")).active
    with saved.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=separator).writerows(
            [shown(cell, brand) for cell in row] for row in sheet.values
        )
    return saved


def opened(path: Path, separator: str) -> list[list[str]]:
    """The cells of a file as a spreadsheet of a country with this separator splits them."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file, delimiter=separator))


def typed(cell: str) -> object:
    """What a cell of a text file is taken for."""
    if is_formula(cell):
        raise AssertionError("a cell would run as a formula")
    if _NUMBER.fullmatch(cell.strip()):
        return float(cell.strip().rstrip("%"))
    for form in _DAYS:
        try:
            return datetime.strptime(cell, form)
        except ValueError:
            continue
    return cell


def is_formula(cell: str) -> bool:
    return cell.lstrip()[:1] in (*_FORMULA_SIGNS,) and not _NUMBER.fullmatch(cell.strip())


def shown(value: object, brand: str) -> str:
    """A cell as it is shown in the standard format, and so saved."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}"
    if not isinstance(value, int | float):
        return str(value)
    whole, decimals = SHOWN[brand]
    return f"{value:.{decimals}E}" if abs(value) >= 10**whole else f"{value:.10g}"
