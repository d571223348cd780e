"""A body not known yet joins while everything stands: its file, a draft, no code. All of it is invented."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from anchor_spend import database, ingest, sources, spec
from anchor_spend.draft.command import write_draft
from anchor_spend.draft.proposal import draft_file
from anchor_spend.records import RunRequest
from anchor_spend.settings import PROJECT, load_settings
from drafted import Line, as_csv, lines, table

pytestmark = pytest.mark.database

BODY = "nowhere_on_sea_council"
HEADERS = ["Organisation", "Paid On", "Vendor Name", "Cost Centre", "Net Amount (£)"]


def _row(line: Line) -> list[object]:
    return ["Nowhere on Sea Council", line.on("%d/%m/%Y"), line.name, "Parks", line.amount]


def test_a_new_body_is_one_spec_written_by_draft_and_its_files_load(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishers = tmp_path / "publishers"
    publishers.mkdir()
    for known in (PROJECT / "plugins" / "publishers").glob("*.yml"):
        (publishers / known.name).write_text(known.read_text("utf-8"), "utf-8")
    published = tmp_path / "payments-2018-05.csv"
    published.write_bytes(as_csv(table(HEADERS, _row)))
    draft = draft_file(published.read_bytes(), published.name, BODY)
    written = write_draft(draft, tmp_path / "draft")
    assert draft.is_settled, "payee, date and amount are certain"
    monkeypatch.setenv("ANCHOR_SPEND_PUBLISHERS", str(publishers))
    monkeypatch.setenv("ANCHOR_SPEND_LANDING", str(tmp_path / "landing"))
    load_settings.cache_clear()
    try:
        assert BODY not in sources.publisher_ids("")
        _answer_questions(written[0], publishers / f"{BODY}.yml")
        assert BODY in sources.publisher_ids(""), "the pipeline maps over it without a restart"
        _deliver(published, load_settings().inbox / BODY)
        request = RunRequest("live", publishers=(BODY,))
        (batch,) = ingest.discover_batches(BODY, request)
        assert ingest.land_batch(batch, request) == 1
        assert ingest.load_batch(batch, request) == {"accepted": 1, "rejected": 0}
        assert _loaded() == [(BODY, "payments", "2018-05", 90, sum(line.pence for line in lines(90)))]
    finally:
        monkeypatch.undo()
        load_settings.cache_clear()
        spec.spec_sha256.cache_clear()


def _answer_questions(drafted: Path, target: Path) -> None:
    """What no file can state, as a person fills it in."""
    content: dict[str, Any] = yaml.safe_load(drafted.read_text("utf-8"))
    content |= {"org_id": "GB-LAE-NOS", "postcode": "LU1 1AA", "name": "Nowhere on Sea Council"}
    target.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")


def _deliver(file: Path, inbox: Path) -> None:
    inbox.mkdir(parents=True)
    (inbox / file.name).write_bytes(file.read_bytes())


def _loaded() -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(
            """select publisher_id, stream, period, count(*), (sum(amount_gbp) * 100)::bigint
               from landing.payments group by 1, 2, 3"""
        ).fetchall()
