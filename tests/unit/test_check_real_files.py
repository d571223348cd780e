"""Every real file of the archive passes the check as its publisher and month; no value is printed."""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from anchor_spend import ingest
from anchor_spend.check import Check, check_file, page, text
from anchor_spend.check.reading import landed_file
from anchor_spend.spec import load_publisher
from clocks import processor_seconds

SECONDS = 30  # of the processor, each; the first imports the gate's library


@pytest.mark.real_data
def test_the_archive_is_ready_adds_up_as_its_manifest_says_and_names_nobody(real_data: Path) -> None:
    with (real_data / "archive" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        entries = [row for row in csv.DictReader(file) if row["stream"] == "payments"]
    assert len(entries) == 28
    failed = {
        row["file"]: problems for row in entries if (problems := problems_of(row, real_data / "archive"))
    }
    assert failed == {}


def problems_of(row: dict[str, str], archive: Path) -> list[str]:
    body, path = load_publisher(row["publisher_id"]), archive / row["file"]
    began = processor_seconds()
    check = check_file(path, body, row["stream"], row["period"])
    seconds = processor_seconds() - began
    found = check.conservation
    assert found is not None, f"{row['file']} was refused"
    pence = int(Decimal(row["sum_amount_gbp"]) * 100)
    data = path.read_bytes()
    conformed = ingest.read_file(landed_file(path, data, body, "payments", row["period"]), body, data)
    named = conformed.payments[~conformed.payments["is_redacted"].astype(bool)]["supplier_name"].dropna()
    said = everything_said(check)
    problems = {
        "rows or pounds": (found.payments.rows, found.payments.pence) != (int(row["rows"]), pence),
        "conservation": not found.closes,
        "not ready": not check.is_ready,
        "slow": seconds > SECONDS,
        "a rule failed": any("This rule failed" in item.detail for item in check.problems),
        "a supplier is named": any(is_named(said, name, body.name) for name in named.unique()),
    }
    return [problem for problem, is_so in problems.items() if is_so]


def is_named(said: str, supplier: str, body: str) -> bool:
    """Whether a name stands in what was said; the body's own name may, and short ones may be words."""
    folded = " ".join(supplier.split()).casefold()
    if len(folded) < 6 or folded in body.casefold() or folded not in said:
        return False
    return re.search(rf"(?<!\w){re.escape(folded)}(?!\w)", said) is not None


def everything_said(check: Check) -> str:
    html = re.sub(r"<style>.*?</style>", "", page.render(check), flags=re.DOTALL)
    words = [*text.lines(check), json.dumps(check.to_json(), ensure_ascii=False), html]
    return " ".join(" ".join(words).split()).casefold()
