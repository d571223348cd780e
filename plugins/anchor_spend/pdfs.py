"""Read the table of a PDF document.

In: the bytes of a file. Out: one RawTable of all its pages; row 1 is the first line of the first page, a
header that is printed on every page stays a row on each. Refuses locked, damaged and oversized documents,
scanned ones, and those whose text does not part into one table beyond doubt. How it is read: see pdf_process.
"""

from collections.abc import Iterator
from typing import Any

from anchor_spend.apart import Reading, read_apart
from anchor_spend.errors import Place
from anchor_spend.records import Finding, RawTable
from anchor_spend.rules import remark, unreadable

MAX_BYTES = 64 * 1024**2
MAX_PAGES = 500
MAX_CHARS = 3_000_000  # the longest real file has 200,000
_READING = Reading("pdf_process", "pdf_too_large", "pdf_damaged", max_seconds=600)


def is_pdf(data: bytes) -> bool:
    """Whether a file is a PDF document: its mark may stand a little behind the beginning."""
    return b"%PDF-" in data[:1024]


def read_pdf(data: bytes, place: Place) -> list[RawTable]:
    """The one table of a document."""
    if len(data) > MAX_BYTES:
        detail = f"The PDF has {len(data):,} bytes; {MAX_BYTES:,} are read."
        raise unreadable("pdf_too_large", detail, place)
    options = {"max_pages": MAX_PAGES, "max_chars": MAX_CHARS}
    answer = read_apart(_READING, data, options, place)
    return [RawTable("", answer["rows"], kind="pdf", findings=tuple(_notes(answer)))]


def _notes(answer: dict[str, Any]) -> Iterator[Finding]:
    if answer["left_out"]:
        yield remark("pdf_page_lines", "info", f"Left out: {answer['left_out']:,} lines.")
    if answer["hidden"]:
        detail = f"Left out: {answer['hidden']:,} characters under boxes as dark as they are."
        yield remark("pdf_blacked_out", "warning", detail)
