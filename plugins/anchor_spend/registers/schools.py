"""Schools, academies, colleges and universities that are public bodies: Get Information About Schools.

Left out: independent and non-maintained schools (private payees, found among companies and charities), and
names that do not say that they are a school's: 'Kingfisher' alone may be anyone's.
"""

from typing import TYPE_CHECKING

from anchor_spend.registers.layout import Layout, has, iso_dates

if TYPE_CHECKING:
    import pandas as pd

# bodies that share their names with others of their kind: a name and a postcode together tell them apart
PLACE_BOUND = frozenset({"school", "academy", "college", "university", "gp_practice"})
_BODY_TYPES = {
    "Local authority maintained schools": "school",
    "Special schools": "school",
    "Welsh schools": "school",
    "Academies": "academy",
    "Free Schools": "academy",
    "Colleges": "college",
    "Universities": "university",
}
_PRIVATE = (
    "Other independent school", "Other independent special school", "Non-maintained special school",
    "Special post 16 institution",
)  # fmt: skip
_SCHOOL_WORD = (
    r"(?i)\b(?:schools?|academy|colleges?|universit(?:y|ies)|nursery|infants?|juniors?|primary|secondary|"
    r"high|sixth form|learning centre|pupil referral|pru|education|ysgol|institute|conservatoire)\b"
)
_WANTED = (
    r"URN|EstablishmentName|TypeOfEstablishment \(name\)|EstablishmentTypeGroup \(name\)|OpenDate|CloseDate"
    r"|Postcode"
)


def _schools(frame: "pd.DataFrame") -> "pd.DataFrame":
    """OpenDate and CloseDate are dd-mm-yyyy."""
    name = frame["EstablishmentName"].str.strip()
    frame = frame.assign(
        entity_id="GB-EDU-" + frame["URN"].str.strip(),
        body_name=name,
        body_type=frame["EstablishmentTypeGroup (name)"].map(_BODY_TYPES).fillna(""),
        postcode=frame["Postcode"],
        valid_from=iso_dates(frame["OpenDate"]),
        valid_to=iso_dates(frame["CloseDate"]),
    )
    is_public = frame["body_type"].ne("") & ~frame["TypeOfEstablishment (name)"].isin(_PRIVATE)
    return frame[is_public & name.str.contains(_SCHOOL_WORD)]


def _universities(frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame.assign(entity_id=frame["OrgID"], body_name=frame["Name"], body_type="university")


def _chartered(frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame.assign(entity_id="GB-EDU-" + frame["URN"], body_name=frame["Name"], body_type="university")


LAYOUTS: tuple[Layout, ...] = (
    Layout("Get Information About Schools", "public_bodies", 6,
           has("URN", "EstablishmentName", "EstablishmentTypeGroup (name)", "CloseDate"), _schools, _WANTED,
           encodings=("cp1252",), at_least=40_000),  # 50,000, closed ones among them; 24,000 are open
    Layout("universities that are charities", "public_bodies", 7,
           has("Name", "HESA ID", "OrgID"), _universities),
    Layout("universities by royal charter", "public_bodies", 8,
           has("URN", "Name", "CompanyNumber"), _chartered),
)  # fmt: skip
