"""Workbooks of every kind: exact text, what is hidden stays hidden, hostile ones are refused in time."""

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from anchor_spend import workbooks
from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.records import RawTable
from anchor_spend.rules import RULES
from anchor_spend.spec import FileFormat
from anchor_spend.workbook_marks import read_marks
from anchor_spend.workbook_process import cell_text
from made_workbooks import members_of, ods, saved, xls_file, xlsb, xlsx, zipped

WORKBOOK = FileFormat(family="workbook", dates=("%Y-%m-%d",))
PAYMENTS: list[list[object]] = [
    ["Date", "Supplier", "Amount"],
    ["01/04/2017", "Vole and Sons", 12.5],
    ["02/04/2017", "Kestrel", 7.25],
]


def read(data: bytes, file_format: FileFormat = WORKBOOK) -> RawTable:
    (table,) = read_tables(data, "file.xlsx", file_format)
    return table


def refusal(data: bytes, file_format: FileFormat = WORKBOOK) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        read_tables(data, "file.xlsx", file_format)
    assert RULES[caught.value.rule].effect == "file" and caught.value.remedy
    return caught.value


def rules_of(table: RawTable) -> list[str]:
    return [finding.rule for finding in table.findings]


# --- cells --------------------------------------------------------------------------------------------------


def test_workbook_cells_become_exact_text() -> None:
    rows: list[list[object]] = [
        [None, "Amount", None],
        [datetime(2017, 4, 3), 0.1 + 0.2, "0012"],
        [datetime(2017, 4, 3, 13, 30), 1234.5, True],
        [date(2017, 4, 4), 385, -1234567.1],
    ]
    table = read(xlsx({"April": rows}))
    assert table.rows == [
        ["", "Amount", ""],
        ["2017-04-03", "0.3", "0012"],
        ["2017-04-03 13:30:00", "1234.5", "TRUE"],
        ["2017-04-04", "385", "-1234567.1"],
    ]
    assert (table.sheet, table.kind, table.findings) == ("April", "xlsx", ())


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (385.0, "385"),
        (1e16, "10000000000000000"),
        (1e-7, "0.0000001"),
        (1234.56, "1234.56"),
        (0.07 * 3, "0.21"),
    ],
)
def test_numbers_are_written_out_with_a_spreadsheets_digits(number: float, text: str) -> None:
    assert cell_text(number) == text


def test_formulas_give_their_last_results_and_errors_their_names() -> None:
    """The results are written into the part as a spreadsheet program stores them beside the formula."""
    parts = members_of(xlsx({"April": [["Amount", "Vat"], [1, 2], [3, 4]]}))
    part = parts["xl/worksheets/sheet1.xml"].decode()
    part = part.replace('<c r="A2" t="n"><v>1</v></c>', '<c r="A2"><f>B2*21</f><v>42</v></c>')
    part = part.replace('<c r="B2" t="n"><v>2</v></c>', '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    parts["xl/worksheets/sheet1.xml"] = part.encode()
    assert read(zipped(parts)).rows == [["Amount", "Vat"], ["42", "#DIV/0!"], ["3", "4"]]


def test_row_numbers_are_the_sheets_and_formatted_cells_behind_the_table_are_none() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["B3"] = "Amount"
    workbook.active["B40"].font = openpyxl.styles.Font(bold=True)
    workbook.active["Z1"] = " "
    workbook.active["Z1"].value = None
    assert read(saved(workbook)).rows == [["", ""], ["", ""], ["", "Amount"]]


def test_text_merged_downwards_stands_in_each_row_and_an_amount_only_once() -> None:
    workbook = openpyxl.Workbook()
    for row in [["Date", "Supplier", "Amount"], ["", "", ""], ["3 April", "Vole", 5], ["", "", ""]]:
        workbook.active.append(row)
    for merged in ("A1:A2", "B1:B2", "C1:C2", "A3:A4", "B3:B4", "C3:C4"):
        workbook.active.merge_cells(merged)
    workbook.active["A5"] = "Notes on all columns"
    workbook.active.merge_cells("A5:C5")
    table = read(saved(workbook))
    assert table.rows == [
        ["Date", "Supplier", "Amount"],
        ["Date", "Supplier", "Amount"],
        ["3 April", "Vole", "5"],
        ["3 April", "Vole", ""],
        ["Notes on all columns", "", ""],
    ]
    assert rules_of(table) == ["merged_cells"]


# --- every kind ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data"),
    [("xlsx", xlsx({"April": PAYMENTS})), ("xlsb", xlsb({"April": PAYMENTS})), ("ods", ods(PAYMENTS))],
)
def test_each_kind_reads_alike(kind: str, data: bytes) -> None:
    table = read(data)
    assert (table.kind, table.sheet, table.findings) == (kind, "April", ())
    assert table.rows == [[cell_text(cell) for cell in row] for row in PAYMENTS]


def test_errors_of_a_binary_workbook_keep_their_names() -> None:
    assert read(xlsb({"April": [["Date", "Amount"], ["#N/A", "#REF!"]]})).rows[1] == ["#N/A", "#REF!"]


# --- what is hidden -----------------------------------------------------------------------------------------


def hidden_parts_xlsx() -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx({"April": PAYMENTS})))
    workbook["April"].column_dimensions["B"].hidden = True
    workbook["April"].row_dimensions[3].hidden = True
    return saved(workbook)


@pytest.mark.parametrize(
    "data",
    [
        hidden_parts_xlsx(),
        xlsb({"April": PAYMENTS}, hidden_columns=[1], hidden_rows=[2]),
        ods(PAYMENTS, hidden_columns=[1], hidden_rows=[2]),
    ],
    ids=["xlsx", "xlsb", "ods"],
)
def test_hidden_columns_are_blank_and_hidden_rows_stay_and_both_are_said(data: bytes) -> None:
    table = read(data)
    assert table.rows == [["Date", "", "Amount"], ["01/04/2017", "", "12.5"], ["02/04/2017", "", "7.25"]]
    assert rules_of(table) == ["hidden_columns", "hidden_rows"]
    assert "3 cells of the hidden columns 2" in table.findings[0].detail
    assert table.findings[1].detail.startswith("1 rows") and "Vole" not in repr(table)


def test_the_marks_of_an_old_workbook_are_found_in_its_records() -> None:
    (april,) = read_marks(xls_file(hidden_columns=[1], hidden_rows=[2], errors={(1, 2): 0x17}), "xls")
    assert april and april.hidden_columns == [(1, 1)] and april.hidden_rows == [(2, 2)]
    assert april.errors == {(1, 2): "#REF!"}


@pytest.mark.parametrize("build", [xlsx, xlsb], ids=["xlsx", "xlsb"])
def test_hidden_sheets_are_named_and_never_loaded(build) -> None:  # type: ignore[no-untyped-def]
    data = build({"April": [["Amount"]], "Names": [["Marlow"]]}, hidden=("Names",))
    table = read(data)
    assert table.sheet == "April"
    assert [(finding.rule, finding.sheet) for finding in table.findings] == [("hidden_sheet", "Names")]
    assert "Marlow" not in repr(table)
    only_hidden = FileFormat(family="workbook", sheet="Names", dates=("%Y-%m-%d",))
    assert refusal(data, only_hidden).rule == "sheet_missing"


def test_the_spec_may_name_the_sheet() -> None:
    wanted = FileFormat(family="workbook", sheet=r"data \w+", dates=("%Y-%m-%d",))
    table = read(xlsx({"Notes": [["x"]], "Data April": [["Amount"]], "Old data April": [["y"]]}), wanted)
    assert table.rows == [["Amount"]]
    assert [finding.sheet for finding in table.findings] == ["Notes", "Old data April"]


# --- hostile workbooks --------------------------------------------------------------------------------------

_ENTITIES = {
    "another file": b'<!DOCTYPE x [<!ENTITY name SYSTEM "file:///etc/hostname">]>',
    "laughs": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY name "&b;&b;&b;">]>',
}


@pytest.mark.parametrize("declared", _ENTITIES.values(), ids=list(_ENTITIES))
def test_a_workbook_that_declares_entities_is_refused(declared: bytes) -> None:
    parts = members_of(xlsx({"April": PAYMENTS}))
    part = parts["xl/worksheets/sheet1.xml"].replace(b"Kestrel", b"&name;")
    parts["xl/worksheets/sheet1.xml"] = declared + part
    assert refusal(zipped(parts)).rule == "workbook_with_entities"


def test_a_stray_cell_in_the_last_corner_does_not_take_the_process_along() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "Amount", 1
    assert refusal(saved(workbook)).rule == "workbook_too_large"


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = zipped({"xl/workbook.xml": "<workbook/>", "xl/media/x.bin": bytes(30_000_000)})
    assert refusal(bomb).rule == "workbook_too_large"


def test_a_part_that_is_larger_than_it_says_is_not_unpacked_beyond_that() -> None:
    data = bytearray(zipped(members_of(xlsx({"April": PAYMENTS * 100}))))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = archive.getinfo("xl/worksheets/sheet1.xml").filename.encode()
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    assert refusal(bytes(data)).rule == "workbook_damaged"


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_COLUMNS", 2)
    monkeypatch.setattr(workbooks, "MAX_ROWS", 2)
    monkeypatch.setattr(workbooks, "MAX_SHEETS", 2)
    assert refusal(xlsx({"A": [["a", "b", "c"]]})).rule == "too_many_columns"
    assert refusal(xlsx({"A": [["a"]] * 3})).rule == "too_many_rows"
    assert refusal(xlsx({"A": [["a"]], "B": [["b"]], "C": [["c"]]})).rule == "workbook_too_large"
    monkeypatch.setattr(workbooks, "MAX_CELLS", 3)
    assert refusal(xlsx({"A": [["a"] * 2] * 2})).rule == "workbook_too_large"


# --- real files ---------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_real_spreadsheets_of_the_older_types_are_read(real_data: Path) -> None:
    paths = sorted(path for end in ("xls", "ods") for path in (real_data / "formats").glob(f"*/*.{end}"))
    if not paths:
        pytest.skip("shared/data not present: real-data test skipped")
    tables = [table for path in paths for table in read_tables(path.read_bytes(), "file", WORKBOOK)]
    assert {table.kind for table in tables} == {"xls", "ods"}
    rules = {rule for table in tables for rule in rules_of(table)}
    assert "hidden_rows" in rules and "hidden_unknown" not in rules
