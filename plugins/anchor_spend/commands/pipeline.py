"""Verbs of the pipeline: run, fetch, load."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anchor_spend.commands.base import Archive, First, Last, Publishers, Source, database, request_of
from anchor_spend.errors import AnchorSpendError, SettingsError

if TYPE_CHECKING:
    from anchor_spend.records import RunRequest

verbs = typer.Typer()


@verbs.command()
def run(
    source: Source = "sample",
    archive: Archive = "",
    publishers: Publishers = "",
    first: First = "",
    last: Last = "",
    keep_up: Annotated[bool, typer.Option(help="Leave the database and Airflow running.")] = False,
    sample_revision: Annotated[
        int, typer.Option(min=1, max=2, help="2: the sample publishes one month again, corrected.")
    ] = 1,
) -> None:
    """Run the whole pipeline through Airflow and wait for the release."""
    request = request_of(source, archive, publishers, first, last)
    from anchor_spend import run as pipeline
    from anchor_spend import runtime, summary
    from anchor_spend.progress import progress

    with progress() as shown:
        outcome = pipeline.run(request, shown, keep_up=keep_up, sample_revision=sample_revision)
    typer.echo("")
    for text in summary.lines(outcome.summary):
        typer.echo(text)
    if not outcome.is_new:
        typer.echo("Nothing has changed since: no new release was needed.")
    if outcome.failures:
        typer.echo("\nFailed, and not in this release unless an earlier version is:")
        typer.echo("\n".join(outcome.failures))
    _say_what_next(bool(runtime.state().airflow_url))


def _say_what_next(is_up: bool) -> None:
    from anchor_spend import airflow_config, runtime
    from anchor_spend.settings import load_settings

    report = load_settings().reports / "latest.html"
    typer.echo(f"\nReport:  {report}")
    query = "select * from county_view order by financial_year, publisher_id"
    typer.echo(f'Query:   {_program()} sql "{query}"')
    who = f"user {airflow_config.USER}, password in {airflow_config.password_file()}"
    if is_up:
        typer.echo(f"Airflow: {runtime.state().airflow_url} ({who}); stop it with {_program()} down")
    else:
        typer.echo(f"Airflow: stopped; {_program()} up starts it again ({who})")


def _program() -> str:
    """What to type: the bare name where it is on the path, else where this checkout has it."""
    if shutil.which("anchor-spend"):
        return "anchor-spend"
    return os.path.relpath(sys.argv[0])


@verbs.command()
def fetch(
    publisher: Annotated[str, typer.Option(help="Publisher id.")] = "",
    source: Source = "live",
    archive: Archive = "",
    first: First = "",
    last: Last = "",
    registers: Annotated[
        str, typer.Option(help="Registers of companies, charities, schools ... by name, or `all`.")
    ] = "",
) -> None:
    """Fetch a publisher's files into the landing store, or registers into the reference folder.

    Exit code 1 when something that was expected could not be had; everything else is landed all the same.
    """
    if registers:
        _fetch_registers(registers)
        return
    if not publisher:
        raise SettingsError("Say what to fetch: --publisher ID, or --registers all.")
    request = request_of(source, archive, publisher, first, last)
    from anchor_spend import ingest

    lacking, run_id = 0, _run_id()
    with _source_running(request):
        for batch in _batches(request, run_id):
            failures, count = ingest.land_files(batch, request, run_id), len(batch["files"])
            lacking += len(failures) + len(batch["problems"])
            landed = f"{count - len(failures)} of {count} files are in the landing store"
            typer.echo(f"{batch['label']}: {landed if count else 'see above'}")
    if lacking:
        raise AnchorSpendError(
            f"{lacking} of what was expected could not be had, for the reasons above and in the ledger. The "
            "rest is in the landing store."
        )


def _fetch_registers(names: str) -> None:
    """Into the reference folder of live runs."""
    from anchor_spend import fetch_registers

    wanted = [name.strip() for name in names.split(",") if name.strip() not in ("", "all")]
    registers = fetch_registers.chosen(wanted)
    with database():
        outcomes = fetch_registers.fetch_for_live_runs(registers, _run_id())
    for register_id, outcome, detail in outcomes:
        typer.echo(f"{register_id}: {outcome.replace('_', ' ')} ({detail})")
    if any(item.outcome == "failed" for item in outcomes):
        raise AnchorSpendError("Some registers could not be had, for the reasons above. Earlier files stay.")


@verbs.command()
def load(
    publisher: Annotated[str, typer.Option(help="Publisher id.")],
    source: Source = "live",
    archive: Archive = "",
    first: First = "",
    last: Last = "",
    reread: Annotated[
        bool, typer.Option("--reread", help="Read what counts anew, with the spec now.")
    ] = False,
) -> None:
    """Read, check and load what has been fetched of a publisher, without Airflow.

    --reread, after a spec was corrected: every file of the publisher that counts is read anew from the
    landing store; nothing is fetched. A file that is refused then keeps counting as it was read before.
    """
    request = request_of(source, archive, publisher, first, last)
    from anchor_spend import ingest

    if reread:
        _reread(request)
        return

    rejected = lacking = 0
    with _source_running(request):
        for batch in _batches(request, _run_id()):
            counts = ingest.load_batch(batch, request)
            rejected += counts["rejected"]
            lacking += _not_landed(batch, request) + len(batch["problems"])
            told = ", ".join(f"{number} {name}" for name, number in counts.items())
            typer.echo(f"{batch['label']}: {told}")
    problems = [f"{rejected} files were rejected"] if rejected else []
    problems += [f"{lacking} of what is offered was never fetched (anchor-spend fetch)"] if lacking else []
    if problems:
        raise AnchorSpendError(f"{' and '.join(problems)}, for the reasons above. The rest is loaded.")


def _reread(request: "RunRequest") -> None:
    from anchor_spend import ingest, sources

    rejected = 0
    with database():
        for publisher_id in sources.publisher_ids(request.publishers):
            counts = ingest.read_again(publisher_id, request)
            rejected += counts["rejected"]
            typer.echo(
                f"{publisher_id}, read again: {counts['accepted']} accepted, {counts['rejected']} rejected"
            )
    if rejected:
        raise AnchorSpendError(f"{rejected} files were refused as the spec is now; they count as before.")


def _not_landed(batch: dict[str, Any], request: "RunRequest") -> int:
    from anchor_spend import ledger

    known = ledger.landed_identities(request.is_synthetic, batch["publisher_id"])
    return sum((file["stream"], file["period"]) not in known for file in batch["files"])


def _run_id() -> str:
    """Tells the attempts of one command from those of another in the ledger."""
    from datetime import UTC, datetime

    return f"by hand {datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


@contextmanager
def _source_running(request: "RunRequest") -> Iterator[None]:
    """The database, its schema and, for the sample, its web server, for the time of one command."""
    from anchor_spend import runtime
    from anchor_spend.run import serve_sample
    from anchor_spend.services import interruptible

    with interruptible(), runtime.database_running(create=True):
        if not request.is_synthetic:
            yield
            return
        was_served = bool(runtime.state().sample_origin)
        serve_sample(lambda text: typer.echo(text, err=True))
        try:
            yield
        finally:
            if not was_served:
                runtime.stop_sample_server()


def _batches(request: "RunRequest", run_id: str) -> Iterator[dict[str, Any]]:
    """The batches of every publisher asked for; one that cannot be read does not hide the others."""
    from anchor_spend import ingest, sources
    from anchor_spend.errors import DiscoverError, SpecError

    for publisher_id in sources.publisher_ids(request.publishers):
        try:
            yield from ingest.discover_batches(publisher_id, request, run_id)
        except (DiscoverError, SpecError) as error:
            typer.echo(str(error), err=True)
            label = f"{publisher_id} not found"
            yield {"label": label, "publisher_id": publisher_id, "files": [], "problems": [str(error)]}
