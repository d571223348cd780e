"""Tables as they are found: unnamed columns, no header, a second one, notes, odd amounts, cut names."""

from typing import Any

import pytest

from anchor_spend.remarks import find_name_cut
from conforming import GOOD, HEADER, assert_conserved, findings, refusal, rules, run, sheet


def test_a_column_without_a_name_is_known_by_its_place() -> None:
    columns = {"payment_date": ["Date"], "amount": ["Amount", "Column 3"], "supplier_name": ["Supplier"]}
    conformed = run("Date,Supplier,,VAT\n03/04/2017,Vole,10.00,\n", columns=columns)
    assert (list(conformed.payments["amount_pence"]), findings(conformed)) == ([1000], [])
    named = run("Date,Supplier,Amount,VAT\n03/04/2017,Vole,10.00,\n", columns=columns)
    assert list(named.payments["amount_pence"]) == [1000]
    error = refusal("Date,Supplier,Sum\n03/04/2017,Vole,10.00\n", columns=columns)
    assert error.rule == "column_missing"


def headerless(*names: str) -> dict[str, Any]:
    return {"family": "delimited", "dates": ["%d/%m/%Y"], "header": list(names)}


def test_a_table_without_a_header_takes_the_names_of_the_spec() -> None:
    rows = GOOD * 3 + ",Total,30.00\n"
    conformed = run(rows, format=headerless(*HEADER))
    assert (len(conformed.payments), rules(conformed)) == (3, {4: "total_row"})
    assert (conformed.rows_read, conformed.reading["header_row"]) == (4, 0)
    assert_conserved(conformed)
    with_header = run("Date,Supplier,Amount\n" + rows, format=headerless(*HEADER))
    assert (len(with_header.payments), with_header.reading["header_row"]) == (3, 1)


def test_a_table_wider_than_the_names_of_the_spec_is_refused() -> None:
    error = refusal("03/04/2017,Vole,10.00,x\n" * 3, format=headerless(*HEADER))
    assert error.rule == "header_missing" and "names 3 columns; most rows have 4" in error.detail


def test_a_second_table_in_a_sheet_is_read_under_its_own_header() -> None:
    first = [["Date", "Supplier", "Service", "Amount"], ["03/04/2017", "Vole", "Place", "1"]]
    second = [["Payee", "Date", "Amount"], ["Wren", "04/04/2017", "2", ""], ["Finch", "05/04/2017", "x", ""]]
    conformed = run(sheet("A", *first, [""] * 4, *second, ["Payee", "Date", "Amount"], *second[1:2]))
    names = list(zip(conformed.payments["supplier_name"], conformed.payments["amount_pence"], strict=True))
    assert names == [("Vole", 100), ("Wren", 200), ("Wren", 200)]
    assert rules(conformed) == {
        3: "blank_row", 4: "repeated_header", 6: "amount_unreadable", 7: "repeated_header",
    }  # fmt: skip
    assert_conserved(conformed)


def test_a_second_line_of_the_header_and_notes_are_no_payments() -> None:
    rows = (
        "Payment,Supplier,Amount,Service\nDate,ID,excl vat,\n" + "03/04/2017,Vole,10,Place\n" * 3
        + "Notes: over £500,,,\n,,Source of the data,\nKestrel,,,\n,,,Unit of 2017\n,Wren,,Place\n"
    )  # fmt: skip
    columns = {"payment_date": ["Payment"], "amount": ["Amount"], "supplier_name": ["Supplier"]}
    conformed = run(rows, columns=columns)
    assert rules(conformed) == {
        2: "header_continued", 6: "note_row", 7: "amount_unreadable", 8: "note_row", 9: "note_row",
        10: "amount_missing",
    }  # fmt: skip
    assert len(conformed.payments) == 3
    assert_conserved(conformed)


def test_a_month_without_payments_may_say_so() -> None:
    conformed = run("Date,Supplier,Amount\n,,\nNil return,,\n")
    assert rules(conformed) == {2: "blank_row", 3: "note_row"}
    assert (len(conformed.payments), len(conformed.rejected)) == (0, 0)


def test_amounts_beyond_pence_are_rounded_where_the_file_prints_them_so() -> None:
    rows = "03/04/2017,Vole,12.345\n" * 3 + "03/04/2017,Vole,(0.005)\n" + GOOD
    conformed = run("Date,Supplier,Amount\n" + rows)
    assert list(conformed.payments["amount_pence"]) == [1235] * 3 + [-1, 1000]
    assert [(note.rule, note.detail) for note in conformed.findings] == [("pence_rounded", "4 of 5 amounts.")]
    assert_conserved(conformed)


def test_transaction_numbers_in_the_amounts_place_refuse_the_file() -> None:
    error = refusal("Date,Supplier,Amount\n" + "03/04/2017,Vole,0080047836\n" * 3 + GOOD)
    assert error.rule == "amounts_unreadable"


def test_names_cut_at_one_width_are_recognised_and_counted() -> None:
    names = [
        ("Quillham Kestrel Recovery " + "abcdefghij" * 3)[: 22 + length % 9] + f"{length:02}"
        for length in range(40)
    ]
    cut = [f"{name:x<60}"[:30] for name in names[:12]] + names[12:]
    text = "Date,Supplier,Amount\n" + "".join(f"03/04/2017,{name[:30]},1\n" for name in cut)
    found = [note for note in run(text).findings if note.rule == "name_cut_suspected"]
    assert [note.detail.split(" names have ")[1] for note in found] == ["30 characters and none has more."]
    known = {"family": "delimited", "dates": ["%d/%m/%Y"], "name_cut_at": 30}
    assert findings(run(text, format=known)) == ["name_at_cut"]


@pytest.mark.parametrize(
    ("lengths", "width"),
    [
        ({30: 9, 29: 2, 28: 3, 27: 2, 26: 3, 25: 2}, 30),
        ({30: 4, 29: 0, 28: 1}, None),  # too few to tell
        ({30: 9, 29: 6, 28: 8, 27: 9, 26: 8, 25: 9}, None),  # an ordinary tail
        ({10: 40, 9: 1}, None),  # codes, not names
        ({}, None),
    ],
)
def test_a_cut_is_a_pile_of_names_at_the_longest_length(lengths: dict[int, int], width: int | None) -> None:
    names = [f"{number:a>{length}}" for length, count in lengths.items() for number in range(count)]
    assert find_name_cut(names) == width
