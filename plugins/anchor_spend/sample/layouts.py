"""Which layout each stream of the sample is written in, and the references its ledger prints.

In: a file's payments in file order. Out: a LayoutFile: the bytes the body would publish, with its quirks.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from anchor_spend.printed_numbers import invented_vat_number
from anchor_spend.sample import council_layouts, partner_layouts, treasury_layouts
from anchor_spend.sample.plans import Body
from anchor_spend.sample.rendering import LayoutFile
from anchor_spend.sample.vocabulary import (
    AMBULANCE,
    BARNFIELD,
    BEDFORD,
    BEDFORD_HOSPITAL,
    BEDFORDSHIRE_CCG,
    CENTRAL,
    COMMUNITY_SERVICES,
    CRANFIELD,
    EAST_LONDON,
    FIRE,
    HOSPITAL,
    LUTON,
    LUTON_CCG,
    PARTNERS,
    POLICE,
    SCHOOLS,
    SIXTH_FORM,
    WORK_AND_PENSIONS,
)

_WRITERS: dict[tuple[str, str], Callable[[pd.DataFrame, str], LayoutFile]] = {
    **{(partner, "payments"): partner_layouts.partner for partner in PARTNERS},
    (BARNFIELD, "payments"): partner_layouts.partner_saved_by_a_spreadsheet,
    (CRANFIELD, "payments"): partner_layouts.partner_workbook,
    (SIXTH_FORM, "payments"): partner_layouts.partner_archive,
    (FIRE, "payments"): partner_layouts.fire,
    (SCHOOLS, "payments"): partner_layouts.schools,
    (LUTON, "payments"): council_layouts.luton,
    (LUTON, "purchase_card"): council_layouts.luton_card,
    (CENTRAL, "payments"): council_layouts.central,
    (CENTRAL, "purchase_card"): council_layouts.central_card,
    (BEDFORD, "payments"): council_layouts.bedford,
    (BEDFORD, "purchase_card"): council_layouts.bedford_card,
    (POLICE, "payments"): council_layouts.police,
    (HOSPITAL, "payments"): treasury_layouts.luton_and_dunstable,
    (BEDFORD_HOSPITAL, "payments"): treasury_layouts.bedford_hospital,
    (LUTON_CCG, "payments"): treasury_layouts.luton_commissioner,
    (BEDFORDSHIRE_CCG, "payments"): treasury_layouts.bedfordshire_commissioner,
    (EAST_LONDON, "payments"): treasury_layouts.east_london,
    (COMMUNITY_SERVICES, "payments"): treasury_layouts.community_services,
    (AMBULANCE, "payments"): treasury_layouts.ambulance,
    (WORK_AND_PENSIONS, "payments"): treasury_layouts.work_and_pensions,
}


def write_layout(body: Body, rows: pd.DataFrame, period: str) -> LayoutFile:
    """The payments of one file of a stream, as a file."""
    return _WRITERS[body.publisher_id, body.stream](rows, period)


def add_references(rows: pd.DataFrame, style: str, rng: np.random.Generator) -> pd.DataFrame:
    """Adds what ledgers print beside a payment: supplier_ref, transaction_ref, VAT numbers, and the printed
    spelling of postcodes and company numbers. Police and Bedford number transactions in the same range."""
    start = {CENTRAL: 5_100_000_000, HOSPITAL: 1_400_000}.get(style, 20_000_000)
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
    rows["vat_text"] = rows["payee"].map({payee: _vat_text(payee) for payee in rows["payee"].unique()})
    rows.loc[rows["postcode"] == "", "vat_text"] = ""  # ledgers that hold the one hold the other
    return rows.astype(
        dict.fromkeys(("transaction_ref", "supplier_ref", "postcode_text", "number_text", "vat_text"), object)
    )


def _vat_text(payee: int) -> str:
    """A payee's VAT number as ledgers print it: bare or with the country and spaces, or a digit wrong."""
    number = invented_vat_number(payee)
    if payee % 37 == 0:
        return f"{number[:8]}{(int(number[8]) + 1) % 10}"
    return f"GB {number[:3]} {number[3:7]} {number[7:]}" if payee % 5 == 0 else number
