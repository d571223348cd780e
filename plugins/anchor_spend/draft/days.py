"""Find the formats that read a file's dates, and settle whether the day or the month comes first.

In: the texts of a date column with their counts, and the months the file's name speaks of. Out: the
smallest set of formats with the days they give, the evidence, and a question where the file does not settle
it. Nothing is taken for day first because that is usual here: files with the month first were published as
well.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from anchor_spend.periods import period_of
from anchor_spend.values import KNOWN_DATE_FORMATS, order_of, read_dates

DAY_FIRST = tuple(name for name in KNOWN_DATE_FORMATS if order_of(name).startswith("dm"))
MONTH_FIRST = tuple(name for name in KNOWN_DATE_FORMATS if order_of(name).startswith("md"))
MONTHS_ONLY = tuple(name for name in KNOWN_DATE_FORMATS if "%d" not in name and name != "excel_serial")
CLEAR = tuple(name for name in KNOWN_DATE_FORMATS if not order_of(name) and name not in MONTHS_ONLY)
"""Formats that can be read one way only; they may stand beside those of one order."""

_MOST_FORMATS = 4
_MOST = 0.9
_LONGEST_WORD = 20


@dataclass(frozen=True)
class Days:
    """How a file's dates are read. `doubt` is the question that remains, '' for none."""

    formats: tuple[str, ...]
    share: float  # of the filled cells that the formats read
    by_day: Counter[date]
    evidence: tuple[str, ...]
    doubt: str = ""
    undated: tuple[str, ...] = ()  # words, or '' for blanks, that stand where a date should
    undated_cells: int = 0

    @property
    def by_month(self) -> Counter[str]:
        months: Counter[str] = Counter()
        for day, number in self.by_day.items():
            months[period_of(day)] += number
        return months


@dataclass(frozen=True)
class _Order:
    formats: tuple[str, ...]
    evidence: str
    doubt: str = ""


def read_days(cells: Mapping[str, int], months_named: Iterable[str] = ()) -> Days:
    """The formats for a column of dates: `cells` counts each text; `months_named` are months as 'YYYY-MM'."""
    undated = _undated(cells)
    undated_cells = sum(cells[text] for text in undated)
    cells = {text: number for text, number in cells.items() if text not in undated and text}
    known = {
        reading.date_format: reading.days for reading in read_dates(cells, (*CLEAR, *DAY_FIRST, *MONTH_FIRST))
    }
    serial = known.pop("excel_serial")
    clear = {text: day for name in CLEAR if name in known for text, day in known[name].items()}
    rest = {text: number for text, number in cells.items() if text not in clear}
    first, second = (_merge(known, names, rest) for names in (DAY_FIRST, MONTH_FIRST))
    order = _settle_order(rest, first, second, set(months_named), clear)
    known["excel_serial"] = serial
    formats, days = _fewest(known, cells, (*CLEAR, *order.formats))
    by_day: Counter[date] = Counter()
    for text, day in days.items():
        by_day[day] += cells[text]
    read = sum(by_day.values())
    filled = sum(cells.values())
    evidence = (
        f"{', '.join(formats)} read {read:,} of {filled:,} dates",
        *([order.evidence] if order.evidence else []),
    )
    return Days(
        formats,
        read / filled if filled else 0.0,
        by_day,
        evidence,
        order.doubt,
        undated,
        undated_cells,
    )


def _undated(cells: Mapping[str, int]) -> tuple[str, ...]:
    """A word or blanks in place of more than one date in a hundred: 'Various', '', and nothing longer."""
    total = sum(cells.values())
    words = [text for text in cells if not any(map(str.isdigit, text)) and len(text) <= _LONGEST_WORD]
    common = [text for text in words if cells[text] >= 3 and cells[text] > 0.01 * total]
    return (
        tuple(sorted(common))
        if len(common) <= 2 and sum(cells[text] for text in common) < 0.6 * total
        else ()
    )


def _merge(
    known: Mapping[str, Mapping[str, date]], formats: Iterable[str], wanted: Mapping[str, int]
) -> dict[str, date]:
    return {text: day for name in formats for text, day in known[name].items() if text in wanted}


def _fewest(
    known: Mapping[str, Mapping[str, date]], cells: Mapping[str, int], allowed: Iterable[str]
) -> tuple[tuple[str, ...], dict[str, date]]:
    """The formats to take, each reading most of what those before it left, and the days they give."""
    candidates, chosen = list(allowed), list[str]()
    days: dict[str, date] = {}
    while candidates and len(chosen) < _MOST_FORMATS:
        gains = [sum(cells[text] for text in known[name] if text not in days) for name in candidates]
        if not max(gains):
            break
        best = candidates.pop(gains.index(max(gains)))
        chosen.append(best)
        days = {**known[best], **days}
    return tuple(chosen), days


# day or month first ----------------------------------------------------------------------------------------


def _settle_order(
    cells: Mapping[str, int],
    day_first: Mapping[str, date],
    month_first: Mapping[str, date],
    named: set[str],
    clear: Mapping[str, date],
) -> _Order:
    """The order of the numeric dates: by what only one can read, else by the months it gives."""
    only_day = sum(cells[text] for text in day_first if text not in month_first)
    only_month = sum(cells[text] for text in month_first if text not in day_first)
    both = sum(cells[text] for text in day_first if text in month_first)
    if not only_day + only_month + both:
        return _Order(DAY_FIRST, "")
    if only_day and only_month:
        formats = DAY_FIRST if only_day >= only_month else MONTH_FIRST
        doubt = (
            f"{only_day} dates can only have the day first, {only_month} only the month: no order reads "
            "the file rightly. Ask the publisher."
        )
        return _Order(formats, "", doubt)
    if only_day or only_month:
        formats, mine, other = (
            (DAY_FIRST, day_first, month_first) if only_day else (MONTH_FIRST, month_first, day_first)
        )
        what = "day" if only_day else "month"
        doubt = _swapped_by_spreadsheet(mine, clear) or _swapped_in_part(cells, mine, other, named)
        telling = only_day + only_month
        if both >= 50 and telling < 0.05 * both:
            doubt = (
                doubt
                or f"only {telling} of {telling + both} dates tell that the {what} comes first. Does it?"
            )
        evidence = f"{telling} of them have a number above 12 where the day is: {what} first"
        return _Order(formats, evidence, doubt)
    return _by_months(cells, day_first, month_first, named)


def _by_months(
    cells: Mapping[str, int], day_first: Mapping[str, date], month_first: Mapping[str, date], named: set[str]
) -> _Order:
    """No day is above 12. The order that keeps the dates together in the months the file speaks of."""
    if all(day == month_first[text] for text, day in day_first.items()):
        return _Order(DAY_FIRST, "day and month are the same number in every date")
    by_day, by_month = (_months(cells, days) for days in (day_first, month_first))
    total = sum(by_day.values())
    if named:
        in_day, in_month = (sum(months[name] for name in named) / total for months in (by_day, by_month))
        if max(in_day, in_month) >= _MOST and min(in_day, in_month) <= 0.5:
            formats, what = (DAY_FIRST, "day") if in_day > in_month else (MONTH_FIRST, "month")
            return _Order(
                formats, f"{what} first puts them in the months of the file's name, the other order not"
            )
    elif total >= 10 and (len(by_day) == 1) != (len(by_month) == 1) and len(by_day) + len(by_month) >= 5:
        formats, what = (DAY_FIRST, "day") if len(by_day) == 1 else (MONTH_FIRST, "month")
        return _Order(formats, f"{what} first puts them all in one month, the other order in several")
    doubt = (
        "no date has a number above 12, and the file's name does not settle whether 01/02 is 1 February or "
        "2 January. Correct format.dates where the month comes first."
    )
    return _Order(DAY_FIRST, "", doubt)


def _months(cells: Mapping[str, int], days: Mapping[str, date]) -> Counter[str]:
    months: Counter[str] = Counter()
    for text, day in days.items():
        months[period_of(day)] += cells[text]
    return months


def _swapped_by_spreadsheet(mine: Mapping[str, date], clear: Mapping[str, date]) -> str:
    """Spreadsheets make 03/04 a real date, month first, and leave 25/04 as text: the tell-tale mixture."""
    is_low = len(clear) >= 3 and all(day.day <= 12 for day in clear.values())
    if is_low and len(mine) >= 3 and all(day.day > 12 for day in mine.values()):
        return (
            "no real date has a day above 12 and every date kept as text has one: a spreadsheet may have "
            "swapped day and month of the real ones. Ask the publisher."
        )
    return ""


def _swapped_in_part(
    cells: Mapping[str, int], mine: Mapping[str, date], other: Mapping[str, date], named: set[str]
) -> str:
    """Dates far from the file's months that would lie inside with day and month swapped."""
    months = _months(cells, mine)
    total = sum(months.values())
    main = named or {name for name, number in months.items() if number >= 0.1 * total}
    swapped = sum(
        cells[text]
        for text, day in mine.items()
        if period_of(day) not in main and text in other and period_of(other[text]) in main
    )
    outside = sum(number for name, number in months.items() if name not in main)
    if swapped < 3 or swapped < 0.03 * total or swapped < 0.6 * outside:
        return ""
    return (
        f"{swapped} of {total} dates lie outside the file's months and would lie inside with day and month "
        "swapped. Ask the publisher."
    )
