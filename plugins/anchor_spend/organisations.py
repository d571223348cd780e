"""Every organisation of the registers in the database, once, as names are compared with them.

In: reference.companies, reference.organisations (charities and mutuals, where loaded) and
reference.public_bodies of one world. Out: a stream of Entity, the public bodies, and single entries by id.
A charity or mutual that says which company it is, is that company, with the names and ids of both; charities
that name each other are one. Nothing is joined because names are alike.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import psycopg

from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution.deciding import Body, Entity
from anchor_spend.resolution.identifiers import COMPANY_PREFIX

_BODIES = "public_bodies"
_NEEDED = ("companies", _BODIES)
_NAMED = (*_NEEDED, "organisations")

_COMPANIES = """
    select company_number, company_name, previous_names, postcode, incorporated_on, dissolved_on
    from reference.companies where is_synthetic = %s"""
_ORGANISATIONS = """
    select entity_id, organisation_name, other_names, postcode, registered_on, removed_on, '{}'::text[]
    from reference.organisations where is_synthetic = %s"""
# what says that two entries are one organisation, where the other entry is there
_LINKS = """
    select o.entity_id, 'GB-COH-' || c.company_number
    from reference.organisations o
    join reference.companies c on c.is_synthetic = o.is_synthetic and c.company_number = o.company_number
    where o.is_synthetic = %(is_synthetic)s
    union all
    select o.entity_id, other.entity_id
    from reference.organisations o
    cross join lateral unnest(o.other_ids) as named (entity_id)
    join reference.organisations other
        on other.is_synthetic = o.is_synthetic and other.entity_id = named.entity_id
    where o.is_synthetic = %(is_synthetic)s"""


def fingerprint(connection: psycopg.Connection[Any], is_synthetic: bool) -> str:
    """Equal for equal registers: hashes of the vintages that are indexed, and of the public bodies.

    ReferenceDataError before registers of companies and of public bodies are loaded.
    """
    vintages = _vintages(connection, is_synthetic)
    if not set(_NEEDED) <= set(vintages):
        raise ReferenceDataError(
            "Suppliers cannot be resolved before registers of companies and public bodies are loaded. "
            "Run the refresh_reference DAG first."
        )
    bodies_alone = {name: sha256 for name, sha256 in vintages.items() if name == _BODIES}
    return f"{index_fingerprint(connection, is_synthetic)}.{_hash(bodies_alone)}"


def index_fingerprint(connection: psycopg.Connection[Any], is_synthetic: bool) -> str:
    """The same of the registers that are indexed: a new list of public bodies costs no new index."""
    vintages = _vintages(connection, is_synthetic)
    vintages.pop(_BODIES, None)
    return _hash(vintages)


def _vintages(connection: psycopg.Connection[Any], is_synthetic: bool) -> dict[str, str]:
    rows = connection.execute(
        "select dataset, sha256 from reference.vintages where is_synthetic = %s and dataset = any(%s)",
        [is_synthetic, list(_NAMED)],
    )
    return {str(dataset): str(sha256) for dataset, sha256 in rows}


def _hash(vintages: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(vintages.items())).encode()).hexdigest()[:16]


def bodies(connection: psycopg.Connection[Any], is_synthetic: bool) -> list[Body]:
    """The public bodies, their own name first."""
    rows = connection.execute(
        """select entity_id, array_prepend(body_name, aliases), postcode from reference.public_bodies
           where is_synthetic = %s order by entity_id""",
        [is_synthetic],
    )
    return [Body(*row) for row in rows]


def entities(connection: psycopg.Connection[Any], is_synthetic: bool) -> Iterator[Entity]:
    """Companies, charities and mutuals, each organisation once, streamed: only those of several registers are
    held in memory."""
    leaders = _leaders(connection, is_synthetic)
    parts: dict[str, list[Entity]] = defaultdict(list)
    for entity in _stream(connection, _ORGANISATIONS, is_synthetic):
        if entity.entity_id in leaders:
            parts[leaders[entity.entity_id]].append(entity)
        else:
            yield entity
    for number, *rest in _rows(connection, _COMPANIES, is_synthetic):
        company = Entity(COMPANY_PREFIX + number, *rest)
        yield merged([company, *parts.pop(company.entity_id, ())])
    for same in parts.values():
        yield merged(sorted(same))


def _leaders(connection: psycopg.Connection[Any], is_synthetic: bool) -> dict[str, str]:
    """Of organisations in several registers: the id each goes by, the company's where there is one."""
    leader: dict[str, str] = {}

    def find(entity_id: str) -> str:
        while (above := leader.setdefault(entity_id, entity_id)) != entity_id:
            entity_id = above
        return entity_id

    for pair in connection.execute(_LINKS, {"is_synthetic": is_synthetic}):
        first, second = sorted(map(find, pair), key=_rank)
        leader[second] = first
    return {entity_id: find(entity_id) for entity_id in list(leader)}


def _rank(entity_id: str) -> tuple[bool, str]:
    return not entity_id.startswith(COMPANY_PREFIX), entity_id


def merged(parts: list[Entity]) -> Entity:
    """One organisation from its entries, the one it goes by first."""
    first, *others = parts
    if not others:
        return first
    names = dict.fromkeys(name for part in parts for name in (part.name, *(part.other_names or ())))
    names.pop(first.name)
    return first._replace(
        other_names=tuple(names),
        postcode=first.postcode or next((part.postcode for part in others if part.postcode), None),
        since=min((part.since for part in parts if part.since), default=None),
        until=None if any(part.until is None for part in parts) else max(p.until for p in parts if p.until),
        other_ids=tuple(dict.fromkeys(part.entity_id for part in others)),
    )


def _stream(connection: psycopg.Connection[Any], query: str, is_synthetic: bool) -> Iterator[Entity]:
    return (Entity(*row) for row in _rows(connection, query, is_synthetic))


def _rows(connection: psycopg.Connection[Any], query: str, is_synthetic: bool) -> Iterator[tuple[Any, ...]]:
    with connection.cursor("organisations") as cursor:
        cursor.itersize = 20_000
        cursor.execute(query.encode(), [is_synthetic])
        yield from cursor


# -- single entries ---------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """What a register says of an organisation."""

    name: str
    postcode: str | None
    status: str
    until: date | None
    is_listed: bool

    @property
    def standing(self) -> str:
        """Its status, and when it ended."""
        return f"{self.status}, ended {self.until}".lstrip(", ") if self.until else self.status


ABSENT = Entry("", None, "not in the registers now", None, False)


_ENTRIES = """
    select 'GB-COH-' || company_number, company_name, postcode, status, dissolved_on, is_listed
    from reference.companies where is_synthetic = %(is_synthetic)s and company_number = any(%(numbers)s)
    union all
    select entity_id, organisation_name, postcode, status, removed_on, is_listed
    from reference.organisations where is_synthetic = %(is_synthetic)s and entity_id = any(%(ids)s)
    union all
    select entity_id, body_name, postcode, 'public body', valid_to, true
    from reference.public_bodies where is_synthetic = %(is_synthetic)s and entity_id = any(%(ids)s)"""


def entries(
    connection: psycopg.Connection[Any], is_synthetic: bool, entity_ids: Iterable[str]
) -> dict[str, Entry]:
    """The entries of some ids; an id that no register of the world holds is left out."""
    ids = sorted(set(entity_ids))
    numbers = [key.removeprefix(COMPANY_PREFIX) for key in ids if key.startswith(COMPANY_PREFIX)]
    values = {"is_synthetic": is_synthetic, "numbers": numbers, "ids": ids}
    return {
        entity_id: Entry(name, postcode, status or "", until, is_listed)
        for entity_id, name, postcode, status, until, is_listed in connection.execute(_ENTRIES, values)
    }
