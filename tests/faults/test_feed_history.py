"""Real files of an invented body, month after month: what changes is named, and corrected specs read anew."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from anchor_spend import cli, database, feed_history, ingest, spec
from anchor_spend.records import RunRequest
from anchor_spend.settings import load_settings

pytestmark = pytest.mark.database

BODY = "fen_vale_council"
SPEC = """
publisher_id: fen_vale_council
name: Fen Vale Council
org_id: GB-LAE-XXX
body_type: council
postcode: LU1 1AA
valid_from: 1997-04-01
vat_basis: net
thresholds: [{valid_from: 2016-04-01, gbp: 250}]
licence: OGL-UK-3.0
streams:
  payments:
    first_period: 2016-04
    due_days: 30
    format: {family: delimited, dates: ["%d/%m/%Y"]}
    columns:
      payment_date: [Date]
      amount: [Amount]
      supplier_name: [Supplier]
    expected: {rows: [2, 200], largest_payment_gbp: 100000}
"""


@dataclass
class Feed:
    """An archive folder and the spec of its one body; both change from test to test."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def request(self) -> RunRequest:
        return RunRequest("archive", str(self.folder / "archive"), (BODY,))

    def write_spec(self, text: str = SPEC) -> None:
        (self.folder / "publishers" / f"{BODY}.yml").write_text(text)
        spec.spec_sha256.cache_clear()

    def offer(self, period: str, header: str = "Date,Supplier,Amount", payments: int = 40) -> None:
        """A month with that header; its payments differ from those of other months."""
        year, month = period.split("-")
        rows = [
            f"{day % 28 + 1:02d}/{month}/{year},Larkfield {day % 9},{300 + day}.{month}"
            for day in range(payments)
        ]
        self.files[period] = "\n".join([header, *rows, ""]).encode()
        archive = self.folder / "archive"
        archive.mkdir(exist_ok=True)
        with (archive / "manifest.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["publisher_id", "stream", "period", "file", "sha256"])
            for name, data in self.files.items():
                (archive / f"{name}.csv").write_bytes(data)
                writer.writerow([BODY, "payments", name, f"{name}.csv", hashlib.sha256(data).hexdigest()])

    def ingest(self) -> dict[str, int]:
        counts = {"accepted": 0, "rejected": 0}
        for batch in ingest.discover_batches(BODY, self.request):
            ingest.land_batch(batch, self.request)
            for name, number in ingest.load_batch(batch, self.request).items():
                counts[name] += number
        return counts


def rows(query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(query.encode()).fetchall()


def changes() -> list[tuple[Any, ...]]:
    return rows("select period, rule, severity, before, after from quality.feed_drift order by drift_id")


@pytest.fixture
def feed(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    (tmp_path / "publishers").mkdir()
    monkeypatch.setenv("ANCHOR_SPEND_PUBLISHERS", str(tmp_path / "publishers"))
    monkeypatch.setenv("ANCHOR_SPEND_LANDING", str(tmp_path / "landing"))
    load_settings.cache_clear()
    made = Feed(tmp_path)
    made.write_spec()
    yield made
    monkeypatch.undo()
    load_settings.cache_clear()
    spec.spec_sha256.cache_clear()


def test_a_renamed_required_column_is_named_dated_and_stored_with_the_refusal(feed: Feed) -> None:
    for period in ("2017-04", "2017-05"):
        feed.offer(period)
    feed.offer("2017-06", header="Date,Vendor,Amount")
    assert feed.ingest() == {"accepted": 2, "rejected": 1}
    assert changes() == [("2017-06", "column_renamed", "critical", "supplier", "vendor")]
    assert rows("select status_rule from landing.file_versions where period = '2017-06'") == [
        ("column_missing",)
    ]
    ((reason,),) = rows("select status_reason from landing.file_versions where status = 'rejected'")
    assert reason.endswith(
        "Changed since the file of 2017-05: column_renamed 'supplier': 'supplier' -> 'vendor'."
    )
    assert "Larkfield" not in reason

    feed.write_spec(SPEC.replace("[Supplier]", "[Supplier, Vendor]"))
    assert feed.ingest() == {"accepted": 1, "rejected": 0}
    assert len(changes()) == 1, "it was noticed once, and stays as it was noticed"


def test_changes_of_a_first_load_are_told_month_by_month_and_once(feed: Feed) -> None:
    feed.offer("2017-04")
    feed.offer("2017-05", header="Date,Supplier,Amount,Postcode")
    feed.offer("2017-06", header="Supplier,Date,Amount")
    feed.files["2017-06"] = b"\n".join(
        b",".join(line.split(b",")[i] for i in (1, 0, 2)) if at else line
        for at, line in enumerate(feed.files["2017-06"].strip().split(b"\n"))
    )
    feed.offer("2017-07")
    assert feed.ingest()["accepted"] == 4
    found = changes()
    assert found == [
        ("2017-05", "column_added", "warning", "", "postcode"),
        ("2017-06", "column_vanished", "warning", "postcode", ""),
        ("2017-06", "columns_reordered", "warning", "date, supplier, amount", "supplier, date, amount"),
        ("2017-07", "columns_reordered", "warning", "supplier, date, amount", "date, supplier, amount"),
    ]
    assert feed.ingest() == {"accepted": 0, "rejected": 0}
    assert changes() == found


def test_a_version_is_compared_with_the_one_it_would_replace(feed: Feed) -> None:
    feed.offer("2017-04")
    feed.offer("2017-05", header="Date,Supplier,Amount,Postcode")
    feed.ingest()
    feed.offer("2017-05", header="Date,Supplier,Amount,Postcode,Ward")
    assert feed.ingest()["accepted"] == 1
    assert changes()[1:] == [("2017-05", "column_added", "warning", "", "ward")]


def test_working_a_file_again_keeps_each_change_once(feed: Feed) -> None:
    feed.offer("2017-04")
    feed.offer("2017-05", header="Date,Vendor,Amount")
    feed.ingest()
    with database.connect("loader") as connection:
        connection.execute("update landing.file_versions set status = 'landed' where status = 'rejected'")
    assert feed.ingest() == {"accepted": 0, "rejected": 1}
    assert len(changes()) == 1


def test_a_month_that_lost_half_of_its_payments_does_not_replace_the_first(feed: Feed) -> None:
    feed.offer("2017-04", payments=100)
    feed.ingest()
    feed.offer("2017-04", payments=45)
    assert feed.ingest() == {"accepted": 0, "rejected": 1}
    assert rows("select status, status_rule, rows_payments from landing.file_versions order by file_id") == [
        ("accepted", "", 100),
        ("rejected", "restatement_shrinks", None),
    ]
    feed.offer("2017-04", payments=90)
    assert feed.ingest() == {"accepted": 1, "rejected": 0}
    warned = rows(
        """select severity, success from quality.gate_results
           where column_name = 'restatement_shrinks' and file_id = 3 order by severity"""
    )
    assert warned == [("critical", True), ("warning", False)]


# reading again ----------------------------------------------------------------------------------------------


@pytest.fixture
def loaded(feed: Feed) -> Feed:
    """Two months whose redacted payees the spec does not know yet."""
    feed.offer("2017-04")
    feed.offer("2017-05")
    assert feed.ingest()["accepted"] == 2
    return feed


CORRECTED = SPEC.replace("    expected:", "    redaction: [larkfield 3]\n    expected:")
COUNTED = """
    select f.period, f.reading_number, f.status, count(p.file_id),
           count(p.file_id) filter (where p.is_redacted)
    from landing.file_versions f left join landing.payments p using (file_id)
    group by 1, 2, 3 order by 1, 2
"""


def test_a_corrected_spec_reads_what_counts_anew(loaded: Feed) -> None:
    loaded.write_spec(CORRECTED)
    assert ingest.read_again(BODY, loaded.request) == {"accepted": 2, "rejected": 0}
    assert rows(COUNTED) == [
        ("2017-04", 1, "superseded", 40, 0),
        ("2017-04", 2, "accepted", 40, 5),
        ("2017-05", 1, "superseded", 40, 0),
        ("2017-05", 2, "accepted", 40, 5),
    ]
    assert changes() == []
    attempts = rows("select count(*) from landing.fetch_attempts where period is not null")
    assert attempts == [(2,)], "nothing was fetched"
    assert loaded.ingest() == {"accepted": 0, "rejected": 0}, "the same bytes are no new work"
    assert [row[2] for row in rows(COUNTED)] == ["superseded", "accepted"] * 2


def test_a_spec_made_worse_changes_nothing(loaded: Feed) -> None:
    loaded.write_spec(SPEC.replace("[Supplier]", "[Payee]"))
    assert ingest.read_again(BODY, loaded.request) == {"accepted": 0, "rejected": 2}
    assert [row[1:3] for row in rows(COUNTED)] == [(1, "accepted"), (2, "rejected")] * 2
    loaded.write_spec(CORRECTED)
    assert ingest.read_again(BODY, loaded.request) == {"accepted": 2, "rejected": 0}
    assert [row[1:] for row in rows(COUNTED)] == [(1, "superseded", 40, 0), (2, "accepted", 40, 5)] * 2


def test_bytes_that_return_after_another_version_count_as_they_were_read_last(loaded: Feed) -> None:
    first = dict(loaded.files)
    loaded.write_spec(CORRECTED)
    ingest.read_again(BODY, loaded.request)
    loaded.offer("2017-05", payments=50)
    loaded.ingest()
    loaded.files = first
    loaded.offer("2017-04")
    assert loaded.ingest() == {"accepted": 1, "rejected": 0}
    assert [row for row in rows(COUNTED) if row[2] == "accepted"] == [
        ("2017-04", 2, "accepted", 40, 5),
        ("2017-05", 2, "accepted", 40, 5),
    ]


def test_the_command_reads_again(
    loaded: Feed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded.write_spec(CORRECTED)
    options = ["--publisher", BODY, "--reread", "--source", "archive", "--archive", loaded.request.archive]
    monkeypatch.setattr("sys.argv", ["anchor-spend", "load", *options])
    monkeypatch.setattr("anchor_spend.runtime.database_running", lambda **_: database.connect())
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert f"{BODY}, read again: 2 accepted, 0 rejected" in capsys.readouterr().out


def test_a_first_file_changes_nothing(feed: Feed) -> None:
    feed.offer("2017-04", header="Date,Vendor,Amount")
    assert feed.ingest() == {"accepted": 0, "rejected": 1}
    assert changes() == []
    assert feed_history.file_before(1) is None


def test_the_loader_cannot_forget_a_change(feed: Feed) -> None:
    with database.connect("loader") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("delete from quality.feed_drift")
