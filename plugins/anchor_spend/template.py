"""The template given to partners that publish no payments, written from data/layouts/partner_template.yml.

In: a file name ending in .csv or .xlsx, and the partner's spec where it is known. Out: that file. CSV holds
the header row alone, since an example would be loaded as a payment; XLSX has a sheet About that explains
each column, with synthetic examples. Refuses other endings and bodies whose payments come another way.
"""

import csv
import io
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from anchor_spend.errors import SettingsError
from anchor_spend.spec import Publisher

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LAYOUT = "partner_template"
SHEET = "Payments"
_TEXT, _DATE, _MONEY = "@", "yyyy-mm-dd", "0.00"


@dataclass(frozen=True)
class Column:
    """One column of the template, as a finance officer needs it explained."""

    name: str
    type: str
    is_required: bool
    examples: tuple[str, ...]
    why: str


def columns() -> list[Column]:
    """The template's columns, in their order."""
    explained = _content()["template"]["columns"]
    return [
        Column(name, item["type"], item["required"], tuple(item["examples"]), item["why"])
        for name, item in explained.items()
    ]


def write_template(path: Path, publisher: Publisher | None = None) -> None:
    """The empty template as .csv or .xlsx; SettingsError for other names and for bodies it is not for."""
    if publisher and not any(stream.layout == LAYOUT for stream in publisher.streams.values()):
        raise SettingsError(
            f"{publisher.publisher_id} publishes its payments itself: its spec does not name the layout "
            f"{LAYOUT}, so it needs no template."
        )
    writers = {".csv": _csv, ".xlsx": _xlsx}
    if path.suffix.lower() not in writers:
        raise SettingsError(f"--out is {path.name!r}; name a file that ends in .csv or .xlsx.")
    try:
        path.write_bytes(writers[path.suffix.lower()](publisher))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from error


def _content() -> dict[str, Any]:
    folder = resources.files("anchor_spend").joinpath("data", "layouts")
    content: dict[str, Any] = yaml.safe_load(folder.joinpath(f"{LAYOUT}.yml").read_text(encoding="utf-8"))
    return content


def _csv(_: Publisher | None) -> bytes:
    """The header row, as spreadsheets read it without asking."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(column.name for column in columns())
    return text.getvalue().encode("utf-8-sig")


def _xlsx(publisher: Publisher | None) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    payments = book.active
    payments.title = SHEET
    _fill_payments(payments)
    _fill_about(book.create_sheet("About"), publisher)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _fill_payments(sheet: "Worksheet") -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(columns(), start=1):
        cell = sheet.cell(1, number, column.name)
        cell.font = Font(bold=column.is_required)
        width = sheet.column_dimensions[get_column_letter(number)]
        width.width, width.number_format = 22, _number_format(column)
    sheet.freeze_panes = "A2"


def _number_format(column: Column) -> str:
    """Text, unless it is a day or an amount: spreadsheets take the leading zeros off company numbers."""
    kinds = {"date": _DATE, "pounds": _MONEY}
    return next((mask for word, mask in kinds.items() if column.type.startswith(word)), _TEXT)


def _fill_about(sheet: "Worksheet", publisher: Publisher | None) -> None:
    from openpyxl.styles import Alignment, Font

    examples = [column.examples for column in columns()]
    table = [
        (column.name, column.type, "yes" if column.is_required else "no", _example(column), column.why)
        for column in columns()
    ]
    for row in (
        (f"Payments of {publisher.name if publisher else 'a partner'}: how to fill in the sheet {SHEET}",),
        *((text,) for text in [*_content()["template"]["intro"], *_where(publisher)]),
        (),
        ("Column", "What it holds", "Needed", "Example (synthetic)", "Why"),
        *table,
        (),
        ("SYNTHETIC EXAMPLE ROWS: invented suppliers and payments. Do not copy them into the sheet.",),
        tuple(column.name for column in columns()),
        *zip(*examples, strict=True),
    ):
        sheet.append(row)
    sheet["A1"].font = Font(bold=True)
    for letter, width in zip("ABCDE", (24, 28, 10, 30, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet["E"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _example(column: Column) -> str:
    return next((example for example in column.examples if example), "")


def _where(publisher: Publisher | None) -> list[str]:
    """What names the partner: its id in the check, and the folder its files belong in."""
    name = publisher.publisher_id if publisher else "ID"
    return [
        f"Check it before sending it: anchor-spend check FILE --publisher {name}",
        f"The file belongs in the folder inbox/{name}/ of the system's home folder.",
    ]
