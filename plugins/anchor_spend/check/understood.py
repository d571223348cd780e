"""What was understood of a readable file: its columns, its rows and pounds, its payments as a whole."""

import pandas as pd

from anchor_spend.check.result import (
    Conservation,
    FileFacts,
    Part,
    Payments,
    ReadColumn,
    ReadSheet,
)
from anchor_spend.check.safe import printable
from anchor_spend.check.subject import Subject
from anchor_spend.records import ConformedFile, LandedFile
from anchor_spend.spec import normalise_header


def conservation(conformed: ConformedFile) -> Conservation:
    """Rows and pence read, and what became of them."""
    return Conservation(
        Part(conformed.rows_read, conformed.pence_read),
        _part(conformed.payments),
        _part(conformed.rejected),
        _part(conformed.excluded),
    )


def _part(rows: pd.DataFrame) -> Part:
    return Part(len(rows), sum(int(pence) for pence in rows["amount_pence"]))


def file_facts(subject: Subject, file: LandedFile) -> FileFacts:
    """How the file was read, its headings made safe."""
    reading, table = subject.conformed.reading, subject.tables[0]
    return FileFacts(
        printable(file.file_name),
        file.size_bytes,
        file.sha256,
        table.kind,
        table.encoding,
        table.delimiter,
        str(reading["date_format"]),
        tuple(_sheet(subject, number) for number in range(len(subject.tables))),
    )


def _sheet(subject: Subject, number: int) -> ReadSheet:
    table, layout = subject.tables[number], subject.layouts[number]
    label = subject.sheet_label(table.sheet)
    if not layout:
        return ReadSheet(label, len(table.rows), None, ())
    fields = {position: name for name, position in layout.columns.items()}
    ignored = {normalise_header(header) for header in subject.stream.ignore}
    columns = [
        ReadColumn(
            position + 1,
            subject.column_label(number, position),
            fields.get(position) or ("not needed" if layout.headers[position] in ignored else "not known"),
        )
        for position in range(min(layout.width, len(layout.headers)))
        if layout.headers[position] or position in fields
    ]
    return ReadSheet(label, len(table.rows), layout.header_row, tuple(columns))


def payments_as_a_whole(subject: Subject) -> Payments | None:
    """Dates, the largest payment, redacted rows and credit notes; None without a payment."""
    payments = subject.payments
    if payments.empty:
        return None
    pence = payments["amount_pence"].astype("int64")
    largest = payments.iloc[int(pence.abs().argmax())]
    days = payments["payment_date"]
    return Payments(
        days.min().isoformat(),
        days.max().isoformat(),
        int(largest["amount_pence"]),
        subject.place(largest["sheet"], int(largest["row_number"]), "amount", with_shape=False),
        _part(payments[payments["is_redacted"].astype(bool)]),
        _part(payments[pence < 0]),
    )
