"""Verbs about single files: draft, template, check, rules."""

from pathlib import Path
from typing import Annotated

import typer

from anchor_spend.commands.base import AsJson

verbs = typer.Typer()


@verbs.command()
def draft(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A published file, or a page of links.")],
    publisher: Annotated[str, typer.Option(help="Id for the body. Default: from the file.")] = "",
    stream: Annotated[str, typer.Option(help="payments or purchase_card. Default: from the file.")] = "",
    out: Annotated[Path | None, typer.Option(help="Folder for spec, sample and expected rows.")] = None,
    as_json: AsJson = False,
) -> None:
    """Propose a new body's spec from one of its files; needs no database.

    Each guess stands with its evidence, each doubt as a QUESTION. Exit code 0: no question concerns payee,
    date or amount. 3: one does. 1: the file cannot be read, or holds no payments.
    """
    from anchor_spend.draft import command

    code = command.run(command.Options(source, publisher, stream, out, as_json))
    if code:
        raise typer.Exit(code)


@verbs.command()
def template(
    out: Annotated[Path, typer.Option(help="File to write, .csv or .xlsx.")],
    publisher: Annotated[str, typer.Option(help="Publisher id, to name the partner in it.")] = "",
) -> None:
    """Write the empty template for partners that publish no payments."""
    from anchor_spend import sources
    from anchor_spend.spec import load_publisher
    from anchor_spend.template import write_template

    chosen = sources.publisher_ids([publisher]) if publisher else []
    write_template(out, load_publisher(chosen[0]) if chosen else None)
    typer.echo(f"{out} is the empty template; the sheet About of an .xlsx explains its columns")


@verbs.command()
def check(
    file: Annotated[Path, typer.Argument(help="The payments file, before it is published.")],
    publisher: Annotated[str, typer.Option(help="Publisher id: whose file it is.")] = "",
    stream: Annotated[str, typer.Option(help="payments or purchase_card.")] = "payments",
    period: Annotated[str, typer.Option(help="Month, YYYY-MM. Default: from name or dates.")] = "",
    spec: Annotated[Path | None, typer.Option(help="A spec file not in use yet, such as a draft.")] = None,
    previous: Annotated[
        list[Path] | None, typer.Option(help="Earlier file, or folder of them, to compare with; repeatable.")
    ] = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option(help="Write the answer as a page that opens offline.")] = None,
) -> None:
    """Check a payments file before it is published; needs no database.

    Exit code 0: ready, possibly with warnings. 1: not ready, or it cannot be read.
    """
    from anchor_spend.check import command

    asked = command.Options(file, publisher, stream, period, spec, previous or (), as_json, html)
    if not command.run(asked):
        raise typer.Exit(1)


@verbs.command()
def rules(as_json: AsJson = False) -> None:
    """Every rule a check can name: what it means and what to do."""
    from anchor_spend.check import command

    command.print_rules(as_json)
