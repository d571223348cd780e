"""Fetching: listing pages and files over HTTPS, and files of an inbox or archive, into the landing store.

In: an address that a spec or a listing page names. Out: a page to read links from, or a landed file. Every
try is a row of the ledger. Refuses, saying what came and what to do: hosts and redirects outside the
publisher's list, private addresses, sign-in and error pages that say success, bodies that are too large, too
slow or cut off, certificates that cannot be verified.
"""

import hashlib
import ipaddress
import itertools
import logging
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import requests
import urllib3
from requests.cookies import extract_cookies_to_jar

from anchor_spend import answers, ledger, sources
from anchor_spend.errors import FetchError, SettingsError
from anchor_spend.landing import LandingStore
from anchor_spend.network import GuardedAdapter, Resolver, only, public_addresses
from anchor_spend.records import AttemptOutcome, DiscoveredFile, FetchAttempt, LandedFile, Source
from anchor_spend.robots import Robots, parse_robots
from anchor_spend.settings import load_settings
from anchor_spend.spec import Publisher

PRODUCT = "AnchorSpend"
_KEPT_HEADERS = (
    "content-type", "content-length", "content-encoding", "content-disposition", "etag", "last-modified",
    "date", "retry-after", "server",
)  # fmt: skip
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 64 * 1024
_PAGE_BYTES = 16 * 2**20
_ROBOTS_BYTES = 512 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How patient and how polite a fetcher is."""

    connect_seconds: float = 10
    read_seconds: float = 60
    total_seconds: float = 300  # one answer, however slowly it drips
    max_bytes: int = 128 * 2**20  # decompressed; the largest monthly file known is under 10 MB
    max_redirects: int = 10
    tries: int = 4
    backoff_seconds: float = 1  # doubles with each try, give or take a half
    retry_after_cap_seconds: float = 120  # a host that wants longer is left alone in this run
    delay_seconds: float = 0.5  # between two requests to one host
    failures_to_open: int = 6  # after that many failures in a row a host is left alone ...
    open_seconds: float = 60  # ... for so long


@dataclass(frozen=True)
class Page:
    """A listing page: where it was found in the end, and its bytes."""

    url: str
    html: bytes


@dataclass(frozen=True)
class _Want:
    """What is being fetched, and for which identity in the ledger."""

    publisher: Publisher
    stream: str
    period: str | None
    max_bytes: int
    validators: ledger.Validators | None = None
    is_robots: bool = False


@dataclass
class _Trace:
    """What one try has seen so far; becomes its ledger row."""

    address: str
    url: str  # as the publisher writes it; where the redirects have led to
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    redirects: list[str] = field(default_factory=list)
    body: bytes = b""

    def attempt(self, outcome: AttemptOutcome, detail: str = "") -> FetchAttempt:
        return FetchAttempt(
            url=self.address,
            started_at=self.started_at,
            duration_ms=round((time.monotonic() - self.clock) * 1000),
            outcome=outcome,
            http_status=self.status,
            detail=detail,
            response_headers={n: self.headers[n][:500] for n in _KEPT_HEADERS if n in self.headers},
            redirects=self.redirects,
            sha256=hashlib.sha256(self.body).hexdigest() if self.body else None,
            size_bytes=len(self.body) if self.body else None,
        )


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
        self._adapter = GuardedAdapter(_only_sample(self._origin) if self._origin else resolve)
        self._session = _session(ca_bundle, is_sample=bool(self._origin))
        self._failures: dict[str, tuple[int, float]] = {}
        self._robots: dict[str, Robots] = {}

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
        trace = self._get(want, self.published_url(url))
        if not answers.looks_like_html(trace.body):
            came = answers.describe(trace.headers, trace.body, trace.url)
            detail = f"{url} is no web page ({came}). Correct the listing's address in the spec."
            self._record(want, trace.attempt("failed", detail))
            raise FetchError(detail, is_transient=False, status=trace.status)
        self._record(want, trace.attempt("listing"))
        return Page(trace.url, trace.body)

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
        name = answers.file_name(trace.headers, trace.url, f"{file.publisher_id}-{file.stream}-{file.period}")
        kept = ledger.Version(sha256, name, len(trace.body), spec_sha256)
        return ledger.land_version(file, self.source, kept, self.run_id, trace.attempt("landed"))

    def _note_unchanged(
        self, file: DiscoveredFile, known: ledger.Validators, spec_sha256: str, trace: _Trace
    ) -> LandedFile:
        trace.headers = {"etag": known.etag, "last-modified": known.last_modified} | trace.headers
        attempt = replace(trace.attempt("unchanged"), sha256=known.sha256, size_bytes=known.size_bytes)
        kept = ledger.Version(known.sha256, known.file_name, known.size_bytes, spec_sha256)
        return ledger.land_version(file, self.source, kept, self.run_id, attempt)

    def _refuse_no_file(self, want: _Want, file: DiscoveredFile, trace: _Trace) -> None:
        problem = answers.why_no_file(trace.body, trace.url)
        actual = hashlib.sha256(trace.body).hexdigest()
        if problem:
            what, remedy = problem
            came = answers.describe(trace.headers, trace.body, trace.url)
            detail = (
                f"{_short(file.url)} brought {what} instead of the file for {file.period} ({came}). {remedy}"
            )
        elif file.sha256 and file.sha256 != actual:
            detail = (
                f"{_short(file.url)} is not the file of its manifest: its sha256 begins {actual[:12]}, there "
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

    def _read_local(self, want: _Want, file: DiscoveredFile) -> _Trace:
        trace = _Trace(file.url, file.url)
        path = Path(unquote(urlsplit(file.url).path)).resolve()
        try:
            if not any(path.is_relative_to(folder) for folder in self._folders):
                raise FetchError(
                    f"{path.name} lies outside the inbox and the archive of this run; it was not read. "
                    "Copy the file itself there, links to other places are not followed.",
                    is_transient=False,
                )
            trace.body = _read_file(path, want.max_bytes)
        except FetchError as error:
            self._record(want, trace.attempt("failed", str(error)))
            raise
        return trace

    # HTTP ------------------------------------------------------------------------------------------------

    def _get(self, want: _Want, url: str) -> _Trace:
        """Try until it works or trying again makes no sense; the caller records the try that worked."""
        self._ask_robots_first(want, url)
        for number in itertools.count(1):
            trace = _Trace(self.address(url), url)
            self._session.cookies.clear()
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
                self._failures.pop(_host(trace.url), None)
                return trace
        raise AssertionError("unreachable")

    def _wait_before_next(self, number: int, trace: _Trace, error: FetchError) -> float | None:
        """Seconds to wait before another try; None to give up."""
        host = _host(trace.url)
        if not error.is_transient or self._is_open(host):
            return None
        failures = self._failures.get(host, (0, 0.0))[0] + 1
        self._failures[host] = (failures, time.monotonic())
        wanted = answers.retry_after(trace.headers.get("retry-after", ""))
        if number >= self.limits.tries or self._is_open(host) or wanted > self.limits.retry_after_cap_seconds:
            return None
        backoff = self.limits.backoff_seconds * 2.0 ** (number - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        return max(wanted, backoff)

    def _is_open(self, host: str) -> bool:
        failures, last = self._failures.get(host, (0, 0.0))
        if failures < self.limits.failures_to_open:
            return False
        return time.monotonic() - last < self.limits.open_seconds

    def _follow(self, want: _Want, trace: _Trace) -> None:
        """Ask, and follow redirects by hand: every hop is checked as the first was."""
        for _ in range(self.limits.max_redirects + 1):
            self._refuse_target(want.publisher, trace)
            self._refuse_what_robots_forbid(want, trace.url)
            with self._turn(_host(trace.url)):
                target = self._ask(want, trace)
            if target is None:
                return
            trace.redirects.append(self.address(target))
            trace.url = target
        raise FetchError(
            f"{_short(trace.address)} redirects more than {self.limits.max_redirects} times, probably in a "
            "circle. Open it in a browser and put the address it ends at into the spec.",
            is_transient=False,
            status=trace.status,
        )

    @contextmanager
    def _turn(self, host: str) -> Iterator[None]:
        """One request at a time to a host, a pause between two, also among parallel processes."""
        if self._origin:
            yield
            return
        with ledger.turn_at_host(host):
            try:
                yield
            finally:
                time.sleep(self.limits.delay_seconds)

    def _refuse_target(self, publisher: Publisher, trace: _Trace) -> None:
        host = _host(trace.url)
        if self._is_open(host):
            message = f"{host} failed too often just now and was not asked again. Try later."
            raise FetchError(message, is_transient=True)
        where = f"{_short(trace.address)} redirects to" if trace.redirects else "The address is at"
        if answers.is_sign_in_address(trace.url) and host not in publisher.hosts:
            problem = f"{where} the sign-in page of {host}: the link is not public"
        elif not _is_plain_https(trace.url):
            problem = f"{where} {_short(trace.url)}: only plain https addresses are fetched"
        elif host not in publisher.hosts:
            problem = f"{where} {host}, which is not among the hosts of {publisher.publisher_id}"
        else:
            return
        remedy = (
            "If that is right, add the host to the listing's `hosts` in the spec; else ask the publisher."
        )
        raise FetchError(f"{problem}. {remedy}", is_transient=False, status=trace.status)

    def _ask_robots_first(self, want: _Want, url: str) -> None:
        """Here, so that a robots.txt that cannot be had is not tried anew with each try of the file."""
        trace = _Trace(self.address(url), url)
        try:
            self._refuse_target(want.publisher, trace)
            self._refuse_what_robots_forbid(want, url)
        except FetchError as error:
            self._record(want, trace.attempt("failed", str(error)))
            raise

    def _refuse_what_robots_forbid(self, want: _Want, url: str) -> None:
        if self._origin or want.is_robots:
            return
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if not self._robots_of(want, _host(url)).allows(path):
            raise FetchError(
                f"The robots.txt of {_host(url)} asks programs not to fetch {_short(url)}. Ask the publisher "
                f"to allow {PRODUCT}, or put the file into the body's inbox folder.",
                is_transient=False,
            )

    def _robots_of(self, want: _Want, host: str) -> Robots:
        if host not in self._robots:
            ask = replace(want, period=None, max_bytes=_ROBOTS_BYTES, validators=None, is_robots=True)
            try:
                trace = self._get(ask, f"https://{host}/robots.txt")
            except FetchError as error:
                if error.is_transient:  # rules there may be: a host that cannot say must not be crawled
                    raise
                self._robots[host] = Robots()
            else:
                self._record(ask, trace.attempt("listing", "robots.txt"))
                self._robots[host] = parse_robots(trace.body.decode("utf-8", "replace"), PRODUCT)
        return self._robots[host]

    def _ask(self, want: _Want, trace: _Trace) -> str | None:
        """One request. The next address of a redirect, or None with the body in `trace`."""
        limits = self.limits
        with self._adapter.cut_off_after(limits.total_seconds) as cut_off:
            try:
                with self._send(trace.url, want.validators) as response:
                    target = self._take(want, trace, response, cut_off)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                raise _connection_error(trace, error, cut_off, limits) from error
        return target

    def _send(self, url: str, validators: ledger.Validators | None) -> requests.Response:
        """Past Session.send, which reads the body of a redirect, whatever its size."""
        session, limits = self._session, self.limits
        request = session.prepare_request(
            requests.Request("GET", self.address(url), headers=_conditions(validators))
        )
        response = self._adapter.send(
            request,
            stream=True,
            timeout=(limits.connect_seconds, limits.read_seconds),
            verify=session.verify or True,  # never off
            proxies=dict(session.proxies),
        )
        extract_cookies_to_jar(session.cookies, request, response.raw)  # type: ignore[no-untyped-call]
        return response

    def _take(self, want: _Want, trace: _Trace, response: requests.Response, cut_off: Event) -> str | None:
        trace.status = response.status_code
        trace.headers = {name.lower(): value for name, value in response.headers.items()}
        location = self._session.get_redirect_target(response)
        if response.status_code in _REDIRECTS and location:
            return self._target(trace, location)
        if response.status_code == 200:
            raw = _read_body(response, want.max_bytes, cut_off)
            trace.body = answers.decompress(raw, trace.headers.get("content-encoding", ""), want.max_bytes)
        elif response.status_code != 304 or not want.validators:
            raise answers.status_error(_short(trace.address), response.status_code)
        return None

    def _target(self, trace: _Trace, location: str) -> str:
        try:
            return urldefrag(self.published_url(urljoin(trace.url, location))).url
        except ValueError as error:
            raise FetchError(
                f"{_short(trace.address)} redirects to something that is no address. Tell the publisher.",
                is_transient=False,
                status=trace.status,
            ) from error


# one answer ----------------------------------------------------------------------------------------------


def _conditions(known: ledger.Validators | None) -> dict[str, str]:
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def _read_body(response: requests.Response, max_bytes: int, cut_off: Event) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise answers.too_large(max_bytes)
    parts: list[bytes] = []
    size = 0
    for part in response.raw.stream(_CHUNK, decode_content=False):
        size += len(part)
        if size > max_bytes:
            raise answers.too_large(max_bytes)
        parts.append(part)
    if cut_off.is_set():  # a body without a length ends quietly when its connection is shut
        raise TimeoutError
    return b"".join(parts)


def _read_file(path: Path, max_bytes: int) -> bytes:
    try:
        if path.stat().st_size > max_bytes:
            raise answers.too_large(max_bytes)
        return path.read_bytes()
    except OSError as error:
        raise FetchError(
            f"{path.name} cannot be read: {error.strerror}. Put the file back, or correct the manifest.",
            is_transient=False,
        ) from error


def _connection_error(trace: _Trace, error: Exception, cut_off: Event, limits: Limits) -> FetchError:
    text, is_transient = repr(error), not isinstance(error, requests.exceptions.SSLError | ValueError)
    if cut_off.is_set():
        reason, is_transient = f"took longer than {limits.total_seconds:g} s and was cut off.", True
    elif isinstance(error, ValueError):
        reason = f"cannot be asked, or answers against the rules of HTTP ({type(error).__name__})."
    elif not is_transient:
        reason = (
            "has no certificate that can be verified; nothing was taken. The host's administrator must "
            "repair it (often an intermediate certificate is missing)."
        )
    elif isinstance(error, requests.Timeout | urllib3.exceptions.ReadTimeoutError):
        reason = f"gave no sign for {limits.read_seconds:g} s."
    elif "NameResolutionError" in text:
        reason = "names a host that cannot be found. Check the spec, and this machine's network."
    elif "IncompleteRead" in text:
        reason = "was cut off: fewer bytes came than were announced."
    elif "refused" in text:
        reason = "refused the connection."
    else:
        reason = f"broke off ({type(error).__name__})."
    return FetchError(f"{_short(trace.address)} {reason}", is_transient=is_transient, status=trace.status)


# addresses and the session -------------------------------------------------------------------------------


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_plain_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and "@" not in parts.netloc and parts.port in (None, 443)
    except ValueError:  # not an address at all
        return False


def _short(url: str) -> str:
    """An address for a message: without its query, which may be long."""
    return url.partition("?")[0]


def _only_sample(origin: str) -> Resolver:
    parts = urlsplit(origin)
    try:
        is_loopback = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_loopback = False
    if parts.scheme != "http" or not is_loopback or not parts.port or parts.path:
        raise SettingsError(f"The sample server must be at http://127.0.0.1:PORT, not {origin}.")
    return only(parts.hostname or "", parts.port)


def _session(ca_bundle: str, *, is_sample: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no .netrc passwords
    session.verify = ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True
    session.headers.update({"User-Agent": user_agent(), "Accept": "*/*", "Accept-Encoding": "gzip"})
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    if proxy and not is_sample:
        session.proxies = {"https": proxy}
    return session


def user_agent() -> str:
    """Who we are and, when ANCHOR_SPEND_CONTACT is set, where to write."""
    contact = load_settings().contact
    return f"{PRODUCT}/{version('anchor-spend')}" + (f" (+{contact})" if contact else "")
