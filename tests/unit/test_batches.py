"""How a publisher's new files are parted into batches: many small ones together, large ones by the year."""

from anchor_spend.ingest import _chunks
from anchor_spend.periods import months_between
from anchor_spend.records import DiscoveredFile
from anchor_spend.settings import PROJECT
from anchor_spend.spec import load_specs

SPECS = load_specs(PROJECT / "plugins" / "publishers")
MONTHS = months_between("2016-04", "2019-03")


def sizes(publisher_id: str) -> list[int]:
    spec = SPECS[publisher_id]
    files = [
        DiscoveredFile(publisher_id, stream, month, "https://x.example/f")
        for month in reversed(MONTHS)
        for stream in spec.streams
    ]
    chunks = list(_chunks(files, spec))
    flat = [(file.stream, file.period) for chunk in chunks for file in chunk]
    assert flat == sorted((stream, month) for stream in spec.streams for month in MONTHS)
    return [len(chunk) for chunk in chunks]


def test_three_years_of_a_small_body_are_one_batch() -> None:
    assert sizes("bedford_hospital") == [36]
    assert sizes("cranfield_university") == [36]


def test_the_largest_council_goes_by_the_year() -> None:
    assert sizes("central_bedfordshire_council") == [12, 12, 12, 36]  # payments, then cards
