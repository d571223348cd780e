"""Listing pages: which there are, how they lead on, and the links they show.

In: a stream's listing and the months wanted. Out: pages, and their links with what stands around them. A page
that cannot be read is in the ledger and left out; pages without end are cut off at a number.
"""

import logging
import re
from collections import deque
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from anchor_spend.errors import FetchError
from anchor_spend.fetch import Fetcher, Page
from anchor_spend.links import Link
from anchor_spend.periods import financial_year, parse_period, period_of
from anchor_spend.reach import host_of
from anchor_spend.replay import unrewritten
from anchor_spend.spec import Listing, Publisher

MAX_PAGES = 60  # listing pages of one stream, years and further pages together
_CALENDAR_YEAR, _FINANCIAL_YEAR = "{calendar_year}", "{financial_year}"

logger = logging.getLogger(__name__)


class PageReader:
    """Reads each page once, though several streams of a body are listed on it."""

    def __init__(self, publisher: Publisher, fetcher: Fetcher) -> None:
        self.publisher, self._fetcher = publisher, fetcher
        self._pages: dict[str, Page | FetchError] = {}

    def pages(self, stream: str, listing: Listing, first: str, last: str) -> Iterator[Page]:
        """Every page of a listing; one that cannot be read is recorded by the fetcher and passed over."""
        waiting, seen = deque(start_urls(listing, first, last)), set[str]()
        while waiting and len(seen) < MAX_PAGES:
            url = waiting.popleft()
            if url in seen:
                continue
            seen.add(url)
            page = self._page(stream, asked(url, listing))
            if page is None:
                continue
            yield page
            seen.add(page.url)
            waiting.extend(_further_pages(page, listing, self.publisher))
        if waiting:
            detail = f"There are more than {MAX_PAGES} listing pages; the others were left out."
            self._fetcher.note_problem(self.publisher, stream, waiting[0], detail)
            logger.warning("%s, %s: %s", self.publisher.publisher_id, stream, detail)

    def _page(self, stream: str, url: str) -> Page | None:
        if url not in self._pages:
            try:
                self._pages[url] = self._fetcher.page(self.publisher, stream, url)
            except FetchError as error:
                logger.warning("listing page left out: %s", error)
                self._pages[url] = error
        found = self._pages[url]
        return found if isinstance(found, Page) else None


def asked(url: str, listing: Listing) -> str:
    """The address to ask for one of the publisher's: of a retired site, the web archive's."""
    return f"{listing.replay}{url}" if listing.replay else url


def start_urls(listing: Listing, first: str, last: str) -> list[str]:
    """The addresses of a spec, one for each calendar or financial year between two months."""
    last = min(last, period_of(date.today()))
    calendar = [str(year) for year in range(parse_period(first)[0], parse_period(last)[0] + 1)]
    begun = range(int(financial_year(first)[:4]), int(financial_year(last)[:4]) + 1)
    financial = [f"{year}-{(year + 1) % 100:02d}" for year in begun]
    urls = list(listing.urls)
    for placeholder, years in ((_CALENDAR_YEAR, calendar), (_FINANCIAL_YEAR, financial)):
        urls = [
            url.replace(placeholder, year)
            for url in urls
            for year in (years if placeholder in url else years[:1])
        ]
    return list(dict.fromkeys(urls))


def _further_pages(page: Page, listing: Listing, publisher: Publisher) -> list[str]:
    following = [link.url for link in page_links(page) if leads_on(link, listing)]
    return [url for url in [*following, *next_pages(page)] if host_of(url) in publisher.hosts]


def leads_on(link: Link, listing: Listing) -> bool:
    """Whether a link is the listing's own next page and no file."""
    return bool(listing.follow and re.search(listing.follow, link.url, re.IGNORECASE))


def next_pages(page: Page) -> list[str]:
    """Where the page itself says it goes on (rel=next), if that is a page of the same list."""
    marked = _soup(page).find_all(["a", "link"], href=True, rel="next")
    urls = [_address(str(tag["href"]), _base(page), page.archive) for tag in marked]
    return [url for url in urls if url and _unnumbered(url) == _unnumbered(page.url)]


def _unnumbered(url: str) -> str:
    return re.sub(r"/(?:page/)?\d*/?$", "", urlsplit(url).path)


def page_links(page: Page) -> list[Link]:
    """The links of a page in their order, addresses absolute, https where they say http.

    Of a replayed page they are those of the retired site, also where the archive has rewritten them.
    """
    soup, base = _soup(page), _base(page)
    about = f"{_words(soup.find('h1'))} {urlsplit(page.url).path} {urlsplit(page.url).query}"
    links = (_link(anchor, base, page.archive, about) for anchor in soup.find_all("a", href=True))
    return [link for link in links if link]


@lru_cache(maxsize=2)
def _soup(page: Page) -> Any:
    from bs4 import BeautifulSoup

    return BeautifulSoup(page.html, "lxml")


def _base(page: Page) -> str:
    tag = _soup(page).find("base", href=True)
    return (_address(str(tag["href"]), page.url, page.archive) or page.url) if tag else page.url


def _address(href: str, base: str, archive: str) -> str | None:
    """A link's address, as its publisher means it; None where it is none."""
    try:
        href = unrewritten(href.strip(), archive) if archive else href.strip()
        url = urldefrag(urljoin(base, href)).url
        scheme = urlsplit(url).scheme
    except ValueError:  # not an address
        return None
    if scheme not in ("http", "https"):
        return None
    return url if archive else "https:" + url.partition(":")[2]


def _link(anchor: Any, base: str, archive: str, about: str) -> Link | None:
    url = _address(str(anchor["href"]), base, archive)
    if url is None:
        return None
    text = _words(anchor) or str(anchor.get("aria-label") or anchor.get("title") or "")
    around, heading = anchor.find_parent(["tr", "li"]), anchor.find_previous(["h2", "h3", "h4", "h5"])
    return Link(text, url, _words(around), _words(heading), about)


def _words(element: Any) -> str:
    return " ".join(element.get_text(" ").split())[:500] if element else ""
