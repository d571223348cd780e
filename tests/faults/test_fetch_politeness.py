"""Politeness, by what the server saw and when: robots.txt, pauses, one connection, backoff, rest."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from anchor_spend.errors import FetchError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from fetching import CSV, HOST, QUICK, attempts, land, make_publisher, offered
from local_server import Answer, LocalServer, body, in_turn, raw, redirect, status

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger", "no_proxy")]

OTHER = "other.example.test"


def gaps(server: LocalServer) -> list[float]:
    """Seconds between one request and the next."""
    return [later - earlier for earlier, later in pairwise(server.arrivals)]


# robots.txt ----------------------------------------------------------------------------------------------


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


NO_RULES: dict[str, Answer] = {
    "none": status(404),
    "gone": status(410),
    "refused": status(403),  # RFC 9309: unavailable is not disallowed
    "a web page": body(b"<!DOCTYPE html><p>Disallow: /</p>", "text/html"),
    "empty": body(b"", "text/plain"),
    "a redirect to another body's host": redirect("https://elsewhere.example/robots.txt"),
    "a redirect in a circle": redirect(f"https://{HOST}/robots.txt"),
    "too large": body(b"#" * 600_000, "text/plain"),
}


@pytest.mark.parametrize("case", NO_RULES)
def test_a_site_without_rules_may_be_asked(
    case: str, secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["/robots.txt"] = NO_RULES[case]
    secure_server.routes["/april.csv"] = body(CSV)
    assert land(live(), store).size_bytes == len(CSV)


NO_ANSWER: dict[str, Answer] = {
    "500": status(500),
    "503, later": status(503, Retry_After="3600"),
    "429": status(429),
    "cut off": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"User-agent: *"),
    "closed": raw(b""),
}


@pytest.mark.parametrize("case", NO_ANSWER)
def test_a_site_whose_rules_cannot_be_known_is_not_asked(
    case: str, secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["/robots.txt"] = NO_ANSWER[case]
    with pytest.raises(FetchError) as raised:
        land(live(), store)
    assert raised.value.is_transient
    assert set(secure_server.paths()) == {"/robots.txt"}


def test_rules_hold_after_a_redirect_and_on_each_host(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["/robots.txt"] = body(b"User-agent: AnchorSpend\nDisallow: /private/", "text/plain")
    secure_server.routes["/april.csv"] = redirect(f"https://{OTHER}/private/april.csv")
    with pytest.raises(FetchError, match=f"robots.txt of {OTHER}"):
        land(live(), store)
    assert secure_server.paths() == ["/robots.txt", "/april.csv", "/robots.txt"]


@pytest.mark.parametrize(("asked", "kept"), [("0.3", 0.3), ("86400", 0.4), ("0.01", 0.1)])
def test_the_longer_of_both_pauses_is_kept_up_to_a_limit(
    asked: str, kept: float, secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    rules = f"User-agent: *\nCrawl-delay: {asked}\n".encode()
    secure_server.routes["*"] = body(CSV)
    secure_server.routes["/robots.txt"] = body(rules, "text/plain")
    fetcher = live(replace(QUICK, delay_seconds=0.1, crawl_delay_cap_seconds=0.4))
    for path in ("/a.csv", "/b.csv"):
        land(fetcher, store, offered(path))
    assert min(gaps(secure_server)) >= kept * 0.98
    assert len(secure_server.seen) == 3


# one at a time -------------------------------------------------------------------------------------------


def test_requests_to_a_host_keep_their_distance_over_one_connection(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["*"] = body(CSV)
    slow = replace(QUICK, delay_seconds=0.2)
    threads = [threading.Thread(target=land, args=(live(slow), store, offered(f"/{n}.csv"))) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secure_server.seen) == 4, "robots.txt and a file, twice"
    assert min(gaps(secure_server)) >= 0.19, "also among parallel fetchers"
    assert secure_server.most_open == 1


CHILD = """
    import sys
    sys.path[:0] = {path!r}
    from dataclasses import replace
    from anchor_spend import landing
    from anchor_spend.fetch import Fetcher
    from fetching import QUICK, land, offered

    limits = replace(QUICK, delay_seconds=0.2)
    there = lambda host, port: [("127.0.0.1", {port})]
    fetcher = Fetcher("live", "child", limits=limits, resolve=there, ca_bundle={bundle!r})
    for number in range(2):
        land(fetcher, landing.LandingStore({store!r}), offered(f"/{{number}}.csv"))
"""


def test_processes_take_turns_at_a_host(secure_server: LocalServer, authority: Path, tmp_path: Path) -> None:
    """As tasks of a run do that fetch two streams of one body, or two bodies that share a site."""
    secure_server.routes["*"] = body(CSV)
    here = Path(__file__).resolve()
    script = textwrap.dedent(CHILD).format(
        path=[str(here.parents[2] / "plugins"), str(here.parents[1])],
        port=secure_server.port,
        bundle=str(authority),
        store=str(tmp_path / "landing"),
    )
    children = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [child.communicate(timeout=120)[1] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], errors
    assert len(secure_server.seen) == 9, "robots.txt and two files, three times"
    assert min(gaps(secure_server)) >= 0.19
    assert secure_server.most_open == 1


def test_two_hosts_need_not_wait_for_each_other(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    secure_server.routes["*"] = body(CSV)
    slow = replace(QUICK, delay_seconds=1)
    files = [offered("/1.csv"), offered("/2.csv", host=OTHER)]
    threads = [threading.Thread(target=land, args=(live(slow), store, file)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert secure_server.arrivals[-1] - secure_server.arrivals[0] < 2.8, "one after the other would take 3 s"


# patience ------------------------------------------------------------------------------------------------


def test_backoff_doubles_and_is_never_quite_the_same(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    waits: list[list[float]] = []
    for number in range(3):
        secure_server.arrivals.clear()
        secure_server.routes[f"/{number}.csv"] = in_turn(status(503), status(503), status(503), body(CSV))
        land(live(replace(QUICK, tries=4, backoff_seconds=0.1)), store, offered(f"/{number}.csv"))
        waits.append(gaps(secure_server)[1:])  # the first is between robots.txt and the file
    for tries in waits:
        for wait, (least, most) in zip(tries, [(0.05, 0.15), (0.1, 0.3), (0.2, 0.6)], strict=True):
            assert least <= wait <= most + 2, "and some time for the answers"
    assert len({round(tries[2], 3) for tries in waits}) == 3


def test_what_a_busy_host_asks_for_comes_before_our_own_backoff(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    later = (datetime.now(UTC) + timedelta(seconds=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    secure_server.routes["/april.csv"] = in_turn(status(503, Retry_After=later), body(CSV))
    land(live(), store)
    assert 0.8 <= gaps(secure_server)[1] <= 5


def test_a_host_that_keeps_failing_is_left_alone_and_the_others_are_not(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    def answer(handler: object) -> None:
        is_other = handler.headers["host"] == OTHER  # type: ignore[attr-defined]
        (body(CSV) if is_other else status(500))(handler)  # type: ignore[arg-type]

    secure_server.routes["*"] = answer
    secure_server.routes["/robots.txt"] = status(404)
    fetcher = live(replace(QUICK, failures_to_open=4, open_seconds=30))
    for path in ("/april.csv", "/may.csv", "/june.csv", "/july.csv"):
        with pytest.raises(FetchError):
            land(fetcher, store, offered(path))
    assert secure_server.paths() == ["/robots.txt", *["/april.csv"] * 3, "/may.csv"]
    assert [words for words in attempts("detail") if "not asked again" in words][1:] != []
    assert land(fetcher, store, offered(host=OTHER)).size_bytes == len(CSV)


def test_who_asks_can_be_told(
    secure_server: LocalServer,
    live: Callable[..., Fetcher],
    store: LandingStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from anchor_spend import settings, transport

    contact = replace(settings.load_settings(), contact="mailto:spend@invented.example")
    monkeypatch.setattr(transport, "load_settings", lambda: contact)
    secure_server.routes["*"] = body(CSV)
    land(live(), store)
    agents = {headers["user-agent"] for _, headers in secure_server.seen}
    [agent] = agents
    assert agent.startswith("AnchorSpend/")
    assert agent.endswith(" (+mailto:spend@invented.example)")


def test_a_wall_against_programs_is_taken_for_a_no(
    secure_server: LocalServer, live: Callable[..., Fetcher], store: LandingStore
) -> None:
    """No other name, no cookies, no second way in: the ledger says what to do instead."""
    secure_server.routes["/april.csv"] = status(403, Set_Cookie="__cfduid=1", Server="cloudflare")
    with pytest.raises(
        FetchError, match="ask the publisher to allow it, or put the file into the body's inbox"
    ):
        land(live(), store)
    assert secure_server.paths() == ["/robots.txt", "/april.csv"]
    assert attempts("response_headers ->> 'server'")[-1].endswith("cloudflare")


def test_a_publisher_is_only_asked_at_its_own_hosts(
    live: Callable[..., Fetcher], store: LandingStore
) -> None:
    with pytest.raises(FetchError, match="not among the hosts"):
        live().land(offered(host="elsewhere.example"), make_publisher(), store, "spec-1")
