"""Companies: the basic company data of Companies House (55 columns), and smaller lists."""

import re
from typing import TYPE_CHECKING

from anchor_spend.registers.layout import (
    COMPANIES_HOUSE,
    LIST_SEPARATOR,
    Layout,
    canonical_postcodes,
    company_numbers,
    has,
    iso_dates,
    joined,
)

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {
    "CompanyName": "company_name",
    "CompanyNumber": "company_number",
    "RegAddress.PostCode": "postcode",
    "RegAddress.PostTown": "post_town",
    "CompanyCategory": "category",
    "CompanyStatus": "status",
    "CountryOfOrigin": "country_of_origin",
    "IncorporationDate": "incorporated_on",
    "DissolutionDate": "dissolved_on",
    "Accounts.AccountCategory": "accounts_category",
    "Accounts.LastMadeUpDate": "accounts_made_up_on",
    "Mortgages.NumMortOutstanding": "mortgages_outstanding",
}
_DATES = ("incorporated_on", "dissolved_on", "accounts_made_up_on")
_WANTED = (
    "|".join(re.escape(name) for name in _COLUMNS)
    + r"|SICCode\.SicText_\d|PreviousName_\d+\.CompanyName"
)  # fmt: skip


def _companies(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Eight-character numbers and canonical postcodes; rows without a number or a name drop out."""
    number = company_numbers(frame["company_number"])
    postcode = canonical_postcodes(frame["postcode"])
    name = frame["company_name"].str.strip()
    frame = frame.assign(company_number=number, postcode=postcode, company_name=name)
    return frame[number.ne("") & name.ne("")]


def _company_union(frame: "pd.DataFrame") -> "pd.DataFrame":
    lists = {
        "previous_names": frame["other_names"].str.replace(r"\s*;\s*", LIST_SEPARATOR, regex=True),
        "sic_codes": frame["sic"].str.replace(r"\s*;\s*", LIST_SEPARATOR, regex=True),
    }
    return _companies(frame.rename(columns={"name": "company_name", "type": "category"}).assign(**lists))


def _academy_trusts(frame: "pd.DataFrame") -> "pd.DataFrame":
    names = {"Entity": "company_name", "Company Number": "company_number"}
    return _companies(frame.rename(columns=names).assign(postcode=""))


def _companies_house(frame: "pd.DataFrame") -> "pd.DataFrame":
    # five digits, or four of the classification of 2003
    codes = [frame[name].str.extract(r"^(\d{4,5}) ?-", expand=False) for name in _numbered(frame, "SIC")]
    former_names = [frame[name].str.strip().str.replace(";", ",") for name in _numbered(frame, "Previous")]
    frame = frame.rename(columns=_COLUMNS)
    dates = {name: iso_dates(frame[name]) for name in _DATES if name in frame}
    lists = {"previous_names": joined(former_names), "sic_codes": joined(codes)}
    return _companies(frame.assign(**dates, **lists))


def _numbered(frame: "pd.DataFrame", start: str) -> list[str]:
    names = [name for name in map(str, frame) if name.startswith(start)]
    if not names:
        raise KeyError(start)
    return sorted(names, key=lambda name: int(re.findall(r"\d+", name)[0]))


LAYOUTS: tuple[Layout, ...] = (
    Layout("our own companies", "companies", 0,
           has("company_number", "company_name", "previous_names"), _companies, is_whole=True),
    Layout("Companies House basic company data", "companies", 1,
           has("CompanyName", "CompanyNumber"), _companies_house, _WANTED,
           lists=(COMPANIES_HOUSE,), at_least=1_000_000),  # 5.6 million in 2026, seven parts of 0.8
    Layout("union of company lists", "companies", 2,
           has("company_number", "name", "other_names", "sic"), _company_union),
    Layout("academy trusts and their companies", "companies", 3,
           has("Entity", "Company Number", "OSCAR CPID"), _academy_trusts),
)  # fmt: skip
