"""What the verbs share: options, the database, and how results are shown."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anchor_spend.errors import SettingsError

if TYPE_CHECKING:
    from anchor_spend.records import RunRequest


Source = Annotated[str, typer.Option(help="sample, live or archive.")]
Archive = Annotated[str, typer.Option(help="Folder with manifest.csv, for --source archive.")]
Publishers = Annotated[str, typer.Option(help="Publisher ids, separated by commas. Default: all.")]
First = Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")]
Last = Annotated[str, typer.Option("--to", help="Last month, YYYY-MM.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program to read.")]


def request_of(source: str, archive: str, publishers: str, first: str, last: str) -> "RunRequest":
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
def database() -> Iterator[None]:
    from anchor_spend import runtime

    with runtime.database_running():
        yield


def echo_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=1, default=str, ensure_ascii=False))


def echo_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
