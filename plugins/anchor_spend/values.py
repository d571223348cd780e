"""Amounts and dates as they are written in published files.

In: the text of one cell. Out: integer pence, or a date. Refuses (ValueError, with a reason that never holds
the value) whatever is not wholly one of the grammars seen in real files; nothing is guessed or coerced.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

_MINUS = "-\u2212\u2013"  # hyphen, minus sign, and the en dash word processors put for it
_AMOUNT = re.compile(
    rf"""(?P<open>\()? [ ]?
    (?P<sign>[{_MINUS}+])? [ ]? (?:£|GBP)? [ ]? (?P<inner>[{_MINUS}])? [ ]?
    (?P<whole>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]*) (?:\.(?P<decimals>[0-9]*))?
    [ ]? (?P<close>\))? [ ]? (?P<trailing>[{_MINUS}])? [ ]? (?P<side>CR|DR)?""",
    re.VERBOSE | re.IGNORECASE,
)
_ZERO = re.compile(rf"(?:£|GBP)? ?[{_MINUS}]", re.IGNORECASE)
_MOST_DIGITS = 11  # of pounds: a hundred billion, within numeric(14, 2)
_TIME_OF_DAY = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AP]M)?$", re.IGNORECASE)
_FIRST_SERIAL, _LAST_SERIAL = 32874, 73415  # 1990-01-01, 2100-12-31
_SHAPE_LENGTH = 40


def parse_pence(text: str) -> int:
    """The pence of an amount in pounds: '£1,234.50', '(12.50)', '12.50-', ' - 12.50 ', '12.50 CR' (a credit).

    A lone dash is zero: it is how the accounting format of spreadsheets prints it. Commas must part
    thousands. At most two decimals, save for what binary floats leave behind (0.30000000000000004).
    """
    text = " ".join(text.split())  # no-break spaces too; inside a number a space stays an error
    if _ZERO.fullmatch(text):
        return 0
    match = _AMOUNT.fullmatch(text)
    if not match or not (match["whole"] or match["decimals"]):
        raise ValueError("not an amount")
    pounds = match["whole"].replace(",", "").lstrip("0") or "0"
    if len(pounds) > _MOST_DIGITS:
        raise ValueError("larger than any amount kept")
    pence = int(pounds) * 100 + _pence_of_decimals(match["decimals"] or "")
    return -pence if _is_negative(match) else pence


def is_amount(text: str) -> bool:
    """Whether `parse_pence` reads the text."""
    try:
        parse_pence(text)
    except ValueError:
        return False
    return True


def _pence_of_decimals(decimals: str) -> int:
    if len(decimals) <= 2 or not decimals[2:].strip("0"):
        return int(decimals[:2].ljust(2, "0"))
    pence = Decimal(f"0.{decimals}") * 100
    nearest = pence.to_integral_value()
    # six or more decimals, within a thousandth of a penny: nobody prices so, sums of floats end so
    if len(decimals) < 6 or abs(pence - nearest) > Decimal("0.001"):
        raise ValueError("more than two decimals")
    return int(nearest)


def _is_negative(match: re.Match[str]) -> bool:
    if bool(match["open"]) != bool(match["close"]):
        raise ValueError("brackets that do not pair")
    marks = [match["open"], match["sign"], match["inner"], match["trailing"], match["side"]]
    if sum(bool(mark) for mark in marks) > 1:
        raise ValueError("more than one sign")
    sign = next((mark for mark in marks if mark), "")
    return bool(sign) and sign.upper() not in ("+", "DR")


def shape_of(text: str) -> str:
    """A value's shape, safe to show: letters as A and a, digits as 9, anything else as it stands."""
    marks = [_shape_mark(character) for character in text[:_SHAPE_LENGTH]]
    return "".join(marks) + ("…" if len(text) > _SHAPE_LENGTH else "")


def _shape_mark(character: str) -> str:
    if character.isalpha():
        return "A" if character.isupper() else "a"
    if character.isnumeric():
        return "9"
    if character.isspace():
        return " "
    return character if character.isprintable() else "?"


def parse_date(text: str, date_format: str) -> date:
    """The day a text names under one strptime format; a time of day behind it is let go.

    The format 'excel_serial' reads the bare day number of a date cell that lost its formatting.
    """
    cleaned = " ".join(text.split())
    if date_format == "excel_serial":
        return _parse_serial(cleaned)
    if "%H" not in date_format and "%I" not in date_format:
        cleaned = _TIME_OF_DAY.sub("", cleaned)
    try:
        day = datetime.strptime(cleaned, date_format).date()
    except ValueError:
        raise ValueError(f"not a date written as {date_format}") from None
    if not 1990 <= day.year <= 2100:
        raise ValueError("a date outside 1990 to 2100")
    return day


def _parse_serial(text: str) -> date:
    if not re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", text) or not _FIRST_SERIAL <= int(text[:5]) <= _LAST_SERIAL:
        raise ValueError("not a spreadsheet's day number from 1990 to 2100")
    return date(1899, 12, 30) + timedelta(days=int(text[:5]))


@dataclass(frozen=True)
class DateReading:
    """What one format makes of a file's dates: a day for each distinct text it reads."""

    date_format: str
    days: dict[str, date]
    cells_read: int


def read_dates(cell_counts: Mapping[str, int], date_formats: tuple[str, ...]) -> list[DateReading]:
    """Each format's reading of the distinct texts of a date column, the one that reads most cells first."""
    readings = []
    for date_format in date_formats:
        days = {}
        for text in cell_counts:
            try:
                days[text] = parse_date(text, date_format)
            except ValueError:
                continue
        readings.append(DateReading(date_format, days, sum(cell_counts[text] for text in days)))
    return sorted(readings, key=lambda reading: -reading.cells_read)


def disagree(first: DateReading, second: DateReading) -> bool:
    """Whether two readings put one text on different days."""
    return any(second.days.get(text, day) != day for text, day in first.days.items())
