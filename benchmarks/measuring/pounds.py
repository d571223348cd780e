"""How many pounds real files show beside the labelled names.

In: the folder of real files (formats, archive). Out: pence by name as published, case and spaces aside, over
every file that can be read; only for the names asked about. Nothing is printed.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import read_formats

from measuring.labelled import Floats, Labels


def pounds_of(data: Path, labels: Labels) -> Floats:
    """Net pounds paid to each labelled name; NaN where no file prints the name."""
    total = {_key(name): 0 for name in labels.published}
    seen = set()
    for frame in _payments(data):
        sums = frame.groupby("supplier_name")["amount_pence"].sum()
        for name, pence in sums.items():
            if (key := _key(str(name))) in total:
                total[key] += int(pence)
                seen.add(key)
    keys = [_key(name) for name in labels.published]
    return np.array([max(total[key], 0) / 100 if key in seen else np.nan for key in keys])


def kinds_of_known(labels: Labels, pounds: Floats) -> Counter[str]:
    """How many names of each source have pounds."""
    return Counter(source for source, gbp in zip(labels.source, pounds, strict=True) if not np.isnan(gbp))


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _payments(data: Path) -> Iterator[Any]:
    yield from _of_formats(data / "formats")
    yield from _of_archive(data / "archive")


def _of_formats(folder: Path) -> Iterator[Any]:
    """Files the truth of benchmarks/read_formats.py knows how to read; what is refused is left out."""
    from anchor_spend.errors import UnreadableFileError

    paths = {read_formats.short_sha(path): path for path in _files(folder.rglob("*"))}
    with read_formats.TRUTH.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["supplier"] != "none"]
    for row in rows:
        try:
            yield read_formats.conformed_file(paths[row["sha256"]], row).payments
        except UnreadableFileError:
            continue


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    yield from (path for path in sorted(paths) if path.is_file())


def _of_archive(folder: Path) -> Iterator[Any]:
    from anchor_spend.conform import conform
    from anchor_spend.readers import read_tables
    from anchor_spend.spec import load_publisher

    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["stream"] == "payments"]
    for row in rows:
        body = load_publisher(row["publisher_id"])
        data = (folder / row["file"]).read_bytes()
        tables = read_tables(data, row["sha256"], body.streams["payments"].format)
        yield conform(tables, body, "payments", row["period"], row["sha256"]).payments
