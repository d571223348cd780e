"""From evidence to probability: which candidate a name means, or none of them.

In: the evidence of every candidate of a name, and what the name itself says. Out: a probability for each
candidate and for none. The candidates and 'none' share one probability, so that each is judged beside its
rivals, and two that cannot be told apart have at most half each. The coefficients are
data/resolution_model.json, fitted by benchmarks/fit_resolution.py on registers of two sizes: the larger a
register, the more names are alike in it by chance. Sizes between them have coefficients between theirs.
"""

import json
import math
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from anchor_spend import names
from anchor_spend.resolution.evidence import COLUMNS, GROUPS
from anchor_spend.resolution.wording import Floats, Integers

NAME_COLUMNS = ("none", "unclear", "public_body", "legal_form", "words", "letters")


class Model(NamedTuple):
    """What each piece of evidence adds to the log odds of a candidate, and of none of them."""

    candidate: Floats
    none: Floats
    accept: float  # the least probability to accept


@cache
def load_model(size: int) -> Model:
    """The shipped model for a register of so many names."""
    small, large = _content()["fitted"]
    share = math.log(max(size, 1) / small["names"]) / math.log(large["names"] / small["names"])
    return _between(_model(small), _model(large), min(max(share, 0.0), 1.0))


def review_limit() -> float:
    """The least probability of a candidate to have a person look."""
    return float(_content()["review"])


@cache
def _content() -> dict[str, Any]:
    data = resources.files("anchor_spend").joinpath("data", "resolution_model.json")
    content: dict[str, Any] = json.loads(data.read_text(encoding="utf-8"))
    return content


def _model(fitted: dict[str, Any]) -> Model:
    return Model(
        np.array([fitted["candidate"][name] for name in COLUMNS]),
        np.array([fitted["none"][name] for name in NAME_COLUMNS]),
        fitted["accept"],
    )


def _between(one: Model, other: Model, share: float) -> Model:
    return Model(
        one.candidate + share * (other.candidate - one.candidate),
        one.none + share * (other.none - one.none),
        round(one.accept + share * (other.accept - one.accept), 3),
    )


def name_evidence(published: str) -> list[float]:
    """What a name says of itself, in the order of NAME_COLUMNS."""
    bare = names.name_without_legal_form(published)
    return [
        1.0,
        float(names.payee_kind(published) == "unclear"),
        float(names.is_like_a_public_body(published)),
        float(bool(names.legal_form(names.normalise_name(published)))),
        min(len(bare.split()), 6) / 3,
        min(len(published), 40) / 20,
    ]


def log_odds(table: Floats, coefficients: Floats) -> Floats:
    """What the evidence of each row adds up to. Not `@`: its threads would take others' cores."""
    added: Floats = np.einsum("ij,j->i", table, coefficients)
    return added


def probabilities(odds: Floats, none: Floats, owners: Integers) -> tuple[Floats, Floats]:
    """Of each candidate (log odds, and whose it is), and of none for each name."""
    highest = none.copy()
    np.maximum.at(highest, owners, odds)
    candidates, nothing = np.exp(odds - highest[owners]), np.exp(none - highest)
    total = nothing + np.bincount(owners, candidates, minlength=len(none))
    return candidates / total[owners], nothing / total


def contributions(table: Floats, model: Model) -> Floats:
    """What each of GROUPS (a column) adds to the log odds of each row's candidate."""
    added: Floats = np.einsum("ij,jk->ik", table * model.candidate, _group_of_column())
    return added


@cache
def _group_of_column() -> Floats:
    return np.array(
        [[name in columns.split() for columns in GROUPS.values()] for name in COLUMNS], dtype=np.float64
    )
