"""Months as 'YYYY-MM', financial years as '2017/18', and when a month's file is due."""

import re
from calendar import monthrange
from datetime import date, timedelta

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


def financial_year(period: str) -> str:
    """The financial year (April to March) a month falls in: '2017-04' -> '2017/18'."""
    year, month = parse_period(period)
    start = year if month >= 4 else year - 1
    return f"{start}/{(start + 1) % 100:02d}"


def whole_financial_years(first: str, last: str) -> tuple[str, str]:
    """The window widened to whole financial years: ('2017-06', '2018-01') -> ('2017-04', '2018-03')."""
    start, end = financial_year(first)[:4], financial_year(last)[:4]
    return f"{start}-04", f"{int(end) + 1}-03"


def due_date(period: str, due_days: int) -> date:
    """The day a month's file should stand published: `due_days` after the month's last day."""
    year, month = parse_period(period)
    return date(year, month, monthrange(year, month)[1]) + timedelta(days=due_days)
