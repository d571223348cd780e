"""Addresses of a web archive: how a retired site is asked there, and what an archived address stands for.

In: a spec's `replay` prefix (https://web.archive.org/web/20210401000000id_/ or the National Archives'
https://webarchive.nationalarchives.gov.uk/ukgwa/20130401000000id_/) and addresses as the retired site had
them. Out: addresses at the archive, and back. `id_` asks for the bytes as they were; without it pages come
with links that the archive has rewritten, which are recognised. Refuses nothing: reach.py decides.
"""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

_CAPTURE = re.compile(
    r"(?P<prefix>https://(?P<host>[^/?#@]+)/(?:[\w-]+/)*(?P<stamp>\d{4,14})(?:[a-z]{2}_)?/)"
    r"(?P<scheme>https?):/{1,2}(?P<rest>[^/].*)",
    re.DOTALL,
)
_REWRITTEN = re.compile(r"(?:(?:https?:)?//[^/?#@]+)?/(?:[\w-]+/)*\d{4,14}(?:[a-z]{2}_)?/(?=https?:/)")


@dataclass(frozen=True)
class Capture:
    """An address at a web archive, in its parts."""

    prefix: str
    host: str  # the archive's
    stamp: str  # when the archive took it, YYYYMMDDhhmmss or the beginning of it
    original: str  # the address it stands for


def capture_of(url: str) -> Capture | None:
    """The parts of an address at a web archive; None for other addresses."""
    match = _CAPTURE.fullmatch(url)
    if match is None:
        return None
    original = f"{match['scheme']}://{match['rest']}"
    return Capture(match["prefix"], match["host"].lower(), match["stamp"], original)


def original_of(url: str, archives: frozenset[str]) -> str:
    """The address as the retired site had it, where `url` is at one of the archives; else `url` itself."""
    capture = capture_of(url)
    return capture.original if capture and capture.host in archives else url


def unrewritten(href: str, archive: str) -> str:
    """A link of a replayed page as its author wrote it: '/web/2021.../http://a/b' becomes 'http://a/b'."""
    match = _REWRITTEN.match(href)
    host = (urlsplit(href).hostname or archive) if match else archive
    if match is None or host != archive:
        return href
    scheme, _, rest = href[match.end() :].partition(":")
    return f"{scheme}://{rest.lstrip('/')}"


def redirected(url: str, location: str, archives: frozenset[str]) -> str:
    """Where a redirect leads. From a replayed address never to the live site: that host is retired, and
    whoever owns its name today is not the publisher."""
    target = urljoin(url, location)
    capture = capture_of(url)
    if capture is None or capture.host not in archives:
        return target
    landed = capture_of(target)
    if landed and landed.host == capture.host:
        return landed.prefix + landed.original
    return capture.prefix + urljoin(capture.original, location)
