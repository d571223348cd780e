"""A small, deterministic XLSX writer.

In: sheets of cells. Out: the bytes of a workbook; the same cells always give the same bytes (openpyxl writes
the time of day). A cell is None, text, a Pence amount, an int or a date.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DAY_ZERO = date(1899, 12, 30)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Pence(int):
    """An amount of money in a cell: written in pounds, exactly."""

    def __str__(self) -> str:
        pounds, pence = divmod(abs(self), 100)
        return f"{'-' if self < 0 else ''}{pounds}" + (f".{pence:02d}".rstrip("0") if pence else "")


@dataclass(frozen=True)
class Sheet:
    """A worksheet: rows[i] is row i + 1."""

    name: str
    rows: Sequence[Sequence[object]]
    is_hidden: bool = False


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of a workbook of these sheets."""
    shared: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{i}.xml": _sheet(sheet, shared) for i, sheet in enumerate(sheets, start=1)}
    parts |= {
        "xl/sharedStrings.xml": _shared_strings(shared),
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [(f"worksheets/sheet{i}.xml", "worksheet") for i in range(1, len(sheets) + 1)]
            + [("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings")]
        ),
        "_rels/.rels": _relations([("xl/workbook.xml", "officeDocument")]),
        "[Content_Types].xml": _content_types(len(sheets)),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in reversed(parts.items()):
            info = zipfile.ZipInfo(name)  # dated 1980, always
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode("utf-8"))
    return buffer.getvalue()


def _sheet(sheet: Sheet, shared: dict[str, int]) -> str:
    rows = "".join(
        f'<row r="{number}">{"".join(_cells(row, number, shared))}</row>'
        for number, row in enumerate(sheet.rows, start=1)
        if any(cell is not None for cell in row)
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def _cells(row: Sequence[object], number: int, shared: dict[str, int]) -> Iterable[str]:
    for column, cell in enumerate(row):
        place = f'r="{_letters(column)}{number}"'
        if cell is None:
            continue
        if isinstance(cell, str):
            yield f'<c {place} t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>'
        elif isinstance(cell, date):
            yield f'<c {place} s="1"><v>{(cell - _DAY_ZERO).days}</v></c>'
        else:
            yield f"<c {place}><v>{cell}</v></c>"


def _letters(column: int) -> str:
    """The name of a column: 0 is A, 25 is Z, 26 is AA."""
    before, last = divmod(column, 26)
    return f"{_letters(before - 1) if before else ''}{chr(65 + last)}"


def _shared_strings(shared: dict[str, int]) -> str:
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
    return f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(shared)}">{items}</sst>'


def _workbook(sheets: Sequence[Sheet]) -> str:
    states = ("", ' state="hidden"')
    items = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{i}"{states[sheet.is_hidden]} r:id="rId{i}"/>'
        for i, sheet in enumerate(sheets, start=1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{items}</sheets></workbook>'


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, (target, kind) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _content_types(sheets: int) -> str:
    parts = [(f"/xl/worksheets/sheet{i}.xml", "worksheet") for i in range(1, sheets + 1)]
    parts += [
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/styles.xml", "styles"),
        ("/xl/sharedStrings.xml", "sharedStrings"),
    ]
    items = "".join(f'<Override PartName="{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in parts)
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{items}</Types>'
    )
