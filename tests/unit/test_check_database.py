"""The check beside the months the project's database has; every name and amount is invented."""

from pathlib import Path

import pytest

import check_files as files
from anchor_spend import database
from anchor_spend.check import check_file, text
from pipeline import Pipeline

pytestmark = pytest.mark.database


def accept(period: str, rows: int, pence: int, *, is_synthetic: bool = False) -> None:
    """A version that counts, as the ledger keeps it."""
    with database.connect() as connection:
        connection.execute(
            """insert into landing.file_versions (
                   is_synthetic, source, publisher_id, stream, period, sha256, file_name, size_bytes, url,
                   status, rows_read, pence_read, rows_payments, pence_payments, rows_rejected,
                   pence_rejected, rows_excluded, pence_excluded)
               values (%s, 'live', 'fen_vale_council', 'payments', %s, %s, 'x.csv', 1, 'https://x.example/',
                   'accepted', %s, %s, %s, %s, 0, 0, 0, 0)""",
            [is_synthetic, period, f"{is_synthetic}{period}", rows, pence, rows, pence],
        )


def test_accepted_months_stand_beside_the_file(empty_ledger: str, tmp_path: Path) -> None:
    for month in ("2017-02", "2017-03", "2017-04", "2017-07"):
        accept(month, 40, 1_748_000)
    accept("2017-05", 9_000, 9_000_000_00, is_synthetic=True)  # invented months say nothing of real ones
    path = files.write(tmp_path, files.rows())
    found = check_file(path, files.publisher()).comparison
    assert [(item.period, item.origin) for item in found.months] == [
        ("2017-02", "database"), ("2017-03", "database"), ("2017-04", "database"),
    ]  # fmt: skip
    assert (found.rows_ratio, found.pence_ratio, found.published_already) == (1.0, 1.0, None)


def test_a_given_file_stands_before_the_databases_month(empty_ledger: str, tmp_path: Path) -> None:
    accept("2017-04", 7, 700)
    kept = tmp_path / "earlier"
    kept.mkdir()
    files.write(kept, files.rows(30), "payments-2017-04.csv")
    found = check_file(files.write(tmp_path, files.rows()), files.publisher(), previous=[kept]).comparison
    assert [(item.rows, item.origin) for item in found.months] == [(30, "payments-2017-04.csv")]


def test_a_month_that_is_in_already_is_told(empty_ledger: str, tmp_path: Path) -> None:
    accept("2017-06", 41, 1_748_100)
    check = check_file(files.write(tmp_path, files.rows()), files.publisher())
    (said,) = check.problems
    assert (said.rule, said.severity, check.verdict) == ("replaces_published_month", "info", "ready")
    assert said.detail == "41 payments count for this month now; change: -1 payments, −£1.00."
    assert check.comparison.published_already and check.comparison.published_already.rows == 41
    assert said.detail in " ".join(" ".join(text.lines(check)).split())


def test_no_payment_never_replaces_some(empty_ledger: str, tmp_path: Path) -> None:
    accept("2017-06", 41, 1_748_100)
    check = check_file(files.write(tmp_path, []), files.publisher())
    said = [item for item in check.problems if item.rule == "replaces_payments_with_none"]
    assert [(item.severity, item.detail) for item in said] == [
        ("error", "The file has no payment; 41 count for this month now.")
    ]


def test_a_month_that_lost_most_of_its_payments_is_no_correction(empty_ledger: str, tmp_path: Path) -> None:
    """As the gate has it of a file published again."""
    accept("2017-06", 400, 17_480_000)
    check = check_file(files.write(tmp_path, files.rows()), files.publisher())
    assert check.verdict == "not_ready"
    assert "payments before 400" in " ".join(item.detail for item in check.of_severity("error"))


def test_a_stopped_database_is_left_stopped(tmp_path: Path) -> None:
    home = Pipeline(tmp_path / "home")
    assert home.call("migrate").returncode == 0, "there is a database, and it is not running"
    path, spec = files.write(tmp_path, files.rows()), files.write_spec(tmp_path)
    result = home.call("check", str(path), "--spec", str(spec))
    assert (result.returncode, result.stderr) == (0, "")
    assert not (home.home / "postgres" / "data" / "postmaster.pid").exists()
