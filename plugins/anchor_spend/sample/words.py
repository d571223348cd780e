"""Word lists of the sample's invented names. Roots are two halves put together that form no real word."""

ROOT_STARTS = (
    "Aln", "Bex", "Corv", "Drev", "Elmr", "Fenk", "Galv", "Hesk", "Ilm", "Jarv", "Kest", "Lorn", "Marl",
    "Neth", "Orl", "Pelk", "Quen", "Rusk", "Selk", "Tarn", "Ulv", "Vex", "Wendr", "Yarr", "Zel", "Brav",
    "Cresk", "Dask", "Ferr", "Grun", "Holk", "Istr", "Kell", "Lund", "Mord", "Norv", "Oth", "Prax",
    "Rhen", "Skel", "Thorv", "Uskr", "Varn", "Wistr", "Yelv", "Zorn",
)  # fmt: skip
ROOT_ENDS = (
    "aby", "ander", "avale", "egrove", "ember", "endale", "erby", "ermoor", "eston", "ewick", "ingsea",
    "isham", "olme", "omere", "orley", "ovane", "uckfold", "allow", "arrock", "enby", "iddle", "ivern",
    "ommel", "onside", "ottle", "uffin", "umble", "undry", "urrow", "awood",
)  # fmt: skip
TRADES = {
    "care": ("Care", "Home Care", "Care Homes", "Living", "Nursing", "Residential Care"),
    "construction": ("Building", "Construction", "Roofing", "Civil Works", "Plumbing & Heating"),
    "software": ("Software", "Systems", "IT Solutions", "Networks", "Telecom"),
    "staffing": ("Recruitment", "Staffing", "Locums", "Personnel"),
    "transport": ("Coaches", "Taxis", "Vehicle Hire", "Fuels", "Fleet"),
    "professional": ("Consulting", "Surveyors", "Associates", "Advisory", "Legal"),
    "facilities": ("Cleaning", "Environmental", "Grounds", "Security", "Waste"),
    "utilities": ("Energy", "Gas Supplies", "Water Retail"),
    "training": ("Training", "Learning", "Education", "Skills Academy"),
    "medical": ("Healthcare", "Medical Supplies", "Pharma", "Diagnostics", "Surgical"),
    "supplies": ("Office Supplies", "Furniture", "Print", "Books", "Safety Supplies"),
    "catering": ("Catering", "Foods", "Kitchens"),
    "voluntary": ("Community Trust", "Association", "Carers Network", "Youth Project", "Advice Centre"),
    "bank": ("Bank", "Treasury Fund", "Finance"),
}
QUALIFIERS = ("UK", "Eastern", "Bedfordshire", "Midlands", "Anglia", "Luton", "Chiltern", "Holdings")
TRADING_WORDS = ("Bright", "First", "Prime", "True", "Swift", "Green", "Silver", "Corner")
FIRST_NAMES = (
    "Tamsin", "Rowan", "Idris", "Perpetua", "Lorcan", "Ottilie", "Caspian", "Merrin", "Anselm",
    "Briony", "Tobiah", "Saskia", "Evander", "Linnet",
)  # fmt: skip
SURNAMES = (
    "Quelbury", "Orrinsay", "Thackwold", "Penvose", "Druscoll", "Yelverlake", "Marrabone", "Skelthwick",
    "Voslane", "Harkenshaw",
)  # fmt: skip
TITLES = ("Mr", "Mrs", "Miss", "Ms", "Dr")
TOWNS = (
    "Eastmarch", "Northmere", "Westhollow", "Southvale", "Highfold", "Lowmoor", "Farfield", "Nearwell",
    "Oldcombe", "Newfell", "Ashmoor", "Brookhollow", "Coldmere", "Deepford", "Elmreach", "Foxmoor",
    "Greywell", "Hartsmere", "Ivyfold", "Kingsmoor", "Larkwell", "Mossford", "Nettlemere", "Oakreach",
    "Pinefold", "Quarrymoor", "Reedwell", "Stonemere", "Thornreach", "Vinefold", "Willowmoor",
    "Yewmere",
)  # fmt: skip
SCHOOL_KINDS = ("Primary School", "Academy", "Lower School", "High School", "Infant School")
