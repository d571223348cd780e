"""Where the columns of a printed table are.

In: the pages of a document. Out: Columns: the x between each two columns, the same for all pages. Refuses
(TableUnclearError) text in which fewer than three columns can be told apart, and columns that run into each
other.

Columns are told by the white between them, over all lines with an amount: in a printed table no cell reaches
into the next column, save for a few overlong ones. What is drawn across is put where it begins (amounts:
where they end), and too many such cells refuse the document: two columns are never taken for one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from anchor_spend.pdf_text import Page, Piece

_BIN = 0.5  # points
_MOST_ACROSS = 0.03  # of the lines
_SAME_LINE = 0.4  # of the type size
_FEWEST_CELLS = 3


class TableUnclearError(Exception):
    """The text of a document does not part into the cells of one table."""


@dataclass(frozen=True)
class Columns:
    """The x of each border between two columns."""

    borders: list[float]

    def __len__(self) -> int:
        return len(self.borders) + 1

    def of(self, piece: Piece) -> int:
        """The column a piece belongs to."""
        first, last = bisect_right(self.borders, piece.x0), bisect_right(self.borders, piece.x1)
        if first == last:
            return first
        if piece.is_money:
            return last
        inside = (self.borders[first] - piece.x0) / (piece.x1 - piece.x0)
        return first if inside > 0.2 else first + 1  # a letter may lean over the border


def lines_of(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces of one page by the line they stand on, from top to bottom."""
    lines: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        if lines and piece.middle - lines[-1][0].middle < _SAME_LINE * piece.size:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [sorted(line, key=lambda piece: piece.x0) for line in lines]


def is_payment(line: list[Piece]) -> bool:
    """Whether a line has an amount and further cells."""
    return len(line) >= _FEWEST_CELLS and any(piece.is_money for piece in line)


def find_columns(pages: list[Page]) -> Columns:
    """The columns of the one table that all pages hold."""
    lines = [line for page in pages for line in lines_of(page.pieces) if is_payment(line)]
    if not lines:
        raise TableUnclearError("no line has an amount and two further cells")
    cells = [piece for line in lines for piece in line]
    headings = [piece for page in pages for piece in _headings(page)]
    borders = _gutters(cells)
    with_headings = _gutters([*cells, *headings])
    if len(with_headings) >= len(borders):  # else a title runs across
        borders = _without_split_columns(with_headings, cells, headings)
    while (border := _missing_border(lines, borders)) is not None:
        borders = sorted([*borders, border])
    if len(borders) + 1 < _FEWEST_CELLS:
        raise TableUnclearError(f"the lines part into {len(borders) + 1} columns only")
    return Columns(borders)


def _headings(page: Page) -> list[Piece]:
    """The line of three cells or more above the first amount of a page, and what stands between them."""
    lines = lines_of(page.pieces)
    first = next((number for number, line in enumerate(lines) if is_payment(line)), 0)
    heading = next(
        (number for number in range(first - 1, -1, -1) if len(lines[number]) >= _FEWEST_CELLS), first
    )
    return [piece for line in lines[heading:first] for piece in line]


def _gutters(pieces: list[Piece]) -> list[float]:
    """The middle of each stretch of white that no piece reaches into."""
    spans: list[list[float]] = []
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if spans and piece.x0 < spans[-1][1] + _BIN:
            spans[-1][1] = max(spans[-1][1], piece.x1)
        else:
            spans.append([piece.x0, piece.x1])
    return [(left[1] + right[0]) / 2 for left, right in pairwise(spans)]


def _without_split_columns(borders: list[float], cells: list[Piece], headings: list[Piece]) -> list[float]:
    """A heading on the left of a column whose amounts stand on the right is the heading of that column."""
    columns = Columns(borders)
    with_cells = {columns.of(piece) for piece in cells}
    with_heading = {columns.of(piece) for piece in headings}
    split = set()
    for column in sorted(with_heading - with_cells):
        beside = [at for at in (column + 1, column - 1) if at in with_cells - with_heading]
        if beside:
            split.add(min(column, beside[0]))
            with_heading.add(beside[0])
    return [border for number, border in enumerate(borders) if number not in split]


def _missing_border(lines: list[list[Piece]], borders: list[float]) -> float | None:
    """The border to add where many lines have two pieces in what is taken for one column; None where none."""
    columns = Columns(borders)
    pairs: dict[int, list[tuple[Piece, Piece]]] = {}
    for line in lines:
        for left, right in pairwise(line):
            if columns.of(left) == columns.of(right):
                pairs.setdefault(columns.of(left), []).append((left, right))
    if not pairs:
        return None
    found = max(pairs.values(), key=len)
    border = _between(found)
    across = sum(piece.x0 < border - 1 and piece.x1 > border + 1 for line in lines for piece in line)
    if across > max(1, len(lines) * _MOST_ACROSS) or border in borders:
        raise TableUnclearError(
            f"{len(found)} of {len(lines)} lines have two cells where one column seems to be"
        )
    return border


def _between(pairs: list[tuple[Piece, Piece]]) -> float:
    """The x that lies between both pieces of most pairs."""
    counts: Counter[int] = Counter()
    for left, right in pairs:
        counts.update(range(round(left.x1 / _BIN), round(right.x0 / _BIN) + 1))
    most = max(counts.values())
    best = sorted(at for at, count in counts.items() if count == most)
    return best[len(best) // 2] * _BIN
