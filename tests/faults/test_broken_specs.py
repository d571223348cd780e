"""A spec that cannot be read is its own body's loss: releases and registers go on without it, and say so."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anchor_spend import database, reference, release, spec
from anchor_spend.records import RunRequest
from anchor_spend.registers import COLUMNS
from anchor_spend.settings import PROJECT, load_settings

pytestmark = pytest.mark.database

LUTON, BEDFORD = "luton_borough_council", "bedford_borough_council"
REQUEST = RunRequest("archive", "unused")


@pytest.fixture
def publishers(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The specs of two councils, each with one accepted file."""
    folder = tmp_path / "publishers"
    folder.mkdir()
    for name in (LUTON, BEDFORD):
        shutil.copy(PROJECT / "plugins" / "publishers" / f"{name}.yml", folder)
    monkeypatch.setenv("ANCHOR_SPEND_PUBLISHERS", str(folder))
    load_settings.cache_clear()
    with database.connect() as connection:
        for name in (LUTON, BEDFORD):
            connection.execute(
                """insert into landing.file_versions (is_synthetic, source, publisher_id, stream, period,
                       sha256, file_name, size_bytes, url, status, accepted_at, rows_read, pence_read,
                       rows_payments, pence_payments, rows_rejected, pence_rejected, rows_excluded,
                       pence_excluded)
                   values (false, 'archive', %s, 'payments', '2017-04', 's', 'f', 1, '', 'accepted', now(),
                       0, 0, 0, 0, 0, 0, 0, 0)""",
                [name],
            )
    yield folder
    monkeypatch.undo()
    load_settings.cache_clear()


def break_spec(folder: Path, name: str) -> None:
    path = folder / f"{name}.yml"
    path.write_text(path.read_text() + "no_such_key: 1\n")


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(query.encode(), values).fetchall()


def test_a_body_of_an_earlier_release_is_kept_as_it_was(publishers: Path) -> None:
    assert release.plan(REQUEST) == 1
    break_spec(publishers, LUTON)
    assert release.plan(REQUEST) == 2
    for table in ("release_publishers", "release_expected_files"):
        first, second = (
            rows(f"select * from quality.{table} where release_number = %s order by 2, 3, 4", number)
            for number in (1, 2)
        )
        assert [row[1:] for row in first] == [row[1:] for row in second]
    assert rows("select file_id from quality.release_files where release_number = 2") == [(1,), (2,)]
    ((body, problem),) = rows(
        "select publisher_id, problem from quality.release_spec_errors where release_number = 2"
    )
    assert body == LUTON and "no_such_key: unknown key" in problem


def test_a_body_no_release_has_is_left_out_with_its_files(
    publishers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    break_spec(publishers, LUTON)
    assert release.plan(REQUEST) == 1
    assert rows("select publisher_id from quality.release_publishers") == [(BEDFORD,)]
    assert rows(
        "select publisher_id from quality.release_files join landing.file_versions using (file_id)"
    ) == [(BEDFORD,)]
    assert f"{LUTON} is left out: its spec cannot be read" in caplog.text


def test_readable_specs_are_told_from_broken_ones(publishers: Path) -> None:
    break_spec(publishers, LUTON)
    specs, problems = spec.load_readable_specs()
    assert list(specs) == [BEDFORD] and list(problems) == [LUTON]


def write_registers(folder: Path, company: str) -> None:
    """The smallest registers there are: one row each."""
    folder.mkdir(exist_ok=True)
    first = {
        "postcodes": {"postcode": "LU1 2BQ", "authority_code": "E06000032"},
        "companies": {"company_number": "01000001", "company_name": company},
        "public_bodies": {
            "entity_id": "GB-GOR-Q1",
            "body_name": f"{company} Office",
            "body_type": "government",
        },
    }
    for dataset, values in first.items():
        columns = COLUMNS[dataset]  # type: ignore[index]
        row = ",".join(values.get(name, "") for name in columns)
        (folder / f"{dataset}.csv").write_text(",".join(columns) + f"\n{row}\n")


def test_public_bodies_wait_until_every_spec_can_be_read(publishers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    write_registers(folder, "Quillmere")
    assert set(reference.refresh(REQUEST, folder).values()) == {"loaded", "absent"}
    break_spec(publishers, LUTON)
    write_registers(folder, "Harbourstone")
    outcomes = reference.refresh(REQUEST, folder)
    assert (outcomes["companies"], outcomes["public_bodies"]) == ("loaded", "unchanged")
    assert (LUTON,) in rows("select publisher_id from reference.public_bodies")


def test_the_first_public_bodies_are_loaded_without_the_broken_one(publishers: Path, tmp_path: Path) -> None:
    write_registers(tmp_path / "reference", "Quillmere")
    break_spec(publishers, LUTON)
    assert reference.refresh(REQUEST, tmp_path / "reference")["public_bodies"] == "loaded"
    anchors = rows("select publisher_id from reference.public_bodies where publisher_id <> ''")
    assert anchors == [(BEDFORD,)]
