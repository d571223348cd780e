"""What numbers and postcodes printed beside names do, and whether where a candidate is does anything.

In: the kept index and Labels. Out: for each trial how many decisions the printed thing made and how many of
those are wrong; the share of decisions that move when candidates do. Numbers and postcodes that publishers
did print are 'published'; the rest are put there by the trial and called synthetic.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from anchor_spend.resolution import index as indexes
from anchor_spend.resolution.deciding import Decision, Query, resolve_with
from anchor_spend.resolution.identifiers import COMPANY_PREFIX
from anchor_spend.resolution.index import Index
from measuring.labelled import Flags, Labels
from measuring.own import queries_of

LUTON = b"LU12BQ"
_SEED = 5


class Trial(NamedTuple):
    """One way to print something beside names, and what came of it."""

    printed: str
    is_synthetic: bool
    names: int
    by_it: int  # decisions in which what was printed agreed
    wrong_by_it: int
    accepted: int
    wrong: int


def run(folder: Path, labels: Labels) -> tuple[list[Trial], dict[str, float]]:
    """Every trial, and the share of decisions changed by each move."""
    index = indexes.load(folder)
    return [*_numbers(index, labels), *_postcodes(index, labels)], _moves(index, labels)


def _numbers(index: Index, labels: Labels) -> list[Trial]:
    rng = np.random.default_rng(_SEED)
    is_stated = np.array([source == "published_id" for source in labels.source])
    right = labels.truth.tolist()
    everyone = np.ones(len(right), dtype=bool)
    registered = np.char.replace(index.entity_ids.astype(str), COMPANY_PREFIX, "")
    plain = resolve_with(index, queries_of(labels.published, None), [])
    second = [(d.runner_up_entity_id or "").removeprefix(COMPANY_PREFIX) for d in plain]
    nearest = [number if number != own else "" for number, own in zip(second, right, strict=True)]
    trials: list[tuple[str, bool, Sequence[str], Flags]] = [
        ("the company's number, as the council states it", False, right, is_stated),
        ("the company's number", True, right, labels.has_answer & ~is_stated),
        ("the number of any other company", True, rng.choice(registered, len(everyone)).tolist(), everyone),
        ("the number of the nearest other company", True, nearest, np.array(nearest) != ""),
        ("the company's number with one digit wrong", True, _mistyped(right, rng), labels.has_answer),
    ]
    return [
        _tried(index, labels, name, synthetic, "company_number", list(map(str, values)), among)
        for name, synthetic, values, among in trials
    ]


def _mistyped(numbers: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Each number with its last digit but one changed."""
    steps = rng.integers(1, 10, len(numbers)).tolist()
    return [
        f"{number[:-2]}{(int(number[-2]) + step) % 10}{number[-1]}" if number else ""
        for number, step in zip(map(str, numbers), steps, strict=True)
    ]


def _postcodes(index: Index, labels: Labels) -> list[Trial]:
    rng = np.random.default_rng(_SEED)
    is_printed = np.array(labels.postcodes) != ""
    places = dict(zip(index.entity_ids.astype(str), index.postcodes.astype(str), strict=True))
    own = [places.get(COMPANY_PREFIX + number, "") for number in labels.truth]
    has_place = labels.has_answer & (np.array(own) != "")
    others = rng.choice(index.postcodes.astype(str), len(own)).tolist()
    everyone = np.ones(len(own), dtype=bool)
    trials: list[tuple[str, bool, Sequence[str], Flags]] = [
        ("the postcode the council prints", False, labels.postcodes, is_printed),
        ("the company's postcode in this register", True, own, has_place),
        ("any other postcode of the register", True, others, everyone),
    ]
    return [
        _tried(index, labels, name, synthetic, "name_and_postcode", list(map(str, values)), among)
        for name, synthetic, values, among in trials
    ]


def _tried(
    index: Index, labels: Labels, printed: str, synthetic: bool, method: str, values: list[str], among: Flags
) -> Trial:
    field = "company_number" if method == "company_number" else "postcode"
    decisions = resolve_with(index, queries_of(labels.published, None, **{field: values}), [])
    chosen = [(d, right) for d, right, is_in in zip(decisions, labels.truth, among, strict=True) if is_in]
    taken = [(d, right) for d, right in chosen if d.entity_id]
    by_it = [(d, right) for d, right in taken if d.method == method]
    return Trial(printed, synthetic, len(chosen), len(by_it), _wrong(by_it), len(taken), _wrong(taken))


def _wrong(decided: Sequence[tuple[Decision, str]]) -> int:
    return sum(decision.entity_id != COMPANY_PREFIX + right for decision, right in decided)


def _moves(index: Index, labels: Labels) -> dict[str, float]:
    """The share of decisions that change when candidates are moved; names only, so none may."""
    rng = np.random.default_rng(_SEED)
    queries = queries_of(labels.published, None)
    before = _outcomes(index, queries)
    moved: dict[str, Callable[[], Index]] = {
        "every company moved to Luton": lambda: _moved(index, np.ones(len(index.postcodes), dtype=bool)),
        "half of the companies moved to Luton": lambda: _moved(index, rng.random(len(index.postcodes)) < 0.5),
        "the likeliest company of each name moved to Luton": lambda: _moved(
            index, np.isin(index.entity_ids.astype(str), [str(outcome[1]) for outcome in before])
        ),
    }
    return {
        name: sum(a != b for a, b in zip(before, _outcomes(move(), queries), strict=True)) / len(before)
        for name, move in moved.items()
    }


def _moved(index: Index, who: Flags) -> Index:
    return replace(index, postcodes=np.where(who, LUTON, index.postcodes))


def _outcomes(index: Index, queries: Sequence[Query]) -> list[tuple[object, ...]]:
    decisions = resolve_with(index, queries, [])
    return [
        (d.entity_id, d.entity_id or d.runner_up_entity_id, d.score, d.runner_up_score) for d in decisions
    ]
