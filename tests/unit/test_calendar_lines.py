"""The calendar in words: five statuses, spans of months, reasons."""

from typing import Any

import pytest

from anchor_spend.calendar_lines import by_stream, lines, spans


def file(period: str, status: str = "loaded", **keys: Any) -> dict[str, Any]:
    row = {
        "publisher_id": "fen_vale_council",
        "stream": "payments",
        "period": period,
        "months_count": 1,
        "expected": True,
        "status": status,
        "reason": "",
        "is_memo": False,
    }
    return row | keys


def test_every_status_is_told_by_itself() -> None:
    files = [
        file("2017-04"),
        file("2017-05", "missing", reason="published, but refused: column_missing"),
        file("2017-06", "missing"),
        file("2017-07", "missing"),
        file("2017-08", "late"),
        file("2017-09", "empty"),
        file("2017-10", "restated"),
        file("2017-11", reason="a later version was refused: restatement_shrinks"),
        file("2017-12", "not_due"),
        file("2018-01", "not_due"),
        file("2016-03", expected=False),
    ]
    assert list(lines(by_stream(files))) == [
        "  fen_vale_council payments: 5 of 9 months",
        "    missing: 2017-05 (published, but refused: column_missing), 2017-06 to 2017-07",
        "    late: 2017-08",
        "    empty: 2017-09",
        "    restated: 2017-10",
        "    not due: 2017-12 to 2018-01",
        "    not in its latest version: 2017-11 (a later version was refused: restatement_shrinks)",
        "    outside the calendar: 2016-03",
    ]


def test_of_quarterly_files_months_are_told() -> None:
    files = [
        file("2017-04", months_count=3),
        file("2017-07", "missing", months_count=3),
        file("2017-10", "missing", months_count=3),
        file("2018-01", "not_due", months_count=3),
    ]
    assert list(lines(by_stream(files))) == [
        "  fen_vale_council payments: 3 of 9 months",
        "    missing: 2017-07 to 2017-12",
        "    not due: 2018-01 to 2018-03",
    ]


def test_a_body_beside_the_county_says_so() -> None:
    (line,) = lines(by_stream([file("2017-04", is_memo=True)]))
    assert line == "  fen_vale_council payments: 1 of 1 months, not in the county figures"


def test_bodies_and_streams_are_told_apart() -> None:
    files = [file("2017-04", publisher_id="b"), file("2017-04"), file("2017-04", stream="card")]
    assert [(row["publisher_id"], row["stream"]) for row in by_stream(files)] == [
        ("b", "payments"),
        ("fen_vale_council", "card"),
        ("fen_vale_council", "payments"),
    ]


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (["2017-04"], ["2017-04"]),
        (["2017-12", "2018-01", "2018-03"], ["2017-12 to 2018-01", "2018-03"]),
    ],
)
def test_spans(months: list[str], told: list[str]) -> None:
    assert list(spans(months)) == told
