"""Postcode registers: the National Statistics Postcode Lookup of any year, and smaller ones."""

import re
from typing import TYPE_CHECKING

from anchor_spend.registers.layout import OGL, Layout, canonical_postcodes, has

if TYPE_CHECKING:
    import pandas as pd

_OS = OGL + "; contains OS data"
# The National Statistics Postcode Lookup writes the year of a boundary into its headers.
_NSPL = {
    "postcode": r"pcds",
    "authority_code": r"lad\d\dcd|laua|oslaua",
    "region_code": r"rgn\d\dcd|rgn|gor",
    "ward_code": r"wd\d\dcd|ward|osward",
    "lsoa_code": r"lsoa21cd|lsoa21",
    "easting": r"east1m|oseast1m",
    "northing": r"north1m|osnrth1m",
    "terminated_on": r"doterm",
    "quality": r"gridind|osgrdind",
}


def _postcodes(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Canonical postcodes and real area codes; rows whose postcode has no such shape drop out."""
    postcode = canonical_postcodes(frame["postcode"])
    frame = frame.assign(postcode=postcode)[postcode.ne("")]
    codes = [name for name in ("authority_code", "region_code", "ward_code", "lsoa_code") if name in frame]
    pseudo = r"^[A-Z]99999999$|^[LM]\d{8}$"  # "not in this country", Channel Islands, Isle of Man
    return frame.assign(
        **{name: frame[name].fillna("").str.replace(pseudo, "", regex=True) for name in codes}
    )


def _codepoint(frame: "pd.DataFrame") -> "pd.DataFrame":
    has_position = frame["positional_quality"].astype("int") < 90
    metres = {name: frame[name].astype("str").where(has_position, "") for name in ("easting", "northing")}
    renamed = frame.rename(columns={"lad_code": "authority_code"})
    return _postcodes(renamed.assign(**metres))


def _derived_postcodes(frame: "pd.DataFrame") -> "pd.DataFrame":
    names = {"lad_code": "authority_code", "ward25": "ward_code", "lsoa21": "lsoa_code"}
    return _postcodes(frame.rename(columns=names))


def _is_nspl(header: frozenset[str]) -> bool:
    return "pcds" in header and any(re.fullmatch(_NSPL["authority_code"], name) for name in header)


def _nspl(frame: "pd.DataFrame") -> "pd.DataFrame":
    ours = {
        name: ours
        for name in map(str, frame)
        for ours, pattern in _NSPL.items()
        if re.fullmatch(pattern, name)
    }
    frame = frame.rename(columns=ours)
    terminated = frame["terminated_on"].str.replace(r"^(\d{4})(\d\d)$", r"\1-\2-01", regex=True)
    no_position = frame["quality"].eq("9") if "quality" in frame else frame["easting"].eq("")
    metres = {name: frame[name].mask(no_position, "") for name in ("easting", "northing")}
    return _postcodes(frame.assign(terminated_on=terminated, **metres))


LAYOUTS: tuple[Layout, ...] = (
    Layout("our own postcodes", "postcodes", 0,
           has("postcode", "authority_code", "lsoa_code"), _postcodes, is_whole=True),
    Layout("National Statistics Postcode Lookup", "postcodes", 1,
           _is_nspl, _nspl, "|".join(_NSPL.values()), _OS + " and Royal Mail data",
           at_least=1_000_000),  # about 2.7 million, terminated ones among them
    Layout("postcodes derived from boundaries", "postcodes", 2,
           has("postcode", "lad_code", "lsoa21", "ward25"), _derived_postcodes, licence=_OS),
    Layout("Code-Point Open", "postcodes", 3,
           has("postcode", "positional_quality", "lad_code", "ward_code"), _codepoint, licence=_OS),
)  # fmt: skip
