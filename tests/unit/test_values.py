"""Amounts and dates as published files write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor_spend.values import disagree, is_amount, parse_date, parse_pence, read_dates, shape_of

READABLE = [
    ("1234.56", 123456),
    ("1,234.56", 123456),
    ("1,234,567.8", 123456780),
    ("£505.90", 50590),
    ("£ 1,234.56 ", 123456),
    ("GBP 12.00", 1200),
    ("-£12.50", -1250),
    ("£-12.50", -1250),
    ("- 12.50", -1250),
    ("\u221212.50", -1250),  # a true minus sign
    ("(1,234.56)", -123456),
    (" ( £45.00 ) ", -4500),
    ("1,000.00-", -100000),
    ("1,000.00 -", -100000),
    ("72.00 CR", -7200),
    ("72.00DR", 7200),
    ("+5", 500),
    ("\u00a0385\u00a0", 38500),  # no-break spaces
    ("385", 38500),
    ("12.5", 1250),
    (".5", 50),
    ("12.", 1200),
    ("0", 0),
    ("-0.00", 0),
    ("-", 0),  # the accounting format's zero
    (" £-   ", 0),
    ("12.3400", 1234),
    ("0.30000000000000004", 30),  # what floats leave of 0.1 + 0.2
    ("49.999999999999996", 5000),
    ("-1234.5600000000001", -123456),
    ("0.000000000014", 0),
    ("31234567.1200002", 3123456712),  # a float of fifteen digits
]
UNREADABLE = [
    ("", "not an amount"),
    ("   ", "not an amount"),
    ("£", "not an amount"),
    (".", "not an amount"),
    ("Â£505.90", "not an amount"),  # a pound sign read in the wrong encoding
    ("\ufffd505.90", "not an amount"),
    ("1,2345.00", "not an amount"),
    ("12,34", "not an amount"),
    ("1 234.56", "not an amount"),
    ("1.234,56", "not an amount"),
    ("12.34.56", "not an amount"),
    ("1.23E+05", "not an amount"),  # a spreadsheet's display, digits are lost
    ("twelve", "not an amount"),
    ("#REF!", "not an amount"),
    ("١٢", "not an amount"),
    ("12.345", "more than two decimals"),
    ("33.333333333333336", "more than two decimals"),
    ("--5", "more than one sign"),
    ("(-5)", "more than one sign"),
    ("-5 CR", "more than one sign"),
    ("(5", "brackets that do not pair"),
    ("5)", "brackets that do not pair"),
    ("100000000000.00", "larger than any amount kept"),
    ("9" * 5000, "larger than any amount kept"),
]


@pytest.mark.parametrize(("text", "pence"), READABLE)
def test_amount_is_read_to_the_penny(text: str, pence: int) -> None:
    assert parse_pence(text) == pence
    assert is_amount(text)


@pytest.mark.parametrize(("text", "reason"), UNREADABLE)
def test_amount_outside_the_grammar_is_refused_without_showing_it(text: str, reason: str) -> None:
    assert not is_amount(text)
    with pytest.raises(ValueError, match=reason) as caught:
        parse_pence(text)
    assert not text.strip() or text not in str(caught.value)


_PENCE = st.integers(-(10**13) + 1, 10**13 - 1)
_WRITINGS = [
    lambda pence: f"{Decimal(pence).scaleb(-2):.2f}",
    lambda pence: f"{Decimal(pence).scaleb(-2):,.2f}",
    lambda pence: f"{'-' if pence < 0 else ''}£{abs(Decimal(pence)).scaleb(-2):,.2f}",
    lambda pence: (
        f" {'(' if pence < 0 else ''}{abs(Decimal(pence)).scaleb(-2):,.2f}{')' if pence < 0 else ''} "
    ),
    lambda pence: f"{abs(Decimal(pence)).scaleb(-2):,.2f}{'-' if pence < 0 else ''}",
    lambda pence: f"{abs(Decimal(pence)).scaleb(-2):.2f}{' CR' if pence < 0 else ''}",
]


@given(_PENCE, st.sampled_from(_WRITINGS))
def test_amount_survives_every_way_of_writing_it(pence: int, write) -> None:  # type: ignore[no-untyped-def]
    assert parse_pence(write(pence)) == pence


@given(st.integers(-(10**11), 10**11))
def test_amount_survives_being_a_float(pence: int) -> None:
    assert parse_pence(format(Decimal(repr(pence / 100)), "f")) == pence
    assert parse_pence(format(Decimal(repr(pence / 100 + 0.1 - 0.1)), "f")) == pence


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    try:
        assert isinstance(parse_pence(text), int)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("AB-123", "AA-999"),
        ("Jane Ørsted", "Aaaa Aaaaaa"),
        ("31/04/2017", "99/99/9999"),
        ("£1,2\u00a03", "£9,9 9"),
        ("", ""),
        ("a\x00b", "a?a"),
        ("x" * 41, "a" * 40 + "…"),
    ],
)
def test_shape_hides_the_value(text: str, shape: str) -> None:
    assert shape_of(text) == shape


@pytest.mark.parametrize(
    ("text", "date_format", "day"),
    [
        (" 23-Apr-2024", "%d-%b-%Y", date(2024, 4, 23)),
        ("23-APR-2024", "%d-%b-%Y", date(2024, 4, 23)),
        ("2/4/2024", "%d/%m/%Y", date(2024, 4, 2)),
        ("2024-04-02 00:00:00", "%Y-%m-%d", date(2024, 4, 2)),
        ("2024-04-02T13:45:10.5", "%Y-%m-%d", date(2024, 4, 2)),
        ("02/04/2024\u00a000:00", "%d/%m/%Y", date(2024, 4, 2)),
        ("02/04/2024 1:05 PM", "%d/%m/%Y", date(2024, 4, 2)),
        ("2024-04-02 09:00", "%Y-%m-%d %H:%M", date(2024, 4, 2)),
        ("45384", "excel_serial", date(2024, 4, 2)),
        ("45384.5", "excel_serial", date(2024, 4, 2)),
    ],
)
def test_date_is_read(text: str, date_format: str, day: date) -> None:
    assert parse_date(text, date_format) == day


@pytest.mark.parametrize(
    ("text", "date_format"),
    [
        ("31/04/2024", "%d/%m/%Y"),
        ("02/04/24", "%d/%m/%Y"),
        ("02/04/1899", "%d/%m/%Y"),
        ("02/04/2024 approx", "%d/%m/%Y"),
        ("", "%d/%m/%Y"),
        ("123", "excel_serial"),
        ("20240402", "excel_serial"),
    ],
)
def test_date_not_in_the_format_is_refused(text: str, date_format: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text, date_format)


def test_readings_come_best_first_and_say_when_they_disagree() -> None:
    first, second = read_dates({"01/02/2024": 3, "13/02/2024": 1}, ("%m/%d/%Y", "%d/%m/%Y"))
    assert (first.date_format, first.cells_read) == ("%d/%m/%Y", 4)
    assert (second.date_format, second.cells_read) == ("%m/%d/%Y", 3)
    assert disagree(first, second)
    same = read_dates({"2/2/2024": 1}, ("%m/%d/%Y", "%d/%m/%Y"))
    assert not disagree(*same)
