"""Precision, recall and F1 of scored answers, judged by thresholds of the other half.

In: for each name a score, whether the best company is right, and the Labels. Out: what is accepted, figures
with 95% intervals (companies drawn anew with their names, a thousand times), curves, calibration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from measuring.labelled import Flags, Floats, Labels

DRAWS = 1_000
GOALS = (0.999, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9)
_SEED = 11


class Interval(NamedTuple):
    """A figure and its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


@dataclass(frozen=True)
class Answers:
    """What one method answered to one list of names."""

    score: Floats
    is_right: Flags

    def only(self, chosen: Flags) -> "Answers":
        """Of some of the names."""
        return Answers(self.score[chosen], self.is_right[chosen])


class Figures(NamedTuple):
    """Of the names accepted: how many are right, and how many of those with an answer are."""

    precision: Interval
    recall: Interval
    f1: Interval


def accepted(answers: Answers, labels: Labels, goal: float | None) -> Flags:
    """What scores at least the threshold that suits the other half.

    Without a goal that of the highest F1, else the least at which so many of the other half's are right.
    """
    taken = np.zeros(len(labels.half), dtype=bool)
    for part in (0, 1):
        there = labels.half != part
        least = _threshold(answers.score[there], answers.is_right[there], labels.has_answer[there], goal)
        taken |= (labels.half == part) & (answers.score >= least)
    return taken & (answers.score > 0)


def _threshold(score: Floats, is_right: Flags, has_answer: Flags, goal: float | None) -> float:
    order = np.argsort(-score, kind="stable")
    is_last = np.diff(score[order], append=-np.inf) != 0  # equal scores are taken together
    hits, taken = np.cumsum(is_right[order]), np.arange(1, len(order) + 1)
    if goal is None:
        f1 = np.where(is_last, 2 * hits / (taken + has_answer.sum()), -1)
        return float(score[order][f1.argmax()])
    good = np.flatnonzero(is_last & (hits / taken >= goal) & (score[order] > 0))
    return float(score[order][good[-1]]) if len(good) else float("inf")


def measure(taken: Flags, is_right: Flags, labels: Labels, weight: Floats | None = None) -> Figures:
    """Figures of what was accepted; weighted where weights are given."""
    each = np.ones(len(taken)) if weight is None else weight
    parts = (taken & is_right, taken, labels.has_answer)
    sums = np.column_stack([np.bincount(labels.group, each * part) for part in parts])
    return Figures(
        *(_interval(column) for column in _shares(np.vstack([sums.sum(axis=0), _redrawn(sums)])).T)
    )


def share(hits: Flags, among: Flags, labels: Labels) -> Interval:
    """How many of some names are hits; names of one company are drawn together."""
    sums = np.column_stack([np.bincount(labels.group, part) for part in (hits & among, among)])
    drawn = np.vstack([sums.sum(axis=0), _redrawn(sums)])
    return _interval(drawn[:, 0] / np.maximum(drawn[:, 1], 1))


def _redrawn(sums: npt.NDArray[Any]) -> Floats:
    """The sums over as many companies drawn with replacement, a row a draw."""
    drawn = np.random.default_rng(_SEED).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), DRAWS)
    total: Floats = drawn @ sums
    return total


def _shares(sums: Floats) -> Floats:
    hits, taken, answers = sums.T
    return np.column_stack(
        [hits / np.maximum(taken, 1e-9), hits / np.maximum(answers, 1e-9), 2 * hits / (taken + answers)]
    )


def _interval(values: Floats) -> Interval:
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Interval(float(values[0]), float(low), float(high))


def curve(answers: Answers, labels: Labels) -> list[tuple[float, float, float]]:
    """For each of GOALS: the precision and the recall had, thresholds from the other half."""
    found = []
    for goal in GOALS:
        taken = accepted(answers, labels, goal)
        hits = int((taken & answers.is_right).sum())
        found.append((goal, hits / max(int(taken.sum()), 1), hits / int(labels.has_answer.sum())))
    return found


def calibration(answers: Answers, bounds: Sequence[float]) -> list[tuple[float, float, int, float, float]]:
    """For each range of probability: its bounds, how many names, what was promised and what was kept."""
    found = []
    for low, high in pairwise(bounds):
        here = (answers.score >= low) & (answers.score < high) & (answers.score > 0)
        if here.any():
            kept = float(answers.is_right[here].mean())
            found.append((low, high, int(here.sum()), float(answers.score[here].mean()), kept))
    return found
