"""Read a landed file into tables of text.

In: the bytes of a file. Out: one RawTable for each sheet, cells as text and nothing interpreted. The first
bytes decide the type, never the name or a content type. Refuses, by a named rule, whatever is no table: a web
or sign-in page, a PDF, an archive, binary data, a damaged or locked workbook, oversized files.
"""

import re
from dataclasses import replace
from typing import Literal

from anchor_spend.delimited import read_delimited
from anchor_spend.errors import Place
from anchor_spend.records import RawTable
from anchor_spend.rules import remark, unreadable
from anchor_spend.spec import FileFormat
from anchor_spend.workbooks import find_workbook_kind, read_workbook

MAX_BYTES = 256 * 1024**2

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(!doctype|html|head|body|script|title|meta|style|div|table|p|h[1-6]|\?xml|rss|feed)\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_IN = re.compile(
    r"type=[\"']?password|login\.microsoftonline|<title>[^<]*(?:sign|log)[ -]?(?:in|on)\b", re.IGNORECASE
)
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*(?:"[^"]{0,200}"\s*:|\})')


def read_tables(data: bytes, file_name: str, file_format: FileFormat) -> list[RawTable]:
    """Every table of a file: one of delimited text, one for each visible and wanted sheet of a workbook."""
    place = Place(file=file_name)
    kind = detect_kind(data, place)
    if kind == "delimited":
        tables = [read_delimited(data, place, file_format.encodings)]
    else:
        tables = read_workbook(data, kind, place, file_format.sheet)
    if (kind == "delimited") == (file_format.family == "delimited"):
        return tables
    note = remark("unexpected_family", "info", f"The file is {kind}; the spec expects {file_format.family}.")
    return [replace(tables[0], findings=(*tables[0].findings, note)), *tables[1:]]


def detect_kind(data: bytes, place: Place) -> Literal["delimited", "xlsx", "xls", "ods"]:
    """What a file is by its bytes; UnreadableFileError for anything that is not a table."""
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise unreadable("file_empty", f"The file has {len(data)} bytes and no content.", place)
    if len(data) > MAX_BYTES:
        raise unreadable(
            "file_too_large", f"The file has {len(data):,} bytes; {MAX_BYTES:,} are read.", place
        )
    if b"%PDF-" in data[:1024]:
        raise unreadable("file_is_pdf", "The file begins as a PDF.", place)
    if data[:2] == b"\x1f\x8b":
        raise unreadable("file_is_zip", "The file is gzip-compressed.", place)
    kind = find_workbook_kind(data, place)
    if kind:
        return kind
    _refuse_markup(_opening(data), place)
    if b"\x00" in data and not data.startswith(_UTF16):
        detail = (
            f"Byte {data.index(0) + 1:,} is NUL, which no text file holds (UTF-16 needs its byte order mark)."
        )
        raise unreadable("file_is_binary", detail, place)
    return "delimited"


def _opening(data: bytes) -> str:
    encoding = "utf-16" if data.startswith(_UTF16) else "latin-1"
    return data[:16384].decode(encoding, errors="replace").lstrip("\ufeffï»¿")


def _refuse_markup(opening: str, place: Place) -> None:
    match = _MARKUP.match(opening)
    if match and match[1].casefold() in ("?xml", "rss", "feed") and "<html" not in opening.casefold():
        raise unreadable("file_is_xml", "The file begins as XML.", place)
    if match and _SIGN_IN.search(opening):
        raise unreadable("file_is_login_page", "The file is a web page that asks to sign in.", place)
    if match:
        raise unreadable("file_is_html", "The file begins as a web page.", place)
    if _JSON.match(opening):
        raise unreadable("file_is_json", "The file begins as JSON.", place)
