"""The check before publishing: each rule finds the file made to break it. Every name is invented."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import check_files as files
from anchor_spend import gates, ingest
from anchor_spend.check import Check, Problem, check_file
from anchor_spend.check.catalogue import catalogue, entry
from anchor_spend.check.rule_list import CHECK_RULES
from anchor_spend.errors import SettingsError
from anchor_spend.gate_suites import read_suite
from anchor_spend.records import LandedFile
from anchor_spend.rules import RULES

Body = list[list[str]]
Make = Callable[[Path], Check]


def check(
    folder: Path, body: Body, *, header: list[str] | None = None, name: str = "", **asked: Any
) -> Check:
    """Check a file of these rows; `asked` are keys of the stream, or of check_file."""
    path = files.write(folder, body, name or "payments-2017-06.csv", header)
    options = {key: asked.pop(key) for key in ("period", "previous") if key in asked}
    return check_file(path, files.publisher(**asked), **options)


def problem(found: Check, rule: str) -> Problem:
    named = [item for item in found.problems if item.rule == rule]
    assert named, [item.rule for item in found.problems]
    return named[0]


def test_a_good_file_is_ready_and_understood(tmp_path: Path) -> None:
    found = check(tmp_path, files.rows())
    assert (found.verdict, found.problems) == ("ready", ())
    assert found.headline == "READY: 40 payments, £17,480.00"
    assert (found.month.period, found.month.source, found.month.share_of_dates) == (
        "2017-06",
        "file name",
        1.0,
    )
    assert found.conservation and found.conservation.closes
    assert found.conservation.read.rows == found.conservation.payments.rows == 40
    assert found.payments and found.payments.largest_pence == 57_350
    assert (found.payments.largest.row, found.payments.largest.reference) == (41, "T00039")
    (sheet,) = found.file.sheets
    assert (sheet.header_row, [column.header for column in sheet.columns]) == (1, files.HEADER)
    assert [column.read_as for column in sheet.columns][:3] == ["payment_date", "supplier_name", "amount"]
    assert found.checks_made > len(CHECK_RULES) + 20, "rules, and the expectations that apply"


# -- one file for each rule of the check itself ---------------------------------------------------------


def cell(column: str, value: str, count: int = 1, **asked: Any) -> Make:
    return lambda folder: check(folder, files.with_cell(column, value, count=count), **asked)


def named(name: str, **asked: Any) -> Make:
    return lambda folder: check(folder, files.rows(), name=name, **asked)


def without_columns(*gone: str) -> Make:
    kept = [position for position, header in enumerate(files.HEADER) if header not in gone]
    body = [[row[position] for position in kept] for row in files.rows()]
    return lambda folder: check(folder, body, header=[files.HEADER[position] for position in kept])


def of_today(folder: Path) -> Check:
    today = date.today()
    body = [[f"{today:%d/%m/%Y}", *row[1:]] for row in files.rows()]
    return check(folder, body, name="payments.csv", period=f"{today:%Y-%m}")


def of_tomorrow(folder: Path) -> Check:
    tomorrow = date.today() + timedelta(days=1)
    return check(folder, files.with_cell("Date", f"{tomorrow:%d/%m/%Y}"))


def in_two_months(folder: Path) -> Check:
    body = files.rows()
    for number, row in enumerate(body):
        row[0] = f"05/{4 + number % 4:02d}/2017"
    return check(folder, body, name="payments.csv")


def earlier(folder: Path, months: list[str], body: Body) -> Path:
    kept = folder / "earlier"
    kept.mkdir()
    for month in months:
        dated = [[row[0].replace("/06/2017", f"/{month[5:]}/{month[:4]}"), *row[1:]] for row in body]
        files.write(kept, dated, f"payments-{month}.csv")
    return kept


def beside_larger_months(folder: Path) -> Check:
    kept = earlier(folder, ["2017-01", "2017-03", "2017-05"], files.rows(100))
    return check(folder, files.rows(), previous=[kept])


def beside_itself_renamed(folder: Path) -> Check:
    kept = folder / "earlier"
    kept.mkdir()
    files.write(kept, files.rows(), "payments-2017-05.csv")
    return check(folder, files.rows()[::-1], previous=[kept])


def twice(folder: Path) -> Check:
    return check(folder, [*files.rows(), *files.rows()[:3]])


def cut_descriptions(folder: Path) -> Check:
    body = files.rows()
    for number, row in enumerate(body):
        row[6] = f"{number:03d} a long wording of what was bought"[: 20 if number < 10 else 6 + number % 8]
    return check(folder, body)


def with_column(header: str, value: str) -> Make:
    body = [[*row, value] for row in files.rows()]
    return lambda folder: check(folder, body, header=[*files.HEADER, header], ignore=["VAT", header])


DOCUMENT = {"date_basis": "document"}

# rule, what makes it fail, how often, and the first row it names
BROKEN: list[tuple[str, Make, int, int | None]] = [
    ("month_not_published", named("payments-2015-06.csv", period="2015-06"), 1, None),
    ("month_differs_from_name", named("payments-2017-05.csv", period="2017-06"), 1, None),
    ("month_unsure", in_two_months, 1, None),
    ("month_not_over", of_today, 1, None),
    ("payment_outside_months", cell("Date", "01/07/2017"), 1, 2),
    ("document_outside_months", cell("Date", "01/05/2017", 2, **DOCUMENT), 2, 2),
    ("dated_in_future", of_tomorrow, 1, 2),
    ("rows_unusual", beside_larger_months, 1, None),
    ("same_as_earlier_month", beside_itself_renamed, 1, None),
    ("below_threshold", cell("Amount", "249.99"), 1, 2),
    ("amount_of_zero", cell("Amount", "0.00"), 1, 2),
    ("supplier_missing", cell("Supplier", "  "), 1, 2),
    ("person_not_redacted", cell("Supplier", "Mrs Jane Smith", 3), 3, 2),
    ("postcode_unreadable", cell("Postcode", "LU1"), 1, 2),
    ("company_number_unreadable", cell("Company Number", "pending"), 1, 2),
    ("company_number_short", cell("Company Number", "123456"), 1, 2),
    ("no_supplier_identifier", without_columns("Postcode", "Company Number"), 1, None),
    ("reference_missing", cell("Reference", ""), 1, 2),
    ("identical_rows", twice, 3, 42),
    ("reference_on_several_suppliers", cell("Reference", "T00039"), 2, 2),
    ("email_address", cell("Description", "Refund to j.example@mail.example"), 1, 2),
    ("phone_number", cell("Description", "call 01582 555 123"), 1, 2),
    ("national_insurance_number", cell("Description", "ref QQ 12 34 56 C".replace("QQ", "AB")), 1, 2),
    ("bank_account", cell("Description", "paid to 12-34-56 a/c 12345678"), 1, 2),
    ("date_of_birth", cell("Description", "carer DOB 01/02/1980"), 1, 2),
    ("personal_heading", with_column("Sort Code", "x"), 1, 1),
    ("text_cut", cut_descriptions, 1, None),
    ("formula_in_cell", cell("Description", "=HYPERLINK(1)"), 1, 2),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "make", "count", "row"), BROKEN, ids=[item[0] for item in BROKEN])
def test_each_rule_finds_its_file(tmp_path: Path, rule: str, make: Make, count: int, row: int | None) -> None:
    found = make(tmp_path)
    said = problem(found, rule)
    declared = next(item for item in CHECK_RULES if item.name == rule)
    assert (said.severity, said.meaning, said.remedy) == (
        declared.severity,
        declared.meaning,
        declared.remedy,
    )
    assert (said.count, said.unit) == (count, declared.applies_to)
    assert (said.examples[0].row if said.examples else None) == row
    assert not any("This rule failed" in item.detail for item in found.problems)
    if said.severity == "error":
        assert found.verdict == "not_ready" and found.headline.startswith("NOT READY: ")
    if said.severity == "warning":
        assert found.verdict in ("ready_with_warnings", "not_ready")


def test_every_rule_of_the_check_has_its_file() -> None:
    needs_database = {"replaces_published_month", "replaces_payments_with_none"}
    assert {rule for rule, *_ in BROKEN} == {rule.name for rule in CHECK_RULES} - needs_database


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Description", "24-06-17 works order 12345678"),  # a date before a number
        ("Description", "@"),
        ("Description", "-"),
        ("Description", "- 12.50"),
        ("Description", "+44"),
        ("Description", "order 0123456789012"),
        ("Description", "Unit 07123"),
        ("Description", "a @ b"),
        ("Description", "twitter.com/@depot"),
        ("Reference", "01582555123"),  # a number of the ledger's own
        ("Company Number", "SC123456"),
        ("Company Number", "OC301234"),
        ("Company Number", "IP12345R"),
        ("Postcode", "lu12bq"),
        ("Supplier", "REDACTED"),
        ("Supplier", "Smith & Jones Ltd"),
    ],
)
def test_ordinary_values_are_no_problem(tmp_path: Path, column: str, value: str) -> None:
    assert [item.rule for item in check(tmp_path, files.with_cell(column, value)).problems] == []


def test_a_fault_in_a_rule_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> Any:
        raise KeyError("Larkfield")

    broken = [replace(rule, find=fails) if rule.name == "text_cut" else rule for rule in CHECK_RULES]
    monkeypatch.setattr("anchor_spend.check.rule_list.CHECK_RULES", broken)
    found = check(tmp_path, files.with_cell("Amount", "0.00"))
    assert problem(found, "amount_of_zero")
    assert problem(found, "text_cut").detail == "This rule failed (KeyError); report it with the file."


# -- reading and the gate, as the pipeline has them -----------------------------------------------------


def test_rows_that_cannot_be_read_are_named_with_reference_and_shape(tmp_path: Path) -> None:
    found = check(tmp_path, files.with_cell("Amount", "12.3.4", first=4))
    assert found.verdict == "ready_with_warnings"
    said = problem(found, "amount_unreadable")
    (place,) = said.examples
    assert (place.row, place.column, place.reference, place.shape) == (6, "Amount", "T00004", "99.9.9")
    assert (said.severity, said.count) == ("warning", 1)
    assert said.remedy.startswith("Correct the row")
    assert problem(found, "share_rejected").severity == "warning"


def test_too_many_of_them_are_an_error_told_once(tmp_path: Path) -> None:
    found = check(tmp_path, files.with_cell("Amount", "n/a", count=8))
    assert found.verdict == "not_ready"
    assert [item.severity for item in found.problems if item.rule == "share_rejected"] == ["error"]


def test_the_gate_says_what_it_says_of_the_same_file_in_the_pipeline(tmp_path: Path) -> None:
    body = files.publisher()
    path = files.write(tmp_path, files.with_cell("Amount", "99999999.00"))
    landed = LandedFile(7, body.publisher_id, "payments", files.PERIOD, "0" * 64, path.name, 1, "")
    conformed = ingest.read_file(landed, body, path.read_bytes())
    results = gates.check_landed_files([gates.file_facts(conformed, body, "payments", landed, [])])[7]
    failed = {(item.column, item.stops) for item in results if not item.success}
    told = {(item.rule, item.severity == "error") for item in check_file(path, body).problems}
    assert ("largest_against_limit", True) in failed and failed <= told


def test_the_month_before_makes_a_total_unusual(tmp_path: Path) -> None:
    kept = earlier(tmp_path, ["2017-02", "2017-03", "2017-04"], files.rows(400))
    said = problem(check(tmp_path, files.rows(), previous=[kept]), "total_against_median")
    assert said.severity == "error" and "at least 0.1" in said.detail


REFUSED = [
    (b"", "file_empty"),
    (b"<!doctype html><h1>Not found</h1>", "file_is_html"),
    (b"<!doctype html><title>Sign in</title><input type=password>", "file_is_login_page"),
    (b"\x00\x01\x02\x03" * 50, "file_is_binary"),
    (b"Date;Payee;Amount\r\n01/06/2017;Larkfield;12.50\r\n", "column_missing"),
    (b"Larkfield,Wren\r\nKestrel,Lintel\r\n", "header_missing"),
    (files.text_of(files.with_cell("Amount", "x", count=40)).encode(), "amounts_unreadable"),
    (files.text_of(files.with_cell("Date", "2017", count=40)).encode(), "dates_unreadable"),
    (files.text_of(files.rows()).encode().replace(b"Works at", b'"Works at', 1), "quote_not_closed"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "rule"), REFUSED, ids=[rule for _, rule in REFUSED])
def test_whatever_the_readers_refuse_is_an_answer(tmp_path: Path, data: bytes, rule: str) -> None:
    path = tmp_path / "payments-2017-06.csv"
    path.write_bytes(data)
    found = check_file(path, files.publisher())
    (said,) = found.problems
    assert (found.verdict, said.rule, said.severity) == ("not_ready", rule, "error")
    assert found.headline.startswith("NOT READY: the file cannot be read. ")
    assert found.conservation is None and found.payments is None
    assert said.meaning == RULES[rule].meaning and said.remedy


def test_a_fault_of_ours_is_an_answer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Any:
        raise KeyError("Larkfield")

    monkeypatch.setattr(ingest, "conform", fails)
    found = check(tmp_path, files.rows())
    assert (found.verdict, problem(found, "fault").detail) == ("not_ready", "KeyError while reading.")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "payments-2017-06.csv"
    with path.open("wb") as file:
        file.truncate(257 * 1024**2)
    assert problem(check_file(path, files.publisher()), "file_too_large")


def test_hidden_parts_of_a_workbook_are_warned_of(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [[*files.HEADER, "VAT"], *([*row, "1.00"] for row in files.rows())]:
        sheet.append(row)
    sheet.row_dimensions[7].hidden = True
    sheet.column_dimensions["I"].hidden = True
    book.create_sheet("Notes").sheet_state = "hidden"
    path = tmp_path / "payments-2017-06.xlsx"
    book.save(path)
    found = check_file(path, files.publisher(format={"family": "workbook", "dates": ["%d/%m/%Y"]}))
    warned = {item.rule for item in found.of_severity("warning")}
    assert warned == {"hidden_rows", "hidden_columns", "hidden_sheet"}
    assert found.conservation and found.conservation.payments.rows == 40


# -- months ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "period", "month", "source"),
    [
        ("spend June 2017.csv", "", "2017-06", "file name"),
        ("spend.csv", "", "2017-06", "dates"),
        ("spend May 2017.csv", "2017-06", "2017-06", "given"),
    ],
)
def test_where_the_month_is_from(tmp_path: Path, name: str, period: str, month: str, source: str) -> None:
    found = check(tmp_path, files.rows(), name=name, period=period).month
    assert (found.period, found.last_month, found.source) == (month, month, source)
    assert (found.dates_say, found.share_of_dates) == ("2017-06", 1.0)


def test_a_quarter_is_named_by_its_first_month(tmp_path: Path) -> None:
    found = check(tmp_path, files.rows(), name="spend.csv", cadence="quarterly")
    assert (found.month.period, found.month.last_month, found.month.source) == ("2017-04", "2017-06", "dates")
    assert not [item for item in found.problems if item.rule == "payment_outside_months"]


def test_without_dates_and_name_the_month_must_be_given(tmp_path: Path) -> None:
    undated = {
        "date_basis": "period",
        "columns": {"amount": ["Amount"], "supplier_name": ["Supplier"]},
        "ignore": ["Date", "VAT"],
    }
    found = check(tmp_path, files.rows(), name="spend.csv", **undated)
    assert found.verdict == "not_ready" and problem(found, "month_unknown")
    given = check(tmp_path, files.rows(), name="spend.csv", period="2017-06", **undated)
    assert given.verdict == "ready" and given.month.source == "given"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"period": "June 2017"}, "write it as YYYY-MM"),
        ({"stream": "cards"}, "has no stream 'cards'"),
        ({"previous": [Path("nowhere")]}, "does not exist"),
    ],
)
def test_options_that_cannot_be_used(tmp_path: Path, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        check_file(files.write(tmp_path, files.rows()), files.publisher(), **asked)


# -- earlier months -------------------------------------------------------------------------------------


def test_earlier_files_are_compared_and_others_listed(tmp_path: Path) -> None:
    kept = earlier(tmp_path, ["2017-03", "2017-04", "2017-05", "2017-07"], files.rows())
    (kept / "annual.csv").write_text("x")
    (kept / "payments-2017-02.csv").write_bytes(b"<!doctype html>")
    found = check(tmp_path, files.rows(), previous=[kept, tmp_path / "payments-2017-06.csv"]).comparison
    assert [item.period for item in found.months] == ["2017-03", "2017-04", "2017-05"]
    assert (found.rows_ratio, found.pence_ratio, found.median_rows) == (1.0, 1.0, 40.0)
    assert {item.name: item.why for item in found.unused} == {
        "annual.csv": "Its name says no single month.",
        "payments-2017-02.csv": "It cannot be read (file_is_html).",
    }


def test_what_changed_since_the_latest_earlier_file_is_told(tmp_path: Path) -> None:
    kept = earlier(tmp_path, ["2017-04", "2017-05"], files.rows())
    header = [*files.HEADER[:5], *reversed(files.HEADER[5:])]
    body = [[*row[:5], *reversed(row[5:])] for row in files.rows()]
    found = check(tmp_path, body, header=header, previous=[kept])
    said = problem(found, "columns_reordered")
    assert said.detail.startswith("Since May 2017: ") and said.severity == "warning"
    unchanged = check(tmp_path, files.rows(), previous=[kept])
    assert unchanged.verdict == "ready" and unchanged.problems == ()


def test_a_refused_file_says_which_column_changed(tmp_path: Path) -> None:
    kept = earlier(tmp_path, ["2017-05"], files.rows())
    header = [*files.HEADER[:2], "Net Value", *files.HEADER[3:]]
    found = check(tmp_path, files.rows(), header=header, previous=[kept])
    assert [item.rule for item in found.problems] == ["column_missing", "column_renamed"]
    said = found.problems[1]
    assert (said.severity, said.detail) == ("error", "Since May 2017: amount, now net value.")


def test_two_months_are_too_few_to_compare_with(tmp_path: Path) -> None:
    kept = earlier(tmp_path, ["2017-04", "2017-05"], files.rows(400))
    found = check(tmp_path, files.rows(), previous=[kept])
    assert len(found.comparison.months) == 2 and found.comparison.rows_ratio is None
    assert found.verdict == "ready"


# -- the catalogue --------------------------------------------------------------------------------------


def test_the_catalogue_holds_every_rule_there_is() -> None:
    expectations = {item["kwargs"]["column"] for item in read_suite("landed_file")["expectations"]}
    by_origin = {
        origin: {item.name for item in catalogue() if item.origin == origin}
        for origin in ("reading", "gate", "check")
    }
    assert by_origin == {
        "reading": set(RULES),
        "gate": expectations,
        "check": {rule.name for rule in CHECK_RULES},
    }
    assert not by_origin["reading"] & by_origin["check"], "a name means one thing"
    keys = [(item.origin, item.name, item.severity) for item in catalogue()]
    assert len(keys) == len(set(keys))


def test_every_entry_says_what_it_means_and_what_to_do() -> None:
    for item in catalogue():
        assert item.meaning.endswith(".") and item.remedy[-1] in ".?", item
        assert item.remedy[0].isupper(), item
        words = f"{item.meaning} {item.remedy}"
        assert "spec" not in re.findall(r"[a-z]+", words.lower()), f"a partner knows no spec: {item}"
        assert "publisher" not in words.lower(), f"the reader is the publisher: {item}"


def test_an_entry_is_found_by_name_and_severity() -> None:
    assert entry("share_rejected", "gate", "error") != entry("share_rejected", "gate", "warning")
    with pytest.raises(KeyError):
        entry("no_such_rule", "check")
