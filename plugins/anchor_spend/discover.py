"""Which files a body offers: links of its listing pages, files of its inbox, rows of an archive's manifest.

In: a spec and what the run asks for. Out: at most one DiscoveredFile for each stream and month. Refuses
(DiscoverError) listing pages that cannot be read or show no file at all; a link whose month is not certain,
or whose host is not the publisher's, is left out with a warning.
"""

import csv
import logging
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from anchor_spend.errors import DiscoverError, FetchError
from anchor_spend.fetch import Fetcher, Page
from anchor_spend.link_periods import find_period
from anchor_spend.periods import parse_period, period_of
from anchor_spend.records import DiscoveredFile, RunRequest
from anchor_spend.settings import load_settings
from anchor_spend.spec import Listing, Publisher, Stream

__all__ = ["discover", "find_period", "sharepoint_download"]

MAX_PAGES = 60  # listing pages of one stream, years and further pages together
MANIFEST_COLUMNS = ("publisher_id", "stream", "period", "file", "sha256")
_CALENDAR_YEAR = "{calendar_year}"
_REVISED = re.compile(r"\b(?:revised|amended|corrected|updated|re-?issued|v[2-9])\b", re.IGNORECASE)
_SHARE = re.compile(r"/:\w:/(?P<kind>[st])/(?P<site>[^/]+)/(?P<token>[^/]+)/?")
_SHARED_PATH = re.compile(r"/:\w:/r(?P<path>/(?:sites|teams)/(?P<site>[^/]+)/.+)")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Window:
    """The months wanted of one stream, both ends included."""

    first: str
    last: str

    def __contains__(self, period: object) -> bool:
        return isinstance(period, str) and self.first <= period <= self.last


@dataclass(frozen=True)
class Link:
    """A link as a page shows it, and what stands around it."""

    text: str
    url: str
    around: str = ""  # the row or list item it is in
    heading: str = ""  # the heading above it

    @property
    def words(self) -> str:
        return f"{self.text} {self.url}"


def discover(publisher: Publisher, request: RunRequest, fetcher: Fetcher) -> list[DiscoveredFile]:
    """The files of every stream of a body within the run's months, by stream and month.

    A stream that cannot be read does not hide the others; DiscoverError when none can.
    """
    if request.source == "archive":
        return _from_archive(publisher, request)
    found: list[DiscoveredFile] = []
    problems: list[str] = []
    for name, stream in publisher.streams.items():
        window = _window(stream, request)
        try:
            if stream.listing:
                found += _from_listing(publisher, name, stream.listing, window, fetcher)
            else:
                found += _from_inbox(publisher, name, window, fetcher)
        except DiscoverError as error:
            logger.error("%s", error)
            problems.append(str(error))
    if problems and len(problems) == len(publisher.streams):
        raise DiscoverError("\n".join(problems))
    return found


def _window(stream: Stream, request: RunRequest) -> Window:
    latest = min(stream.last_period or "9999-12", request.last or "9999-12")
    return Window(max(stream.first_period, request.first), latest)


# listing pages -------------------------------------------------------------------------------------------


def _from_listing(
    publisher: Publisher, stream: str, listing: Listing, window: Window, fetcher: Fetcher
) -> list[DiscoveredFile]:
    links = list(_file_links(publisher, stream, listing, window, fetcher))
    if not links:
        raise DiscoverError(
            f"{publisher.publisher_id}, {stream}: no link on {', '.join(listing.urls)} matches "
            f"{listing.link!r}. Open the page: if it has changed, correct the listing in the spec."
        )
    candidates = [(_period_of(link), link) for link in links if _is_reachable(link, publisher)]
    unclear = sum(1 for period, _ in candidates if period is None)
    if unclear:
        logger.warning("%s, %s: %d links name no certain month", publisher.publisher_id, stream, unclear)
    if candidates and unclear == len(candidates):
        raise DiscoverError(
            f"{publisher.publisher_id}, {stream}: {unclear} links match {listing.link!r}, but none names a "
            "month. Open the page and correct the pattern in the spec."
        )
    return [
        DiscoveredFile(
            publisher.publisher_id, stream, period, fetcher.address(_download(link.url, listing)), link.text
        )
        for period, link in _one_per_period(candidates, f"{publisher.publisher_id}, {stream}")
        if period in window
    ]


def _file_links(
    publisher: Publisher, stream: str, listing: Listing, window: Window, fetcher: Fetcher
) -> Iterator[Link]:
    pages = 0
    for page in _pages(publisher, stream, listing, window, fetcher):
        pages += 1
        yield from (link for link in page_links(page) if _is_file(link, listing))
    if not pages:
        raise DiscoverError(
            f"{publisher.publisher_id}, {stream}: no listing page can be read ({', '.join(listing.urls)}). "
            "The ledger of attempts says why; correct the spec if the pages have moved."
        )


def _pages(
    publisher: Publisher, stream: str, listing: Listing, window: Window, fetcher: Fetcher
) -> Iterator[Page]:
    """Every page of a listing; one that cannot be read is recorded by the fetcher and passed over."""
    waiting, seen = deque(_start_urls(listing, window)), set[str]()
    while waiting and len(seen) < MAX_PAGES:
        url = waiting.popleft()
        if url in seen:
            continue
        seen.add(url)
        try:
            page = fetcher.page(publisher, stream, url)
        except FetchError as error:
            logger.warning("listing page left out: %s", error)
            continue
        yield page
        seen.add(page.url)
        waiting.extend(_further_pages(page, listing, publisher))
    if waiting:
        logger.warning("%s, %s: more than %d listing pages", publisher.publisher_id, stream, MAX_PAGES)


def _start_urls(listing: Listing, window: Window) -> list[str]:
    last = min(window.last, period_of(date.today()))
    years = range(parse_period(window.first)[0], parse_period(last)[0] + 1)
    urls = [
        url.replace(_CALENDAR_YEAR, str(year))
        for url in listing.urls
        for year in (years if _CALENDAR_YEAR in url else years[:1])
    ]
    return list(dict.fromkeys(urls))


def _further_pages(page: Page, listing: Listing, publisher: Publisher) -> list[str]:
    if not listing.follow:
        return []
    matching = [link.url for link in page_links(page) if _leads_on(link, listing)]
    return [url for url in matching if _host(url) in publisher.hosts]


def page_links(page: Page) -> list[Link]:
    """The links of a page in their order, addresses absolute, https where they say http."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page.html, "lxml")
    base_tag = soup.find("base", href=True)
    base = urljoin(page.url, str(base_tag["href"])) if base_tag else page.url
    links = (_link(anchor, base) for anchor in soup.find_all("a", href=True))
    return [link for link in links if link]


def _link(anchor: Any, base: str) -> Link | None:
    try:
        url = urldefrag(urljoin(base, str(anchor["href"]).strip())).url
        scheme = urlsplit(url).scheme
    except ValueError:  # not an address
        return None
    if scheme not in ("http", "https"):
        return None
    text = _words(anchor) or str(anchor.get("aria-label") or anchor.get("title") or "")
    around, heading = anchor.find_parent(["tr", "li"]), anchor.find_previous(["h2", "h3", "h4", "h5"])
    return Link(text, "https:" + url.partition(":")[2], _words(around), _words(heading))


def _words(element: Any) -> str:
    return " ".join(element.get_text(" ").split())[:500] if element else ""


def _leads_on(link: Link, listing: Listing) -> bool:
    return bool(listing.follow and re.search(listing.follow, link.url, re.IGNORECASE))


def _is_file(link: Link, listing: Listing) -> bool:
    if _leads_on(link, listing):
        return False
    if listing.not_link and re.search(listing.not_link, link.words, re.IGNORECASE):
        return False
    return re.search(listing.link, link.words, re.IGNORECASE) is not None


def _period_of(link: Link) -> str | None:
    """From the link itself; else together with its row, else with the heading above it."""
    found = find_period(link.text, link.url)
    for context in (link.around, f"{link.text} {link.heading}"):
        found = found or find_period(context, link.url)
    return found


def _is_reachable(link: Link, publisher: Publisher) -> bool:
    is_ours = _host(link.url) in publisher.hosts
    if not is_ours:
        logger.warning(
            "%s: a file link leads to %s, which is not among the spec's hosts; it was left out",
            publisher.publisher_id,
            _host(link.url),
        )
    return is_ours


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _one_per_period(candidates: Iterable[tuple[str | None, Link]], where: str) -> list[tuple[str, Link]]:
    """One link a month. Of several: any before a PDF, then a revised one before others, then the last."""
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


def _preference(numbered: tuple[int, Link]) -> tuple[bool, bool, int]:
    position, link = numbered
    words = re.sub(r"[_%]", " ", unquote(link.words))
    return (not urlsplit(link.url).path.lower().endswith(".pdf"), bool(_REVISED.search(words)), position)


def _download(url: str, listing: Listing) -> str:
    return sharepoint_download(url) if listing.download == "sharepoint_share" else url


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


# inbox ---------------------------------------------------------------------------------------------------


def _from_inbox(publisher: Publisher, stream: str, window: Window, fetcher: Fetcher) -> list[DiscoveredFile]:
    folder = fetcher.inbox / publisher.publisher_id
    try:
        paths = sorted((path for path in folder.iterdir() if _is_delivery(path)), key=_age)
    except OSError:
        paths = []
    links = [Link(path.name, path.as_uri()) for path in paths if _is_of_stream(path.name, stream, publisher)]
    candidates = [(find_period(link.text, ""), link) for link in links]
    for period, link in candidates:
        if period is None:
            logger.warning("%s: %s names no month and was left out", publisher.publisher_id, link.text)
    found = _one_per_period(candidates, f"{publisher.publisher_id}, {stream}, inbox")
    if not found:
        raise DiscoverError(
            f"{publisher.publisher_id}, {stream}: no file in the inbox {folder}. Put the partner's files "
            "there, named with their month, such as payments-2017-04.csv."
        )
    return [
        DiscoveredFile(publisher.publisher_id, stream, period, link.url, link.text)
        for period, link in found
        if period in window
    ]


def _is_delivery(path: Path) -> bool:
    is_unfinished = path.name.startswith((".", "~")) or path.suffix.lower() in (
        ".tmp",
        ".part",
        ".crdownload",
    )
    return path.is_file() and not is_unfinished


def _age(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name


def _is_of_stream(name: str, stream: str, publisher: Publisher) -> bool:
    """With one inbox stream every file is its; with several, the file's name says which (else payments)."""
    others = [key for key, item in publisher.streams.items() if item.listing is None]
    named = [key for key in others if re.search(key.replace("_", "[ _-]?"), name, re.IGNORECASE)]
    return len(others) == 1 or (named[0] if len(named) == 1 else "payments") == stream


# archive -------------------------------------------------------------------------------------------------


def _from_archive(publisher: Publisher, request: RunRequest) -> list[DiscoveredFile]:
    folder = Path(request.archive).expanduser().resolve()
    rows = read_manifest(folder)
    found: dict[tuple[str, str], DiscoveredFile] = {}
    for row in rows:
        if row["publisher_id"] != publisher.publisher_id:
            continue
        file = _archived_file(row, publisher, request, folder)
        if file and (file.stream, file.period) in found:
            logger.warning("%s, %s: several rows for %s; the last counts", *_identity(file))
        if file:
            found[file.stream, file.period] = file
    if not found:
        logger.warning("%s: the archive has no file of this body for this run", publisher.publisher_id)
    return [found[key] for key in sorted(found)]


def _identity(file: DiscoveredFile) -> tuple[str, str, str]:
    return file.publisher_id, file.stream, file.period


def _archived_file(
    row: dict[str, str], publisher: Publisher, request: RunRequest, folder: Path
) -> DiscoveredFile | None:
    publisher_id, name, period = row["publisher_id"], row["stream"], row["period"]
    stream = {str(key): item for key, item in publisher.streams.items()}.get(name)
    if stream is None:
        known = ", ".join(publisher.streams)
        logger.warning(
            "%s: %s left out: its stream %r is not in the spec (%s)", publisher_id, row["file"], name, known
        )
        return None
    try:
        parse_period(period)
    except ValueError as error:
        logger.error("%s, %s: %s left out of the manifest: %s", publisher_id, name, row["file"], error)
        return None
    if period not in _window(stream, request):
        logger.info("%s, %s: %s is outside the months wanted", publisher_id, name, period)
        return None
    url = (folder / row["file"]).absolute().as_uri()
    return DiscoveredFile(publisher_id, name, period, url, row["file"], row["sha256"].lower() or "(none)")


def read_manifest(folder: Path) -> list[dict[str, str]]:
    """The rows of an archive's manifest.csv; bodies without a spec are named in a warning."""
    path = folder / "manifest.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = reader.fieldnames or []
            rows = [{key: (row.get(key) or "").strip() for key in MANIFEST_COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DiscoverError(
            f"The archive's manifest {path} cannot be read: {error}. An archive is a folder of files with a "
            f"manifest.csv of the columns {', '.join(MANIFEST_COLUMNS)}."
        ) from error
    missing = [name for name in MANIFEST_COLUMNS if name not in columns]
    if missing:
        raise DiscoverError(f"{path} lacks the columns {', '.join(missing)}. Add them.")
    known = {item.stem for item in load_settings().publishers.glob("*.yml")}
    unknown = sorted({row["publisher_id"] for row in rows} - known)
    if unknown:
        logger.warning("the archive holds files of bodies without a spec, left out: %s", ", ".join(unknown))
    return rows
