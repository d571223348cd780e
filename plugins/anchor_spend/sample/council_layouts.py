"""The layouts of the three councils, their purchase cards, and the police.

In: a file's payments in file order, with the references `add_references` gave them. Out: a LayoutFile with
the body's quirks. The card files' layouts are inferred: only those of the payments were seen.
"""

from collections.abc import Callable

import pandas as pd

from anchor_spend.periods import parse_period
from anchor_spend.sample.rendering import (
    MONTH_NAMES,
    LayoutFile,
    bracketed,
    csv_text,
    each,
    grouped,
    month_name,
    plain,
    short,
    signed,
)
from anchor_spend.sample.xlsx import Pence, Sheet, workbook

# Luton ------------------------------------------------------------------------------------------------------

_LUTON_BANNERS = {
    1: "Transparency Report - {} ",
    2: "Tranparency Report {}",
    3: "Transparency Report {}",
    5: "Transparency Report -  {}",
}
_LUTON_CP1252_MONTHS = (3, 5, 6, 7)


def luton(rows: pd.DataFrame, period: str) -> LayoutFile:
    name, year = month_name(period)
    month = MONTH_NAMES.index(name) + 1
    banner = _LUTON_BANNERS.get(month, "Transparency Report - {}").format(f"{name} {year}")
    department = {1: "Department ", 3: "Dept", 7: "Department ", 8: "Department "}.get(month, "Department")
    header = [
        "Date", "Suppliers" if month == 9 else "Supplier", department, "CC Description",
        "Ledger Code " if month == 5 else "Ledger Code", "Amount" if month == 10 else "Value £",
    ]  # fmt: skip
    records = zip(
        [f"{day: %d-%b-%Y}" for day in rows["payment_date"]],
        rows["supplier_name"], rows["department"], rows["unit"], rows["category"],
        [("-£" if pence < 0 else "£") + grouped(pence) for pence in rows["amount_pence"]],
        strict=True,
    )  # fmt: skip
    text = csv_text([[banner, *[""] * 5], header, *records])
    return LayoutFile(text.encode("cp1252" if month in _LUTON_CP1252_MONTHS else "utf-8-sig"), 3)


# Central Bedfordshire ---------------------------------------------------------------------------------------

_CENTRAL_AMOUNTS: dict[int, Callable[[int], str]] = {
    3: plain, 4: bracketed, 7: short, 10: plain, 11: short,
}  # fmt: skip
_CENTRAL_WIDE_ID_MONTHS = (1, 3, 5, 6, 7, 10, 11)
_CENTRAL_HEADER = [
    "Service Label", "Service Code", "Service division", "Service division code", "Organisational unit",
    "Expenditure Category", "Expenditure code", "Date", "Transaction number", "Net Amount",
    "Capital or Revenue", "Supplier name", "Supplier ID",
]  # fmt: skip


def central(rows: pd.DataFrame, period: str) -> LayoutFile:
    month = parse_period(period)[1]
    amount, width = _CENTRAL_AMOUNTS.get(month, signed), 10 if month in _CENTRAL_WIDE_ID_MONTHS else 6
    tail = ["", ""] if month == 4 else []
    header = [" Net Amount " if month == 4 and name == "Net Amount" else name for name in _CENTRAL_HEADER]
    codes = {text: str(100 + 50 * i) for i, text in enumerate(sorted(set(rows["department"])))}
    records = [
        [
            row.department, codes[row.department], row.unit.upper(), f"{2000 + len(row.unit) * 10}",
            row.unit.replace(" ", " – ", 1) if row.payee % 9 == 0 else row.unit,
            row.category, f"61{len(row.category):05d}", f"{row.payment_date:%d/%m/%Y}",
            "" if row.payee % 601 == 0 else row.transaction_ref, amount(row.amount_pence),
            "Capital" if "Works" in row.category else "Revenue",
            row.supplier_name, f"{100000 + row.payee}".zfill(width), *tail,
        ]
        for row in each(rows)
    ]  # fmt: skip
    return LayoutFile(csv_text([[*header, *tail], *records]).encode("mac_roman"), 2)


# Bedford ----------------------------------------------------------------------------------------------------

_BEDFORD_HEADER = [
    "Directorate(T)", "Supplier", "Supplier(T)", "TransNo", "Amount", "Trans.date", "Expense Area(T)",
    "Expense Type(T)",
]  # fmt: skip


def bedford(rows: pd.DataFrame, period: str) -> LayoutFile:
    records = [
        [
            row.department, row.supplier_ref, row.supplier_name, row.transaction_ref, Pence(row.amount_pence),
            row.payment_date, row.unit, row.category,
        ]
        for row in each(rows)
    ]  # fmt: skip
    return LayoutFile(workbook([Sheet("Sheet1", [_BEDFORD_HEADER, *records])]), 2, "Sheet1")


# Police -----------------------------------------------------------------------------------------------------

_POLICE_HEADER = [
    "Body Name", "Payment Date", "Supplier Name", "Supplier Postcode", "Company Number", "Purpose",
    "Expense Category", "Cost Centre", "Net Amount", "Transaction Number",
]  # fmt: skip


def police(rows: pd.DataFrame, period: str) -> LayoutFile:
    written = "%d-%b-%y" if period < "2017-04" else "%d/%m/%Y"
    records = [
        [
            "Bedfordshire Police", format(row.payment_date, written), row.supplier_name, row.postcode_text,
            row.number_text, row.unit, row.category, row.department, signed(row.amount_pence),
            row.transaction_ref,
        ]
        for row in each(rows)
    ]  # fmt: skip
    encoding = "cp1252" if period < "2017-10" else "utf-8-sig"
    return LayoutFile(csv_text([_POLICE_HEADER, *records]).encode(encoding), 2)


# purchase cards ---------------------------------------------------------------------------------------------

_LUTON_CARD_HEADER = [
    "Transaction Date",
    "Merchant Name",
    "Department",
    "Purpose",
    "Merchant Category",
    "Value £",
]


def luton_card(rows: pd.DataFrame, period: str) -> LayoutFile:
    name, year = month_name(period)
    records = [
        [
            f"{row.payment_date:%d-%b-%Y}", row.supplier_name, row.department, row.unit, row.category,
            ("-£" if row.amount_pence < 0 else "£") + grouped(row.amount_pence),
        ]
        for row in each(rows)
    ]  # fmt: skip
    text = csv_text([[f"GPC Transparency Report - {name} {year}", *[""] * 5], _LUTON_CARD_HEADER, *records])
    return LayoutFile(text.encode("cp1252" if parse_period(period)[1] % 2 else "utf-8-sig"), 3)


_CENTRAL_CARD_HEADER = [
    "Service Label", "Organisational unit", "Merchant Category", "Transaction Date", "Merchant Name",
    "Net Amount",
]  # fmt: skip


def central_card(rows: pd.DataFrame, period: str) -> LayoutFile:
    amount = short if parse_period(period)[1] in (7, 11) else signed
    records = [
        [
            row.department, row.unit.replace(" ", " – ", 1), row.category, f"{row.payment_date:%d/%m/%Y}",
            row.supplier_name, amount(row.amount_pence),
        ]
        for row in each(rows)
    ]  # fmt: skip
    return LayoutFile(csv_text([_CENTRAL_CARD_HEADER, *records]).encode("mac_roman"), 2)


_BEDFORD_CARD_HEADER = [
    "Directorate(T)", "Merchant Name", "TransNo", "Amount", "Trans.date", "Purpose", "Merchant Category",
]  # fmt: skip


def bedford_card(rows: pd.DataFrame, period: str) -> LayoutFile:
    name, year = month_name(period)
    records = [
        [
            row.department, row.supplier_name, row.transaction_ref, Pence(row.amount_pence), row.payment_date,
            row.unit, row.category,
        ]
        for row in each(rows)
    ]  # fmt: skip
    total = [None, None, "Total", Pence(rows["amount_pence"].sum())]
    sheet = Sheet(f"{name} {year}", [_BEDFORD_CARD_HEADER, *records, total])
    return LayoutFile(workbook([sheet]), 2, sheet.name)
