"""Councils and government: local authorities of the four nations, and central government organisations."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from anchor_spend.registers.layout import LIST_SEPARATOR, Layout, has, same_columns

if TYPE_CHECKING:
    import pandas as pd

AUTHORITY_PREFIXES = {
    "England": "GB-LAE-",
    "Scotland": "GB-LAS-",
    "Wales": "GB-PLA-",
    "Northern Ireland": "GB-LANI-",
}
_BODY_WORD = r"\b(?:council|authority|corporation|comhairle|borough of|county of|city of)\b"


def _local_authorities(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Alternative names count where they say that they are a body's: 'Luton' alone may be anyone's."""
    parts = frame["alt-names"].str.split(",")
    named = [[name.strip() for name in cell if re.search(_BODY_WORD, name, re.IGNORECASE)] for cell in parts]
    return frame.assign(
        entity_id=frame["nation"].map(AUTHORITY_PREFIXES) + frame["local-authority-code"],
        body_name=frame["official-name"],
        body_type="council",
        aliases=[LIST_SEPARATOR.join(cell) for cell in named],
        valid_from=frame["start-date"],
        valid_to=frame["end-date"],
    )


def _authorities(prefix: str) -> Callable[["pd.DataFrame"], "pd.DataFrame"]:
    """The GOV.UK registers of one nation's authorities; `key` is their code."""

    def convert(frame: "pd.DataFrame") -> "pd.DataFrame":
        return frame.assign(
            entity_id=prefix + frame["key"],
            body_name=frame["official-name"] if "official-name" in frame else frame["name"],
            body_type="council",
            valid_from=frame["start-date"],
            valid_to=frame["end-date"],
        )

    return convert


def _government(frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame.assign(
        entity_id="GB-GOR-" + frame["government-organisation"],
        body_name=frame["name"],
        body_type="government",
        valid_from=frame["start-date"],
        valid_to=frame["end-date"],
    )


LAYOUTS: tuple[Layout, ...] = (
    Layout("our own public bodies", "public_bodies", 0,
           has("entity_id", "body_name", "body_type"), same_columns, is_whole=True),
    Layout("UK local authorities", "public_bodies", 1,
           has("local-authority-code", "official-name", "alt-names"), _local_authorities),
    Layout("register of English authorities", "public_bodies", 2,
           has("local-authority-eng", "start-date"), _authorities("GB-LAE-")),
    Layout("register of Scottish authorities", "public_bodies", 2,
           has("local-authority-sct", "start-date"), _authorities("GB-LAS-")),
    Layout("register of Welsh authorities", "public_bodies", 2,
           has("principal-local-authority", "start-date"), _authorities("GB-PLA-")),
    Layout("register of Northern Irish authorities", "public_bodies", 2,
           has("local-authority-nir", "start-date"), _authorities("GB-LANI-")),
    Layout("government organisations", "public_bodies", 5,
           has("government-organisation", "name"), _government),
)  # fmt: skip
