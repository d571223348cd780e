"""What a check says of one file: plain frozen records, ready for JSON, from which text and page are drawn.

Amounts are integer pence, dates and months ISO text. No record holds a supplier's name or any other value of
the file: what is shown of a value is its shape, what is shown of a row is its own transaction reference.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

CHECK_VERSION = 1

Severity = Literal["error", "warning", "info"]
Verdict = Literal["ready", "ready_with_warnings", "not_ready"]


@dataclass(frozen=True)
class Example:
    """One place a rule speaks of; empty parts do not apply. `row` counts as a spreadsheet does."""

    sheet: str = ""
    row: int | None = None
    column: str = ""
    reference: str = ""  # the publisher's own transaction reference
    shape: str = ""  # of the value: letters as A and a, digits as 9


@dataclass(frozen=True)
class Problem:
    """What one rule found: how often, the first places, why it matters and what to do."""

    rule: str
    severity: Severity
    count: int
    unit: str  # what is counted: row, cell, column, sheet, file
    detail: str
    meaning: str
    remedy: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Part:
    rows: int
    pence: int


@dataclass(frozen=True)
class Conservation:
    """read = payments + rejected + excluded, in rows and in pence."""

    read: Part
    payments: Part
    rejected: Part
    excluded: Part

    @property
    def closes(self) -> bool:
        parts = (self.payments, self.rejected, self.excluded)
        rows, pence = sum(part.rows for part in parts), sum(part.pence for part in parts)
        return (rows, pence) == (self.read.rows, self.read.pence)


@dataclass(frozen=True)
class ReadColumn:
    """A column and what it was read as: a field, 'not needed' or 'not known'."""

    position: int  # 1 is the first
    header: str
    read_as: str


@dataclass(frozen=True)
class ReadSheet:
    sheet: str  # '' for text files
    rows: int
    header_row: int | None  # None: no columns of payments were found, nothing was read
    columns: tuple[ReadColumn, ...]


@dataclass(frozen=True)
class FileFacts:
    name: str
    size_bytes: int
    sha256: str
    kind: str = ""  # '' where the file could not be read
    encoding: str = ""
    delimiter: str = ""
    date_format: str = ""
    sheets: tuple[ReadSheet, ...] = ()


@dataclass(frozen=True)
class Month:
    """The month (or the first month of the quarter or year) the file was taken to be of."""

    period: str  # '' where nothing says it
    last_month: str
    source: Literal["given", "file name", "dates", "unknown"]
    name_says: str = ""  # what the file's name says, whatever was given
    dates_say: str = ""  # the month most dates fall in
    share_of_dates: float | None = None  # of the dates, those in the months of the file


@dataclass(frozen=True)
class Payments:
    """What the payments of the file are, as a whole."""

    first_date: str
    last_date: str
    largest_pence: int
    largest: Example
    redacted: Part
    credit_notes: Part


@dataclass(frozen=True)
class Earlier:
    """An earlier month of the same body and stream."""

    period: str
    rows: int
    pence: int
    origin: str  # a file's name, or 'database'


@dataclass(frozen=True)
class Unused:
    """A file given for comparison that could not be compared."""

    name: str
    why: str


@dataclass(frozen=True)
class Comparison:
    """The file beside earlier months; ratios are to their medians, None where there are too few."""

    months: tuple[Earlier, ...] = ()
    unused: tuple[Unused, ...] = ()
    median_rows: float | None = None
    median_pence: float | None = None
    rows_ratio: float | None = None
    pence_ratio: float | None = None
    published_already: Earlier | None = None  # this very month, as the project's database has it


@dataclass(frozen=True)
class Check:
    """The whole answer. `checks_made` counts gate expectations and rules that were asked."""

    verdict: Verdict
    headline: str
    publisher_id: str
    body: str
    stream: str
    month: Month
    file: FileFacts
    conservation: Conservation | None = None  # None where the file could not be read
    payments: Payments | None = None  # None where there is no payment
    problems: tuple[Problem, ...] = ()
    comparison: Comparison = field(default_factory=Comparison)
    checks_made: int = 0

    @property
    def is_ready(self) -> bool:
        return self.verdict != "not_ready"

    def of_severity(self, severity: Severity) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == severity]

    def to_json(self) -> dict[str, Any]:
        """The machine-readable twin, see `check/__init__.py` for its schema."""
        return {"check_version": CHECK_VERSION, **asdict(self), "closes": self._closes()}

    def _closes(self) -> bool | None:
        return self.conservation.closes if self.conservation else None
