"""Verbs about suppliers: resolve, explain, resolution, review."""

from pathlib import Path
from typing import Annotated

import typer

from anchor_spend.commands.base import AsJson, database, echo_json, echo_lines
from anchor_spend.errors import SettingsError

verbs = typer.Typer()
review_app = typer.Typer(
    help="Suppliers a person should look at, and what was decided.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
verbs.add_typer(review_app, name="review")


@verbs.command()
def resolve(
    names: Annotated[Path, typer.Option(help="CSV or Parquet with query_name.")],
    register: Annotated[Path, typer.Option(help="CSV or Parquet with company_number, company_name.")],
    out: Annotated[Path, typer.Option(help="CSV or Parquet to write the decisions to.")],
) -> None:
    """Resolve supplier names against a register of companies; needs no database."""
    from anchor_spend.resolution.files import resolve_files

    for path in (names, register):
        if not path.exists():
            raise SettingsError(f"{path} does not exist.")
    try:
        bands = resolve_files(names, register, out)
    except (OSError, ValueError) as error:  # not the message: it may quote a name
        kind = type(error).__name__
        raise SettingsError(
            f"{names.name} and {register.name} could not be resolved into {out} ({kind}). The inputs must be "
            "UTF-8 CSV or Parquet files with the columns of --help, and the folder of --out must exist."
        ) from error
    for band, count in sorted(bands.items()):
        typer.echo(f"{band}: {count}")


@verbs.command()
def explain(
    name: Annotated[str, typer.Argument(help="A supplier's name, as published.")],
    number: Annotated[str, typer.Option(help="Company number printed beside it.")] = "",
    postcode: Annotated[str, typer.Option(help="Postcode printed beside it.")] = "",
    publisher: Annotated[str, typer.Option(help="Publisher id: some cut names at a width.")] = "",
    register: Annotated[
        Path | None, typer.Option(help="A register file, as for resolve; no database.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How a supplier's name is decided: candidates, evidence, why, and what was decided before."""
    from dataclasses import asdict

    from anchor_spend import explain as explaining

    query = explaining.query_of(name, number, postcode, publisher)
    if register:
        if not register.exists():
            raise SettingsError(f"{register} does not exist.")
        found = explaining.from_file(query, register)
    else:
        with database():
            found = explaining.from_database(query)
    echo_json(asdict(found)) if as_json else echo_lines(explaining.lines(found))


@review_app.command("export")
def review_export(
    file: Annotated[Path, typer.Argument(help="CSV to write; it holds names, so keep it inside.")],
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 200,
    publisher: Annotated[str, typer.Option(help="Publisher id. Default: the pounds of all.")] = "",
    include_unclear: Annotated[
        bool, typer.Option("--include-unclear", help="Also names that may be a person's.")
    ] = False,
) -> None:
    """Write what a person should look at first, by pounds, with the nearest candidates."""
    from anchor_spend import sources
    from anchor_spend.review import command

    chosen = sources.publisher_ids([publisher])[0] if publisher else ""
    with database():
        echo_lines(command.export(file, limit=limit, publisher_id=chosen, include_unclear=include_unclear))


@review_app.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(help="The exported CSV with decisions filled in.")],
) -> None:
    """Take decisions into dbt_project/seeds/supplier_overrides.csv; those about names that are, or may be, a
    person's into reviewed/persons.csv of the home folder. Exit code 1 where a row was refused.
    """
    from anchor_spend.review import command

    with database():
        echo_lines(command.take(file))


@review_app.command("stale")
def review_stale() -> None:
    """Reviewed decisions that need another look, and what to do."""
    from anchor_spend.review import command

    with database():
        echo_lines(command.list_stale())


@verbs.command()
def resolution(
    largest: Annotated[int, typer.Option(min=0, help="Unresolved organisations to list.")] = 30,
    as_json: AsJson = False,
) -> None:
    """How well payees were resolved: pounds by body, outcome and method, and what is left to settle."""
    from anchor_spend import resolution_quality

    with database():
        found = resolution_quality.collect(largest)
    echo_json(found) if as_json else echo_lines(resolution_quality.lines(found))
