"""Suppliers printed with one VAT number, as evidence for each other.

In: the VAT numbers printed beside suppliers, reviewed decisions, and decisions made without VAT numbers. Out:
for each supplier that needs it, the one organisation that the others with its number are known to be. Only
decisions that stand without a VAT number count as known, so that no guess is evidence for another, and the
order in which suppliers come does not matter.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import psycopg

from anchor_spend.resolution.deciding import Decision

_KNOWN_BY = frozenset({"company_number", "charity_number", "name_and_postcode", "exact_name", "public_body"})
_LEAST_SCORE = 0.95

_PRINTED = """
    select i.identifier, i.supplier_key, r.supplier_key is not null, r.entity_id, d.entity_id, d.method,
        d.score::float, coalesce(d.vat_entity_id, '')
    from landing.telling_identifiers i
    left join warehouse.supplier_decisions d
        on d.is_synthetic = i.is_synthetic and d.supplier_key = i.supplier_key and d.superseded_at is null
    left join reviewed r on r.supplier_key = i.supplier_key and r.is_in_force
    where i.is_synthetic = %s and i.scheme = 'vat'"""


class Clusters(NamedTuple):
    """By supplier key: whom the others are known to be ('' for nobody, or several), and what was stored."""

    now: dict[str, str]
    stored: dict[str, str]


def find(
    connection: psycopg.Connection[Any], is_synthetic: bool, decided: Mapping[str, Decision]
) -> Clusters:
    """The evidence of VAT numbers; `decided` are decisions of this run, not stored yet."""
    members: dict[str, set[str]] = defaultdict(set)
    known: dict[str, str] = {}
    stored: dict[str, str] = {}
    rows = connection.execute(_PRINTED, [is_synthetic])
    for vat, key, is_reviewed, reviewed_id, entity_id, method, score, vat_entity in rows:
        members[vat].add(key)
        stored[key] = vat_entity
        if key in decided:
            entity_id, method, score = decided[key].entity_id, decided[key].method, decided[key].score
        is_known = entity_id and method in _KNOWN_BY and score >= _LEAST_SCORE
        known[key] = (reviewed_id or "") if is_reviewed else (entity_id if is_known else "")
    return Clusters(_of_the_others(members, known), stored)


def _of_the_others(members: Mapping[str, set[str]], known: Mapping[str, str]) -> dict[str, str]:
    """An organisation for each supplier that is not known itself, where all its numbers point to that one."""
    pointed: dict[str, set[str]] = {key: set() for key in known}
    for keys in members.values():
        entities = {known[key] for key in keys} - {""}
        for key in keys:
            if not known[key]:
                pointed[key] |= entities
    return {key: next(iter(found)) if len(found) == 1 else "" for key, found in pointed.items()}
