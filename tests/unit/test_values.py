"""Amounts and dates as published files write them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor_spend.redaction import is_withheld, speaks_of_redaction, suggest_redactions
from anchor_spend.values import (
    KNOWN_DATE_FORMATS,
    disagree,
    has_unrounded_amounts,
    is_amount,
    mirrored,
    order_of,
    parse_date,
    parse_pence,
    read_dates,
    shape_of,
)

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
    ("£ 1 234.50", 123450),
    ("£12\u00a0345 678.90", 1234567890),
    ("5.684341886080802E-14", 0),  # what floats leave of a sum that is nought
    ("1.23456789E+06", 123456789),
    ("-1.5e-01", -15),
    ("00.00", 0),
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
    ("1.23E+05", "not an amount: in scientific notation its last digits are lost"),
    ("0012345678", "begins with noughts"),  # a transaction number in the amount's place
    ("£ 1 234", "not an amount"),  # two numbers, for all one can tell
    ("£1 23.50", "not an amount"),
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
    ("text", "pence"),
    [
        ("12.345", 1235),
        ("-12.345", -1235),
        ("(0.004)", 0),
        ("1,000.0049", 100000),
        ("33.333333333333336", 3333),
    ],
)
def test_decimals_beyond_pence_are_rounded_only_when_asked_for(text: str, pence: int) -> None:
    assert not is_amount(text)
    assert parse_pence(text, to_nearest=True) == pence


@pytest.mark.parametrize(
    ("cells", "is_habit"),
    [
        ({"12.345": 3, "10.50": 1}, True),
        ({"12.345": 1, "2,000.125": 2, "7.5": 1}, True),
        ({"12.345": 2, "10.50": 1}, False),  # may be slips
        ({"12.345": 9, "10": 1}, False),  # the point may part thousands
        ({"12.3400": 9, "0.30000000000000004": 9, "1.50": 1}, False),  # read as they stand
    ],
)
def test_amounts_beyond_pence_are_a_habit_of_the_file_or_a_slip(
    cells: dict[str, int], is_habit: bool
) -> None:
    assert has_unrounded_amounts(cells) == is_habit


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
        ("Tuesday, 2nd April 2024", "%d %B %Y", date(2024, 4, 2)),
        ("Tue 2/4/2024", "%d/%m/%Y", date(2024, 4, 2)),
        ("3 Sept 2024", "%d %b %Y", date(2024, 9, 3)),
        ("02.04.2024", "%d.%m.%Y", date(2024, 4, 2)),
        ("20240402", "%Y%m%d", date(2024, 4, 2)),
        ("2/4/24", "%d/%m/%y", date(2024, 4, 2)),
        ("April 2, 2024", "%B %d, %Y", date(2024, 4, 2)),
        ("Apr-24", "%b-%y", date(2024, 4, 30)),  # a month alone is its last day
        ("202402", "%Y%m", date(2024, 2, 29)),
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
        ("20241", "%Y%m"),
        ("2024042", "%Y%m%d"),
        ("202413", "%Y%m"),
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


@given(st.dates(date(1990, 1, 1), date(2068, 12, 31)), st.sampled_from(KNOWN_DATE_FORMATS))
def test_a_day_written_in_a_known_format_is_read_back(day: date, date_format: str) -> None:
    if date_format == "excel_serial":
        text = str((day - date(1899, 12, 30)).days)
    else:
        text = day.strftime(date_format)
    (reading,) = read_dates({text: 1}, [date_format])
    read = reading.days[text]
    assert (read.year, read.month) == (day.year, day.month)
    assert "%d" not in date_format or read == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_of_a_known_format_or_of_none(text: str) -> None:
    for reading in read_dates({text: 1}, KNOWN_DATE_FORMATS):
        assert all(1990 <= day.year <= 2100 for day in reading.days.values())


def test_known_formats_that_may_stand_side_by_side_never_put_a_text_on_two_days() -> None:
    days = [date(2024, month, day) for month in (1, 4, 12) for day in (1, 4, 12, 28)]
    sure = [name for name in KNOWN_DATE_FORMATS if not order_of(name)]
    texts = {day.strftime(name): 1 for day in days for name in KNOWN_DATE_FORMATS if name != "excel_serial"}
    for order in ("dmy", "mdy"):
        group = [*sure, *(name for name in KNOWN_DATE_FORMATS if order_of(name) == order)]
        readings = read_dates(texts, group)
        assert not [1 for first in readings for second in readings if disagree(first, second)]


@pytest.mark.parametrize(
    ("date_format", "order", "mirror"),
    [
        ("%d/%m/%Y", "dmy", "%m/%d/%Y"),
        ("%m-%d-%y", "mdy", "%d-%m-%y"),
        ("%y/%m/%d", "ymd", "%y/%d/%m"),
        ("%Y-%d-%m", "ydm", "%Y-%m-%d"),
        ("%Y-%m-%d", "", "%Y-%d-%m"),
        ("%d %B %Y", "", "%m %B %Y"),
        ("excel_serial", "", "excel_serial"),
        ("%b-%y", "", "%b-%y"),
    ],
)
def test_the_order_of_day_and_month_is_told_from_the_format(
    date_format: str, order: str, mirror: str
) -> None:
    assert (order_of(date_format), mirrored(date_format)) == (order, mirror)


@pytest.mark.parametrize(
    ("name", "is_hidden"),
    [
        ("REDACTED - PERSONAL DATA", True),
        ("*Redact - Personal Information", True),
        ("Supplier name withheld", True),
        ("Personal  Payment", True),
        ("Redacted Hotel Limited", False),
        ("Redactive Events Ltd", False),
        ("Personal Touch Cleaning", False),
        ("Personal Security Services", False),
        ("", False),
    ],
)
def test_wordings_that_hide_a_payee_are_suggested_whole(name: str, is_hidden: bool) -> None:
    assert is_withheld(name) == is_hidden
    suggested = suggest_redactions([name])
    assert len(suggested) == is_hidden
    assert all(re.fullmatch(word, " ".join(name.split()), re.IGNORECASE) for word in suggested)


def test_a_real_name_with_redaction_in_it_is_told_from_a_hidden_one() -> None:
    assert speaks_of_redaction("Redacted Hotel Limited") and not speaks_of_redaction("Redactive Events Ltd")
    names = ["Redacted", "REDACTED ", "redacted (personal data)", "Vole & Sons"]
    assert suggest_redactions(names) == ["redacted", r"redacted \(personal data\)"]
