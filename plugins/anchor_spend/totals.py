"""Total rows among payments: found by their wording and by the sum they claim.

In: the rows of a file with their pence, and the tables they were read from. Out: rows put under `total_row`
(the sum of the rows above, of those since an earlier total, or of those of one name) or `total_row_differs`.
A row that can be a payment is none only if it says total and is the sum of several rows, to the penny where
the word stands beside others: 'Total Fuels Ltd' is a payee.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pandas as pd

from anchor_spend.records import RawTable

_TOTAL = re.compile(r"(?:(?:grand|sub|overall|report|net|sum)[ -]?)*totals?\b.*|.*\btotals?:?", re.IGNORECASE)
_BARE_TOTAL = re.compile(r"(?:(?:grand|sub|overall|report)[ -]?)?totals?(?: amount)?:?", re.IGNORECASE)
_TOTAL_OF = re.compile(
    r"(?:sub[ -]?)?totals?(?: (?:for|of))?[ :-]+(?P<after>.+)|(?P<before>.+?)[ :-]+(?:sub[ -]?)?totals?:?",
    re.IGNORECASE,
)
_SPARSE = 2 / 3  # of the cells a row usually fills: with fewer, and no column of dates, it may be a total


@dataclass
class _Sums:
    """What the payments of a sheet add up to: from the top, since each total, by the names totals bear."""

    named_columns: set[int]
    total: int = 0
    rows: int = 0
    at_last: int = 0  # the total when the last total row was found
    at_totals: set[int] = field(default_factory=lambda: {0})
    by_name: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)  # (pence, rows)

    def add(self, row: list[str], pence: int) -> None:
        self.total += pence
        self.rows += 1
        for column in self.named_columns:
            if column < len(row):
                key = (column, _folded(row[column]))
                before, rows = self.by_name.get(key, (0, 0))
                self.by_name[key] = (before + pence, rows + 1)

    def close(self) -> None:
        """A total has been found: what follows counts from here, and as the sum of earlier totals."""
        self.at_last = self.total
        self.at_totals.add(self.total)

    def is_sum(self, pence: int, slack: int) -> bool:
        """Whether an amount is the sum since the top or the last total, or to the penny since any total."""
        nearest = min(abs(self.total - pence), abs(self.total - self.at_last - pence))
        return nearest <= slack or self.total - pence in self.at_totals


def mark_totals(frame: pd.DataFrame, tables: list[RawTable], *, needs_dates: bool) -> None:
    """Put the total rows of every sheet under their rule; `needs_dates`: no payment is without a date."""
    may_pay = _may_be_payment(frame, tables, needs_dates)
    names = frame["supplier_name"]
    word = _BARE_TOTAL if needs_dates else _TOTAL
    is_named_total = names.isin([name for name in names.unique() if word.fullmatch(name)])
    suspects = frame[(~may_pay | is_named_total) & (frame["rule"] == "") & frame["is_amount"]]
    rows = {table.sheet: table.rows for table in tables}
    sure = ("bare",) if needs_dates else ("bare", "none")
    for sheet in suspects["sheet"].unique():
        own = suspects.loc[suspects["sheet"] == sheet, "row_number"]
        claims = {index: _claim(rows[sheet][number - 1], sure) for index, number in own.items()}
        _mark_sheet(frame, frame[frame["sheet"] == sheet], claims, may_pay, rows[sheet])


def _may_be_payment(frame: pd.DataFrame, tables: list[RawTable], needs_dates: bool) -> "pd.Series[bool]":
    """Rows with a date; where payments may have none, also those with a payee and most of their cells."""
    dated = {cell: bool(cell) and not _TOTAL.fullmatch(cell) for cell in frame["payment_date"].unique()}
    is_dated = frame["payment_date"].map(dated).astype(bool)
    if needs_dates:
        return is_dated
    filled = {
        table.sheet: [sum(bool(cell.strip()) for cell in row) for row in table.rows] for table in tables
    }
    usual = {sheet: median(counts) if counts else 0 for sheet, counts in filled.items()}
    places = zip(frame["sheet"], frame["row_number"], frame["supplier_name"], strict=True)
    is_whole = [
        bool(name) and filled[sheet][number - 1] > usual[sheet] * _SPARSE for sheet, number, name in places
    ]
    return is_dated | pd.Series(is_whole, index=frame.index, dtype=bool)


@dataclass(frozen=True)
class _Claim:
    """What a row says of itself. 'bare': a cell says no more than total; 'wide': one begins or ends so;
    'none': numbers stand alone; '': nothing. `names` are the (column, name) it may be the total of;
    `is_sure`: a row of such wording that is no payment is a total, whatever it sums."""

    wording: str
    is_sure: bool
    names: tuple[tuple[int, str], ...] = ()


def _claim(row: list[str], sure: tuple[str, ...]) -> _Claim:
    cells = [(position, cell.strip()) for position, cell in enumerate(row) if cell.strip()]
    if any(_BARE_TOTAL.fullmatch(cell) for _, cell in cells):
        wording = "bare"
    elif any(_TOTAL.fullmatch(cell) for _, cell in cells):
        return _Claim("wide", False, tuple(_named(cells)))
    else:
        wording = "" if any(character.isalpha() for _, cell in cells for character in cell) else "none"
    return _Claim(wording, wording in sure)


def _named(cells: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for position, cell in cells:
        match = _TOTAL_OF.fullmatch(cell)
        if match:
            yield position, _folded(match["after"] or match["before"])


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _mark_sheet(
    frame: pd.DataFrame,
    part: pd.DataFrame,
    claims: dict[Any, _Claim],
    may_pay: "pd.Series[bool]",
    rows: list[list[str]],
) -> None:
    sums = _Sums({position for claim in claims.values() for position, _ in claim.names})
    for index, rule, number, pence in part[["rule", "row_number", "pence"]].itertuples(name=None):
        claim = claims.get(index)
        found = _judge(claim, pence, bool(may_pay[index]), sums) if claim else None
        if found:
            frame.loc[index, ["rule", "column", "detail"]] = [found[0], "amount", found[1]]
        elif rule not in ("banner", "blank_row"):
            sums.add(rows[number - 1], pence)


def _judge(claim: _Claim, pence: int, may_pay: bool, sums: _Sums) -> tuple[str, str] | None:
    """The rule a claimed total falls under, and its detail; None for a row that is not one."""
    # publishers add up unrounded amounts: half a penny a row
    is_loose = claim.wording == "bare" or (claim.wording == "wide" and not may_pay)
    slack = sums.rows // 2 if is_loose else 0
    # a row with a date may be a payment to a firm called Total, and one row's sum is no sum
    if claim.wording and (sums.rows > 1 or not may_pay) and sums.is_sum(pence, slack):
        sums.close()
        return "total_row", f"the sum of the {sums.rows} rows above it, or since an earlier total"
    for name in claim.names if not may_pay else ():
        if name not in sums.by_name:
            continue
        of_name, rows = sums.by_name.pop(name)
        sums.close()
        if abs(of_name - pence) <= rows // 2:
            return "total_row", f"the sum of the {rows} rows of its name above it"
        return "total_row_differs", f"{rows} rows of its name stand above it"
    if claim.is_sure and not may_pay:
        return "total_row_differs", f"{sums.rows} rows stand above it"
    return None
