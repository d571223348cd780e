"""How the payees of a release were resolved, as lines for a person. All names are invented."""

from decimal import Decimal
from typing import Any

import pytest

from anchor_spend import resolution_quality
from anchor_spend.errors import DatabaseError


def row(
    body: str, outcome: str, gbp: str, *, method: str = "unmatched", is_memo: bool = False
) -> dict[str, Any]:
    return {
        "financial_year": "2017/18",
        "publisher_id": body,
        "is_memo": is_memo,
        "outcome": outcome,
        "method": method,
        "band": None if outcome == "redacted" else "accept" if outcome == "matched" else "reject",
        "amount_gbp": Decimal(gbp),
        "payment_count": 2,
        "supplier_count": 1,
    }


def found() -> dict[str, Any]:
    return {
        "rows": [
            row("a", "matched", "75.00", method="exact_name"),
            row("a", "redacted", "5.00", method="redacted"),
            row("a", "unresolved", "20.00"),
            row("b", "matched", "300.00", method="exact_name"),
            row("m", "matched", "1000.00", method="exact_name", is_memo=True),
        ],
        "unresolved": {
            "organisations": 2,
            "gbp": Decimal("20.00"),
            "probably_absent": 1,
            "probably_absent_gbp": Decimal("12.00"),
            "nothing_near": 0,
            "nothing_near_gbp": Decimal(0),
        },
        "largest": [
            {
                "supplier_name": "Quillmere Trading",
                "amount_gbp": Decimal("12.00"),
                "nearest_entity_id": "GB-COH-01000001",
                "nearest_name": "QUILLMERE CATERING LIMITED",
                "nearest_score": Decimal("0.4312"),
                "would_settle": "a number",
            },
            {
                "supplier_name": "Nowherefound",
                "amount_gbp": Decimal("8.00"),
                "nearest_entity_id": None,
                "nearest_name": None,
                "nearest_score": None,
                "would_settle": "a register",
            },
        ],
    }


def test_bodies_show_shares_of_their_gross_and_memo_bodies_stand_apart():
    heads, *bodies = list(resolution_quality._bodies(found()["rows"]))
    assert heads.split() == ["year", "body", "gross", "GBP", *resolution_quality.OUTCOMES]
    assert bodies[0].split()[:4] == ["2017/18", "a", "100.00", "75.0%"]
    assert [line.split()[1] for line in bodies] == ["a", "b", "m"]
    assert "(memo)" in bodies[2]


def test_methods_add_up_to_what_counts():
    lines = list(resolution_quality._methods(found()["rows"]))
    assert lines[1].split() == ["matched", "exact_name", "accept", "375.00", "93.8%", "4"]
    assert lines[-1].split() == ["all", "400.00"]


def test_the_unresolved_are_named_with_what_would_settle_them():
    text = "\n".join(resolution_quality.lines(found()))
    assert "2 organisations, paid GBP 20.00" in text
    assert "1 of them (GBP 12.00)" in text
    assert "nearest: QUILLMERE CATERING LIMITED (GB-COH-01000001, probability 0.43)" in text
    assert "would settle it: a register" in text


@pytest.mark.database
def test_without_a_release_there_is_nothing_to_tell(empty_database: str):
    with pytest.raises(DatabaseError, match="anchor-spend run"):
        resolution_quality.collect(30)
