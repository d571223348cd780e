"""Which reviewed decision holds for which supplier today, and the pounds behind each supplier.

In: the table `reviewed` (seed.lay_out) and the decisions of a world. Out: outcomes by supplier key, as the
models have them (int_supplier_overrides), and what each supplier was paid.
"""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

# as int_supplier_overrides has it: a supplier's own decision, else one on its name that all agree on
_HELD = """
    with own as (
        select supplier_key, entity_id, payee_kind from reviewed where is_in_force
    ),

    of_the_name as (
        select variants.supplier_key, min(r.entity_id) as entity_id, min(r.payee_kind) as payee_kind
        from reviewed r
        join warehouse.supplier_decisions variants
            on variants.is_synthetic = %(is_synthetic)s and variants.superseded_at is null
            and variants.name_key = r.name_key and r.name_key <> ''
        left join warehouse.supplier_decisions originals
            on originals.is_synthetic = variants.is_synthetic and originals.superseded_at is null
            and originals.supplier_key = r.supplier_key
        where r.is_in_force and warehouse.holds_for_variant(
            r.entity_id, originals.printed_number, variants.printed_number, variants.method,
            variants.entity_id, variants.payee_kind)
        group by 1
        having count(distinct (r.entity_id, case when r.entity_id is null then r.payee_kind end)) = 1
    )

    select * from own
    union all
    select * from of_the_name where supplier_key not in (select supplier_key from own)"""


class Outcome(NamedTuple):
    """What a supplier is: an organisation of a register, or without one a kind of payee."""

    entity_id: str | None
    payee_kind: str


def held(connection: psycopg.Connection[Any], is_synthetic: bool) -> dict[str, Outcome]:
    """Reviewed outcomes by supplier key."""
    rows = connection.execute(_HELD, {"is_synthetic": is_synthetic})
    return {key: Outcome(entity_id, kind) for key, entity_id, kind in rows}


class Paid(NamedTuple):
    """What files that count say of a supplier."""

    payments: int
    gbp: Decimal
    first_day: date
    last_day: date
    publishers: str


def paid(
    connection: psycopg.Connection[Any], is_synthetic: bool, publisher_id: str | None = None
) -> dict[str, Paid]:
    """What each supplier was paid, by one publisher or all; by supplier key."""
    rows = connection.execute(
        """select p.supplier_key, count(*), sum(p.amount_gbp), min(p.payment_date), max(p.payment_date),
               string_agg(distinct p.publisher_id, ' ' order by p.publisher_id)
           from landing.payments p join landing.file_versions f using (file_id)
           where f.is_synthetic = %(is_synthetic)s and f.status = 'accepted' and p.supplier_key is not null
               and (%(publisher_id)s::text is null or p.publisher_id = %(publisher_id)s)
           group by 1""",
        {"is_synthetic": is_synthetic, "publisher_id": publisher_id},
    )
    return {key: Paid(*rest) for key, *rest in rows}
