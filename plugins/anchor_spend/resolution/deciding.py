"""One decision for each supplier as published, against a register of companies and the public bodies.

In: suppliers (name, and the company number and postcode printed beside it), an index of companies, public
bodies. Out: one Decision each, explained; "unmatched" is a decision too. Refuses to guess: of two
candidates that cannot be told apart neither is taken, a person's name and a redaction are never matched to
a company, and nothing about where a candidate is counts for it, except that a postcode the publisher
printed equals the candidate's.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from anchor_spend import names
from anchor_spend.resolution import index as indexes
from anchor_spend.resolution.engine import Answer, Candidate, Question, answer
from anchor_spend.resolution.index import Index
from anchor_spend.resolution.model import load_model

COMPANY_PREFIX = "GB-COH-"
_BODY_SCORE = 0.99
_CHUNK = 50_000  # companies held as rows at once
_TIED = "several candidates cannot be told apart"
_NUMBER_ONLY = "only the published number points to it, and the names share no word"
NEEDS_A_PERSON = frozenset({_TIED, _NUMBER_ONLY})
_ABSENT = 0.05  # a best candidate less likely than this is as good as none
_LEAST_SHOWN = 0.0001
_CLOSE = 0.5  # of the best candidate's probability: a second one beyond it makes a tie


class Query(NamedTuple):
    """A supplier as published."""

    key: str
    name: str
    company_number: str = ""
    postcode: str = ""
    name_cut_at: int | None = None


class Company(NamedTuple):
    """A row of the company register."""

    company_number: str
    company_name: str
    previous_names: Sequence[str] = ()
    postcode: str | None = None


class Body(NamedTuple):
    """A public body and every name it goes by."""

    entity_id: str
    names: Sequence[str]
    postcode: str | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided about one supplier; entity_id None means unmatched.

    An unmatched supplier's runner-up is the candidate that came nearest.
    """

    key: str
    entity_id: str | None
    method: str
    score: float | None
    runner_up_entity_id: str | None
    runner_up_score: float | None
    payee_kind: names.PayeeKind
    evidence: dict[str, Any]


def resolve(queries: Sequence[Query], companies: Iterable[Company], bodies: Iterable[Body]) -> list[Decision]:
    """One decision for each query, in their order."""
    return resolve_with(build_index(companies), queries, bodies)


def build_index(companies: Iterable[Company]) -> Index:
    """An index of a register, read once."""
    company_names: list[str] = []
    previous_names: list[str] = []
    numbers, postcodes = [np.zeros(0, dtype="S8")], [np.zeros(0, dtype="S8")]
    rows = iter(companies)
    while chunk := list(islice(rows, _CHUNK)):
        numbers.append(np.array([company.company_number for company in chunk], dtype="S8"))
        postcodes.append(np.array([compact_postcode(company.postcode) for company in chunk], dtype="S8"))
        company_names.extend(company.company_name for company in chunk)
        previous_names.extend("; ".join(company.previous_names or ()) for company in chunk)
    return indexes.build(np.concatenate(numbers), company_names, previous_names, np.concatenate(postcodes))


def resolve_with(index: Index, queries: Sequence[Query], bodies: Iterable[Body]) -> list[Decision]:
    """One decision for each query, in their order, with an index made before."""
    decided = _find_bodies(queries, bodies)
    decided.update((query.key, kept_out) for query in queries if (kept_out := _keep_out(query, decided)))
    asked = [query for query in queries if query.key not in decided]
    for query, found in zip(asked, answer(index, [_question(query) for query in asked]), strict=True):
        decided[query.key] = _decide(query, found)
    return [decided[query.key] for query in queries]


def _question(query: Query) -> Question:
    number = pad_company_number(query.company_number)
    return Question(query.name, number, compact_postcode(query.postcode), query.name_cut_at)


def pad_company_number(number: str) -> str:
    """A published company number in its register form ('1234567' -> '01234567'); '' when it cannot be one."""
    text = "".join(number.split()).upper()
    if text.isdigit() and 5 <= len(text) <= 8:
        return text.zfill(8)
    if text[:2].isalpha() and text[2:].isdigit() and 3 <= len(text) <= 8:
        return text[:2] + text[2:].zfill(6)
    return ""


def compact_postcode(postcode: str | None) -> str:
    """A postcode as compared: capitals without spaces."""
    return "".join((postcode or "").split()).upper()


# -- decided by the name alone ----------------------------------------------------------------------------


def _find_bodies(queries: Sequence[Query], bodies: Iterable[Body]) -> dict[str, Decision]:
    """Decisions by query key; a body's own name goes before another's alias."""
    by_name: dict[str, set[str]] = defaultdict(set)
    by_alias: dict[str, set[str]] = defaultdict(set)
    for body in bodies:
        for name, target in [(body.names[0], by_name), *((alias, by_alias) for alias in body.names[1:])]:
            target[_body_form(name)].add(body.entity_id)
    forms = ((query, _body_form(query.name)) for query in queries)
    found = ((query, sorted(by_name.get(form) or by_alias.get(form) or ())) for query, form in forms)
    return {query.key: _decide_body(query, entities) for query, entities in found if entities}


def _body_form(name: str) -> str:
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
    return None


def _unmatched(
    query: Query, why: str, evidence: dict[str, Any], nearest: str | None = None, score: float | None = None
) -> Decision:
    kind = names.payee_kind(query.name)
    return Decision(query.key, None, "unmatched", None, nearest, score, kind, {**evidence, "why": why})


# -- decided by evidence ----------------------------------------------------------------------------------


def _decide(query: Query, found: Answer) -> Decision:
    """The likeliest candidate, where it is likely enough."""
    evidence = _evidence(query, found)
    shown = [candidate for candidate in found.candidates if candidate.probability >= _LEAST_SHOWN]
    if not shown or shown[0].probability < load_model().accept:
        return _nearest(query, found, shown, evidence)
    best, *others = shown
    return Decision(
        query.key,
        COMPANY_PREFIX + best.company_number,
        _method(best),
        round(best.probability, 4),
        COMPANY_PREFIX + others[0].company_number if others else None,
        round(others[0].probability, 4) if others else None,
        "organisation",
        evidence,
    )


def _nearest(query: Query, found: Answer, shown: Sequence[Candidate], evidence: dict[str, Any]) -> Decision:
    """Unmatched, and what came nearest."""
    is_absent = not shown or shown[0].probability < _ABSENT
    if is_absent and found.numbered:
        return _unmatched(query, _NUMBER_ONLY, evidence, COMPANY_PREFIX + found.numbered, 0.0)
    if is_absent:
        return _unmatched(query, _why_absent(query), evidence)
    best, *others = shown
    is_tied = bool(others) and others[0].probability >= _CLOSE * best.probability
    why = _TIED if is_tied else "no candidate is likely enough"
    return _unmatched(query, why, evidence, COMPANY_PREFIX + best.company_number, round(best.probability, 4))


def _why_absent(query: Query) -> str:
    if names.is_like_a_public_body(query.name):
        return "it reads like a public body, and no register holds the name"
    return "no register holds the name"


def _method(best: Candidate) -> str:
    if best.number_agrees:
        return "company_number"
    if best.postcode_agrees:
        return "name_and_postcode"
    if best.is_previous_name:
        return "previous_name"
    if best.is_spelled_alike:
        return "exact_name"
    return "cut_name" if best.is_beginning else "similar_name"


def _evidence(query: Query, found: Answer) -> dict[str, Any]:
    """What a person needs to follow the decision."""
    evidence: dict[str, Any] = {"candidates": found.considered, "none": round(found.none, 4)}
    if found.candidates:
        best = found.candidates[0]
        evidence["read"] = best.reading
        evidence["added"] = best.added
        if query.postcode:
            evidence["postcode"] = "equal" if best.postcode_agrees else "differs"
    if query.company_number:
        evidence["published_number"] = _number_evidence(query, found)
    return evidence


def _number_evidence(query: Query, found: Answer) -> str:
    number = pad_company_number(query.company_number)
    if not number:
        return "not a company number"
    if any(candidate.number_agrees for candidate in found.candidates):
        return "agrees"
    return "of a company with another name" if found.numbered else "not in the register"
