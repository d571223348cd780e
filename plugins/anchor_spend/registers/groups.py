"""Groups that registers and reviewed lists put organisations into: schools of a trust, charities that merged
or registered anew, councils that took over, federations of charities.

A group is shown beside the figures and moves none of them. Left out: mergers of a charity's own linked
charities, which are one charity already, and councils replaced by several.
"""

import re
from typing import TYPE_CHECKING

from anchor_spend.registers.authorities import AUTHORITY_PREFIXES
from anchor_spend.registers.layout import Layout, has
from anchor_spend.resolution.identifiers import charity_id

if TYPE_CHECKING:
    import pandas as pd

_SCHOOL_GROUPS = ("Trusts", "Federations")


def _linked(frame: "pd.DataFrame", basis: str, confidence: str, source: str) -> "pd.DataFrame":
    """Rows with both ends, as group links; a link to itself says nothing."""
    linked = frame.assign(
        basis=basis,
        confidence=confidence,
        source=source,
        link_id=frame["member_entity_id"] + " > " + frame["group_entity_id"] + " " + basis,
    )
    is_whole = linked["member_entity_id"].ne("") & linked["group_entity_id"].ne("")
    return linked[is_whole & (linked["member_entity_id"] != linked["group_entity_id"])]


def _charity_ids(numbers: "pd.Series[str]") -> "pd.Series[str]":
    known = {number: charity_id(number) for number in numbers.unique()}
    return numbers.map(known)


def _own(frame: "pd.DataFrame") -> "pd.DataFrame":
    links = frame["member_entity_id"] + " > " + frame["group_entity_id"] + " " + frame["basis"]
    return frame.assign(link_id=links)


def _school_groups(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Academy trusts and federations of schools, by the register's own ids of groups."""
    import pandas as pd

    def links(kind: str) -> pd.DataFrame:
        code = frame[f"{kind} (code)"].fillna("").str.strip()
        named = frame.assign(
            member_entity_id="GB-EDU-" + frame["URN"].str.strip(),
            group_entity_id=("gias-group-" + code).where(code.str.fullmatch(r"[1-9]\d*"), ""),
            group_name=frame[f"{kind} (name)"].fillna("").str.strip(),
        )
        return _linked(named, "school_group", "stated", "Get Information About Schools")

    return pd.concat([links(kind) for kind in _SCHOOL_GROUPS], ignore_index=True)


def _replaced_councils(frame: "pd.DataFrame") -> "pd.DataFrame":
    prefix = frame["nation"].map(AUTHORITY_PREFIXES)
    successor = frame["replaced-by"].fillna("").str.strip()
    named = frame.assign(
        member_entity_id=prefix + frame["local-authority-code"],
        group_entity_id=(prefix + successor).where(successor.str.fullmatch(r"[A-Z]{2,4}"), ""),
    )
    return _linked(named, "succession", "stated", "register of local authorities")


def _mergers(frame: "pd.DataFrame") -> "pd.DataFrame":
    ends = ("transferor", "transferee")
    is_whole = frame["transferor_subno"].isin(["0", ""]) & frame["transferee_subno"].isin(["0", ""])
    merged = frame[is_whole]
    member, group = (_charity_ids(merged[f"{end}_regno"].fillna("").str.strip()) for end in ends)
    named = merged.assign(
        member_entity_id=member, group_entity_id=group, group_name=merged["transferee_name"].str.strip()
    )
    return _linked(named, "merger", "stated", "Charity Commission register of mergers")


def _registered_anew(frame: "pd.DataFrame") -> "pd.DataFrame":
    named = frame.assign(
        member_entity_id=_charity_ids(frame["Old charity number"].fillna("").str.strip()),
        group_entity_id=_charity_ids(frame["New charity number"].fillna("").str.strip()),
        group_name=frame["Name"].str.strip(),
    )
    return _linked(named, "succession", "likely", "list of charities registered anew")


def _federations(frame: "pd.DataFrame") -> "pd.DataFrame":
    names = {name: re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") for name in frame["type"].unique()}
    named = frame.assign(
        member_entity_id=_charity_ids(frame["reg_number"].fillna("").str.strip()),
        group_entity_id="federation-" + frame["type"].map(names),
        group_name=frame["type"].str.strip(),
    )
    return _linked(named, "federation", "likely", "list of federated charities")


LAYOUTS: tuple[Layout, ...] = (
    Layout("our own groups", "group_links", 0,
           has("member_entity_id", "group_entity_id", "group_name", "basis", "confidence", "source"), _own),
    Layout("groups of schools", "group_links", 1,
           has("URN", "Trusts (code)", "Trusts (name)", "Federations (code)", "Federations (name)"),
           _school_groups, r"URN|(?:Trusts|Federations) \((?:code|name)\)", encodings=("cp1252",)),
    Layout("councils that were replaced", "group_links", 2,
           has("local-authority-code", "replaced-by", "nation"), _replaced_councils),
    Layout("charities that merged", "group_links", 3,
           has("transferor_regno", "transferor_subno", "transferee_regno", "transferee_subno"), _mergers),
    Layout("charities registered anew", "group_links", 4,
           has("Old charity number", "New charity number", "Name"), _registered_anew),
    Layout("federated charities", "group_links", 5, has("type", "reg_number", "name"), _federations),
)  # fmt: skip
