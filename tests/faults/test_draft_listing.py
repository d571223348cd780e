"""Drafting from an address: a page of links over TLS on loopback, its further pages, a file behind a link."""

import ssl
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from anchor_spend import network
from anchor_spend.draft.listing import draft_url
from anchor_spend.draft.web import WebReader
from anchor_spend.errors import DiscoverError, FetchError, SettingsError
from drafted import as_csv, table
from fetching import HOST, QUICK, SIGN_IN, write_authority
from local_server import LocalServer, body, status

pytestmark = pytest.mark.usefixtures("no_proxy")

CSV = as_csv(table(["Date", "Supplier", "Net Amount"], lambda x: [x.on("%d/%m/%Y"), x.name, x.amount]))
MONTHS = ("january", "february", "march", "april", "may")


@pytest.fixture
def reader(secure_server: LocalServer, authority: Path) -> WebReader:
    """A reader whose every host is the secure server."""

    def addresses(host: str, port: int) -> list[network.Address]:
        return [("127.0.0.1", secure_server.port)]

    return WebReader("live", "draft", limits=QUICK, resolve=addresses, ca_bundle=str(authority))


def page(*links: tuple[str, str]) -> bytes:
    items = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in links)
    return f"<!DOCTYPE html><html><body><h1>Spending</h1><ul>{items}</ul></body></html>".encode()


OTHERS = (
    ("/contact", "Contact us"),
    ("/files/budget-book-2018.pdf", "Budget book 2018"),
    ("/files/250-18-e-may-gpc.csv", "Card payments May 2018"),
)


def test_a_page_of_monthly_files_gives_a_listing_that_finds_them_all(
    secure_server: LocalServer, reader: WebReader
) -> None:
    files = [
        (f"/files/250-18-{'abcde'[n]}-{month}-payments.csv", f"{month.title()} 2018")
        for n, month in enumerate(MONTHS)
    ]
    secure_server.routes["/spend"] = body(page(*files, *OTHERS), "text/html")
    secure_server.routes[files[-1][0]] = body(CSV)
    draft = draft_url(f"https://{HOST}/spend", "nowhere_council", reader=reader)
    listing = draft.publisher().streams["payments"].listing
    assert listing and listing.urls == (f"https://{HOST}/spend",)
    assert listing.link == "payments[^a-z0-9]+csv"
    assert draft.keys["stream"]["first_period"] == "2018-01"
    guess = next(guess for guess in draft.guesses if guess.field == "listing")
    assert guess.evidence[0] == "5 periods from 2018-01 to 2018-05 on 1 pages"
    assert draft.is_settled and "listing" in {question.key for question in draft.questions}
    assert secure_server.paths().count(files[-1][0]) == 1


def test_pages_of_years_are_followed_and_other_hosts_named(
    secure_server: LocalServer, reader: WebReader
) -> None:
    def year(number: int) -> bytes:
        base = "https://other.example.test/getmedia"
        words = [f"Download {month.title()} {number} spending data (CSV)" for month in MONTHS]
        links = [(f"{base}/{number}{n}/file", text) for n, text in enumerate(words)]
        return page(*links, (f"{base}/c{number}", f"Download May {number} P Card data (CSV)"))

    years = page(*((f"/council_spending/{n}", f"Year {n}") for n in (1, 2)))
    secure_server.routes["/council_spending"] = body(years, "text/html")
    secure_server.routes["/council_spending/1"] = body(year(2017), "text/html")
    secure_server.routes["/council_spending/2"] = body(year(2018), "text/html")
    secure_server.routes["/getmedia/20184/file"] = body(
        CSV, Content_Disposition='attachment; filename="May 2018.csv"'
    )
    draft = draft_url(f"https://{HOST}/council_spending", "nowhere_council", reader=reader)
    listing = draft.publisher().streams["payments"].listing
    assert listing and listing.hosts == ("other.example.test",)
    assert listing.follow == r"/council_spending/\d+/?$"
    assert "spending" in listing.link and "card" not in listing.link
    assert "10 periods from 2017-01 to 2018-05 on 3 pages" in str(draft.guesses)


def test_an_address_of_a_file_is_drafted_without_a_listing(
    secure_server: LocalServer, reader: WebReader
) -> None:
    secure_server.routes["/may-2018.csv"] = body(CSV)
    draft = draft_url(f"https://{HOST}/may-2018.csv", reader=reader)
    assert not draft.listing and draft.is_settled
    assert draft.span.period == "2018-05"


@pytest.mark.parametrize(
    ("routes", "error", "told"),
    [
        ({}, FetchError, "404"),
        ({"/spend": page(("/contact", "Contact us"))}, DiscoverError, "links no file whose month"),
        ({"/spend": page(("/may-2018.csv", "May 2018")), "/may-2018.csv": SIGN_IN}, FetchError, "sign"),
    ],
)
def test_what_came_instead_is_told(
    secure_server: LocalServer, reader: WebReader, routes: dict[str, bytes], error: type[Exception], told: str
) -> None:
    for path, data in routes.items():
        secure_server.routes[path] = body(data, "text/html")
    with pytest.raises(error, match=told):
        draft_url(f"https://{HOST}/spend", reader=reader)


def test_private_addresses_and_plain_http_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    live = WebReader("live", "draft", limits=QUICK)
    with pytest.raises(FetchError):
        draft_url("https://127.0.0.1/spend", reader=live)
    with pytest.raises(SettingsError, match="only those are fetched"):
        draft_url("http://example.org/spend", reader=live)


def test_a_robots_txt_is_obeyed(secure_server: LocalServer, reader: WebReader) -> None:
    secure_server.routes["/robots.txt"] = body(b"User-agent: *\nDisallow: /spend\n", "text/plain")
    secure_server.routes["/spend"] = body(page(("/may-2018.csv", "May 2018")), "text/html")
    with pytest.raises(FetchError, match=r"robots\.txt"):
        draft_url(f"https://{HOST}/spend", reader=reader)
    assert "/spend" not in secure_server.paths()


@pytest.mark.real_data
def test_real_listing_pages_give_patterns_that_find_their_months(real_data: Path, tmp_path: Path) -> None:
    """The council's own pages under their own names, all of them answered by a server on loopback; what they
    link to is an invented file."""
    folder = real_data / "archive" / "central_bedfordshire_council" / "listing"
    site, share = "www.centralbedfordshire.gov.uk", "centralbedfordshirecouncil.sharepoint.com"
    base = "/info/28/transparency/285/council_spending"
    write_authority(tmp_path / "tls.pem", site, share)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.pem")
    limits = replace(QUICK, max_bytes=2**21, total_seconds=10)
    with LocalServer(context) as server:
        for number in range(1, 5):
            data = (folder / f"index_p{number}.html").read_bytes()
            server.routes[f"{base}/{number}"] = body(data, "text/html")
        server.routes[base] = server.routes[f"{base}/1"]
        server.routes["*"] = _invented_file
        here = [("127.0.0.1", server.port)]
        bundle = str(tmp_path / "tls.pem")
        reader = WebReader("live", "draft", limits=limits, resolve=lambda *_: here, ca_bundle=bundle)
        draft = draft_url(f"https://{site}{base}", "nowhere_council", reader=reader)
    assert draft.listing["download"] == "sharepoint_share" and draft.listing["hosts"] == [share]
    assert draft.listing["follow"] == r"/council_spending/\d+/?$"
    assert "28 periods from 2023-04 to 2025-07 on 5 pages" in str(draft.guesses)


def _invented_file(handler: BaseHTTPRequestHandler) -> None:
    (body(CSV) if "download.aspx" in handler.path else status(404))(handler)
