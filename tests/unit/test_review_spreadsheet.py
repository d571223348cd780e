"""The review queue and the reviewed decisions through a spreadsheet and back. All names are invented.

Keys of these suppliers are digits alone, begin with 0, or read as a power of ten.
"""

import csv
import re

import pytest
import spreadsheet
import supplier_world as world
from reviewing import reviewed

from anchor_spend import names, resolve, spreadsheets
from anchor_spend.errors import ReviewError
from anchor_spend.review import command, seed

pytestmark = pytest.mark.database
ANSWER = {"decision": "none", "reviewer": "AB", "reason": "No register has it."}
SPOILT = [f"Quill Services {number}" for number in (137, 1408, 2740, 4437, 8376, 33278)]
SEPARATED = 'Quill; =HYPERLINK("x") Services'


@pytest.fixture(scope="module")
def county(emptied_database, tmp_path_factory):
    """Suppliers of no register, decided once."""
    world.add_registers()
    keys = [world.publish(name) for name in (*SPOILT, SEPARATED, "@Quill;Services")]
    world.pay("luton_borough_council", "2017-04-03", *((key, "20000.00") for key in keys))
    with pytest.MonkeyPatch.context() as patch:
        world.seed_file(tmp_path_factory.mktemp("seed"), patch)
        resolve.resolve_new_suppliers(True)
    return keys


@pytest.fixture
def queue(county, tmp_path, monkeypatch):
    world.seed_file(tmp_path, monkeypatch)
    path = tmp_path / "queue.csv"
    list(command.export(path, limit=200, publisher_id="", include_unclear=False))
    return path


def test_keys_alone_would_be_spoilt():
    """The names above are well chosen: as they are, their keys come back as something else."""
    for name in SPOILT:
        keys = (names.supplier_key(name), names.name_key(name))
        saved = [spreadsheet.shown(spreadsheet.typed(key), "excel") for key in keys]
        assert saved != list(keys)


@pytest.mark.parametrize("brand", ["excel", "libreoffice"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_key_comes_back_from_a_spreadsheet(county, queue, brand, separator):
    saved = spreadsheet.filled_in(queue, brand, separator, ANSWER)
    said = list(command.take(saved))
    assert said[0] == "8 decisions added, 0 there already, 0 for later, 0 not answered, 0 refused"
    assert {row.supplier_key for row in seed.load()} == set(county)


def test_keys_without_the_word_before_them_are_taken(county, queue):
    """Files exported before keys had one."""
    rows = [row | ANSWER for row in world.rows_of(queue)]
    for row in rows:
        row |= {name: spreadsheets.key_of(row[name]) for name in ("supplier_key", "name_key")}
    with queue.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert {row["supplier_key"] for row in rows} == set(county)
    assert next(iter(command.take(queue))).startswith("8 decisions added")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_separates_cells(county, queue, separator):
    rows = spreadsheet.opened(queue, separator)
    assert len(rows) == 9
    assert not [cell for row in rows for cell in row if spreadsheet.is_formula(cell)]


# -- the reviewed decisions themselves --------------------------------------------------------------------


def saved_seed(folder, brand, separator, text):
    """The seed, opened and saved by a spreadsheet without a change, in its own place again."""
    seed.seed_path().write_text(text)
    opened = folder / "opened.csv"
    opened.write_text(text)
    saved = spreadsheet.filled_in(opened, brand, separator, {})
    seed.seed_path().write_bytes(saved.read_bytes())
    with pytest.raises(ReviewError) as raised:
        seed.load()
    return str(raised.value).splitlines()[1:]


@pytest.mark.parametrize("brand", ["excel", "libreoffice"])
def test_every_spoilt_cell_of_the_seed_is_named_and_no_other(county, queue, tmp_path, brand):
    """Keys stay as they are, days do not; of keys without the word before them none comes back as another."""
    keys = {names.supplier_key(name): names.name_key(name) for name in SPOILT}
    text = seed.text_of(reviewed(key, "GB-COH-1", name_key=name_key) for key, name_key in keys.items())
    days = [f"row {row}, reviewed_on [date_unreadable" for row in range(2, len(SPOILT) + 2)]
    assert _problems(saved_seed(tmp_path, brand, ",", text)) == days
    bare = saved_seed(tmp_path, brand, ",", re.sub(r"key_(?=[0-9a-f]{16})", "", text))
    turned = [
        f"row {row}, {column} [key_unreadable"
        for row, pair in enumerate(sorted(keys.items()), start=2)
        for column, key in zip(("supplier_key", "name_key"), pair, strict=True)
        if spreadsheet.shown(spreadsheet.typed(key), brand) != key
    ]
    assert len(turned) >= len(SPOILT)
    assert sorted(_problems(bare)) == sorted([*days, *turned])


def _problems(said):
    return [line.split("]:")[0].removeprefix("supplier_overrides.csv, ") for line in said]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_seed_with_other_separators_is_refused_whole(county, queue, tmp_path, separator):
    text = seed.text_of([reviewed(county[0], "GB-COH-1")])
    (problem,) = saved_seed(tmp_path, "libreoffice", separator, text)
    assert problem.startswith("supplier_overrides.csv, row 1 [separator]: cells with ; or tabs between.")
