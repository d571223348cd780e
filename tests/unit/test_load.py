"""What of a file is kept beside its payments, in a real PostgreSQL. All names and numbers are invented."""

import pytest

import loading
from anchor_spend import database, names
from anchor_spend.printed_numbers import invented_vat_number

pytestmark = pytest.mark.database
VAT, OTHER_VAT, DEFAULT_VAT = (invented_vat_number(number) for number in (1, 2, 3))


def load(period: str, *rows: tuple[str, str, str]) -> None:
    """A month of payments; each row is supplier, VAT number and charity number."""
    cells = [
        {"Payment date": f"{period}-03", "Supplier name": name, "VAT number": vat, "Charity number": charity}
        for name, vat, charity in rows
    ]
    loading.load_month(period, *cells)


def rows_of(table: str) -> list[tuple[str, str, str]]:
    with database.connect("loader") as connection:
        return connection.execute(
            f"select supplier_key, scheme, identifier from landing.{table} where not is_synthetic".encode()
        ).fetchall()


def key(name: str) -> str:
    return names.supplier_key(name, "", "")


def test_numbers_printed_beside_a_supplier_are_kept_once_and_are_no_part_of_its_key(
    empty_database: str,
) -> None:
    load(
        "2017-04",
        ("Vole & Sons", VAT, ""),
        ("Vole & Sons", f"GB{VAT}", "9000123"),
        ("REDACTED PERSONAL DATA", VAT, ""),
        ("", VAT, ""),
        ("Wren", "12345", "N/A"),
    )
    load("2017-05", ("VOLE & SONS", VAT, "9000123"), ("Vole & Sons", OTHER_VAT, ""))
    expected = [("charity", "9000123"), ("vat", VAT), ("vat", OTHER_VAT)]
    assert sorted(rows_of("supplier_identifiers")) == [(key("Vole & Sons"), *number) for number in expected]
    with database.connect("loader") as connection:
        assert connection.execute("select count(*) from landing.suppliers").fetchone() == (2,)


def test_a_number_beside_names_that_share_nothing_tells_nothing(empty_database: str) -> None:
    """A body's default, or its own number: it stands beside everybody."""
    strangers = ["Alder Widgets", "Birch Care", "Cedar Haulage", "Dogwood Foods", "Elm Books"]
    chain = [f"Vole Stores {number}" for number in range(9)]
    load("2017-04", *((name, VAT, "") for name in chain), *((name, DEFAULT_VAT, "") for name in strangers))
    assert len(rows_of("telling_identifiers")) == len(chain) + len(strangers)
    load("2017-05", ("Fir Trading", DEFAULT_VAT, ""))
    assert sorted(rows_of("telling_identifiers")) == sorted((key(name), "vat", VAT) for name in chain)
