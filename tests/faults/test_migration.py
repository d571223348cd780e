"""A database of an earlier version is brought up to date, and keeps what is in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anchor_spend import database
from anchor_spend.settings import load_settings

pytestmark = pytest.mark.database

OLD_ROWS = """
    insert into quality.releases (source, is_synthetic, fingerprint, git_revision, window_from, window_to)
    values ('sample', true, 'f', 'g', '2017-04', '2018-03');
    insert into quality.release_publishers values
        (1, 'a', 'A', 'GB-LAE-A', 'council', null, null, 'LU1 1AA', '1997-04-01', null, 'net', 500, 'OGL',
         false);
    insert into quality.release_expected_files values (1, 'a', 'payments', '2017-04', '2017-05-30');
    insert into landing.file_versions (is_synthetic, source, publisher_id, stream, period, sha256, file_name,
        size_bytes, url, status, status_reason)
    values
        (true, 'sample', 'a', 'payments', '2017-04', 's1', 'f', 1, '', 'landed', ''),
        (true, 'sample', 'a', 'payments', '2017-05', 's2', 'f', 1, '', 'rejected',
         'file f: [column_missing] amount is known as ...'),
        (true, 'sample', 'a', 'payments', '2017-06', 's3', 'f', 1, '', 'rejected',
         'file f: failed the landed_file gate: share_rejected is 0.12 (at most 0.05 expected). Why.')
"""


@pytest.fixture
def old_database(database_server: str) -> Iterator[None]:
    """A database as the first version left it, with a row in each table that has changed since."""
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute("drop database if exists old_version with (force)")
        connection.execute("create database old_version")
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = database_server.rpartition("/")[0] + "/old_version"
    load_settings.cache_clear()
    with database.connect() as connection:
        connection.execute((database._SCHEMA / "0001_initial.sql").read_bytes())
        connection.execute("create table quality.migrations (name text primary key, applied_at timestamptz)")
        connection.execute("insert into quality.migrations values ('0001_initial.sql', now())")
        connection.execute(OLD_ROWS.encode())
    yield
    os.environ.pop("DATABASE_URL")
    if before is not None:
        os.environ["DATABASE_URL"] = before
    load_settings.cache_clear()


def test_rows_of_the_first_version_stay_and_get_their_new_columns(old_database: None) -> None:
    database.migrate()
    database.migrate()
    with database.connect() as connection:
        publishers = connection.execute(
            "select publisher_id, threshold_gbp::int, is_memo, predecessors from quality.release_publishers"
        ).fetchall()
        expected = connection.execute(
            "select period, due_on::text, months_count from quality.release_expected_files"
        ).fetchall()
        versions = connection.execute(
            "select sha256, status, status_rule, reading_number from landing.file_versions order by file_id"
        ).fetchall()
    assert publishers == [("a", 500, False, [])]
    assert expected == [("2017-04", "2017-05-30", 1)]
    assert versions == [
        ("s1", "landed", "", 1),
        ("s2", "rejected", "column_missing", 1),
        ("s3", "rejected", "share_rejected", 1),
    ]


def test_decisions_of_the_first_version_get_their_band_and_companies_stay_listed(old_database: None) -> None:
    with database.connect() as connection:
        connection.execute(
            """insert into landing.suppliers (is_synthetic, supplier_key, supplier_name, company_number,
                   postcode)
               values (true, 'k1', 'Quill Ltd', '', ''), (true, 'k2', 'Nobody', '', '')"""
        )
        connection.execute(
            """insert into warehouse.supplier_decisions (is_synthetic, supplier_key, entity_id, method,
                   payee_kind, evidence, engine_version, reference_fingerprint)
               values (true, 'k1', 'GB-COH-01000001', 'exact_name', 'organisation', '{}', '1', 'a'),
                   (true, 'k2', null, 'unmatched', 'unclear', '{}', '1', 'a')"""
        )
        connection.execute(
            """insert into reference.companies (is_synthetic, company_number, company_name, status)
               values (true, '01000001', 'QUILL LIMITED', 'Active')"""
        )
    database.migrate()
    with database.connect() as connection:
        decisions = connection.execute(
            "select supplier_key, band, name_key from warehouse.supplier_decisions order by 1"
        ).fetchall()
        companies = connection.execute("select is_listed, last_vintage from reference.companies").fetchall()
    assert decisions == [("k1", "accept", ""), ("k2", "reject", "")]
    assert companies == [(True, None)]


def test_suppliers_of_the_first_version_get_the_days_of_the_payments_that_count(old_database: None) -> None:
    """And their decisions hold for no day, so that they are worked once more."""
    with database.connect() as connection:
        connection.execute(
            """insert into landing.suppliers (is_synthetic, supplier_key, supplier_name)
               values (true, 'k1', 'Quill Ltd'), (true, 'k2', 'Nobody'), (false, 'k1', 'Quill Ltd')"""
        )
        connection.execute(
            """insert into landing.file_versions (is_synthetic, source, publisher_id, stream, period, sha256,
                   file_name, size_bytes, url, status, rows_read, pence_read, rows_payments, pence_payments,
                   rows_rejected, pence_rejected, rows_excluded, pence_excluded)
               select true, 'sample', 'a', 'payments', period, period || status, 'f', 1, '', status,
                   1, 100, 1, 100, 0, 0, 0, 0
               from (values ('2018-04', 'accepted'), ('2018-05', 'accepted'), ('2018-06', 'held'))
                   as version (period, status)"""
        )
        connection.execute(
            """insert into landing.payments (file_id, sheet, row_number, publisher_id, stream, period,
                   payment_date, date_basis, amount_gbp, vat_basis, supplier_key, is_redacted, category)
               select file_id, '', 2, publisher_id, stream, period, (period || '-03')::date, 'payment', 1,
                   'net', 'k1', false, case period when '2018-04' then 'Printing' end
               from landing.file_versions where status in ('accepted', 'held')"""
        )
        connection.execute(
            """insert into warehouse.supplier_decisions (is_synthetic, supplier_key, method, payee_kind,
                   evidence, engine_version, reference_fingerprint)
               values (true, 'k1', 'unmatched', 'organisation', '{}', '1', 'a')"""
        )
    database.migrate()
    with database.connect() as connection:
        suppliers = connection.execute(
            """select is_synthetic, supplier_key, first_paid_on::text, last_paid_on::text, categories
               from landing.suppliers order by 1 desc, 2"""
        ).fetchall()
        held = connection.execute(
            """select isempty(first_paid_within), isempty(last_paid_within), decided_for
               from warehouse.supplier_decisions"""
        ).fetchall()
    assert suppliers == [
        (True, "k1", "2018-04-03", "2018-05-03", ["", "Printing"]),
        (True, "k2", None, None, []),
        (False, "k1", None, None, []),
    ]
    assert held == [(True, True, "")]


def test_the_same_bytes_are_one_version_until_they_are_read_again(old_database: None) -> None:
    database.migrate()
    again = """
        insert into landing.file_versions (is_synthetic, source, publisher_id, stream, period, sha256,
            file_name, size_bytes, url, reading_number)
        select is_synthetic, source, publisher_id, stream, period, sha256, file_name, size_bytes, url, {}
        from landing.file_versions where file_id = 1"""
    with database.connect() as connection:
        connection.execute(again.format(2).encode())
        with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
            connection.execute(again.format(1).encode())


def test_every_schema_file_is_applied_once(old_database: None) -> None:
    database.migrate()
    with database.connect() as connection:
        done = [name for (name,) in connection.execute("select name from quality.migrations order by 1")]
    assert done == sorted(path.name for path in Path(database._SCHEMA).glob("*.sql"))
