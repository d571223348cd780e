"""How a name is decided, and why: what a person wants to know before they agree or decide otherwise.

In: a name as published, the number and postcode printed beside it, its publisher; the registers in the
database, or one in a file. Out: an Explanation, as data and as lines. Names appear in it, as published and as
registered: it is for the person who asked, and goes into no log.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from anchor_spend import database, decisions, names, organisations, resolve, sources, vat_clusters
from anchor_spend.errors import SettingsError
from anchor_spend.organisations import Entry
from anchor_spend.resolution import files
from anchor_spend.resolution.deciding import Decision, Query, day_of, pointers, question_of, resolve_with
from anchor_spend.resolution.engine import Candidate, answer
from anchor_spend.resolution.index import Index
from anchor_spend.resolution.model import review_limit
from anchor_spend.resolution.readings import KINDS, readings_of
from anchor_spend.review import seed
from anchor_spend.spec import load_publisher

_BY = {
    "company_number": "the company number printed beside it",
    "charity_number": "the charity number printed beside it",
    "vat_number": "others printed with the same VAT number",
    "name_and_postcode": "the name and the postcode printed beside it",
    "previous_name": "another of its names, such as an earlier one",
    "exact_name": "the name",
    "cut_name": "the beginning of the name, where the publisher cuts it",
    "similar_name": "a name much like it",
    "public_body": "the register of public bodies",
    "unmatched": "nothing",
}
_KIND_WORDS = {
    "organisation": "an organisation, by its name",
    "person": "a person, by the name: persons are not looked up",
    "unclear": "organisation or person: the name does not say",
}


@dataclass(frozen=True)
class Shown:
    """A candidate, as a person reads it."""

    entity_id: str
    name: str
    postcode: str
    status: str
    probability: float
    evidence: list[str]


@dataclass(frozen=True)
class Explanation:
    """How a name is decided, and what was decided before."""

    name: str
    payee_kind: str
    readings: list[str]
    asked: dict[str, str]  # what was printed beside it, and when it was paid
    decision: dict[str, Any]
    why: str
    holds: list[str]  # as long as its payments are so
    candidates: list[Shown]
    none_probability: float | None
    thresholds: dict[str, float]
    stored: list[dict[str, Any]]  # decisions in the database on this name and its variants
    reviewed: list[dict[str, Any]]
    engine_version: str
    registers: dict[str, str]  # their vintages


def query_of(name: str, number: str = "", postcode: str = "", publisher_id: str = "") -> Query:
    """The question about a name as a publisher prints it; SettingsError for one blank or not UTF-8."""
    if not name.strip():
        raise SettingsError("The name is blank.")
    if any("\ud800" <= letter <= "\udfff" for letter in name + number + postcode):
        raise SettingsError("The name, number or postcode holds bytes that are not UTF-8.")
    limit = _width(publisher_id) if publisher_id else None
    cut_at = limit if names.is_possibly_cut(name, limit) else None
    return Query(names.supplier_key(name, number, postcode), name, number, postcode, cut_at)


def _width(publisher_id: str) -> int | None:
    """Where a body cuts names in its payments."""
    publisher = load_publisher(sources.publisher_ids([publisher_id])[0])
    stream = publisher.streams.get("payments")
    return stream.format.name_cut_at if stream else None


def from_database(query: Query) -> Explanation:
    """Against the registers of the world analysts see, with all that is known of the supplier there."""
    with database.connect("loader") as connection:
        is_synthetic = decisions.world(connection)
        reviewed = seed.load()
        seed.lay_out(connection, reviewed)
        query = _known_query(connection, is_synthetic, query) or query
        index = resolve.open_register(connection, is_synthetic)
        decision, found, none = _decide(index, query, organisations.bodies(connection, is_synthetic))
        entries = organisations.entries(connection, is_synthetic, _ids(decision, found))
        return Explanation(
            **_parts(query, decision, found, none, entries),
            stored=_stored(connection, is_synthetic, query),
            reviewed=[row._asdict() for row in reviewed if _is_about(row, query)],
            registers=_vintages(connection, is_synthetic),
        )


def from_file(query: Query, register: Path) -> Explanation:
    """Against a register in a file; no database, so nothing is known of the supplier but what is asked."""
    index = files.open_register(register)
    decision, found, none = _decide(index, query, [])
    wanted = _ids(decision, found)
    entries = {
        entity.entity_id: Entry(entity.name, entity.postcode, "", entity.until, True)
        for entity in files.entities_of(register)
        if entity.entity_id in wanted
    }
    parts = _parts(query, decision, found, none, entries)
    return Explanation(**parts, stored=[], reviewed=[], registers={register.name: "a file"})


def _decide(
    index: Index, query: Query, bodies: Sequence[Any]
) -> tuple[Decision, list[Candidate], float | None]:
    """The decision; and the candidates, where the name was compared with any."""
    (decision,) = resolve_with(index, [query], bodies)
    is_compared = "none" in decision.evidence
    if not is_compared:
        return decision, [], None
    (found,) = answer(index, [question_of(query)])
    return decision, [near for near in found.candidates if round(near.probability, 4)], found.none


def _ids(decision: Decision, found: Iterable[Candidate]) -> set[str]:
    ids = {candidate.entity_id for candidate in found}
    return ids | {key for key in (decision.entity_id, decision.runner_up_entity_id) if key}


def _is_about(row: seed.Reviewed, query: Query) -> bool:
    return row.supplier_key == query.key or row.name_key == names.name_key(query.name) != ""


def _parts(
    query: Query,
    decision: Decision,
    found: Sequence[Candidate],
    none: float | None,
    entries: dict[str, Entry],
) -> dict[str, Any]:
    return {
        "name": query.name,
        "payee_kind": decision.payee_kind,
        "readings": [f"{reading.text} ({KINDS[reading.kind]})" for reading in readings_of(query.name)],
        "asked": _asked(query),
        "decision": _decision(decision, entries),
        "why": _why(decision),
        "holds": list(_holds(query, decision)),
        "candidates": [_shown(query, candidate, entries) for candidate in found],
        "none_probability": None if none is None else round(none, 4),
        "thresholds": _thresholds(decision),
        "engine_version": resolve.engine_version(),
    }


def _thresholds(decision: Decision) -> dict[str, float]:
    """None where nothing was compared."""
    is_compared = "enough" in decision.evidence
    return {"accept": decision.evidence["enough"], "review": review_limit()} if is_compared else {}


def _asked(query: Query) -> dict[str, str]:
    paid = f"{query.paid_from} to {query.paid_to}" if query.paid_from else ""
    told = {
        "company number": query.company_number,
        "charity number": query.charity_number,
        "VAT number points to": query.vat_entity_id,
        "postcode": query.postcode,
        "cut at": str(query.name_cut_at or ""),
        "paid": paid,
    }
    return {name: value for name, value in told.items() if value}


def _decision(decision: Decision, entries: dict[str, Entry]) -> dict[str, Any]:
    entry = entries.get(decision.entity_id or "")
    return {
        "band": files.band_of(decision),
        "entity_id": decision.entity_id,
        "entity_name": entry.name if entry else "",
        "method": decision.method,
        "score": decision.score,
        "runner_up": decision.runner_up_entity_id,
        "runner_up_score": decision.runner_up_score,
        "evidence": decision.evidence,
    }


def _why(decision: Decision) -> str:
    if decision.method == "public_body":
        return "accepted: a register of public bodies has the name, and those go first"
    if decision.entity_id:
        enough = decision.evidence["enough"]
        return f"accepted by {_BY[decision.method]}: {decision.score:.4f}, and {enough} is enough"
    band = files.band_of(decision)
    ending = "a person should look" if band == "review" else "no candidate is near enough to look at"
    return f"unmatched: {decision.evidence['why']}; {ending}"


def _holds(query: Query, decision: Decision) -> Iterator[str]:
    """What of its payments could change a decision."""
    first_from, first_to, last_from, last_to = map(day_of, decision.days)
    if first_from:
        yield f"first paid from {first_from}"
    if first_to:
        yield f"first paid by {first_to}"
    if last_from:
        yield f"last paid from {last_from}"
    if last_to:
        yield f"last paid by {last_to}"
    if query.categories and "paid_as_persons" in decision.evidence:
        how = "only for" if decision.evidence["paid_as_persons"] else "not only for"
        yield f"paid {how} what persons are paid for"


def _shown(query: Query, candidate: Candidate, entries: dict[str, Entry]) -> Shown:
    entry = entries.get(candidate.entity_id, organisations.ABSENT)
    return Shown(
        candidate.entity_id,
        entry.name,
        entry.postcode or "",
        entry.standing,
        round(candidate.probability, 4),
        [
            *_agreements(query, candidate),
            *(f"{name} {value:+.1f}" for name, value in candidate.added.items()),
        ],
    )


def _agreements(query: Query, candidate: Candidate) -> Iterator[str]:
    if candidate.agreeing_id >= 0:
        yield f"{_BY[pointers(query)[candidate.agreeing_id][0]]} says so"
    if candidate.postcode_agrees:
        yield "the printed postcode is its own"
    if candidate.is_other_name:
        yield "by another of its names"
    if candidate.is_inactive:
        yield "it was not there when this was paid"
    if candidate.reading != KINDS[0]:
        yield f"read {candidate.reading}"


# -- the database -----------------------------------------------------------------------------------------


def _known_query(connection: psycopg.Connection[Any], is_synthetic: bool, query: Query) -> Query | None:
    """The supplier as the pipeline asks about it, where it is published just so."""
    vat = vat_clusters.find(connection, is_synthetic, {}).now
    known = decisions.queries(connection, is_synthetic, [query.key], vat)
    return known[0] if known else None


def _stored(connection: psycopg.Connection[Any], is_synthetic: bool, query: Query) -> list[dict[str, Any]]:
    cursor = connection.execute(
        """select d.supplier_key, s.supplier_name, s.company_number, s.postcode, d.entity_id, d.method,
               d.score::float, d.band, d.engine_version, d.decided_at, d.decided_for, d.superseded_at
           from warehouse.supplier_decisions d join landing.suppliers s using (is_synthetic, supplier_key)
           where d.is_synthetic = %s and (d.supplier_key = %s or (d.name_key = %s and d.name_key <> ''))
           order by d.superseded_at desc nulls first, d.supplier_key limit 20""",
        [is_synthetic, query.key, names.name_key(query.name)],
    )
    columns = [column.name for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


def _vintages(connection: psycopg.Connection[Any], is_synthetic: bool) -> dict[str, str]:
    rows = connection.execute(
        """select dataset, vintage from reference.vintages
           where is_synthetic = %s and dataset <> 'postcodes' order by dataset""",
        [is_synthetic],
    )
    return {str(dataset): str(vintage) for dataset, vintage in rows}


# -- as lines ---------------------------------------------------------------------------------------------


def lines(found: Explanation) -> Iterator[str]:
    """The explanation, to be read; what publishers print is made safe for a terminal."""
    for line in _lines(found):
        yield "".join(letter if letter.isprintable() else " " for letter in line)


def _lines(found: Explanation) -> Iterator[str]:
    yield found.name
    yield f"Payee:     {_KIND_WORDS[found.payee_kind]}"
    yield f"Read as:   {'; '.join(found.readings)}"
    printed = ", ".join(f"{name} {value}" for name, value in found.asked.items())
    yield f"Beside it: {printed or 'nothing was printed'}"
    entity = f"{found.decision['entity_id']} {found.decision['entity_name']}".rstrip()
    yield f"Decision:  {entity if found.decision['entity_id'] else 'unmatched'} ({found.decision['band']})"
    yield f"Why:       {found.why}"
    if found.holds:
        yield f"Holds:     while {', '.join(found.holds)}"
    yield from _candidate_lines(found)
    for row in found.reviewed:
        days = f"{row['valid_from'] or 'always'} to {row['valid_to'] or 'further notice'}"
        outcome = row["entity_id"] or f"none of the registers', {row['payee_kind']}"
        told = f"{outcome} for {row['supplier_key']}, {days}, on {row['reviewed_on']}"
        yield f"Reviewed:  {told}: {row['reason']}"
    yield from (_stored_line(row) for row in found.stored)
    vintages = ", ".join(f"{name} {vintage}" for name, vintage in found.registers.items())
    yield f"Engine {found.engine_version}; registers: {vintages}"


def _candidate_lines(found: Explanation) -> Iterator[str]:
    for place, candidate in enumerate(found.candidates, start=1):
        told = filter(None, (candidate.entity_id, candidate.name, candidate.postcode, candidate.status))
        yield f"  {place}. {candidate.probability:.4f}  {', '.join(told)}"
        yield f"             {', '.join(candidate.evidence)}"
    if found.none_probability is not None:
        yield f"     {found.none_probability:.4f}  none of the registers'"


def _stored_line(row: dict[str, Any]) -> str:
    printed = ", ".join(filter(None, (row["supplier_name"], row["company_number"], row["postcode"])))
    until = f", until {row['superseded_at']:%Y-%m-%d}" if row["superseded_at"] else ""
    score = "" if row["score"] is None else f" {row['score']:.4f}"
    outcome = f"{row['entity_id'] or 'unmatched'} by {row['method']}{score} ({row['band']})"
    decided = f"{row['decided_at']:%Y-%m-%d}{until}{row['decided_for'] and ', for ' + row['decided_for']}"
    return f"Stored:    {printed}: {outcome}, {decided} [{row['supplier_key']}]"
