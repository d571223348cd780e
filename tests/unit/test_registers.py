"""Charities, mutual societies, schools, the NHS and industries in their published layouts; hostile files.

Every name and number is invented.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from anchor_spend import registers
from anchor_spend.errors import ReferenceDataError
from register_files import csv_text, rows_of, write, write_zip

COMMISSION = {
    "date_of_extract": "2026-09-01T00:00:00", "organisation_number": 1, "registered_charity_number": 1990001,
    "linked_charity_number": 0, "charity_name": "QUILLMERE  RELIEF TRUST",
    "charity_type": "Charitable company", "charity_activities": "Näme; \"quoted\"",
    "charity_registration_status": "Registered", "date_of_registration": "1990-05-04T00:00:00",
    "date_of_removal": None, "latest_acc_fin_period_end_date": "2025-03-31T00:00:00",
    "latest_income": 12345.5,
    "charity_contact_postcode": "qq11qq", "charity_company_registration_number": "1000001",
    "charity_insolvent": False, "charity_in_administration": False, "charity_is_cio": False,
}  # fmt: skip
OTHER_NAMES = [
    {"registered_charity_number": 1990001, "linked_charity_number": 0, "charity_name_id": 1,
     "charity_name_type": "Working Name", "charity_name": "QUILL; RELIEF"},
    {"registered_charity_number": 1990001, "linked_charity_number": 2, "charity_name_id": 2,
     "charity_name_type": "Working Name", "charity_name": "A LINKED FUND"},
]  # fmt: skip


def write_json(path: Path, items: list[dict[str, Any]]) -> None:
    """As the Charity Commission publishes: one array in a ZIP, with a byte order mark."""
    member = path.with_suffix(".json").name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b"\xef\xbb\xbf" + json.dumps(items, ensure_ascii=False).encode())


def test_charity_commission_extract_streams_out_of_its_zip(tmp_path, monkeypatch):
    monkeypatch.setattr("anchor_spend.registers.reading.CHUNK", 2)
    removed = COMMISSION | {
        "registered_charity_number": 1990002, "charity_registration_status": "Removed",
        "date_of_removal": "2001-02-03T00:00:00", "charity_company_registration_number": None,
        "charity_is_cio": True, "charity_insolvent": True,
    }  # fmt: skip
    linked = COMMISSION | {"linked_charity_number": 1, "charity_name": "A LINKED FUND"}
    write_json(tmp_path / "publicextract.charity.zip", [COMMISSION, linked, removed])
    first, other, second = rows_of(tmp_path, "organisations")
    assert (other["entity_id"], other["organisation_name"]) == ("GB-CHC-1990001-1", "A LINKED FUND")
    assert first == {
        "entity_id": "GB-CHC-1990001", "register": "ccew", "organisation_name": "QUILLMERE RELIEF TRUST",
        "postcode": "QQ1 1QQ", "legal_form": "Charitable company", "status": "Registered",
        "registered_on": "1990-05-04", "company_number": "01000001", "latest_income": "12345.5",
        "latest_income_year_end": "2025-03-31",
    }  # fmt: skip
    assert (second["legal_form"], second["status"], second["removed_on"]) == (
        "CIO", "Removed, insolvent", "2001-02-03",
    )  # fmt: skip
    (source,) = registers.find_sources(tmp_path)
    assert [chunk.rows_read for chunk in registers.read(source)] == [2, 1]
    assert [chunk.rows_read for chunk in registers.read(source, skip=2)] == [1]


def test_other_names_and_links_complete_a_charity(tmp_path):
    write_json(tmp_path / "publicextract.charity_other_names.zip", OTHER_NAMES)
    write(tmp_path / "cio.csv", ("company_number", "charity_number"), ("CE001234", "1990001"))
    write(
        tmp_path / "dual.csv",
        ("Scottish Charity Number", "E&W Charity Number", "Charity Name (E&W)"),
        ("SC099999", "1990001", "QUILLMERE RELIEF TRUST"),
    )
    sources = registers.find_sources(tmp_path)
    linking = [source for source in sources if source.layout.dataset == "links"]
    links = registers.gather(chunk.frame for source in linking for chunk in registers.read(source))
    (source,) = (source for source in sources if source.layout.dataset == "organisations")
    (chunk,) = registers.read(source)
    (row,) = registers.complete(chunk.frame, links).to_dict("records")
    assert row["other_names"] == "QUILL, RELIEF"
    assert (row["company_number"], row["other_ids"]) == ("CE001234", "GB-SC-SC099999")


def test_a_json_file_that_breaks_off_is_refused(tmp_path):
    (tmp_path / "publicextract.charity.json").write_text(json.dumps([COMMISSION, COMMISSION])[:-40])
    (source,) = registers.find_sources(tmp_path)
    with pytest.raises(ReferenceDataError, match=r"charity\.json looks like Charity Commission register"):
        list(registers.read(source))


OSCR = [
    ("Charity Number", "Charity Name", "Registered Date", "Known As", "Charity Status", "Notes", "Postcode",
     "Constitutional Form", "Previous Constitutional Form 1", "Most recent year income", "Year End"),
    ("SC099991", "Glenquill Fund", "04/05/1991", "The Fund", "Active", "", "QQ1 1QQ",
     "SCIO (Scottish Charitable Incorporated Organisation)", "", "1000", "31/03/2025"),
]  # fmt: skip
FORMER = [
    ("Charity Number", "Charity Name", "Registered Date", "Ceased Date", "Reason for Removal"),
    ("SC099992", "Old Fund", "04/05/1991", "01/02/2010", "Wound up"),
]
CCNI = [
    ("Reg charity number", "Sub charity number", "Charity name", "Date registered", "Status",
     "Date for financial year ending", "Total income", "Company number", "Public address"),
    ("199991", "0", "Quill Café", "04/05/2015", "Up-to-date", "5 April 2025", "2000", "12345",
     "1 Invented Road, Nowhere, Qq1 1Qq"),
    ("199991", "1", "Quill Sub", "04/05/2015", "Up-to-date", "", "", "0", ""),
    ("199992", "0", "Quill Two", "04/05/2015", "Removed", "31/03/2020", "", "0", "no postcode"),
]  # fmt: skip
MUTUALS = [
    ("Society Number", "Full Registation Number", "Society Name", "Registered As", "Society Address",
     "Registration Date", "Deregistration Date", "Registration Act", "Society Status"),
    ("9991", "9991R", "Quillmere Co-operative Limited", "Co-operative Society", "1 Road Nowhere QQ1 1QQ",
     "04/05/1931", "", "Invented Act", "Registered"),
]  # fmt: skip


def test_registers_of_scotland_northern_ireland_and_mutual_societies(tmp_path):
    write_zip(tmp_path / "CharityExport-19-Sep-2026.zip", export=csv_text(*OSCR))
    write(tmp_path / "former.csv", *FORMER)
    (tmp_path / "charitydetails_2026_09_20.csv").write_bytes(csv_text(*CCNI).encode("cp1252"))
    write(tmp_path / "SocietyList.csv", *MUTUALS)
    rows = {row["entity_id"]: row for row in rows_of(tmp_path, "organisations")}
    assert rows["GB-SC-SC099991"] == {
        "entity_id": "GB-SC-SC099991", "register": "oscr", "organisation_name": "Glenquill Fund",
        "other_names": "The Fund", "postcode": "QQ1 1QQ", "status": "Active", "registered_on": "1991-05-04",
        "legal_form": "SCIO (Scottish Charitable Incorporated Organisation)", "latest_income": "1000",
        "latest_income_year_end": "2025-03-31",
    }  # fmt: skip
    assert (rows["GB-SC-SC099992"]["status"], rows["GB-SC-SC099992"]["removed_on"]) == (
        "Removed",
        "2010-02-01",
    )
    irish = rows["GB-NIC-199991"]
    assert (irish["organisation_name"], irish["postcode"]) == ("Quill Café", "QQ1 1QQ")
    assert (irish["company_number"], irish["latest_income_year_end"]) == ("NI012345", "2025-04-05")
    assert "company_number" not in rows["GB-NIC-199992"]
    assert "GB-NIC-199991-1" in rows
    society = rows["GB-MPR-9991R"]
    assert (society["postcode"], society["registered_on"]) == ("QQ1 1QQ", "1931-05-04")
    vintages = {source.path.name: source.vintage for source in registers.find_sources(tmp_path)}
    assert vintages["CharityExport-19-Sep-2026.zip"] == "2026-09"
    assert vintages["charitydetails_2026_09_20.csv"] == "2026-09-20"


GIAS = ("URN", "EstablishmentName", "TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)", "OpenDate",
        "CloseDate", "Postcode", "Town")  # fmt: skip


def test_schools_that_are_public_bodies_and_say_that_they_are_schools(tmp_path):
    rows = [
        GIAS,
        ("900001", "Quillmère Primary School", "Community school", "Local authority maintained schools", "",
         "31-08-2014", "QQ1 1QQ", "Nowhere"),
        ("900002", "Quill Academy", "Academy converter", "Academies", "01-09-2014", "", "QQ1 1QQ", "Nowhere"),
        ("900003", "Quill House School", "Other independent school", "Independent schools", "", "", "", ""),
        ("900004", "Kingfisher", "Community special school", "Special schools", "", "", "QQ1 1QQ", ""),
        ("900005", "Quill School", "Non-maintained special school", "Special schools", "", "", "", ""),
        ("900006", "Quill College", "Further education", "Colleges", "", "", "", ""),
    ]  # fmt: skip
    (tmp_path / "edubasealldata20260926.csv").write_bytes(csv_text(*rows).encode("cp1252"))
    found = {row["entity_id"]: row for row in rows_of(tmp_path, "public_bodies")}
    assert {key: row["body_type"] for key, row in found.items()} == {
        "GB-EDU-900001": "school", "GB-EDU-900002": "academy", "GB-EDU-900006": "college",
    }  # fmt: skip
    assert found["GB-EDU-900001"]["body_name"] == "Quillmère Primary School"
    assert found["GB-EDU-900001"]["valid_to"] == "2014-08-31"
    (source,) = registers.find_sources(tmp_path)
    assert source.vintage == "2026-09-26"


def ods_row(code: str, name: str, setting: str = "") -> tuple[str, ...]:
    cells = [code, name, "Y99", "Q99", "1 ROAD", "", "", "NOWHERE", "", "QQ1 1QQ", "20130401", ""]
    return (*cells, *[""] * 13, setting, "")


def test_gp_practices_go_by_their_own_names_only(tmp_path):
    rows = [
        ods_row("A99991", "THE QUILL SURGERY", "4"), ods_row("A99992", "DR QUILL & PARTNERS SURGERY", "4"),
        ods_row("A99993", "QUILL PRISON HEALTHCARE", "10"), ods_row("A99994", "QUILL", "4"),
    ]  # fmt: skip
    write_zip(tmp_path / "epraccur.zip", epraccur=csv_text(*rows))
    (row,) = rows_of(tmp_path, "public_bodies")
    assert (row["entity_id"], row["body_type"]) == ("GB-NHS-A99991", "gp_practice")


def test_an_ods_file_of_another_shape_is_refused(tmp_path):
    write(tmp_path / "etr.csv", ods_row("R99", "QUILL HOSPITAL")[:12])
    (source,) = registers.find_sources(tmp_path)
    with pytest.raises(ReferenceDataError, match=r"12 columns; NHS trusts \(ODS etr\) has 27"):
        list(registers.read(source))


def test_industries_have_five_digits(tmp_path):
    write(
        tmp_path / "SIC07_CH_condensed_list_en.csv", ("SIC Code", "Description"), ("1110", "Growing quills")
    )
    assert rows_of(tmp_path, "sic_codes") == [{"sic_code": "01110", "description": "Growing quills"}]


# -- hostile files ----------------------------------------------------------------------------------------


def companies_csv(folder: Path, *names: bytes) -> None:
    lines = [b"company_number,company_name,previous_names,postcode"]
    lines += [b"%08d,%s,," % (number, name) for number, name in enumerate(names, start=1)]
    (folder / "companies.csv").write_bytes(b"\r\n".join(lines) + b"\r\n")


def test_bytes_of_another_encoding_are_named_by_row_column_and_shape(tmp_path, caplog):
    companies_csv(tmp_path, *[b"QUILL LIMITED"] * 1998, b"CAF\xe9 99 LIMITED", b"QUILL LIMITED")
    rows = rows_of(tmp_path, "companies")
    assert len(rows) == 1999
    assert "row 1999, column company_name" in caplog.text
    assert "'xxx? 99 xxxxxxx'" in caplog.text


def test_a_file_of_another_encoding_is_refused(tmp_path):
    companies_csv(tmp_path, *[b"CAF\xe9 LIMITED"] * 30)
    (source,) = registers.find_sources(tmp_path)
    with pytest.raises(ReferenceDataError, match=r"30 of 30 rows .* not utf-8-sig"):
        list(registers.read(source))


def test_a_quote_that_never_closes_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("anchor_spend.registers.reading.MAX_CHUNK_BYTES", 3 * 2**20)
    companies_csv(tmp_path, b'"QUILL', *[b"QUILL LIMITED"] * 200_000)
    (source,) = registers.find_sources(tmp_path)
    with pytest.raises(ReferenceDataError, match="A quote that never closes"):
        list(registers.read(source))


def test_an_archive_that_unpacks_to_too_much_stays_shut(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("companies.csv", b"0" * 300 * 10**6)
    with pytest.raises(ReferenceDataError, match=r"bomb\.zip would unpack from .* to 300,000,000 bytes"):
        registers.find_sources(tmp_path)


def test_a_zip_cut_off_is_refused(tmp_path):
    write_zip(tmp_path / "whole.zip", companies=csv_text(("CompanyName", "CompanyNumber"), ("A", "1")))
    (tmp_path / "cut.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:-30])
    with pytest.raises(ReferenceDataError, match=r"cut\.zip is no readable ZIP"):
        registers.find_sources(tmp_path)


def test_json_that_only_opens_brackets_is_left_alone(tmp_path):
    (tmp_path / "deep.json").write_text("[" * 100_000)
    assert registers.find_sources(tmp_path) == []


@pytest.mark.parametrize("last", ["5", "{" + '"a":{' * 30_000])
def test_json_that_is_no_array_of_objects_is_refused(tmp_path, last):
    objects = [json.dumps(COMMISSION)] * 300  # more than is looked at to tell the layout
    (tmp_path / "charity.json").write_text(f"[{','.join([*objects, last])}]")
    (source,) = registers.find_sources(tmp_path)
    with pytest.raises(ReferenceDataError, match=r"charity\.json looks like"):
        list(registers.read(source))


def test_what_only_looks_like_a_register_is_named_or_left_alone(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    assert registers.find_sources(tmp_path) == []
    (tmp_path / "companies.parquet").write_bytes(b"none")
    with pytest.raises(ReferenceDataError, match=r"companies\.parquet is no readable Parquet file"):
        registers.find_sources(tmp_path)


def test_an_archive_with_bytes_that_do_not_fit_its_checksum_is_refused(tmp_path):
    rows = [(f"{number:08d}", "QUILL LIMITED", "", "") for number in range(30_000)]
    header = ("company_number", "company_name", "previous_names", "postcode")
    with zipfile.ZipFile(tmp_path / "companies.zip", "w") as archive:
        archive.writestr("companies.csv", csv_text(header, *rows))
    data = bytearray((tmp_path / "companies.zip").read_bytes())
    data[-2000] ^= 1
    (tmp_path / "companies.zip").write_bytes(data)
    (source,) = registers.find_sources(tmp_path)
    with pytest.raises(ReferenceDataError, match="cannot be unpacked"):
        list(registers.read(source))


def test_a_column_that_stands_there_twice_is_refused(tmp_path):
    write(
        tmp_path / "companies.csv",
        ("company_number", "company_name", "previous_names", "postcode", " company_name"),
        ("01000001", "QUILL LIMITED", "", "", "OTHER"),
    )
    (source,) = registers.find_sources(tmp_path)
    with pytest.raises(ReferenceDataError, match="a column twice"):
        list(registers.read(source))


def test_a_file_that_states_no_vintage_counts_as_the_oldest(tmp_path):
    for name in (
        "BasicCompanyData.csv",
        "BasicCompanyData-2026-09-01.csv",
        "BasicCompanyData-2026-08-01.csv",
    ):
        write(tmp_path / name, ("CompanyName", "CompanyNumber"), ("QUILL", "01000001"))
    vintages = [source.vintage for source in registers.find_sources(tmp_path)]
    assert vintages == ["2026-09-01", "2026-08-01", "not stated"]
