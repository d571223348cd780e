"""Where the engine is confident and a label says otherwise, and who was found to be right.

In: the shipped engine's decisions, Labels, and benchmarks/label_disagreements.csv: one row a label looked
at, known by its line in the file of labels and by a hash of the company the engine found. Out: counts by
kind, verdict and reason; those that nobody has judged yet count as such. Never a name.
"""

import csv
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from measuring.labelled import Labels
from measuring.own import Decided

VERDICTS = Path(__file__).parents[1] / "label_disagreements.csv"
CONFIDENT = 0.5
FIRST_LINE = 2  # of the file of labels: the header is line 1
NOT_JUDGED = {"verdict": "not judged", "reason": ""}


def found(decided: Decided, labels: Labels) -> list[tuple[int, str]]:
    """(place, company) of each accepted answer, or likely one, that a label contradicts."""
    return [
        (place, str(company))
        for place, (company, chance) in enumerate(zip(decided.likeliest, decided.probability, strict=True))
        if chance >= CONFIDENT and company != labels.truth[place]
    ]


def kind_of(labels: Labels, place: int) -> str:
    """What the label says instead."""
    source = labels.source[place]
    if not source.startswith("neg:"):
        return f"another company ({source})"
    return f"no company ({source.removeprefix('neg:')})"


def judged(decided: Decided, labels: Labels) -> dict[str, Any]:
    """Counts of disagreements by kind, verdict and reason."""
    with VERDICTS.open(encoding="utf-8", newline="") as lines:
        verdicts = {(row["label"], row["answer_sha256"]): row for row in csv.DictReader(lines)}
    counts: Counter[tuple[str, str, str]] = Counter()
    for place, company in found(decided, labels):
        row = verdicts.get((str(place + FIRST_LINE), _hash(company)), NOT_JUDGED)
        counts[kind_of(labels, place), row["verdict"], row["reason"]] += 1
    return {"confident": CONFIDENT, "rows": [[*key, count] for key, count in sorted(counts.items())]}


def _hash(company: str) -> str:
    return hashlib.sha256(company.encode()).hexdigest()[:16]
