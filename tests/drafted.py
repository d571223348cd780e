"""Invented spending files for the tests of drafting: rows in many layouts, as text and as workbooks."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from anchor_spend.draft.proposal import Draft, draft_file
from anchor_spend.sample.xlsx import Pence, Sheet, workbook

FORMS = ("Ltd", "Limited", "PLC", "LLP", "", "Partnership", "Ltd", "Trust")
WORDS = (
    "Imaginary", "Pretend", "Fictional", "Invented", "Nowhere", "Madeup", "Fabled", "Supposed", "Mock",
    "Sham", "Notional", "Fancied",
)  # fmt: skip
TRADES = ("Widgets", "Builders", "Caterers", "Cleaners", "Printers", "Nurseries", "Transport", "Software")


@dataclass(frozen=True)
class Line:
    """One invented payment and everything a layout may print of it."""

    number: int
    name: str
    day: date
    pence: int

    @property
    def amount(self) -> str:
        return f"{self.pence / 100:.2f}"

    @property
    def vat(self) -> str:
        return f"{round(self.pence * 0.2) / 100:.2f}"

    @property
    def gross(self) -> str:
        return f"{(self.pence + round(self.pence * 0.2)) / 100:.2f}"

    @property
    def code(self) -> str:
        return f"S{1000 + self.number % 37}"

    @property
    def ref(self) -> str:
        return f"{510000 + self.number}"

    def on(self, date_format: str) -> str:
        return self.day.strftime(date_format)


def lines(count: int = 90, first: date = date(2018, 5, 1), days: int = 31) -> list[Line]:
    """Invented payments over one month: names and amounts may come back, whole rows do not."""
    return [
        Line(
            number,
            " ".join(
                filter(
                    None,
                    (WORDS[number % 12], TRADES[(number // 3) % 8], FORMS[(number * 5 + number // 8) % 8]),
                )
            ),
            first + timedelta(days=number * 7 % days),
            51_234 + (number * 48_271) % 900_007,
        )
        for number in range(count)
    ]


Row = Callable[[Line], Sequence[object]]


def table(headers: Sequence[str], row: Row, count: int = 90) -> list[list[object]]:
    """A header and its rows."""
    return [list(headers), *(list(row(line)) for line in lines(count))]


def as_csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue().encode(encoding)


def as_workbook(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """Sheets of a workbook: amounts as numbers, days as real dates."""
    return workbook([Sheet(name, [list(_cells(row)) for row in rows]) for name, rows in sheets.items()])


def _cells(row: Sequence[object]) -> Iterator[object]:
    for cell in row:
        if isinstance(cell, str) and cell.replace(".", "", 1).isdigit() and "." in cell:
            yield Pence(round(float(cell) * 100))
        else:
            yield None if cell == "" else cell


FIELDS = ("supplier_name", "payment_date", "amount")


def draft_rows(rows: Sequence[Sequence[object]], name: str = "May 2018.csv", **options: str) -> Draft:
    return draft_file(as_csv(rows), name, **options)


def columns(draft: Draft) -> tuple[str, ...]:
    """The columns of payee, date and amount; 'none' without one."""
    mapped: dict[str, list[str]] = draft.keys["stream"]["columns"]
    return tuple(" | ".join(mapped.get(name, ["none"])) for name in FIELDS)


def required_keys(draft: Draft) -> set[str]:
    return {question.key for question in draft.questions if question.is_required}
