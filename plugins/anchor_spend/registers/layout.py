"""What a layout of a register file is, the columns its rows are brought to, and what conversions share.

In: columns of text as published. Out: the same in the form the reference tables hold: postcodes with one
space, ISO dates, eight-character company numbers, lists with "; " between.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

Dataset = Literal["postcodes", "sic_codes", "companies", "organisations", "group_links", "public_bodies"]
DATASETS: tuple[Dataset, ...] = (
    "postcodes", "sic_codes", "companies", "organisations", "group_links", "public_bodies",
)  # fmt: skip
# a world without them works
OPTIONAL: frozenset[Dataset] = frozenset({"sic_codes", "organisations", "group_links"})
COLUMNS: dict[str, list[str]] = {
    "postcodes": ["postcode", "authority_code", "region_code", "ward_code", "lsoa_code", "easting",
                  "northing", "terminated_on"],
    "sic_codes": ["sic_code", "description"],
    "companies": ["company_number", "company_name", "previous_names", "postcode", "status", "category",
                  "sic_codes", "incorporated_on", "dissolved_on", "accounts_category",
                  "accounts_made_up_on", "post_town", "country_of_origin", "mortgages_outstanding"],
    "organisations": ["entity_id", "register", "organisation_name", "other_names", "postcode", "post_town",
                      "legal_form", "status", "registered_on", "removed_on", "company_number", "other_ids",
                      "latest_income", "latest_income_year_end"],
    "group_links": ["link_id", "member_entity_id", "group_entity_id", "group_name", "basis", "confidence",
                    "source"],
    "public_bodies": ["entity_id", "body_name", "body_type", "aliases", "postcode", "publisher_id",
                      "valid_from", "valid_to"],
    "links": ["entity_id", "company_number", "other_id", "other_name"],
}  # fmt: skip
LIST_SEPARATOR = "; "  # in previous_names, sic_codes, aliases, other_names, other_ids
COMPANIES_HOUSE = "companies_house"  # the one register behind `companies`
OGL = "Open Government Licence v3.0"
ALL = ".+"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z0-9]?\d[A-Z]{2}"  # without its space
_POSTCODE_PATTERN = re.compile(_POSTCODE)
_POSTCODE_LAST = r"(?i)\b([A-Z]{1,2}\d[A-Z0-9]?\s*\d[A-Z]{2})\W*$"


@dataclass(frozen=True)
class Layout:
    """A kind of register file. Of several files that hold the same key, that of the lowest rank counts.

    Files of the dataset "links" hold no rows of their own: they complete those of `organisations`.
    """

    name: str
    dataset: Dataset | Literal["links"]
    rank: int
    matches: Callable[[frozenset[str]], bool]  # of the header, white space trimmed
    convert: Callable[["pd.DataFrame"], "pd.DataFrame"]  # its columns -> COLUMNS, '' where unknown
    wanted: str = ALL  # regular expression of the headers to read
    licence: str = OGL
    headerless: str = ""  # name of a file without a header, and
    columns: int = 0  # how many columns it has
    encodings: tuple[str, ...] = ("utf-8-sig",)  # the first that fits the whole file
    lists: tuple[str, ...] = ()  # registers of which the file has every member that is on it now
    is_whole: bool = False  # the file has every row of its dataset: others go
    at_least: int = 0  # rows of a whole file: one of fewer is a part, a search result, or cut short


class Source(NamedTuple):
    """A register file, or one member of a ZIP."""

    path: Path
    member: str
    layout: Layout
    vintage: str
    licence: str
    origin: str

    @property
    def known_as(self) -> str:
        """What a person calls the register, where its size is accepted: the list it is, or its dataset."""
        return self.layout.lists[0] if self.layout.lists else self.layout.dataset

    @property
    def age(self) -> str:
        """The vintage as far as it can be compared: one that begins with no year counts as the oldest."""
        return self.vintage if self.vintage[:4].isdecimal() else ""


def has(*names: str) -> Callable[[frozenset[str]], bool]:
    """Whether a header has all of these columns."""
    return lambda header: header.issuperset(names)


def never(header: frozenset[str]) -> bool:
    """For files without a header, known by their name."""
    return False


def canonical_postcode(text: str) -> str:
    """'lu12bq' -> 'LU1 2BQ'; '' when it has not the shape of a postcode."""
    compact = "".join(text.split()).upper()
    return f"{compact[:-3]} {compact[-3:]}" if _POSTCODE_PATTERN.fullmatch(compact) else ""


def canonical_postcodes(postcodes: "pd.Series[str]") -> "pd.Series[str]":
    """canonical_postcode of a column."""
    compact = postcodes.fillna("").str.upper().str.replace(r"[\s\u00a0]", "", regex=True)
    return (compact.str[:-3] + " " + compact.str[-3:]).where(compact.str.fullmatch(_POSTCODE), "")


def postcodes_at_end(addresses: "pd.Series[str]") -> "pd.Series[str]":
    """The postcode an address ends with, canonical; '' where it ends otherwise."""
    return canonical_postcodes(addresses.fillna("").str.extract(_POSTCODE_LAST, expand=False))


def iso_dates(dates: "pd.Series[str]") -> "pd.Series[str]":
    """'05/04/2001', '05-04-2001' or '2001-04-05T00:00:00' -> '2001-04-05'; anything else stays as it is."""
    trimmed = dates.fillna("").str.strip().str.replace(r"[T ]0?0:00(:00)?(\.0+)?Z?$", "", regex=True)
    return trimmed.str.replace(r"^(\d\d)[/-](\d\d)[/-](\d{4})$", r"\3-\2-\1", regex=True)


def company_numbers(printed: "pd.Series[str]") -> "pd.Series[str]":
    """Eight characters; '' for what cannot be a company number."""
    number = printed.fillna("").str.strip().str.upper()
    padded = number.str.zfill(8).where(number.str.fullmatch(r"\d+"), number)
    return padded.where(padded.str.fullmatch(r"[A-Z0-9]{8}") & (padded != "0" * 8), "")


def joined(parts: "list[pd.Series[str]]") -> "pd.Series[str]":
    """The non-blank values of each row, LIST_SEPARATOR between."""
    joined = parts[0].fillna("")
    for part in parts[1:]:
        filled = part.fillna("")
        separator = filled.ne("").map({True: LIST_SEPARATOR, False: ""})
        joined = joined + separator + filled
    return joined.str.removeprefix(LIST_SEPARATOR)


def same_columns(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A file in the columns of its dataset."""
    return frame.fillna("")
