"""Links to files: what stands in and around them, which period they are of, and which of several counts.

In: links of a page, a catalogue or a folder. Out: at most one link for each period of a stream. Refuses a
link whose period is not certain: it is counted, not guessed.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from anchor_spend.date_words import clean, is_year, without_financial_years
from anchor_spend.link_periods import find_period
from anchor_spend.periods import Cadence

_REVISED = re.compile(r"\b(?:revised|amended|corrected|updated|re-?issued)\b", re.IGNORECASE)
_VERSION = re.compile(r"\bv(?:ersion)?[ .-]?([1-9])\b", re.IGNORECASE)
_COPY = re.compile(r"\bcopy\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)(?!/\d\d?(?:/|$))")  # not the '2024/05' of an upload
_SHARE = re.compile(r"/:\w:/(?P<kind>[st])/(?P<site>[^/]+)/(?P<token>[^/]+)/?")
_SHARED_PATH = re.compile(r"/:\w:/r(?P<path>/(?:sites|teams)/(?P<site>[^/]+)/.+)")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Link:
    """A link as a page shows it, and what stands around it."""

    text: str
    url: str
    around: str = ""  # the row or list item it is in
    heading: str = ""  # the heading above it
    page: str = ""  # the page's own heading and address
    kind: str = ""  # what a catalogue says of it: file type, title of its dataset

    @property
    def words(self) -> str:
        return f"{self.text} {self.kind} {self.url}" if self.kind else f"{self.text} {self.url}"


def period_of(link: Link, cadence: Cadence = "monthly") -> str | None:
    """From the link itself; else together with its row, the heading above it, the year its page is of."""
    found = find_period(link.text, link.url, cadence)
    for context in (link.around, f"{link.text} {link.heading}"):
        found = found or find_period(context, link.url, cadence)
    year = "" if found else _year_of(link.page)
    return found or (find_period(f"{link.text} {year}", link.url, cadence) if year else None)


def _year_of(page: str) -> str:
    """The one year, or the one financial year, that a page's heading and address name."""
    rest, starts = without_financial_years(clean(unquote(page)))
    years = {year for year in _YEAR.findall(rest) if is_year(year)}
    if starts and not years and len(starts) == 1:
        start = min(starts)
        return f"{start}/{start + 1}"
    return years.pop() if len(years) == 1 and not starts else ""


def one_per_period(candidates: Iterable[tuple[str | None, Link]], where: str) -> list[tuple[str, Link]]:
    """One link a period. Of several: any before a PDF, the latest revision, no copy, then the last shown."""
    by_period: dict[str, dict[str, Link]] = {}
    for period, link in candidates:
        if period:
            by_period.setdefault(period, {})[link.url] = link
    chosen = []
    for period, links in sorted(by_period.items()):
        if len(links) > 1:
            logger.warning("%s: %d different links for %s; one is taken", where, len(links), period)
        chosen.append((period, max(enumerate(links.values()), key=_preference)[1]))
    return chosen


def _preference(numbered: tuple[int, Link]) -> tuple[bool, int, bool, int]:
    position, link = numbered
    words = re.sub(r"[_%+-]", " ", unquote(link.words))
    is_table = not (
        urlsplit(link.url).path.lower().endswith(".pdf") or re.match(r"(pdf|html)\b", link.kind, re.I)
    )
    versions = [int(number) for number in _VERSION.findall(words)]
    revision = max([*versions, 2 if _REVISED.search(words) else 1])
    return is_table, revision, not _COPY.search(words), position


def sharepoint_download(url: str) -> str:
    """The address that brings the file behind a SharePoint share link; other addresses as they are.

    A share link itself answers with a viewer or a sign-in page, also when the file is public.
    """
    parts = urlsplit(url)
    share, shared_path = _SHARE.fullmatch(parts.path), _SHARED_PATH.fullmatch(parts.path)
    if share:
        site = f"/{'sites' if share['kind'] == 's' else 'teams'}/{share['site']}"
        query = f"share={share['token']}"
    elif shared_path:
        site = "/".join(shared_path["path"].split("/")[:3])
        query = f"SourceUrl={quote(unquote(shared_path['path']))}"
    else:
        return url
    return f"https://{parts.netloc}{site}/_layouts/15/download.aspx?{query}"
