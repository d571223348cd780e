"""CSV files of dated rows that people edit, by hand or in a spreadsheet: read whole, or refused.

In: a file, its columns, and what must hold of a row. Out: its rows.
Refuses rows that are not as they were written by file, row, column, shape, rule and what to do, all in one
error and without a value: a row passed over would be a decision that no longer counts, and nobody would
know.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from anchor_spend.errors import ReviewError
from anchor_spend.values import shape_of

Cells = dict[str, str]
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHOWN = 20  # problems spelled out in one error
_BEFORE = "Take it from the file as it was before."


class Spoilt(NamedTuple):
    """What is wrong with one cell, or with a whole row where no column is named."""

    column: str
    rule: str
    shape: str
    remedy: str


def read(path: Path, columns: Sequence[str], check: Callable[[Cells], Iterator[Spoilt]]) -> list[Cells]:
    """Every row; ReviewError names all that is spoilt."""
    (_, header), *rows = _lines(path) or [(1, [])]
    found = [(1, problem) for problem in _header_problems(header, columns)]
    taken: list[Cells] = []
    for number, line in rows if not found else []:
        problems = list(_line_problems(line, columns))
        cells = dict(zip(columns, line, strict=False))
        found += [(number, problem) for problem in problems or check(cells)]
        taken.append(cells)
    if found:
        raise ReviewError(_told(path, found))
    return taken


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """Rows of cells as a spreadsheet numbers them; a byte order mark is no part of the first."""
    lines: list[tuple[int, list[str]]] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for number, line in enumerate(csv.reader(file, strict=True), start=1):
                lines.append((number, line))
    except csv.Error as error:
        problem = Spoilt("", "quotes", str(error), f"Quotes must stand around a whole cell. {_BEFORE}")
        raise ReviewError(_told(path, [(len(lines) + 1, problem)])) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError(
            f"{path} cannot be read ({type(error).__name__}). It must be a CSV in UTF-8: save it as such, or "
            "restore it as it was before."
        ) from error
    return lines


def _told(path: Path, found: Sequence[tuple[int, Spoilt]]) -> str:
    lines = [
        f"{path.name}, row {number}{f', {problem.column}' if problem.column else ''} [{problem.rule}]: "
        f"{problem.shape}. {problem.remedy}"
        for number, problem in found[:_SHOWN]
    ]
    if len(found) > _SHOWN:
        lines.append(f"and {len(found) - _SHOWN} more")
    return f"{path} is not as it was written, and nothing of it is taken.\n" + "\n".join(lines)


# -- the file and its rows --------------------------------------------------------------------------------


def _header_problems(header: Sequence[str], columns: Sequence[str]) -> Iterator[Spoilt]:
    wanted = ", ".join(columns)
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        yield Spoilt("", "separator", "cells with ; or tabs between", "Save it as CSV with commas between.")
    elif list(map(str.strip, header)) != list(columns):
        shape = f"{len(header)} other columns"
        yield Spoilt("", "columns", shape, f"It must have the columns {wanted}, in this order.")


def _line_problems(line: Sequence[str], columns: Sequence[str]) -> Iterator[Spoilt]:
    if not any(map(str.strip, line)):
        yield Spoilt("", "blank_row", "nothing is in it", f"Delete the line. If it held a row: {_BEFORE}")
    elif len(line) != len(columns):
        remedy = f"Put quotes around a cell with a comma in it. {_BEFORE}"
        yield Spoilt("", "cell_count", f"{len(line)} cells, not {len(columns)}", remedy)
    else:
        for column, cell in zip(columns, line, strict=True):
            if re.search(r"[\r\n]", cell):
                remedy = "Write it on one line, and see that every quote closes: other rows may be in it."
                yield Spoilt(column, "line_end", f"{len(cell.splitlines())} lines", remedy)
            elif cell != cell.strip():  # the models read the cell as it stands, and would find nothing
                remedy = (
                    "Take away what is empty before or behind it: a space, a tab or one that does not break."
                )
                yield Spoilt(column, "outer_space", f'"{shape_of(cell)}"', remedy)


# -- cells ------------------------------------------------------------------------------------------------


def spoilt(column: str, rule: str, cell: str, remedy: str) -> Spoilt:
    """A problem with a cell, told by the shape of what is in it."""
    return Spoilt(column, rule, shape_of(cell) if cell else "empty", remedy)


def day_problems(cells: Cells) -> Iterator[Spoilt]:
    """Of valid_from and valid_to, which may be empty, and reviewed_on, which may not."""
    days = {column: cells[column] for column in ("valid_from", "valid_to", "reviewed_on")}
    for column, cell in days.items():
        if not (_is_day(cell) or (cell == "" and column != "reviewed_on")):
            remedy = (
                "Write the day as 2026-11-30. A spreadsheet writes it as its country does, unless the "
                "column is opened and kept as text."
            )
            yield spoilt(column, "date_unreadable", cell, remedy)
            return
    if days["valid_from"] and days["valid_to"] and days["valid_to"] < days["valid_from"]:
        remedy = "It ends before valid_from, so it would never hold: correct one of the two."
        yield spoilt("valid_to", "ends_before_it_begins", days["valid_to"], remedy)


def _is_day(cell: str) -> bool:
    try:
        return bool(_DAY.fullmatch(cell) and date.fromisoformat(cell))
    except ValueError:
        return False


def day_of(cell: str) -> date | None:
    """The day of a cell that has passed `day_problems`; None for an empty one."""
    return date.fromisoformat(cell) if cell else None
