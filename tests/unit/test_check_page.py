"""A check as text, JSON and page: the verdict first, the same facts in each, everything escaped."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import check_files as files
from anchor_spend.check import Check, check_file, page, text
from anchor_spend.check.result import CHECK_VERSION
from anchor_spend.settings import load_settings


def flat(words: str) -> str:
    return " ".join(words.split())


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Check]:
    """A ready file, one with much to say beside earlier months, one not ready, one refused."""
    folder = tmp_path_factory.mktemp("checks")
    kept = folder / "earlier"
    kept.mkdir()
    for month in ("2017-03", "2017-04", "2017-05"):
        dated = [[row[0].replace("/06/", f"/{month[5:]}/"), *row[1:]] for row in files.rows(100)]
        files.write(kept, dated, f"payments-{month}.csv")
    body = files.with_cell("Amount", "n/a")
    body[3][3] = "nowhere"
    refused = folder / "refused-2017-06.csv"
    refused.write_bytes(b"<!doctype html>")
    with (
        pytest.MonkeyPatch.context() as patch
    ):  # beside no database: one that is up may hold months of the body
        patch.setenv("ANCHOR_SPEND_HOME", str(folder / "home"))
        patch.delenv("DATABASE_URL", raising=False)
        load_settings.cache_clear()
        made = {
            "ready": check_file(files.write(folder, files.rows()), files.publisher()),
            "warned": check_file(
                files.write(folder, body, "w-2017-06.csv"), files.publisher(), previous=[kept]
            ),
            "not ready": check_file(files.write(folder, files.rows(3), "n-2017-06.csv"), files.publisher()),
            "refused": check_file(refused, files.publisher()),
        }
    load_settings.cache_clear()
    return made


KINDS = ["ready", "warned", "not ready", "refused"]


@pytest.mark.parametrize("kind", KINDS)
def test_text_begins_with_the_verdict_and_goes_down_in_severity(checks: dict[str, Check], kind: str) -> None:
    check = checks[kind]
    lines = list(text.lines(check))
    assert lines[0] == check.headline
    assert all(len(line) <= 100 or " " not in line.strip() for line in lines[1:])
    heads = [line.split(".")[0] for line in lines if re.match(r"(Errors|Warnings|For information)\.", line)]
    order = ["Errors", "Warnings", "For information"]
    assert heads == [head for head in order if head in heads]
    told = flat(" ".join(lines))
    for problem in check.problems:
        assert flat(f"{problem.rule}") in told and flat(problem.meaning) in told
        assert flat(f"What to do: {problem.remedy}") in told


def test_text_says_what_was_understood(checks: dict[str, Check]) -> None:
    told = flat("\n".join(text.lines(checks["warned"])))
    for fact in (
        "Fen Vale Council (fen_vale_council), payments",
        "June 2017, from the file's name; all dates fall in it",
        "delimited text, utf-8-sig, parted by commas",
        "Header row 1",
        "1 June 2017 to 30 June 2017, written as %d/%m/%Y",
        "Largest payment £573.50, row 41, column Amount, reference T00039",
        "Withheld names none",
        "Date = date; Supplier = supplier; Amount = amount",
        "Read = payments + rejected + excluded, in rows and to the penny.",
        "row 2, column Amount, reference T00000, shape 'a/a'",
        "The median of 3 earlier months is 100 payments and £64,700.00; this file has 0.39 times",
        "outside 0.4 to 2.5 times the median pounds is a warning",
    ):
        assert fact in told, fact


@pytest.mark.parametrize("kind", KINDS)
def test_the_twin_holds_every_fact_of_the_text(checks: dict[str, Check], kind: str) -> None:
    check = checks[kind]
    twin = json.loads(json.dumps(check.to_json()))
    assert twin["check_version"] == CHECK_VERSION == 1
    assert (twin["verdict"], twin["headline"]) == (check.verdict, check.headline)
    assert [item["rule"] for item in twin["problems"]] == [item.rule for item in check.problems]
    amounts = {
        f"{abs(number) // 100:,}.{abs(number) % 100:02d}"
        for number in map(int, re.findall(r"(?<![\w.-])-?\d+(?![\w.-])", json.dumps(twin)))
    }
    without_details = [line for line in text.lines(check) if "(" not in line]
    shown = set(re.findall(r"£([\d,]+\.\d\d)", " ".join(without_details)))
    medians = {f"{value / 100:,.2f}" for value in [check.comparison.median_pence] if value}
    assert shown <= amounts | medians, "pounds of the text stand as pence in the twin"


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_the_text_says(checks: dict[str, Check], kind: str) -> None:
    check = checks[kind]
    soup = BeautifulSoup(page.render(check), "lxml")
    told = flat(soup.get_text(" "))
    assert flat(check.headline) in told
    heading = soup.find("h1")
    assert heading and heading.get_text().split()[0] in "✓!✕"
    assert {"Ready", "Not"} & set(heading.get_text().split())
    for problem in check.problems:
        assert flat(problem.meaning) in told and flat(problem.remedy) in told
        for example in problem.examples:
            assert example.shape in told and example.reference in told
    assert page.render(check) == page.render(check)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_accessible_and_stands_alone(checks: dict[str, Check], kind: str) -> None:
    html = page.render(checks[kind])
    soup = BeautifulSoup(html, "lxml")
    assert soup.html and soup.html["lang"] == "en-GB"
    assert not soup.find(["script", "img", "iframe", "object", "form", "base"])
    assert (
        not re.search(r"(?:src|href)=\"(?!#|data:,)", html) and "url(" not in html and "@import" not in html
    )
    assert [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)] == []
    for table in soup.find_all("table"):
        assert table.find("caption") and table.find("th", scope="col")
        assert all(row.find("th", scope="row") for row in table.select("tbody tr") if len(row.find_all("td")))
    captions = [table.find("caption").get_text() for table in soup.find_all("table")]
    assert len(captions) == len(set(captions))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert all(anchor["href"][1:] in ids for anchor in soup.find_all("a"))
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})
    assert policy and str(policy["content"]).startswith("default-src 'none'; style-src 'sha256-")


def test_everything_given_is_escaped(tmp_path: Path) -> None:
    """Names of files and columns come from whoever wrote them."""

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.names: set[str] = set()

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.names.add(tag)

    header = [*files.HEADER[:6], "<script>alert(1)</script>", '"><svg onload=alert(1)>']
    spec = {"optional_columns": {"description": [header[6]], "transaction_ref": [header[7]]}}
    ignore = {"ignore": ["Postcode", "Company Number", "Department"]}
    path = files.write(tmp_path, files.rows(), "<b>2017-06<b>.csv", header)
    html = page.render(check_file(path, files.publisher(**spec, **ignore)))
    parser = Tags()
    parser.feed(html)
    assert not {"script", "svg", "b"} & parser.names
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "&lt;b&gt;2017-06&lt;b&gt;.csv" in html
