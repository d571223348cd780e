"""Where each file of the sample stands: at an address of its body's web site, or in the inbox.

In: a stream of a body and a period. Out: its Address, or the name of its delivery; and every listing page.
"""

from collections.abc import Callable, Mapping, Sequence

from anchor_spend.periods import financial_year, parse_period
from anchor_spend.sample import council_sites, health_sites
from anchor_spend.sample.sites import Address, Site
from anchor_spend.sample.vocabulary import (
    AMBULANCE,
    BEDFORD,
    BEDFORD_HOSPITAL,
    BEDFORDSHIRE_CCG,
    CENTRAL,
    COMMUNITY_SERVICES,
    CRANFIELD,
    EAST_LONDON,
    FIRE,
    HOSPITAL,
    LUTON,
    LUTON_CCG,
    POLICE,
    SCHOOLS,
    SIXTH_FORM,
    WORK_AND_PENSIONS,
)

Published = Mapping[str, Mapping[str, Sequence[str]]]  # publisher_id -> stream -> periods
_EXTENSIONS = {CRANFIELD: "xlsx", SIXTH_FORM: "zip"}  # of deliveries; the others are csv

_ADDRESSES: dict[str, Callable[[str, str], Address]] = {
    LUTON: council_sites.luton_address,
    CENTRAL: council_sites.central_address,
    BEDFORD: council_sites.bedford_address,
    POLICE: council_sites.police_address,
    HOSPITAL: lambda _, period: health_sites.hospital_address(HOSPITAL, period),
    BEDFORD_HOSPITAL: lambda _, period: health_sites.hospital_address(BEDFORD_HOSPITAL, period),
    LUTON_CCG: lambda _, period: health_sites.luton_commissioner_address(period),
    BEDFORDSHIRE_CCG: lambda _, period: health_sites.bedfordshire_commissioner_address(period),
    EAST_LONDON: lambda _, period: health_sites.east_london_address(period),
    COMMUNITY_SERVICES: lambda _, period: health_sites.community_address(period),
    AMBULANCE: lambda _, period: health_sites.ambulance_address(period),
    WORK_AND_PENSIONS: lambda _, period: health_sites.department_address(period),
}


def address_of(publisher_id: str, period: str, stream: str = "payments") -> Address | None:
    """Where a body publishes a stream's file; None when it comes into the inbox."""
    find = _ADDRESSES.get(publisher_id)
    return find(stream, period) if find else None


def delivery_of(publisher_id: str, period: str) -> str:
    """The name a partner gives a file for the inbox, with the month, quarter or year it covers."""
    quarter = (parse_period(period)[1] - 4) % 12 // 3 + 1
    covered = {FIRE: f"Q{quarter} {_years(period)}", SCHOOLS: _years(period)}.get(publisher_id, period)
    return f"{publisher_id}_payments_{covered}.{_EXTENSIONS.get(publisher_id, 'csv')}"


def _years(period: str) -> str:
    return financial_year(period).replace("/", "-")


def make_site(published: Published) -> Site:
    """Every page, and the routes that are not files."""
    site = Site()
    for publisher_id, make in _COUNCIL_PAGES.items():
        if publisher_id in published:
            make(site, published[publisher_id])
    for publisher_id, make_page in _OTHER_PAGES.items():
        if publisher_id in published:
            make_page(site, published[publisher_id]["payments"])
    hospitals = {
        name: published[name]["payments"] for name in (HOSPITAL, BEDFORD_HOSPITAL) if name in published
    }
    if hospitals:
        health_sites.hospital_page(site, hospitals)
    return site


_COUNCIL_PAGES: dict[str, Callable[[Site, council_sites.Published], None]] = {
    LUTON: council_sites.luton_pages,
    CENTRAL: council_sites.central_pages,
    BEDFORD: council_sites.bedford_pages,
    POLICE: council_sites.police_pages,
}
_OTHER_PAGES: dict[str, Callable[[Site, Sequence[str]], None]] = {
    LUTON_CCG: health_sites.luton_commissioner_pages,
    BEDFORDSHIRE_CCG: health_sites.bedfordshire_commissioner_pages,
    EAST_LONDON: health_sites.east_london_pages,
    COMMUNITY_SERVICES: health_sites.community_page,
    AMBULANCE: health_sites.ambulance_page,
    WORK_AND_PENSIONS: health_sites.department_catalogue,
}
