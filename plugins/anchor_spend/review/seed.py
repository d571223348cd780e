"""The reviewed decisions: dbt_project/seeds/supplier_overrides.csv, one dated row each.

In: the file. Out: its rows, in the order of their keys; the same rows in a temporary table. Written as a
whole or not at all. Refuses a file whose columns or values are not those of a reviewed decision, by row.
"""

import csv
import fcntl
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from anchor_spend.errors import ReviewError
from anchor_spend.settings import PROJECT

ENTITY_ID = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,8}-[A-Z0-9./-]{1,40}")
_KEY = re.compile(r"[0-9a-f]{16}")
_KINDS = ("", "organisation", "person", "unclear")


class Reviewed(NamedTuple):
    """A row of the seed: what a person decided about one published supplier, and since when it holds."""

    supplier_key: str
    name_key: str  # '' where it holds for this supplier only, and for no variant of its name
    entity_id: str  # '' where it is none of the registers'
    payee_kind: str  # '' to keep what the name says
    valid_from: date | None
    valid_to: date | None
    reviewed_on: date
    reviewed_by: str
    reason: str

    @property
    def outcome(self) -> tuple[str, str]:
        """What was decided; an organisation of a register is one whatever the kind says."""
        return self.entity_id, "organisation" if self.entity_id else self.payee_kind

    def is_in_force(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


COLUMNS = list(Reviewed._fields)


def seed_path() -> Path:
    return PROJECT / "dbt_project" / "seeds" / "supplier_overrides.csv"


def load() -> list[Reviewed]:
    """Every reviewed decision; ReviewError names the row and the column that cannot be read."""
    path = seed_path()
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != COLUMNS:
                raise ReviewError(f"{path.name} must have the columns {', '.join(COLUMNS)}, in this order.")
            return [_row(path.name, number, cells) for number, cells in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReviewError(f"{path} cannot be read ({type(error).__name__}). Restore it from git.") from error


def _row(file_name: str, number: int, cells: dict[str, str]) -> Reviewed:
    try:
        return _read(cells)
    except ValueError as error:
        raise ReviewError(f"{file_name}, row {number}: {error} Correct it in the file.") from error


def _read(cells: dict[str, Any]) -> Reviewed:
    if None in cells or None in cells.values():
        raise ValueError(f"the row does not have {len(COLUMNS)} cells.")
    if cells["payee_kind"] not in _KINDS or not (cells["payee_kind"] or cells["entity_id"]):
        raise ValueError("payee_kind must be organisation, person or unclear, or empty beside an entity_id.")
    reviewed_on = _day(cells, "reviewed_on")
    if reviewed_on is None:
        raise ValueError("reviewed_on is empty.")
    days = (_day(cells, "valid_from"), _day(cells, "valid_to"))
    keys = (cells["supplier_key"], cells["name_key"], cells["entity_id"], cells["payee_kind"])
    return Reviewed(*keys, *days, reviewed_on, cells["reviewed_by"], cells["reason"])


def _day(cells: dict[str, str], column: str) -> date | None:
    try:
        return date.fromisoformat(cells[column]) if cells[column] else None
    except ValueError as error:
        raise ValueError(f"{column} is no date such as 2026-11-30.") from error


def is_key(text: str) -> bool:
    """Whether a text is a supplier key or name key."""
    return bool(_KEY.fullmatch(text))


@contextmanager
def edited() -> Iterator[list[Reviewed]]:
    """The rows, to be changed in place: written back sorted, at once, and only where something changed.

    One process at a time; where the block fails the file stays as it was.
    """
    path = seed_path()
    with _locked(path.parent):
        rows = load()
        before = text_of(rows)
        yield rows
        if text_of(rows) != before:
            _replace(path, text_of(rows))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The folder itself is locked: people with homes of their own share the seed."""
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ReviewError(f"{folder} cannot be opened ({error.strerror}).") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def text_of(rows: Iterable[Reviewed]) -> str:
    """The rows as the file holds them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    ordered = sorted(rows, key=lambda row: (row.supplier_key, row.valid_from or date.min))
    writer.writerows(["" if cell is None else str(cell) for cell in row] for row in ordered)
    return text.getvalue()


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.new")
    try:
        with unfinished.open("w", newline="", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(path.stat().st_mode & 0o777)
        unfinished.replace(path)
    except OSError as error:
        raise ReviewError(
            f"{path} cannot be written ({error.strerror}): it is as it was before, and no answer was taken."
        ) from error


# -- beside the tables ------------------------------------------------------------------------------------

_TABLE = """create temporary table reviewed (
    supplier_key text, name_key text, entity_id text, payee_kind text, valid_from date, valid_to date,
    reviewed_on date, is_in_force boolean) on commit drop"""


def lay_out(connection: psycopg.Connection[Any], rows: Sequence[Reviewed]) -> None:
    """The temporary table `reviewed`: a row each; entity_id null where it is none of the registers'."""
    connection.execute("drop table if exists reviewed")
    connection.execute(_TABLE)
    today = date.today()
    with connection.cursor() as cursor, cursor.copy("copy reviewed from stdin") as copy:
        for row in rows:
            entity_id, kind = row.outcome
            keys = (row.supplier_key, row.name_key, entity_id or None, kind)
            days = (row.valid_from, row.valid_to, row.reviewed_on)
            copy.write_row((*keys, *days, row.is_in_force(today)))
    connection.execute("create index on reviewed (supplier_key)")
    connection.execute("create index on reviewed (name_key)")
    connection.execute("analyze reviewed")
