"""Where the engine is confident and a label says otherwise, and who was found to be right.

In: the shipped engine's decisions, Labels, and benchmarks/label_disagreements.csv: one row a label looked
at, known by its place in the file of labels and by the company the engine found. Out: counts by kind,
verdict and reason; the places that nobody has judged yet. Never a name.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from measuring.labelled import Labels
from measuring.own import Decided

VERDICTS = Path(__file__).parents[1] / "label_disagreements.csv"
CONFIDENT = 0.5


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
        verdicts = {(int(row["label"]), row["company_number"]): row for row in csv.DictReader(lines)}
    counts: Counter[tuple[str, str, str]] = Counter()
    for place, company in found(decided, labels):
        row = verdicts.get((place + 2, company), {"verdict": "not judged", "reason": ""})
        counts[kind_of(labels, place), row["verdict"], row["reason"]] += 1
    return {"confident": CONFIDENT, "rows": [[*key, count] for key, count in sorted(counts.items())]}
