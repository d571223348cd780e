"""The ledger's rules, in a real PostgreSQL: which version counts, what is work, what is remembered."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import psycopg
import pytest

from anchor_spend import database, ledger
from anchor_spend.errors import DatabaseError, UnreadableFileError
from anchor_spend.records import (
    ASIDE_COLUMNS,
    PAYMENT_COLUMNS,
    ConformedFile,
    DiscoveredFile,
    FetchAttempt,
    Finding,
    LandedFile,
    Source,
)

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger")]

FILE = DiscoveredFile("invented_council", "payments", "2018-04", "https://example.test/april.csv")
ATTEMPT = FetchAttempt(FILE.url, datetime.now(UTC), 12, "landed", 200, response_headers={"etag": '"a"'})
SPEC = "spec-1"


def land(
    sha256: str, file: DiscoveredFile = FILE, *, source: Source = "live", spec: str = SPEC
) -> LandedFile:
    version = ledger.Version(sha256, f"{sha256}.csv", 10, spec)
    return ledger.land_version(file, source, version, "run", replace(ATTEMPT, url=file.url, sha256=sha256))


def conformed(payments: list[int], rejected: list[int] | None = None, rows: int = 0) -> ConformedFile:
    """A file of these amounts in pence; `rows` more were read than were classified."""
    aside = pd.DataFrame({"amount_pence": rejected or []}).reindex(columns=ASIDE_COLUMNS)
    return ConformedFile(
        payments=pd.DataFrame({"amount_pence": payments}).reindex(columns=PAYMENT_COLUMNS),
        rejected=aside,
        excluded=aside.iloc[:0],
        rows_read=len(payments) + len(rejected or []) + rows,
        pence_read=sum(payments) + sum(rejected or []),
        reading={"encoding": "cp1252"},
    )


def accept(file_id: int, *amounts: int) -> None:
    with database.connect("loader") as connection:
        ledger.accept(connection, file_id, conformed(list(amounts or (1250,))), spec_sha256=SPEC)


def rows(query: str) -> list[Any]:
    with database.connect("loader") as connection:
        found = connection.execute(query.encode()).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


def states() -> dict[str, str]:
    return dict(rows("select sha256, status from landing.file_versions order by file_id"))


def outcomes() -> list[str]:
    return rows("select outcome from landing.fetch_attempts order by attempt_id")


def waiting() -> list[str]:
    return [file.sha256 for file in ledger.versions_to_load(is_synthetic=False)]


# which version counts ------------------------------------------------------------------------------------


def test_new_bytes_wait_and_the_same_bytes_are_the_same_row() -> None:
    assert land("v1") == land("v1")
    assert (states(), outcomes(), waiting()) == ({"v1": "landed"}, ["landed", "unchanged"], ["v1"])


def test_an_accepted_version_is_no_new_work() -> None:
    accept(land("v1").file_id)
    land("v1")
    land("v1", spec="spec-2")
    assert (states(), outcomes()[1:], waiting()) == ({"v1": "accepted"}, ["unchanged"] * 2, [])


def test_a_restatement_supersedes_and_the_earlier_version_stays() -> None:
    first = land("v1")
    accept(first.file_id, 100)
    second = land("v2")
    assert states() == {"v1": "accepted", "v2": "landed"}, "until it is loaded the earlier one counts"
    accept(second.file_id, 200)
    assert states() == {"v1": "superseded", "v2": "accepted"}
    (kept,) = rows("select superseded_by, superseded_at, pence_payments from landing.file_versions limit 1")
    assert kept[0] == second.file_id
    assert kept[1] is not None
    assert kept[2] == 100


def test_bytes_that_return_count_again() -> None:
    accept(land("v1").file_id)
    accept(land("v2").file_id)
    again = land("v1")
    assert (states(), outcomes(), waiting()) == (
        {"v1": "landed", "v2": "accepted"},
        ["landed"] * 3,
        ["v1"],
    )
    accept(again.file_id)
    assert states() == {"v1": "accepted", "v2": "superseded"}
    assert rows("select superseded_by from landing.file_versions where status = 'accepted'") == [None]


def test_what_is_no_longer_shown_is_never_loaded() -> None:
    accept(land("v1").file_id)
    land("v2")
    land("v3")
    assert (states(), waiting()) == ({"v1": "accepted", "v2": "superseded", "v3": "landed"}, ["v3"])
    land("v1")
    assert (states(), waiting()) == ({"v1": "accepted", "v2": "superseded", "v3": "superseded"}, [])
    land("v2")
    assert waiting() == ["v2"]


def test_rejected_bytes_are_worked_again_only_under_another_spec() -> None:
    accept(land("v1").file_id)
    bad = land("v2")
    ledger.mark_rejected(bad.file_id, "no column Amount", SPEC, rule="column_missing")
    land("v2")
    assert (states(), waiting()) == ({"v1": "accepted", "v2": "rejected"}, [])
    assert rows("select status_reason from landing.file_versions where status = 'rejected'") == [
        "no column Amount"
    ]

    land("v2", spec="spec-2")
    assert (waiting(), outcomes()[-1]) == (["v2"], "landed")
    ledger.mark_rejected(bad.file_id, "still none", "spec-2", rule="column_missing")
    land("v2", spec="spec-2")
    assert waiting() == []


def test_only_what_waits_can_be_rejected() -> None:
    landed = land("v1")
    accept(landed.file_id)
    ledger.mark_rejected(landed.file_id, "too late", SPEC, rule="fault")
    assert states() == {"v1": "accepted"}


def test_a_held_version_gives_way_to_the_one_before() -> None:
    accept(land("v1").file_id)
    second = land("v2")
    accept(second.file_id)
    ledger.mark_held(second.file_id, "ten times last month", rule="total_against_other_months")
    assert states() == {"v1": "accepted", "v2": "held"}
    land("v2")
    assert (states(), waiting()) == ({"v1": "accepted", "v2": "held"}, [])
    ledger.mark_held(second.file_id, "again", rule="total_against_other_months")
    assert states() == {"v1": "accepted", "v2": "held"}


def test_the_sample_and_real_data_never_meet() -> None:
    real, synthetic = land("v1"), land("v1", source="sample")
    assert real.file_id != synthetic.file_id
    accept(real.file_id)
    accept(synthetic.file_id)
    assert rows("select status from landing.file_versions") == ["accepted"] * 2
    land("v2", source="sample")
    assert waiting() == []
    assert ledger.accepted_identities(is_synthetic=False, publisher_id="invented_council") == {
        ("payments", "2018-04")
    }


def test_live_and_archive_are_one_world() -> None:
    assert land("v1").file_id == land("v1", source="archive").file_id


def test_versions_to_load_can_be_narrowed() -> None:
    later = replace(FILE, period="2018-05")
    other = replace(FILE, publisher_id="another_council")
    landed = [land("a"), land("b", later), land("c", other)]
    assert [file.sha256 for file in ledger.versions_to_load(False)] == ["a", "b", "c"]
    assert [file.sha256 for file in ledger.versions_to_load(False, ["another_council"])] == ["c"]
    assert [file.sha256 for file in ledger.versions_to_load(False, first="2018-05")] == ["b"]
    assert [file.sha256 for file in ledger.versions_to_load(False, last="2018-04")] == ["a", "c"]
    assert ledger.versions_to_load(False, file_ids=[landed[1].file_id]) == [landed[1]]
    assert ledger.versions_to_load(False, file_ids=[]) == []


# accepting -----------------------------------------------------------------------------------------------


def test_accepting_keeps_what_was_counted() -> None:
    landed = land("v1")
    with database.connect("loader") as connection:
        ledger.accept(connection, landed.file_id, conformed([1250, -50], [0]), spec_sha256="spec-9")
    columns = "rows_read, pence_read, rows_payments, pence_payments, rows_rejected, pence_rejected"
    assert rows(f"select {columns}, rows_excluded, pence_excluded from landing.file_versions") == [
        (3, 1200, 2, 1200, 1, 0, 0, 0)
    ]
    assert rows("select spec_sha256, reading ->> 'encoding' from landing.file_versions") == [
        ("spec-9", "cp1252")
    ]


def test_a_file_that_does_not_add_up_is_refused() -> None:
    landed = land("v1")
    with database.connect("loader") as connection, pytest.raises(UnreadableFileError, match="conservation"):
        ledger.accept(connection, landed.file_id, conformed([100], rows=1), spec_sha256=SPEC)
    assert states() == {"v1": "landed"}


def test_the_database_itself_refuses_a_broken_equation() -> None:
    accept(land("v1").file_id)
    with pytest.raises(psycopg.errors.CheckViolation), database.connect("loader") as connection:
        connection.execute("update landing.file_versions set rows_rejected = 1")


def test_accepting_is_part_of_the_callers_transaction() -> None:
    accept(land("v1").file_id)
    second = land("v2")
    with pytest.raises(KeyboardInterrupt), database.connect("loader") as connection:
        ledger.accept(connection, second.file_id, conformed([1]), spec_sha256=SPEC)
        raise KeyboardInterrupt
    assert states() == {"v1": "accepted", "v2": "landed"}


def test_what_was_replaced_meanwhile_cannot_be_accepted() -> None:
    first = land("v1")
    land("v2")
    with pytest.raises(DatabaseError, match="no longer waits"):
        accept(first.file_id)
    with pytest.raises(DatabaseError, match="no file version 999"):
        accept(999)


def test_two_versions_accepted_at_once_leave_exactly_one() -> None:
    accept(land("v0").file_id)
    landed = [land("v1").file_id, land("v2").file_id]
    with database.connect() as connection:
        connection.execute("update landing.file_versions set status = 'landed' where sha256 = 'v1'")
    threads = [threading.Thread(target=accept, args=(file_id,)) for file_id in landed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states().values()) == ["accepted", "superseded", "superseded"]


# attempts ------------------------------------------------------------------------------------------------


def test_an_attempt_is_kept_as_it_was() -> None:
    attempt = replace(
        ATTEMPT, outcome="failed", http_status=503, detail="busy", redirects=["https://example.test/b"]
    )
    ledger.record_attempt("run-7", False, "invented_council", "payments", None, attempt)
    assert rows(
        "select run_id, is_synthetic, period, url, duration_ms, outcome, http_status, detail, redirects, "
        "response_headers, started_at from landing.fetch_attempts"
    ) == [
        (
            "run-7", False, None, FILE.url, 12, "failed", 503, "busy", ["https://example.test/b"],
            {"etag": '"a"'}, ATTEMPT.started_at,
        )
    ]  # fmt: skip


def test_validators_come_from_the_last_good_answer() -> None:
    assert ledger.last_validators(FILE.url, is_synthetic=False) is None
    land("v1")
    failed = replace(ATTEMPT, outcome="failed", response_headers={"etag": '"error page"'})
    ledger.record_attempt("run", False, "invented_council", "payments", "2018-04", failed)
    known = ledger.last_validators(FILE.url, is_synthetic=False)
    assert known == ledger.Validators('"a"', "", "v1", "v1.csv", 10)
    assert ledger.last_validators(FILE.url, is_synthetic=True) is None


def test_an_attempt_whose_bytes_are_unknown_gives_no_validators() -> None:
    lost = replace(ATTEMPT, sha256="never-landed")
    ledger.record_attempt("run", False, "invented_council", "payments", "2018-04", lost)
    assert ledger.last_validators(FILE.url, is_synthetic=False) is None


def test_a_turn_at_a_host_is_for_one_at_a_time() -> None:
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with ledger.turn_at_host("example.test"):
            order.append("second")

    with ledger.turn_at_host("example.test"):
        thread = threading.Thread(target=second)
        thread.start()
        started.wait()
        with ledger.turn_at_host("other.example.test"):
            order.append("another host")
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["another host", "first", "second"]


# earlier months and findings -----------------------------------------------------------------------------


def test_trailing_totals_are_the_latest_accepted_months_before() -> None:
    for month, amount in (("2018-01", 100), ("2018-02", 200), ("2018-03", 300), ("2018-05", 500)):
        accept(land(month, replace(FILE, period=month)).file_id, amount)
    land("not-loaded", replace(FILE, period="2017-12"))
    accept(land("other", replace(FILE, publisher_id="another_council", period="2018-02")).file_id, 7)
    identity = ledger.Identity(False, "invented_council", "payments", "2018-04")
    found = ledger.trailing_totals(identity, 2)
    assert [(month.period, month.pence_payments, month.rows_payments) for month in found] == [
        ("2018-03", 300, 1),
        ("2018-02", 200, 1),
    ]
    assert ledger.trailing_totals(replace(identity, is_synthetic=True), 2) == []


def test_findings_are_kept_once() -> None:
    landed = land("v1")
    findings = [
        Finding("unknown_header", "warning", "header 'Extra'", "map or ignore it", column="Extra"),
        Finding("short_row", "info", "2 cells", row_number=7),
        Finding("short_row", "info", "2 cells", row_number=8),
    ]
    for _ in range(2):
        with database.connect("loader") as connection:
            ledger.add_findings(connection, landed.file_id, findings)
    assert rows("select rule, severity, row_number, column_name from quality.findings order by 1, 3") == [
        ("short_row", "info", 7, ""),
        ("short_row", "info", 8, ""),
        ("unknown_header", "warning", None, "Extra"),
    ]


def test_the_loader_cannot_forget() -> None:
    land("v1")
    for table in ("landing.fetch_attempts", "landing.file_versions"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            database.connect("loader") as connection,
        ):
            connection.execute(f"delete from {table}".encode())
