"""Rules on rows and columns that are hidden: they are published with the file all the same."""

from anchor_spend.check.result import Example
from anchor_spend.check.subject import Found, Subject


def hidden_rows(subject: Subject) -> Found:
    rows = {table.sheet: table.rows for table in subject.tables}
    hits = [
        (sheet, row)
        for sheet, hidden in subject.hidden.items()
        for row in hidden.rows
        if any(cell.strip() for cell in rows[sheet][row - 1])
    ]
    return Found((subject.place(sheet, row) for sheet, row in hits), len(hits))


def hidden_columns(subject: Subject) -> Found:
    numbers = {table.sheet: number for number, table in enumerate(subject.tables)}
    hits = [
        (sheet, column)
        for sheet, hidden in subject.hidden.items()
        for column in hidden.columns
        if _is_filled(subject.tables[numbers[sheet]].rows, column - 1)
    ]
    places = (
        Example(subject.sheet_label(sheet), column=subject.column_label(numbers[sheet], column - 1))
        for sheet, column in hits
    )
    return Found(places, len(hits))


def _is_filled(rows: list[list[str]], position: int) -> bool:
    return any(position < len(row) and row[position].strip() for row in rows)
