"""Verbs of the services: up, down, status, migrate."""

import typer

from anchor_spend.commands.base import AsJson, database, echo_json
from anchor_spend.errors import DatabaseError

verbs = typer.Typer()


@verbs.command()
def up() -> None:
    """Start the database and Airflow, and leave them running."""
    from anchor_spend import airflow_config, runtime
    from anchor_spend.progress import progress
    from anchor_spend.services import interruptible

    with progress() as shown, interruptible():
        current = runtime.up(shown.say)
    typer.echo(f"Airflow: {current.airflow_url}")
    typer.echo(f"User:    {airflow_config.USER}, password in {airflow_config.password_file()}")


@verbs.command()
def down() -> None:
    """Stop everything `up` or `run` started here."""
    from anchor_spend import runtime

    typer.echo("Stopped." if runtime.down() else "Nothing was running.")


@verbs.command()
def status(as_json: AsJson = False) -> None:
    """Health of the database and Airflow, the current release, and which months are missing."""
    from anchor_spend import calendar_lines, runtime, summary
    from anchor_spend.settings import load_settings

    health = runtime.status()
    try:
        with database():
            found = summary.collect()
    except DatabaseError:
        if load_settings().database_url:
            raise  # the embedded one is merely not started yet
        found = {}
    if as_json:
        echo_json(health | {"published": found})
        return
    typer.echo(f"Database: {health['database']}")
    typer.echo(f"Airflow:  {', '.join(f'{name} {state}' for name, state in health['airflow'].items())}")
    for text in summary.lines(found):
        typer.echo(text)
    for text in calendar_lines.lines(found.get("coverage", [])):
        typer.echo(text)


@verbs.command()
def migrate() -> None:
    """Bring the database's schema, roles and rights up to date."""
    from anchor_spend import runtime

    with runtime.database_running(create=True):
        typer.echo("The database is up to date.")
