"""The text of a PDF page as the pieces it was drawn in.

In: the characters and filled boxes of one page, as pdfplumber gives them. Out: a Page: pieces of text with
their places, in the order they were drawn, and how many characters lie hidden under a filled box. A piece is
text without a gap: programs that print tables draw each cell, or each line of one, in one go, with its
spaces. Where two cells touch, the padding between them is a gap without a space.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

GAP = 0.12  # of the type size; letters of one word stand closer, cells do not
_SIGN, _END = r"[-−–+(£ ]*", r"[-) ]*(?:CR|DR)?"
_WITH_PENCE = re.compile(rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+|\d*)\.\d{{2}}{_END}", re.IGNORECASE)
_WHOLE_POUNDS = re.compile(rf"{_SIGN}\d{{1,3}}(?:,\d{{3}})+{_END}|[-−–(]*£ ?\d+{_END}", re.IGNORECASE)
_CURRENCY = re.compile(r"[-(]?£")
_WIDEST_SPACE, _WIDER = 0.75, 1.5  # of the type size; of the usual space, in lines that are spread out
_SPACED = 0.05  # of the pieces hold a space where spaces are drawn
_OVERPRINT = 0.1  # of the type size
_BACKWARDS = 0.5  # of the type size; overprinted letters step back less
_DARK = 0.35


@dataclass(slots=True)
class Piece:
    """Text drawn in one go, of a type size; `is_open`: it ends with a space, as a wrapped line does."""

    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    font: str
    text: str
    is_open: bool = False
    is_money: bool = False

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says, and what it hides."""

    number: int
    pieces: list[Piece]  # in the order they were drawn
    hidden: int  # characters under a box as dark as they are
    turned: int  # characters that do not stand upright; they are in no piece


@dataclass(slots=True)
class Row:
    """The pieces of one row, by column, in reading order."""

    page: int
    cells: dict[int, list[Piece]] = field(default_factory=dict)

    def add(self, column: int, piece: Piece) -> None:
        """Put a piece into a cell."""
        self.cells.setdefault(column, []).append(piece)

    @property
    def pieces(self) -> list[Piece]:
        """All that stands in the row."""
        return [piece for cell in self.cells.values() for piece in cell]

    @property
    def top(self) -> float:
        """Where its highest cell begins."""
        return min(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        """Where its lowest cell ends."""
        return max(piece.bottom for piece in self.pieces)

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def has_money(self) -> bool:
        """Whether one of its cells is an amount."""
        return any(piece.is_money for piece in self.pieces)


def read_page(number: int, chars: list[dict[str, Any]], boxes: list[dict[str, Any]]) -> Page:
    """The pieces of a page, without what is blacked out."""
    upright = list(_once(char for char in chars if char["upright"]))
    filled = [box for box in boxes if box["fill"]]
    if any(_is_dark(box["non_stroking_color"]) for box in filled):
        seen = [char for char in upright if not _is_covered(char, filled)]
    else:
        seen = upright
    return Page(
        number,
        [piece for piece in _pieces(number, seen) if piece.text],
        hidden=sum(char["text"] != " " for char in upright) - sum(char["text"] != " " for char in seen),
        turned=sum(not char["upright"] for char in chars),
    )


def prepare(pages: list[Page]) -> None:
    """Mark the amounts, and join what was drawn apart: words without the spaces between them, pound signs."""
    pieces = [piece for page in pages for piece in page.pieces]
    form = _WITH_PENCE if any(_WITH_PENCE.fullmatch(piece.text) for piece in pieces) else _WHOLE_POUNDS
    for piece in pieces:
        piece.is_money = form.fullmatch(piece.text) is not None
    is_spaced = sum(" " in piece.text for piece in pieces) > _SPACED * len(pieces)
    most = 0.0 if is_spaced else _WIDER * _usual_gap(pages)
    for page in pages:
        page.pieces[:] = _joined(page.pieces, most)


def _usual_gap(pages: list[Page]) -> float:
    """The gap between two words, as a share of the type size: the one that is most common."""
    gaps = Counter(
        round(_gap(left, right), 1)
        for page in pages
        for left, right in pairwise(page.pieces)
        if _is_level(left, right) and GAP < _gap(left, right) < _WIDEST_SPACE
    )
    return max(gaps, key=lambda gap: gaps[gap], default=0.0)


def _joined(pieces: list[Piece], most: float) -> list[Piece]:
    """Pieces of one line that stand no further apart than `most` of the type size, as one."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and _CURRENCY.fullmatch(last.text) and piece.is_money and _is_level(last, piece):
            piece.text, piece.x0 = last.text + piece.text, last.x0
            joined[-1] = piece
        elif last and _is_level(last, piece) and not last.is_money and 0 < _gap(last, piece) < most:
            last.text, last.x1, last.is_open = f"{last.text} {piece.text}", piece.x1, piece.is_open
        else:
            joined.append(piece)
    return joined


def _gap(left: Piece, right: Piece) -> float:
    return (right.x0 - left.x1) / max(left.size, 1)


def _is_level(left: Piece, right: Piece) -> bool:
    return abs(right.bottom - left.bottom) < 0.3 * left.size


def _is_dark(colour: Any) -> bool:
    """Whether a colour (grey, RGB or CMYK parts from 0 to 1) is close to black; no colour is not."""
    parts = colour if isinstance(colour, (tuple, list)) else (colour,)
    if not parts or not all(isinstance(part, (int, float)) for part in parts):
        return False
    if len(parts) == 4:
        return bool(max(parts[:3]) + parts[3] > 1 - _DARK)
    return bool(max(parts) < _DARK)


def _is_covered(char: dict[str, Any], boxes: list[dict[str, Any]]) -> bool:
    """Dark text within a dark box cannot be read on the page: it was blacked out.

    Of boxes on each other the last one drawn shows; borders are made of a dark box with a white one on it.
    """
    if not _is_dark(char["non_stroking_color"]):
        return False
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    around = (box for box in reversed(boxes) if box["x0"] < x < box["x1"] and box["top"] < y < box["bottom"])
    return _is_dark(next((box["non_stroking_color"] for box in around), None))


def _once(chars: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each character once: bold type is also made by drawing a text again, hardly beside itself."""
    drawn: dict[tuple[str, int, int], tuple[float, float]] = {}
    for char in chars:
        x, y, near = char["x0"], char["bottom"], _OVERPRINT * char["size"]
        places = [(char["text"], round(x) + step, round(y)) for step in (-1, 0, 1)]
        found = [drawn[place] for place in places if place in drawn]
        if any(abs(x - other_x) < near and abs(y - other_y) < near for other_x, other_y in found):
            continue
        drawn[places[1]] = (x, y)
        yield char


def _pieces(page: int, chars: Iterable[dict[str, Any]]) -> Iterator[Piece]:
    piece: Piece | None = None
    for char in chars:
        if piece and _continues(piece, char):
            piece.text += char["text"]
            piece.x1 = max(piece.x1, char["x1"])
            continue
        if piece:
            yield _trimmed(piece)
        place = (char["x0"], char["x1"], char["top"], char["bottom"])
        piece = Piece(page, *place, char["size"], char["fontname"], char["text"])
    if piece:
        yield _trimmed(piece)


def _continues(piece: Piece, char: dict[str, Any]) -> bool:
    gap: float = (char["x0"] - piece.x1) / max(piece.size, 1)
    is_level: bool = abs(char["bottom"] - piece.bottom) < 0.3 * piece.size
    return is_level and -_BACKWARDS < gap < GAP


def _trimmed(piece: Piece) -> Piece:
    text = piece.text.replace("\u00a0", " ").replace("\u00ad", "")
    piece.is_open = text.endswith(" ")
    width = (piece.x1 - piece.x0) / max(len(text), 1)
    piece.x0 += width * (len(text) - len(text.lstrip()))
    piece.x1 -= width * (len(text) - len(text.rstrip()))
    piece.text = " ".join(text.split())
    return piece
