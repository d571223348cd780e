"""The release as a page: its figures, its words, and that it stands every kind of release."""

import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from anchor_spend import database, report
from anchor_spend.errors import ReleaseError
from anchor_spend.report import charts
from anchor_spend.report import words as report_words
from anchor_spend.report.data import focus_year, read_published
from anchor_spend.report.page import Page
from anchor_spend.settings import PROJECT
from published_sample import BODIES, COLUMNS, MEMO_BODY, Tables, publish, tables

HOSTILE = '<script>alert(1)</script> & "Sons" O\'Test Ltd'
STYLE = (PROJECT / "plugins" / "anchor_spend" / "report" / "templates" / "report.css").read_text()


def page_of(rows: Tables) -> str:
    """The page as it is written when these rows are what is published."""
    with database.connect(autocommit=True) as connection, publish(connection, rows):
        return report.write_report().read_text()


@pytest.fixture(scope="module")
def rows() -> Tables:
    made = tables()
    made["dim_suppliers"][3]["supplier_name"] = HOSTILE
    for spend in made["supplier_spend"]:
        if spend["supplier_id"] == made["dim_suppliers"][3]["supplier_id"]:
            spend["amount_gbp"] += 90_000_000  # certain to be listed; the other relations stay as they were
    return made


@pytest.fixture(scope="module")
def html(database_server: str, rows: Tables) -> str:
    return page_of(rows)


@pytest.fixture(scope="module")
def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "lxml")


@pytest.fixture
def default_release(database_server: str) -> Iterator[Tables]:
    made = tables()
    with database.connect(autocommit=True) as connection, publish(connection, made):
        yield made


# -- words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("812440000"), "£812.4m"),
        (Decimal("812450000"), "£812.5m"),  # half up, not half even
        (1_135_900_000, "£1,135.9m"),
        (Decimal("-3200000.01"), "−£3.2m"),
        (49_999, "£49,999"),
        (Decimal("-0.4"), "£0"),
        (0, "£0"),
        (None, "not known"),
    ],
)
def test_millions(value: Decimal | int | None, words: str) -> None:
    assert report_words.millions(value) == words


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (Decimal("1234567.50"), "pounds", "£1,234,568"),
        (Decimal("-12.50"), "pounds", "−£13"),
        (Decimal("0.2505"), "share", "25.1%"),
        (Decimal("-0.0004"), "share", "0.0%"),
        (Decimal("4.55"), "points", "+4.6 points"),
        (Decimal("-4.55"), "points", "−4.6 points"),
        (1234, "count", "1,234"),
        (None, "pounds", "not known"),
        ("no data", "pounds", "no data"),
    ],
)
def test_cells(value: object, kind: str, words: str) -> None:
    assert report_words.cell(value, kind) == words


@pytest.mark.parametrize(
    ("periods", "words"),
    [
        (["2018-06"], "June 2018"),
        (["2018-07", "2018-06"], "June to July 2018"),
        (["2017-12", "2018-01", "2018-03"], "December 2017 to January 2018 and March 2018"),
    ],
)
def test_runs_of_months(periods: list[str], words: str) -> None:
    assert report_words.month_runs(periods) == words


@pytest.mark.parametrize(
    ("months", "as_of", "year"),
    [
        ({"2016/17": (12, 12), "2017/18": (12, 12)}, date(2018, 5, 1), "2017/18"),
        ({"2016/17": (12, 12), "2017/18": (11, 12)}, date(2018, 5, 1), "2016/17"),
        # every month due so far is in, but the year is not over
        ({"2016/17": (12, 12), "2017/18": (6, 6)}, date(2017, 11, 1), "2016/17"),
        ({"2016/17": (3, 12), "2017/18": (9, 12)}, date(2018, 5, 1), "2017/18"),
        ({"2016/17": (0, 0)}, date(2018, 5, 1), "2016/17"),
        ({}, date(2018, 5, 1), ""),
    ],
)
def test_focus_year_is_the_latest_complete_one(
    months: dict[str, tuple[int, int]], as_of: date, year: str
) -> None:
    rows = [
        {"financial_year": name, "months_covered": covered, "months_expected": expected}
        for name, (covered, expected) in months.items()
    ]
    assert focus_year(rows, as_of) == year


# -- writing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mart", sorted(set(COLUMNS) - {"release", "gate_results"}))
def test_the_sample_has_the_columns_of_the_released_relation(mart: str) -> None:
    path = PROJECT / "dbt_project" / "models" / "marts" / f"{mart}.yml"
    promised = {column["name"] for column in yaml.safe_load(path.read_text())["models"][0]["columns"]}
    sampled = {column.split()[0] for column in COLUMNS[mart].replace("(14,2)", "").split(", ")}
    assert sampled <= promised


def test_the_page_and_its_copy(default_release: Tables, home: Path) -> None:
    path = report.write_report(7)
    assert path == home / "reports" / "release_7" / "index.html"
    first = path.read_bytes()
    assert (home / "reports" / "latest.html").read_bytes() == first
    assert report.write_report().read_bytes() == first, "the same release gives the same bytes"
    assert [p.name for p in path.parent.iterdir()] == ["index.html"], "no half-written file is left"


def test_only_the_published_release_can_be_shown(default_release: Tables) -> None:
    with pytest.raises(ReleaseError, match="Release 6 is not the published one"):
        report.write_report(6)


def test_nothing_is_published(database_server: str) -> None:
    with pytest.raises(ReleaseError, match="anchor-spend run"):
        report.write_report()


def test_it_reads_as_an_analyst(default_release: Tables) -> None:
    with database.connect(autocommit=True) as connection:
        connection.execute("revoke select on published.coverage from anchor_analyst")
    with pytest.raises(ReleaseError, match="permission denied"):
        report.write_report()


def test_heavy_libraries_are_not_imported_until_a_page_is_drawn() -> None:
    heavy = "{'altair', 'vl_convert', 'jinja2', 'pandas'}"
    script = f"import sys, anchor_spend.report; print({heavy} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


# -- figures -------------------------------------------------------------------------------------------


def test_headline_figures_are_those_released(default_release: Tables) -> None:
    page = Page(read_published())
    year = [row for row in default_release["county_view"] if row["financial_year"] == "2017/18"]
    county = next(
        row
        for row in default_release["local_share"]
        if (row["financial_year"], row["publisher_id"], row["definition_id"], row["scope"])
        == ("2017/18", "county", "either", "goods_and_services")
    )
    text = " ".join(BeautifulSoup(report.render(page.data), "lxml").get_text(" ").split())
    assert page.year == "2017/18", "2018/19 lacks months"
    assert (
        f"spent {report_words.millions(sum(r['headline_gbp'] for r in year))} on goods and services" in text
    )
    assert f"{report_words.share(county['share'])} went to suppliers in Luton or Bedfordshire" in text
    bounds = f"between {report_words.share(county['floor'])} and {report_words.share(county['ceiling'])}"
    assert bounds in text
    assert "9 of 12 months" in text, "police, 2018/19"
    refused = "July 2018 (published, but refused: not_a_table)"
    assert f"missing: June 2018 and February 2019, {refused}" in text
    assert "late: March 2019; empty: August 2017" in text


def test_unresolved_reasons_add_up_to_the_released_pounds(default_release: Tables) -> None:
    from anchor_spend.report.evidence import _unresolved_by_body

    page = Page(read_published())
    amounts = _unresolved_by_body(page)
    for body in page.bodies:
        inside = sum(amount for reason, amount in amounts[body].items() if reason != "withheld")
        assert inside == page.share_row("2017/18", body)["unresolved_gbp"]
        assert "partly" not in amounts[body], "the reasons explain all of it"


@pytest.mark.parametrize(
    ("unlocated", "rest", "expected"),
    [
        (100, 0, (100, 0)),
        (100, 5, (100, 5)),  # an address the list of suppliers has, these payments have not
        (100, -30, (70, 0)),  # the other way round
        (10, -30, (0, -20)),
        (0, -5, (0, -5)),
    ],
)
def test_reasons_are_made_to_agree(unlocated: int, rest: int, expected: tuple[int, int]) -> None:
    from anchor_spend.report.evidence import _reconcile

    by_reason = {"unlocated": Decimal(unlocated)}
    _reconcile(by_reason, Decimal(rest))
    assert (by_reason["unlocated"], by_reason["partly"]) == expected


@pytest.mark.parametrize(
    ("amounts", "ends"),
    [
        ([3, 2], [(0, 3), (3, 5)]),
        ([3, -1, 2, -4], [(0, 3), (-1, 0), (3, 5), (-5, -1)]),
        ([None, 1], [(0, 0), (0, 1)]),
    ],
)
def test_stacked_bars(amounts: list[int | None], ends: list[tuple[int, int]]) -> None:
    parts = [(None if amount is None else Decimal(amount * 1_000_000), "local") for amount in amounts]
    assert [(s.start, s.end) for s in charts.stacked(parts)] == ends


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 1000, 4, [0, 500, 1000]),
        (0, 0.9, 7, [0, 0.2, 0.4, 0.6, 0.8]),
        (-7, 20, 7, [-5, 0, 5, 10, 15, 20]),
        (0, 76, 7, [0, 20, 40, 60]),
    ],
)
def test_ticks_are_round_and_few(low: float, high: float, most: int, ticks: list[float]) -> None:
    assert charts._ticks(low, high, most) == ticks


def test_share_without_the_largest_suppliers_is_recomputed(default_release: Tables) -> None:
    """Against a plain recount; nothing is said when the places do not lead to the released share."""
    from anchor_spend.report.spending import _without_largest

    published = read_published()
    places = {row["supplier_id"]: row for row in default_release["dim_suppliers"]}
    amounts: dict[str, Decimal] = {}
    for row in default_release["supplier_spend"]:
        if (row["financial_year"], row["spend_scope"]) == ("2017/18", "goods_and_services"):
            amounts[row["supplier_id"]] = amounts.get(row["supplier_id"], Decimal(0)) + row["amount_gbp"]
    ranked = sorted((s for s in amounts if s != "unclear"), key=lambda s: (-amounts[s], s))
    rest = [s for s in ranked[10:] if places[s]["postcode"]]
    local = [s for s in rest if places[s]["postcode"][:2] in ("LU", "MK")]
    expected = sum(amounts[s] for s in local) / sum(amounts[s] for s in rest)
    assert f"without the ten largest it is {report_words.share(expected)}" in _without_largest(
        Page(published)
    )
    published.concentration["local_gbp"] += 5_000_000
    assert _without_largest(Page(published)) == ""


def test_largest_suppliers_are_organisations_only(html: str, soup: BeautifulSoup) -> None:
    table = soup.select_one("#suppliers table")
    assert table is not None
    names = [cell.get_text() for cell in table.select("tbody th")]
    assert names[0] == HOSTILE
    assert not {"individual", "redacted", "unclear"} & set(names)
    assert "<script" not in html, "names are escaped, in tables and in pictures"


# -- kinds of release ----------------------------------------------------------------------------------


def _negative() -> Tables:
    made = tables(BODIES[:2])
    for row in made["county_view"]:
        if row["publisher_id"] == BODIES[1][0]:
            row["headline_gbp"] = Decimal("-1234567.89")
    for row in made["spend_by_scope"]:
        if row["spend_scope"] == "grant":
            row["amount_gbp"] = -row["amount_gbp"]
    return made


def _nothing() -> Tables:
    empty: Tables = {name: [] for name in COLUMNS}
    return empty | {"release": tables(BODIES[:1])["release"]}


def _real() -> Tables:
    made = tables(BODIES[:3])
    made["release"][0] |= {"is_synthetic": False, "source": "archive"}
    return made


def _unfinished() -> Tables:
    made = tables(BODIES[:2], ["2018/19"])
    made["release"][0]["as_of"] = date(2018, 11, 1)
    for row in made["coverage"]:
        if row["period"] > "2018-09":
            row["status"] = "not_due"
    for relation in ("county_view", "local_share"):
        for row in made[relation]:
            row["months_covered"] = row["months_expected"] = 6
    return made


def _quarterly() -> Tables:
    """The first body publishes by quarters: two are missing, of one a later version was refused."""
    made = tables(BODIES[:2])
    quarters = [
        row | {"months_count": 3}
        for row in made["coverage"]
        if row["publisher_id"] == BODIES[0][0] and row["period"][-2:] in ("01", "04", "07", "10")
    ]
    for row in quarters:
        row["status"] = "missing" if row["period"] in ("2017-07", "2017-10") else "loaded"
        row["reason"] = "a later version was refused: shrinks" if row["period"] == "2018-01" else ""
    others = [row for row in made["coverage"] if row["publisher_id"] != BODIES[0][0]]
    return made | {"coverage": quarters + others}


POLICE = "bedfordshire_police"
KINDS = {
    "one body": (lambda: tables(BODIES[:1]), "It is the only body with payments in that year."),
    "one year": (lambda: tables(years=["2017/18"]), "In 2017/18, six public bodies of Bedfordshire spent"),
    "a silent body": (
        lambda: tables(silent=[POLICE]),
        "Nothing has been received for that year from Bedfordshire Police.",
    ),
    "a body never heard of": (
        lambda: tables(BODIES[:3], silent=[BODIES[2][0]]),
        "Of one body there is not one file: see the list below.",
    ),
    "quarterly files": (
        _quarterly,
        "missing: July to December 2017; January to March 2018 (a later version was refused: shrinks)",
    ),
    "nothing received": (
        lambda: tables(BODIES[:2], silent=[BODIES[0][0], BODIES[1][0]]),
        "No payments have been received from any body yet.",
    ),
    "no place known": (
        lambda: tables(BODIES[:2], is_placed=False),
        "no body’s local share can be given: no supplier’s place is known",
    ),
    "a memo body": (
        lambda: tables([*BODIES, MEMO_BODY], memo=[MEMO_BODY[0]]),
        "Beside the county: bodies that no county figure counts",
    ),
    "no targets": (
        lambda: tables(BODIES[:2]) | {"target_progress": []},
        "There is no target for the bodies in this release.",
    ),
    "no checks": (
        lambda: tables(BODIES[:2]) | {"gate_results": []},
        "No automatic checks are recorded for this release.",
    ),
    "negative amounts": (_negative, "−£1,234,568"),
    "no rows at all": (_nothing, "This release holds no payments yet."),
    "a year not over": (_unfinished, "12 of 12 months due so far"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_release_has_a_whole_page(kind: str, database_server: str) -> None:
    build, words = KINDS[kind]
    soup = BeautifulSoup(page_of(build()), "lxml")
    text = " ".join(soup.get_text(" ").split())
    assert words in text
    assert len(soup.select("main section")) == 10
    assert len(soup.select("main section p.lead")) == 10
    assert not re.findall(r"\b(None|nan|NaN|Decimal|datetime|undefined|no one)\b|\{\{", text)
    check_structure(soup)


def test_a_memo_body_is_in_no_county_figure(database_server: str) -> None:
    made = tables([*BODIES, MEMO_BODY], memo=[MEMO_BODY[0]])
    soup = BeautifulSoup(page_of(made), "lxml")
    name, year = MEMO_BODY[1], "2017/18"
    counted = [r for r in made["county_view"] if r["financial_year"] == year and not r["is_memo"]]
    total = report_words.millions(sum(row["headline_gbp"] for row in counted))
    assert f"In {year}, six public bodies of Bedfordshire spent {total}" in soup.get_text()
    named = {
        str(table.caption.get_text(" ", strip=True)).split(" Synthetic")[0]
        for table in soup.select("table")
        if table.caption and name in table.get_text()
    }
    assert named == {
        "Beside the county: bodies that no county figure counts",
        f"{name} Payments, not in the county figures",
        "Files by body and state",
        "What became of every row and pound of the files in use",
        "The bodies in this release and how they publish",
    }


def test_a_quarterly_file_fills_three_squares(database_server: str) -> None:
    soup = BeautifulSoup(page_of(_quarterly()), "lxml")
    calendar = soup.select_one("table.calendar")
    assert calendar is not None and BODIES[0][1] in calendar.get_text()
    year = next(row for row in calendar.select("tbody tr") if row.th.get_text() == "2017/18")
    words = [cell.select_one(".hidden").get_text() for cell in year.select("td")]
    assert words == ["Received"] * 3 + ["Missing"] * 6 + ["Received"] * 3


def test_statuses_are_told_apart_without_colour() -> None:
    letters = [letter for letter, *_ in report_words.STATUSES.values()]
    assert len(set(letters)) == len(letters) == 6


def test_what_changed_in_files_is_named_and_dated(soup: BeautifulSoup) -> None:
    captions = ("What changed in the bodies’ files", "Changes that were known already")
    tables = {
        caption: t for t in soup.select("table") for caption in captions if caption in t.caption.get_text()
    }
    first, known = (
        [[cell.get_text() for cell in row.select("th, td")] for row in tables[caption].select("tbody tr")]
        for caption in captions
    )
    assert first[0] == [
        "Bedfordshire Police", "June 2018, payments", "Column renamed: supplier", "supplier", "vendor",
        "critical", "1 April 2019",
    ]  # fmt: skip
    assert [row[5] for row in first] == ["critical", "to look at"]
    assert [row[2] for row in known] == ["Encoding changed"]


def test_a_body_without_any_file_is_listed_with_its_reason(database_server: str) -> None:
    made = tables(BODIES[:3], silent=[BODIES[2][0]])
    for row in made["coverage"]:
        if row["publisher_id"] == BODIES[2][0] and row["period"] == "2018-01":
            row["reason"] = "published, but refused: column_missing"
    soup = BeautifulSoup(page_of(made), "lxml")
    table = next(t for t in soup.select("table") if "Not one file received" in t.caption.get_text())
    cells = [cell.get_text() for cell in table.select("tbody tr > *")]
    assert cells == [
        BODIES[2][1], "Payments", "0 of 36 months", "April 2016", "published, but refused: column_missing",
    ]  # fmt: skip


def test_real_figures_carry_no_warning(database_server: str) -> None:
    html = page_of(_real())
    check_structure(BeautifulSoup(html, "lxml"))
    assert "Licence: contains public sector information" in html
    assert "synthetic" not in html.replace(".synthetic", "").lower()
    assert "invented" not in html


def test_a_large_release_stays_light(database_server: str) -> None:
    bodies = [(f"body_{n}", f"Invented Public Body Number {n}", *BODIES[n % 6][2:]) for n in range(15)]
    made = tables(bodies, [f"{year}/{(year + 1) % 100:02d}" for year in range(2014, 2024)])
    made["file_conservation"] += [
        row | {"status": "rejected", "status_reason": "[empty_file] The file has no rows. " * 4}
        for row in made["file_conservation"][:600]
    ]
    html = page_of(made)
    assert len(html.encode()) <= 1_500_000
    assert "And 561 more." in html


# -- the page as a document ----------------------------------------------------------------------------


def check_structure(soup: BeautifulSoup) -> None:
    """Landmarks, headings, names of pictures, heads of tables, ids."""
    assert soup.html is not None and soup.html["lang"] == "en-GB"
    assert [len(soup.select(name)) for name in ("h1", "main", "header", "footer", "nav")] == [1] * 5
    levels = [int(tag.name[1]) for tag in soup.select("h1, main h2, main h3")]
    assert levels[0] == 1 and all(later - earlier <= 1 for earlier, later in pairwise(levels))
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    targets = [tag["href"].removeprefix("#") for tag in soup.select("a[href]")]
    refers = [
        tag[name] for name in ("aria-labelledby", "aria-describedby") for tag in soup.select(f"[{name}]")
    ]
    assert set(targets + refers) <= set(ids)
    for chart in soup.select("svg.chart"):
        assert chart["role"] == "img"
        assert all(len(part.get_text()) > 10 for part in chart.select("title, desc"))
        assert len(chart.select("title")) == len(chart.select("desc")) == 1
    for table in soup.select("table"):
        assert table.caption is not None and table.caption.get_text(strip=True)
        assert all(cell.get("scope") for cell in table.select("th"))
    for box in soup.select(".scroll"):
        assert box["tabindex"] == "0" and box["role"] == "region" and box["aria-label"]


def test_structure(soup: BeautifulSoup) -> None:
    check_structure(soup)
    assert len(soup.select("figure")) == 7
    assert len(soup.select("figure svg.chart")) == 14, "each chart wide and narrow"
    assert all(figure.find_next_sibling("details") for figure in soup.select("figure"))
    first = soup.body and soup.body.find("a")
    assert first and first["class"] == ["skip"]


def test_nothing_is_loaded_and_nothing_runs(html: str, soup: BeautifulSoup) -> None:
    assert not soup.select("script, iframe, object, embed, img, form, [style], [onclick], [onload]")
    assert {tag["href"] for tag in soup.select("link")} == {"data:,"}
    assert set(re.findall(r"https?://[^\s\"'<)]+", html)) <= {"http://www.w3.org/2000/svg"}
    style = (soup.style and soup.style.string) or ""
    assert "@import" not in style and "url(" not in style
    policy = soup.select_one("meta[http-equiv=Content-Security-Policy]")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy and f"default-src 'none'; style-src 'sha256-{digest}'" in str(policy["content"])


def test_the_warning_is_on_everything_that_can_be_copied(soup: BeautifulSoup) -> None:
    words = report_words.SYNTHETIC
    banner = soup.select_one(".synthetic")
    assert banner and "SYNTHETIC SAMPLE DATA – invented figures" in banner.get_text(" ", strip=True)
    assert soup.title and words in soup.title.get_text()
    for part in soup.select("figcaption, .scroll > table:not(.calendar) > caption"):
        assert words in part.get_text()
    for chart in soup.select("svg.chart"):
        assert words in [text.get_text() for text in chart.select("text")], "inside the picture"
    assert soup.style and words.upper() in soup.style.get_text(), "on every printed sheet"


def test_status_is_never_told_by_colour_alone(soup: BeautifulSoup) -> None:
    for cell in soup.select(".calendar td"):
        symbol, words = cell.select_one("[aria-hidden]"), cell.select_one(".hidden")
        assert words and words.get_text()
        assert symbol and symbol.get_text() in {status[0] for status in report_words.STATUSES.values()}


# -- colours -------------------------------------------------------------------------------------------

TEXT = [
    *(("ink", paper) for paper in ("page", "paper", "zebra")),
    *((text, paper) for text in ("muted", "link", "mark") for paper in ("paper", "zebra", "page")),
    *((f"{status}-ink", status) for status in ("loaded", "restated", "late", "missing", "empty", "due")),
    ("removed", "paper"),
    ("target", "paper"),
    ("head-ink", "head"),
    ("head-muted", "head"),
    ("warn-ink", "warn"),
]
MARKS = [(mark, "paper") for mark in ("local", "elsewhere", "county", "violet", "focus", "accent")]


def _tokens() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in blocks)
    return {"light": light, "dark": light | dark}


def _luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), [*TEXT, *MARKS])
def test_contrast(scheme: str, front: str, back: str) -> None:
    """WCAG 2.1 AA: 4.5 for text, 3 for what is drawn; amber and pale bars have words beside them."""
    tokens = _tokens()[scheme]
    dark, light = sorted((_luminance(tokens[front]), _luminance(tokens[back])))
    assert (light + 0.05) / (dark + 0.05) >= (3 if (front, back) in MARKS else 4.5)
