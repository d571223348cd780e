"""How a body writes its file: negatives, thousands, dates, blank rows, totals, line ends.

In: a Draft with the file's tables. Out: Habits, with which invented amounts and days are written as the
body does.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from anchor_spend.redaction import is_withheld
from anchor_spend.sample.xlsx import Pence
from anchor_spend.values import parse_pence

if TYPE_CHECKING:
    from anchor_spend.draft.proposal import Draft

_DAY_ZERO = date(1899, 12, 30)
_PLAIN_NAME, _ACCENTED_NAME = "Pretend Cafe & Sons", "Prétend Café & Sons"


@dataclass(frozen=True)
class Habits:
    """What can be told of a body's way of writing."""

    encoding: str
    line_end: str
    negative: str  # '-{}', '({})', '{}-', '-£{}' ...; '' where the file has none
    prefix: str  # '£' or ''
    has_thousands: bool
    is_text: bool  # amounts of a workbook kept as text
    dates: tuple[str, ...]
    has_real_dates: bool  # date cells of a workbook
    redaction: str  # the commonest wording, '' for none
    has_blank_rows: bool
    has_total_row: bool
    has_worded_total: bool
    unusual_name: str

    def amount(self, pence: int, is_workbook: bool) -> object:
        """An amount as the body writes it."""
        if is_workbook and not self.is_text:
            return Pence(pence)
        pounds, rest = divmod(abs(pence), 100)
        text = f"{pounds:,}.{rest:02d}" if self.has_thousands else f"{pounds}.{rest:02d}"
        if pence < 0:
            return (self.negative or "-{}").replace("{}", text)
        return f"{self.prefix}{text}"

    def date(self, day: date, number: int, is_workbook: bool) -> object:
        """A day as the body writes it; where it has several ways, each in turn."""
        if is_workbook and self.has_real_dates:
            return day
        name = self.dates[number % len(self.dates)] if self.dates else "%d/%m/%Y"
        if name == "excel_serial":
            return str((day - _DAY_ZERO) // timedelta(days=1))
        return day.strftime(name)


def find_habits(draft: "Draft") -> Habits:
    """The habits of the file a draft was made from."""
    reading = draft.readings[0]
    table = reading.sheet.table
    amounts = Counter(reading.cells("amount"))
    rules = draft.trial.rules if draft.trial else {}
    dates = reading.cells("payment_date")[:2000]
    encoding = _writable(table.encoding)
    return Habits(
        encoding=encoding,
        line_end=draft.opened.line_end,
        negative=_negative(amounts),
        prefix="£" if sum("£" in text for text in amounts) * 2 > len(amounts) else "",
        has_thousands=any("," in text for text in amounts),
        is_text=any(re.search("[£,()]", text) for text in amounts),
        dates=tuple(draft.keys["stream"]["format"]["dates"]),
        has_real_dates=any(re.match(r"\d{4}-\d\d-\d\d", text) for text in dates),
        redaction=_wording(reading.cells("supplier_name")),
        has_blank_rows=any(not any(map(str.strip, row)) for row in reading.sheet.body),
        has_total_row=rules.get("total_row", 0) > 0 and "payment_date" in reading.guesses,
        has_worded_total=any(
            re.match("(?i)(grand )?total", cell) for row in reading.sheet.body[-5:] for cell in row
        ),
        unusual_name=_PLAIN_NAME if encoding == "ascii" else _ACCENTED_NAME,
    )


def _writable(encoding: str) -> str:
    return {"mixed": "utf-8", "": "utf-8"}.get(encoding, encoding)


def _negative(amounts: Iterable[str]) -> str:
    """The way in which a negative amount is written, with {} for the number."""
    for text in amounts:
        tidy = " ".join(text.split())
        try:
            is_negative = parse_pence(tidy) < 0
        except ValueError:
            continue
        if is_negative:
            return re.sub(r"\d[\d,.]*", "{}", tidy, count=1)
    return ""


def _wording(names: Iterable[str]) -> str:
    common = Counter(" ".join(name.split()) for name in names if is_withheld(name)).most_common(1)
    return common[0][0] if common else ""
