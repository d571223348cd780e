"""The plans of health bodies: a hospital, the commissioners, and trusts that work beyond the county."""

from anchor_spend.sample.plans import Body, Transfer
from anchor_spend.sample.vocabulary import (
    AMBULANCE,
    BEDFORD_HOSPITAL,
    BEDFORDSHIRE_CCG,
    COMMUNITY_SERVICES,
    EAST_LONDON,
    HOSPITAL,
    LUTON,
    LUTON_CCG,
)

_HOSPITAL_TRADES = {"medical": 6.0, "staffing": 4.0, "facilities": 2.0, "software": 2.0, "care": 0.2}
_COMMISSIONER_TRADES = {"care": 4.0, "medical": 4.0, "voluntary": 2.0, "construction": 0.1, "catering": 0.1}

HEALTH_PLANS = (
    Body(
        BEDFORD_HOSPITAL, 55, 110, 44.0, 0.17, 25_000, 1_100_000, 0.01, _HOSPITAL_TRADES,
        {"bedford": 0.8, "luton": 0.2, "far": 3.2, "near": 1.5},
        (
            Transfer("inter_anchor", "NHS Bodies", HOSPITAL, 1, 2.4),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 3, 5.0),
            Transfer("other_public_body", "Government Agencies", "government", 2, 6.0),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 15.0),
            Transfer("tax_and_pensions", "Pension Fund", "GB-GOR-ZZ2", 1, 9.0),
            Transfer("individual_or_redacted", "Payments to Individuals", "redacted", 0.4, 0.15),
        ),
        postcode_share=0.6, words="hospital",
    ),
    Body(
        LUTON_CCG, 30, 60, 17.5, 0.31, 25_000, 900_000, 0.01, _COMMISSIONER_TRADES,
        {"luton": 0.9, "dunstable": 0.5, "bedford": 0.2, "far": 3.0, "near": 1.5},
        (
            Transfer("inter_anchor", "NHS Bodies", HOSPITAL, 2, 92.0),
            Transfer("inter_anchor", "Other Local Authorities", LUTON, 1, 9.0),
            Transfer("other_public_body", "NHS Bodies", EAST_LONDON, 1, 32.0),
            Transfer("other_public_body", "NHS Bodies", COMMUNITY_SERVICES, 1, 20.0),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 4, 12.0),
            Transfer("individual_or_redacted", "Personal Health Budgets", "redacted", 0.5, 0.3),
        ),
        words="commissioner",
    ),
    Body(
        BEDFORDSHIRE_CCG, 48, 90, 27.2, 0.36, 25_000, 1_000_000, 0.01, _COMMISSIONER_TRADES,
        {"bedford": 2.5, "mk_central": 2.0, "sg_central": 2.0, "dunstable": 1.5},
        (
            Transfer("inter_anchor", "NHS Bodies", BEDFORD_HOSPITAL, 2, 112.0),
            Transfer("inter_anchor", "NHS Bodies", HOSPITAL, 1, 60.0),
            Transfer("other_public_body", "NHS Bodies", EAST_LONDON, 1, 40.0),
            Transfer("other_public_body", "NHS Bodies", AMBULANCE, 1, 14.0),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 5, 30.0),
            Transfer("individual_or_redacted", "Personal Health Budgets", "redacted", 0.5, 0.3),
        ),
        postcode_share=0.4, words="commissioner",
    ),
    Body(
        EAST_LONDON, 48, 90, 62.0, 0.06, 25_000, 1_200_000, 0.01, _HOSPITAL_TRADES,
        {"far": 8.0, "near": 3.0, "luton": 0.2, "bedford": 0.2, "dunstable": 0.1},
        (
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 3, 9.0),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 40.0),
        ),
        postcode_share=0.5, words="hospital",
    ),
    Body(
        COMMUNITY_SERVICES, 20, 45, 16.0, 0.08, 25_000, 600_000, 0.0, _HOSPITAL_TRADES,
        {"near": 6.0, "far": 4.0, "luton": 0.3, "bedford": 0.3},
        (
            Transfer("inter_anchor", "NHS Bodies", HOSPITAL, 1, 1.4),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 2, 4.0),
        ),
        words="hospital",
    ),
    Body(
        AMBULANCE, 24, 50, 30.0, 0.05, 25_000, 900_000, 0.01, {"transport": 6.0, "medical": 3.0, "care": 0.1},
        {"near": 6.0, "far": 4.0, "luton": 0.2, "bedford": 0.2, "dunstable": 0.1},
        (
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 1, 1.5),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 30.0),
        ),
        words="hospital",
    ),
)  # fmt: skip
