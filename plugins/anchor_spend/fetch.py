"""Fetching: listing pages and files over HTTPS, and files of an inbox or archive, into the landing store.

In: an address that a spec or a listing page names. Out: a page to read links from, or a landed file. Every
try is a row of the ledger. Refuses, saying what came and what to do: hosts and redirects outside the
publisher's list, private addresses, sign-in and error pages that say success, bodies that are too large, too
slow or cut off, certificates that cannot be verified.

No publisher's site has been asked yet: all of this was tried against servers on the loopback address that
misbehave as the real ones were seen to (tests/faults/test_http_behaviours.py lists them). A spec says
`verified` only after a first real fetch.
"""

import hashlib
import itertools
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from anchor_spend import answers, ledger, sources
from anchor_spend.errors import FetchError, SettingsError
from anchor_spend.landing import LandingStore
from anchor_spend.link_periods import find_period
from anchor_spend.local_files import read_settled
from anchor_spend.network import Resolver, public_addresses
from anchor_spend.politeness import Limits, Manners
from anchor_spend.reach import Site, host_of, published_address, short, why_not
from anchor_spend.records import DiscoveredFile, FetchAttempt, LandedFile, Source
from anchor_spend.replay import redirected
from anchor_spend.robots import Robots, parse_robots
from anchor_spend.settings import load_settings
from anchor_spend.spec import Publisher
from anchor_spend.transport import PRODUCT, Trace, Transport, only_sample, user_agent

__all__ = ["Fetcher", "Limits", "Page", "default_inbox", "user_agent"]

_PAGE_BYTES = 16 * 2**20
_ROBOTS_BYTES = 512 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """A listing page: its address as the publisher had it, its bytes, and the web archive it came from."""

    url: str
    html: bytes
    archive: str = ""  # host of the web archive that replayed it


@dataclass(frozen=True)
class _Want:
    """What is being fetched, and for which identity in the ledger."""

    publisher: Site
    stream: str
    period: str | None
    max_bytes: int
    validators: ledger.Validators | None = None
    is_robots: bool = False
    is_interface: bool = False  # made for programs: a robots.txt speaks of pages
    into: Path | None = None  # where a body goes that memory should not hold


def default_inbox(source: Source) -> Path:
    """Where partners drop files; the sample county has an inbox of its own: its files never look real."""
    return sources.sample_folder() / "inbox" if source == "sample" else load_settings().inbox


class Fetcher:
    """Fetches for one run; keep one for all files of a batch, it remembers hosts that fail.

    `sample_origin` is the sample county's own server: every https://HOST/PATH is then asked as
    <sample_origin>/HOST/PATH, and nothing else can be reached. `resolve` and `ca_bundle` are for tests and
    for networks with a certificate authority of their own. HTTPS_PROXY is used where it is set; the proxy
    then resolves names, and the publisher's list of hosts alone decides what may be asked.
    """

    def __init__(
        self,
        source: Source,
        run_id: str,
        *,
        sample_origin: str | None = None,
        archive: str = "",
        inbox: Path | None = None,
        limits: Limits | None = None,
        resolve: Resolver = public_addresses,
        ca_bundle: str = "",
    ) -> None:
        if (source == "sample") != bool(sample_origin):
            raise SettingsError(
                "A sample run, and only a sample run, needs the address of the sample server."
            )
        self.source, self.run_id, self.limits = source, run_id, limits or Limits()
        self.inbox = (inbox or default_inbox(source)).resolve()
        self._folders = [self.inbox, *([Path(archive).resolve()] if archive else [])]
        self._origin = (sample_origin or "").rstrip("/")
        reachable = only_sample(self._origin) if self._origin else resolve
        self._transport = Transport(self.limits, reachable, ca_bundle, is_sample=bool(self._origin))
        self._manners = Manners(self.limits, self._take_turn)
        self._robots: dict[str, Robots] = {}

    def _take_turn(self, host: str) -> AbstractContextManager[None]:
        return ledger.turn_at_host(host)

    @property
    def is_synthetic(self) -> bool:
        return self.source == "sample"

    def address(self, url: str) -> str:
        """The address that is asked, and kept in the ledger, for a URL as its publisher writes it."""
        parts = urlsplit(url)
        if not self._origin or parts.scheme == "file" or url.startswith(f"{self._origin}/"):
            return url
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._origin}/{parts.hostname}{parts.path or '/'}{query}"

    def published_url(self, address: str) -> str:
        """The inverse of `address`: the URL as its publisher writes it."""
        if not self._origin or not address.startswith(f"{self._origin}/"):
            return address
        return "https://" + address.removeprefix(f"{self._origin}/")

    def page(self, publisher: Publisher, stream: str, url: str) -> Page:
        """A listing page; FetchError when it cannot be had or is no web page."""
        want = _Want(publisher, stream, None, min(self.limits.max_bytes, _PAGE_BYTES))
        trace = self._listing(want, url, answers.looks_like_html, "web page")
        original = published_address(trace.url, publisher)
        return Page(original, trace.body, "" if original == trace.url else host_of(trace.url))

    def catalogue(self, publisher: Publisher, stream: str, url: str) -> bytes:
        """The JSON answer of a catalogue's interface; FetchError when it cannot be had or is none."""
        limit = min(self.limits.max_bytes, _PAGE_BYTES)
        want = _Want(publisher, stream, None, limit, is_interface=True)
        return self._listing(want, url, answers.looks_like_json, "JSON answer").body

    def _listing(self, want: _Want, url: str, is_sound: Callable[[bytes], bool], kind: str) -> Trace:
        trace = self._get(want, self.published_url(url))
        if not is_sound(trace.body):
            came = answers.describe(trace.headers, trace.body, trace.url)
            detail = f"{url} is no {kind} ({came}). Correct the listing's address in the spec."
            self._record(want, trace.attempt("failed", detail))
            raise FetchError(detail, is_transient=False, status=trace.status)
        self._record(want, trace.attempt("listing"))
        return trace

    def download(
        self, site: Site, name: str, url: str, into: Path, max_bytes: int, known: ledger.Validators | None
    ) -> Trace:
        """A file of any size onto disk, noted under `name`; with status 304 where `known` still holds.

        FetchError when it cannot be had, or a web page came in its place.
        """
        want = _Want(site, name, None, max_bytes, known, into=into)
        trace = self._get(want, url)
        if trace.status == 304:
            self._record(want, trace.attempt("unchanged"))
            return trace
        with into.open("rb") as file:
            problem = answers.why_no_file(file.read(_PAGE_BYTES), trace.url)
        if problem:
            detail = f"{short(url)} brought {problem[0]} instead of a register."
            self._record(want, trace.attempt("failed", detail))
            raise FetchError(detail, is_transient=False, status=trace.status)
        self._record(want, trace.attempt("landed"))
        return trace

    def note_problem(self, publisher: Publisher, stream: str, url: str, detail: str) -> None:
        """A row of the ledger for what was offered and cannot be told: no period, no stream."""
        want = _Want(publisher, stream, None, 0)
        self._record(want, Trace(self.address(url), url).attempt("failed", detail))

    def land(
        self, file: DiscoveredFile, publisher: Publisher, store: LandingStore, spec_sha256: str
    ) -> LandedFile:
        """Fetch a file into the store and note it in the ledger: the version the publisher shows now.

        FetchError says what came instead and what to do. May be repeated after a crash at any point: the
        ledger learns of a file only once its bytes are kept.
        """
        file = replace(file, url=self.address(file.url))
        limit = min(self.limits.max_bytes, store.max_bytes)
        if urlsplit(file.url).scheme == "file":
            want = _Want(publisher, file.stream, file.period, limit)
            trace = self._read_local(want, file)
        else:
            known = ledger.last_validators(file.url, self.is_synthetic)
            known = known if known and store.has(known.sha256) else None
            want = _Want(publisher, file.stream, file.period, limit, known)
            trace = self._get(want, self.published_url(file.url))
        if trace.status == 304 and want.validators:
            return self._note_unchanged(file, want.validators, spec_sha256, trace)
        self._refuse_no_file(want, file, trace)
        sha256 = store.put(trace.body)
        original = published_address(trace.url, publisher)
        name = answers.file_name(trace.headers, original, f"{file.publisher_id}-{file.stream}-{file.period}")
        kept = ledger.Version(sha256, name, len(trace.body), spec_sha256)
        if original != trace.url:  # of an archived file the address that says when the archive took it
            file = replace(file, url=self.address(trace.url))
        attempt = trace.attempt("landed", _doubt(file, name, publisher))
        return ledger.land_version(file, self.source, kept, self.run_id, attempt)

    def _note_unchanged(
        self, file: DiscoveredFile, known: ledger.Validators, spec_sha256: str, trace: Trace
    ) -> LandedFile:
        trace.headers = {"etag": known.etag, "last-modified": known.last_modified} | trace.headers
        attempt = replace(trace.attempt("unchanged"), sha256=known.sha256, size_bytes=known.size_bytes)
        kept = ledger.Version(known.sha256, known.file_name, known.size_bytes, spec_sha256)
        return ledger.land_version(file, self.source, kept, self.run_id, attempt)

    def _refuse_no_file(self, want: _Want, file: DiscoveredFile, trace: Trace) -> None:
        problem = answers.why_no_file(trace.body, trace.url)
        actual = hashlib.sha256(trace.body).hexdigest()
        if problem:
            what, remedy = problem
            came = answers.describe(trace.headers, trace.body, trace.url)
            detail = (
                f"{short(file.url)} brought {what} instead of the file for {file.period} ({came}). {remedy}"
            )
        elif file.sha256 and file.sha256 != actual:
            detail = (
                f"{short(file.url)} is not the file of its manifest: its sha256 begins {actual[:12]}, there "
                f"{file.sha256[:12]}. Restore the file, or correct the manifest."
            )
        else:
            return
        self._record(want, trace.attempt("failed", detail))
        raise FetchError(detail, is_transient=False, status=trace.status)

    def _record(self, want: _Want, attempt: FetchAttempt) -> None:
        who = (want.publisher.publisher_id, want.stream, want.period)
        ledger.record_attempt(self.run_id, self.is_synthetic, *who, attempt)

    # files of an inbox or archive ------------------------------------------------------------------------

    def _read_local(self, want: _Want, file: DiscoveredFile) -> Trace:
        trace = Trace(file.url, file.url)
        path = Path(unquote(urlsplit(file.url).path)).resolve()
        try:
            if not any(path.is_relative_to(folder) for folder in self._folders):
                raise FetchError(
                    f"{path.name} lies outside the inbox and the archive of this run; it was not read. "
                    "Copy the file itself there, links to other places are not followed.",
                    is_transient=False,
                )
            settle = self.limits.settle_seconds if path.is_relative_to(self.inbox) else 0.0
            trace.body = read_settled(path, want.max_bytes, settle)
        except FetchError as error:
            self._record(want, trace.attempt("failed", str(error)))
            raise
        return trace

    # HTTP ------------------------------------------------------------------------------------------------

    def _get(self, want: _Want, url: str) -> Trace:
        """Try until it works or trying again makes no sense; the caller records the try that worked."""
        self._ask_robots_first(want, url)
        for number in itertools.count(1):
            trace = Trace(self.address(url), url, into=want.into)
            self._transport.forget_cookies()
            try:
                self._follow(want, trace)
            except FetchError as error:
                is_answer = want.is_robots and 400 <= (error.status or 0) < 500  # no rules: an answer as well
                self._record(want, trace.attempt("listing" if is_answer else "failed", str(error)))
                wait = self._wait_before_next(number, trace, error)
                if wait is None:
                    raise
                time.sleep(wait)
            else:
                self._manners.note_success(host_of(trace.url))
                return trace
        raise AssertionError("unreachable")

    def _wait_before_next(self, number: int, trace: Trace, error: FetchError) -> float | None:
        """Seconds to wait before another try; None to give up."""
        host = host_of(trace.url)
        if not error.is_transient or self._manners.is_resting(host):
            return None
        self._manners.note_failure(host)
        return self._manners.wait_before_try(number, host, trace.headers.get("retry-after", ""))

    def _follow(self, want: _Want, trace: Trace) -> None:
        """Ask, and follow redirects by hand: every hop is checked as the first was."""
        for _ in range(self.limits.max_redirects + 1):
            self._refuse_target(want, trace)
            self._refuse_what_robots_forbid(want, trace.url)
            with self._turn(host_of(trace.url)):
                location = self._transport.ask(
                    trace, self.address(trace.url), want.max_bytes, want.validators
                )
            if location is None:
                return
            trace.url = self._target(want.publisher, trace, location)
            trace.redirects.append(self.address(trace.url))
        raise FetchError(
            f"{short(trace.address)} redirects more than {self.limits.max_redirects} times, probably in a "
            "circle. Open it in a browser and put the address it ends at into the spec.",
            is_transient=False,
            status=trace.status,
        )

    @contextmanager
    def _turn(self, host: str) -> Iterator[None]:
        """The sample's own server needs no sparing."""
        if self._origin:
            yield
            return
        with self._manners.turn(host, self._transport.hang_up):
            yield

    def _refuse_target(self, want: _Want, trace: Trace) -> None:
        host = host_of(trace.url)
        if self._manners.is_resting(host):
            message = f"{host} failed too often just now and was not asked again. Try later."
            raise FetchError(message, is_transient=True)
        problem = why_not(trace.url, want.publisher, is_robots=want.is_robots)
        if problem is None:
            return
        where = f"{short(trace.address)} redirects to" if trace.redirects else "The address is at"
        remedy = (
            "If that is right, add the host to the listing's `hosts` in the spec; else ask the publisher."
        )
        raise FetchError(f"{where} {problem}. {remedy}", is_transient=False, status=trace.status)

    def _target(self, publisher: Site, trace: Trace, location: str) -> str:
        try:
            target = redirected(trace.url, self.published_url(location), publisher.archives)
            return urldefrag(target).url
        except ValueError as error:
            raise FetchError(
                f"{short(trace.address)} redirects to something that is no address. Tell the publisher.",
                is_transient=False,
                status=trace.status,
            ) from error

    # robots.txt ------------------------------------------------------------------------------------------

    def _ask_robots_first(self, want: _Want, url: str) -> None:
        """Here, so that a robots.txt that cannot be had is not tried anew with each try of the file."""
        trace = Trace(self.address(url), url)
        try:
            self._refuse_target(want, trace)
            self._refuse_what_robots_forbid(want, url)
        except FetchError as error:
            self._record(want, trace.attempt("failed", str(error)))
            raise

    def _refuse_what_robots_forbid(self, want: _Want, url: str) -> None:
        """An interface for programs is not what a robots.txt closes to search engines: the one that CKAN
        comes with names its whole interface. The pause it asks for is kept there as well."""
        if self._origin or want.is_robots:
            return
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if not self._robots_of(want, host_of(url)).allows(path) and not want.is_interface:
            raise FetchError(
                f"The robots.txt of {host_of(url)} asks programs not to fetch {short(url)}. Ask the "
                f"publisher to allow {PRODUCT}, or put the file into the body's inbox folder.",
                is_transient=False,
            )

    def _robots_of(self, want: _Want, host: str) -> Robots:
        if host not in self._robots:
            self._robots[host] = self._ask_robots(want, host)
            if self._robots[host].crawl_delay:
                self._manners.ask_delay(host, self._robots[host].crawl_delay)
        return self._robots[host]

    def _ask_robots(self, want: _Want, host: str) -> Robots:
        ask = _Want(want.publisher, want.stream, None, _ROBOTS_BYTES, is_robots=True)
        try:
            trace = self._get(ask, f"https://{host}/robots.txt")
        except FetchError as error:
            if error.is_transient:  # rules there may be: a host that cannot say must not be crawled
                raise
            return Robots()
        self._record(ask, trace.attempt("listing", "robots.txt"))
        return parse_robots(trace.body.decode("utf-8", "replace"), PRODUCT)


def _doubt(file: DiscoveredFile, name: str, publisher: Publisher) -> str:
    """What the file's own name says against the month its link gave it; '' as a rule."""
    cadence = publisher.streams[file.stream].cadence  # type: ignore[index]
    named = find_period(name, "", cadence)
    if named in (None, file.period):
        return ""
    doubt = f"Its own name reads as {named}, its link as {file.period}: check that the link is right."
    logger.warning("%s, %s: %s", file.publisher_id, file.stream, doubt)
    return doubt
