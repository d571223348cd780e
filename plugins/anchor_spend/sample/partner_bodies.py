"""The plans of the fire authority, colleges, a university, the airport's companies, schools and a department.

Most of them publish nothing and send the partner template; three live for a part of the sample's years.
"""

from anchor_spend.sample.plans import Body, Transfer
from anchor_spend.sample.vocabulary import (
    AIRPORT,
    BARNFIELD,
    BEDFORD,
    BEDFORD_COLLEGE,
    CENTRAL,
    CENTRAL_COLLEGE,
    COLLEGE_GROUP,
    CRANFIELD,
    FIRE,
    LUTON,
    LUTON_RISING,
    POLICE,
    SCHOOLS,
    SIXTH_FORM,
    UNIVERSITY,
    WEST_HERTS,
    WORK_AND_PENSIONS,
)

_COLLEGE_TRADES = {"training": 3.0, "supplies": 2.5, "facilities": 2.0, "software": 2.0, "care": 0.1}
_LAST_OF_BEDFORD_COLLEGE = 15  # July 2017
_LAST_OF_BARNFIELD = 33  # January 2019


def _college(
    publisher_id: str,
    rows: int,
    gbp_millions: float,
    local_share: float,
    group: str,
    first: int = 0,
    last: int = 35,
) -> Body:
    """A college pays its suppliers, taxes and pensions, a university and a few students."""
    return Body(
        publisher_id, rows, max(30, rows * 2), gbp_millions, local_share, 20, 90_000, 0.02, _COLLEGE_TRADES,
        {group: 3.0, "far": 1.3},
        (
            Transfer("inter_anchor", "Subcontracted Provision", UNIVERSITY, 0.5, gbp_millions / 30),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, gbp_millions / 4),
            Transfer("tax_and_pensions", "Teachers Pensions", "GB-GOR-ZZ2", 1, gbp_millions / 8),
            Transfer("individual_or_redacted", "Student Bursaries", "redacted", 2, gbp_millions / 60),
        ),
        postcode_share=0.8, number_share=0.6, words="college", first=first, last=last,
    )  # fmt: skip


PARTNER_PLANS = (
    Body(
        FIRE, 34, 80, 6.5, 0.24, 500, 300_000, 0.02, {"transport": 3.0, "supplies": 3.0, "software": 2.0},
        {"bedford": 2.0, "far": 1.5},
        (
            Transfer("inter_anchor", "Building Works", BEDFORD, 0.4, 0.1),
            Transfer("inter_anchor", "Training Courses", POLICE, 0.4, 0.1),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 4.0),
            Transfer("tax_and_pensions", "Pension Fund", "GB-MPR-ZZ1", 1, 2.5),
            Transfer("individual_or_redacted", "Payments to Individuals", "redacted", 1, 0.03),
        ),
        postcode_share=0.5, number_share=0.4, words="fire", cadence="quarterly",
    ),
    Body(
        CRANFIELD, 55, 110, 16.0, 0.22, 50, 500_000, 0.02,
        {"training": 2.0, "facilities": 2.0, "software": 3.0},
        {"cranfield": 6.0, "mk_central": 2.0, "near": 2.0, "far": 1.5},
        (
            Transfer("inter_anchor", "Staff Development", CENTRAL, 0.5, 0.1),
            Transfer("other_public_body", "Government Agencies", "government", 1, 0.6),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 9.0),
            Transfer("individual_or_redacted", "Student Bursaries", "redacted", 4, 0.5),
        ),
        postcode_share=0.85, number_share=0.75, words="university",
    ),
    _college(BEDFORD_COLLEGE, 36, 6.0, 0.45, "bedford", last=_LAST_OF_BEDFORD_COLLEGE),
    _college(COLLEGE_GROUP, 42, 6.0, 0.42, "bedford", first=_LAST_OF_BEDFORD_COLLEGE + 1),
    _college(CENTRAL_COLLEGE, 24, 2.0, 0.4, "dunstable"),
    _college(BARNFIELD, 26, 2.6, 0.38, "luton", last=_LAST_OF_BARNFIELD),
    _college(SIXTH_FORM, 20, 1.2, 0.36, "luton"),
    _college(WEST_HERTS, 24, 5.0, 0.08, "near", first=_LAST_OF_BARNFIELD + 1),
    Body(
        LUTON_RISING, 22, 50, 5.2, 0.3, 50, 900_000, 0.01,
        {"professional": 3.0, "construction": 3.0, "care": 0.0},
        {"luton": 2.5, "far": 2.0},
        (
            Transfer("inter_anchor", "Other Local Authorities", LUTON, 1, 2.0),
            Transfer("other_public_body", "Airport Operator", AIRPORT, 1, 1.5),
            Transfer("treasury_and_banking", "Loan Interest", "GB-GOR-ZZ3", 0.5, 6.0),
            Transfer("grant", "Community Grants", "voluntary", 3, 2.0),
        ),
        postcode_share=0.8, number_share=0.8, words="airport",
    ),
    Body(
        AIRPORT, 50, 90, 58.0, 0.34, 50, 1_400_000, 0.01,
        {"construction": 2.0, "facilities": 4.0, "software": 2.0, "care": 0.0, "voluntary": 0.0},
        {"luton": 3.0, "far": 2.0},
        (
            Transfer("inter_anchor", "Concession Fee", LUTON_RISING, 1, 51.0),
            Transfer("tax_and_pensions", "HMRC", "tax_authority", 1, 12.0),
            Transfer("individual_or_redacted", "Payments to Individuals", "redacted", 1, 0.05),
        ),
        postcode_share=0.85, number_share=0.85, words="airport",
    ),
    Body(
        SCHOOLS, 0, 0, 0.0, 0.0, 100, 900_000, 0.0,
        transfers=tuple(
            Transfer("unclassified", heading, "unnamed", 4, gbp_millions)
            for heading, gbp_millions in (
                ("Learning Resources", 21.0), ("Energy", 9.0), ("Catering", 12.0),
                ("Bought-in Professional Services", 16.0),
            )
        ),
        words="school", cadence="yearly",
    ),
    Body(
        WORK_AND_PENSIONS, 34, 60, 340.0, 0.03, 25_000, 6_000_000, 0.01,
        {"professional": 3.0, "facilities": 3.0, "software": 3.0, "care": 0.0}, {"far": 6.0},
        (
            Transfer("other_public_body", "Government Agencies", "government", 2, 60.0),
            Transfer("other_public_body", "Other Local Authorities", "council", 2, 40.0),
        ),
        postcode_share=0.5, words="department",
    ),
)  # fmt: skip
