"""Make one table of the pages of a PDF document.

In: the pages. Out: rows of text, and what was left out (lines that repeat on pages, such as page numbers).
Refuses (TableUnclearError) whatever does not part into one table beyond doubt: every amount that is printed
must be found in a cell of its own, and most rows must have one.
"""

import re
from collections import Counter
from dataclasses import dataclass

from anchor_spend.pdf_columns import TableUnclearError, find_columns
from anchor_spend.pdf_rows import find_rows, row_texts
from anchor_spend.pdf_text import Page, Row, prepare

_PAGE_NUMBER = re.compile(r"(?:page|pg\.?)?\s*-?\s*\d{1,4}\s*-?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_FEWEST_WITH_AMOUNT = 0.5
_MOST_TURNED = 0.01


@dataclass(frozen=True)
class Table:
    """The rows of a document, and how many lines of page furniture were left out."""

    rows: list[list[str]]
    left_out: int


def read_table(pages: list[Page]) -> Table:
    """One table of all pages."""
    _check_upright(pages)
    prepare(pages)
    columns = find_columns(pages)
    rows = find_rows(pages, columns)
    furniture = _furniture(rows)
    kept = [row for row in rows if id(row) not in furniture]
    _check_amounts(kept)
    return Table(row_texts(kept, len(columns)), len(furniture))


def _check_upright(pages: list[Page]) -> None:
    turned = sum(page.turned for page in pages)
    if turned > _MOST_TURNED * sum(len(piece.text) for page in pages for piece in page.pieces):
        raise TableUnclearError(f"{turned:,} characters do not stand upright")


def _furniture(rows: list[Row]) -> set[int]:
    """Page numbers, and lines of a cell or two that stand outside the table on several pages."""
    outside = [row for row in rows if not row.has_money and len(row.cells) <= 2]
    pages = Counter(pattern for pattern, _ in {(_pattern(row), row.page) for row in outside})
    return {
        id(row)
        for row in outside
        if _PAGE_NUMBER.fullmatch(" ".join(piece.text for piece in row.pieces)) or pages[_pattern(row)] > 1
    }


def _pattern(row: Row) -> str:
    return _DIGITS.sub("9", " ".join(piece.text for piece in row.pieces))


def _check_amounts(rows: list[Row]) -> None:
    """Most rows have an amount, and each amount stands in a cell of its own."""
    paying = [row for row in rows if row.has_money]
    if len(paying) < _FEWEST_WITH_AMOUNT * len(rows):
        raise TableUnclearError(f"{len(paying):,} of {len(rows):,} rows have an amount in a cell of its own")
    for row in paying:
        if any(sum(piece.is_money for piece in cell) > 1 for cell in row.cells.values()):
            raise TableUnclearError(f"page {row.page}: two amounts stand in one cell")
