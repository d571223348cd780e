"""The gates in the database: bad files are held, bad releases refused. Every name is invented."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from anchor_spend import database, gates
from anchor_spend.errors import DatabaseError, GateError, ReleaseError
from anchor_spend.gate_suites import read_suite
from anchor_spend.records import GateResult

pytestmark = pytest.mark.database

Connection = psycopg.Connection[Any]
Fault = Callable[[Connection, int], None]


def failed(results: list[GateResult], severity: str = "") -> set[tuple[str, str]]:
    bad = [item for item in results if not item.success and item.severity.startswith(severity)]
    return {(item.column, item.severity) for item in bad}


def written(suite: str) -> set[tuple[str, str]]:
    return {(item["kwargs"]["column"], item["severity"]) for item in read_suite(suite)["expectations"]}


# payments --------------------------------------------------------------------------------------------------

MONTHS = ["2017-04", "2017-05", "2017-06", "2017-07"]
SUSPECT = MONTHS[-1]  # the month a fault is put into


def add_supplier(connection: Connection, key: str, is_synthetic: bool = True) -> None:
    columns = "is_synthetic, supplier_key, supplier_name"
    connection.execute(
        f"insert into landing.suppliers ({columns}) values (%s, %s, 'Lark')", [is_synthetic, key]
    )


def add_file(
    connection: Connection,
    publisher_id: str,
    period: str,
    payments: int = 10,
    pounds: int = 100,
    source: str = "sample",
) -> int:
    """An accepted file with one rejected row, as the loader leaves it; payments of £100, £101, ..."""
    values = {
        "is_synthetic": source == "sample",
        "source": source,
        "publisher_id": publisher_id,
        "period": period,
        "payments": payments,
        "pounds": pounds,
        "pence": sum((pounds + number) * 100 for number in range(payments)),
    }
    row = connection.execute(
        """insert into landing.file_versions (
               is_synthetic, source, publisher_id, stream, period, sha256, file_name, size_bytes, url, status,
               rows_read, pence_read, rows_payments, pence_payments, rows_rejected, pence_rejected,
               rows_excluded, pence_excluded, accepted_at)
           values (%(is_synthetic)s, %(source)s, %(publisher_id)s, 'payments', %(period)s,
               md5(random()::text), 'f.csv', 1, '', 'accepted', %(payments)s + 1, %(pence)s + 500,
               %(payments)s, %(pence)s, 1, 500, 0, 0, clock_timestamp())
           returning file_id""",
        values,
    ).fetchone()
    assert row is not None
    connection.execute(
        """insert into landing.payments (
               file_id, sheet, row_number, publisher_id, stream, period, payment_date, date_basis, amount_gbp,
               vat_basis, supplier_key, is_redacted, transaction_ref)
           select %(file_id)s, '', n + 2, %(publisher_id)s, 'payments', %(period)s,
                  (%(period)s || '-01')::date + n, 'payment', %(pounds)s + n, 'net', 'k1', false, 'T' || n
           from generate_series(0, %(payments)s - 1) as n""",
        {**values, "file_id": row[0]},
    )
    connection.execute(
        "insert into landing.set_aside values (%s, true, '', 1000, 'date_unreadable', '', '', 5.00)", [row[0]]
    )
    return int(row[0])


def run(statement: str) -> Fault:
    """A fault made by one statement on file %(file)s."""
    return lambda connection, file_id: connection.execute(statement.encode(), {"file": file_id}) and None


def payment(change: str, rows: str = "row_number = 2") -> Fault:
    return run(f"update landing.payments set {change} where file_id = %(file)s and {rows}")


def other_contents(payments: int, pounds: int) -> Fault:
    """The suspect month again, believable in itself, with other payments."""

    def change(connection: Connection, file_id: int) -> None:
        query = "select publisher_id from landing.file_versions where file_id = %s"
        (publisher_id,) = connection.execute(query, [file_id]).fetchone() or ("",)
        for table in ("payments", "set_aside", "file_versions"):
            connection.execute(f"delete from landing.{table} where file_id = %s".encode(), [file_id])
        add_file(connection, publisher_id, SUSPECT, payments, pounds)

    return change


SECOND_SHEET = """
    insert into landing.payments (file_id, sheet, row_number, publisher_id, stream, period, payment_date,
                                  date_basis, amount_gbp, vat_basis, is_redacted)
    select file_id, 'again', row_number, publisher_id, stream, period, payment_date,
           date_basis, 0, vat_basis, true
    from landing.payments where file_id = %(file)s and row_number = 2
"""
ASIDE = "update landing.set_aside set amount_gbp = 5.01 where file_id = %(file)s"
BANNER = "insert into landing.set_aside values (%(file)s, false, '', 1, 'banner', '', '', 0)"
PAYMENT_FAULTS: list[tuple[str, str, Fault]] = [
    ("rows_difference", "critical", run(SECOND_SHEET)),
    ("pence_difference", "critical", payment("amount_gbp = 100.01")),
    ("rows_aside_difference", "critical", run(BANNER)),
    ("pence_aside_difference", "critical", run(ASIDE)),
    ("rows_of_other_files", "critical", payment("publisher_id = 'dale_council'")),
    ("redacted_rows_with_supplier", "critical", payment("is_redacted = true")),
    ("rows_without_supplier_record", "critical", payment("supplier_key = 'of the other world'")),
    ("share_with_supplier", "warning", payment("supplier_key = null")),
    ("share_with_supplier", "critical", payment("supplier_key = null", "row_number > 5")),
    # July, dates and all, is June again
    ("identical_months", "critical", payment("payment_date = payment_date - 30", "true")),
    ("total_against_other_months", "warning", other_contents(10, 300)),
    ("total_against_other_months", "critical", other_contents(10, 1500)),
    ("rows_against_other_months", "warning", other_contents(30, 30)),
]  # fmt: skip


@pytest.fixture(scope="module")
def judged_payments(database_server: str) -> dict[str, list[GateResult]]:
    """A body for each fault, three good months before it, and one body without fault: judged in one go."""
    with database.connect() as connection:
        connection.execute("truncate landing.file_versions, landing.suppliers cascade")
        add_supplier(connection, "k1")
        add_supplier(connection, "of the other world", is_synthetic=False)
        bodies = {"good_council": None} | {
            f"b{n}_council": fault for n, (*_, fault) in enumerate(PAYMENT_FAULTS)
        }
        for publisher_id, fault in bodies.items():
            files = [add_file(connection, publisher_id, period) for period in MONTHS]
            if fault:
                fault(connection, files[-1])
        add_file(connection, "real_council", SUSPECT, source="archive")
    by_body: dict[str, list[GateResult]] = {publisher_id: [] for publisher_id in bodies}
    for result in gates.check_payments(is_synthetic=True):
        by_body[result.observed["subject"].split()[0]].append(result)
    return by_body


@pytest.mark.parametrize("number", range(len(PAYMENT_FAULTS)), ids=lambda n: "-".join(PAYMENT_FAULTS[n][:2]))
def test_faulty_file_fails_for_its_reason_only(
    judged_payments: dict[str, list[GateResult]], number: int
) -> None:
    column, severity, _ = PAYMENT_FAULTS[number]
    bad = failed(judged_payments[f"b{number}_council"])
    assert (column, severity) in bad and bad <= {(column, severity), (column, "warning")}
    failing = [item for item in judged_payments[f"b{number}_council"] if not item.success]
    assert {item.observed["subject"] for item in failing} == {f"b{number}_council payments {SUSPECT}"}


def test_good_files_pass_though_their_references_collide_with_other_bodies(
    judged_payments: dict[str, list[GateResult]],
) -> None:
    results = judged_payments["good_council"]
    assert failed(results) == set()
    assert {(item.column, item.severity) for item in results} == written("payments")
    assert len({item.file_id for item in results}) == len(MONTHS)


def test_every_rule_for_payments_can_fail() -> None:
    assert written("payments") == {(column, severity) for column, severity, _ in PAYMENT_FAULTS}


@pytest.fixture
def connection(empty_database: str) -> Connection:
    with database.connect(autocommit=True) as connection:
        yield connection


def status(connection: Connection, file_id: int) -> tuple[str, str]:
    query = "select status, status_reason from landing.file_versions where file_id = %s"
    return connection.execute(query, [file_id]).fetchone()  # type: ignore[return-value]


def test_file_that_fails_is_held_and_the_version_before_counts_again(connection: Connection) -> None:
    add_supplier(connection, "k1")
    before = add_file(connection, "fen_vale_council", "2017-04")
    connection.execute("update landing.file_versions set status = 'superseded', superseded_at = now()")
    bad, good = (add_file(connection, "fen_vale_council", period) for period in ("2017-04", "2017-05"))
    connection.execute(
        "update landing.file_versions set superseded_by = %s where file_id = %s", [bad, before]
    )
    payment("amount_gbp = 1")(connection, bad)

    results = gates.check_payments(is_synthetic=True)
    gates.store_results(results)
    assert gates.hold_files(results) == 1

    assert status(connection, bad)[0] == "held"
    assert status(connection, bad)[1].startswith(
        "pence_difference is -9,900 (0 expected). The database must hold"
    )
    assert status(connection, before)[0] == status(connection, good)[0] == "accepted"
    stored = connection.execute(
        """select count(*), count(*) filter (where not success), min(why) filter (where not success)
           from quality.gate_results where suite = 'payments'"""
    ).fetchone()
    assert stored[:2] == (len(results), 1) and stored[2].startswith("The database must hold")


def test_a_file_is_judged_once_and_again_when_it_is_loaded_again(connection: Connection) -> None:
    add_supplier(connection, "k1")
    file_id = add_file(connection, "fen_vale_council", "2017-04")
    first = gates.check_payments(is_synthetic=True)
    gates.store_results(first)
    assert {item.file_id for item in first} == {file_id}
    assert gates.check_payments(is_synthetic=True) == []
    connection.execute("update landing.file_versions set accepted_at = clock_timestamp()")
    assert failed(gates.check_payments(is_synthetic=True)) == set()
    assert len(gates.check_payments(is_synthetic=True)) == len(first)


def test_of_two_equal_months_the_later_is_held_whichever_was_loaded_first(connection: Connection) -> None:
    add_supplier(connection, "k1")
    july = add_file(connection, "fen_vale_council", "2017-07")
    payment("payment_date = payment_date - 30", "true")(connection, july)
    add_file(connection, "fen_vale_council", "2017-06")
    assert {item.file_id for item in gates.check_payments(is_synthetic=True) if item.stops} == {july}


def test_results_that_cannot_be_stored_are_logged(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    lost = GateResult("payments", "e", "c", "critical", False, {}, "why", file_id=999)
    gates.store_results([lost])
    assert "1 gate results of landed_file/payments could not be stored" in caplog.text


def test_unreachable_database_is_told(monkeypatch: pytest.MonkeyPatch, home: Any) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    from anchor_spend.settings import load_settings

    load_settings.cache_clear()
    try:
        with pytest.raises(DatabaseError, match=r"127\.0\.0\.1:9"):
            gates.check_payments(is_synthetic=True)
    finally:
        monkeypatch.undo()
        load_settings.cache_clear()


# county_view -----------------------------------------------------------------------------------------------

BODIES = [f"body_{letter}" for letter in "abcdefghijklmnop"]
SUPPLIERS = """
    create table {schema}.dim_suppliers as
    select * from (values
        ('GB-COH-00000001', 'Larkfield Ltd', 'organisation', 'GB-COH-00000001', 'LU1 1AA'),
        ('GB-COH-00000002', 'Heron Ltd', 'organisation', 'GB-COH-00000002', 'MK9 1AA'),
        ('unmatched-1', 'Ottermead', 'organisation', null, null),
        ('individual', null, 'person', null, null)
    ) as suppliers (supplier_id, supplier_name, payee_kind, entity_id, postcode)
"""
# of ten payments of a month seven go to known companies, three of these local
PAYMENTS = """
    create table {schema}.fct_payments as
    select p.file_id, p.publisher_id, '2017/18' as financial_year, p.amount_gbp, s.supplier_id,
           s.supplier_name,
           case when p.row_number = 11 then 'grant' else 'goods_and_services' end as spend_scope
    from landing.payments p
    join quality.release_files f on f.file_id = p.file_id and f.release_number = {number}
    join {schema}.dim_suppliers s on s.supplier_id = case
        when p.row_number < 5 then 'GB-COH-00000001' when p.row_number < 9 then 'GB-COH-00000002'
        when p.row_number < 10 then 'unmatched-1' else 'individual' end
"""
MARTS = """
    create table {schema}.supplier_spend as
    select financial_year, publisher_id, supplier_id, spend_scope, sum(amount_gbp) as amount_gbp
    from {schema}.fct_payments group by 1, 2, 3, 4;

    create table {schema}.spend_by_scope as
    select financial_year, publisher_id, spend_scope, sum(amount_gbp) as amount_gbp, false as is_memo
    from {schema}.fct_payments group by 1, 2, 3;

    create table {schema}.county_view as
    select financial_year, publisher_id, sum(amount_gbp) as gross_gbp,
           sum(amount_gbp) filter (where spend_scope = 'goods_and_services') as headline_gbp,
           1 as months_covered, 1 as months_expected, false as is_memo
    from {schema}.spend_by_scope group by 1, 2;

    create table {schema}.local_share as
    with parts as (
        select financial_year, coalesce(publisher_id, 'county') as publisher_id, spend_scope as scope,
               coalesce(sum(amount_gbp) filter (where supplier_id like 'GB%1'), 0) as l,
               coalesce(sum(amount_gbp) filter (where supplier_id like 'GB%2'), 0) as n,
               coalesce(sum(amount_gbp) filter (where supplier_id not like 'GB%'), 0) as u
        from {schema}.supplier_spend
        group by grouping sets ((financial_year, publisher_id, spend_scope), (financial_year, spend_scope))
    )
    select financial_year, publisher_id, definition_id, scope, l as local_gbp, n as not_local_gbp,
           u as unresolved_gbp, round(l / nullif(l + n, 0), 6) as share, round(l / (l + n + u), 6) as floor,
           round((l + u) / (l + n + u), 6) as ceiling
    from parts cross join (values ('primary'), ('secondary'), ('either')) as definitions (definition_id);

    create table {schema}.coverage as
    select publisher_id, 'payments' as stream, '2017-04' as period, true as expected, 1 as months_count,
           'loaded' as status
    from {schema}.county_view;

    create table {schema}.file_conservation as select * from landing.file_versions;

    grant usage on schema {schema} to anchor_publisher;
    grant select on all tables in schema {schema} to anchor_publisher
"""


def add_release(connection: Connection, files: list[int], source: str = "sample") -> int:
    """A candidate release of these files: register rows, and a schema whose marts all agree."""
    row = connection.execute(
        """insert into quality.releases
               (source, is_synthetic, fingerprint, git_revision, window_from, window_to, as_of)
           values (%s, %s, '', '', '2017-04', '2018-03', '2019-01-01') returning release_number""",
        [source, source == "sample"],
    ).fetchone()
    assert row is not None
    number = int(row[0])
    for file_id in files:
        connection.execute("insert into quality.release_files values (%s, %s)", [number, file_id])
    connection.execute(
        """insert into quality.release_publishers
           select distinct %s::int, publisher_id, publisher_id, 'XX', 'council', null, null, '',
                  date '1997-04-01', null::date, 'net', 500, '', false
           from landing.file_versions""",
        [number],
    )
    connection.execute(f"create schema release_{number}".encode())
    for statement in (SUPPLIERS, PAYMENTS, MARTS):
        for part in statement.format(schema=f"release_{number}", number=number).split(";"):
            connection.execute(part.encode())
    return number


def add_county(connection: Connection, source: str = "sample") -> list[int]:
    connection.execute("truncate landing.file_versions, landing.suppliers, quality.releases cascade")
    add_supplier(connection, "k1", source == "sample")
    return [add_file(connection, body, "2017-04", source=source) for body in BODIES]


def show(connection: Connection, number: int) -> None:
    """The release analysts see now."""
    connection.execute("update quality.releases set status = 'published' where release_number = %s", [number])
    connection.execute("insert into quality.current_release (release_number) values (%s)", [number])


def change(mart: str, letter: str, values: str, rows: str = "true") -> str:
    """A statement that spoils rows of one body in a mart of release 2."""
    return f"update release_2.{mart} set {values} where publisher_id = 'body_{letter}' and {rows}"


def change_share(letter: str, values: str) -> str:
    rows = "definition_id = 'primary' and scope = 'goods_and_services'"
    return change("local_share", letter, values, rows)


FOREIGN_PAYMENT = """
    insert into release_2.fct_payments
    select 999, 'x', '2017/18', 1, 'individual', null, 'grant'
"""
PAYMENT_TWICE = """
    insert into release_2.fct_payments
    select file_id, publisher_id, financial_year, 0, supplier_id, null, spend_scope
    from release_2.fct_payments where publisher_id = 'body_b' limit 1
"""
ONE_PENNY_MORE = """
    update landing.file_versions set pence_payments = pence_payments + 1, pence_read = pence_read + 1
    where publisher_id = 'body_f'
"""
ABSENT_FROM_CONSERVATION = "delete from release_2.file_conservation where publisher_id = 'body_a'"
NO_EITHER = "delete from release_2.local_share where publisher_id = 'body_k' and definition_id = 'either'"
NEGATIVE = "unresolved_gbp = -1, local_gbp = local_gbp + unresolved_gbp + 1, ceiling = 0"
WIDE = """
    update release_2.local_share set floor = 0, ceiling = 1
    where publisher_id = 'county' and definition_id = 'primary' and scope = 'goods_and_services'
"""
A_MONTH_MISSING = """
    insert into release_2.coverage
    select publisher_id, stream, '2017-05', true, 1, 'missing' from release_2.coverage
    where publisher_id = 'body_a'
"""
MADE_MEMO = """
    update quality.release_publishers set is_memo = true
    where release_number = 2 and publisher_id = 'body_o';
"""
HAD_THREE_MONTHS = """
    with added as (
        insert into landing.file_versions (
            is_synthetic, source, publisher_id, stream, period, sha256, file_name, size_bytes, url, status)
        select is_synthetic, source, publisher_id, stream, months.period, months.period, 'f.csv', 1, '',
               'landed'
        from landing.file_versions
        cross join (values ('2017-05'), ('2017-06')) as months (period)
        where publisher_id = 'body_p'
        returning file_id
    )
    insert into quality.release_files select 1, file_id from added
"""


def file_taken_out(letter: str) -> str:
    return f"""
        delete from quality.release_files where release_number = 2
            and file_id = (select file_id from landing.file_versions where publisher_id = 'body_{letter}')
    """


def change_before(letter: str, factor: float) -> str:
    """The headline of a body in release 1."""
    change_headline = f"headline_gbp = headline_gbp * {factor}"
    return change("county_view", letter, change_headline).replace("release_2", "release_1")


# rule, severity, what breaks it in release 2, how the subject that must be named begins
RELEASE_FAULTS: list[tuple[str, str, str, str]] = [
    ("is_of_this_release", "critical", FOREIGN_PAYMENT, "file 999"),
    ("is_in_file_conservation", "critical", ABSENT_FROM_CONSERVATION, "body_a payments"),
    ("rows_difference", "critical", PAYMENT_TWICE, "body_b payments"),
    (
        "pence_difference",
        "critical",
        change("fct_payments", "c", "amount_gbp = 0.01", "amount_gbp = 100"),
        "body_c payments",
    ),
    ("rows_not_conserved", "critical", change("file_conservation", "d", "rows_read = 0"), "body_d payments"),
    (
        "pence_not_conserved",
        "critical",
        change("file_conservation", "d", "pence_read = 0"),
        "body_d payments",
    ),
    (
        "payments_naming_persons",
        "critical",
        change("fct_payments", "e", "supplier_name = 'Jo Invented'", "supplier_id = 'individual'"),
        "body_e payments",
    ),
    ("gross_pence_difference", "critical", ONE_PENNY_MORE, "body_f 2017/18"),
    (
        "scope_pence_difference",
        "critical",
        change("spend_by_scope", "g", "amount_gbp = amount_gbp + 1", "spend_scope = 'grant'"),
        "body_g 2017/18",
    ),
    (
        "supplier_pence_difference",
        "critical",
        change("supplier_spend", "h", "amount_gbp = amount_gbp + 1", "spend_scope = 'grant'"),
        "body_h 2017/18",
    ),
    (
        "headline_pence_difference",
        "critical",
        change("county_view", "i", "headline_gbp = headline_gbp + 0.01"),
        "body_i 2017/18",
    ),
    ("months_difference", "critical", change("county_view", "j", "months_covered = 2"), "body_j 2017/18"),
    ("definitions_missing", "critical", NO_EITHER, "body_k 2017/18"),
    (
        "pence_unaccounted",
        "critical",
        change_share("a", "unresolved_gbp = unresolved_gbp + 1"),
        "body_a 2017/18 primary goods",
    ),
    ("share", "critical", change_share("b", "share = 1.1, ceiling = null"), "body_b 2017/18 primary goods"),
    ("floor", "critical", change_share("c", "floor = -0.1, share = null"), "body_c 2017/18 primary goods"),
    ("ceiling", "critical", change_share("d", "ceiling = 1.1"), "body_d 2017/18 primary goods"),
    (
        "room_in_interval",
        "critical",
        change_share("e", "share = floor - 0.01"),
        "body_e 2017/18 primary goods",
    ),
    ("smallest_headline_part_gbp", "warning", change_share("f", NEGATIVE), "body_f 2017/18 primary goods"),
    ("width_of_county_interval", "warning", WIDE, "county 2017/18 primary goods"),
    ("share_covered", "warning", A_MONTH_MISSING, "body_a"),
    ("has_any_file", "warning", change("coverage", "m", "status = 'missing'"), "body_m"),
    (
        "has_readable_spec",
        "warning",
        "insert into quality.release_spec_errors values (2, 'body_n', 'no YAML')",
        "body_n",
    ),
    ("months_after_having_some", "critical", file_taken_out("l"), "body_l"),
    ("memo_months_after_having_some", "warning", MADE_MEMO + file_taken_out("o"), "body_o"),
    ("share_lost", "critical", HAD_THREE_MONTHS, "body_p"),
    ("movement", "warning", change_before("b", 0.97), "body_b 2017/18"),
    ("movement_of_counted_body", "critical", change_before("c", 3), "body_c 2017/18"),
]
# what such a fault brings along: the marts of body_l still count the file that was taken out
CONSEQUENCES = {
    ("months_lost", "warning"): {"body_l", "body_o", "body_p"},
    ("is_of_this_release", "critical"): {"file 12", "file 15"},
    ("gross_pence_difference", "critical"): {"body_l 2017/18", "body_o 2017/18"},
    ("months_difference", "critical"): {"body_l 2017/18", "body_o 2017/18"},
    ("pence_difference", "critical"): {"body_f payments"},
    ("movement", "warning"): {"body_c 2017/18"},
    ("pence_unaccounted", "critical"): {"body_g 2017/18", "county 2017/18"},
}


@pytest.fixture(scope="module")
def broken_release(database_server: str) -> list[GateResult]:
    """Release 2 with every fault at once, each in another place, and release 1 before it, without fault."""
    with database.connect() as connection:
        for schema in ("release_1", "release_2"):
            connection.execute(f"drop schema if exists {schema} cascade".encode())
        connection.execute("truncate quality.releases restart identity cascade")
        connection.execute("truncate landing.file_versions restart identity cascade")
        files = add_county(connection)
        assert (add_release(connection, files), add_release(connection, files)) == (1, 2)
        show(connection, 1)
        for *_, statement, _ in RELEASE_FAULTS:
            connection.execute(statement.encode())
    return gates.check_county_view(2)


@pytest.mark.parametrize("number", range(len(RELEASE_FAULTS)), ids=lambda n: "-".join(RELEASE_FAULTS[n][:2]))
def test_broken_release_fails_for_its_reason_only(broken_release: list[GateResult], number: int) -> None:
    column, severity, _, subject = RELEASE_FAULTS[number]
    found = [
        item
        for item in broken_release
        if (item.column, item.severity, item.success) == (column, severity, False)
    ]
    subjects = {example["subject"] for item in found for example in item.observed["examples"]}
    allowed = CONSEQUENCES.get((column, severity), set()) | {subject}
    assert any(item.startswith(subject) for item in subjects)
    assert all(any(item.startswith(prefix) for prefix in allowed) for item in subjects)


def test_release_without_fault_passes_every_rule_that_applies(connection: Connection) -> None:
    files = add_county(connection)
    before, number = add_release(connection, files), add_release(connection, files)
    show(connection, before)
    results = gates.check_county_view(number)
    assert failed(results) == set()
    assert {(item.column, item.severity) for item in results} == written("county_view")
    assert {item.release_number for item in results} == {number}


UNRESOLVED = "update release_1.dim_suppliers set entity_id = null"
GROSS = "update release_1.county_view set gross_gbp = {} where publisher_id = 'body_a'"
WHOLE_RELEASE_FAULTS: list[tuple[str, str, str]] = [
    ("files_of_another_world", "critical",
     "update landing.file_versions set is_synthetic = false, source = 'live' where file_id = 1"),
    ("is_marked_as_its_source", "critical", "update quality.releases set source = 'live'"),
    ("persons_named", "critical",
     "update release_1.dim_suppliers set supplier_name = 'Jo Invented' where supplier_id = 'individual'"),
    ("persons_located", "critical",
     "update release_1.dim_suppliers set postcode = 'LU1 1AA' where supplier_id = 'individual'"),
    ("share_resolved", "warning", UNRESOLVED),
    ("share_unclassified", "warning",
     "update release_1.spend_by_scope set spend_scope = 'unclassified' where spend_scope = 'grant'"),
    ("stale_overrides", "warning",
     "insert into quality.stale_overrides values (true, 'k', 'expired', 'warning', '', '')"),
    ("gross_gbp", "warning", GROSS.format("5e9")),
    ("gross_gbp", "critical", GROSS.format("81711e9")),
    ("share_of_county_months", "warning", "update release_1.county_view set months_expected = 3"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "severity", "statement"), WHOLE_RELEASE_FAULTS)
def test_faulty_release_fails_for_its_reason_only(
    connection: Connection, column: str, severity: str, statement: str
) -> None:
    number = add_release(connection, add_county(connection))
    connection.execute(statement.encode())
    bad = failed(gates.check_county_view(number, ["release", "years"]))
    assert (column, severity) in bad and bad <= {(column, severity), (column, "warning")}


def test_every_rule_for_a_release_can_fail() -> None:
    shown = {fault[:2] for fault in [*RELEASE_FAULTS, *WHOLE_RELEASE_FAULTS]}
    assert written("county_view") == shown | {("files", "critical"), ("months_lost", "warning")}


def test_release_without_files_is_refused(connection: Connection) -> None:
    add_county(connection)
    number = add_release(connection, [])
    assert failed(gates.check_county_view(number), "critical") == {("files", "critical")}


def test_first_release_is_compared_with_none_and_worlds_never_with_each_other(connection: Connection) -> None:
    invented = add_release(connection, add_county(connection))
    assert "movement" not in {item.column for item in gates.check_county_view(invented)}
    show(connection, invented)
    real = add_release(
        connection, [add_file(connection, "body_a", "2017-04", source="archive")], source="archive"
    )
    results = gates.check_county_view(real)
    assert failed(results) == set() and "movement" not in {item.column for item in results}


def test_without_a_release_in_view_the_last_published_of_its_world_is_compared(
    connection: Connection,
) -> None:
    files = add_county(connection)
    before, number = add_release(connection, files), add_release(connection, files)
    connection.execute(f"update release_{before}.county_view set headline_gbp = 1".encode())
    assert gates.check_county_view(number, ["movements"]) == []  # never published
    connection.execute("update quality.releases set status = 'published' where release_number = %s", [before])
    bad = failed(gates.check_county_view(number, ["movements"]))
    assert bad == {("movement_of_counted_body", "critical"), ("movement", "warning")}


def test_what_the_county_does_not_count_warns_and_never_stops(connection: Connection) -> None:
    files = add_county(connection)
    before, number = add_release(connection, files), add_release(connection, files)
    show(connection, before)
    connection.execute("update quality.release_publishers set is_memo = true where publisher_id = 'body_a'")
    for statement in (
        f"update release_{before}.county_view set headline_gbp = 1 where publisher_id = 'body_a'",
        f"update release_{number}.county_view set is_memo = true where publisher_id = 'body_a'",
        f"update release_{number}.coverage set status = 'missing' where publisher_id = 'body_a'",
    ):
        connection.execute(statement.encode())
    bad = failed(gates.check_county_view(number, ["bodies", "movements"]))
    assert bad == {("movement", "warning"), ("has_any_file", "warning")}


def test_only_complete_past_years_are_compared(connection: Connection) -> None:
    files = add_county(connection)
    before, number = add_release(connection, files), add_release(connection, files)
    show(connection, before)
    connection.execute(f"update release_{before}.county_view set headline_gbp = 1".encode())
    connection.execute("update quality.releases set as_of = '2018-03-31'")
    assert {item.observed["judged"] for item in gates.check_county_view(number, ["movements"])} == {0}


def test_bad_release_stays_unseen_with_the_reason(connection: Connection) -> None:
    from anchor_spend import release

    number = add_release(connection, add_county(connection))
    connection.execute(
        f"update release_{number}.county_view set gross_gbp = 81711e9 where publisher_id = 'body_a'".encode()
    )
    with pytest.raises(ReleaseError, match=r"gross_gbp is 81,711,000,\d{3},\d{3} .* for 2017/18"):
        release.gate(number)
    query = "select status, status_reason from quality.releases where release_number = %s"
    state, why = connection.execute(query, [number]).fetchone()
    assert state == "refused" and "The county total of a year is absurd" in why
    stored = "select count(*) from quality.gate_results where release_number = %s and not success"
    assert connection.execute(stored, [number]).fetchone()[0] == 5  # the year, and what no longer adds up


def test_release_whose_marts_are_missing_is_an_error_not_a_pass(connection: Connection) -> None:
    number = add_release(connection, add_county(connection))
    connection.execute(f"drop table release_{number}.local_share".encode())
    with pytest.raises(GateError, match=r"county_view\.json could not be read as publisher"):
        gates.check_county_view(number)
