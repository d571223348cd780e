"""Names in, candidates with probabilities out.

In: questions (a name, and the number and postcode printed beside it) and an index. Out: an Answer for each,
in their order, its candidates best first. A printed number or postcode counts beside the name, never
instead of it; where a candidate is counts for nothing else.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from anchor_spend.resolution import candidates, evidence, model
from anchor_spend.resolution.asking import Asked, ask
from anchor_spend.resolution.candidates import Pairs
from anchor_spend.resolution.evidence import GROUPS
from anchor_spend.resolution.index import PREVIOUS, Index
from anchor_spend.resolution.model import Model
from anchor_spend.resolution.readings import KINDS
from anchor_spend.resolution.wording import Flags, Floats, Integers

_BATCH = 2_000  # names worked at once
_SHOWN = 3  # candidates of an answer
_NUMBER = (
    12.0  # what a printed number that agrees adds to the log odds: beyond doubt, where the names share a word
)
_POSTCODE = 7.0  # a postcode agrees by chance with one company in thousands
_LEAST_SHARED = 4.0  # the weight of words in common that a printed number or postcode needs


_SPELLED, _BEGINS = evidence.COLUMNS.index("spelled"), evidence.COLUMNS.index("cut_begins")


class Question(NamedTuple):
    """A name to resolve; company number and postcode in register form, '' for none."""

    name: str
    company_number: str = ""
    postcode: str = ""
    cut_at: int | None = None


class Candidate(NamedTuple):
    """A company that a name may mean."""

    company: int  # its place in the index
    company_number: str
    probability: float
    reading: str  # the way the name was read
    is_previous_name: bool
    is_spelled_alike: bool
    is_beginning: bool
    number_agrees: bool
    postcode_agrees: bool
    added: dict[str, float]  # to the log odds, by group of evidence


class Answer(NamedTuple):
    """The candidates of one name, best first, and the probability that it is none of the register's."""

    candidates: list[Candidate]
    none: float
    considered: int
    numbered: str  # the company whose number is printed, '' for none


class _Weighed(NamedTuple):
    """A row for each company that a name may mean, by its best reading and name."""

    owners: Integers  # whose candidate it is
    companies: Integers
    rows: Integers  # of the evidence
    odds: Floats
    number_agrees: Flags
    postcode_agrees: Flags


def answer(index: Index, questions: Sequence[Question]) -> Iterator[Answer]:
    """An answer to each question, in their order."""
    if not index.size:
        yield from (Answer([], 1.0, 0, "") for _ in questions)
        return
    fitted = model.load_model()
    for start in range(0, len(questions), _BATCH):
        yield from _answer_batch(index, questions[start : start + _BATCH], fitted)


def _answer_batch(index: Index, questions: Sequence[Question], fitted: Model) -> list[Answer]:
    asked = ask(index, [question.name for question in questions], [question.cut_at for question in questions])
    numbered = _numbered(index, questions)
    pairs = _with_numbered(asked, numbered, candidates.find(asked, index))
    table = evidence.weigh(asked, index, pairs)
    weighed = _weigh_companies(index, asked, questions, pairs, table, fitted)
    none = np.array([model.name_evidence(question.name) for question in questions]) @ fitted.none
    chances, nothing = model.probabilities(weighed.odds, none, weighed.owners)
    order = np.lexsort((index.company_numbers[weighed.companies], -np.round(chances, 9), weighed.owners))
    bounds = np.searchsorted(weighed.owners[order], np.arange(len(questions) + 1)).tolist()
    added = np.round(model.contributions(table[weighed.rows], fitted), 2)
    answers = []
    for place, (first, last) in enumerate(pairwise(bounds)):
        shown = order[first : min(last, first + _SHOWN)].tolist()
        found = [
            _candidate(index, asked, pairs, table, weighed, i, float(chances[i]), added[i]) for i in shown
        ]
        answers.append(
            Answer(found, float(nothing[place]), last - first, _number_of(index, int(numbered[place])))
        )
    return answers


def _numbered(index: Index, questions: Sequence[Question]) -> Integers:
    """The company whose number is printed beside each name; -1 for none."""
    numbers = np.array([question.company_number for question in questions], dtype="S8")
    if not len(index.by_number) or not (numbers != b"").any():
        return np.full(len(questions), -1, dtype=np.int64)
    at = np.searchsorted(index.company_numbers, numbers, sorter=index.by_number)
    companies = index.by_number[np.minimum(at, len(index.by_number) - 1)].astype(np.int64)
    return np.where((numbers != b"") & (index.company_numbers[companies] == numbers), companies, -1)


def _number_of(index: Index, company: int) -> str:
    return index.company_numbers[company].decode() if company >= 0 else ""


def _with_numbered(asked: Asked, numbered: Integers, pairs: Pairs) -> Pairs:
    """The pairs, and the current name of a company whose number is printed: of company i that is name i."""
    readings = np.flatnonzero(numbered[asked.names] >= 0)
    keys = [pairs.readings * 2**32 + pairs.names, readings * 2**32 + numbered[asked.names[readings]]]
    return Pairs(*np.divmod(np.unique(np.concatenate(keys)), 2**32))


def _weigh_companies(
    index: Index, asked: Asked, questions: Sequence[Question], pairs: Pairs, table: Floats, fitted: Model
) -> _Weighed:
    owners, companies = asked.names[pairs.readings], index.company_of[pairs.names].astype(np.int64)
    odds = table @ fitted.candidate
    shares_words = table[:, evidence.COLUMNS.index("shared")] * 5 >= _LEAST_SHARED
    shares_words |= (
        table[:, evidence.COLUMNS.index("acronym_3")] + table[:, evidence.COLUMNS.index("acronym_4")] > 0
    )
    printed = np.array([question.company_number for question in questions], dtype="S8")[owners]
    number_agrees = (printed != b"") & (printed == index.company_numbers[companies]) & shares_words
    printed = np.array([question.postcode for question in questions], dtype="S8")[owners]
    postcode_agrees = (printed != b"") & (printed == index.postcodes[companies]) & shares_words
    odds = odds + _NUMBER * number_agrees + _POSTCODE * postcode_agrees
    order = np.lexsort((pairs.names, -odds, companies, owners))
    keys = owners[order] * 2**32 + companies[order]
    best = order[np.flatnonzero(np.diff(keys, prepend=-1))]
    return _Weighed(
        owners[best], companies[best], best, odds[best], number_agrees[best], postcode_agrees[best]
    )


def _candidate(
    index: Index,
    asked: Asked,
    pairs: Pairs,
    table: Floats,
    weighed: _Weighed,
    i: int,
    chance: float,
    added: Floats,
) -> Candidate:
    row, company = int(weighed.rows[i]), int(weighed.companies[i])
    reading, name = int(pairs.readings[row]), int(pairs.names[row])
    return Candidate(
        company,
        index.company_numbers[company].decode(),
        chance,
        KINDS[int(asked.kinds[reading])],
        bool(index.kinds[name] == PREVIOUS),
        bool(table[row, _SPELLED]),
        bool(table[row, _BEGINS]),
        bool(weighed.number_agrees[i]),
        bool(weighed.postcode_agrees[i]),
        {group: value for group, value in zip(GROUPS, added.tolist(), strict=True) if value},
    )
