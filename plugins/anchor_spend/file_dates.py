"""The dates of one file: one order of day and month for all of it, never one for each row.

In: the distinct texts of the date column with their counts, the formats of the spec and the months the file
covers. Out: the day of each text that can be read. Refuses a file that no order reads, that two orders read
to different days with nothing to settle which, or in which a spreadsheet exchanged some days with months.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from anchor_spend.errors import Place
from anchor_spend.periods import period_of
from anchor_spend.records import Finding
from anchor_spend.rules import remark, unreadable
from anchor_spend.values import DateReading, disagree, mirrored, order_of, read_dates, shape_of

MOSTLY = 0.6
"""The share of a file's dates that must be readable for the file to be read at all. With day and month
exchanged, 40% of a whole month's dates can still be read, up to half of a weekly run's."""
_NEARLY_ALL, _SOME = 0.8, 0.05
_FEW = 3  # as many texts or rows may be slips


@dataclass(frozen=True)
class DateColumn:
    """The dates of a file as they stand."""

    cells: Mapping[str, int]  # distinct text -> cells that hold it
    first_rows: Mapping[str, int]  # distinct text -> the first row that holds it
    months: list[str]  # that the file covers
    place: Place


@dataclass(frozen=True)
class FileDates:
    """The days of a file's texts, by every format of one order."""

    date_format: str  # the formats that read any, the one that reads most first
    days: dict[str, date]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """What the formats of one order make of a file's dates together."""

    formats: tuple[str, ...]  # that read any
    days: dict[str, date]
    cells_read: int
    of_order: tuple[str, ...] = ()  # the formats of the spec that give day and month in this order

    @property
    def name(self) -> str:
        return ", ".join(self.formats)


def read_file_dates(column: DateColumn, date_formats: tuple[str, ...]) -> FileDates:
    """The one reading of a file's dates; UnreadableFileError where there is none or more than one."""
    if not column.cells:
        return FileDates("", {})
    readings = _by_order(column, date_formats)
    best = readings[0]
    findings: list[Finding] = []
    for other in readings[1:]:
        if other.cells_read == best.cells_read and _differ(best, other):
            best = _settle(best, other, column)
            findings = [_evidence(best, column)]
    _check_order(best, column)
    return FileDates(best.name, best.days, tuple(findings))


def _by_order(column: DateColumn, formats: tuple[str, ...]) -> list[_Reading]:
    """A reading for each order of day and month among the formats, the one that reads most cells first.

    Formats that leave no doubt of the order stand in each of them.
    """
    single = read_dates(column.cells, formats)
    orders = list(dict.fromkeys(order_of(name) for name in formats if order_of(name))) or [""]
    readings = [
        _join([one for one in single if order_of(one.date_format) in ("", order)], column) for order in orders
    ]
    return sorted(readings, key=lambda reading: -reading.cells_read)


def _join(readings: list[DateReading], column: DateColumn) -> _Reading:
    used = [reading for reading in readings if reading.cells_read] or readings[:1]
    days: dict[str, date] = {}
    for position, reading in enumerate(used):
        rival = next((other for other in used[:position] if disagree(reading, other)), None)
        if rival:
            detail = f"{rival.date_format} and {reading.date_format} read the same cells, to different days."
            raise unreadable("dates_ambiguous", detail, column.place)
        days |= reading.days
    names = tuple(reading.date_format for reading in used)
    of_order = tuple(reading.date_format for reading in readings if order_of(reading.date_format))
    return _Reading(names, days, sum(column.cells[text] for text in days), of_order)


def _differ(first: _Reading, second: _Reading) -> bool:
    return any(second.days.get(text, day) != day for text, day in first.days.items())


# --- two orders that read alike -----------------------------------------------------------------------------


def _settle(first: _Reading, second: _Reading, column: DateColumn) -> _Reading:
    """The reading that puts every date into the file's months, where the other does not."""
    inside = [_count_inside(reading.days, column) for reading in (first, second)]
    whole = [count == reading.cells_read for count, reading in zip(inside, (first, second), strict=True)]
    # one or two days may fall into the right month under the wrong order
    if whole[0] != whole[1] and len(set(first.days.values())) >= _FEW:
        return first if whole[0] else second
    counts = " and ".join(
        f"{reading.name} puts {count}" for reading, count in zip((first, second), inside, strict=True)
    )
    detail = f"Both read {first.cells_read} dates; {counts} of them in {_span(column.months)}."
    raise unreadable("dates_ambiguous", detail, column.place)


def _count_inside(days: Mapping[str, date], column: DateColumn) -> int:
    return sum(column.cells[text] for text, day in days.items() if period_of(day) in column.months)


def _span(months: list[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


def _evidence(reading: _Reading, column: DateColumn) -> Finding:
    where = _span(column.months)
    detail = f"{reading.name} puts all {reading.cells_read} dates in {where}; the other order does not."
    return remark("dates_settled_by_period", "info", detail, column="payment_date")


# --- one order that does not read all -----------------------------------------------------------------------


def _check_order(best: _Reading, column: DateColumn) -> None:
    """Refuse dates of both orders, of the other order, and of none."""
    asked = sum(column.cells.values())
    _check_exchanged(best, column)
    unread = [text for text in column.cells if text not in best.days]
    of_other = sum(column.cells[text] for text in _mirror(best, unread))
    if of_other >= max(_FEW, asked * _SOME):
        _check_other_order(best, column)
    if best.cells_read < asked * MOSTLY:
        detail = f"{best.name} reads {best.cells_read} of {asked} dates, the other formats no more"
        raise unreadable("dates_unreadable", f"{detail}: {_first_shapes(unread, column)}.", column.place)


def _check_other_order(best: _Reading, column: DateColumn) -> None:
    """Many cells can only be read in the other order: either the whole file is of it, or it holds both."""
    sure = _days_by([name for name in best.formats if not order_of(name)], best.days)
    mirror = _mirror(best, column.cells)
    names = ", ".join(mirrored(name) for name in best.of_order)
    if best.days.keys() <= sure.keys() | mirror.keys():
        days = sure | mirror
        whole = _Reading((names,), days, sum(column.cells[text] for text in days))
        _check_exchanged(whole, column)
        asked = sum(column.cells.values())
        detail = f"{best.name} reads {best.cells_read} of {asked} dates; {names} reads {whole.cells_read}."
        raise unreadable("dates_unreadable", detail, column.place)
    detail = f"Some dates can only be {best.name}, others only {names}."
    raise unreadable("dates_swapped_suspected", detail, column.place)


def _mirror(reading: _Reading, texts: Iterable[str]) -> dict[str, date]:
    """The days of texts with day and month read the other way round."""
    return _days_by([mirrored(name) for name in reading.of_order], texts)


def _days_by(formats: list[str], texts: Iterable[str]) -> dict[str, date]:
    days: dict[str, date] = {}
    for found in read_dates(dict.fromkeys(texts, 1), formats):
        days |= found.days
    return days


def _check_exchanged(reading: _Reading, column: DateColumn) -> None:
    """Refuse dates that lie in the file's months only with day and month exchanged, while those that cannot
    be exchanged lie there as they stand: so date cells arrive where text of the other order was typed."""
    # no spreadsheet misreads the name of a month, nor a bare number
    sure = _days_by([name for name in reading.formats if _is_safe(name)], reading.days)
    numeric = {text: day for text, day in reading.days.items() if text not in sure}
    open_to_it = {text: day for text, day in numeric.items() if day.day <= 12 and day.day != day.month}
    fixed = {text: day for text, day in numeric.items() if day.day > 12}
    exchanged = {text: day.replace(month=day.day, day=day.month) for text, day in open_to_it.items()}
    total, total_fixed = (sum(column.cells[text] for text in days) for days in (open_to_it, fixed))
    if len(open_to_it) < _FEW or not fixed:
        return
    inside, inside_exchanged, inside_fixed = (
        _count_inside(days, column) for days in (open_to_it, exchanged, fixed)
    )
    is_exchanged = inside_exchanged >= total * _NEARLY_ALL and inside <= total * (1 - MOSTLY)
    if is_exchanged and inside_fixed >= total_fixed * _NEARLY_ALL:
        detail = (
            f"Of {total} dates with days up to 12, {inside} lie in {_span(column.months)} as they stand and "
            f"{inside_exchanged} with day and month exchanged; of the {total_fixed} others {inside_fixed} do."
        )
        raise unreadable("dates_swapped_suspected", detail, column.place)


def _is_safe(date_format: str) -> bool:
    return not order_of(date_format) and not date_format.startswith(("%Y-%m", "%Y/%m"))


def _first_shapes(texts: list[str], column: DateColumn) -> str:
    return ", ".join(f"row {column.first_rows[text]} has {shape_of(text)!r}" for text in texts[:3])
