"""Which sheets of a workbook, or members of an archive, are read together as one file.

In: the opened file and the guesses of its largest table. Out: the sheets to read, each with its own
guesses, and a pattern for their names where others must be left out. Sheets that hold the same payments
twice are a question.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from anchor_spend.draft.columns import choose_columns
from anchor_spend.draft.guesses import Guess, Notebook
from anchor_spend.draft.opening import Opened, Sheet
from anchor_spend.spec import normalise_header

REQUIRED = ("payment_date", "amount", "supplier_name")
_ALIKE = 0.6  # of two sheets' headers in common makes them one table
_MONTHS = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"


@dataclass(frozen=True)
class Reading:
    """A sheet to read and the columns chosen on it."""

    sheet: Sheet
    guesses: dict[str, Guess]

    def dates(self) -> list[str]:
        """The date cells, blank ones too, of the rows that have an amount and a payee."""
        found = [self.guesses.get(name) for name in REQUIRED]
        at = [guess.position for guess in found if guess and guess.position is not None]
        if len(at) < len(REQUIRED):
            return self.cells("payment_date")
        day, amount, payee = at
        rows = (row for row in self.sheet.body if len(row) > max(at) and row[payee].strip())
        return [row[day].strip() for row in rows if any(map(str.isdigit, row[amount]))]

    def cells(self, field: str) -> list[str]:
        guess = self.guesses.get(field)
        return self.sheet.cells(guess.position) if guess and guess.position is not None else []


def choose_sheets(opened: Opened, notes: Notebook) -> tuple[list[Reading], str | None]:
    """(the sheets to read, the largest first; a pattern for their names or None)."""
    first = Reading(opened.sheets[0], _by_field(choose_columns(opened.sheets[0], notes)))
    chosen, left_out = [first], list[Reading]()
    for sheet in opened.sheets[1:]:
        found = Reading(sheet, _by_field(choose_columns(sheet, Notebook())))
        if _is_same_table(first, found):
            chosen.append(found)
        else:
            left_out.append(found)
    chosen = _without_copies(chosen, notes)
    if len(chosen) > 1:
        evidence = (f"{len(chosen)} sheets have the same columns; they are read as one file",)
        notes.add(Guess("sheets", ", ".join(item.sheet.table.sheet for item in chosen), "likely", evidence))
    for found in left_out:
        _ask_about_left_out(found, first, notes)
    read = {item.sheet.table.sheet for item in chosen}
    others = [table for table in opened.tables if table.sheet not in read and any(map(any, table.rows))]
    return chosen, _names_pattern(sorted(read)) if others else None


def _ask_about_left_out(found: Reading, first: Reading, notes: Notebook) -> None:
    """A sheet under other headers. One that might as well be the payments is a required question."""
    name = found.sheet.table.sheet
    is_whole = set(REQUIRED) <= set(found.guesses)
    is_large = len(found.sheet.body) >= 0.5 * len(first.sheet.body)
    text = f"the sheet {name!r} holds amounts under other headers and is left out. Right?"
    notes.ask("format.sheet", text, is_required=is_whole and is_large)


def _by_field(guesses: Sequence[Guess]) -> dict[str, Guess]:
    return {guess.field: guess for guess in guesses}


def _is_same_table(first: Reading, other: Reading) -> bool:
    """The same columns, give or take a renamed one, and a column for each field the first sheet has."""
    if not {name for name in REQUIRED if name in first.guesses} <= set(other.guesses):
        return False
    one, two = ({normalise_header(name) for name in item.sheet.headers if name} for item in (first, other))
    if not first.sheet.header_row or not other.sheet.header_row:
        return first.sheet.header_row == other.sheet.header_row and first.sheet.width == other.sheet.width
    return len(one & two) >= _ALIKE * len(one | two)


def _without_copies(readings: list[Reading], notes: Notebook) -> list[Reading]:
    """Less the sheets whose payments mostly stand on the first one already."""
    kept = [readings[0]]
    known = _payments(readings[0])
    for reading in readings[1:]:
        rows = _payments(reading)
        again = sum((rows & known).values())
        if rows and again >= 0.5 * rows.total():
            name = reading.sheet.table.sheet
            what = f"{again} of {rows.total()} payments of the sheet {name!r} stand on another sheet, too"
            notes.ask("format.sheet", f"{what}; it is left out. Right?", is_required=True)
        else:
            kept.append(reading)
    return kept


def _payments(reading: Reading) -> Counter[tuple[str, ...]]:
    positions = [
        guess.position
        for name in REQUIRED
        if (guess := reading.guesses.get(name)) and guess.position is not None
    ]
    rows = (
        tuple(row[at].strip() for at in positions)
        for row in reading.sheet.body
        if len(row) > max(positions, default=0)
    )
    return Counter(row for row in rows if all(row))


def _names_pattern(names: list[str]) -> str:
    """A regular expression for sheet names: months and years may change, the rest is as it stands."""
    patterns = dict.fromkeys(_general(name.strip()) for name in names)
    return "|".join(patterns)


def _general(name: str) -> str:
    parts = re.split(r"(\d+|[A-Za-z]+)", name)
    return "".join(_general_part(part) for part in parts)


def _general_part(part: str) -> str:
    if part.isdigit():
        return r"\d+"
    if re.fullmatch(_MONTHS, part, re.IGNORECASE):
        return _MONTHS
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", part)
