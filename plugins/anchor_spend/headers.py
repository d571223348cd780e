"""Find the header of a table and which column holds which field.

In: a RawTable and the stream's aliases. Out: a Layout, or None for a sheet that is clearly another table.
Refuses a table where a field of the spec has no column, or more than one (closed reading).

A column without a name is known by its place: the alias 'column 9' means the ninth, while its name is blank.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from anchor_spend.errors import Place, UnreadableFileError
from anchor_spend.records import Finding, RawTable
from anchor_spend.rules import remark, unreadable
from anchor_spend.spec import Stream, normalise_header
from anchor_spend.values import is_amount

HEADER_SEARCH_ROWS = 30
_MONEY = re.compile(r"[-(£ ]*[0-9][0-9,]*\.[0-9]{2}[-) ]*")


@dataclass(frozen=True)
class Layout:
    """Where the fields of one table are. Positions are 0-based, row numbers 1-based."""

    header_row: int  # 0 where the spec names the columns of a table without a header
    cells: list[str]  # the header row as it stands
    headers: list[str]  # as compared: normalised, a repeat that the spec names is 'name (2)'
    columns: dict[str, int]  # field -> position
    width: int  # cells beyond it do not belong to any column
    later: "tuple[Layout, ...]" = ()  # of tables further down the sheet, each under its own header

    def parts(self, table: RawTable) -> "Iterator[tuple[Layout, int, list[list[str]]]]":
        """The table's rows by the layout they stand under, and the number of the first of them. The header
        row is in none; later headers are."""
        ends = [layout.header_row - 1 for layout in self.later] + [len(table.rows)]
        if self.header_row > 1:
            yield self, 1, table.rows[: self.header_row - 1]
        start = self.header_row
        for layout, end in zip((self, *self.later), ends, strict=True):
            yield layout, start + 1, table.rows[start:end]
            start = end


def find_layouts(tables: list[RawTable], stream: Stream, place: Place) -> list[Layout | None]:
    """A layout for each table; at least one, else the error of the table that comes closest."""
    layouts: list[Layout | None] = []
    errors: list[tuple[float, UnreadableFileError]] = []
    for table in tables:
        try:
            layouts.append(_find_layout(table, stream, Place(place.file, table.sheet)))
        except UnreadableFileError as error:
            layouts.append(None)
            errors.append((_best_row(table, stream)[1], error))
    closest = max(errors, key=lambda item: item[0], default=None)
    # beside a sheet that reads, one with half of the columns is a payments sheet gone wrong
    if closest and (not any(layouts) or closest[0] >= len(stream.columns) / 2):
        raise closest[1]
    return layouts


def _find_layout(table: RawTable, stream: Stream, place: Place) -> Layout:
    position, matched = _best_row(table, stream)
    if not matched and stream.format.header:
        return _given_layout(table, stream, place)
    if not matched:
        raise unreadable("header_missing", _describe_top(table, stream), place)
    row = table.rows[position]
    headers, columns = _map_columns(row, stream, Place(place.file, place.sheet, position + 1))
    layout = Layout(position + 1, row, headers, columns, _width(table, headers))
    return replace(layout, later=tuple(_later_layouts(table, layout, stream)))


def _map_columns(row: list[str], stream: Stream, at: Place) -> tuple[list[str], dict[str, int]]:
    """The headers of a row as compared, and the position of each field."""
    headers = label_headers(row, stream)
    columns: dict[str, int] = {
        name: found
        for name, aliases in [*stream.columns.items(), *stream.optional_columns.items()]
        if (found := _column(name, aliases, headers, name in stream.columns, at)) is not None
    }
    return headers, columns


def _given_layout(table: RawTable, stream: Stream, place: Place) -> Layout:
    """The layout of a table without a header row: the columns as `format.header` names them."""
    names = list(stream.format.header)
    widths = Counter(_filled_width(row) for row in table.rows if _filled_width(row) > 1)
    usual = widths.most_common(1)[0][0] if widths else 0
    if usual > len(names):
        detail = f"format.header names {len(names)} columns; most rows have {usual}."
        raise unreadable("header_missing", detail, place)
    headers, columns = _map_columns(names, stream, place)
    return Layout(0, names, headers, columns, len(names))


def _filled_width(row: list[str]) -> int:
    return max((position for position, cell in enumerate(row, start=1) if cell.strip()), default=0)


def _later_layouts(table: RawTable, first: Layout, stream: Stream) -> Iterator[Layout]:
    """Layouts of headers further down that name every field, in other places than the one before."""
    amount = first.columns["amount"]
    before = first
    for number, row in enumerate(table.rows[first.header_row :], start=first.header_row + 1):
        # quick: where the amount stands a payment has digits
        if len(row) > amount and row[amount].strip()[-1:].isdigit():
            continue
        found = _layout_of_header(row, number, stream)
        if found and found.columns != before.columns:
            before = replace(found, width=max(found.width, first.width))
            yield before


def _layout_of_header(row: list[str], number: int, stream: Stream) -> Layout | None:
    cells = Counter(normalise_header(cell) for cell in row if cell.strip())
    if len(cells) < len(stream.columns):
        return None
    for aliases in stream.columns.values():
        if sum(cells[name] for name in {normalise_header(alias) for alias in aliases}) != 1:
            return None
    headers, columns = _map_columns(row, stream, Place(row=number))
    return Layout(number, row, headers, columns, len(row))


def _best_row(table: RawTable, stream: Stream) -> tuple[int, int]:
    """The first row with the most fields of the spec among its cells, and how many."""
    aliases = [{normalise_header(alias) for alias in names} for names in stream.columns.values()]
    matches = []
    for row in table.rows[:HEADER_SEARCH_ROWS]:
        # a row with amounts is data, and its cells must not be shown as headers
        is_data = any(_MONEY.fullmatch(cell.strip()) for cell in row)
        cells = set() if is_data else {normalise_header(cell) for cell in row}
        matches.append(sum(not cells.isdisjoint(names) for names in aliases))
    best = max(matches, default=0)
    return (matches.index(best) if best else 0), best


def label_headers(row: list[str], stream: Stream) -> list[str]:
    """Normalised headers. A repeat is told apart as 'name (2)', and a blank known as 'column 9', only where
    the spec does so as well."""
    mapped = [*stream.columns.values(), *stream.optional_columns.values(), stream.ignore]
    known = {normalise_header(alias) for aliases in mapped for alias in aliases}
    labels: list[str] = []
    for position, cell in enumerate(row, start=1):
        place = f"column {position}"
        header = normalise_header(cell) or (place if place in known else "")
        repeat = f"{header} ({labels.count(header) + 1})"
        labels.append(repeat if header in labels and repeat in known else header)
    return labels


def _column(
    name: str, aliases: tuple[str, ...], headers: list[str], is_required: bool, at: Place
) -> int | None:
    wanted = {normalise_header(alias) for alias in aliases}
    found = [position for position, header in enumerate(headers) if header in wanted]
    if len(found) == 1:
        return found[0]
    known, seen = _quoted(aliases), _quoted(header for header in headers if header)
    where = Place(at.file, at.sheet, at.row, name)
    if found:
        fitting = _quoted(headers[position] for position in found)
        raise unreadable("column_ambiguous", f"{name} fits the columns {fitting}.", where)
    if is_required:
        raise unreadable("column_missing", f"{name} is known as {known}; the header has {seen}.", where)
    return None


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(repr(name[:60]) for name in names)


def _width(table: RawTable, headers: list[str]) -> int:
    """How many columns the table has: text files often trail empty columns, which a shifted row runs into."""
    named = max(position for position, header in enumerate(headers) if header) + 1
    if table.kind != "delimited":
        return len(headers)
    filled = sum(any(cell.strip() for cell in row[named : len(headers)]) for row in table.rows)
    return len(headers) if filled * 2 > len(table.rows) else named


def _describe_top(table: RawTable, stream: Stream) -> str:
    """What stands where the header should; cells are named only where they can be headers and not data."""
    known = "; ".join(f"{name}: {_quoted(aliases)}" for name, aliases in stream.columns.items())
    for number, row in enumerate(table.rows[:HEADER_SEARCH_ROWS], start=1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if any(character.isdigit() for cell in cells for character in cell):
            break
        if len(cells) >= 3 and _is_above_amounts(table, number):
            return f"Expected {known}. Row {number} has {_quoted(cells)}."
    return f"None of the first {min(len(table.rows), HEADER_SEARCH_ROWS)} rows has any of: {known}."


def _is_above_amounts(table: RawTable, number: int) -> bool:
    return any(is_amount(cell) for cell in table.rows[number]) if number < len(table.rows) else False


def unknown_headers(table: RawTable, layout: Layout, stream: Stream) -> Iterator[Finding]:
    """A finding for each column the spec does not know, and each without a name that holds data."""
    mapped = set(layout.columns.values())
    ignored = {normalise_header(header) for header in stream.ignore}
    for position, header in enumerate(layout.headers[: layout.width]):
        if position in mapped or header in ignored:
            continue
        rows = table.rows[layout.header_row :]
        filled = sum(len(row) > position and bool(row[position].strip()) for row in rows)
        rule = "unknown_header" if header else "unnamed_column"
        if header or filled:
            detail = f"Column {position + 1}, filled in {filled} of {len(rows)} rows."
            at = layout.header_row or None
            yield remark(rule, "warning", detail, sheet=table.sheet, row_number=at, column=header)
