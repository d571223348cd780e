"""Registers fetched over real sockets with TLS, from servers that are slow, changed, gone or hostile.

Every host and every row is invented.
"""

import csv
import gzip
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from anchor_spend import fetch_registers, registers
from anchor_spend.errors import ReferenceDataError, SettingsError
from anchor_spend.fetch import Fetcher
from anchor_spend.fetch_registers import Outcome, Register
from fetching import HOST, SIGN_IN, attempts
from local_server import LocalServer, body, in_turn, raw, redirect, status
from register_files import csv_text

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger", "no_proxy")]
TODAY = date(2026, 9, 10)
Live = Callable[..., Fetcher]


def zipped(name: str, size: int = 0) -> bytes:
    rows = csv_text(("CompanyName", " CompanyNumber"), (name, "01000001"))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("companies.csv", rows + "0" * size)
    return packed.getvalue()


def bare_zip() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("companies.csv", csv_text(("CompanyName", " CompanyNumber")))
    return packed.getvalue()


def register(**changes: object) -> Register:
    entry = {
        "register_id": "companies", "url": f"https://{HOST}/data-{{day:%Y-%m-%d}}.zip",
        "file": "data-{day:%Y-%m-%d}.zip", "walk": "months", "every_days": 7, "most_mb": 1, "licence": "OGL",
    }  # fmt: skip
    return Register.model_validate(entry | changes)


FIXED = {"url": f"https://{HOST}/data.zip", "file": "data.zip", "walk": "none"}


def fetch(fetcher: Fetcher, folder: Path, item: Register, today: date = TODAY, **options: bool) -> Outcome:
    (outcome,) = fetch_registers.fetch_registers(folder, fetcher, today, [item], **options)
    return outcome


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_dated_register_is_looked_for_day_by_day_and_month_by_month(
    secure_server: LocalServer, live: Live, tmp_path: Path
) -> None:
    secure_server.routes["/data-2026-08-04.zip"] = body(zipped("AUGUST LTD"), ETag='"a"')
    assert fetch(live(), tmp_path, register()).outcome == "fetched"
    asked = [path for path in secure_server.paths() if path != "/robots.txt"]
    assert asked[0] == "/data-2026-09-01.zip"
    assert asked[-1] == "/data-2026-08-04.zip"
    (source,) = registers.find_sources(tmp_path)
    assert (source.path.name, source.vintage) == ("data-2026-08-04.zip", "2026-08-04")
    assert source.origin == f"https://{HOST}/data-2026-08-04.zip"

    secure_server.routes["/data-2026-09-01.zip"] = body(zipped("SEPTEMBER LTD"), ETag='"s"')
    assert fetch(live(), tmp_path, register(), date(2026, 9, 20)).outcome == "fetched"
    (source,) = registers.find_sources(tmp_path)
    assert source.vintage == "2026-09-01", "the newer file takes the place of the older"
    assert [row["file"] for row in manifest(tmp_path)] == ["companies/data-2026-09-01.zip"]


def test_a_dated_register_that_has_no_newer_file_is_left_as_it_is(
    secure_server: LocalServer, live: Live, tmp_path: Path
) -> None:
    secure_server.routes["/data-2026-09-01.zip"] = in_turn(
        body(zipped("SEPTEMBER LTD"), ETag='"s"'), status(304)
    )
    fetch(live(), tmp_path, register())
    assert fetch(live(), tmp_path, register(), date(2026, 9, 20)).outcome == "unchanged"
    assert secure_server.seen[-1][1]["if-none-match"] == '"s"'
    assert attempts("publisher_id, stream, outcome")[-1] == ("registers", "companies", "unchanged")
    assert fetch(live(), tmp_path, register(), date(2026, 9, 21)).outcome == "not_due"


def test_a_register_is_asked_again_only_when_it_is_due(
    secure_server: LocalServer, live: Live, tmp_path: Path
) -> None:
    secure_server.routes["/data.zip"] = body(
        zipped("QUILL LTD"), Last_Modified="Tue, 01 Sep 2026 03:00:00 GMT"
    )
    item = register(**FIXED)
    assert fetch(live(), tmp_path, item).outcome == "fetched"
    assert fetch(live(), tmp_path, item).outcome == "not_due"
    assert fetch(live(), tmp_path, item, is_forced=True).outcome == "fetched"
    assert [row["vintage"] for row in manifest(tmp_path)] == ["2026-09-01"]


def test_what_a_person_wrote_into_the_manifest_stays(
    secure_server: LocalServer, live: Live, tmp_path: Path
) -> None:
    (tmp_path / "manifest.csv").write_text("file,vintage,caveat\nNSPL.zip,2026-08,for tests\n")
    secure_server.routes["/data.zip"] = body(zipped("QUILL LTD"))
    fetch(live(), tmp_path, register(**FIXED))
    first, second = manifest(tmp_path)
    assert (first["file"], first["caveat"], second["file"]) == ("NSPL.zip", "for tests", "companies/data.zip")


def test_a_packed_answer_is_unpacked_on_its_way_to_disk(
    secure_server: LocalServer, live: Live, tmp_path: Path
) -> None:
    text = csv_text(("SIC Code", "Description"), ("1110", "Growing quills")).encode()
    secure_server.routes["/codes.csv"] = body(gzip.compress(text), Content_Encoding="gzip")
    item = register(url=f"https://{HOST}/codes.csv", file="codes.csv", walk="none")
    assert fetch(live(), tmp_path, item).outcome == "fetched"
    assert (tmp_path / "companies" / "codes.csv").read_bytes() == text


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(403), "403"),
        (body(SIGN_IN, Content_Type="text/html"), "sign-in page"),
        (body(b"PK\x03\x04 nothing else"), "no readable ZIP"),
        (body(bare_zip()), "not one row"),
        (body(zipped("BOMB", 300 * 10**6)), "would unpack from"),
        (body(b"0" * (2**20 + 1)), "larger than"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "cut off"),
        (redirect("https://elsewhere.example.test/data.zip"), "not among the hosts"),
        (redirect("http://127.0.0.1/data.zip"), "only plain https"),
    ],
)
def test_what_cannot_be_had_leaves_the_earlier_file(
    secure_server: LocalServer, live: Live, tmp_path: Path, answer: object, why: str
) -> None:
    secure_server.routes["/data.zip"] = body(zipped("QUILL LTD"))
    item = register(**FIXED)
    fetch(live(), tmp_path, item)
    secure_server.routes["/data.zip"] = answer  # type: ignore[assignment]
    outcome = fetch(live(), tmp_path, item, is_forced=True)
    assert outcome.outcome == "failed"
    assert why in outcome.detail
    assert {path.name for path in tmp_path.rglob("*.*")} == {"manifest.csv", "data.zip"}
    assert zipfile.is_zipfile(tmp_path / "companies" / "data.zip")


def test_a_register_redirected_to_a_host_of_its_own_is_taken(
    secure_server: LocalServer, live: Live, tmp_path: Path
) -> None:
    secure_server.routes["/data.zip"] = redirect("https://other.example.test/store.zip")
    secure_server.routes["/store.zip"] = body(zipped("QUILL LTD"))
    item = register(**FIXED, hosts=("other.example.test",))
    assert fetch(live(), tmp_path, item).outcome == "fetched"


def test_the_catalogue_is_sound() -> None:
    found = {item.register_id: item for item in fetch_registers.catalogue()}
    assert {"companies_house", "charity_commission", "schools", "nhs_trusts"} <= found.keys()
    assert all(item.url.startswith("https://") for item in found.values())
    assert found["schools"].url.format(day=TODAY).endswith("edubasealldata20260910.csv")
    days = list(fetch_registers._days(found["schools"], TODAY))
    assert (days[0], days[-1]) == (TODAY, date(2026, 8, 27))
    with pytest.raises(SettingsError, match="no register quills"):
        fetch_registers.chosen(["quills"])


@pytest.mark.parametrize("content", [b"name,vintage\nx,y\n", b"file\n\xe9\n"])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(ReferenceDataError, match=r"manifest\.csv cannot be read"):
        fetch_registers._read_manifest(tmp_path)


def test_a_day_that_a_spreadsheet_rewrote_makes_a_register_due():
    assert fetch_registers._fetched_on({"fetched_on": "22/11/2026"}).year == 1970
