"""The sample's publisher server: pages, files, unchanged files, sign-in pages, dead links, a new revision."""

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from anchor_spend.errors import SettingsError
from anchor_spend.sample.council_sites import share_token
from anchor_spend.sample.county import LATE, MISSING, RESTATED
from anchor_spend.sample.listings import address_of
from anchor_spend.sample.server import load_routes, make_server
from anchor_spend.sample.sites import NOTICE, Address
from anchor_spend.sample.vocabulary import (
    BEDFORD,
    BEDFORDSHIRE_CCG,
    BODIES,
    FIRE,
    PARTNERS,
    SCHOOLS,
)
from anchor_spend.settings import PROJECT
from anchor_spend.spec import load_specs

LUTON_PAGE = (
    "www.luton.gov.uk/council-elections/finance-data-performance/accounts-finance/council-spend/2017-spend"
)
SHARES = "centralbedfordshirecouncil.sharepoint.com"


def address(publisher_id: str, period: str, stream: str = "payments") -> Address:
    found = address_of(publisher_id, period, stream)
    assert found
    return found


class Answer:
    """One answer, redirects not followed."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.body = response.status, response.read()
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def links(self) -> list[str]:
        return [str(anchor["href"]) for anchor in BeautifulSoup(self.body, "lxml").find_all("a", href=True)]


class Client:
    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, address: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, f"/{address}", headers=names)
            return Answer(connection.getresponse())
        finally:
            connection.close()


@contextmanager
def serving(folder: Path, revision: int = 1) -> Iterator[Client]:
    server = make_server(folder, revision=revision)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Client(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def client(sample_county: Path) -> Iterator[Client]:
    with serving(sample_county) as client:
        yield client


def test_a_listing_page_says_that_it_is_synthetic_and_links_its_files(client: Client) -> None:
    page = client.get(LUTON_PAGE)
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.text.count(NOTICE) == 2
    files = [link for link in page.links if "/250-17-" in link]
    assert len(files) == 12 == len([link for link in page.links if "/gpc-17-" in link])
    file = client.get(urlsplit(urljoin(f"https://{LUTON_PAGE}", files[3])).geturl().removeprefix("https://"))
    assert file.status == 200
    assert file.headers["content-type"] == "text/csv"
    assert "content-disposition" not in file.headers
    assert b"Transparency Report" in file.body


@pytest.mark.parametrize("publisher_id", sorted({*BODIES} - {*PARTNERS, FIRE, SCHOOLS}))
def test_every_file_answers_with_the_bytes_of_the_truth(
    client: Client, sample_county: Path, publisher_id: str
) -> None:
    files = pd.read_csv(sample_county / "truth" / "files.csv", dtype=str)
    own = files[(files["publisher_id"] == publisher_id) & (files["file_version"] == "1")]
    for file in own.itertuples():
        answer = client.get(str(file.url).removeprefix("https://"))
        assert hashlib.sha256(answer.body).hexdigest() == file.sha256
        named = answer.headers.get("content-disposition")
        assert named is None or str(file.file_name) in named


def test_an_unchanged_file_is_not_sent_again(client: Client) -> None:
    route = address(BEDFORD, "2017-04").route
    first = client.get(route)
    for known in (
        {"If_None_Match": first.headers["etag"]},
        {"If_Modified_Since": first.headers["last-modified"]},
    ):
        again = client.get(route, **known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    other = client.get(route, If_None_Match='"another"', If_Modified_Since=first.headers["last-modified"])
    assert other.status == 200


def test_a_share_link_leads_to_a_sign_in_page_and_its_download_form_to_the_file(client: Client) -> None:
    token = share_token("2017-04 payments")
    share = client.get(f"{SHARES}/:x:/s/Communications/{token}?e=abc123")
    assert share.status == 302
    page = client.get(share.headers["location"].lstrip("/"))
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert 'type="password"' in page.text
    file = client.get(f"{SHARES}/sites/Communications/_layouts/15/download.aspx?share={token}")
    assert file.body.startswith(b"Service Label,")
    assert "April 2017 Spending Data.csv" in file.headers["content-disposition"]
    assert client.get(f"{SHARES}/sites/Communications/_layouts/15/download.aspx?share=other").status == 404


def test_central_bedfordshire_mixes_cards_in_and_leaves_a_month_out(client: Client) -> None:
    index = "www.centralbedfordshire.gov.uk/info/28/transparency/285/council_spending"
    assert "spending data" not in client.get(index).text
    page = client.get(f"{index}/2").text.replace("&nbsp;", " ")
    assert page.count("P Card data") == 12
    assert page.count("spending data (CSV)") == 11
    name = {"2019-01": "January 2019"}[MISSING[2]]
    assert f"{name} spending data" not in page
    assert f"{name} P Card data" in page


def test_retired_sites_answer_from_the_web_archive_alone(client: Client) -> None:
    page = "www.lutonccg.nhs.uk/page/?id=4051"
    assert client.get(page).status == 404
    kept = client.get(f"web.archive.org/web/20210401id_/https://{page}")
    assert kept.status == 200
    (april,) = [link for link in kept.links if link.endswith("april-2017.pdf")]
    assert april.startswith("/_resources/")  # as its author wrote it, not as the archive would
    file = client.get(f"web.archive.org/web/20210401id_/https://www.lutonccg.nhs.uk{april}")
    assert file.body.startswith(b"%PDF-")
    assert (
        client.get("web.archive.org/web/20210401id_/https://www.lutonccg.nhs.uk/page/?id=4302").status == 404
    )


def test_a_file_may_be_named_by_the_answer_alone(client: Client) -> None:
    found = address(BEDFORDSHIRE_CCG, "2017-04")
    assert "april" not in found.route.casefold()
    assert "April 2017" in client.get(found.route).headers["content-disposition"]


def test_the_catalogue_answers_in_json(client: Client) -> None:
    answer = client.get(
        "ckan.publishing.service.gov.uk/api/3/action/package_show?id=financial-transactions-data-dwp"
    )
    assert answer.headers["content-type"].startswith("application/json")
    package = json.loads(answer.body)["result"]
    assert "SYNTHETIC" in package["title"]
    assert [item["url"] for item in package["resources"]].count("") == 1
    assert len(package["resources"]) == 37


def test_a_late_file_says_when_it_was_published(client: Client) -> None:
    publisher_id, stream, period = LATE
    modified = client.get(address(publisher_id, period, stream).route).headers["last-modified"]
    assert modified.startswith("Tue, 05 Mar 2019")
    usual = client.get(address(publisher_id, "2018-12").route).headers["last-modified"]
    assert usual.startswith("Sun, 20 Jan 2019")


def test_bedford_lists_files_under_names_that_drift(client: Client) -> None:
    page = client.get(
        "www.bedford.gov.uk/your-council/about-council/council-budgets-and-spending/supplier-payments/"
        "payments-over-ps250"
    )
    names = [link for link in page.links if "payments-over" in link]
    assert len(names) == 36
    assert any("copy-payments" in name for name in names)
    assert any("over-250-" in name for name in names)


def test_dead_links_and_whatever_is_no_route_answer_404(client: Client, sample_county: Path) -> None:
    page = client.get(LUTON_PAGE.replace("2017-spend", "2016-spend"))
    dead = [link.removeprefix("https://") for link in page.links if "Council_government" in link]
    assert len(dead) == 2
    for address in [
        *dead,
        "www.luton.gov.uk/robots.txt",
        "truth/payments.csv.gz",
        "../stamp.json",
        "routes.json",
        "",
    ]:
        answer = client.get(address)
        assert answer.status == 404, address
        assert NOTICE in answer.text


def test_head_answers_without_a_body(client: Client) -> None:
    answer = client.get(LUTON_PAGE, method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 1_000


def test_revision_2_publishes_one_month_again(sample_county: Path, client: Client) -> None:
    publisher_id, stream, period = RESTATED
    with serving(sample_county, revision=2) as later:
        changed = [
            route.address
            for route in load_routes(sample_county, 2).values()
            if route.file and client.get(route.address).body != later.get(route.address).body
        ]
    assert changed == [address(publisher_id, period, stream).route]


def test_a_folder_without_a_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no sample county"):
        make_server(tmp_path)


def test_the_program_serves_on_a_free_port_and_prints_nothing(sample_county: Path, tmp_path: Path) -> None:
    (tmp_path / "routes.json").write_text((sample_county / "routes.json").read_text())
    (tmp_path / "sites").symlink_to(sample_county / "sites")
    command = [sys.executable, "-m", "anchor_spend.sample.server", "--folder", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ})
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "port").exists() or not (tmp_path / "port").read_text():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert Client(int((tmp_path / "port").read_text())).get(LUTON_PAGE).status == 200
    finally:
        process.send_signal(signal.SIGINT)
        out, log = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out == b""
    assert b"2017-spend" in log


@pytest.mark.database
def test_the_pipeline_discovers_exactly_the_published_months(
    client: Client, sample_county: Path, database_server: str
) -> None:
    """The real link finder on the sample's pages, for every spec."""
    from anchor_spend import sources
    from anchor_spend.discover import discover
    from anchor_spend.fetch import Fetcher, Limits
    from anchor_spend.records import RunRequest

    files = pd.read_csv(sample_county / "truth" / "files.csv", dtype=str, keep_default_na=False)
    fetcher = Fetcher(
        "sample",
        "test",
        sample_origin=f"http://127.0.0.1:{client.port}",
        inbox=sample_county / "inbox",
        limits=Limits(delay_seconds=0),
    )
    request = sources.bounded(RunRequest("sample"))
    for publisher_id, spec in load_specs(PROJECT / "plugins" / "publishers").items():
        found = discover(spec, request, fetcher)
        own = files[(files["publisher_id"] == publisher_id) & (files["file_version"] == "1")]
        identities = sorted(zip(own["stream"], own["period"], strict=True))
        assert sorted((file.stream, file.period) for file in found) == identities, publisher_id
        urls = own.set_index(["stream", "period"])["url"]
        for file in found:
            published = urls[file.stream, file.period]
            if published:
                assert fetcher.published_url(file.url) == published


def test_routes_are_plain_data(sample_county: Path) -> None:
    routes = json.loads((sample_county / "routes.json").read_text())
    addresses = [(route["address"], route["revision"]) for route in routes]
    assert len(addresses) == len(set(addresses))
    assert not any(Path(route["file"]).is_absolute() or ".." in route["file"] for route in routes)
