"""Write a Companies House register of any size in its published layout: 55 columns, quoted, zipped.

    python benchmarks/companies_house_file.py OUT.zip [--rows 5600000] [--month 1]

Every name is made of invented words. A later month differs from the one before in one company in a hundred:
a third of these have left the register, a third are new, a third have new accounts and a new name. For
measuring the load of reference data only.
"""

import argparse
import zipfile
from collections.abc import Iterator
from pathlib import Path

BLOCK = 20_000
ADDRESSED = [
    "CompanyName", " CompanyNumber", "RegAddress.CareOf", "RegAddress.POBox", "RegAddress.AddressLine1",
    " RegAddress.AddressLine2", "RegAddress.PostTown", "RegAddress.County", "RegAddress.Country",
    "RegAddress.PostCode", "CompanyCategory", "CompanyStatus", "CountryOfOrigin", "DissolutionDate",
    "IncorporationDate",
]  # fmt: skip
FILED = [
    "Accounts.AccountRefDay", "Accounts.AccountRefMonth", "Accounts.NextDueDate", "Accounts.LastMadeUpDate",
    "Accounts.AccountCategory", "Returns.NextDueDate", "Returns.LastMadeUpDate", "Mortgages.NumMortCharges",
    "Mortgages.NumMortOutstanding", "Mortgages.NumMortPartSatisfied", "Mortgages.NumMortSatisfied",
]  # fmt: skip
LAST = ["LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners", "URI"]
STARTS = ["AL", "BREN", "COR", "DUN", "EL", "FEN", "GLEN", "HAR", "IN", "KIL", "LON", "MER", "NOR", "OAK",
          "PEN", "QUIL", "RAV", "SUL", "TAR", "WES"]  # fmt: skip
MIDDLES = ["A", "BER", "DEN", "FOR", "GA", "LING", "MA", "NE", "ROW", "SHA", "TER", "VAN", "WICK", "ZE"]
ENDS = ["BY", "COTE", "DALE", "FIELD", "FORD", "GATE", "HAM", "LEY", "MERE", "STONE", "TON", "WELL", "WORTH"]
TRADES = ["BUILDERS", "CARE", "CATERING", "CONSULTING", "DESIGN", "ENGINEERING", "FOODS", "HOLDINGS", "HOMES",
          "LOGISTICS", "MEDIA", "PROPERTIES", "SERVICES", "SOFTWARE", "TRADING", "TRANSPORT"]  # fmt: skip
TOWNS = ["LUTON", "BEDFORD", "LEEDS", "CARDIFF", "BRISTOL", "LONDON"]
SIC = ["62012 - Business and domestic software development", "41202 - Construction of domestic buildings",
       "68209 - Other letting and operating of own or leased real estate", "01110 - Growing of cereals",
       "88990 - Other social work activities without accommodation n.e.c."]  # fmt: skip
CATEGORIES = [*["Private Limited Company"] * 17, "Limited Liability Partnership",
              "Community Interest Company",
              "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"]  # fmt: skip
ACCOUNTS = [
    "MICRO ENTITY",
    "TOTAL EXEMPTION FULL",
    "DORMANT",
    "NO ACCOUNTS FILED",
    "UNAUDITED ABRIDGED",
    "FULL",
]
SPREAD = 48_271  # of a multiplicative generator: rows in the order of names are not in that of numbers


def main() -> None:
    """Write the archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=5_600_000)
    parser.add_argument("--month", type=int, default=1)
    given = parser.parse_args()
    member = given.out.with_suffix(".csv").name
    archive = zipfile.ZipFile(given.out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open(member, "w", force_zip64=True) as file:
        file.write((",".join(_header()) + "\r\n").encode())
        for block in _blocks(given.rows, given.month):
            file.write(block.encode())


def _header() -> list[str]:
    start = [*ADDRESSED, *FILED, *(f"SICCode.SicText_{n}" for n in range(1, 5)), *LAST]
    names = [f" PreviousName_{n}.{part}" for n in range(1, 11) for part in ("CONDATE", "CompanyName")]
    return [*start, *names, "ConfStmtNextDueDate", " ConfStmtLastMadeUpDate"]


def _blocks(rows: int, month: int) -> Iterator[str]:
    for first in range(0, rows, BLOCK):
        lines = (_line(number, rows, month) for number in range(first, min(first + BLOCK, rows)))
        yield "".join(line for line in lines if line)


def _line(place: int, rows: int, month: int) -> str:
    """One company; '' for one that is not on the register in this month."""
    number = place * SPREAD % rows if rows % SPREAD else place
    slot = number % 300
    later, kind = (slot // 3 + 2, slot % 3) if slot < 36 else (month + 1, 2)  # leaves, comes or changes then
    if (kind == 0 and month >= later) or (kind == 1 and month < later):
        return ""
    return '"' + '","'.join(_cells(number, kind == 2 and month >= later)) + '"\r\n'


def _cells(n: int, has_changed: bool) -> list[str]:
    word = STARTS[n % 20] + MIDDLES[n // 20 % 14] + ENDS[n // 280 % 13]
    name = f"{word} {TRADES[n // 3640 % 16]} {n // 58240 or ''} LIMITED".replace("  ", " ")
    former = [f"{n % 28 + 1:02d}/02/2010", f"OLD {name}"] if n % 11 == 0 or has_changed else ["", ""]
    start = [
        f"NEW {name}" if has_changed else name, f"{n + 1_000_000:08d}", "", "", f"{n % 200} ROAD", "",
        TOWNS[n % 6], "", "UNITED KINGDOM", f"LU{n % 7 + 1} {n % 9}{STARTS[n % 20][0]}B", CATEGORIES[n % 20],
        "Active", "United Kingdom", "", f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1980 + n % 45}", "31", "3",
        "31/12/2026", "31/03/2026" if has_changed else "31/03/2025", ACCOUNTS[n % 6], "", "", str(n % 3),
        str(n % 2), "0", "0", SIC[n % 5], SIC[n % 7] if n % 7 < 5 else "", "", "", "0", "0",
        f"http://business.example/id/company/{n + 1_000_000:08d}",
    ]  # fmt: skip
    return [*start, *former, *[""] * 18, "30/06/2026", "16/06/2025"]


if __name__ == "__main__":
    main()
