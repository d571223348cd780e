"""How a decision is explained, from the database and from a file. All names are invented."""

import csv
import json
from datetime import date

import pytest
import supplier_world as world

from anchor_spend import cli, explain, names, resolve
from anchor_spend.errors import ReferenceDataError, SettingsError
from anchor_spend.review import seed

LUTON = "luton_borough_council"


@pytest.fixture(scope="module")
def county(emptied_database, tmp_path_factory):
    world.add_registers()
    keys = {name: world.publish(name) for name in ("Quillmere Catering Ltd", "TWINFORD LTD", "Jane Smith")}
    keys["sandy"] = world.publish("Twinford Limited", "", "SG18 0AA")
    world.pay(LUTON, "2017-04-03", *((key, "1.00") for key in keys.values()))
    with pytest.MonkeyPatch.context() as patch:
        path = world.seed_file(tmp_path_factory.mktemp("seed"), patch)
        resolve.resolve_new_suppliers(True)
        row = seed.Reviewed(
            keys["TWINFORD LTD"], names.name_key("Twinford Ltd"), "GB-COH-01000004", "", None, None,
            date(2017, 6, 1), "AB", "Delivery notes.",
        )  # fmt: skip
        path.write_text(seed.text_of([row]))
        yield keys


def explained(name, *printed) -> tuple[explain.Explanation, str]:
    found = explain.from_database(explain.query_of(name, *printed))
    return found, "\n".join(explain.lines(found))


@pytest.mark.database
def test_an_accepted_name_says_by_what(county):
    found, text = explained("Quillmere Catering Ltd")
    assert found.decision["band"] == "accept"
    assert found.decision["entity_name"] == "QUILLMERE CATERING LIMITED"
    assert found.asked == {"paid": "2017-04-03 to 2017-04-03"}
    (best, *_) = found.candidates
    assert (best.entity_id, best.postcode, best.status) == ("GB-COH-01000001", "LU1 2BQ", "Active")
    assert any(piece.startswith("words in common +") for piece in best.evidence)
    assert "Payee:     an organisation, by its name" in text
    assert f"accepted by the name: {found.decision['score']:.4f}" in text
    assert (
        f"Stored:    Quillmere Catering Ltd: GB-COH-01000001 by exact_name {found.decision['score']:.4f}"
        in text
    )
    assert f"Engine {resolve.engine_version()}; registers: companies 2017, organisations 2017" in text
    assert "£" not in text


@pytest.mark.database
def test_a_tie_shows_both_and_what_was_decided_on_variants(county):
    found, text = explained("Twinford Ltd")
    assert found.decision["band"] == "review"
    assert {shown.entity_id for shown in found.candidates} == {"GB-COH-01000004", "GB-COH-01000005"}
    assert sum(shown.probability for shown in found.candidates) + found.none_probability == pytest.approx(
        1, abs=0.01
    )
    assert "unmatched: several candidates cannot be told apart; a person should look" in text
    assert {row["supplier_key"] for row in found.stored} == {county["TWINFORD LTD"], county["sandy"]}
    assert "Reviewed:  GB-COH-01000004 for" in text
    assert "on 2017-06-01: Delivery notes." in text


@pytest.mark.database
@pytest.mark.parametrize(
    ("printed", "entity_id", "evidence"),
    [
        (("", "SG18 0AA"), "GB-COH-01000005", "the printed postcode is its own"),
        (("1000004",), "GB-COH-01000004", "the company number printed beside it says so"),
    ],
)
def test_what_is_printed_beside_a_name_counts(county, printed, entity_id, evidence):
    found, text = explained("Twinford Ltd", *printed)
    assert found.decision["entity_id"] == entity_id
    assert evidence in found.candidates[0].evidence
    assert evidence in text


@pytest.mark.database
def test_persons_and_public_bodies_are_compared_with_nothing(county):
    person, text = explained("Jane Smith")
    assert (person.payee_kind, person.candidates, person.none_probability) == ("person", [], None)
    assert "persons are not looked up" in text
    body, text = explained("Quillshire BC")
    assert (body.decision["entity_id"], body.candidates) == ("GB-LAE-QSH", [])
    assert "a register of public bodies has the name" in text


@pytest.mark.database
def test_a_cut_name_is_one_by_its_publisher(county):
    publisher = "central_bedfordshire_council"
    assert explain.query_of("x" * 30, publisher_id=publisher).name_cut_at == 30
    assert explain.query_of("x" * 20, publisher_id=publisher).name_cut_at is None
    with pytest.raises(SettingsError, match="blank"):
        explain.query_of(" ")


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["anchor-spend", "explain", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code, capsys.readouterr()


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "register.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["company_number", "company_name", "previous_names", "postcode"])
        writer.writerows(
            [number, name, "; ".join(other), place] for number, name, other, place, _ in world.COMPANIES
        )
    return path


def test_a_register_in_a_file_needs_no_database(register, monkeypatch, capsys):
    code, said = run(
        monkeypatch,
        capsys,
        "Blue Door Foods Ltd",
        "--number",
        "01000001",
        "--register",
        str(register),
        "--json",
    )
    found = json.loads(said.out)
    assert code == 0
    assert (found["decision"]["entity_id"], found["decision"]["method"]) == (
        "GB-COH-01000001",
        "company_number",
    )
    assert found["candidates"][0]["name"] == "QUILLMERE CATERING LIMITED"
    assert "by another of its names" in found["candidates"][0]["evidence"]
    assert found["stored"] == found["reviewed"] == []


def test_a_register_that_is_not_there_is_said_to_be(tmp_path, monkeypatch, capsys):
    code, said = run(monkeypatch, capsys, "Any Ltd", "--register", str(tmp_path / "absent.csv"))
    assert code == 1
    assert "absent.csv does not exist" in said.err


@pytest.mark.database
def test_the_command_reads_the_database(county, monkeypatch, capsys):
    code, said = run(monkeypatch, capsys, "Quillmere Catering")
    assert (code, said.out.splitlines()[0]) == (0, "Quillmere Catering")
    assert "GB-COH-01000001 QUILLMERE CATERING LIMITED (accept)" in said.out


@pytest.mark.database
def test_what_a_terminal_would_obey_is_not_printed(county):
    _, text = explained("Quill\x1b[31mmere\nLtd")
    assert "Quill [31mmere Ltd" in text
    assert text.isprintable() or set(text) - {"\n"} == {letter for letter in text if letter.isprintable()}


@pytest.mark.parametrize("printed", [("Foo \udcff Ltd",), ("Foo Ltd", "\udcff")])
def test_bytes_that_are_no_text_are_refused(printed):
    with pytest.raises(SettingsError, match="not UTF-8"):
        explain.query_of(*printed)


@pytest.mark.parametrize("content", [b"", b"company_number,company_name\n1,Caf\xe9\n"])
def test_a_register_file_that_is_no_table_is_named(tmp_path, content):
    file = tmp_path / "register.csv"
    file.write_bytes(content)
    with pytest.raises(ReferenceDataError, match=r"register\.csv cannot be read as a table"):
        explain.from_file(explain.query_of("Quillmere Ltd"), file)


def test_a_register_without_names_knows_nobody(tmp_path):
    file = tmp_path / "register.csv"
    file.write_text("company_number,company_name\n1,\n")
    found = explain.from_file(explain.query_of("Quillmere Ltd"), file)
    assert (found.decision["entity_id"], found.candidates) == (None, [])
