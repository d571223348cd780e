"""A publisher whose pages cannot be read: the others are released, and the release says what is missing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from anchor_spend.settings import PROJECT
from pipeline import Pipeline

pytestmark = [pytest.mark.airflow, pytest.mark.database]

FAILING, OTHER = "bedfordshire_police", "university_of_bedfordshire"


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """The specs, with one listing page that is not there."""
    folder = tmp_path / "publishers"
    shutil.copytree(PROJECT / "plugins" / "publishers", folder)
    path = folder / f"{FAILING}.yml"
    text = path.read_text()
    assert "/financial-information/\n" in text
    path.write_text(text.replace("/financial-information/\n", "/moved-away/\n"))
    return folder


@pytest.fixture
def pipeline(tmp_path: Path, sample_county: Path) -> Iterator[Pipeline]:
    pipeline = Pipeline(tmp_path / "home")
    shutil.copytree(sample_county, pipeline.home / "sample")
    yield pipeline
    pipeline.call("down")  # only an interrupted test leaves anything to stop


def test_a_failing_publisher_leaves_the_others_running(pipeline: Pipeline, specs: Path) -> None:
    told = pipeline.run(
        *("--publishers", f"{FAILING},{OTHER}", "--from", "2018-10"), ANCHOR_SPEND_PUBLISHERS=str(specs)
    )
    assert f"discover ({FAILING})" in told, "the summary names what failed"
    assert "no listing page can be read" in told
    silent = next(line for line in told.splitlines() if "Not one file" in line)
    assert f"{FAILING} payments" in silent, "and what is missing because of it"
    files = pipeline.query("select publisher_id, status from file_conservation")
    assert set(files["publisher_id"]) == {OTHER}
    assert set(files["status"]) == {"accepted"}
    assert len(files) == 6
    coverage = pipeline.query(f"select status from coverage where publisher_id = '{FAILING}'")
    assert set(coverage["status"]) == {"missing"}
