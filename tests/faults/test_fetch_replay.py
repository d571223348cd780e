"""Retired sites out of a web archive: over TLS, from a server that answers as such archives do."""

from collections.abc import Callable

import pytest

from anchor_spend.discover import discover
from anchor_spend.errors import FetchError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from anchor_spend.reach import why_not
from anchor_spend.records import DiscoveredFile, RunRequest
from anchor_spend.replay import capture_of, redirected, unrewritten
from fetching import CSV, attempts, make_publisher, versions
from local_server import LocalServer, body, redirect, status

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger", "no_proxy")]

ARCHIVE, RETIRED = "archive.example.test", "retired.example.test"
PREFIX = f"https://{ARCHIVE}/web/20210401000000id_/"
NEAREST = f"https://{ARCHIVE}/web/20210315093000id_/"
PUBLISHER = make_publisher(
    urls=[f"http://{RETIRED}/page/?id=5617"], link="spend", follow=r"/page/\?id=", replay=PREFIX
)
LIVE = RunRequest("live", first="2018-04", last="2019-03")
PAGE = f"""<!DOCTYPE html><html><base href="http://{RETIRED}/page/"><h2>2018</h2>
  <a href="downloadFile.php?id=7">Spend over £25,000 April 2018</a>
  <a href="/web/20210301120000/http://{RETIRED}/files/may.csv">Spend May 2018</a>
  <a href="//{ARCHIVE}/web/20210301120000if_/http://{RETIRED}/files/june.csv">Spend June 2018</a>
  <a href="https://{ARCHIVE}/web/20210301120000/https:/{RETIRED}/files/july.csv">Spend July 2018</a>
  <a href="https://{ARCHIVE}/web/20210301120000/http://elsewhere.example.test/x.csv">Spend August 2018</a>
  <a href="/web/20210301120000/http://{RETIRED}/page/?id=5505">Earlier years</a></html>""".encode()
EARLIER = b"<!DOCTYPE html><html><a href='../files/september.csv'>Spend September 2018</a></html>"


def path(url: str, prefix: str = PREFIX) -> str:
    """The path at which the archive's server is asked for an address of the retired site."""
    return f"{prefix}{url}".removeprefix(f"https://{ARCHIVE}")


def replayed(url: str = f"http://{RETIRED}/files/may.csv", period: str = "2018-05") -> DiscoveredFile:
    return DiscoveredFile("invented_council", "payments", period, f"{PREFIX}{url}")


def test_pages_and_links_of_a_retired_site(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    page = f"http://{RETIRED}/page/?id="
    secure_server.routes[path(f"{page}5617")] = redirect(path(f"{page}5617", NEAREST))
    secure_server.routes[path(f"{page}5617", NEAREST)] = body(PAGE, "text/html")
    secure_server.routes[path(f"{page}5505")] = body(EARLIER, "text/html")
    disposition = 'attachment; filename="Spend April 2018.csv"'
    april = f"http://{RETIRED}/page/downloadFile.php?id=7"
    secure_server.routes[path(april)] = redirect(f"{NEAREST}{april}")
    secure_server.routes[path(april, NEAREST)] = body(
        CSV, Content_Disposition=disposition, Memento_Datetime="Mon, 15 Mar 2021 09:30:00 GMT"
    )
    fetcher = live()

    found = {file.period: file for file in discover(PUBLISHER, LIVE, fetcher)}
    landed = fetcher.land(found["2018-04"], PUBLISHER, store, "spec")

    assert {period: file.url.removeprefix(PREFIX) for period, file in found.items()} == {
        "2018-04": april,
        "2018-05": f"http://{RETIRED}/files/may.csv",
        "2018-06": f"http://{RETIRED}/files/june.csv",
        "2018-07": f"https://{RETIRED}/files/july.csv",
        "2018-09": f"http://{RETIRED}/files/september.csv",
    }
    assert landed.file_name == "Spend April 2018.csv"
    assert store.read(landed.sha256) == CSV
    assert versions("url") == [f"{NEAREST}{april}"], "the address says when the archive took it"
    assert attempts("url, redirects, response_headers ->> 'memento-datetime'")[-1] == (
        f"{PREFIX}{april}", [f"{NEAREST}{april}"], "Mon, 15 Mar 2021 09:30:00 GMT",
    )  # fmt: skip
    assert {headers["host"] for _, headers in secure_server.seen} == {ARCHIVE}, (
        "the retired host is not asked"
    )


def test_the_national_archives_form(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    prefix = f"https://{ARCHIVE}/ukgwa/20130401000000id_/"
    url = f"http://{RETIRED}/downloads/invoices_over_25k_october_2011.csv"
    publisher = make_publisher(urls=[f"http://{RETIRED}/spend"], link="invoices", replay=prefix)
    secure_server.routes["/ukgwa/20130401000000id_/http://retired.example.test/spend"] = body(
        f'<html><a href="/ukgwa/20130301/{url}">Invoices</a></html>'.encode(), "text/html"
    )
    secure_server.routes[f"/ukgwa/20130401000000id_/{url}"] = body(CSV)
    fetcher = live()
    publisher = publisher.model_copy(
        update={
            "streams": {
                "payments": publisher.streams["payments"].model_copy(update={"first_period": "2011-04"})
            }
        }
    )
    [file] = discover(publisher, RunRequest("live", last="2012-03"), fetcher)
    assert (file.period, file.url) == ("2011-10", f"{prefix}{url}")
    landed = fetcher.land(file, publisher, store, "spec")
    assert landed.file_name == "invoices_over_25k_october_2011.csv"


REDIRECTS = {
    "to another site's capture": (
        f"{NEAREST}http://elsewhere.example.test/x.csv",
        "archived page of elsewhere",
    ),
    "to a private address's capture": (f"{NEAREST}http://10.0.0.7/x.csv", "archived page of 10.0.0.7"),
    "to a capture with a password": (f"{NEAREST}http://a:b@{RETIRED}/x.csv", "no archived page"),
    "to a capture on another port": (f"{NEAREST}http://{RETIRED}:8443/x.csv", "no archived page"),
    "to a capture in a capture": (f"{NEAREST}{NEAREST}http://{RETIRED}/x.csv", f"archived page of {ARCHIVE}"),
    "to the archive's own pages": (f"https://{ARCHIVE}/account/", f"archived page of {ARCHIVE}"),
    "to another archive": (
        f"https://other-archive.example/web/2021id_/http://{RETIRED}/x.csv",
        "archived page",
    ),
    "to plain http": (f"http://{ARCHIVE}/web/2021id_/http://{RETIRED}/x.csv", f"archived page of {ARCHIVE}"),
}


@pytest.mark.parametrize("case", REDIRECTS)
def test_an_archive_leads_nowhere_else(
    case: str, secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    location, words = REDIRECTS[case]
    file = replayed()
    secure_server.routes[path(f"http://{RETIRED}/files/may.csv")] = redirect(location)
    with pytest.raises(FetchError, match=words) as raised:
        live().land(file, PUBLISHER, store, "spec")
    assert not raised.value.is_transient
    assert len(secure_server.seen) == 2, "robots.txt and one request"
    assert attempts()[-1] == "failed"


@pytest.mark.parametrize(
    "location", [f"http://{RETIRED}/new/may.csv", "/new/may.csv", f"//{RETIRED}/new/may.csv"]
)
def test_a_redirect_of_the_site_itself_stays_in_the_archive(
    location: str, secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes[path(f"http://{RETIRED}/files/may.csv")] = redirect(location)
    secure_server.routes[path(f"http://{RETIRED}/new/may.csv")] = body(CSV)
    assert live().land(replayed(), PUBLISHER, store, "spec").size_bytes == len(CSV)
    assert {headers["host"] for _, headers in secure_server.seen} == {ARCHIVE}


def test_what_the_archive_does_not_have_is_said(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    missing, busy = path(f"http://{RETIRED}/files/may.csv"), path(f"http://{RETIRED}/files/june.csv")
    secure_server.routes[missing] = status(404)
    secure_server.routes[busy] = status(429, Retry_After="3600")
    with pytest.raises(FetchError, match="404"):
        live().land(replayed(), PUBLISHER, store, "spec")
    with pytest.raises(FetchError, match="429") as raised:
        live().land(replayed(f"http://{RETIRED}/files/june.csv"), PUBLISHER, store, "spec")
    assert raised.value.is_transient


def test_robots_of_the_archive_are_obeyed(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["/robots.txt"] = body(b"User-agent: *\nDisallow: /web/\n", "text/plain")
    with pytest.raises(FetchError, match="robots"):
        live().land(replayed(), PUBLISHER, store, "spec")
    assert secure_server.paths() == ["/robots.txt"]


# addresses -----------------------------------------------------------------------------------------------

ARCHIVES = frozenset({ARCHIVE})


@pytest.mark.parametrize(
    ("url", "stamp", "original"),
    [
        (f"{PREFIX}http://a.example/b?c=d", "20210401000000", "http://a.example/b?c=d"),
        ("https://x.example/ukgwa/2013id_/https:/a.example/b", "2013", "https://a.example/b"),
        ("https://x.example/20130401/http://a.example/", "20130401", "http://a.example/"),
    ],
)
def test_captures(url: str, stamp: str, original: str) -> None:
    capture = capture_of(url)
    assert capture is not None
    assert (capture.stamp, capture.original) == (stamp, original)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/2013/x",
        "https://a.example/web/20130401/ftp://b",
        "http://a.example/web/2013/http://b/",
        "",
    ],
)
def test_no_captures(url: str) -> None:
    assert capture_of(url) is None


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/web/20210301/http://a.example/b", "http://a.example/b"),
        (f"//{ARCHIVE}/web/20210301im_/https://a.example/b", "https://a.example/b"),
        (f"http://{ARCHIVE}/web/20210301/http:/a.example/b", "http://a.example/b"),
        ("https://other.example/web/20210301/http://a.example/b", None),
        ("/web/spending/2021", None),
        ("files/april.csv", None),
        ("https://[bad", None),
    ],
)
def test_rewritten_links(href: str, expected: str | None) -> None:
    assert unrewritten(href, ARCHIVE) == (expected or href)


def test_redirects_outside_an_archive_are_as_they_are() -> None:
    url = "https://a.example/b/c"
    assert redirected(url, "/d", ARCHIVES) == "https://a.example/d"
    assert redirected(f"{PREFIX}http://a.example/b/c", "d", ARCHIVES) == f"{PREFIX}http://a.example/b/d"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"{PREFIX}http://{RETIRED}/a", None),
        (f"{PREFIX}http://{RETIRED}:80/a", None),
        (f"{PREFIX}https://{RETIRED.upper()}/a", None),
        (f"https://{RETIRED}/a", "not among the hosts"),  # whoever owns the name today is not the publisher
        (f"https://{ARCHIVE}/", "no archived page"),
        (f"https://{ARCHIVE}/robots.txt", "no archived page"),
        (f"https://{ARCHIVE}:444/web/2021id_/http://{RETIRED}/a", "plain https"),
        (f"https://a@{ARCHIVE}/web/2021id_/http://{RETIRED}/a", "plain https"),
    ],
)
def test_what_may_be_asked_of_an_archive(url: str, words: str | None) -> None:
    problem = why_not(url, PUBLISHER)
    assert (problem is None) if words is None else (words in str(problem))


def test_the_archives_rules_may_be_asked_for() -> None:
    assert why_not(f"https://{ARCHIVE}/robots.txt", PUBLISHER, is_robots=True) is None


def test_a_sample_run_replays_from_its_own_server(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    url = f"http://{RETIRED}/files/may.csv"
    server.routes[f"/{ARCHIVE}{path(url)}"] = redirect(path(url, NEAREST))
    server.routes[f"/{ARCHIVE}{path(url, NEAREST)}"] = body(CSV)
    landed = fetcher.land(replayed(), PUBLISHER, store, "spec")
    assert landed.url == f"{server.origin}/{ARCHIVE}{path(url, NEAREST)}"
    assert versions("is_synthetic, source") == [(True, "sample")]
