"""What a fetcher must survive, and which test proves it: the publishers' sites as they were seen to behave.

One row a behaviour, numbered as in the list that was gathered from the sites: what was seen, and the tests
that bring it about for real. Each file named is under tests/; every server is a real one on loopback.
"""

import ast
from pathlib import Path

import pytest

from anchor_spend.answers import is_sign_in_address
from anchor_spend.conform import conform
from anchor_spend.errors import UnreadableFileError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from anchor_spend.readers import read_tables
from anchor_spend.spec import load_specs
from fetching import HOST, PUBLISHER, land
from local_server import LocalServer, body

TESTS = Path(__file__).parents[1]

BEHAVIOURS: dict[int, tuple[str, list[str]]] = {
    1: (
        "An index page with file names nobody can foresee, typos, the month in the text or around the link",
        [
            "unit/test_discover.py::test_links_of_a_page",
            "unit/test_discover.py::test_the_month_may_stand_around_the_link",
            "unit/test_discover.py::test_the_year_may_stand_in_the_pages_address_or_heading",
            "unit/test_discover.py::test_the_real_listing_pages_of_central_bedfordshire",
            "unit/test_link_periods.py::test_months_that_are_certain",
            "unit/test_link_periods.py::test_two_months_are_never_one",
        ],
    ),
    2: (
        "A site moves: every old address is dead, the index still links some; identity is not the address",
        [
            "unit/test_discover.py::test_dead_links_beside_good_ones",
            "faults/test_fetch.py::test_the_same_file_at_a_new_address_is_the_same_version",
            "faults/test_fetch_command.py::test_what_cannot_be_had_is_exit_code_1_and_the_rest_is_landed",
        ],
    ),
    3: (
        "Only the last two years are shown: what disappears there stays here",
        [
            "faults/test_fetch.py::test_what_is_no_longer_offered_stays",
            "unit/test_ledger.py::test_the_loader_cannot_forget",
        ],
    ),
    4: (
        "A sign-in page that says success, also behind a redirect; share links",
        [
            "faults/test_fetch.py::test_bad_answers_are_named_recorded_and_leave_nothing",
            "faults/test_fetch.py::test_share_links_are_asked_for_their_download",
            "unit/test_discover.py::test_share_links_become_downloads",
        ],
    ),
    5: (
        "'Not found' as a web page with status 200 and a spreadsheet's name",
        ["faults/test_fetch.py::test_bad_answers_are_named_recorded_and_leave_nothing"],
    ),
    6: (
        "A wrong content type or none, a name only in Content-Disposition, no extension, PDF as .csv",
        [
            "faults/test_fetch.py::test_odd_but_whole_answers_land",
            "faults/test_fetch.py::test_file_names",
            "faults/test_fetch.py::test_a_file_whose_own_name_says_another_month_is_remarked_upon",
            "faults/test_http_behaviours.py::test_bytes_decide_what_a_file_is",
        ],
    ),
    7: (
        "Walls against programs: 403, 503, resets, refusals. An honest name, robots, pauses, no way round",
        [
            "faults/test_fetch_politeness.py::test_a_wall_against_programs_is_taken_for_a_no",
            "faults/test_fetch_politeness.py::test_who_asks_can_be_told",
            "faults/test_fetch_politeness.py::test_robots_txt_is_obeyed",
            "faults/test_fetch_politeness.py::test_a_site_whose_rules_cannot_be_known_is_not_asked",
            "faults/test_fetch_politeness.py::test_processes_take_turns_at_a_host",
            "faults/test_fetch_politeness.py::test_backoff_doubles_and_is_never_quite_the_same",
            "faults/test_fetch_politeness.py::test_a_host_that_keeps_failing_is_left_alone_and_the_others_are_not",
            "faults/test_fetch.py::test_bad_answers_are_named_recorded_and_leave_nothing",
            "faults/test_fetch.py::test_connection_refused",
        ],
    ),
    8: (
        "Certificates that cannot be verified: self-signed, of another host, expired, intermediate missing",
        [
            "faults/test_fetch_live.py::test_an_unverifiable_certificate_is_never_accepted",
            "faults/test_fetch_live.py::test_a_certificate_of_another_host_is_never_accepted",
            "faults/test_fetch_live.py::test_a_chain_that_cannot_be_followed_is_never_accepted",
        ],
    ),
    9: (
        "Content-Length missing or misspelt, chunked, gzip; ETag and Last-Modified used, never relied on",
        [
            "faults/test_fetch.py::test_odd_but_whole_answers_land",
            "faults/test_fetch.py::test_not_modified_brings_the_version_at_hand",
            "faults/test_fetch.py::test_a_restatement_is_found_though_its_etag_stayed",
            "faults/test_fetch.py::test_not_modified_is_only_asked_where_the_bytes_are_kept",
        ],
    ),
    10: (
        "UTF-8 with and without BOM, cp1252, Mac Roman, UTF-16",
        ["faults/test_http_behaviours.py::test_names_survive_every_encoding_seen"],
    ),
    11: (
        "Banners, blank rows, padded headers, empty columns behind, totals, brackets for negatives",
        [
            "faults/test_http_behaviours.py::test_a_layout_with_everything_wrong_reads_whole",
            "unit/test_conform.py::test_nothing_is_lost_on_the_way_through_a_file",
        ],
    ),
    12: (
        "A month published again; files of quarters, running totals; rows that are twice there",
        [
            "faults/test_fetch.py::test_the_same_bytes_are_no_new_work_and_a_restatement_is",
            "unit/test_ledger.py::test_a_restatement_supersedes_and_the_earlier_version_stays",
            "unit/test_discover.py::test_of_two_links_for_a_month_one_is_taken",
            "unit/test_discover.py::test_files_of_quarters_and_years",
            "unit/test_link_periods.py::test_months_that_are_not",
            "unit/test_conform.py::test_identical_rows_are_separate_payments",
        ],
    ),
    13: (
        "CKAN: moved to another host, paged, resources without address, dead ones, success=false",
        [
            "faults/test_fetch_catalogue.py::test_the_move_to_another_host_is_followed",
            "faults/test_fetch_catalogue.py::test_a_search_is_read_to_its_end",
            "faults/test_fetch_catalogue.py::test_resources_of_a_dataset",
            "faults/test_fetch_catalogue.py::test_one_dead_address_hides_no_other",
            "faults/test_fetch_catalogue.py::test_answers_that_are_none",
        ],
    ),
    14: (
        "Data behind an account is no source: no spec needs one",
        ["faults/test_http_behaviours.py::test_no_spec_needs_an_account"],
    ),
    15: (
        "Retired sites out of a web archive: original bytes, the archive's date kept, no other site's pages",
        [
            "faults/test_fetch_replay.py::test_pages_and_links_of_a_retired_site",
            "faults/test_fetch_replay.py::test_the_national_archives_form",
            "faults/test_fetch_replay.py::test_an_archive_leads_nowhere_else",
            "faults/test_fetch_replay.py::test_a_redirect_of_the_site_itself_stays_in_the_archive",
        ],
    ),
}  # fmt: skip


def test_every_behaviour_is_proven_by_tests_that_exist() -> None:
    assert list(BEHAVIOURS) == list(range(1, 16))
    named = [name for _, names in BEHAVIOURS.values() for name in names]
    files = {name.partition("::")[0] for name in named}
    there = {f"{file}::{test}" for file in files for test in defined_in(TESTS / file)}
    assert sorted(set(named) - there) == []
    assert all(names for _, names in BEHAVIOURS.values())


def defined_in(path: Path) -> list[str]:
    """The tests a file defines."""
    nodes = ast.parse(path.read_text("utf-8")).body
    return [
        node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_no_spec_needs_an_account() -> None:
    specs = load_specs(TESTS.parent / "plugins" / "publishers")
    listings = [
        stream.listing for spec in specs.values() for stream in spec.streams.values() if stream.listing
    ]
    urls = [url for listing in listings for url in listing.urls]
    assert urls
    assert [url for url in urls if is_sign_in_address(url) or "appgov" in url] == []
    assert [
        host for spec in specs.values() for host in spec.hosts if is_sign_in_address(f"https://{host}/")
    ] == []


# from the server to payments -----------------------------------------------------------------------------

NAME = "Café Invented £5 Ltd"
TEXT = f"Date,Supplier,Amount\n01/04/2018,{NAME},12.50\n"
ENCODINGS = {
    "UTF-8": TEXT.encode("utf-8"),
    "UTF-8 with BOM": TEXT.encode("utf-8-sig"),
    "cp1252": TEXT.encode("cp1252"),
    "UTF-16 with BOM": TEXT.encode("utf-16"),
}


def payments(
    server: LocalServer, fetcher: Fetcher, store: LandingStore, data: bytes
) -> list[tuple[str, int]]:
    """(Supplier, pence) of a file's payments, fetched and read."""
    server.routes[f"/{HOST}/april.csv"] = body(data, "application/octet-stream")
    landed = land(fetcher, store)
    stream = PUBLISHER.streams["payments"]
    tables = read_tables(store.read(landed.sha256), landed.file_name, stream.format)
    read = conform(tables, PUBLISHER, "payments", "2018-04", landed.file_name)
    kept = (read.payments, read.rejected, read.excluded)
    assert read.pence_read == sum(int(pence) for part in kept for pence in part["amount_pence"])
    return list(zip(read.payments["supplier_name"], read.payments["amount_pence"], strict=True))


@pytest.mark.database
@pytest.mark.usefixtures("empty_ledger", "no_proxy")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_names_survive_every_encoding_seen(
    encoding: str, server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    assert payments(server, fetcher, store, ENCODINGS[encoding]) == [(NAME, 1250)]


UGLY = """Transparency Report - April 2018 ,,,,,

 Date , Supplier ,  Amount  ,,,
 01-Apr-2018, Invented Widgets Ltd ," £1,234.56 ",,,
02-Apr-2018,Invented Widgets Ltd,"(1,000.00)",,,
03-Apr-2018,Invented Gadgets Ltd,27.50-,,,
03-Apr-2018,Invented Gadgets Ltd,27.50-,,,
,,,,,
Total,,"£179.56",,,
"""


@pytest.mark.database
@pytest.mark.usefixtures("empty_ledger", "no_proxy")
def test_a_layout_with_everything_wrong_reads_whole(
    server: LocalServer, fetcher: Fetcher, store: LandingStore
) -> None:
    widgets, gadgets = "Invented Widgets Ltd", "Invented Gadgets Ltd"
    assert payments(server, fetcher, store, UGLY.encode("cp1252")) == [
        (widgets, 123456), (widgets, -100000), (gadgets, -2750), (gadgets, -2750),
    ]  # fmt: skip


@pytest.mark.database
@pytest.mark.usefixtures("empty_ledger", "no_proxy")
def test_bytes_decide_what_a_file_is(server: LocalServer, fetcher: Fetcher, store: LandingStore) -> None:
    """A PDF saved as .csv lands as it is; it is read as what it is, never as text."""
    with pytest.raises(UnreadableFileError) as raised:
        payments(server, fetcher, store, b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\nno objects\n%%EOF\n")
    assert "pdf" in f"{raised.value.rule} {raised.value.detail}".lower()
