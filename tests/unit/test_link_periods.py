"""Periods read from links and file names: right, or not at all."""

import calendar
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor_spend.link_periods import find_period
from anchor_spend.periods import Cadence, file_months, file_period, months_between

# months --------------------------------------------------------------------------------------------------

PERIODS = [
    ("January 2024", "", "2024-01"),
    ("Jan-24", "", "2024-01"),
    ("Jan'24", "", "2024-01"),
    ("2024-01", "", "2024-01"),
    ("201801", "", "2018-01"),
    ("01/2018", "", "2018-01"),
    ("Payments to suppliers, SEPT 2018 (CSV, 250KB)", "", "2018-09"),
    (
        "Download July\u00a02018 spending data (CSV)",
        "/:x:/s/Site/EZqID8MdrCFO-May24-n4W1s9?e=cEl7Bv",
        "2018-07",
    ),
    ("1 - 31 January 2018", "", "2018-01"),
    ("31st January 2018", "", "2018-01"),
    ("12 Jan 18", "", "2018-01"),
    ("2018 January", "", "2018-01"),
    # the address, where the text says nothing
    ("Download", "/system/files/file-visibility/2026-02/250-24-d-april-payments.csv", "2024-04"),
    ("Download", "/files/250-23-e-may-payments.csv", "2023-05"),
    ("Download", "/files/payments-over-ps250-april-2018.xlsx/download", "2018-04"),
    ("Download", "/files/copy-payments-over-250-january-2018.xlsx?inline", "2018-01"),
    ("Download", "/x/luton_2018_september.csv", "2018-09"),
    ("", "/x/spending_2018_04_april.csv", "2018-04"),
    ("", "/x/expenditure_over_25k_apr_18.csv", "2018-04"),
    ("", "/x/Jan%202018%20Payments.csv", "2018-01"),
    ("", "/spend/2018-04/", "2018-04"),
    ("April", "/x/250-24-d-april-payments.csv", "2024-04"),
    # the text counts
    ("March 2018", "/x/payments-march-2018303.xlsx", "2018-03"),
    ("April 2018", "/x/250-18-e-may-payments.csv", "2018-04"),
    # financial years beside a month
    ("January 2017/18", "", "2018-01"),
    ("April, financial year 2017 to 2018", "", "2017-04"),
    ("January 2018 (financial year 2017/18)", "", "2018-01"),
    # accounting periods of a financial year that is named: April is the first
    ("P05 2024-25", "", "2024-08"),
    ("Period 12 2023/24", "", "2024-03"),
    ("Download", "/x/spend-p01-2023-24.csv", "2023-04"),
    ("P05 August 2024", "", "2024-08"),
    ("Payments for the period 1 May to 31 May 2018", "", "2018-05"),
    # misspelt months
    ("Marc-2018", "", "2018-03"),
    ("Febuary 2018", "", "2018-02"),
    ("Septmeber 2018", "", "2018-09"),
    ("Spend Agust-18", "", "2018-08"),
    ("Amouts paid, Sept 2018", "", "2018-09"),
    ("Download", "/x/250-24-c-march-payments.csv", "2024-03"),
    ("Download", "/x/spending_2024_09_september.csv", "2024-09"),
    ("Download", "/x/202404.csv", "2024-04"),
    # dates of publication are not the month
    ("April 2018 (published 25 May 2018)", "", "2018-04"),
    ("April 2018 - revised June 2018", "", "2018-04"),
    ("Updated April 2018", "", "2018-04"),
    # words that are no months
    ("You may find January 2018 here", "", "2018-01"),
    ("May 2018", "", "2018-05"),
    ("Mayor's payments, March 2018", "", "2018-03"),
]
NO_PERIODS = [
    ("2024303", ""),
    ("Download", "/x/payments-march-2024303.xlsx"),
    ("Q1 2018", ""),
    ("Quarter 2 - July 2018", ""),
    ("April to June 2018", ""),
    ("Apr-Jun 2018", ""),
    ("November and December 2018", ""),
    ("April 2018 - October 2018 cumulative", ""),
    ("Year to date January 2018", ""),
    ("Payments 2017/18", ""),
    ("2011-12", ""),  # December, or the financial year?
    ("31/01/2018", ""),
    ("2018-01-31", ""),
    ("January", ""),
    ("May", ""),
    ("Spending 2018", ""),
    ("April 2018 May 2018", ""),
    ("April", "/x/250-24-e-may-payments.csv"),  # they contradict each other
    ("January 2098", ""),
    ("January FY2021", ""),  # of the year that begins, or that ends, in 2021?
    ("P05 2024", ""),  # of the calendar or of the financial year?
    ("P05", ""),
    ("P13 2023-24", ""),
    ("P05 July 2024", ""),
    ("FY2324", ""),
    ("Payments over £25k, April", ""),
    ("25k_apr.csv", ""),
    ("Download", "/:x:/s/Site/EZqID8MdrCFO-May24-n4W1s9"),  # a token is no name
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "href", "expected"), PERIODS)
def test_months_that_are_certain(text: str, href: str, expected: str) -> None:
    assert find_period(text, f"https://www.invented.example{href}") == expected


@pytest.mark.parametrize(("text", "href"), NO_PERIODS)
def test_months_that_are_not(text: str, href: str) -> None:
    assert find_period(text, f"https://www.invented.example{href}") is None


@pytest.mark.parametrize("text", ["Q1 2018", "April to June 2018", "April 2018 cumulative"])
def test_several_months_are_left_out_aloud(text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="anchor_spend")
    find_period(text, "")
    assert text in caplog.text


# quarters and years --------------------------------------------------------------------------------------

QUARTERS = [
    ("Q1 2024-25", "2024-04"),
    ("Quarter 2 2023/24", "2023-07"),
    ("Qtr4 2019-20", "2020-01"),
    ("second quarter 2022/23", "2022-07"),
    ("2Q 2022/23", "2022-07"),
    ("FY2324 Q2", "2023-07"),
    ("expenditure_q1_2019_20.csv", "2019-04"),
    ("July to September 2023", "2023-07"),
    ("Jul-Sep 23", "2023-07"),
    ("April, May and June 2024", "2024-04"),
    ("Oct 2023 to Dec 2023", "2023-10"),
    ("Oct-Dec 2023/24", "2023-10"),
    ("Jan to Mar 2023/24", "2024-01"),
    ("1 April 2024 to 30 June 2024", "2024-04"),
    ("2024-04 to 2024-06", "2024-04"),
    ("202404-202406", "2024-04"),
    ("Quarter ending June 2024", "2024-04"),
    ("1st quarter to 30 June 2024", "2024-04"),
    ("Three months to September 2023", "2023-07"),
    ("2023-24 Quarter 4 (January to March 2024)", "2024-01"),
    ("Q1 (Jan-Mar) 2024", "2024-01"),  # months count, and the first quarter of a calendar year they are
    ("Payments over £500, Q1 2019-20 (published August 2019)", "2019-04"),
]
NO_QUARTERS = [
    "Q1 2024", "Quarter 1", "Q1 FY2024", "Q1 2021", "Q5 2023-24", "Q1 and Q2 2023-24",
    "Q1 2022-23 and 2023-24", "April 2024", "2023-24", "May to July 2024", "April to June",
    "April to September 2024",
    "Q1 Jul-Sep 2023", "Q1 2022-23 April to June 2023", "December 2023 to March 2024", "Apr 2023 - Jun 2024",
    "Cumulative to Q2 2023-24", "9 months to date Oct-Dec 2023", "",
]  # fmt: skip
YEARS = [
    ("2022-23", "2022-04"),
    ("2022/2023", "2022-04"),
    ("2022 to 2023", "2022-04"),
    ("FY 2022/23", "2022-04"),
    ("FY2223", "2022-04"),
    ("2011-12", "2011-04"),
    ("Annual spend 2022-23 (CSV, 4MB)", "2022-04"),
    ("April 2022 - March 2023", "2022-04"),
    ("April to March 2023", "2022-04"),
    ("1 April 2022 to 31 March 2023", "2022-04"),
    ("Year ending 31 March 2023", "2022-04"),
    ("Twelve months to March 2023", "2022-04"),
    ("202204-202303", "2022-04"),
]
NO_YEARS = [
    "2022", "FY2023", "FY2021", "Q1 2022-23", "January to December 2022", "April 2022", "2021-22 and 2022-23",
    "April to October 2022 cumulative", "2022-24", "Half year 2022-23", "22", "",
]  # fmt: skip


@pytest.mark.parametrize(
    ("cadence", "text", "expected"),
    [("quarterly", *case) for case in QUARTERS] + [("yearly", *case) for case in YEARS],
)
def test_quarters_and_years_that_are_certain(cadence: Cadence, text: str, expected: str) -> None:
    assert find_period(text, "", cadence) == expected
    href = f"https://www.invented.example/x/{quote(text, safe='')}.csv"
    assert find_period("Download", href, cadence) == expected
    assert find_period(text, "") is None, "no month of a monthly stream"


@pytest.mark.parametrize(
    ("cadence", "text"),
    [("quarterly", text) for text in NO_QUARTERS] + [("yearly", text) for text in NO_YEARS],
)
def test_quarters_and_years_that_are_not(cadence: Cadence, text: str) -> None:
    assert find_period(text, "", cadence) is None


def test_a_month_that_leads_to_a_quarters_file_is_left_out() -> None:
    href = "https://www.invented.example/x/q1-2024-25.csv"
    assert find_period("Download", href, "quarterly") == "2024-04"
    assert find_period("April", href, "quarterly") is None
    assert find_period("July to September 2024", href, "quarterly") == "2024-07", "the text counts"


# never a wrong month, whatever a name looks like ----------------------------------------------------------

months = st.sampled_from(months_between("2010-04", "2026-03"))
NAMES = {number: [calendar.month_name[number], calendar.month_abbr[number]] for number in range(1, 13)}
FORMS = [
    "{name} {year}", "{name}-{short}", "spend_{year}_{number:02d}_{lower}.csv", "{year}{number:02d}",
    "{number:02d}/{year}", "{year} {name}", "250-{short}-x-{lower}-payments.csv", "{day} {name} {year}",
    "{name} {financial}", "p{ledger:02d} {financial}", "{name} {year} ({size}KB)", "{name}{year}",
    "payments over £500 {name} {year}", "{name} {year} published {other} {year}", "{year}-{number:02d}",
]  # fmt: skip


def filled(form: str, period: str, data: st.DataObject) -> str:
    year, number = int(period[:4]), int(period[5:])
    start = int(file_period(period, "yearly")[:4])
    name = data.draw(st.sampled_from(NAMES[number]))
    return form.format(
        name=name,
        lower=name.lower(),
        year=year,
        short=f"{year % 100:02d}",
        number=number,
        day=data.draw(st.integers(1, 28)),
        financial=f"{start}/{(start + 1) % 100:02d}",
        ledger=(number - 4) % 12 + 1,
        size=data.draw(st.integers(1, 999)),
        other=data.draw(st.sampled_from(calendar.month_name[1:])),
    )


@given(st.sampled_from(FORMS), months, st.data())
def test_every_form_gives_its_month(form: str, period: str, data: st.DataObject) -> None:
    expected = {period}
    if form == "{year}-{number:02d}" and int(period[5:]) == int(period[2:4]) + 1:
        expected = {None}  # '2011-12' is December, or a financial year
    assert {find_period(filled(form, period, data), "")} == expected


@given(st.sampled_from(FORMS), months, months, st.sampled_from([" ", " - ", " to ", " and ", "/"]), st.data())
def test_two_months_are_never_one(
    form: str, period: str, other: str, between: str, data: st.DataObject
) -> None:
    text = filled(form, period, data) + between + filled(form, other, data)
    assert find_period(text, "") in {None, *([period] if period == other else [])} | asides(
        form, period, other
    )


def asides(form: str, *periods: str) -> set[str]:
    """'published ...' ends what is read: what stands behind it is not a second month."""
    return {periods[0]} if "published" in form else set()


@given(st.text(alphabet="0123456789-/._ ", max_size=14))
def test_digits_alone_are_a_month_only_where_they_are_one(text: str) -> None:
    found = find_period(text, "")
    if found:
        year, month = found.split("-")
        assert re.search(rf"(?<!\d)({year}[-/. _]?{month}|{month}[-/._]{year})(?!\d)", text)


@given(
    st.text(alphabet="janfebmrpyulgsoctdvqh 0123456789-/", max_size=24),
    st.sampled_from(["quarterly", "yearly"]),
)
def test_what_is_found_begins_a_file_and_is_named(text: str, cadence: Cadence) -> None:
    found = find_period(text, "", cadence)
    if found:
        assert len(file_months(found, cadence)) == {"quarterly": 3, "yearly": 12}[cadence]
        assert {found[2:4], file_months(found, cadence)[-1][2:4]} & set(re.findall(r"\d\d", text))


@given(st.sampled_from(months_between("2010-04", "2025-01")), st.data())
def test_every_form_gives_its_quarter(month: str, data: st.DataObject) -> None:
    period = file_period(month, "quarterly")
    first, _, last = file_months(period, "quarterly")
    start = int(file_period(period, "yearly")[:4])
    number = (int(period[5:]) - 4) % 12 // 3 + 1
    year = f"{start}-{(start + 1) % 100:02d}"
    style = data.draw(st.sampled_from([0, 1]))
    one, other = (NAMES[int(item[5:])][style] for item in (first, last))
    text = data.draw(
        st.sampled_from(
            [
                f"Q{number} {year}",
                f"{year} quarter {number}",
                f"{one} to {other} {first[:4]}",
                f"{first} to {last}",
            ]
        )
    )
    assert find_period(text, "", "quarterly") == period
    assert find_period(text, "", "yearly") is None
    assert find_period(text, "") is None
