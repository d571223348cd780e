"""Fetch a page or a file for a draft, by the rules of every fetch and without a ledger.

In: an https address a person gave, or a link of the page there. Out: the bytes that came. Refuses what the
Fetcher refuses: hosts that are not public, addresses a robots.txt closes, bodies too large or too slow,
sign-in pages.
"""

import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date

from anchor_spend import answers
from anchor_spend.errors import FetchError, SettingsError
from anchor_spend.fetch import Fetcher, _Want
from anchor_spend.reach import host_of
from anchor_spend.records import FetchAttempt
from anchor_spend.spec import Publisher

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fetched:
    """What an address brought, and the name the file bears."""

    url: str
    data: bytes
    file_name: str

    @property
    def is_page(self) -> bool:
        return answers.looks_like_html(self.data)


class WebReader(Fetcher):
    """A Fetcher for a body that has no spec yet: its attempts are told in the log, not kept in the ledger."""

    def get(self, url: str, hosts: Iterable[str] = ()) -> Fetched:
        """The bytes behind an address; FetchError says what came instead and what to do."""
        if not url.startswith("https://"):
            raise SettingsError(f"{url[:100]} is not an https:// address; only those are fetched.")
        trace = self._get(self._want(_stand_in(url, hosts)), url)
        return Fetched(trace.url, trace.body, answers.file_name(trace.headers, trace.url, "file"))

    def file(self, url: str, hosts: Iterable[str] = ()) -> Fetched:
        """The same for a file: a web page in its place is an error."""
        found = self.get(url, hosts)
        problem = answers.why_no_file(found.data, found.url)
        if problem:
            raise FetchError(f"{url[:100]} brought {problem[0]}. {problem[1]}", is_transient=False)
        return found

    def _want(self, publisher: Publisher) -> _Want:
        return _Want(publisher, "payments", None, self.limits.max_bytes)

    def _take_turn(self, host: str) -> AbstractContextManager[None]:
        return nullcontext()  # one person, one process, no database

    def _record(self, want: _Want, attempt: FetchAttempt) -> None:
        logger.info("%s: %s %s", attempt.url, attempt.outcome, attempt.detail)


def _stand_in(url: str, hosts: Iterable[str]) -> Publisher:
    """A body that publishes at an address, and on the hosts its page links to."""
    today = date.today()
    return Publisher.model_validate(
        {
            "publisher_id": "draft_body",
            "name": "Draft",
            "org_id": "XX-DRAFT-draft_body",
            "body_type": "other",
            "postcode": "UNKNOWN",
            "valid_from": today,
            "vat_basis": "unknown",
            "thresholds": [{"valid_from": today, "gbp": 0}],
            "licence": "unknown",
            "streams": {
                "payments": {
                    "first_period": f"{today:%Y-%m}",
                    "due_days": 31,
                    "listing": {"urls": [url], "link": ".", "hosts": sorted({host_of(url), *hosts})},
                    "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
                    "columns": {name: [name] for name in ("payment_date", "amount", "supplier_name")},
                    "expected": {"rows": [1, 1], "largest_payment_gbp": 1},
                }
            },
        }
    )
