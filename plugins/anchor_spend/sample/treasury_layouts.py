"""Layouts of HM Treasury's template for spending over £25,000, as NHS bodies and a department fill it in.

In: a file's payments in file order. Out: a LayoutFile: workbook, text or PDF, with the header variants,
amounts and dates that were seen in files of such bodies.
"""

import pandas as pd

from anchor_spend.periods import parse_period
from anchor_spend.sample.pdf import pdf_table
from anchor_spend.sample.rendering import (
    MONTH_NAMES,
    LayoutFile,
    csv_text,
    each,
    grouped,
    month_name,
    plain,
    signed,
)
from anchor_spend.sample.xlsx import Pence, Sheet, workbook

_HEADER = [
    "Department Family", "Entity", "Date", "Expense Type", "Expense Area", "Supplier", "Transaction Number",
    "Amount", "Description", "Supplier Postcode", "Supplier Type", "VAT Registration Number",
]  # fmt: skip


def luton_and_dunstable(rows: pd.DataFrame, period: str) -> LayoutFile:
    """A workbook; dates turn into text in 2018, some months have a blank row above and a total below."""
    name, year = month_name(period)
    month = MONTH_NAMES.index(name) + 1
    entity = "Luton and Dunstable University Hospital NHS FT"
    records: list[list[object]] = [
        [
            _family(period), entity,
            f"{row.payment_date:%d/%m/%Y}" if period >= "2018-04" else row.payment_date,
            row.category, row.department,
            row.supplier_name, row.transaction_ref, Pence(row.amount_pence), row.unit,
            row.postcode_text or None, None, row.vat_text or None,
        ]
        for row in each(rows)
    ]  # fmt: skip
    header = [text.replace(" T", " t") if month in (5, 9) else text for text in _HEADER]
    blank_rows: list[list[object]] = [[None]] if month % 5 == 3 else []
    total = [[None] * 5 + ["Total", None, Pence(rows["amount_pence"].sum())]] if month % 4 == 1 else []
    sheets = [Sheet(f"{name[:3]} {year}", [*blank_rows, header, *records, *total])]
    if month % 6 == 2:
        sheets.append(Sheet("Lookups", [["Expense Type"], ["Drugs"]], is_hidden=True))
    return LayoutFile(workbook(sheets), len(blank_rows) + 2, sheets[0].name)


def _family(period: str) -> str:
    return "Department of Health" + (" and Social Care" if period >= "2018-01" else "")


_BEDFORD_HEADER = [
    "Department family", "Entity", "Date Paid", "Expense type", "Expense area", "Supplier Name",
    "Transaction Reference", "Amount (£)", "Supplier Post Code",
]  # fmt: skip


def bedford_hospital(rows: pd.DataFrame, period: str) -> LayoutFile:
    """A workbook under a title, amounts as text with thousands marked."""
    name, year = month_name(period)
    records: list[list[object]] = [
        [
            _family(period), "Bedford Hospital NHS Trust", row.payment_date, row.category, row.department,
            row.supplier_name, row.transaction_ref, signed(row.amount_pence), row.postcode_text or None,
        ]
        for row in each(rows)
    ]  # fmt: skip
    sheet = Sheet(f"{name} {year}", [[f"Spend over £25k - {name} {year}"], [None], _BEDFORD_HEADER, *records])
    return LayoutFile(workbook([sheet]), 4, sheet.name)


_COMMISSIONER_HEADER = [
    "Department family", "Entity", "Date", "Expense Type", "Expense area", "Supplier", "Transaction number",
    "AP Amount (£)", "VAT registration number", "Purchase invoice number",
]  # fmt: skip


def bedfordshire_commissioner(rows: pd.DataFrame, period: str) -> LayoutFile:
    """A workbook of one sheet whose name never changes."""
    records: list[list[object]] = [
        [
            _family(period), "NHS BEDFORDSHIRE CCG", row.payment_date, row.category, row.department,
            row.supplier_name, row.transaction_ref, Pence(row.amount_pence), row.vat_text or None,
            f"INV{row.transaction_ref}", row.postcode_text or None,
        ]
        for row in each(rows)
    ]  # fmt: skip
    sheet = Sheet("Sheet1", [[*_COMMISSIONER_HEADER, "Supplier Postcode"], *records])
    return LayoutFile(workbook([sheet]), 2, sheet.name)


def luton_commissioner(rows: pd.DataFrame, period: str) -> LayoutFile:
    """A printed spreadsheet: a title above the header, no postcode, amounts with thousands marked."""
    records = [
        [
            _family(period), "NHS LUTON CCG", f"{row.payment_date:%d-%b-%y}", row.category, row.department,
            row.supplier_name, row.transaction_ref, signed(row.amount_pence),
        ]
        for row in each(rows)
    ]  # fmt: skip
    name, year = month_name(period)
    data = pdf_table([_COMMISSIONER_HEADER[:8], *records], f"{name} {year}", amount=7)
    return LayoutFile(data, 3)


_EAST_LONDON_HEADER = [
    "Department Family", "Entity", "Date", "Expense Area", "Expense Type", "Supplier", "Transaction Number",
    " Amount ", "Description", "Supplier Postcode",
]  # fmt: skip


def east_london(rows: pd.DataFrame, period: str) -> LayoutFile:
    """Text with padded amounts in brackets, area before type, a row of commas at the end."""
    records = [
        [
            _family(period), "East London NHS Foundation Trust", f"{row.payment_date:%d-%b-%Y}",
            row.department, row.category, row.supplier_name, row.transaction_ref,
            f" ({grouped(row.amount_pence)})" if row.amount_pence < 0 else f" {grouped(row.amount_pence)} ",
            row.unit, row.postcode_text,
        ]
        for row in each(rows)
    ]  # fmt: skip
    blank = [""] * len(_EAST_LONDON_HEADER)
    return LayoutFile(csv_text([_EAST_LONDON_HEADER, *records, blank]).encode("cp1252"), 2)


def community_services(rows: pd.DataFrame, period: str) -> LayoutFile:
    records = [
        [
            _family(period), "Cambridgeshire Community Services", f"{row.payment_date:%d/%m/%Y}",
            row.category, row.department, row.supplier_name, row.transaction_ref, plain(row.amount_pence),
        ]
        for row in each(rows)
    ]  # fmt: skip
    return LayoutFile(csv_text([_HEADER[:8], *records]).encode("utf-8-sig"), 2)


def ambulance(rows: pd.DataFrame, period: str) -> LayoutFile:
    """Text or a workbook, as the month has it; the type of expense alone says what was bought."""
    header = [
        "Department Family",
        "Entity",
        "Payment Date",
        "Expense Type",
        "Supplier",
        "Transaction No",
        "Amount",
    ]
    records: list[list[object]] = [
        [
            _family(period), "East of England Ambulance", row.payment_date, row.category,
            row.supplier_name, row.transaction_ref, Pence(row.amount_pence),
        ]
        for row in each(rows)
    ]  # fmt: skip
    if parse_period(period)[1] % 6 == 3:
        return LayoutFile(workbook([Sheet("Over 25k", [header, *records])]), 2, "Over 25k")
    lines = [[f"{cell:%d.%m.%Y}" if hasattr(cell, "year") else str(cell) for cell in row] for row in records]
    return LayoutFile(csv_text([header, *lines]).encode("utf-8"), 2)


def work_and_pensions(rows: pd.DataFrame, period: str) -> LayoutFile:
    del period  # one layout for every month
    header = [*_HEADER[:9], "Supplier Post Code", "Supplier Type", "Contract Number", "Project Code"]
    records = [
        [
            *["Department for Work and Pensions"] * 2, f"{row.payment_date:%d/%m/%Y}", row.category,
            row.department, row.supplier_name, row.transaction_ref, signed(row.amount_pence), row.unit,
            row.postcode_text, "Vendor", "", "",
        ]
        for row in each(rows)
    ]  # fmt: skip
    return LayoutFile(csv_text([header, *records]).encode("cp1252"), 2)
