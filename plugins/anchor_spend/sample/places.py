"""Places of the sample: an invented postcode register on real outward codes and authority codes.

Out: a DataFrame in the columns of reference.postcodes. Every invented postcode stands in a sector that held
no postcode in Code-Point Open 2014, so that none is an address; only the bodies' own offices are real.
"""

from datetime import date

import numpy as np
import pandas as pd

LUTON_UA, BEDFORD_UA, CENTRAL_UA = "E06000032", "E06000055", "E06000056"

# group, outward code, unused sectors, authority, easting and northing of its middle (hectometres), postcodes
_AREAS = (
    ("luton", "LU1", "678", LUTON_UA, 5090, 2212, 30),
    ("luton", "LU2", "123", LUTON_UA, 5105, 2223, 30),
    ("luton", "LU3", "567", LUTON_UA, 5073, 2239, 24),
    ("luton", "LU4", "345", LUTON_UA, 5053, 2238, 22),
    ("lu_central", "LU1", "0", CENTRAL_UA, 5065, 2196, 8),
    ("lu_central", "LU3", "8", CENTRAL_UA, 5062, 2284, 5),
    ("lu_central", "LU4", "7", CENTRAL_UA, 5035, 2262, 5),
    ("lu_herts", "LU2", "6", "E07000099", 5118, 2265, 7),
    ("dunstable", "LU5", "012", CENTRAL_UA, 5024, 2230, 20),
    ("dunstable", "LU6", "045", CENTRAL_UA, 5016, 2217, 18),
    ("leighton", "LU7", "57", CENTRAL_UA, 4924, 2250, 18),
    ("lu_bucks", "LU6", "8", "E06000060", 4975, 2195, 4),
    ("lu_bucks", "LU7", "8", "E06000060", 4880, 2200, 8),
    ("bedford", "MK40", "056", BEDFORD_UA, 5046, 2498, 24),
    ("bedford", "MK41", "123", BEDFORD_UA, 5066, 2510, 22),
    ("bedford", "MK42", "123", BEDFORD_UA, 5047, 2476, 20),
    ("bedford", "MK43", "12", BEDFORD_UA, 4985, 2510, 8),
    ("bedford", "MK44", "46", BEDFORD_UA, 5083, 2570, 8),
    ("cranfield", "MK43", "34", CENTRAL_UA, 4955, 2420, 10),
    ("mk_central", "MK45", "07", CENTRAL_UA, 5040, 2365, 16),
    ("mk_central", "MK17", "12", CENTRAL_UA, 4945, 2335, 6),
    ("sg_central", "SG5", "05", CENTRAL_UA, 5215, 2370, 6),
    ("sg_central", "SG15", "01", CENTRAL_UA, 5192, 2360, 5),
    ("sg_central", "SG16", "12", CENTRAL_UA, 5170, 2383, 5),
    ("sg_central", "SG17", "12", CENTRAL_UA, 5143, 2388, 8),
    ("sg_central", "SG18", "23", CENTRAL_UA, 5191, 2446, 12),
    ("sg_central", "SG19", "45", CENTRAL_UA, 5170, 2492, 8),
    ("bedford_edge", "MK45", "8", BEDFORD_UA, 5060, 2435, 4),
    ("bedford_edge", "PE19", "3", BEDFORD_UA, 5135, 2600, 2),
    ("bedford_edge", "NN10", "3", BEDFORD_UA, 4955, 2640, 2),
    ("bedford_edge", "NN29", "4", BEDFORD_UA, 4945, 2610, 2),
    ("near", "MK1", "02", "E06000042", 4875, 2355, 10),
    ("near", "MK9", "05", "E06000042", 4852, 2386, 18),
    ("near", "MK14", "01", "E06000042", 4855, 2407, 12),
    ("near", "MK17", "7", "E06000042", 4925, 2360, 3),
    ("near", "SG5", "7", "E07000099", 5183, 2292, 6),
    ("near", "SG1", "07", "E07000243", 5242, 2240, 12),
    ("near", "AL1", "06", "E07000240", 5157, 2070, 12),
    ("near", "WD17", "05", "E07000103", 5105, 1964, 12),
    ("near", "HP2", "01", "E07000096", 5068, 2080, 8),
    ("near", "HP20", "03", "E06000060", 4822, 2140, 6),
    ("near", "NN1", "06", "E06000062", 4759, 2608, 12),
    ("near", "CB4", "45", "E07000008", 5456, 2595, 10),
    ("near", "PE29", "04", "E07000011", 5241, 2725, 6),
    ("far", "EC2V", "01", "E09000001", 5323, 1813, 14),
    ("far", "WC1B", "01", "E09000007", 5300, 1817, 10),
    ("far", "W1T", "08", "E09000007", 5294, 1820, 8),
    ("far", "B1", "04", "E08000025", 4062, 2868, 10),
    ("far", "M1", "08", "E08000003", 3844, 3977, 10),
    ("far", "LS11", "23", "E08000035", 4294, 4315, 10),
    ("far", "BS1", "07", "E06000023", 3589, 1729, 6),
    ("far", "CF10", "06", "W06000015", 3185, 1755, 4),
    ("far", "NG1", "08", "E06000018", 4574, 3397, 6),
    ("far", "RG6", "02", "E06000041", 4745, 1735, 6),
    ("far", "OX4", "05", "E07000178", 4541, 2038, 6),
    ("far", "CV4", "12", "E08000026", 4290, 2770, 6),
    ("far", "EH3", "02", "S12000036", 3248, 6735, 4),
    ("far", "NE1", "09", "E08000021", 4249, 5642, 4),
    ("far", "SO15", "6", "E06000045", 4406, 1130, 4),
    ("far", "EX1", "04", "E07000041", 2934, 927, 4),
    ("far", "NR1", "05", "E07000148", 6238, 3080, 4),
    ("far", "CM1", "05", "E07000070", 5703, 2070, 6),
    ("far", "DE1", "45", "E06000015", 4352, 3363, 4),
)
OFFICES = {
    "luton_borough_council": ("LU1 2BQ", LUTON_UA, 5092, 2213),
    "central_bedfordshire_council": ("SG17 5TQ", CENTRAL_UA, 5120, 2394),
    "bedford_borough_council": ("MK42 9AP", BEDFORD_UA, 5050, 2494),
    "luton_and_dunstable_university_hospital": ("LU4 0DZ", LUTON_UA, 5053, 2226),
    "bedfordshire_police": ("MK43 9AX", BEDFORD_UA, 5025, 2470),
    "university_of_bedfordshire": ("LU1 3JU", LUTON_UA, 5095, 2212),
    "bedfordshire_fire_and_rescue_authority": ("MK42 7NR", BEDFORD_UA, 5030, 2475),
    "bedford_hospital": ("MK42 9DJ", BEDFORD_UA, 5050, 2487),
    "luton_clinical_commissioning_group": ("LU1 2LJ", LUTON_UA, 5093, 2214),
    "bedfordshire_clinical_commissioning_group": ("MK45 4HR", CENTRAL_UA, 5083, 2357),
    "cranfield_university": ("MK43 0AL", CENTRAL_UA, 4943, 2423),
    "bedford_college": ("MK42 9AH", BEDFORD_UA, 5050, 2491),
    "central_bedfordshire_college": ("LU5 4HG", CENTRAL_UA, 5024, 2221),
    "barnfield_college": ("LU2 7BF", LUTON_UA, 5088, 2236),
    "luton_sixth_form_college": ("LU2 7EW", LUTON_UA, 5093, 2242),
    "luton_rising": ("LU2 0LA", LUTON_UA, 5106, 2217),
    "london_luton_airport_operations": ("LU2 9LY", LUTON_UA, 5122, 2212),
    "east_london_nhs_foundation_trust": ("E1 8DE", "E09000030", 5339, 1811),
    "cambridgeshire_community_services": ("PE27 4LG", "E07000011", 5310, 2720),
    "east_of_england_ambulance_service": ("SG8 6NA", "E07000012", 5370, 2450),
    "west_herts_college_group": ("WD17 3EZ", "E07000103", 5105, 1970),
    "open_university": ("MK7 6AA", "E06000042", 4886, 2371),
    "department_for_work_and_pensions": ("SW1H 9NA", "E09000033", 5296, 1795),
}
"""The real head offices of the bodies: postcode, authority, place. Some offices are those of two bodies."""

GROUP_SHARES = {
    "luton": 0.2,
    "lu_central": 0.03,
    "lu_herts": 0.015,
    "dunstable": 0.06,
    "leighton": 0.035,
    "lu_bucks": 0.02,
    "bedford": 0.12,
    "cranfield": 0.02,
    "mk_central": 0.035,
    "sg_central": 0.045,
    "bedford_edge": 0.01,
    "near": 0.19,
    "far": 0.22,
}
"""Share of the sample's suppliers in each group of places."""
_REGIONS = {
    "E12000001": ("E08000021",),
    "E12000002": ("E08000003",),
    "E12000003": ("E08000035",),
    "E12000004": ("E06000062", "E06000018", "E06000015"),
    "E12000005": ("E08000025", "E08000026"),
    "E12000007": ("E09000001", "E09000007", "E09000030", "E09000033"),
    "E12000008": ("E06000042", "E06000060", "E06000041", "E07000178", "E06000045"),
    "E12000009": ("E06000023", "E07000041"),
    "": ("W06000015", "S12000036"),
}  # every other authority is in the East of England
_LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))  # the letters an inward code may have
POSTCODE_COLUMNS = [
    "postcode", "postcode_area", "outward_code", "authority_code", "region_code", "ward_code", "lsoa_code",
    "easting", "northing", "terminated_on",
]  # fmt: skip


def make_places(rng: np.random.Generator) -> pd.DataFrame:
    """The postcode register: POSTCODE_COLUMNS and `place_group`, one row a postcode, in a fixed order."""
    rows: list[tuple[object, ...]] = []
    for number, (group, outward, sectors, authority, east, north, count) in enumerate(_AREAS):
        rows += [
            (group, postcode, authority, number * 3 + int(rng.integers(3)), east, north)
            for postcode in _postcodes(rng, outward, sectors, count)
        ]
    first_office_ward = len(_AREAS) * 3
    for offset, (postcode, authority, east, north) in enumerate(OFFICES.values()):
        rows.append(("office", postcode, authority, first_office_ward + offset, east, north))
    places = pd.DataFrame(
        rows, columns=["place_group", "postcode", "authority_code", "ward", "easting", "northing"]
    )
    return _complete(places, rng)


def _postcodes(rng: np.random.Generator, outward: str, sectors: str, count: int) -> list[str]:
    """`count` different postcodes of one outward code."""
    found: dict[str, None] = {}
    while len(found) < count:
        first, second = rng.choice(_LETTERS, 2)
        found[f"{outward} {sectors[int(rng.integers(len(sectors)))]}{first}{second}"] = None
    return list(found)


def _complete(places: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Codes of ward and LSOA in ranges no real code uses, grid references, a dozen terminated postcodes."""
    is_office = places["place_group"] == "office"
    scatter = np.where(is_office, 0, 1)
    for axis in ("easting", "northing"):
        places[axis] = places[axis] * 100 + scatter * rng.integers(-900, 900, len(places))
    places["outward_code"] = places["postcode"].str.split(" ").str[0]
    places["postcode_area"] = places["outward_code"].str.extract(r"^([A-Z]+)", expand=False)
    region = {authority: code for code, authorities in _REGIONS.items() for authority in authorities}
    places["region_code"] = places["authority_code"].map(region).fillna("E12000006")
    country = places["authority_code"].str[0]
    places["ward_code"] = country + "0599" + places["ward"].astype(str).str.zfill(4)
    places["lsoa_code"] = country + "0199" + pd.Series(np.arange(len(places)) // 3).astype(str).str.zfill(4)
    places["terminated_on"] = ""
    ended = rng.choice(np.flatnonzero(~is_office), 12, replace=False)
    days = [date(2011 + int(step) % 8, 1 + int(step) % 12, 1).isoformat() for step in range(12)]
    places.loc[ended, "terminated_on"] = days
    return places[["place_group", *POSTCODE_COLUMNS]]
