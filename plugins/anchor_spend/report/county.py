"""The report's first sections: the county in one view, and the strategy's targets."""

from decimal import Decimal
from typing import Any

from anchor_spend.report import charts
from anchor_spend.report.data import Row
from anchor_spend.report.page import COUNTY, Page
from anchor_spend.report.parts import Column, Figure, Part, Section, Table, Text, Tile, Tiles
from anchor_spend.report.words import (
    DEFINITIONS,
    between,
    day,
    listed,
    millions,
    plural,
    rounded,
    rule_words,
    share,
)

_READING = (
    "How to read the shares: a share counts only the spending whose place is known. The floor treats "
    "everything that cannot be placed as not local, the ceiling treats all of it as local; the true share "
    "lies between the two."
)
_TARGET_REMARK = (
    "The strategy’s 25% for 2017/18 is its own starting point, taken from another analysis of the council’s "
    "supplies and services, so it need not equal what is measured here. The targets were set for the "
    "council; the county is shown beside it for comparison."
)


def summary(page: Page) -> str:
    """The release in three sentences, for the head of the page."""
    if not page.has_payments:
        return "This release holds no payments yet."
    row = page.share_row(page.year, COUNTY)
    paying = sum(1 for body in page.bodies if page.months(page.year, body)[0])
    words = (
        f"In {page.year_words}, {plural(paying, 'public body', 'public bodies')} of Bedfordshire spent "
        f"{millions(page.total(page.year, 'headline_gbp'))} on goods and services."
    )
    if row["share"] is None:
        return f"{words} How much of it was local cannot be said: no supplier’s place is known."
    return (
        f"{words} Of the spending whose place is known, {share(row['share'])} went to suppliers in Luton or "
        f"Bedfordshire. Counting the {millions(row['unresolved_gbp'])} that cannot be placed, the share lies "
        f"between {share(row['floor'])} and {share(row['ceiling'])}."
    )


def headline(page: Page) -> Section:
    parts: list[Part] = []
    if page.has_payments:
        parts = [Tiles(_tiles(page)), Text(_READING), _year_figure(page), _shares_table(page)]
    return Section(
        "headline", "The county in one view", _headline_lead(page), [*parts, _definitions_table(page)]
    )


def _headline_lead(page: Page) -> str:
    paid = [year for year in page.years if page.months(year)[0]]
    if len(paid) < 2:
        return summary(page)
    first, last = paid[0], paid[-1]
    words = (
        f"Spending on goods and services was {millions(page.total(first, 'headline_gbp'))} in {first} and "
        f"{millions(page.total(last, 'headline_gbp'))} in {last}."
    )
    incomplete = [year for year in page.years if not page.is_complete(year)]
    if not incomplete:
        return f"{words} Every month has been received for every body in each of these years."
    return (
        f"{words} Not every month is in for {listed(incomplete)}, so compare the years with care: the "
        "coverage calendar below shows what is missing."
    )


def _tiles(page: Page) -> list[Tile]:
    year = page.year
    value, floor, ceiling = page.per_cent(year, COUNTY)
    net, gross = (millions(page.total(year, column)) for column in ("headline_gbp", "gross_gbp"))
    received = page.received(year)
    note = f"out of {gross} paid out for all purposes; {received}"
    tiles = [Tile(net, f"spent on goods and services in {year}", note)]
    if value is not None and floor is not None and ceiling is not None:
        row = page.share_row(year, COUNTY)
        bounds = f"floor {share(row['floor'])}, ceiling {share(row['ceiling'])}; {received}"
        tiles.append(
            Tile(share(row["share"]), "local, as the strategy defines it", bounds, (value, floor, ceiling))
        )
    tiles += [
        Tile(
            _per_cent(row["target_pct"]),
            f"the strategy’s figure for {year}",
            f"measured for {page.name(row['publisher_id'])}: "
            f"{share(page.share_row(year, row['publisher_id'])['share'])}; "
            + page.received(year, row["publisher_id"]),
        )
        for row in page.in_year(_council_targets(page))
    ]
    covered, expected = page.months(year)
    note = f"of {page.bodies_received(year)}, counting each month of each body"
    return [*tiles, Tile(f"{covered:,} of {expected:,}", "months of payments received", note)]


def _year_figure(page: Page) -> Figure:
    bars = [_year_bar(page, year) for year in page.years]
    words = " ".join(
        f"{bar.heading}, {bar.text}, {millions(page.share_row(year, COUNTY)['unresolved_gbp'])} not placed."
        for year, bar in zip(page.years, bars, strict=True)
    )
    return page.figure(
        "chart-headline",
        "Goods and services by year: local, not local and not placed",
        lambda size: charts.bar_chart(bars, size, note=page.mark),
        _year_table(page),
        f"One bar for each year. {words}",
        legend=[
            ("local", "Local (Luton postcode or Bedfordshire)"),
            ("unknown", "Place not known"),
            ("elsewhere", "Not local"),
        ],
    )


def _year_bar(page: Page, year: str) -> charts.Bar:
    row = page.share_row(year, COUNTY)
    text = f"{share(row['share'])} local" if row["share"] is not None else "share not known"
    incomplete = "" if page.is_complete(year) else f" · {page.months_received(year)}"
    segments = charts.stacked(
        [(row["local_gbp"], "local"), (row["unresolved_gbp"], "unknown"), (row["not_local_gbp"], "elsewhere")]
    )
    amount = millions(page.total(year, "headline_gbp")) if page.months(year)[0] else "nothing received"
    return charts.Bar("", segments, text, f"{year}: {amount}{incomplete}")


def _year_table(page: Page) -> Table:
    rows = []
    for year in page.years:
        row = page.share_row(year, COUNTY)
        amounts = [page.total(year, "gross_gbp"), page.total(year, "headline_gbp")]
        amounts += [row["local_gbp"], row["not_local_gbp"], row["unresolved_gbp"]]
        rows.append([year, *amounts, page.received(year)])
    labels = ("All payments", "Goods and services", "Local", "Not local", "Not placed")
    columns = [
        Column("Financial year"),
        *(Column(label, "pounds") for label in labels),
        Column("Received", "line"),
    ]
    return Table(
        "All bodies together by year, local as the strategy defines it", columns, rows, is_folded=True
    )


def _shares_table(page: Page) -> Table:
    names = page.definitions()
    columns = [Column("Financial year")]
    for name in names:
        columns += [Column(DEFINITIONS[name], "share"), Column("Floor to ceiling", "line")]
    rows: list[list[Any]] = []
    for year in page.years:
        cells: list[Any] = [f"{year} ({page.received(year)})"]
        for name in names:
            row = page.share_row(year, COUNTY, name)
            cells += [row["share"], between(row["floor"], row["ceiling"])]
        rows.append(cells)
    note = "; ".join(f"{DEFINITIONS[name]}: {page.definition_label(name)}" for name in names)
    return Table(
        "Share of goods and services that is local, all bodies together", columns, rows, note=f"{note}."
    )


def _definitions_table(page: Page) -> Table:
    rows = [
        [
            row["label"],
            rule_words(row["rule"]),
            _valid(row),
            row["citation"],
            page.name(row["publisher_id"] or COUNTY),
        ]
        for row in page.data.definitions
    ]
    labels = ("Definition", "What counts as local", "In force", "Source", "Used for")
    columns = [Column(label, "prose" if label == "Source" else "text") for label in labels]
    return Table("What “local” means: every definition in this release", columns, rows, is_folded=True)


def _valid(row: Row) -> str:
    start, end = row["valid_from"], row["valid_to"]
    if end is None:
        return "always" if start is None else f"from {day(start)}"
    return f"until {day(end)}" if start is None else f"{day(start)} to {day(end)}"


# -- targets -------------------------------------------------------------------------------------------


def _council_targets(page: Page) -> list[Row]:
    """The targets a body set itself, measured by the strategy's definition: one row a year."""
    return [
        row
        for row in page.data.targets
        if row["publisher_id"] != COUNTY
        and row["definition_id"] == "either"
        and row["target_pct"] is not None
        and row.get("is_own_target", True)
    ]


def targets(page: Page) -> Section:
    heading = "Against the strategy’s targets"
    rows = _council_targets(page)
    if not rows:
        return Section("targets", heading, "There is no target for the bodies in this release.")
    body = rows[0]["publisher_id"]
    wanted = {row["financial_year"]: float(row["target_pct"]) for row in rows if row["publisher_id"] == body}
    years = _all_years([*wanted, *page.years])
    series = [_trajectory(page, name, years) for name in (body, COUNTY)]
    lead = _targets_lead(page, body, years, wanted)
    keys = [(f"{row.kind} {row.shape}", f"{row.label}: share, with its floor and ceiling") for row in series]
    if any(row.incomplete for row in series):
        keys.append(("hollow circle", "Not every month in"))
    figure = page.figure(
        "chart-targets",
        "Share of spending that is local, against the strategy’s targets",
        lambda size: charts.trajectory_chart(years, wanted, series, size, note=page.mark),
        _targets_table(page, body, years, wanted),
        lead,
        legend=[("target diamond", "The strategy’s starting point and targets"), *keys],
    )
    return Section("targets", heading, lead, [figure, Text(_TARGET_REMARK)])


def _trajectory(page: Page, body: str, years: list[str]) -> charts.Trajectory:
    values = {}
    for year in years:
        value, floor, ceiling = page.per_cent(year, body)
        if value is not None and floor is not None and ceiling is not None:
            values[year] = (value, floor, ceiling)
    kind, shape = ("county", "square") if body == COUNTY else ("local", "circle")
    incomplete = frozenset(year for year in values if not page.is_complete(year, body))
    return charts.Trajectory(page.name(body), kind, shape, values, incomplete)


def _targets_lead(page: Page, body: str, years: list[str], wanted: dict[str, float]) -> str:
    first, last = min(wanted), max(wanted)
    words = (
        "Luton Council’s strategy of 2019 set out to raise the local share of its spending from "
        f"{wanted[first]:g}% in {first} to {wanted[last]:g}% in {last}."
    )
    measured = [year for year in years if page.share_row(year, body)["share"] is not None]
    if not measured:
        return f"{words} This release has no measured share for {page.name(body)}."
    latest = measured[-1]
    row = page.share_row(latest, body)
    words += (
        f" The latest share measured for {page.name(body)} is {share(row['share'])}, in "
        f"{page.year_label(latest, body)}, with a floor of {share(row['floor'])} and a ceiling of "
        f"{share(row['ceiling'])}."
    )
    compared = next((year for year in reversed(measured) if year in wanted), "")
    if compared:
        words += _gap_sentence(page, body, compared, wanted[compared])
    empty = [year for year in wanted if year not in measured]
    return f"{words} No share is measured for {_year_span(empty)}." if empty else words


def _gap_sentence(page: Page, body: str, year: str, target: float) -> str:
    gap = page.share_row(year, body)["share"] * 100 - Decimal(str(target))
    side = "above" if gap >= 0 else "below"
    return f" In {year} the share is {abs(rounded(gap, 1))} percentage points {side} the strategy’s figure."


def _year_span(years: list[str]) -> str:
    """'2019/20 to 2023/24' when the years follow one another."""
    return f"{years[0]} to {years[-1]}" if len(years) > 2 and years == _all_years(years) else listed(years)


def _targets_table(page: Page, body: str, years: list[str], wanted: dict[str, float]) -> Table:
    columns = [Column("Financial year"), Column("Target")]
    for name in (body, COUNTY):
        columns += [Column(page.name(name), "share"), Column("Floor to ceiling", "line")]
        columns += [Column("Against target", "points"), Column("More local spending needed", "pounds")]
        columns += [Column("Received")]
    rows: list[list[Any]] = []
    for year in years:
        target = _per_cent(wanted[year]) if year in wanted else "none set"
        cells = [
            cell for name in (body, COUNTY) for cell in _target_cells(page, year, name, wanted.get(year))
        ]
        rows.append([year, target, *cells])
    note = (
        "“More local spending needed” is what would also have had to be local to meet the target, of the "
        "spending whose place is known."
    )
    return Table("Targets and measured shares by year", columns, rows, note=note, is_folded=True)


def _target_cells(page: Page, year: str, body: str, target: float | None) -> list[Any]:
    row = page.share_row(year, body)
    if row["share"] is None:
        return ["no data"] * 5
    cells: list[Any] = [row["share"], between(row["floor"], row["ceiling"])]
    received = page.received(year, body)
    if target is None:
        return [*cells, "no target", "no target", received]
    wanted = Decimal(str(target)) / 100 * (row["local_gbp"] + row["not_local_gbp"])
    needed = max(wanted - row["local_gbp"], Decimal(0))
    return [*cells, row["share"] * 100 - Decimal(str(target)), needed, received]


def _per_cent(value: Decimal | float) -> str:
    return f"{float(value):g}%"


def _all_years(years: list[str]) -> list[str]:
    """Every financial year from the first to the last."""
    first, last = int(min(years)[:4]), int(max(years)[:4])
    return [f"{year}/{(year + 1) % 100:02d}" for year in range(first, last + 1)]
