"""The resolution engine, its decisions in the database, and the same on files. All names are invented."""

import csv
import itertools
from pathlib import Path

import pytest

from anchor_spend import database, names, resolve
from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution import files
from anchor_spend.resolve import Body, Entity, Query


def company(number: str, *about: object) -> Entity:
    return Entity(f"GB-COH-{number}", *about)


QUILLMERE = company("01000001", "QUILLMERE CATERING LIMITED", ("BLUE DOOR FOODS LIMITED",), "LU1 2BQ")
REGISTER = [
    QUILLMERE,
    company("01000002", "HARBOURSTONE LLP", (), "M1 1AE"),
    company("01000003", "HARBOURSTONE LIMITED", (), "LU2 7AA"),
    company("01000004", "TWINFORD LTD", (), "MK40 1AA"),
    company("01000005", "TWINFORD LTD.", (), "SG18 0AA"),
    company("01000006", "A B C GRAVELWORKS LTD", (), None),
    company("01000007", "JANE SMITH LIMITED", (), "LU3 1AA"),
    company("01000008", "PELLINGHAM CONSTRUCTION AND CIVIL ENGINEERING LIMITED", (), "B1 1AA"),
    company("01000009", "OLDENMEADOW MARKETING PARTNERS NORTH LIMITED", (), "B1 1AA"),
    company("01000010", "OLDENMEADOW MARKETING PARTNERS SOUTH LIMITED", (), "B1 1AA"),
    company("01000011", "QUILLSHIRE COUNCIL TRADING LIMITED", ("QUILLSHIRE COUNCIL LIMITED",), "B1 1AA"),
    company("SC000012", "GLENQUILL DISTILLERY LIMITED", (), "EH1 1AA"),
]
BODIES = [
    Body("GB-LAE-QSH", ["Quillshire Borough Council", "Quillshire"], "LU1 1AA"),
    Body("GB-NHS-QQ1", ["Quillshire Hospitals NHS Foundation Trust"], "LU4 0AA"),
    Body("GB-GOR-Q1", ["Quill Office", "Twin Office"], None),
    Body("GB-GOR-Q2", ["Other Quill Office", "Twin Office"], None),
]


def decide(name, number="", postcode="", cut_at=None, register=REGISTER, bodies=BODIES):
    (decision,) = resolve.resolve([Query("k", name, number, postcode, cut_at)], register, bodies)
    return decision


@pytest.mark.parametrize(
    ("published", "number", "method"),
    [
        (("Quillmere Catering Ltd",), "01000001", "exact_name"),
        (("THE QUILLMERE CATERING LTD (T)",), "01000001", "exact_name"),
        (("Quillmere Catering",), "01000001", "exact_name"),
        (("Quillmere Catering plc",), "01000001", "exact_name"),
        (("ABC Gravelworks Limited",), "01000006", "exact_name"),
        (("Blue Door Foods Ltd",), "01000001", "previous_name"),
        (("Someone Else Ltd t/a Quillmere Catering",), "01000001", "exact_name"),
        (("Harbourstone Ltd",), "01000003", "exact_name"),
        (("Jane Smith Ltd",), "01000007", "exact_name"),
        # a printed number counts where the names share a word
        (("Quillmere Foods", "1000001"), "01000001", "company_number"),
        (("Glenquill", "SC 12"), "SC000012", "company_number"),
        (("PCCE", "01000008"), "01000008", "company_number"),
        # ... and else leaves the name to decide
        (("Quillmere Catering Ltd", "01000002"), "01000001", "exact_name"),
        (("Quillmere Catering Ltd", "99999999"), "01000001", "exact_name"),
        (("Quillmere Catering Ltd", "GB 123 4567 89"), "01000001", "exact_name"),
        # a printed postcode settles a tie
        (("Twinford Ltd", "", "sg180aa"), "01000005", "name_and_postcode"),
        (("Harbourstone", "", "M1 1AE"), "01000002", "name_and_postcode"),
        # names cut at a width
        (("Pellingham Construction and Ci", "", "", 30), "01000008", "cut_name"),
        (("Pellingham Construction and", "", "", 28), "01000008", "cut_name"),
        (("Quillmere Catering Lim", "", "", 22), "01000001", "exact_name"),
    ],
)
def test_matched(published, number, method):
    decision = decide(*published)
    assert (decision.entity_id, decision.method) == (f"GB-COH-{number}", method)
    assert decision.payee_kind == "organisation"
    assert 0.85 <= decision.score <= 1


@pytest.mark.parametrize(
    ("published", "runner_up", "why"),
    [
        (("Nowherefound Ltd",), None, "no register"),
        (("Twinford Ltd",), "GB-COH-01000004", "told apart"),
        (("Harbourstone",), "GB-COH-01000002", "told apart"),
        (("Twinford Ltd", "", "ZZ1 1ZZ"), "GB-COH-01000004", "told apart"),
        (("Jane Smith",), None, "person"),
        (("Mrs Jane Smith",), None, "person"),
        (("Mrs Jane Smith", "01000007"), None, "person"),
        (("Gravelton Bakery", "01000001"), "GB-COH-01000001", "only the published number"),
        (("Oldenmeadow Marketing Partners", "", "", 30), "GB-COH-01000010", "told apart"),
        (("Twin Office",), "GB-GOR-Q1", "told apart"),
    ],
)
def test_unmatched_says_why_and_what_came_nearest(published, runner_up, why):
    decision = decide(*published)
    assert (decision.entity_id, decision.method, decision.score) == (None, "unmatched", None)
    assert decision.runner_up_entity_id == runner_up
    assert why in decision.evidence["why"]


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("Quillshire Borough Council", "GB-LAE-QSH"),
        ("QUILLSHIRE BC", "GB-LAE-QSH"),
        ("Quillshire Council", "GB-LAE-QSH"),  # goes before the company's previous name
        ("Quillshire Hospital NHS Trust", "GB-NHS-QQ1"),
        ("Quill Office", "GB-GOR-Q1"),
    ],
)
def test_public_bodies_go_first(name, entity_id):
    decision = decide(name)
    assert (decision.entity_id, decision.method) == (entity_id, "public_body")


def test_a_bodys_own_name_goes_before_anothers_alias():
    bodies = [Body("GB-GOR-A", ["First Bureau", "Second Bureau"]), Body("GB-GOR-B", ["Second Bureau"])]
    assert decide("Second Bureau", bodies=bodies).entity_id == "GB-GOR-B"


def test_a_lesser_candidate_is_the_runner_up():
    decision = decide("Harbourstone Ltd")
    assert decision.runner_up_entity_id == "GB-COH-01000002"
    assert decision.runner_up_score < decision.score
    assert decision.evidence["added"]["legal form"] < 0 < decision.evidence["added"]["words in common"]


def test_evidence_of_a_published_number_is_kept():
    assert decide("Quillmere Foods", "1000001").evidence["published_number"] == "agrees"
    assert "another name" in decide("Quillmere Catering", "01000002").evidence["published_number"]
    assert decide("Quillmere Catering", "99999999").evidence["published_number"] == "not in the registers"
    assert decide("Quillmere Catering", "N/A").evidence["published_number"] == "not a number of a register"


@pytest.mark.parametrize(
    "name", ["Quillmere Catering", "Harbourstone", "Harbourstone Ltd", "Twinford", "Jane Smith"]
)
def test_where_a_candidate_is_never_counts(name):
    """Whichever candidates are local, and however many, the decision is the same."""
    expected = decide(name)
    moved = [row for row in REGISTER if row.entity_id <= "GB-COH-01000005"]
    rest = [row for row in REGISTER if row.entity_id > "GB-COH-01000005"]
    for places in itertools.product(["LU1 2BQ", "M1 1AE", None], repeat=len(moved)):
        register = [row._replace(postcode=place) for row, place in zip(moved, places, strict=True)] + rest
        assert decide(name, register=register) == expected


def test_the_order_of_the_register_does_not_count():
    queries = [Query(str(n), row.name) for n, row in enumerate(REGISTER)] + [Query("x", "Harbourstone")]
    assert resolve.resolve(queries, REGISTER, BODIES) == resolve.resolve(
        queries, REGISTER[::-1], BODIES[::-1]
    )


@pytest.mark.parametrize(
    ("published", "padded"),
    [
        ("1234567.0", "01234567"),
        ("1234567", "01234567"),
        (" 01234567 ", "01234567"),
        ("sc12", "SC000012"),
        ("OC 301234", "OC301234"),
        ("123456789", ""),
        ("1234", ""),
        ("GB123456789", ""),
        ("N/A", ""),
        ("", ""),
        ("Awaiting", ""),
    ],
)
def test_published_numbers_in_register_form(published, padded):
    assert resolve.pad_company_number(published) == padded


# -- decisions in the database ----------------------------------------------------------------------------


@pytest.fixture
def world(empty_database: str):
    """A small register and suppliers in the sample's world."""
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into reference.companies values (true, %s, %s, %s, %s)",
            [(number_of(row), row.name, list(row.other_names), row.postcode) for row in REGISTER],
        )
        cursor.executemany(
            """insert into reference.public_bodies (is_synthetic, entity_id, body_name, body_type, aliases)
               values (true, %s, %s, 'council', %s)""",
            [(body.entity_id, body.names[0], list(body.names[1:])) for body in BODIES],
        )
    set_vintage("companies", "a")
    set_vintage("public_bodies", "a")
    add_suppliers("Quillmere Catering Ltd", "Jane Smith", "Nowherefound Ltd", "Quillshire BC")


def set_vintage(dataset: str, sha256: str) -> None:
    with database.connect() as connection:
        connection.execute(
            """insert into reference.vintages values (true, %s, '2017', %s, 1, 'test', 'none')
               on conflict (is_synthetic, dataset) do update set sha256 = excluded.sha256""",
            [dataset, sha256],
        )


def add_suppliers(*published: str, is_synthetic: bool = True) -> None:
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into landing.suppliers (is_synthetic, supplier_key, supplier_name) values (%s, %s, %s)",
            [(is_synthetic, names.supplier_key(name), name) for name in published],
        )


def decisions(*, current: bool = True) -> dict[str, tuple]:
    with database.connect() as connection:
        rows = connection.execute(
            """select s.supplier_name, d.entity_id, d.method, d.decision_id, d.reference_fingerprint
               from warehouse.supplier_decisions d join landing.suppliers s using (is_synthetic, supplier_key)
               where (d.superseded_at is null) = %s""",
            [current],
        )
        return {name: tuple(rest) for name, *rest in rows}


@pytest.mark.database
def test_every_supplier_gets_one_decision_once(world):
    assert resolve.resolve_new_suppliers(True) == {"worked": 4, "new": 4, "superseded": 0, "unchanged": 0}
    made = decisions()
    assert made["Quillmere Catering Ltd"][:2] == ("GB-COH-01000001", "exact_name")
    assert made["Quillshire BC"][:2] == ("GB-LAE-QSH", "public_body")
    assert made["Jane Smith"][:2] == made["Nowherefound Ltd"][:2] == (None, "unmatched")

    assert resolve.resolve_new_suppliers(True)["worked"] == 0
    add_suppliers("Harbourstone Ltd")
    assert resolve.resolve_new_suppliers(True) == {"worked": 1, "new": 1, "superseded": 0, "unchanged": 0}
    assert {name: row[2] for name, row in made.items()}.items() <= {
        name: row[2] for name, row in decisions().items()
    }.items()


@pytest.mark.database
def test_a_new_register_supersedes_only_what_it_changes(world):
    resolve.resolve_new_suppliers(True)
    before = decisions()
    with database.connect() as connection:
        connection.execute(
            "insert into reference.companies values (true, '02000000', 'NOWHEREFOUND LIMITED', '{}', null)"
        )
    set_vintage("companies", "b")

    assert resolve.resolve_new_suppliers(True) == {"worked": 4, "new": 1, "superseded": 1, "unchanged": 3}
    after = decisions()
    assert after["Nowherefound Ltd"][0] == "GB-COH-02000000"
    assert decisions(current=False)["Nowherefound Ltd"] == before["Nowherefound Ltd"]
    kept = [name for name in before if name != "Nowherefound Ltd"]
    assert [after[name][2] for name in kept] == [before[name][2] for name in kept]
    assert {row[3] for row in after.values()}.isdisjoint({row[3] for row in before.values()})


@pytest.mark.database
def test_a_new_engine_works_every_supplier_again(world, monkeypatch):
    resolve.resolve_new_suppliers(True)
    monkeypatch.setattr(resolve, "ENGINE_VERSION", "next")
    assert resolve.resolve_new_suppliers(True) == {"worked": 4, "new": 0, "superseded": 0, "unchanged": 4}
    assert resolve.resolve_new_suppliers(True)["worked"] == 0


@pytest.mark.database
def test_worlds_are_apart_and_a_world_without_registers_is_refused(world):
    add_suppliers("Quillmere Catering Ltd", is_synthetic=False)
    with pytest.raises(ReferenceDataError, match="refresh_reference"):
        resolve.resolve_new_suppliers(False)
    assert resolve.resolve_new_suppliers(True)["worked"] == 4


# -- the same engine on files -----------------------------------------------------------------------------


def write_csv(path: Path, *rows: tuple) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def number_of(entity: Entity) -> str:
    return entity.entity_id.removeprefix("GB-COH-")


def resolved(tmp_path: Path, *name_rows: tuple) -> list[dict[str, str]]:
    register = write_csv(
        tmp_path / "register.csv",
        ("company_number", "company_name", "previous_names", "postcode", "status"),
        *((number_of(row), row[1], "; ".join(row[2]), row[3] or "", "Active") for row in REGISTER),
    )
    files.resolve_files(write_csv(tmp_path / "names.csv", *name_rows), register, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_files_in_decisions_out(tmp_path):
    rows = resolved(
        tmp_path,
        ("query_name", "published_postcode", "published_number", "category"),
        ("Quillmere Catering Ltd", "", "", "food"),
        ("Twinford Ltd", "MK40 1AA", "", ""),
        ("Twinford Ltd", "", "", ""),
        ("Nowherefound, Ltd", "", "", ""),
        ("Glenquill", "", "SC12", ""),
    )
    assert list(rows[0]) == [
        "query_name", "company_number", "score", "band", "method", "runner_up", "runner_up_score",
    ]  # fmt: skip
    assert [(row["company_number"], row["band"], row["runner_up"]) for row in rows] == [
        ("01000001", "accept", ""),
        ("01000004", "accept", "01000005"),
        ("", "review", "01000004"),
        ("", "reject", ""),
        ("SC000012", "accept", ""),
    ]
    assert rows[3]["query_name"] == "Nowherefound, Ltd"


def test_files_may_be_parquet(tmp_path):
    import pandas as pd

    rows = [(number_of(row), row.name) for row in REGISTER[:3]]
    pd.DataFrame(rows, columns=["company_number", "company_name"]).to_parquet(tmp_path / "register.parquet")
    pd.DataFrame({"query_name": ["Quillmere Catering", "Else"]}).to_parquet(tmp_path / "names.parquet")
    out = tmp_path / "out.parquet"
    bands = files.resolve_files(tmp_path / "names.parquet", tmp_path / "register.parquet", out)
    assert bands == {"accept": 1, "reject": 1}
    assert list(pd.read_parquet(out)["company_number"]) == ["01000001", ""]


def test_the_width_names_are_cut_at_is_told_from_the_names(tmp_path):
    cut = [("Pellingham Construction and Ci",)] + [(f"Filler {'y' * 21}{n:02d}",) for n in range(9)]
    assert {len(name) for (name,) in cut} == {30}
    assert resolved(tmp_path, ("query_name",), *cut)[0]["company_number"] == "01000008"
    said = resolved(tmp_path, ("query_name", "name_cut_at"), (*cut[0], "30"))
    assert said[0]["company_number"] == "01000008"


def test_a_names_file_without_names_is_refused(tmp_path):
    with pytest.raises(ReferenceDataError, match="query_name"):
        resolved(tmp_path, ("supplier",), ("Quillmere",))


@pytest.mark.real_data
def test_precision_and_recall_on_labelled_names(real_data: Path, tmp_path):
    """As published, and cut at 30 characters. Counts only: nothing of these files is printed.

    The model was fitted to these labels, so that this only guards against a loss: what it does on names it
    was not fitted to is measured by benchmarks/resolve.py.
    """
    folder = real_data / "labelled"
    with (folder / "supplier_matches_dev.csv").open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    whole = [(row["query_name"], "999") for row in labels]
    cut = [(name[:30].strip(), "30") for name, _ in whole]
    path = write_csv(tmp_path / "names.csv", ("query_name", "name_cut_at"), *whole, *cut)
    files.resolve_files(path, folder / "register_500k.parquet", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = [row["company_number"] for row in csv.DictReader(file)]
    for numbers, precision, recall in (
        (found[: len(labels)], 0.97, 0.82),
        (found[len(labels) :], 0.96, 0.78),
    ):
        pairs = list(zip(numbers, (row["true_company_number"] for row in labels), strict=True))
        right = sum(number == truth != "" for number, truth in pairs)
        assert right / sum(number != "" for number, _ in pairs) >= precision
        assert right / sum(truth != "" for _, truth in pairs) >= recall
