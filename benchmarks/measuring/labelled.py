"""The labelled names and the register they are measured against.

In: the folder of labels (supplier_matches_dev.csv, register_500k.parquet). Out: Labels, one place a name in
every array; the register's rows and names. Never prints a name.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from anchor_spend import names

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]
CUT = 30  # characters
COLUMNS = ["company_number", "company_name", "previous_names", "postcode"]
_DIGIT_OF_AUDIT = re.compile(r":-?\d+$")


@dataclass(frozen=True)
class Labels:
    """Names as published, and the number of the company each means; '' where none is right."""

    published: list[str]
    truth: Texts
    postcodes: list[str]
    source: list[str]  # 'published_id', 'neg:council' ...
    quality: list[str]
    is_hard: Flags  # differs from the register's name after normalisation
    is_hard_core: Flags  # differs even without legal form and THE
    half: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]  # names of one company are one group

    @property
    def is_shortened(self) -> Flags:
        """Names that a cut at CUT characters shortens."""
        return np.array([len(name) > CUT for name in self.published])

    @property
    def has_answer(self) -> Flags:
        flags: Flags = self.truth != ""
        return flags

    def cut(self, width: int | None) -> list[str]:
        """The names as a publisher with such a width would print them."""
        return [name[:width].strip() for name in self.published]

    def only(self, chosen: Flags) -> "Labels":
        """Some of the labels."""
        places = np.flatnonzero(chosen).tolist()
        texts: dict[str, Any] = {
            name: [getattr(self, name)[place] for place in places]
            for name in ("published", "postcodes", "source", "quality")
        }
        arrays: dict[str, Any] = {
            name: getattr(self, name)[chosen] for name in ("truth", "is_hard", "is_hard_core", "half")
        }
        return replace(self, **texts, **arrays, group=np.unique(self.group[chosen], return_inverse=True)[1])


def read_labels(path: Path) -> Labels:
    """The labels of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    published = [row["query_name"] for row in rows]
    truth = np.array([row["true_company_number"] for row in rows])
    keys = [number or names.normalise_name(name) for number, name in zip(truth, published, strict=True)]
    return Labels(
        published,
        truth,
        [row["published_postcode"] for row in rows],
        [_DIGIT_OF_AUDIT.sub("", row["source"]) for row in rows],
        [row["label_quality"] for row in rows],
        np.array([row["hard"] == "True" for row in rows]),
        np.array([row["hard_core"] == "True" for row in rows]),
        np.array([_half(key) for key in keys]),
        np.unique(keys, return_inverse=True)[1],
    )


def _half(key: str) -> int:
    return int(hashlib.sha256(f"half {key}".encode()).hexdigest(), 16) % 2


def register_rows(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Number, name, other names ('; ' between) and postcode of each company."""
    for batch in pq.ParquetFile(path).iter_batches(50_000, columns=COLUMNS):
        columns = (batch.column(name).to_pylist() for name in COLUMNS)
        for number, name, others, postcode in zip(*columns, strict=True):
            yield number, name or "", others or "", postcode or ""


def register_names(path: Path) -> tuple[list[str], Texts]:
    """Every name of the register without legal form, and whose each is."""
    found, owners = [], []
    for number, name, others, _ in register_rows(path):
        for text in [name, *(others.split("; ") if others else [])]:
            found.append(names.name_without_legal_form(text))
            owners.append(number)
    return found, np.array(owners)
