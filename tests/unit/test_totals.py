"""Totals and sub-totals: found, checked against the rows they claim, and never a payment lost."""

import pytest

from conforming import assert_conserved, findings, rules, run

NO_DATES = {"amount": ["Amount"], "supplier_name": ["Supplier"]}


def test_a_file_that_states_no_date_counts_on_its_last_day() -> None:
    text = "Supplier,Service,Amount\nVole,Place,1\nTotal Fuels Ltd,Place,1\nTotal,Place,5\nKestrel,Place,3\n"
    conformed = run(text, columns=NO_DATES, date_basis="period", cadence="yearly")
    assert {day.isoformat() for day in conformed.payments["payment_date"]} == {"2018-03-31"}
    assert list(conformed.payments["amount_pence"]) == [100, 100, 500, 300]
    assert findings(conformed) == []
    assert_conserved(conformed)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("Total,,16", "total_row"),
        ("Total Spend,,16", "total_row"),
        ("Total Spend,Place,16", "total_row"),  # most of its cells are filled, and it sums all rows
        (",,16", "total_row"),
        (",,17.50", "total_row_differs"),
        ("Total,,99", "total_row_differs"),
    ],
)
def test_totals_of_files_without_dates_are_found(row: str, rule: str) -> None:
    rows = "Vole,Place,1\nKestrel,Place,2\nWren,People,13\n"
    conformed = run(f"Supplier,Service,Amount\n{rows}{row}\n", columns=NO_DATES, date_basis="period")
    assert rules(conformed) == {5: rule}
    assert_conserved(conformed)


@pytest.mark.parametrize(
    ("rows", "set_aside"),
    [
        # a sub-total under each payee, and one over all
        (
            "Vole,3/4/2017,10\nVole,4/4/2017,5\nVole Total,,15\nWren,4/4/2017,7\nWren Total,,7\n"
            "Grand Total,,22\n",
            {4: "total_row", 6: "total_row", 7: "total_row"},
        ),
        # of a payee whose rows do not stand together
        (
            "Vole,3/4/2017,10\nWren,4/4/2017,7\nVole,4/4/2017,5\nWren,5/4/2017,1\nVole - Sub Total,,15\n",
            {6: "total_row"},
        ),
        ("Vole,3/4/2017,10\nVole,4/4/2017,5\nTotal for Vole,,14.00\n", {4: "total_row_differs"}),
        # groups within groups: the last sums two earlier ones
        (
            "Vole,3/4/2017,10\nVole Total,,10\nWren,4/4/2017,7\nWren Total,,7\nPlace Total,,17\n"
            "Kestrel,4/4/2017,1\nKestrel Total,,1\nFinch,4/4/2017,2\nFinch Total,,2\nPeople Total,,3\n"
            "Total,,20\n",
            dict.fromkeys((3, 5, 6, 8, 10, 11, 12), "total_row"),
        ),
        ("Vole,3/4/2017,10\nTotal Fuels Ltd,4/4/2017,10\nTotal,5/4/2017,9\n", {}),
    ],
    ids=["payees", "scattered", "differs", "nested", "payees called so"],
)
def test_sub_totals_are_checked_against_the_rows_they_claim(rows: str, set_aside: dict[int, str]) -> None:
    conformed = run("Supplier,Date,Amount\n" + rows)
    assert rules(conformed) == set_aside
    assert_conserved(conformed)
