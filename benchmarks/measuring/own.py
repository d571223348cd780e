"""This engine: built, kept, loaded and asked as it ships, and fitted on the other half.

In: the register's file, Labels. Out: its seconds; for names as published and cut the answers of the shipped
model (in-sample coefficients: it was fitted on these labels) and those of coefficients and thresholds of the
other half; how often the right company is a candidate at all.
"""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fit_resolution
import numpy as np

from anchor_spend import resolve
from anchor_spend.resolution import index as indexes
from anchor_spend.resolution.deciding import Decision, Entity, Query, build_index, resolve_with
from anchor_spend.resolution.identifiers import COMPANY_PREFIX
from measuring.labelled import CUT, Labels, Texts, register_rows
from measuring.peers import Clock
from measuring.scores import Answers

WIDTHS = (None, CUT)


@dataclass(frozen=True)
class Decided:
    """Decisions as columns: accepted company, band, method, likeliest company and its probability."""

    accepted: Texts
    band: Texts
    method: Texts
    likeliest: Texts
    probability: Any


def entities(register: Path) -> Iterator[Entity]:
    """The register in the engine's terms."""
    for number, name, others, postcode in register_rows(register):
        yield Entity(COMPANY_PREFIX + number, name, others.split("; ") if others else (), postcode)


def build(register: Path, folder: Path) -> float:
    """Build and keep an index; returns seconds."""
    clock = Clock()
    indexes.save(build_index(entities(register)), folder)
    return clock.lap()


def ask(folder: Path, labels: Labels) -> dict[str, float]:
    """Load the index and decide the names of each width; the seconds of both."""
    clock = Clock()
    index = indexes.load(folder)
    load = clock.lap()
    queries = [queries_of(labels.cut(width), width) for width in WIDTHS]
    clock.lap()
    for asked in queries:
        resolve_with(index, asked, [])
    return {"load": load, "query": clock.lap()}


def shipped(register: Path, labels: Labels, home: Path) -> list[Decided]:
    """What `anchor-spend resolve` writes for the names of each width, which it tells for itself."""
    os.environ["ANCHOR_SPEND_HOME"] = str(home)
    names_file, out_file = home / "names.csv", home / "out.csv"
    found = []
    for width in WIDTHS:
        with names_file.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows([["query_name"], *([name] for name in labels.cut(width))])
        resolve.resolve_files(names_file, register, out_file)
        with out_file.open(encoding="utf-8", newline="") as lines:
            found.append(_read(list(csv.DictReader(lines))))
    return found


def _read(rows: Sequence[dict[str, str]]) -> Decided:
    return Decided(
        np.array([row["company_number"] for row in rows]),
        np.array([row["band"] for row in rows]),
        np.array([row["method"] for row in rows]),
        np.array([row["company_number"] or row["runner_up"] for row in rows]),
        np.array([float(row["score"] or row["runner_up_score"] or 0) for row in rows]),
    )


def queries_of(published: Sequence[str], width: int | None, **printed: Sequence[Any]) -> list[Query]:
    """Names as queries, with what is printed beside each."""
    queries = [Query(str(place), name, name_cut_at=width) for place, name in enumerate(published)]
    for field, values in printed.items():
        queries = [query._replace(**{field: value}) for query, value in zip(queries, values, strict=True)]
    return queries


def accepted(decisions: Sequence[Decision]) -> Texts:
    """The company of each decision, '' where none was taken."""
    return np.array([(decision.entity_id or "").removeprefix(COMPANY_PREFIX) for decision in decisions])


def cross_fitted(folder: Path, labels: Labels) -> tuple[list[Answers], list[float]]:
    """Each half's answers with the other half's coefficients, and the share of right ones proposed at all."""
    index = indexes.load(folder)
    truth = np.where(labels.has_answer, np.char.add(COMPANY_PREFIX, labels.truth), "")
    cases = fit_resolution.whole_and_cut(index, labels.cut(None), truth)
    answers = [Answers(*fit_resolution.cross_fitted(*cases, part, labels.half)) for part in cases]
    proposed = [len(np.unique(part.owner[part.is_right])) / labels.has_answer.sum() for part in cases]
    return answers, proposed
