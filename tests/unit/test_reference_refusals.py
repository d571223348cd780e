"""Register files that are refused, and what goes on beside them. Names and numbers are invented."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from anchor_spend import database, reference, registers
from anchor_spend.errors import ReferenceDataError, RefusedRegistersError
from anchor_spend.records import RunRequest
from anchor_spend.reference_shrinking import ACCEPTED
from company_register import write_register
from register_files import csv_text, write, write_zip

LIVE, SAMPLE = RunRequest("live"), RunRequest("sample")
SOCIETIES = ("Society Number", "Full Registation Number", "Society Name", "Registered As", "Society Address",
             "Registration Date", "Deregistration Date", "Society Status")  # fmt: skip
SOCIETY = ("1", "1R", "Quill Society", "Credit Union", "Nowhere QQ1 1QQ", "01/02/1999", "", "Registered")
CHARITIES = ("Charity Number", "Charity Name", "Charity Status", "Constitutional Form", "Registered Date")
CHARITY = ("SC000001", "Quill Aid", "Active", "Trust", "01/02/1999")
COMPANIES = ("company_number", "company_name", "previous_names", "postcode")
POSTCODES = ("postcode", "authority_code", "lsoa_code")


def query(statement: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(statement.encode()).fetchall()


# -- found ------------------------------------------------------------------------------------------------


def bare_zip(path: Path) -> None:
    write_zip(path, SocietyList=csv_text(SOCIETIES))


def bare_parquet(path: Path) -> None:
    pd.DataFrame({name: [] for name in COMPANIES}, dtype="str").to_parquet(path)


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("CharityExport.csv", lambda path: write(path, CHARITIES), "header of Scottish charity register and"),
        ("CharityExport.csv", lambda path: write(path, CHARITIES, ()), "not one row"),
        ("SocietyList.zip", bare_zip, "header of mutual societies"),
        ("companies.parquet", bare_parquet, "header of our own companies"),
        ("etr.csv", Path.touch, "is empty; a register was expected"),
        ("CharityExport.csv", lambda path: path.write_text("\ufeff\r\n"), "is empty"),
        ("publicextract.charity.json", lambda path: path.write_text("\ufeff[ ]\n"), "is empty|not one row"),
        ("publicextract.charity.zip", lambda path: zipped(path, "charity.json", "[]"), "is empty"),
        ("NSPL.zip", lambda path: path.write_bytes(b"<!DOCTYPE html>"), "no readable ZIP"),
    ],
)
def test_a_file_without_a_row_is_named_with_what_was_expected(tmp_path, name, make, said):
    make(tmp_path / name)
    write(tmp_path / "postcodes.csv", POSTCODES, ("LU1 2BQ", "E06000032", "E01000001"))
    with pytest.raises(ReferenceDataError, match=rf"{name} .*({said}).* [Ff]etch it again|{name} is {said}"):
        registers.find_sources(tmp_path)
    refused: list[ReferenceDataError] = []
    (source,) = registers.find_sources(tmp_path, refused.append)
    assert (source.path.name, len(refused)) == ("postcodes.csv", 1)


def zipped(path: Path, member: str, text: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, text)


def test_an_empty_member_beside_others_is_no_fault(tmp_path):
    write_zip(tmp_path / "a.zip", SocietyList=csv_text(SOCIETIES, SOCIETY), Notes="")
    (source,) = registers.find_sources(tmp_path)
    assert source.member == "SocietyList.csv"


# -- loaded -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(empty_database: str, tmp_path: Path) -> Path:
    """Small registers of our own: every dataset that a world needs."""
    write(tmp_path / "postcodes.csv", POSTCODES, ("LU1 2BQ", "E06000032", "E01000001"))
    write(tmp_path / "companies.csv", COMPANIES, ("01000001", "QUILL LIMITED", "", ""))
    body = ("entity_id", "body_name", "body_type")
    write(tmp_path / "public_bodies.csv", body, ("GB-GOR-Q1", "Quill Office", "government"))
    write(tmp_path / "CharityExport.csv", CHARITIES, CHARITY)
    return tmp_path


def refused(request: RunRequest, folder: Path) -> RefusedRegistersError:
    with pytest.raises(RefusedRegistersError) as raised:
        reference.refresh(request, folder)
    return raised.value


@pytest.mark.database
def test_a_stray_file_does_not_stop_the_others(folder, caplog):
    (folder / "a stray.zip").write_bytes(b"<!DOCTYPE html>")
    write(folder / "SocietyList.csv", SOCIETIES)
    error = refused(LIVE, folder)
    assert {name for name, outcome in error.outcomes.items() if outcome == "loaded"} == {
        "postcodes", "companies", "organisations", "public_bodies",
    }  # fmt: skip
    for message in (str(error), caplog.text):
        assert "a stray.zip is no readable ZIP file: fetch it again" in message
        assert "SocietyList.csv has the header of mutual societies (FCA) and not one row" in message
    assert query("select entity_id from reference.organisations") == [("GB-SC-SC000001",)]
    (folder / "a stray.zip").unlink()
    (folder / "SocietyList.csv").unlink()
    assert "loaded" not in reference.refresh(LIVE, folder).values(), "nothing was left undone"


@pytest.mark.database
def test_a_register_that_has_become_empty_keeps_what_is_loaded_and_the_others_go_on(folder):
    write(folder / "SocietyList.csv", SOCIETIES, SOCIETY)
    reference.refresh(LIVE, folder)
    write(folder / "SocietyList.csv", SOCIETIES)
    write(folder / "CharityExport.csv", CHARITIES, CHARITY, ("SC000002", *CHARITY[1:]))
    write(folder / "companies.csv", COMPANIES, *[(f"0100000{n}", "QUILL LIMITED", "", "") for n in (1, 2)])
    error = refused(LIVE, folder)
    assert (error.outcomes["organisations"], error.outcomes["companies"]) == ("refused", "loaded")
    assert "organisations is not loaded while a file cannot be opened" in str(error)
    assert "it came from mutual societies (FCA) before" in str(error)
    assert query("select entity_id, is_listed from reference.organisations order by 1") == [
        ("GB-MPR-1R", True), ("GB-SC-SC000001", True),
    ]  # fmt: skip
    write(folder / "SocietyList.csv", SOCIETIES, SOCIETY)
    assert reference.refresh(LIVE, folder)["organisations"] == "loaded"
    assert len(query("select from reference.organisations")) == 3


@pytest.mark.database
def test_one_body_register_that_cannot_be_opened_does_not_take_its_bodies_away(folder):
    authorities = ("local-authority-code", "official-name", "start-date", "end-date", "nation", "alt-names")
    row = ("QSH", "Quillshire Council", "2009-04-01", "", "England", "")
    write_zip(folder / "councils.zip", councils=csv_text(authorities, row))
    government = ("key", "government-organisation", "name", "website", "start-date", "end-date")
    write(folder / "public_bodies.csv", government, ("Q1", "Q1", "Quill Office", "", "", ""))
    reference.refresh(LIVE, folder)
    (folder / "councils.zip").write_bytes(b"PK")
    write(folder / "public_bodies.csv", government, ("Q2", "Q2", "Quill Agency", "", "", ""))
    assert refused(LIVE, folder).outcomes["public_bodies"] == "refused"
    assert query("select count(*) from reference.public_bodies where entity_id = 'GB-LAE-QSH'") == [(1,)]


@pytest.mark.database
def test_a_newer_vintage_that_cannot_be_opened_does_not_bring_the_older_back(folder, monkeypatch):
    monkeypatch.setenv(ACCEPTED, "companies_house")
    write_register(folder / "BasicCompanyDataAsOneFile-2026-08-01.zip", [7], {7: "OLD QUILL LIMITED"})
    newer = folder / "BasicCompanyDataAsOneFile-2026-09-01.zip"
    write_register(newer, [7], {7: "NEW QUILL LIMITED"})
    reference.refresh(LIVE, folder)
    newer.write_bytes(newer.read_bytes()[:-30])
    assert refused(LIVE, folder).outcomes["companies"] == "refused"
    assert ("NEW QUILL LIMITED",) in query("select company_name from reference.companies")


@pytest.mark.database
def test_what_breaks_while_it_is_read_stops_its_own_dataset_only(folder):
    write(folder / "companies.csv", (*COMPANIES, "incorporated_on"), ("01000001", "Q", "", "", "31/31/2001"))
    error = refused(LIVE, folder)
    assert error.outcomes["companies"] == "refused"
    assert error.outcomes["public_bodies"] == error.outcomes["organisations"] == "loaded"


@pytest.mark.database
def test_one_part_of_seven_is_said_at_first_and_later_refused(folder, monkeypatch, caplog):
    write_register(folder / "BasicCompanyData-2026-09-01-part1_7.zip", [1])
    assert reference.refresh(LIVE, folder)["companies"] == "loaded"
    assert "2026-09-01 comes in 7 parts" in caplog.text and "missing: 2, 3, 4, 5, 6, 7." in caplog.text
    write_register(folder / "BasicCompanyData-2026-10-01-part2_7.zip", [1, 2])
    error = refused(LIVE, folder)
    assert "2026-10-01 comes in 7 parts" in str(error) and "missing: 1, 3, 4, 5, 6, 7." in str(error)
    assert query("select count(*) from reference.companies") == [(1,)]
    monkeypatch.setenv(ACCEPTED, "companies_house")
    assert reference.refresh(LIVE, folder)["companies"] == "loaded"


@pytest.mark.database
def test_all_parts_are_a_register_and_an_older_leftover_does_not_count(folder, caplog):
    write_register(folder / "BasicCompanyData-2026-08-01-part2_7.zip", [3])
    for number in (1, 2):
        write_register(folder / f"BasicCompanyData-2026-09-01-part{number}_2.zip", [number])
    assert reference.refresh(LIVE, folder)["companies"] == "loaded"
    assert "comes in" not in caplog.text


@pytest.mark.database
def test_a_first_load_far_below_national_size_is_said_but_for_the_sample(folder, caplog):
    write_register(folder / "BasicCompanyDataAsOneFile-2026-09-01.zip", range(120))
    assert reference.refresh(SAMPLE, folder)["companies"] == "loaded"
    assert "a whole one has" not in caplog.text
    assert reference.refresh(LIVE, folder)["companies"] == "loaded"
    assert "BasicCompanyDataAsOneFile-2026-09-01.zip: 120 rows of Companies House" in caplog.text
    assert "a whole one has 1,000,000 at least" in caplog.text


GIAS = ("URN", "EstablishmentName", "TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)", "OpenDate",
        "CloseDate", "Postcode")  # fmt: skip


def schools(numbers: range) -> list[tuple[str, ...]]:
    maintained = ("Community school", "Local authority maintained schools", "", "", "QQ1 1QQ")
    return [(f"9{number:05}", f"Quill {number} Primary School", *maintained) for number in numbers]


def trusts(numbers: range) -> list[tuple[str, ...]]:
    return [(f"R{number:03}", f"QUILL {number} HOSPITAL", *[""] * 25) for number in numbers]


@pytest.mark.database
def test_each_short_register_of_charities_mutuals_the_nhs_and_schools_is_said_at_first(folder, caplog):
    irish = ("Reg charity number", "Sub charity number", "Charity name", "Date registered", "Status",
             "Date for financial year ending", "Total income", "Company number",
             "Public address")  # fmt: skip
    write(folder / "CharityExport.csv", CHARITIES, CHARITY)
    former = ("Charity Number", "Charity Name", "Registered Date", "Ceased Date")
    write(folder / "former.csv", former, ("SC000002", "Quill Old", "01/02/1999", "01/02/2001"))
    write(folder / "charitydetails.csv", irish, ("199991", "0", "Quill", "04/05/2015", *[""] * 5))
    write(folder / "SocietyList.csv", SOCIETIES, SOCIETY)
    write(folder / "etr.csv", *trusts(range(2)))
    write(folder / "ect.csv", *trusts(range(2, 3)))
    write(folder / "edubasealldata20260926.csv", GIAS, *schools(range(3)))
    reference.refresh(SAMPLE, folder)
    assert "a whole one has" not in caplog.text
    reference.refresh(LIVE, folder)
    said = {line.split("rows of ")[1] for line in caplog.messages if "a whole one has" in line}
    assert {line.split(" at least")[0] for line in said} == {
        "Scottish charity register, and a whole one has 20,000",
        "former Scottish charities, and a whole one has 8,000",
        "Northern Irish charity register, and a whole one has 5,000",
        "mutual societies (FCA), and a whole one has 7,000",
        "NHS trusts (ODS etr), and a whole one has 200",
        "Get Information About Schools, and a whole one has 40,000",
    }
    assert "edubasealldata20260926.csv: 3 rows of" in caplog.text
    caplog.clear()
    write(folder / "etr.csv", *trusts(range(4)))
    assert reference.refresh(LIVE, folder)["public_bodies"] == "loaded"
    assert "a whole one has" not in caplog.text


@pytest.mark.database
def test_a_short_register_of_trusts_is_refused_also_beside_many_schools(folder, monkeypatch):
    write(folder / "edubasealldata20260926.csv", GIAS, *schools(range(600)))
    write(folder / "etr.csv", *trusts(range(120)))
    reference.refresh(LIVE, folder)
    write(folder / "etr.csv", *trusts(range(40)))
    error = refused(LIVE, folder)
    assert "public_bodies hold" in str(error) and "of type nhs_trust, and" in str(error)
    of_type = "select count(*) from reference.public_bodies where body_name like 'QUILL % HOSPITAL'"
    assert query(of_type) == [(120,)]
    monkeypatch.setenv(ACCEPTED, "public_bodies")
    assert reference.refresh(LIVE, folder)["public_bodies"] == "loaded"
    assert query(of_type) == [(40,)]


@pytest.mark.database
@pytest.mark.parametrize(
    ("name", "register", "rows"),
    [
        (
            "CharityExport.csv",
            "oscr",
            [CHARITIES, *((f"SC{n:06}", f"Quill {n}", *CHARITY[2:]) for n in range(120))],
        ),
        (
            "SocietyList.csv",
            "fca_mutuals",
            [SOCIETIES, *((f"{n}", f"{n}R", f"Q {n}", *SOCIETY[3:]) for n in range(120))],
        ),
    ],
)
def test_a_later_list_that_is_short_is_refused_by_its_register(folder, name, register, rows):
    write(folder / name, *rows)
    reference.refresh(LIVE, folder)
    write(folder / name, *rows[:50])
    assert f"The files of {register} hold 49 rows, and 120 are loaded" in str(refused(LIVE, folder))


# -- the DAG ----------------------------------------------------------------------------------------------


@pytest.mark.database
def test_the_dag_loads_announces_and_ends_with_a_failed_task(folder):
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.exceptions import AirflowFailException

    from anchor_spend.settings import PROJECT

    dag = DagBag(dag_folder=str(PROJECT / "dags")).dags["refresh_reference"]
    (folder / "stray.zip").write_bytes(b"no archive")
    params = dict.fromkeys(("archive", "first", "last"), "") | {"source": "live", "publishers": []}
    params["folder"] = str(folder)
    loaded = dag.get_task("load_registers").python_callable(params)
    assert loaded["has_changed"] is True
    with pytest.raises(AirflowFailException, match=r"stray\.zip is no readable ZIP"):
        dag.get_task("report_refused").python_callable(loaded)
    assert "report_refused" not in dag.get_task("announce").upstream_task_ids
    (folder / "stray.zip").unlink()
    assert dag.get_task("load_registers").python_callable(params) == {"has_changed": False, "refused": ""}
