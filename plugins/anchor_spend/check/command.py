"""What `anchor-spend check` and `anchor-spend rules` do: options in, text, JSON or a page out."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from anchor_spend.check import page, text
from anchor_spend.check.catalogue import catalogue
from anchor_spend.check.examine import check_file
from anchor_spend.check.result import Check
from anchor_spend.errors import AnchorSpendError, CheckError, SettingsError
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
    with _unlogged():
        return _run(options)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Without log lines on the screen: the answer says it all, in words for a finance officer."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


def _run(options: Options) -> bool:
    publisher = _publisher(options)
    if not options.file.is_file():
        raise SettingsError(f"{options.file} does not exist, or is not a file.")
    check = _checked(options, publisher, _say())
    if options.as_json:
        typer.echo(json.dumps(check.to_json(), indent=1, ensure_ascii=False))
    else:
        typer.echo("\n".join(text.lines(check)))
    if options.html:
        _write_page(check, options.html)
    return check.is_ready


def _checked(options: Options, publisher: Publisher, say: Callable[[str], None]) -> Check:
    try:
        return check_file(options.file, publisher, options.stream, options.period, options.previous, say)
    except AnchorSpendError:
        raise
    except Exception as error:  # noqa: BLE001 - message and traceback may quote a cell, and cells name people
        kind = type(error).__name__
        raise CheckError(f"The check itself failed ({kind}). Report it, with the file if you may.") from None
    finally:
        say("")


def _write_page(check: Check, path: Path) -> None:
    try:
        page.write(check, path)
    except OSError as error:
        raise SettingsError(f"--html: {path} cannot be written: {error.strerror}.") from error
    typer.echo(f"Report: {path}", err=True)


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
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in catalogue()], indent=1, ensure_ascii=False))
        return
    for entry in catalogue():
        typer.echo(f"{entry.severity}: {entry.name} ({entry.origin}; one {entry.applies_to})")
        typer.echo(f"  {entry.meaning}\n  What to do: {entry.remedy}\n")
