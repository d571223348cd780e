"""Registers in their published layouts, and their way into `reference`. Names and numbers are invented."""

from datetime import date
from pathlib import Path

import pytest

from anchor_spend import database, reference, registers
from anchor_spend.errors import ReferenceDataError
from anchor_spend.public_bodies import PublicBody, anchor_of, merge_bodies
from anchor_spend.records import RunRequest
from anchor_spend.spec import load_specs
from register_files import csv_text, rows_of, write, write_zip

SAMPLE = RunRequest("sample")
ARCHIVE = RunRequest("archive", archive="somewhere/archive")


REQUIRED = ("postcodes", "companies", "public_bodies")
LOADED = dict.fromkeys(registers.DATASETS, "absent") | dict.fromkeys(REQUIRED, "loaded")
UNCHANGED = dict.fromkeys(registers.DATASETS, "absent") | dict.fromkeys(REQUIRED, "unchanged")


# -- layouts ----------------------------------------------------------------------------------------------

NSPL_2026 = [
    ("pcd7", "pcds", "dointr", "doterm", "east1m", "north1m", "gridind", "lad26cd", "wd26cd", "ctry26cd",
     "rgn26cd", "lsoa21cd", "imd25ind"),
    ("QQ1 1QQ", "QQ1 1QQ", "198001", "", "507000", "221000", "1", "E06000032", "E05000001", "E92000001",
     "E12000006", "E01000001", "1"),
    ("QQ1 2QQ", "QQ1 2QQ", "198001", "201906", "", "", "9", "L99999999", "L99999999", "L93000001",
     "L99999999", "L99999999", ""),
]  # fmt: skip
NSPL_2019 = [
    ("pcd", "pcd2", "pcds", "doterm", "oseast1m", "osnrth1m", "osgrdind", "laua", "ward", "rgn", "lsoa11"),
    ("QQ1 1QQ", "QQ1 1QQ", "QQ1 1QQ", "", "507000", "221000", "1", "E06000032", "E05000001", "E12000006",
     "E01000009"),
]  # fmt: skip


def test_nspl_of_any_year_by_its_headers(tmp_path):
    write(tmp_path / "NSPL_AUG_2026_UK.csv", *NSPL_2026)
    assert rows_of(tmp_path, "postcodes") == [
        {
            "postcode": "QQ1 1QQ", "authority_code": "E06000032", "region_code": "E12000006",
            "ward_code": "E05000001", "lsoa_code": "E01000001", "easting": "507000", "northing": "221000",
        },
        {"postcode": "QQ1 2QQ", "terminated_on": "2019-06-01"},
    ]  # fmt: skip
    (source,) = registers.find_sources(tmp_path)
    assert source.vintage == "2026-08"
    write(tmp_path / "NSPL_AUG_2026_UK.csv", *NSPL_2019)
    (row,) = rows_of(tmp_path, "postcodes")
    assert row["authority_code"] == "E06000032"
    assert "lsoa_code" not in row, "an LSOA of 2011 is no LSOA of 2021"


def test_nspl_in_its_zip_among_other_files(tmp_path):
    write_zip(
        tmp_path / "NSPL_FEB_2026.zip",
        **{
            "Data/NSPL_FEB_2026_UK": csv_text(*NSPL_2026),
            "Documents/LA names": csv_text(("LAD26CD", "LAD26NM"), ("E06000032", "Luton")),
        },
    )
    assert [row["postcode"] for row in rows_of(tmp_path, "postcodes")] == ["QQ1 1QQ", "QQ1 2QQ"]


BASIC_COMPANY_DATA = [
    ("CompanyName", " CompanyNumber", "RegAddress.CareOf", " RegAddress.AddressLine2", "RegAddress.PostCode",
     "CompanyCategory", "CompanyStatus", "CountryOfOrigin", "DissolutionDate", "IncorporationDate",
     "SICCode.SicText_1", "SICCode.SicText_2", " PreviousName_1.CONDATE", " PreviousName_1.CompanyName",
     "PreviousName_2.CONDATE", " PreviousName_2.CompanyName", "ConfStmtNextDueDate"),
    ("QUILLMERE, CATERING LIMITED", "01000001", "", "", "qq11qq", "Private Limited Company", "Active",
     "United Kingdom", "", "05/04/2001", "56290 - Other food services", "None Supplied", "01/02/2003",
     "BLUE; DOOR LIMITED", "01/02/2002", "OLD DOOR LIMITED", ""),
    ("GLENQUILL LIMITED", "SC001234", "", "", "", "Private Limited Company", "Liquidation", "", "", "",
     "None Supplied", "", "", "", "", "", ""),
    ("", "01000003", *[""] * 15),
]  # fmt: skip


def test_companies_house_bulk_file_with_its_padded_headers(tmp_path, caplog):
    caplog.set_level("INFO", logger="anchor_spend")
    write(tmp_path / "BasicCompanyDataAsOneFile-2026-09-01.csv", *BASIC_COMPANY_DATA)
    assert rows_of(tmp_path, "companies") == [
        {
            "company_number": "01000001", "company_name": "QUILLMERE, CATERING LIMITED",
            "previous_names": "BLUE, DOOR LIMITED; OLD DOOR LIMITED", "postcode": "QQ1 1QQ",
            "status": "Active", "category": "Private Limited Company", "sic_codes": "56290",
            "incorporated_on": "2001-04-05", "country_of_origin": "United Kingdom",
        },
        {
            "company_number": "SC001234", "company_name": "GLENQUILL LIMITED",
            "status": "Liquidation", "category": "Private Limited Company",
        },
    ]  # fmt: skip
    assert "1 of 3 rows" in caplog.text


def test_companies_house_part_files_in_zips_newest_first(tmp_path):
    header, first, second, _ = BASIC_COMPANY_DATA
    write_zip(tmp_path / "BasicCompanyData-2025-09-01-part1_1.zip", old=csv_text(header, first))
    write_zip(tmp_path / "BasicCompanyData-2026-09-01-part1_2.zip", part=csv_text(header, first))
    write_zip(tmp_path / "BasicCompanyData-2026-09-01-part2_2.zip", part=csv_text(header, second))
    sources = registers.find_sources(tmp_path)
    assert [source.vintage for source in sources] == ["2026-09-01", "2026-09-01", "2025-09-01"]
    assert len(rows_of(tmp_path, "companies")) == 3


def test_chunks_bound_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("anchor_spend.registers.reading.CHUNK", 10)
    rows = [(f"QQ{n} 1QQ", "E06000032", "E01000001") for n in range(10, 45)]
    write(tmp_path / "postcodes.csv", ("postcode", "authority_code", "lsoa_code"), *rows)
    (source,) = registers.find_sources(tmp_path)
    assert [len(chunk.frame) for chunk in registers.read(source)] == [10, 10, 10, 5]


def test_code_point_open_as_repacked(tmp_path):
    import pandas as pd

    pd.DataFrame(
        {
            "postcode": ["QQ1 1QQ", "QQ112QQ", "nonsense"], "positional_quality": [10, 90, 10],
            "easting": [507000, 0, 1], "northing": [221000, 0, 1], "lad_code": ["E06000032", "E06000056", ""],
            "ward_code": ["E05000001", "", ""], "country_code": "E92000001", "county_code": "",
        }
    ).to_parquet(tmp_path / "codepoint.parquet")  # fmt: skip
    assert rows_of(tmp_path, "postcodes") == [
        {"postcode": "QQ1 1QQ", "authority_code": "E06000032", "ward_code": "E05000001",
         "easting": "507000", "northing": "221000"},
        {"postcode": "QQ11 2QQ", "authority_code": "E06000056"},
    ]  # fmt: skip


def test_union_of_company_lists(tmp_path):
    write(
        tmp_path / "UNION.csv",
        ("company_number", "name", "other_names", "postcode", "status", "sic", "type", "sources"),
        ("1000001", "Quillmere Ltd", "Blue Door Ltd;Old Door Ltd", "", "active", "56290;56210", "ltd", "x"),
        ("01000002", "", "", "", "", "", "", "x"),
    )
    assert rows_of(tmp_path, "companies") == [
        {"company_number": "01000001", "company_name": "Quillmere Ltd", "status": "active",
         "previous_names": "Blue Door Ltd; Old Door Ltd", "sic_codes": "56290; 56210", "category": "ltd"},
    ]  # fmt: skip


def test_registers_of_public_bodies(tmp_path):
    write(
        tmp_path / "local_authorities" / "uk_local_authorities.csv",
        ("local-authority-code", "official-name", "start-date", "end-date", "nation", "alt-names"),
        ("QSH", "Quillshire Council", "2009-04-01", "", "England", "Quillshire,quillshire borough council"),
    )
    write(
        tmp_path / "gov_registers" / "local-authority-eng.csv",
        ("key", "local-authority-eng", "name", "official-name", "start-date", "end-date"),
        ("QOL", "QOL", "Old Quill", "Old Quill District Council", "", "2009-03-31"),
    )
    write(
        tmp_path / "gov_registers" / "government-organisation.csv",
        ("key", "government-organisation", "name", "website", "start-date", "end-date"),
        ("Q1", "Q1", "Quill Office", "", "", "2007"),
    )
    trust = [
        "QQ1",
        "QUILLSHIRE HOSPITALS NHS FOUNDATION TRUST",
        *[""] * 7,
        "qq1 1qq",
        "20100401",
        "",
        *[""] * 15,
    ]
    write(tmp_path / "nhs" / "etr.csv", tuple(trust))
    write(tmp_path / "nhs" / "icb.csv", ("ICB24CD", "ICB24CDH", "ICB24NM"), ("E54", "QQX", "NHS Quill ICB"))
    bodies = {row["entity_id"]: row for row in rows_of(tmp_path, "public_bodies")}
    assert set(bodies) == {"GB-LAE-QSH", "GB-LAE-QOL", "GB-GOR-Q1", "GB-NHS-QQ1", "GB-NHS-QQX"}
    assert bodies["GB-LAE-QSH"]["aliases"] == "quillshire borough council"
    assert bodies["GB-NHS-QQ1"]["valid_from"] == "2010-04-01"


def test_unknown_files_are_left_alone_and_a_broken_zip_is_named(tmp_path):
    write(tmp_path / "boundaries.csv", ("code", "shape"), ("E06000032", "..."))
    (tmp_path / "notes.txt").write_text("pcds,laua")
    assert registers.find_sources(tmp_path) == []
    (tmp_path / "NSPL.zip").write_bytes(b"<!DOCTYPE html>")
    with pytest.raises(ReferenceDataError, match=r"NSPL\.zip"):
        registers.find_sources(tmp_path)


def test_a_manifest_says_vintage_licence_and_origin(tmp_path):
    write(tmp_path / "a" / "postcodes.csv", ("postcode", "authority_code", "lsoa_code"), ("LU1 2BQ", "", ""))
    write(
        tmp_path / "manifest.csv",
        ("file", "vintage", "licence", "provenance"),
        ("a/postcodes.csv", "2014-08", "OS OpenData", "somewhere"),
    )
    (source,) = registers.find_sources(tmp_path)
    assert (source.vintage, source.licence, source.origin) == ("2014-08", "OS OpenData", "somewhere")


def test_a_register_that_lacks_a_column_is_refused_by_name(tmp_path):
    write(tmp_path / "Basic.csv", ("CompanyName", " CompanyNumber"), ("QUILLMERE LIMITED", "01000001"))
    with pytest.raises(ReferenceDataError, match=r"Basic\.csv looks like Companies House"):
        rows_of(tmp_path, "companies")


@pytest.mark.parametrize(
    ("text", "postcode"),
    [("lu12bq", "LU1 2BQ"), (" LU1  2BQ ", "LU1 2BQ"), ("W1A 1AA", "W1A 1AA"), ("LU1", ""), ("", "")],
)
def test_canonical_postcode(text, postcode):
    assert registers.canonical_postcode(text) == postcode


# -- public bodies ----------------------------------------------------------------------------------------

ANCHOR = PublicBody("GB-LAE-QSH", "Quillshire Council", "council", (), "QQ1 1QQ", "quillshire", "2009-04-01")


def merged(*registered: PublicBody, anchors: tuple[PublicBody, ...] = (ANCHOR,)) -> dict[str, PublicBody]:
    return {body.entity_id: body for body in merge_bodies(registered, anchors)}


def test_an_anchor_and_its_register_row_are_one_body():
    row = PublicBody("GB-LAE-QSH", "Quillshire Unitary Authority", "council", ("Quill UA",), "ZZ1 1ZZ")
    (body,) = merged(row).values()
    assert (body.body_name, body.postcode, body.publisher_id) == (
        "Quillshire Council",
        "QQ1 1QQ",
        "quillshire",
    )
    assert body.aliases == ("Quill UA", "Quillshire Unitary Authority")


def test_an_anchor_absorbs_a_row_of_its_name_under_another_id():
    row = PublicBody("GB-GOR-Q9", "Quillshire Borough Council", "council", ("Quill Council",))
    (body,) = merged(row).values()
    assert body.entity_id == "GB-LAE-QSH"
    assert body.aliases == ("Quill Council",)  # the borough council's own name compares equal


def test_of_one_name_the_open_body_stays():
    closed = PublicBody("GB-NHS-Q1", "Quill Hospital NHS Trust", "nhs_trust", valid_to="2010-03-31")
    still_open = PublicBody("GB-NHS-Q2", "Quill Hospital NHS Foundation Trust", "nhs_trust")
    assert list(merged(closed, still_open, anchors=())) == ["GB-NHS-Q2"]


def test_two_anchors_of_one_id_leave_the_later_and_the_other_name():
    before = PublicBody(
        "GB-NHS-Q1", "Quill Hospital", "nhs_trust", (), "", "quill_hospital", valid_to="2020-03-31"
    )
    after = PublicBody("GB-NHS-Q1", "Greater Quill Hospitals", "nhs_trust", (), "", "greater_quill")
    (body,) = merged(anchors=(before, after)).values()
    assert (body.publisher_id, body.aliases) == ("greater_quill", ("Quill Hospital",))


KEPT_IDS = {"luton_and_dunstable_university_hospital", "bedford_college"}  # their successors kept the ids


def test_every_publisher_is_a_body_under_a_name_of_its_own():
    anchors = [anchor_of(spec) for spec in load_specs().values()]
    bodies = merge_bodies([], anchors)
    assert {body.publisher_id for body in bodies} == set(load_specs()) - KEPT_IDS
    luton = next(body for body in bodies if body.publisher_id == "luton_borough_council")
    assert (luton.entity_id, luton.postcode) == ("GB-LAE-LUT", "LU1 2BQ")


# -- into the database ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample's layout: the columns of the reference tables."""
    columns = registers.COLUMNS
    write(
        tmp_path / "postcodes.csv",
        tuple(columns["postcodes"]),
        ("LU1 2BQ", "E06000032", "E12000006", "E05000001", "E01000001", "509000", "221000", ""),
        ("MK40 9QQ", "E06000055", "E12000006", "", "", "", "", "2015-01-01"),
        ("MK40 9QQ", "E06000056", "", "", "", "", "", ""),
    )
    write(
        tmp_path / "companies.csv",
        tuple(columns["companies"]),
        ("01000001", "QUILLMERE, LIMITED", "BLUE DOOR LIMITED; OLD DOOR LIMITED", "LU1 2BQ", "Active",
         "Private Limited Company", "56290; 56210", "2001-04-05", ""),
        ("01000002", "HARBOURSTONE LIMITED", "", "", "", "", "", "", ""),
    )  # fmt: skip
    write(
        tmp_path / "public_bodies.csv",
        tuple(columns["public_bodies"]),
        ("GB-LAE-LUT", "Luton Borough Council", "council", "Luton UA", "", "", "", ""),
        ("GB-GOR-Q1", "Quill Office", "government", "", "", "", "2001-01-01", "2007"),
    )
    return tmp_path


def query(statement: str, *values: object) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(statement, values).fetchall()


@pytest.mark.database
def test_the_samples_registers_arrive_whole(empty_database, folder):
    assert reference.refresh(SAMPLE, folder) == LOADED
    assert query("select * from reference.postcodes order by postcode") == [
        (
            True,
            "LU1 2BQ",
            "LU",
            "LU1",
            "E06000032",
            "E12000006",
            "E05000001",
            "E01000001",
            509000,
            221000,
            None,
        ),
        (True, "MK40 9QQ", "MK", "MK40", "E06000055", "E12000006", None, None, None, None, date(2015, 1, 1)),
    ]
    columns = ", ".join(registers.COLUMNS["companies"][:9])
    assert query(f"select is_synthetic, {columns} from reference.companies order by company_number") == [
        (True, "01000001", "QUILLMERE, LIMITED", ["BLUE DOOR LIMITED", "OLD DOOR LIMITED"], "LU1 2BQ",
         "Active", "Private Limited Company", ["56290", "56210"], date(2001, 4, 5), None),
        (True, "01000002", "HARBOURSTONE LIMITED", [], None, None, None, [], None, None),
    ]  # fmt: skip
    assert query("select body_name, valid_to from reference.public_bodies where entity_id = 'GB-GOR-Q1'") == [
        ("Quill Office", date(2007, 12, 31))
    ]
    anchors = query(
        "select publisher_id, entity_id, postcode from reference.public_bodies where publisher_id <> ''"
    )
    specs = [spec for spec in load_specs().values() if spec.publisher_id not in KEPT_IDS]
    assert sorted(anchors) == sorted((spec.publisher_id, spec.org_id, spec.postcode) for spec in specs)
    ((aliases,),) = query("select aliases from reference.public_bodies where entity_id = 'GB-LAE-LUT'")
    assert "Luton UA" in aliases
    vintages = query("select dataset, row_count, origin from reference.vintages order by dataset")
    assert vintages[0] == ("companies", 2, "companies.csv")
    assert vintages[1] == ("postcodes", 2, "postcodes.csv")


@pytest.mark.database
def test_only_what_changed_is_loaded_again_and_the_other_world_stays(empty_database, folder):
    reference.refresh(SAMPLE, folder)
    reference.refresh(ARCHIVE, folder)
    assert reference.refresh(SAMPLE, folder) == UNCHANGED
    loaded_at = query("select loaded_at from reference.vintages where is_synthetic and dataset = 'postcodes'")

    columns = tuple(registers.COLUMNS["companies"])
    write(folder / "companies.csv", columns, ("01000009", "TWINFORD LTD", *[""] * 7))
    assert reference.refresh(SAMPLE, folder) == UNCHANGED | {"companies": "loaded"}
    assert query("select company_number from reference.companies where is_synthetic") == [("01000009",)]
    assert query("select count(*) from reference.companies where not is_synthetic") == [(2,)]
    assert loaded_at == query(
        "select loaded_at from reference.vintages where is_synthetic and dataset = 'postcodes'"
    )


@pytest.mark.database
def test_a_load_that_fails_leaves_the_earlier_vintage(empty_database, folder):
    reference.refresh(SAMPLE, folder)
    columns = tuple(registers.COLUMNS["companies"])
    write(folder / "companies.csv", columns, ("01000009", "TWINFORD LTD", *[""] * 5, "31/31/2001", ""))
    with pytest.raises(ReferenceDataError, match=r"companies\.csv.*date"):
        reference.refresh(SAMPLE, folder)
    assert query("select count(*) from reference.companies where is_synthetic") == [(2,)]


@pytest.mark.database
def test_without_registers_an_earlier_vintage_goes_on_else_it_says_how_to_supply_them(
    empty_database, folder, tmp_path
):
    nowhere = tmp_path / "nowhere"
    with pytest.raises(ReferenceDataError, match="ANCHOR_SPEND_REFERENCE") as raised:
        reference.refresh(ARCHIVE, nowhere)
    assert str(nowhere) in str(raised.value)
    reference.refresh(ARCHIVE, folder)
    assert reference.refresh(ARCHIVE, nowhere) == UNCHANGED


@pytest.mark.database
def test_of_several_registers_the_better_one_counts_and_the_others_fill_the_gaps(
    empty_database, folder, monkeypatch
):
    monkeypatch.setenv("ANCHOR_SPEND_ACCEPT_SMALLER", "postcodes")
    write(folder / "NSPL_AUG_2026_UK.csv", *NSPL_2026, ("", "LU1 2BQ", *[""] * 11))
    reference.refresh(ARCHIVE, folder)
    rows = query("select postcode, authority_code from reference.postcodes order by 1")
    assert rows == [
        ("LU1 2BQ", "E06000032"), ("MK40 9QQ", "E06000055"), ("QQ1 1QQ", "E06000032"), ("QQ1 2QQ", None),
    ]  # fmt: skip
    ((vintage,),) = query("select vintage from reference.vintages where dataset = 'postcodes'")
    assert vintage == "not stated; 2026-08"


@pytest.mark.parametrize(
    ("request_", "variable", "expected"),
    [
        (RunRequest("archive", archive="/data/archive"), None, "/data/reference"),
        (RunRequest("archive", archive="/data/archive"), "/other", "/other"),
        (RunRequest("live"), "/other", "/other"),
    ],
)
def test_where_the_registers_of_a_real_run_are(monkeypatch, request_, variable, expected):
    monkeypatch.delenv("ANCHOR_SPEND_REFERENCE", raising=False)
    if variable:
        monkeypatch.setenv("ANCHOR_SPEND_REFERENCE", variable)
    assert reference.reference_folder(request_) == Path(expected)


@pytest.mark.real_data
def test_every_real_register_is_recognised(real_data: Path):
    found = {source.layout.name for source in registers.find_sources(real_data / "reference")}
    assert found >= {
        "Code-Point Open", "postcodes derived from boundaries", "union of company lists",
        "UK local authorities", "government organisations", "NHS trusts (ODS etr)",
        "NHS commissioners (ODS eccg)", "GP practices (ODS epraccur)", "integrated care boards",
        "SIC codes with sections", "academy trusts and their companies", "charities and their companies",
        "mutual societies and their companies", "charities of two registers", "charities of federations",
        "other names of charities", "company numbers of incorporated charities",
        "universities that are charities", "universities by royal charter",
    }  # fmt: skip


@pytest.mark.real_data
@pytest.mark.database
def test_the_real_slices_load(empty_database, real_data: Path, tmp_path: Path):
    for path in (real_data / "reference").rglob("*.csv"):
        link = tmp_path / path.relative_to(real_data / "reference")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    outcomes = reference.refresh(ARCHIVE, tmp_path)
    assert all(outcomes[name] == "loaded" for name in (*REQUIRED, "sic_codes", "organisations"))
    counts = query(
        """select register, count(*) > 1000, count(company_number) > 500 from reference.organisations
           group by register order by register"""
    )
    assert counts == [(name, True, True) for name in ("ccew", "ccni", "fca_mutuals", "oscr")]
    kinds = {kind for (kind,) in query("select distinct body_type from reference.public_bodies")}
    assert kinds >= {"council", "nhs_trust", "nhs_commissioner", "gp_practice", "university", "government"}
    doctors = query("select count(*) from reference.public_bodies where body_name ~* '\\mdrs?\\M'")
    assert doctors == [(0,)], "a practice that goes by a doctor's name is a person's"
