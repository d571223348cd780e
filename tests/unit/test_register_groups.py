"""Groups of organisations from register files, read and loaded for real. Every entry is invented."""

from pathlib import Path

import pytest

from anchor_spend import database, reference, registers
from anchor_spend.records import RunRequest

SCHOOL_HEADER = (
    "URN,EstablishmentName,EstablishmentTypeGroup (name),TypeOfEstablishment (name),OpenDate,CloseDate,"
    "Postcode,Trusts (code),Trusts (name),Federations (code),Federations (name)\n"
)
MAINTAINED = "Local authority maintained schools,Community school,01-09-1990,,LU1 1AA"
SCHOOLS = f"""{SCHOOL_HEADER}\
900001,Vexley Primary School,Academies,Academy converter,01-09-2012,,LU1 1AA,5001,VEXLEY LEARNING TRUST,,
900002,Quill Infant School,{MAINTAINED},,,6001,Quill Schools
900003,Marl School,{MAINTAINED},0,,,
"""
COUNCILS = """local-authority-code,official-name,alt-names,nation,start-date,end-date,replaced-by
ZZA,Vexley District Council,Vexley,England,,2009-03-31,ZZC
ZZB,Quill County Council,Quill,England,,2009-03-31,"ZZC, ZZD"
ZZC,Vexley Council,,England,2009-04-01,,
"""
MERGERS = """transferor_name,transferor_regno,transferor_subno,transferee_name,transferee_regno,\
transferee_subno
OLD AID,9000001,0,NEW AID,9000002,0
BRANCH FUND,9000003,1,NEW AID,9000002,0
UNREGISTERED,,,NEW AID,9000002,0
SAME,9000002,0,NEW AID,9000002,0
"""
ANEW = "Old charity number,New charity number,Name\n9000004,9000005,Invented CIO\n9000006,12,Broken\n"
FEDERATED = """type,reg_number,name
Quill's Circle,9000007,First Circle
Quill's Circle,SC090001,Second Circle
Quill's Circle,NIC900001,Third Circle
"""
OURS = """member_entity_id,group_entity_id,group_name,basis,confidence,source
GB-CHC-9000001,GB-CHC-9000002,Reviewed Aid,merger,stated,our own list
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {
        "schools": SCHOOLS,
        "councils": COUNCILS,
        "mergers": MERGERS,
        "anew": ANEW,
        "federated": FEDERATED,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def links(folder: Path) -> set[tuple[str, ...]]:
    columns = ["member_entity_id", "group_entity_id", "group_name", "basis", "confidence"]
    return {
        row
        for source in registers.find_sources(folder)
        if source.layout.dataset == "group_links"
        for chunk in registers.read(source)
        for row in chunk.frame[columns].itertuples(index=False, name=None)
    }


def test_each_list_says_who_belongs_together_and_how_sure_that_is(folder: Path) -> None:
    assert links(folder) == {
        ("GB-EDU-900001", "gias-group-5001", "VEXLEY LEARNING TRUST", "school_group", "stated"),
        ("GB-EDU-900002", "gias-group-6001", "Quill Schools", "school_group", "stated"),
        ("GB-LAE-ZZA", "GB-LAE-ZZC", "", "succession", "stated"),
        ("GB-CHC-9000001", "GB-CHC-9000002", "NEW AID", "merger", "stated"),
        ("GB-CHC-9000004", "GB-CHC-9000005", "Invented CIO", "succession", "likely"),
        ("GB-CHC-9000007", "federation-quill-s-circle", "Quill's Circle", "federation", "likely"),
        ("GB-SC-SC090001", "federation-quill-s-circle", "Quill's Circle", "federation", "likely"),
        ("GB-NIC-900001", "federation-quill-s-circle", "Quill's Circle", "federation", "likely"),
    }


def test_one_file_is_a_list_of_schools_and_of_their_groups(folder: Path) -> None:
    found = [
        source.layout.dataset for source in registers.find_sources(folder) if "schools" in source.path.name
    ]
    assert sorted(found) == ["group_links", "public_bodies"]


@pytest.mark.database
def test_groups_are_loaded_once_and_a_list_of_ours_goes_before_a_register(
    empty_database: str, folder: Path, sample_county: Path
) -> None:
    for name in ("companies", "postcodes"):
        text = (sample_county / "reference" / f"{name}.csv").read_text(encoding="utf-8")
        (folder / f"{name}.csv").write_text("".join(text.splitlines(keepends=True)[:50]), encoding="utf-8")
    (folder / "ours.csv").write_text(OURS)
    request = RunRequest("archive")
    assert reference.refresh(request, folder)["group_links"] == "loaded"
    assert reference.refresh(request, folder)["group_links"] == "unchanged"
    with database.connect("transformer") as connection:
        rows = connection.execute("select basis, count(*) from reference.group_links group by 1").fetchall()
        named = connection.execute(
            "select group_name, source from reference.group_links where basis = 'merger'"
        ).fetchall()
    assert dict(rows) == {"school_group": 2, "succession": 2, "merger": 1, "federation": 3}
    assert named == [("Reviewed Aid", "our own list")]
    (folder / "federated.csv").unlink()
    assert reference.refresh(request, folder)["group_links"] == "loaded"
    with database.connect("transformer") as connection:
        (left,) = connection.execute("select count(*) from reference.group_links").fetchone() or (0,)
    assert left == 5
