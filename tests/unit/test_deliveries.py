"""Files that were delivered: into the inbox, as partners name them, and as an archive with its manifest."""

import csv
import hashlib
import io
import logging
import re
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from anchor_spend.discover import discover, read_manifest, survey
from anchor_spend.errors import DiscoverError, FetchError
from anchor_spend.fetch import Fetcher, Limits
from anchor_spend.landing import LandingStore
from anchor_spend.records import RunRequest
from listings import SAMPLE, details, make_publisher, outcomes
from local_server import LocalServer


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


@pytest.fixture
def fetcher(server: LocalServer, tmp_path: Path, empty_ledger: str) -> Fetcher:
    limits = Limits(tries=2, backoff_seconds=0.01, settle_seconds=0.2)
    return Fetcher("sample", "run", sample_origin=server.origin, inbox=tmp_path / "inbox", limits=limits)


# inbox ---------------------------------------------------------------------------------------------------


def drop(fetcher: Fetcher, *names: str) -> Path:
    folder = fetcher.inbox / "invented_council"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"Date,Supplier,Amount\n")
    return folder


@pytest.mark.database
def test_files_of_an_inbox(fetcher: Fetcher, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    folder = drop(
        fetcher, "payments-2018-04.csv", "May 2018.xlsx", "2018-06.csv", "2018-06 revised.csv", "notes.txt",
        ".2018-07.csv.swp", "~$May 2018.xlsx", "2018-08.csv.part", "payments 2015-01.csv",
    )  # fmt: skip
    (folder / "2018-09.csv").mkdir()
    publisher = make_publisher(payments=None)
    found = {file.period: file for file in discover(publisher, SAMPLE, fetcher)}
    assert list(found) == ["2018-04", "2018-05", "2018-06"]
    assert found["2018-06"].link_text == "2018-06 revised.csv"
    assert "notes.txt names no certain month" in caplog.text
    assert outcomes() == [("failed", None)], "what is unclear is in the ledger"

    landed = fetcher.land(found["2018-05"], publisher, LandingStore(str(tmp_path / "landing")), "spec")
    assert landed.file_name == "May 2018.xlsx"


@pytest.mark.database
def test_an_inbox_of_two_streams(fetcher: Fetcher) -> None:
    drop(fetcher, "2018-04.csv", "purchase card payments 2018-04.csv", "payments-2018-05.csv")
    found = discover(make_publisher(payments=None, purchase_card=None), SAMPLE, fetcher)
    assert [(file.stream, file.period) for file in found] == [
        ("payments", "2018-04"),
        ("payments", "2018-05"),
        ("purchase_card", "2018-04"),
    ]


@pytest.mark.database
def test_an_empty_inbox_says_where_to_put_files(fetcher: Fetcher, caplog: pytest.LogCaptureFixture) -> None:
    assert discover(make_publisher(payments=None), SAMPLE, fetcher) == [], (
        "the calendar shows what is missing"
    )
    assert re.search(r"inbox.*invented_council.*payments-2017-04\.csv", caplog.text)


@pytest.mark.database
@pytest.mark.parametrize(
    ("cadence", "names", "expected", "unclear"),
    [
        ("quarterly", ["Q1 2018-19.csv", "Jul-Sep 2018.zip", "Q3 2018.csv"], ["2018-04", "2018-07"], 1),
        (
            "yearly",
            ["spend 2017-18.ods", "Apr 2018 - Mar 2019.csv", "2018.csv"],
            ["2017-04", "2018-04"],
            1,
        ),
    ],
)
def test_deliveries_of_quarters_and_years(
    cadence: str, names: list[str], expected: list[str], unclear: int, fetcher: Fetcher
) -> None:
    drop(fetcher, *names)
    found = survey(make_publisher(cadence=cadence, payments=None), SAMPLE, fetcher)
    assert [file.period for file in found.files] == expected
    assert len(found.problems) == unclear
    assert (
        f"names no certain {'quarter' if cadence == 'quarterly' else 'financial year'}" in found.problems[0]
    )
    assert details() == [problem.partition(": ")[2] for problem in found.problems], "in the ledger, too"


@pytest.mark.database
def test_a_delivery_as_a_zip_lands_as_it_is(fetcher: Fetcher, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("payments.csv", "Date,Supplier,Amount\n")
    (drop(fetcher) / "payments 2018-04.zip").write_bytes(packed.getvalue())
    publisher, store = make_publisher(payments=None), LandingStore(str(tmp_path / "landing"))
    [file] = discover(publisher, SAMPLE, fetcher)
    landed = fetcher.land(file, publisher, store, "spec")
    assert (landed.file_name, store.read(landed.sha256)) == ("payments 2018-04.zip", packed.getvalue())


@pytest.mark.database
def test_a_delivery_is_read_once_it_is_whole(fetcher: Fetcher, tmp_path: Path) -> None:
    path = drop(fetcher, "2018-04.csv") / "2018-04.csv"
    publisher, store = make_publisher(payments=None), LandingStore(str(tmp_path / "landing"))
    [file] = discover(publisher, SAMPLE, fetcher)
    fetcher.limits = replace(fetcher.limits, settle_seconds=1)  # much longer than from line to line

    def copy_slowly() -> None:
        for number in range(5):
            time.sleep(0.1)
            with path.open("a") as stream:
                stream.write(f"{number}\n")

    copying = threading.Thread(target=copy_slowly)
    copying.start()
    landed = fetcher.land(file, publisher, store, "spec")
    copying.join()
    assert store.read(landed.sha256) == path.read_bytes()
    assert path.read_bytes().endswith(b"4\n")


@pytest.mark.database
def test_a_delivery_that_never_settles_is_left_for_later(fetcher: Fetcher, tmp_path: Path) -> None:
    path = drop(fetcher, "2018-04.csv") / "2018-04.csv"
    publisher, store = make_publisher(payments=None), LandingStore(str(tmp_path / "landing"))
    [file] = discover(publisher, SAMPLE, fetcher)
    stop = threading.Event()

    def copy_for_ever() -> None:
        while not stop.wait(0.02):
            with path.open("a") as stream:
                stream.write("x\n")

    copying = threading.Thread(target=copy_for_ever)
    copying.start()
    with pytest.raises(FetchError, match="still being copied") as raised:
        fetcher.land(file, publisher, store, "spec")
    stop.set()
    copying.join()
    assert raised.value.is_transient
    assert outcomes() == [("failed", None)]


@pytest.mark.database
def test_an_empty_delivery_is_refused(fetcher: Fetcher, tmp_path: Path) -> None:
    (drop(fetcher) / "2018-04.csv").write_bytes(b"")
    publisher = make_publisher(payments=None)
    [file] = discover(publisher, SAMPLE, fetcher)
    with pytest.raises(FetchError, match="an empty file"):
        fetcher.land(file, publisher, LandingStore(str(tmp_path / "landing")), "spec")


# archive -------------------------------------------------------------------------------------------------

MANIFEST = ["publisher_id", "stream", "period", "file", "sha256", "note"]


def write_archive(folder: Path, *rows: tuple[str, ...]) -> Path:
    folder.mkdir()
    with (folder / "manifest.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([MANIFEST, *((*row, "a note") for row in rows)])
    return folder


@pytest.mark.database
@pytest.mark.usefixtures("empty_ledger")
def test_an_archive(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    data = b"Date,Supplier,Amount\n"
    sha256 = hashlib.sha256(data).hexdigest()
    council = ("invented_council", "payments")
    folder = write_archive(
        tmp_path / "archive",
        (*council, "2018-04", "sub/april 2018.csv", sha256),
        (*council, "2018-05", "missing.csv", sha256),
        (*council, "2018-06", "changed.csv", sha256),
        (*council, "2018-07", "no-hash.csv", ""),
        (*council, "2018-08", "../outside.csv", sha256),
        (*council, "2018-13", "never.csv", sha256),
        ("invented_council", "listing_page", "", "index.html", sha256),
        ("unheard_of_body", "payments", "2018-04", "sub/april 2018.csv", sha256),
    )
    (folder / "sub").mkdir()
    for name, content in (("sub/april 2018.csv", data), ("changed.csv", data + b"x"), ("no-hash.csv", data)):
        (folder / name).write_bytes(content)
    (tmp_path / "outside.csv").write_bytes(data)

    publisher, store = make_publisher(), LandingStore(str(tmp_path / "landing"))
    request = RunRequest("archive", archive=str(folder))
    fetcher = Fetcher("archive", "run", archive=str(folder))
    results = {}
    for file in discover(publisher, request, fetcher):
        try:
            results[file.period] = fetcher.land(file, publisher, store, "spec").file_name
        except FetchError as error:
            results[file.period] = str(error)

    assert results.pop("2018-04") == "april 2018.csv"
    expected = {
        "2018-05": "cannot be read: No such file",
        "2018-06": "is not the file of its manifest",
        "2018-07": "is not the file of its manifest",
        "2018-08": "outside the inbox and the archive",
    }
    assert {period: words for period, words in expected.items() if words in results[period]} == expected
    assert outcomes() == [("failed", None)] * 2 + [("landed", None)] + [("failed", None)] * 4
    for words in (
        "without a spec, left out: invented_council, unheard_of_body",
        "'2018-13' is not a month",
        "'listing_page'",
    ):
        assert words in caplog.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"publisher_id,stream,period,file\n", "lacks the columns sha256"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"", "lacks the columns"),
    ],
)
def test_a_manifest_that_cannot_be_used(content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(DiscoverError, match=words):
        read_manifest(tmp_path)


@pytest.mark.database
def test_rows_of_a_manifest_that_cannot_be_placed_are_in_the_ledger(tmp_path: Path, fetcher: Fetcher) -> None:
    council = "invented_council"
    folder = write_archive(
        tmp_path / "archive",
        (council, "payments", "2018-04", "a.csv", ""),
        (council, "payments", "2018-05", "b.csv", ""),
        (council, "payments", "2018-07", "first.csv", ""),
        (council, "payments", "2018-07", "second.csv", ""),
        (council, "listing_page", "", "index.html", ""),
    )
    request = RunRequest("archive", archive=str(folder))
    found = survey(
        make_publisher(cadence="quarterly"), request, Fetcher("archive", "run", archive=str(folder))
    )
    assert [(file.period, file.link_text) for file in found.files] == [
        ("2018-04", "a.csv"),
        ("2018-07", "second.csv"),
    ]
    told = [
        "b.csv left out: no quarterly file begins in 2018-05",
        "first.csv left out: second.csv is a second row",
    ]
    assert [words for words, problem in zip(told, found.problems, strict=True) if words in problem] == told
    assert len(details()) == 3, "the listing page is no problem, but it is noted"
