"""What the report shows, read from schema `published` as an analyst.

In: the published views. Out: one `Published`, every row of it from the same release. Refuses an empty
schema, and a release number that is not the one published.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import dict_row

from anchor_spend import database
from anchor_spend.errors import ReleaseError

Row = dict[str, Any]
HEADLINE = "goods_and_services"
TOP = 15  # suppliers and organisations listed
_TRIES = 5
_UNREADABLE = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.InsufficientPrivilege,
)


@dataclass(frozen=True)
class Published:
    """Rows of one release. Amounts are Decimal pounds; shares are fractions (0.25) or None."""

    release: Row
    bodies: list[Row] = field(default_factory=list)
    definitions: list[Row] = field(default_factory=list)
    county_view: list[Row] = field(default_factory=list)  # the bodies the county counts
    memo_view: list[Row] = field(default_factory=list)  # the same of bodies shown beside it
    local_share: list[Row] = field(default_factory=list)  # scope goods_and_services only
    spend_by_scope: list[Row] = field(default_factory=list)
    targets: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    focus_year: str = ""  # the year the single-year parts show
    top_suppliers: list[Row] = field(default_factory=list)
    concentration: Row = field(default_factory=dict)
    unresolved: list[Row] = field(default_factory=list)
    unresolved_organisations: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    problem_files: list[Row] = field(default_factory=list)
    drift: list[Row] = field(default_factory=list)  # what changed in the bodies' files
    gates: list[Row] = field(default_factory=list)
    gate_failures: list[Row] = field(default_factory=list)


def read_published(release_number: int | None = None) -> Published:
    """Everything the report needs, of one release; ReleaseError when there is none, or it is another."""
    try:
        # no transaction: locks held on the views would make a release that is being published wait
        with database.connect("analyst", autocommit=True) as connection:
            connection.row_factory = dict_row
            return _read_unmixed(connection, release_number)
    except _UNREADABLE as error:
        raise ReleaseError(
            f"The published data cannot be read for the report: {str(error).splitlines()[0]}. "
            "Publish a release first: `anchor-spend run`."
        ) from error


def _read_unmixed(connection: psycopg.Connection[Any], release_number: int | None) -> Published:
    for _ in range(_TRIES):
        before = _release(connection, release_number)
        published = _read_all(connection, before)
        if _release(connection, release_number) == before:
            return published
    raise ReleaseError("Releases were published faster than the report could read one. Write it again.")


def _release(connection: psycopg.Connection[Any], release_number: int | None) -> Row:
    rows = _rows(connection, "select * from published.release")
    if not rows:
        raise ReleaseError("No release is published yet. Publish one first: `anchor-spend run`.")
    number = rows[0]["release_number"]
    if release_number is not None and number != release_number:
        raise ReleaseError(
            f"Release {release_number} is not the published one (that is release {number}), and a report "
            "shows only what is published. "
            f"Go back to it with `anchor-spend release rollback {release_number}` first."
        )
    return rows[0]


def _read_all(connection: psycopg.Connection[Any], release: Row) -> Published:
    view = _rows(connection, "select * from published.county_view order by financial_year, publisher_id")
    county_view = [row for row in view if not row["is_memo"]]
    year = focus_year(county_view, release["as_of"])
    headline: Row = {"headline": HEADLINE}
    in_year = headline | {"year": year, "top": TOP}
    concentration = _rows(connection, _CONCENTRATION, in_year)
    return Published(
        release=release,
        bodies=_rows(connection, "select * from published.dim_bodies order by body_name, publisher_id"),
        definitions=_rows(connection, _DEFINITIONS),
        county_view=county_view,
        memo_view=[row for row in view if row["is_memo"]],
        local_share=_rows(connection, _LOCAL_SHARE, headline),
        spend_by_scope=_rows(connection, _SPEND_BY_SCOPE),
        targets=_rows(connection, _TARGETS),
        coverage=_rows(connection, _COVERAGE),
        focus_year=year,
        top_suppliers=_rows(connection, _TOP_SUPPLIERS, in_year),
        concentration=concentration[0] if concentration else {},
        unresolved=_rows(connection, _UNRESOLVED, headline),
        unresolved_organisations=_rows(connection, _UNRESOLVED_ORGANISATIONS, in_year),
        files=_rows(connection, _FILES),
        problem_files=_rows(connection, _PROBLEM_FILES),
        drift=_rows(connection, _DRIFT),
        gates=_rows(connection, _GATES),
        gate_failures=_rows(connection, _GATE_FAILURES),
    )


def _rows(connection: psycopg.Connection[Any], query: str, values: Row | None = None) -> list[Row]:
    return list(connection.execute(query.encode(), values).fetchall())


def focus_year(county_view: list[Row], as_of: date) -> str:
    """The latest year that is over with every month in; without one, the year with the most months in."""
    months: dict[str, list[int]] = {}
    for row in county_view:
        year = months.setdefault(row["financial_year"], [0, 0])
        year[0] += row["months_covered"]
        year[1] += row["months_expected"]
    rank = {
        year: (True, 0, year) if covered >= expected > 0 and is_over(year, as_of) else (False, covered, year)
        for year, (covered, expected) in months.items()
    }
    return max(rank, key=rank.__getitem__, default="")


def is_over(financial_year: str, as_of: date) -> bool:
    """Whether the year's last day, 31 March, has passed."""
    return date(int(financial_year[:4]) + 1, 3, 31) < as_of


_DEFINITIONS = """
    select * from published.dim_local_definitions
    order by variant_of is not null, publisher_id is not null, definition_id, valid_from"""

_LOCAL_SHARE = """
    select * from published.local_share where scope = %(headline)s
    order by financial_year, publisher_id, definition_id"""

_SPEND_BY_SCOPE = """
    select financial_year, publisher_id, spend_scope, amount_gbp, payment_count
    from published.spend_by_scope where not is_memo order by financial_year, publisher_id, spend_scope"""

_TARGETS = "select * from published.target_progress order by financial_year, publisher_id, definition_id"

_COVERAGE = """
    select publisher_id, stream, period, financial_year, expected, due_on, months_count, status, reason
    from published.coverage order by publisher_id, stream, period"""

_TOP_SUPPLIERS = """
    select
        d.supplier_id, d.supplier_name, d.entity_id, d.entity_type, d.postcode, d.authority_code,
        sum(s.amount_gbp) as amount_gbp, count(distinct publisher_id) as body_count
    from published.supplier_spend s
    inner join published.dim_suppliers d using (supplier_id)
    inner join published.dim_bodies b using (publisher_id)
    where not b.is_memo and d.payee_kind = 'organisation' and s.spend_scope = %(headline)s
        and s.financial_year = %(year)s
    group by 1, 2, 3, 4, 5, 6
    order by amount_gbp desc, supplier_id
    limit %(top)s"""

# What the county's local share would be without its ten largest suppliers. The place of each supplier is read
# from its postcode and authority; the report compares `local_gbp` with the released figure before using it.
_CONCENTRATION = """
    with suppliers as (
        select
            s.supplier_id, sum(s.amount_gbp) as amount_gbp, min(d.payee_kind) as payee_kind,
            bool_or(d.authority_code in ('E06000032', 'E06000055', 'E06000056')
                    or d.postcode ~ '^LU[0-9]') as is_local,
            bool_or(d.authority_code is not null or d.postcode is not null) as is_placed
        from published.supplier_spend s
        inner join published.dim_suppliers d using (supplier_id)
        inner join published.dim_bodies b using (publisher_id)
        where not b.is_memo and s.spend_scope = %(headline)s and s.financial_year = %(year)s
        group by s.supplier_id
    ),

    ranked as (
        select
            *,
            payee_kind = 'organisation' and row_number() over (
                partition by payee_kind = 'organisation' order by amount_gbp desc, supplier_id
            ) <= 10 as is_top
        from suppliers
    )

    select
        count(*) as suppliers,
        coalesce(sum(amount_gbp), 0) as total_gbp,
        coalesce(sum(amount_gbp) filter (where is_local), 0) as local_gbp,
        coalesce(sum(amount_gbp) filter (where is_placed), 0) as placed_gbp,
        coalesce(sum(amount_gbp) filter (where is_top), 0) as top_gbp,
        coalesce(sum(amount_gbp) filter (where is_top and is_local), 0) as top_local_gbp,
        coalesce(sum(amount_gbp) filter (where is_top and is_placed), 0) as top_placed_gbp,
        count(*) filter (where is_top) as top_suppliers
    from ranked"""

_UNRESOLVED = """
    select
        s.financial_year, publisher_id, s.spend_scope, sum(s.amount_gbp) as amount_gbp,
        case
            when d.authority_code is not null or d.postcode is not null then 'placed'
            when d.payee_kind in ('person', 'redacted') then 'withheld'
            when d.payee_kind = 'unclear' then 'unclear'
            when d.entity_id is null then 'unmatched'
            else 'unlocated'
        end as reason
    from published.supplier_spend s
    inner join published.dim_suppliers d using (supplier_id)
    inner join published.dim_bodies b using (publisher_id)
    where not b.is_memo and s.spend_scope in (%(headline)s, 'individual_or_redacted', 'unclassified')
    group by s.financial_year, publisher_id, s.spend_scope, reason
    order by s.financial_year, publisher_id, s.spend_scope, reason"""

_UNRESOLVED_ORGANISATIONS = """
    select
        d.supplier_id, d.supplier_name, sum(s.amount_gbp) as amount_gbp,
        case when d.entity_id is null then 'unmatched' else 'unlocated' end as reason,
        array_agg(distinct publisher_id order by publisher_id) as publisher_ids
    from published.supplier_spend s
    inner join published.dim_suppliers d using (supplier_id)
    inner join published.dim_bodies b using (publisher_id)
    where not b.is_memo and d.payee_kind = 'organisation' and d.authority_code is null and d.postcode is null
        and s.spend_scope = %(headline)s and s.financial_year = %(year)s
    group by d.supplier_id, d.supplier_name, d.entity_id
    order by amount_gbp desc, supplier_id
    limit %(top)s"""

_FILES = """
    select
        publisher_id, status, count(*) as files,
        coalesce(sum(rows_read), 0) as rows_read, coalesce(sum(pence_read), 0) as pence_read,
        coalesce(sum(rows_payments), 0) as rows_payments, coalesce(sum(pence_payments), 0) as pence_payments,
        coalesce(sum(rows_rejected), 0) as rows_rejected, coalesce(sum(pence_rejected), 0) as pence_rejected,
        coalesce(sum(rows_excluded), 0) as rows_excluded, coalesce(sum(pence_excluded), 0) as pence_excluded,
        count(*) filter (where rows_read <> rows_payments + rows_rejected + rows_excluded
            or pence_read <> pence_payments + pence_rejected + pence_excluded) as unbalanced
    from published.file_conservation
    group by publisher_id, status
    order by publisher_id, status"""

_PROBLEM_FILES = """
    select publisher_id, stream, period, file_name, status, status_reason
    from published.file_conservation
    where status in ('rejected', 'held')
    order by publisher_id, period, stream, file_name"""

_DRIFT = """
    select publisher_id, stream, period, compared_period, rule, severity, column_name, value_before,
           value_after, noticed_at
    from published.feed_drift
    order by
        array_position(array['critical', 'warning', 'info'], severity), period desc, publisher_id, drift_id"""

_GATES = """
    select
        suite, severity,
        count(*) filter (where success) as passed, count(*) filter (where not success) as failed
    from published.gate_results
    group by suite, severity
    order by suite, severity"""

_GATE_FAILURES = """
    select suite, publisher_id, period, expectation, column_name, severity, why, count(*) as times
    from published.gate_results
    where not success
    group by suite, publisher_id, period, expectation, column_name, severity, why
    order by
        array_position(array['critical', 'warning', 'info'], severity), suite, publisher_id, period,
        expectation, column_name, why"""
