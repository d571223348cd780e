"""Rows of a printed table by the places of its lines alone, for documents that are not drawn row by row.

In: the pages of a document and its columns. Out: Rows. Refuses (TableUnclearError) a document where lines of
wrapped cells may belong to the row above or to the one below.

A line with something in a column of amounts is a row; the lines between two of them belong to either. Rows
part where the white between lines is widest. Where lines stand evenly, it is as elsewhere in the document:
cells begin level with their amount, or end level with it.
"""

from itertools import pairwise
from typing import Literal

from anchor_spend.pdf_columns import Columns, TableUnclearError, is_payment, lines_of
from anchor_spend.pdf_text import Page, Piece, Row

Line = list[Piece]
Alignment = Literal["top", "bottom"]

LEADING = 1.6  # of the type size: the most from one line of a cell to its next
_DISTINCT = 1.15  # how much wider than any other the white between two rows must be


def placed_rows(pages: list[Page], columns: Columns) -> list[Row]:
    """The rows of some pages, from top to bottom."""
    lined = [lines_of(page.pieces) for page in pages]
    alignment = _alignment(lined, columns)
    rows = []
    for page, lines in zip(pages, lined, strict=True):
        owners = _owners(lines, _anchors(lines, columns), alignment)
        by_owner: dict[int, Row] = {}
        for line, owner in zip(lines, owners, strict=True):
            row = by_owner.setdefault(owner, Row(page.number))
            for piece in line:
                row.add(columns.of(piece), piece)
        rows += [by_owner[owner] for owner in sorted(by_owner)]
    return rows


def _anchors(lines: list[Line], columns: Columns) -> list[int]:
    """The lines with something in a column that holds amounts."""
    paying = [line for line in lines if is_payment(line)]
    with_amounts = {columns.of(piece) for line in paying for piece in line if piece.is_money}
    return [
        number
        for number, line in enumerate(lines)
        if any(columns.of(piece) in with_amounts for piece in line)
    ]


def _alignment(lined: list[list[Line]], columns: Columns) -> Alignment | None:
    """How cells stand to their amount, where all rows that show it agree; None where they do not."""
    shown: set[str] = set()
    for lines in lined:
        anchors = _anchors(lines, columns)
        for upper, lower in pairwise(anchors):
            split = _widest(lines, upper, lower)
            if lower - upper > 1 and split is not None:
                shown.add({upper: "bottom", lower - 1: "top"}.get(split, "middle"))
    return shown.pop() if len(shown) == 1 and shown <= {"top", "bottom"} else None  # type: ignore[return-value]


def _widest(lines: list[Line], upper: int, lower: int) -> int | None:
    """The line behind which the white is distinctly widest, between two lines; None where it is even."""
    gaps = {at: lines[at + 1][0].middle - lines[at][0].middle for at in range(upper, lower)}
    first, *others = sorted(gaps, key=lambda at: -gaps[at])
    return first if not others or gaps[first] > _DISTINCT * gaps[others[0]] else None


def _owners(lines: list[Line], anchors: list[int], alignment: Alignment | None) -> list[int]:
    """For each line the anchor whose row it belongs to; itself for titles and notes outside the table."""
    owners = list(range(len(lines)))
    for upper, lower in pairwise(anchors):
        split = _widest(lines, upper, lower)
        if split is None and alignment is None:
            page, count = lines[upper][0].page, lower - upper - 1
            raise TableUnclearError(f"page {page}: {count} lines may belong to the row above or below them")
        if split is None:
            split = upper if alignment == "bottom" else lower - 1
        for number in range(upper + 1, lower):
            owners[number] = upper if number <= split else lower
    if anchors and alignment != "bottom":
        for number in range(anchors[-1] + 1, len(lines)):
            if lines[number][0].middle - lines[number - 1][0].middle > LEADING * lines[number][0].size:
                break
            owners[number] = anchors[-1]
    return owners
