"""The words of the sample ledgers: categories and departments of each body, and how each body hides a payee.

A payment's spend scope can be read off its category (or off the payee being a public body), as in real
ledgers; a category stands under exactly one scope. The ledgers are invented; only their layout is real.
"""

LUTON = "luton_borough_council"
CENTRAL = "central_bedfordshire_council"
BEDFORD = "bedford_borough_council"
HOSPITAL = "luton_and_dunstable_university_hospital"
POLICE = "bedfordshire_police"
UNIVERSITY = "university_of_bedfordshire"
BODIES = (LUTON, CENTRAL, BEDFORD, HOSPITAL, POLICE, UNIVERSITY)
COUNCILS = (LUTON, CENTRAL, BEDFORD)

_COUNCIL_GOODS = {
    "care": (
        "Home Care Packages",
        "Residential Care Placements",
        "Nursing Care Placements",
        "Supported Living Packages",
        "Day Care Services",
    ),
    "construction": (
        "Main Contract Works",
        "Building Maintenance",
        "Highways Works",
        "Void Property Repairs",
    ),
    "software": ("Software Maintenance", "Computer Hardware", "Telephony and Data Lines"),
    "staffing": ("Agency Staff",),
    "transport": ("Home to School Transport", "Vehicle Hire", "Fuel Supplies"),
    "professional": ("Consultancy", "Legal Fees", "Professional Services"),
    "facilities": (
        "Refuse Collection Contract",
        "Cleaning Contract",
        "Grounds Maintenance",
        "Security Services",
    ),
    "utilities": ("Electricity", "Gas", "Water Charges"),
    "training": ("Alternative Education Provision", "Staff Training"),
    "medical": ("Public Health Contracts", "Community Equipment", "Occupational Health"),
    "supplies": ("Stationery and Office Supplies", "Furniture", "Printing", "Books and Materials"),
    "catering": ("School Meals Contract", "Catering Supplies"),
}
_HOSPITAL_GOODS = {
    "care": ("Community Bed Contracts",),
    "construction": ("Building and Engineering Works",),
    "software": ("Software Licences", "IT Equipment"),
    "staffing": ("Agency Medical Staff", "Agency Nursing"),
    "transport": ("Patient Transport",),
    "professional": ("Consultancy Services", "External Audit"),
    "facilities": ("Linen and Laundry", "Clinical Waste", "Cleaning Contract"),
    "utilities": ("Electricity", "Gas", "Water and Sewerage"),
    "training": ("Training and Development",),
    "medical": ("Drugs", "Medical and Surgical Equipment", "Laboratory Reagents", "Medical Gases"),
    "supplies": ("Office Equipment", "Printing and Stationery"),
    "catering": ("Patient Catering",),
}
_POLICE_GOODS = {
    "care": ("Custody Healthcare",),
    "construction": ("Building Works", "Repairs and Maintenance"),
    "software": ("Computer Software", "Airwave and Radio", "Computer Equipment"),
    "staffing": ("Agency Staff",),
    "transport": ("Vehicle Repairs", "Vehicle Recovery", "Fuel"),
    "professional": ("Forensic Services", "Legal Fees", "Consultants"),
    "facilities": ("Cleaning", "Security Services", "Waste Disposal"),
    "utilities": ("Electricity", "Gas", "Water"),
    "training": ("Training Courses",),
    "medical": ("Occupational Health", "Medical Examinations"),
    "supplies": ("Uniforms", "Operational Equipment", "Stationery"),
    "catering": ("Custody Meals",),
}
_UNIVERSITY_GOODS = {
    "care": ("Student Support Services",),
    "construction": ("Capital Building Works", "Estates Maintenance"),
    "software": ("Software Subscriptions", "IT Equipment"),
    "staffing": ("Temporary Staff",),
    "transport": ("Student Transport", "Travel Agency"),
    "professional": ("Consultancy", "Student Recruitment Agents", "Legal Fees"),
    "facilities": ("Cleaning Contract", "Security Contract", "Residences Management"),
    "utilities": ("Electricity", "Gas", "Water"),
    "training": ("Partner Teaching Contracts", "Staff Development"),
    "medical": ("Laboratory Consumables",),
    "supplies": ("Library Books and Journals", "Printing", "Furniture and Equipment"),
    "catering": ("Catering Contract",),
}
GOODS: dict[str, dict[str, tuple[str, ...]]] = {
    LUTON: _COUNCIL_GOODS,
    CENTRAL: _COUNCIL_GOODS,
    BEDFORD: _COUNCIL_GOODS,
    HOSPITAL: _HOSPITAL_GOODS,
    POLICE: _POLICE_GOODS,
    UNIVERSITY: _UNIVERSITY_GOODS,
}
"""Categories of goods and services: body -> trade of the supplier -> categories."""

SCOPE_CATEGORIES: dict[str, tuple[str, ...]] = {
    "precept_or_levy": ("Precepts", "Parish Precepts", "Drainage Board Levies"),
    "tax_and_pensions": (
        "HMRC",
        "HMRC PAYE and National Insurance",
        "Pension Fund",
        "Pension Fund Contributions",
        "Teachers Pensions",
    ),
    "treasury_and_banking": (
        "Investments",
        "Loan Repayments",
        "Loan Interest",
        "Bank Charges",
        "Public Dividend Capital",
    ),
    "grant": ("Grants to Voluntary Bodies", "Community Grants", "Crime and Disorder Grants"),
    "individual_or_redacted": (
        "Foster Carer Allowances",
        "Direct Payments to Clients",
        "Payments to Individuals",
        "Student Bursaries",
    ),
    # the payee is a public body of the register; one of the six bodies makes it inter_anchor
    "other_public_body": (
        "Schools and Academies",
        "Other Local Authorities",
        "NHS Bodies",
        "Other Police Forces",
        "Government Agencies",
    ),
}
"""Categories that decide the scope. Precepts stay precepts when the payee is one of the six bodies."""

DEPARTMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    LUTON: {
        "care": ("Population Wellbeing",),
        "medical": ("Population Wellbeing",),
        "construction": ("Inclusive Economy Capital", "HRA Capital", "Inclusive Economy"),
        "training": ("Children Families and Education",),
        "transport": ("Children Families and Education", "Inclusive Economy"),
        "individual": ("Children Families and Education", "Population Wellbeing"),
        "": ("Inclusive Economy", "Chief Executive", "Children Families and Education"),
        "corporate": ("Corporate Accounts",),
    },
    CENTRAL: {
        "care": ("SOCIAL CARE HEALTH & HOUSING",),
        "medical": ("PUBLIC HEALTH",),
        "construction": ("HRA", "PLACE AND COMMUNITIES"),
        "training": ("CHILDREN'S SERVICES",),
        "transport": ("CHILDREN'S SERVICES",),
        "individual": ("CHILDREN'S SERVICES", "SOCIAL CARE HEALTH & HOUSING"),
        "": ("RESOURCES", "PLACE AND COMMUNITIES", "SOCIAL CARE HEALTH & HOUSING"),
        "corporate": ("FINANCE",),
    },
    BEDFORD: {
        "care": ("ADULTS",),
        "medical": ("PUBHEALTH",),
        "construction": ("CAPITAL", "ENVIRON"),
        "training": ("CHILDRENS",),
        "transport": ("CHILDRENS", "ENVIRON"),
        "individual": ("CHILDRENS", "ADULTS"),
        "": ("CORP", "ENVIRON", "CHILDRENS"),
        "corporate": ("FINANCE",),
    },
    HOSPITAL: {
        "medical": ("Pharmacy", "Theatres", "Pathology", "Medicine"),
        "staffing": ("Medicine", "Surgery", "Womens and Childrens"),
        "": ("Estates and Facilities", "Information Technology", "Corporate Services"),
        "corporate": ("Finance",),
    },
    POLICE: {
        "transport": ("Fleet",),
        "software": ("Information Services",),
        "construction": ("Estates",),
        "": ("Corporate Services", "Local Policing", "Protecting Vulnerable People", "Custody"),
        "corporate": ("Finance",),
    },
    UNIVERSITY: {
        "construction": ("Estates and Facilities",),
        "facilities": ("Estates and Facilities",),
        "software": ("Information Services",),
        "": ("Health and Social Sciences", "Business School", "Student Experience", "Marketing"),
        "corporate": ("Finance",),
    },
}
"""Departments: body -> trade of the supplier ('' for the rest, 'corporate' for payments that buy nothing)."""

UNITS = {
    "care": ("Older People Purchased Care", "Learning Disability Packages", "Physical Disability Packages"),
    "medical": ("Health Improvement", "Clinical Supplies"),
    "construction": ("Planned Works", "Responsive Repairs", "Schools Programme"),
    "training": ("Inclusion Service", "Workforce Development"),
    "transport": ("Passenger Transport", "Fleet Operations"),
    "individual": ("Family Placement Team", "Personalisation Team"),
    "": ("Business Support", "Property Services", "Customer Services", "Community Safety"),
    "corporate": ("Corporate Finance",),
}
"""Cost centres: trade of the supplier -> text (Luton's CC Description, Central Bedfordshire's unit)."""

REDACTIONS: dict[str, tuple[tuple[str, int], ...]] = {
    LUTON: (
        ("Redacted Personal Payment", 1700),
        ("Redacted (Legal)", 230),
        ("Redacted (Address)", 130),
        ("Redacted( Legal)", 70),
        ("Redacted (Doctors)", 25),
        ("Redacted Address", 15),
        ("Reacted Personal Payment", 12),
        ("Redacted", 6),
        ("Redacted ", 6),
    ),
    CENTRAL: (("Personal Payment", 1),),
    BEDFORD: (),
    HOSPITAL: (("Redacted", 1),),
    POLICE: (("Redacted", 2), ("Withheld - operational", 1)),
    UNIVERSITY: (("REDACTED PERSONAL DATA", 1),),
}
"""What each body writes instead of a person's name, with relative frequency."""

SCOPES = ("goods_and_services", *SCOPE_CATEGORIES, "inter_anchor", "unclassified")
