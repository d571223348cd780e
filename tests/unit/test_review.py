"""The review queue and its answers: what is asked first, taken and refused. All names are invented."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
import supplier_world as world
from reviewing import answered, reviewed

from anchor_spend import cli, database, names, resolve, spreadsheets
from anchor_spend.errors import ReviewError
from anchor_spend.review import answers, command, holding, seed, stale
from anchor_spend.settings import PROJECT

pytestmark = pytest.mark.database
KEY = "0123456789abcdef"
SOUND = f"{KEY},,GB-COH-1,,,,2017-06-01,AB,Invented."
LUTON, BEDFORD = "luton_borough_council", "bedford_borough_council"


@pytest.fixture(scope="module")
def county(emptied_database, tmp_path_factory):
    """Payments of two bodies, decided once; the tests change nothing but the seed."""
    world.add_registers()
    keys = {
        "quillmere": world.publish("Quillmere Catering Ltd"),
        "twinford": world.publish("Twinford Ltd"),
        "twinford_limited": world.publish("TWINFORD LIMITED."),
        "twinford_numbered": world.publish("Twinford Ltd", "01000004"),
        "twinford_sandy": world.publish("Twinford Ltd", "", "SG18 0AA"),
        "unknown": world.publish("Nowherefound Services"),
        "twinford_elsewhere": world.publish("Twinford Ltd", "09999999"),  # paid by nobody yet
        "small": world.publish("Smallfound Services"),
        "formula": world.publish("=Cmd Services Ltd"),
        "person": world.publish("Jane Smith"),
        "unclear": world.publish("Quimbleby"),
        "withheld": world.publish("Name Withheld"),
    }
    world.pay(
        LUTON,
        "2017-04-03",
        *((keys[name], amount) for name, amount in [
            ("quillmere", "90000.00"), ("twinford", "500.00"), ("unknown", "20000.00"), ("small", "9.00"),
            ("person", "70000.00"), ("unclear", "30000.00"), ("withheld", "8.00"), ("formula", "15000.00"),
        ]),
    )  # fmt: skip
    world.pay(
        BEDFORD,
        "2017-05-04",
        *((keys[name], amount) for name, amount in [
            ("twinford_limited", "700.00"), ("twinford_numbered", "1.00"), ("twinford_sandy", "2.00"),
            ("unknown", "1.00"),
        ]),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        world.seed_file(tmp_path_factory.mktemp("seed"), patch)
        resolve.resolve_new_suppliers(True)
    return keys


@pytest.fixture
def path(tmp_path, monkeypatch):
    return world.seed_file(tmp_path, monkeypatch)


def exported(folder, **options):
    file = folder / "queue.csv"
    said = list(
        command.export(file, **{"limit": 200, "publisher_id": "", "include_unclear": False, **options})
    )
    keys = ("supplier_key", "name_key")
    rows = [row | {name: spreadsheets.key_of(row[name]) for name in keys} for row in world.rows_of(file)]
    return file, rows, said


def taken(folder, *given: dict[str, str]):
    with database.connect("loader") as connection:
        return answers.import_file(connection, True, answered(folder, *given))


def row_of(keys, name, decision, **cells):
    return {"supplier_key": keys[name], "name_key": name_key_of(keys, name), "decision": decision, **cells}


def name_key_of(keys, name):
    with database.connect() as connection:
        (found,) = connection.execute(
            "select supplier_name from landing.suppliers where supplier_key = %s", [keys[name]]
        ).fetchone()
    return names.name_key(found)


# -- the queue --------------------------------------------------------------------------------------------


def test_pounds_decide_within_each_part_and_variants_are_one_row(county, path, tmp_path):
    _, rows, _ = exported(tmp_path)
    assert [(row["queue"], row["supplier_key"], row["gbp"]) for row in rows] == [
        ("review", county["twinford_limited"], "1200.00"),
        ("large unmatched", county["unknown"], "20001.00"),
        ("large unmatched", county["formula"], "15000.00"),
        ("smaller", county["small"], "9.00"),
    ]
    first = rows[0]
    assert first["published_names"] == "TWINFORD LIMITED. | Twinford Ltd"
    assert (first["publishers"], first["payments"]) == (f"{BEDFORD} {LUTON}", "2")
    assert (first["first_paid"], first["last_paid"]) == ("2017-04-03", "2017-05-04")
    candidates = {(first[f"candidate_{n}_id"], first[f"candidate_{n}_postcode"]) for n in (1, 2)}
    assert candidates == {("GB-COH-01000004", "MK40 1AA"), ("GB-COH-01000005", "SG18 0AA")}
    assert first["candidate_1_name"].startswith("TWINFORD LTD")
    assert first["candidate_1_status"] == "Active"
    assert 0 < float(first["candidate_1_probability"]) < 0.7
    assert "told apart" in first["why"]
    assert first["decision"] == first["reviewer"] == first["reason"] == ""


def test_persons_are_left_out_and_counted(county, path, tmp_path):
    file, _, said = exported(tmp_path)
    text = file.read_text(encoding="utf-8-sig")
    assert not any(name in text for name in ("Jane Smith", "Quimbleby", "Withheld"))
    assert "  left out, read as a person's name: 1 suppliers, £70,000.00" in said
    assert "  left out, unclear whether a person or an organisation: 1 suppliers, £30,000.00" in said
    assert "  left out, redacted: 1 suppliers, £8.00" in said
    _, rows, _ = exported(tmp_path, include_unclear=True)
    assert [row["supplier_key"] for row in rows].index(county["unclear"]) == 1
    assert county["person"] not in {row["supplier_key"] for row in rows}


def test_one_publisher_and_a_limit(county, path, tmp_path):
    _, rows, said = exported(tmp_path, publisher_id=BEDFORD, limit=1)
    assert [(row["supplier_key"], row["gbp"]) for row in rows] == [(county["twinford_limited"], "700.00")]
    assert "1 of 2 names that wait, £700.00" in said[0]


def test_the_file_is_safe_to_open_and_for_its_owner(county, path, tmp_path):
    file, rows, _ = exported(tmp_path)
    assert next(row for row in rows if row["supplier_key"] == county["formula"])["published_names"][0] == "'"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_with_answers_is_not_written_over(county, path, tmp_path):
    exported(tmp_path)
    exported(tmp_path)
    file, rows, _ = exported(tmp_path)
    rows[0]["reason"] = "Half an answer."
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(ReviewError, match="1 answers already"):
        exported(tmp_path)


@pytest.mark.parametrize("change", [
    lambda text: text.replace(",", ";"),  # saved by a spreadsheet of another country, with answers
    lambda text: "a letter",
    lambda text: f'queue\n"{"z" * 200_000}"',
])  # fmt: skip
def test_a_file_that_is_no_queue_is_not_written_over(county, path, tmp_path, change):
    file, _, _ = exported(tmp_path)
    file.write_text(change(file.read_text()))
    before = file.read_bytes()
    with pytest.raises(ReviewError, match="not written over"):
        exported(tmp_path)
    assert file.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(county, path, tmp_path):
    for folder in (tmp_path / "absent", path):
        with pytest.raises(ReviewError, match="cannot be written"):
            exported(folder)


# -- the answers ------------------------------------------------------------------------------------------


def test_answers_go_into_the_seed_and_say_what_they_change(county, path, tmp_path):
    done = taken(
        tmp_path,
        row_of(county, "twinford", "1", candidate_1_id="GB-COH-01000004"),
        row_of(county, "unknown", "GB-CHC-1000020", reason="=Looked up"),
        row_of(county, "small", "none"),
        row_of(county, "unclear", "person"),
        row_of(county, "formula", "later"),
        {"supplier_key": county["quillmere"], "decision": ""},
    )
    assert (done.added, done.unchanged, done.later, done.empty, done.refused) == (4, 0, 1, 1, [])
    assert done.effects == {
        "newly matched": (3, Decimal("21201.00")),  # a variant of Twinford Ltd as well
        "confirmed as matched": (1, Decimal("1.00")),  # and the one printed with that very number
        "said to be in no register": (1, Decimal("9.00")),
        "said to be persons": (1, Decimal("30000.00")),
    }
    rows = {row.supplier_key: row for row in seed.load()}
    assert rows[county["unknown"]].outcome == ("GB-CHC-1000020", "organisation")
    assert rows[county["unknown"]].reason == "'=Looked up"
    assert rows[county["small"]].outcome == ("", "organisation")
    assert rows[county["unclear"]][4:7] == (None, None, date.today())
    assert list(rows) == sorted(rows)
    assert not any(name in path.read_text() for name in ("Twinford", "Nowherefound", "Quimbleby"))


def test_importing_twice_changes_nothing(county, path, tmp_path):
    given = [row_of(county, "twinford", "GB-COH-01000004"), row_of(county, "small", "none")]
    taken(tmp_path, *given)
    before = path.read_bytes(), path.stat().st_mtime_ns
    done = taken(tmp_path, *given, given[0])
    assert (done.added, done.unchanged, done.effects) == (0, 3, {})
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_whole_round_from_export_to_models_input(county, path, tmp_path):
    file, rows, _ = exported(tmp_path)
    rows[0] |= {"decision": "2", "reviewer": "AB", "reason": "Delivery notes."}
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    said = list(command.take(file))
    assert said[0] == "1 decisions added, 0 there already, 0 for later, 3 not answered, 0 refused"
    held = holdings()
    chosen = rows[0]["candidate_2_id"]
    assert held[county["twinford"]].entity_id == held[county["twinford_limited"]].entity_id == chosen
    file.unlink()
    _, rows, _ = exported(tmp_path)
    assert county["twinford_limited"] not in {row["supplier_key"] for row in rows}


def holdings():
    with database.connect("loader") as connection:
        seed.lay_out(connection, seed.load())
        return holding.held(connection, True)


def test_a_decision_stops_where_printed_evidence_points_elsewhere(county, path, tmp_path):
    taken(tmp_path, row_of(county, "twinford", "GB-COH-01000004"))
    held = holdings()
    assert {name for name, key in county.items() if key in held} == {
        "twinford", "twinford_limited", "twinford_numbered",
    }  # fmt: skip


def test_the_queue_and_the_models_agree_on_what_holds(county, path):
    """The model of the warehouse, run on the same rows, says the same of every supplier."""
    twinford = name_key_of(county, "twinford")
    rows = [
        reviewed(county["twinford"], "GB-COH-01000004", name_key=twinford),
        reviewed(county["twinford_sandy"], kind="organisation"),
        reviewed(county["unknown"], kind="person", name_key=name_key_of(county, "unknown")),
        reviewed(county["person"], "GB-COH-01000006", name_key=name_key_of(county, "person")),
        reviewed(county["small"], "GB-COH-01000001", valid_to=date(2018, 1, 1)),
    ]
    path.write_text(seed.text_of(rows))
    assert as_the_models_have_it() == holdings()
    path.write_text(seed.text_of([*rows, reviewed("fedcba9876543210", kind="person", name_key=twinford)]))
    assert as_the_models_have_it() == holdings()
    assert county["twinford_limited"] not in holdings()


def as_the_models_have_it():
    model = PROJECT / "dbt_project" / "models" / "intermediate" / "int_supplier_overrides.sql"
    text = model.read_text(encoding="utf-8")
    for template, table in {
        "{{ ref('stg_supplier_overrides') }}": (
            "(select supplier_key, nullif(name_key, '') as name_key, entity_id, payee_kind, is_in_force"
            " from reviewed)"
        ),
        "{{ ref('stg_releases') }}": "(select 1)",
        "{{ in_force('decided', 'releases.as_of') }}": "decided.is_in_force",
        "{{ ref('stg_supplier_decisions') }}": (
            "(select * from warehouse.supplier_decisions where superseded_at is null) as d"
        ),
    }.items():
        assert template in text
        text = text.replace(template, table)
    with database.connect("loader") as connection:
        seed.lay_out(connection, seed.load())
        rows = connection.execute(text.encode()).fetchall()
    return {key: holding.Outcome(entity_id, kind) for key, entity_id, kind, _ in rows}


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"supplier_key": "1.23457E+15"}, "supplier_key", "key_unreadable"),
        ({"supplier_key": "0123456789abcdef"}, "supplier_key", "supplier_unknown"),
        ({"name_key": "0123456789abcdef"}, "name_key", "name_key_differs"),
        ({"decision": "1"}, "decision", "candidate_missing"),
        ({"decision": "9"}, "decision", "candidate_missing"),
        ({"decision": "01234567"}, "decision", "candidate_missing"),
        ({"decision": "yes"}, "decision", "decision_unknown"),
        ({"decision": "GB-COH-99999999"}, "decision", "entity_unknown"),
        ({"reviewer": " "}, "reviewer", "reviewer_missing"),
        ({"reason": ""}, "reason", "reason_missing"),
        ({"reason": "x" * 501}, "reason", "too_long"),
        ({"decision": "person", "reason": "This is NOWHEREFOUND services!"}, "reason", "names_a_person"),
        ({"reason": "Ask invented.person@example.org"}, "reason", "email_address"),
        ({"reviewer": "a.b@example.org"}, "reviewer", "email_address"),
        ({"reason": "Called 01632 960 001."}, "reason", "phone_number"),
        ({"reason": "Insured as AB 12 34 56 C"}, "reason", "national_insurance_number"),
        ({"decision": "\u00b2"}, "decision", "candidate_missing"),
        ({"decision": "9" * 5000}, "decision", "candidate_missing"),
        ({"decision": "GB-COH-0100\x000004"}, "decision", "control_characters"),
        ({"supplier_key": "0123456789abcde\x00"}, "supplier_key", "control_characters"),
        ({"reason": "a\x00b"}, "reason", "control_characters"),
        ({"reviewer": "\x1b[31mAB"}, "reviewer", "control_characters"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_the_rest_goes_on(
    county, path, tmp_path, cells, column, rule
):
    done = taken(
        tmp_path,
        row_of(county, "unknown", "GB-CHC-1000020") | cells,
        row_of(county, "small", "none"),
    )
    assert [problem[:3] for problem in done.refused] == [(2, column, rule)]
    assert done.refused[0].remedy
    assert column == "decision" or not cells[column].strip() or cells[column] not in str(done.refused)
    assert [row.supplier_key for row in seed.load()] == [county["small"]]


def test_a_row_with_more_cells_than_columns_is_not_guessed_at(county, path, tmp_path):
    file = answered(tmp_path, row_of(county, "small", "none"))
    file.write_text(file.read_text().replace("The invoice says so.", "The invoice, it says so."))
    with database.connect("loader") as connection:
        done = answers.import_file(connection, True, file)
    assert [problem[:3] for problem in done.refused] == [(2, "beyond the last column", "too_many_cells")]
    assert seed.load() == []


def test_a_column_that_stands_there_twice_is_refused(county, path, tmp_path):
    file = answered(tmp_path, row_of(county, "small", "none"))
    file.write_text(file.read_text().replace("candidate_1_id", "decision"))
    with pytest.raises(ReviewError, match="a column twice"):
        list(command.take(file))


def test_none_says_of_nobody_that_they_are_an_organisation(county, path, tmp_path):
    """Whose name is published then: it takes the word."""
    taken(tmp_path, row_of(county, "unclear", "none"), row_of(county, "person", "NONE"))
    assert {row.supplier_key: row.payee_kind for row in seed.load()} == {
        county["unclear"]: "unclear", county["person"]: "person",
    }  # fmt: skip
    seed.personal_path().unlink()
    taken(tmp_path, row_of(county, "unclear", "Organisation", reviewer="A\r\n B"))
    (row,) = seed.load()
    assert (row.outcome, row.reviewed_by) == (("", "organisation"), "A B")


def test_a_seed_that_cannot_be_written_stays_and_says_so(county, path, tmp_path, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr("anchor_spend.review.seed.os.fsync", full)
    with pytest.raises(ReviewError, match=r"cannot be written .*no answer was taken"):
        taken(tmp_path, row_of(county, "small", "none"))
    assert path.read_bytes() == before


def full(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_seed_that_is_not_there_is_named(county, path, tmp_path):
    path.unlink()
    with pytest.raises(ReviewError, match=r"supplier_overrides\.csv cannot be read"):
        list(command.list_stale())


def test_of_contradictory_rows_none_is_taken(county, path, tmp_path):
    done = taken(
        tmp_path,
        row_of(county, "twinford", "GB-COH-01000004"),
        row_of(county, "twinford_limited", "GB-COH-01000005"),
        row_of(county, "unknown", "none"),
        row_of(county, "unknown", "person"),
        row_of(county, "small", "none"),
    )
    assert [(problem.row, problem.rule) for problem in done.refused] == [
        (row, "contradicts_row") for row in (2, 3, 4, 5)
    ]
    assert done.added == 1


def test_what_contradicts_a_reviewed_decision_is_refused(county, path, tmp_path):
    taken(tmp_path, row_of(county, "twinford", "GB-COH-01000004"))
    before = path.read_bytes()
    for name, decision in (("twinford", "none"), ("twinford_limited", "GB-COH-01000005")):
        done = taken(tmp_path, row_of(county, name, decision))
        assert [problem.rule for problem in done.refused] == ["contradicts_reviewed"]
    assert path.read_bytes() == before


def test_one_name_may_be_two_organisations_where_evidence_tells_them_apart(county, path, tmp_path):
    with database.connect() as connection:
        connection.execute(
            "update landing.suppliers set postcode = 'MK40 1AA' where supplier_key = %s", [county["twinford"]]
        )
    try:
        done = taken(
            tmp_path,
            row_of(county, "twinford", "GB-COH-01000004"),
            row_of(county, "twinford_sandy", "GB-COH-01000005"),
        )
    finally:
        with database.connect() as connection:
            connection.execute(
                "update landing.suppliers set postcode = '' where supplier_key = %s", [county["twinford"]]
            )
    assert (done.added, done.refused) == (2, [])
    assert {row.name_key for row in seed.load()} == {""}


def test_a_new_decision_follows_one_that_ended(county, path, tmp_path):
    day = date.today() - timedelta(days=10)
    old = seed.Reviewed(county["small"], "", "GB-CHC-1000020", "", None, day, day, "AB", "Then.")
    path.write_text(seed.text_of([old]))
    assert taken(tmp_path, row_of(county, "small", "none")).added == 1
    assert [(row.valid_from, row.valid_to) for row in seed.load()] == [(None, day), (date.today(), None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("supplier_key,decision\n1,2\n", "lacks the columns name_key, reviewer, reason"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_file_that_is_none_of_the_queue_is_refused(county, path, tmp_path, text, said):
    file = tmp_path / "x.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ReviewError, match=said):
        list(command.take(file))


def test_refused_rows_end_with_an_error_after_the_rest_was_taken(county, path, tmp_path):
    file = answered(tmp_path, row_of(county, "small", "none"), row_of(county, "unknown", "perhaps"))
    said = []
    with pytest.raises(ReviewError, match="not taken"):
        said.extend(command.take(file))
    assert len(seed.load()) == 1


# -- the seed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1.2E+30,,GB-COH-1,,,,2017-01-01,AB,x", "row 3, supplier_key [key_unreadable]: 9.9A+99. "),
        ("1.23457E+15,,GB-COH-1,,,,2017-01-01,AB,x", "row 3, supplier_key [key_unreadable]: 9.99999A+99. "),
        (",,GB-COH-1,,,,2017-01-01,AB,x", "row 3, supplier_key [key_unreadable]: empty. "),
        (f"{KEY},12345678901234,GB-COH-1,,,,2017-01-01,AB,x", "row 3, name_key [key_unreadable]: 9999999"),
        (f"{KEY},,gb-coh-1,,,,2017-01-01,AB,x", "row 3, entity_id [id_unreadable]: aa-aaa-9. "),
        (f"{KEY},,,,,,2017-01-01,AB,x", "row 3, payee_kind [kind_unreadable]: empty. "),
        (f"{KEY},,,company,,,2017-01-01,AB,x", "row 3, payee_kind [kind_unreadable]: aaaaaaa. "),
        (f"{KEY},,GB-COH-1,,yesterday,,2017-01-01,AB,x", "row 3, valid_from [date_unreadable]: aaaaaaaaa. "),
        (f"{KEY},,GB-COH-1,,,05/04/2017,2017-01-01,AB,x", "row 3, valid_to [date_unreadable]: 99/99/9999. "),
        (f"{KEY},,GB-COH-1,,,20170405,2017-01-01,AB,x", "row 3, valid_to [date_unreadable]: 99999999. "),
        (f"{KEY},,GB-COH-1,,,2017-02-30,2017-01-01,AB,x", "row 3, valid_to [date_unreadable]: 9999-99-99. "),
        (f"{KEY},,GB-COH-1,,,,,AB,x", "row 3, reviewed_on [date_unreadable]: empty. "),
        (f"{KEY},,GB-COH-1,,2018-01-01,2017-01-01,2017-01-01,AB,x", "valid_to [ends_before_it_begins]: 99"),
        (f"{KEY},,GB-COH-1,,,,2017-01-01,AB,", "row 3, reason [reason_missing]: empty. "),
        (f"{KEY},,GB-COH-1", "row 3 [cell_count]: 3 cells, not 9. "),
        (f"{KEY},,GB-COH-1,,,,2017-01-01,AB,x, y", "row 3 [cell_count]: 10 cells, not 9. "),
        (f"{KEY},,GB-COH-1 ,,,,2017-01-01,AB,x", 'row 3, entity_id [outer_space]: "AA-AAA-9 ". '),
        ("", "row 3 [blank_row]: nothing is in it. "),
        (",,,,,,,,", "row 3 [blank_row]: nothing is in it. "),
        (f'{KEY},,GB-COH-1,,,,2017-01-01,AB,"x\n{KEY},,"', "row 3, reason [line_end]: 2 lines. "),
        (f'{KEY},,GB-COH-1,,,,2017-01-01,AB,"x\n{KEY},,', "row 3 [quotes]: "),
    ],
)
def test_a_spoilt_row_of_the_seed_is_refused_by_place_shape_rule_and_remedy(path, line, said):
    path.write_text(f"{','.join(seed.COLUMNS)}\n{SOUND}\n{line}\n{SOUND}\n")
    with pytest.raises(ReviewError, match="nothing of it is taken") as raised:
        seed.load()
    (problem,) = [line for line in str(raised.value).splitlines() if "[" in line]
    assert problem.startswith("supplier_overrides.csv, row 3") and said in problem
    assert problem.split(said)[1].strip(), "what to do"


def test_every_spoilt_row_is_named_and_no_value(path):
    lines = ["5E+15,,GB-COH-1,,,,01/06/2017,AB,Invented words."] * 15
    path.write_text("\n".join([",".join(seed.COLUMNS), *lines]))
    with pytest.raises(ReviewError) as raised:
        seed.load()
    said = str(raised.value)
    assert "row 2, supplier_key" in said and "row 11, reviewed_on" in said and "and 10 more" in said
    assert "5E+15" not in said and "01/06/2017" not in said and "Invented" not in said


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            ";".join(seed.COLUMNS),
            r"row 1 \[separator\]: cells with ; or tabs between. Save it as CSV with commas",
        ),
        ("\t".join(seed.COLUMNS), r"row 1 \[separator\]"),
        (
            ",".join(seed.COLUMNS[:-1]),
            r"row 1 \[columns\]: 8 other columns. It must have the columns supplier_key,",
        ),
        ("", r"row 1 \[columns\]"),
    ],
)
def test_a_seed_of_other_columns_is_refused(path, header, said):
    path.write_text(f"{header}\n{SOUND}\n")
    with pytest.raises(ReviewError, match=said):
        seed.load()


def test_a_seed_survives_a_spreadsheet_but_for_its_dates(path):
    """A byte order mark takes nothing away, and keys are text; rows with bare keys go on being read."""
    row = reviewed("0000123456789012", "GB-COH-1", name_key="12345678901234e5")
    path.write_text(seed.text_of([row]), encoding="utf-8-sig")
    assert "\nkey_0000123456789012,key_12345678901234e5,GB-COH-1," in path.read_text()
    assert seed.load() == [row]
    path.write_text(path.read_text(encoding="utf-8-sig").replace("key_0", "0").replace("key_1", "1"))
    assert seed.load() == [row]


def test_what_two_people_add_at_once_is_all_there(path):
    def add(number: int) -> None:
        with seed.edited() as rows:
            rows.append(reviewed(f"{number:016x}", kind="person")._replace(is_personal=bool(number % 2)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(seed.load()) == 40


def test_a_failed_edit_leaves_the_file_as_it_was(county, path):
    before = path.read_bytes()

    def fail():
        with seed.edited() as rows:
            rows.append(seed.Reviewed("k", "", "E", "", None, None, date.today(), "AB", "x"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


# -- decisions that have aged -----------------------------------------------------------------------------


def aged(path, *rows) -> set[tuple[str, str]]:
    path.write_text(seed.text_of(rows))
    with database.connect("loader") as connection:
        seed.lay_out(connection, seed.load())
        found = stale.note(connection, True, seed.load())
        assert stale.stored(connection, True) == sorted(
            found, key=lambda row: (row.severity != "warning", row.rule, row.supplier_key)
        )
    return {(row.supplier_key, row.rule) for row in found}


def test_what_has_aged_is_named_by_rule(county, path):
    yesterday = date.today() - timedelta(days=1)
    twinford = name_key_of(county, "twinford")
    found = aged(
        path,
        reviewed(county["small"], "GB-COH-01000007"),  # ended in 2012
        reviewed(county["unknown"], "GB-COH-09999999"),
        reviewed(county["quillmere"], "GB-COH-01000001"),
        reviewed(county["formula"], "GB-COH-01000006", valid_to=yesterday),
        reviewed(county["twinford"], "GB-COH-01000004", name_key=twinford),
        reviewed(county["twinford_limited"], "GB-CHC-1000020", name_key=twinford),
        reviewed(county["unclear"], kind="person", name_key=KEY),
        reviewed("fedcba9876543210", kind="organisation"),
    )
    assert found == {
        (county["small"], "ended_before_paid"),
        (county["unknown"], "not_in_register"),
        (county["quillmere"], "engine_agrees"),
        (county["formula"], "expired"),
        (min(county["twinford"], county["twinford_limited"]), "contradicts"),
        (county["twinford"], "variant_held_off"),
        (county["twinford_limited"], "variant_held_off"),
        (county["unclear"], "name_key_changed"),
        (county["unclear"], "in_repository"),
        ("fedcba9876543210", "no_supplier"),
    }


def test_a_sound_decision_has_not_aged_and_the_list_is_renewed(county, path):
    assert aged(path, reviewed("fedcba9876543210", kind="organisation"))
    assert aged(path, reviewed(county["unknown"], "GB-CHC-1000020")) == set()


def test_the_log_and_the_command_name_keys_and_never_names(county, path, caplog):
    aged(path, reviewed(county["unknown"], "GB-COH-09999999"))
    said = "\n".join(command.list_stale())
    assert f"not_in_register: {county['unknown']} (GB-COH-09999999)" in said
    assert "1 reviewed decisions, 1 remarks; the engine agrees with 0" in said
    assert county["unknown"] in caplog.text
    assert "Nowherefound" not in caplog.text + said


def test_the_command_line_says_what_is_wrong(county, path, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["anchor-spend", "review", "import", str(tmp_path / "absent.csv")])
    with pytest.raises(SystemExit, match="1"):
        cli.main()
    assert "cannot be read (FileNotFoundError)" in capsys.readouterr().err
