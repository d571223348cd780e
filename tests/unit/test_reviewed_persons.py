"""Reviewed decisions about names that are, or may be, a person's stay out of the repository. All invented."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import supplier_world as world
from reviewing import answered, reviewed

from anchor_spend import database, names, release, resolve
from anchor_spend.errors import ReviewError
from anchor_spend.records import RunRequest
from anchor_spend.review import answers, command, holding, seed, stale
from anchor_spend.settings import PROJECT

pytestmark = pytest.mark.database
SAMPLE = RunRequest("sample")
NAMES = {
    "person": "Jane Quimble",
    "variant": "JANE QUIMBLE.",
    "unclear": "Quimbleby",
    "company": "Quimble Ltd",
}


@pytest.fixture(scope="module")
def keys(emptied_database, tmp_path_factory):
    """A person in two spellings, a name that may be one, and a company; decided once."""
    world.add_registers()
    keys = {kind: world.publish(name) for kind, name in NAMES.items()}
    world.pay("luton_borough_council", "2017-04-03", *((key, "10.00") for key in keys.values()))
    with pytest.MonkeyPatch.context() as patch:
        world.seed_file(tmp_path_factory.mktemp("seed"), patch)
        resolve.resolve_new_suppliers(True)
    return keys


@pytest.fixture
def path(keys, tmp_path, monkeypatch):
    """The seed, empty; and no release."""
    with database.connect() as connection:
        connection.execute("truncate quality.releases, quality.current_release cascade")
    return world.seed_file(tmp_path, monkeypatch)


def answer(keys, kind, decision, **cells):
    return {
        "supplier_key": keys[kind],
        "name_key": names.name_key(NAMES[kind]),
        "decision": decision,
        **cells,
    }


def hashes(kind):
    return names.supplier_key(NAMES[kind]), names.name_key(NAMES[kind])


def held():
    with database.connect("loader") as connection:
        seed.lay_out(connection, seed.load())
        return holding.held(connection, True)


def aged():
    with database.connect("loader") as connection:
        seed.lay_out(connection, seed.load())
        return {(row.supplier_key, row.rule) for row in stale.find(connection, True, seed.load())}


def test_nothing_derived_from_a_persons_name_enters_the_repository(keys, path, tmp_path):
    given = [
        answer(keys, "person", "person"),
        answer(keys, "unclear", "GB-COH-01000006"),  # also where it is an organisation after all
        answer(keys, "company", "none"),
    ]
    said = "\n".join(command.take(answered(tmp_path, *given)))
    committed = path.read_text()
    assert f"key_{keys['company']}" in committed
    assert not any(key in committed for kind in ("person", "unclear") for key in hashes(kind))
    assert {row.supplier_key for row in seed.load() if row.is_personal} == {keys["person"], keys["unclear"]}
    assert seed.personal_path().stat().st_mode & 0o777 == 0o600
    assert seed.personal_path().parent.stat().st_mode & 0o777 == 0o700
    assert f"{path} holds 1 of them: commit it." in said
    assert f"{seed.personal_path()} holds 2 of them" in said and "Back it up with the database." in said


def test_they_hold_for_variants_and_for_ever(keys, path, tmp_path):
    list(command.take(answered(tmp_path, answer(keys, "person", "person"))))
    outcomes = held()
    assert outcomes[keys["person"]] == outcomes[keys["variant"]] == holding.Outcome(None, "person")
    before = seed.personal_path().read_bytes()
    said = list(command.take(answered(tmp_path, answer(keys, "variant", "person"))))
    assert said[0].startswith("1 decisions added")
    said = list(command.take(answered(tmp_path, answer(keys, "person", "person"))))
    assert said[0].startswith("0 decisions added")
    assert before.splitlines()[1] in seed.personal_path().read_bytes().splitlines()


def test_contradictions_are_found_across_both_files(keys, path, tmp_path):
    name_key = names.name_key(NAMES["person"])
    path.write_text(seed.text_of([reviewed("0123456789abcdef", "GB-COH-01000006", name_key=name_key)]))
    with database.connect("loader") as connection:
        done = answers.import_file(connection, True, answered(tmp_path, answer(keys, "person", "person")))
    assert [problem.rule for problem in done.refused] == ["contradicts_reviewed"]
    assert "end that row of persons.csv" in done.refused[0].remedy, "the name says that it belongs there"
    assert not path.read_text().count(name_key)
    _write_personal(reviewed(keys["variant"], kind="person", name_key=name_key))
    path.write_text(seed.text_of([reviewed("0123456789abcdef", "GB-COH-01000006", name_key=name_key)]))
    assert ("0123456789abcdef", "contradicts") in aged()


def _write_personal(*rows):
    seed.personal_path().parent.mkdir(parents=True, exist_ok=True)
    seed.personal_path().write_text(seed.text_of(rows))


def test_rows_of_an_older_seed_are_said_and_moved(keys, path, tmp_path):
    """By the kind, by the name that is published, and by a variant of it; with bare keys as once written."""
    rows = [
        reviewed("fedcba9876543210", kind="person"),
        reviewed(keys["unclear"], "GB-COH-01000006"),
        reviewed("0123456789abcdef", "GB-COH-01000006", name_key=names.name_key(NAMES["person"])),
        reviewed(keys["company"], kind="organisation"),
    ]
    path.write_text(re.sub(r"key_(?=[0-9a-f]{16})", "", seed.text_of(rows)))
    assert {key for key, rule in aged() if rule == "in_repository"} == {row.supplier_key for row in rows[:3]}
    outcomes = held()
    said = "\n".join(command.take(answered(tmp_path)))
    assert f"3 decisions about names that are, or may be, a person's were moved out of {path}" in said
    assert [line.split(",")[0] for line in path.read_text().splitlines()[1:]] == [f"key_{keys['company']}"]
    assert {row.supplier_key for row in seed.load() if row.is_personal} == {
        row.supplier_key for row in rows[:3]
    }
    assert not [rule for _, rule in aged() if rule == "in_repository"]
    assert held() == outcomes


def test_a_move_that_was_cut_off_counts_once_and_is_finished(keys, path, tmp_path):
    row = reviewed(keys["person"], kind="person")
    path.write_text(seed.text_of([row]))
    _write_personal(row)
    assert seed.load() == [row._replace(is_personal=True)]
    list(command.take(answered(tmp_path)))
    assert path.read_text() == seed.text_of([])
    assert seed.load() == [row._replace(is_personal=True)]


def test_neither_file_is_written_where_one_cannot_be(keys, path, tmp_path, monkeypatch):
    path.write_text(seed.text_of([reviewed(keys["person"], kind="person")]))
    before = path.read_bytes()
    calls = iter([None])

    def full(descriptor: int) -> None:
        if next(calls, "full"):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("anchor_spend.review.seed.os.fsync", full)
    with pytest.raises(ReviewError, match="everything is as it was"):
        list(command.take(answered(tmp_path)))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path] and list(seed.personal_path().parent.iterdir()) == []


def test_where_only_the_file_of_persons_was_written_it_is_said_and_finished(
    keys, path, tmp_path, monkeypatch
):
    given = answered(tmp_path, answer(keys, "person", "person"), answer(keys, "company", "none"))
    before, moved = path.read_bytes(), Path.replace

    def refused(self: Path, target: Path) -> Path:
        if target == path:
            raise OSError(5, "Input/output error")
        return moved(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refused)
        with pytest.raises(ReviewError) as raised:
            list(command.take(given))
    said = str(raised.value)
    assert said.startswith(f"{path} cannot be written") and f"{seed.personal_path()} is written" in said
    assert "Import the same file again" in said and "as it was" not in said
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]
    assert [row.supplier_key for row in seed.load()] == [keys["person"]]
    assert next(command.take(given)).startswith("1 decisions added, 1 there already")
    assert {row.supplier_key for row in seed.load()} == {keys["person"], keys["company"]}


@pytest.mark.parametrize("spoil", [
    lambda folder: folder.write_text(""),
    lambda folder: folder.symlink_to(folder),
    lambda folder: (folder / "persons.csv").mkdir(parents=True),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_not_taken_for_absent(path, spoil):
    """A folder that may not be entered is told as these are; what runs the tests may enter every one."""
    seed.personal_path().parent.parent.mkdir(parents=True)
    spoil(seed.personal_path().parent)
    with pytest.raises(ReviewError, match=r"persons\.csv cannot be read \("):
        seed.load()


def test_the_log_counts_what_may_be_a_persons_and_the_command_names_it(keys, path, caplog):
    """Also where another decision contradicts it, and names it."""
    name_key = names.name_key(NAMES["person"])
    path.write_text(seed.text_of([
        reviewed("0123456789abcdef", "GB-COH-01000006", name_key=name_key),
        reviewed(keys["company"], "GB-COH-09999999"),
        reviewed(keys["unclear"], "GB-COH-09999999"),
    ]))  # fmt: skip
    _write_personal(reviewed(keys["person"], kind="person", name_key=name_key))
    said = "\n".join(command.list_stale())
    assert keys["unclear"] in said and keys["person"] in said
    assert not any(key in caplog.text for kind in ("person", "unclear") for key in hashes(kind))
    assert (
        f"not_in_register: {keys['company']} (GB-COH-09999999) and 1 about names that are, or may be"
        in caplog.text
    )
    assert "contradicts: 1 about names that are, or may be, a person's. End one" in caplog.text


def test_a_spoilt_row_about_a_person_is_refused_as_well(path):
    _write_personal(reviewed("0123456789abcdef", kind="person"))
    seed.personal_path().write_text(seed.personal_path().read_text().replace("2017-06-01", "01/06/2017"))
    with pytest.raises(
        ReviewError, match=r"persons\.csv, row 2, reviewed_on \[date_unreadable\]: 99/99/9999"
    ):
        seed.load()


# -- a file that is not there -----------------------------------------------------------------------------


def publish_a_release() -> None:
    number = release.plan(SAMPLE)
    assert number
    _lay_out_for_release(number)
    with database.connect() as connection:
        connection.execute("update quality.releases set status = 'published'")
        connection.execute(
            """insert into quality.current_release (release_number, swapped_at) values (%s, now())
               on conflict (only_row) do update set release_number = excluded.release_number""",
            [number],
        )


def test_a_fresh_checkout_works_without_the_file(path):
    assert seed.load() == []
    publish_a_release()
    assert held() == {}
    assert release.plan(SAMPLE) is None
    assert not seed.personal_path().parent.exists()


def test_a_change_in_the_file_makes_a_release(keys, path):
    publish_a_release()
    _write_personal(reviewed(keys["person"], kind="person"))
    assert release.plan(SAMPLE)


def test_a_release_counts_what_it_was_made_with(keys, path):
    """The files as they are when it is built, not when it was planned; and no column of today's."""
    _write_personal(reviewed(keys["person"], kind="person"))
    number = release.plan(SAMPLE)
    _write_personal(*(reviewed(keys[kind], kind="person") for kind in ("person", "unclear")))
    columns = _lay_out_for_release(number)
    with database.connect() as connection:
        rows = connection.execute("select reviewed_persons from quality.releases").fetchall()
    assert rows == [(2,)]
    assert columns == [
        "supplier_key", "name_key", "entity_id", "payee_kind", "valid_from", "valid_to", "reviewed_on",
    ]  # fmt: skip


@pytest.mark.parametrize("goes_on", [
    lambda: release.plan(SAMPLE),
    lambda: resolve.resolve_new_suppliers(True),
    lambda: list(command.list_stale()),
    lambda: list(command.take(answered(seed.seed_path().parent))),
    lambda: _lay_out_for_release(9999),
])  # fmt: skip
def test_what_a_release_was_made_with_is_missed(keys, path, goes_on):
    """Else a name that people said is a person's would be published again, and nobody would know why."""
    _write_personal(reviewed(keys["person"], kind="person"))
    publish_a_release()
    seed.personal_path().unlink()
    with pytest.raises(ReviewError, match=r"persons\.csv is not there, and release \d+ was made with 1 "):
        goes_on()
    assert not seed.personal_path().exists(), "an import does not begin another one"
    seed.personal_path().write_text(seed.text_of([]))
    goes_on()


def test_it_is_missed_after_a_roll_back_to_a_release_without(keys, path):
    publish_a_release()
    _write_personal(reviewed(keys["person"], kind="person"))
    publish_a_release()
    with database.connect() as connection:
        connection.execute(
            """update quality.current_release
               set release_number = (select min(release_number) from quality.releases)"""
        )
        connection.execute(
            """update quality.releases set status = 'withdrawn'
               where release_number not in (select release_number from quality.current_release)"""
        )
    seed.personal_path().unlink()
    with pytest.raises(ReviewError, match=r"persons\.csv is not there, and release \d+ was made with 1 "):
        release.plan(SAMPLE)
    seed.personal_path().write_text(seed.text_of([]))
    assert release.plan(SAMPLE) is None, "those decisions are given up"


def test_a_release_that_nobody_saw_asks_for_nothing(keys, path):
    _write_personal(reviewed(keys["person"], kind="person"))
    number = release.plan(SAMPLE)
    _lay_out_for_release(number)
    seed.personal_path().unlink()
    assert release.plan(SAMPLE)


def _lay_out_for_release(number: int) -> list[str]:
    """As a build does it; the columns of the table, which is left behind no more than its schema."""
    with database.connect("transformer") as connection:
        connection.execute(f"create schema release_{number}")
        seed.lay_out_for_release(connection, number)
        table = connection.execute(f"select * from release_{number}.reviewed_decisions")
        columns = [column.name for column in table.description or []]
        connection.execute(f"drop schema release_{number} cascade")
    return columns


# -- what removes files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "is_kept"), [(1, True), (0, False)])
def test_make_clean_keeps_the_only_copy(tmp_path, rows, is_kept):
    shutil.copy(PROJECT / "Makefile", tmp_path)
    file = tmp_path / ".anchor-spend" / "reviewed" / "persons.csv"
    file.parent.mkdir(parents=True)
    file.write_text(seed.text_of([reviewed("0123456789abcdef", kind="person")] * rows))
    done = subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == file.exists() == is_kept
    assert ("delete it by hand" in done.stderr) == is_kept


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="not a checkout")
@pytest.mark.parametrize("home", [".anchor-spend", "our-home", "teams/home"])
def test_no_home_inside_the_checkout_lets_it_be_committed(home):
    file = f"{home}/reviewed/persons.csv"
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", file], cwd=PROJECT, capture_output=True, check=False
    )
    assert done.returncode == 0
