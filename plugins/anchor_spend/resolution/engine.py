"""Names in, candidates with probabilities out.

In: questions (a name, the numbers and the postcode printed beside it, when it was paid) and an index. Out: an
Answer for each, in their order, its candidates best first. A printed number or postcode counts beside the
name, never instead of it; where a candidate is counts for nothing else.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np

from anchor_spend.resolution import activity, candidates, evidence, model
from anchor_spend.resolution.activity import ANY_DAY, Days
from anchor_spend.resolution.asking import Asked, ask
from anchor_spend.resolution.candidates import Pairs
from anchor_spend.resolution.evidence import GROUPS
from anchor_spend.resolution.index import NEVER, OTHER, Index, spread
from anchor_spend.resolution.model import Model
from anchor_spend.resolution.readings import KINDS
from anchor_spend.resolution.wording import Flags, Floats, Integers

_BATCH = 500  # names worked at once
_WORTH_PROCESSES = 6  # batches
_SHOWN = 3  # candidates of an answer
_LEAST_SHOWN = 0.0001  # probability
_NUMBER = (
    12.0  # what a printed number that agrees adds to the log odds: no doubt, where the names share a word
)
_POSTCODE = 6.0  # many companies share an address
_INACTIVE = -6.0  # an organisation that was not yet, or no longer, there when it was paid
_COUNTS = 0.01  # the probability from which on it matters whether a candidate was there
_TELLING = 5.0  # the weight of a word that a postcode cannot explain away, where either name has one
_LEAST_SHARED = 4.0  # the weight of words in common that a printed number or postcode needs

_SPELLED, _BEGINS = evidence.COLUMNS.index("spelled"), evidence.COLUMNS.index("cut_begins")


class Question(NamedTuple):
    """A name to resolve; ids are those of the organisations that printed numbers point to."""

    name: str
    ids: tuple[str, ...] = ()
    postcode: str = ""  # in capitals without spaces
    cut_at: int | None = None
    paid_from: int = NEVER  # days since 1970
    paid_to: int = -NEVER


class Candidate(NamedTuple):
    """An organisation that a name may mean."""

    entity_id: str
    probability: float
    reading: str  # the way the name was read
    is_other_name: bool
    is_spelled_alike: bool
    is_beginning: bool
    agreeing_id: int  # the place in the question's ids of one that points to it, -1 for none
    postcode_agrees: bool
    is_inactive: bool
    added: dict[str, float]  # to the log odds, by group of evidence


class Answer(NamedTuple):
    """The candidates of one name, best first, and the probability that it is none of the register's."""

    candidates: list[Candidate]
    none: float
    considered: int
    pointed_to: tuple[str, ...]  # the organisations that printed numbers point to
    days: Days = ANY_DAY  # of payment that would leave the answer as it is


class _Pointed(NamedTuple):
    """Question i points by its j-th id to an organisation."""

    questions: Integers
    places: Integers
    entities: Integers


class _Weighed(NamedTuple):
    """A row for each organisation that a name may mean, by its best reading and name."""

    owners: Integers  # whose candidate it is
    entities: Integers
    rows: Integers  # of the evidence
    odds: Floats
    agreeing: Integers
    postcode_agrees: Flags
    is_inactive: Flags


def answer(index: Index, questions: Sequence[Question], processes: int = 1) -> Iterator[Answer]:
    """An answer to each question, in their order; by several processes where that is worth their start."""
    if not (index.size and len(index.word_hashes) and len(index.unit_hashes)):
        yield from (Answer([], 1.0, 0, ()) for _ in questions)
        return
    batches = [questions[start : start + _BATCH] for start in range(0, len(questions), _BATCH)]
    if processes == 1 or len(batches) < _WORTH_PROCESSES or sys.platform != "linux":
        for batch in batches:
            yield from _answer_batch(index, batch)
        return
    # forked, so that the index is shared and not copied
    with ProcessPoolExecutor(processes, get_context("fork"), _set_index, (index,)) as pool:
        for answers in pool.map(_answer_of_process, batches):
            yield from answers


_index_of_process: list[Index] = []


def _set_index(index: Index) -> None:
    _index_of_process[:] = [index]


def _answer_of_process(batch: Sequence[Question]) -> list[Answer]:
    return _answer_batch(_index_of_process[0], batch)


def _answer_batch(index: Index, questions: Sequence[Question]) -> list[Answer]:
    fitted = model.load_model(index.size)
    asked = ask(index, [question.name for question in questions], [question.cut_at for question in questions])
    pointed = _pointed_to(index, questions)
    pairs = _with_pointed(index, asked, pointed, candidates.find(asked, index))
    if not len(asked.words.hashes):  # names of nothing but punctuation, or of other scripts
        pairs = Pairs(pairs.readings[:0], pairs.names[:0])
    table = evidence.weigh(asked, index, pairs)
    paid = np.array([(question.paid_from, question.paid_to) for question in questions], dtype=np.int64)
    weighed = _weigh_entities(index, asked, questions, paid, pairs, table, pointed, fitted)
    said = np.array([model.name_evidence(question.name) for question in questions])
    none = model.log_odds(said, fitted.none)
    chances, nothing = model.probabilities(weighed.odds, none, weighed.owners)
    order = np.lexsort((index.entity_ids[weighed.entities], -np.round(chances, 9), weighed.owners))
    bounds = np.searchsorted(weighed.owners[order], np.arange(len(questions) + 1)).tolist()
    targets = _targets(index, pointed, len(questions))
    days = _holding_days(index, paid, weighed, chances)
    shown = [order[first : min(last, first + _SHOWN)].tolist() for first, last in pairwise(bounds)]
    seen = np.array([i for few in shown for i in few if chances[i] >= _LEAST_SHOWN], dtype=np.int64)
    added = np.round(model.contributions(table[weighed.rows[seen]], fitted), 2).tolist()
    found = {
        i: _candidate(index, asked, pairs, table, weighed, i, float(chances[i]), row)
        for i, row in zip(seen.tolist(), added, strict=True)
    }
    return [
        Answer(
            [found[i] for i in few if i in found],
            float(nothing[place]),
            last - first,
            targets[place],
            days[place],
        )
        for place, (few, (first, last)) in enumerate(zip(shown, pairwise(bounds), strict=True))
    ]


def _pointed_to(index: Index, questions: Sequence[Question]) -> _Pointed:
    """The organisations whose ids are printed beside each name."""
    asked = [(i, j, key) for i, question in enumerate(questions) for j, key in enumerate(question.ids)]
    if not asked or not len(index.id_keys):
        return _Pointed(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
    ids = np.array([key for _, _, key in asked], dtype=index.id_keys.dtype)
    at = np.minimum(np.searchsorted(index.id_keys, ids), len(index.id_keys) - 1)
    is_known = index.id_keys[at] == ids
    places = np.array([(i, j) for i, j, _ in asked], dtype=np.int64)[is_known]
    return _Pointed(places[:, 0], places[:, 1], index.id_entities[at[is_known]].astype(np.int64))


def _targets(index: Index, pointed: _Pointed, count: int) -> list[tuple[str, ...]]:
    found: list[list[str]] = [[] for _ in range(count)]
    for question, entity in zip(pointed.questions.tolist(), pointed.entities.tolist(), strict=True):
        found[question].append(index.entity_ids[entity].decode())
    return [tuple(dict.fromkeys(ids)) for ids in found]


def _with_pointed(index: Index, asked: Asked, pointed: _Pointed, pairs: Pairs) -> Pairs:
    """The pairs, and the current name of each organisation pointed to."""
    first = np.searchsorted(asked.names, pointed.questions, side="left")
    last = np.searchsorted(asked.names, pointed.questions, side="right")
    names = index.current_names[pointed.entities].astype(np.int64)
    added = spread(first, last - first) * 2**32 + np.repeat(names, last - first)
    return Pairs(*np.divmod(np.unique(np.append(pairs.readings * 2**32 + pairs.names, added)), 2**32))


def _weigh_entities(
    index: Index,
    asked: Asked,
    questions: Sequence[Question],
    paid: Integers,
    pairs: Pairs,
    table: Floats,
    pointed: _Pointed,
    fitted: Model,
) -> _Weighed:
    owners, entities = asked.names[pairs.readings], index.entity_of[pairs.names].astype(np.int64)
    shares_words = _shares_words(table)
    agreeing = np.where(shares_words, _agreeing(pointed, owners, entities), -1)
    printed = np.array([question.postcode for question in questions], dtype="S8")[owners]
    postcode_agrees = (printed != b"") & (printed == index.postcodes[entities]) & shares_words
    postcode_agrees &= ~_tells_apart(table)
    is_inactive = np.logical_or(*activity.absences(index, paid, owners, entities))
    odds = model.log_odds(table, fitted.candidate)
    odds = odds + _NUMBER * (agreeing >= 0) + _POSTCODE * postcode_agrees + _INACTIVE * is_inactive
    order = np.lexsort((pairs.names, -odds, entities, owners))
    keys = owners[order] * 2**32 + entities[order]
    best = order[np.flatnonzero(np.diff(keys, prepend=-1))]
    agreed = agreeing[best], postcode_agrees[best], is_inactive[best]
    return _Weighed(owners[best], entities[best], best, odds[best], *agreed)


def _shares_words(table: Floats) -> Flags:
    shared, *acronyms = (
        table[:, evidence.COLUMNS.index(name)] for name in ("shared", "acronym_3", "acronym_4")
    )
    return np.asarray((shared * 5 >= _LEAST_SHARED) | (sum(acronyms) > 0))


def _tells_apart(table: Floats) -> Flags:
    """Each name has a telling word that the other lacks: two firms of one trade at one address."""
    ours, theirs = (table[:, evidence.COLUMNS.index(name)] for name in ("core_lost_ours", "core_lost_theirs"))
    return np.asarray(np.minimum(ours, theirs) * 5 >= _TELLING)


def _agreeing(pointed: _Pointed, owners: Integers, entities: Integers) -> Integers:
    """For each pair the place of the first id that points to its organisation, -1 for none."""
    if not len(pointed.questions):
        return np.full(len(owners), -1, dtype=np.int64)
    keys, first = np.unique(pointed.questions * 2**32 + pointed.entities, return_index=True)
    wanted = owners * 2**32 + entities
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, pointed.places[first[at]], -1)


def _holding_days(index: Index, paid: Integers, weighed: _Weighed, chances: Floats) -> Sequence[Days]:
    """The days of payment that would leave each answer as it is, but for a hundredth of probability.

    Of candidates that have no chance, whether there or not, the dates do not matter.
    """
    chances_if_there = np.where(weighed.is_inactive, chances * np.exp(-_INACTIVE), chances)
    counts = chances_if_there >= _COUNTS
    return activity.holding_days(index, paid, weighed.owners[counts], weighed.entities[counts])


def _candidate(
    index: Index,
    asked: Asked,
    pairs: Pairs,
    table: Floats,
    weighed: _Weighed,
    i: int,
    chance: float,
    added: list[float],
) -> Candidate:
    row = int(weighed.rows[i])
    reading, name = int(pairs.readings[row]), int(pairs.names[row])
    return Candidate(
        index.entity_ids[int(weighed.entities[i])].decode(),
        chance,
        KINDS[int(asked.kinds[reading])],
        bool(index.kinds[name] == OTHER),
        bool(table[row, _SPELLED]),
        bool(table[row, _BEGINS]),
        int(weighed.agreeing[i]),
        bool(weighed.postcode_agrees[i]),
        bool(weighed.is_inactive[i]),
        {group: value for group, value in zip(GROUPS, added, strict=True) if value},
    )
