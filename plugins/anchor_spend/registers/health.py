"""The NHS: files of the Organisation Data Service (without a header, 27 columns), and integrated care boards.

Practices of GPs are private partnerships that the NHS pays; they are kept so that a payment to one is known
as such, but for those that go by a doctor's own name: persons are never named.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from anchor_spend.registers.layout import Layout, never

if TYPE_CHECKING:
    import pandas as pd

GP_PRACTICE = "gp_practice"
_IS_GP_PRACTICE = "4"  # prescribing setting, column 26; the others are clinics, prisons, care homes ...
_PRACTICE_WORD = (
    r"(?i)\b(?:surger(?:y|ies)|practices?|medical|health(?:care)?|clinic|gp|doctors|partnership)\b"
)
_DOCTORS_NAME = r"(?i)\b(?:drs?|professor|mrs?|ms)\b"


def _named(columns: "pd.DataFrame") -> "pd.DataFrame":
    """Code, name, ..., postcode (column 10), opened, closed (YYYYMMDD)."""
    frame = columns.set_axis([f"column_{number}" for number in range(1, len(columns.columns) + 1)], axis=1)
    opened, closed = (
        frame[name].str.replace(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", regex=True)
        for name in ("column_11", "column_12")
    )
    return frame.assign(
        entity_id="GB-NHS-" + frame["column_1"],
        body_name=frame["column_2"],
        postcode=frame["column_10"],
        valid_from=opened,
        valid_to=closed,
    )


def _ods(body_type: str) -> Callable[["pd.DataFrame"], "pd.DataFrame"]:
    return lambda frame: _named(frame).assign(body_type=body_type)


def _gp_practices(frame: "pd.DataFrame") -> "pd.DataFrame":
    practices = _named(frame).assign(body_type=GP_PRACTICE)
    name = practices["body_name"]
    is_known = name.str.contains(_PRACTICE_WORD) & ~name.str.contains(_DOCTORS_NAME)
    return practices[practices["column_26"].eq(_IS_GP_PRACTICE) & is_known]


def _integrated_care_boards(frame: "pd.DataFrame") -> "pd.DataFrame":
    code, name = (
        next(name for name in map(str, frame) if re.fullmatch(pattern, name))
        for pattern in (r"ICB\d\dCDH", r"ICB\d\dNM")
    )
    return frame.assign(
        entity_id="GB-NHS-" + frame[code], body_name=frame[name], body_type="nhs_commissioner"
    )


def _is_icb_list(header: frozenset[str]) -> bool:
    return any(re.fullmatch(r"ICB\d\dCDH", name) for name in header)


def _ods_layout(
    report: str, name: str, convert: Callable[["pd.DataFrame"], "pd.DataFrame"], at_least: int = 0
) -> Layout:
    title, file_name = f"{name} (ODS {report})", f"{report}.csv"
    return Layout(
        title, "public_bodies", 3, never, convert, headerless=file_name, columns=27, at_least=at_least
    )


# a report of a handful of bodies has no size to expect: it changes with each reorganisation
LAYOUTS: tuple[Layout, ...] = (
    _ods_layout("etr", "NHS trusts", _ods("nhs_trust"), 200),  # 273 in 2024
    _ods_layout("ect", "NHS care trusts", _ods("nhs_trust")),
    _ods_layout("eccg", "NHS commissioners", _ods("nhs_commissioner"), 100),  # 320, with closed ones
    _ods_layout("espha", "special health authorities", _ods("nhs_other")),
    _ods_layout("ecsu", "commissioning support units", _ods("nhs_other")),
    _ods_layout("ensa", "NHS support agencies", _ods("nhs_other")),
    _ods_layout("wlhb", "Welsh local health boards", _ods("nhs_trust"), 7),  # one for each part of Wales
    _ods_layout("epraccur", "GP practices", _gp_practices, 10_000),  # 14,303, closed ones among them
    Layout("integrated care boards", "public_bodies", 4, _is_icb_list, _integrated_care_boards),
)
