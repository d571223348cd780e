"""The six layouts: payments of one month -> the bytes the body would publish, with its layout's quirks.

In: a month's payments in file order, with the references `add_references` gave them. Out: a LayoutFile: the
bytes, the sheet's name and the record number of the first payment (banner and header counted).
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from anchor_spend.periods import parse_period
from anchor_spend.sample.vocabulary import BEDFORD, CENTRAL, HOSPITAL, LUTON, POLICE, UNIVERSITY
from anchor_spend.sample.xlsx import Pence, Sheet, workbook

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class LayoutFile:
    """A file as published: payment i stands in record first_row + i of the sheet ('' for text files)."""

    data: bytes
    first_row: int
    sheet: str = ""


def month_name(period: str) -> tuple[str, int]:
    """('April', 2017) for '2017-04'."""
    year, month = parse_period(period)
    return MONTH_NAMES[month - 1], year


def write_layout(publisher_id: str, rows: pd.DataFrame, period: str) -> LayoutFile:
    """One month of one body as a file."""
    return _WRITERS[publisher_id](rows, period)


def add_references(rows: pd.DataFrame, publisher_id: str, rng: np.random.Generator) -> pd.DataFrame:
    """Adds what ledgers print beside a payment: supplier_ref, transaction_ref, and the printed spelling of
    postcodes and company numbers. Police and Bedford number their transactions in the same range."""
    start = {CENTRAL: 5_100_000_000, HOSPITAL: 1_400_000}.get(publisher_id, 20_000_000)
    same_payee = (rows["payee"] == rows["payee"].shift()) & (rows["month"] == rows["month"].shift())
    is_split = same_payee.to_numpy() & (rng.random(len(rows)) < 0.15)
    rows["transaction_ref"] = [str(start + step) for step in np.cumsum(~is_split).tolist()]
    references = np.where(rows["payee"] % 4 == 0, "1" + rows["payee"].astype(str).str.zfill(7), "")
    codes = rows["supplier_name"].str.replace(r"[^A-Za-z]", "", regex=True).str.upper().str[:4]
    rows["supplier_ref"] = np.where(references == "", codes + (rows["payee"] % 100).astype(str), references)
    rows.loc[rows["name_form"] == "blank", "supplier_ref"] = "C99999"
    squeezed = rng.random(len(rows)) < 0.05
    rows["postcode_text"] = rows["postcode"].where(
        ~squeezed, rows["postcode"].str.replace(" ", "").str.lower()
    )
    filler = rng.choice(["", "N/A", "Awaiting"], len(rows), p=[0.9, 0.07, 0.03])
    rows["number_text"] = np.where(rows["company_number"] == "", filler, rows["company_number"])
    return rows.astype(
        dict.fromkeys(("transaction_ref", "supplier_ref", "postcode_text", "number_text"), object)
    )


def _csv(records: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(records)
    return buffer.getvalue()


def _grouped(pence: int) -> str:
    """1234567 -> '12,345.67' (the sign is the caller's)."""
    return f"{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def _plain(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _signed(pence: int) -> str:
    return ("-" if pence < 0 else "") + _grouped(pence)


def _bracketed(pence: int) -> str:
    """April at Central Bedfordshire: ' 1,234.56 ' and ' (1,234.56)'."""
    return f" ({_grouped(pence)})" if pence < 0 else f" {_grouped(pence)} "


def _short(pence: int) -> str:
    """Trailing zeros dropped: '385', '12.5'."""
    return str(Pence(pence))


def _each(rows: pd.DataFrame) -> Iterator[Any]:
    """Each payment, its columns as attributes (their types are those of spending.COLUMNS)."""
    return rows.itertuples(index=False)


# Luton ------------------------------------------------------------------------------------------------------

_LUTON_BANNERS = {
    1: "Transparency Report - {} ",
    2: "Tranparency Report {}",
    3: "Transparency Report {}",
    5: "Transparency Report -  {}",
}
_LUTON_CP1252_MONTHS = (3, 5, 6, 7)


def _luton(rows: pd.DataFrame, period: str) -> LayoutFile:
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
        [("-£" if pence < 0 else "£") + _grouped(pence) for pence in rows["amount_pence"]],
        strict=True,
    )  # fmt: skip
    text = _csv([[banner, *[""] * 5], header, *records])
    return LayoutFile(text.encode("cp1252" if month in _LUTON_CP1252_MONTHS else "utf-8-sig"), 3)


# Central Bedfordshire ---------------------------------------------------------------------------------------

_CENTRAL_AMOUNTS: dict[int, Callable[[int], str]] = {
    3: _plain, 4: _bracketed, 7: _short, 10: _plain, 11: _short,
}  # fmt: skip
_CENTRAL_WIDE_ID_MONTHS = (1, 3, 5, 6, 7, 10, 11)
_CENTRAL_HEADER = [
    "Service Label", "Service Code", "Service division", "Service division code", "Organisational unit",
    "Expenditure Category", "Expenditure code", "Date", "Transaction number", "Net Amount",
    "Capital or Revenue", "Supplier name", "Supplier ID",
]  # fmt: skip


def _central(rows: pd.DataFrame, period: str) -> LayoutFile:
    month = parse_period(period)[1]
    amount, width = _CENTRAL_AMOUNTS.get(month, _signed), 10 if month in _CENTRAL_WIDE_ID_MONTHS else 6
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
        for row in _each(rows)
    ]  # fmt: skip
    return LayoutFile(_csv([[*header, *tail], *records]).encode("mac_roman"), 2)


# Bedford ----------------------------------------------------------------------------------------------------

_BEDFORD_HEADER = [
    "Directorate(T)", "Supplier", "Supplier(T)", "TransNo", "Amount", "Trans.date", "Expense Area(T)",
    "Expense Type(T)",
]  # fmt: skip


def _bedford(rows: pd.DataFrame, period: str) -> LayoutFile:
    records = [
        [
            row.department, row.supplier_ref, row.supplier_name, row.transaction_ref, Pence(row.amount_pence),
            row.payment_date, row.unit, row.category,
        ]
        for row in _each(rows)
    ]  # fmt: skip
    return LayoutFile(workbook([Sheet("Sheet1", [_BEDFORD_HEADER, *records])]), 2, "Sheet1")


# Luton and Dunstable hospital: HM Treasury's template for payments over £25,000 -----------------------------

_HOSPITAL_HEADER = [
    "Department Family", "Entity", "Date", "Expense Type", "Expense Area", "Supplier", "Transaction Number",
    "Amount", "Description", "Supplier Postcode", "Supplier Type", "VAT Registration Number",
]  # fmt: skip


def _hospital(rows: pd.DataFrame, period: str) -> LayoutFile:
    name, year = month_name(period)
    month = MONTH_NAMES.index(name) + 1
    family = "Department of Health" + (" and Social Care" if period >= "2018-01" else "")
    entity = "Luton and Dunstable University Hospital NHS FT"
    records: list[list[object]] = [
        [
            family, entity,
            f"{row.payment_date:%d/%m/%Y}" if period >= "2018-04" else row.payment_date,
            row.category, row.department,
            row.supplier_name, row.transaction_ref, Pence(row.amount_pence), row.unit,
            row.postcode_text or None, None, None,
        ]
        for row in _each(rows)
    ]  # fmt: skip
    header = [text.replace(" T", " t") if month in (5, 9) else text for text in _HOSPITAL_HEADER]
    blank_rows: list[list[object]] = [[None]] if month % 5 == 3 else []
    total = [[None] * 5 + ["Total", None, Pence(rows["amount_pence"].sum())]] if month % 4 == 1 else []
    sheets = [Sheet(f"{name[:3]} {year}", [*blank_rows, header, *records, *total])]
    if month % 6 == 2:
        sheets.append(Sheet("Lookups", [["Expense Type"], ["Drugs"]], is_hidden=True))
    return LayoutFile(workbook(sheets), len(blank_rows) + 2, sheets[0].name)


# Police -----------------------------------------------------------------------------------------------------

_POLICE_HEADER = [
    "Body Name", "Payment Date", "Supplier Name", "Supplier Postcode", "Company Number", "Purpose",
    "Expense Category", "Cost Centre", "Net Amount", "Transaction Number",
]  # fmt: skip


def _police(rows: pd.DataFrame, period: str) -> LayoutFile:
    written = "%d-%b-%y" if period < "2017-04" else "%d/%m/%Y"
    records = [
        [
            "Bedfordshire Police", format(row.payment_date, written), row.supplier_name, row.postcode_text,
            row.number_text, row.unit, row.category, row.department, _signed(row.amount_pence),
            row.transaction_ref,
        ]
        for row in _each(rows)
    ]  # fmt: skip
    encoding = "cp1252" if period < "2017-10" else "utf-8-sig"
    return LayoutFile(_csv([_POLICE_HEADER, *records]).encode(encoding), 2)


# University: the template given to partners without a publication of their own ------------------------------

_UNIVERSITY_HEADER = [
    "Payment date", "Supplier name", "Company number", "Supplier postcode", "Net amount", "Department",
    "Category", "Description", "Transaction number",
]  # fmt: skip


def _university(rows: pd.DataFrame, period: str) -> LayoutFile:
    del period  # one layout for every month
    records = [
        [
            f"{row.payment_date:%Y-%m-%d}", row.supplier_name, row.number_text, row.postcode_text,
            _plain(row.amount_pence), row.department, row.category, row.unit, row.transaction_ref,
        ]
        for row in _each(rows)
    ]  # fmt: skip
    return LayoutFile(_csv([_UNIVERSITY_HEADER, *records]).encode("utf-8"), 2)


_WRITERS: dict[str, Callable[[pd.DataFrame, str], LayoutFile]] = {
    LUTON: _luton,
    CENTRAL: _central,
    BEDFORD: _bedford,
    HOSPITAL: _hospital,
    POLICE: _police,
    UNIVERSITY: _university,
}
