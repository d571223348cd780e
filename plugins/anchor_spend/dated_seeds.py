"""Which reviewed rows are in force on a day: decisions on suppliers, and sites.

In: the seeds that the models read as of a release's own day. Out: numbers of rows, so that a release knows
whether a row has begun or ended since the one before. Refuses a day that is none, by file and row.
"""

import csv
from datetime import date

from anchor_spend.errors import ReleaseError
from anchor_spend.settings import PROJECT

_SEEDS = ("supplier_overrides", "reviewed_sites")


def in_force(day: date) -> dict[str, list[int]]:
    """Rows by seed, numbered as a spreadsheet shows them."""
    return {name: _rows_in_force(name, day) for name in _SEEDS}


def _rows_in_force(name: str, day: date) -> list[int]:
    path = PROJECT / "dbt_project" / "seeds" / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = enumerate(csv.DictReader(file), start=2)
        return [number for number, row in rows if _is_in_force(path.name, number, row, day)]


def _is_in_force(file_name: str, number: int, row: dict[str, str], day: date) -> bool:
    try:
        begins, ends = (
            date.fromisoformat(row[column]) if row[column] else day for column in ("valid_from", "valid_to")
        )
    except ValueError as error:
        raise ReleaseError(
            f"{file_name}, row {number}: valid_from or valid_to is no date such as 2026-11-30. Correct it."
        ) from error
    return begins <= day <= ends
