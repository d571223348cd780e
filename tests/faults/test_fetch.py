"""Fetching from a server that misbehaves in every way seen on publishers' sites, with the real ledger."""

import gzip
import hashlib
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from anchor_spend import database, ledger, network
from anchor_spend.errors import FetchError, LandingError, SettingsError
from anchor_spend.fetch import Fetcher, Limits
from anchor_spend.landing import LandingStore
from anchor_spend.records import DiscoveredFile, LandedFile
from anchor_spend.spec import Publisher
from local_server import Answer, LocalServer, body, in_turn, raw, redirect, status

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger")]

HOST = "files.example.test"
CSV = b"Date,Supplier,Amount\n01/04/2018,Invented Widgets Ltd,12.50\n"
SIGN_IN = b"<!DOCTYPE html><html><title>Sign in</title><input type='password'></html>"
GONE = b"\xef\xbb\xbf\n<!-- cms --><html><h1>Page not found</h1></html>"
QUICK = Limits(
    connect_seconds=2, read_seconds=2, total_seconds=1.5, max_bytes=100_000, tries=3, backoff_seconds=0.01,
    retry_after_cap_seconds=5, delay_seconds=0, failures_to_open=6,
)  # fmt: skip


def make_publisher(*hosts: str) -> Publisher:
    """An invented body that publishes at `hosts`."""
    return Publisher.model_validate(
        {
            "publisher_id": "invented_council",
            "name": "Invented Council",
            "org_id": "GB-LAE-XXX",
            "body_type": "council",
            "postcode": "ZZ1 1ZZ",
            "valid_from": "2009-04-01",
            "vat_basis": "net",
            "thresholds": [{"valid_from": "2009-04-01", "gbp": 250}],
            "licence": "OGL-UK-3.0",
            "streams": {
                "payments": {
                    "first_period": "2016-04",
                    "due_days": 30,
                    "listing": {"urls": [f"https://{HOST}/spend"], "link": "csv", "hosts": list(hosts)},
                    "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
                    "columns": {
                        "payment_date": ["Date"],
                        "supplier_name": ["Supplier"],
                        "amount": ["Amount"],
                    },
                    "expected": {"rows": [1, 100], "largest_payment_gbp": 1_000_000},
                }
            },
        }
    )


PUBLISHER = make_publisher("other.example.test")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine's way to the internet is, the servers of these tests are on it."""
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> LandingStore:
    return LandingStore(str(tmp_path / "landing"))


@pytest.fixture
def fetcher(server: LocalServer) -> Fetcher:
    return Fetcher("sample", "test-run", sample_origin=server.origin, limits=QUICK)


def offered(path: str = "/april.csv", period: str = "2018-04", host: str = HOST) -> DiscoveredFile:
    return DiscoveredFile("invented_council", "payments", period, f"https://{host}{path}")


def land(fetcher: Fetcher, store: LandingStore, file: DiscoveredFile | None = None) -> LandedFile:
    return fetcher.land(file or offered(), PUBLISHER, store, "spec-1")


def attempts(columns: str = "outcome") -> list[Any]:
    with database.connect("loader") as connection:
        rows = connection.execute(
            f"select {columns} from landing.fetch_attempts order by attempt_id".encode()
        ).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def versions(columns: str = "status") -> list[Any]:
    with database.connect("loader") as connection:
        rows = connection.execute(f"select {columns} from landing.file_versions order by file_id".encode())
        return [row[0] if len(row) == 1 else row for row in rows.fetchall()]


# what must work ------------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"
WORKS: dict[str, Answer] = {
    "plain": body(CSV),
    "text/html said, csv sent": body(CSV, "text/html; charset=utf-8"),
    "no content type": raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(CSV), CSV),
    "no content length": raw(HEAD + b"\r\n", CSV),
    "content length misspelt": raw(HEAD + b"Cteonnt-Length: 12\r\n\r\n", CSV),
    "chunked": raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(CSV), CSV, b"\r\n0\r\n\r\n"),
    "gzip": body(gzip.compress(CSV), Content_Encoding="gzip"),
    "gzip in two members": body(gzip.compress(CSV[:9]) + gzip.compress(CSV[9:]), Content_Encoding="gzip"),
    "503 twice": in_turn(status(503), status(503), body(CSV)),
    "429, then": in_turn(status(429, Retry_After="1"), body(CSV)),
    "broken off once": in_turn(raw(HEAD + b"Content-Length: 999\r\n\r\n", CSV), body(CSV)),
    "closed without an answer once": in_turn(raw(b""), body(CSV)),
}


@pytest.mark.parametrize("case", WORKS)
def test_odd_but_whole_answers_land(
    case: str, server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes[f"/{HOST}/april.csv"] = WORKS[case]

    landed = land(fetcher, store)

    assert store.read(landed.sha256) == CSV
    assert (landed.file_name, landed.size_bytes) == ("april.csv", len(CSV))
    assert landed.url == f"{server.origin}/{HOST}/april.csv", "nothing of the sample may look live"
    assert attempts()[-1] == "landed"
    assert attempts()[:-1] == ["failed"] * (len(server.seen) - 1), "every try is in the ledger"
    assert versions() == ["landed"]


def test_retry_after_is_obeyed(server: LocalServer, fetcher: Fetcher, store: LandingStore) -> None:
    server.routes[f"/{HOST}/april.csv"] = in_turn(status(429, Retry_After="1"), body(CSV))
    before = time.monotonic()
    land(fetcher, store)
    assert time.monotonic() - before >= 1


def test_a_host_that_wants_a_long_rest_is_left_alone(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    server.routes[f"/{HOST}/april.csv"] = status(503, Retry_After=later)
    with pytest.raises(FetchError) as raised:
        land(fetcher, store)
    assert raised.value.is_transient
    assert len(server.seen) == 1


def test_redirects_within_the_publishers_hosts_are_followed(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes[f"/{HOST}/april.csv"] = redirect("/moved/here?x=1#part", 301)
    server.routes[f"/{HOST}/moved/here?x=1"] = redirect("https://other.example.test/april%20final.csv", 307)
    server.routes["/other.example.test/april%20final.csv"] = body(CSV)

    landed = land(fetcher, store)

    assert landed.file_name == "april final.csv"
    assert attempts("redirects") == [
        [f"{server.origin}/{HOST}/moved/here?x=1", f"{server.origin}/other.example.test/april%20final.csv"]
    ]


@pytest.mark.parametrize(
    ("header", "path", "expected"),
    [
        ('attachment; filename="spend april.csv"', "/download.php?id=7", "spend april.csv"),
        ("attachment; filename*=UTF-8''spend%20%C2%A3250.csv", "/x", "spend £250.csv"),
        ('attachment; filename="../../etc/passwd"', "/x", "passwd"),
        ("inline", "/payments-april-2018.xlsx/download", "payments-april-2018.xlsx"),
        ("", "/documents/download", "invented_council-payments-2018-04"),
    ],
)
def test_file_names(
    header: str, path: str, expected: str, server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    extra = {"Content_Disposition": header} if header else {}
    server.routes[f"/{HOST}{path}"] = body(CSV, "application/octet-stream", **extra)
    assert land(fetcher, store, offered(path)).file_name == expected


def test_who_asks_is_said_and_cookies_are_never_kept(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes[f"/{HOST}/april.csv"] = body(CSV, Set_Cookie="session=abc", ETag='"1"', X_Other="x")
    land(fetcher, store)
    land(fetcher, store, offered(period="2018-05"))
    agent = server.seen[0][1]["user-agent"]
    assert agent.startswith("AnchorSpend/")
    assert all("cookie" not in headers for _, headers in server.seen)
    kept = attempts("response_headers")[0]
    assert set(kept) == {"content-type", "content-length", "etag", "server", "date"}


# what must be refused ------------------------------------------------------------------------------------

DRIP = [b"01/04/2018,Invented Widgets Ltd,1.00\n"] * 100
PLAIN, CHUNKED = HEAD + b"\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GZIPPED, LONG = HEAD + b"Content-Encoding: gzip\r\n\r\n", HEAD + b"Content-Length: 3700\r\n\r\n"
SLOW_HEAD = [b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 90]
BOMB = gzip.compress(b"0" * 10**7)
ONCE, OFTEN, SLOW = (False, 1), (True, 3), (True, 2)  # is another try sensible, and how many were made
REFUSED: dict[str, tuple[Answer, tuple[bool, int], str]] = {
    "redirects in a circle": (redirect(f"https://{HOST}/april.csv"), ONCE, "redirects more than 10"),
    "redirect to another host": (redirect("https://elsewhere.example.test/x"), ONCE, "not among the hosts"),
    "redirect to a private address": (redirect("https://10.0.0.7/x.csv"), ONCE, "not among the hosts"),
    "redirect to plain http": (redirect("http://other.example.test/x.csv"), ONCE, "plain https"),
    "redirect to another port": (redirect("https://other.example.test:8443/x"), ONCE, "plain https"),
    "redirect to nonsense": (redirect("https://[bad/x.csv"), ONCE, "no address"),
    "redirect with a password": (redirect("https://a:b@other.example.test/x"), ONCE, "plain https"),
    "redirect to a file": (redirect("file:///etc/hostname"), ONCE, "plain https"),
    "redirect to a sign-in host": (redirect("https://login.microsoftonline.com/x"), ONCE, "sign-in page of"),
    "sign-in page that says 200": (body(SIGN_IN, "text/csv"), ONCE, "a sign-in page"),
    "redirect to a page that says 200": (redirect(f"https://{HOST}/login"), ONCE, "a sign-in page"),
    "error page that says 200": (body(GONE, "application/vnd.ms-excel"), ONCE, "an error page"),
    "some page instead of a file": (body(b"<html><p>Hello</p></html>"), ONCE, "a web page"),
    "message instead of a file": (body(b'{"error": 1}', "application/json"), ONCE, "JSON"),
    "empty file": (body(b""), ONCE, "an empty file"),
    "no file": (status(404), ONCE, "404"),
    "no access": (status(403), ONCE, "403"),
    "busy for ever": (status(503), OFTEN, "503"),
    "a redirect to nowhere": (status(302), ONCE, "302"),
    "no content": (status(204), ONCE, "204"),
    "said to be too large": (body(b"x" * 100_001), ONCE, "larger than 100,000 bytes"),
    "too large without saying": (raw(PLAIN, b"x" * 100_001), ONCE, "larger than 100,000 bytes"),
    "gzip bomb": (body(BOMB, Content_Encoding="gzip"), ONCE, "larger than 100,000 bytes"),
    "unknown encoding": (body(CSV, Content_Encoding="br"), ONCE, "encoded as 'br'"),
    "not gzip": (body(CSV, Content_Encoding="gzip"), OFTEN, "damaged"),
    "gzip cut off": (raw(GZIPPED, gzip.compress(CSV)[:-9]), OFTEN, "cut off"),
    "body cut off": (raw(HEAD + b"Content-Length: 999\r\n\r\n", CSV), OFTEN, "fewer bytes came"),
    "chunks cut off": (raw(CHUNKED, b"ff\r\n", CSV), OFTEN, "fewer bytes came"),
    "body drips": (raw(PLAIN, *DRIP, pause=0.05), SLOW, "longer than 0.3 s"),
    "body drips, length known": (raw(LONG, *DRIP, pause=0.05), SLOW, "longer than 0.3 s"),
    "headers drip": (raw(*SLOW_HEAD, pause=0.05), SLOW, "longer than 0.3 s"),
    "no answer": (raw(b"", pause=1), SLOW, "longer than 0.3 s"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH\r\n"), OFTEN, "broke off"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_answers_are_named_recorded_and_leave_nothing(
    case: str, server: LocalServer, store: LandingStore
) -> None:
    answer, (is_transient, tries), words = REFUSED[case]
    server.routes[f"/{HOST}/april.csv"] = answer
    server.routes[f"/{HOST}/login"] = body(SIGN_IN, "text/html")
    limits = replace(QUICK, total_seconds=0.3, tries=2) if tries == 2 else QUICK
    fetcher = Fetcher("sample", "test-run", sample_origin=server.origin, limits=limits)

    with pytest.raises(FetchError, match=words) as raised:
        land(fetcher, store)

    assert raised.value.is_transient is is_transient
    assert attempts() == ["failed"] * tries
    assert attempts("detail")[-1] == str(raised.value)
    assert versions() == []


def test_a_gzip_bomb_never_fills_the_memory(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    bomb = gzip.compress(b"0" * 50_000_000, compresslevel=9)
    server.routes[f"/{HOST}/april.csv"] = body(bomb, Content_Encoding="gzip")
    tracemalloc.start()
    with pytest.raises(FetchError, match="larger than"):
        land(fetcher, store)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_connection_refused(store: LandingStore) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{probe.getsockname()[1]}"
        fetcher = Fetcher("sample", "test-run", sample_origin=origin, limits=QUICK)
        with pytest.raises(FetchError, match="refused the connection") as raised:
            land(fetcher, store)
    assert raised.value.is_transient
    assert attempts() == ["failed"] * 3


def test_a_failing_host_is_left_alone_for_a_while(server: LocalServer, store: LandingStore) -> None:
    limits = replace(QUICK, failures_to_open=4, open_seconds=0.3)
    fetcher = Fetcher("sample", "test-run", sample_origin=server.origin, limits=limits)
    server.routes["*"] = status(500)
    for path in ("/april.csv", "/may.csv", "/june.csv"):
        with pytest.raises(FetchError):
            land(fetcher, store, offered(path))
    assert len(server.seen) == 4, "three tries, one more, then none"
    assert "not asked again" in attempts("detail")[-1], "a file that was not asked for has its row, too"

    server.routes["*"] = body(CSV)
    time.sleep(0.3)
    assert land(fetcher, store).size_bytes == len(CSV)


# conditional requests and restatements -------------------------------------------------------------------


def _with_etag(data: bytes, etag: str) -> Answer:
    def answer(handler: Any) -> None:
        known = handler.headers.get("If-None-Match") == etag
        (status(304) if known else body(data, ETag=etag, Last_Modified="Tue, 01 May 2018 10:00:00 GMT"))(
            handler
        )

    return answer


def test_not_modified_brings_the_version_at_hand(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes[f"/{HOST}/april.csv"] = _with_etag(CSV, '"a"')
    first = land(fetcher, store)
    assert land(fetcher, store) == first
    assert land(fetcher, store) == first, "a 304 without an ETag keeps the one it confirms"

    assert [headers.get("if-none-match") for _, headers in server.seen] == [None, '"a"', '"a"']
    assert server.seen[1][1]["if-modified-since"] == "Tue, 01 May 2018 10:00:00 GMT"
    assert attempts("outcome, http_status") == [("landed", 200), ("unchanged", 304), ("unchanged", 304)]
    assert set(attempts("sha256")) == {first.sha256}


def test_not_modified_is_only_asked_where_the_bytes_are_kept(
    server: LocalServer, fetcher: Fetcher, store: LandingStore, tmp_path: Path
) -> None:
    server.routes[f"/{HOST}/april.csv"] = _with_etag(CSV, '"a"')
    land(fetcher, store)
    elsewhere = LandingStore(str(tmp_path / "new"))  # the old store was lost
    landed = land(fetcher, elsewhere)
    assert elsewhere.read(landed.sha256) == CSV


def test_the_same_bytes_are_no_new_work_and_a_restatement_is(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes[f"/{HOST}/april.csv"] = in_turn(body(CSV), body(CSV), body(CSV + CSV[21:]))
    first, again, restated = (land(fetcher, store) for _ in range(3))
    assert first == again
    assert restated.file_id != first.file_id
    assert attempts() == ["landed", "unchanged", "landed"]
    assert versions() == ["superseded", "landed"], "what was never loaded need not be"
    assert store.read(first.sha256) == CSV, "the earlier version stays"


def test_the_same_file_at_a_new_address_is_the_same_version(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes["*"] = body(CSV)
    assert land(fetcher, store).file_id == land(fetcher, store, offered("/system/files/april.csv")).file_id


# the live path -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of the invented hosts, with its key in the same file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Invented test authority")])
    now = datetime.now(UTC)
    hosts = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("other.example.test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(hosts, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    encoding, clear = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, clear)
    path.write_bytes(certificate.public_bytes(encoding) + private)
    return path


@pytest.fixture
def secure_server(authority: Path) -> Iterator[LocalServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    with LocalServer(context) as running:
        yield running


@pytest.fixture
def live(secure_server: LocalServer, authority: Path) -> Callable[..., Fetcher]:
    """A live fetcher whose every host is the secure server."""

    def make(limits: Limits = QUICK, ca_bundle: str = str(authority)) -> Fetcher:
        def addresses(host: str, port: int) -> list[network.Address]:
            return [("127.0.0.1", secure_server.port)]

        return Fetcher("live", "test-run", limits=limits, resolve=addresses, ca_bundle=ca_bundle)

    return make


def test_live_over_tls(secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore) -> None:
    secure_server.routes["/april.csv"] = redirect("https://other.example.test/april.csv?x=1")
    secure_server.routes["/april.csv?x=1"] = body(CSV)
    landed = land(live(), store)
    assert landed.url == f"https://{HOST}/april.csv"
    assert versions("is_synthetic, source") == [(False, "live")]
    assert secure_server.paths() == ["/robots.txt", "/april.csv", "/robots.txt", "/april.csv?x=1"]
    hosts = [headers["host"] for _, headers in secure_server.seen]
    assert hosts == [HOST, HOST, "other.example.test", "other.example.test"]


def test_an_unverifiable_certificate_is_never_accepted(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    with pytest.raises(FetchError, match="no certificate that can be verified") as raised:
        land(live(ca_bundle=""), store)
    assert not raised.value.is_transient
    assert secure_server.seen == []


def test_a_certificate_of_another_host_is_never_accepted(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    publisher = make_publisher("third.example.test")
    with pytest.raises(FetchError, match="no certificate that can be verified"):
        live().land(offered(host="third.example.test"), publisher, store, "spec-1")
    assert secure_server.seen == []


def test_robots_txt_is_obeyed(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["/robots.txt"] = body(b"User-agent: *\nDisallow: /private\n", "text/plain")
    secure_server.routes["*"] = body(CSV)
    fetcher = live()
    land(fetcher, store)
    with pytest.raises(FetchError, match="robots") as raised:
        land(fetcher, store, offered("/private/april.csv"))
    assert not raised.value.is_transient
    assert secure_server.paths() == ["/robots.txt", "/april.csv"]


def test_a_host_that_cannot_give_its_robots_txt_is_not_asked_for_files(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["/robots.txt"] = status(500)
    with pytest.raises(FetchError) as raised:
        land(live(), store)
    assert raised.value.is_transient
    assert set(secure_server.paths()) == {"/robots.txt"}
    assert attempts()[-1] == "failed"


def test_live_requests_to_a_host_keep_their_distance(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    arrivals: list[float] = []

    def answer(handler: Any) -> None:
        arrivals.append(time.monotonic())
        body(CSV)(handler)

    secure_server.routes["*"] = answer
    slow = replace(QUICK, delay_seconds=0.2)
    threads = [threading.Thread(target=land, args=(live(slow), store, offered(f"/{n}.csv"))) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    arrivals.sort()
    gaps = [later - earlier for earlier, later in pairwise(arrivals)]
    assert len(arrivals) == 4, "robots.txt and a file, twice"
    assert min(gaps) >= 0.19, "also among parallel fetchers"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.1.2.3", "169.254.169.254"])
def test_private_addresses_are_refused_by_default(host: str, store: LandingStore) -> None:
    fetcher = Fetcher("live", "test-run", limits=QUICK)
    with pytest.raises(FetchError, match="private network") as raised:
        fetcher.land(offered(host=host), make_publisher(host), store, "spec-1")
    assert not raised.value.is_transient


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("151.101.2.133", True), ("2a04:4e42::645", True), ("127.0.0.1", False), ("0.0.0.0", False),
        ("192.168.1.1", False), ("100.64.0.1", False), ("169.254.1.1", False), ("224.0.0.1", False),
        ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False), ("2002:a00:1::", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert network.is_public(address) is expected


def test_a_host_without_an_address(store: LandingStore) -> None:
    def unknown(host: str, port: int) -> list[network.Address]:
        raise socket.gaierror(-2, "Name or service not known")

    fetcher = Fetcher("live", "test-run", limits=QUICK, resolve=unknown)
    with pytest.raises(FetchError, match="cannot be found") as raised:
        land(fetcher, store)
    assert raised.value.is_transient


def test_a_proxy_is_used_where_one_is_set(
    server: LocalServer, store: LandingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            for _ in range(3):
                connection, _ = listener.accept()
                with connection:
                    asked.append(connection.recv(1000).partition(b"\r\n")[0].decode())
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(FetchError):
            land(Fetcher("live", "test-run", limits=QUICK), store)
        thread.join(5)
    assert [line.rpartition(" ")[0] for line in asked] == [f"CONNECT {HOST}:443"] * 3


@pytest.mark.parametrize(
    "origin", ["http://10.0.0.1:80", "https://127.0.0.1:1", "http://example.test:80", "http://127.0.0.1"]
)
def test_the_sample_server_is_on_loopback(origin: str) -> None:
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1:PORT"):
        Fetcher("sample", "test-run", sample_origin=origin)


def test_a_sample_run_and_only_a_sample_run_has_a_server() -> None:
    with pytest.raises(SettingsError, match="sample server"):
        Fetcher("sample", "test-run")
    with pytest.raises(SettingsError, match="sample server"):
        Fetcher("live", "test-run", sample_origin="http://127.0.0.1:1")


# inbox and archive ---------------------------------------------------------------------------------------


def local_file(path: Path, sha256: str = "") -> DiscoveredFile:
    return DiscoveredFile("invented_council", "payments", "2018-04", path.as_uri(), sha256=sha256)


def test_an_archive_is_checked_against_its_manifest(tmp_path: Path, store: LandingStore) -> None:
    path = tmp_path / "archive" / "april £.csv"
    path.parent.mkdir()
    path.write_bytes(CSV)
    fetcher = Fetcher("archive", "test-run", archive=str(path.parent))

    landed = land(fetcher, store, local_file(path, hashlib.sha256(CSV).hexdigest()))
    assert landed.file_name == "april £.csv"
    assert versions("is_synthetic, source") == [(False, "archive")]

    with pytest.raises(FetchError, match="not the file of its manifest"):
        land(fetcher, store, local_file(path, "0" * 64))
    with pytest.raises(FetchError, match="cannot be read: No such file"):
        land(fetcher, store, local_file(path.with_name("may.csv"), "0" * 64))
    assert attempts() == ["landed", "failed", "failed"]


def test_nothing_outside_inbox_and_archive_is_read(tmp_path: Path, store: LandingStore) -> None:
    inside, outside = tmp_path / "inbox", tmp_path / "secret.csv"
    inside.mkdir()
    outside.write_bytes(CSV)
    (inside / "april.csv").symlink_to(outside)
    fetcher = Fetcher("live", "test-run", inbox=inside, limits=QUICK)
    for path in (outside, inside / "april.csv"):
        with pytest.raises(FetchError, match="outside the inbox"):
            land(fetcher, store, local_file(path))
    large = inside / "may.csv"
    large.write_bytes(b"x" * 100_001)
    with pytest.raises(FetchError, match="larger than"):
        land(fetcher, store, local_file(large))
    assert versions() == []


# crashes -------------------------------------------------------------------------------------------------

CRASHES = {  # a file's month -> where the process is killed while it lands that file
    "2018-04": "landing.Path.replace = die  # before the bytes are in place",
    "2018-05": "ledger.land_version = die  # between the store and the ledger",
    "2018-06": "ledger._drop_waiting = die  # within the ledger's transaction",
    "2018-07": "ledger.land_version = then_die(ledger.land_version)  # after the ledger",
}
CHILD = """
    import os, signal, sys
    sys.path[:0] = {path!r}
    from anchor_spend import landing, ledger
    from test_fetch import QUICK, Fetcher, land, offered

    def die(*arguments, **options):
        os.kill(os.getpid(), signal.SIGKILL)

    def then_die(function):
        return lambda *arguments: (function(*arguments), die())

    for period, crash in {crashes!r}.items():
        if os.fork() == 0:
            exec(crash)
            fetcher = Fetcher("sample", "killed", sample_origin={origin!r}, limits=QUICK)
            land(fetcher, landing.LandingStore({store!r}), offered(period=period))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


def test_killed_at_any_point_a_run_again_repairs(
    server: LocalServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.routes[f"/{HOST}/april.csv"] = _with_etag(CSV, '"a"')
    folder, here = tmp_path / "landing", Path(__file__).resolve()
    script = textwrap.dedent(CHILD).format(
        path=[str(here.parents[1]), str(here.parent)],
        crashes=CRASHES,
        origin=server.origin,
        store=str(folder),
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert child.stdout.split() == [str(-signal.SIGKILL)] * len(CRASHES), child.stderr[-2000:]
    assert versions("period") == ["2018-07"], "a kill leaves the whole row or none"

    store = LandingStore(str(folder))
    landed = [land(fetcher, store, offered(period=period)) for period in CRASHES]

    assert [store.read(file.sha256) for file in landed] == [CSV] * len(CRASHES)
    assert sorted(versions("period, status")) == [(period, "landed") for period in CRASHES]
    assert {file.file_id for file in ledger.versions_to_load(is_synthetic=True)} == {
        file.file_id for file in landed
    }
    kept = [path for path in folder.rglob("*") if path.is_file() and ".incoming" not in path.parts]
    assert [path.name for path in kept] == [hashlib.sha256(CSV).hexdigest()]


def test_a_damaged_store_says_so_and_the_next_fetch_repairs_it(
    server: LocalServer, fetcher: Fetcher, store: LandingStore, tmp_path: Path
) -> None:
    server.routes[f"/{HOST}/april.csv"] = body(CSV)
    landed = land(fetcher, store)
    path = next(path for path in (tmp_path / "landing").rglob(landed.sha256))
    path.chmod(0o644)
    path.write_bytes(CSV[:-1])
    with pytest.raises(LandingError, match="no longer matches"):
        store.read(landed.sha256)
    assert land(fetcher, store) == landed
    assert store.read(landed.sha256) == CSV
