"""What changed between two files: every rule, and how grave it is. All names are invented."""

from typing import Any

import pandas as pd
import pytest

from anchor_spend import drift
from anchor_spend.column_changes import Change
from anchor_spend.records import PAYMENT_COLUMNS, RawTable
from anchor_spend.rules import RULES
from anchor_spend.spec import Stream

STREAM = Stream.model_validate(
    {
        "first_period": "2016-04",
        "due_days": 30,
        "format": {
            "family": "delimited",
            "encodings": ["utf-8-sig", "cp1252"],
            "dates": ["%d/%m/%Y", "%m/%d/%Y", "%d-%b-%Y"],
        },
        "columns": {
            "payment_date": ["Date", "Paid On"],
            "amount": ["Amount", "Net Amount"],
            "supplier_name": ["Supplier", "Suppliers"],
        },
        "optional_columns": {"department": ["Department", "Dept"]},
        "ignore": ["Row Id", "Line Id"],
        "expected": {"rows": [1, 10], "largest_payment_gbp": 1000},
    }
)
HEADERS = ["date", "supplier", "amount", "department", "row id"]
FIELDS = {
    "date": "payment_date", "paid on": "payment_date", "amount": "amount", "net amount": "amount",
    "supplier": "supplier_name", "suppliers": "supplier_name", "department": "department",
    "dept": "department",
}  # fmt: skip


def reading(headers: list[str] = HEADERS, **keys: Any) -> dict[str, Any]:
    """How an ordinary file was read; `profile` gives parts of its profile."""
    columns = {FIELDS[header]: header for header in headers if header in FIELDS}
    ordinary = {"payments": 1000, "credits": 20, "reference_width": 6, "credit_style": "-9", "kinds": {}}
    sheet = {"sheet": keys.pop("sheet", ""), "rows": 10, "header_row": 1, "columns": columns}
    return {
        "kind": "delimited",
        "encoding": "utf-8-sig",
        "delimiter": ",",
        "date_format": "%d/%m/%Y",
        "header_row": 1,
        "headers": headers,
        "sheets": keys.pop("sheets", [sheet]),
        "profile": ordinary | keys.pop("profile", {}),
    } | keys


def renamed(old: str, new: str) -> list[str]:
    return [new if header == old else header for header in HEADERS]


CASES: list[tuple[str, dict[str, Any], list[tuple[str, str, str, str, str]]]] = [
    ("nothing", reading(), []),
    ("a known alias", reading(renamed("supplier", "suppliers")),
     [("column_renamed", "info", "supplier", "supplier", "suppliers")]),
    ("a required column under a name nobody knows", reading(renamed("supplier", "vendor")),
     [("column_renamed", "critical", "supplier", "supplier", "vendor")]),
    ("an optional column under a name nobody knows", reading(renamed("department", "service")),
     [("column_renamed", "warning", "department", "department", "service")]),
    ("an ignored column renamed as the spec knows", reading(renamed("row id", "line id")),
     [("column_renamed", "info", "row id", "row id", "line id")]),
    ("renamed and moved, worded alike", reading(["supplier name", "date", "amount", "department", "row id"]),
     [("column_renamed", "critical", "supplier", "supplier", "supplier name"),
      ("columns_reordered", "warning", "", "date, supplier, amount, department, row id",
       "supplier, date, amount, department, row id")]),
    ("a required column gone", reading([h for h in HEADERS if h != "amount"]),
     [("column_vanished", "critical", "amount", "amount", "")]),
    ("an optional column gone", reading([h for h in HEADERS if h != "department"]),
     [("column_vanished", "warning", "department", "department", "")]),
    ("an ignored column gone", reading([h for h in HEADERS if h != "row id"]),
     [("column_vanished", "info", "row id", "row id", "")]),
    ("a column nobody knows", reading([*HEADERS, "postcode"]),
     [("column_added", "warning", "postcode", "", "postcode")]),
    ("a column the spec ignores", reading([*HEADERS, "line id"]),
     [("column_added", "info", "line id", "", "line id")]),
    ("a second column that fits a required field", reading([*HEADERS, "net amount"]),
     [("column_added", "critical", "net amount", "", "net amount")]),
    ("two columns changed places", reading(["supplier", "date", *HEADERS[2:]]),
     [("columns_reordered", "warning", "", "date, supplier, amount, department, row id",
       "supplier, date, amount, department, row id")]),
    ("another encoding the spec lists", reading(encoding="cp1252"),
     [("encoding_changed", "info", "", "utf-8-sig", "cp1252")]),
    ("another encoding", reading(encoding="mac_roman"),
     [("encoding_changed", "warning", "", "utf-8-sig", "mac_roman")]),
    ("another delimiter", reading(delimiter="\t"), [("delimiter_changed", "warning", "", ",", "tab")]),
    ("another date format", reading(date_format="%d-%b-%Y"),
     [("date_format_changed", "info", "", "%d/%m/%Y", "%d-%b-%Y")]),
    ("day and month in another order", reading(date_format="%m/%d/%Y"),
     [("date_format_changed", "warning", "", "%d/%m/%Y", "%m/%d/%Y")]),
    ("a banner above the header", reading(header_row=2),
     [("header_row_moved", "info", "", "row 1", "row 2")]),
    ("a workbook", reading(kind="xlsx", encoding="", delimiter=""),
     [("file_kind_changed", "warning", "", "delimited", "xlsx")]),
    ("credits stopped", reading(profile={"credits": 0}),
     [("credits_changed", "warning", "", "20 of 1000 payments", "0 of 1000 payments")]),
    ("few credits prove nothing", reading(profile={"credits": 2}), []),
    ("credits in brackets", reading(profile={"credit_style": "(9)"}),
     [("amount_style_changed", "info", "amount", "credits as -9", "credits as (9)")]),
    ("a new ledger", reading(profile={"reference_width": 8}),
     [("reference_changed", "warning", "supplier_ref", "6 characters", "8 characters")]),
    ("a tenth of the payments", reading(profile={"payments": 100, "credits": 3}),
     [("size_jump", "warning", "", "usually 1000 payments", "100 payments")]),
]  # fmt: skip


@pytest.mark.parametrize(("now", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_changes(now: dict[str, Any], expected: list[tuple[str, ...]]) -> None:
    changes = drift.compare(reading(), now, STREAM, [900, 1000, 1100])
    assert changes == [Change(*change) for change in expected]


def test_every_rule_of_a_change_is_in_the_catalogue_and_shown_here() -> None:
    shown = {change[0] for _, _, changes in CASES for change in changes}
    shown |= {"sheet_changed", "columns_replaced"}  # below
    names = list(RULES)
    of_changes = names[names.index("column_renamed") : names.index("size_jump") + 1]
    assert shown == set(of_changes)


def test_first_readings_without_a_profile_are_compared_as_far_as_they_go() -> None:
    old = reading()
    del old["profile"]
    assert drift.compare(old, reading(encoding="cp1252"), STREAM) == [
        Change("encoding_changed", "info", "", "utf-8-sig", "cp1252")
    ]


@pytest.mark.parametrize(
    ("before", "after", "is_changed"),
    [
        ("April 2017", "May 2017", False),
        ("Apr 17", "may17", False),
        ("2017-18 P01", "2017-18 P02", False),
        ("Payments", "Over 500", True),
        ("april.csv", "may.csv", False),
    ],
)
def test_a_month_in_the_name_of_a_sheet_is_no_change(before: str, after: str, is_changed: bool) -> None:
    changes = drift.compare(reading(sheet=before), reading(sheet=after), STREAM)
    assert changes == ([Change("sheet_changed", "warning", "", before, after)] if is_changed else [])


def test_content_tells_a_moved_and_renamed_column() -> None:
    before = reading(profile={"kinds": {"amount": "amount", "row id": "text"}})
    now = reading(
        ["value", "date", "supplier", "department", "row id"], profile={"kinds": {"value": "amount"}}
    )
    changes = drift.compare(before, now, STREAM)
    assert Change("column_renamed", "critical", "amount", "amount", "value") in changes


def test_what_holds_other_things_is_no_renaming() -> None:
    before = reading(profile={"kinds": {"supplier": "text"}})
    now = reading(renamed("supplier", "paid"), profile={"kinds": {"paid": "date"}})
    assert {(change.rule, change.severity) for change in drift.compare(before, now, STREAM)} == {
        ("column_vanished", "critical"),
        ("column_added", "warning"),
    }


# refused files --------------------------------------------------------------------------------------------


def table(header: list[str], rows: int = 5, banner: int = 0) -> RawTable:
    body = [["01/06/2017", "Larkfield Supplies", f"{number}.00", "Highways", "7"] for number in range(rows)]
    return RawTable("", [["Title", "", "", "", ""]] * banner + [header, *body], "utf-8-sig", ",")


def test_a_refused_file_names_the_column_that_was_renamed() -> None:
    refused = table(["Date", "Vendor", "Amount", "Department", "Row Id"], banner=1)
    changes = drift.compare_refused(reading(), [refused], STREAM, "column_missing")
    assert changes == [
        Change("column_renamed", "critical", "supplier", "supplier", "vendor"),
        Change("header_row_moved", "info", "", "row 1", "row 2"),
    ]
    assert drift.sentence(changes, "2017-05") == (
        "Changed since the file of 2017-05: column_renamed 'supplier': 'supplier' -> 'vendor'."
    )


def test_a_header_that_cannot_be_found_shows_no_cell() -> None:
    changes = drift.compare_refused(reading(), [table(["A", "B", "C", "D", "E"])], STREAM, "header_missing")
    assert changes == [
        Change("columns_replaced", "critical", "", ", ".join(HEADERS), "no such header"),
    ]
    assert "Larkfield" not in str(changes)


@pytest.mark.parametrize(
    ("rule", "name", "column", "before"),
    [
        ("dates_unreadable", "date_format_changed", "date", "%d/%m/%Y"),
        ("dates_ambiguous", "date_format_changed", "date", "%d/%m/%Y"),
        ("amounts_unreadable", "amount_style_changed", "amount", "readable"),
    ],
)
def test_a_required_column_that_cannot_be_read_is_critical(
    rule: str, name: str, column: str, before: str
) -> None:
    refused = table(["Date", "Supplier", "Amount", "Department", "Row Id"])
    changes = drift.compare_refused(reading(), [refused], STREAM, rule)
    assert changes == [Change(name, "critical", column, before, f"refused: {rule}")]


def test_a_profile_holds_counts_and_kinds_only() -> None:
    payments = pd.DataFrame(
        [
            {**dict.fromkeys(PAYMENT_COLUMNS), "amount_pence": pence, "supplier_ref": ref}
            for pence, ref in [(100, "123456"), (-5, "654321"), (7, None), (9, "12")]
        ]
    )
    assert drift.profile(payments, [table(["Date", "Supplier", "Amount", "Department", ""])], reading()) == {
        "payments": 4,
        "credits": 1,
        "reference_width": 6,
        "credit_style": None,
        "kinds": {"date": "date", "supplier": "text", "amount": "amount", "department": "text"},
    }


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["1.00", "(2.00)", "(3.00)", "-4.00"], "(9)"),
        (["-£1.00", "£-2.00", "- 3.00"], "-9"),
        (["1.00-"], "9-"),
        (["1.00 CR"], "9 CR"),
        (["1.00", "-", ""], None),
    ],
)
def test_how_credits_are_written(cells: list[str], style: str | None) -> None:
    rows = [["Date", "Supplier", "Amount"], *(["", "", cell] for cell in cells)]
    assert drift._credit_style([RawTable("", rows)], reading(HEADERS[:3])) == style
