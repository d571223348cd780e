"""Where health bodies and a department publish: one page of two hospitals, retired sites, a catalogue.

Shapes of addresses and pages are those of the real sites where they were seen named, else inferred.
"""

import json
from collections.abc import Sequence

from anchor_spend.periods import financial_year
from anchor_spend.sample.rendering import month_name
from anchor_spend.sample.sites import XLSX, Address, Site, links_of
from anchor_spend.sample.vocabulary import BEDFORD_HOSPITAL, HOSPITAL

ARCHIVE = "web.archive.org/web/20210401id_/"
_HOSPITAL_SITE = "www.bedfordshirehospitals.nhs.uk"
_HOSPITAL_INDEX = "/corporate-information/spending-over-25000/"
_LUTON_CCG_SITE = "www.lutonccg.nhs.uk"
_LUTON_CCG_PAGES = {"2016/17": 4050, "2017/18": 4051, "2018/19": 4108}
_LUTON_CCG_OTHER_PAGES = (4049, 4047, 4190)  # and one that the archive does not have
_BEDFORDSHIRE_CCG_SITE = "www.bedfordshireccg.nhs.uk"
_BEDFORDSHIRE_CCG_PAGES = {"2016/17": 5504, "2017/18": 5505, "2018/19": 5617}
_BEDFORDSHIRE_CCG_OTHER_PAGES = (5501, 5502, 5503)
_EAST_LONDON_SITE = "www.elft.nhs.uk"
_EAST_LONDON_INDEX = "/About-Us/Freedom-of-Information"
_COMMUNITY_SITE = "www.cambscommunityservices.nhs.uk"
_COMMUNITY_INDEX = "/about-us/what-we-spend-and-how-we-spend-it/-25-000-payments"
_AMBULANCE_SITE = "www.eastamb.nhs.uk"
_AMBULANCE_INDEX = "/about-us/expenditure-over-25k-archive.htm"
_CATALOGUE = "ckan.publishing.service.gov.uk/api/3/action/package_show?id=financial-transactions-data-dwp"
_ASSETS = "assets.publishing.service.gov.uk"


# hospitals: one page for both trusts that became one --------------------------------------------------------


def hospital_address(publisher_id: str, period: str) -> Address:
    name, year = month_name(period)
    prefix = {HOSPITAL: "ldh", BEDFORD_HOSPITAL: "bedford-hospital"}[publisher_id]
    file_name = f"{prefix}-spending-over-25000-{name.lower()}-{year}.xlsx"
    path = f"/documents/corporate-information/{file_name}"
    return Address(path, f"{_HOSPITAL_SITE}{path}", file_name, XLSX)


def hospital_page(site: Site, published: dict[str, Sequence[str]]) -> None:
    names = {HOSPITAL: "Luton and Dunstable University Hospital", BEDFORD_HOSPITAL: "Bedford Hospital"}
    items = [
        (
            hospital_address(publisher_id, period).link,
            f"{names[publisher_id]} {_month(period)} spending (XLSX)",
        )
        for period in sorted({period for periods in published.values() for period in periods})
        for publisher_id in names
        if period in published.get(publisher_id, ())
    ]
    site.add_page(f"{_HOSPITAL_SITE}{_HOSPITAL_INDEX}", "Spending over £25,000", links_of(items))


def _month(period: str) -> str:
    return " ".join(map(str, month_name(period)))


# retired sites, kept by a web archive -----------------------------------------------------------------------


def luton_commissioner_address(period: str) -> Address:
    name, year = month_name(period)
    file_name = f"payments-over-25k-{name.lower()}-{year}.pdf"
    path = f"/_resources/assets/attachment/full/0/{file_name}"
    return Address(path, f"{ARCHIVE}https://{_LUTON_CCG_SITE}{path}", file_name, "application/pdf")


def luton_commissioner_pages(site: Site, published: Sequence[str]) -> None:
    for year, number in _LUTON_CCG_PAGES.items():
        items = [
            (luton_commissioner_address(period).link, f"Payments over £25,000 - {_month(period)}")
            for period in published
            if financial_year(period) == year
        ]
        address = f"{ARCHIVE}https://{_LUTON_CCG_SITE}/page/?id={number}"
        site.add_page(address, f"Expenditure {year}", links_of(items))
    for number in _LUTON_CCG_OTHER_PAGES:
        address = f"{ARCHIVE}https://{_LUTON_CCG_SITE}/page/?id={number}"
        site.add_page(address, "Expenditure of other years", "<p>No files.</p>")


def bedfordshire_commissioner_address(period: str) -> Address:
    """The address says nothing of the file: its name stands in the answer's headers alone."""
    name, year = month_name(period)
    number = 20_000 + (year - 2000) * 12 + int(period[5:])
    path = f"downloadFile.php?id={number}"
    file_name = f"Spend over 25k {name} {year}.xlsx"
    return Address(path, f"{ARCHIVE}https://{_BEDFORDSHIRE_CCG_SITE}/page/{path}", file_name, XLSX, True)


def bedfordshire_commissioner_pages(site: Site, published: Sequence[str]) -> None:
    policy = ("downloadFile.php?id=1", "Standing financial instructions")
    for year, number in _BEDFORDSHIRE_CCG_PAGES.items():
        items = [
            (bedfordshire_commissioner_address(period).link, f"Spend over £25k - {_month(period)}")
            for period in published
            if financial_year(period) == year
        ]
        address = f"{ARCHIVE}https://{_BEDFORDSHIRE_CCG_SITE}/page/?id={number}"
        site.add_page(address, f"Payments over £25,000, {year}", links_of([policy, *items]))
    for number in _BEDFORDSHIRE_CCG_OTHER_PAGES:
        address = f"{ARCHIVE}https://{_BEDFORDSHIRE_CCG_SITE}/page/?id={number}"
        site.add_page(address, "Payments of other years", links_of([policy]))


# trusts and a department ------------------------------------------------------------------------------------


def east_london_address(period: str) -> Address:
    path = f"/sites/default/files/expenditure-over-25k-{period}.csv"
    return Address(path, f"{_EAST_LONDON_SITE}{path}", path.rpartition("/")[2])


def east_london_pages(site: Site, published: Sequence[str]) -> None:
    inner = f"{_EAST_LONDON_INDEX}/monthly-expenditure-over-25-000"
    first = [(inner, "Monthly expenditure over £25,000"), (f"{_EAST_LONDON_INDEX}/requests", "Requests")]
    site.add_page(f"{_EAST_LONDON_SITE}{_EAST_LONDON_INDEX}", "Freedom of information", links_of(first))
    items = [
        (east_london_address(period).link, f"Expenditure over £25,000 {_month(period)}")
        for period in published
    ]
    site.add_page(f"{_EAST_LONDON_SITE}{inner}", "Monthly expenditure over £25,000", links_of(items))


def community_address(period: str) -> Address:
    name, year = month_name(period)
    path = f"/docs/default-source/25k/25k-{name.lower()}-{year}.csv?sfvrsn=2"
    return Address(path, f"{_COMMUNITY_SITE}{path}", f"25k-{name.lower()}-{year}.csv")


def community_page(site: Site, published: Sequence[str]) -> None:
    items = [(community_address(period).link, _month(period)) for period in published]
    site.add_page(f"{_COMMUNITY_SITE}{_COMMUNITY_INDEX}", "£25,000 payments", links_of(items))


def ambulance_address(period: str) -> Address:
    name, year = month_name(period)
    is_workbook = int(period[5:]) % 6 == 3
    file_name = f"Over 25k {name} {year}.{'xlsx' if is_workbook else 'csv'}"
    path = f"/Downloads/Expenditure/{file_name.replace(' ', '_')}"
    return Address(path, f"{_AMBULANCE_SITE}{path}", file_name, XLSX if is_workbook else "text/csv")


def ambulance_page(site: Site, published: Sequence[str]) -> None:
    items = [(ambulance_address(period).link, f"{_month(period)}") for period in published]
    site.add_page(f"{_AMBULANCE_SITE}{_AMBULANCE_INDEX}", "Expenditure over £25k", links_of(items))


def department_address(period: str) -> Address:
    name, year = month_name(period)
    path = f"/media/{period.replace('-', '')}/dwp-spend-over-25000-{name.lower()}-{year}.csv"
    return Address(f"https://{_ASSETS}{path}", f"{_ASSETS}{path}", path.rpartition("/")[2])


def department_catalogue(site: Site, published: Sequence[str]) -> None:
    """A catalogue's answer; one resource without an address, as real ones have."""
    resources = [
        {
            "name": f"DWP: spending over £25,000 in {_month(period)}",
            "url": department_address(period).link,
            "format": "CSV",
        }
        for period in published
    ]
    resources.append({"name": "DWP: spending over £25,000 in June 2011", "url": "", "format": "CSV"})
    title = "SYNTHETIC SAMPLE DATA: financial transactions data, DWP"
    answer = {
        "success": True,
        "result": {"name": "financial-transactions-data-dwp", "title": title, "resources": resources},
    }
    site.pages[_CATALOGUE] = json.dumps(answer)
