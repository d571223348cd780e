"""One decision for each supplier as published, against registers of organisations and the public bodies.

In: suppliers (name, the numbers and the postcode printed beside it, when it was paid), an index of companies,
charities and mutuals, public bodies. Out: one Decision each, explained; "unmatched" is a decision too.
Refuses to guess: of two candidates that cannot be told apart neither is taken, a person's name and a
redaction are never matched, and nothing about where a candidate is counts for it, except that a postcode the
publisher printed equals the candidate's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from anchor_spend import names
from anchor_spend.resolution import building
from anchor_spend.resolution.activity import ANY_DAY, Days
from anchor_spend.resolution.building import Register
from anchor_spend.resolution.engine import Answer, Candidate, Question, answer
from anchor_spend.resolution.identifiers import (
    COMPANY_PREFIX,
    charity_id,
    compact_postcode,
    pad_company_number,
)
from anchor_spend.resolution.index import NEVER, Index
from anchor_spend.resolution.model import load_model

_BODY_SCORE = 0.99
_EPOCH = date(1970, 1, 1).toordinal()
_CHUNK = 50_000  # organisations held as rows at once
_TIED = "several candidates cannot be told apart"
_NUMBER_ONLY = "only the published number points to it, and the names share no word"
NEEDS_A_PERSON = frozenset({_TIED, _NUMBER_ONLY})
_SURE = 0.97  # to accept what may be a person's name
_ABSENT = 0.05  # a best candidate less likely than this is as good as none
_CLOSE = 0.5  # of the best candidate's probability: a second one beyond it makes a tie


class Query(NamedTuple):
    """A supplier as published."""

    key: str
    name: str
    company_number: str = ""
    postcode: str = ""
    name_cut_at: int | None = None
    charity_number: str = ""
    vat_entity_id: str = ""  # whom others printed with the same VAT number were decided to be
    paid_from: date | None = None
    paid_to: date | None = None
    categories: tuple[str, ...] = ()  # the kinds of spending it was paid for


class Entity(NamedTuple):
    """An organisation of a register: one, in whatever registers it is."""

    entity_id: str  # in org-id form
    name: str
    other_names: Sequence[str] = ()  # previous, working and trading names
    postcode: str | None = None
    since: date | None = None
    until: date | None = None
    other_ids: Sequence[str] = ()  # of the same organisation in other registers


class Body(NamedTuple):
    """A public body and every name it goes by."""

    entity_id: str
    names: Sequence[str]
    postcode: str | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided about one supplier; entity_id None means unmatched.

    An unmatched supplier's runner-up is the candidate that came nearest. `days` are those of payment that
    leave the decision as it is; where what was paid for may change it, evidence has `paid_as_persons`.
    """

    key: str
    entity_id: str | None
    method: str
    score: float | None
    runner_up_entity_id: str | None
    runner_up_score: float | None
    payee_kind: names.PayeeKind
    evidence: dict[str, Any]
    days: Days = ANY_DAY


def resolve(queries: Sequence[Query], entities: Iterable[Entity], bodies: Iterable[Body]) -> list[Decision]:
    """One decision for each query, in their order."""
    return resolve_with(build_index(entities), queries, bodies)


def build_index(entities: Iterable[Entity]) -> Index:
    """An index of a register, read once."""
    return building.build(chunks_of(entities))


def chunks_of(entities: Iterable[Entity]) -> Iterator[Register]:
    """Organisations as the columns that an index is built of."""
    rows = iter(entities)
    while chunk := list(islice(rows, _CHUNK)):
        ids, postcodes, since, until = _columns_of(chunk)
        names_of_all = [entity.name for entity in chunk]
        other_names = ["; ".join(entity.other_names or ()) for entity in chunk]
        other_ids = [(place, other) for place, entity in enumerate(chunk) for other in entity.other_ids]
        yield Register(ids, names_of_all, other_names, postcodes, since, until, other_ids)


def _columns_of(chunk: Sequence[Entity]) -> Iterator[npt.NDArray[Any]]:
    yield np.array([entity.entity_id for entity in chunk], dtype="S24")
    yield np.array([compact_postcode(entity.postcode) for entity in chunk], dtype="S8")
    yield np.array([days_of(entity.since, -NEVER) for entity in chunk], dtype="i4")
    yield np.array([days_of(entity.until, NEVER) for entity in chunk], dtype="i4")


def days_of(day: date | None, unknown: int) -> int:
    """Days since 1970."""
    return day.toordinal() - _EPOCH if day else unknown


def day_of(days: int) -> date | None:
    """The day so many days after the first of 1970; None beyond all dates."""
    ordinal = days + _EPOCH
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


def resolve_with(
    index: Index, queries: Sequence[Query], bodies: Iterable[Body], processes: int = 1
) -> list[Decision]:
    """One decision for each query, in their order, with an index made before."""
    decided = _find_bodies(queries, bodies)
    decided.update((query.key, kept_out) for query in queries if (kept_out := _keep_out(query, decided)))
    asked = [query for query in queries if query.key not in decided]
    answers = answer(index, [question_of(query) for query in asked], processes)
    limit = load_model(index.size).accept
    for query, found in zip(asked, answers, strict=True):
        decided[query.key] = replace(_decide(query, found, limit), days=found.days)
    return [decided[query.key] for query in queries]


def question_of(query: Query) -> Question:
    """What the engine is asked about a supplier."""
    return Question(
        query.name,
        tuple(entity_id for _, entity_id in pointers(query)),
        compact_postcode(query.postcode),
        query.name_cut_at,
        days_of(query.paid_from, NEVER),
        days_of(query.paid_to, -NEVER),
    )


def pointers(query: Query) -> list[tuple[str, str]]:
    """(method, id of an organisation) for each printed number that can be one, the strongest first."""
    number = pad_company_number(query.company_number)
    found = [
        ("company_number", COMPANY_PREFIX + number if number else ""),
        ("charity_number", charity_id(query.charity_number)),
        ("vat_number", query.vat_entity_id),
    ]
    return [(method, entity_id) for method, entity_id in found if entity_id]


# -- decided by the name alone ----------------------------------------------------------------------------


def _find_bodies(queries: Sequence[Query], bodies: Iterable[Body]) -> dict[str, Decision]:
    """Decisions by query key; a body's own name goes before another's alias."""
    by_name: dict[str, set[str]] = defaultdict(set)
    by_alias: dict[str, set[str]] = defaultdict(set)
    for body in bodies:
        for name, target in [(body.names[0], by_name), *((alias, by_alias) for alias in body.names[1:])]:
            target[body_form(name)].add(body.entity_id)
    forms = ((query, body_form(query.name)) for query in queries)
    found = ((query, sorted(by_name.get(form) or by_alias.get(form) or ())) for query, form in forms)
    return {query.key: _decide_body(query, entities) for query, entities in found if entities}


def body_form(name: str) -> str:
    """The form in which names are looked up among those of public bodies."""
    return names.compact(names.body_key(name))


def _decide_body(query: Query, entities: list[str]) -> Decision:
    evidence = {"candidates": len(entities)}
    if len(entities) > 1:
        return _unmatched(query, _TIED, evidence, entities[0], _BODY_SCORE)
    return Decision(query.key, entities[0], "public_body", _BODY_SCORE, None, None, "organisation", evidence)


def _keep_out(query: Query, decided: dict[str, Decision]) -> Decision | None:
    """A person's name is no company's: payee_kind calls nothing with a legal form a person."""
    if query.key in decided:
        return None
    if names.is_redacted(query.name):
        return _unmatched(query, "the name is redacted", {"candidates": 0})
    if names.payee_kind(query.name) == "person":
        return _unmatched(query, "a person's name is not matched", {"candidates": 0})
    if _rests_on_categories(query) and names.are_paid_to_persons(query.categories):
        evidence = {"candidates": 0, "paid_as_persons": True}
        return _unmatched(query, "the name may be a person's, and persons are paid so", evidence)
    return None


def _rests_on_categories(query: Query) -> bool:
    return names.payee_kind(query.name) == "unclear" and not pointers(query)


def _unmatched(
    query: Query, why: str, evidence: dict[str, Any], nearest: str | None = None, score: float | None = None
) -> Decision:
    kind = names.payee_kind(query.name)
    return Decision(query.key, None, "unmatched", None, nearest, score, kind, {**evidence, "why": why})


# -- decided by evidence ----------------------------------------------------------------------------------


def _decide(query: Query, found: Answer, limit: float) -> Decision:
    """The likeliest candidate, where it is likely enough."""
    shown = found.candidates
    is_pointed_to = bool(shown) and shown[0].agreeing_id >= 0
    enough = max(limit, _SURE) if _may_be_a_person(query) and not is_pointed_to else limit
    evidence = _evidence(query, found, enough)
    if not shown or shown[0].probability < enough:
        return _nearest(query, found, shown, evidence)
    best, *others = shown
    return Decision(
        query.key,
        best.entity_id,
        _method(query, best),
        round(best.probability, 4),
        others[0].entity_id if others else None,
        round(others[0].probability, 4) if others else None,
        "organisation",
        evidence,
    )


def _may_be_a_person(query: Query) -> bool:
    return names.payee_kind(query.name) == "unclear" and names.has_initials(query.name)


def _nearest(query: Query, found: Answer, shown: Sequence[Candidate], evidence: dict[str, Any]) -> Decision:
    """Unmatched, and what came nearest."""
    is_absent = not shown or shown[0].probability < _ABSENT
    if is_absent and found.pointed_to:
        return _unmatched(query, _NUMBER_ONLY, evidence, found.pointed_to[0], 0.0)
    if is_absent:
        return _unmatched(query, _why_absent(query), evidence)
    best, *others = shown
    is_tied = bool(others) and others[0].probability >= _CLOSE * best.probability
    why = _TIED if is_tied else "no candidate is likely enough"
    return _unmatched(query, why, evidence, best.entity_id, round(best.probability, 4))


def _why_absent(query: Query) -> str:
    if names.is_like_a_public_body(query.name):
        return "it reads like a public body, and no register holds the name"
    return "no register holds the name"


def _method(query: Query, best: Candidate) -> str:
    if best.agreeing_id >= 0:
        return pointers(query)[best.agreeing_id][0]
    if best.postcode_agrees:
        return "name_and_postcode"
    if best.is_other_name:
        return "previous_name"
    if best.is_spelled_alike:
        return "exact_name"
    return "cut_name" if best.is_beginning else "similar_name"


def _evidence(query: Query, found: Answer, enough: float) -> dict[str, Any]:
    """What a person needs to follow the decision."""
    evidence: dict[str, Any] = {
        "candidates": found.considered,
        "none": round(found.none, 4),
        "enough": enough,
    }
    if _rests_on_categories(query):
        evidence["paid_as_persons"] = False
    if found.candidates:
        best = found.candidates[0]
        evidence["read"] = best.reading
        evidence["added"] = best.added
        if query.postcode:
            evidence["postcode"] = "equal" if best.postcode_agrees else "differs"
        if best.is_inactive:
            evidence["activity"] = "not there when it was paid"
    if query.company_number or query.charity_number or query.vat_entity_id:
        evidence["published_number"] = _number_evidence(query, found)
    return evidence


def _number_evidence(query: Query, found: Answer) -> str:
    if not pointers(query):
        return "not a number of a register"
    if any(candidate.agreeing_id >= 0 for candidate in found.candidates):
        return "agrees"
    return "of an organisation with another name" if found.pointed_to else "not in the registers"
