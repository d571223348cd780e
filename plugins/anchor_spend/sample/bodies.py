"""The plans of the councils, the police, the university and a hospital, and of every other body together.

Figures are believable and invented; the ones the procurement strategy gives for 2017/18 (about £800m of goods
and services in the county, £238m of it Luton Council's with 25% local) are met.
"""

from anchor_spend.sample.health_bodies import HEALTH_PLANS
from anchor_spend.sample.partner_bodies import PARTNER_PLANS
from anchor_spend.sample.plans import Body, Transfer
from anchor_spend.sample.vocabulary import (
    BEDFORD,
    CENTRAL,
    FIRE,
    HOSPITAL,
    LUTON,
    LUTON_RISING,
    POLICE,
    UNIVERSITY,
)

_COUNCIL_TRADES = {"care": 1.5, "construction": 1.2, "transport": 1.2, "medical": 0.6, "voluntary": 1.2}

_COUNTY_PLANS = (
    Body(
        LUTON, 800, 560, 237.4, 0.25, 250, 1_400_000, 0.022, _COUNCIL_TRADES,
        {"luton": 2.2, "lu_central": 2.0, "dunstable": 1.5, "lu_herts": 2.0, "bedford": 0.5},
        (
            Transfer("precept_or_levy", "Precepts", POLICE, 1, 9.6),
            Transfer("precept_or_levy", "Precepts", FIRE, 1, 5.2),
            Transfer("precept_or_levy", "Drainage Board Levies", "drainage_board", 0.2, 0.2),
            Transfer("inter_anchor", "Other Local Authorities", CENTRAL, 3, 1.9),
            Transfer("inter_anchor", "Other Local Authorities", BEDFORD, 2, 0.9),
            Transfer("inter_anchor", "NHS Bodies", HOSPITAL, 2, 1.8),
            Transfer("inter_anchor", "Staff Training", UNIVERSITY, 1, 0.3),
            Transfer("other_public_body", "Schools and Academies", "school", 34, 58.0),
            Transfer("other_public_body", "Other Local Authorities", "council", 4, 2.4),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 3, 4.6),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 2, 19.0),
            Transfer("tax_and_pensions", "Pension Fund Contributions", "GB-MPR-ZZ1", 1, 13.0),
            Transfer("tax_and_pensions", "Teachers Pensions", "GB-GOR-ZZ2", 1, 4.0),
            Transfer("treasury_and_banking", "Investments", "bank", 8, 30.0),
            Transfer("treasury_and_banking", "Loan Repayments", "GB-GOR-ZZ3", 1, 6.0),
            Transfer("treasury_and_banking", "Bank Charges", "bank", 2, 0.09),
            Transfer("treasury_and_banking", "Purchase Card Payments", "bank", 1, 0.6),
            Transfer("inter_anchor", "Economic Development", LUTON_RISING, 0.5, 0.4),
            Transfer("grant", "Grants to Voluntary Bodies", "voluntary", 9, 4.6),
            Transfer("grant", "Community Grants", "voluntary", 4, 0.5),
            Transfer("individual_or_redacted", "Foster Carer Allowances", "redacted", 38, 3.9),
            Transfer("individual_or_redacted", "Direct Payments to Clients", "redacted", 12, 1.0),
            Transfer("individual_or_redacted", "Payments to Individuals", "person", 3, 0.1),
        ),
        words="council",
    ),
    Body(
        CENTRAL, 600, 560, 165.3, 0.31, 250, 1_300_000, 0.055, _COUNCIL_TRADES,
        {
            "luton": 0.6, "dunstable": 2.2, "leighton": 2.2,
            "sg_central": 2.4, "mk_central": 2.2, "cranfield": 2.0,
        },
        (
            Transfer("precept_or_levy", "Precepts", POLICE, 1, 17.4),
            Transfer("precept_or_levy", "Precepts", FIRE, 1, 9.9),
            Transfer("precept_or_levy", "Parish Precepts", "parish_council", 5, 8.0),
            Transfer("precept_or_levy", "Drainage Board Levies", "drainage_board", 0.2, 0.8),
            Transfer("inter_anchor", "Other Local Authorities", BEDFORD, 5, 4.9),
            Transfer("inter_anchor", "Other Local Authorities", LUTON, 3, 1.6),
            Transfer("inter_anchor", "NHS Bodies", HOSPITAL, 1, 0.8),
            Transfer("other_public_body", "Schools and Academies", "school", 40, 88.0),
            Transfer("other_public_body", "Other Local Authorities", "council", 6, 3.6),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 3, 5.1),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 2, 17.0),
            Transfer("tax_and_pensions", "Pension Fund", "GB-MPR-ZZ1", 1, 14.0),
            Transfer("treasury_and_banking", "Investments", "bank", 9, 36.0),
            Transfer("treasury_and_banking", "Loan Interest", "GB-GOR-ZZ3", 1, 5.0),
            Transfer("treasury_and_banking", "Purchase Card Payments", "bank", 1, 0.5),
            Transfer("grant", "Grants to Voluntary Bodies", "voluntary", 8, 4.1),
            Transfer("individual_or_redacted", "Foster Carer Allowances", "redacted", 110, 7.2),
            Transfer("individual_or_redacted", "Direct Payments to Clients", "redacted", 80, 8.5),
            Transfer("individual_or_redacted", "Payments to Individuals", "person", 4, 0.1),
        ),
        words="council",
    ),
    Body(
        BEDFORD, 450, 450, 118.6, 0.34, 250, 1_200_000, 0.06, _COUNCIL_TRADES,
        {"luton": 0.5, "bedford": 3.0, "bedford_edge": 4.0, "mk_central": 1.5, "cranfield": 1.5},
        (
            Transfer("precept_or_levy", "Precepts", POLICE, 1, 10.1),
            Transfer("precept_or_levy", "Precepts", FIRE, 1, 5.6),
            Transfer("precept_or_levy", "Parish Precepts", "parish_council", 3, 1.7),
            Transfer("inter_anchor", "Other Local Authorities", CENTRAL, 4, 4.4),
            Transfer("inter_anchor", "Other Local Authorities", LUTON, 2, 1.2),
            Transfer("inter_anchor", "Staff Training", UNIVERSITY, 1, 0.2),
            Transfer("other_public_body", "Schools and Academies", "school", 26, 50.0),
            Transfer("other_public_body", "Other Local Authorities", "council", 4, 2.2),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 3, 6.0),
            Transfer("tax_and_pensions", "HMRC PAYE and National Insurance", "tax_authority", 2, 12.0),
            Transfer("tax_and_pensions", "Pension Fund Contributions", "GB-MPR-ZZ1", 1, 8.0),
            Transfer("treasury_and_banking", "Investments", "bank", 5, 18.0),
            Transfer("treasury_and_banking", "Loan Repayments", "GB-GOR-ZZ3", 1, 3.0),
            Transfer("treasury_and_banking", "Purchase Card Payments", "bank", 1, 0.4),
            Transfer("grant", "Grants to Voluntary Bodies", "voluntary", 6, 2.7),
            Transfer("individual_or_redacted", "Payments to Individuals", "person", 5, 0.2),
            Transfer("unclassified", "Day Care Services", "blank", 6, 0.35),
            Transfer("unclassified", "Professional Services", "blank", 4, 0.25),
        ),
        words="council", smallest_in_first_year_gbp=1000,
    ),
    Body(
        HOSPITAL, 90, 160, 96.0, 0.13, 25_000, 1_600_000, 0.01,
        {"medical": 6.0, "staffing": 4.0, "facilities": 2.0, "software": 2.0, "care": 0.2, "voluntary": 0.0},
        {"luton": 0.7, "far": 3.2, "near": 1.5, "bedford": 0.25, "dunstable": 0.4},
        (
            Transfer("inter_anchor", "Training and Development", UNIVERSITY, 0.6, 0.5),
            Transfer("inter_anchor", "Building and Engineering Works", LUTON, 0.8, 1.1),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 6, 9.0),
            Transfer("other_public_body", "Government Agencies", "government", 3, 14.0),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 34.0),
            Transfer("tax_and_pensions", "Pension Fund", "GB-GOR-ZZ2", 1, 22.0),
            Transfer("treasury_and_banking", "Loan Repayments", "GB-GOR-ZZ3", 0.5, 4.0),
            Transfer("treasury_and_banking", "Public Dividend Capital", "GB-GOR-ZZ3", 0.2, 3.0),
            Transfer("individual_or_redacted", "Payments to Individuals", "redacted", 0.4, 0.2),
        ),
        postcode_share=0.7, words="hospital",
    ),
    Body(
        POLICE, 190, 200, 27.0, 0.17, 500, 450_000, 0.02,
        {"software": 3.0, "transport": 2.0, "supplies": 2.0, "professional": 2.0, "care": 0.2},
        {"bedford": 1.6, "luton": 0.9, "far": 1.6},
        (
            Transfer("inter_anchor", "Building Works", BEDFORD, 1, 0.5),
            Transfer("inter_anchor", "Training Courses", UNIVERSITY, 1, 0.3),
            Transfer("inter_anchor", "Security Services", LUTON, 1, 0.4),
            Transfer("other_public_body", "Other Police Forces", "police", 8, 11.5),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 15.0),
            Transfer("tax_and_pensions", "Pension Fund", "GB-MPR-ZZ1", 1, 7.0),
            Transfer("treasury_and_banking", "Bank Charges", "bank", 1, 0.02),
            Transfer("treasury_and_banking", "Loan Interest", "GB-GOR-ZZ3", 0.5, 0.6),
            Transfer("grant", "Crime and Disorder Grants", "voluntary", 7, 2.3),
            Transfer("individual_or_redacted", "Payments to Individuals", "redacted", 6, 0.3),
            Transfer("individual_or_redacted", "Payments to Individuals", "person", 2, 0.05),
        ),
        postcode_share=0.55, number_share=0.3, words="police",
    ),
    Body(
        UNIVERSITY, 115, 200, 26.0, 0.29, 100, 700_000, 0.02,
        {"training": 3.0, "facilities": 2.0, "software": 2.0, "supplies": 2.0, "care": 0.1, "voluntary": 0.3},
        {"luton": 1.6, "bedford": 1.4, "far": 1.5},
        (
            Transfer("inter_anchor", "Residences Management", LUTON, 1, 0.5),
            Transfer("inter_anchor", "Student Support Services", HOSPITAL, 1, 0.2),
            Transfer("other_public_body", "NHS Bodies", "nhs_trust", 3, 1.9),
            Transfer("other_public_body", "Government Agencies", "government", 2, 0.8),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 11.0),
            Transfer("tax_and_pensions", "Teachers Pensions", "GB-GOR-ZZ2", 1, 7.0),
            Transfer("treasury_and_banking", "Loan Repayments", "bank", 0.4, 4.0),
            Transfer("grant", "Community Grants", "voluntary", 2, 0.4),
            Transfer("individual_or_redacted", "Student Bursaries", "redacted", 14, 1.2),
            Transfer("individual_or_redacted", "Payments to Individuals", "person", 3, 0.1),
        ),
        postcode_share=0.85, number_share=0.75, words="university",
    ),
)  # fmt: skip

_CARD_TRADES = {
    "supplies": 4.0,
    "catering": 4.0,
    "transport": 3.0,
    "training": 2.0,
    "care": 0.2,
    "construction": 0.5,
}


def _cards(publisher_id: str, rows: int, gbp_millions: float, local_share: float, group: str) -> Body:
    """A council's purchase cards: many small payments to shops."""
    return Body(
        publisher_id, rows, 150, gbp_millions, local_share, 1, 4_800, 0.02, _CARD_TRADES,
        {group: 3.0, "far": 1.5},
        (Transfer("individual_or_redacted", "TAXICABS", "redacted", 1, 0.002),),
        words="card", stream="purchase_card",
    )  # fmt: skip


PLANS = (
    *_COUNTY_PLANS,
    *HEALTH_PLANS,
    *PARTNER_PLANS,
    _cards(LUTON, 85, 0.6, 0.25, "luton"),
    _cards(CENTRAL, 70, 0.5, 0.33, "dunstable"),
    _cards(BEDFORD, 55, 0.4, 0.36, "bedford"),
)
"""Every stream of every body; the first ones keep their places, which their random numbers depend on."""
