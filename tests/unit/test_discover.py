"""Finding each month's file: on listing pages served over loopback, in an inbox, in an archive."""

import csv
import hashlib
import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anchor_spend import database
from anchor_spend.discover import discover, read_manifest, sharepoint_download
from anchor_spend.errors import DiscoverError, FetchError
from anchor_spend.fetch import Fetcher, Limits
from anchor_spend.landing import LandingStore
from anchor_spend.records import RunRequest
from anchor_spend.spec import Publisher, load_spec
from local_server import LocalServer, body, redirect, status

HOST = "www.invented.example"
LISTING = {"urls": [f"https://{HOST}/spend"], "link": r"spend|payments", "not_link": "card"}
SAMPLE = RunRequest("sample")


# listing pages -------------------------------------------------------------------------------------------


def make_publisher(listing: dict[str, Any] | None = None, **streams: dict[str, Any] | None) -> Publisher:
    """An invented council; each stream is given by its listing, or None for the inbox."""
    stream = {
        "first_period": "2016-04",
        "due_days": 30,
        "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
        "columns": {"payment_date": ["Date"], "supplier_name": ["Supplier"], "amount": ["Amount"]},
        "expected": {"rows": [1, 100], "largest_payment_gbp": 1000},
    }
    listings = streams or {"payments": {**LISTING, **(listing or {})}}
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
            "streams": {name: {**stream, "listing": item} for name, item in listings.items()},
        }
    )


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


@pytest.fixture
def fetcher(server: LocalServer, tmp_path: Path, empty_ledger: str) -> Fetcher:
    limits = Limits(tries=2, backoff_seconds=0.01)
    return Fetcher("sample", "run", sample_origin=server.origin, inbox=tmp_path / "inbox", limits=limits)


def page(*links: tuple[str, str], around: str = "{}") -> Any:
    anchors = "\n".join(f'<p><a href="{href}">{text}</a></p>' for text, href in links)
    return body(f"<!DOCTYPE html><html><body>{around.format(anchors)}</body></html>".encode(), "text/html")


def periods(publisher: Publisher, request: RunRequest, fetcher: Fetcher) -> dict[str, str]:
    """Month -> path of the file found, without the server's address."""
    found = discover(publisher, request, fetcher)
    assert len({file.period for file in found}) == len(found)
    assert all(file.url.startswith("http://127.0.0.1:") for file in found)
    return {file.period: file.url.split("/", 3)[3] for file in found}


def outcomes() -> list[tuple[str, int | None]]:
    with database.connect("loader") as connection:
        query = "select outcome, http_status from landing.fetch_attempts order by attempt_id"
        return connection.execute(query).fetchall()


@pytest.mark.database
def test_links_of_a_page(server: LocalServer, fetcher: Fetcher) -> None:
    server.routes[f"/{HOST}/spend"] = page(
        ("Spend April <b>2018</b>", "files/april.csv#top"),
        ("Spend May 2018", f"http://{HOST}/files/may 2018.csv"),  # http is asked as https
        ("Card spend May 2018", "/files/card.csv"),
        ("Payments June\u00a02018", "/files/june.csv?x=1&amp;y=2"),
        ("Spend July 2018", "mailto:spend@invented.example"),
        ("Spend July 2018", "https://[bad/july.csv"),
        ("Contact", "/contact"),
    )
    assert periods(make_publisher(), SAMPLE, fetcher) == {
        "2018-04": f"{HOST}/files/april.csv",
        "2018-05": f"{HOST}/files/may 2018.csv",
        "2018-06": f"{HOST}/files/june.csv?x=1&y=2",
    }


@pytest.mark.database
def test_the_months_wanted(server: LocalServer, fetcher: Fetcher) -> None:
    links = [(f"Spend {name} 2018", f"/{name}.csv") for name in ("March", "April", "May", "June")]
    server.routes[f"/{HOST}/spend"] = page(*links, ("Spend March 2016", "/before-the-stream.csv"))
    request = RunRequest("sample", first="2018-04", last="2018-05")
    assert list(periods(make_publisher(), request, fetcher)) == ["2018-04", "2018-05"]
    assert list(periods(make_publisher(), RunRequest("sample", first="2019-01"), fetcher)) == []
    assert len(periods(make_publisher(), SAMPLE, fetcher)) == 4


@pytest.mark.database
def test_calendar_year_pages_and_a_missing_one(
    server: LocalServer, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = make_publisher({"urls": [f"https://{HOST}/{{calendar_year}}-spend"]})
    server.routes[f"/{HOST}/2016-spend"] = page(("Spend May 2016", "/a.csv"))
    server.routes[f"/{HOST}/2018-spend"] = page(("Spend January 2018", "/b.csv"))
    request = RunRequest("sample", first="2016-04", last="2018-03")
    assert list(periods(publisher, request, fetcher)) == ["2016-05", "2018-01"]
    assert server.paths() == [f"/{HOST}/{year}-spend" for year in (2016, 2017, 2018)]
    assert outcomes() == [("listing", 200), ("failed", 404), ("listing", 200)]
    assert "2017-spend answered 404" in caplog.text

    server.seen.clear()
    discover(publisher, SAMPLE, fetcher)
    assert len(server.seen) == date.today().year - 2015, "without a window: first period to today"


@pytest.mark.database
def test_further_pages_are_followed_once(server: LocalServer, fetcher: Fetcher) -> None:
    publisher = make_publisher({"follow": r"/spend/\d+$"})
    more = [("Next", f"/spend/{number}") for number in (1, 2, 3)]
    foreign = ("Next", "https://elsewhere.example/spend/9")
    server.routes[f"/{HOST}/spend"] = page(*more, foreign, ("Spend April 2018", "/a.csv"))
    server.routes[f"/{HOST}/spend/1"] = page(*more, ("Spend April 2018", "/a.csv"))
    server.routes[f"/{HOST}/spend/2"] = redirect(f"https://{HOST}/spend/1")
    assert list(periods(publisher, SAMPLE, fetcher)) == ["2018-04"]
    assert sorted(set(server.paths())) == [f"/{HOST}/spend", *(f"/{HOST}/spend/{n}" for n in (1, 2, 3))]


@pytest.mark.database
def test_pages_without_end_are_capped(server: LocalServer, fetcher: Fetcher) -> None:
    def endless(handler: Any) -> None:
        number = int(handler.path.rpartition("/")[2].replace("spend", "0"))
        page(("Next", f"/spend/{number + 1}"), ("Spend April 2018", "/a.csv"))(handler)

    server.routes["*"] = endless
    assert list(periods(make_publisher({"follow": r"/spend/\d+$"}), SAMPLE, fetcher)) == ["2018-04"]
    assert len(server.seen) == 60


@pytest.mark.database
@pytest.mark.parametrize(
    ("links", "chosen"),
    [
        ([("Spend April 2018", "/a.csv"), ("April 2018 spend again", "/a.csv")], "a.csv"),
        ([("Spend April 2018", "/a.csv"), ("Spend April 2018", "/b.csv")], "b.csv"),
        ([("Spend April 2018 revised", "/a.csv"), ("Spend April 2018", "/b.csv")], "a.csv"),
        ([("Spend April 2018", "/a-v2.csv"), ("Spend April 2018", "/b.csv")], "a-v2.csv"),
        ([("Spend April 2018 (updated)", "/a.csv"), ("Spend April 2018 (amended)", "/b.csv")], "b.csv"),
        ([("Spend April 2018", "/a.csv"), ("Spend April 2018 (PDF)", "/a.pdf")], "a.csv"),
        ([("Spend April 2018", "/a.pdf")], "a.pdf"),
    ],
)
def test_of_two_links_for_a_month_one_is_taken(
    links: list[tuple[str, str]],
    chosen: str,
    server: LocalServer,
    fetcher: Fetcher,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.routes[f"/{HOST}/spend"] = page(*links)
    assert periods(make_publisher(), SAMPLE, fetcher) == {"2018-04": f"{HOST}/{chosen}"}
    assert ("different links for 2018-04" in caplog.text) is (len({href for _, href in links}) > 1)


@pytest.mark.database
def test_the_month_may_stand_around_the_link(server: LocalServer, fetcher: Fetcher) -> None:
    html = """<html><h2>Contents</h2><table>
        <tr><td>April 2018</td><td><a href="/a">Spend (CSV)</a></td></tr>
        <tr><td>May 2018</td><td><a href="/b" title="Spend data"><img></a></td></tr></table>
        <h3>June 2018</h3><p><a href="/c">Spend (CSV)</a></p>
        <h3>Financial year 2018 to 2019</h3><p><a href="/d">Spend July</a> <a href="/e">Spend January</a></p>
        <h3>Other years</h3><p><a href="/f">Spend (CSV)</a></p></html>"""
    server.routes[f"/{HOST}/spend"] = body(html.encode(), "text/html")
    found = periods(make_publisher(), SAMPLE, fetcher)
    assert {period: path.rpartition("/")[2] for period, path in found.items()} == {
        "2018-04": "a", "2018-05": "b", "2018-06": "c", "2018-07": "d", "2019-01": "e",
    }  # fmt: skip


@pytest.mark.database
def test_a_file_on_a_foreign_host_is_left_out_aloud(
    server: LocalServer, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    server.routes[f"/{HOST}/spend"] = page(
        ("Spend April 2018", "https://files.elsewhere.example/april.csv"), ("Spend May 2018", "/may.csv")
    )
    assert list(periods(make_publisher(), SAMPLE, fetcher)) == ["2018-05"]
    assert "files.elsewhere.example" in caplog.text
    assert list(periods(make_publisher({"hosts": ["files.elsewhere.example"]}), SAMPLE, fetcher)) == [
        "2018-04",
        "2018-05",
    ]


@pytest.mark.database
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(404), "no listing page can be read"),
        (body(b"Date,Amount\n", "text/csv"), "no listing page can be read"),
        (page(("Contact", "/contact")), r"no link on https://www\.invented\.example/spend matches"),
        (page(("Spend Q1 2018", "/q1.csv"), ("Spend 2018", "/y.csv")), "2 links match .* none names a month"),
    ],
)
def test_a_listing_that_shows_no_file(answer: Any, words: str, server: LocalServer, fetcher: Fetcher) -> None:
    server.routes[f"/{HOST}/spend"] = answer
    with pytest.raises(DiscoverError, match=words):
        discover(make_publisher(), SAMPLE, fetcher)
    assert outcomes() != []


@pytest.mark.database
def test_a_stream_that_cannot_be_read_does_not_hide_the_other(
    server: LocalServer, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    card = {"urls": [f"https://{HOST}/cards"], "link": "card"}
    publisher = make_publisher(payments=dict(LISTING), purchase_card=card)
    server.routes[f"/{HOST}/spend"] = page(("Spend April 2018", "/a.csv"))
    assert [file.stream for file in discover(publisher, SAMPLE, fetcher)] == ["payments"]
    assert "invented_council, purchase_card: no listing page" in caplog.text


@pytest.mark.database
def test_dead_links_beside_good_ones(server: LocalServer, fetcher: Fetcher, tmp_path: Path) -> None:
    server.routes[f"/{HOST}/spend"] = page(("Spend April 2018", "/dead.csv"), ("Spend May 2018", "/may.csv"))
    server.routes[f"/{HOST}/may.csv"] = body(b"Date,Supplier,Amount\n")
    publisher, store = make_publisher(), LandingStore(str(tmp_path / "landing"))
    dead, alive = discover(publisher, SAMPLE, fetcher)
    with pytest.raises(FetchError, match="404"):
        fetcher.land(dead, publisher, store, "spec")
    assert fetcher.land(alive, publisher, store, "spec").period == "2018-05"
    assert [outcome for outcome, _ in outcomes()] == ["listing", "failed", "landed"]


# SharePoint ----------------------------------------------------------------------------------------------

SITE = "https://council.sharepoint.com"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            f"{SITE}/:x:/s/News/EZMM-e_O?e=GDOUbY",
            f"{SITE}/sites/News/_layouts/15/download.aspx?share=EZMM-e_O",
        ),
        (f"{SITE}/:x:/t/Team/EZMM", f"{SITE}/teams/Team/_layouts/15/download.aspx?share=EZMM"),
        (
            f"{SITE}/:x:/r/sites/News/Web%20Docs/Jan%202018.csv?d=w42&csf=1&web=1",
            f"{SITE}/sites/News/_layouts/15/download.aspx?SourceUrl=/sites/News/Web%20Docs/Jan%202018.csv",
        ),
        (f"{SITE}/sites/News/Docs/a.csv", f"{SITE}/sites/News/Docs/a.csv"),
        ("https://www.invented.example/a.csv?x=1", "https://www.invented.example/a.csv?x=1"),
    ],
)
def test_share_links_become_downloads(link: str, expected: str) -> None:
    assert sharepoint_download(link) == expected


# inbox ---------------------------------------------------------------------------------------------------


def drop(fetcher: Fetcher, *names: str) -> Path:
    folder = fetcher.inbox / "invented_council"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"Date,Supplier,Amount\n")
    return folder


@pytest.mark.database
def test_files_of_an_inbox(fetcher: Fetcher, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    folder = drop(
        fetcher, "payments-2018-04.csv", "May 2018.xlsx", "2018-06.csv", "2018-06 revised.csv", "notes.txt",
        ".2018-07.csv.swp", "~$May 2018.xlsx", "2018-08.csv.part", "payments 2015-01.csv",
    )  # fmt: skip
    (folder / "2018-09.csv").mkdir()
    publisher = make_publisher(payments=None)
    found = {file.period: file for file in discover(publisher, SAMPLE, fetcher)}
    assert list(found) == ["2018-04", "2018-05", "2018-06"]
    assert found["2018-06"].link_text == "2018-06 revised.csv"
    assert "notes.txt names no certain month" in caplog.text
    assert outcomes() == [("failed", None)], "what is unclear is in the ledger"

    landed = fetcher.land(found["2018-05"], publisher, LandingStore(str(tmp_path / "landing")), "spec")
    assert landed.file_name == "May 2018.xlsx"


@pytest.mark.database
def test_an_inbox_of_two_streams(fetcher: Fetcher) -> None:
    drop(fetcher, "2018-04.csv", "purchase card 2018-04.csv", "payments-2018-05.csv")
    found = discover(make_publisher(payments=None, purchase_card=None), SAMPLE, fetcher)
    assert [(file.stream, file.period) for file in found] == [
        ("payments", "2018-04"),
        ("payments", "2018-05"),
        ("purchase_card", "2018-04"),
    ]


@pytest.mark.database
def test_an_empty_inbox_says_where_to_put_files(fetcher: Fetcher) -> None:
    with pytest.raises(DiscoverError, match=r"inbox.*invented_council.*payments-2017-04\.csv"):
        discover(make_publisher(payments=None), SAMPLE, fetcher)


# archive -------------------------------------------------------------------------------------------------

MANIFEST = ["publisher_id", "stream", "period", "file", "sha256", "note"]


def write_archive(folder: Path, *rows: tuple[str, ...]) -> Path:
    folder.mkdir()
    with (folder / "manifest.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([MANIFEST, *((*row, "a note") for row in rows)])
    return folder


@pytest.mark.database
@pytest.mark.usefixtures("empty_ledger")
def test_an_archive(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    data = b"Date,Supplier,Amount\n"
    sha256 = hashlib.sha256(data).hexdigest()
    council = ("invented_council", "payments")
    folder = write_archive(
        tmp_path / "archive",
        (*council, "2018-04", "sub/april 2018.csv", sha256),
        (*council, "2018-05", "missing.csv", sha256),
        (*council, "2018-06", "changed.csv", sha256),
        (*council, "2018-07", "no-hash.csv", ""),
        (*council, "2018-08", "../outside.csv", sha256),
        (*council, "2018-13", "never.csv", sha256),
        ("invented_council", "listing_page", "", "index.html", sha256),
        ("unheard_of_body", "payments", "2018-04", "sub/april 2018.csv", sha256),
    )
    (folder / "sub").mkdir()
    for name, content in (("sub/april 2018.csv", data), ("changed.csv", data + b"x"), ("no-hash.csv", data)):
        (folder / name).write_bytes(content)
    (tmp_path / "outside.csv").write_bytes(data)

    publisher, store = make_publisher(), LandingStore(str(tmp_path / "landing"))
    request = RunRequest("archive", archive=str(folder))
    fetcher = Fetcher("archive", "run", archive=str(folder))
    results = {}
    for file in discover(publisher, request, fetcher):
        try:
            results[file.period] = fetcher.land(file, publisher, store, "spec").file_name
        except FetchError as error:
            results[file.period] = str(error)

    assert results.pop("2018-04") == "april 2018.csv"
    expected = {
        "2018-05": "cannot be read: No such file",
        "2018-06": "is not the file of its manifest",
        "2018-07": "is not the file of its manifest",
        "2018-08": "outside the inbox and the archive",
    }
    assert {period: words for period, words in expected.items() if words in results[period]} == expected
    assert outcomes() == [("failed", None)] * 2 + [("landed", None)] + [("failed", None)] * 4
    for words in (
        "without a spec, left out: invented_council, unheard_of_body",
        "'2018-13' is not a month",
        "'listing_page'",
    ):
        assert words in caplog.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"publisher_id,stream,period,file\n", "lacks the columns sha256"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"", "lacks the columns"),
    ],
)
def test_a_manifest_that_cannot_be_used(content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(DiscoverError, match=words):
        read_manifest(tmp_path)


# real listing pages --------------------------------------------------------------------------------------


@pytest.mark.real_data
@pytest.mark.database
def test_the_real_listing_pages_of_central_bedfordshire(
    real_data: Path, server: LocalServer, fetcher: Fetcher
) -> None:
    """28 months of payments and none of the purchase-card links; counts only, no address is shown."""
    spec = Path(__file__).parents[2] / "plugins" / "publishers" / "central_bedfordshire_council.yml"
    publisher = load_spec(spec)
    folder = real_data / "archive" / "central_bedfordshire_council" / "listing"
    base = "/www.centralbedfordshire.gov.uk/info/28/transparency/285/council_spending"
    for number in (1, 2, 3, 4):
        html = (folder / f"index_p{number}.html").read_bytes()
        server.routes[base if number == 1 else f"{base}/{number}"] = body(html, "text/html")

    found = [file for file in discover(publisher, SAMPLE, fetcher) if file.stream == "payments"]

    months = [file.period for file in found]
    assert (len(months), months[0], months[-1]) == (28, "2023-04", "2025-07")
    assert sum("/_layouts/15/download.aspx?share=" in file.url for file in found) == 28
    assert sum("card" in file.link_text.lower() for file in found) == 0
    assert len({file.url for file in found}) == 28
    counted = outcomes()
    assert sum(outcome == "listing" for outcome, _ in counted) >= 4
    assert {code for outcome, code in counted if outcome == "failed"} == {404}, "pages 5 to 7 are not here"
