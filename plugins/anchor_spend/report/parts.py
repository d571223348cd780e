"""What the report's page is made of: plain parts the template knows how to draw."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple


class Column(NamedTuple):
    label: str
    kind: str = "text"  # text, line (kept on one line), prose (sentences), pounds, share, points, count


@dataclass(frozen=True)
class Text:
    part: ClassVar[str] = "text"
    words: str


@dataclass(frozen=True)
class Table:
    """The first cell of a row heads it; a cell that is None is not known; a str is shown as it is."""

    part: ClassVar[str] = "table"
    caption: str
    columns: list[Column]
    rows: list[list[Any]]
    note: str = ""
    is_folded: bool = False
    strong_rows: frozenset[int] = frozenset()  # rows that add others up


@dataclass(frozen=True)
class Figure:
    """A chart in two drawings (SVG), its key, and the table of its figures."""

    part: ClassVar[str] = "figure"
    ident: str
    title: str
    wide: str
    narrow: str
    table: Table
    legend: list[tuple[str, str]] = field(default_factory=list)  # classes of the swatch, label
    note: str = ""


@dataclass(frozen=True)
class Tile:
    value: str
    label: str
    note: str = ""
    interval: tuple[float, float, float] | None = None  # share, floor, ceiling in per cent


@dataclass(frozen=True)
class Tiles:
    part: ClassVar[str] = "tiles"
    items: list[Tile]


@dataclass(frozen=True)
class CalendarYear:
    financial_year: str
    cells: list[str]  # twelve statuses, April first; '' where no file is looked for


@dataclass(frozen=True)
class Calendar:
    body_name: str
    stream: str
    years: list[CalendarYear]


@dataclass(frozen=True)
class Calendars:
    part: ClassVar[str] = "calendars"
    items: list[Calendar]
    is_folded: bool = False  # then without the key, which the unfolded ones above it have


@dataclass(frozen=True)
class Gaps:
    part: ClassVar[str] = "gaps"
    items: list[tuple[str, str]]  # body and stream, its gaps in words


@dataclass(frozen=True)
class Notes:
    part: ClassVar[str] = "notes"
    items: list[tuple[str, str]]


@dataclass(frozen=True)
class Query:
    part: ClassVar[str] = "query"
    words: str
    command: str


Part = Text | Table | Figure | Tiles | Calendars | Gaps | Notes | Query


@dataclass(frozen=True)
class Section:
    ident: str
    heading: str
    lead: str  # one or two plain sentences worked out from the figures
    parts: list[Part] = field(default_factory=list)
