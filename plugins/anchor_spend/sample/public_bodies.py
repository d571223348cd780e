"""Public bodies of the sample: the publishing bodies themselves, and invented ones that they pay.

Out: organisations with aliases, and their register in the columns of reference.public_bodies. Only the
publishing bodies and HM Revenue and Customs are real; their payments here are not.
"""

import numpy as np
import pandas as pd

from anchor_spend.registers import LIST_SEPARATOR
from anchor_spend.sample import words
from anchor_spend.sample.places import GROUP_SHARES, OFFICES
from anchor_spend.sample.spelling import Organisation
from anchor_spend.sample.vocabulary import COUNTED

PUBLIC_BODY_COLUMNS = [
    "entity_id", "body_name", "body_type", "aliases", "postcode", "publisher_id", "valid_from", "valid_to",
]  # fmt: skip
_PUBLISHERS = {
    "luton_borough_council": (
        "GB-LAE-LUT", "council", ("Luton Borough Council", "Luton BC", "Luton Council"),
    ),
    "central_bedfordshire_council": (
        "GB-LAE-CBF", "council",
        ("Central Bedfordshire Council", "Central Bedfordshire C", "Central Beds Council"),
    ),
    "bedford_borough_council": (
        "GB-LAE-BDF", "council", ("Bedford Borough Council", "Bedford BC", "Bedford Borough Cncl"),
    ),
    "luton_and_dunstable_university_hospital": (
        "GB-NHS-RC9",
        "nhs_trust",
        (
            "Luton and Dunstable University Hospital NHS Foundation Trust",
            "Luton & Dunstable Hospital",
            "L&D Hospital NHS FT",
        ),
    ),
    "bedfordshire_police": (
        "GB-PFA-E23000026",
        "police",
        ("Bedfordshire Police", "PCC for Bedfordshire", "Beds Police and Crime Comm"),
    ),
    "university_of_bedfordshire": (
        "GB-UKPRN-10007152", "university", ("University of Bedfordshire", "Univ of Bedfordshire"),
    ),
    "bedfordshire_fire_and_rescue_authority": (
        "GB-ANCHOR-bedfordshire_fire_and_rescue_authority", "fire",
        ("Bedfordshire Fire and Rescue Authority", "Beds Fire and Rescue"),
    ),
    "bedford_hospital": ("GB-NHS-RC1", "nhs_trust", ("Bedford Hospital NHS Trust", "Bedford Hospital")),
    "luton_clinical_commissioning_group": (
        "GB-NHS-06P", "nhs_commissioner", ("NHS Luton Clinical Commissioning Group", "NHS Luton CCG"),
    ),
    "bedfordshire_clinical_commissioning_group": (
        "GB-NHS-06F", "nhs_commissioner",
        ("NHS Bedfordshire Clinical Commissioning Group", "Bedfordshire CCG"),
    ),
    "cranfield_university": ("GB-UKPRN-10007822", "university", ("Cranfield University",)),
    "luton_rising": ("GB-COH-02020381", "airport", ("Luton Rising", "London Luton Airport Ltd", "LLAL")),
    "east_london_nhs_foundation_trust": (
        "GB-NHS-RWK", "nhs_trust", ("East London NHS Foundation Trust", "East London NHS FT"),
    ),
    "cambridgeshire_community_services": (
        "GB-NHS-RYV", "nhs_trust", ("Cambridgeshire Community Services NHS Trust", "CCS NHS Trust"),
    ),
    "east_of_england_ambulance_service": (
        "GB-NHS-RYC", "ambulance",
        ("East of England Ambulance Service NHS Trust", "East of England Ambulance"),
    ),
    "london_luton_airport_operations": (
        "GB-COH-03491213", "airport", ("London Luton Airport Operations Limited", "LLAOL"),
    ),
}  # fmt: skip


def pick(values: tuple[str, ...] | list[str], rng: np.random.Generator) -> str:
    return values[int(rng.integers(len(values)))]


def make_public_bodies(by_group: dict[str, list[str]], rng: np.random.Generator) -> list[Organisation]:
    """The publishing bodies that are paid, and the public bodies outside them."""
    bodies = [
        Organisation(
            entity_id, "anchor" if publisher_id in COUNTED else "public_body", "public", names[0], "",
            OFFICES[publisher_id][0], "office",
            aliases=names[1:], body_type=body_type, publisher_id=publisher_id,
        )
        for publisher_id, (entity_id, body_type, names) in _PUBLISHERS.items()
    ]  # fmt: skip
    named = [
        ("GB-GOR-D25", "tax_authority", "HM Revenue and Customs", ("HMRC", "HM Revenue & Customs"), "far"),
        ("GB-MPR-ZZ1", "pension_fund", "Chiltern Vale Pension Fund", ("Chiltern Vale PF",), "bedford"),
        ("GB-GOR-ZZ2", "pension_fund", "National Teaching Pensions Board", ("Teaching Pensions",), "far"),
        ("GB-GOR-ZZ3", "government", "Public Works Lending Board", ("PW Lending Board",), "far"),
        (
            "GB-LAE-ZZD",
            "drainage_board",
            "Ouzel and Ivel Drainage Board",
            ("O&I Drainage Board",),
            "mk_central",
        ),
        ("GB-NHS-ZZ9", "nhs_commissioner", "Eastmarch Commissioning Group", ("Eastmarch CCG",), "luton"),
        ("GB-GOR-ZZ4", "government", "National Clinical Supplies Agency", ("NCS Agency",), "far"),
        ("GB-GOR-ZZ5", "government", "Public Risk Pool Authority", ("Risk Pool Authority",), "far"),
    ]
    bodies += [
        _outside(entity_id, body_type, name, aliases, group, by_group, rng)
        for entity_id, body_type, name, aliases, group in named
    ]
    return bodies + _families(by_group, rng)


def _families(by_group: dict[str, list[str]], rng: np.random.Generator) -> list[Organisation]:
    """Invented councils, forces, hospitals, parishes and schools, named after invented towns."""
    towns = [words.TOWNS[i] for i in rng.permutation(len(words.TOWNS))]
    home = [group for group in GROUP_SHARES if group not in ("near", "far", "lu_herts", "lu_bucks")]
    made: list[tuple[str, str, str, tuple[str, ...], str]] = []
    for number, town in enumerate(towns):
        group = pick(home, rng)
        if number < 9:
            kind, ident = (("council", "LAE"), ("police", "PFA"), ("nhs_trust", "NHS"))[number % 3]
            word = {"council": "County Council", "police": "Constabulary", "nhs_trust": "Hospital NHS Trust"}
            name, group = f"{town} {word[kind]}", pick(["near", "far"], rng)
            made.append((f"GB-{ident}-ZY{number}", kind, name, (name.replace("County ", ""),), group))
        elif number < 20:
            name = f"{town} Parish Council"
            made.append((f"GB-LAE-ZX{number}", "parish_council", name, (f"{town} PC",), group))
        else:
            for index, kind_name in enumerate(words.SCHOOL_KINDS):
                entity_id = f"GB-EDU-99{number:02d}{index:02d}"
                made.append((entity_id, "school", f"{town} {kind_name}", (), pick(home, rng)))
    return [_outside(*row, by_group, rng) for row in made]


def _outside(
    entity_id: str,
    body_type: str,
    name: str,
    aliases: tuple[str, ...],
    group: str,
    by_group: dict[str, list[str]],
    rng: np.random.Generator,
) -> Organisation:
    return Organisation(
        entity_id, "public_body", "public", name, "", pick(by_group[group], rng), group,
        aliases=tuple(alias for alias in aliases if alias != name), body_type=body_type,
    )  # fmt: skip


def public_register(bodies: list[Organisation]) -> pd.DataFrame:
    rows = [
        (
            item.entity_id, item.base, item.body_type, LIST_SEPARATOR.join(item.aliases), item.postcode,
            item.publisher_id, "2009-04-01", "",
        )
        for item in bodies
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=PUBLIC_BODY_COLUMNS)
