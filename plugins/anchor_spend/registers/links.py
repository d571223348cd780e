"""What ties an organisation to its entries elsewhere: company numbers, ids in other registers, other names.

In: files of links and of other names. Out: Links, held in memory (some hundred thousand short texts), and
rows of charities and mutual societies completed with them. What a register says itself goes before a link.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from anchor_spend.registers.charities import charity_ids, list_item
from anchor_spend.registers.layout import (
    LIST_SEPARATOR,
    Layout,
    company_numbers,
    has,
)

if TYPE_CHECKING:
    import pandas as pd


class Links(NamedTuple):
    """By org-id: the number at Companies House, ids in other registers, other names."""

    company_numbers: dict[str, str]
    other_ids: dict[str, list[str]]
    other_names: dict[str, list[str]]


def gather(frames: "Iterable[pd.DataFrame]") -> Links:
    """All links of some files; of two company numbers the first counts."""
    links = Links({}, defaultdict(list), defaultdict(list))
    for frame in frames:
        for entity_id, number, other_id, other_name in frame.itertuples(index=False):
            if number:
                links.company_numbers.setdefault(entity_id, number)
            if other_id and other_id not in links.other_ids[entity_id]:
                links.other_ids[entity_id].append(other_id)
            if other_name and other_name not in links.other_names[entity_id]:
                links.other_names[entity_id].append(other_name)
    return links


def complete(frame: "pd.DataFrame", links: Links) -> "pd.DataFrame":
    """Rows of organisations with what links say of them."""
    ids = frame["entity_id"]
    number = [
        own or links.company_numbers.get(key, "")
        for own, key in zip(frame["company_number"], ids, strict=True)
    ]
    return frame.assign(
        company_number=number,
        other_ids=_extended(frame["other_ids"], ids, links.other_ids),
        other_names=_extended(frame["other_names"], ids, links.other_names),
    )


def _extended(texts: "pd.Series[str]", ids: "pd.Series[str]", added: dict[str, list[str]]) -> list[str]:
    return [
        LIST_SEPARATOR.join(dict.fromkeys(part for part in (text, *added.get(key, ())) if part))
        for text, key in zip(texts, ids, strict=True)
    ]


def _commission_names(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Working and previous names."""
    numbers = charity_ids("GB-CHC-", frame["registered_charity_number"], frame["linked_charity_number"])
    return frame.assign(entity_id=numbers, other_name=list_item(frame["charity_name"]))


def _alternative_names(frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame.assign(entity_id=frame["org_id"], other_name=list_item(frame["alternative_name"]))


def _companies(frame: "pd.DataFrame") -> "pd.DataFrame":
    number = company_numbers(frame["org_id_b"].str.removeprefix("GB-COH-"))
    return frame.assign(entity_id=frame["org_id_a"], company_number=number)


def _society_companies(frame: "pd.DataFrame") -> "pd.DataFrame":
    return _companies(frame.rename(columns={"mutual_id": "org_id_a", "company_id": "org_id_b"}))


def _incorporated(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Charitable incorporated organisations under the numbers Companies House gives them."""
    charity = frame["charity_number"].fillna("").str.strip()
    entity_id = ("GB-CHC-" + charity).mask(charity.str.startswith("SC"), "GB-SC-" + charity)
    return frame.assign(entity_id=entity_id, company_number=company_numbers(frame["company_number"]))


def _dual(frame: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    scottish = "GB-SC-" + frame["Scottish Charity Number"].fillna("").str.strip()
    english = "GB-CHC-" + frame["E&W Charity Number"].fillna("").str.strip()
    one_way = pd.DataFrame({"entity_id": scottish, "other_id": english})
    return pd.concat([one_way, one_way.set_axis(["other_id", "entity_id"], axis=1)], ignore_index=True)


LAYOUTS: tuple[Layout, ...] = (
    Layout("Charity Commission other names", "links", 1,
           has("registered_charity_number", "linked_charity_number", "charity_name_type", "charity_name"),
           _commission_names, "registered_charity_number|linked_charity_number|charity_name"),
    Layout("other names of charities", "links", 2, has("org_id", "alternative_name"), _alternative_names),
    Layout("company numbers of charities", "links", 3, has("org_id_a", "org_id_b", "name"), _companies),
    Layout("company numbers of mutual societies", "links", 3,
           has("mutual_id", "company_id", "name"), _society_companies),
    Layout("company numbers of incorporated charities", "links", 4,
           has("company_number", "charity_number"), _incorporated),
    Layout("charities registered twice", "links", 5,
           has("Scottish Charity Number", "E&W Charity Number", "Charity Name (E&W)"), _dual),
)  # fmt: skip
