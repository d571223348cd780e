"""The page of a check in a real browser: nothing fetched, nothing overflowing, everything named."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import check_files as files
from anchor_spend.check import check_file, page
from headless_browser import OVERFLOWING, Page, browser, find_browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with much to say, of a long name, beside earlier months."""
    folder = tmp_path_factory.mktemp("checks")
    kept = folder / "earlier"
    kept.mkdir()
    for month in ("2017-03", "2017-04", "2017-05"):
        files.write(kept, files.rows(100), f"payments-{month}.csv")
    name = f"{'Llanfairpwllgwyngyllgogerychwyrndrobwll' * 4}-2017-06.csv"
    source = files.write(folder, files.marked(), name)
    out = folder / "check.html"
    page.write(check_file(source, files.publisher(), previous=[kept]), out)
    return out


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with browser(find_browser()) as opened:
        yield opened


@pytest.fixture(autouse=True)
def silence(tab: Page) -> Iterator[None]:
    """Whatever a test does, the page asks for nothing but itself and has nothing to complain about."""
    tab.requests.clear()
    tab.complaints.clear()
    yield
    assert tab.complaints == []
    assert {address.split(":")[0] for address in tab.requests} <= {"file", "data"}
    assert all(address.endswith("check.html") for address in tab.requests if address.startswith("file"))


@pytest.mark.parametrize("width", [320, 384, 768, 1440])
def test_nothing_overflows(path: Path, tab: Page, width: int) -> None:
    """384 px is what a window of 768 px shows at 200% zoom."""
    tab.open(path, width=width)
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert tab.run(OVERFLOWING) == []


def test_it_works_without_scripts(path: Path, tab: Page) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.call("Page.navigate", url=path.as_uri())
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
    tab.open(path, width=768)
    assert tab.run("document.querySelectorAll('script').length") == 0


def test_the_accessibility_tree_has_verdict_headings_and_captions(path: Path, tab: Page) -> None:
    tab.open(path, width=1440)
    named: dict[str, list[str]] = {}
    for node in tab.call("Accessibility.getFullAXTree")["nodes"]:
        if not node.get("ignored"):
            name = str(node.get("name", {}).get("value", "")).strip()
            named.setdefault(str(node["role"]["value"]), []).append(name)
    assert "Not ready" in named["heading"], "the verdict, without its sign"
    for heading in ("Errors", "Warnings", "For information", "What was understood", "Beside earlier months"):
        assert heading in named["heading"]
    for caption in ("Rows and pounds read, and what became of them", "What each column was read as"):
        assert caption in named["table"]
    for role in ("table", "region", "navigation", "heading", "link", "columnheader", "rowheader"):
        assert named.get(role) and all(named[role]), role
    assert len(named["main"]) == len(named["banner"]) == len(named["contentinfo"]) == 1


def test_headings_go_down_one_step_at_a_time(path: Path, tab: Page) -> None:
    tab.open(path, width=320)
    script = "[...document.querySelectorAll('h1,h2,h3,h4')].map(heading => +heading.tagName[1])"
    levels: list[int] = tab.run(script)
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_the_keyboard_skips_to_the_content_and_reaches_the_tables(path: Path, tab: Page) -> None:
    tab.open(path, width=320)
    tab.press("Tab", 9)
    assert tab.run("document.activeElement.className") == "skip"
    assert tab.run("document.activeElement.getBoundingClientRect().top") >= 0, "shown when it has the focus"
    tab.press("Enter", 13)
    assert tab.run("document.activeElement.id || location.hash") in ("content", "#content")
    tab.press("Tab", 9)
    assert tab.run("document.activeElement.className") == "scroll"


@pytest.mark.parametrize(("media", "scheme"), [("print", "light"), ("screen", "light"), ("screen", "dark")])
def test_the_verdict_is_no_matter_of_colour_and_can_be_read(
    path: Path, tab: Page, media: str, scheme: str
) -> None:
    """Sign and words both say it; its contrast is that of the page's head, on paper as well."""
    tab.open(path, width=768, media=media, scheme=scheme)
    assert tab.run("document.querySelector('h1').innerText").split() == ["✕", "Not", "ready"]
    assert _contrast(tab.run(_COLOURS)) >= 4.5


_COLOURS = """
(() => {
  const verdict = document.querySelector('h1');
  let ground = verdict, colour;
  do { colour = getComputedStyle(ground).backgroundColor; ground = ground.parentElement; }
  while (ground && colour === 'rgba(0, 0, 0, 0)');
  return [getComputedStyle(verdict).color, colour].map(text => text.match(/\\d+/g).slice(0, 3).map(Number));
})()
"""


def _contrast(colours: list[list[int]]) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: list[int]) -> float:
        parts = [part / 255 for part in colour]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted(map(luminance, colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)
