"""A publisher's files compared with the ones before, and the changes kept in quality.feed_drift.

In: a file that was read, or refused, and the ledger. Out: Changes, stored once each with the file they were
noticed in and the file it was compared with: the version that counts of the same month, which it would
replace, else that of the latest month before. A body's first file changes nothing.

Files are compared as they are loaded, in the order of their months. A month that arrives after later ones is
compared with the one before it; the later ones are not compared again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from anchor_spend import database, drift, ledger
from anchor_spend.column_changes import Change
from anchor_spend.records import ConformedFile, LandedFile, RawTable
from anchor_spend.spec import Stream

_USUAL_MONTHS = 12
_LONGEST_NAME = 200  # a header beyond it is no name; none is kept whole


@dataclass(frozen=True)
class FileBefore:
    """The file a new one is compared with, and how many payments the months before have."""

    file_id: int
    period: str
    reading: dict[str, Any]
    usual_payments: tuple[int, ...]


def note_changes(file: LandedFile, conformed: ConformedFile, stream: Stream) -> list[Change]:
    """Compare a file that reads with the one before, and keep what changed."""
    before = file_before(file.file_id)
    if before is None:
        return []
    changes = drift.compare(before.reading, conformed.reading, stream, before.usual_payments)
    _keep(file.file_id, before.file_id, changes)
    return changes


def note_refusal(file: LandedFile, tables: Sequence[RawTable], stream: Stream, rule: str) -> str:
    """Compare a file that `rule` refuses with the one before, and keep what changed; in words if critical."""
    before = file_before(file.file_id)
    if before is None or not tables:
        return ""
    changes = drift.compare_refused(before.reading, tables, stream, rule)
    _keep(file.file_id, before.file_id, changes)
    return drift.sentence(changes, before.period)


def file_before(file_id: int) -> FileBefore | None:
    """The counted version of the same month, else of the latest month before; None for a first file."""
    query = """
        select other.file_id, other.period, other.reading,
               this.is_synthetic, this.publisher_id, this.stream, this.period
        from landing.file_versions this
        join landing.file_versions other
          on (other.is_synthetic, other.publisher_id, other.stream)
             = (this.is_synthetic, this.publisher_id, this.stream)
        where this.file_id = %s and other.file_id <> this.file_id and other.status = 'accepted'
          and other.period <= this.period and other.reading ? 'headers'
        order by other.period desc
        limit 1"""
    with database.connect("loader") as connection:
        row = connection.execute(query, [file_id]).fetchone()
    if row is None:
        return None
    before, period, reading, *identity = row
    months = ledger.trailing_totals(ledger.Identity(*identity), _USUAL_MONTHS)
    return FileBefore(before, period, reading, tuple(month.rows_payments for month in months))


def _keep(file_id: int, compared_file_id: int, changes: Sequence[Change]) -> None:
    """Each change once, however often the same file is worked."""
    with database.connect("loader") as connection:
        for change in changes:
            _insert(connection, file_id, compared_file_id, change)


def _insert(connection: psycopg.Connection[Any], file_id: int, compared_file_id: int, change: Change) -> None:
    texts = [text[:_LONGEST_NAME] for text in (change.column, change.before, change.after)]
    connection.execute(
        """insert into quality.feed_drift (is_synthetic, publisher_id, stream, period, file_id,
               compared_file_id, rule, severity, column_name, before, after)
           select is_synthetic, publisher_id, stream, period, file_id, %s, %s, %s, %s, %s, %s
           from landing.file_versions where file_id = %s
           on conflict do nothing""",
        [compared_file_id, change.rule, change.severity, *texts, file_id],
    )
