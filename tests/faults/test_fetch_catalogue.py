"""CKAN catalogues, data.gov.uk's way: moved, paged, half dead, and answers that are none."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from anchor_spend import ckan
from anchor_spend.discover import discover
from anchor_spend.errors import DiscoverError, FetchError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from anchor_spend.links import period_of
from anchor_spend.records import RunRequest
from fetching import CSV, attempts, land, make_publisher, offered
from local_server import Answer, LocalServer, body, raw, redirect, status

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger", "no_proxy")]

CATALOGUE, OLD, FILES = "files.example.test", "other.example.test", "retired.example.test"
SHOW = "/api/3/action/package_show?id=spend"
SEARCH = "/api/3/action/package_search?fq=organization:invented"
SAMPLE = RunRequest("sample", last="2019-03")
Resource = dict[str, Any]


def resource(name: str, url: str, **fields: Any) -> Resource:
    return {"name": name, "url": url, "format": "CSV", "state": "active", **fields}


def package(*resources: Any, title: str = "Spend over £500") -> dict[str, Any]:
    return {"title": title, "resources": list(resources)}


def answer(result: Any, *, success: bool = True) -> Answer:
    return body(json.dumps({"success": success, "result": result}).encode(), "application/json")


def publisher(path: str = SHOW, host: str = CATALOGUE, **listing: Any) -> Any:
    return make_publisher(
        FILES, OLD, CATALOGUE, kind="ckan", urls=[f"https://{host}{path}"], link="spend", **listing
    )


def found(server: LocalServer, fetcher: Fetcher, path: str = SHOW, **listing: Any) -> dict[str, str]:
    """Month -> path of the file, as the catalogue offers it."""
    files = discover(publisher(path, **listing), SAMPLE, fetcher)
    return {file.period: file.url.removeprefix(f"{server.origin}/{FILES}") for file in files}


def test_resources_of_a_dataset(server: LocalServer, fetcher: Fetcher) -> None:
    server.routes[f"/{CATALOGUE}{SHOW}"] = answer(
        package(
            resource("Spend April 2018", f"https://{FILES}/april.csv"),
            resource("Spend May 2018", ""),  # no address
            resource("Spend June 2018", f"http://{FILES}/june.csv"),  # asked as https
            resource("Spend July 2018", f"https://{FILES}/july.csv", state="deleted"),
            resource("", f"https://{FILES}/august", description="Spend August 2018"),
            resource("Spend data", f"https://{FILES}/september.csv", description="for September 2018"),
            resource("Spend data", f"https://{FILES}/october.csv", date="31/10/2018"),
            resource("Spend data", f"https://{FILES}/november.csv", date="2018-11-30T00:00:00"),
            resource("Spend data", f"https://{FILES}/december.csv", date="December 2018"),
            resource("Spend Q1 2018", f"https://{FILES}/q1.csv", date="2018-03"),
            resource("Spend January 2019", f"https://{FILES}/page", format="HTML"),
            resource("Spend January 2019", f"https://{FILES}/january.csv"),
            resource("Spend January 2019", f"https://{FILES}/january", format="PDF"),
            resource("Spend February 2019", "https://elsewhere.example/february.csv"),
            resource("Guidance", f"https://{FILES}/guidance.csv", format="CSV"),
            "no resource", {"name": None, "url": None}, resource("Spend", 7),
            title="Payments",
        )
    )  # fmt: skip
    assert found(server, fetcher) == {
        "2018-04": "/april.csv", "2018-06": "/june.csv", "2018-08": "/august", "2018-09": "/september.csv",
        "2018-10": "/october.csv", "2018-11": "/november.csv", "2018-12": "/december.csv",
        "2019-01": "/january.csv",
    }  # fmt: skip
    assert attempts() == ["listing", "failed"]
    assert attempts("detail")[-1].startswith("1 links match 'spend' and name no certain month")


def test_a_search_is_read_to_its_end(
    server: LocalServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["April", "May", "June", "July", "August"]
    packages = [package(resource(f"Spend {name} 2018", f"https://{FILES}/{name}.csv")) for name in names]
    asked: list[tuple[int, int]] = []

    def search(handler: Any) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        start, rows = int(query["start"][0]), int(query["rows"][0])
        assert query["fq"] == ["organization:invented"]
        asked.append((start, rows))
        answer({"count": 5, "results": packages[start : start + min(rows, 2)]})(handler)

    server.routes["*"] = search
    assert list(found(server, fetcher, SEARCH)) == [f"2018-0{month}" for month in range(4, 9)]
    assert asked == [(0, 100), (2, 100), (4, 100)], "also where fewer come than were asked for"

    asked.clear()
    assert len(found(server, fetcher, f"{SEARCH}&rows=1&start=9")) == 5
    assert asked == [(start, 1) for start in range(5)]

    monkeypatch.setattr(ckan, "MAX_ANSWERS", 2)
    assert len(found(server, fetcher, SEARCH)) == 4
    assert "narrow the search" in attempts("detail")[-1]


def test_the_move_to_another_host_is_followed(
    secure_server: LocalServer, live: Callable[..., Fetcher]
) -> None:
    moved = "/api/action/package_show?id=spend"
    secure_server.routes[moved] = redirect(f"https://{CATALOGUE}{SHOW}", 301)
    secure_server.routes[SHOW] = answer(package(resource("Spend April 2018", f"https://{FILES}/april.csv")))
    [file] = discover(publisher(moved, host=OLD), RunRequest("live"), live())
    assert file.url == f"https://{FILES}/april.csv"
    hosts = [headers["host"] for _, headers in secure_server.seen]
    assert hosts == [OLD, OLD, CATALOGUE, CATALOGUE], "of each its robots.txt and the answer"


def test_a_move_to_a_host_that_is_not_listed_is_refused(
    secure_server: LocalServer, live: Callable[..., Fetcher]
) -> None:
    secure_server.routes[SHOW] = redirect(f"https://elsewhere.example{SHOW}", 301)
    with pytest.raises(DiscoverError, match="no catalogue address can be read"):
        discover(publisher(), RunRequest("live"), live())
    assert "not among the hosts" in attempts("detail")[-1]


@pytest.mark.parametrize(
    "target", ["https://10.0.0.7/api", "http://files.example.test/api", "https://a:b@files.example.test/api"]
)
def test_no_way_from_a_catalogue_into_a_private_network(
    target: str, secure_server: LocalServer, live: Callable[..., Fetcher]
) -> None:
    secure_server.routes[SHOW] = redirect(target, 301)
    with pytest.raises(DiscoverError):
        discover(publisher(), RunRequest("live"), live())
    assert len(secure_server.seen) == 2, "robots.txt and one question"


def test_its_interface_is_for_programs_and_its_pause_is_kept(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    """What CKAN comes with: closed to search engines, open to programs that keep their distance."""
    rules = b"User-agent: *\nDisallow: /api/\nDisallow: /private/\nCrawl-delay: 0.1\n"
    secure_server.routes["/robots.txt"] = body(rules, "text/plain")
    secure_server.routes[SHOW] = answer(
        package(resource("Spend April 2018", f"https://{CATALOGUE}/private/a.csv"))
    )
    fetcher = live()
    [file] = discover(publisher(), RunRequest("live"), fetcher)
    with pytest.raises(FetchError, match="robots"):
        fetcher.land(file, publisher(), store, "spec")
    assert secure_server.paths() == ["/robots.txt", SHOW]


REFUSED: dict[str, tuple[Answer, str]] = {
    "no success": (answer(package(), success=False), "did not succeed"),
    "no word of success": (body(b'{"result": {}}', "application/json"), "did not succeed"),
    "no result": (answer([]), "holds no result"),
    "no JSON": (body(b"<html>Down for maintenance</html>", "text/html"), "is no JSON answer"),
    "cut off JSON": (body(b'{"success": true, "result": {', "application/json"), "cut off or damaged"),
    "deep JSON": (body(b'{"a":' * 100_000, "application/json"), "larger than|cut off or damaged"),
    "empty": (body(b"", "application/json"), "is no JSON answer"),
    "403": (status(403), "403"),
    "cut off": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"{"), "fewer bytes came"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_answers_that_are_none(case: str, server: LocalServer, fetcher: Fetcher) -> None:
    reply, words = REFUSED[case]
    server.routes["*"] = reply
    with pytest.raises(DiscoverError, match=words):
        discover(publisher(), SAMPLE, fetcher)
    assert "failed" in attempts()


def test_a_search_without_results_or_count(server: LocalServer, fetcher: Fetcher) -> None:
    server.routes["*"] = answer({"results": []})
    with pytest.raises(DiscoverError, match=r"names no result\.results or no count"):
        discover(publisher(SEARCH), SAMPLE, fetcher)
    server.routes["*"] = answer({"count": 0, "results": []})
    with pytest.raises(DiscoverError, match="no link on"):
        discover(publisher(SEARCH), SAMPLE, fetcher)


def test_one_dead_address_hides_no_other(server: LocalServer, fetcher: Fetcher, store: LandingStore) -> None:
    server.routes[f"/{CATALOGUE}{SHOW}"] = answer(
        package(
            resource("Spend April 2018", f"https://{FILES}/dead.csv"),
            resource("Spend May 2018", f"https://{FILES}/may.csv"),
        )
    )
    server.routes[f"/{FILES}/may.csv"] = body(CSV)
    body_of = make_publisher(
        FILES, kind="ckan", link="spend",
        urls=[f"https://{CATALOGUE}/api/3/action/package_show?id=gone", f"https://{CATALOGUE}{SHOW}"],
    )  # fmt: skip
    dead, alive = discover(body_of, SAMPLE, fetcher)
    with pytest.raises(FetchError, match="404"):
        fetcher.land(dead, body_of, store, "spec")
    assert fetcher.land(alive, body_of, store, "spec").size_bytes == len(CSV)
    assert attempts() == ["failed", "listing", "failed", "landed"]


def test_a_message_in_json_is_still_no_file(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    server.routes["*"] = answer(package(), success=False)
    with pytest.raises(FetchError, match="a JSON message"):
        land(fetcher, store, offered())


def test_the_month_of_a_resource_is_certain_or_none() -> None:
    def month(**fields: Any) -> str | None:
        [link] = ckan._links_of(package(resource(url="https://a.example/x", **{"name": "Spend", **fields})))
        return period_of(link)

    assert month(date="2018-04") == "2018-04"
    assert month(name="Spend (April)", date="30/04/2018") == "2018-04"
    assert month(name="Spend March", date="30/04/2018") is None, "they contradict each other"
    assert month(date="30/04") is None
    assert month() is None
