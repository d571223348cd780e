"""What partners put into the inbox: the template as text, workbook or archive; the fire authority's quarters;
the schools' sums of a year.
"""

import io
import zipfile

import pandas as pd

from anchor_spend.periods import parse_period
from anchor_spend.sample.rendering import LayoutFile, csv_text, each, plain, signed
from anchor_spend.sample.sites import NOTICE
from anchor_spend.sample.xlsx import Pence, Sheet, workbook

_HEADER = [
    "Payment date", "Supplier name", "Company number", "Supplier postcode", "Net amount", "Department",
    "Category", "Description", "Transaction number",
]  # fmt: skip


def _records(rows: pd.DataFrame, date_format: str = "%Y-%m-%d") -> list[list[str]]:
    return [
        [
            format(row.payment_date, date_format), row.supplier_name, row.number_text, row.postcode_text,
            plain(row.amount_pence), row.department, row.category, row.unit, row.transaction_ref,
        ]
        for row in each(rows)
    ]  # fmt: skip


def partner(rows: pd.DataFrame, period: str) -> LayoutFile:
    """The template as text."""
    del period  # one layout for every month
    return LayoutFile(csv_text([_HEADER, *_records(rows)]).encode("utf-8"), 2)


def partner_saved_by_a_spreadsheet(rows: pd.DataFrame, period: str) -> LayoutFile:
    """The template, opened and saved: dates the other way round, another encoding, in every other month."""
    if parse_period(period)[1] % 2:
        return partner(rows, period)
    return LayoutFile(csv_text([_HEADER, *_records(rows, "%d/%m/%Y")]).encode("cp1252"), 2)


def partner_workbook(rows: pd.DataFrame, period: str) -> LayoutFile:
    """The template as a workbook, with its optional columns filled in and the sheet that explains it."""
    del period  # one layout for every month
    header = [*_HEADER[:3], "VAT number", "Charity number", *_HEADER[3:]]
    records: list[list[object]] = [
        [
            row.payment_date, row.supplier_name, row.number_text or None, row.vat_text or None,
            row.charity_number or None, row.postcode_text or None,
            Pence(row.amount_pence), row.department, row.category, row.unit, row.transaction_ref,
        ]
        for row in each(rows)
    ]  # fmt: skip
    about = Sheet("About", [["How to fill in the sheet Payments"], [NOTICE]])
    return LayoutFile(workbook([Sheet("Payments", [header, *records]), about]), 2, "Payments")


def partner_archive(rows: pd.DataFrame, period: str) -> LayoutFile:
    """The template as text in a ZIP archive, with a letter beside it."""
    member, data = f"payments_{period}.csv", partner(rows, period).data
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(member), data)  # dated 1980, always
    return LayoutFile(buffer.getvalue(), 2, member)


_FIRE_HEADER = [
    "Organisation Name", "Organisation Code", "Effective Date", "Directorate", "Service",
    "Supplier (Beneficiary name)", "Supplier Registered Company Number", "Supplier Postcode", "Payment Date",
    "Transaction number", "Net Amount", "Irrecoverable VAT", "Purpose of spend", "Procurement Classification",
]  # fmt: skip


def fire(rows: pd.DataFrame, period: str) -> LayoutFile:
    """A quarter under the headers of the LGA's schema."""
    records = [
        [
            "Bedfordshire Fire and Rescue Authority", "", f"01/{period[5:]}/{period[:4]}", row.department,
            "Fire",
            row.supplier_name, row.number_text, row.postcode_text, f"{row.payment_date:%d/%m/%Y}",
            row.transaction_ref, signed(row.amount_pence), "0.00", row.category, row.unit,
        ]
        for row in each(rows)
    ]  # fmt: skip
    return LayoutFile(csv_text([_FIRE_HEADER, *records]).encode("utf-8-sig"), 2)


def schools(rows: pd.DataFrame, period: str) -> LayoutFile:
    """Sums of a year by school and heading; nobody is named and no day."""
    del period  # one layout for every year
    records = [
        [row.department, row.category, row.unit, row.supplier_name, plain(row.amount_pence)]
        for row in each(rows)
    ]
    header = ["Department", "Category", "Description", "Supplier name", "Net amount"]
    return LayoutFile(csv_text([header, *records]).encode("utf-8"), 2)
