"""The decisions about suppliers in the database: which suppliers are to be worked, and what came of it.

In: suppliers as published, with the numbers printed beside them, when they were paid and for what. Out:
queries for the engine; decisions stored, superseding only those whose outcome differs. A decision is worked
again for a new engine, new registers, or new evidence of its own: a VAT or charity number, a reviewed
decision, or payments that could change it. Which could, it says itself: it holds for some days of first and
last payment, and where it asked whether persons are paid so, it knows the answer.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.types.range import DateRange

from anchor_spend import names
from anchor_spend.errors import ReviewError
from anchor_spend.resolution.deciding import Decision, Query, day_of
from anchor_spend.resolution.files import band_of
from anchor_spend.resolution.identifiers import pad_company_number


class Basis(NamedTuple):
    """What decisions are made with: equal bases, equal decisions."""

    is_synthetic: bool
    engine_version: str
    fingerprint: str  # of the registers


def world(connection: psycopg.Connection[Any]) -> bool:
    """Whether the suppliers to look at are the sample's: those of the release analysts see, else the only
    ones decided. ReviewError where neither says which."""
    row = connection.execute(
        "select is_synthetic from quality.releases join quality.current_release using (release_number)"
    ).fetchone()
    if row:
        return bool(row[0])
    worlds = connection.execute("select distinct is_synthetic from landing.suppliers").fetchall()
    if len(worlds) != 1:
        raise ReviewError("No release is published and no suppliers are loaded: `anchor-spend run` first.")
    return bool(worlds[0][0])


# of what was printed beside a supplier and what people decided about its name; {row} has both keys
_ASKED = """md5(concat_ws('|',
    (select coalesce(string_agg(i.scheme || i.identifier, ',' order by i.scheme, i.identifier), '')
     from landing.supplier_identifiers i
     where i.is_synthetic = %(is_synthetic)s and i.supplier_key = {row}.supplier_key),
    (select coalesce(string_agg(concat_ws(' ', r.entity_id, r.payee_kind), ',' order by r.valid_from), '')
     from reviewed r where r.supplier_key = {row}.supplier_key and r.is_in_force),
    (select coalesce(string_agg(concat_ws(' ', r.entity_id, r.payee_kind), ',' order by r.supplier_key), '')
     from reviewed r where r.name_key = {row}.name_key and r.name_key <> '' and r.is_in_force)))"""

# payments that a decision does not hold for. Not those of every month, which would work every supplier every
# month: the first after a candidate's registration, one from before its end, one of a kind no person is paid
_PAID_OTHERWISE = """coalesce(
    not s.first_paid_on <@ d.first_paid_within or not s.last_paid_on <@ d.last_paid_within
    or (d.evidence -> 'paid_as_persons')::boolean
        <> (s.categories <> '{{}}' and s.categories <@ %(person_categories)s::text[]), false)"""

_TO_WORK = """
    select s.supplier_key,
        case
            when d.supplier_key is null then 'new'
            when d.engine_version <> %(engine_version)s then 'new engine'
            when d.reference_fingerprint <> %(fingerprint)s and (
                split_part(d.reference_fingerprint, '.', 1) <> split_part(%(fingerprint)s, '.', 1)
                or not d.evidence ? 'none'  -- not by the index alone
            ) then 'new registers'
            when d.asked_fingerprint <> {asked} then 'new evidence'
            when {paid_otherwise} then 'new payments'
            else 'new public bodies'
        end
    from landing.suppliers s
    left join warehouse.supplier_decisions d
        on d.is_synthetic = s.is_synthetic and d.supplier_key = s.supplier_key and d.superseded_at is null
    where s.is_synthetic = %(is_synthetic)s
        and ((d.engine_version, d.reference_fingerprint, d.asked_fingerprint)
                is distinct from (%(engine_version)s, %(fingerprint)s, {asked})
            or {paid_otherwise})"""
_CATEGORIES_ASKED = """
    select distinct unnest(s.categories)
    from landing.suppliers s join warehouse.supplier_decisions d using (is_synthetic, supplier_key)
    where s.is_synthetic = %s and d.superseded_at is null and d.evidence ? 'paid_as_persons'"""


def to_work(connection: psycopg.Connection[Any], basis: Basis) -> dict[str, str]:
    """Why each supplier that needs a decision needs it, by key. Needs the table `reviewed` (seed.lay_out)."""
    asked = sql.SQL(_ASKED).format(row=sql.Identifier("d"))
    query = sql.SQL(_TO_WORK).format(asked=asked, paid_otherwise=sql.SQL(_PAID_OTHERWISE).format())
    kinds = connection.execute(_CATEGORIES_ASKED, [basis.is_synthetic])
    person_categories = [kind for (kind,) in kinds if names.are_paid_to_persons([kind])]
    values = {**basis._asdict(), "person_categories": person_categories}
    return {str(key): str(reason) for key, reason in connection.execute(query, values)}


def names_of(
    connection: psycopg.Connection[Any], is_synthetic: bool, keys: Iterable[str]
) -> list[tuple[str, str]]:
    """Keys and names of some suppliers."""
    return connection.execute(
        """select supplier_key, supplier_name from landing.suppliers
           where is_synthetic = %s and supplier_key = any(%s)""",
        [is_synthetic, list(keys)],
    ).fetchall()


def keep(connection: psycopg.Connection[Any], basis: Basis, keys: Iterable[str]) -> None:
    """Leave decisions as they are, as made with these registers."""
    connection.execute(
        """update warehouse.supplier_decisions set reference_fingerprint = %s
           where is_synthetic = %s and superseded_at is null and supplier_key = any(%s)""",
        [basis.fingerprint, basis.is_synthetic, list(keys)],
    )


_QUERIES = """
    select s.supplier_key, s.supplier_name, s.company_number, s.postcode, s.name_cut_at,
        coalesce(charity.identifier, ''), s.first_paid_on, s.last_paid_on, s.categories
    from wanted
    join landing.suppliers s on s.is_synthetic = %(is_synthetic)s and s.supplier_key = wanted.supplier_key
    left join (
        select i.supplier_key, min(i.identifier) as identifier
        from landing.telling_identifiers i join wanted using (supplier_key)
        where i.is_synthetic = %(is_synthetic)s and i.scheme = 'charity'
        group by 1 having count(*) = 1
    ) charity on charity.supplier_key = s.supplier_key
    order by s.supplier_key"""


def queries(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    keys: Iterable[str],
    vat_entities: Mapping[str, str] | None = None,
) -> list[Query]:
    """The queries of some suppliers."""
    connection.execute("create temporary table if not exists wanted (supplier_key text) on commit drop")
    connection.execute("truncate wanted")
    with connection.cursor() as cursor, cursor.copy("copy wanted from stdin") as copy:
        for key in keys:
            copy.write_row([key])
    connection.execute("analyze wanted")
    vat = vat_entities or {}
    rows = connection.execute(_QUERIES, {"is_synthetic": is_synthetic})
    return [Query(*(*row[:6], vat.get(row[0], ""), *row[6:8], tuple(row[8]))) for row in rows]


# -- storing ----------------------------------------------------------------------------------------------

_COLUMNS = (
    "supplier_key", "entity_id", "method", "score", "runner_up_entity_id", "runner_up_score", "payee_kind",
    "evidence", "band", "name_key", "printed_number", "vat_entity_id", "first_paid_within",
    "last_paid_within", "decided_for",
)  # fmt: skip
_IS_CURRENT = """d.is_synthetic = %(is_synthetic)s and d.supplier_key = n.supplier_key
    and d.superseded_at is null"""
_IS_SAME = """(d.entity_id, d.method, d.payee_kind)
    is not distinct from (n.entity_id, n.method, n.payee_kind)"""
_CREATE = """create temporary table new_decisions on commit drop as
    select {columns} from warehouse.supplier_decisions where false"""
_KEEP = """update warehouse.supplier_decisions d
    set engine_version = %(engine_version)s, reference_fingerprint = %(fingerprint)s, decided_at = now(),
        asked_fingerprint = {asked}, score = n.score, runner_up_entity_id = n.runner_up_entity_id,
        runner_up_score = n.runner_up_score, evidence = n.evidence, band = n.band, name_key = n.name_key,
        printed_number = n.printed_number, vat_entity_id = n.vat_entity_id,
        first_paid_within = n.first_paid_within, last_paid_within = n.last_paid_within,
        decided_for = n.decided_for
    from new_decisions n where {is_current} and {is_same}"""
_SUPERSEDE = """update warehouse.supplier_decisions d set superseded_at = now()
    from new_decisions n where {is_current} and not ({is_same})"""
_ADD = """insert into warehouse.supplier_decisions
        (is_synthetic, engine_version, reference_fingerprint, asked_fingerprint, {columns})
    select %(is_synthetic)s, %(engine_version)s, %(fingerprint)s, {asked}, {columns} from new_decisions n
    where not exists (select from warehouse.supplier_decisions d where {is_current})"""


def save(
    connection: psycopg.Connection[Any],
    basis: Basis,
    asked: Sequence[Query],
    decided: Sequence[Decision],
    reasons: Mapping[str, str],
) -> dict[str, int]:
    """Supersede decisions whose outcome differs and add the new ones; an equal one stays, dated anew.

    Out: how many were worked, are new, superseded and unchanged. Needs the table `reviewed`.
    """
    parts = {
        "columns": sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
        "asked": sql.SQL(_ASKED).format(row=sql.Identifier("n")),
        "is_current": sql.SQL(_IS_CURRENT),
        "is_same": sql.SQL(_IS_SAME),
    }
    connection.execute(sql.SQL(_CREATE).format(**parts))
    with connection.cursor() as cursor, cursor.copy("copy new_decisions from stdin") as copy:
        for query, decision in zip(asked, decided, strict=True):
            copy.write_row((*_row(query, decision), *_paid_within(decision), reasons[query.key]))
    connection.execute("analyze new_decisions")
    counts = {
        name: connection.execute(sql.SQL(statement).format(**parts), basis._asdict()).rowcount
        for name, statement in (("unchanged", _KEEP), ("superseded", _SUPERSEDE), ("new", _ADD))
    }
    return {"worked": len(decided), **counts}


def _row(query: Query, decision: Decision) -> tuple[Any, ...]:
    outcome = (decision.key, decision.entity_id, decision.method, decision.score)
    second = (decision.runner_up_entity_id, decision.runner_up_score)
    reads_as = {"reads_as": names.payee_kind(query.name)}  # also where an organisation was found to be meant
    evidence = (decision.payee_kind, json.dumps(decision.evidence | reads_as), band_of(decision))
    printed = (pad_company_number(query.company_number), query.vat_entity_id or None)
    return (*outcome, *second, *evidence, names.name_key(query.name), *printed)


def _paid_within(decision: Decision) -> tuple[DateRange, DateRange]:
    """The days of first and of last payment for which a decision holds."""
    first_from, first_to, last_from, last_to = map(day_of, decision.days)
    return DateRange(first_from, first_to, "[]"), DateRange(last_from, last_to, "[]")
