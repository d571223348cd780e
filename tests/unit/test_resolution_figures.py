"""The figures of name resolution: how they are reckoned, printed and guarded. All names are invented.

The guard runs the engine as it ships over the real labels when they are there; no name is printed, failing
or not.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from measuring import guard, page, peers, scores
from measuring.labelled import COLUMNS, Labels, read_labels

from anchor_spend.resolution import deciding, files
from anchor_spend.resolution.building import build
from anchor_spend.resolution.index import Index
from anchor_spend.settings import PROJECT

BENCHMARKS = PROJECT / "benchmarks"
FLOOR = json.loads((BENCHMARKS / "resolve_floor.json").read_text(encoding="utf-8"))


def labels_of(truth: list[str], half: list[int] | None = None) -> Labels:
    """Labels of as many companies; published names do not matter here."""
    count = len(truth)
    nothing = np.zeros(count, dtype=bool)
    halves = np.array(half if half is not None else [0, 1] * (count // 2))
    return Labels(
        [""] * count, np.array(truth), [""] * count, [""] * count, [""] * count,
        nothing, nothing, halves, np.arange(count),
    )  # fmt: skip


# -- how figures are reckoned --------------------------------------------------------------------------------


def test_a_half_is_judged_by_the_threshold_of_the_other():
    labels = labels_of(["1", "2", "3", "4"], half=[0, 0, 1, 1])
    answers = scores.Answers(np.array([0.9, 0.5, 0.8, 0.4]), np.array([True, False, True, True]))
    # half 0 is best cut at 0.9, half 1 at 0.4; each is judged by the other's
    assert scores.accepted(answers, labels, None).tolist() == [True, True, False, False]


def test_precision_recall_and_f1():
    labels = labels_of(["1", "2", "3", ""])
    taken, right = np.array([True, True, False, True]), np.array([True, False, True, False])
    figures = scores.measure(taken, right, labels)
    assert [figure.value for figure in figures] == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    for figure in figures:
        assert 0 <= figure.low <= figure.value <= figure.high <= 1
    weighted = scores.measure(taken, right, labels, np.array([8.0, 1.0, 1.0, 1.0]))
    assert [figure.value for figure in weighted] == pytest.approx([0.8, 0.8, 0.8])


def test_equal_scores_are_taken_together():
    labels = labels_of(["1", "2", "3", "4"], half=[0, 0, 1, 1])
    answers = scores.Answers(np.array([1.0, 1.0, 1.0, 1.0]), np.array([True, False, True, True]))
    assert scores.accepted(answers, labels, 0.99).tolist() == [True, True, False, False]


def test_what_scores_nothing_is_never_taken():
    labels = labels_of(["1", "", "3", ""])
    answers = scores.Answers(np.zeros(4), np.zeros(4, dtype=bool))
    assert not scores.accepted(answers, labels, None).any()


# -- peers

REGISTER = [
    ("01000001", "QUILLMERE CATERING LIMITED", "BLUE DOOR FOODS LIMITED", ""),
    ("01000002", "QUILLMERE LAUNDRY LIMITED", "", ""),
    ("01000003", "TWINFORD LTD", "", ""),
    ("01000004", "TWINFORD LTD.", "", ""),
]


@pytest.fixture(scope="module")
def small_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("register") / "register.parquet"
    columns = list(map(list, zip(*REGISTER, strict=True)))
    pq.write_table(pa.table(dict(zip(COLUMNS, columns, strict=True))), path)
    return path


def test_exact_match_takes_one_company_only(small_register: Path):
    found = peers.exact(small_register, [["Quillmere Catering", "Blue Door Foods plc", "Twinford", "Other"]])
    assert found.best[0].tolist() == ["01000001", "01000001", "", ""]


@pytest.mark.parametrize("method", [peers.token_sort, peers.wratio])
def test_rapidfuzz_answers_within_the_block(small_register: Path, method: peers.Method):
    found = method(small_register, [["Quillmere Cattering", "Elsewhere Catering"], ["Quillmere Laund"]])
    assert [best.tolist() for best in found.best] == [["01000001", ""], ["01000002"]]
    assert found.score[0][0] > 80 and found.score[0][1] == 0
    assert set(found.seconds) == {"build", "query"}


def test_peers_are_no_part_of_the_pipeline():
    def pinned(lock: Path) -> set[str]:
        lines = lock.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if "://" in line]
        return {line.partition("==")[0] for line in lines if "==" in line}

    only_peers = {"duckdb", "scikit-learn", "sparse-dot-topn", "splink"}
    assert only_peers <= pinned(BENCHMARKS / "requirements.lock")
    assert not only_peers & pinned(PROJECT / "requirements.lock")


# -- the page ------------------------------------------------------------------------------------------------


def test_the_page_is_what_the_figures_say():
    figures = json.loads((BENCHMARKS / "resolution_figures.json").read_text(encoding="utf-8"))
    assert (PROJECT / "docs" / "resolution.md").read_text(encoding="utf-8") == page.rendered(figures)


# -- the guard -----------------------------------------------------------------------------------------------


def kept(right: list[bool], wrong: list[bool]) -> dict[str, Any]:
    truth = labels_of(["1"] * len(right))
    accepted = np.select([right, wrong], ["1", "2"], "")
    return {"labels": "same", "as published": guard.outcome(accepted, truth)}


@pytest.mark.parametrize(
    ("right_now", "wrong_now", "fallen"),
    [
        (60, 2, []),
        (70, 0, []),
        (57, 2, []),  # three names less are noise
        (50, 2, ["recall"]),
        (60, 5, []),
        (60, 12, ["precision"]),
        (20, 40, ["precision", "recall"]),
    ],
)
def test_the_guard_tells_a_fall_from_noise(right_now, wrong_now, fallen):
    def outcome(right: int, wrong: int) -> dict[str, Any]:
        places = np.arange(100)
        return kept(list(places < right), list(places >= 100 - wrong))

    found = guard.compare(outcome(60, 2), outcome(right_now, wrong_now))
    assert [line.split(": ")[1].split()[0] for line in found] == fallen


def test_the_guard_refuses_other_labels():
    assert "other labels" in guard.compare(kept([True], [False]), kept([True], [False]) | {"labels": "x"})[0]


@pytest.fixture(scope="module")
def real_labels(real_data: Path) -> Labels:
    path = real_data / "labelled" / "supplier_matches_dev.csv"
    if not path.exists():
        pytest.skip("shared/data/labelled not present: real-data test skipped")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == FLOOR["labels"]
    return read_labels(path)


@pytest.fixture(scope="module")
def real_index(real_data: Path, real_labels: Labels) -> Index:
    return build(files.register_of(real_data / "labelled" / "register_500k.parquet"))


def fallen(index: Index, labels: Labels) -> list[str]:
    lines = guard.compare(FLOOR, {"labels": FLOOR["labels"], **guard.decide(index, labels)})
    return sorted({line.split(": ")[1].split()[0] for line in lines})


@pytest.mark.real_data
def test_precision_and_recall_have_not_fallen(real_index: Index, real_labels: Labels):
    assert fallen(real_index, real_labels) == []


@pytest.mark.real_data
@pytest.mark.parametrize(("accept", "expected"), [(0.2, "precision"), (0.995, "recall")])
def test_the_guard_fails_for_a_spoilt_engine(real_index, real_labels, monkeypatch, accept, expected):
    spoilt = deciding.load_model(real_index.size)._replace(accept=accept)
    monkeypatch.setattr(deciding, "load_model", lambda size: spoilt)
    assert expected in fallen(real_index, real_labels)
