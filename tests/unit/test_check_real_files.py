"""Every real file of the archive passes the check as its publisher and month; no value is printed."""

import csv
import time
from decimal import Decimal
from pathlib import Path

import pytest

from anchor_spend.check import check_file
from anchor_spend.spec import load_publisher

SECONDS = 30  # each; the first imports the gate's library


@pytest.mark.real_data
def test_the_archive_is_ready_and_adds_up_as_its_manifest_says(real_data: Path) -> None:
    with (real_data / "archive" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        entries = [row for row in csv.DictReader(file) if row["stream"] == "payments"]
    assert len(entries) == 28
    problems = []
    for row in entries:
        began = time.monotonic()
        path = real_data / "archive" / row["file"]
        check = check_file(path, load_publisher(row["publisher_id"]), row["stream"], row["period"])
        pence = int(Decimal(row["sum_amount_gbp"]) * 100)
        found = check.conservation
        is_whole = found and (found.payments.rows, found.payments.pence) == (int(row["rows"]), pence)
        is_ready = check.verdict in ("ready", "ready_with_warnings") and found and found.closes
        is_quick = time.monotonic() - began < SECONDS
        has_failed = [item.rule for item in check.problems if "This rule failed" in item.detail]
        if not (is_whole and is_ready and is_quick) or has_failed:
            rules = [item.rule for item in check.of_severity("error")]
            problems.append((row["file"], bool(is_whole), is_ready, is_quick, rules, has_failed))
    assert problems == []
