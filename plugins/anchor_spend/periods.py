"""Months as 'YYYY-MM', financial years as '2017/18', the months a file covers and when it is due."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

Cadence = Literal["monthly", "quarterly", "yearly"]
MONTHS_IN: dict[Cadence, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}

_PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def parse_period(text: str) -> tuple[int, int]:
    """Year and month of a 'YYYY-MM' string; ValueError otherwise."""
    match = _PERIOD.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a month: write it as YYYY-MM, such as 2017-04")
    return int(match[1]), int(match[2])


def period_of(day: date) -> str:
    """The month a day falls in."""
    return f"{day.year:04d}-{day.month:02d}"


def months_between(first: str, last: str) -> list[str]:
    """Every month from `first` to `last`, both included; empty when last < first."""
    (year, month), (last_year, last_month) = parse_period(first), parse_period(last)
    start, stop = year * 12 + month - 1, last_year * 12 + last_month
    return [f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(start, stop)]


def months_after(first: str, count: int) -> list[str]:
    """`count` months, beginning with `first`."""
    year, month = parse_period(first)
    last = year * 12 + month - 1 + count - 1
    return months_between(first, f"{last // 12:04d}-{last % 12 + 1:02d}")


def financial_year(period: str) -> str:
    """The financial year (April to March) a month falls in: '2017-04' -> '2017/18'."""
    year, month = parse_period(period)
    start = year if month >= 4 else year - 1
    return f"{start}/{(start + 1) % 100:02d}"


def whole_financial_years(first: str, last: str) -> tuple[str, str]:
    """The window widened to whole financial years: ('2017-06', '2018-01') -> ('2017-04', '2018-03')."""
    start, end = financial_year(first)[:4], financial_year(last)[:4]
    return f"{start}-04", f"{int(end) + 1}-03"


def file_months(period: str, cadence: Cadence) -> list[str]:
    """The months a file covers. Its period is the first of them; quarters and years are financial ones.

    ValueError when no file of the cadence begins in that month.
    """
    count = MONTHS_IN[cadence]
    if (parse_period(period)[1] - 4) % count:
        raise ValueError(f"no {cadence} file begins in {period}")
    return months_after(period, count)


def file_period(month: str, cadence: Cadence) -> str:
    """The period of the file that covers a month: ('2017-05', 'quarterly') -> '2017-04'."""
    year, number = parse_period(month)
    first = year * 12 + number - 1 - (number - 4) % MONTHS_IN[cadence]
    return f"{first // 12:04d}-{first % 12 + 1:02d}"


def due_date(last_month: str, due_days: int) -> date:
    """The day a file should stand published: `due_days` after the last day of the last month it covers."""
    year, month = parse_period(last_month)
    return date(year, month, monthrange(year, month)[1]) + timedelta(days=due_days)
