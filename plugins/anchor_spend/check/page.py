"""A check as one HTML file that opens offline: nothing is loaded or run, everything given is escaped."""

from pathlib import Path

from anchor_spend.check import words
from anchor_spend.check.result import Check, Problem
from anchor_spend.check.safe import gbp
from anchor_spend.report.parts import Column, Table
from anchor_spend.report.templating import environment, style_hash, style_sheet, write_page
from anchor_spend.report.words import month


def write(check: Check, path: Path) -> None:
    """Write the page of a check; OSError where it cannot be written."""
    write_page(path, render(check))


def render(check: Check) -> str:
    """The page; the same check gives the same bytes."""
    style = style_sheet("report.css", "check.css")
    verdict, advice = words.VERDICTS[check.verdict]
    return (
        environment()
        .get_template("check.html.j2")
        .render(
            style=style,
            style_hash=style_hash(style),
            mark="",
            check=check,
            verdict=verdict,
            advice=advice,
            understood=_understood(check),
            columns=_columns(check),
            conservation=_conservation(check),
            closing=words.closing(check),
            severities=[
                (severity, heading, lead, check.of_severity(severity))
                for severity, (heading, lead) in words.SEVERITIES.items()
            ],
            count_words=words.count_words,
            examples=_examples,
            months=_months(check),
            comparison=words.comparison(check),
        )
    )


def _understood(check: Check) -> Table:
    rows = [[term, fact] for term, fact in words.understood(check)]
    return Table("What the file was understood to be", [Column("What"), Column("Understood as")], rows)


def _columns(check: Check) -> Table:
    found = words.columns(check)
    has_sheets = any(sheet for sheet, *_ in found)
    heads = [Column("Column"), Column("Number", "count"), Column("Read as")]
    rows = [[heading, position, read_as] for _, position, heading, read_as in found]
    if has_sheets:
        heads.append(Column("Sheet"))
        rows = [[*row, sheet] for row, (sheet, *_) in zip(rows, found, strict=True)]
    return Table("What each column was read as", heads, rows)


def _conservation(check: Check) -> Table:
    heads = [Column("Rows of the file"), Column("Rows", "count"), Column("Pounds", "pounds")]
    rows = [list(row) for row in words.conservation(check)]
    return Table("Rows and pounds read, and what became of them", heads, rows, strong_rows=frozenset([0]))


def _examples(problem: Problem) -> Table | None:
    """The first places of a problem; columns that no example fills are left out."""
    if not problem.examples:
        return None
    wanted = ("row", "sheet", "column", "reference", "shape")
    shown = [key for key in wanted if any(getattr(item, key) for item in problem.examples)]
    rows = [[str(getattr(item, key) or "") for key in shown] for item in problem.examples]
    caption = f"{problem.rule}: {words.examples_lead(problem).lower()}"
    return Table(caption, [Column(key.capitalize()) for key in shown], rows)


def _months(check: Check) -> Table:
    heads = [Column("Month"), Column("Payments", "count"), Column("Pounds", "pounds"), Column("From")]
    rows = [[month(item.period), item.rows, gbp(item.pence), item.origin] for item in check.comparison.months]
    return Table("Earlier months", heads, rows)
