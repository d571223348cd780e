"""What analysts see: the views of schema `published`, all of one release, swapped in one transaction.

In: the number of a built release. Refuses one whose schema is gone or incomplete, and a change of columns
under somebody's own view.
"""

import logging
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from anchor_spend import database
from anchor_spend.errors import ReleaseError
from anchor_spend.settings import PROJECT

log = logging.getLogger(__name__)

KEPT_RELEASES = 5
_TRIES = 40
_LOCK_TIMEOUT = "400ms"  # below deadlock_timeout (1 s): a swap gives way to a query, never the reverse


def show(number: int, *, withdraw_later: bool) -> None:
    """Point every published view at release_<number>, in one transaction; retried while queries hold them.

    `withdraw_later` is for a roll-back: later releases of the same world become 'withdrawn'.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            with database.connect("publisher") as connection:
                connection.execute(f"set local lock_timeout = '{_LOCK_TIMEOUT}'")
                _swap_views(connection, number)
                _register_swap(connection, number, withdraw_later=withdraw_later)
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            log.info("published views are being read; swap %d of %d tries waits", attempt, _TRIES)
            time.sleep(min(0.1 * attempt, 2.0))
    raise ReleaseError(
        f"Release {number} is ready but could not be shown: queries held the published views all the time. "
        "End long queries of anchor_analyst and run the release task again."
    )


def _swap_views(connection: psycopg.Connection[Any], number: int) -> None:
    schema = f"release_{number}"
    marts = _published_marts()
    built = connection.execute(
        "select table_name from information_schema.tables where table_schema = %s", [schema]
    )
    missing = set(marts) - {name for (name,) in built}
    if missing:
        raise ReleaseError(
            f"Schema {schema} lacks {', '.join(sorted(missing))}: it was dropped or never built to the end. "
            f"The last {KEPT_RELEASES} releases are kept."
        )
    for mart in marts:
        source = sql.SQL("select * from {}").format(sql.Identifier(schema, mart))
        _replace_view(connection, mart, source)
    _replace_view(connection, "release", _release_query(number))
    _replace_view(connection, "gate_results", _gate_query(number))
    connection.execute("grant select on all tables in schema published to anchor_analyst")


def _published_marts() -> list[str]:
    """Every model of dbt_project/models/marts: the file names are the contract."""
    return sorted(path.stem for path in (PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql"))


def _replace_view(connection: psycopg.Connection[Any], name: str, query: sql.Composable) -> None:
    view = sql.Identifier("published", name)
    try:
        with connection.transaction():
            connection.execute(sql.SQL("create or replace view {} as {}").format(view, query))
    except psycopg.errors.InvalidTableDefinition:  # columns changed: the view must be made anew
        try:
            connection.execute(sql.SQL("drop view {}").format(view))
        except psycopg.errors.DependentObjectsStillExist as error:
            raise ReleaseError(
                f"published.{name} has new columns, and somebody built a view on the old one: "
                f"{error.diag.message_detail}. Drop or move that view, then run the release task again."
            ) from error
        connection.execute(sql.SQL("create view {} as {}").format(view, query))


def _release_query(number: int) -> sql.Composable:
    return sql.SQL(
        """select release_number, published_at, git_revision, source, is_synthetic, window_from, window_to,
                  as_of, totals
           from quality.releases where release_number = {}"""
    ).format(sql.Literal(number))


def _gate_query(number: int) -> sql.Composable:
    return sql.SQL(
        """select g.suite, f.publisher_id, f.stream, f.period, g.expectation, g.column_name, g.severity,
                  g.success, g.observed, g.why, g.checked_at
           from quality.gate_results g
           left join landing.file_versions f using (file_id)
           where g.release_number = {number}
              or (f.is_synthetic = (select is_synthetic from quality.releases where release_number = {number})
                  and g.checked_at <= (select published_at from quality.releases
                                       where release_number = {number}))"""
    ).format(number=sql.Literal(number))


_TOTALS = sql.SQL(
    """select jsonb_build_object(
           'gross_gbp', (select coalesce(sum(gross_gbp), 0) from {county_view}),
           'headline_gbp', (select coalesce(sum(headline_gbp), 0) from {county_view}),
           'payments', (select coalesce(sum(rows_payments), 0) from {conservation} c
                        join quality.release_files f using (file_id) where f.release_number = {number}),
           'files', (select count(*) from quality.release_files where release_number = {number}),
           'publishers', (select count(distinct publisher_id) from {county_view} where months_covered > 0))"""
)


def _register_swap(connection: psycopg.Connection[Any], number: int, *, withdraw_later: bool) -> None:
    schema = f"release_{number}"
    totals = _TOTALS.format(
        county_view=sql.Identifier(schema, "county_view"),
        conservation=sql.Identifier(schema, "file_conservation"),
        number=sql.Literal(number),
    )
    connection.execute(
        sql.SQL(
            """update quality.releases set status = 'published', status_reason = '',
                   published_at = coalesce(published_at, now()), totals = ({}) where release_number = {}"""
        ).format(totals, sql.Literal(number))
    )
    if withdraw_later:
        connection.execute(
            """update quality.releases later set status = 'withdrawn', status_reason = %s
               from quality.releases target
               where target.release_number = %s and later.release_number > target.release_number
                   and later.is_synthetic = target.is_synthetic and later.status = 'published'""",
            [f"rolled back to release {number} at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", number],
        )
    connection.execute(
        """insert into quality.current_release (release_number) values (%s)
           on conflict (only_row)
           do update set release_number = excluded.release_number, swapped_at = now()""",
        [number],
    )


def drop_old_schemas() -> None:
    """Keep the marts of the last releases of each world and the current one; the register keeps every row."""
    with database.connect("publisher") as connection:
        old = connection.execute(
            """select release_number from (
                   select release_number, row_number() over (
                       partition by is_synthetic order by release_number desc) as age
                   from quality.releases where status <> 'building') as ranked
               where age > %s
                   and release_number not in (select release_number from quality.current_release)""",
            [KEPT_RELEASES],
        ).fetchall()
    with database.connect("transformer") as connection:
        for (number,) in old:
            schema = sql.Identifier(f"release_{number}")
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))
