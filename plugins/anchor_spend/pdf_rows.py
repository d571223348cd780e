"""Part the text of a printed table into rows of cells.

In: the pages of a document and its columns. Out: Rows from top to bottom, each cell's pieces together.

Rows are read off the order of drawing where that proves to be row by row: then a wrapped name belongs to its
row wherever it stands, and also the lines of it that its row is too low to show. Else see pdf_lines.
"""

from collections.abc import Iterator
from itertools import pairwise

from anchor_spend.pdf_columns import Columns
from anchor_spend.pdf_lines import LEADING, placed_rows
from anchor_spend.pdf_text import Page, Piece, Row

_SLACK = 0.3  # of the type size: how far rows may reach into each other
_HYPHENS = ("-", "/")


def find_rows(pages: list[Page], columns: Columns) -> list[Row]:
    """The rows of all pages, by the order of drawing or else by their places."""
    drawn = {page.number: list(_drawn_rows(page, columns)) for page in pages}
    if all(_are_in_order(rows, columns) for rows in drawn.values()):
        # headings of a page may be drawn last
        return [row for rows in drawn.values() for row in sorted(rows, key=lambda row: row.top)]
    return placed_rows(pages, columns)


# --- by the order of drawing --------------------------------------------------------------------------------


def _drawn_rows(page: Page, columns: Columns) -> Iterator[Row]:
    row, last_column, last = Row(page.number), -1, None
    for piece in page.pieces:
        column = columns.of(piece)
        if last and not _is_same_row(row, last_column, last, column, piece):
            yield row
            row = Row(page.number)
        row.add(column, piece)
        last_column, last = column, piece
    if last:
        yield row


def _is_same_row(row: Row, last_column: int, last: Piece, column: int, piece: Piece) -> bool:
    if column < last_column:
        return False
    if column > last_column:
        return (
            row.top - piece.size * LEADING * 2 < piece.bottom and piece.top < row.bottom - _SLACK * piece.size
        )
    if abs(piece.bottom - last.bottom) < _SLACK * piece.size:
        return piece.x0 > last.x0
    is_next_line = 0 < piece.top - last.top < LEADING * last.size
    # a title above the table is not the first line of the cell below it
    return is_next_line and (len(row.cells) > 1 or (piece.font, piece.size) == (last.font, last.size))


def _are_in_order(rows: list[Row], columns: Columns) -> bool:
    """Whether each row with an amount stands below the one drawn before, and nothing else belongs to it.

    Rows may reach into each other: of a name too long for its row, lines are drawn that cannot be seen.
    """
    paying = [row for row in rows if row.has_money]
    if any(sum(piece.is_money for piece in cell) > 1 for row in paying for cell in row.cells.values()):
        return False
    if any(lower.top - upper.top < upper.pieces[0].size / 2 for upper, lower in pairwise(paying)):
        return False
    others = [row for row in rows if not row.has_money]
    return not any(_may_belong(other, row, len(columns)) for other in others for row in paying)


def _may_belong(other: Row, row: Row, width: int) -> bool:
    """Whether a row stands inside one with an amount, or close to it and sparse as a wrapped line of it."""
    if row.top <= other.middle <= row.bottom:
        return True
    is_close = abs(other.middle - row.middle) < LEADING * other.pieces[0].size
    return is_close and len(other.cells) < width / 2 and set(other.cells) <= set(row.cells)


# --- cells as text ------------------------------------------------------------------------------------------


def row_texts(rows: list[Row], width: int) -> list[list[str]]:
    """The cells of all rows; the lines of one cell are joined as they were broken."""
    ends = [piece for row in rows for cell in row.cells.values() for piece in _line_ends(cell)]
    # where lines are mostly broken behind a space that was drawn, one without it was broken inside a word
    is_telling = sum(piece.is_open for piece in ends) * 2 > len(ends)
    return [[_joined(row.cells.get(column, []), is_telling) for column in range(width)] for row in rows]


def _line_ends(cell: list[Piece]) -> list[Piece]:
    return [piece for piece, following in pairwise(cell) if not _is_level(piece, following)]


def _is_level(piece: Piece, other: Piece) -> bool:
    return abs(other.bottom - piece.bottom) < _SLACK * other.size


def _joined(cell: list[Piece], is_telling: bool) -> str:
    text = cell[0].text if cell else ""
    for piece, following in pairwise(cell):
        is_broken = not _is_level(piece, following) and not piece.is_open
        is_word = is_broken and (is_telling or text.endswith(_HYPHENS))
        text += following.text if is_word else f" {following.text}"
    return text
