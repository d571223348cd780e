"""Drafts from real published formats: none crashes, none is wrong without a word, none tells a name.

The small ones only: benchmarks/draft.py measures them all. Nothing here shows a value, failing or not.
"""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from anchor_spend.draft.command import as_json
from anchor_spend.draft.proposal import draft_file
from anchor_spend.errors import UnreadableFileError
from anchor_spend.redaction import speaks_of_redaction
from anchor_spend.settings import PROJECT

LARGEST = 250_000
SHORTEST_NAME = 8  # characters: shorter ones are words of headings as well

pytestmark = pytest.mark.real_data


def _benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draft_benchmark", PROJECT / "benchmarks" / "draft.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def formats(real_data: Path) -> Path:
    folder = real_data / "formats"
    if not (folder / "INDEX.csv").exists():
        pytest.skip("shared/data/formats not present: real-data test skipped")
    return folder


def test_no_small_format_is_drafted_wrongly_without_a_question(formats: Path) -> None:
    benchmark = _benchmark()
    tasks = [task for task in benchmark.tasks(formats) if (formats / task[1]).stat().st_size <= LARGEST]
    results = [benchmark.measure(task) for task in tasks if task[2].get("file_type") != "pdf"]
    assert len(results) > 60
    assert [item.path for item in results if item.outcome == "WRONG, SILENT"] == []
    broken = {item.outcome for item in results if item.org_type == "(broken files)"}
    assert broken <= {"refused", "wrong, asks"}
    tables = [item for item in results if item.file_type in benchmark.SPREADSHEETS]
    assert sum(item.is_right and item.share_read >= 0.99 for item in tables) >= 0.9 * len(tables)


def test_no_draft_tells_a_name_of_its_file(formats: Path) -> None:
    benchmark = _benchmark()
    leaks = {}
    for _, name, truth in benchmark.tasks(formats):
        path = formats / name
        if path.stat().st_size > LARGEST or not truth or truth["file_type"] == "pdf":
            continue
        try:
            draft = draft_file(path.read_bytes(), path.name, "nowhere_council")
        except UnreadableFileError:
            continue
        names = {cell for reading in draft.readings for cell in reading.cells("supplier_name")}
        headings = " ".join(header for reading in draft.readings for header in reading.sheet.headers)
        told = json.dumps(as_json(draft), ensure_ascii=False).replace(str(draft.keys["name"]), "")
        found = [
            cell
            for cell in names
            if len(cell) >= SHORTEST_NAME and cell in told and cell not in headings
            and not speaks_of_redaction(cell)
        ]  # fmt: skip
        if found:
            leaks[name] = len(found)
    assert leaks == {}
