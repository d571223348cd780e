"""One request over HTTP: sent, read up to a size and a time, its body unpacked.

In: an address that was found fit to be asked. Out: a trace, which becomes a row of the ledger (status,
headers, body), or where a redirect leads. Refuses (FetchError) bodies too large, too slow or cut off,
certificates that cannot be verified, and answers against the rules of HTTP.
"""

import hashlib
import ipaddress
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import requests
import urllib3
from requests.cookies import extract_cookies_to_jar

from anchor_spend import answers, ledger
from anchor_spend.errors import FetchError, SettingsError
from anchor_spend.network import GuardedAdapter, Resolver, only
from anchor_spend.politeness import Limits
from anchor_spend.reach import short
from anchor_spend.records import AttemptOutcome, FetchAttempt
from anchor_spend.settings import load_settings

PRODUCT = "AnchorSpend"
_KEPT_HEADERS = (
    "content-type", "content-length", "content-encoding", "content-disposition", "etag", "last-modified",
    "date", "retry-after", "server", "memento-datetime",
)  # fmt: skip
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 64 * 1024


@dataclass
class Trace:
    """What one try has seen so far; becomes its ledger row."""

    address: str
    url: str  # as the publisher writes it; where the redirects have led to
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    redirects: list[str] = field(default_factory=list)
    body: bytes = b""
    into: Path | None = None  # where a large body goes in place of `body`
    sha256: str | None = None
    size: int | None = None

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
            sha256=hashlib.sha256(self.body).hexdigest() if self.body else self.sha256,
            size_bytes=len(self.body) if self.body else self.size,
        )


class Transport:
    """A session that goes only where its resolver says; cookies never outlive a try."""

    def __init__(self, limits: Limits, resolve: Resolver, ca_bundle: str, *, is_sample: bool) -> None:
        self._limits = limits
        self._adapter = GuardedAdapter(resolve)
        self._session = _session(ca_bundle, is_sample=is_sample)

    def forget_cookies(self) -> None:
        """Before each try."""
        self._session.cookies.clear()

    def hang_up(self) -> None:
        """Close every connection."""
        self._adapter.close()

    def ask(
        self, trace: Trace, address: str, max_bytes: int, validators: ledger.Validators | None
    ) -> str | None:
        """One request. The Location of a redirect as it was sent, or None with the body in `trace`."""
        with self._adapter.cut_off_after(self._limits.total_seconds) as cut_off:
            try:
                with self._send(address, validators) as response:
                    location = self._take(trace, response, max_bytes, validators, cut_off)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                raise _connection_error(trace, error, cut_off, self._limits) from error
        return location

    def _send(self, address: str, validators: ledger.Validators | None) -> requests.Response:
        """Past Session.send, which reads the body of a redirect, whatever its size."""
        session, limits = self._session, self._limits
        request = session.prepare_request(requests.Request("GET", address, headers=_conditions(validators)))
        response = self._adapter.send(
            request,
            stream=True,
            timeout=(limits.connect_seconds, limits.read_seconds),
            verify=session.verify or True,  # never off
            proxies=dict(session.proxies),
        )
        extract_cookies_to_jar(session.cookies, request, response.raw)  # type: ignore[no-untyped-call]
        return response

    def _take(
        self,
        trace: Trace,
        response: requests.Response,
        max_bytes: int,
        validators: ledger.Validators | None,
        cut_off: Event,
    ) -> str | None:
        trace.status = response.status_code
        trace.headers = {name.lower(): value for name, value in response.headers.items()}
        location = self._session.get_redirect_target(response)
        if response.status_code in _REDIRECTS and location:
            return location
        if response.status_code == 200 and trace.into:
            trace.sha256, trace.size = _save_body(response, trace.into, max_bytes, cut_off)
        elif response.status_code == 200:
            raw = _read_body(response, max_bytes, cut_off)
            trace.body = answers.decompress(raw, trace.headers.get("content-encoding", ""), max_bytes)
        elif response.status_code != 304 or not validators:
            raise answers.status_error(short(trace.address), response.status_code)
        return None


def _conditions(known: ledger.Validators | None) -> dict[str, str]:
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def _read_body(response: requests.Response, max_bytes: int, cut_off: Event) -> bytes:
    return b"".join(_parts(response, max_bytes, cut_off, is_decoded=False))


def _save_body(response: requests.Response, into: Path, max_bytes: int, cut_off: Event) -> tuple[str, int]:
    """(sha256, size) of a body written to disk, unpacked where the answer was sent packed."""
    digest, size = hashlib.sha256(), 0
    with into.open("wb") as file:
        for part in _parts(response, max_bytes, cut_off, is_decoded=True):
            file.write(part)
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size


def _parts(
    response: requests.Response, max_bytes: int, cut_off: Event, *, is_decoded: bool
) -> Iterator[bytes]:
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise answers.too_large(max_bytes)
    size = 0
    for part in response.raw.stream(_CHUNK, decode_content=is_decoded):
        size += len(part)
        if size > max_bytes:
            raise answers.too_large(max_bytes)
        yield part
    if cut_off.is_set():  # a body without a length ends quietly when its connection is shut
        raise TimeoutError


def _connection_error(trace: Trace, error: Exception, cut_off: Event, limits: Limits) -> FetchError:
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
    return FetchError(f"{short(trace.address)} {reason}", is_transient=is_transient, status=trace.status)


def only_sample(origin: str) -> Resolver:
    """A resolver that knows the sample's own server and nothing else; SettingsError if it is not local."""
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
