"""Which month, quarter or year a published file is of, read from its link or its name.

In: a link's text and address, as people wrote them, and how often the stream is published. Out: the file's
period, 'YYYY-MM', only when nothing else can be meant. Refuses, with a warning, what is nearly certain:
several months where one is due, running totals, full dates, digits that are nearly a date, 'Q1 2024' (of the
calendar or of the financial year?).
"""

import logging
import re
from urllib.parse import unquote, urlsplit

from anchor_spend.date_words import (
    ASIDE,
    MONTHS,
    clean,
    is_year,
    months_in,
    tokens_of,
    without_financial_years,
    years_of,
)
from anchor_spend.link_spans import find_span
from anchor_spend.periods import MONTHS_IN, Cadence, file_months, file_period

logger = logging.getLogger(__name__)

_SEVERAL_MONTHS = re.compile(
    r"\b(?:q[1-4]|[1-4]q|quarter(?:ly)?|qtr|cumulative|ytd|to date|half year|annual|full year"
    r"|year (?:ending|ended|end|to)|(?:two|three|six|nine|twelve|[2-9]|1[0-2]) months)\b"
)
_YEAR_MONTH = re.compile(r"(?<!\d)(20\d\d)[-/. ]?(0[1-9]|1[0-2])(?!\d)(?P<more>[-/.]\d)?")
_MONTH_YEAR = re.compile(r"(?<!\d)(?P<more>(?<=\d[-/.]))?(0[1-9]|1[0-2])[-/.](20\d\d)(?!\d)")
_ACCOUNTING_PERIOD = re.compile(  # but not 'for the period 1 May to 31 May'
    r"(?<![a-z0-9])p(0[1-9]|1[0-2])(?!\d)|\bperiod[\s-]?(0?[1-9]|1[0-2])(?!\d)"
    rf"(?!(?:st|nd|rd|th)?[\s-]*(?:of )?(?:{'|'.join(name[:3] for name in MONTHS)}))"
)
_FILE = re.compile(r"\.[a-z0-9]{2,5}$")


def find_period(link_text: str, href: str, cadence: Cadence = "monthly") -> str | None:
    """The period of a link's file: what its text says, else what the file name in its address says."""
    from_text, problem = _period_in(link_text, cadence)
    if problem:
        logger.warning("no period can be read from the link %r: %s", link_text[:120], problem)
        return None
    name = _name_in(href)
    from_name, problem = _period_in(name, cadence)
    if from_text and from_name and from_text != from_name:
        logger.warning("the link %r leads to %r; its text counts: %s", link_text[:120], name, from_text)
    if not from_text and problem:
        logger.warning("no period can be read from the file name %r: %s", name, problem)
    months = {number for number, _ in months_in(tokens_of(clean(link_text)))}
    if not from_text and from_name and months and int(from_name[5:]) not in months:
        logger.warning("the link %r leads to %r, another month: left out", link_text[:120], name)
        return None
    return from_text or from_name


def _name_in(href: str) -> str:
    """The part of an address that names the file; folders often carry the date of the upload."""
    segments = [unquote(segment) for segment in urlsplit(href).path.split("/") if segment]
    named = [segment for segment in segments if _FILE.search(segment.lower())]
    if named:
        return named[-1]
    last = segments[-1] if segments else ""
    return last if last == last.lower() else ""  # mixed case without a suffix: a share token, not words


def _period_in(text: str, cadence: Cadence) -> tuple[str | None, str]:
    """(The one period a text names, ''), or (None, why not); why is '' when it names none at all."""
    text = clean(text)
    for candidate in dict.fromkeys((ASIDE.sub(" ", text), text)):
        found, problem = _month_in(candidate) if cadence == "monthly" else _file_in(candidate, cadence)
        if found or problem:
            return found, problem
    return None, ""


def _file_in(text: str, cadence: Cadence) -> tuple[str | None, str]:
    """The period of a quarterly or yearly file, where the text names exactly its months."""
    span, problem = find_span(text, MONTHS_IN[cadence])
    if span is None:
        return None, problem
    period = file_period(span[0], cadence)
    whole = file_months(period, cadence)
    if span != (whole[0], whole[-1]):
        return None, f"it names other months than those of a {cadence} file"
    return period, ""


def _month_in(text: str) -> tuple[str | None, str]:
    if _SEVERAL_MONTHS.search(text.replace("-", " ")):
        return None, "it names a quarter, a year or a running total"
    whole, (text, financial_years) = text, without_financial_years(text)
    tokens = tokens_of(text)
    numeric, named = _in_digits(text), months_in(tokens)
    months = {number for number, _ in named}
    if len(months) > 1 or len(numeric) > 1 or len(_in_digits(whole)) > 1:
        return None, "it names several months"
    ledger_months = {int(one or other) for one, other in _ACCOUNTING_PERIOD.findall(text)}
    if not months:
        return _numbered(numeric, ledger_months, financial_years)
    month = months.pop()
    if ledger_months and not ledger_months <= {month, (month - 4) % 12 + 1}:
        return None, "its accounting period is of another month"
    years = years_of(tokens, [position for _, position in named], month, financial_years)
    if len(years) != 1:
        return None, "it names a month, but several years" if years else ""
    found = f"{years.pop()}-{month:02d}"
    return (found, "") if not numeric or numeric == {found} else (None, "it names two months")


def _in_digits(text: str) -> set[str]:
    """Months such as '2024-04' and '04/2024'; none where one is part of a day or of a range."""
    found = [(match, match[1], match[2]) for match in _YEAR_MONTH.finditer(text)]
    found += [(match, match[3], match[2]) for match in _MONTH_YEAR.finditer(text)]
    if any(match["more"] is not None for match, _, _ in found):
        return set()
    return {f"{year}-{month}" for _, year, month in found if is_year(year)}


def _numbered(numeric: set[str], ledger_months: set[int], starts: set[int]) -> tuple[str | None, str]:
    """A month in digits; or accounting period 5 of a named financial year, which is August."""
    from_ledger = {f"{start + (number > 9)}-{(number + 2) % 12 + 1:02d}"
                   for number in ledger_months for start in starts}  # fmt: skip
    found = numeric or from_ledger
    if len(found) > 1 or (numeric and from_ledger and numeric != from_ledger):
        return None, "it names several months"
    return next(iter(found), None), ""
