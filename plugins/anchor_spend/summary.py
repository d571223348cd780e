"""What a run came to, and how things stand: read from the database, shown as plain lines.

In: the published release and the ledger. Out: JSON-ready dictionaries and text.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from anchor_spend import database
from anchor_spend.errors import DatabaseError
from anchor_spend.periods import months_between

Row = dict[str, Any]
_LISTED = 8  # of a longer list; the report has all of it

_YEARS = """
    select financial_year, sum(gross_gbp) as gross_gbp, sum(headline_gbp) as headline_gbp,
           sum(months_covered) as months_covered, sum(months_expected) as months_expected
    from published.county_view where not is_memo group by 1 order by 1
"""
_COVERAGE = """
    select publisher_id, stream,
           coalesce(sum(months_count) filter (where expected and status <> 'not_due'), 0) as expected,
           coalesce(sum(months_count) filter (where status in ('loaded', 'restated', 'empty')), 0) as loaded,
           count(*) filter (where status = 'late') as late,
           count(*) filter (where status = 'missing') as missing,
           array_agg(period order by period) filter (where status in ('late', 'missing')) as gaps
    from published.coverage group by publisher_id, stream order by publisher_id, stream
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


def collect() -> Row:
    """The current release, its years, coverage, warnings and ledger; {} before the first."""
    try:
        with database.connect("analyst") as connection:
            release = _rows(connection, "select * from published.release")
            found = {
                "years": _rows(connection, _YEARS),
                "coverage": _rows(connection, _COVERAGE),
                "warnings": _rows(connection, _WARNINGS),
            }
    except (DatabaseError, psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return {}
    if not release:
        return {}
    with database.connect("publisher") as connection:
        world = [release[0]["is_synthetic"]]
        files, rejected = _rows(connection, _FILES, world), _rows(connection, _REJECTED, world)
    return {"release": release[0], **found, "files": files, "rejected": rejected}


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
        months = f"{year['months_covered']} of {year['months_expected']} months of files"
        gross, headline = _million(year["gross_gbp"]), _million(year["headline_gbp"])
        yield f"  {year['financial_year']}: gross {gross}, goods and services {headline} ({months})"
    yield from _file_lines(found)
    yield from _gap_lines(found["coverage"])
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
    gaps = [row for row in coverage if row["gaps"]]
    if not gaps:
        yield "  Missing: nothing that is due"
        return
    yield "  Missing or late:"
    for row in gaps:
        yield f"    {row['publisher_id']} {row['stream']}: {', '.join(_spans(row['gaps']))}"


def _spans(periods: list[str]) -> Iterator[str]:
    """Months in order, those that follow each other as one: '2016-04 to 2016-09', '2017-01'."""
    first = last = periods[0]
    for period in periods[1:]:
        if len(months_between(last, period)) == 2:
            last = period
            continue
        yield first if first == last else f"{first} to {last}"
        first = last = period
    yield first if first == last else f"{first} to {last}"


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
