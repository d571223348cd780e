"""The report's charts: rows of figures in, SVG text out, in a wide and a narrow drawing.

Every position is computed here and not by the layout engine, so that the same figures give the same bytes and
long names never squeeze a chart. Colours become CSS variables with the light colour as the fall-back: the
page can darken them, and a saved picture still has them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import groupby, pairwise
from typing import Any, Literal

Size = Literal["wide", "narrow"]
Row = dict[str, Any]
Position = Callable[[float], float]  # a value to pixels

INK, MUTED, GRID, PAPER = "#17242e", "#4b5c68", "#dbe2e7", "#ffffff"
COLOURS = {
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "paper": PAPER,
    "local": "#0a5fa4",
    "unknown": "#d98200",
    "elsewhere": "#8395a1",
    "pale": "#cddae4",
    "target": "#a3246b",
    "county": "#00775b",
    "violet": "#7d5ba6",
    "removed": "#b5502c",
}
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_TEXT = {"wide": 13, "narrow": 12}
_WIDTH = {"wide": 860, "narrow": 344}
_CHARACTER = 0.56  # width of an average character, in font sizes; of a bold one 0.64
_BOLD = 0.64
_ABOVE = 10  # margin where labels stand above their bars


@dataclass(frozen=True)
class Segment:
    """Part of a bar. `kind` is a colour name; `is_hollow` marks an incomplete year."""

    start: float
    end: float
    kind: str
    is_hollow: bool = False


@dataclass(frozen=True)
class Bar:
    """One line of a bar chart: its label, what is drawn, and the words behind it.

    `heading` starts a group, with a line of its own above the bar. `next_at` is the value at which a line
    joins the bar to the next one.
    """

    label: str
    segments: Sequence[Segment]
    text: str
    heading: str = ""
    is_strong: bool = False
    next_at: float | None = None


@dataclass(frozen=True)
class Interval:
    """One line of a dot chart; shares in per cent, None where nothing can be said."""

    label: str
    value: float | None
    floor: float | None
    ceiling: float | None
    kind: str
    shape: str
    text: str
    heading: str = ""


@dataclass(frozen=True)
class Trajectory:
    """A body's measured shares by year, beside the targets."""

    label: str
    kind: str
    shape: str
    values: dict[str, tuple[float, float, float]]  # share, floor, ceiling
    incomplete: frozenset[str] = frozenset()  # years some month of which is not in: drawn hollow


@dataclass(frozen=True)
class _Frame:
    """Sizes of one drawing in pixels; `rows` are the y positions of the lines' middles."""

    size: Size
    left: float
    height: float
    rows: list[float]
    headings: list[tuple[float, str]]
    top: float = 8
    bottom: float = 34
    right: float = 14

    @property
    def width(self) -> float:
        return _WIDTH[self.size] - self.left - self.right

    @property
    def font(self) -> int:
        return _TEXT[self.size]

    @property
    def most_ticks(self) -> int:
        return 7 if self.size == "wide" else 4

    @property
    def label_room(self) -> float:
        return self.left - 8 if self.left > _ABOVE else self.width


def in_millions(amount: Decimal | None) -> float:
    """Pounds as bar charts take them."""
    return float(amount or 0) / 1_000_000


def stacked(parts: Sequence[tuple[Decimal | None, str]]) -> list[Segment]:
    """Pounds side by side: what is positive from zero to the right, what is negative to the left."""
    segments, right, left = [], 0.0, 0.0
    for amount, kind in parts:
        size = in_millions(amount)
        if size >= 0:
            segments.append(Segment(right, right + size, kind))
            right += size
        else:
            segments.append(Segment(left + size, left, kind))
            left += size
    return segments


def bar_chart(bars: Sequence[Bar], size: Size, *, note: str = "", label_width: int = 0) -> str:
    """Horizontal bars, in millions of pounds, with their words behind them."""
    frame = _rows_frame([bar.label for bar in bars], [bar.heading for bar in bars], size, label_width)
    low, high = _domain(bars, frame)
    x = _position(low, high, frame.width)
    layers = [*_rules(frame, _ticks(low, high, frame.most_ticks), x, "£m"), *_bar_marks(bars, frame, x)]
    labels = [_cut(bar.label, frame.label_room, frame.font) for bar in bars]
    layers += _row_labels(frame, labels, [bar.is_strong for bar in bars])
    return _drawing(layers, frame, note)


def interval_chart(intervals: Sequence[Interval], size: Size, *, note: str = "") -> str:
    """Dots with a bar from floor to ceiling, on an axis in per cent."""
    labels = [row.label for row in intervals]
    label_width = 90 if size == "wide" else 74
    frame = _rows_frame(labels, [row.heading for row in intervals], size, label_width, step=21)
    known = [v for row in intervals for v in (row.value, row.floor, row.ceiling) if v is not None]
    low, high = min([0.0, *known]), max([10.0, *known])
    room = (max((len(row.text) for row in intervals), default=0) + 2) * frame.font * _CHARACTER
    high = low + (high - low) * frame.width / max(frame.width - room, frame.width / 3)
    x = _position(low, high, frame.width)
    ticks = [tick for tick in _ticks(low, high, frame.most_ticks) if tick <= 100]
    layers = [*_rules(frame, ticks, x, "%"), *_interval_marks(intervals, frame, x)]
    return _drawing(layers + _row_labels(frame, labels, [False] * len(labels)), frame, note)


def trajectory_chart(
    years: Sequence[str],
    targets: dict[str, float],
    series: Sequence[Trajectory],
    size: Size,
    *,
    note: str = "",
) -> str:
    """Targets as a dashed line of diamonds, measured shares as dots with their floor and ceiling."""
    left, height = (44, 330) if size == "wide" else (38, 300)
    frame = _Frame(size, left, height, [], [], top=14)
    known = [v for row in series for value in row.values.values() for v in value]
    high = max([*targets.values(), *known, 10.0]) * 1.08
    at = _year_position(frame, years)
    up = _position(high, 0, height)
    measured = {year for row in series for year in row.values}
    layers = _no_data(frame, years, measured)
    layers += _trajectory_axis(frame, years, at, up, high)
    layers += _trajectory_targets(frame, {at(year): up(value) for year, value in targets.items()}, targets)
    layers += _trajectory_series(frame, series, at, up)
    return _drawing(layers, frame, note)


def accessible(svg: str, ident: str, title: str, description: str) -> str:
    """The drawing as one image with a name and a description, safe to put beside others in one page."""
    svg = re.sub(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>", r"<svg \1>", svg, count=1)
    svg = re.sub(r' (aria-[a-z]+|role|class|pointer-events|xmlns:xlink)="[^"]*"', "", svg)
    svg = re.sub(r'(\bid="|url\(#)', rf"\g<1>{ident}-", svg)
    for name, colour in COLOURS.items():
        svg = svg.replace(f'"{colour}"', f'"var(--{name},{colour})"')
    svg = re.sub(r"(\d+\.\d{2})\d+", r"\1", svg)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" focusable="false" '
        f'aria-labelledby="{ident}-title" aria-describedby="{ident}-desc" '
    )
    words = f'<title id="{ident}-title">{escape(title)}</title>'
    words += f'<desc id="{ident}-desc">{escape(description)}</desc>'
    svg = re.sub(r"<svg (viewBox=\"[^\"]*\")>", lambda found: f"{head}{found[1]}>{words}", svg, count=1)
    return svg


# -- rows ----------------------------------------------------------------------------------------------


def _rows_frame(
    labels: list[str], headings: list[str], size: Size, label_width: int, *, step: int = 0
) -> _Frame:
    """Lay lines out from the top; labels too wide for the margin become a line above their bar."""
    above = _is_above(size, label_width)
    step = step or (28 if size == "wide" else 26)
    y, rows, heads = 0.0, list[float](), list[tuple[float, str]]()
    for label, heading in zip(labels, headings, strict=True):
        if heading:
            y += 10 if rows else 0
            heads.append((y + 11, heading))
            y += 26
        if above and label:
            y += 17
        rows.append(y + step / 2)
        y += step + (7 if above else 0)
    left = _ABOVE if above or not label_width else label_width
    return _Frame(size, left, max(y, 30), rows, heads)


def _is_above(size: Size, label_width: int) -> bool:
    return size == "narrow" and label_width > 90


def _cut(words: str, room: float, font: float, character: float = _CHARACTER) -> str:
    """The words, ended with an ellipsis where they would not fit; the table has them in full."""
    longest = int(room / (font * character))
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _row_labels(frame: _Frame, labels: list[str], strong: list[bool]) -> list[Row]:
    """Labels left of the lines, or above them where the margin is too small; group headings."""
    above = frame.left <= _ABOVE
    x, dy, align = (4, -20, "left") if above else (-8, 0, "right")
    rows = list(zip(frame.rows, labels, strong, strict=True))
    plain = [{"x": x, "y": y + dy, "text": label} for y, label, is_strong in rows if not is_strong]
    bold = [{"x": x, "y": y + dy, "text": label} for y, label, is_strong in rows if is_strong]
    room, edge = _WIDTH[frame.size] - 12, 0 if above else 2 - frame.left
    heads = [
        {"x": edge, "y": y, "text": _cut(words, room, frame.font + 1, _BOLD)} for y, words in frame.headings
    ]
    return [
        *_text(plain, frame, align=align, limit=frame.label_room),
        *_text(bold, frame, align=align, weight="bold", limit=frame.label_room),
        *_text(heads, frame, align="left", weight="bold", bigger=1, limit=room),
    ]


def _domain(bars: Sequence[Bar], frame: _Frame) -> tuple[float, float]:
    """The axis' ends: all bars, and room for the words behind each."""
    low = min([0.0, *(min(s.start, s.end) for bar in bars for s in bar.segments)])
    high = max([0.0, *(max(s.start, s.end) for bar in bars for s in bar.segments)])
    widest = high = high if high > low else low + 1
    for bar in bars:
        room = (len(bar.text) + 2) * frame.font * _CHARACTER
        widest = max(widest, low + (_end(bar) - low) * frame.width / max(frame.width - room, frame.width / 4))
    return low, widest


def _end(bar: Bar) -> float:
    return max([0.0, *(max(segment.start, segment.end) for segment in bar.segments)])


def _bar_marks(bars: Sequence[Bar], frame: _Frame, x: Position) -> list[Row]:
    half = 9 if frame.size == "wide" else 8
    lines = list(zip(bars, frame.rows, strict=True))
    segments = [(segment, y) for bar, y in lines for segment in bar.segments if segment.start != segment.end]
    rects = [
        {"x": x(s.start), "x2": x(s.end), "y": y - half, "y2": y + half, "fill": COLOURS[s.kind]}
        for s, y in segments
        if not s.is_hollow
    ]
    hollow = [
        {"x": x(s.start), "x2": x(s.end), "y": y - half, "y2": y + half, "stroke": COLOURS[s.kind]}
        for s, y in segments
        if s.is_hollow
    ]
    joins = [
        {"x": x(bar.next_at), "y": y, "y2": below}
        for (bar, y), (_, below) in pairwise(lines)
        if bar.next_at is not None
    ]
    words = [{"x": x(_end(bar)), "y": y, "text": bar.text} for bar, y in lines]
    return [
        *_layer("rule", joins, frame, stroke=MUTED),
        *_layer("rect", rects, frame, stroke=PAPER, strokeWidth=0.75),
        *_layer("rect", hollow, frame, fill=PAPER, strokeWidth=1.5, strokeDash=[4, 3]),
        *_layer("rule", _upright([x(0)], frame), frame, stroke=INK),
        *_text(words, frame, align="left", dx=7),
    ]


def _upright(places: list[float], frame: _Frame) -> list[Row]:
    """Upright lines, broken where a group's heading stands."""
    starts = [0.0, *(y + 12 for y, _ in frame.headings)]
    ends = [*(y - 12 for y, _ in frame.headings), frame.height]
    pieces = [(top, bottom) for top, bottom in zip(starts, ends, strict=True) if bottom > top]
    return [{"x": x, "y": top, "y2": bottom} for x in places for top, bottom in pieces]


def _rules(frame: _Frame, ticks: list[float], x: Position, unit: str) -> list[Row]:
    """Light vertical lines with their values below, where these have room."""
    lines = _upright([x(tick) for tick in ticks], frame)
    words = []
    for tick in ticks:
        text = _tick_text(tick, unit)
        half = len(text) * frame.font * _CHARACTER / 2
        if half - frame.left <= x(tick) <= frame.width + frame.right - half:
            words.append({"x": x(tick), "y": frame.height + 15, "text": text})
    return [
        *_layer("rule", lines, frame, stroke=GRID),
        *_text(words, frame, align="center", muted=True, bigger=-1),
    ]


def _interval_marks(intervals: Sequence[Interval], frame: _Frame, x: Position) -> list[Row]:
    lines = list(zip(intervals, frame.rows, strict=True))
    spans = [
        {"x": x(row.floor), "x2": x(row.ceiling), "y": y - 4, "y2": y + 4, "fill": COLOURS[row.kind]}
        for row, y in lines
        if row.floor is not None and row.ceiling is not None
    ]
    dots = [
        {"x": x(row.value), "y": y, "fill": COLOURS[row.kind], "shape": row.shape}
        for row, y in lines
        if row.value is not None
    ]
    ends = [max([v for v in (row.value, row.ceiling) if v is not None], default=0.0) for row in intervals]
    words = [{"x": x(end), "y": y, "text": row.text} for end, (row, y) in zip(ends, lines, strict=True)]
    return [
        *_layer("rect", spans, frame, opacity=0.32),
        *_layer("point", dots, frame, size=95, filled=True, opacity=1, stroke=PAPER, strokeWidth=1),
        *_text(words, frame, align="left", dx=9),
    ]


# -- targets -------------------------------------------------------------------------------------------


def _year_position(frame: _Frame, years: Sequence[str]) -> Callable[[str], float]:
    """Where a year's middle is."""
    band = frame.width / len(years)
    return lambda year: band * (list(years).index(year) + 0.5)


def _trajectory_axis(
    frame: _Frame, years: Sequence[str], at: Callable[[str], float], up: Position, high: float
) -> list[Row]:
    ticks = _ticks(0, high, 7)
    lines = [{"x": 0, "x2": frame.width, "y": up(tick)} for tick in ticks]
    left = [{"x": -7, "y": up(tick), "text": f"{tick:g}%"} for tick in ticks]
    below = [{"x": at(year), "y": frame.height + 16, "text": _short_year(year, frame)} for year in years]
    return [
        *_layer("rule", lines, frame, stroke=GRID),
        *_layer("rule", [{"x": 0, "x2": frame.width, "y": frame.height}], frame, stroke=INK),
        *_text(left, frame, align="right", muted=True),
        *_text(below, frame, align="center", bigger=0 if frame.size == "wide" else -1),
    ]


def _no_data(frame: _Frame, years: Sequence[str], measured: set[str]) -> list[Row]:
    """A band behind every run of years without a measured share, with the words in it."""
    band, bands, words, start = frame.width / len(years), [], [], 0
    for is_measured, run in groupby(years, measured.__contains__):
        end = start + len(list(run))
        if not is_measured:
            bands.append({"x": start * band, "x2": end * band, "y": 0, "y2": frame.height})
            words.append({"x": (start + end) / 2 * band, "y": frame.height - 14, "text": "no data"})
        start = end
    return [
        *_layer("rect", bands, frame, fill=GRID, opacity=0.45),
        *_text(words, frame, align="center", muted=True),
    ]


def _short_year(year: str, frame: _Frame) -> str:
    return year if frame.size == "wide" else f"{year[2:4]}/{year[-2:]}"


def _trajectory_targets(frame: _Frame, places: dict[float, float], targets: dict[str, float]) -> list[Row]:
    colour = COLOURS["target"]
    data = [{"x": x, "y": y} for x, y in places.items()]
    words = [
        {"x": x, "y": y - 15, "text": f"{value:g}%"}
        for (x, y), value in zip(places.items(), targets.values(), strict=True)
    ]
    diamond = {"shape": "diamond", "size": 100, "filled": True, "fill": PAPER, "stroke": colour}
    return [
        *_layer("line", data, frame, stroke=colour, strokeDash=[6, 4], strokeWidth=2),
        *_layer("point", data, frame, strokeWidth=2, opacity=1, **diamond),
        *_text(words, frame, align="center", weight="bold", fill=colour),
    ]


def _trajectory_series(
    frame: _Frame,
    series: Sequence[Trajectory],
    at: Callable[[str], float],
    up: Position,
) -> list[Row]:
    """Bodies beside one another in each year."""
    apart, half = (36, 5) if frame.size == "wide" else (15, 3.5)
    spans, dots = [], []
    for index, row in enumerate(series):
        shift, colour = (index - (len(series) - 1) / 2) * apart, COLOURS[row.kind]
        for year, (share, floor, ceiling) in row.values.items():
            x = at(year) + shift
            spans.append({"x": x - half, "x2": x + half, "y": up(ceiling), "y2": up(floor), "fill": colour})
            fill, stroke = (PAPER, colour) if year in row.incomplete else (colour, PAPER)
            dots.append({"x": x, "y": up(share), "fill": fill, "stroke": stroke, "shape": row.shape})
    size = 80 if frame.size == "wide" else 50
    return [
        *_layer("rect", spans, frame, opacity=0.32),
        *_layer("point", dots, frame, size=size, filled=True, opacity=1, strokeWidth=1.5),
    ]


# -- parts ---------------------------------------------------------------------------------------------


def _position(start: float, end: float, length: float) -> Position:
    """Value to pixels: `start` is at 0, `end` at `length`."""
    return lambda value: (value - start) / (end - start) * length


def _text(
    rows: list[Row],
    frame: _Frame,
    *,
    align: str,
    dx: int = 0,
    weight: str = "normal",
    bigger: int = 0,
    muted: bool = False,
    fill: str = "",
    limit: float = 0,
) -> list[Row]:
    colour = fill or (MUTED if muted else INK)
    font = {"fontSize": frame.font + bigger, "fontWeight": weight, "limit": limit * 0.9}
    return _layer("text", rows, frame, align=align, baseline="middle", dx=dx, fill=colour, **font)


def _layer(mark: str, rows: list[Row], frame: _Frame, **look: Any) -> list[Row]:
    """Marks at pixel positions; colours, shapes and words are taken from the rows as they are."""
    if not rows:
        return []
    import altair as alt
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):  # checking every part of every layer takes longer than drawing all charts
        across = alt.Scale(domain=[0, frame.width], range=[0, frame.width], nice=False, zero=False)
        down = alt.Scale(domain=[0, frame.height], range=[0, frame.height], nice=False, zero=False)
        channels: dict[str, Any] = {
            "x": alt.X("x", type="quantitative", scale=across, axis=None),
            "y": alt.Y("y", type="quantitative", scale=down, axis=None),
            "x2": alt.X2("x2"),
            "y2": alt.Y2("y2"),
            "fill": alt.Fill("fill", type="nominal", scale=None),
            "stroke": alt.Stroke("stroke", type="nominal", scale=None),
            "shape": alt.Shape("shape", type="nominal", scale=None),
            "text": alt.Text("text", type="nominal"),
        }
        chart = alt.Chart(alt.NamedData("rows"), mark=alt.MarkDef(mark, **look))  # type: ignore[arg-type]
        spec = chart.encode(**{name: channels[name] for name in rows[0]}).to_dict(validate=False)
    return [{"data": {"values": rows}, "mark": spec["mark"], "encoding": spec["encoding"]}]


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two ends, at most `most` + 1 of them."""
    span = high - low
    step = 10.0**-6
    while span / step > most:
        leading = f"{step:e}"[0]
        step *= 2.5 if leading == "2" else 2
    first = int(low / step) * step
    ticks = [round(first + step * index, 9) for index in range(most + 3)]
    return [tick for tick in ticks if low <= tick <= high]


def _tick_text(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value:g}%"
    return f"{'−' if value < 0 else ''}£{abs(value):,.10g}{'m' if value else ''}"


def _drawing(layers: list[Row], frame: _Frame, note: str) -> str:
    """The SVG of layers; `note` is printed inside the picture, so that a copy of it carries the words."""
    import altair as alt
    import vl_convert

    place = {"x": 2 - frame.left, "y": frame.height + frame.bottom, "text": note}
    marks = _text([place], frame, align="left", weight="bold", bigger=-1, fill=COLOURS["removed"])
    bottom = frame.bottom + (14 if note else 0)
    spec = {
        "$schema": alt.SCHEMA_URL,
        "width": frame.width,
        "height": frame.height,
        "padding": {"left": frame.left, "top": frame.top, "right": frame.right, "bottom": bottom},
        "autosize": "none",
        "background": PAPER,
        "layer": [*layers, *(marks if note else [])],
        "config": {"font": _FONT, "aria": False, "view": {"stroke": None}},
    }
    version = "_".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return str(vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[]))
