"""Reviewed decisions that need another look, each with what to do.

In: reviewed rows, and a world's suppliers, decisions and registers. Out: quality.stale_overrides, renewed,
and warnings that name keys and ids, never names; the log, which is copied, not the keys of what may be a
person either. Nothing is undone here: a reviewed decision holds until a person ends it.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from typing import Any, NamedTuple

import psycopg

from anchor_spend import organisations
from anchor_spend.review import personal
from anchor_spend.review.seed import Reviewed

_log = logging.getLogger(__name__)
_SHOWN = 5  # of one rule in the log


class Stale(NamedTuple):
    """A reviewed decision that needs another look."""

    supplier_key: str
    rule: str
    severity: str
    detail: str
    remedy: str


_REMEDIES = {
    "expired": "Review the supplier again, or delete the row once no release speaks of those days.",
    "no_supplier": "Keep it while the files may come back, else delete the row.",
    "not_in_register": "Look the organisation up, and end the row with a valid_to if it is another by now.",
    "ended_before_paid": "See who took over, and give the row a valid_to and a successor.",
    "contradicts": "End one with a valid_to, or clear the name_key of both where they are two payees.",
    "variant_held_off": "Decide the variant on its own, by its supplier_key; it is in the review queue.",
    "name_key_changed": "Put the new name_key into the row: names are compared in another form by now.",
    "in_repository": "Let `anchor-spend review import` of a queue, answered or not, move the row to the file "
    "of persons in the home folder, and commit the seed without it; git keeps what was committed before.",
    "engine_agrees": "Nothing needs doing; the row may go.",
}
_INFO = frozenset({"engine_agrees"})

_KNOWN = """
    select r.supplier_key, d.name_key, d.entity_id, d.supplier_key is not null,
        exists (select from landing.suppliers s
                where s.supplier_key = r.supplier_key)
        or exists (select from warehouse.supplier_decisions v
                   where v.name_key = r.name_key and v.name_key <> '' and v.superseded_at is null)
    from (select distinct supplier_key, name_key from reviewed) r
    left join warehouse.supplier_decisions d
        on d.is_synthetic = %s and d.supplier_key = r.supplier_key and d.superseded_at is null"""
_FIRST_PAID = """
    select s.supplier_key, s.first_paid_on from landing.suppliers s
    where s.is_synthetic = %s and s.first_paid_on is not null
        and s.supplier_key in (select supplier_key from reviewed)"""
# where a reviewed decision on the name stops short of a variant, and nothing else decides that one
_HELD_OFF = """
    select r.supplier_key, count(*)
    from reviewed r
    join warehouse.supplier_decisions d
        on d.name_key = r.name_key and d.is_synthetic = %s and d.superseded_at is null
    left join warehouse.supplier_decisions own
        on own.supplier_key = r.supplier_key and own.is_synthetic = d.is_synthetic
        and own.superseded_at is null
    where r.is_in_force and r.name_key <> '' and d.supplier_key <> r.supplier_key
        and d.entity_id is null and r.entity_id is not null and d.payee_kind <> 'person'
        and not exists (select from reviewed x where x.supplier_key = d.supplier_key and x.is_in_force)
        and not warehouse.holds_for_variant(
            r.entity_id, own.printed_number, d.printed_number, d.method, d.entity_id, d.payee_kind)
    group by 1"""


class _Known(NamedTuple):
    """What the database holds of a reviewed supplier in the world looked at."""

    name_key: str | None
    entity_id: str | None
    is_decided: bool
    is_anywhere: bool  # the supplier or its name is published in some world


def note(
    connection: psycopg.Connection[Any], is_synthetic: bool, reviewed: Sequence[Reviewed]
) -> list[Stale]:
    """Renew the list of a world, and log it. Needs the table `reviewed` (review/seed.py)."""
    found = find(connection, is_synthetic, reviewed)
    connection.execute("delete from quality.stale_overrides where is_synthetic = %s", [is_synthetic])
    with connection.cursor() as cursor:
        cursor.executemany(
            """insert into quality.stale_overrides
                   (is_synthetic, supplier_key, rule, severity, detail, remedy)
               values (%s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [(is_synthetic, *row) for row in found],
        )
    for line in lines(found, shown=_SHOWN, unnamed=_personal(reviewed, found)):
        _log.warning("%s", line)
    return found


def _personal(reviewed: Sequence[Reviewed], found: Sequence[Stale]) -> set[str]:
    """The keys of names that are, or may be, a person's, whichever file they are in."""
    return {
        *(row.supplier_key for row in reviewed if row.is_personal),
        *(row.supplier_key for row in found if row.rule == "in_repository"),
    }


def stored(connection: psycopg.Connection[Any], is_synthetic: bool) -> list[Stale]:
    """The list as it was last renewed."""
    rows = connection.execute(
        """select supplier_key, rule, severity, detail, remedy from quality.stale_overrides
           where is_synthetic = %s order by severity desc, rule, supplier_key""",
        [is_synthetic],
    )
    return [Stale(*row) for row in rows]


def lines(found: Sequence[Stale], shown: int | None = None, unnamed: Set[str] = frozenset()) -> Iterator[str]:
    """A line for each rule that warns, with its decisions; those that would name `unnamed` keys counted."""
    for rule in dict.fromkeys(row.rule for row in found if row.severity == "warning"):
        rows = [row for row in found if row.rule == rule]
        named = [row for row in rows if unnamed.isdisjoint(f"{row.supplier_key} {row.detail}".split())]
        said = [", ".join(f"{row.supplier_key} ({row.detail})" for row in named[:shown])] if named else []
        if shown and len(named) > shown:
            said.append(f"{len(named) - shown} more")
        if len(rows) > len(named):
            said.append(f"{len(rows) - len(named)} about names that are, or may be, a person's")
        yield f"Reviewed decisions, {rule}: {' and '.join(said)}. {_REMEDIES[rule]}"


def find(
    connection: psycopg.Connection[Any], is_synthetic: bool, reviewed: Sequence[Reviewed]
) -> list[Stale]:
    """Every reviewed decision that needs another look, by rule. Needs the table `reviewed`."""
    if not reviewed:
        return []
    known = {key: _Known(*rest) for key, *rest in connection.execute(_KNOWN, [is_synthetic])}
    found = [*_by_date(reviewed), *_contradictions(reviewed), *_by_supplier(reviewed, known)]
    found += _by_register(connection, is_synthetic, reviewed, known)
    for row in personal.in_repository(connection, reviewed):
        found.append(_stale(row.supplier_key, "in_repository", "a person's name, or one that may be"))
    for key, count in connection.execute(_HELD_OFF, [is_synthetic]):
        found.append(_stale(key, "variant_held_off", f"{count} printed with another number"))
    return sorted(set(found))


def _stale(key: str, rule: str, detail: str) -> Stale:
    return Stale(key, rule, "info" if rule in _INFO else "warning", detail, _REMEDIES[rule])


def _in_force(reviewed: Iterable[Reviewed]) -> list[Reviewed]:
    return [row for row in reviewed if row.is_in_force(date.today())]


def _by_date(reviewed: Sequence[Reviewed]) -> Iterator[Stale]:
    """Ended, and nothing follows."""
    last = {row.supplier_key: row for row in sorted(reviewed, key=lambda row: row.valid_to or date.max)}
    for key, row in last.items():
        if row.valid_to and row.valid_to < date.today():
            yield _stale(key, "expired", f"ended on {row.valid_to}")


def _contradictions(reviewed: Sequence[Reviewed]) -> Iterator[Stale]:
    for first, second in _pairs(_in_force(reviewed)):
        same_name = first.name_key and first.name_key == second.name_key
        if first.supplier_key == second.supplier_key or (same_name and first.outcome != second.outcome):
            yield _stale(first.supplier_key, "contradicts", f"the row of {second.supplier_key}")


def _pairs(rows: Sequence[Reviewed]) -> Iterator[tuple[Reviewed, Reviewed]]:
    """Rows that share a supplier or a name."""
    groups: dict[str, list[Reviewed]] = {}
    for row in rows:
        groups.setdefault(f"supplier {row.supplier_key}", []).append(row)
        if row.name_key:
            groups.setdefault(f"name {row.name_key}", []).append(row)
    for alike in groups.values():
        for place, first in enumerate(alike):
            yield from ((first, second) for second in alike[place + 1 :])


def _by_supplier(reviewed: Sequence[Reviewed], known: dict[str, _Known]) -> Iterator[Stale]:
    for row in _in_force(reviewed):
        supplier = known[row.supplier_key]
        if not supplier.is_anywhere:
            yield _stale(row.supplier_key, "no_supplier", "no file names it any more")
        if supplier.is_decided and row.name_key and supplier.name_key not in ("", row.name_key):
            yield _stale(row.supplier_key, "name_key_changed", f"{row.name_key} is {supplier.name_key} now")
        if supplier.is_decided and row.entity_id and supplier.entity_id == row.entity_id:
            yield _stale(row.supplier_key, "engine_agrees", row.entity_id)


def _by_register(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    reviewed: Sequence[Reviewed],
    known: dict[str, _Known],
) -> Iterator[Stale]:
    """Of suppliers of this world: ids that no register holds, and organisations that ended before."""
    rows = [row for row in _in_force(reviewed) if row.entity_id and known[row.supplier_key].is_decided]
    entries = organisations.entries(connection, is_synthetic, [row.entity_id for row in rows])
    first_paid = dict(connection.execute(_FIRST_PAID, [is_synthetic]).fetchall())
    for row in rows:
        entry, paid = entries.get(row.entity_id), first_paid.get(row.supplier_key)
        if entry is None or not (entry.is_listed or entry.until):
            yield _stale(row.supplier_key, "not_in_register", row.entity_id)
        elif entry.until and paid and entry.until < paid:
            yield _stale(row.supplier_key, "ended_before_paid", f"{row.entity_id} ended on {entry.until}")
