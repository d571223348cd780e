"""Real published formats, each with a right spec: what a person can read is read, to the last row and penny.

The small ones only: benchmarks/read_formats.py reads them all. Nothing here shows a value, failing or not.
"""

import csv
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from anchor_spend.rules import RULES
from anchor_spend.settings import PROJECT

LARGEST = 300_000
REFUSED = {"ad81166b8047b73a": "dates_swapped_suspected"}  # days and months exchanged in some rows


def _benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("read_formats", PROJECT / "benchmarks" / "read_formats.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


read_formats = _benchmark()


def _small_files(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    paths = {
        read_formats.short_sha(path): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.stat().st_size <= LARGEST
    }
    with read_formats.TRUTH.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["sha256"] in paths and row["supplier"] != "none" and row["file_type"] != "pdf":
                yield paths[row["sha256"]], row


@pytest.mark.real_data
def test_every_small_format_is_read_or_refused_for_the_right_reason(real_data: Path) -> None:
    folder = real_data / "formats"
    if not folder.is_dir():
        pytest.skip("shared/data/formats not present: real-data test skipped")
    outcomes = [read_formats.read_one(path, row) for path, row in _small_files(folder)]
    assert len(outcomes) > 60
    assert {item.file: item.refused for item in outcomes if item.refused} == REFUSED
    assert [item.file for item in outcomes if not item.is_read and not item.refused] == []
    assert [item.file for item in outcomes if not item.is_conserved] == []


def test_the_truth_of_the_formats_is_whole_and_holds_no_more_than_it_should() -> None:
    with read_formats.TRUTH.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["sha256"] for row in rows}) == len(rows) == 162
    assert {what for row in rows for what in row["what"].split(" || ")} == {
        "payments", "purchase_card", "other",
    }  # fmt: skip
    for row in rows:
        if row["supplier"] != "none":
            stream = read_formats.spec_of(row).streams["payments"]
            assert ("payment_date" in stream.columns) == (row["payment_date"] != "none")
    assert all(RULES[rule].effect == "file" for rule in REFUSED.values())
    assert all(RULES[rule].effect == "excluded" for rule in read_formats.NO_LOSS)
