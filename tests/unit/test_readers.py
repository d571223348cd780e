"""What a file is by its bytes, and how its text is parted into records. All content is invented."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from anchor_spend import delimited, readers, workbooks
from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.records import RawTable
from anchor_spend.rules import RULES
from anchor_spend.spec import FileFormat
from anchor_spend.workbook_process import cell_text

DELIMITED = FileFormat(family="delimited", dates=("%d/%m/%Y",))
WORKBOOK = FileFormat(family="workbook", dates=("%Y-%m-%d",))


def read(data: bytes, file_format: FileFormat = DELIMITED) -> RawTable:
    (table,) = read_tables(data, "file.csv", file_format)
    return table


def refusal(data: bytes, file_format: FileFormat = DELIMITED) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        read_tables(data, "file.csv", file_format)
    assert RULES[caught.value.rule].effect == "file"
    assert caught.value.remedy and "file.csv" in str(caught.value)
    return caught.value


def zipped(**members: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def xlsx(sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


ODS_CONTENT = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
 <table:table table:name="April"><table:table-row>
 <table:table-cell office:value-type="string"><text:p>Amount</text:p></table:table-cell>
 <table:table-cell office:value-type="float" office:value="1234.5"><text:p>1234.5</text:p></table:table-cell>
 </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def ods() -> bytes:
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    content = ODS_CONTENT.replace("\n", "").replace("> <", "><")
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    members = {"mimetype": mimetype, "content.xml": content, "META-INF__manifest.xml": manifest}
    return zipped(**members)


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NOT_TABLES = {
    "file_empty": [b"", b" \r\n\r\n", b"\xef\xbb\xbf"],
    "file_is_html": [
        b"<!DOCTYPE html><html><head><title>Page not found</title>",
        b"\n\n<HTML><HEAD><TITLE>Access Denied</TITLE>",
        b"\xef\xbb\xbf  <!-- cached --><html lang='en'>",
        "<html><body>Not found".encode("utf-16"),
    ],
    "file_is_login_page": [
        b"<!DOCTYPE html><html><head><title>Sign in to your account</title>",
        b'<html><body><form><input type="password" name="p"></form>',
    ],
    "file_is_xml": [b'<?xml version="1.0"?><Workbook><Worksheet/></Workbook>'],
    "file_is_json": [b'{"error": "not found"}', b'[{"Date": "x"}]'],
    "file_is_pdf": [b"%PDF-1.7 ...", b"\r\n%PDF-1.4 ..."],
    "file_is_zip": [zipped(**{"payments.csv": "Date,Amount"}), zipped(), b"\x1f\x8b\x08\x00abc"],
    "file_is_binary": [b"Date,Amount\x00\n", "Date,Amount".encode("utf-16-le"), COMPOUND],
    "workbook_locked": [COMPOUND + "EncryptedPackage".encode("utf-16-le")],
    "workbook_damaged": [
        xlsx({"April": [["Date"]]})[:-40],
        b"PK\x03\x04" + bytes(100),
        COMPOUND + "Workbook".encode("utf-16-le"),
        zipped(**{"xl__workbook.xml": "<workbook", "[Content_Types].xml": ""}),
    ],
    "encoding_unreadable": [b"\xef\xbb\xbfDate\n\xa3", b"Supplier\n\x81\x8d"],
}


@pytest.mark.parametrize(
    ("rule", "data"), [(rule, data) for rule, files in NOT_TABLES.items() for data in files]
)
def test_bytes_that_are_no_table_are_refused_by_name(rule: str, data: bytes) -> None:
    assert refusal(data).rule == rule


def test_the_name_and_the_expected_family_decide_nothing() -> None:
    (table,) = read_tables(xlsx({"April": [["Amount", 1.5]]}), "payments.csv", DELIMITED)
    assert (table.kind, table.rows) == ("xlsx", [["Amount", "1.5"]])
    assert [finding.rule for finding in table.findings] == ["unexpected_family"]
    (table,) = read_tables(b"Amount,1.5\n", "payments.xlsx", WORKBOOK)
    assert (table.kind, table.rows) == ("delimited", [["Amount", "1.5"]])


# --- encodings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encodings", "encoding", "cell"),
    [
        ("Café £5".encode("utf-8-sig"), ("cp1252",), "utf-8-sig", "Café £5"),
        ("Café £5".encode(), ("utf-8-sig", "cp1252"), "utf-8-sig", "Café £5"),
        ("Café £5".encode("cp1252"), ("utf-8-sig", "cp1252"), "cp1252", "Café £5"),
        ("Café – £5".encode("mac_roman"), ("utf-8-sig", "mac_roman"), "mac_roman", "Café – £5"),
        ("Café £5".encode("utf-16"), ("utf-8-sig",), "utf-16", "Café £5"),
        (b"plain", ("utf-8-sig", "mac_roman"), "utf-8-sig", "plain"),
    ],
)
def test_encodings_are_tried_strictly_in_the_order_of_the_spec(
    data: bytes, encodings: tuple[str, ...], encoding: str, cell: str
) -> None:
    table = read(data, FileFormat(family="delimited", encodings=encodings, dates=("%d/%m/%Y",)))
    assert (table.encoding, table.rows, table.findings) == (encoding, [[cell]], ())


@pytest.mark.parametrize(
    ("data", "encodings"),
    [
        ("Café – St Oswin’s".encode("mac_roman"), ("utf-8-sig", "cp1252")),
        ("Café – St Oswin’s".encode("cp1252"), ("utf-8-sig", "mac_roman")),
        ("Café £5".encode() + b"\xff", ("utf-8-sig", "cp1252")),
        ("CafÃ© Â£5".encode(), ("utf-8-sig", "cp1252")),
    ],
)
def test_characters_that_fit_another_encoding_are_remarked_upon(
    data: bytes, encodings: tuple[str, ...]
) -> None:
    table = read(data, FileFormat(family="delimited", encodings=encodings, dates=("%d/%m/%Y",)))
    assert {finding.rule for finding in table.findings} == {"encoding_doubtful"}


def test_an_encoding_error_names_encodings_and_line_and_no_value() -> None:
    error = refusal(b"Supplier\nMarlow\x81\n")
    assert "utf-8-sig fails at byte 16 (line 2)" in error.detail
    assert "cp1252 fails" in error.detail and "Marlow" not in str(error)


# --- records ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_parts_most_rows_alike(delimiter: str) -> None:
    rows = [["Report for April, and notes; | all"]]
    rows += [["Date", "Supplier", "Amount"]] + [["01/04/2017", "Vole, Kestrel; Sons", "£1,000"]] * 5
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    table = read(text.encode())
    assert (table.delimiter, table.rows) == (delimiter, rows)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_ends_do_not_make_rows(line_end: str) -> None:
    table = read(f"Date,Amount{line_end}a,1{line_end}b,2{line_end}".encode())
    assert table.rows == [["Date", "Amount"], ["a", "1"], ["b", "2"]]


def test_cells_come_as_they_stand() -> None:
    table = read(b' Date ,"Vole\r\nand ""Sons"" Ltd", 0012 \n\n,,\n')
    assert table.rows == [[" Date ", 'Vole\r\nand "Sons" Ltd', " 0012 "], [], ["", "", ""]]


@pytest.mark.parametrize(
    "text",
    [
        'Date,Supplier,Amount\n1,Vole,2.00\n2,"Kestrel,3.00\n3,Marlow,4.00\n',  # open to the end
        'Date,Supplier,Amount\n1,"Vole,2.00\n2,Kestrel,3.00\n3,Marlow,4.00\n4,"Lintel,5.00\n',  # swallows two
    ],
)
def test_a_quotation_mark_that_swallows_rows_refuses_the_file(text: str) -> None:
    error = refusal(text.encode())
    assert error.rule == "quote_not_closed"
    assert error.place.row in (2, 3)


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    monkeypatch.setattr(delimited, "MAX_COLUMNS", 4)
    monkeypatch.setattr(delimited, "MAX_CELL_LENGTH", 10)
    monkeypatch.setattr(readers, "MAX_BYTES", 50)
    assert refusal(b"a\n" * 4).rule == "too_many_rows"
    assert refusal(b"a,b,c,d,e\n").rule == "too_many_columns"
    assert refusal(b"a,bbbbbbbbbbb\n").rule == "cell_too_long"
    assert refusal(b"a" * 51).rule == "file_too_large"


# --- workbooks ----------------------------------------------------------------------------------------------


def test_workbook_cells_become_exact_text() -> None:
    rows: list[list[object]] = [
        [None, "Amount", None],
        [datetime(2017, 4, 3), 0.1 + 0.2, "0012"],
        [datetime(2017, 4, 3, 13, 30), 1234.5, True],
        [date(2017, 4, 4), 385, -1234567.1],
    ]
    table = read(xlsx({"April": rows}), WORKBOOK)
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


def test_row_numbers_are_the_sheets_and_blank_formatted_rows_at_the_end_are_none() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["B3"] = "Amount"
    workbook.active["B40"].font = openpyxl.styles.Font(bold=True)
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert read(buffer.getvalue(), WORKBOOK).rows == [["", ""], ["", ""], ["", "Amount"]]


def test_hidden_sheets_are_named_and_never_loaded() -> None:
    data = xlsx({"April": [["Amount"]], "Names": [["Marlow"]]}, hidden=("Names",))
    (table,) = read_tables(data, "file.xlsx", WORKBOOK)
    assert table.sheet == "April"
    assert [(finding.rule, finding.sheet) for finding in table.findings] == [("hidden_sheet", "Names")]
    assert "Marlow" not in repr(table)
    assert (
        refusal(
            xlsx({"A": [["x"]], "B": [["y"]]}, hidden=("A",)),
            FileFormat(family="workbook", sheet="A", dates=("%Y-%m-%d",)),
        ).rule
        == "sheet_missing"
    )


def test_the_spec_may_name_the_sheet() -> None:
    wanted = FileFormat(family="workbook", sheet=r"data \w+", dates=("%Y-%m-%d",))
    data = xlsx({"Notes": [["x"]], "Data April": [["Amount"]], "Old data April": [["y"]]})
    (table,) = read_tables(data, "file.xlsx", wanted)
    assert table.rows == [["Amount"]]
    assert [finding.sheet for finding in table.findings] == ["Notes", "Old data April"]


def test_open_document_sheets_are_read() -> None:
    table = read(ods(), WORKBOOK)
    assert (table.kind, table.sheet, table.rows) == ("ods", "April", [["Amount", "1234.5"]])


def test_a_stray_cell_in_the_last_corner_does_not_take_the_process_along() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "Amount", 1
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert refusal(buffer.getvalue(), WORKBOOK).rule == "workbook_too_large"


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(**{"xl__workbook.xml": "<workbook/>", "xl__media__x.bin": bytes(30_000_000)})
    assert refusal(bomb, WORKBOOK).rule == "workbook_too_large"
    monkeypatch.setattr(workbooks, "MAX_COLUMNS", 2)
    monkeypatch.setattr(workbooks, "MAX_ROWS", 2)
    assert refusal(xlsx({"A": [["a", "b", "c"]]}), WORKBOOK).rule == "too_many_columns"
    assert refusal(xlsx({"A": [["a"]] * 3}), WORKBOOK).rule == "too_many_rows"


@pytest.mark.real_data
def test_real_spreadsheets_of_the_older_types_are_read(real_data: Path) -> None:
    paths = sorted(
        path for pattern in ("*/*.xls", "*/*.ods") for path in (real_data / "formats").glob(pattern)
    )
    if not paths:
        pytest.skip("shared/data not present: real-data test skipped")
    kinds = [table.kind for path in paths for table in read_tables(path.read_bytes(), "file", WORKBOOK)]
    assert set(kinds) == {"xls", "ods"}
