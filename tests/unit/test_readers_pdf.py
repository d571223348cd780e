"""Tables of PDF documents, however drawn; refused where they are not clear. All content is invented."""

import re
from pathlib import Path

import pytest

from anchor_spend import pdfs
from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.records import RawTable
from anchor_spend.rules import RULES
from anchor_spend.spec import FileFormat
from made_pdfs import HEADER, HEIGHT, WIDTH, box, document, right, table_page, text

PDF = FileFormat(family="pdf", dates=("%d/%m/%Y",))
ROWS = [
    ["03/04/2017", "Vole and Sons", "Parks", "1,250.00", "P1"],
    ["04/04/2017", "Kestrel Holdings\nand Partners\n(Luton)", "Adult Social\nCare", "(12.50)", "P2"],
    ["05/04/2017", "", "Parks", "£99.99", "P3"],
    ["06/04/2017", "Lintel Ltd", "Highways and\nTransport", "-1,234,567.89", "P4"],
    ["07/04/2017", "Marlow Care", "Parks", "5.00", ""],
]
CELLS = [[cell.replace("\n", " ") for cell in row] for row in ROWS]


def read(data: bytes) -> RawTable:
    (table,) = read_tables(data, "file.pdf", PDF)
    assert (table.kind, table.sheet) == ("pdf", "")
    return table


def refusal(data: bytes) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        read_tables(data, "file.pdf", PDF)
    assert RULES[caught.value.rule].effect == "file" and caught.value.remedy
    return caught.value


# --- one table, drawn in many ways --------------------------------------------------------------------------


@pytest.mark.parametrize("align", ["top", "middle", "bottom"])
@pytest.mark.parametrize("drawn", ["cells", "words", "lines", "columns"])
def test_rows_are_whole_in_whatever_order_they_are_drawn(drawn: str, align: str) -> None:
    assert read(document([table_page([HEADER, *ROWS], drawn=drawn, align=align)])).rows == [HEADER, *CELLS]


@pytest.mark.parametrize("align", ["top", "bottom"])
def test_lines_as_far_apart_in_a_cell_as_between_rows_go_by_the_order_of_drawing(align: str) -> None:
    page = table_page([HEADER, *ROWS], align=align, row_gap=0)
    assert read(document([page])).rows == [HEADER, *CELLS]


def test_lines_that_may_belong_to_two_rows_refuse_the_document() -> None:
    error = refusal(document([table_page([HEADER, *ROWS], drawn="lines", row_gap=0)]))
    assert error.rule == "pdf_table_unclear" and "may belong to the row above or below" in error.detail


def test_one_table_runs_over_all_pages_without_their_numbers_and_titles() -> None:
    title, notes = text(40, 20, "Payments to suppliers, April 2017", 10), text(40, 570, "Page {} of 3")
    pages = [title + table_page([HEADER, *ROWS]) + notes.format(number) for number in (1, 2, 3)]
    table = read(document(pages))
    assert table.rows == [HEADER, *CELLS] * 3
    assert [(note.rule, note.detail) for note in table.findings] == [("pdf_page_lines", "Left out: 6 lines.")]


def test_what_stands_above_the_table_and_its_total_are_rows() -> None:
    title = text(40, 20, "Payments over £250")
    total = text(260, 300, "Total") + right(480, 300, "1,234.00")
    table = read(document([title + table_page([HEADER, *ROWS]) + total]))
    assert table.rows == [
        ["Payments over £250", *[""] * 4],
        HEADER,
        *CELLS,
        ["", "", "Total", "1,234.00", ""],
    ]


def test_headings_of_two_lines_and_on_the_other_side_of_their_column_are_one_cell() -> None:
    heading = text(40, 60, "Payment") + text(40, 69.2, "date") + text(110, 60, "Supplier")
    heading += text(260, 60, "Department") + text(400, 60, "Net") + text(400, 69.2, "amount")
    heading += text(500, 60, "Reference")
    body = table_page(
        [["", "", "", "", ""], ["", "", "", "", ""], *[[*row[:3], "1.00", "P"] for row in ROWS]]
    )
    table = read(document([heading + body]))
    assert table.rows[0] == ["Payment date", "Supplier", "Department", "Net amount", "Reference"]
    assert table.rows[1] == [*CELLS[0][:3], "1.00", "P"]


def test_a_column_without_a_heading_is_a_column() -> None:
    unnamed = "".join(text(620, 60 + (number + 1) * 12.2, "Y") for number in range(5))
    plain = [[cell.split("\n")[0] for cell in row] for row in ROWS]
    table = read(document([table_page([HEADER, *plain]) + unnamed]))
    assert table.rows == [[*HEADER, ""], *[[*row, "Y"] for row in plain]]


def test_an_overlong_cell_stays_in_its_column() -> None:
    rows = [["01/04/2017", "Vole", "Parks", "1.00", "P"] for _ in range(40)]
    rows[20] = ["01/04/2017", "Kestrel Vocational Training and Apprenticeships", "", "2.00", "P"]
    table = read(document([table_page([HEADER, *rows])]))
    assert table.rows == [HEADER, *rows]


def test_whole_pounds_are_amounts_where_there_are_no_pence() -> None:
    rows = [
        [*row[:3], amount, row[4]]
        for row, amount in zip(ROWS, ["1,250", "£12", "2,000", "-1,234,567", "£5"], strict=True)
    ]
    table = read(document([table_page([HEADER, *rows])]))
    assert [row[3] for row in table.rows] == ["Amount", "1,250", "£12", "2,000", "-1,234,567", "£5"]


def test_a_pound_sign_drawn_apart_and_text_drawn_twice_are_read_once() -> None:
    plain = [["03/04/2017", "Vole", "Parks", "10.00", "P1"]] * 3
    signs = "".join(text(430, 60 + (number + 1) * 12.2, "£") for number in range(3))
    page = table_page([HEADER]) * 2
    rows = table_page([[""] * 5, *[[*row[:3], "", ""] for row in plain]])
    for number in range(3):
        top = 60 + (number + 1) * 12.2
        rows += text(430, top, "£") + right(480, top, "10.00") + text(500, top, "P1")
    table = read(document([page + rows]))
    assert signs and table.rows == [HEADER, *[["03/04/2017", "Vole", "Parks", "£10.00", "P1"]] * 3]


def test_a_turned_page_is_read_as_it_is_shown() -> None:
    """The page is stored upright with its content turned, and shown turned back."""
    page = f"q 0 1 -1 0 {HEIGHT} 0 cm\n{table_page([HEADER, *ROWS])}Q\n"
    data = document([page], extra="/Rotate 90").replace(
        f"[0 0 {WIDTH} {HEIGHT}]".encode(), f"[0 0 {HEIGHT} {WIDTH}]".encode()
    )
    assert read(data).rows == [HEADER, *CELLS]


# --- what is blacked out ------------------------------------------------------------------------------------


def test_text_under_a_black_box_is_not_read_and_said_to_be_there() -> None:
    plain = [["03/04/2017", "Vole", "Parks", "10.00", "P1"], ["03/04/2017", "Marlow", "Parks", "11.00", "P2"]]
    page = table_page([HEADER, *plain]) + box(105, 83, 100, 12)
    table = read(document([page]))
    assert table.rows == [HEADER, plain[0], ["03/04/2017", "", "Parks", "11.00", "P2"]]
    assert [note.rule for note in table.findings] == ["pdf_blacked_out"] and "6 characters" in table.findings[
        0
    ].detail


def test_a_border_made_of_a_black_box_under_a_white_one_hides_nothing() -> None:
    page = box(30, 50, 600, 300) + box(31, 51, 598, 298, grey=1) + table_page([HEADER, *ROWS])
    table = read(document([page]))
    assert table.rows == [HEADER, *CELLS] and not table.findings


# --- what is refused ----------------------------------------------------------------------------------------

LOCK = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >> /ID [<00> <00>]".format("5a" * 32)
PICTURE = "q 842 0 0 595 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x41 EI Q\n"
RUN_TOGETHER = "".join(text(40, 60 + 12 * row, f"03/04/2017 Vole {row} Parks {row}.00") for row in range(9))
REFUSED = {
    "pdf_damaged": [b"%PDF-1.7 x", b"\r\n%PDF-1.4 ...", document([table_page([HEADER])])[:200]],
    "pdf_locked": [document([table_page([HEADER, *ROWS])], trailer=LOCK)],
    "pdf_without_text": [
        document([""]),
        document([PICTURE]),
        document([PICTURE + table_page([HEADER, *ROWS])]),
    ],
    "pdf_table_unclear": [
        document([text(40, 60, "A letter about payments, with no table in it at all.") * 1]),
        document([RUN_TOGETHER]),
        document([table_page([[row[0], row[1], "", "", ""] for row in ROWS])]),
        document([f"q 0 1 -1 0 {HEIGHT} 0 cm\n{table_page([HEADER, *ROWS])}Q\n"]),
    ],
}


@pytest.mark.parametrize(
    ("rule", "data"), [(rule, data) for rule, files in REFUSED.items() for data in files]
)
def test_documents_without_a_clear_table_are_refused_by_name(rule: str, data: bytes) -> None:
    error = refusal(data)
    assert error.rule == rule
    assert not re.search("Vole|Kestrel|Marlow", str(error))


def test_two_amounts_in_one_cell_refuse_the_document() -> None:
    twice = text(380, 72.2, "1.00") + "".join(text(380, 60 + 12.2 * row, "1.00") for row in (2, 3))
    crossing = "".join(text(100, 60 + 12.2 * row, "x" * 80) for row in range(1, 6))
    plain = [[cell.split("\n")[0] for cell in row] for row in ROWS]
    assert refusal(document([table_page([HEADER, *plain]) + twice + crossing])).rule == "pdf_table_unclear"


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    data = document([table_page([HEADER, *ROWS])] * 3)
    for name, most in (("MAX_PAGES", 2), ("MAX_CHARS", 100), ("MAX_BYTES", 500)):
        with monkeypatch.context() as patch:
            patch.setattr(pdfs, name, most)
            assert refusal(data).rule == "pdf_too_large"


# --- real files ---------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_real_documents_give_rows_that_each_have_their_own_amount(real_data: Path) -> None:
    paths = sorted((real_data / "formats").glob("*/*.pdf"))
    if not paths:
        pytest.skip("shared/data not present: real-data test skipped")
    for path in paths[-4:]:
        table = read(path.read_bytes())
        header = next(row for row in table.rows if sum(map(bool, row)) > 5)
        body = [row for row in table.rows[table.rows.index(header) + 1 :] if row != header]
        amount = next(at for at, cell in enumerate(header) if "amount" in cell.casefold())
        assert all(re.fullmatch(r"\(?-?[\d,]+\.\d\d\)?", row[amount]) for row in body), path.name
