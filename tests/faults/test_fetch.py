"""Answers of a server that misbehaves in every way seen on publishers' sites, with the real ledger."""

import gzip
import socket
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anchor_spend.discover import discover
from anchor_spend.errors import FetchError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from anchor_spend.records import RunRequest
from fetching import CSV, HOST, QUICK, SIGN_IN, attempts, land, make_publisher, offered, versions, with_etag
from local_server import Answer, LocalServer, body, in_turn, raw, redirect, reset, status

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger", "no_proxy")]

GONE = b"\xef\xbb\xbf\n<!-- cms --><html><h1>Page not found</h1></html>"


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
    "reset once": in_turn(reset, body(CSV)),
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
        ("attachment; filename=spend.csv", "/downloadFile.php?id=7", "spend.csv"),
        ('attachment; filename="spend £250.csv"', "/x", "spend £250.csv"),  # one byte, of latin-1
        ('attachment; filename="spend Â£250.csv"', "/x", "spend £250.csv"),  # two, of UTF-8
        ('attachment; filename="=?UTF-8?B?c3BlbmQgwqMyNTAuY3N2?="', "/x", "spend £250.csv"),
        ('attachment; filename="=?nonsense?B?c3BlbmQ=?="', "/x", "=?nonsense?B?c3BlbmQ=?="),
        ('attachment; filename="spend%20april.csv"', "/x", "spend april.csv"),
        ("attachment; filename=\"a.csv\"; filename*=UTF-8''spend%20april.csv", "/x", "spend april.csv"),
        ("attachment; filename*=nonsense''spend.csv", "/x", "spend.csv"),
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
    "reset": (reset, OFTEN, "broke off"),
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
    limits = replace(QUICK, failures_to_open=4, open_seconds=2)
    fetcher = Fetcher("sample", "test-run", sample_origin=server.origin, limits=limits)
    server.routes["*"] = status(500)
    for path in ("/april.csv", "/may.csv", "/june.csv"):
        with pytest.raises(FetchError):
            land(fetcher, store, offered(path))
    assert len(server.seen) == 4, "three tries, one more, then none"
    assert "not asked again" in attempts("detail")[-1], "a file that was not asked for has its row, too"

    server.routes["*"] = body(CSV)
    time.sleep(2)
    assert land(fetcher, store).size_bytes == len(CSV)


# conditional requests and restatements -------------------------------------------------------------------


def test_not_modified_brings_the_version_at_hand(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes[f"/{HOST}/april.csv"] = with_etag(CSV, '"a"')
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
    server.routes[f"/{HOST}/april.csv"] = with_etag(CSV, '"a"')
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


def test_a_restatement_is_found_though_its_etag_stayed(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    """Validators only spare an answer; what is sent is compared by its bytes."""
    server.routes[f"/{HOST}/april.csv"] = in_turn(body(CSV, ETag='"a"'), body(CSV + CSV[21:], ETag='"a"'))
    first, restated = land(fetcher, store), land(fetcher, store)
    assert server.seen[1][1]["if-none-match"] == '"a"'
    assert restated.sha256 != first.sha256


def test_what_is_no_longer_offered_stays(server: LocalServer, fetcher: Fetcher, store: LandingStore) -> None:
    """Bedford shows two years: an older file disappears from the page and from the server, not from here."""
    publisher = make_publisher(link="csv")
    pages = [
        b"<html><a href='/april-2018.csv'>a</a><a href='/may-2018.csv'>b</a></html>",
        b"<html><a href='/may-2018.csv'>b</a></html>",
    ]
    server.routes[f"/{HOST}/spend"] = in_turn(*(body(page, "text/html") for page in pages))
    server.routes["*"] = in_turn(body(CSV), body(CSV), status(404))
    request = RunRequest("sample", last="2019-03")
    for file in discover(publisher, request, fetcher):
        fetcher.land(file, publisher, store, "spec-1")
    before = versions("period, status, sha256")

    again = discover(publisher, request, fetcher)
    with pytest.raises(FetchError, match="Versions fetched earlier stay"):
        land(fetcher, store, offered("/april-2018.csv"))

    assert [file.period for file in again] == ["2018-05"]
    assert versions("period, status, sha256") == before
    assert [store.read(sha256) for _, _, sha256 in before] == [CSV, CSV]


def test_share_links_are_asked_for_their_download(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    """Central Bedfordshire's files: the share itself answers with a sign-in page."""
    shares = "shares.example.test"
    publisher = make_publisher(shares, link="spending data", not_link="card", download="sharepoint_share")
    page = f"""<html><a href="https://{shares}/:x:/s/News/Ecard1?e=1">April 2018 P Card data</a>
        <a href="https://{shares}/:x:/s/News/Edata1?e=2">Download April 2018 spending data</a></html>"""
    server.routes[f"/{HOST}/spend"] = body(page.encode(), "text/html")
    server.routes[f"/{shares}/:x:/s/News/Edata1?e=2"] = redirect("https://login.microsoftonline.com/x")
    server.routes[f"/{shares}/sites/News/_layouts/15/download.aspx?share=Edata1"] = body(
        CSV, "application/octet-stream", Content_Disposition='attachment; filename="April 2018.csv"'
    )
    [file] = discover(publisher, RunRequest("sample", last="2019-03"), fetcher)
    assert fetcher.land(file, publisher, store, "spec-1").file_name == "April 2018.csv"
    with pytest.raises(FetchError, match="sign-in page of login"):
        fetcher.land(replace(file, url=f"https://{shares}/:x:/s/News/Edata1?e=2"), publisher, store, "spec-1")


def test_a_file_whose_own_name_says_another_month_is_remarked_upon(
    server: LocalServer, fetcher: Fetcher, store: LandingStore, caplog: pytest.LogCaptureFixture
) -> None:
    disposition = 'attachment; filename="spend may 2018.csv"'
    server.routes[f"/{HOST}/download"] = body(CSV, Content_Disposition=disposition)
    assert land(fetcher, store, offered("/download")).period == "2018-04"
    assert attempts("outcome, detail") == [
        ("landed", "Its own name reads as 2018-05, its link as 2018-04: check that the link is right.")
    ]
    assert "2018-05" in caplog.text


def test_the_same_file_at_a_new_address_is_the_same_version(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes["*"] = body(CSV)
    assert land(fetcher, store).file_id == land(fetcher, store, offered("/system/files/april.csv")).file_id
