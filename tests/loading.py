"""Invented months of payments in the partners' layout, landed and loaded as the pipeline does."""

import csv
import hashlib
import io
from datetime import UTC, datetime

from anchor_spend import ledger
from anchor_spend.conform import conform
from anchor_spend.load import load_file
from anchor_spend.readers import read_tables
from anchor_spend.records import DiscoveredFile, FetchAttempt, Source
from anchor_spend.spec import load_publisher
from anchor_spend.template import columns


def load_month(
    period: str, *rows: dict[str, str], source: Source = "archive", publisher_id: str = "cranfield_university"
) -> int:
    """What a body publishes for a month now; of each row the cells that matter. Returns the file's id."""
    body = load_publisher(publisher_id)
    written = io.StringIO()
    writer = csv.DictWriter(written, [column.name for column in columns()])
    writer.writeheader()
    writer.writerows({"Category": "Printing", "Net amount": "1.00", **row} for row in rows)
    data = written.getvalue().encode()
    file = DiscoveredFile(body.publisher_id, "payments", period, "file:///invented.csv")
    version = ledger.Version(hashlib.sha256(data).hexdigest(), "invented.csv", len(data), "spec")
    attempt = FetchAttempt(file.url, datetime.now(UTC), 0, "landed")
    landed = ledger.land_version(file, source, version, "run", attempt)
    tables = read_tables(data, "invented.csv", body.streams["payments"].format)
    load_file(landed, conform(tables, body, "payments", period, "invented.csv"), body)
    return landed.file_id
