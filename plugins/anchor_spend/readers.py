"""Read a landed file into tables of text.

In: the bytes of a file. Out: one RawTable for each sheet, cells as text and nothing interpreted. The first
bytes decide the type, never the name or a content type. An archive's tables are named by its members
('member.csv', 'member.xlsx!Sheet1'). Refuses, by a named rule, whatever is no table: a web or sign-in page,
an archive without tables, binary data, a damaged or locked workbook, oversized files.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from anchor_spend.archives import Member, is_gzip, is_zip, unpack_gzip, unpack_zip
from anchor_spend.delimited import read_delimited
from anchor_spend.errors import Place, UnreadableFileError
from anchor_spend.pdfs import is_pdf, read_pdf
from anchor_spend.records import Finding, RawTable
from anchor_spend.rules import remark, unreadable
from anchor_spend.spec import FileFormat
from anchor_spend.text_encodings import find_marked
from anchor_spend.workbooks import WorkbookKind, find_workbook_kind, read_workbook

MAX_BYTES = 256 * 1024**2

TableKind = Literal["delimited", "pdf"] | WorkbookKind
FileKind = TableKind | Literal["zip", "gzip"]

_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(!doctype|html|head|body|script|title|meta|style|div|table|p|h[1-6]|\?xml|rss|feed)\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_IN = re.compile(
    r"type=[\"']?password|login\.microsoftonline|<title>[^<]*(?:sign|log)[ -]?(?:in|on)\b", re.IGNORECASE
)
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*(?:"[^"]{0,200}"\s*:|\})')
# what is no table at all, told by its first bytes
_NO_TABLE = frozenset({"file_empty", "file_is_html", "file_is_login_page", "file_is_xml", "file_is_json",
                       "file_is_zip", "file_is_binary"})  # fmt: skip
_MOST_NAMED = 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def read_tables(data: bytes, file_name: str, file_format: FileFormat) -> list[RawTable]:
    """Every table of a file: one of delimited text or a PDF, one for each visible and wanted sheet of a
    workbook, all those of an archive's members."""
    place = Place(file=file_name)
    kind = detect_kind(data, place)
    if kind == "gzip":
        data = unpack_gzip(data, place)
        kind = _inner_kind(data, place)
    tables = _read_zip(data, place, file_format) if kind == "zip" else _read(data, kind, place, file_format)
    family = _family(tables[0])
    if family == file_format.family:
        return tables
    note = remark(
        "unexpected_family", "info", f"The file is {tables[0].kind}; the spec expects {file_format.family}."
    )
    return [replace(tables[0], findings=(*tables[0].findings, note)), *tables[1:]]


def _family(table: RawTable) -> str:
    return table.kind if table.kind in ("delimited", "pdf") else "workbook"


def _read(data: bytes, kind: TableKind, place: Place, file_format: FileFormat) -> list[RawTable]:
    if kind == "delimited":
        return [read_delimited(data, place, file_format.encodings)]
    if kind == "pdf":
        return read_pdf(data, place)
    return read_workbook(data, kind, place, file_format.sheet)


def _inner_kind(data: bytes, place: Place) -> TableKind:
    kind = detect_kind(data, place)
    if kind == "zip" or kind == "gzip":
        raise unreadable("file_is_zip", "An archive inside an archive is not opened.", place)
    return kind


# --- archives -----------------------------------------------------------------------------------------------


def _read_zip(data: bytes, place: Place, file_format: FileFormat) -> list[RawTable]:
    """The tables of all members; those that are none are named in findings of the first table."""
    members = list(unpack_zip(data, place))
    tables, unread = _read_members([item for item in members if not is_pdf(item.data)], place, file_format)
    printed = [item for item in members if is_pdf(item.data)]
    if tables:  # a document beside tables is about them, or one of them printed
        unread += [(item.name, "A PDF beside tables is not read.") for item in printed]
    else:
        tables, _ = _read_members(printed, place, file_format)
    if not tables:
        raise unreadable("file_is_zip", f"The archive holds {len(members)} files and no table.", place)
    findings = (*tables[0].findings, *_unread_notes(unread))
    return [replace(tables[0], findings=findings), *tables[1:]]


def _read_members(
    members: list[Member], place: Place, file_format: FileFormat
) -> tuple[list[RawTable], list[tuple[str, str]]]:
    """The tables, and the name of each member that was left out with the reason."""
    tables: list[RawTable] = []
    unread: list[tuple[str, str]] = []
    read: set[str | bytes] = set()
    for member in members:
        # one month as CSV and as XLSX, or twice the same file: counted once
        marks: set[str | bytes] = {_SUFFIX.sub("", member.name).casefold(), member.data}
        try:
            found = _read_member(member, place, file_format)
        except UnreadableFileError as error:
            # a table that cannot be read refuses the archive: without it the month would not be whole
            if error.rule not in _NO_TABLE:
                raise
            unread.append((member.name, error.detail))
            continue
        if read & marks:
            unread.append((member.name, "The same name or content as a file before it, which is read."))
            continue
        read |= marks
        tables += found
    return tables, unread


def _read_member(member: Member, place: Place, file_format: FileFormat) -> list[RawTable]:
    at = Place(place.file, member.name)
    kind = _inner_kind(member.data, at)
    tables = _read(member.data, kind, at, file_format)
    if kind == "delimited" and not _is_table(tables[0]):
        raise unreadable("file_is_binary", "Its lines are text, but no table.", at)
    return [_named(table, member.name) for table in tables]


def _is_table(table: RawTable) -> bool:
    """Whether half of the lines have one number of cells, some filled, one with a digit: a note has not."""
    rows = [row for row in table.rows[:200] if any(row)]
    widths = Counter(map(len, rows))
    width = max(widths, key=lambda width: widths[width] * (width - 1), default=1)
    alike = [row for row in rows if len(row) == width and sum(map(bool, row)) > 1]
    with_digits = sum(any(map(str.isdigit, "".join(row))) for row in alike)
    return width > 1 and with_digits * 2 >= len(rows)


def _named(table: RawTable, member: str) -> RawTable:
    """The table and its findings under the member's name."""

    def inside(sheet: str) -> str:
        return f"{member}!{sheet}" if sheet else member

    findings = tuple(replace(finding, sheet=inside(finding.sheet)) for finding in table.findings)
    return replace(table, sheet=inside(table.sheet), findings=findings)


def _unread_notes(unread: list[tuple[str, str]]) -> Iterator[Finding]:
    for name, detail in unread[:_MOST_NAMED]:
        yield remark("archive_member_unread", "info", detail, sheet=name)
    if len(unread) > _MOST_NAMED:
        detail = f"{len(unread) - _MOST_NAMED} further files are no tables."
        yield remark("archive_member_unread", "info", detail)


# --- what a file is -----------------------------------------------------------------------------------------


def detect_kind(data: bytes, place: Place) -> FileKind:
    """What a file is by its bytes; UnreadableFileError for anything that holds no table."""
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise unreadable("file_empty", f"The file has {len(data)} bytes and no content.", place)
    if len(data) > MAX_BYTES:
        raise unreadable(
            "file_too_large", f"The file has {len(data):,} bytes; {MAX_BYTES:,} are read.", place
        )
    if is_pdf(data):
        return "pdf"
    if is_gzip(data):
        return "gzip"
    kind = find_workbook_kind(data, place)
    if kind:
        return kind
    if is_zip(data):
        return "zip"
    marked = find_marked(data)
    _refuse_markup(data[:16384].decode(marked or "latin-1", errors="replace").lstrip("\ufeffï»¿"), place)
    if b"\x00" in data and not (marked or "").startswith("utf-16"):
        detail = f"Byte {data.index(0) + 1:,} is NUL, which no text file holds unless all of it is UTF-16."
        raise unreadable("file_is_binary", detail, place)
    return "delimited"


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
