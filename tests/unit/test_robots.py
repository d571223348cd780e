"""Rules of a robots.txt, as RFC 9309 reads them."""

import time

import pytest

from anchor_spend.robots import parse_robots


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("<html>Not found</html>", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("user-agent: *\ndisallow: /a # why\nallow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/c", False),
        ("User-agent: *\nDisallow: /*.xlsx$", "/files/april.xlsx", False),
        ("User-agent: *\nDisallow: /*.xlsx$", "/files/april.xlsx/download", True),
        ("User-agent: *\nDisallow: /*?inline", "/files/april.xlsx?inline", False),
        ("User-agent: *\nDisallow: /a%20b", "/a b/c", False),
        ("User-agent: AnchorSpend\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: anchorspend\nDisallow: /x\nUser-agent: *\nDisallow: /", "/x", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("Disallow: /", "/a", True),
        ("User-agent: *\nAllow: /same\nDisallow: /same", "/same", True),
    ],
)
def test_robots_rules(text: str, path: str, allowed: bool) -> None:
    assert parse_robots(text, "AnchorSpend").allows(path) is allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 10\nDisallow:", 10),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: other\nCrawl-delay: 10", 0),
        ("User-agent: anchorspend\nAllow: /\n\nUser-agent: *\nCrawl-delay: 10", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("Crawl-delay: 10", 0),
    ],
)
def test_the_pause_that_is_asked_for(text: str, seconds: float) -> None:
    assert parse_robots(text, "AnchorSpend").crawl_delay == seconds


def test_a_rule_full_of_stars_costs_no_more_than_a_plain_one() -> None:
    rules = parse_robots("User-agent: *\nDisallow: /" + "*a" * 200 + "$", "AnchorSpend")
    before = time.thread_time()
    assert rules.allows("/" + "a" * 5000 + "b")
    assert not rules.allows("/" + "a" * 5000)
    assert time.thread_time() - before < 0.5
