"""How the sample's layouts write records, amounts and months, and what they give back.

In: values. Out: text as publishers write it; a LayoutFile says where each payment stands in its bytes.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from anchor_spend.periods import parse_period
from anchor_spend.sample.xlsx import Pence

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class LayoutFile:
    """A file as published: payment i stands in record first_row + i of the sheet ('' for text files).

    Where other records stand between payments, `row_numbers` gives each payment's own.
    """

    data: bytes
    first_row: int
    sheet: str = ""
    row_numbers: tuple[int, ...] = ()

    def numbers(self, count: int) -> np.ndarray:
        """The record number of each of its `count` payments."""
        return (
            np.array(self.row_numbers, dtype=int) if self.row_numbers else self.first_row + np.arange(count)
        )


def month_name(period: str) -> tuple[str, int]:
    """('April', 2017) for '2017-04'."""
    year, month = parse_period(period)
    return MONTH_NAMES[month - 1], year


def csv_text(records: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(records)
    return buffer.getvalue()


def grouped(pence: int) -> str:
    """1234567 -> '12,345.67' (the sign is the caller's)."""
    return f"{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def plain(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def signed(pence: int) -> str:
    return ("-" if pence < 0 else "") + grouped(pence)


def bracketed(pence: int) -> str:
    """April at Central Bedfordshire: ' 1,234.56 ' and ' (1,234.56)'."""
    return f" ({grouped(pence)})" if pence < 0 else f" {grouped(pence)} "


def short(pence: int) -> str:
    """Trailing zeros dropped: '385', '12.5'."""
    return str(Pence(pence))


def each(rows: pd.DataFrame) -> Iterator[Any]:
    """Each payment, its columns as attributes (their types are those of spending.COLUMNS)."""
    return rows.itertuples(index=False)
