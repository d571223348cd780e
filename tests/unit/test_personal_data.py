"""What of a person a text may not hold. Addresses and numbers are those kept for fiction."""

import csv

import pytest

from anchor_spend.personal_data import found_in
from anchor_spend.settings import PROJECT

_SEEDS = sorted((PROJECT / "dbt_project" / "seeds").glob("*.csv"))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("See a@example.org", "email_address"),
        ("<First.Last+x@mail.example.co.uk>,", "email_address"),
        ("rang 01632 960001", "phone_number"),
        ("rang 01632960001 twice", "phone_number"),
        ("(020) 7946-0000", "phone_number"),
        ("0808 157 0000", "phone_number"),
        ("+44 (0)7700 900.000", "phone_number"),
        ("00441632960001", "phone_number"),
        ("mobile:07700900000", "phone_number"),
        ("AB123456C", "national_insurance_number"),
    ],
)
def test_what_is_somebodys_is_found(text, rule):
    assert [found for found, _ in found_in(text)] == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "Company 01234567, since 01/02/2017",
        "01234567 123 High Street",
        "Invoice of 01-02-2017 12:30, paid 03.04.2017 10 days on",
        "GB-COH-01234567 is GB-CHC-1012345",
        "VAT 123 4567 89, UPRN 100080001234",
        "Invoices INV-01632960001 and 2017/0163296000",
        "Stands at 0.7 @ LU1 2BQ",
        "",
    ],
)
def test_numbers_of_organisations_are_nobodys(text):
    assert found_in(text) == []


@pytest.mark.parametrize("path", _SEEDS, ids=lambda path: path.stem)
def test_no_seed_holds_any(path):
    with path.open(newline="", encoding="utf-8") as file:
        rows = enumerate(csv.DictReader(file), 2)
        found = [(number, column) for number, row in rows for column in row if found_in(row[column] or "")]
    assert found == []
