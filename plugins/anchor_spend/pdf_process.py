"""Read the table of one PDF in a process of its own, so that a hostile one cannot take the worker along.

In: the PDF's bytes on standard input; a JSON object of options as the only argument. Out: a JSON object on
standard output: the rows, and what was hidden or left out; or the rule that refuses the document.

The library is pdfplumber (MIT): it gives every character, line and box with its place and colour, which is
all that a printed table is, and follows no link and runs no script. Its own table finder wants ruled lines,
which the PDFs of public bodies, mostly printed spreadsheets, do not have: see pdf_columns and pdf_rows.
"""

import io
import json
import re
import sys
from typing import Any

from anchor_spend.confine import cap_memory
from anchor_spend.pdf_columns import TableUnclearError
from anchor_spend.pdf_tables import Table, read_table
from anchor_spend.pdf_text import Page, read_page

_SCANNED = 0.8  # of the page: a picture that covers it is the page, and text on it a guess
_FEWEST_CHARS = 20  # a page
_AMOUNT = re.compile(r"\d\.\d{2}(?!\d)|\d,\d{3}(?![\d.,])")


def main() -> None:
    """Read standard input; write the table, or the rule that refuses the document, to standard output."""
    options = json.loads(sys.argv[1])
    cap_memory(options["memory_bytes"])
    data = sys.stdin.buffer.read()
    try:
        answer = _answer(data, options)
    except TableUnclearError as error:
        answer = {"problem": "pdf_table_unclear", "detail": f"{str(error)[:1].upper()}{str(error)[1:]}."}
    sys.stdout.write(json.dumps(answer))


def _answer(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > options["max_pages"]:
                return {"problem": "pdf_too_large", "detail": f"The PDF has {len(document.pages):,} pages."}
            return _read(document, data, options)
    except PdfminerException as error:
        cause = type(error.args[0]).__name__ if error.args else type(error).__name__
        if "Password" in cause or "Encryption" in cause:
            return {"problem": "pdf_locked", "detail": "The PDF asks for a password."}
        return {"problem": "pdf_damaged", "detail": f"The PDF cannot be read ({cause})."}


def _read(document: Any, data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    pages: list[Page] = []
    chars = scanned = 0
    for page in document.pages:
        drawn = page.chars
        chars += len(drawn)
        if chars > options["max_chars"]:
            return {"problem": "pdf_too_large", "detail": f"More than {options['max_chars']:,} characters."}
        scanned += _is_scanned(page)
        pages.append(read_page(page.page_number, drawn, page.rects))
        page.close()
    if chars < _FEWEST_CHARS * len(pages) or scanned * 2 > len(pages):
        detail = f"{chars:,} characters on {len(pages):,} pages, {scanned:,} of them pictures."
        return {"problem": "pdf_without_text", "detail": detail}
    table = read_table(pages)
    hidden = sum(page.hidden for page in pages)
    _check_complete(data, table, hidden)
    return {"rows": table.rows, "left_out": table.left_out, "hidden": hidden}


def _check_complete(data: bytes, table: Table, hidden: int) -> None:
    """Every amount that another library (PDFium) finds in the text must be in a cell of the table.

    PDFium may find fewer, where it runs two numbers into one, and more where some are blacked out.
    """
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(data)
    printed = sum(len(_AMOUNT.findall(page.get_textpage().get_text_range())) for page in document)
    found = sum(len(_AMOUNT.findall(cell)) for row in table.rows for cell in row)
    if printed > found and not hidden:
        raise TableUnclearError(f"{printed:,} amounts are printed and {found:,} were found in cells")


def _is_scanned(page: Any) -> bool:
    area = float(page.width) * float(page.height)
    largest = max((abs(float(item["width"]) * float(item["height"])) for item in page.images), default=0)
    return largest > _SCANNED * area


if __name__ == "__main__":
    main()
