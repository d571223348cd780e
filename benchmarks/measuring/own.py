"""This engine: built, kept, loaded and asked as it ships, and fitted on the other half.

In: the register's file, Labels. Out: its seconds; for names as published and cut the answers of the shipped
model (in-sample coefficients: it was fitted on these labels) and those of coefficients and thresholds of the
other half; how often the right company is a candidate at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fit_resolution
import numpy as np

from anchor_spend.resolution import index as indexes
from anchor_spend.resolution.deciding import Decision, Entity, Query, build_index, resolve_with
from anchor_spend.resolution.files import band_of
from anchor_spend.resolution.identifiers import COMPANY_PREFIX
from measuring.labelled import CUT, Labels, Texts, register_rows
from measuring.peers import Clock
from measuring.scores import Answers

WIDTHS = (None, CUT)


@dataclass(frozen=True)
class Decided:
    """The engine's decisions as shipped: accepted company, band, likeliest company and its probability."""

    accepted: Texts
    band: Texts
    method: Texts
    likeliest: Texts
    probability: Any

    def answers(self, labels: Labels) -> Answers:
        """The likeliest company, accepted or not."""
        return Answers(self.probability, (self.likeliest == labels.truth) & labels.has_answer)


def entities(register: Path) -> Iterator[Entity]:
    """The register in the engine's terms."""
    for number, name, others, postcode in register_rows(register):
        yield Entity(COMPANY_PREFIX + number, name, others.split("; ") if others else (), postcode)


def build(register: Path, folder: Path) -> float:
    """Build and keep an index; returns seconds."""
    clock = Clock()
    indexes.save(build_index(entities(register)), folder)
    return clock.lap()


def ask(folder: Path, labels: Labels) -> tuple[list[Decided], dict[str, float]]:
    """Load the index and decide the names of each width as shipped; and the seconds of both."""
    clock = Clock()
    index = indexes.load(folder)
    load = clock.lap()
    queries = [queries_of(labels.cut(width), width) for width in WIDTHS]
    clock.lap()
    decisions = [resolve_with(index, asked, []) for asked in queries]
    seconds = {"load": load, "query": clock.lap()}
    return [decided(found) for found in decisions], seconds


def queries_of(published: Sequence[str], width: int | None, **printed: Sequence[str]) -> list[Query]:
    """Names as queries, with what is printed beside each."""
    queries = [Query(str(place), name, name_cut_at=width) for place, name in enumerate(published)]
    for field, values in printed.items():
        queries = [query._replace(**{field: value}) for query, value in zip(queries, values, strict=True)]
    return queries


def decided(decisions: Sequence[Decision]) -> Decided:
    """Decisions as columns."""
    nearest = [(d.entity_id or d.runner_up_entity_id or "").removeprefix(COMPANY_PREFIX) for d in decisions]
    chance = [(d.score if d.entity_id else d.runner_up_score) or 0.0 for d in decisions]
    return Decided(
        np.array([(d.entity_id or "").removeprefix(COMPANY_PREFIX) for d in decisions]),
        np.array([band_of(d) for d in decisions]),
        np.array([d.method for d in decisions]),
        np.array(nearest),
        np.array(chance),
    )


def cross_fitted(folder: Path, labels: Labels) -> tuple[list[Answers], list[float]]:
    """Each half's answers with the other half's coefficients, and the share of right ones proposed at all."""
    index = indexes.load(folder)
    truth = np.where(labels.has_answer, np.char.add(COMPANY_PREFIX, labels.truth), "")
    weights = (1.0, fit_resolution.CUT_WEIGHT)
    cases = [
        fit_resolution.cases_of(index, labels.cut(width), truth, width, weight)
        for width, weight in zip(WIDTHS, weights, strict=True)
    ]
    answers = [Answers(*fit_resolution.cross_fitted(*cases, part, labels.half)) for part in cases]
    proposed = [len(np.unique(part.owner[part.is_right])) / labels.has_answer.sum() for part in cases]
    return answers, proposed
