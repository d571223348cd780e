"""PDF documents made for tests, object by object: text at places, boxes, pages. All content is invented."""

import zlib
from collections.abc import Iterator

from pdfminer.fontmetrics import FONT_METRICS

WIDTH, HEIGHT = 842, 595  # A4, landscape
LEFTS = [40, 110, 260, 0, 500]  # of the columns; the fourth is set to its right edge
RIGHT_OF_AMOUNTS = 480
LEADING = 9.2

HEADER = ["Date", "Supplier", "Department", "Amount", "Reference"]
_WIDTHS = FONT_METRICS["Helvetica"][1]


def document(pages: list[str], extra: str = "", trailer: str = "") -> bytes:
    """A PDF of these content streams, in Helvetica; `extra` goes into each page's dictionary."""
    numbers = range(4, 4 + 2 * len(pages), 2)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in numbers)}] /Count {len(pages)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    for number, content in zip(numbers, pages, strict=True):
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {number + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 << >> >> >> {extra} >>"
        ).encode()
        packed = zlib.compress(content.encode("cp1252"))
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects[number + 1] = head + packed + b"\nendstream"
    return _file(objects, trailer)


def _file(objects: dict[int, bytes], trailer: str) -> bytes:
    data, places = b"%PDF-1.4\n", {}
    for number, content in objects.items():
        places[number] = len(data)
        data += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{places[number]:010d} 00000 n \n" for number in sorted(places))
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def text(x: float, top: float, words: str, size: float = 8) -> str:
    """Text whose first letter is at x, its line `top` points below the upper edge."""
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 {size} Tf 1 0 0 1 {x:.2f} {HEIGHT - top - size:.2f} Tm ({escaped}) Tj ET\n"


def right(x: float, top: float, number: str, size: float = 8) -> str:
    """A number that ends at x."""
    return text(x - width_of(number, size), top, number, size)


def width_of(words: str, size: float = 8) -> float:
    """How wide a text is."""
    return sum(_WIDTHS[character] for character in words) * size / 1000


def box(x: float, top: float, width: float, height: float, grey: float = 0) -> str:
    """A filled box."""
    return f"{grey} g {x} {HEIGHT - top - height} {width} {height} re f 0 g\n"


# --- pages of a table: each row a list of cells, a cell's lines parted by line breaks -----------------------

Cell = tuple[int, float, str]  # column, top, words


def table_page(rows: list[list[str]], *, drawn: str = "cells", align: str = "top", row_gap: float = 3) -> str:
    """One page of rows, drawn by cells, lines, columns or words; wrapped cells stand as `align` says."""
    cells = list(_placed(rows, align, row_gap))
    if drawn == "lines":
        cells.sort(key=lambda cell: (cell[1], cell[0]))
    if drawn == "columns":
        cells.sort(key=lambda cell: (cell[0], cell[1]))
    return "".join(_drawn(cell, one_by_one=drawn == "words") for cell in cells)


def _placed(rows: list[list[str]], align: str, row_gap: float) -> Iterator[Cell]:
    top = 60.0
    for row in rows:
        height = max(cell.count("\n") + 1 for cell in row)
        for column, cell in enumerate(row):
            lines = cell.split("\n")
            spare = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[align] * (height - len(lines)) * LEADING
            for number, words in enumerate(lines):
                if words:
                    yield column, top + spare + number * LEADING, words
        top += height * LEADING + row_gap


def _drawn(cell: Cell, *, one_by_one: bool) -> str:
    column, top, words = cell
    if column == 3:
        return right(RIGHT_OF_AMOUNTS, top, words)
    if not one_by_one:
        return text(LEFTS[column], top, words)
    drawn, x = "", float(LEFTS[column])
    for word in words.split():
        drawn += text(x, top, word)
        x += width_of(word + " ")
    return drawn
