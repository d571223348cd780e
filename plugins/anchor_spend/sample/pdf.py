"""A small, deterministic writer of PDF tables: a printed spreadsheet, one line of type for each record.

In: records of text. Out: the bytes of a document in landscape A4, its type as large as the longest cells let
it be. The header is printed once, as most printed spreadsheets have it; each page ends with its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT, _MARGIN = 842, 595, 24
_LARGEST, _LEADING, _ROWS = 6.5, 11, 46
_ADVANCE = 0.6  # of the type size: every character of Courier is as wide
_GAP = 2  # characters between columns


@dataclass(frozen=True)
class _Grid:
    """Where columns begin, in characters, how many they hold, and the type size that makes them fit."""

    starts: Sequence[int]
    lengths: Sequence[int]
    size: float

    def left(self, column: int, cell: str, *, is_right: bool) -> float:
        shift = self.lengths[column] - len(cell) if is_right else 0
        return _MARGIN + (self.starts[column] + shift) * self.size * _ADVANCE


def pdf_table(records: Sequence[Sequence[str]], title: str, *, amount: int) -> bytes:
    """The bytes of a document with one table under a title; column `amount` stands at its right edge."""
    grid = _grid(records)
    pages = [records[at : at + _ROWS] for at in range(0, len(records), _ROWS)]
    drawn = [
        _page(page, grid, amount, title if number == 1 else "", f"Page {number} of {len(pages)}")
        for number, page in enumerate(pages, start=1)
    ]
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(drawn)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(drawn)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for index, stream in enumerate(drawn):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents {5 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _document(objects)


def _grid(records: Sequence[Sequence[str]]) -> _Grid:
    lengths = [max(map(len, cells)) for cells in zip(*records, strict=True)]
    starts = [sum(lengths[:column]) + _GAP * column for column in range(len(lengths))]
    across = (starts[-1] + lengths[-1]) * _ADVANCE
    return _Grid(starts, lengths, min(_LARGEST, (_WIDTH - 2 * _MARGIN) / across))


def _page(records: Sequence[Sequence[str]], grid: _Grid, amount: int, title: str, foot: str) -> bytes:
    """The drawing of a page: one text operation for each cell, row by row."""
    top = _HEIGHT - _MARGIN - 2 * _LEADING
    lines = [_text(_MARGIN, top + 2 * _LEADING, grid.size, title)] if title else []
    for number, record in enumerate(records):
        lines += [
            _text(
                grid.left(column, cell, is_right=column == amount), top - number * _LEADING, grid.size, cell
            )
            for column, cell in enumerate(record)
            if cell
        ]
    lines.append(_text(_WIDTH / 2, _MARGIN / 2, grid.size, foot))
    return b"\n".join(lines)


def _text(x: float, y: float, size: float, text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size:.2f} Tf {x:.1f} {y:.1f} Td (".encode() + escaped.encode("cp1252") + b") Tj ET"


def _document(objects: Sequence[bytes]) -> bytes:
    """Numbered objects, the table of where they stand, and the trailer."""
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % size + rows + trailer
