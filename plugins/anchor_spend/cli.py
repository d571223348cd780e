"""The command line `anchor-spend`: one verb per thing a person wants.

Out: results on standard output, progress and errors on standard error. An error a person can act on is one
block without a traceback, exit code 1. Each verb imports what it needs, so that --help is quick.
"""

import sys
import warnings

import typer

from anchor_spend.commands import files, pipeline, releases, services, suppliers
from anchor_spend.errors import AnchorSpendError

app = typer.Typer(
    help="What Bedfordshire's public bodies spend, and how much of it stays local.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich takes longer than the rest
)
for group in (pipeline, files, suppliers, services, releases):
    app.add_typer(group.verbs)


def main() -> None:
    """Entry point: run a verb; turn the errors people can act on into one block and exit code 1."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # of the PostgreSQL wheel, on servers
    try:
        app()
    except AnchorSpendError as error:
        typer.echo(f"\nanchor-spend: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:  # `anchor-spend sql ... | head`
        sys.stderr.close()
        sys.exit(0)
