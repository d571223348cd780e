"""Finding each period's file on listing pages served over loopback: names, years, further pages."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anchor_spend.discover import discover, sharepoint_download, survey
from anchor_spend.errors import DiscoverError, FetchError
from anchor_spend.fetch import Fetcher, Limits
from anchor_spend.landing import LandingStore
from anchor_spend.listing_pages import start_urls
from anchor_spend.records import RunRequest
from anchor_spend.spec import load_spec
from listings import HOST, LISTING, SAMPLE, details, make_publisher, outcomes, page, periods
from local_server import LocalServer, body, redirect, status


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


@pytest.fixture
def fetcher(server: LocalServer, tmp_path: Path, empty_ledger: str) -> Fetcher:
    limits = Limits(tries=2, backoff_seconds=0.01)
    return Fetcher("sample", "run", sample_origin=server.origin, inbox=tmp_path / "inbox", limits=limits)


# listing pages ------------------------------------------------------------------------------------------


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

    without_end = start_urls(publisher.streams["payments"].listing, "2016-04", "9999-12")
    assert len(without_end) == date.today().year - 2015, "to this year"


@pytest.mark.database
def test_financial_year_pages(server: LocalServer, fetcher: Fetcher) -> None:
    urls = [f"https://{HOST}/{{financial_year}}/spend", f"https://{HOST}/archive", f"https://{HOST}/archive"]
    server.routes[f"/{HOST}/2016-17/spend"] = page(("Spend January", "/a.csv"), ("Spend April", "/b.csv"))
    server.routes[f"/{HOST}/2017-18/spend"] = page(("Spend May 2017", "/c.csv"))
    server.routes[f"/{HOST}/archive"] = page(("Spend March 2018", "/d.csv"))
    request = RunRequest("sample", first="2016-04", last="2018-03")
    found = periods(make_publisher({"urls": urls}), request, fetcher)
    assert {period: path.rpartition("/")[2] for period, path in found.items()} == {
        "2016-04": "b.csv", "2017-01": "a.csv", "2017-05": "c.csv", "2018-03": "d.csv",
    }  # fmt: skip
    assert server.paths() == [f"/{HOST}/{name}" for name in ("2016-17/spend", "2017-18/spend", "archive")]


@pytest.mark.database
def test_the_year_may_stand_in_the_pages_address_or_heading(server: LocalServer, fetcher: Fetcher) -> None:
    urls = [f"https://{HOST}/2017-spend", f"https://{HOST}/older", f"https://{HOST}/2019/05/news"]
    publisher = make_publisher({"urls": urls})
    server.routes[f"/{HOST}/2017-spend"] = page(("Spend April", "/a.csv"))
    heading = "<h1>Spending in the financial year 2016 to 2017</h1>{}"
    server.routes[f"/{HOST}/older"] = page(("Spend March", "/b.csv"), around=heading)
    server.routes[f"/{HOST}/2019/05/news"] = page(("Spend June", "/c.csv"))  # the day of an upload
    publisher = publisher.model_copy(
        update={
            "streams": {
                "payments": publisher.streams["payments"].model_copy(update={"first_period": "2015-04"})
            }
        }
    )
    found = periods(publisher, SAMPLE, fetcher)
    assert {period: path.rpartition("/")[2] for period, path in found.items()} == {
        "2017-03": "b.csv", "2017-04": "a.csv",
    }  # fmt: skip


@pytest.mark.database
@pytest.mark.parametrize(
    ("marked", "asked"),
    [
        ('<link rel="next" href="/spend?page=1">', ["/spend", "/spend?page=1"]),
        ('<a rel="nofollow next" href="?page=1">More</a>', ["/spend", "/spend?page=1"]),
        ('<a rel="next" href="/spend/page/2/">More</a>', ["/spend", "/spend/page/2/"]),
        ('<a rel="next" href="/news/2">The next article</a>', ["/spend"]),
        ('<a rel="next" href="https://elsewhere.example/spend?page=1">More</a>', ["/spend"]),
        ('<a rel="next" href="https://[bad">More</a>', ["/spend"]),
        ('<a rel="next" href="/spend">Again</a>', ["/spend"]),
    ],
)
def test_a_page_may_say_where_it_goes_on(
    marked: str, asked: list[str], server: LocalServer, fetcher: Fetcher
) -> None:
    server.routes["*"] = page(("Spend May 2018", "/b.csv"))
    server.routes[f"/{HOST}/spend"] = page(("Spend April 2018", "/a.csv"), around=marked + "{}")
    found = periods(make_publisher(), SAMPLE, fetcher)
    assert server.paths() == [f"/{HOST}{path}" for path in asked]
    assert list(found) == ["2018-04", "2018-05"][: len(asked)]


@pytest.mark.database
def test_numbered_pages_in_a_circle(server: LocalServer, fetcher: Fetcher) -> None:
    def numbered(handler: Any) -> None:
        number = int(handler.path.partition("page=")[2] or 0)
        links = [("More", f"?page={(number + step) % 3}") for step in (1, 2)]
        page(*links, (f"Spend {['April', 'May', 'June'][number]} 2018", f"/{number}.csv"))(handler)

    server.routes["*"] = numbered
    publisher = make_publisher({"follow": r"[?&]page=\d+$"})
    assert list(periods(publisher, SAMPLE, fetcher)) == ["2018-04", "2018-05", "2018-06"]
    assert len(server.seen) == 4, "the first page stands at two addresses"


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
        ([("Spend April 2018", "/a.csv"), ("Spend April 2018", "/copy-a.csv")], "a.csv"),
        ([("Spend April 2018", "/copy-a.csv")], "copy-a.csv"),
        ([("Spend April 2018 v3", "/a.csv"), ("Spend April 2018 v2", "/b.csv")], "a.csv"),
        ([("Spend April 2018 version 2", "/a.csv"), ("Spend April 2018", "/b.csv")], "a.csv"),
        ([("Card spend April 2018 v2", "/c.csv"), ("Spend April 2018", "/b.csv")], "b.csv"),
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
    of_payments = {href for text, href in links if "Card" not in text}
    assert ("different links for 2018-04" in caplog.text) is (len(of_payments) > 1)


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
def test_links_without_a_certain_month_are_one_row_of_the_ledger(
    server: LocalServer, fetcher: Fetcher
) -> None:
    server.routes[f"/{HOST}/spend"] = page(
        ("Spend Q1 2018", "/q1.csv"), ("Spend 2018", "/y.csv"), ("Spend April 2018", "/a.csv")
    )
    assert list(periods(make_publisher(), SAMPLE, fetcher)) == ["2018-04"]
    assert outcomes() == [("listing", 200), ("failed", None)]
    assert details()[-1].startswith("2 links match 'spend|payments' and name no certain month")
    assert "/q1.csv" in details()[-1]


@pytest.mark.database
@pytest.mark.parametrize(
    ("cadence", "links", "expected"),
    [
        (
            "quarterly",
            [("Spend Q1 2018-19", "/a"), ("Spend July to September 2018", "/b")],
            ["2018-04", "2018-07"],
        ),
        ("quarterly", [("Spend Q4 2017-18", "/a"), ("Spend April 2018", "/b")], ["2018-01"]),
        (
            "yearly",
            [("Spend 2017-18", "/a"), ("Spend April 2018 - March 2019", "/b")],
            ["2017-04", "2018-04"],
        ),
    ],
)
def test_files_of_quarters_and_years(
    cadence: str, links: list[str], expected: list[str], server: LocalServer, fetcher: Fetcher
) -> None:
    server.routes[f"/{HOST}/spend"] = page(*((text, f"/{at}") for at, text in enumerate(links)))
    publisher = make_publisher(cadence=cadence)
    assert list(periods(publisher, SAMPLE, fetcher)) == expected
    middle = f"{expected[0][:5]}{int(expected[0][5:]) + 1:02d}"
    within = RunRequest("sample", first=middle, last=middle)
    assert list(periods(publisher, within, fetcher)) == expected[:1], "its file covers the month wanted"


@pytest.mark.database
def test_a_stream_that_is_not_wanted_is_not_asked_for(server: LocalServer, fetcher: Fetcher) -> None:
    assert discover(make_publisher(), RunRequest("sample", last="2016-03"), fetcher) == []
    assert server.seen == []


@pytest.mark.database
def test_a_stream_that_cannot_be_read_does_not_hide_the_other(
    server: LocalServer, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    card = {"urls": [f"https://{HOST}/cards"], "link": "card"}
    publisher = make_publisher(payments=dict(LISTING), purchase_card=card)
    server.routes[f"/{HOST}/spend"] = page(("Spend April 2018", "/a.csv"))
    found = survey(publisher, SAMPLE, fetcher)
    assert [file.stream for file in found.files] == ["payments"]
    assert len(found.problems) == 1
    assert "invented_council, purchase_card: no listing page" in found.problems[0]
    assert found.problems[0] in caplog.text


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

    request = RunRequest("sample", last="2026-03")
    found = [file for file in discover(publisher, request, fetcher) if file.stream == "payments"]

    months = [file.period for file in found]
    assert (len(months), months[0], months[-1]) == (28, "2023-04", "2025-07")
    assert sum("/_layouts/15/download.aspx?share=" in file.url for file in found) == 28
    assert sum("card" in file.link_text.lower() for file in found) == 0
    assert len({file.url for file in found}) == 28
    collected = json.loads((folder / "collector_manifest.json").read_text("utf-8"))
    links = {file.period: file.url.rpartition("=")[2] for file in found}
    right = [links.get(f"{row['year']}-{row['month']:02d}") == row["token"] for row in collected]
    assert right == [True] * 12, "another collector's links of the same months"
    assert server.paths().count(base) == 1, "a page of two streams is asked for once"
    counted = outcomes()
    assert sum(outcome == "listing" for outcome, _ in counted) >= 4
    assert {code for outcome, code in counted if outcome == "failed"} == {404}, "pages 5 to 7 are not here"
