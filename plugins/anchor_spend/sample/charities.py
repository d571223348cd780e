"""The sample's registers of charities and mutual societies, and its list of industries.

In: the companies of the sample. Out: the registers in the columns of the reference tables. Some companies are
charities as well, under a number of their own; the other charities and the mutual societies are paid by
nobody, and are there to be told apart from those that are.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from anchor_spend.registers import COLUMNS
from anchor_spend.sample.public_bodies import pick
from anchor_spend.sample.spelling import Organisation

INDUSTRIES = {
    "35140": "Trade of electricity",
    "41201": "Construction of commercial buildings",
    "46460": "Wholesale of pharmaceutical goods",
    "46499": "Wholesale of household goods",
    "49390": "Passenger land transport",
    "56290": "Catering by contract",
    "62012": "Business software development",
    "64191": "Banks",
    "70229": "Management consultancy",
    "78200": "Temporary employment agencies",
    "81210": "General cleaning of buildings",
    "85590": "Other education",
    "87300": "Residential care for the elderly and disabled",
    "88990": "Other social work without accommodation",
}
_UNPAID_CHARITIES, _UNPAID_SOCIETIES = 60, 20


def industry_list() -> pd.DataFrame:
    """The industries that companies of the sample state."""
    return pd.DataFrame(INDUSTRIES.items(), columns=COLUMNS["sic_codes"])


def charity_register(
    organisations: list[Organisation],
    roots: Iterator[str],
    by_group: dict[str, list[str]],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Charities of England and Wales, and mutual societies, by their ids."""
    rows = [*_charitable_companies(organisations), *_unpaid(roots, by_group, rng)]
    blank = dict.fromkeys(COLUMNS["organisations"], "")
    frame = pd.DataFrame([blank | row for row in rows])
    return frame.sort_values("entity_id", ignore_index=True)


def _charitable_companies(organisations: list[Organisation]) -> Iterator[dict[str, str]]:
    """Limited companies of the voluntary sector: under one number here, under another at Companies House."""
    charitable = (
        item
        for item in organisations
        if item.trade == "voluntary" and item.kind == "company" and item.legal_form == "Limited"
    )
    for number, item in enumerate(charitable):
        yield _charity(f"GB-CHC-99{number:05d}", item.register_name, "Charitable company") | {
            "company_number": item.numbers[0]
        }


def _unpaid(
    roots: Iterator[str], by_group: dict[str, list[str]], rng: np.random.Generator
) -> Iterator[dict[str, str]]:
    for number in range(_UNPAID_CHARITIES):
        row = _charity(f"GB-CHC-98{number:05d}", f"{next(roots)} Relief Fund".upper(), "Trust")
        yield row | {"postcode": pick(by_group["far"], rng)}
    for number in range(_UNPAID_SOCIETIES):
        row = _charity(
            f"GB-MPR-9{number:03d}", f"{next(roots)} Housing Society Limited", "Community Benefit Society"
        )
        yield row | {"register": "fca_mutuals", "postcode": pick(by_group["far"], rng)}


def _charity(entity_id: str, name: str, legal_form: str) -> dict[str, str]:
    return {
        "entity_id": entity_id,
        "register": "ccew",
        "organisation_name": name,
        "legal_form": legal_form,
        "status": "Registered",
    }
