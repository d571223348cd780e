"""A synthetic sample in the layout of a drafted file, and what the spec must make of it.

In: a Draft. Out: the bytes of a small file with the original's banner rows, header, columns, encoding and
habits (negatives, thousands, blank and total rows, wording of redactions), and the rows expected of it,
worked out from what was put in. Every name and amount is invented; of the original only headers, sheet
names and redaction wording stay.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from anchor_spend.draft.habits import Habits, find_habits
from anchor_spend.draft.sheets import Reading
from anchor_spend.periods import due_date, file_months
from anchor_spend.printed_numbers import invented_vat_number
from anchor_spend.records import PAYMENT_COLUMNS
from anchor_spend.redaction import is_withheld
from anchor_spend.sample.pdf import pdf_table
from anchor_spend.sample.xlsx import Pence, workbook
from anchor_spend.sample.xlsx import Sheet as WorkbookSheet

if TYPE_CHECKING:
    from anchor_spend.draft.proposal import Draft

PERIOD = "2017-04"  # the month under which samples are read
ASIDE = ("effect", "sheet", "row_number", "rule", "column", "amount_pence")

_BANNER = "Synthetic example in the layout of a real file"
_LONG_NAME = "Imaginary Property Maintenance and Cleaning Services of Nowhere in Particular Holdings Limited"
_INVENTED: dict[str, Callable[[int], str]] = {
    "supplier_ref": "S{:04d}".format,
    "supplier_postcode": "ZZ{:d} 1ZZ".format,
    "supplier_company_number": "ZZ{:06d}".format,
    "vat_number": invented_vat_number,
    "charity_number": "9{:06d}".format,  # no register has come that far
    "department": "Invented Services {:d}".format,
    "category": "Invented Goods {:d}".format,
    "description": "Invented purpose {:d}".format,
    "transaction_ref": "T{:05d}".format,
}


@dataclass(frozen=True)
class _Payment:
    name: str
    pence: int
    day: int  # of April 2017


@dataclass
class Sample:
    """The sample's bytes and what is expected of it: payments, and rows set aside."""

    suffix: str
    data: bytes
    payments: list[dict[str, str]] = field(default_factory=list)
    aside: list[dict[str, str]] = field(default_factory=list)

    def expected_csv(self) -> str:
        """The payments as tests/publishers keeps them."""
        return _as_csv(PAYMENT_COLUMNS, self.payments)

    def aside_csv(self) -> str:
        """The rows set aside as tests/publishers keeps them."""
        return _as_csv(ASIDE, self.aside)


def make_sample(draft: "Draft") -> Sample:
    """The sample of a draft in the file's own type: workbooks of any kind as XLSX, PDFs as plain tables."""
    return _Maker(draft).make()


class _Maker:
    """Writes rows one after the other and notes what each must become."""

    def __init__(self, draft: "Draft") -> None:
        self._draft = draft
        self._reading: Reading = draft.readings[0]
        self._table = self._reading.sheet.table
        self._is_workbook = draft.opened.family == "workbook"
        self._is_pdf = draft.opened.family == "pdf"
        self._sheet = self._table.sheet if self._is_workbook else ""
        self._habits: Habits = find_habits(draft)
        self._at = {name: guess.position for name, guess in self._reading.guesses.items()}
        self._width = len(self._reading.sheet.headers)
        self._rows: list[list[object]] = []
        self._payments: list[dict[str, str]] = []
        self._aside: list[dict[str, str]] = []

    def make(self) -> Sample:
        self._write_top()
        payments = self._invent()
        for number, payment in enumerate(payments, start=1):
            if number == len(payments) and self._habits.has_blank_rows and not self._is_pdf:
                self._set_aside("blank_row")
                self._rows.append([""] * self._width)
            self._write_payment(payment, number)
        if self._habits.has_total_row and not self._is_pdf:
            self._write_total(sum(payment.pence for payment in payments))
        return Sample(*self._document(), self._payments, self._aside)

    def _write_top(self) -> None:
        """Banner rows where the file has them, and its header as it stands."""
        header_row = self._reading.sheet.header_row
        for row in [] if self._is_pdf else self._table.rows[: max(header_row - 1, 0)]:
            is_blank = not any(cell.strip() for cell in row)
            self._set_aside("blank_row" if is_blank else "banner")
            self._rows.append([] if is_blank else [_BANNER])
        if header_row:
            self._rows.append(list(self._table.rows[header_row - 1]))

    def _invent(self) -> list[_Payment]:
        found = [
            _Payment("Invented Widgets Ltd", 125_50, 4),
            _Payment("Made Up Builders Limited", 12_345_67, 13),
            _Payment("Made Up Builders Limited", 12_345_67, 13),  # repeated: a payment of its own
            _Payment(self._habits.unusual_name, 250_00, 18),
        ]
        if self._habits.negative:
            found.append(_Payment("Fictional Care Homes PLC", -1_200_00, 21))
        if self._habits.redaction:
            found.append(_Payment(self._habits.redaction, 600_00, 25))
        cut = self._draft.keys["stream"]["format"]["name_cut_at"]
        if cut:
            found.append(_Payment(_LONG_NAME[:cut].strip().ljust(cut, "s"), 999_99, 28))
        return found

    def _write_payment(self, payment: _Payment, number: int) -> None:
        row: list[object] = [self._filler(position, number) for position in range(self._width)]
        values = {name: invent(number) for name, invent in _INVENTED.items() if name in self._at}
        for name, value in values.items():
            self._put(row, name, value)
        self._put(row, "body_name", str(self._draft.keys["name"]))
        self._put(row, "supplier_name", payment.name)
        self._put(row, "amount", self._habits.amount(payment.pence, self._is_workbook))
        day = date(2017, 4, payment.day)
        self._put(row, "payment_date", self._habits.date(day, number, self._is_workbook))
        self._rows.append(row)
        known = {
            "sheet": self._sheet,
            "row_number": str(len(self._rows)),
            "payment_date": (day if "payment_date" in self._at else self._last_day()).isoformat(),
            "amount_pence": str(payment.pence),
            "supplier_name": payment.name,
            "is_redacted": str(is_withheld(payment.name)),
        }
        self._payments.append({name: {**values, **known}.get(name, "") for name in PAYMENT_COLUMNS})

    def _put(self, row: list[object], name: str, value: object) -> None:
        position = self._at.get(name)
        if position is not None:
            row[position] = value

    def _filler(self, position: int, number: int) -> object:
        """What stands in a column that no field is read from."""
        profile = self._reading.sheet.profiles[position]
        if not profile.filled:
            return ""
        if profile.dates >= 0.5:
            return self._habits.date(date(2017, 4, 2 + number), 1, self._is_workbook)
        if profile.amounts >= 0.5:
            return Pence(0) if self._is_workbook else "0"
        return f"Invented {number}"

    def _last_day(self) -> date:
        """Of the file's last month: the day of payments that state none."""
        return due_date(file_months(PERIOD, self._draft.span.cadence)[-1], 0)

    def _write_total(self, pence: int) -> None:
        row: list[object] = [""] * self._width
        self._put(row, "amount", self._habits.amount(pence, self._is_workbook))
        if self._habits.has_worded_total:
            first = next(at for at in range(self._width) if at != self._at["amount"])
            row[first] = "Grand Total"
        self._set_aside("total_row", "amount", pence)
        self._rows.append(row)

    def _set_aside(self, rule: str, column: str = "", pence: int = 0) -> None:
        """Note the row about to be written as excluded."""
        values = ("excluded", self._sheet, str(len(self._rows) + 1), rule, column, str(pence))
        self._aside.append(dict(zip(ASIDE, values, strict=True)))

    def _document(self) -> tuple[str, bytes]:
        """(suffix, bytes) of the rows written so far."""
        if self._is_workbook:
            rows = [[None if cell == "" else cell for cell in row] for row in self._rows]
            return "xlsx", workbook([WorkbookSheet(self._table.sheet, rows)])
        if self._is_pdf:
            records = [[" ".join(str(cell).split()) for cell in row] for row in self._rows]
            return "pdf", pdf_table(records, "", amount=self._at["amount"] or 0)
        return self._text()

    def _text(self) -> tuple[str, bytes]:
        buffer = io.StringIO(newline="")
        writer = csv.writer(
            buffer, delimiter=self._table.delimiter or ",", lineterminator=self._habits.line_end
        )
        writer.writerows([str(cell) for cell in row] for row in self._rows)
        suffix = "tsv" if self._table.delimiter == "\t" else "csv"
        return suffix, buffer.getvalue().encode(self._habits.encoding)


def _as_csv(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
