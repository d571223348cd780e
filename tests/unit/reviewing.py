"""Answers to a review queue, and reviewed decisions, as tests need them. Everything is invented."""

import csv
from datetime import date
from pathlib import Path

from anchor_spend.review import seed


def answered(folder: Path, *given: dict[str, str]) -> Path:
    """A file of the queue with answers: each names its supplier_key."""
    file = folder / "answered.csv"
    columns = ["supplier_key", "name_key", "candidate_1_id", "decision", "reviewer", "reason"]
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        for row in given:
            writer.writerow({"reviewer": "AB", "reason": "The invoice says so.", **row})
    return file


def reviewed(
    key: str, entity_id: str = "", kind: str = "", name_key: str = "", **days: date
) -> seed.Reviewed:
    """A reviewed decision, always in force unless `days` say otherwise."""
    row = seed.Reviewed(key, name_key, entity_id, kind, None, None, date(2017, 6, 1), "AB", "Invented.")
    return row._replace(**days)
