"""The report's sections on how far the figures can be trusted: what is unresolved, missing or refused."""

from decimal import Decimal
from typing import Any

from anchor_spend.report import charts
from anchor_spend.report.data import HEADLINE, Row
from anchor_spend.report.feeds import changes
from anchor_spend.report.page import COUNTY, Page
from anchor_spend.report.parts import (
    Column,
    Notes,
    Part,
    Query,
    Section,
    Table,
    Text,
)
from anchor_spend.report.words import (
    LICENCES,
    LISTED,
    REASONS,
    SEVERITIES,
    SUITES,
    millions,
    month,
    more,
    number_word,
    plural,
    pounds,
    sentence,
    share,
)

_COUNTED = ("accepted", "superseded", "held")


# -- unresolved ----------------------------------------------------------------------------------------


def unresolved(page: Page) -> Section:
    heading = "What could not be placed"
    amounts = _unresolved_by_body(page)
    if not amounts:
        return Section("unresolved", heading, "The place of every supplier of goods and services is known.")
    reasons = [reason for reason in REASONS if any(reason in by_reason for by_reason in amounts.values())]
    bars = [_unresolved_bar(page, body, amounts[body], reasons) for body in page.bodies if body in amounts]
    lead = _unresolved_lead(page, amounts)
    words = " ".join(f"{bar.label}: {bar.text}." for bar in bars)
    figure = page.figure(
        "chart-unresolved",
        f"Payments whose place is not known, by body and reason, {page.year}",
        lambda size: charts.bar_chart(bars, size, note=page.mark, label_width=290),
        _unresolved_table(page, amounts, reasons),
        f"{lead} {words}",
        legend=[(REASONS[reason][1], REASONS[reason][0]) for reason in reasons],
    )
    meanings = Table(
        "What each reason means",
        [Column("Reason"), Column("Meaning", "prose")],
        [[REASONS[reason][0], sentence(REASONS[reason][2])] for reason in reasons],
        is_folded=True,
    )
    return Section("unresolved", heading, lead, [figure, *_unresolved_organisations(page), meanings])


def _unresolved_by_body(page: Page) -> dict[str, dict[str, Decimal]]:
    """Pounds by body and reason; the reasons inside the headline add up to the released unresolved pounds."""
    amounts: dict[str, dict[str, Decimal]] = {}
    inside: dict[str, Decimal] = {}
    for row in page.in_year(page.data.unresolved):
        body, reason, amount = row["publisher_id"], row["reason"], row["amount_gbp"]
        if row["spend_scope"] == "individual_or_redacted":
            reason = "withheld"
        elif row["spend_scope"] != HEADLINE or reason == "placed":
            continue
        else:
            inside[body] = inside.get(body, Decimal(0)) + amount
        by_reason = amounts.setdefault(body, {})
        by_reason[reason] = by_reason.get(reason, Decimal(0)) + amount
    for body in page.bodies:
        released = page.share_row(page.year, body)["unresolved_gbp"]
        if released is not None:
            _reconcile(amounts.setdefault(body, {}), released - inside.get(body, Decimal(0)))
    kept = {body: {name: amount for name, amount in by.items() if amount} for body, by in amounts.items()}
    return {body: by for body, by in kept.items() if by}


def _reconcile(by_reason: dict[str, Decimal], rest: Decimal) -> None:
    """Give the difference to the released pounds its own reason.

    The list of suppliers has one address of an organisation; payments that name another one may be placed
    where that list has no place (rest below zero), or not be placed where it has one (above).
    """
    found = min(max(-rest, Decimal(0)), max(by_reason.get("unlocated", Decimal(0)), Decimal(0)))
    by_reason["unlocated"] = by_reason.get("unlocated", Decimal(0)) - found
    by_reason["partly"] = rest + found


def _unresolved_bar(page: Page, body: str, by_reason: dict[str, Decimal], reasons: list[str]) -> charts.Bar:
    segments = charts.stacked([(by_reason.get(reason), REASONS[reason][1]) for reason in reasons])
    return charts.Bar(page.name(body), segments, millions(sum(by_reason.values(), Decimal(0))))


def _unresolved_lead(page: Page, amounts: dict[str, dict[str, Decimal]]) -> str:
    withheld = sum((by_reason.get("withheld", Decimal(0)) for by_reason in amounts.values()), Decimal(0))
    inside = (
        sum((sum(by_reason.values(), Decimal(0)) for by_reason in amounts.values()), Decimal(0)) - withheld
    )
    total = page.total(page.year, "headline_gbp")
    part = f", {share(inside / total)} of the total" if total > 0 else ""
    words = (
        f"In {page.year_words}, it is not known where {millions(inside)} of the spending on goods and "
        f"services went{part}."
    )
    if withheld:
        words += (
            f" A further {millions(withheld)} went to individuals or to payees whose names were withheld; "
            "that stands outside the headline."
        )
    return words


def _unresolved_table(page: Page, amounts: dict[str, dict[str, Decimal]], reasons: list[str]) -> Table:
    rows: list[list[Any]] = [
        [page.name(body), *(amounts[body].get(reason, Decimal(0)) for reason in reasons)]
        for body in page.bodies
        if body in amounts
    ]
    sums = (sum((by.get(reason, Decimal(0)) for by in amounts.values()), Decimal(0)) for reason in reasons)
    rows.append([page.name(COUNTY), *sums])
    columns = [Column("Body"), *(Column(REASONS[reason][0], "pounds") for reason in reasons)]
    caption, last = f"Payments whose place is not known, {page.year}", frozenset({len(rows) - 1})
    return Table(caption, columns, rows, is_folded=True, strong_rows=last)


def _unresolved_organisations(page: Page) -> list[Part]:
    rows = [
        [
            str(row["supplier_name"] or row["supplier_id"]),
            REASONS[row["reason"]][0],
            row["amount_gbp"],
            _paid_by(page, row["publisher_ids"]),
        ]
        for row in page.data.unresolved_organisations
    ]
    if not rows:
        return []
    columns = [Column("Organisation"), Column("Reason"), Column("Amount", "pounds"), Column("Paid by")]
    return [Table(f"The largest organisations whose place is not known, {page.year}", columns, rows)]


def _paid_by(page: Page, bodies: list[str]) -> str:
    return page.name(bodies[0]) if len(bodies) == 1 else f"{number_word(len(bodies))} bodies"


# -- quality -------------------------------------------------------------------------------------------


def quality(page: Page) -> Section:
    parts = [*_file_tables(page), *_refused_table(page), *changes(page), *_gate_tables(page)]
    return Section("quality", "Can the figures be trusted?", _quality_lead(page), parts)


def _quality_lead(page: Page) -> str:
    files = page.data.files
    if not files:
        return "No file has been read yet."
    counted = [row for row in files if row["status"] in _COUNTED]
    read, rows = sum(row["files"] for row in counted), int(sum(row["rows_read"] for row in counted))
    unbalanced = sum(row["unbalanced"] for row in counted)
    words = (
        f"{sentence(plural(read, 'file'))} with {rows:,} rows {'has' if read == 1 else 'have'} been read. "
    )
    words += (
        f"In {plural(unbalanced, 'file')} the rows read are not all accounted for."
        if unbalanced
        else "Every row and every penny read is accounted for: kept as a payment, rejected with a reason, "
        "or left out by a named rule."
    )
    refused = sum(row["files"] for row in files if row["status"] in ("rejected", "held"))
    if refused:
        was = "was not used; the reason is" if refused == 1 else "were not used; the reasons are"
        words += f" {sentence(plural(refused, 'file'))} {was} given below."
    return words


def _file_tables(page: Page) -> list[Part]:
    if not page.data.files:
        return []
    by_body: dict[str, list[Row]] = {}
    for row in page.data.files:
        by_body.setdefault(row["publisher_id"], []).append(row)
    bodies = [body for body in page.bodies if body in by_body] + sorted(set(by_body) - set(page.bodies))
    states = ("accepted", "superseded", "held", "rejected", "landed")
    labels = ("In use", "Replaced by a later version", "Held back", "Rejected", "Waiting")
    counts = [
        [page.name(b), *(_files(by_body[b], (state,)) for state in states), _adds_up(by_body[b])]
        for b in bodies
    ]
    columns = [Column("Body"), *(Column(label, "count") for label in labels), Column("Every file adds up")]
    note = "Tested on rows and on pence, file by file: read = kept + rejected + left out."
    return [
        Table("Files by body and state", columns, counts, note=note),
        _conservation_table(page, bodies, by_body),
    ]


def _files(rows: list[Row], statuses: tuple[str, ...]) -> int:
    return sum(row["files"] for row in rows if row["status"] in statuses)


def _adds_up(rows: list[Row]) -> str:
    unbalanced = sum(row["unbalanced"] for row in rows if row["status"] in _COUNTED)
    return f"no: {plural(unbalanced, 'file')}" if unbalanced else "yes"


def _conservation_table(page: Page, bodies: list[str], by_body: dict[str, list[Row]]) -> Table:
    names = ("read", "payments", "rejected", "excluded")
    rows: list[list[Any]] = []
    for body in bodies:
        used = [row for row in by_body[body] if row["status"] == "accepted"]
        amounts: list[Any] = [sum(row[f"rows_{name}"] for row in used) for name in names]
        pence = [sum((row[f"pence_{name}"] for row in used), Decimal(0)) for name in names]
        rows.append([page.name(body), *amounts, *(amount / Decimal(100) for amount in pence)])
    sums = [sum(row[column] for row in rows) for column in range(1, 2 * len(names) + 1)]
    rows.append(["All files", *sums])
    labels = ("read", "kept", "rejected", "left out")
    columns = [Column("Body"), *(Column(f"Rows {label}", "count") for label in labels)]
    columns += [Column(f"£ {label}", "pounds") for label in labels]
    return Table(
        "What became of every row and pound of the files in use",
        columns,
        rows,
        note="Rows left out are titles, blank lines, totals and the like. Rejected rows could not be read; "
        "their pounds are counted where the amount could be.",
        is_folded=True,
        strong_rows=frozenset({len(rows) - 1}),
    )


def _refused_table(page: Page) -> list[Part]:
    files = page.data.problem_files
    if not files:
        return []
    states = {"held": "held back", "rejected": "rejected"}
    rows = [
        [
            page.name(r["publisher_id"]),
            month(r["period"]),
            r["file_name"],
            states[r["status"]],
            r["status_reason"],
        ]
        for r in files[:LISTED]
    ]
    columns = [*(Column(label) for label in ("Body", "Month", "File", "State")), Column("Reason", "prose")]
    return [Table("Files not used, with the reason", columns, rows, note=more(len(files) - len(rows)))]


def _gate_tables(page: Page) -> list[Part]:
    if not page.data.gates:
        return [Text("No automatic checks are recorded for this release.")]
    order = {name: index for index, name in enumerate([*SUITES, *SEVERITIES])}
    gates = sorted(
        page.data.gates, key=lambda row: (order.get(row["suite"], 99), order.get(row["severity"], 99))
    )
    rows = [
        [
            SUITES.get(row["suite"], row["suite"]),
            SEVERITIES.get(row["severity"], row["severity"]),
            row["passed"],
            row["failed"],
        ]
        for row in gates
    ]
    columns = [Column("What is checked"), Column("Kind of check")]
    columns += [Column("Passed", "count"), Column("Not passed", "count")]
    note = "A file, or a whole release, that does not pass a check it must pass is not published."
    summary = Table("Automatic checks", columns, rows, note=note)
    return [summary, _failures_table(page) if page.data.gate_failures else Text("Every check passed.")]


def _failures_table(page: Page) -> Table:
    failures = page.data.gate_failures
    rows = [
        [
            row["why"] or sentence(row["expectation"].removeprefix("expect_").replace("_", " ")),
            page.name(row["publisher_id"] or COUNTY),
            month(row["period"]) if row["period"] else "all months",
            (row["column_name"] or "none").replace("_", " "),
            SEVERITIES.get(row["severity"], row["severity"]),
            row["times"],
        ]
        for row in failures[:LISTED]
    ]
    labels = ("Why it is checked", "Body", "Month", "Column", "Kind of check")
    columns = [*(Column(label) for label in labels), Column("Times", "count")]
    return Table("Checks not passed", columns, rows, note=more(len(failures) - len(rows)), is_folded=True)


# -- method --------------------------------------------------------------------------------------------

_NOTES = [
    (
        "Year",
        "A financial year runs from April to March. A payment belongs to the month of the file it was "
        "published in.",
    ),
    (
        "Thresholds and VAT",
        "Bodies publish payments above different amounts and treat VAT differently (see the table below), "
        "so compare bodies with care.",
    ),
    (
        "Place",
        "A supplier’s place is the postcode the body published, or else the one in the register the "
        "supplier was found in. That is often a registered office rather than the site that did the work.",
    ),
    (
        "Names",
        "Only organisations are named. Payments to people, and to payees a body chose to withhold, are "
        "counted without a name.",
    ),
    (
        "Rounding",
        "Amounts are added up to the penny and rounded only for display, so rounded figures may not add up "
        "exactly.",
    ),
]
_SYNTHETIC_LICENCE = (
    "Licence: every payment and every supplier on this page is invented. The public bodies exist, and the "
    "way each of them publishes is imitated; the payments do not exist. Do not quote any figure of this "
    "page as a fact."
)
_LICENCE = (
    "Licence: contains public sector information licensed under the Open Government Licence v3.0, where the "
    "table above says so. Places of postcodes: contains OS data © Crown copyright and database right; "
    "contains Royal Mail data © Royal Mail copyright and database right; contains National Statistics data "
    "© Crown copyright and database right."
)
_QUERY = (
    'anchor-spend sql "select financial_year, share, floor, ceiling from local_share '
    "where publisher_id = 'county' and definition_id = 'either' and scope = 'goods_and_services'\""
)


def method(page: Page) -> Section:
    lead = (
        "The figures come from the payments each body publishes itself, taken as they are: no payment is "
        "removed because it looks like another, and credit notes are kept as negative amounts."
    )
    licence = Text(_SYNTHETIC_LICENCE if page.is_synthetic else _LICENCE)
    query = Query(
        "Every figure here can be followed down to single payments, each with its source file and row:",
        _QUERY,
    )
    parts: list[Part] = [Notes(_NOTES), _bodies_table(page), licence, query]
    return Section("method", "Method, licence and how to ask your own questions", lead, parts)


def _bodies_table(page: Page) -> Table:
    rows = [
        [
            row["body_name"],
            sentence(_plain(row["body_type"])),
            row["org_id"],
            _threshold(row["threshold_gbp"]),
            _plain(row["vat_basis"]),
            LICENCES.get(row["licence"], row["licence"]),
            "yes" if row["is_verified"] else "not yet",
        ]
        for row in page.data.bodies
    ]
    labels = ("Body", "Kind", "Register number", "Publishes payments", "VAT", "Licence", "Website checked")
    return Table("The bodies in this release and how they publish", [Column(label) for label in labels], rows)


def _threshold(pounds_above: Decimal | None) -> str:
    if pounds_above is None:
        return "not stated"
    return f"over {pounds(pounds_above)}" if pounds_above else "all of them"


def _plain(code: str | None) -> str:
    return str(code or "not stated").replace("_", " ").replace("nhs", "NHS")
