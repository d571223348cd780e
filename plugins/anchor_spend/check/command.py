"""What `anchor-spend check` and `anchor-spend rules` do: options in, text, JSON or a page out."""

import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from anchor_spend.errors import SettingsError
from anchor_spend.sources import publisher_ids
from anchor_spend.spec import Publisher, load_publisher, load_spec


@dataclass(frozen=True)
class Options:
    """What was typed; empty where an option was left out."""

    file: Path
    publisher: str
    stream: str
    period: str
    spec: Path | None
    previous: Sequence[Path]
    as_json: bool
    html: Path | None


def run(options: Options) -> bool:
    """Check, print and write; whether the file is ready. SettingsError for what cannot be used."""
    logging.disable(logging.ERROR)  # the answer says it all, and in the finance officer's words
    publisher = _publisher(options)
    if not options.file.is_file():
        raise SettingsError(f"{options.file} does not exist, or is not a file.")
    say = _say()
    say("Loading")
    from anchor_spend.check import check_file, page, text

    check = check_file(options.file, publisher, options.stream, options.period, options.previous, say)
    say("")
    if options.as_json:
        typer.echo(json.dumps(check.to_json(), indent=1, ensure_ascii=False))
    else:
        typer.echo("\n".join(text.lines(check)))
    if options.html:
        try:
            page.write(check, options.html)
        except OSError as error:
            raise SettingsError(f"--html: {options.html} cannot be written: {error.strerror}.") from error
        typer.echo(f"Report: {options.html}", err=True)
    return check.is_ready


def _publisher(options: Options) -> Publisher:
    """The body's spec, or the draft given with --spec."""
    if options.spec:
        publisher = load_spec(options.spec)
        if options.publisher not in ("", publisher.publisher_id):
            raise SettingsError(
                f"--publisher is {options.publisher}; the spec is of {publisher.publisher_id}."
            )
        return publisher
    if not options.publisher:
        known = ", ".join(publisher_ids())
        raise SettingsError(
            f"Say whose file it is, with --publisher ID (or --spec FILE). There are: {known}."
        )
    return load_publisher(*publisher_ids([options.publisher]))


def _say() -> Callable[[str], None]:
    """A line on a terminal that the next replaces; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda words: typer.echo(f"\r\x1b[K{words}{' …' if words else ''}", err=True, nl=False)


def print_rules(as_json: bool) -> None:
    """The rule catalogue."""
    from anchor_spend.check.catalogue import catalogue

    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in catalogue()], indent=1, ensure_ascii=False))
        return
    for entry in catalogue():
        typer.echo(f"{entry.severity}: {entry.name} ({entry.origin}; one {entry.applies_to})")
        typer.echo(f"  {entry.meaning}\n  What to do: {entry.remedy}\n")
