"""The reviewed decisions, one dated row each, in two files of the same columns.

dbt_project/seeds/supplier_overrides.csv is committed. <home>/reviewed/persons.csv has the rows about names
that are, or may be, a person's: a key is a hash of the name, which anybody can guess from a list of names,
so that it is no matter for a repository. It is kept, and backed up, with the database; absent until the
first such row.

In: the files. Out: their rows, in the order of their keys; the same rows in a temporary table. Written as a
whole or not at all. Refuses files whose columns or values are not those of a reviewed decision, by row; and
to go on without the file of persons, once a release that analysts saw was made with it.
"""

import csv
import fcntl
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from anchor_spend.dated_rows import Cells, Spoilt, day_of, day_problems, read, spoilt
from anchor_spend.errors import ReviewError
from anchor_spend.settings import PROJECT, load_settings
from anchor_spend.spreadsheets import as_text, key_of

ENTITY_ID = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,8}-[A-Z0-9./-]{1,40}")
_KEY = re.compile(r"[0-9a-f]{16}")
_KINDS = ("", "organisation", "person", "unclear")


class Reviewed(NamedTuple):
    """A reviewed decision: what a person decided about one published supplier, and since when it holds."""

    supplier_key: str
    name_key: str  # '' where it holds for this supplier only, and for no variant of its name
    entity_id: str  # '' where it is none of the registers'
    payee_kind: str  # '' to keep what the name says
    valid_from: date | None
    valid_to: date | None
    reviewed_on: date
    reviewed_by: str
    reason: str
    is_personal: bool = False  # which file it is in: the name is, or may be, a person's

    @property
    def outcome(self) -> tuple[str, str]:
        """What was decided; an organisation of a register is one whatever the kind says."""
        return self.entity_id, "organisation" if self.entity_id else self.payee_kind

    def is_in_force(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


COLUMNS = list(Reviewed._fields[:-1])


def seed_path() -> Path:
    """The file that a team commits."""
    return PROJECT / "dbt_project" / "seeds" / "supplier_overrides.csv"


def personal_path() -> Path:
    """The file that stays out of the repository."""
    return load_settings().home / "reviewed" / "persons.csv"


def path_of(row: Reviewed) -> Path:
    return personal_path() if row.is_personal else seed_path()


def load() -> list[Reviewed]:
    """Every reviewed decision, of both files; ReviewError names each row and column that cannot be read."""
    return _together(_load_each())


def _load_each() -> dict[Path, list[Reviewed]]:
    personal = personal_path()
    return {
        seed_path(): _load(seed_path(), is_personal=False),
        personal: _load(personal, is_personal=True) if _is_there(personal) else [],
    }


def _is_there(path: Path) -> bool:
    """Only what is certainly absent is: rows that could not be read would silently count no longer."""
    try:
        path.open("rb").close()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ReviewError(f"{path} cannot be read ({error.strerror}).") from error
    return True


def _together(of_each: Mapping[Path, Sequence[Reviewed]]) -> list[Reviewed]:
    """A row that is in both files, because moving it was cut off between them, counts once."""
    personal = set(of_each[personal_path()])
    others = [row for row in of_each[seed_path()] if row._replace(is_personal=True) not in personal]
    return _ordered([*others, *of_each[personal_path()]])


def _ordered(rows: Iterable[Reviewed]) -> list[Reviewed]:
    return sorted(rows, key=lambda row: (row.supplier_key, row.valid_from or date.min))


def _load(path: Path, *, is_personal: bool) -> list[Reviewed]:
    return [_row(cells, is_personal) for cells in read(path, COLUMNS, _problems)]


def _row(cells: Cells, is_personal: bool) -> Reviewed:
    keys = (key_of(cells["supplier_key"]), key_of(cells["name_key"]))
    outcome = (cells["entity_id"], cells["payee_kind"])
    days = (day_of(cells["valid_from"]), day_of(cells["valid_to"]))
    reviewed_on = date.fromisoformat(cells["reviewed_on"])
    told = (cells["reviewed_by"], cells["reason"])
    return Reviewed(*keys, *outcome, *days, reviewed_on, *told, is_personal)


def _problems(cells: Cells) -> Iterator[Spoilt]:
    for column in ("supplier_key", "name_key"):
        if not is_key(key_of(cells[column])) and (cells[column] or column == "supplier_key"):
            remedy = (
                "A key is key_ and 16 of the characters 0-9 and a-f; a spreadsheet may turn one without key_ "
                "into a number. Take it from the file as it was before."
            )
            yield spoilt(column, "key_unreadable", cells[column], remedy)
    if cells["entity_id"] and not ENTITY_ID.fullmatch(cells["entity_id"]):
        yield spoilt("entity_id", "id_unreadable", cells["entity_id"], "Write an id such as GB-COH-01234567.")
    if cells["payee_kind"] not in _KINDS or not (cells["payee_kind"] or cells["entity_id"]):
        remedy = "It must be organisation, person or unclear, or empty beside an entity_id."
        yield spoilt("payee_kind", "kind_unreadable", cells["payee_kind"], remedy)
    if not cells["reason"]:
        yield spoilt("reason", "reason_missing", "", "Say why: a decision without it cannot be followed.")
    yield from day_problems(cells)


def is_key(text: str) -> bool:
    """Whether a text is a supplier key or name key."""
    return bool(_KEY.fullmatch(text))


# -- written ----------------------------------------------------------------------------------------------


@contextmanager
def edited() -> Iterator[list[Reviewed]]:
    """The rows, to be changed in place: written back sorted, at once, and only where something changed.

    One process at a time; where the block fails the files stay as they were.
    """
    with ExitStack() as locks:
        locks.enter_context(_locked(seed_path().parent))
        locks.enter_context(_locked(_made(personal_path().parent)))
        of_each = _load_each()
        rows = _together(of_each)
        yield rows
        texts = {path: text_of(row for row in rows if path_of(row) == path) for path in of_each}
        _replace({path: text for path, text in texts.items() if text != text_of(of_each[path])})


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


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ReviewError(f"{folder} cannot be made ({error.strerror}).") from error
    return folder


def text_of(rows: Iterable[Reviewed]) -> str:
    """The rows as a file holds them: a spreadsheet takes none of the keys for a number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _ordered(rows):
        keys = (as_text(row.supplier_key), as_text(row.name_key))
        writer.writerow([*keys, *("" if cell is None else str(cell) for cell in row[2 : len(COLUMNS)])])
    return text.getvalue()


def _replace(texts: Mapping[Path, str]) -> None:
    """All whole beside their places first; the file of persons takes a row before the seed gives it up."""
    unfinished = {path: path.with_name(f".{path.name}.new") for path in texts}
    waiting = sorted(texts, key=lambda path: path != personal_path())
    try:
        for path, text in texts.items():
            _write(unfinished[path], text, _mode_of(path))
        while waiting:
            unfinished[waiting[0]].replace(waiting[0])
            del waiting[0]
    except OSError as error:
        for path in unfinished.values():
            path.unlink(missing_ok=True)
        raise ReviewError(_unwritten(texts, waiting, error)) from error


def _write(path: Path, text: str, mode: int) -> None:
    path.touch(mode=mode)
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def _mode_of(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o600


def _unwritten(texts: Iterable[Path], waiting: Sequence[Path], error: OSError) -> str:
    """What is told of files that could not all be written, by which of them had not got their place."""
    written = " and ".join(str(path) for path in texts if path not in waiting)
    if written:
        return (
            f"{waiting[0]} cannot be written ({error.strerror}), and {written} is written already: the "
            "answers in it are taken, the others are not. Import the same file again once it can be "
            "written: what was taken is not taken twice."
        )
    return (
        f"{' or '.join(map(str, texts))} cannot be written ({error.strerror}): everything is as it was "
        "before, and no answer was taken."
    )


# -- beside the tables ------------------------------------------------------------------------------------

_TABLE = """create temporary table reviewed (
    supplier_key text, name_key text, entity_id text, payee_kind text, valid_from date, valid_to date,
    reviewed_on date, is_in_force boolean) on commit drop"""


def lay_out(connection: psycopg.Connection[Any], rows: Sequence[Reviewed]) -> None:
    """The temporary table `reviewed`: a row each; entity_id null where it is none of the registers'.

    ReviewError where rows about persons that a release was made with are gone with their file.
    """
    require_personal(connection)
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


def require_personal(connection: psycopg.Connection[Any]) -> None:
    """ReviewError where the file of persons must be there and is not: also after a roll-back."""
    row = connection.execute(
        """select release_number, reviewed_persons from quality.releases
           where reviewed_persons > 0 and status in ('published', 'withdrawn')
           order by release_number desc limit 1"""
    ).fetchone()
    if row and not _is_there(personal_path()):
        raise ReviewError(
            f"{personal_path()} is not there, and release {row[0]} was made with {row[1]} reviewed decisions "
            "from it, about names that are, or may be, a person's: without them such a name could be "
            "published. Put the file back from the backup of the home folder. To give those decisions up, "
            f"make it a file of one line, the columns: {','.join(COLUMNS)}"
        )


def lay_out_for_release(connection: psycopg.Connection[Any], number: int) -> None:
    """The same rows as the table reviewed_decisions of a release's schema, for its models.

    The release is told how many of them are about persons. Which are in force is for its own day to say.
    """
    rows = load()
    lay_out(connection, rows)
    statement = """create table {} as
        select supplier_key, name_key, entity_id, payee_kind, valid_from, valid_to, reviewed_on
        from reviewed"""
    table = sql.Identifier(f"release_{number}", "reviewed_decisions")
    connection.execute(sql.SQL(statement).format(table))
    connection.execute(
        "update quality.releases set reviewed_persons = %s where release_number = %s",
        [sum(row.is_personal for row in rows), number],
    )
