"""What makes a release new: days that pass, where a reviewed row begins or ends. Everything is invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import supplier_world as world

from anchor_spend import database, dated_seeds, release
from anchor_spend.errors import ReviewError
from anchor_spend.records import RunRequest

pytestmark = pytest.mark.database
SITE_COLUMNS = ("supplier_id", "postcode", "valid_from", "valid_to", "reviewed_on", "evidence")
REQUEST = RunRequest("sample")
TODAY = date.today()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


class Tomorrow(date):
    @classmethod
    def today(cls) -> date:
        return TOMORROW


@pytest.fixture
def seeds(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One accepted file of a year long past, and seeds of reviewed rows that are empty."""
    world.pay("luton_borough_council", "2017-04-03", (world.publish("Quillmere Ltd"), "1.00"))
    monkeypatch.setattr(dated_seeds, "PROJECT", tmp_path)
    folder = world.seed_file(tmp_path, monkeypatch).parent
    (folder / "reviewed_sites.csv").write_text(f"{','.join(SITE_COLUMNS)}\n")
    return folder


def publish_a_release() -> None:
    number = release.plan(REQUEST)
    with database.connect() as connection:
        connection.execute("update quality.releases set status = 'published'")
        connection.execute(
            "insert into quality.current_release (release_number, swapped_at) values (%s, now())", [number]
        )


def override(begins: object = "", ends: object = "") -> str:
    return f"0123456789abcdef,,GB-COH-1,,{begins},{ends},2017-06-01,AB,Invented.\n"


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("supplier_overrides", override(ends=TODAY)),
        ("supplier_overrides", override(begins=TOMORROW)),
        ("reviewed_sites", f"GB-COH-1,LU1 1AA,,{TODAY},2017-06-01,Invented.\n"),
    ],
)
def test_a_reviewed_row_that_begins_or_ends_makes_a_release(seeds, monkeypatch, file, row):
    path = seeds / f"{file}.csv"
    path.write_text(path.read_text() + row)
    publish_a_release()
    assert release.plan(REQUEST) is None
    monkeypatch.setattr(release, "date", Tomorrow)
    assert release.plan(REQUEST) == 2


@pytest.mark.parametrize("row", ["", override(), override(ends=YESTERDAY), override(TODAY, TOMORROW)])
def test_a_day_that_passes_is_no_reason_by_itself(seeds, monkeypatch, row):
    path = seeds / "supplier_overrides.csv"
    path.write_text(path.read_text() + row)
    publish_a_release()
    monkeypatch.setattr(release, "date", Tomorrow)
    assert release.plan(REQUEST) is None


def test_a_day_that_is_none_is_named(seeds):
    path = seeds / "supplier_overrides.csv"
    path.write_text(path.read_text() + override() + override(ends="31/12/2017"))
    with pytest.raises(ReviewError, match=r"supplier_overrides\.csv, row 3, valid_to \[date_unreadable\]"):
        release.plan(REQUEST)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("GB-COH-1,LU1 1AA,,05/04/2017,2017-06-01,Invented.", r"valid_to \[date_unreadable\]: 99/99/9999"),
        ("GB-COH-1,LU1 1AA,,,05/04/2017,Invented.", r"reviewed_on \[date_unreadable\]: 99/99/9999"),
        ("GB-COH-1,LU1,,,2017-06-01,Invented.", r"postcode \[postcode_unreadable\]: AA9"),
        ("1.2E+30,LU1 1AA,,,2017-06-01,Invented.", r"supplier_id \[id_unreadable\]: 9\.9A\+99"),
        ("GB-COH-1,LU1 1AA,,,2017-06-01,", r"evidence \[evidence_missing\]: empty"),
        ("GB-COH-1;LU1 1AA;;;2017-06-01;Invented.", r"row 2 \[cell_count\]: 1 cells, not 6"),
        ("", r"row 2 \[blank_row\]"),
        (" GB-COH-1,LU1 1AA,,,2017-06-01,Invented.", r'supplier_id \[outer_space\]: " AA-AAA-9"\. Take'),
        ("GB-COH-1,LU1 1AA\u00a0,,,2017-06-01,Invented.", r'postcode \[outer_space\]: "AA9 9AA "\. Take'),
    ],
)
def test_a_reviewed_site_that_is_spoilt_is_named(seeds, row, said):
    (seeds / "reviewed_sites.csv").write_text(f"{','.join(SITE_COLUMNS)}\n{row}\n")
    with pytest.raises(ReviewError, match=said):
        dated_seeds.in_force(TODAY)
