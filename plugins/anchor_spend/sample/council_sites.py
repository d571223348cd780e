"""Where the three councils and the police publish: addresses of files, pages with payments and cards mixed.

Shapes of addresses and pages are those of the real sites; where the card files stand is inferred.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from anchor_spend.periods import parse_period
from anchor_spend.sample.rendering import month_name
from anchor_spend.sample.sites import XLSX, Address, Route, Site, links_of

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
_POLICE_SITE = "www.bedfordshire.pcc.police.uk"


def luton_address(stream: str, period: str) -> Address:
    name, year = month_name(period)
    letter = "abcdefghijkl"[parse_period(period)[1] - 1]
    prefix = "250" if stream == "payments" else "gpc"
    file_name = f"{prefix}-{year % 100}-{letter}-{name.lower()}-payments.csv"
    path = f"/system/files/file-visibility/2026-02/{file_name}"
    return Address(path, f"{_LUTON_SITE}{path}", file_name)


def central_address(stream: str, period: str) -> Address:
    name, year = month_name(period)
    token = share_token(f"{period} {stream}")
    route = f"{SHARES}/sites/Communications/_layouts/15/download.aspx?share={token}"
    link = f"https://{SHARES}/:x:/s/Communications/{token}?e={token[2:8]}"
    words = "Spending Data" if stream == "payments" else "P Card Data"
    return Address(link, route, f"{name} {year} {words}.csv", "application/octet-stream", True)


def bedford_address(stream: str, period: str) -> Address:
    name, year = month_name(period)
    month = name.lower()
    file_name = _bedford_name(month, year) if stream == "payments" else f"purchase-card-{month}-{year}.xlsx"
    path = f"/files/{file_name}/download"
    return Address(path, f"{_BEDFORD_SITE}{path}", file_name, XLSX, True)


def police_address(stream: str, period: str) -> Address:
    del stream  # payments alone
    name, year = month_name(period)
    month = name.lower()
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


Published = Mapping[str, Sequence[str]]  # stream -> its periods


def luton_pages(site: Site, published: Published) -> None:
    """One page a calendar year; card files between, and two links from before the site moved."""
    years = sorted({period[:4] for periods in published.values() for period in periods})
    for year in years:
        items = [_luton_dead_link("March"), _luton_dead_link("May")] if year == "2016" else []
        for period in [period for period in published["payments"] if period.startswith(year)]:
            items += _luton_month(period, published)
        path = f"{_LUTON_SPEND}/council-spend/{year}-spend"
        site.add_page(f"{_LUTON_SITE}{path}", f"{year} spend", links_of(items))
    index = [(f"{_LUTON_SPEND}/council-spend/{year}-spend", f"{year} spend") for year in years]
    site.add_page(f"{_LUTON_SITE}{_LUTON_SPEND}/council-spending", "Council spending", links_of(index))


def _luton_month(period: str, published: Published) -> list[tuple[str, str]]:
    name, year = month_name(period)
    text = "Febuary" if period == "2018-02" else name
    items = [(luton_address("payments", period).link, f"{text} {year} payments (CSV)")]
    if period in published["purchase_card"]:
        card = luton_address("purchase_card", period).link
        items.append((card, f"{name} {year} procurement card (GPC) payments (CSV)"))
    return items


def _luton_dead_link(month: str) -> tuple[str, str]:
    """A link from before the site moved: the page still shows it, nothing answers."""
    folder = "/Council_government_and_democracy/Lists/LutonDocuments/Excel/Procurement/Spend over £250/2016/"
    letter = {"March": "c", "May": "e"}[month]
    link = f"https://{_LUTON_SITE}{quote(folder)}250-16-{letter}-{month.lower()}-payments.csv"
    return link, f"{month} 2016 payments (CSV)"


def central_pages(site: Site, published: Published) -> None:
    """A first page of words, then one page a financial year with payments and card files as shares."""
    every = [period for periods in published.values() for period in periods]
    starts = sorted({_start_year(period) for period in every}, reverse=True)
    paths = [_CENTRAL_INDEX] + [f"{_CENTRAL_INDEX}/{number}" for number in range(2, len(starts) + 2)]
    names = ["Council spending"] + [f"Financial year {start} to {start + 1}" for start in starts]
    menu = links_of((f"https://{_CENTRAL_SITE}{path}", name) for path, name in zip(paths, names, strict=True))
    words = (
        "<p>We publish all spending over &pound;250. Names are replaced with &#39;Personal Payment&#39;.</p>"
    )
    site.add_page(f"{_CENTRAL_SITE}{paths[0]}", names[0], menu + words)
    for start, path, name in zip(starts, paths[1:], names[1:], strict=True):
        months = [f"{start + (step >= 9)}-{(step + 3) % 12 + 1:02d}" for step in range(12)]
        body = "\n".join(_central_month(period, published) for period in reversed(months))
        site.add_page(f"{_CENTRAL_SITE}{path}", name, menu + body)
    for stream, periods in published.items():
        for period in periods:
            _add_share(site, share_token(f"{period} {stream}"))
    site.add_page(
        f"{SIGN_IN}/common/oauth2/authorize",
        "Sign in to your account",
        '<form><label>Password <input type="password" name="passwd"></label></form>',
    )


def _start_year(period: str) -> int:
    year, month = parse_period(period)
    return year if month >= 4 else year - 1


def _central_month(period: str, published: Published) -> str:
    name, year = month_name(period)
    lines = [f"<h3>{name} {year}</h3>"]
    if period in published["purchase_card"]:
        card = central_address("purchase_card", period).link
        verb = "Dowload" if period in ("2017-08", "2017-09") else "Download"
        lines.append(f'<p><a href="{escape(card)}">{verb} {name} {year} P Card data (CSV)</a></p>')
    if period in published["payments"]:
        link = central_address("payments", period).link
        text = f"Download {name}{'&nbsp;' if year == 2018 else ' '}{year} spending data (CSV)"
        lines.append(f'<p><a href="{escape(link)}" title="{name}">{text}</a></p>')
    return "\n".join(lines)


def _add_share(site: Site, token: str) -> None:
    """The link people click leads to a sign-in page; only the download form of it gives the file."""
    target = f"/{SIGN_IN}/common/oauth2/authorize?client_id=sample"
    site.routes.append(Route(f"{SHARES}/:x:/s/Communications/{token}", location=target))


def bedford_pages(site: Site, published: Published) -> None:
    items = []
    for period in reversed(published["payments"]):
        name, year = month_name(period)
        text = "Amouts paid" if period == "2017-11" else "Payments over £250"
        items.append((bedford_address("payments", period).link, f"{text} - {name} {year} (XLSX)"))
        if period in published["purchase_card"]:
            card = bedford_address("purchase_card", period).link
            items.append((card, f"Purchase card {name} {year}"))
    site.add_page(f"{_BEDFORD_SITE}{_BEDFORD_INDEX}", "Payments over £250", links_of(items))


def police_pages(site: Site, published: Published) -> None:
    """A page of financial information that leads to the page with the files."""
    inner = "/financial-information/expenditure-over-500/"
    first = [(inner, "Expenditure over £500"), ("/financial-information/accounts/", "Statements of accounts")]
    site.add_page(f"{_POLICE_SITE}/financial-information/", "Financial information", links_of(first))
    items = []
    for period in published["payments"]:
        name, year = month_name(period)
        items.append((police_address("payments", period).link, f"Expenditure over £500 - {name} {year}"))
    site.add_page(f"{_POLICE_SITE}{inner}", "Expenditure over £500", links_of(items))
