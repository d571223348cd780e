"""Decisions follow the payments that come and go, at a cost that follows them. All names are invented."""

import logging
import random
import threading

import pytest
import supplier_world as world

import loading
from anchor_spend import cli, database, decisions, explain, ledger, names, paid, resolve
from anchor_spend.review import seed

pytestmark = pytest.mark.database
UNCHANGED = {"worked": 0, "new": 0, "superseded": 0, "unchanged": 0}
PRINTER, DRAINS, UNCLEAR = "Millbrook Printing Ltd", "Sallowfield Drainage Ltd", "Brackenwick Thornley"
OLD_PRINTER, LIVING_DRAINS = "GB-COH-01000011", "GB-COH-01000014"
CATERER, CATERER_ID = "Quillmere Catering Ltd", "GB-COH-01000001"
UNCLEAR_ID = "GB-COH-01000015"
FOSTERING, PRINTING = "Fostering Allowances", "Printing"


@pytest.fixture
def county(empty_database, tmp_path, monkeypatch):
    """Registers with two pairs of namesakes that dates tell apart, and a company named like a person."""
    world.seed_file(tmp_path, monkeypatch)
    world.add_registers()
    with database.connect() as connection:
        connection.execute(
            """insert into reference.companies (is_synthetic, company_number, company_name, status,
                   incorporated_on, dissolved_on)
               values (true, '01000011', 'MILLBROOK PRINTING LIMITED', 'Active', '1999-01-01', '2016-01-01'),
                   (true, '01000012', 'MILLBROOK PRINTING LIMITED', 'Active', '2017-09-01', null),
                   (true, '01000013', 'SALLOWFIELD DRAINAGE LIMITED', 'Active', '1999-01-01', '2012-03-31'),
                   (true, '01000014', 'SALLOWFIELD DRAINAGE LIMITED', 'Active', '1999-01-01', null),
                   (true, '01000015', 'BRACKENWICK THORNLEY LIMITED', 'Active', '1999-01-01', null)"""
        )


def publish(month: str, *payees: str, category: str = PRINTING, day: str = "03") -> int:
    """What a body publishes for a month now, in the place of what it published before."""
    cells = [
        {"Payment date": f"{month}-{day}", "Supplier name": payee, "Category": category} for payee in payees
    ]
    return loading.load_month(month, *cells, source="sample")


def entity(name: str) -> str | None:
    return world.decided()[names.supplier_key(name)][0]


def decide() -> dict[str, int]:
    return resolve.resolve_new_suppliers(True)


# -- the days of payment ----------------------------------------------------------------------------------


def test_a_payment_after_a_namesake_was_registered_is_followed(county, caplog):
    publish("2017-05", PRINTER)
    decide()
    assert entity(PRINTER) == OLD_PRINTER, "its namesake was not there yet"
    publish("2017-06", PRINTER)
    assert decide() == UNCHANGED, "more than sixty days before the namesake was registered"
    publish("2017-10", PRINTER, CATERER)
    with caplog.at_level(logging.INFO):
        assert decide() == {"worked": 2, "new": 2, "superseded": 1, "unchanged": 0}
    assert entity(PRINTER) is None, "either may be meant"
    assert "Decided 2 suppliers (1 new, 1 new payments)" in caplog.text


def test_an_active_company_that_goes_on_being_paid_is_left_alone(county):
    publish("2017-10", CATERER, PRINTER)
    decide()
    for month in ("2017-11", "2017-12", "2023-11"):
        publish(month, CATERER, PRINTER)
        assert decide() == UNCHANGED
    assert decide() == UNCHANGED


def test_a_restatement_that_takes_payments_away_is_followed(county):
    publish("2017-05", PRINTER, CATERER)
    publish("2017-10", PRINTER, CATERER)
    decide()
    assert entity(PRINTER) is None
    publish("2017-10", CATERER)
    assert decide() == {"worked": 1, "new": 1, "superseded": 1, "unchanged": 0}
    assert entity(PRINTER) == OLD_PRINTER
    publish("2017-10", PRINTER, CATERER)
    assert decide()["worked"] == 1, "the first version is shown again, and counts again"
    assert entity(PRINTER) is None
    assert entity(CATERER) == CATERER_ID


def test_a_file_that_is_held_takes_its_payments_along_and_brings_the_earlier_ones_back(county):
    publish("2017-05", PRINTER)
    late = publish("2017-10", PRINTER)
    decide()
    restated = publish("2017-10", CATERER)
    ledger.mark_held(restated, "half of it is gone", rule="total_against_other_months")
    assert decide() == {"worked": 1, "new": 1, "superseded": 0, "unchanged": 0}, "the caterer alone"
    assert entity(PRINTER) is None
    ledger.mark_held(late, "of another body", rule="identical_months")
    assert decide()["worked"] == 1
    assert entity(PRINTER) == OLD_PRINTER


def test_a_payment_from_before_the_end_of_a_company_is_followed(county):
    publish("2017-04", DRAINS)
    decide()
    assert entity(DRAINS) == LIVING_DRAINS
    publish("2014-03", DRAINS, day="31")  # two years after the end of its namesake
    assert decide() == {"worked": 1, "new": 1, "superseded": 1, "unchanged": 0}
    assert entity(DRAINS) is None, "either may be meant"
    publish("2018-04", DRAINS)
    assert decide() == UNCHANGED, "whether it was still there the first payment tells, not the last"
    publish("2014-03", CATERER)
    assert decide()["superseded"] == 1
    assert entity(DRAINS) == LIVING_DRAINS


def test_a_supplier_that_nobody_pays_any_more_is_left_alone(county):
    only = publish("2017-05", PRINTER)
    decide()
    ledger.mark_held(only, "of another body", rule="identical_months")
    assert kept_beside() == {names.supplier_key(PRINTER): (None, None, [])}
    assert decide() == UNCHANGED


def test_a_file_goes_also_where_days_of_its_suppliers_are_unknown(county):
    only = publish("2017-05", DRAINS)
    with database.connect() as connection:
        connection.execute("update landing.suppliers set first_paid_on = null, last_paid_on = null")
    ledger.mark_held(only, "of another body", rule="identical_months")
    with database.connect() as connection:
        assert connection.execute("select first_paid_on, categories from landing.suppliers").fetchall() == [
            (None, [])
        ]


def test_a_decision_made_before_days_were_kept_is_worked_once(county):
    publish("2017-10", PRINTER)
    decide()
    with database.connect() as connection:
        connection.execute(
            """update warehouse.supplier_decisions
               set first_paid_within = default, last_paid_within = default, decided_for = default"""
        )
    assert decide() == {"worked": 1, "new": 0, "superseded": 0, "unchanged": 1}
    assert decide() == UNCHANGED


# -- what was paid for ------------------------------------------------------------------------------------


def test_an_unclear_name_is_looked_up_once_it_is_paid_for_what_no_person_is_paid(county):
    publish("2017-04", UNCLEAR, category=FOSTERING)
    decide()
    assert entity(UNCLEAR) is None
    publish("2017-05", UNCLEAR, category="Foster Carers")
    assert decide() == UNCHANGED, "another category, and the same verdict"
    publish("2017-06", UNCLEAR)
    assert decide() == {"worked": 1, "new": 1, "superseded": 1, "unchanged": 0}
    assert entity(UNCLEAR) == UNCLEAR_ID
    publish("2017-07", UNCLEAR, category="Stationery")
    assert decide() == UNCHANGED
    publish("2017-06", UNCLEAR, category=FOSTERING)
    publish("2017-07", UNCLEAR, category=FOSTERING)
    assert decide()["superseded"] == 1, "both were restated"
    assert entity(UNCLEAR) is None


def test_categories_beside_a_plain_name_are_no_evidence(county):
    publish("2017-10", CATERER, "Quillshire BC", "Jane Smith", category=FOSTERING)
    decide()
    assert entity(CATERER) == CATERER_ID
    publish("2017-11", CATERER, "Quillshire BC", "Jane Smith", category=PRINTING)
    assert decide() == UNCHANGED


# -- what a person sees -----------------------------------------------------------------------------------


def test_explain_says_while_what_a_decision_holds_and_why_it_was_worked(county, monkeypatch, capsys):
    publish("2017-05", PRINTER, UNCLEAR)
    decide()
    publish("2017-10", PRINTER)
    decide()
    monkeypatch.setattr("sys.argv", ["anchor-spend", "explain", PRINTER])
    with pytest.raises(SystemExit):
        cli.main()
    said = capsys.readouterr().out
    assert "Holds:     while first paid by 2017-12-31, last paid from 2017-07-03\n" in said
    assert f"Stored:    {PRINTER}: unmatched by unmatched (review)" in said
    assert f"Stored:    {PRINTER}: {OLD_PRINTER} by exact_name" in said
    assert said.count(", for new payments [") == said.count(", for new [") == 1
    assert explain.from_database(explain.query_of(UNCLEAR)).holds == [
        "last paid from 1998-11-02", "paid not only for what persons are paid for",
    ]  # fmt: skip


# -- the days kept beside a supplier ----------------------------------------------------------------------

_COUNTED = """
    select p.supplier_key, min(p.payment_date), max(p.payment_date),
        array_agg(distinct coalesce(p.category, ''))
    from landing.payments p join landing.file_versions f using (file_id)
    where f.status = 'accepted' and f.is_synthetic and p.supplier_key is not null
    group by 1"""
_KEPT = (
    "select supplier_key, first_paid_on, last_paid_on, categories from landing.suppliers where is_synthetic"
)


def kept_beside() -> dict[str, tuple]:
    with database.connect() as connection:
        return {key: (*days, sorted(kinds)) for key, *days, kinds in connection.execute(_KEPT)}


def counted() -> dict[str, tuple]:
    """The same, from all payments that count."""
    with database.connect() as connection:
        found = {key: (*days, sorted(kinds)) for key, *days, kinds in connection.execute(_COUNTED)}
        keys = connection.execute("select supplier_key from landing.suppliers where is_synthetic")
        return {key: found.get(key, (None, None, [])) for (key,) in keys}


def test_whatever_happens_to_files_the_days_are_those_of_the_payments_that_count(empty_database):
    """Months published, restated, shown again and held, in an order drawn by lot."""
    lot = random.Random(7)
    with database.connections_kept():
        for step in range(40):
            if step % 5 == 4 and accepted():
                ledger.mark_held(lot.choice(accepted()), "by lot", rule="identical_months")
            else:
                payees = lot.sample(["Vole", "Wren", "Lark", "Swift", ""], k=2)
                month = lot.choice(["2017-04", "2017-05", "2017-06"])
                category, day = lot.choice([FOSTERING, PRINTING]), lot.choice(["03", "20"])
                publish(month, *payees, category=category, day=day)
            assert kept_beside() == counted(), step


def accepted() -> list[int]:
    with database.connect() as connection:
        rows = connection.execute("select file_id from landing.file_versions where status = 'accepted'")
        return [file_id for (file_id,) in rows]


def test_two_files_at_once_see_each_other(empty_database):
    """One takes away the last payment of a supplier, while another that is not committed yet brings one."""
    key = world.publish("Vole")
    world.pay("a", "2017-04-03", (key, "1.00"))
    last = world.pay("b", "2017-06-05", (key, "1.00"))
    coming = world.pay("c", "2017-06-05", (key, "1.00"), status="held")
    holding = threading.Thread(target=ledger.mark_held, args=(last, "by hand"), kwargs={"rule": "r"})
    with database.connect() as connection:
        connection.execute(
            "update landing.file_versions set status = 'accepted' where file_id = %s", [coming]
        )
        paid.follow(connection, [coming])
        holding.start()
        holding.join(0.5)
        assert holding.is_alive(), "it waits for the supplier"
    holding.join(20)
    assert not holding.is_alive()
    assert kept_beside() == counted()
    assert str(kept_beside()[key][1]) == "2017-06-05"


def test_nothing_of_the_payments_is_read_to_decide(county):
    """What a run costs does not follow the years of payments before it."""
    publish("2017-05", PRINTER, UNCLEAR, CATERER)
    with database.connect() as owner, database.connect("loader") as connection:
        owner.execute("lock table landing.payments in access exclusive mode")
        connection.execute("set local lock_timeout = '2s'")
        seed.lay_out(connection, [])
        basis = decisions.Basis(True, resolve.engine_version(), "a")
        reasons = decisions.to_work(connection, basis)
        assert set(reasons.values()) == {"new"}
        asked = decisions.queries(connection, True, reasons)
    assert [str(query.paid_from) for query in asked] == ["2017-05-03"] * 3
