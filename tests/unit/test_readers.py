"""What a file is by its bytes, and how its text is parted into records. All content is invented."""

import pytest

from anchor_spend import delimited, readers
from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.records import RawTable
from anchor_spend.rules import RULES
from anchor_spend.spec import FileFormat
from made_workbooks import xlsx, zipped

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
    "file_is_zip": [zipped({}), zipped({"readme.txt": "Some notes,\nfor readers,\nnothing else.\n"})],
    "archive_damaged": [b"\x1f\x8b\x08\x00abc", b"PK\x03\x04" + bytes(100)],
    "file_is_binary": [
        b"Date,Amount\x00\n",
        COMPOUND,
        zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}),
    ],
    "workbook_locked": [COMPOUND + "EncryptedPackage".encode("utf-16-le")],
    "workbook_damaged": [
        xlsx({"April": [["Date"]]})[:-40],
        COMPOUND + "Workbook".encode("utf-16-le"),
        zipped({"xl/workbook.xml": "<workbook", "[Content_Types].xml": ""}),
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
        'Date,Supplier,Amount\n1,Vole,2.00\n2,"Kestrel,3.00\n3,"Marlow,4.00\n',  # makes one of two
        'Date,Supplier,Amount\n1,Vole,2.00\n2,"Kestrel,3.00\n3,Marlow,4.00"\n',  # closed one row too late
    ],
)
def test_a_quotation_mark_that_swallows_rows_refuses_the_file(text: str) -> None:
    error = refusal(text.encode())
    assert error.rule == "quote_not_closed"
    assert error.place.row in (2, 3)


def test_quotation_marks_inside_cells_and_line_breaks_in_quoted_ones_do_no_harm() -> None:
    text = 'Date,Supplier,Amount\n1,12" Pipes,2.00\n2,"Vole "The" Cat",3.00\n3,"Kestrel\n2,5.00 Ltd",4.00\n'
    assert read(text.encode()).rows[1:] == [
        ["1", '12" Pipes', "2.00"],
        ["2", 'Vole The" Cat"', "3.00"],
        ["3", "Kestrel\n2,5.00 Ltd", "4.00"],
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_a_file_without_a_header_is_parted_alike(delimiter: str) -> None:
    rows = [["01/04/2017", "Vole Kestrel Ltd", "10.00"]] * 3 + [["02/04/2017", "Marlow"]]
    table = read("\n".join(delimiter.join(row) for row in rows).encode())
    assert (table.delimiter, table.rows) == (delimiter, rows)


def test_thousands_of_empty_columns_and_rows_behind_the_table_are_no_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = read(b"Date,Amount" + b"," * 16_000 + b"\n1,2.00" + b"," * 16_000 + b"\n")
    assert table.rows == [["Date", "Amount"], ["1", "2.00"]]
    monkeypatch.setattr(delimited, "MAX_ROWS", 5)
    assert read(b'Date,Amount\n1,"2.00"\n' + b",\r\n" * 1_000).rows == [["Date", "Amount"], ["1", "2.00"]]
    assert refusal(b"a\n" * 16).rule == "too_many_rows"


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    monkeypatch.setattr(delimited, "MAX_COLUMNS", 4)
    monkeypatch.setattr(delimited, "MAX_CELL_LENGTH", 10)
    monkeypatch.setattr(readers, "MAX_BYTES", 50)
    monkeypatch.setattr(delimited, "MAX_CELLS", 9)
    assert refusal(b"a,b,c,d\n" * 3).rule == "too_many_rows"
    assert refusal(b"a\n" * 4).rule == "too_many_rows"
    assert refusal(b"a,b,c,d,e\n").rule == "too_many_columns"
    assert refusal(b"a,bbbbbbbbbbb\n").rule == "cell_too_long"
    assert refusal(b"a" * 51).rule == "file_too_large"
