"""The expected-file calendar: what a spec promises, and when."""

from datetime import date
from typing import Any

import pytest

from anchor_spend.release import ExpectedFile, expected_files
from anchor_spend.spec import Publisher


def make_publisher(cadence: str = "monthly", **keys: Any) -> Publisher:
    """A body of 1997 whose stream begins in April 2016; `stream_<key>` sets a key of the stream."""
    stream = {
        "cadence": cadence,
        "first_period": "2016-04",
        "due_days": 30,
        "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
        "columns": {"payment_date": ["Date"], "amount": ["Amount"], "supplier_name": ["Supplier"]},
        "expected": {"rows": [1, 10], "largest_payment_gbp": 1000},
    }
    stream |= {key.removeprefix("stream_"): value for key, value in keys.items() if key.startswith("stream_")}
    body = {
        "publisher_id": "fen_vale_council",
        "name": "Fen Vale Council",
        "org_id": "GB-LAE-XXX",
        "body_type": "council",
        "postcode": "LU1 1AA",
        "valid_from": "1997-04-01",
        "vat_basis": "net",
        "thresholds": [{"valid_from": "2016-04-01", "gbp": 250}],
        "licence": "OGL-UK-3.0",
        "streams": {"payments": stream},
    }
    return Publisher.model_validate(
        body | {key: value for key, value in keys.items() if not key.startswith("stream_")}
    )


def calendar(publisher: Publisher, first: str = "2017-04", last: str = "2018-03") -> list[ExpectedFile]:
    return list(expected_files([publisher], first, last))


@pytest.mark.parametrize(
    ("publisher", "periods", "months"),
    [
        (make_publisher(), [f"2017-{n:02d}" for n in range(4, 13)] + ["2018-01", "2018-02", "2018-03"], 12),
        (make_publisher("quarterly"), ["2017-04", "2017-07", "2017-10", "2018-01"], 12),
        (make_publisher("yearly"), ["2017-04"], 12),
        (make_publisher(stream_last_period="2017-05"), ["2017-04", "2017-05"], 2),
        (make_publisher("quarterly", stream_first_period="2018-01"), ["2018-01"], 3),
        (make_publisher(valid_from="2018-02-15"), ["2018-02", "2018-03"], 2),
        (make_publisher(valid_to="2017-04-30"), ["2017-04"], 1),
        (make_publisher(valid_from="2018-04-01"), [], 0),
        # the file of a quarter or year is expected when the body lived in one of its months
        (make_publisher("quarterly", valid_from="2017-12-01"), ["2017-10", "2018-01"], 4),
        (make_publisher("yearly", valid_to="2017-08-31"), ["2017-04"], 5),
    ],
)
def test_files_and_months_expected_of_2017_18(publisher: Publisher, periods: list[str], months: int) -> None:
    found = calendar(publisher)
    assert [file.period for file in found] == periods
    assert sum(file.months_count for file in found) == months


@pytest.mark.parametrize(
    ("cadence", "due_on"),
    [
        ("monthly", date(2017, 5, 30)),
        ("quarterly", date(2017, 7, 30)),
        ("yearly", date(2018, 4, 30)),
    ],
)
def test_a_file_is_due_after_its_last_month(cadence: str, due_on: date) -> None:
    assert calendar(make_publisher(cadence))[0].due_on == due_on


def test_due_days_may_change_on_a_date() -> None:
    dated = [{"valid_from": "2016-04-01", "days": 30}, {"valid_from": "2018-02-01", "days": 0}]
    found = calendar(make_publisher(stream_due_days=dated))
    assert [file.due_on for file in found[-3:]] == [date(2018, 3, 2), date(2018, 2, 28), date(2018, 3, 31)]
