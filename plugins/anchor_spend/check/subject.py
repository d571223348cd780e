"""What the rules of a check look at: one file as it stands and as it was read.

A rule is a small function from a Subject to what it Found. Hits are places in the file; they carry shapes and
references only, made safe here, so that no rule can show a value.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from anchor_spend.check.result import Comparison, Example, Month, Severity
from anchor_spend.check.safe import heading, known_headers, reference
from anchor_spend.headers import Layout
from anchor_spend.periods import file_months
from anchor_spend.records import ConformedFile, RawTable
from anchor_spend.spec import Publisher, Stream
from anchor_spend.values import shape_of

FIRST = 5  # places kept of each rule
Unit = Literal["file", "sheet", "column", "row", "cell"]


@dataclass(frozen=True)
class Subject:
    """One readable file. `layouts` stand beside `tables`; a table without payments has none."""

    publisher: Publisher
    stream_name: str
    month: Month
    tables: list[RawTable]
    layouts: list[Layout | None]
    conformed: ConformedFile
    comparison: Comparison = field(default_factory=Comparison)
    copies_of: frozenset[str] = frozenset()  # origins of earlier months that hold the very same payments
    today: date = field(default_factory=date.today)

    @property
    def stream(self) -> Stream:
        return self.publisher.streams[self.stream_name]  # type: ignore[index]

    @property
    def payments(self) -> pd.DataFrame:
        return self.conformed.payments

    @property
    def months(self) -> list[str]:
        """Every month the file covers."""
        return file_months(self.month.period, self.stream.cadence)

    @cached_property
    def known_headers(self) -> frozenset[str]:
        return known_headers(self.stream)

    @cached_property
    def days(self) -> "pd.Series[Any]":
        return pd.to_datetime(self.payments["payment_date"])

    @cached_property
    def day_months(self) -> "pd.Series[Any]":
        """The month of each payment's date, as 'YYYY-MM'."""
        months: pd.Series[Any] = self.days.dt.strftime("%Y-%m")
        return months

    def sheet_label(self, name: str) -> str:
        """A sheet's name where it can be shown, else its shape and its place among the sheets."""
        if not name:
            return ""
        shown = heading(name)
        names = [table.sheet for table in self.tables]
        is_hidden = shown != name and name in names
        return f"{shown} (sheet {names.index(name) + 1})" if is_hidden else shown

    def column_label(self, number: int, position: int) -> str:
        """The heading of a column of the table at `number`, or 'column 7'."""
        layout = self.layouts[number]
        if not layout or position >= len(layout.cells) or not layout.cells[position].strip():
            return f"column {position + 1}"
        shown = heading(layout.cells[position], self.known_headers)
        is_shown = shown == " ".join(layout.cells[position].split())
        return shown if is_shown else f"column {position + 1} ({shown})"

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {table.sheet: number for number, table in enumerate(self.tables)}

    def field_label(self, sheet: str, name: str) -> str:
        """The heading of the column a field was read from; the field itself where there is none."""
        number = self._numbers.get(sheet)
        layout = None if number is None else self.layouts[number]
        if number is None or layout is None or name not in layout.columns:
            return name
        return self.column_label(number, layout.columns[name])

    def cell_of(self, sheet: str, row: int, name: str) -> str:
        """The text in a row's column of a field; '' where there is none."""
        number = self._numbers.get(sheet)
        layout = None if number is None else self.layouts[number]
        if number is None or layout is None or name not in layout.columns:
            return ""
        rows, position = self.tables[number].rows, layout.columns[name]
        cells = rows[row - 1] if row <= len(rows) else []
        return cells[position].strip() if position < len(cells) else ""

    def reference_of(self, sheet: str, row: int) -> str:
        return reference(self.cell_of(sheet, row, "transaction_ref"))

    def place(self, sheet: str, row: int, name: str = "", *, with_shape: bool = True) -> Example:
        """An example in a field of a row."""
        shape = shape_of(self.cell_of(sheet, row, name)) if name and with_shape else ""
        column = self.field_label(sheet, name) if name else ""
        return Example(self.sheet_label(sheet), row, column, self.reference_of(sheet, row), shape)

    def cells(self, unread: tuple[str, ...] = ()) -> Iterator[tuple[int, int, int, str]]:
        """(table number, row, position, text) of every filled cell but those of the fields in `unread`."""
        for number, table in enumerate(self.tables):
            layout = self.layouts[number]
            left_out = (
                {layout.columns[name] for name in unread if name in layout.columns} if layout else set()
            )
            for row, record in enumerate(table.rows, start=1):
                for position, text in enumerate(record):
                    if text and position not in left_out:
                        yield number, row, position, text

    def cell_place(self, number: int, row: int, position: int, text: str) -> Example:
        """An example in any cell of a table."""
        sheet = self.tables[number].sheet
        column = self.column_label(number, position)
        return Example(
            self.sheet_label(sheet), row, column, self.reference_of(sheet, row), shape_of(text.strip())
        )


@dataclass(frozen=True)
class Found:
    """What a rule found: places in the order of the file, how many, and a sentence with its figures."""

    examples: Iterable[Example] = ()
    count: int = 0
    detail: str = ""


NOTHING = Found()


@dataclass(frozen=True)
class CheckRule:
    """One rule of the check itself, beside those of reading and of the gate."""

    name: str
    applies_to: Unit
    severity: Severity
    meaning: str
    remedy: str
    find: Callable[[Subject], Found]


def rows_where(
    subject: Subject, mask: "pd.Series[bool]", name: str = "", *, with_shape: bool = True, detail: str = ""
) -> Found:
    """The payments under a mask; `name` is the field the rule is about."""
    hit = subject.payments.loc[mask, ["sheet", "row_number"]]
    places = (
        subject.place(sheet, int(row), name, with_shape=with_shape)
        for sheet, row in hit.itertuples(index=False, name=None)
    )
    return Found(places, len(hit), detail)
