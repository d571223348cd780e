"""Industries: the codes of the Standard Industrial Classification 2007 with their words."""

from typing import TYPE_CHECKING

from anchor_spend.registers.layout import Layout, has

if TYPE_CHECKING:
    import pandas as pd


def _codes(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Five-digit codes; the classification's older, shorter codes drop out."""
    code = frame["sic_code"].fillna("").str.strip().str.zfill(5)
    described = frame.assign(sic_code=code, description=frame["description"].fillna("").str.strip())
    return described[code.str.fullmatch(r"\d{5}") & described["description"].ne("")]


def _condensed_list(frame: "pd.DataFrame") -> "pd.DataFrame":
    return _codes(frame.rename(columns={"SIC Code": "sic_code", "Description": "description"}))


def _versioned(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Of a list of several versions of the classification the rows of 2007."""
    current = frame[frame["sic_version"].eq("SIC 2007")]
    return _codes(current.rename(columns={"sic_description": "description"}))


LAYOUTS: tuple[Layout, ...] = (
    Layout("our own industries", "sic_codes", 0, has("sic_code", "description"), _codes, is_whole=True),
    Layout("Companies House condensed SIC list", "sic_codes", 1,
           has("SIC Code", "Description"), _condensed_list, encodings=("utf-8-sig", "cp1252")),
    Layout("SIC codes with sections", "sic_codes", 2,
           has("sic_code", "sic_description", "sic_version"), _versioned),
)  # fmt: skip
