"""Which months a file covers, and so how often the body publishes.

In: the file's name, the days of its payments or the months of a period column. Out: a Span: the file's
period and cadence with the evidence. A span that the file does not show for certain says so.
"""

import re
from collections import Counter
from dataclasses import dataclass

from anchor_spend.draft.days import MONTHS_ONLY
from anchor_spend.draft.guesses import Confidence
from anchor_spend.link_periods import find_period
from anchor_spend.periods import Cadence, file_months, file_period, months_between
from anchor_spend.values import read_dates

_YEARLY = re.compile(r"\b(?:annual|full year|fy ?\d|20\d\d[-_/ ](?:to[-_ ])?(?:20)?\d\d)\b", re.IGNORECASE)
_YEAR_MONTH_CODE = re.compile(r"(?<![0-9])(?:20)?([12][0-9])[-_ ]?(0[1-9]|1[0-2])(?![0-9])")
_QUARTERLY = re.compile(r"(?<![a-z])(?:q[1-4]|quarter|qtr)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """A file's period and cadence; `doubt` is what remains to be asked, '' for nothing."""

    period: str
    cadence: Cadence
    confidence: Confidence
    evidence: tuple[str, ...]
    doubt: str = ""


def month_named(file_name: str) -> str | None:
    """The one month a file's name speaks of; None for none or several."""
    return find_period(re.sub(r"\.\w{2,5}$", "", file_name), "")


def months_hinted(file_name: str) -> list[str]:
    """Months that may help to tell day from month: the one named, else a code such as '1205' or '2012_05'."""
    named = month_named(file_name)
    if named:
        return [named]
    codes = _YEAR_MONTH_CODE.findall(re.sub(r"\.\w{2,5}$", "", file_name))
    return [f"20{year}-{month}" for year, month in codes] if len(codes) == 1 else []


def find_span(file_name: str, by_month: Counter[str]) -> Span:
    """The months of a file, by its name before its dates."""
    named = month_named(file_name)
    total = sum(by_month.values())
    inside = by_month[named] / total if named and total else 0.0
    if named and (inside >= 0.5 or not total):
        evidence = (
            f"the file's name; {inside:.0%} of its dates lie in that month" if total else "the file's name"
        )
        return Span(named, "monthly", "sure" if inside >= 0.5 else "likely", (evidence,))
    if not total:
        doubt = "nothing in the file says which months it covers. Correct first_period and cadence."
        return Span("2016-04", "monthly", "unsure", ("no date and no month in the file's name",), doubt)
    covered = _core(by_month)
    span = _by_cover(covered, file_name, by_month)
    if named and named not in file_months(span.period, span.cadence):
        doubt = (
            f"the file's name says {named}, {inside:.0%} of its dates lie there. Which months does it cover?"
        )
        return Span(named, "monthly", "unsure", ("the file's name against its dates",), doubt)
    return span


def months_of_cells(cells: Counter[str]) -> Counter[str]:
    """Months of a column that states months only, such as 'Apr-24' or '202404'."""
    months: Counter[str] = Counter()
    best = read_dates(cells, MONTHS_ONLY)[0]
    for text, day in best.days.items():
        months[f"{day:%Y-%m}"] += cells[text]
    return months


def _core(by_month: Counter[str]) -> list[str]:
    """The run of months that holds nine tenths of the dates, without single dates far away."""
    total = sum(by_month.values())
    months = sorted(by_month)
    low, high, kept = 0, len(months) - 1, total
    while low < high:
        edge = min((low, high), key=lambda index: by_month[months[index]])
        if kept - by_month[months[edge]] < 0.9 * total:
            break
        kept -= by_month[months[edge]]
        low, high = (low + 1, high) if edge == low else (low, high - 1)
    return months_between(months[low], months[high])


def _by_cover(covered: list[str], file_name: str, by_month: Counter[str]) -> Span:
    count = len(covered)
    share = f"{by_month.most_common(1)[0][1] / sum(by_month.values()):.0%}"
    what = f"nine tenths of the dates lie in {covered[0]} to {covered[-1]}"
    if count == 1:
        return Span(covered[0], "monthly", "sure", (f"nine tenths of the dates lie in {covered[0]}",))
    quarter = file_period(covered[-1], "quarterly")
    if set(covered) <= set(file_months(quarter, "quarterly")) and (
        count == 3 or _QUARTERLY.search(file_name)
    ):
        return Span(quarter, "quarterly", "sure" if count == 3 else "likely", (what,))
    year = file_period(covered[-1], "yearly")
    if count >= 6 and set(covered) <= set(file_months(year, "yearly")):
        is_whole = count >= 11 or bool(_YEARLY.search(file_name))
        doubt = "" if is_whole else f"the dates cover {count} months. How often is a file published?"
        return Span(year, "yearly", "sure" if is_whole else "unsure", (what,), doubt)
    top = by_month.most_common(1)[0][0]
    doubt = f"{what}, most ({share}) in {top}. Is that the file's month, and how often is a file published?"
    return Span(top, "monthly", "unsure", (what,), doubt)
