"""How well the payees of the published release were resolved, and what is left.

In: published.resolution_quality and published.unresolved_suppliers, read as the analyst. Out: JSON-ready
dictionaries and plain lines: pounds of each body and year by what became of the payee and by method, the
largest unresolved organisations with what would settle them, and how many of them are probably in no register
at hand. Persons, hidden payees and names that may be a person's are counted, never named.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from anchor_spend import database
from anchor_spend.errors import DatabaseError

Row = dict[str, Any]
OUTCOMES = ("matched", "public_body", "in_review", "unresolved", "individual", "redacted", "unclear")
_ROWS = """
    select financial_year, publisher_id, is_memo, outcome, method, band, amount_gbp, payment_count,
           supplier_count
    from published.resolution_quality order by is_memo, financial_year, publisher_id, outcome, method, band
"""
_LEFT = """
    select count(*) as organisations, coalesce(sum(amount_gbp), 0) as gbp,
           count(*) filter (where is_probably_absent) as probably_absent,
           coalesce(sum(amount_gbp) filter (where is_probably_absent), 0) as probably_absent_gbp,
           count(*) filter (where is_probably_absent and nearest_entity_id is null) as nothing_near,
           coalesce(sum(amount_gbp) filter (where is_probably_absent and nearest_entity_id is null), 0)
               as nothing_near_gbp
    from published.unresolved_suppliers
"""
_LARGEST = """
    select supplier_id, supplier_name, outcome, amount_gbp, payment_count, publisher_count,
           nearest_entity_id, nearest_name, nearest_score, is_probably_absent, would_settle
    from published.unresolved_suppliers order by amount_gbp desc, supplier_id limit %s
"""


def collect(largest: int) -> Row:
    """Pounds by body, year, outcome and method; what is unresolved in all; the largest of it."""
    try:
        with database.connect("analyst") as connection:
            rows = _rows(connection, _ROWS)
            (left,) = _rows(connection, _LEFT)
            listed = _rows(connection, _LARGEST, largest)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise DatabaseError(
            "No release that tells how payees were resolved is published: `anchor-spend run` makes one."
        ) from error
    return {"rows": rows, "unresolved": left, "largest": listed}


def _rows(connection: psycopg.Connection[Any], query: str, *values: Any) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), values).fetchall()


def lines(found: Row) -> Iterator[str]:
    """The same for people."""
    yield from _bodies(found["rows"])
    yield ""
    yield from _methods(found["rows"])
    yield ""
    yield from _unresolved(found)


def _bodies(rows: list[Row]) -> Iterator[str]:
    """One line for each body and year, as shares of its gross spend."""
    pounds: dict[tuple[bool, str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        key = row["is_memo"], row["financial_year"], row["publisher_id"]
        pounds[key][row["outcome"]] += row["amount_gbp"]
    yield f"{'year':<9}{'body':<44}{'gross GBP':>16}" + "".join(f"{name:>13}" for name in OUTCOMES)
    for (is_memo, year, body), found in pounds.items():
        gross = sum(found.values(), Decimal(0))
        shares = "".join(f"{_share(found[name], gross):>13}" for name in OUTCOMES)
        yield f"{year:<9}{body + (' (memo)' if is_memo else ''):<44}{gross:>16,.2f}{shares}"


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _methods(rows: list[Row]) -> Iterator[str]:
    """Pounds of the bodies that are counted, by method."""
    pounds: dict[tuple[str, str, str], list[Any]] = defaultdict(lambda: [Decimal(0), 0])
    for row in rows:
        if not row["is_memo"]:
            total = pounds[row["outcome"], row["method"], row["band"] or ""]
            total[0] += row["amount_gbp"]
            total[1] += row["payment_count"]
    gross = sum((gbp for gbp, _ in pounds.values()), Decimal(0))
    yield f"{'outcome':<14}{'method':<20}{'band':<8}{'GBP':>18}{'share':>8}{'payments':>12}"
    for (outcome, method, band), (gbp, count) in sorted(pounds.items(), key=lambda item: -item[1][0]):
        yield f"{outcome:<14}{method:<20}{band:<8}{gbp:>18,.2f}{_share(gbp, gross):>8}{count:>12,}"
    yield f"{'all':<42}{gross:>18,.2f}"


def _unresolved(found: Row) -> Iterator[str]:
    left, largest = found["unresolved"], found["largest"]
    told = f"{left['organisations']:,} organisations, paid GBP {left['gbp']:,.2f}"
    absent = f"{left['probably_absent']:,} of them (GBP {left['probably_absent_gbp']:,.2f})"
    nothing = f"{left['nothing_near']:,} of those (GBP {left['nothing_near_gbp']:,.2f})"
    yield f"Unresolved, or waiting for review: {told}."
    yield f"{absent} have no candidate likely enough to look at; nothing at all comes near {nothing}."
    yield "They are probably in no register at hand. That is an estimate: some are there under a name too"
    yield "different to be found, and docs/resolution.md says how often."
    if largest:
        yield f"\nThe {len(largest)} largest:"
    for row in largest:
        yield f"{row['amount_gbp']:>16,.2f}  {row['supplier_name']}"
        if row["nearest_name"] or row["nearest_entity_id"]:
            score = f", probability {row['nearest_score']:.2f}" if row["nearest_score"] is not None else ""
            yield f"{'':18}nearest: {row['nearest_name'] or 'unknown'} ({row['nearest_entity_id']}{score})"
        yield f"{'':18}would settle it: {row['would_settle']}"
