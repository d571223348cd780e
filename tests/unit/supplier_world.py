"""Suppliers, registers and payments of an invented world in the real tables: to decide, and to review."""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg

from anchor_spend import database, names, paid
from anchor_spend.review import seed

COMPANIES = [
    ("01000001", "QUILLMERE CATERING LIMITED", ["BLUE DOOR FOODS LIMITED"], "LU1 2BQ", None),
    ("01000004", "TWINFORD LTD", [], "MK40 1AA", None),
    ("01000005", "TWINFORD LTD.", [], "SG18 0AA", None),
    ("01000006", "MARSHLIGHT THEATRE", [], "LU2 7AA", None),
    ("01000007", "OLDENMEADOW DRAINAGE LIMITED", [], "B1 1AA", "2012-03-31"),
]
CHARITIES = [
    ("GB-CHC-1000016", "ccew", "MARSHLIGHT THEATRE TRUST", ["Marshlight Players"], "LU2 7AB", "01000006", []),
    ("GB-SC-SC000016", "oscr", "Marshlight Stage Scotland", [], "EH1 1AA", None, ["GB-CHC-1000016"]),
    ("GB-CHC-1000020", "ccew", "THE FERNGATE HOSPICE", [], "MK41 1AA", None, []),
]
_LEDGER = itertools.count(1)


def seed_file(folder: Path, monkeypatch: "object") -> Path:
    """An empty seed of reviewed decisions in a folder, in the place of the project's; no file of persons."""
    path = folder / "dbt_project" / "seeds" / "supplier_overrides.csv"
    path.parent.mkdir(parents=True)
    path.write_text(",".join(seed.COLUMNS) + "\n", encoding="utf-8")
    monkeypatch.setattr(seed, "PROJECT", folder)  # type: ignore[attr-defined]
    persons = folder / "home" / "reviewed" / "persons.csv"
    monkeypatch.setattr(seed, "personal_path", lambda: persons)  # type: ignore[attr-defined]
    return path


def add_registers() -> None:
    """Companies, charities and a public body."""
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            """insert into reference.companies (is_synthetic, company_number, company_name, previous_names,
                   postcode, status, dissolved_on)
               values (true, %s, %s, %s, %s, 'Active', %s)""",
            COMPANIES,
        )
        cursor.executemany(
            """insert into reference.organisations (is_synthetic, entity_id, register, organisation_name,
                   other_names, postcode, company_number, other_ids)
               values (true, %s, %s, %s, %s, %s, %s, %s)""",
            CHARITIES,
        )
        cursor.execute(
            """insert into reference.public_bodies (is_synthetic, entity_id, body_name, body_type)
               values (true, 'GB-LAE-QSH', 'Quillshire Borough Council', 'council')"""
        )
    for dataset in ("companies", "organisations", "public_bodies"):
        set_vintage(dataset, "a")


def set_vintage(dataset: str, sha256: str) -> None:
    with database.connect() as connection:
        connection.execute(
            """insert into reference.vintages values (true, %s, '2017', %s, 1, 'test', 'none')
               on conflict (is_synthetic, dataset) do update set sha256 = excluded.sha256""",
            [dataset, sha256],
        )


def publish(name: str, number: str = "", postcode: str = "") -> str:
    """A supplier as published; returns its key."""
    key = names.supplier_key(name, number, postcode)
    with database.connect() as connection:
        connection.execute(
            """insert into landing.suppliers (is_synthetic, supplier_key, supplier_name, company_number,
                   postcode)
               values (true, %s, %s, %s, %s)""",
            [key, name, number, postcode],
        )
    return key


def print_number(key: str, scheme: str, identifier: str) -> None:
    with database.connect() as connection:
        connection.execute(
            "insert into landing.supplier_identifiers values (true, %s, %s, %s)", [key, scheme, identifier]
        )


def pay(publisher_id: str, day: str, *payments: tuple[str, str], status: str = "accepted") -> int:
    """A file of payments: (supplier key, pounds) each; returns its id."""
    with database.connect() as connection:
        file_id = _add_file(connection, publisher_id, day[:7], len(payments), payments, status)
        with connection.cursor() as cursor:
            cursor.executemany(
                """insert into landing.payments (file_id, sheet, row_number, publisher_id, stream, period,
                       payment_date, date_basis, amount_gbp, vat_basis, supplier_key, is_redacted)
                   values (%s, '', %s, %s, 'payments', %s, %s, 'payment', %s, 'net', %s, false)""",
                [
                    (file_id, row, publisher_id, day[:7], day, amount, key)
                    for row, (key, amount) in enumerate(payments, start=2)
                ],
            )
        if status == "accepted":
            paid.follow(connection, [file_id])
    return file_id


def _add_file(
    connection: psycopg.Connection, publisher_id: str, period: str, rows: int, payments: object, status: str
) -> int:
    pence = sum(round(float(amount) * 100) for _, amount in payments)  # type: ignore[attr-defined]
    row = connection.execute(
        """insert into landing.file_versions (is_synthetic, source, publisher_id, stream, period, sha256,
               file_name, size_bytes, url, status, rows_read, pence_read, rows_payments, pence_payments,
               rows_rejected, pence_rejected, rows_excluded, pence_excluded)
           values (true, 'sample', %(publisher_id)s, 'payments', %(period)s, %(sha256)s, 'f', 1, '',
               %(status)s, %(rows)s, %(pence)s, %(rows)s, %(pence)s, 0, 0, 0, 0)
           returning file_id""",
        {
            "publisher_id": publisher_id,
            "period": period,
            "sha256": f"s{next(_LEDGER)}",
            "status": status,
            "rows": rows,
            "pence": pence,
        },
    ).fetchone()
    assert row is not None
    return int(row[0])


def decided() -> dict[str, tuple]:
    """Decisions in force: entity, method, band, whom a VAT number points to; by supplier key."""
    with database.connect() as connection:
        rows = connection.execute(
            """select supplier_key, entity_id, method, band, vat_entity_id, decision_id
               from warehouse.supplier_decisions where superseded_at is null"""
        )
        return {key: tuple(rest) for key, *rest in rows}


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)
