"""Verbs of releases and queries: release, sql."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from anchor_spend.commands.base import AsJson, database, echo_json
from anchor_spend.spreadsheets import harmless

verbs = typer.Typer()
release_app = typer.Typer(
    help="Releases: what analysts see, and what they saw before.", no_args_is_help=True, rich_markup_mode=None
)
verbs.add_typer(release_app, name="release")


@release_app.command("list")
def release_list(as_json: AsJson = False) -> None:
    """Every release, newest first."""
    from anchor_spend import release

    with database():
        rows = release.list_releases()
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        mark = "*" if row["is_current"] else " "
        window = f"{row['window_from']} to {row['window_to']}"
        when = f"{row['published_at'] or row['created_at']:%Y-%m-%d %H:%M}"
        reason = f": {row['status_reason']}" if row["status_reason"] else ""
        number, source = row["release_number"], row["source"]
        typer.echo(f"{mark} {number:>4}  {when}  {source:<7}  {window}  {row['status']}{reason}")
    if not rows:
        typer.echo("There is no release yet: `anchor-spend run` makes one.")


@release_app.command("show")
def release_show(number: int, as_json: AsJson = False) -> None:
    """One release: its window, totals and what failed its gate."""
    from anchor_spend import release

    with database():
        found = release.show_release(number)
    if as_json:
        echo_json(found)
        return
    for name, value in found.items():
        if name != "failed_expectations":
            typer.echo(f"{name}: {value}")
    for failure in found["failed_expectations"]:
        typer.echo(f"{failure['severity']}: {failure['expectation']} {failure['column_name'] or ''}")
        typer.echo(f"  {failure['why']}\n  observed: {failure['observed']}")


@release_app.command("rollback")
def release_rollback(
    number: Annotated[int | None, typer.Argument(help="Default: the one before the current.")] = None,
) -> None:
    """Show analysts an earlier release again."""
    from anchor_spend import release, report

    with database():
        shown = release.rollback(number)
        path = report.write_report(shown)
    typer.echo(f"Analysts see release {shown} now. Report: {path}")


@verbs.command()
def sql(
    query: Annotated[str, typer.Argument(help="Without one: a prompt, or standard input.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a table.")] = False,
    seconds: Annotated[int, typer.Option(min=1, help="Longest a query may take.")] = 60,
) -> None:
    """Query the published release as the read-only analyst."""
    from anchor_spend import queries

    with database():
        if not query and sys.stdin.isatty():
            queries.prompt(seconds)
            return
        columns, rows = queries.run_query(query or sys.stdin.read(), seconds)
    _echo_csv(columns, rows) if as_csv else _echo_table(columns, rows)


def _echo_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([harmless(value) for value in row] for row in rows)


def _echo_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for line in [list(columns), ["-" * width for width in widths], *cells]:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    typer.echo(f"({len(rows)} row{'' if len(rows) == 1 else 's'})", err=True)
