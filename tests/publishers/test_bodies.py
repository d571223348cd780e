"""The register of bodies: each anchor institution has a spec, none counts twice, none is lost in a merger."""

import itertools
import re
from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest

from anchor_spend.periods import file_period, months_between, period_of
from anchor_spend.settings import PROJECT
from anchor_spend.spec import Publisher, Stream, load_specs

SPECS = load_specs(PROJECT / "plugins" / "publishers")

# The bodies the strategy names or implies, their predecessors and successors; memo: shown, not counted.
COUNTED = {
    "luton_borough_council", "central_bedfordshire_council", "bedford_borough_council",
    "bedfordshire_police", "bedfordshire_fire_and_rescue_authority",
    "luton_and_dunstable_university_hospital", "bedford_hospital", "bedfordshire_hospitals",
    "luton_clinical_commissioning_group", "bedfordshire_clinical_commissioning_group",
    "bedfordshire_luton_and_milton_keynes_clinical_commissioning_group",
    "bedfordshire_luton_and_milton_keynes_integrated_care_board",
    "university_of_bedfordshire", "cranfield_university",
    "bedford_college", "bedford_college_group", "central_bedfordshire_college", "barnfield_college",
    "luton_sixth_form_college", "luton_rising",
}  # fmt: skip
MEMO = {
    "central_east_integrated_care_board", "east_london_nhs_foundation_trust",
    "cambridgeshire_community_services", "east_of_england_community_health_and_care",
    "east_of_england_ambulance_service", "open_university", "west_herts_college_group",
    "london_luton_airport_operations", "maintained_schools_and_academies", "department_for_work_and_pensions",
}  # fmt: skip
# Predecessors that published before the first month counted, or outside the county.
OUTSIDE = {
    "bedfordshire_county_council", "bedford_district_council", "mid_bedfordshire_district_council",
    "south_bedfordshire_district_council", "bedfordshire_police_authority", "luton_primary_care_trust",
    "bedfordshire_primary_care_trust", "milton_keynes_clinical_commissioning_group",
    "cambridgeshire_and_peterborough_integrated_care_board",
    "hertfordshire_and_west_essex_integrated_care_board",
    "norfolk_community_health_and_care", "tresham_college", "west_herts_college",
}  # fmt: skip
CARDS = {"luton_borough_council", "central_bedfordshire_council", "bedford_borough_council"}
FIRST_DAY = date(2016, 4, 1)


def test_every_body_of_the_register_has_a_spec() -> None:
    assert {name for name, body in SPECS.items() if body.county == "counted"} == COUNTED
    assert {name for name, body in SPECS.items() if body.county == "memo"} == MEMO
    assert {name for name, body in SPECS.items() if "purchase_card" in body.streams} == CARDS


def test_no_spec_claims_a_fetch_nobody_made() -> None:
    assert [name for name, body in SPECS.items() if body.verified] == []


def test_predecessors_have_specs_or_lie_outside() -> None:
    named = {name for body in SPECS.values() for name in body.predecessors}
    assert named - set(SPECS) == OUTSIDE


def successors(body: Publisher) -> list[Publisher]:
    return [other for other in SPECS.values() if body.publisher_id in other.predecessors]


@pytest.mark.parametrize("publisher_id", [name for name, body in SPECS.items() if body.valid_to])
def test_a_body_that_ended_has_one_successor_from_the_next_day(publisher_id: str) -> None:
    body = SPECS[publisher_id]
    assert body.valid_to
    (successor,) = successors(body)
    following = body.valid_to + timedelta(days=1)
    assert successor.valid_from <= following and (
        successor.valid_to is None or following <= successor.valid_to
    )
    ends = [SPECS[name].valid_to for name in successor.predecessors if name in SPECS]
    assert successor.valid_from in [end + timedelta(days=1) for end in ends if end]


@pytest.mark.parametrize("publisher_id", SPECS)
def test_a_body_with_a_successor_has_an_end(publisher_id: str) -> None:
    assert not successors(SPECS[publisher_id]) or SPECS[publisher_id].valid_to


@pytest.mark.parametrize("publisher_id", SPECS)
def test_streams_cover_the_life_of_their_body(publisher_id: str) -> None:
    body = SPECS[publisher_id]
    for stream in body.streams.values():
        starts = max(body.valid_from, FIRST_DAY)
        assert stream.first_period == file_period(period_of(starts), stream.cadence)
        assert stream.last_period == (period_of(body.valid_to) if body.valid_to else None)


def in_force(body: Publisher, day: date) -> bool:
    return body.valid_from <= day and (body.valid_to is None or day <= body.valid_to)


def stands_for(body: Publisher, day: date) -> Publisher:
    """The body itself while it is in force, else whoever came after it."""
    while not in_force(body, day):
        (body,) = successors(body)
    return body


EVERY_MONTH = [
    date(int(month[:4]), int(month[5:]), day)
    for month in months_between("2016-04", "2028-03")
    for day in (1, 28)
]


@pytest.mark.parametrize(
    "publisher_id", [name for name, body in SPECS.items() if in_force(body, FIRST_DAY) and name in COUNTED]
)
def test_somebody_stands_for_a_body_of_2016_on_every_day_since(publisher_id: str) -> None:
    for day in EVERY_MONTH:
        assert stands_for(SPECS[publisher_id], day).valid_from <= day


def test_on_no_day_do_two_bodies_share_an_id() -> None:
    for day in EVERY_MONTH:
        ids = Counter(body.org_id for body in SPECS.values() if in_force(body, day))
        assert ids.most_common(1)[0][1] == 1, day


# one file, one body ---------------------------------------------------------------------------------------

HOSPITALS = "https://www.bedfordshirehospitals.nhs.uk/documents/spend"
LINKS = [
    # link text, address, month, who it belongs to
    ("Luton and Dunstable University Hospital April 2017 spending over £25,000", f"{HOSPITALS}/1.xlsx",
     "2017-04", ("luton_and_dunstable_university_hospital", "payments")),
    ("Luton & Dunstable spending March 2020", f"{HOSPITALS}/2.xlsx",
     "2020-03", ("luton_and_dunstable_university_hospital", "payments")),
    ("Bedford Hospital April 2017 spending over £25,000", f"{HOSPITALS}/bedford-hospital-3.xlsx",
     "2017-04", ("bedford_hospital", "payments")),
    ("Spending over £25,000 April 2020", f"{HOSPITALS}/4.xlsx",
     "2020-04", ("bedfordshire_hospitals", "payments")),
    ("Bedfordshire Hospitals NHS Foundation Trust spending, May 2021", f"{HOSPITALS}/5.xlsx",
     "2021-05", ("bedfordshire_hospitals", "payments")),
    ("Spending over £25,000 May 2017", f"{HOSPITALS}/6.xlsx",
     "2017-05", None),  # which of the two is not said
    ("May 2017 payments (CSV)", "https://www.luton.gov.uk/system/files/250-17-e-may-payments.csv",
     "2017-05", ("luton_borough_council", "payments")),
    ("May 2017 (GPC)", "https://www.luton.gov.uk/system/files/250-17-e-may-payments-gpc.csv",
     "2017-05", ("luton_borough_council", "purchase_card")),
    ("Download May 2017 spending data (CSV)", "https://centralbedfordshirecouncil.sharepoint.com/:x:/s/C/E1?e=1",
     "2017-05", ("central_bedfordshire_council", "payments")),
    ("Download May 2017 P Card data (CSV)", "https://centralbedfordshirecouncil.sharepoint.com/:x:/s/C/E2?e=1",
     "2017-05", ("central_bedfordshire_council", "purchase_card")),
    ("Payments over £250 - May 2017", "https://www.bedford.gov.uk/files/payments-over-ps250-may-2017.xlsx/download",
     "2017-05", ("bedford_borough_council", "payments")),
    ("Purchase card May 2017", "https://www.bedford.gov.uk/files/purchase-card-may-2017.xlsx/download",
     "2017-05", ("bedford_borough_council", "purchase_card")),
]  # fmt: skip


def takes(stream: Stream, text: str, url: str, month: str) -> bool:
    listing, words = stream.listing, f"{text} {url}"
    assert listing
    is_wanted = re.search(listing.link, words, re.IGNORECASE)
    is_refused = listing.not_link and re.search(listing.not_link, words, re.IGNORECASE)
    return bool(
        is_wanted and not is_refused and stream.first_period <= month <= (stream.last_period or "9999-12")
    )


def streams_by_page() -> dict[str, list[tuple[str, str, Stream]]]:
    found: dict[str, list[tuple[str, str, Stream]]] = {}
    for body in SPECS.values():
        for name, stream in body.streams.items():
            for url in stream.listing.urls if stream.listing else ():
                found.setdefault(url, []).append((body.publisher_id, name, stream))
    return found


SHARED = {url: streams for url, streams in streams_by_page().items() if len(streams) > 1}


@pytest.mark.parametrize(("text", "url", "month", "owner"), LINKS)
def test_a_file_on_a_shared_page_belongs_to_one_stream(
    text: str, url: str, month: str, owner: tuple[str, str] | None
) -> None:
    """Two bodies of another system read one page and counted its files twice."""
    host = urlsplit(url).hostname
    streams = {
        item[:2]: item[2] for items in SHARED.values() for item in items if host in SPECS[item[0]].hosts
    }
    takers = [who for who, stream in streams.items() if takes(stream, text, url, month)]
    assert takers == ([owner] if owner else [])


def test_streams_of_one_page_differ_in_what_they_take() -> None:
    probed = {owner for *_, owner in LINKS if owner}
    for url, streams in SHARED.items():
        assert {item[:2] for item in streams} <= probed, f"{url}: add a link of each to LINKS"
        for (*_, first), (*_, second) in itertools.combinations(streams, 2):
            assert first.listing and second.listing
            assert first.listing.link != second.listing.link


def test_thresholds_lags_and_vat_are_dated() -> None:
    bedford = SPECS["bedford_borough_council"]
    assert [bedford.threshold_of(period) for period in ("2016-04", "2017-04")] == [1000, 250]
    central = SPECS["central_bedfordshire_council"]
    assert [stream.due_days_of("2020-04") for stream in central.streams.values()] == [28, 118]
    luton = SPECS["luton_borough_council"]
    assert [luton.vat_basis_of(name, "2020-04") for name in luton.streams] == ["mixed", "unknown"]
