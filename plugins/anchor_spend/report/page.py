"""The figures of one release as the report's sections look them up, and how a chart is put together."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from anchor_spend.report import charts
from anchor_spend.report.data import Published, Row, is_over
from anchor_spend.report.parts import Figure, Table
from anchor_spend.report.words import DEFINITIONS, SYNTHETIC, months_of, plain_plural

COUNTY = "county"
_SHARE_COLUMNS = ("share", "floor", "ceiling", "local_gbp", "not_local_gbp", "unresolved_gbp")


class Page:
    """Looks figures up by year and body; a body or year that is not there gives empty answers."""

    def __init__(self, published: Published) -> None:
        self.data = published
        self.year = published.focus_year
        self.as_of: date = published.release["as_of"]
        self.is_synthetic = bool(published.release["is_synthetic"])
        self.mark = SYNTHETIC if self.is_synthetic else ""
        self.years = sorted({row["financial_year"] for row in published.county_view})
        self.view = {(row["financial_year"], row["publisher_id"]): row for row in published.county_view}
        self._names = {row["publisher_id"]: str(row["body_name"]) for row in published.bodies}
        self._shares = {
            (row["financial_year"], row["publisher_id"], row["definition_id"]): row
            for row in published.local_share
        }
        self.memo_bodies = [row["publisher_id"] for row in published.bodies if row["is_memo"]]
        self.bodies = self._bodies_by_size()

    def _bodies_by_size(self) -> list[str]:
        """The bodies the county counts, the largest of the focus year first."""
        known = {row["publisher_id"] for row in self.data.county_view} | set(self._names)
        known -= set(self.memo_bodies)
        size = {row["publisher_id"]: row["headline_gbp"] for row in self.in_year(self.data.county_view)}
        return sorted(known, key=lambda body: (-(size.get(body) or 0), self.name(body)))

    def in_year(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["financial_year"] == self.year]

    def name(self, publisher_id: str) -> str:
        if publisher_id == COUNTY:
            return "All bodies together"
        return self._names.get(publisher_id, publisher_id.replace("_", " ").title())

    def total(self, year: str, column: str) -> Decimal:
        rows = [row for row in self.data.county_view if row["financial_year"] == year]
        return sum((row[column] or Decimal(0) for row in rows), Decimal(0))

    def months(self, year: str, body: str = COUNTY) -> tuple[int, int]:
        """Months received and months due; of all bodies added up for the county."""
        rows = [row for (y, b), row in self.view.items() if y == year and body in (COUNTY, b)]
        return sum(row["months_covered"] for row in rows), sum(row["months_expected"] for row in rows)

    def is_complete(self, year: str, body: str = COUNTY) -> bool:
        covered, expected = self.months(year, body)
        return covered >= expected > 0 and is_over(year, self.as_of)

    def received(self, year: str, body: str = COUNTY) -> str:
        """'9 of 12 months', of the county with its bodies before it; a year that is not over says so."""
        months = self.months_received(year, body)
        return months if body != COUNTY else f"{self.bodies_received(year)}, {months}"

    def months_received(self, year: str, body: str = COUNTY) -> str:
        """The same without the bodies, where there is little room."""
        so_far = "" if is_over(year, self.as_of) else " due so far"
        return months_of(*self.months(year, body)) + so_far

    def bodies_received(self, year: str) -> str:
        """'5 of 6 bodies': of those that should publish in a year, the ones of which a month is in."""
        rows = [row for (y, _), row in self.view.items() if y == year]
        covered = sum(1 for row in rows if row["months_covered"])
        expected = sum(1 for row in rows if row["months_expected"])
        return f"{covered} of {plain_plural(expected, 'body', 'bodies')}"

    def year_label(self, year: str, body: str = COUNTY) -> str:
        return year if self.is_complete(year, body) else f"{year} ({self.received(year, body)})"

    @property
    def has_payments(self) -> bool:
        return any(row["months_covered"] for row in self.data.county_view)

    @property
    def year_words(self) -> str:
        """The focus year for a sentence."""
        return (
            self.year if self.is_complete(self.year) else f"{self.year} ({self.received(self.year)} received)"
        )

    def share_row(self, year: str, body: str, definition: str = "either") -> Row:
        """The row of local_share for goods and services; every column None where there is none."""
        empty: Row = dict.fromkeys(_SHARE_COLUMNS)
        return self._shares.get((year, body, definition), empty)

    def per_cent(self, year: str, body: str, definition: str = "either") -> tuple[float | None, ...]:
        """Share, floor and ceiling in per cent."""
        row = self.share_row(year, body, definition)
        return tuple(None if row[name] is None else float(row[name]) * 100 for name in _SHARE_COLUMNS[:3])

    def definitions(self) -> list[str]:
        """The main definitions this release has."""
        present = {row["definition_id"] for row in self.data.local_share}
        return [name for name in DEFINITIONS if name in present]

    def definition_label(self, definition_id: str) -> str:
        labels = [row["label"] for row in self.data.definitions if row["definition_id"] == definition_id]
        return str(labels[-1]) if labels else definition_id

    def figure(
        self,
        ident: str,
        title: str,
        draw: Callable[[charts.Size], str],
        table: Table,
        description: str,
        *,
        legend: list[tuple[str, str]],
        note: str = "",
    ) -> Figure:
        """Both drawings of a chart, each with its name and its description in words."""
        words = f"{self.mark}. {description}" if self.mark else description
        wide = charts.accessible(draw("wide"), f"{ident}-wide", title, words)
        narrow = charts.accessible(draw("narrow"), f"{ident}-narrow", title, words)
        return Figure(ident, title, wide, narrow, table, legend, note)
