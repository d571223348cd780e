"""How tables become payments, and what is set aside by which rule. All names and amounts are invented."""

import csv
import io
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anchor_spend.conform import conform
from anchor_spend.errors import SpecError, UnreadableFileError
from anchor_spend.printed_numbers import canonical_vat_number, invented_vat_number
from anchor_spend.readers import read_tables
from anchor_spend.records import ASIDE_COLUMNS, PAYMENT_COLUMNS, RawTable
from anchor_spend.rules import RULES
from anchor_spend.spec import load_specs
from anchor_spend.steps import strip_leading_zeros_from_supplier_ref
from anchor_spend.values import parse_pence
from conforming import GOOD, HEADER, PAID, assert_conserved, findings, publisher, refusal, rules, run, sheet

# --- payments -----------------------------------------------------------------------------------------------


def test_a_payment_carries_its_place_and_its_values_as_published() -> None:
    text = 'Date,Supplier ID,Payee, Amount ,Service,VAT\n3/04/2017,0012,  Vole  & Sons ,"£1,250.00",Place,1\n'
    conformed = run(text)
    (row,) = conformed.payments.to_dict("records")
    assert list(conformed.payments.columns) == PAYMENT_COLUMNS
    assert row.pop("payment_date").isoformat() == "2017-04-03"
    assert row == {
        "sheet": "",
        "row_number": 2,
        "amount_pence": 125000,
        "supplier_name": "Vole  & Sons",
        "supplier_ref": "0012",
        "supplier_postcode": None,
        "supplier_company_number": None,
        "vat_number": None,
        "charity_number": None,
        "department": "Place",
        "category": None,
        "description": None,
        "transaction_ref": None,
        "is_redacted": False,
    }
    assert list(conformed.rejected.columns) == list(conformed.excluded.columns) == ASIDE_COLUMNS
    assert conformed.findings == []
    assert conformed.reading["header_row"] == 1
    assert conformed.reading["date_format"] == "%d/%m/%Y"
    assert conformed.reading["sheets"][0]["columns"]["supplier_name"] == "payee"


def test_identical_rows_are_separate_payments() -> None:
    conformed = run("Date,Supplier,Amount\n" + "03/04/2017,Vole & Sons,10.00\n" * 4)
    assert (len(conformed.payments), conformed.pence_read) == (4, 4000)


@pytest.mark.parametrize(
    ("name", "published", "is_redacted", "is_suspected"),
    [
        ("Redacted", "Redacted", True, False),
        (" REDACTED  Personal\u00a0Data ", "REDACTED  Personal\u00a0Data", True, False),
        ("Redactive Events Ltd", "Redactive Events Ltd", False, False),
        ("Redacted Hotel Limited", "Redacted Hotel Limited", False, True),
        ("Name withheld", "Name withheld", False, True),
        (" \u00a0 ", None, False, False),
    ],
)
def test_only_whole_redaction_words_hide_a_payee(
    name: str, published: str | None, is_redacted: bool, is_suspected: bool
) -> None:
    conformed = run(f'Date,Supplier,Amount\n03/04/2017,"{name}",10.00\n')
    (row,) = conformed.payments.to_dict("records")
    assert (row["supplier_name"], row["is_redacted"]) == (published, is_redacted)
    assert findings(conformed) == (["redaction_suspected"] if is_suspected else [])


NUMBERS = {"vat_number": ["VAT No"], "charity_number": ["Charity No"]}


@pytest.mark.parametrize(
    ("column", "cell", "read", "is_remarked"),
    [
        ("VAT No", "010000776", "010000776", False),
        ("VAT No", " GB 010 0007 76 ", "010000776", False),
        ("VAT No", "gb010.0007.76", "010000776", False),
        ("VAT No", "010000721", "010000721", False),  # the check digits of numbers given out since 2010
        ("VAT No", "010000776001", "010000776", False),  # with the digits of a branch
        ("VAT No", "010000777", None, True),  # a digit wrong
        ("VAT No", "01000077", None, True),  # a leading zero lost
        ("VAT No", "IE1234567T", None, True),
        ("VAT No", "000000000", None, False),
        ("VAT No", "Not registered", None, False),
        ("VAT No", "", None, False),
        ("Charity No", "9000123", "9000123", False),
        ("Charity No", "0900123", "900123", False),
        ("Charity No", "sc 012345", "SC012345", False),
        ("Charity No", "SC12345", "SC012345", False),  # a leading zero lost
        ("Charity No", "NIC 100001", "NIC100001", False),
        ("Charity No", "NI100001", "NIC100001", False),
        ("Charity No", "12345", None, True),
        ("Charity No", "12345678", None, True),
        ("Charity No", "0000000", None, False),
        ("Charity No", "N/A", None, False),
    ],
)
def test_vat_and_charity_numbers_are_read_or_remarked_and_the_payment_counts(
    column: str, cell: str, read: str | None, is_remarked: bool
) -> None:
    conformed = run(
        f"Date,Supplier,Amount,{column}\n03/04/2017,Vole,10.00,{cell}\n", optional_columns=NUMBERS
    )
    name = "vat_number" if column == "VAT No" else "charity_number"
    assert [*conformed.payments[name]] == [read]
    assert conformed.pence_read == 1000 and conformed.rejected.empty
    assert findings(conformed) == ([f"{name}_unreadable"] if is_remarked else [])
    assert not cell or all(cell not in finding.detail for finding in conformed.findings)


def test_a_remark_on_numbers_counts_them_and_names_rows() -> None:
    cells = ["010000776", "1", "N/A", "22", "", "333"]
    text = "Date,Supplier,Amount,VAT No\n" + "".join(f"03/04/2017,Vole,10.00,{cell}\n" for cell in cells)
    (finding,) = run(text, optional_columns=NUMBERS).findings
    assert finding.detail == "3 of 4, the first in rows 3, 5, 7."


@given(st.integers(min_value=0, max_value=899_999), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_no_vat_number(number: int, place: int, step: int) -> None:
    vat = invented_vat_number(number)
    digit = (int(vat[place]) + step) % 10
    assert canonical_vat_number(vat) == vat
    wrong = f"{vat[:place]}{digit}{vat[place + 1 :]}"
    others = {int(wrong[7:]) - int(vat[7:]), (int(digit) - int(vat[place])) * (8 - place)}
    expected = wrong if any((change + 55) % 97 == 0 for change in others) else ""
    assert canonical_vat_number(wrong) == expected


def test_names_at_the_cut_stay_as_they_are_and_are_counted() -> None:
    file_format = {"family": "delimited", "dates": ["%d/%m/%Y"], "name_cut_at": 8}
    conformed = run(
        "Date,Supplier,Amount\n03/04/2017,Kestrel ,1\n03/04/2017,Kestrels,1\n", format=file_format
    )
    assert list(conformed.payments["supplier_name"]) == ["Kestrel", "Kestrels"]
    assert [finding.detail for finding in conformed.findings] == ["1 names have 8 characters."]


def test_another_bodys_name_is_remarked_upon() -> None:
    header = "Body,Date,Supplier,Amount\n"
    assert findings(run(header + "MARLOW T.C.,03/04/2017,Vole,1\n")) == []
    assert findings(run(header + "Borough of Quillham,03/04/2017,Vole,1\n")) == ["other_body_name"]


# --- the header ---------------------------------------------------------------------------------------------


def test_the_header_is_found_below_banners_and_by_any_spelling_of_case_and_space() -> None:
    text = "Payments of April,,\n,,\nRun on 5 May,,999.00\n  DATE ,Supplier\n,amount\n".replace(
        "Supplier\n,", '"Supplier\n",'
    )
    conformed = run(text + "03/04/2017,Vole,10.00\n")
    assert rules(conformed) == {1: "banner", 2: "blank_row", 3: "banner"}
    assert list(conformed.payments["row_number"]) == [5]
    assert conformed.pence_read == 99900 + 1000
    assert_conserved(conformed)


def test_a_missing_column_names_field_aliases_and_headers_seen() -> None:
    error = refusal("Date,Vendor,Amount\n03/04/2017,Vole,10.00\n")
    assert error.rule == "column_missing"
    assert (error.place.row, error.place.column) == (1, "supplier_name")
    assert "'Supplier', 'Payee'" in error.detail and "'vendor'" in error.detail
    assert "Vole" not in str(error)


@pytest.mark.parametrize("header", ["Date,Supplier,Payee,Amount", "Date,Supplier,Supplier,Amount"])
def test_two_columns_for_one_field_are_refused(header: str) -> None:
    error = refusal(f"{header}\n03/04/2017,Vole,Vole,10.00\n")
    assert error.rule == "column_ambiguous"
    assert "supplier_name fits" in error.detail


def test_a_spec_may_tell_repeated_headers_apart() -> None:
    text = "Date,Supplier,Supplier,Amount\n03/04/2017,0012,Vole,10.00\n"
    columns = {"payment_date": ["Date"], "amount": ["Amount"], "supplier_name": ["Supplier (2)"]}
    conformed = run(text, columns=columns, ignore=["Supplier"])
    assert list(conformed.payments["supplier_name"]) == ["Vole"]
    assert conformed.findings == []


def test_a_file_without_header_is_refused_without_showing_its_data() -> None:
    error = refusal("03/04/2017,Vole & Sons,10.00\n04/04/2017,Kestrel,11.00\n")
    assert error.rule == "header_missing"
    assert "Vole" not in str(error) and "Kestrel" not in str(error)


def test_wholly_renamed_headers_are_shown() -> None:
    error = refusal("Report\nWhen,Who,How much\n03/04/2017,Vole & Sons,10.00\n")
    assert error.rule == "header_missing"
    assert "'When', 'Who', 'How much'" in error.detail and "Vole" not in str(error)


def test_columns_the_spec_does_not_know_are_named() -> None:
    text = "Date,Supplier,,Amount,Postcode,VAT\n03/04/2017,Vole,x,10.00,,2\n04/04/2017,Vole,,10.00,,2\n"
    warned = [(finding.rule, finding.column, finding.detail) for finding in run(text).findings]
    assert warned == [
        ("unnamed_column", "", "Column 3, filled in 1 of 2 rows."),
        ("unknown_header", "postcode", "Column 5, filled in 0 of 2 rows."),
    ]


# --- rows set aside -----------------------------------------------------------------------------------------

ROWS = [
    ("blank", " ,\u00a0,\n", "blank_row", 0),
    ("empty line", "\n", "blank_row", 0),
    ("header again", " date ,SUPPLIER,Amount\n", "repeated_header", 0),
    ("shifted by a comma", "03/04/2017,Vole, Kestrel and Sons,10.00\n", "ragged_row", 0),
    ("no amount", "03/04/2017,Vole,\n", "amount_missing", 0),
    ("cut short", "03/04/2017\n", "amount_missing", 0),
    ("no number", "03/04/2017,Vole,n/a\n", "amount_unreadable", 0),
    ("three decimals", "03/04/2017,Vole,10.005\n", "amount_unreadable", 0),
    ("no date", ",Vole,10.00\n", "date_missing", 1000),
    ("no such date", "31/04/2017,Vole,10.00\n", "date_unreadable", 1000),
    ("another date format", "2017-04-03,Vole,10.00\n", "date_unreadable", 1000),
    ("grand total", ",Grand Total,30.00\n", "total_row", 3000),
    ("total where the date stands", "TOTAL:,,30.00\n", "total_row", 3000),
    ("group total", "Place Total,,30.00\n", "total_row", 3000),
    ("numbers alone", ",,30.00\n", "total_row", 3000),
    ("total off by rounding", ",Total,30.01\n", "total_row", 3001),
    ("numbers alone, off by rounding", ",,30.01\n", "date_missing", 3001),
    ("wrong total", ",Total,35.00\n", "total_row_differs", 3500),
    ("group total that is none", ",Total Fuels Ltd,35.00\n", "date_missing", 3500),
    ("dated total", "30/04/2017,Total,30.00\n", "total_row", 3000),
]


@pytest.mark.parametrize(("row", "rule", "pence"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_row_is_set_aside_by_the_rule_that_fits(row: str, rule: str, pence: int) -> None:
    conformed = run("Date,Supplier,Amount\n" + GOOD * 3 + row + GOOD)
    effect = "rejected" if RULES[rule].effect == "rejected" else "excluded"
    (aside,) = getattr(conformed, effect).to_dict("records")
    assert (aside["row_number"], aside["rule"], aside["amount_pence"]) == (5, rule, pence)
    assert list(conformed.payments["row_number"]) == [2, 3, 4, 6]
    assert "Vole" not in aside["detail"] and "10.00" not in aside["detail"]
    assert_conserved(conformed)


@pytest.mark.parametrize(
    "row", ["03/04/2017,Total Fuels Ltd,30.00\n", "03/04/2017,Total,12.00\n", "03/04/2017,Vole,30.00\n"]
)
def test_a_payment_that_looks_like_a_total_stays_a_payment(row: str) -> None:
    assert len(run("Date,Supplier,Amount\n" + GOOD * 3 + row).payments) == 4


def test_subtotals_and_a_grand_total_are_checked_against_what_they_sum() -> None:
    text = (
        "Date,Supplier,Amount\n" + GOOD * 2 + "Sub Total,,20.00\n" + GOOD + "Sub Total,,10.00\nTotal,,30.00\n"
    )
    conformed = run(text)
    assert rules(conformed) == {4: "total_row", 6: "total_row", 7: "total_row"}
    assert_conserved(conformed)


def test_rejected_values_show_as_shapes() -> None:
    conformed = run("Date,Supplier,Amount\n" + GOOD * 4 + "31/04/2017,Vole,1\n03/04/2017,Vole,AB-12\n")
    assert list(conformed.rejected["detail"]) == [
        "not a date written as %d/%m/%Y; shape '99/99/9999'",
        "not an amount; shape 'AA-99'",
    ]
    assert list(conformed.rejected["column"]) == ["payment_date", "amount"]


def test_trailing_empty_columns_are_no_columns_unless_rows_fill_them() -> None:
    header = "Date,Supplier,Amount,,\n"
    shifted = run(header + GOOD.replace("\n", ",,\n") * 3 + "03/04/2017,Vole, Kestrel,10.00,\n")
    assert rules(shifted) == {5: "ragged_row"}
    filled = run(header + GOOD.replace("\n", ",x,\n") * 3)
    assert (rules(filled), findings(filled)) == ({}, ["unnamed_column"])


# --- dates and amounts of a whole file ----------------------------------------------------------------------


def test_one_date_format_reads_the_file() -> None:
    file_format = {"family": "delimited", "dates": ["%m/%d/%Y", "%d/%m/%Y"]}
    text = "Date,Supplier,Amount\n01/04/2017,Vole,1\n13/04/2017,Vole,1\n"
    conformed = run(text, format=file_format)
    assert [day.isoformat() for day in conformed.payments["payment_date"]] == ["2017-04-01", "2017-04-13"]


def test_formats_that_read_alike_to_different_days_are_refused_and_settled_by_the_spec() -> None:
    file_format = {"family": "delimited", "dates": ["%m/%d/%Y", "%d/%m/%Y"]}
    error = refusal("Date,Supplier,Amount\n01/04/2017,Vole,1\n02/04/2017,Vole,1\n", format=file_format)
    assert error.rule == "dates_ambiguous"
    assert "%m/%d/%Y puts 0 and %d/%m/%Y puts 2 of them in 2017-04" in error.detail
    assert "format.dates" in error.remedy


def test_unreadable_dates_name_the_first_rows_by_shape() -> None:
    error = refusal("Date,Supplier,Amount\n" + "4 April 17,Vole,1\n" * 5 + GOOD)
    assert error.rule == "dates_unreadable"
    assert "reads 1 of 6" in error.detail and "row 2 has '9 Aaaaa 99'" in error.detail


def test_unreadable_amounts_name_the_first_rows_by_shape() -> None:
    error = refusal("Date,Supplier,Amount\n" + "03/04/2017,Vole,Â£10.00\n" * 3 + GOOD)
    assert error.rule == "amounts_unreadable"
    assert "3 of 4" in error.detail and "row 2 has 'A£99.99'" in error.detail


def test_a_file_with_a_header_alone_is_an_empty_month() -> None:
    conformed = run("Date,Supplier,Amount\n")
    assert (conformed.rows_read, conformed.pence_read, len(conformed.payments)) == (0, 0, 0)
    assert list(conformed.payments.columns) == PAYMENT_COLUMNS


# --- sheets -------------------------------------------------------------------------------------------------


def test_payments_of_several_sheets_keep_their_sheet_and_row() -> None:
    conformed = run(
        sheet("A", HEADER, PAID), sheet("B", ["x"], ["Payee", "Amount", "Date"], ["V", "2", PAID[0]])
    )
    places = list(zip(conformed.payments["sheet"], conformed.payments["row_number"], strict=True))
    assert places == [("A", 2), ("B", 3)]
    assert list(conformed.payments["amount_pence"]) == [1000, 200]
    assert_conserved(conformed)


def test_a_sheet_that_is_another_table_is_excluded_and_named() -> None:
    conformed = run(sheet("Notes", ["About"], ["Totals", "99.00"]), sheet("A", HEADER, PAID))
    assert list(conformed.excluded["rule"]) == ["sheet_without_header"] * 2
    assert [(finding.rule, finding.sheet) for finding in conformed.findings] == [
        ("sheet_without_header", "Notes")
    ]
    assert_conserved(conformed)


def test_a_payments_sheet_gone_wrong_refuses_the_file() -> None:
    error = refusal(sheet("A", HEADER, PAID), sheet("B", ["Date", "Supplier", "Sum"], PAID))
    assert (error.rule, error.place.sheet) == ("column_missing", "B")


# --- steps --------------------------------------------------------------------------------------------------


def test_references_lose_their_padding_and_nothing_else() -> None:
    text = "Date,Supplier,Amount,Supplier ID\n" + "".join(
        f"03/04/2017,Vole,1,{ref}\n" for ref in ("0000100234", "100234", "", "0", "A001")
    )
    plain = run(text)
    assert list(plain.payments["supplier_ref"]) == ["0000100234", "100234", None, "0", "A001"]
    stepped = run(text, steps=["strip_leading_zeros_from_supplier_ref"])
    assert list(stepped.payments["supplier_ref"]) == ["100234", "100234", None, "0", "A001"]
    assert findings(stepped) == ["step_changed_rows"]
    frame, changed = strip_leading_zeros_from_supplier_ref(plain.payments)
    assert changed == 1
    assert frame.drop(columns="supplier_ref").equals(plain.payments.drop(columns="supplier_ref"))


def test_an_unknown_step_and_an_unknown_stream_are_spec_errors() -> None:
    with pytest.raises(SpecError, match="did you mean 'strip_leading_zeros_from_supplier_ref'"):
        run("Date,Supplier,Amount\n", steps=["strip_leading_zeros"])
    with pytest.raises(SpecError, match="no stream 'grants'"):
        conform([], publisher(), "grants", "2017-04", "april.csv")


# --- conservation -------------------------------------------------------------------------------------------

_WORDS = [
    "", " ", "\u00a0", "-", "Date", "Supplier", "Amount", "Total", "Grand Total:", "03/04/2017", "31/04/2017",
    "2017-04-03", "10.00", "£1,000.00", "(5.00)", "5.00-", "12.345", "n/a", "Vole & Sons", "Redacted",
    "x,y", "line\nbreak", '"', "0012", "99999999999.99", "Vole & Sons Total", "Sub total",
    "Nil return", "Apr-17", "12.005", "(0.335)", "42828", "04/13/2017", "1.5E-14", "£ 1 234.50",
]  # fmt: skip
_SPECS: list[dict[str, Any]] = [
    {},
    {
        "format": {
            "family": "delimited",
            "dates": ["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "excel_serial", "%b-%y"],
        }
    },
    {"format": {"family": "delimited", "dates": ["%d/%m/%Y"], "undated": ["", "n/a"]}},
    {"date_basis": "period", "columns": {"amount": ["Amount"], "supplier_name": ["Supplier"]}},
]
_CELLS = st.one_of(
    st.sampled_from(_WORDS),
    st.integers(-(10**8), 10**8).map(lambda pence: f"{Decimal(pence).scaleb(-2):,.2f}"),
    st.text(max_size=8),
)
_ROWS = st.lists(st.lists(_CELLS, max_size=6), max_size=25)


def _pence_or_none(cell: str) -> int | None:
    try:
        return parse_pence(cell, to_nearest=True)
    except ValueError:
        return None


@settings(max_examples=150, deadline=None)
@given(
    banners=_ROWS,
    rows=_ROWS,
    width=st.integers(3, 5),
    kind=st.sampled_from(["delimited", "xlsx"]),
    spec=st.sampled_from(_SPECS),
)
@example(banners=[["", "", "0.01", "-"]], rows=[], width=3, kind="delimited", spec={})
@example(banners=[["1.00", "2.00", "3.00"]], rows=[["", "", "3.00"]], width=3, kind="delimited", spec={})
@example(
    banners=[],
    rows=[PAID, ["Amount", "Date", "Supplier"], ["5", "03/04/2017"]],
    width=3,
    kind="xlsx",
    spec={},
)
def test_nothing_is_lost_or_invented_whatever_the_rows(
    banners: list[list[str]], rows: list[list[str]], width: int, kind: Any, spec: dict[str, Any]
) -> None:
    header = [*HEADER, "VAT", ""][:width]
    table = RawTable("", [*banners, header, *rows], kind=kind)
    try:
        conformed = run(table, **spec)
    except UnreadableFileError as error:
        assert RULES[error.rule].effect == "file"
        return
    assert_conserved(conformed)
    assert conformed.rows_read == len(table.rows) - 1
    parts = (conformed.payments, conformed.rejected, conformed.excluded)
    numbers = sorted(number for part in parts for number in part["row_number"])
    header_row = conformed.reading["header_row"]
    assert numbers == [number for number in range(1, len(table.rows) + 1) if number != header_row]
    for row in conformed.payments.itertuples():
        cells = table.rows[row.row_number - 1]
        assert row.amount_pence in {pence for cell in cells if (pence := _pence_or_none(cell)) is not None}


@settings(max_examples=50, deadline=None)
@given(rows=_ROWS, delimiter=st.sampled_from(",;\t|"))
def test_nothing_is_lost_on_the_way_through_a_file(rows: list[list[str]], delimiter: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(HEADER)
    good = [PAID] * 5
    writer.writerows(good + [[cell.replace("\x00", "") for cell in row] for row in rows])
    try:
        conformed = run(buffer.getvalue())
    except (UnreadableFileError, UnicodeEncodeError):
        return
    assert_conserved(conformed)
    assert len(conformed.payments) >= 5


# --- real files ---------------------------------------------------------------------------------------------


def _archive(real_data: Path) -> list[dict[str, str]]:
    with (real_data / "archive" / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["stream"] == "payments"]


@pytest.mark.real_data
def test_the_archive_reads_whole_and_to_the_penny(real_data: Path) -> None:
    specs = load_specs()
    started = time.process_time()
    redacted: dict[str, int] = {}
    for entry in _archive(real_data):
        body = specs[entry["publisher_id"]]
        data = (real_data / "archive" / entry["file"]).read_bytes()
        tables = read_tables(data, entry["file"], body.streams["payments"].format)
        conformed = conform(tables, body, "payments", entry["period"], entry["file"])
        assert_conserved(conformed)
        assert len(conformed.rejected) == 0
        assert len(conformed.payments) == int(entry["rows"])
        excluded = sum(int(pence) for pence in conformed.excluded["amount_pence"])
        assert conformed.pence_read - excluded == Decimal(entry["sum_amount_gbp"]) * 100
        assert {finding.rule for finding in conformed.findings} <= {
            "name_at_cut",
            "step_changed_rows",
            "unexpected_family",
        }
        count = redacted.get(body.publisher_id, 0) + int(conformed.payments["is_redacted"].sum())
        redacted[body.publisher_id] = count
    assert redacted == {
        "luton_borough_council": 2319,
        "central_bedfordshire_council": 28188,
        "bedford_borough_council": 0,
    }
    assert time.process_time() - started < 60
