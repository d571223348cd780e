"""No name and no text of a checked file gets out: not as text, JSON or page, and not into a log.

Every name is invented; the marked ones must occur in nothing.
"""

import json
import logging
from pathlib import Path

import openpyxl
import pytest

import check_files as files
from anchor_spend.check import Check, check_file, page, text
from anchor_spend.check.safe import heading, known_headers, reference, without_quotes

MARK = files.MARK


def said(check: Check, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """Everything a check says, by where it says it."""
    return {
        "text": "\n".join(text.lines(check)),
        "json": json.dumps(check.to_json(), ensure_ascii=False),
        "page": page.render(check),
        "log": caplog.text,
    }


def assert_silent(check: Check, caplog: pytest.LogCaptureFixture) -> None:
    for where, words in said(check, caplog).items():
        assert MARK.casefold() not in words.casefold(), where
        assert "jane" not in words.casefold(), where


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.mark.parametrize("kind", files.HOSTILE)
def test_no_name_and_no_text_of_the_file_is_shown(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, header = files.HOSTILE[kind]
    assert_silent(check_file(files.write(tmp_path, body, header=header), files.publisher()), caplog)


def test_refused_files_are_among_them(tmp_path: Path) -> None:
    answers = {
        kind: check_file(files.write(tmp_path, body, header=header), files.publisher()).conservation is None
        for kind, (body, header) in files.HOSTILE.items()
    }
    assert {kind for kind, is_refused in answers.items() if is_refused} >= {
        "column missing", "column twice", "no header", "payment in place of the header",
        "unreadable amounts", "unreadable dates",
    }  # fmt: skip
    assert not answers["readable"]


def test_the_file_full_of_names_makes_many_rules_speak(tmp_path: Path) -> None:
    """The silence above is no silence of rules that did not look."""
    check = check_file(files.write(tmp_path, files.marked()), files.publisher())
    assert {item.rule for item in check.problems} >= {
        "amount_unreadable", "date_unreadable", "ragged_row", "person_not_redacted", "postcode_unreadable",
        "company_number_unreadable", "email_address", "phone_number", "date_of_birth", "formula_in_cell",
        "supplier_missing", "identical_rows",
    }  # fmt: skip
    references = {place.reference for item in check.problems for place in item.examples}
    assert {"T00000", "Aaaaaa-77"} <= references, "their own reference, its words as shapes"


def test_sheets_named_after_people_are_shown_as_shapes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    book = openpyxl.Workbook()
    for name, header in ((f"{MARK} Jane", files.HEADER), (f"{MARK} Smith", [MARK])):
        sheet = book.create_sheet(name)
        for row in [header, *files.marked()]:
            sheet.append(row)
    hidden = book.create_sheet(f"{MARK} Hidden")
    hidden.append([MARK])
    hidden.sheet_state = "hidden"
    path = tmp_path / "payments-2017-06.xlsx"
    book.save(path)
    check = check_file(path, files.publisher())
    assert check.conservation is not None
    assert_silent(check, caplog)


def test_earlier_files_stay_as_silent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = tmp_path / "earlier"
    kept.mkdir()
    files.write(kept, files.marked(), "payments-2017-05.csv", files.renamed(2))
    path = files.write(tmp_path, files.rows())
    check = check_file(path, files.publisher(), previous=[kept])
    assert_silent(check, caplog)
    assert [(item.name, item.why) for item in check.comparison.unused] == [
        ("payments-2017-05.csv", "It cannot be read (column_missing).")
    ]


@pytest.mark.parametrize("kind", ["unknown column", "column missing", "payment in place of the header"])
def test_what_changed_since_an_earlier_file_stays_as_silent(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = tmp_path / "earlier"
    kept.mkdir()
    files.write(kept, files.marked(), "payments-2017-05.csv", [*files.HEADER, f"{MARK} Jane Old"])
    body, header = files.HOSTILE[kind]
    check = check_file(files.write(tmp_path, body, header=header), files.publisher(), previous=[kept])
    assert any(item.detail.startswith("Since May 2017: ") for item in check.problems)
    assert_silent(check, caplog)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Net Amount", "Net Amount"),
        (" Cost  Centre Code ", "Cost Centre Code"),
        ("Postcode", "Postcode"),  # known to the spec
        ("Jane Smith", "Aaaa Aaaaa"),
        ("April", "April"),
        ("April May", "Aaaaa Aaa"),
        ("Amount 2017/18", "Amount 2017/18"),
        ("12345", "99999"),
        ("Larkfield Amount", "Aaaaaaaaa Aaaaaa"),
        ("", ""),
    ],
)
def test_headings_are_shown_where_they_can_be_no_name(written: str, shown: str) -> None:
    assert heading(written, known_headers(files.publisher().streams["payments"])) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("T00012", "T00012"),
        ("INV/2017-0012", "INV/2017-0012"),
        ("INVOICE-12", "AAAAAAA-12"),
        ("SmithJ0012", "AaaaaA0012"),
        ("Jane Smith", "Aaaa Aaaaa"),
        ("AB 12 34 56 C", "AA 99 99 99 A"),
        ("AB123456C", "AA999999A"),
        ("a@b.example", "a@a.aaaaaaa"),
        ("", ""),
        (None, ""),
    ],
)
def test_references_are_shown_without_words(written: str | None, shown: str) -> None:
    assert reference(written) == shown


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("the header has 'Date', 'Jane Smith'.", "the header has 'Date', 'Aaaa Aaaaa'."),
        ("it's in row 2: 'O\\'Test \"x\"'.", "it's in row 2: 'A\\'Aaaa \"a\"'."),
        ("row 3 has 'AA-999'.", "row 3 has 'AA-999'."),
        ('has "O\'Test"', "has 'A'Aaaa'"),
    ],
)
def test_what_a_message_quotes_is_made_safe(detail: str, shown: str) -> None:
    assert without_quotes(detail, {"date"}) == shown
