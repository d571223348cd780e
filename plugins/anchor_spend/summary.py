"""What a run came to, and how things stand: read from the database, shown as plain lines.

In: the published release and the ledger. Out: JSON-ready dictionaries and text.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from anchor_spend import calendar_lines, database
from anchor_spend.column_changes import Change
from anchor_spend.errors import DatabaseError
from anchor_spend.ledger import open_problems
from anchor_spend.spec import load_readable_specs

Row = dict[str, Any]
_LISTED = 8  # of a longer list; the report has all of it

_YEARS = """
    select financial_year, sum(gross_gbp) as gross_gbp, sum(headline_gbp) as headline_gbp,
           sum(months_covered) as months_covered, sum(months_expected) as months_expected,
           count(*) filter (where months_covered > 0) as bodies_covered,
           count(*) filter (where months_expected > 0) as bodies_expected
    from published.county_view where not is_memo group by 1 order by 1
"""
_COVERAGE = """
    select publisher_id, stream, period, months_count, expected, due_on, status, days_late, reason,
           coalesce(is_memo, false) as is_memo
    from published.coverage left join published.dim_bodies using (publisher_id)
    order by publisher_id, stream, period
"""
_WARNINGS = """
    select suite, publisher_id, period, expectation, column_name, why
    from published.gate_results where not success and severity = 'warning'
    order by suite, publisher_id, period
"""
_FILES = """
    select status, count(*) as files, sum(rows_read) as rows_read, sum(rows_payments) as payments,
           sum(rows_rejected) as rows_rejected, sum(rows_excluded) as rows_excluded
    from landing.file_versions where is_synthetic = %s group by status
"""
_REJECTED = """
    select publisher_id, stream, period, status, status_reason
    from landing.file_versions where is_synthetic = %s and status in ('rejected', 'held')
    order by publisher_id, period
"""
_DRIFT = """
    select publisher_id, stream, period, rule, severity, column_name, before, after, noticed_at
    from quality.feed_drift where is_synthetic = %s order by noticed_at desc, drift_id desc
"""
_STALE = """
    select rule, count(*) as decisions from quality.stale_overrides
    where is_synthetic = %s and severity = 'warning' group by 1 order by 1
"""


def collect() -> Row:
    """The current release, its years, coverage, warnings and ledger; {} before the first."""
    try:
        with database.connect("analyst") as connection:
            release = _rows(connection, "select * from published.release")
            found = {
                "years": _rows(connection, _YEARS),
                "coverage": calendar_lines.by_stream(_rows(connection, _COVERAGE)),
                "warnings": _rows(connection, _WARNINGS),
            }
    except (DatabaseError, psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return {}
    if not release:
        return {}
    with database.connect("publisher") as connection:
        world = [release[0]["is_synthetic"]]
        ledger = {"files": _FILES, "rejected": _REJECTED, "drift": _DRIFT, "stale": _STALE}
        found |= {name: _rows(connection, query, world) for name, query in ledger.items()}
    problems = open_problems(release[0]["is_synthetic"])
    return {"release": release[0], **found, "problems": problems, "broken_specs": load_readable_specs()[1]}


def _rows(connection: psycopg.Connection[Any], query: str, values: list[Any] | None = None) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), values).fetchall()


def lines(found: Row) -> Iterator[str]:
    """The same as text, for a person."""
    if not found:
        yield "Nothing is published yet: `anchor-spend run` publishes a first release."
        return
    release = found["release"]
    synthetic = " of SYNTHETIC data" if release["is_synthetic"] else ""
    window = f"{release['window_from']} to {release['window_to']}"
    yield f"Release {release['release_number']}{synthetic} ({release['source']}), {window}"
    for year in found["years"]:
        months = (
            f"{year['bodies_covered']} of {year['bodies_expected']} bodies, "
            f"{year['months_covered']} of {year['months_expected']} months"
        )
        gross, headline = _million(year["gross_gbp"]), _million(year["headline_gbp"])
        yield f"  {year['financial_year']}: gross {gross}, goods and services {headline} ({months})"
    yield from _file_lines(found)
    yield from _gap_lines(found["coverage"])
    yield from _problem_lines(found["problems"])
    yield from _drift_lines(found["drift"])
    yield from _stale_lines(found["stale"])
    for publisher_id, problem in found["broken_specs"].items():
        yield f"  The spec of {publisher_id} cannot be read: {' '.join(problem.split())}"
    yield from _warning_lines(found["warnings"])


def _file_lines(found: Row) -> Iterator[str]:
    counts = {row["status"]: row["files"] for row in found["files"]}
    accepted = next((row for row in found["files"] if row["status"] == "accepted"), None)
    if accepted:
        yield (
            f"  Files: {accepted['files']} accepted, {counts.get('superseded', 0)} superseded, "
            f"{counts.get('rejected', 0)} rejected, {counts.get('held', 0)} held, "
            f"{counts.get('landed', 0)} not loaded yet"
        )
        yield (
            f"  Rows of the accepted files: {accepted['rows_read']:,} read = "
            f"{accepted['payments']:,} payments + {accepted['rows_rejected']:,} rejected + "
            f"{accepted['rows_excluded']:,} excluded"
        )
    listed = [
        f"    {row['publisher_id']} {row['stream']} {row['period']} {row['status']}: {row['status_reason']}"
        for row in found["rejected"]
    ]
    yield from _shortened(listed)


def _gap_lines(coverage: list[Row]) -> Iterator[str]:
    silent = [row for row in coverage if row["expected"] and not row["loaded"]]
    gaps = [row for row in coverage if 0 < row["loaded"] < row["expected"]]
    if not (silent or gaps):
        yield "  Missing: nothing that is due"
    if silent:
        names = ", ".join(f"{row['publisher_id']} {row['stream']}" for row in silent)
        yield f"  Not one file, though files are due ({len(silent)}): {names}"
    if gaps:
        yield "  Missing or late:"
    for row in gaps:
        for words in calendar_lines.status_lines(row["files"]):
            if words.startswith(("missing", "late")):
                yield f"    {row['publisher_id']} {row['stream']}, {words}"


def _problem_lines(problems: list[Row]) -> Iterator[str]:
    """What the last fetch could not read or place; the gaps above say only what is not there."""
    if problems:
        yield f"  Not read or placed by the last fetch ({len(problems)}):"
    yield from _shortened([f"    {row['publisher_id']} {row['stream']}: {row['detail']}" for row in problems])


def _drift_lines(drift: list[Row]) -> Iterator[str]:
    """What changed in publishers' files, newest first; what the specs knew is only counted."""
    if not drift:
        return
    counts = {name: sum(1 for row in drift if row["severity"] == name) for name in ("critical", "warning")}
    known = len(drift) - sum(counts.values())
    yield (
        f"  Changes in publishers' files: {counts['critical']} critical, {counts['warning']} to look at, "
        f"{known} the specs knew"
    )
    listed = [
        f"    {row['publisher_id']} {row['stream']} {row['period']}, {row['severity']}: "
        f"{_change_words(row)}, noticed {row['noticed_at']:%Y-%m-%d}"
        for row in drift
        if row["severity"] != "info"
    ]
    yield from _shortened(listed)


def _stale_lines(stale: list[Row]) -> Iterator[str]:
    """Reviewed decisions that have aged, by rule."""
    if stale:
        count = sum(row["decisions"] for row in stale)
        rules = ", ".join(f"{row['rule']} {row['decisions']}" for row in stale)
        yield f"  Reviewed decisions to look at again: {count} ({rules}). See: anchor-spend review stale"


def _change_words(row: Row) -> str:
    return Change(row["rule"], row["severity"], row["column_name"], row["before"], row["after"]).words


def _warning_lines(warnings: list[Row]) -> Iterator[str]:
    yield f"  Gate warnings: {len(warnings) or 'none'}"
    periods: dict[tuple[str, str, str], list[str]] = {}
    for row in warnings:
        where = row["publisher_id"] or "the county"
        key = (where, row["column_name"] or row["expectation"], row["why"])
        periods.setdefault(key, []).append(row["period"] or "")
    listed = []
    for (where, column, why), found in periods.items():
        months = found[0] if len(found) == 1 else f"{len(found)} months"
        listed.append(f"    {where}{', ' if months else ''}{months}, {column}: {why}")
    yield from _shortened(listed)


def _shortened(listed: list[str]) -> Iterator[str]:
    yield from listed[:_LISTED]
    if len(listed) > _LISTED:
        yield f"    and {len(listed) - _LISTED} more: see the report"


def _million(amount: Decimal | None) -> str:
    return "none" if amount is None else f"£{amount / 1_000_000:,.1f}m"
