"""A small publisher and helpers to read invented tables with it. All names and amounts are invented."""

from typing import Any

import pytest

from anchor_spend.conform import conform
from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.records import ConformedFile, RawTable
from anchor_spend.rules import RULES
from anchor_spend.spec import Publisher

STREAM: dict[str, Any] = {
    "first_period": "2016-04",
    "due_days": 30,
    "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
    "columns": {"payment_date": ["Date"], "amount": ["Amount"], "supplier_name": ["Supplier", "Payee"]},
    "optional_columns": {"supplier_ref": ["Supplier ID"], "department": ["Service"], "body_name": ["Body"]},
    "ignore": ["VAT"],
    "redaction": ["redacted( personal data)?"],
    "expected": {"rows": [1, 1000], "largest_payment_gbp": 1000000},
}


HEADER = ["Date", "Supplier", "Amount"]
PAID = ["03/04/2017", "Vole", "10"]


def sheet(name: str, *rows: list[str]) -> RawTable:
    return RawTable(name, [list(row) for row in rows], kind="xlsx")


def publisher(**changes: Any) -> Publisher:
    return Publisher.model_validate(
        {
            "publisher_id": "marlow_town_council",
            "name": "Marlow Town Council",
            "org_id": "GB-LAE-XYZ",
            "body_type": "council",
            "postcode": "LU1 1AA",
            "valid_from": "2000-01-01",
            "vat_basis": "net",
            "thresholds": [{"valid_from": "2000-01-01", "gbp": 500}],
            "licence": "OGL-UK-3.0",
            "streams": {"payments": {**STREAM, **changes}},
        }
    )


def run(*tables: RawTable | str, **changes: Any) -> ConformedFile:
    """Conform tables, or the text of one file."""
    body = publisher(**changes)
    stream_format = body.streams["payments"].format
    read = [
        table
        for item in tables
        for table in (
            [item] if isinstance(item, RawTable) else read_tables(item.encode(), "april.csv", stream_format)
        )
    ]
    return conform(read, body, "payments", "2017-04", "april.csv")


def refusal(*tables: RawTable | str, **changes: Any) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        run(*tables, **changes)
    assert RULES[caught.value.rule].effect == "file" and caught.value.remedy
    return caught.value


def rules(conformed: ConformedFile) -> dict[int, str]:
    aside = [*conformed.rejected.itertuples(), *conformed.excluded.itertuples()]
    return {row.row_number: row.rule for row in aside}


def findings(conformed: ConformedFile) -> list[str]:
    return [finding.rule for finding in conformed.findings]


def assert_conserved(conformed: ConformedFile) -> None:
    parts = (conformed.payments, conformed.rejected, conformed.excluded)
    assert conformed.rows_read == sum(len(part) for part in parts)
    assert conformed.pence_read == sum(int(pence) for part in parts for pence in part["amount_pence"])


GOOD = "03/04/2017,Vole,10.00\n"
