"""Which addresses may be asked for a body: https, its own hosts, and a web archive only for its own pages.

In: a spec and an address, of a listing page, a link or a redirect. Out: the problem, in words, or none.
Refuses other schemes and ports, passwords in addresses, sign-in pages, hosts the spec does not name, and
archived pages of other bodies. Private addresses are refused where names are resolved (network.py).
"""

from typing import Protocol
from urllib.parse import urlsplit

from anchor_spend import answers
from anchor_spend.replay import capture_of, original_of

_PORTS = {"https": 443, "http": 80}


class Site(Protocol):
    """Whose addresses are asked: a publisher's, as its spec has them, or a register's."""

    @property
    def publisher_id(self) -> str: ...
    @property
    def live_hosts(self) -> frozenset[str]: ...
    @property
    def archived_hosts(self) -> frozenset[str]: ...
    @property
    def archives(self) -> frozenset[str]: ...


def host_of(url: str) -> str:
    """The host of an address, in lower case; '' where it is no address."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def short(url: str) -> str:
    """An address for a message: without its query, which may be long."""
    return url.partition("?")[0]


def why_not(url: str, publisher: Site, *, is_robots: bool = False) -> str | None:
    """What is wrong with asking `url` for a body; None when it may be asked."""
    host = host_of(url)
    is_archive = host in publisher.archives
    listed = publisher.live_hosts | publisher.archives
    if answers.is_sign_in_address(url) and host not in listed:
        return f"the sign-in page of {host}: the link is not public"
    if not is_plain(url, ("https",)):
        return f"{short(url)}: only plain https addresses are fetched"
    if host not in listed:
        return f"{host}, which is not among the hosts of {publisher.publisher_id}"
    if not is_archive or is_robots or host in publisher.live_hosts:
        return None
    capture = capture_of(url)
    if capture is None or not is_plain(capture.original, ("http", "https")):
        return f"{short(url)}, which is no archived page of a site"
    original = host_of(capture.original)
    if original not in publisher.archived_hosts:
        whose = f"which is not among the hosts of {publisher.publisher_id}"
        return f"an archived page of {original}, {whose}"
    return None


def is_plain(url: str, schemes: tuple[str, ...]) -> bool:
    """Whether an address has one of the schemes, its usual port and no password."""
    try:
        parts = urlsplit(url)
        usual = (None, _PORTS.get(parts.scheme))
        return parts.scheme in schemes and "@" not in parts.netloc and parts.port in usual
    except ValueError:  # not an address at all
        return False


def published_address(url: str, publisher: Site) -> str:
    """The address as the publisher had it: of an archived page the one it stands for."""
    return original_of(url, publisher.archives)
