"""Earlier months of the same body and stream, to hold a file against.

In: the files and folders given, and the project's database where it is up. Out: a Comparison, which of the
months hold the very same payments, and how the latest file was read. Each file is read as the one checked,
its month from its name; one that names no month or cannot be read is left out, and listed with the reason.
Never starts a database.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import psycopg

from anchor_spend import database, drift, ingest, ledger
from anchor_spend.check.month_rules import ENOUGH_MONTHS
from anchor_spend.check.months import stated_month
from anchor_spend.check.reading import landed_file, read_bytes
from anchor_spend.check.result import Comparison, Earlier, Unused
from anchor_spend.check.safe import printable
from anchor_spend.errors import AnchorSpendError, SettingsError, UnreadableFileError
from anchor_spend.periods import due_date, period_of
from anchor_spend.records import ConformedFile
from anchor_spend.settings import load_settings
from anchor_spend.spec import Publisher

TRAILING_MONTHS = 12
DATABASE = "database"


@dataclass(frozen=True)
class Wanted:
    """The file that is held against earlier ones; a period of '9999-12' is behind every file."""

    path: Path
    publisher: Publisher
    stream: str
    period: str


@dataclass(frozen=True)
class Before:
    """How the latest earlier file was read, with its profile."""

    period: str
    reading: dict[str, Any]


@dataclass(frozen=True)
class Beside:
    """What the earlier months say of a file that reads."""

    comparison: Comparison
    copies_of: frozenset[str]  # origins of the months that hold the very same payments
    before: Before | None


def compare(wanted: Wanted, last_month: str, conformed: ConformedFile, previous: Sequence[Path]) -> Beside:
    """A file that reads, beside the latest earlier months."""
    months: dict[str, Earlier] = {item.period: item for item in _from_database(wanted, last_month)}
    already = months.pop(wanted.period, None)
    unused: list[Unused] = []
    copies, before = set(), None
    for period, path in _by_month(wanted, previous, unused):
        read = _read(wanted, path, period, unused)
        if read:
            months[period] = _month(period, read, path)
            copies |= {printable(path.name)} if _same_payments(read, conformed) else set()
            before = Before(period, read.reading)
    latest = tuple(months[period] for period in sorted(months)[-TRAILING_MONTHS:])
    comparison = Comparison(latest, tuple(unused), published_already=already)
    return Beside(_with_medians(comparison, conformed), frozenset(copies), before)


def latest_before(wanted: Wanted, previous: Sequence[Path]) -> Before | None:
    """How the latest earlier file that reads was read: all that a refused file can be held against."""
    for period, path in reversed(list(_by_month(wanted, previous, []))):
        read = _read(wanted, path, period, [])
        if read:
            return Before(period, read.reading)
    return None


def _with_medians(comparison: Comparison, conformed: ConformedFile) -> Comparison:
    if len(comparison.months) < ENOUGH_MONTHS:
        return comparison
    rows = median(month.rows for month in comparison.months)
    pence = median(month.pence for month in comparison.months)
    return replace(
        comparison,
        median_rows=float(rows),
        median_pence=float(pence),
        rows_ratio=len(conformed.payments) / rows if rows else None,
        pence_ratio=_total(conformed) / pence if pence > 0 else None,
    )


def _total(conformed: ConformedFile) -> int:
    return sum(int(pence) for pence in conformed.payments["amount_pence"])


# files -----------------------------------------------------------------------------------------------------


def _by_month(wanted: Wanted, previous: Sequence[Path], unused: list[Unused]) -> Iterator[tuple[str, Path]]:
    """(month, file) of the latest earlier months; of several files of one month the newest."""
    stream = wanted.publisher.streams[wanted.stream]  # type: ignore[index]
    by_month: dict[str, Path] = {}
    for path in sorted(_files(previous), key=lambda path: (path.stat().st_mtime, path.name)):
        if path.samefile(wanted.path):
            continue
        period = stated_month(path.name, "", stream).period
        if not period:
            unused.append(Unused(printable(path.name), "Its name says no single month."))
        elif period < wanted.period:
            by_month[period] = path
    for period in sorted(by_month)[-TRAILING_MONTHS:]:
        yield period, by_month[period]


def _files(previous: Sequence[Path]) -> Iterator[Path]:
    for path in previous:
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from (item for item in path.iterdir() if item.is_file() and item.name[0] not in ".~")
        else:
            raise SettingsError(f"--previous: {path} does not exist.")


def _read(wanted: Wanted, path: Path, period: str, unused: list[Unused]) -> ConformedFile | None:
    try:
        data = read_bytes(path)
        file = landed_file(path, data, wanted.publisher, wanted.stream, period)
        tables, conformed = ingest.read_with_tables(file, wanted.publisher, data)
    except UnreadableFileError as error:
        unused.append(Unused(printable(path.name), f"It cannot be read ({error.rule})."))
        return None
    conformed.reading["profile"] = drift.profile(conformed.payments, tables, conformed.reading)
    return conformed


def _month(period: str, conformed: ConformedFile, path: Path) -> Earlier:
    return Earlier(period, len(conformed.payments), _total(conformed), printable(path.name))


def _same_payments(one: ConformedFile, other: ConformedFile) -> bool:
    """Whether two files hold the same payments, in whatever order and at whatever rows."""
    if len(one.payments) != len(other.payments) or not len(one.payments):
        return False
    return _fingerprint(one) == _fingerprint(other)


def _fingerprint(conformed: ConformedFile) -> int:
    content = conformed.payments.drop(columns=["sheet", "row_number"]).astype(str)
    return int(pd.util.hash_pandas_object(content, index=False).sum())


# the project's database ------------------------------------------------------------------------------------


def _from_database(wanted: Wanted, last_month: str) -> list[Earlier]:
    """Accepted months up to the one checked, where the database is up; none where it is not."""
    month_after = period_of(due_date(last_month, 1))
    identity = ledger.Identity(False, wanted.publisher.publisher_id, wanted.stream, month_after)
    try:
        if not _is_database_up():
            return []
        months = ledger.trailing_totals(identity, TRAILING_MONTHS + 1)
    except (AnchorSpendError, psycopg.Error, OSError):  # a comparison less, nothing else
        return []
    return [Earlier(item.period, item.rows_payments, item.pence_payments, DATABASE) for item in months]


def _is_database_up() -> bool:
    """Without starting one, and without making the secrets that a first use makes."""
    settings = load_settings()
    has_secrets = (settings.home / "secrets.json").exists() or "ANCHOR_SPEND_LOADER_PASSWORD" in os.environ
    return has_secrets and (bool(settings.database_url) or database.embedded_server().is_running())
