"""The command line `anchor-spend`: one verb per thing a person wants.

Out: results on standard output, progress and errors on standard error. An error a person can act on is one
block without a traceback, exit code 1. Each verb imports what it needs, so that --help is quick.
"""

import json
import os
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anchor_spend.errors import AnchorSpendError, DatabaseError, SettingsError
from anchor_spend.spreadsheets import harmless as _harmless

if TYPE_CHECKING:
    from anchor_spend.records import RunRequest

app = typer.Typer(
    help="What Bedfordshire's public bodies spend, and how much of it stays local.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich takes longer than the rest
)
release_app = typer.Typer(
    help="Releases: what analysts see, and what they saw before.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(release_app, name="release")
review_app = typer.Typer(
    help="Suppliers a person should look at, and what was decided.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(review_app, name="review")

Source = Annotated[str, typer.Option(help="sample, live or archive.")]
Archive = Annotated[str, typer.Option(help="Folder with manifest.csv, for --source archive.")]
Publishers = Annotated[str, typer.Option(help="Publisher ids, separated by commas. Default: all.")]
First = Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")]
Last = Annotated[str, typer.Option("--to", help="Last month, YYYY-MM.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


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


def _request(source: str, archive: str, publishers: str, first: str, last: str) -> "RunRequest":
    """The request of the options; SettingsError says which option cannot be used and why."""
    from anchor_spend.periods import parse_period
    from anchor_spend.records import RunRequest

    if source not in ("sample", "live", "archive"):
        raise SettingsError(f"--source is {source!r}; it is one of sample, live, archive.")
    if (source == "archive") != bool(archive):
        raise SettingsError("--source archive needs --archive FOLDER, and no other source takes it.")
    folder = str(Path(archive).expanduser().absolute()) if archive else ""
    if folder and not (Path(folder) / "manifest.csv").exists():
        raise SettingsError(f"{folder} has no manifest.csv, so it is not an archive of raw files.")
    for month in filter(None, (first, last)):
        try:
            parse_period(month)
        except ValueError as error:
            raise SettingsError(str(error)) from error
    chosen = tuple(name.strip() for name in publishers.split(",") if name.strip())
    return RunRequest(source, folder, chosen, first, last)  # type: ignore[arg-type]


@contextmanager
def _database() -> Iterator[None]:
    from anchor_spend import runtime

    with runtime.database_running():
        yield


def _echo_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=1, default=str, ensure_ascii=False))


# the pipeline -------------------------------------------------------------------------------------------


@app.command()
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
    request = _request(source, archive, publishers, first, last)
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


@app.command()
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
    request = _request(source, archive, publisher, first, last)
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
    with _database():
        outcomes = fetch_registers.fetch_for_live_runs(registers, _run_id())
    for register_id, outcome, detail in outcomes:
        typer.echo(f"{register_id}: {outcome.replace('_', ' ')} ({detail})")
    if any(item.outcome == "failed" for item in outcomes):
        raise AnchorSpendError("Some registers could not be had, for the reasons above. Earlier files stay.")


@app.command()
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
    request = _request(source, archive, publisher, first, last)
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
    with _database():
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


@app.command()
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


@app.command()
def resolve(
    names: Annotated[Path, typer.Option(help="CSV or Parquet with query_name.")],
    register: Annotated[Path, typer.Option(help="CSV or Parquet with company_number, company_name.")],
    out: Annotated[Path, typer.Option(help="CSV or Parquet to write the decisions to.")],
) -> None:
    """Resolve supplier names against a register of companies; needs no database."""
    from anchor_spend.resolve import resolve_files

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


@app.command()
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
        with _database():
            found = explaining.from_database(query)
    _echo_json(asdict(found)) if as_json else _echo_lines(explaining.lines(found))


def _echo_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


@app.command()
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


@app.command()
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


@app.command()
def rules(as_json: AsJson = False) -> None:
    """Every rule a check can name: what it means and what to do."""
    from anchor_spend.check import command

    command.print_rules(as_json)


# services -----------------------------------------------------------------------------------------------


@app.command()
def up() -> None:
    """Start the database and Airflow, and leave them running."""
    from anchor_spend import airflow_config, runtime
    from anchor_spend.progress import progress
    from anchor_spend.services import interruptible

    with progress() as shown, interruptible():
        current = runtime.up(shown.say)
    typer.echo(f"Airflow: {current.airflow_url}")
    typer.echo(f"User:    {airflow_config.USER}, password in {airflow_config.password_file()}")


@app.command()
def down() -> None:
    """Stop everything `up` or `run` started here."""
    from anchor_spend import runtime

    typer.echo("Stopped." if runtime.down() else "Nothing was running.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Health of the database and Airflow, the current release, and which months are missing."""
    from anchor_spend import calendar_lines, runtime, summary
    from anchor_spend.settings import load_settings

    health = runtime.status()
    try:
        with _database():
            found = summary.collect()
    except DatabaseError:
        if load_settings().database_url:
            raise  # the embedded one is merely not started yet
        found = {}
    if as_json:
        _echo_json(health | {"published": found})
        return
    typer.echo(f"Database: {health['database']}")
    typer.echo(f"Airflow:  {', '.join(f'{name} {state}' for name, state in health['airflow'].items())}")
    for text in summary.lines(found):
        typer.echo(text)
    for text in calendar_lines.lines(found.get("coverage", [])):
        typer.echo(text)


@app.command()
def migrate() -> None:
    """Bring the database's schema, roles and rights up to date."""
    from anchor_spend import runtime

    with runtime.database_running(create=True):
        typer.echo("The database is up to date.")


# releases and queries -----------------------------------------------------------------------------------


@release_app.command("list")
def release_list(as_json: AsJson = False) -> None:
    """Every release, newest first."""
    from anchor_spend import release

    with _database():
        rows = release.list_releases()
    if as_json:
        _echo_json(rows)
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

    with _database():
        found = release.show_release(number)
    if as_json:
        _echo_json(found)
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

    with _database():
        shown = release.rollback(number)
        path = report.write_report(shown)
    typer.echo(f"Analysts see release {shown} now. Report: {path}")


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
    with _database():
        _echo_lines(command.export(file, limit=limit, publisher_id=chosen, include_unclear=include_unclear))


@review_app.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(help="The exported CSV with decisions filled in.")],
) -> None:
    """Take decisions into dbt_project/seeds/supplier_overrides.csv. Exit code 1 where a row was refused."""
    from anchor_spend.review import command

    with _database():
        _echo_lines(command.take(file))


@review_app.command("stale")
def review_stale() -> None:
    """Reviewed decisions that need another look, and what to do."""
    from anchor_spend.review import command

    with _database():
        _echo_lines(command.list_stale())


@app.command()
def resolution(
    largest: Annotated[int, typer.Option(min=0, help="Unresolved organisations to list.")] = 30,
    as_json: AsJson = False,
) -> None:
    """How well payees were resolved: pounds by body, outcome and method, and what is left to settle."""
    from anchor_spend import resolution_quality

    with _database():
        found = resolution_quality.collect(largest)
    _echo_json(found) if as_json else _echo_lines(resolution_quality.lines(found))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="Without one: a prompt, or standard input.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a table.")] = False,
    seconds: Annotated[int, typer.Option(min=1, help="Longest a query may take.")] = 60,
) -> None:
    """Query the published release as the read-only analyst."""
    from anchor_spend import queries

    with _database():
        if not query and sys.stdin.isatty():
            queries.prompt(seconds)
            return
        columns, rows = queries.run_query(query or sys.stdin.read(), seconds)
    _echo_csv(columns, rows) if as_csv else _echo_table(columns, rows)


def _echo_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)


def _echo_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for line in [list(columns), ["-" * width for width in widths], *cells]:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    typer.echo(f"({len(rows)} row{'' if len(rows) == 1 else 's'})", err=True)
