"""Amounts and dates as they are written in published files.

In: the text of one cell, or the distinct texts of a column with their counts. Out: integer pence, or a date.
Refuses (ValueError, with a reason that never holds the value) whatever is not wholly one of the grammars seen
in real files; nothing is guessed or coerced.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

_MINUS = "-\u2212\u2013"  # hyphen, minus sign, and the en dash word processors put for it
_AMOUNT = re.compile(
    rf"""(?P<open>\()? [ ]?
    (?P<sign>[{_MINUS}+])? [ ]? (?:£|GBP)? [ ]? (?P<inner>[{_MINUS}])? [ ]?
    (?P<whole>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]*) (?:\.(?P<decimals>[0-9]*))?
    [ ]? (?P<close>\))? [ ]? (?P<trailing>[{_MINUS}])? [ ]? (?P<side>CR|DR)?""",
    re.VERBOSE | re.IGNORECASE,
)
_ZERO = re.compile(rf"(?:£|GBP)? ?[{_MINUS}]", re.IGNORECASE)
_SPACED_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?=\.[0-9]{2}(?![0-9]))")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.(?P<decimals>[0-9]+))?E(?P<exponent>[+-][0-9]{1,3})", re.IGNORECASE)
_PENCE_WRITTEN = re.compile(r"[0-9]\.[0-9]{1,2}(?![0-9])")
_BEYOND_PENCE = re.compile(r"[0-9]\.[0-9]{2}[0-9]*[1-9]")
_MOST_DIGITS = 11  # of pounds: a hundred billion, within numeric(14, 2)
_TIME_OF_DAY = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AP]M)?$", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]? ", re.IGNORECASE
)
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b", re.IGNORECASE)
_SEPT = re.compile(r"\bsept\b", re.IGNORECASE)
_FIRST_SERIAL, _LAST_SERIAL = 32874, 73415  # 1990-01-01, 2100-12-31
_SHAPE_LENGTH = 40

KNOWN_DATE_FORMATS = (
    "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y",
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "excel_serial",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%d.%m.%Y", "%d.%m.%y",
    "%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y", "%d-%B-%y", "%d %b %Y", "%d %b %y", "%d %B %Y", "%d %B %y",
    "%d/%b/%Y", "%d/%b/%y", "%d%b%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
    "%b-%y", "%b-%Y", "%b %y", "%b %Y", "%B-%y", "%B-%Y", "%B %y", "%B %Y", "%Y%m", "%Y-%m", "%m/%Y",
)  # fmt: skip
"""Every way of writing dates seen in published files. One without a day names its month's last day."""


def parse_pence(text: str, *, to_nearest: bool = False) -> int:
    """The pence of an amount in pounds: '£1,234.50', '(12.50)', '12.50-', ' - 12.50 ', '12.50 CR' (a credit).

    A lone dash is zero: it is how the accounting format of spreadsheets prints it. Commas must part
    thousands; spaces may, behind a pound sign. A number that begins with noughts is a code. At most two
    decimals, save for what binary floats leave behind (0.30000000000000004); `to_nearest` rounds further
    ones, half a penny away from nought, for files that `has_unrounded_amounts` tells.
    """
    text = " ".join(text.split())  # no-break spaces too; inside a bare number a space stays an error
    if _ZERO.fullmatch(text):
        return 0
    match = _AMOUNT.fullmatch(text) or _AMOUNT.fullmatch(_plain(text))
    if not match or not (match["whole"] or match["decimals"]):
        raise ValueError("not an amount")
    pounds = match["whole"].replace(",", "").lstrip("0") or "0"
    if match["whole"][:1] == "0" and len(match["whole"]) > 1 and pounds != "0":
        raise ValueError("not an amount: it begins with noughts, as codes do")
    if len(pounds) > _MOST_DIGITS:
        raise ValueError("larger than any amount kept")
    pence = int(pounds) * 100 + _pence_of_decimals(match["decimals"] or "", to_nearest)
    is_plain = text[0].isdigit() and text[-1].isdigit()
    return pence if is_plain or not _is_negative(match) else -pence


def _plain(text: str) -> str:
    """Scientific notation and thousands parted by spaces written out, where nothing is lost by it."""
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific:
        if len(scientific["decimals"] or "") - int(scientific["exponent"]) < 2:
            raise ValueError("not an amount: in scientific notation its last digits are lost")
        return format(Decimal(text), "f")
    if "£" not in text and "GBP" not in text.upper():
        return text
    return _SPACED_THOUSANDS.sub(lambda found: found[0].replace(" ", ""), text)


def is_amount(text: str) -> bool:
    """Whether `parse_pence` reads the text."""
    try:
        parse_pence(text)
    except ValueError:
        return False
    return True


def has_unrounded_amounts(cell_counts: Mapping[str, int]) -> bool:
    """Whether a column of amounts goes beyond pence as a habit: three cells or more do, and others end in
    pence, so that the point is surely a decimal one. A single such cell may be a slip."""
    beyond = sum(count for text, count in cell_counts.items() if _goes_beyond_pence(text))
    return beyond >= 3 and any(_PENCE_WRITTEN.search(text) for text in cell_counts)


def _goes_beyond_pence(text: str) -> bool:
    return _BEYOND_PENCE.search(text) is not None and not is_amount(text)


def _pence_of_decimals(decimals: str, to_nearest: bool) -> int:
    if len(decimals) <= 2 or not decimals[2:].strip("0"):
        return int(decimals[:2].ljust(2, "0"))
    pence = Decimal(f"0.{decimals}") * 100
    if to_nearest:
        return int(pence.to_integral_value(ROUND_HALF_UP))
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
    """The day a text names under one strptime format; a weekday before it and a time behind it are let go.

    A format without a day reads the month's last day. The format 'excel_serial' reads the bare day number of
    a date cell that lost its formatting.
    """
    cleaned = _clean_date(text, date_format)
    if date_format == "excel_serial":
        return _parse_serial(cleaned)
    try:
        if not _pattern(date_format).fullmatch(cleaned):
            raise ValueError
        day = datetime.strptime(cleaned, date_format).date()
    except ValueError:
        raise ValueError(f"not a date written as {date_format}") from None
    if not 1990 <= day.year <= 2100:
        raise ValueError("a date outside 1990 to 2100")
    return day if "%d" in date_format else day.replace(day=monthrange(day.year, day.month)[1])


def _clean_date(text: str, date_format: str) -> str:
    cleaned = " ".join(text.split())
    if "%H" not in date_format and "%I" not in date_format:
        cleaned = _TIME_OF_DAY.sub("", cleaned)
    if "%a" not in date_format and "%A" not in date_format:
        cleaned = _WEEKDAY.sub("", cleaned)
    if "%b" not in date_format and "%B" not in date_format:
        return cleaned
    return _ORDINAL.sub("", _SEPT.sub("Sep", cleaned))


@cache
def _pattern(date_format: str) -> re.Pattern[str]:
    """What a text must look like before strptime, which also takes '20241' for %Y%m, may read it."""
    digits = "[0-9]{2}" if re.search("%[dmyY]%[dmyY]", date_format) else "[0-9]{1,2}"
    written = {
        "%d": digits,
        "%m": digits,
        "%y": "[0-9]{2}",
        "%Y": "[0-9]{4}",
        "%b": "[a-z]{3}",
        "%B": "[a-z]+",
    }
    parts = re.split("(%[A-Za-z])", date_format)
    looks = [written.get(part, ".+") if part[:1] == "%" else re.escape(part) for part in parts]
    return re.compile("".join(looks), re.IGNORECASE | re.ASCII)


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


def read_dates(cell_counts: Mapping[str, int], date_formats: Iterable[str]) -> list[DateReading]:
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


def order_of(date_format: str) -> str:
    """In which order a format gives day, month and year: 'dmy', 'mdy' ..., '' where it cannot be mistaken.

    Formats of two orders cannot stand side by side in one file. A month's name, the year first in four
    digits, a bare day number and a month alone leave no doubt.
    """
    tokens = re.findall(r"%[bBdmyY]", date_format)
    if "%d" not in tokens or "%m" not in tokens or tokens[:2] == ["%Y", "%m"]:
        return ""
    return "".join(token[1].lower() for token in tokens)


def mirrored(date_format: str) -> str:
    """The same format with day and month exchanged: '%d/%m/%Y' -> '%m/%d/%Y'."""
    exchanged = {"%d": "%m", "%m": "%d"}
    return re.sub("%[dm]", lambda found: exchanged[found[0]], date_format)
