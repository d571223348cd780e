"""What the tests of discovery share: an invented body, pages with links, and what the ledger says."""

from typing import Any

from anchor_spend import database
from anchor_spend.discover import discover
from anchor_spend.fetch import Fetcher
from anchor_spend.records import RunRequest
from anchor_spend.spec import Publisher
from local_server import Answer, body

HOST = "www.invented.example"
LISTING = {"urls": [f"https://{HOST}/spend"], "link": r"spend|payments", "not_link": "card"}
SAMPLE = RunRequest("sample")


def make_publisher(
    listing: dict[str, Any] | None = None, cadence: str = "monthly", **streams: dict[str, Any] | None
) -> Publisher:
    """An invented council; each stream is given by its listing, or None for the inbox."""
    stream = {
        "cadence": cadence,
        "first_period": "2016-04",
        "due_days": 30,
        "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
        "columns": {"payment_date": ["Date"], "supplier_name": ["Supplier"], "amount": ["Amount"]},
        "expected": {"rows": [1, 100], "largest_payment_gbp": 1000},
    }
    listings = streams or {"payments": {**LISTING, **(listing or {})}}
    return Publisher.model_validate(
        {
            "publisher_id": "invented_council",
            "name": "Invented Council",
            "org_id": "GB-LAE-XXX",
            "body_type": "council",
            "postcode": "ZZ1 1ZZ",
            "valid_from": "2009-04-01",
            "vat_basis": "net",
            "thresholds": [{"valid_from": "2009-04-01", "gbp": 250}],
            "licence": "OGL-UK-3.0",
            "streams": {name: {**stream, "listing": item} for name, item in listings.items()},
        }
    )


def page(*links: tuple[str, str], around: str = "{}") -> Answer:
    """A web page of links: (text, href)."""
    anchors = "\n".join(f'<p><a href="{href}">{text}</a></p>' for text, href in links)
    return body(f"<!DOCTYPE html><html><body>{around.format(anchors)}</body></html>".encode(), "text/html")


def periods(publisher: Publisher, request: RunRequest, fetcher: Fetcher) -> dict[str, str]:
    """Month -> path of the file found, without the server's address."""
    found = discover(publisher, request, fetcher)
    assert len({file.period for file in found}) == len(found)
    assert all(file.url.startswith("http://127.0.0.1:") for file in found)
    return {file.period: file.url.split("/", 3)[3] for file in found}


def outcomes() -> list[tuple[str, int | None]]:
    with database.connect("loader") as connection:
        query = "select outcome, http_status from landing.fetch_attempts order by attempt_id"
        return connection.execute(query).fetchall()


def details() -> list[str]:
    with database.connect("loader") as connection:
        query = "select detail from landing.fetch_attempts order by attempt_id"
        return [row[0] for row in connection.execute(query)]
