"""Drafting a spec from one invented file: dates, VAT, headers, sheets, encodings, streams, refusals."""

from datetime import date
from typing import Any

import pytest

from anchor_spend.draft.proposal import draft_file
from anchor_spend.errors import UnreadableFileError
from drafted import Line, Row, as_csv, as_workbook, columns, draft_rows, lines, required_keys, table

DMY = "%d/%m/%Y"


def test_dates_without_a_day_above_twelve_are_settled_by_the_months_of_the_name_or_asked() -> None:
    rows: list[list[object]] = [["Date", "Supplier", "Amount"]]
    rows += [[date(2018, 5, 1 + x.number % 12).strftime(DMY), x.name, x.amount] for x in lines()]
    assert "format.dates" not in required_keys(draft_rows(rows, "payments May 2018.csv"))
    assert draft_rows(rows, "payments May 2018.csv").keys["stream"]["format"]["dates"] == [DMY]
    assert "format.dates" not in required_keys(draft_rows(rows, "payments.csv"))  # one month against twelve
    few = [rows[0], *([date(2018, 5, 1 + n % 3).strftime(DMY), *rows[1 + n][1:]] for n in range(9))]
    assert "format.dates" in required_keys(draft_rows(few, "payments.csv"))


def test_the_month_first_is_read_so() -> None:
    draft = draft_rows(table(["Date", "Supplier", "Amount"], lambda x: [x.on("%m/%d/%Y"), x.name, x.amount]))
    assert draft.keys["stream"]["format"]["dates"] == ["%m/%d/%Y"]
    assert draft.span.period == "2018-05"


def test_net_is_proved_by_the_rows_and_told() -> None:
    row: Row = lambda x: [x.on(DMY), x.name, x.gross, x.vat, x.amount]  # noqa: E731
    draft = draft_rows(table(["Date", "Supplier", "Value", "VAT", "Amount Paid"], row))
    guess = next(guess for guess in draft.guesses if guess.field == "amount")
    assert guess.column == "Amount Paid"
    assert "'Amount Paid' + 'VAT' = 'Value' in 90 of 90 rows" in guess.evidence
    assert draft.keys["vat_basis"] == "net"


def test_the_line_is_chosen_before_the_whole_invoice() -> None:
    rows: list[list[object]] = [
        ["Supplier Name", "Payment Date", "Line Amount", "Invoice Amount", "Net Amount"]
    ]
    for x in lines(60):
        parts = (x.pence // 3, x.pence - x.pence // 3)
        rows += [[x.name, x.on(DMY), f"{part / 100:.2f}", x.gross, x.amount] for part in parts]
    draft = draft_rows(rows)
    assert columns(draft)[2] == "Line Amount"
    assert draft.is_settled


def test_a_gross_amount_alone_is_taken_and_told_gross() -> None:
    draft = draft_rows(table(["Date", "Supplier", "Gross Amount"], lambda x: [x.on(DMY), x.name, x.gross]))
    assert draft.keys["vat_basis"] == "gross" and draft.is_settled


def test_vat_beside_the_only_amount_tells_whether_the_amount_holds_it() -> None:
    def basis(amount: str) -> Any:
        row: Row = lambda x: [x.on(DMY), x.name, getattr(x, amount), x.vat]  # noqa: E731
        return draft_rows(table(["Date", "Supplier", "Amount", "VAT"], row)).keys["vat_basis"]

    assert (basis("amount"), basis("gross")) == ("net", "gross")


def test_headerless_files_get_names_for_their_columns_and_are_asked_about() -> None:
    rows = [[x.on(DMY), x.ref, x.name, x.amount] for x in lines()]
    draft = draft_rows(rows)
    assert columns(draft) == ("column 3", "column 1", "column 4")
    assert draft.keys["stream"]["format"]["header"] == ["column 1", "column 2", "column 3", "column 4"]
    assert required_keys(draft) == {"columns.supplier_name", "columns.payment_date", "columns.amount"}
    assert draft.trial and draft.trial.payments == 90


def test_banners_and_a_header_in_two_rows_do_not_hide_the_header() -> None:
    rows: list[list[object]] = [["Payments over £500, invented"], []]
    rows += [["", "", "Transaction", ""], ["Date paid", "Supplier", "number", "Amount"]]
    rows += [[x.on(DMY), x.name, x.ref, x.amount] for x in lines()]
    draft = draft_rows(rows)
    assert draft.readings[0].sheet.header_row == 4
    assert columns(draft) == ("Supplier", "Date paid", "Amount") and draft.is_settled
    assert draft.keys["thresholds"][0]["gbp"] == 500


def test_the_row_next_to_the_data_is_the_header_not_a_template_above_it() -> None:
    rows: list[list[object]] = [["columns", "text supplier", "amount", "text pay_date"]]
    rows += [["", "Supplier", "Amount", "Payment Date"]]
    rows += [["", x.name, x.amount, x.on(DMY)] for x in lines()]
    assert columns(draft_rows(rows)) == ("Supplier", "Payment Date", "Amount")


@pytest.mark.parametrize(
    ("encoding", "proposed"),
    [
        ("utf-8-sig", None),
        ("cp1252", None),
        ("utf-16", ["utf-8-sig", "utf-16"]),
        ("mac_roman", ["utf-8-sig", "mac_roman"]),
    ],
)
def test_encodings_are_proposed(encoding: str, proposed: list[str] | None) -> None:
    rows = table(["Date", "Supplier", "Amount £"], lambda x: [x.on(DMY), f"Café – {x.name}", x.amount])
    draft = draft_file(as_csv(rows, encoding), "May 2018.csv")
    assert draft.keys["stream"]["format"]["encodings"] == (proposed or [])
    assert columns(draft)[2] == "Amount £" and draft.is_settled


def test_stream_is_told_by_name_or_headings_and_asked_where_thin() -> None:
    rows = table(["Date", "Supplier", "Amount"], lambda x: [x.on(DMY), x.name, x.amount])
    assert draft_rows(rows, "gpc-transactions-may-2018.csv").stream == "purchase_card"
    assert draft_rows(rows, "payments-may-2018.csv").stream == "payments"
    thin = draft_rows(rows, "payments-and-card-spend-may-2018.csv")
    assert "streams" in required_keys(thin)
    assert draft_rows(rows, "anything.csv", stream="purchase_card").stream == "purchase_card"


def workbook_rows(row: Row) -> list[list[object]]:
    return table(["Supplier", "Payment Date", "Amount"], row)


def real(x: Line) -> list[object]:
    return [x.name, x.day, x.amount]


def test_the_sheet_of_payments_is_named_where_there_are_others() -> None:
    data = as_workbook({"Notes": [["About this file"], ["Invented"]], "May 2018 data": workbook_rows(real)})
    draft = draft_file(data, "May 2018.xlsx")
    pattern = draft.keys["stream"]["format"]["sheet"]
    assert pattern == r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d+ data"
    assert draft.keys["stream"]["format"]["dates"] == ["%Y-%m-%d"]
    assert draft.is_settled and draft.trial and draft.trial.payments == 90


def test_sheets_of_one_layout_are_read_together_and_copies_are_asked_about() -> None:
    def month(number: int) -> Row:
        return lambda x: [x.name, date(2018, number, 1 + x.number % 28), f"{x.pence / 100 + number:.2f}"]

    apart = {
        "April": workbook_rows(month(4)),
        "May": workbook_rows(month(5)),
        "June": workbook_rows(month(6)),
    }
    draft = draft_file(as_workbook(apart), "2018 Q1.xlsx")
    assert draft.trial and draft.trial.payments == 270 and draft.is_settled
    assert (draft.span.period, draft.span.cadence) == ("2018-04", "quarterly")
    twice = {"Data": workbook_rows(real), "Data sorted": workbook_rows(real)}
    assert "format.sheet" in required_keys(draft_file(as_workbook(twice), "May 2018.xlsx"))


def test_a_larger_card_sheet_beside_the_payments_is_asked_about() -> None:
    cards = table(["Merchant", "Transaction Date", "Billing Value"], lambda x: [x.name, x.day, x.amount], 80)
    data = as_workbook({"Payments": workbook_rows(real), "Card spend": cards})
    draft = draft_file(data, "May 2018.xlsx")
    assert "format.sheet" in required_keys(draft)
    assert draft.keys["stream"]["format"]["sheet"] == "Payments"


def test_names_cut_and_wording_of_redactions_are_found() -> None:
    def cut(x: Line) -> list[object]:
        long = f"{x.name} {x.number * 7} Holdings of Somewhere"
        return [x.on(DMY), "REDACTED - Personal Data" if x.number % 7 == 0 else long[:28], x.amount]

    draft = draft_rows(table(["Date", "Supplier", "Amount"], cut))
    assert draft.keys["stream"]["format"]["name_cut_at"] == 28
    assert draft.keys["stream"]["redaction"] == ["redacted - personal data"]


def test_a_name_with_a_word_of_redaction_is_not_made_a_pattern() -> None:
    def named(x: Line) -> list[object]:
        return [x.on(DMY), "Redacted Jane Example" if x.number == 3 else x.name, x.amount]

    draft = draft_rows(table(["Date", "Supplier", "Amount"], named))
    assert "redaction" not in draft.keys["stream"]
    assert any(question.key == "redaction" for question in draft.questions)
    assert "Jane" not in str([question.text for question in draft.questions])


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "file_empty"),
        (b"<!DOCTYPE html><html><title>Page not found</title></html>", "file_is_html"),
        (b"PK\x03\x04 cut short", "archive_damaged"),
        (b"\x00\x01\x02\x03" * 50, "file_is_binary"),
        (
            as_csv([["Department", "Entity", "Date", "Supplier", "Amount"], ["A", "", "", "", ""]]),
            "no_payments_found",
        ),
        (b"one line of text and no table\n" * 5, "no_payments_found"),
        (as_csv([["Month", "Total"], ["May", "12"], ["June", "13"]]), "no_payments_found"),
    ],
)
def test_what_is_no_file_of_payments_is_refused_by_a_rule(data: bytes, rule: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        draft_file(data, "May 2018.csv")
    assert caught.value.rule == rule


def test_evidence_and_questions_never_quote_a_name_or_an_amount() -> None:
    row: Row = lambda x: [x.on(DMY), x.name, x.amount, x.gross, "Nowhere Council"]  # noqa: E731
    draft = draft_rows(table(["Date", "Supplier", "Invoice Amount", "Payment Amount", "Body Name"], row))
    told = str([*draft.guesses, *draft.questions])
    for line in lines():
        assert line.name not in told and line.amount not in told
