"""What the cells of a column look like, counted: dates, amounts, names, codes, blanks.

In: the rows under a table's header. Out: a ColumnProfile for each column. It holds counts and shapes, never a
cell's value, so that it may be shown.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from anchor_spend.names import legal_form, normalise_name
from anchor_spend.values import is_amount

MOST_ROWS_LOOKED_AT = 6_000
"""Of a longer table evenly spread rows are looked at: kinds of columns show in these as in all."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = re.compile(
    rf"""\d{{1,2}}([/.\-\ ])\d{{1,2}}\1(?:\d{{4}}|\d{{2}})
    | \d{{4}}([/.\-])\d{{1,2}}\2\d{{1,2}} | (?:19|20)\d{{2}}[01]\d[0-3]\d
    | \d{{1,2}}(?:st|nd|rd|th)?[\s\-/.]?{_MONTH}[\s\-/.,]*(?:\d{{4}}|\d{{2}})
    | {_MONTH}[\s\-]\d{{1,2}},?[\s\-]\d{{4}}""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?Z?$", re.IGNORECASE)
_SERIAL = re.compile(r"(?:3[6-9]|4\d|5[0-4])\d{3}(?:\.0+)?")
_MONTH_ONLY = re.compile(
    rf"{_MONTH}[\s\-/']*(?:\d{{4}}|\d{{2}})?|(?:19|20)\d{{2}}[\s\-/]?(?:0[1-9]|1[0-5])|(?:0?[1-9]|1[0-2])[/\-](?:19|20)\d{{2}}",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[-(£\s]*\d[\d,]*\.\d{1,2}[-)\s]*(?:CR|DR)?|[-(£\s]*£[-\s]*[\d,]+(?:\.\d+)?[-)\s]*|[-(\s]*\d{1,3}(?:,\d{3})+[-)\s]*"
)
_LETTERS = re.compile(r"[^\W\d_]")
_CODE = re.compile(r"(?=\S*\d)[\w./\-:]{2,24}|[A-Z]{1,4}\d+\S*|\d+")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?(?:\s*\d[A-Z]{2})?", re.IGNORECASE)


@dataclass(frozen=True)
class ColumnProfile:
    """Counts of one column. The shares are of filled cells and between 0 and 1."""

    position: int
    header: str  # as it stands, '' without one
    rows: int  # looked at
    filled: int
    distinct: int
    dates: float  # days written in any known way
    serials: float  # bare numbers that may be spreadsheet days
    months: float  # months without a day
    amounts: float
    money: float  # amounts with decimals, a pound sign or thousands: no code looks so
    negatives: int
    letters: float
    codes: float
    postcodes: float
    companies: float  # of the distinct values, those that end with a legal form
    mean_length: float

    @property
    def fill(self) -> float:
        return self.filled / self.rows if self.rows else 0.0

    @property
    def is_constant(self) -> bool:
        return self.filled >= 5 and self.distinct == 1

    @property
    def variety(self) -> float:
        """Distinct values to filled cells."""
        return self.distinct / self.filled if self.filled else 0.0


def profile_columns(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[ColumnProfile]:
    """A profile of each column of the header, from the rows under it."""
    spread = _spread(rows)
    return [_profile(position, header, spread) for position, header in enumerate(headers)]


def _spread(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    step = -(-len(filled) // MOST_ROWS_LOOKED_AT)
    return filled[:: max(step, 1)]


def _profile(position: int, header: str, rows: Sequence[Sequence[str]]) -> ColumnProfile:
    cells = Counter(" ".join(row[position].split()) for row in rows if len(row) > position)
    cells.pop("", None)
    filled = sum(cells.values())

    def share(*patterns: "re.Pattern[str]") -> float:
        hits = sum(number for cell, number in cells.items() if any(p.fullmatch(cell) for p in patterns))
        return hits / filled if filled else 0.0

    is_readable = {cell: is_amount(cell) for cell in cells}
    return ColumnProfile(
        position=position,
        header=header,
        rows=len(rows),
        filled=filled,
        distinct=len(cells),
        dates=sum(number for cell, number in cells.items() if is_day(cell)) / max(filled, 1),
        serials=share(_SERIAL),
        months=share(_MONTH_ONLY),
        amounts=sum(number for cell, number in cells.items() if is_readable[cell]) / max(filled, 1),
        money=share(_MONEY),
        negatives=sum(number for cell, number in cells.items() if is_readable[cell] and _is_negative(cell)),
        letters=sum(number for cell, number in cells.items() if len(_LETTERS.findall(cell)) >= 3)
        / max(filled, 1),
        codes=share(_CODE),
        postcodes=share(_POSTCODE),
        companies=sum(map(_is_company, cells)) / max(len(cells), 1),
        mean_length=sum(len(cell) * number for cell, number in cells.items()) / max(filled, 1),
    )


@cache
def _is_company(cell: str) -> bool:
    return bool(legal_form(normalise_name(cell)))


def _is_negative(cell: str) -> bool:
    return cell[:1] in "-\u2212\u2013(" or cell[-1:] == "-" or cell[-2:].upper() == "CR"


def is_day(cell: str) -> bool:
    """Whether a cell is written as a day, with or without a time behind it."""
    return _DAY.fullmatch(_TIME.sub("", cell.strip())) is not None


def is_money(cell: str) -> bool:
    """Whether a cell is an amount that no code looks like."""
    return _MONEY.fullmatch(cell.strip()) is not None and is_amount(cell)
