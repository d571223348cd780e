"""A drafted spec with its sample passes the check of every publisher's sample, once both are copied."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from anchor_spend.draft.command import write_draft
from anchor_spend.draft.proposal import Draft, draft_file
from anchor_spend.sample.pdf import pdf_table
from anchor_spend.settings import PROJECT
from anchor_spend.spec import load_spec, load_specs
from drafted import Line, as_csv, as_workbook, lines, table

HEADERS = ["Body Name", "Payment Date", "Supplier No", "Supplier Name", "Department", "Amount"]


def plain(x: Line) -> list[object]:
    return ["Nowhere Council", x.on("%d/%m/%Y"), x.code, x.name, "Parks", x.amount]


def bracketed(x: Line) -> list[object]:
    amount = f"(£{x.pence / 100:,.2f})" if x.number % 9 == 0 else f"£{x.pence / 100:,.2f}"
    name = "Redacted – Personal Data" if x.number % 11 == 0 else x.name
    return ["Nowhere Council", x.on("%d-%b-%y"), x.code, name, "Parks", amount]


def with_banner_blanks_and_total(row: Callable[[Line], list[object]]) -> list[list[object]]:
    body: list[list[object]] = [[], ["Spend over £500", "", "May 2018"], [], HEADERS]
    body += [row(x) for x in lines(40)]
    body += [[""] * 6, *(row(x) for x in lines(50)[40:])]
    total = sum(x.pence for x in lines(50)) / 100
    return [*body, ["Grand Total", "", "", "", "", f"{total:,.2f}"]]


def real(x: Line) -> list[object]:
    return ["Nowhere Council", x.day, x.code, x.name, "Parks", x.amount]


def wide(x: Line) -> list[object]:
    return [*real(x), *[""] * 30, "end"]


def mixed_dates(x: Line) -> list[object]:
    return [
        "Nowhere Council",
        x.on("%d/%m/%Y" if x.number % 3 else "%d.%m.%y"),
        x.code,
        x.name,
        "Parks",
        x.amount,
    ]


def undated(x: Line) -> list[object]:
    return ["Nowhere Council", "May-18", x.code, x.name, "Parks", x.amount]


FILES: dict[str, tuple[bytes, str]] = {
    "plain": (as_csv(table(HEADERS, plain)), "May 2018.csv"),
    "habits": (as_csv(with_banner_blanks_and_total(plain), "cp1252"), "May 2018.csv"),
    "brackets": (as_csv(table(HEADERS, bracketed), "cp1252"), "May 2018.csv"),
    "tabs in UTF-16": (as_csv(table(HEADERS, plain), "utf-16", "\t"), "May 2018.txt"),
    "two ways of dates": (as_csv(table(HEADERS, mixed_dates)), "May 2018.csv"),
    "no header": (as_csv([plain(x) for x in lines()]), "May 2018.csv"),
    "PDF": (
        pdf_table(table(HEADERS, lambda x: [str(cell) for cell in plain(x)]), "Invented payments", amount=5),
        "May 2018.pdf",
    ),
    "no date": (as_csv(table([*HEADERS[:1], "Period", *HEADERS[2:]], undated)), "May 2018.csv"),
    "workbook": (as_workbook({"May 2018": table(HEADERS, real), "Notes": [["Invented"]]}), "May 2018.xlsx"),
    "wide workbook": (
        as_workbook({"Data": table([*HEADERS, *[f"Spare {n}" for n in range(30)], "End"], wide)}),
        "May 2018.xlsx",
    ),
}  # fmt: skip


@pytest.fixture
def check(tmp_path: Path) -> ModuleType:
    """The module that tests every publisher's sample, turned to an empty folder."""
    path = PROJECT / "tests" / "publishers" / "test_samples.py"
    spec = importlib.util.spec_from_file_location("publishers_check", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.SAMPLES = tmp_path
    return module


def copied(draft: Draft, folder: Path, check: ModuleType) -> None:
    write_draft(draft, folder)
    check.SPECS = load_specs(folder)


@pytest.mark.parametrize("kind", FILES)
def test_a_drafted_spec_and_sample_pass_as_they_are(kind: str, tmp_path: Path, check: ModuleType) -> None:
    draft = draft_file(*FILES[kind], publisher_id="nowhere_council")
    copied(draft, tmp_path, check)
    assert set(check.SPECS) == {"nowhere_council"}
    check.test_sample_becomes_the_expected_payments("nowhere_council", "payments")
    check.test_spec_names_only_what_exists("nowhere_council", "payments")


def test_the_sample_keeps_habits_and_invents_everything_else(tmp_path: Path) -> None:
    draft = draft_file(*FILES["habits"], publisher_id="nowhere_council")
    write_draft(draft, tmp_path)
    data = (tmp_path / "nowhere_council" / "payments.csv").read_bytes()
    text = data.decode("utf-8" if data.isascii() else draft.readings[0].sheet.table.encoding)
    assert text.splitlines()[3] == ",".join(HEADERS)
    assert text.splitlines()[-1].startswith("Grand Total,")
    assert "\r\n" in text and ",,,,," in text.splitlines()
    names = {x.name for x in lines()}
    assert not any(name in text for name in names if name)
    aside = (tmp_path / "nowhere_council" / "payments_set_aside.csv").read_text(encoding="utf-8")
    assert [line.split(",")[3] for line in aside.splitlines()[1:]] == [
        "blank_row", "banner", "blank_row", "blank_row", "total_row"
    ]  # fmt: skip


def test_bracketed_negatives_and_redactions_come_back_in_the_sample(tmp_path: Path) -> None:
    write_draft(draft_file(*FILES["brackets"], publisher_id="nowhere_council"), tmp_path)
    text = (tmp_path / "nowhere_council" / "payments.csv").read_bytes().decode("cp1252")
    assert "(£1,200.00)" in text and "Redacted – Personal Data" in text and "£12,345.67" in text


def test_a_spec_with_an_open_required_column_loads_and_comes_without_a_sample(tmp_path: Path) -> None:
    rows = table(
        ["Body Name", "Date", "Supplier ID", "Amount"], lambda x: ["Nowhere", x.day, x.code, x.amount]
    )
    draft = draft_file(as_csv(rows), "May 2018.csv", "nowhere_council")
    (path,) = write_draft(draft, tmp_path)
    loaded = load_spec(path)
    assert loaded.streams["payments"].columns["supplier_name"] == ("(unknown) supplier_name",)


def test_placeholders_can_never_be_taken_for_a_real_body(tmp_path: Path) -> None:
    from anchor_spend.registers import canonical_postcode

    draft = draft_file(*FILES["plain"], publisher_id="nowhere_council")
    loaded = draft.publisher()
    assert loaded.org_id == "XX-DRAFT-nowhere_council"
    assert canonical_postcode(loaded.postcode) == ""
    assert {"org_id", "postcode"} <= {question.key for question in draft.questions}
