"""An invented company register in the 55 published columns of Companies House, zipped."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_START = (
    "CompanyName", " CompanyNumber", "RegAddress.CareOf", "RegAddress.POBox", "RegAddress.AddressLine1",
    " RegAddress.AddressLine2", "RegAddress.PostTown", "RegAddress.County", "RegAddress.Country",
    "RegAddress.PostCode", "CompanyCategory", "CompanyStatus", "CountryOfOrigin", "DissolutionDate",
    "IncorporationDate", "Accounts.AccountRefDay", "Accounts.AccountRefMonth", "Accounts.NextDueDate",
    "Accounts.LastMadeUpDate", "Accounts.AccountCategory", "Returns.NextDueDate", "Returns.LastMadeUpDate",
    "Mortgages.NumMortCharges", "Mortgages.NumMortOutstanding", "Mortgages.NumMortPartSatisfied",
    "Mortgages.NumMortSatisfied", "SICCode.SicText_1", "SICCode.SicText_2", "SICCode.SicText_3",
    "SICCode.SicText_4", "LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners", "URI",
)  # fmt: skip
_NAMES = [
    name
    for number in range(1, 11)
    for name in (
        f"{' ' if number > 1 else ''}PreviousName_{number}.CONDATE",
        f" PreviousName_{number}.CompanyName",
    )
]
HEADER = (*_START, *_NAMES, "ConfStmtNextDueDate", " ConfStmtLastMadeUpDate")


def company(number: int, name: str | None = None) -> list[str]:
    """A row: 'QUILL 7 LIMITED' of Luton, with two previous names."""
    title = name or f"QUILL {number} LIMITED"
    start = [
        title, f"{1_000_000 + number:08d}", "", "", "1 INVENTED ROAD", "", "LUTON", "", "", "LU1 2BQ",
        "Private Limited Company", "Active", "United Kingdom", "", "05/04/2001", "31", "3", "31/12/2026",
        "31/03/2025", "MICRO ENTITY", "", "", "3", "2", "0", "1",
        "62012 - Business and domestic software development", "7487 - Other activities", "", "", "0", "0",
        f"http://business.example/id/company/{number:08d}",
    ]  # fmt: skip
    former = ["01/02/2010", f"FORMER {title}", "01/02/2005", f"FIRST {title}", *[""] * 16]
    return [*start, *former, "", ""]


def write_register(path: Path, numbers: Iterable[int], changes: Mapping[int, str] | None = None) -> None:
    """The register of these companies, some under another name, in a ZIP as published."""
    renamed = changes or {}
    member = path.with_suffix(".csv").name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        text.write(",".join(HEADER) + "\r\n")
        writer.writerows(company(number, renamed.get(number)) for number in numbers)
        text.flush()
