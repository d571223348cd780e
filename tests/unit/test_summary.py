"""How things stand, as lines for a person."""

from datetime import UTC, datetime
from typing import Any

from anchor_spend import summary
from anchor_spend.calendar_lines import by_stream


def month(publisher_id: str, period: str, status: str = "loaded", reason: str = "") -> dict[str, Any]:
    return {
        "publisher_id": publisher_id,
        "stream": "payments",
        "period": period,
        "months_count": 1,
        "expected": True,
        "status": status,
        "reason": reason,
        "is_memo": False,
    }


def change(severity: str, rule: str = "column_renamed") -> dict[str, Any]:
    return {
        "publisher_id": "fen_vale_council",
        "stream": "payments",
        "period": "2017-06",
        "rule": rule,
        "severity": severity,
        "column_name": "supplier",
        "before": "supplier",
        "after": "vendor",
        "noticed_at": datetime(2017, 7, 1, tzinfo=UTC),
    }


def test_bodies_without_any_file_are_named_first() -> None:
    coverage = by_stream(
        [
            month("a", "2017-04"),
            month("b", "2017-04", "missing"),
            month("b", "2017-05", "late"),
            month("c", "2017-04"),
            month("c", "2017-05", "missing", "published, but refused: column_missing"),
            month("c", "2017-06", "not_due"),
        ]
    )
    assert list(summary._gap_lines(coverage)) == [
        "  Not one file, though files are due (1): b payments",
        "  Missing or late:",
        "    c payments, missing: 2017-05 (published, but refused: column_missing)",
    ]


def test_nothing_missing_says_so() -> None:
    assert list(summary._gap_lines(by_stream([month("a", "2017-04")]))) == ["  Missing: nothing that is due"]


def test_changes_are_told_and_what_specs_knew_is_counted() -> None:
    told = list(summary._drift_lines([change("critical"), change("info"), change("info")]))
    assert told == [
        "  Changes in publishers' files: 1 critical, 0 to look at, 2 the specs knew",
        "    fen_vale_council payments 2017-06, critical: column_renamed 'supplier': 'supplier' -> 'vendor', "
        "noticed 2017-07-01",
    ]
    assert list(summary._drift_lines([])) == []


def test_reviewed_decisions_that_have_aged_are_counted_by_rule() -> None:
    stale = [{"rule": "expired", "decisions": 2}, {"rule": "not_in_register", "decisions": 1}]
    assert list(summary._stale_lines(stale)) == [
        "  Reviewed decisions to look at again: 3 (expired 2, not_in_register 1). "
        "See: anchor-spend review stale"
    ]
    assert list(summary._stale_lines([])) == []
