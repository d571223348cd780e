"""Figures of every method as plain numbers, ready to be kept and printed.

In: Labels and a method's answers. Out: nested dictionaries of counts and [figure, low, high]; no name.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from measuring.labelled import Flags, Floats, Labels
from measuring.own import Decided
from measuring.scores import Answers, Interval, accepted, calibration, curve, measure, share

CALIBRATION = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.01)
BANDS = ("accept", "review", "reject")


def of_labels(labels: Labels) -> dict[str, Any]:
    """What is measured on."""
    return {
        "names": len(labels.published),
        "with_answer": int(labels.has_answer.sum()),
        "companies": len(set(labels.truth[labels.has_answer])),
        "same": int((labels.has_answer & ~labels.is_hard).sum()),
        "hard": int(labels.is_hard.sum()),
        "hard_core": int(labels.is_hard_core.sum()),
        "shortened": int(labels.is_shortened.sum()),
        "shortened_with_answer": int((labels.is_shortened & labels.has_answer).sum()),
    }


def of_widths(answers: Sequence[Answers], labels: Labels) -> dict[str, Any]:
    """Figures of names as published, of all names cut, and of those that the cut shortens."""
    whole, cut = answers
    shortened = labels.is_shortened
    return {
        "whole": of_answers(whole, labels),
        "cut": of_answers(cut, labels),
        "shortened": of_answers(cut.only(shortened), labels.only(shortened)),
    }


def at_large(
    answers: Sequence[Answers], proposed: Sequence[float], is_borne: Flags, labels: Labels
) -> dict[str, Any]:
    """As of_widths; and once more without the names that an invented company bears."""
    others = labels.only(~is_borne)
    return of_widths(answers, labels) | {
        "proposed": list(proposed),
        "borne": int(is_borne.sum()),
        "others": of_widths([part.only(~is_borne) for part in answers], others),
    }


def of_answers(answers: Answers, labels: Labels) -> dict[str, Any]:
    """Precision, recall and F1 at the best F1, recall where 99% are right, and by difficulty."""
    best, sure = accepted(answers, labels, None), accepted(answers, labels, 0.99)
    groups = {
        "same": labels.has_answer & ~labels.is_hard,
        "hard": labels.is_hard,
        "core": labels.is_hard_core,
    }
    found = best & answers.is_right
    return {
        "best": _listed(measure(best, answers.is_right, labels)),
        "sure": _listed(measure(sure, answers.is_right, labels)),
        "by_difficulty": {name: list(share(found, among, labels)) for name, among in groups.items()},
        "curve": curve(answers, labels),
    }


def _listed(figures: tuple[Interval, ...]) -> list[list[float]]:
    return [list(figure) for figure in figures]


def by_source(answers: Answers, labels: Labels) -> dict[str, list[float]]:
    """For each source the share found, or rightly left, at the best F1; and how many names it has."""
    best = accepted(answers, labels, None)
    is_well = np.where(labels.has_answer, best & answers.is_right, ~best)
    sources = np.array(labels.source)
    return {
        source: [*share(is_well, sources == source, labels), int((sources == source).sum())]
        for source in sorted(set(labels.source), key=lambda name: (name.startswith("neg:"), name))
    }


def by_pounds(answers: Answers, labels: Labels, pounds: Floats) -> dict[str, Any]:
    """Figures weighted by pounds, of the names whose pounds are known, and the same names counted."""
    known = ~np.isnan(pounds)
    best = accepted(answers, labels, None)
    return {
        "names": int(known.sum()),
        "with_answer": int((known & labels.has_answer).sum()),
        "gbp": float(np.nansum(pounds)),
        "largest_share": float(np.nanmax(pounds) / np.nansum(pounds)),
        "weighted": _listed(measure(best, answers.is_right, labels, np.nan_to_num(pounds))),
        "counted": _listed(measure(best, answers.is_right, labels, known.astype(np.float64))),
    }


def of_calibration(answers: Answers) -> list[tuple[float, ...]]:
    """Promised and kept, by range of probability."""
    return [tuple(row) for row in calibration(answers, CALIBRATION)]


def as_shipped(decided: Decided, labels: Labels) -> dict[str, Any]:
    """What the shipped engine decides: figures of what it accepts, bands and methods."""
    taken = decided.accepted != ""
    is_right = taken & (decided.accepted == labels.truth)
    shortened = labels.is_shortened
    return {
        "figures": _listed(measure(taken, is_right, labels)),
        "shortened": _listed(measure(taken[shortened], is_right[shortened], labels.only(shortened))),
        "bands": {
            band: _band(decided, labels, decided.band == band) for band in ("accept", "review", "reject")
        },
        "absent": _absent(decided, labels, ~taken),
        "methods": {
            method: [int(count), int((is_right & (decided.method == method)).sum())]
            for method, count in Counter(decided.method[taken].tolist()).most_common()
        },
    }


def _band(decided: Decided, labels: Labels, among: Flags) -> dict[str, int]:
    """How many names, how many have an answer, and of how many it is the likeliest candidate."""
    is_first = (decided.likeliest == labels.truth) & labels.has_answer
    return {
        "names": int(among.sum()),
        "with_answer": int((among & labels.has_answer).sum()),
        "right_first": int((among & is_first).sum()),
    }


def _absent(decided: Decided, labels: Labels, among: Flags) -> dict[str, list[int]]:
    """Of names not accepted: how many are rejected outright, where the company is in the register and where
    it was taken out of it."""
    is_withheld = np.array([source.startswith("neg:withheld") for source in labels.source])
    groups = {"present": labels.has_answer, "withheld": is_withheld}
    is_rejected = decided.band == "reject"
    return {
        name: [int((among & group & is_rejected).sum()), int((among & group).sum())]
        for name, group in groups.items()
    }
