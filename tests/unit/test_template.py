"""The partner template: written empty, filled in with synthetic rows, read back by the pipeline itself."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from anchor_spend.conform import conform
from anchor_spend.errors import SettingsError
from anchor_spend.readers import read_tables
from anchor_spend.records import ConformedFile
from anchor_spend.settings import PROJECT
from anchor_spend.spec import layout, load_specs
from anchor_spend.template import SHEET, columns, write_template

SPECS = load_specs(PROJECT / "plugins" / "publishers")
PARTNER = SPECS["cranfield_university"]


def read(path: Path) -> ConformedFile:
    tables = read_tables(path.read_bytes(), path.name, PARTNER.streams["payments"].format)
    return conform(tables, PARTNER, "payments", "2017-04", path.name)


def examples() -> list[tuple[str, ...]]:
    return list(zip(*(column.examples for column in columns()), strict=True))


def test_the_explained_columns_are_those_the_layout_reads() -> None:
    content = layout("partner_template")
    fields = [*content["columns"].values(), *content["optional_columns"].values()]
    read_as = [alias for aliases in fields for alias in aliases]
    assert sorted(column.name for column in columns()) == sorted(read_as)
    assert {len(column.examples) for column in columns()} == {3}
    assert all(column.why.endswith(".") for column in columns())


def test_csv_is_the_header_alone(tmp_path: Path) -> None:
    write_template(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode("utf-8-sig") == (
        ",".join(column.name for column in columns()) + "\r\n"
    )


def test_an_empty_template_is_a_month_without_payments(tmp_path: Path) -> None:
    for name in ("t.csv", "t.xlsx"):
        write_template(tmp_path / name, PARTNER)
        conformed = read(tmp_path / name)
        assert (len(conformed.payments), conformed.rows_read) == (0, 0)


def test_a_filled_workbook_reads_whole_and_its_examples_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "payments_2017-04.xlsx"
    write_template(path, PARTNER)
    book = openpyxl.load_workbook(path)
    for row in examples():
        book[SHEET].append(row)
    book.save(path)
    _assert_examples(read(path))


def test_a_filled_csv_reads_whole(tmp_path: Path) -> None:
    path = tmp_path / "payments_2017-04.csv"
    write_template(path)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(examples())
    path.write_bytes(path.read_bytes() + text.getvalue().encode())
    _assert_examples(read(path))


def test_a_template_without_the_later_columns_reads_as_before(tmp_path: Path) -> None:
    later = {"VAT number", "Charity number"}
    places = [place for place, column in enumerate(columns()) if column.name not in later]
    path = tmp_path / "payments_2017-04.csv"
    rows = [[column.name for column in columns()], *examples()]
    text = io.StringIO()
    csv.writer(text).writerows([row[place] for place in places] for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    conformed = read(path)
    assert list(conformed.payments["amount_pence"]) == [125000, 30000, -4550]
    assert conformed.payments["vat_number"].isna().all() and conformed.rejected.empty


def _assert_examples(conformed: ConformedFile) -> None:
    assert list(conformed.payments["amount_pence"]) == [125000, 30000, -4550]
    assert list(conformed.payments["is_redacted"]) == [False, True, False]
    assert conformed.payments["supplier_company_number"].fillna("").tolist() == ["SY990002", "", "SY990005"]
    assert [bool(cell) for cell in conformed.payments["vat_number"]] == [True, False, True]
    assert conformed.payments["charity_number"].fillna("").tolist() == ["", "", "9000005"]
    assert conformed.rejected.empty and conformed.rows_read == 3
    assert not any("unreadable" in finding.rule for finding in conformed.findings)


def test_the_workbook_explains_every_column_and_says_synthetic(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx", PARTNER)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    about = [[cell for cell in row if cell is not None] for row in book["About"].values]
    text = "\n".join(str(cell) for row in about for cell in row)
    assert PARTNER.name in text and "inbox/cranfield_university/" in text and "SYNTHETIC" in text
    assert all(column.why in text for column in columns())
    assert book[SHEET].column_dimensions["C"].number_format == "@"  # or 01234567 becomes a number


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.csv or \.xlsx"):
        write_template(tmp_path / "t.pdf")
    with pytest.raises(SettingsError, match="publishes its payments itself"):
        write_template(tmp_path / "t.csv", SPECS["luton_borough_council"])
    with pytest.raises(SettingsError, match="cannot be written"):
        write_template(tmp_path / "nowhere" / "t.csv")
