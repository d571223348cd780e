"""VAT and charity numbers as publishers print them beside a supplier, in the form they are compared in.

In: cells as published. Out: nine digits of a VAT number, or a charity number in the form of its register; ''
for what cannot be one. Nothing is refused: a payment counts whatever stands in these columns, and what fails
is a remark with counts and row numbers, never the value.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from anchor_spend.records import Finding
from anchor_spend.resolution.identifiers import canonical_charity_number
from anchor_spend.rules import remark

_MARKS = re.compile(r"[\s.\-/]+")
_VAT = re.compile(
    r"(?:GB|XI)?(\d{7})(\d{2})(?:\d{3})?"
)  # three more digits: a branch, or a member of a group
_WEIGHTS = range(8, 1, -1)
_CHECKS = (0, 55)  # numbers given out since 2010 have 55 added before the division by 97
_ROWS_SHOWN = 5


def canonical_vat_number(text: str) -> str:
    """'GB 123 4567 82' -> '123456782', without the branch; '' where the check digits do not fit."""
    found = _VAT.fullmatch(_MARKS.sub("", text).upper())
    if not found or not found[1].strip("0"):
        return ""
    weighted = sum(int(digit) * weight for digit, weight in zip(found[1], _WEIGHTS, strict=True))
    fits = any((weighted + int(found[2]) + added) % 97 == 0 for added in _CHECKS)
    return found[1] + found[2] if fits else ""


def invented_vat_number(number: int) -> str:
    """A number with fitting check digits that is given to nobody: its first seven are below 1000000.

    `number` from 0 to 899999: equal for equal numbers.
    """
    body = f"{100_000 + number % 900_000:07d}"
    weighted = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return f"{body}{-weighted % 97:02d}"


NUMBERS: dict[str, Callable[[str], str]] = {
    "vat_number": canonical_vat_number,
    "charity_number": canonical_charity_number,
}


def read_numbers(payments: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The payments with both columns in their canonical form, None where there is none; and what failed."""
    read = {name: _canonical(payments[name], canonical) for name, canonical in NUMBERS.items()}
    notes = [note for name, cells in read.items() for note in _failed(payments, name, cells)]
    return payments.assign(**read), notes


def _canonical(cells: "pd.Series[Any]", canonical: Callable[[str], str]) -> "pd.Series[Any]":
    forms = {cell: canonical(cell) or None for cell in cells.dropna().unique()}
    return pd.Series([forms.get(cell) for cell in cells], index=cells.index, dtype=object)


def _failed(payments: pd.DataFrame, name: str, read: "pd.Series[Any]") -> Iterator[Finding]:
    is_number = payments[name].str.contains("[1-9]", na=False)  # 'N/A' and 0 stand for a blank
    failed = payments.loc[is_number & read.isna(), "row_number"]
    if len(failed):
        rows = ", ".join(str(number) for number in failed.head(_ROWS_SHOWN))
        detail = f"{len(failed)} of {int(is_number.sum())}, the first in rows {rows}."
        yield remark(f"{name}_unreadable", "info", detail, column=name)
