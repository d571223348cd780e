"""Registers into the database: resumed after a kill, upserted, and kept when they leave their register.

The company register has its 55 published columns; names and numbers are invented.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from anchor_spend import database, reference, reference_load, reference_staging
from anchor_spend.errors import ReferenceDataError
from anchor_spend.records import RunRequest
from anchor_spend.reference_shrinking import ACCEPTED
from company_register import write_register
from register_files import write

pytestmark = pytest.mark.database
LIVE = RunRequest("live")


def query(statement: str, *values: object) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture
def folder(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The other registers a load needs, chunks of ten rows, and no national size asked for."""
    monkeypatch.setattr("anchor_spend.registers.reading.CHUNK", 10)
    monkeypatch.setenv(ACCEPTED, "companies_house")
    write(
        tmp_path / "postcodes.csv",
        ("postcode", "authority_code", "lsoa_code"),
        ("LU1 2BQ", "E06000032", "E01000001"),
    )
    write(
        tmp_path / "public_bodies.csv",
        ("entity_id", "body_name", "body_type"),
        ("GB-GOR-Q1", "Quill Office", "government"),
    )
    return tmp_path


def month(folder: Path, vintage: str, numbers: Any = range(35), **changes: str) -> Path:
    """A month's company register, in the folder in the place of the one before."""
    for earlier in folder.glob("BasicCompanyData*"):
        earlier.unlink()
    path = folder / f"BasicCompanyDataAsOneFile-{vintage}.zip"
    write_register(path, numbers, changes={int(key[1:]): name for key, name in changes.items()})
    return path


COMPANIES = "select * from reference.companies order by company_number"


def test_every_fact_of_a_company_arrives(folder):
    month(folder, "2026-08-01", [7])
    reference.refresh(LIVE, folder)
    ((row,),) = query("select to_jsonb(c) from reference.companies c")
    assert row == {
        "is_synthetic": False, "company_number": "01000007", "company_name": "QUILL 7 LIMITED",
        "previous_names": ["FORMER QUILL 7 LIMITED", "FIRST QUILL 7 LIMITED"], "postcode": "LU1 2BQ",
        "status": "Active", "category": "Private Limited Company", "sic_codes": ["62012", "7487"],
        "incorporated_on": "2001-04-05", "dissolved_on": None, "accounts_category": "MICRO ENTITY",
        "accounts_made_up_on": "2025-03-31", "post_town": "LUTON", "country_of_origin": "United Kingdom",
        "mortgages_outstanding": 2, "is_listed": True, "last_vintage": None,
    }  # fmt: skip
    (file,) = query(
        "select layout, vintage, rows_read from reference.register_files where dataset = 'companies'"
    )
    assert file == ("Companies House basic company data", "2026-08-01", 1)


def test_a_newer_month_writes_only_what_changed_and_keeps_what_left(folder):
    month(folder, "2026-08-01", range(35))
    reference.refresh(LIVE, folder)
    before = dict(query("select company_number, xmin::text from reference.companies"))
    month(folder, "2026-09-01", range(1, 37), n5="RENAMED QUILL LIMITED")
    reference.refresh(LIVE, folder)
    after = dict(query("select company_number, xmin::text from reference.companies"))
    assert {number for number in after if after[number] != before.get(number)} == {
        "01000000", "01000005", "01000035", "01000036",
    }  # fmt: skip
    assert query("select company_number, last_vintage from reference.companies where not is_listed") == [
        ("01000000", "2026-08-01")
    ]
    month(folder, "2026-10-01", range(36))
    reference.refresh(LIVE, folder)
    assert query("select company_number, last_vintage from reference.companies where not is_listed") == [
        ("01000036", "2026-09-01")
    ], "a company that is back on the register is listed again"


def test_an_older_month_in_the_folder_fills_in_what_has_left_since(folder):
    old = month(folder, "2026-08-01", range(5))
    kept = old.rename(folder / "old.zip").read_bytes()
    month(folder, "2026-09-01", range(1, 5), n2="RENAMED QUILL LIMITED")
    (folder / "BasicCompanyDataAsOneFile-2026-08-01.zip").write_bytes(kept)
    (folder / "old.zip").unlink()
    reference.refresh(LIVE, folder)
    assert query("select company_number, last_vintage from reference.companies where not is_listed") == [
        ("01000000", "2026-08-01")
    ]
    assert query("select company_name from reference.companies where company_number = '01000002'") == [
        ("RENAMED QUILL LIMITED",)
    ]


SOCIETIES = ("Society Number", "Full Registation Number", "Society Name", "Registered As", "Society Address",
             "Registration Date", "Deregistration Date", "Society Status")  # fmt: skip


def charities(folder: Path, *numbers: str) -> None:
    header = ("Charity Number", "Charity Name", "Charity Status", "Constitutional Form", "Registered Date")
    rows = [(number, f"Quill {number}", "Active", "Trust", "01/02/1999") for number in numbers]
    write(folder / "CharityExport-01-Sep-2026.csv", header, *rows)


def test_a_charity_leaves_only_when_its_own_register_was_there_to_say_so(folder):
    month(folder, "2026-08-01", [1])
    society = ("1", "1R", "Quill Society", "Credit Union", "Nowhere QQ1 1QQ", "01/02/1999", "", "Registered")
    write(folder / "SocietyList.csv", SOCIETIES, society)
    charities(folder, "SC000001", "SC000002")
    reference.refresh(LIVE, folder)
    (folder / "SocietyList.csv").unlink()
    charities(folder, "SC000001")
    reference.refresh(LIVE, folder)
    assert query("select entity_id, is_listed from reference.organisations order by 1") == [
        ("GB-MPR-1R", True), ("GB-SC-SC000001", True), ("GB-SC-SC000002", False),
    ]  # fmt: skip


def test_a_society_is_the_company_that_has_its_number_and_its_name(folder):
    write(
        folder / "companies.csv",
        ("company_number", "company_name", "previous_names", "postcode"),
        ("IP09991R", "THE QUILLMERE HOMES LIMITED", "", ""),
        ("RS009992", "SOMEBODY ELSE LIMITED", "", ""),
        ("RS009993", "HARBOUR CO-OPERATIVE LIMITED", "", ""),
    )
    rows = [
        (number, number, name, "Community Benefit Society", "Nowhere QQ1 1QQ", "01/02/1999", "", "Registered")
        for number, name in [
            ("9991R", "Quillmere Homes Ltd"), ("9992", "Glenquill Limited"), ("9993", "Harbour Co-operative"),
        ]
    ]  # fmt: skip
    write(folder / "SocietyList.csv", SOCIETIES, *rows)
    reference.refresh(LIVE, folder)
    numbers = "select entity_id, company_number, xmin::text from reference.organisations order by 1"
    first = query(numbers)
    assert [row[:2] for row in first] == [
        ("GB-MPR-9991R", "IP09991R"), ("GB-MPR-9992", None), ("GB-MPR-9993", "RS009993"),
    ]  # fmt: skip
    write(folder / "SocietyList.csv", SOCIETIES, *rows, ("9994", "9994", "Newer Society", *rows[0][3:]))
    reference.refresh(LIVE, folder)
    assert query(numbers)[:3] == first, "what is linked already is not written again"


def loaded_at_once(folder: Path) -> list[tuple]:
    reference.refresh(LIVE, folder)
    rows = query(COMPANIES)
    with database.connect() as connection:
        connection.execute("delete from reference.companies")
        connection.execute("delete from reference.vintages")
    return rows


class StoppedError(Exception):
    """Stands for a crash at a chosen point."""


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_a_load_that_stops_between_chunks_goes_on_there(folder, monkeypatch, caplog, chunks):
    month(folder, "2026-08-01")
    expected = loaded_at_once(folder)
    stage, seen = reference_staging._insert, []

    def stop(*arguments: Any) -> int:
        if arguments[2] == "companies":
            if len(seen) == chunks:
                raise StoppedError
            seen.append(arguments)
        return stage(*arguments)

    monkeypatch.setattr(reference_staging, "_insert", stop)
    with pytest.raises(StoppedError):
        reference.refresh(LIVE, folder)
    assert query("select count(*) from reference.companies") == [(0,)], (
        "the earlier state stays until the swap"
    )
    monkeypatch.setattr(reference_staging, "_insert", stage)
    with caplog.at_level(logging.INFO, "anchor_spend"):
        reference.refresh(LIVE, folder)
    assert query(COMPANIES) == expected
    assert (f"goes on after {chunks * 10} rows" in caplog.text) == (chunks > 0)
    assert query("select count(*) from reference.staged_companies") == [(0,)]


def test_a_load_that_stops_in_the_swap_leaves_everything_as_it_was(folder, monkeypatch):
    month(folder, "2026-08-01")
    expected = loaded_at_once(folder)
    record = reference_load._record

    def stop(*arguments: Any) -> None:
        if arguments[2] == "companies":
            raise StoppedError
        record(*arguments)

    monkeypatch.setattr(reference_load, "_record", stop)
    with pytest.raises(StoppedError):
        reference.refresh(LIVE, folder)
    assert query("select count(*) from reference.companies") == [(0,)]
    assert query("select sum(rows_read) from reference.staged_files where is_finished") == [(35,)]
    monkeypatch.setattr(reference_load, "_record", record)
    reference.refresh(LIVE, folder)
    assert query(COMPANIES) == expected


def test_a_load_of_other_files_does_not_go_on_from_a_stopped_one(folder, monkeypatch):
    month(folder, "2026-08-01", range(20))
    swap = reference_load._swap
    monkeypatch.setattr(reference_load, "_swap", None)
    with pytest.raises(TypeError):
        reference.refresh(LIVE, folder)
    monkeypatch.setattr(reference_load, "_swap", swap)
    month(folder, "2026-09-01", range(100, 103))
    reference.refresh(LIVE, folder)
    assert query("select count(*) from reference.companies") == [(3,)]


KILLED = """
import sys
from pathlib import Path
from anchor_spend import reference
from anchor_spend.records import RunRequest
from anchor_spend.registers import reading
reading.CHUNK = 200
reference.refresh(RunRequest("live"), Path(sys.argv[1]))
"""


def test_a_load_killed_for_good_is_finished_by_the_next(folder):
    month(folder, "2026-08-01", range(40_000))
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], env=os.environ)
    try:
        deadline = time.monotonic() + 60
        while query("select coalesce(max(rows_read), 0) < 400 from reference.staged_files") == [(True,)]:
            assert process.poll() is None, "the load ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    ((staged,),) = query("select rows_read from reference.staged_files")
    assert 400 <= staged < 40_000
    assert query("select count(*) from reference.companies") == [(0,)]
    reading_chunk = "anchor_spend.registers.reading.CHUNK"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_chunk, 20_000)
        reference.refresh(LIVE, folder)
    assert query("select count(*), count(distinct company_name) from reference.companies") == [
        (40_000, 40_000)
    ]


def test_a_register_that_has_shrunk_is_refused_until_somebody_says_it_is_right(folder, monkeypatch):
    month(folder, "2026-08-01", range(150))
    reference.refresh(LIVE, folder)
    monkeypatch.delenv(ACCEPTED)
    month(folder, "2026-09-01", range(119))
    with pytest.raises(ReferenceDataError, match="companies_house hold 119 rows, and 150 are loaded"):
        reference.refresh(LIVE, folder)
    listed = "select count(*) from reference.companies where is_listed"
    assert query(listed) == [(150,)]
    monkeypatch.setenv(ACCEPTED, "oscr, companies_house")
    reference.refresh(LIVE, folder)
    assert query(listed) == [(119,)]
    monkeypatch.delenv(ACCEPTED)
    month(folder, "2026-10-01", range(96))
    reference.refresh(LIVE, folder)
    assert query(listed) == [(96,)], "a fifth may go"


def test_one_file_of_a_newer_month_does_not_take_the_others_off_the_register(folder, monkeypatch):
    month(folder, "2026-08-01", range(150))
    reference.refresh(LIVE, folder)
    monkeypatch.delenv(ACCEPTED)
    write_register(folder / "BasicCompanyData-2026-09-01.zip", range(20))
    with pytest.raises(ReferenceDataError, match="companies_house hold 20 rows, and 150 are loaded"):
        reference.refresh(LIVE, folder)


def test_postcodes_that_are_missing_are_refused_as_well(folder):
    month(folder, "2026-08-01", [1])
    rows = [(f"QQ{number} 1QQ", "E06000032", "E01000001") for number in range(1, 100)]
    header = ("postcode", "authority_code", "lsoa_code")
    write(folder / "postcodes.csv", header, *rows, ("QR1 1QQ", "E06000032", "E01000001"))
    reference.refresh(LIVE, folder)
    write(folder / "postcodes.csv", header, *rows[:10])
    with pytest.raises(ReferenceDataError, match="postcodes hold 10 rows, and 100 are loaded"):
        reference.refresh(LIVE, folder)
