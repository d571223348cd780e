"""Which files a body offers: links of its listing pages or catalogue, its inbox, an archive's manifest.

In: a spec and what the run asks for. Out: at most one DiscoveredFile for each stream and period, and the
problems a person should see. Refuses (DiscoverError) listings that cannot be read or show no file at all.
Links whose period is not certain are left out with a row of the ledger, links to hosts that are not the
publisher's with a warning. No listing of a spec was ever tried on its live site: see fetch.py.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from anchor_spend import ckan, deliveries
from anchor_spend.deliveries import Found, read_manifest
from anchor_spend.errors import DiscoverError
from anchor_spend.fetch import Fetcher
from anchor_spend.link_periods import find_period
from anchor_spend.links import Link, one_per_period, period_of, sharepoint_download
from anchor_spend.listing_pages import PageReader, asked, leads_on, page_links
from anchor_spend.periods import Cadence, file_period
from anchor_spend.reach import host_of
from anchor_spend.records import DiscoveredFile, RunRequest
from anchor_spend.spec import Listing, Publisher, Stream

__all__ = [
    "Found", "Window", "discover", "find_period", "page_links", "read_manifest", "sharepoint_download",
    "survey",
]  # fmt: skip

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Window:
    """The periods wanted of one stream, both ends included."""

    first: str
    last: str

    def __contains__(self, period: object) -> bool:
        return isinstance(period, str) and self.first <= period <= self.last


def discover(publisher: Publisher, request: RunRequest, fetcher: Fetcher) -> list[DiscoveredFile]:
    """The files of every stream of a body within the run's months, by stream and month.

    A stream that cannot be read does not hide the others; DiscoverError when none can.
    """
    return survey(publisher, request, fetcher).files


def survey(publisher: Publisher, request: RunRequest, fetcher: Fetcher) -> Found:
    """The same, with what could not be had or told: streams that cannot be read, deliveries without a month.

    DiscoverError when there is no stream that can be read.
    """
    if request.source == "archive":
        return deliveries.from_archive(publisher, request, fetcher, _windows(publisher, request))
    reader, found, failed = PageReader(publisher, fetcher), Found([], []), 0
    windows = _windows(publisher, request)
    for name, window in windows.items():
        try:
            part = _of_stream(publisher, name, window, fetcher, reader)
        except DiscoverError as error:
            logger.error("%s", error)
            part, failed = Found([], [str(error)]), failed + 1
        found = Found(found.files + part.files, found.problems + part.problems)
    if failed and failed == len(windows):
        raise DiscoverError("\n".join(found.problems))
    return found


def _windows(publisher: Publisher, request: RunRequest) -> dict[str, Window]:
    """What is wanted of each stream; streams that ended before, or begin after, are left out."""
    windows = {str(name): _window(stream, request) for name, stream in publisher.streams.items()}
    return {name: window for name, window in windows.items() if window.first <= window.last}


def _window(stream: Stream, request: RunRequest) -> Window:
    latest = min(stream.last_period or "9999-12", request.last or "9999-12")
    return Window(max(stream.first_period, _first_wanted(request, stream.cadence)), latest)


def _first_wanted(request: RunRequest, cadence: Cadence) -> str:
    """A quarter's file that begins before the first month wanted covers it all the same."""
    return file_period(request.first, cadence) if request.first else ""


def _of_stream(
    publisher: Publisher, name: str, window: Window, fetcher: Fetcher, reader: PageReader
) -> Found:
    stream = publisher.streams[name]  # type: ignore[index]
    if stream.listing is None:
        return deliveries.from_inbox(publisher, name, window, fetcher)
    links = list(_file_links(name, stream.listing, window, fetcher, reader))
    return Found(_chosen(publisher, name, stream.listing, window, fetcher, links), [])


def _file_links(
    name: str, listing: Listing, window: Window, fetcher: Fetcher, reader: PageReader
) -> Iterator[Link]:
    publisher = reader.publisher
    if listing.kind == "ckan":
        found = ckan.resource_links(publisher, name, listing, fetcher)
        yield from (link for link in found if _is_file(link, listing))
        return
    pages = 0
    for page in reader.pages(name, listing, window.first, window.last):
        pages += 1
        yield from (link for link in page_links(page) if _is_file(link, listing))
    if not pages:
        raise DiscoverError(
            f"{publisher.publisher_id}, {name}: no listing page can be read ({', '.join(listing.urls)}). "
            "The ledger of attempts says why; correct the spec if the pages have moved."
        )


def _is_file(link: Link, listing: Listing) -> bool:
    if leads_on(link, listing):
        return False
    if listing.not_link and re.search(listing.not_link, link.words, re.IGNORECASE):
        return False
    return re.search(listing.link, link.words, re.IGNORECASE) is not None


def _chosen(
    publisher: Publisher, name: str, listing: Listing, window: Window, fetcher: Fetcher, links: list[Link]
) -> list[DiscoveredFile]:
    where = f"{publisher.publisher_id}, {name}"
    if not links:
        raise DiscoverError(
            f"{where}: no link on {', '.join(listing.urls)} matches {listing.link!r}. Open the page: if it "
            "has changed, correct the listing in the spec."
        )
    cadence = publisher.streams[name].cadence  # type: ignore[index]
    reachable = [link for link in links if _is_reachable(link, publisher)]
    candidates = [(period_of(link, cadence), link) for link in reachable]
    _note_unclear(publisher, name, listing, fetcher, candidates)
    return [
        DiscoveredFile(
            publisher.publisher_id, name, period, fetcher.address(_download(link, listing)), link.text
        )
        for period, link in one_per_period(candidates, where)
        if period in window
    ]


def _note_unclear(
    publisher: Publisher,
    name: str,
    listing: Listing,
    fetcher: Fetcher,
    candidates: list[tuple[str | None, Link]],
) -> None:
    """One row of the ledger for all links that name no certain period; DiscoverError if none names one."""
    unclear = sorted({link.url for period, link in candidates if period is None})
    if not unclear:
        return
    what = {"monthly": "month", "quarterly": "quarter", "yearly": "financial year"}
    wanted = what[publisher.streams[name].cadence]  # type: ignore[index]
    detail = (
        f"{len(unclear)} links match {listing.link!r} and name no certain {wanted}; they were left out. "
        f"First: {unclear[0][:200]}. If it is payments, ask the publisher to name the {wanted}."
    )
    logger.warning("%s, %s: %s", publisher.publisher_id, name, detail)
    fetcher.note_problem(publisher, name, listing.urls[0], detail)
    if all(period is None for period, _ in candidates):
        raise DiscoverError(
            f"{publisher.publisher_id}, {name}: {len(unclear)} links match {listing.link!r}, but none names "
            f"a {wanted}. Open the page and correct the pattern in the spec."
        )


def _is_reachable(link: Link, publisher: Publisher) -> bool:
    is_ours = host_of(link.url) in publisher.hosts
    if not is_ours:
        logger.warning(
            "%s: a file link leads to %s, which is not among the spec's hosts; it was left out",
            publisher.publisher_id,
            host_of(link.url),
        )
    return is_ours


def _download(link: Link, listing: Listing) -> str:
    url = sharepoint_download(link.url) if listing.download == "sharepoint_share" else link.url
    return asked(url, listing)
