"""The dates of one file: one order of day and month, exchanges, and payments without a date."""

from typing import Any

import pytest

from anchor_spend.conform import conform
from anchor_spend.errors import SpecError
from anchor_spend.records import RawTable
from conforming import HEADER, publisher, refusal, rules, run


def dated(*dates: str, formats: list[str], **changes: Any) -> str:
    rows = "".join(f"{day},Vole,1.00\n" for day in dates)
    file_format = {"family": "delimited", "dates": formats, **changes}
    conformed = run("Date,Supplier,Amount\n" + rows, format=file_format)
    return " ".join(day.isoformat()[5:] for day in conformed.payments["payment_date"])


@pytest.mark.parametrize(
    ("dates", "formats", "days"),
    [
        # date cells of a workbook arrive as ISO text, beside cells that stayed text
        (["2017-04-03 00:00:00", "04/04/2017"], ["%Y-%m-%d", "%d/%m/%Y"], "04-03 04-04"),
        (["03/04/2017", "04.04.2017", "5/4/17"], ["%d/%m/%Y", "%d.%m.%Y", "%d/%m/%y"], "04-03 04-04 04-05"),
        (["42828", "04-Apr-17", "05/04/2017"], ["excel_serial", "%d-%b-%y", "%d/%m/%Y"], "04-03 04-04 04-05"),
        (["20170403", "2 April 2017"], ["%Y%m%d", "%d %B %Y"], "04-03 04-02"),
        (["Apr-17", "Apr-17"], ["%b-%y"], "04-30 04-30"),
        (["Monday 3rd April 2017 10:15"], ["%d %B %Y"], "04-03"),
        # a day over 12 settles the order
        (["01/04/2017", "13/04/2017"], ["%m/%d/%Y", "%d/%m/%Y"], "04-01 04-13"),
        (["04/01/2017", "04/13/2017"], ["%m/%d/%Y", "%d/%m/%Y"], "04-01 04-13"),
    ],
)
def test_formats_of_one_order_read_a_file_together(dates: list[str], formats: list[str], days: str) -> None:
    assert dated(*dates, formats=formats) == days


def test_the_months_of_the_file_settle_an_order_and_the_finding_says_so() -> None:
    file_format = {"family": "delimited", "dates": ["%m/%d/%Y", "%d/%m/%Y"]}
    rows = "".join(f"{day:02}/04/2017,Vole,1.00\n" for day in (3, 5, 7, 10))
    conformed = run("Date,Supplier,Amount\n" + rows, format=file_format)
    assert [day.month for day in conformed.payments["payment_date"]] == [4] * 4
    (finding,) = conformed.findings
    assert (finding.rule, finding.severity) == ("dates_settled_by_period", "info")
    assert "%d/%m/%Y puts all 4 dates in 2017-04" in finding.detail


def test_a_quarter_settles_only_what_lies_in_its_three_months() -> None:
    file_format = {"family": "delimited", "dates": ["%m/%d/%Y", "%d/%m/%Y"]}
    header = "Date,Supplier,Amount\n"
    inside = "".join(f"{day},Vole,1\n" for day in ("03/05/2017", "05/06/2017", "10/04/2017"))
    settled = run(header + inside, format=file_format, cadence="quarterly")
    assert [day.month for day in settled.payments["payment_date"]] == [5, 6, 4]
    both = "".join(f"{day},Vole,1\n" for day in ("04/05/2017", "05/06/2017", "06/04/2017"))
    error = refusal(header + both, format=file_format, cadence="quarterly")
    assert error.rule == "dates_ambiguous" and "2017-04 to 2017-06" in error.detail


APRIL = range(1, 29)


@pytest.mark.parametrize(
    "dates",
    [
        # typed as 03/04/2017, read by a spreadsheet of the other order: 4 March; later days stayed text
        [f"2017-{day:02}-04" if day <= 12 else f"{day:02}/04/2017" for day in APRIL],
        [f"04/{day:02}/2017" if day <= 12 else f"{day:02}/04/2017" for day in APRIL],
        # the same, as the other order would write it
        [f"{day:02}/04/2017" if day <= 12 else f"04/{day:02}/2017" for day in APRIL],
    ],
    ids=["date cells", "text, day first", "text, month first"],
)
@pytest.mark.parametrize("orders", [["%d/%m/%Y"], ["%m/%d/%Y"], ["%d/%m/%Y", "%m/%d/%Y"]])
def test_days_and_months_exchanged_by_a_spreadsheet_are_refused(dates: list[str], orders: list[str]) -> None:
    rows = "".join(f"{day},Vole,1.00\n" for day in dates)
    file_format = {"family": "delimited", "dates": ["%Y-%m-%d", *orders]}
    error = refusal("Date,Supplier,Amount\n" + rows, format=file_format)
    assert error.rule == "dates_swapped_suspected"
    assert "2017-04" in error.detail or "%d/%m/%Y" in error.detail


def test_a_whole_file_of_the_other_order_is_told_from_an_exchange() -> None:
    error = refusal("Date,Supplier,Amount\n" + "".join(f"04/{day:02}/2017,Vole,1\n" for day in APRIL))
    assert error.rule == "dates_unreadable"
    assert "%d/%m/%Y reads 12 of 28 dates; %m/%d/%Y reads 28" in error.detail


def test_one_slip_in_the_other_order_is_a_rejected_row() -> None:
    rows = "".join(f"{day:02}/04/2017,Vole,1\n" for day in APRIL) + "04/30/2017,Vole,1\n"
    assert rules(run("Date,Supplier,Amount\n" + rows)) == {30: "date_unreadable"}


def test_payments_without_a_date_count_on_the_last_day_where_the_spec_says_so() -> None:
    text = "Date,Supplier,Amount\n03/04/2017,Vole,1\n,Vole,2\nvarious,Vole,3\n04/04/2017,Vole,4\n"
    assert rules(run(text)) == {3: "date_missing", 4: "date_unreadable"}
    file_format = {"family": "delimited", "dates": ["%d/%m/%Y"], "undated": ["", "Various"]}
    conformed = run(text, format=file_format, cadence="quarterly")
    assert [day.isoformat() for day in conformed.payments["payment_date"]] == [
        "2017-04-03", "2017-06-30", "2017-06-30", "2017-04-04",
    ]  # fmt: skip
    assert [(note.rule, note.detail) for note in conformed.findings] == [
        ("dated_by_period", "2 of 4 payments.")
    ]


def test_a_period_that_begins_no_file_of_the_cadence_is_a_spec_error() -> None:
    body = publisher(cadence="quarterly")
    with pytest.raises(SpecError, match="no quarterly file begins in 2017-05"):
        conform([RawTable("", [HEADER])], body, "payments", "2017-05", "may.csv")
