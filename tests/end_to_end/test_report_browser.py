"""The page of a release in a real browser: nothing fetched, nothing overflowing, everything named."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from anchor_spend import database, report
from headless_browser import OVERFLOWING, Page, browser, find_browser
from published_sample import publish, tables

pytestmark = pytest.mark.browser

# Words of a chart that leave their picture, and how large the smallest of them is on the screen.
_CHARTS = """
[...document.querySelectorAll('svg.chart')].filter(svg => svg.getBoundingClientRect().width).map(svg => {
  const box = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll('text')];
  const scale = box.width / svg.viewBox.baseVal.width;
  const outside = texts.filter(text => {
    const b = text.getBoundingClientRect();
    return b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 2
      || b.bottom > box.bottom + 2;
  });
  return {
    id: svg.querySelector('title').id,
    width: Math.round(box.width),
    outside: outside.map(text => text.textContent),
    smallest: Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize) * scale)),
  };
})
"""


@pytest.fixture(scope="module")
def path(database_server: str) -> Iterator[Path]:
    rows = tables()
    rows["dim_bodies"][0]["body_name"] = (
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Town Council"
    )
    rows["dim_suppliers"][3]["supplier_name"] = "Westmorland Wholesale MANAGEMENT WORKSHOPS " * 4
    for spend in rows["supplier_spend"]:
        if spend["supplier_id"] == rows["dim_suppliers"][3]["supplier_id"]:
            spend["amount_gbp"] += 90_000_000  # certain to be listed
    with database.connect(autocommit=True) as connection, publish(connection, rows):
        yield report.write_report()


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    program = find_browser()
    with browser(program) as page:
        yield page


@pytest.fixture(autouse=True)
def silence(tab: Page) -> Iterator[None]:
    """Whatever a test does, the page asks for nothing but itself and has nothing to complain about."""
    tab.requests.clear()
    tab.complaints.clear()
    yield
    assert tab.complaints == []
    assert {address.split(":")[0] for address in tab.requests} <= {"file", "data"}
    assert all(address.endswith(".html") for address in tab.requests if address.startswith("file"))


@pytest.mark.parametrize("width", [320, 360, 600, 753, 768, 1024, 1088, 1440, 1920])
def test_nothing_overflows_and_words_stay_legible(path: Path, tab: Page, width: int) -> None:
    tab.open(path, width=width)
    tab.run("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert tab.run(OVERFLOWING) == []
    charts = tab.run(_CHARTS)
    assert len(charts) == 7, "one drawing of each chart"
    drawn = "narrow" if width <= 752 else "wide"
    for chart in charts:
        assert chart["id"].endswith(f"{drawn}-title")
        assert chart["outside"] == [], f"{chart['id']} at {width}"
        assert chart["smallest"] >= 9, f"{chart['id']} at {width}"


def test_every_picture_table_and_landmark_has_a_name(path: Path, tab: Page) -> None:
    tab.open(path, width=1440)
    tab.run("document.querySelectorAll('details').forEach(details => details.open = true)")
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    named: dict[str, list[str]] = {}
    for node in nodes:
        if not node.get("ignored"):
            named.setdefault(str(node["role"]["value"]), []).append(
                str(node.get("name", {}).get("value", ""))
            )
    pictures = [name for role in ("image", "img", "graphics-document") for name in named.get(role, [])]
    assert len(pictures) == 7
    for role in ("figure", "table", "region", "navigation", "heading", "link"):
        assert named.get(role), role
        assert all(named[role]), role
    assert all(pictures)
    assert len(named["main"]) == len(named["banner"]) == len(named["contentinfo"]) == 1
    described = [n for n in nodes if n.get("name", {}).get("value") in pictures and n.get("description")]
    assert len({node["name"]["value"] for node in described}) == 7, "each picture has its text alternative"


def test_headings_go_down_one_step_at_a_time(path: Path, tab: Page) -> None:
    tab.open(path, width=360)
    levels: list[int] = tab.run(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map(heading => +heading.tagName[1])"
    )
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_the_keyboard_reaches_the_content_and_the_tables(path: Path, tab: Page) -> None:
    tab.open(path, width=360)
    tab.press("Tab", 9)
    assert tab.run("document.activeElement.className") == "skip"
    assert tab.run("document.activeElement.getBoundingClientRect().top") >= 0, "shown when it has the focus"
    tab.press("Enter", 13)
    assert tab.run("document.activeElement.id || location.hash") in ("content", "#content")
    summary = "document.querySelector('#bodies summary')"
    tab.run(f"{summary}.focus()")
    tab.press("Enter", 13)
    assert tab.run(f"{summary}.parentElement.open") is True
    tab.press("Tab", 9)
    assert tab.run("document.activeElement.className") == "scroll"
    assert tab.run("document.activeElement.scrollWidth > document.activeElement.clientWidth") is True


def test_the_warning_stays_in_sight(path: Path, tab: Page) -> None:
    tab.open(path, width=1440)
    tab.run("document.querySelector('#method').scrollIntoView({behavior: 'instant'})")
    assert tab.run("scrollY") > 3000
    assert tab.run("document.querySelector('.synthetic').getBoundingClientRect().top") == 0


def test_paper_shows_every_table_in_light_colours(path: Path, tab: Page) -> None:
    tab.open(path, width=700, media="print", scheme="dark")
    hidden = "[...document.querySelectorAll('details table')].filter(table => !table.offsetHeight).length"
    assert tab.run(hidden) == 0
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert {chart["id"].split("-")[-2] for chart in tab.run(_CHARTS)} == {"wide"}


def test_dark_colours_reach_the_charts(path: Path, tab: Page) -> None:
    paper = "getComputedStyle(document.querySelector('svg.chart rect')).fill"
    colours = []
    for scheme in ("light", "dark"):
        tab.open(path, width=1440, scheme=scheme)
        colours.append(tab.run(paper))
    assert colours[0] == "rgb(255, 255, 255)" and colours[1] != colours[0]
