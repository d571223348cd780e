"""The records that cross a step. Amounts are integer pence; periods are 'YYYY-MM' strings."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pandas as pd

Source = Literal["sample", "live", "archive"]
AttemptOutcome = Literal["landed", "unchanged", "listing", "failed"]

PAYMENT_COLUMNS = [
    "sheet",  # '' for text files
    "row_number",  # 1-based record number in the sheet, banner and header counted
    "payment_date",  # datetime.date, as published (the spec's date_basis says which date it is)
    "amount_pence",  # int
    "supplier_name",  # as published, outer white space trimmed; None when blank
    "supplier_ref",  # the publisher's own id of the supplier
    "supplier_postcode",
    "supplier_company_number",
    "vat_number",  # nine digits; None where none is printed or its check digits do not fit
    "charity_number",  # in the form of its register: 1012345, SC012345, NIC100001; None as above
    "department",
    "category",
    "description",
    "transaction_ref",
    "is_redacted",  # bool: the name is one of the publisher's redaction words
]
ASIDE_COLUMNS = ["sheet", "row_number", "rule", "column", "detail", "amount_pence"]
"""Rejected and excluded rows. `amount_pence` is what the row counts for in the conservation equation: the
amount where it can be read, else 0. `detail` gives a value's shape (such as 'AA-999'), never the value."""


@dataclass(frozen=True)
class DiscoveredFile:
    """A file a publisher offers. (publisher_id, stream, period) is its identity, the URL is not."""

    publisher_id: str
    stream: str
    period: str
    url: str  # https://..., or file://... for an inbox or an archive
    link_text: str = ""
    sha256: str = ""  # where an archive's manifest states it: the bytes must match


@dataclass(frozen=True)
class LandedFile:
    """One version of a file: bytes in the landing store, and its ledger row."""

    file_id: int
    publisher_id: str
    stream: str
    period: str
    sha256: str
    file_name: str
    size_bytes: int
    url: str


@dataclass(frozen=True)
class RawTable:
    """One sheet as read, before any meaning: `rows[i]` is record i+1; every cell a str, '' when empty."""

    sheet: str
    rows: list[list[str]]
    encoding: str = ""
    delimiter: str = ""
    kind: Literal["delimited", "xlsx", "xlsb", "xls", "ods", "pdf"] = "delimited"
    findings: "tuple[Finding, ...]" = ()  # remarks of the reading, such as a hidden sheet left unread


@dataclass(frozen=True)
class Finding:
    """A warning or a fact about a file worth keeping: a stable rule name, where, and what to do."""

    rule: str
    severity: Literal["critical", "warning", "info"]
    detail: str
    remedy: str = ""
    sheet: str = ""
    row_number: int | None = None
    column: str = ""


@dataclass(frozen=True)
class ConformedFile:
    """A file in canonical columns. `rows_read`/`pence_read` are counted before rows are classified, so that

    rows_read  = len(payments) + len(rejected) + len(excluded)
    pence_read = the sum of amount_pence over the same three

    is a check and not a definition.
    """

    payments: pd.DataFrame  # PAYMENT_COLUMNS
    rejected: pd.DataFrame  # ASIDE_COLUMNS
    excluded: pd.DataFrame  # ASIDE_COLUMNS
    rows_read: int
    pence_read: int
    reading: dict[str, Any]  # encoding, delimiter, header_row, headers, date_format, per sheet
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class FetchAttempt:
    """One try at a URL, for the ledger."""

    url: str
    started_at: datetime
    duration_ms: int
    outcome: AttemptOutcome
    http_status: int | None = None
    detail: str = ""
    response_headers: dict[str, str] = field(default_factory=dict)
    redirects: list[str] = field(default_factory=list)
    sha256: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True)
class GateResult:
    """The outcome of one expectation for one file, or for one release."""

    suite: Literal["landed_file", "payments", "county_view"]
    expectation: str  # a stable name, such as expect_column_values_to_be_between
    column: str
    severity: Literal["critical", "warning", "info"]
    success: bool
    observed: dict[str, Any]  # JSON-ready; counts, ratios and row numbers, never names
    why: str  # the expectation's meta.why
    file_id: int | None = None
    release_number: int | None = None

    @property
    def stops(self) -> bool:
        return not self.success and self.severity == "critical"


@dataclass(frozen=True)
class RunRequest:
    """What one run is asked to do; travels as the DAG run's conf and the asset event's extra."""

    source: Source
    archive: str = ""  # folder of an archive run
    publishers: tuple[str, ...] = ()  # empty: every spec
    first: str = ""  # 'YYYY-MM'; empty: whatever the source offers
    last: str = ""

    @property
    def is_synthetic(self) -> bool:
        return self.source == "sample"
