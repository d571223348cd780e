"""The report's sections on who spends, on what, how locally, and with whom."""

from decimal import Decimal
from typing import Any

from anchor_spend.report import charts
from anchor_spend.report.data import HEADLINE, Row
from anchor_spend.report.page import COUNTY, Page
from anchor_spend.report.parts import Column, Part, Section, Table, Text
from anchor_spend.report.words import (
    AUTHORITIES,
    DEFINITIONS,
    SCOPES,
    between,
    listed,
    millions,
    months_of,
    number_word,
    rounded,
    scope_words,
    sentence,
    share,
)

_CHART_YEARS = 5  # years the chart of every body shows; its table has all
_MARKS = {
    "either": ("local", "circle"),
    "primary": ("county", "square"),
    "secondary": ("violet", "triangle-up"),
}


# -- by body -------------------------------------------------------------------------------------------


def by_body(page: Page) -> Section:
    heading = "Who spends it"
    if not page.has_payments:
        return Section("bodies", heading, "No payments have been received from any body yet.")
    shown, lead = page.years[-_CHART_YEARS:], _by_body_lead(page)
    bars = [bar for body in page.bodies for bar in _body_bars(page, body, shown)]
    is_partial = any(segment.is_hollow for bar in bars for segment in bar.segments)
    figure = page.figure(
        "chart-bodies",
        "Spending on goods and services by body and year",
        lambda size: charts.bar_chart(bars, size, note=page.mark, label_width=66 if size == "wide" else 62),
        _bodies_table(page),
        f"A bar for each body and year; the pale bar behind it is everything the body paid out. {lead}",
        legend=[
            ("local", "Goods and services"),
            *([("local hollow", "Goods and services, not every month in")] if is_partial else []),
            ("pale", "All payments"),
        ],
        note="" if shown == page.years else f"The chart shows the latest {len(shown)} years, the table all.",
    )
    return Section("bodies", heading, lead, [figure, *_memo_table(page)])


def _by_body_lead(page: Page) -> str:
    total = page.total(page.year, "headline_gbp")
    paying = [body for body in page.bodies if page.months(page.year, body)[0]]
    if not paying:
        return f"No body has payments in {page.year}."
    largest = page.view[page.year, paying[0]]["headline_gbp"]
    words = f"In {page.year_words}, {page.name(paying[0])} spent {millions(largest)} on goods and services"
    if len(paying) == 1:
        words += ". It is the only body with payments in that year."
    elif total > 0:
        words += f", {share(largest / total)} of what {number_word(len(paying))} bodies spent together."
    silent = [
        page.name(body) for body in page.bodies if body not in paying and page.months(page.year, body)[1]
    ]
    return f"{words} Nothing has been received for that year from {listed(silent)}." if silent else words


def _body_bars(page: Page, body: str, years: list[str]) -> list[charts.Bar]:
    bars: list[charts.Bar] = []
    for year in years:
        row, (covered, expected) = page.view.get((year, body)), page.months(year, body)
        heading = "" if bars else page.name(body)
        if row is None or not covered:
            bars.append(charts.Bar(year, [], "nothing received" if expected else "not expected", heading))
            continue
        is_complete = page.is_complete(year, body)
        segments = [
            charts.Segment(0, charts.in_millions(row["gross_gbp"]), "pale"),
            charts.Segment(0, charts.in_millions(row["headline_gbp"]), "local", is_hollow=not is_complete),
        ]
        text = millions(row["headline_gbp"]) + ("" if is_complete else f" · {page.received(year, body)}")
        bars.append(charts.Bar(year, segments, text, heading))
    return bars


def _bodies_table(page: Page) -> Table:
    rows: list[list[Any]] = []
    sums = set()
    for year in reversed(page.years):
        for body in page.bodies:
            if (year, body) in page.view:
                row, is_in = page.view[year, body], page.months(year, body)[0]
                amounts = [row["gross_gbp"], row["headline_gbp"]] if is_in else ["no data", "no data"]
                rows.append([page.name(body), year, *amounts, page.received(year, body)])
        sums.add(len(rows))
        amounts = [page.total(year, "gross_gbp"), page.total(year, "headline_gbp")]
        rows.append([page.name(COUNTY), year, *amounts, page.received(year)])
    columns = [Column("Body"), Column("Financial year"), Column("All payments", "pounds")]
    columns += [Column("Goods and services", "pounds"), Column("Received", "line")]
    return Table("Spending by body and year", columns, rows, is_folded=True, strong_rows=frozenset(sums))


def _memo_table(page: Page) -> list[Part]:
    """The bodies the county does not count, each by itself."""
    rows: list[list[Any]] = []
    for row in reversed(page.data.memo_view):
        year, body = row["financial_year"], row["publisher_id"]
        is_in, local = row["months_covered"], page.share_row(year, body)
        amounts = [row["gross_gbp"], row["headline_gbp"]] if is_in else ["no data", "no data"]
        bounds = between(local["floor"], local["ceiling"]) if is_in else "no data"
        received = months_of(is_in, row["months_expected"])
        rows.append(
            [page.name(body), year, *amounts, local["share"] if is_in else "no data", bounds, received]
        )
    if not rows:
        return []
    columns = [Column("Body"), Column("Financial year"), Column("All payments", "pounds")]
    columns += [Column("Goods and services", "pounds"), Column("Local share", "share")]
    columns += [Column("Floor to ceiling", "line"), Column("Received", "line")]
    note = (
        "These bodies work far beyond Bedfordshire and publish one list for all of it. They are in no figure "
        "for all bodies together, and a payment to them counts as one to another public body."
    )
    return [Table("Beside the county: bodies that no county figure counts", columns, rows, note=note)]


# -- by kind of payment --------------------------------------------------------------------------------


def scopes(page: Page) -> Section:
    heading = "From everything paid out to goods and services"
    totals = _scope_totals(page, page.year)
    if not totals:
        return Section("scopes", heading, "There are no payments to divide by kind.")
    removed = [(scope, amount) for scope, amount in totals.items() if scope != HEADLINE]
    removed.sort(key=lambda item: (-abs(item[1]), item[0]))
    gross, net = sum(totals.values(), Decimal(0)), totals.get(HEADLINE, Decimal(0))
    bars, lead = _waterfall(gross, removed, net), _scopes_lead(page, gross, net, removed)
    words = " ".join(f"{bar.label}: {bar.text}." for bar in bars)
    figure = page.figure(
        "chart-scopes",
        f"From all payments to goods and services, {page.year}",
        lambda size: charts.bar_chart(bars, size, note=page.mark, label_width=250),
        _scopes_table(page),
        f"{lead} {words}",
        legend=[("elsewhere", "All payments"), ("removed", "Left out"), ("local", "Goods and services")],
    )
    meanings = Table(
        "What each kind of payment is",
        [Column("Kind of payment"), Column("Meaning", "prose")],
        [list(words) for words in SCOPES.values()],
        is_folded=True,
    )
    return Section("scopes", heading, lead, [figure, meanings])


def _scope_totals(page: Page, year: str) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for row in page.data.spend_by_scope:
        if row["financial_year"] == year:
            scope = row["spend_scope"]
            totals[scope] = totals.get(scope, Decimal(0)) + row["amount_gbp"]
    return totals


def _scopes_lead(page: Page, gross: Decimal, net: Decimal, removed: list[tuple[str, Decimal]]) -> str:
    words = (
        f"Of the {millions(gross)} paid out in {page.year_words}, {millions(net)} bought goods and services."
    )
    if not removed:
        return f"{words} Nothing was left out."
    scope, amount = removed[0]
    return (
        f"{words} The rest is left out of the headline because it is not a purchase, would be counted twice, "
        f"or has no payee that can be looked up. The largest part left out is {scope_words(scope).lower()}, "
        f"{millions(amount)}."
    )


def _waterfall(gross: Decimal, removed: list[tuple[str, Decimal]], net: Decimal) -> list[charts.Bar]:
    millions_of = charts.in_millions
    whole = charts.Segment(0, millions_of(gross), "elsewhere")
    bars = [charts.Bar("All payments", [whole], millions(gross), is_strong=True, next_at=millions_of(gross))]
    level = gross
    for scope, amount in removed:
        segment = charts.Segment(millions_of(level), millions_of(level - amount), "removed")
        level -= amount
        bars.append(charts.Bar(scope_words(scope), [segment], millions(-amount), next_at=millions_of(level)))
    left = charts.Segment(0, millions_of(net), "local")
    return [*bars, charts.Bar(scope_words(HEADLINE), [left], millions(net), is_strong=True)]


def _scopes_table(page: Page) -> Table:
    totals = {year: _scope_totals(page, year) for year in page.years}
    present = {scope for by_scope in totals.values() for scope in by_scope}
    ordered = [scope for scope in SCOPES if scope in present] + sorted(present - set(SCOPES))
    rows: list[list[Any]] = [
        [scope_words(scope), *(totals[year].get(scope, Decimal(0)) for year in page.years)]
        for scope in ordered
    ]
    rows.append(["All payments", *(sum(totals[year].values(), Decimal(0)) for year in page.years)])
    columns = [Column("Kind of payment"), *(Column(page.year_label(year), "pounds") for year in page.years)]
    caption, last = "Payments by kind and year, all bodies together", frozenset({len(rows) - 1})
    return Table(caption, columns, rows, is_folded=True, strong_rows=last)


# -- local share ---------------------------------------------------------------------------------------


def local_by_body(page: Page) -> Section:
    heading = "How local each body’s spending is"
    names = page.definitions()
    bodies = [body for body in [COUNTY, *page.bodies] if page.year and page.months(page.year, body)[0]]
    if not names or not bodies:
        return Section("local", heading, "No local share can be given yet.")
    intervals = [_interval(page, body, name, is_first=name == names[0]) for body in bodies for name in names]
    lead = _local_lead(page, bodies)
    figure = page.figure(
        "chart-local",
        f"Local share of goods and services by body and definition, {page.year}",
        lambda size: charts.interval_chart(intervals, size, note=page.mark),
        _local_table(page, names),
        f"Dots for the shares, on bars from floor to ceiling. {lead}",
        legend=[(" ".join(_MARKS[n]), f"{DEFINITIONS[n]}: {page.definition_label(n)}") for n in names],
    )
    others: list[Part] = []
    if any(row["definition_id"] not in names for row in page.in_year(page.data.local_share)):
        others.append(_other_definitions_table(page, names))
    return Section("local", heading, lead, [figure, *others])


def _interval(page: Page, body: str, definition: str, *, is_first: bool) -> charts.Interval:
    value, floor, ceiling = page.per_cent(page.year, body, definition)
    heading = page.name(body)
    if not page.is_complete(page.year, body):
        heading += f" ({page.months_received(page.year, body)})"
    text = share(page.share_row(page.year, body, definition)["share"])
    label, (kind, shape) = DEFINITIONS[definition], _MARKS[definition]
    return charts.Interval(label, value, floor, ceiling, kind, shape, text, heading if is_first else "")


def _local_lead(page: Page, bodies: list[str]) -> str:
    definition = page.definitions()[0]
    shares = {body: page.share_row(page.year, body, definition)["share"] for body in bodies if body != COUNTY}
    known = {body: value for body, value in shares.items() if value is not None}
    if not known:
        return f"In {page.year_words}, no body’s local share can be given: no supplier’s place is known."
    most, least = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    words = f"In {page.year_words}, {page.name(most)} spent {share(known[most])} locally"
    if most == least:
        return f"{words}."
    return (
        f"{words}, the largest part of any body, and {page.name(least)} {share(known[least])}, the smallest. "
        "Where the bars of two bodies overlap, it is not certain which of them is more local."
    )


def _local_table(page: Page, names: list[str]) -> Table:
    rows = [
        _local_row(page, year, body, name, [page.name(body), year, DEFINITIONS[name]])
        for year in [page.year, *(year for year in reversed(page.years) if year != page.year)]
        for body in [COUNTY, *page.bodies]
        for name in names
        if body == COUNTY or (year, body) in page.view
    ]
    columns = [Column("Body"), Column("Financial year"), Column("Definition"), *_LOCAL_COLUMNS]
    return Table("Local share by body, year and definition", columns, rows, is_folded=True)


def _other_definitions_table(page: Page, names: list[str]) -> Table:
    others = sorted({row["definition_id"] for row in page.in_year(page.data.local_share)} - set(names))
    rows = [
        _local_row(page, page.year, body, name, [page.name(body), page.definition_label(name)])
        for body in [COUNTY, *page.bodies]
        if page.months(page.year, body)[0]
        for name in others
    ]
    columns = [Column("Body"), Column("Definition"), *_LOCAL_COLUMNS]
    return Table(f"Local share by every other definition, {page.year}", columns, rows, is_folded=True)


_LOCAL_COLUMNS = [
    *(Column(label, "share") for label in ("Share", "Floor", "Ceiling")),
    *(Column(label, "pounds") for label in ("Local", "Not local", "Not placed")),
    Column("Received"),
]


def _local_row(page: Page, year: str, body: str, definition: str, head: list[Any]) -> list[Any]:
    row = page.share_row(year, body, definition)
    columns = ("share", "floor", "ceiling", "local_gbp", "not_local_gbp", "unresolved_gbp")
    return [*head, *(row[column] for column in columns), page.received(year, body)]


# -- suppliers -----------------------------------------------------------------------------------------


def suppliers(page: Page) -> Section:
    heading = "The largest suppliers"
    if not page.data.top_suppliers:
        return Section(
            "suppliers", heading, "No organisation was paid for goods and services in this release."
        )
    lead = _suppliers_lead(page)
    bars = [_supplier_bar(row) for row in page.data.top_suppliers]
    figure = page.figure(
        "chart-suppliers",
        f"The organisations paid most for goods and services, {page.year}",
        lambda size: charts.bar_chart(bars, size, note=page.mark, label_width=290),
        _suppliers_table(page),
        lead,
        legend=[
            ("local", "In Luton, its postcode area or Bedfordshire"),
            ("elsewhere", "Elsewhere"),
            ("unknown", "Place not known"),
        ],
        note="Organisations only: people, and payees whose name was withheld, are never named. The place is "
        "that of the address known for the supplier, often its registered office; letters such as MK are its "
        "postcode area.",
    )
    effect = _without_largest(page)
    return Section("suppliers", heading, lead, [figure, *([Text(effect)] if effect else [])])


def _suppliers_lead(page: Page) -> str:
    first, facts = page.data.top_suppliers[0], page.data.concentration
    total = page.total(page.year, "headline_gbp")
    words = (
        f"In {page.year_words}, {_supplier_name(first)} was paid most for goods and services: "
        f"{millions(first['amount_gbp'])}."
    )
    if total > 0 and facts and facts["top_suppliers"] > 1:
        words += (
            f" The {_ten(facts)} largest suppliers together received {millions(facts['top_gbp'])}, "
            f"{share(facts['top_gbp'] / total)} of the total."
        )
    return words


def _ten(facts: Row) -> str:
    return "ten" if facts["top_suppliers"] == 10 else number_word(facts["top_suppliers"])


def _supplier_name(row: Row) -> str:
    return str(row["supplier_name"] or row["supplier_id"])


def _supplier_bar(row: Row) -> charts.Bar:
    kind, _, place = _place(row)
    segment = charts.Segment(0, charts.in_millions(row["amount_gbp"]), kind)
    return charts.Bar(_supplier_name(row), [segment], f"{millions(row['amount_gbp'])} · {place}")


def _suppliers_table(page: Page) -> Table:
    total = page.total(page.year, "headline_gbp")
    rows = [
        [
            _supplier_name(row),
            sentence(_place(row)[1]),
            row["amount_gbp"],
            row["amount_gbp"] / total if total > 0 else None,
            row["body_count"],
        ]
        for row in page.data.top_suppliers
    ]
    columns = [Column("Supplier"), Column("Place"), Column("Amount", "pounds")]
    columns += [Column("Share of all goods and services", "share"), Column("Bodies paying it", "count")]
    return Table(f"Largest suppliers of goods and services, {page.year}", columns, rows, is_folded=True)


def _place(row: Row) -> tuple[str, str, str]:
    """Colour, full words and short words for where a supplier is."""
    postcode, authority = row["postcode"] or "", row["authority_code"] or ""
    area = "".join(letter for letter in postcode[:2] if letter.isalpha())
    if authority in AUTHORITIES:
        return "local", AUTHORITIES[authority], AUTHORITIES[authority]
    if area == "LU":
        return "local", "Luton postcode area, outside Bedfordshire", "LU area"
    if not postcode and not authority:
        return "unknown", "not known", "place not known"
    return "elsewhere", *((f"elsewhere ({area} postcode area)", area) if area else ("elsewhere", "elsewhere"))


def _without_largest(page: Page) -> str:
    """The county's local share without its largest suppliers.

    Left out when the places in the published list of suppliers do not lead to the released share: an
    organisation paid at several addresses has one line in that list.
    """
    facts, row = page.data.concentration, page.share_row(page.year, COUNTY)
    if not facts or row["share"] is None or not facts["top_suppliers"] or facts["placed_gbp"] <= 0:
        return ""
    if abs(facts["local_gbp"] / facts["placed_gbp"] - row["share"]) > Decimal("0.0005"):
        return ""
    placed = facts["placed_gbp"] - facts["top_placed_gbp"]
    if placed <= 0:
        return ""
    rest = (facts["local_gbp"] - facts["top_local_gbp"]) / placed
    before, after = rounded(row["share"] * 100, 1), rounded(rest * 100, 1)
    effect = "leave the county’s local share as it is"
    if before != after:
        effect = f"{'raise' if before > after else 'lower'} the county’s local share"
    return (
        f"The effect of the largest suppliers: with all suppliers the local share is {before}%, and without "
        f"the {_ten(facts)} largest it is {after}%, so they {effect}."
    )
