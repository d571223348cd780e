"""CKAN catalogues: data.gov.uk and sites like it, asked through package_show or package_search.

In: the addresses of a listing of kind `ckan`. Out: a link for each resource, with its name, description, date
and the title of its dataset around it. Such a catalogue is an index that others keep: resources without an
address are passed over, dead ones fail when they are fetched. Refuses an answer that is no JSON, says
success=false, or has no resources where they belong; DiscoverError where no address is left.
"""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from anchor_spend.errors import DiscoverError, FetchError
from anchor_spend.fetch import Fetcher
from anchor_spend.links import Link
from anchor_spend.spec import Listing, Publisher

ROWS = 100  # datasets of one answer
MAX_ANSWERS = 20
_DAY = re.compile(r"(\d{4})-(\d\d)-\d\d(?:T.*)?|\d\d/(\d\d)/(\d{4})")

logger = logging.getLogger(__name__)


def resource_links(publisher: Publisher, stream: str, listing: Listing, fetcher: Fetcher) -> Iterator[Link]:
    """The resources of every catalogue address; one that cannot be read is in the ledger and left out."""
    problems: list[str] = []
    for url in listing.urls:
        try:
            for package in _packages(publisher, stream, url, fetcher):
                yield from _links_of(package)
        except FetchError as error:
            problems.append(str(error))
            logger.warning("catalogue left out: %s", error)
    if len(problems) == len(listing.urls):
        raise DiscoverError(
            f"{publisher.publisher_id}, {stream}: no catalogue address can be read. First: {problems[0]}"
        )


def _packages(publisher: Publisher, stream: str, url: str, fetcher: Fetcher) -> Iterator[dict[str, Any]]:
    if "package_search" not in urlsplit(url).path:
        yield _result(publisher, stream, url, fetcher)
        return
    start = 0
    for _ in range(MAX_ANSWERS):
        asked = _page_of(url, start)
        result = _result(publisher, stream, asked, fetcher)
        packages, count = result.get("results"), result.get("count")
        if not isinstance(packages, list) or not isinstance(count, int):
            raise _problem(publisher, stream, asked, fetcher, "names no result.results or no count")
        yield from packages
        start += len(packages)
        if not packages or start >= count:
            return
    detail = f"finds more than {start} datasets; narrow the search"
    _problem(publisher, stream, url, fetcher, detail)


def _page_of(url: str, start: int) -> str:
    """The search again from its `start`-th dataset on, with as many rows as its address asks for."""
    parts = urlsplit(url)
    query = {"rows": str(ROWS), **dict(parse_qsl(parts.query)), "start": str(start)}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _result(publisher: Publisher, stream: str, url: str, fetcher: Fetcher) -> dict[str, Any]:
    body = fetcher.catalogue(publisher, stream, url)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _problem(publisher, stream, url, fetcher, "is cut off or damaged") from error
    if answer.get("success") is not True:
        raise _problem(publisher, stream, url, fetcher, "says that it did not succeed (success is not true)")
    result = answer.get("result")
    if not isinstance(result, dict):
        raise _problem(publisher, stream, url, fetcher, "holds no result")
    return result


def _problem(publisher: Publisher, stream: str, url: str, fetcher: Fetcher, what: str) -> FetchError:
    detail = (
        f"The catalogue's answer at {url} {what}. Open it in a browser and correct the listing in the spec."
    )
    fetcher.note_problem(publisher, stream, url, detail)
    return FetchError(detail, is_transient=False)


def _links_of(package: Any) -> Iterator[Link]:
    fields = package if isinstance(package, dict) else {}
    title, resources = _text(fields, "title"), fields.get("resources")
    for resource in resources if isinstance(resources, list) else []:
        if not isinstance(resource, dict):
            continue
        url = _text(resource, "url")
        if not url or _text(resource, "state") not in ("", "active"):
            continue
        description = _text(resource, "description")
        about = f"{_text(resource, 'format').lower()} {description} {title}"
        name = _text(resource, "name") or description
        secure = re.sub("^http:", "https:", url)
        yield Link(name, secure, description, _month(_text(resource, "date")), title, about)


def _month(day: str) -> str:
    """The month of a resource's date: what a resource of a series is of, as its publisher filled it in."""
    match = _DAY.fullmatch(day)
    return (f"{match[1]}-{match[2]}" if match[1] else f"{match[4]}-{match[3]}") if match else day


def _text(fields: dict[str, Any], key: str) -> str:
    """A field of the catalogue; it leaves fields out, or states null."""
    value = fields.get(key)
    return " ".join(value.split())[:500] if isinstance(value, str) else ""
