"""Where the sample's files stand on the six bodies' web sites, and the listing pages that link them.

In: bodies and periods. Out: addresses for files, and Route objects: what the server answers to which address.
Shapes of addresses and pages are those of the real sites; each page says that it is a synthetic sample.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from anchor_spend.periods import parse_period
from anchor_spend.sample.layouts import month_name
from anchor_spend.sample.vocabulary import BEDFORD, CENTRAL, HOSPITAL, LUTON, POLICE

NOTICE = (
    "SYNTHETIC SAMPLE DATA. Invented payments, invented suppliers. This is not a page of the body it names."
)
SHARES = "centralbedfordshirecouncil.sharepoint.com"
SIGN_IN = "login.microsoftonline.com"
_LUTON_SITE = "www.luton.gov.uk"
_LUTON_SPEND = "/council-elections/finance-data-performance/accounts-finance"
_CENTRAL_SITE = "www.centralbedfordshire.gov.uk"
_CENTRAL_INDEX = "/info/28/transparency/285/council_spending"
_BEDFORD_SITE = "www.bedford.gov.uk"
_BEDFORD_INDEX = (
    "/your-council/about-council/council-budgets-and-spending/supplier-payments/payments-over-ps250"
)
_HOSPITAL_SITE = "www.bedfordshirehospitals.nhs.uk"
_HOSPITAL_INDEX = "/corporate-information/spending-over-25000/"
_POLICE_SITE = "www.bedfordshire.pcc.police.uk"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Route:
    """One address the server answers: a file under the folder, or a redirect, from a revision on."""

    address: str  # 'HOST/PATH' or 'HOST/PATH?QUERY'
    file: str = ""  # relative to the folder
    content_type: str = "text/html; charset=utf-8"
    disposition: str = ""
    location: str = ""  # redirect
    last_modified: str = ""  # date of publication, YYYY-MM-DD
    revision: int = 1


@dataclass(frozen=True)
class Address:
    """Where one file is published: the link on the page, the address that answers with it, its own name."""

    link: str  # path on the body's own site, or an absolute URL
    route: str
    file_name: str
    content_type: str = "text/csv"
    is_attachment: bool = False


@dataclass
class Site:
    """The pages and routes of the sample's web sites, as they are made."""

    routes: list[Route] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)  # 'HOST/PATH' -> HTML

    def add_page(self, address: str, title: str, body: str) -> None:
        self.pages[address] = _page(title, body)


def address_of(publisher_id: str, period: str) -> Address:
    """Where a body publishes a month."""
    name, year = month_name(period)
    month = name.lower()
    if publisher_id == LUTON:
        letter = "abcdefghijkl"[parse_period(period)[1] - 1]
        file_name = f"250-{year % 100}-{letter}-{month}-payments.csv"
        path = f"/system/files/file-visibility/2026-02/{file_name}"
        return Address(path, f"{_LUTON_SITE}{path}", file_name)
    if publisher_id == CENTRAL:
        token = share_token(f"{period} spending")
        route = f"{SHARES}/sites/Communications/_layouts/15/download.aspx?share={token}"
        link = f"https://{SHARES}/:x:/s/Communications/{token}?e={token[2:8]}"
        return Address(link, route, f"{name} {year} Spending Data.csv", "application/octet-stream", True)
    if publisher_id == BEDFORD:
        file_name = _bedford_name(month, year)
        path = f"/files/{file_name}/download"
        return Address(path, f"{_BEDFORD_SITE}{path}", file_name, _XLSX, True)
    if publisher_id == HOSPITAL:
        file_name = f"ldh-spending-over-25000-{month}-{year}.xlsx"
        path = f"/documents/corporate-information/{file_name}"
        return Address(path, f"{_HOSPITAL_SITE}{path}", file_name, _XLSX)
    path = f"/download/expenditure-over-500-{month}-{year}/?wpdmdl={4000 + year % 100 * 12 + len(month)}"
    file_name = f"Expenditure over 500 {name} {year}.csv"
    return Address(path, f"{_POLICE_SITE}{path}", file_name, "application/force-download", True)


def _bedford_name(month: str, year: int) -> str:
    """The names drift: 'ps250' or '250', a 'copy-' left over, a letter or a hyphen lost."""
    quirks = {
        ("may", 2017): "payments-over-250-may-2017.xlsx",
        ("june", 2017): "copy-payments-over-ps250-june-2017.xlsx",
        ("march", 2018): "payments-over-ps250-marc-2018.xlsx",
        ("july", 2018): "payments-over-250-july2018.xlsx",
    }
    return quirks.get((month, year), f"payments-over-ps250-{month}-{year}.xlsx")


def share_token(text: str) -> str:
    """What stands in a SharePoint share link: 46 characters, made from a text."""
    digest = hashlib.sha512(text.encode()).digest()
    return "E" + base64.urlsafe_b64encode(digest).decode()[:45]


def make_site(published: Mapping[str, Sequence[str]]) -> Site:
    """Every page, and the routes that are not files. `published`: publisher_id -> its periods."""
    makers = {
        LUTON: _luton_pages,
        CENTRAL: _central_pages,
        BEDFORD: _bedford_page,
        HOSPITAL: _hospital_page,
        POLICE: _police_pages,
    }
    site = Site()
    for publisher_id, make in makers.items():
        if publisher_id in published:
            make(site, published[publisher_id])
    return site


def _page(title: str, body: str) -> str:
    style = "border:3px solid #b00;padding:1em"
    notice = f'<p role="note" style="{style}"><strong>{NOTICE}</strong></p>'
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} (synthetic sample)</title></head>\n<body>\n{notice}\n"
        f"<main><h1>{escape(title)}</h1>\n{body}\n</main>\n{notice}\n</body></html>\n"
    )


def _links(items: Iterable[tuple[str, str]]) -> str:
    lines = [f'<li><a href="{escape(href)}">{text}</a></li>' for href, text in items]
    return "<ul>\n" + "\n".join(lines) + "\n</ul>"


def _luton_pages(site: Site, periods: Sequence[str]) -> None:
    """One page a calendar year; card files between, and two links from before the site moved."""
    years = sorted({period[:4] for period in periods})
    for year in years:
        items = []
        for period in (period for period in periods if period.startswith(year)):
            name, _ = month_name(period)
            link = address_of(LUTON, period).link
            text = "Febuary" if period == "2018-02" else name
            items.append((link, f"{text} {year} payments (CSV)"))
            items.append(
                (link.replace("/250-", "/gpc-"), f"{name} {year} procurement card (GPC) payments (CSV)")
            )
        if year == "2016":
            items.insert(0, (_luton_dead_link("c-march"), "March 2016 payments (CSV)"))
            items.insert(1, (_luton_dead_link("e-may"), "May 2016 payments (CSV)"))
        path = f"{_LUTON_SPEND}/council-spend/{year}-spend"
        site.add_page(f"{_LUTON_SITE}{path}", f"{year} spend", _links(items))
    index = [(f"{_LUTON_SPEND}/council-spend/{year}-spend", f"{year} spend") for year in years]
    site.add_page(f"{_LUTON_SITE}{_LUTON_SPEND}/council-spending", "Council spending", _links(index))


def _luton_dead_link(month: str) -> str:
    """An address from before the site moved: the page still shows it, nothing answers."""
    folder = "/Council_government_and_democracy/Lists/LutonDocuments/Excel/Procurement/Spend over £250/2016/"
    return f"https://{_LUTON_SITE}{quote(folder)}250-16-{month}-payments.csv"


def _central_pages(site: Site, periods: Sequence[str]) -> None:
    """A first page of words, then one page a financial year with payments and card files as shares."""
    starts = sorted({_start_year(period) for period in periods}, reverse=True)
    paths = [_CENTRAL_INDEX] + [f"{_CENTRAL_INDEX}/{number}" for number in range(2, len(starts) + 2)]
    names = ["Council spending"] + [f"Financial year {start} to {start + 1}" for start in starts]
    menu = _links((f"https://{_CENTRAL_SITE}{path}", name) for path, name in zip(paths, names, strict=True))
    words = (
        "<p>We publish all spending over &pound;250. Names are replaced with &#39;Personal Payment&#39;.</p>"
    )
    site.add_page(f"{_CENTRAL_SITE}{paths[0]}", names[0], menu + words)
    for start, path, name in zip(starts, paths[1:], names[1:], strict=True):
        months = [f"{start + (step >= 9)}-{(step + 3) % 12 + 1:02d}" for step in range(12)]
        body = "\n".join(_central_month(period, period in periods) for period in reversed(months))
        site.add_page(f"{_CENTRAL_SITE}{path}", name, menu + body)
    for period in periods:
        _add_share(site, share_token(f"{period} spending"))
    site.add_page(
        f"{SIGN_IN}/common/oauth2/authorize",
        "Sign in to your account",
        '<form><label>Password <input type="password" name="passwd"></label></form>',
    )


def _start_year(period: str) -> int:
    year, month = parse_period(period)
    return year if month >= 4 else year - 1


def _central_month(period: str, has_payments: bool) -> str:
    name, year = month_name(period)
    token = share_token(f"{period} cards")
    card = f"https://{SHARES}/:x:/s/Communications/{token}?e={token[2:8]}"
    verb = "Dowload" if period in ("2017-08", "2017-09") else "Download"
    lines = [f"<h3>{name} {year}</h3>", f'<p><a href="{card}">{verb} {name} {year} P Card data (CSV)</a></p>']
    if has_payments:
        text = f"Download {name}{'&nbsp;' if year == 2018 else ' '}{year} spending data (CSV)"
        lines.append(f'<p><a href="{escape(address_of(CENTRAL, period).link)}" title="{name}">{text}</a></p>')
    return "\n".join(lines)


def _add_share(site: Site, token: str) -> None:
    """The link people click leads to a sign-in page; only the download form of it gives the file."""
    target = f"/{SIGN_IN}/common/oauth2/authorize?client_id=sample"
    site.routes.append(Route(f"{SHARES}/:x:/s/Communications/{token}", location=target))


def _bedford_page(site: Site, periods: Sequence[str]) -> None:
    items = []
    for period in reversed(periods):
        name, year = month_name(period)
        text = "Amouts paid" if period == "2017-11" else "Payments over £250"
        items.append((address_of(BEDFORD, period).link, f"{text} - {name} {year} (XLSX)"))
        items.append(
            (f"/files/purchase-card-{name.lower()}-{year}.xlsx/download", f"Purchase card {name} {year}")
        )
    site.add_page(f"{_BEDFORD_SITE}{_BEDFORD_INDEX}", "Payments over £250", _links(items))


def _hospital_page(site: Site, periods: Sequence[str]) -> None:
    """One page for both trusts that became one: the other trust's files stand on it too."""
    items = []
    for period in periods:
        name, year = month_name(period)
        link = address_of(HOSPITAL, period).link
        text = f"{name} {year} spending over £25,000 (XLSX)"
        items.append((link, f"Luton and Dunstable University Hospital {text}"))
        items.append((link.replace("ldh-", "bedford-hospital-"), f"Bedford Hospital {text}"))
    site.add_page(f"{_HOSPITAL_SITE}{_HOSPITAL_INDEX}", "Spending over £25,000", _links(items))


def _police_pages(site: Site, periods: Sequence[str]) -> None:
    """A page of financial information that leads to the page with the files."""
    inner = "/financial-information/expenditure-over-500/"
    first = [(inner, "Expenditure over £500"), ("/financial-information/accounts/", "Statements of accounts")]
    site.add_page(f"{_POLICE_SITE}/financial-information/", "Financial information", _links(first))
    items = []
    for period in periods:
        name, year = month_name(period)
        items.append((address_of(POLICE, period).link, f"Expenditure over £500 - {name} {year}"))
    site.add_page(f"{_POLICE_SITE}{inner}", "Expenditure over £500", _links(items))
