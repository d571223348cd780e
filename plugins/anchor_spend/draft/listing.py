"""Propose a stream's listing from the page that links its files, and draft the spec from one of them.

In: the https address of a listing page, or of a file. Out: a Draft with `listing` filled: the pattern that
tells files from other links, the one that leads to further pages, the hosts, and how many months were
found. Refuses a page that links no file whose month can be read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from anchor_spend.draft.guesses import Guess, Question, in_key_order
from anchor_spend.draft.link_patterns import common_pattern, following, is_card, is_file_like
from anchor_spend.draft.proposal import Draft, draft_file
from anchor_spend.draft.web import Fetched, WebReader
from anchor_spend.errors import DiscoverError, FetchError
from anchor_spend.fetch import Page
from anchor_spend.link_periods import find_period
from anchor_spend.links import Link, one_per_period, sharepoint_download
from anchor_spend.listing_pages import page_links
from anchor_spend.periods import Cadence
from anchor_spend.reach import host_of

MOST_PAGES = 12  # of a listing that are looked at
_NOT_LINK = r"gpc|p[^a-z0-9]*card|card"


@dataclass(frozen=True)
class Found:
    """The pages of a listing that were read, and their links."""

    urls: list[str]
    links: list[Link]
    follow: str

    def files(self, *, of_cards: bool, cadence: Cadence = "monthly") -> dict[str, Link]:
        """The file of each period, of purchase cards or of other payments."""
        wanted = [link for link in self.links if is_file_like(link) and is_card(link) == of_cards]
        periods = [(find_period(link.text, link.url, cadence), link) for link in wanted]
        return dict(one_per_period(periods, self.urls[0]))


def draft_url(url: str, publisher_id: str = "", stream: str = "", reader: WebReader | None = None) -> Draft:
    """The draft from what an address brings: a file itself, or a page of links to files."""
    reader = reader or WebReader("live", "draft")
    first = reader.get(url)
    if not first.is_page:
        return draft_file(first.data, first.file_name, publisher_id, stream, _site_name(url))
    found = read_listing(first, reader)
    files, is_cards, cadence = _choose_files(found, stream)
    if not files:
        raise DiscoverError(
            f"{url[:200]}, read with {len(found.urls) - 1} further pages, links no file whose month can be "
            "read. Give the address of the page with the links, or of one file."
        )
    period = max(files)
    hosts = {host_of(link.url) for link in files.values()}
    file = reader.file(sharepoint_download(files[period].url), hosts)
    name = f"{period} {file.file_name}"
    draft = draft_file(file.data, name, publisher_id, stream or _stream(is_cards), _site_name(url))
    return _with_listing(draft, found, files, is_cards, cadence)


def read_listing(first: Fetched, reader: WebReader) -> Found:
    """The page, and those it leads on to; one that cannot be read is left out."""
    links = page_links(Page(first.url, first.data))
    follow = following(first.url, links)
    waiting = [link.url for link in links if follow and re.search(follow, link.url)]
    urls = [first.url]
    for url in dict.fromkeys(waiting[:MOST_PAGES]):
        if url in urls or host_of(url) != host_of(first.url):
            continue
        try:
            page = reader.get(url)
        except FetchError:
            continue  # told in the log; the spec's own fetch will meet it again
        if page.is_page:
            urls.append(url)
            links += page_links(Page(page.url, page.data))
    return Found(urls, links, follow)


def _choose_files(found: Found, stream: str) -> tuple[dict[str, Link], bool, Cadence]:
    """(file of each period, whether of cards, cadence): payments before cards, monthly before quarterly."""
    for of_cards in (False, True):
        if stream and (stream == "purchase_card") != of_cards:
            continue
        for cadence in ("monthly", "quarterly", "yearly"):
            files = found.files(of_cards=of_cards, cadence=cadence)
            if files:
                return files, of_cards, cadence
    return {}, False, "monthly"


def _stream(is_cards: bool) -> str:
    return "purchase_card" if is_cards else "payments"


def _site_name(url: str) -> str:
    """'www.exampleton.gov.uk' -> 'Exampleton'."""
    labels = host_of(url).removeprefix("www.").split(".")
    return labels[0].replace("-", " ").title()


def _with_listing(
    draft: Draft, found: Found, files: dict[str, Link], is_cards: bool, cadence: Cadence
) -> Draft:
    links = list(files.values())
    others = [link for link in found.links if link.url not in {item.url for item in links}]
    keys = _listing_keys(found, links, others, is_cards)
    first, last = min(files), max(files)
    evidence = (
        f"{len(files)} periods from {first} to {last} on {len(found.urls)} pages",
        f"of {len(others)} other links {_count(keys, others)} match",
    )
    guess = Guess("listing", keys["link"], "likely" if len(files) >= 3 else "unsure", evidence)
    asked = Question("listing", "are these all files of this stream, and does the oldest page still stand?")
    stream_keys = {**draft.keys["stream"], "first_period": first}
    if cadence != draft.span.cadence:
        asked = replace(asked, text=f"{asked.text} Its links read as {cadence}.")
    return replace(
        draft,
        keys={**draft.keys, "stream": stream_keys},
        listing=keys,
        guesses=[*draft.guesses, guess],
        questions=in_key_order([*draft.questions, asked]),
    )


def _listing_keys(
    found: Found, links: Sequence[Link], others: Sequence[Link], is_cards: bool
) -> dict[str, Any]:
    pattern = common_pattern(links, others) or r"\.(csv|xlsx?|ods)"
    strays = [link for link in others if re.search(pattern, link.words, re.IGNORECASE)]
    hosts = sorted({host_of(link.url) for link in links} - {host_of(found.urls[0])})
    keys: dict[str, Any] = {"urls": found.urls[:1], "link": pattern}
    if not is_cards and any(is_card(link) for link in strays):
        keys["not_link"] = _NOT_LINK
    if found.follow:
        keys["follow"] = found.follow
    if any(host.endswith("sharepoint.com") for host in hosts):
        keys["download"] = "sharepoint_share"
    if hosts:
        keys["hosts"] = hosts
    return keys


def _count(keys: dict[str, Any], links: Sequence[Link]) -> int:
    """How many links a listing's patterns take for files."""
    refused = keys.get("not_link", r"(?!)")
    return sum(
        bool(re.search(keys["link"], link.words, re.IGNORECASE))
        and not re.search(refused, link.words, re.IGNORECASE)
        for link in links
    )
