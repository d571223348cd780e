"""This engine: built, kept, loaded and asked as it ships, and fitted on the other half.

In: files of registers, Labels. Out: its seconds; for names as published and cut the answers of the shipped
model (in-sample coefficients: it was fitted on these labels) and those of coefficients and thresholds of the
other half; how often the right company is a candidate at all.
"""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fit_resolution
import numpy as np

from anchor_spend.resolution import building, files
from anchor_spend.resolution import index as indexes
from anchor_spend.resolution.asking import ask as ask_about
from anchor_spend.resolution.deciding import Decision, Query, resolve_with
from anchor_spend.resolution.identifiers import COMPANY_PREFIX
from anchor_spend.resolution.index import Index
from measuring.labelled import CUT, Flags, Labels, Texts
from measuring.peers import Clock
from measuring.scores import Answers

WIDTHS = (None, CUT)
ROUNDS = 5  # enough names for several processes
INVENTED = f"{COMPANY_PREFIX}Z".encode()  # as large_register.py numbers them


@dataclass(frozen=True)
class Decided:
    """Decisions as columns: accepted company, band, method, likeliest company and its probability."""

    accepted: Texts
    band: Texts
    method: Texts
    likeliest: Texts
    probability: Any


def build(register: Path, folder: Path) -> float:
    """Build and keep an index; returns seconds."""
    clock = Clock()
    indexes.save(building.build(files.register_of(register)), folder)
    return clock.lap()


def ask(folder: Path, labels: Labels, processes: int) -> dict[str, float]:
    """Load the index and decide the names of each width, in several rounds; the seconds of both."""
    clock = Clock()
    index = indexes.load(folder)
    load = clock.lap()
    queries = [query for width in WIDTHS for query in queries_of(labels.cut(width), width)] * ROUNDS
    clock.lap()
    resolve_with(index, queries, [], processes)
    return {"load": load, "query": clock.lap()}


def shipped(register: Path, labels: Labels, home: Path) -> list[Decided]:
    """What `anchor-spend resolve` writes for the names of each width, which it tells for itself."""
    os.environ["ANCHOR_SPEND_HOME"] = str(home)
    names_file, out_file = home / "names.csv", home / "out.csv"
    found = []
    for width in WIDTHS:
        with names_file.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows([["query_name"], *([name] for name in labels.cut(width))])
        files.resolve_files(names_file, register, out_file)
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


def cross_fitted(folder: Path, labels: Labels) -> tuple[list[Answers], list[float], Flags]:
    """Each half's answers with the other half's coefficients.

    Also the share of right companies proposed at all, and the names that an invented company bears.
    """
    index = indexes.load(folder)
    truth = np.where(labels.has_answer, np.char.add(COMPANY_PREFIX, labels.truth), "")
    cases = fit_resolution.whole_and_cut(index, labels.cut(None), truth)
    answers = [Answers(*found) for found in fit_resolution.cross_fitted(cases, labels.half)]
    proposed = [len(np.unique(part.owner[part.is_right])) / labels.has_answer.sum() for part in cases]
    return answers, proposed, _borne_by_invented(index, labels)


def _borne_by_invented(index: Index, labels: Labels) -> Flags:
    """Names that large_register.py happened to give a company: letter by letter, less the legal form."""
    asked = ask_about(index, labels.published, [None] * len(labels.published))
    is_invented = np.char.startswith(index.entity_ids[index.entity_of], INVENTED)
    borne: Flags = np.zeros(len(labels.published), dtype=bool)
    borne[asked.names[np.isin(asked.words.spelled, index.spelled[is_invented])]] = True
    return borne
