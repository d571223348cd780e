"""The words of the sample ledgers: categories and departments of each body, and how each body hides a payee.

A payment's spend scope can be read off its category (or off the payee being a public body), as in real
ledgers; a category stands under exactly one scope. The ledgers are invented; only their layout is real.
"""

LUTON = "luton_borough_council"
CENTRAL = "central_bedfordshire_council"
BEDFORD = "bedford_borough_council"
POLICE = "bedfordshire_police"
FIRE = "bedfordshire_fire_and_rescue_authority"
HOSPITAL = "luton_and_dunstable_university_hospital"
BEDFORD_HOSPITAL = "bedford_hospital"
LUTON_CCG = "luton_clinical_commissioning_group"
BEDFORDSHIRE_CCG = "bedfordshire_clinical_commissioning_group"
UNIVERSITY = "university_of_bedfordshire"
CRANFIELD = "cranfield_university"
BEDFORD_COLLEGE = "bedford_college"
COLLEGE_GROUP = "bedford_college_group"
CENTRAL_COLLEGE = "central_bedfordshire_college"
BARNFIELD = "barnfield_college"
SIXTH_FORM = "luton_sixth_form_college"
LUTON_RISING = "luton_rising"
COUNTED = (
    LUTON, CENTRAL, BEDFORD, POLICE, FIRE, HOSPITAL, BEDFORD_HOSPITAL, LUTON_CCG, BEDFORDSHIRE_CCG,
    UNIVERSITY, CRANFIELD, BEDFORD_COLLEGE, COLLEGE_GROUP, CENTRAL_COLLEGE, BARNFIELD, SIXTH_FORM,
    LUTON_RISING,
)  # fmt: skip
"""Bodies the county's totals are made of."""

EAST_LONDON = "east_london_nhs_foundation_trust"
COMMUNITY_SERVICES = "cambridgeshire_community_services"
AMBULANCE = "east_of_england_ambulance_service"
WEST_HERTS = "west_herts_college_group"
AIRPORT = "london_luton_airport_operations"
SCHOOLS = "maintained_schools_and_academies"
WORK_AND_PENSIONS = "department_for_work_and_pensions"
MEMO = (EAST_LONDON, COMMUNITY_SERVICES, AMBULANCE, WEST_HERTS, AIRPORT, SCHOOLS, WORK_AND_PENSIONS)
"""Bodies shown beside the county."""

BODIES = (*COUNTED, *MEMO)
COUNCILS = (LUTON, CENTRAL, BEDFORD)
PARTNERS = (
    UNIVERSITY, CRANFIELD, BEDFORD_COLLEGE, COLLEGE_GROUP, CENTRAL_COLLEGE, BARNFIELD, SIXTH_FORM,
    LUTON_RISING, WEST_HERTS, AIRPORT,
)  # fmt: skip
"""Bodies that publish nothing and send the partner template."""

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
_FIRE_GOODS = {
    "construction": ("Station Repairs", "Building Works"),
    "software": ("Mobilising System", "Computer Equipment"),
    "transport": ("Appliance Maintenance", "Fuel"),
    "professional": ("Legal Fees", "Insurance Premiums"),
    "facilities": ("Cleaning", "Waste Disposal"),
    "utilities": ("Electricity", "Gas", "Water"),
    "training": ("Training Courses", "Breathing Apparatus Training"),
    "medical": ("Occupational Health",),
    "supplies": ("Uniforms", "Operational Equipment", "Stationery"),
    "catering": ("Catering",),
}
_COMMISSIONER_GOODS = {
    "care": ("Continuing Healthcare", "Funded Nursing Care", "Mental Health Placements"),
    "medical": ("Independent Sector Healthcare", "Community Diagnostics", "Home Oxygen"),
    "transport": ("Patient Transport",),
    "professional": ("Consultancy", "External Audit"),
    "software": ("Clinical Systems",),
    "training": ("Practice Development",),
    "voluntary": ("Hospice Services", "Carer Support Services"),
}
_COLLEGE_GOODS = {
    "construction": ("Building Works", "Estates Maintenance"),
    "software": ("Software Subscriptions", "IT Equipment"),
    "staffing": ("Temporary Staff",),
    "transport": ("Student Transport",),
    "professional": ("Legal Fees", "Internal Audit"),
    "facilities": ("Cleaning Contract", "Security Contract"),
    "utilities": ("Electricity", "Gas", "Water"),
    "training": ("Subcontracted Provision", "Examination Fees", "Staff Development"),
    "supplies": ("Teaching Materials", "Printing", "Furniture and Equipment"),
    "catering": ("Catering Contract",),
}
_AIRPORT_GOODS = {
    "construction": ("Terminal Works", "Runway and Taxiway Works", "Transit Construction"),
    "software": ("Airport Systems", "IT Equipment"),
    "staffing": ("Agency Staff",),
    "transport": ("Passenger Buses", "Vehicle Maintenance"),
    "professional": ("Planning Consultancy", "Legal Fees"),
    "facilities": ("Security Services", "Cleaning Contract", "Waste Disposal"),
    "utilities": ("Electricity", "Gas", "Water"),
    "training": ("Staff Training",),
    "supplies": ("Uniforms", "Stationery"),
    "catering": ("Lounge Catering",),
}
_DEPARTMENT_GOODS = {
    "construction": ("Estates Facilities Management",),
    "software": ("Information Technology", "Telephony"),
    "staffing": ("Contingent Labour",),
    "professional": ("Professional Services", "Medical Assessment Services"),
    "facilities": ("Security Services",),
    "training": ("Employment Programmes", "Learning and Development"),
    "supplies": ("Print and Postage",),
}
_CARD_GOODS = {  # what card providers call a kind of merchant
    "care": ("SOCIAL SERVICES",),
    "construction": ("BUILDING MATERIALS", "HARDWARE STORES"),
    "software": ("COMPUTER SOFTWARE STORES", "DIGITAL GOODS"),
    "transport": ("PASSENGER RAILWAYS", "TAXICABS", "PARKING LOTS"),
    "professional": ("PROFESSIONAL SERVICES",),
    "training": ("EDUCATIONAL SERVICES",),
    "medical": ("DRUG STORES AND PHARMACIES",),
    "supplies": ("BOOK STORES", "OFFICE SUPPLIES", "TOY SHOPS"),
    "catering": ("GROCERY STORES", "EATING PLACES"),
    "voluntary": ("MEMBERSHIP ORGANISATIONS",),
}
GOODS: dict[str, dict[str, tuple[str, ...]]] = {
    "council": _COUNCIL_GOODS,
    "hospital": _HOSPITAL_GOODS,
    "commissioner": _COMMISSIONER_GOODS,
    "police": _POLICE_GOODS,
    "fire": _FIRE_GOODS,
    "university": _UNIVERSITY_GOODS,
    "college": _COLLEGE_GOODS,
    "airport": _AIRPORT_GOODS,
    "department": _DEPARTMENT_GOODS,
    "card": _CARD_GOODS,
}
"""Categories of goods and services: kind of ledger -> trade of the supplier -> categories."""

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
        "Purchase Card Payments",
        "Public Dividend Capital",
    ),
    "grant": ("Grants to Voluntary Bodies", "Community Grants", "Crime and Disorder Grants"),
    "individual_or_redacted": (
        "Foster Carer Allowances",
        "Direct Payments to Clients",
        "Payments to Individuals",
        "Student Bursaries",
    ),
    # the payee is a public body of the register; an anchor institution makes it inter_anchor
    "other_public_body": (
        "Schools and Academies",
        "Other Local Authorities",
        "NHS Bodies",
        "Other Police Forces",
        "Government Agencies",
    ),
}
"""Categories that decide the scope. Precepts stay precepts when the payee is an anchor institution."""

_DEPARTMENTS: dict[str, dict[str, tuple[str, ...]]] = {
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
    "hospital": {
        "medical": ("Clinical Services", "Pharmacy"),
        "": ("Estates and Facilities", "Corporate Services"),
        "corporate": ("Finance",),
    },
    "commissioner": {
        "care": ("Continuing Care",),
        "medical": ("Acute Commissioning", "Community Commissioning"),
        "": ("Primary Care", "Running Costs"),
        "corporate": ("Finance",),
    },
    "fire": {
        "transport": ("Fleet and Stores",),
        "": ("Operational Support", "Prevention and Protection", "Property"),
        "corporate": ("Treasurer",),
    },
    "university": {
        "construction": ("Estates",),
        "": ("Aerospace", "Management School", "Water and Environment"),
        "corporate": ("Finance",),
    },
    "college": {
        "construction": ("Estates",),
        "": ("Curriculum", "Student Support", "Information Services"),
        "corporate": ("Finance",),
    },
    "airport": {
        "construction": ("Capital Projects",),
        "": ("Operations", "Security", "Commercial"),
        "corporate": ("Finance",),
    },
    "department": {
        "": ("Corporate Services Estates", "Universal Credit Operations", "Digital Group"),
        "corporate": ("Finance Group",),
    },
    "school": {
        "": (
            "First Sample Lower School",
            "Second Sample Academy",
            "Third Sample High School",
            "Fourth Sample School",
        )
    },
}


def departments_of(publisher_id: str, words: str, key: str) -> tuple[str, ...]:
    """A body's departments for a trade of the supplier; key 'corporate' for payments that buy nothing."""
    known = _DEPARTMENTS.get(publisher_id) or _DEPARTMENTS[words]
    return known.get(key, known[""])


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

_REDACTIONS: dict[str, tuple[tuple[str, int], ...]] = {
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
    "card": (("Redacted", 3), ("Name removed", 1)),
    FIRE: (("REDACTED PERSONAL DATA", 1),),
    **dict.fromkeys(PARTNERS, (("REDACTED PERSONAL DATA", 1),)),
}


def redactions_of(style: str) -> tuple[tuple[str, int], ...]:
    """What a way of writing puts in the place of a person's name, with relative frequency."""
    return _REDACTIONS.get(style, (("Redacted", 1),))


SCOPES = ("goods_and_services", *SCOPE_CATEGORIES, "inter_anchor", "unclassified")
