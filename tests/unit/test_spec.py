"""Specs are closed: what is wrong is named, with the nearest right word. What the council specs promise."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from anchor_spend.errors import SpecError
from anchor_spend.settings import PROJECT
from anchor_spend.spec import Listing, load_spec, load_specs, normalise_header

SHIPPED = load_specs(PROJECT / "plugins" / "publishers")
COUNCILS = ["bedford_borough_council", "central_bedfordshire_council", "luton_borough_council"]


def write(folder: Path, change: Any, name: str = "luton_borough_council.yml") -> Path:
    content = yaml.safe_load(
        (PROJECT / "plugins" / "publishers" / "luton_borough_council.yml").read_text("utf-8")
    )
    change(content)
    path = folder / name
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def payments(content: dict[str, Any]) -> dict[str, Any]:
    stream: dict[str, Any] = content["streams"]["payments"]
    return stream


FAULTS = [
    (lambda c: c.update(web_site="x"), ["web_site: unknown key"]),
    (lambda c: c.update(vatbasis="net"), ["vatbasis", "did you mean 'vat_basis'?"]),
    (lambda c: payments(c)["format"].update(encoding="utf-8"), ["encoding", "did you mean 'encodings'?"]),
    (lambda c: payments(c)["listing"].update(nolink="x"), ["nolink", "did you mean 'not_link'?"]),
    (lambda c: payments(c)["columns"].update(supplier=["Supplier"]), ["supplier"]),
    (lambda c: payments(c)["columns"].pop("amount"), ["amount must be mapped"]),
    (lambda c: payments(c)["columns"].update(category=["  SUPPLIER "]), ["'supplier' is claimed by both"]),
    (lambda c: payments(c).update(ignore=["Dept"]), ["'dept' is claimed by both department and ignore"]),
    (lambda c: payments(c).update(first_period="2016-13"), ["write it as YYYY-MM"]),
    (lambda c: payments(c).update(redaction=["redacted("]), ["is not a regular expression"]),
    (lambda c: c.update(vat_basis="without"), ["vat_basis", "'net', 'gross', 'mixed' or 'unknown'"]),
    (lambda c: c.pop("org_id"), ["org_id: Field required"]),
]


@pytest.mark.parametrize(("change", "words"), FAULTS)
def test_a_fault_in_a_spec_is_named_with_its_file_and_key(
    tmp_path: Path, change: Any, words: list[str]
) -> None:
    path = write(tmp_path, change)
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    for word in ["luton_borough_council.yml", *words]:
        assert word in str(caught.value)


def test_a_spec_is_named_after_its_publisher(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="name the file after it"):
        load_spec(write(tmp_path, lambda content: None, name="luton.yml"))
    (tmp_path / "broken.yml").write_text("publisher_id: [")
    with pytest.raises(SpecError, match=r"broken\.yml cannot be read as YAML"):
        load_spec(tmp_path / "broken.yml")
    with pytest.raises(SpecError, match="holds no publisher spec"):
        load_specs(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("header", "same"),
    [
        (" Net  Amount ", "net amount"),
        ("Amount £ \n(Ex VAT)", "amount £ (ex vat)"),
        ("Value\u00a0£", "value £"),
    ],
)
def test_headers_are_compared_without_case_and_spacing(header: str, same: str) -> None:
    assert normalise_header(header) == same


# --- the shipped specs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("publisher_id", COUNCILS)
def test_council_specs_cover_the_years_counted_and_claim_no_live_fetch(publisher_id: str) -> None:
    body = SHIPPED[publisher_id]
    stream = body.streams["payments"]
    assert body.verified is None
    assert stream.first_period <= "2016-04" and stream.last_period is None
    assert stream.expected.rows[0] <= 20
    assert body.threshold_of("2024-04") == 250
    assert stream.listing and all(url.startswith("https://") for url in stream.listing.urls)


def test_org_ids_and_area_codes_are_those_of_the_registers() -> None:
    codes = {body: (SHIPPED[body].org_id, SHIPPED[body].ons_code) for body in COUNCILS}
    assert codes == {
        "luton_borough_council": ("GB-LAE-LUT", "E06000032"),
        "bedford_borough_council": ("GB-LAE-BDF", "E06000055"),
        "central_bedfordshire_council": ("GB-LAE-CBF", "E06000056"),
    }


def is_file(listing: Listing, text: str, url: str) -> bool:
    words = f"{text} {url}"
    wanted = re.search(listing.link, words, re.IGNORECASE)
    return bool(wanted) and not (listing.not_link and re.search(listing.not_link, words, re.IGNORECASE))


LINKS = {
    "luton_borough_council": [
        ("April 2024", "/system/files/file-visibility/2026-02/250-24-d-april-payments.csv", True),
        ("April 2017", "/Excel/Procurement/Spend%20over%20%C2%A3250/2017/250-17-d-april-payments.csv", True),
        ("GPC card April 2024", "/system/files/250-24-d-april-payments.csv", False),
        ("2023 spend", "/council-elections/accounts-finance/council-spend/2023-spend", False),
    ],
    "central_bedfordshire_council": [
        ("Download April 2025\u00a0spending data (CSV)", "/:x:/s/Communications/EcnV?e=E", True),
        ("Spending data April 2017", "/:x:/s/Communications/EcnV?e=E", True),
        ("Download January 2026\u00a0P Card data (CSV)", "/:x:/s/Communications/IQB?e=j", False),
        ("Financial year 2024 to 2025", "/info/28/transparency/285/council_spending/3", False),
    ],
    "bedford_borough_council": [
        ("April 2017", "/files/payments-over-ps250-april-2017.xlsx/download", True),
        ("April 2024", "/files/copy-payments-over-250-april-2024.xlsx?inline", True),
        ("Payments over £250", "/supplier-payments/payments-over-ps250", False),
        ("Purchase card payments", "/files/purchase-card-april-2024.xlsx", False),
    ],
}


@pytest.mark.parametrize("publisher_id", COUNCILS)
def test_link_patterns_tell_payment_files_from_other_links(publisher_id: str) -> None:
    listing = SHIPPED[publisher_id].streams["payments"].listing
    assert listing
    links = LINKS[publisher_id]
    told = [(text, path, is_file(listing, text, f"https://x.example{path}")) for text, path, _ in links]
    assert told == links


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self._href: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href, self._text = dict(attrs).get("href"), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            self.links.append((" ".join(self._text.split(" ")), self._href))
            self._href = None


@pytest.mark.real_data
def test_real_listing_pages_yield_the_payment_links_alone(real_data: Path) -> None:
    listing = SHIPPED["central_bedfordshire_council"].streams["payments"].listing
    assert listing and listing.follow
    found, followed = [], set()
    for path in sorted((real_data / "archive" / "central_bedfordshire_council" / "listing").glob("*.html")):
        parser = _Links()
        parser.feed(path.read_text(encoding="utf-8"))
        found += [text for text, url in parser.links if is_file(listing, text, url)]
        followed |= {url for _, url in parser.links if re.search(listing.follow, url, re.IGNORECASE)}
    assert len(found) == 28  # April 2023 to March 2025, and April to July 2025
    assert all(re.search(r"[A-Z][a-z]+\s20\d\d", text) for text in found)
    assert not any("card" in text.casefold() for text in found)
    assert len(followed) == 6
