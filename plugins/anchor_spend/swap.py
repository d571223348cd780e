"""What analysts see: the views of schema `published`, all of the release in `quality.current_release`.

A swap takes three steps, and no reader is ever between two releases:
1. each view, one at a time, gets a second branch for the new release, still switched off by the pointer;
2. the pointer moves: one row, one transaction, no lock that a reader could wait for;
3. each view, one at a time, loses the branch of the old release.
Replacing all views in one transaction instead would deadlock with queries that lock them in another order.

In: the number of a built release. Refuses one whose schema is gone or incomplete, and a change of columns
under somebody's own view.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from anchor_spend import database
from anchor_spend.errors import ReleaseError
from anchor_spend.settings import PROJECT

log = logging.getLogger(__name__)

KEPT_RELEASES = 5
_TRIES = 60
_ONE_SWAP = 7205779  # any constant: two swaps at once would switch each other's branches off
_LOCK_TIMEOUT = "700ms"  # below deadlock_timeout (1 s): readers queue behind us no longer than this


def show(number: int, *, withdraw_later: bool) -> None:
    """Point every published view at release_<number>; waits for queries that are under way.

    `withdraw_later` is for a roll-back: later releases of the same world become 'withdrawn'.
    """
    marts = published_marts()
    with database.connect("publisher", autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_ONE_SWAP])  # held until the connection closes
        connection.execute(f"set lock_timeout = '{_LOCK_TIMEOUT}'")
        _require_complete(connection, number, marts)
        current = _current(connection)
        if current and _same_columns(connection, current, number, marts):
            for mart in marts:
                _patiently(number, lambda mart=mart: _set_view(connection, mart, [current, number]))  # type: ignore[misc]
            _patiently(number, lambda: _flip(connection, number, withdraw_later=withdraw_later))
        else:
            _patiently(number, lambda: _recreate(connection, number, marts, withdraw_later=withdraw_later))
        for mart in marts:
            _patiently(number, lambda mart=mart: _set_view(connection, mart, [number]))  # type: ignore[misc]
        for name, query in (("release", _RELEASE), ("gate_results", _GATE_RESULTS)):
            _patiently(number, lambda n=name, q=query: _replace_view(connection, n, q))  # type: ignore[misc]


def published_marts() -> list[str]:
    """Every model of dbt_project/models/marts: the file names are the contract."""
    return sorted(path.stem for path in (PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql"))


def drop_old_schemas() -> None:
    """Keep the marts of the last releases of each world, and as many refused ones; the register keeps all."""
    with database.connect("publisher") as connection:
        old = connection.execute(
            """select release_number from (
                   select release_number, row_number() over (
                       partition by is_synthetic, status = 'published' order by release_number desc) as age
                   from quality.releases where status <> 'building') as ranked
               where age > %s
                   and release_number not in (select release_number from quality.current_release)""",
            [KEPT_RELEASES],
        ).fetchall()
    with database.connect("transformer") as connection:
        for (number,) in old:
            schema = sql.Identifier(f"release_{number}")
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))


def _patiently(number: int, step: Callable[[], None]) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            return step()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            log.info("published views are being read; try %d of %d waits", attempt, _TRIES)
            time.sleep(min(0.05 * attempt, 1.0))
    raise ReleaseError(
        f"Release {number} is ready but could not be shown: queries held the published views all the time. "
        "End long queries of anchor_analyst and run the release task again."
    )


def _current(connection: psycopg.Connection[Any]) -> int | None:
    row = connection.execute("select release_number from quality.current_release").fetchone()
    return row and int(row[0])


def _require_complete(connection: psycopg.Connection[Any], number: int, marts: list[str]) -> None:
    missing = set(marts) - _columns(connection, f"release_{number}").keys()
    if missing:
        raise ReleaseError(
            f"Schema release_{number} lacks {', '.join(sorted(missing))}: it was dropped or never built to "
            f"the end. The last {KEPT_RELEASES} releases are kept."
        )


def _columns(connection: psycopg.Connection[Any], schema: str) -> dict[str, list[str]]:
    return dict(
        connection.execute(
            """select table_name, array_agg(column_name || ' ' || udt_name order by ordinal_position)
               from information_schema.columns where table_schema = %s group by 1""",
            [schema],
        ).fetchall()
    )


def _same_columns(connection: psycopg.Connection[Any], old: int, new: int, marts: list[str]) -> bool:
    schemas = [_columns(connection, name) for name in (f"release_{old}", f"release_{new}", "published")]
    return all(len({str(columns.get(mart)) for columns in schemas}) == 1 for mart in marts)


def _set_view(connection: psycopg.Connection[Any], mart: str, numbers: list[int]) -> None:
    """One view over one release, or over two of which the pointer switches one off."""
    every = sql.SQL("select * from {}")
    switch = sql.SQL(" where (select release_number from quality.current_release) = {}")
    branches = [
        every.format(sql.Identifier(f"release_{number}", mart))
        + (switch.format(sql.Literal(number)) if numbers[1:] else sql.SQL(""))
        for number in dict.fromkeys(numbers)
    ]
    _replace_view(connection, mart, sql.SQL(" union all ").join(branches))


def _replace_view(connection: psycopg.Connection[Any], name: str, query: sql.Composable) -> None:
    view = sql.Identifier("published", name)
    connection.execute(sql.SQL("create or replace view {} as {}").format(view, query))


def _recreate(
    connection: psycopg.Connection[Any], number: int, marts: list[str], *, withdraw_later: bool
) -> None:
    """The first release, or other columns: every view is made anew in one transaction, pointer included."""
    with connection.transaction():
        for name in [*marts, "release", "gate_results"]:
            try:
                view = sql.Identifier("published", name)
                connection.execute(sql.SQL("drop view if exists {}").format(view))
            except psycopg.errors.DependentObjectsStillExist as error:
                raise ReleaseError(
                    f"published.{name} has new columns, and somebody built a view on the old one: "
                    f"{error.diag.message_detail} Drop or move that view, then run the release task again."
                ) from error
        for mart in marts:
            _set_view(connection, mart, [number])
        _replace_view(connection, "release", _RELEASE)
        _replace_view(connection, "gate_results", _GATE_RESULTS)
        connection.execute("grant select on all tables in schema published to anchor_analyst")
        _flip(connection, number, withdraw_later=withdraw_later)


_RELEASE = sql.SQL(
    """select release_number, published_at, git_revision, source, is_synthetic, window_from, window_to, as_of,
              totals
       from quality.releases join quality.current_release using (release_number)"""
)

# the release's own results, and those of every file of its world that was checked before it
_GATE_RESULTS = sql.SQL(
    """select g.suite, f.publisher_id, f.stream, f.period, g.expectation, g.column_name, g.severity,
              g.success, g.observed, g.why, g.checked_at
       from quality.releases r
       join quality.current_release using (release_number)
       join quality.gate_results g on g.release_number = r.release_number or g.checked_at <= r.published_at
       left join landing.file_versions f using (file_id)
       where g.release_number = r.release_number
           or (g.release_number is null and f.is_synthetic = r.is_synthetic)"""
)

_TOTALS = sql.SQL(
    """select jsonb_build_object(
           'gross_gbp', (select coalesce(sum(gross_gbp), 0) from {county_view} where not is_memo),
           'headline_gbp', (select coalesce(sum(headline_gbp), 0) from {county_view} where not is_memo),
           'payments', (select coalesce(sum(c.rows_payments), 0) from {conservation} c
                        join quality.release_files f using (file_id) where f.release_number = {number}),
           'files', (select count(*) from quality.release_files where release_number = {number}),
           'publishers', (select count(distinct publisher_id) from {county_view} where months_covered > 0))"""
)


def _flip(connection: psycopg.Connection[Any], number: int, *, withdraw_later: bool) -> None:
    """Move the pointer and keep the register, in one transaction."""
    schema = f"release_{number}"
    totals = _TOTALS.format(
        county_view=sql.Identifier(schema, "county_view"),
        conservation=sql.Identifier(schema, "file_conservation"),
        number=sql.Literal(number),
    )
    publish = sql.SQL(
        """update quality.releases set status = 'published', status_reason = '',
               published_at = coalesce(published_at, now()), totals = ({}) where release_number = {}"""
    )
    with connection.transaction():
        connection.execute(publish.format(totals, sql.Literal(number)))
        if withdraw_later:
            _withdraw_later(connection, number)
        connection.execute(
            """insert into quality.current_release (release_number) values (%s)
               on conflict (only_row)
               do update set release_number = excluded.release_number, swapped_at = now()""",
            [number],
        )


def _withdraw_later(connection: psycopg.Connection[Any], number: int) -> None:
    connection.execute(
        """update quality.releases later set status = 'withdrawn', status_reason = %s
           from quality.releases target
           where target.release_number = %s and later.release_number > target.release_number
               and later.is_synthetic = target.is_synthetic and later.status = 'published'""",
        [f"rolled back to release {number} at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", number],
    )
