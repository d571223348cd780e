"""Every spec reads its sample as expected: a few of the ugliest rows in the publisher's real layout.

For each stream of a spec, tests/publishers/<publisher_id>/ holds <stream>.<ext>, <stream>_expected.csv (the
payments) and <stream>_set_aside.csv (rejected and excluded rows). A stream of a shared layout may do with the
sample of tests/publishers/<layout>/. Every name and amount in them is invented.
"""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from anchor_spend.conform import conform
from anchor_spend.readers import read_tables
from anchor_spend.records import PAYMENT_COLUMNS, ConformedFile
from anchor_spend.settings import PROJECT
from anchor_spend.spec import Publisher, layout, load_specs
from anchor_spend.steps import STEPS

SPECS = load_specs(PROJECT / "plugins" / "publishers")
STREAMS = [(body.publisher_id, stream) for body in SPECS.values() for stream in body.streams]
SAMPLES = Path(__file__).parent
LAYOUT_FILES = list((PROJECT / "plugins" / "anchor_spend" / "data" / "layouts").glob("*.yml"))
LAYOUTS = {path.stem for path in LAYOUT_FILES}
MOST_ROWS = 15
ASIDE = ["effect", "sheet", "row_number", "rule", "column", "amount_pence"]


def folder_of(body: Publisher, stream: str) -> Path:
    """The body's own folder, or that of the stream's layout."""
    own, layout = SAMPLES / body.publisher_id, body.streams[stream].layout  # type: ignore[index]
    return own if layout is None or any(own.glob(f"{stream}.*")) else SAMPLES / layout


def sample_of(body: Publisher, stream: str) -> Path:
    folder = folder_of(body, stream)
    found = sorted(folder.glob(f"{stream}.*"))
    assert len(found) == 1, (
        f"{folder.relative_to(PROJECT)} must hold one sample {stream}.<ext>, has {len(found)}"
    )
    return found[0]


def conform_sample(body: Publisher, stream: str) -> ConformedFile:
    path = sample_of(body, stream)
    tables = read_tables(path.read_bytes(), path.name, body.streams[stream].format)  # type: ignore[index]
    return conform(tables, body, stream, "2017-04", path.name)


def expected(path: Path, columns: list[str]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        rows = list(reader)
    assert reader.fieldnames == columns
    return rows


def as_text(frame: pd.DataFrame) -> list[dict[str, str]]:
    rows = frame.to_dict("records")
    return [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


@pytest.mark.parametrize(("publisher_id", "stream"), STREAMS)
def test_sample_becomes_the_expected_payments(publisher_id: str, stream: str) -> None:
    body = SPECS[publisher_id]
    conformed = conform_sample(body, stream)
    folder = folder_of(body, stream)
    assert as_text(conformed.payments) == expected(folder / f"{stream}_expected.csv", PAYMENT_COLUMNS)
    aside = pd.concat(
        [conformed.rejected.assign(effect="rejected"), conformed.excluded.assign(effect="excluded")]
    )
    assert as_text(aside[ASIDE]) == expected(folder / f"{stream}_set_aside.csv", ASIDE)
    parts = (conformed.payments, conformed.rejected, conformed.excluded)
    assert conformed.rows_read == sum(len(part) for part in parts)
    assert conformed.pence_read == sum(int(pence) for part in parts for pence in part["amount_pence"])
    assert len(conformed.payments) + len(conformed.rejected) <= MOST_ROWS
    assert all(finding.severity != "critical" for finding in conformed.findings)


@pytest.mark.parametrize(("publisher_id", "stream"), STREAMS)
def test_spec_names_only_what_exists(publisher_id: str, stream: str) -> None:
    declared = SPECS[publisher_id].streams[stream]  # type: ignore[index]
    assert set(declared.steps) <= set(STEPS)
    assert declared.expected.rows[0] <= declared.expected.rows[1]
    assert declared.first_period <= (declared.last_period or "9999-12")


def test_no_sample_is_left_behind_by_a_spec_that_went() -> None:
    folders = {path.name for path in SAMPLES.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders <= set(SPECS) | LAYOUTS


def test_every_layout_is_used_and_has_a_sample() -> None:
    used = {stream.layout for body in SPECS.values() for stream in body.streams.values() if stream.layout}
    assert used == LAYOUTS
    assert all(list((SAMPLES / name).glob("*_expected.csv")) for name in LAYOUTS)


@pytest.mark.parametrize("name", sorted(path.stem for path in LAYOUT_FILES))
def test_a_stream_writes_only_what_its_layout_does_not_say(name: str) -> None:
    for body in SPECS.values():
        for stream, written in _written(body).items():
            if written.get("layout") == name:
                repeated = [key for key, value in layout(name).items() if written.get(key) == value]
                assert not repeated, f"{body.publisher_id}, {stream}: {repeated} stand in the layout"


def _written(body: Publisher) -> dict[str, dict[str, Any]]:
    path = PROJECT / "plugins" / "publishers" / f"{body.publisher_id}.yml"
    streams: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["streams"]
    return streams


def test_a_workbook_publisher_also_reads_from_a_conversion_to_text() -> None:
    """Bedford's archive is CSV made of its workbooks: dates gain a midnight, the rest stays."""
    body = SPECS["bedford_borough_council"]
    stream_format = body.streams["payments"].format
    path = sample_of(body, "payments")
    (table,) = read_tables(path.read_bytes(), path.name, stream_format)
    lines = [",".join(f'"{_with_midnight(cell)}"' for cell in row) for row in table.rows]
    tables = read_tables("\n".join(lines).encode("utf-8-sig"), "payments.csv", stream_format)
    converted = conform(tables, body, "payments", "2017-04", "payments.csv")
    original = conform_sample(body, "payments")
    assert as_text(converted.payments.assign(sheet="")) == as_text(original.payments.assign(sheet=""))
    assert list(converted.rejected["rule"]) == list(original.rejected["rule"])


def _with_midnight(cell: str) -> str:
    return f"{cell} 00:00:00" if cell[4:5] == cell[7:8] == "-" and len(cell) == 10 else cell
