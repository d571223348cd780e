"""Which months a quarterly or yearly file covers, read from the words of its link or name.

In: a cleaned text and how many months a file should cover. Out: the first and the last month, only when
nothing else can be meant. Refuses single months, running totals, and a quarter whose year is not certain:
'Q1 2024' begins in January or in April. Months that are named count before a quarter's number.
"""

import re

from anchor_spend.date_words import is_year, months_in, tokens_of, without_financial_years, year_beside
from anchor_spend.periods import financial_year, months_between

Span = tuple[str, str]
_Verdict = tuple[Span | None, str]

_RUNNING = re.compile(r"\b(?:cumulative|ytd|to date|half year|6 months|six months|[39] months to date)\b")
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_QUARTER = re.compile(
    r"(?<![a-z])(?:q|qtr|quarter)[\s-]?([1-4])(?!\d)"
    rf"|\b({'|'.join(_ORDINALS)})[\s-](?:qtr|quarter)\b|(?<!\d)([1-4])q(?![a-z])"
)
_UP_TO = re.compile(
    r"\b(quarter|qtr|three months|3 months|year|twelve months|12 months)[\s-](?:ending|ended|end|to)\b"
)
_NUMERIC_RANGE = re.compile(
    r"(?<!\d)(20\d\d)[-/.]?(0[1-9]|1[0-2])\s*(?:to|[-–])\s*(20\d\d)[-/.]?(0[1-9]|1[0-2])(?![-/.]?\d)"
)


def find_span(text: str, length: int) -> _Verdict:
    """(First and last month of the one file of `length` months a text names, ''), or (None, why not)."""
    if _RUNNING.search(text.replace("-", " ")):
        return None, "it names a running total"
    numeric = [match.groups() for match in _NUMERIC_RANGE.finditer(text)]
    if len(numeric) == 1:
        year, month, last_year, last_month = numeric[0]
        return _whole((f"{year}-{month}", f"{last_year}-{last_month}"), length)
    rest, starts = without_financial_years(text)
    quarters = {_quarter_number(match) for match in _QUARTER.finditer(rest)}
    if len(quarters) > 1 or len(starts) > 1:
        return None, "it names several quarters or years"
    named, problem = _named_months(rest, starts, length)
    if problem:
        return None, problem
    if named:
        return _checked(named, quarters, starts)
    return _numbered(quarters, starts, length)


def _quarter_number(match: re.Match[str]) -> int:
    return int(match[1] or match[3] or _ORDINALS.get(match[2], 0))


def _named_months(text: str, starts: set[int], length: int) -> _Verdict:
    """'July to September 2023', 'Jul-Sep 23', 'quarter ending June 2024', 'April 2022 - March 2023'."""
    tokens = tokens_of(text)
    months = months_in(tokens)
    if not months:
        return None, ""
    (first, at), (last, until) = months[0], months[-1]
    begins, ends = year_beside(tokens, at), year_beside(tokens, until)
    if len(months) == 1:
        if not _UP_TO.search(text.replace("-", " ")):
            return None, "it names one month"
        first, begins = (last - length) % 12 + 1, None
    turns = 1 if first > last else 0  # the span goes over New Year
    last_years = {year for year in (begins and begins + turns, ends) if year}
    if not last_years and not turns:
        last_years = {int(token.text) for token in tokens if len(token.text) == 4 and is_year(token.text)}
    if not last_years:
        last_years = {start if first >= 4 else start + 1 for start in starts}
        last_years = {year + turns for year in last_years}
    if len(last_years) != 1:
        return None, "it names months, but no certain year"
    end = last_years.pop()
    return _whole((f"{end - turns}-{first:02d}", f"{end}-{last:02d}"), length)


def _whole(span: Span, length: int) -> _Verdict:
    if len(months_between(*span)) != length:
        return None, f"it names other months than the {length} of a file"
    return span, ""


def _checked(span: Span, quarters: set[int], starts: set[int]) -> _Verdict:
    """Months that are named must not contradict a quarter's number or a financial year beside them."""
    month = int(span[0][5:])
    numbers = {(month - 1) // 3 + 1, (month - 4) % 12 // 3 + 1}  # of the calendar, the financial year
    if not quarters <= numbers or not starts <= {int(financial_year(span[0])[:4])}:
        return None, "its months, its quarter and its year contradict each other"
    return span, ""


def _numbered(quarters: set[int], starts: set[int], length: int) -> _Verdict:
    """'Q1 2024-25' and '2022-23'; 'Q1 2024' is not certain."""
    if not quarters and not starts:
        return None, ""
    if bool(quarters) != (length == 3):
        return None, "it names a quarter" if quarters else "it names a year"
    if not starts:
        return None, "it names a quarter, but no financial year such as 2024-25"
    start = min(starts)
    if length == 12:
        return (f"{start}-04", f"{start + 1}-03"), ""
    month = (min(quarters) * 3) % 12 + 1
    year = start if month >= 4 else start + 1
    return (f"{year}-{month:02d}", f"{year}-{month + 2:02d}"), ""
