"""Which suppliers are worked, with which evidence, in the real database. All names are invented."""

import itertools

import psycopg
import pytest
import supplier_world as world

from anchor_spend import database, decisions, names, organisations, resolve
from anchor_spend.resolution.deciding import Entity
from anchor_spend.review import seed, stale

pytestmark = pytest.mark.database
UNCHANGED = {"worked": 0, "new": 0, "superseded": 0, "unchanged": 0}


@pytest.fixture
def county(empty_database, tmp_path, monkeypatch):
    """Registers and five suppliers, decided once."""
    path = world.seed_file(tmp_path, monkeypatch)
    world.add_registers()
    keys = {
        "quillmere": world.publish("Quillmere Catering Ltd"),
        "twinford": world.publish("Twinford Ltd"),
        "twinford_sandy": world.publish("Twinford Ltd", "", "SG18 0AA"),
        "hospice": world.publish("Ferngate Hospice"),
        "unknown": world.publish("Nowherefound Services"),
    }
    assert resolve.resolve_new_suppliers(True)["worked"] == 5
    return keys, path


def worked() -> int:
    return resolve.resolve_new_suppliers(True)["worked"]


def test_bands_and_keys_are_stored(county):
    keys, _ = county
    found = world.decided()
    assert found[keys["quillmere"]][:3] == ("GB-COH-01000001", "exact_name", "accept")
    assert found[keys["twinford"]][:3] == (None, "unmatched", "review")
    assert found[keys["unknown"]][:3] == (None, "unmatched", "reject")
    with database.connect() as connection:
        stored = dict(connection.execute("select supplier_key, name_key from warehouse.supplier_decisions"))
    assert stored[keys["twinford"]] == stored[keys["twinford_sandy"]] == names.name_key("TWINFORD LIMITED")


def test_what_a_name_reads_as_is_kept_where_an_organisation_is_meant(county):
    """`supplier_names` shows a published name only where it is plainly an organisation's."""
    world.publish("Marshlight J", "01000006")
    resolve.resolve_new_suppliers(True)
    with database.connect() as connection:
        stored = connection.execute(
            """select s.supplier_name, d.entity_id is not null, d.payee_kind, d.evidence ->> 'reads_as'
               from warehouse.supplier_decisions d join landing.suppliers s using (is_synthetic, supplier_key)
               where s.supplier_name in ('Marshlight J', 'Quillmere Catering Ltd') order by 1"""
        ).fetchall()
    assert stored == [
        ("Marshlight J", True, "organisation", names.payee_kind("Marshlight J")),
        ("Quillmere Catering Ltd", True, "organisation", "organisation"),
    ]
    assert stored[0][3] != "organisation"


def test_nothing_new_nothing_worked_and_a_new_name_alone(county):
    assert resolve.resolve_new_suppliers(True) == UNCHANGED
    world.publish("Oldenmeadow Drainage Limited")
    assert resolve.resolve_new_suppliers(True) == {"worked": 1, "new": 1, "superseded": 0, "unchanged": 0}


@pytest.mark.parametrize("dataset", ["companies", "organisations"])
def test_a_new_vintage_of_an_indexed_register_works_all(county, dataset):
    world.set_vintage(dataset, "b")
    assert resolve.resolve_new_suppliers(True) == {"worked": 5, "new": 0, "superseded": 0, "unchanged": 5}
    assert worked() == 0


def test_a_new_list_of_public_bodies_works_the_names_of_bodies(county):
    keys, _ = county
    council = world.publish("Quillshire BC")
    resolve.resolve_new_suppliers(True)
    world.set_vintage("public_bodies", "b")
    assert worked() == 1  # the council
    with database.connect() as connection:
        connection.execute(
            """insert into reference.public_bodies (is_synthetic, entity_id, body_name, body_type)
               values (true, 'GB-LAE-NWF', 'Nowherefound Services', 'council')"""
        )
    world.set_vintage("public_bodies", "c")
    assert resolve.resolve_new_suppliers(True) == {"worked": 2, "new": 1, "superseded": 1, "unchanged": 1}
    assert world.decided()[keys["unknown"]][:2] == ("GB-LAE-NWF", "public_body")
    with database.connect() as connection:
        connection.execute("delete from reference.public_bodies where entity_id = 'GB-LAE-QSH'")
    world.set_vintage("public_bodies", "d")
    assert worked() == 2
    assert world.decided()[council][0] is None
    assert worked() == 0


def test_a_new_list_of_public_bodies_costs_no_new_index(county):
    with database.connect("loader") as connection:
        before = [of(connection, True) for of in (organisations.index_fingerprint, organisations.fingerprint)]
    world.set_vintage("public_bodies", "b")
    with database.connect("loader") as connection:
        after = [of(connection, True) for of in (organisations.index_fingerprint, organisations.fingerprint)]
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_a_charity_number_works_its_supplier_alone(county):
    keys, _ = county
    world.print_number(keys["hospice"], "charity", "1000020")
    assert resolve.resolve_new_suppliers(True) == {"worked": 1, "new": 1, "superseded": 1, "unchanged": 0}
    assert world.decided()[keys["hospice"]][:2] == ("GB-CHC-1000020", "charity_number")


def test_a_reviewed_decision_works_its_name_alone(county):
    keys, path = county
    key, name_key = keys["twinford"], names.name_key("Twinford Ltd")
    path.write_text(
        f"{','.join(seed.COLUMNS)}\n{key},{name_key},GB-COH-01000004,,,,2017-06-01,AB,Invented.\n"
    )
    assert resolve.resolve_new_suppliers(True) == {"worked": 2, "new": 0, "superseded": 0, "unchanged": 2}
    assert worked() == 0


# -- VAT numbers ------------------------------------------------------------------------------------------


def test_others_with_the_same_vat_number_are_evidence(county):
    keys, _ = county
    for name in ("twinford", "twinford_sandy"):
        world.print_number(keys[name], "vat", "100000183")
    assert worked() == 2
    found = world.decided()
    assert found[keys["twinford"]][:4] == ("GB-COH-01000005", "vat_number", "accept", "GB-COH-01000005")
    assert found[keys["twinford_sandy"]][:4] == ("GB-COH-01000005", "name_and_postcode", "accept", None)
    assert worked() == 0


def test_a_supplier_is_worked_when_another_becomes_known(county):
    keys, _ = county
    world.print_number(keys["twinford"], "vat", "100000183")
    assert worked() == 1
    sure = world.publish("Twinford Ltd", "01000004")
    world.print_number(sure, "vat", "100000183")
    assert worked() == 2  # the new one, and the one it tells about
    assert world.decided()[keys["twinford"]][:2] == ("GB-COH-01000004", "vat_number")


def test_a_vat_number_of_two_organisations_tells_nothing(county):
    keys, _ = county
    for key in (keys["twinford"], keys["twinford_sandy"], world.publish("Twinford Ltd", "01000004")):
        world.print_number(key, "vat", "100000183")
    resolve.resolve_new_suppliers(True)
    assert world.decided()[keys["twinford"]][:4] == (None, "unmatched", "review", None)
    assert worked() == 0


# -- one organisation, several registers --------------------------------------------------------------------


def test_a_charity_that_is_a_company_is_that_company(county):
    keys = [world.publish(name) for name in ("Marshlight Players", "Marshlight Theatre Trust")]
    scottish = world.publish("Marshlight Stage Scotland")
    by_number = world.publish("Marshlight")
    world.print_number(by_number, "charity", "SC000016")
    resolve.resolve_new_suppliers(True)
    found = world.decided()
    assert {found[key][0] for key in (*keys, scottish)} == {"GB-COH-01000006"}
    assert found[by_number][:2] == ("GB-COH-01000006", "charity_number")


def test_each_organisation_is_in_the_stream_once(county):
    with database.connect("loader") as connection:
        stream = list(organisations.entities(connection, True))
    ids = [entity.entity_id for entity in stream]
    assert len(ids) == len(set(ids)) == len(world.COMPANIES) + 1
    (theatre,) = (entity for entity in stream if entity.entity_id == "GB-COH-01000006")
    assert set(theatre.other_ids) == {"GB-CHC-1000016", "GB-SC-SC000016"}
    assert set(theatre.other_names) == {
        "MARSHLIGHT THEATRE TRUST", "Marshlight Players", "Marshlight Stage Scotland",
    }  # fmt: skip


def test_entries_are_merged_alike_in_every_order():
    parts = [Entity("GB-CHC-1", "A", ("B",), None), Entity("GB-CHC-2", "B", (), "LU1 1AA")]
    for ordered in itertools.permutations(parts):
        assert organisations.merged(sorted(ordered)) == Entity(
            "GB-CHC-1", "A", ("B",), "LU1 1AA", None, None, ("GB-CHC-2",)
        )


# -- dates of payments ------------------------------------------------------------------------------------


def test_dates_are_those_of_files_that_count(county):
    keys, _ = county
    world.pay("a", "2017-04-03", (keys["quillmere"], "1.00"))
    world.pay("a", "2017-06-05", (keys["quillmere"], "1.00"), (keys["unknown"], "2.00"))
    world.pay("a", "2018-01-01", (keys["quillmere"], "1.00"), status="held")
    with database.connect("loader") as connection:
        (query,) = decisions.queries(connection, True, [keys["quillmere"]])
    assert (str(query.paid_from), str(query.paid_to)) == ("2017-04-03", "2017-06-05")


def test_a_company_that_ended_long_before_it_was_paid_is_said_to(county):
    key = world.publish("Oldenmeadow Drainage Limited")
    world.pay("a", "2017-04-03", (key, "1.00"))
    resolve.resolve_new_suppliers(True)
    with database.connect() as connection:
        evidence = dict(connection.execute("select supplier_key, evidence from warehouse.supplier_decisions"))
    assert evidence[key]["activity"] == "not there when it was paid"


# -- killed -----------------------------------------------------------------------------------------------


def test_a_killed_run_leaves_every_decision_as_it_was(county, monkeypatch):
    before = world.decided()
    world.set_vintage("companies", "b")
    world.publish("Oldenmeadow Drainage Limited")

    def kill(connection, *_):
        """Everything is written by now, and nothing committed."""
        count = connection.execute("select count(*) from warehouse.supplier_decisions").fetchone()
        assert count == (6,)
        with database.connect(autocommit=True) as owner:
            owner.execute("select pg_terminate_backend(%s)", [connection.info.backend_pid])
        connection.execute("select 1")

    with monkeypatch.context() as patch:
        patch.setattr(stale, "note", kill)
        with pytest.raises(psycopg.OperationalError):
            resolve.resolve_new_suppliers(True)
    assert world.decided() == before
    assert worked() == 6
