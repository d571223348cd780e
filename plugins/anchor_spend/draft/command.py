"""`anchor-spend draft`: what it is asked, what it writes, how it ends.

In: a file or an address, and options. Out: the spec on standard output (or files in a folder, or JSON), the
questions on standard error, and the exit code: 0 when no question concerns payee, date or amount, 3 when
one does.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from anchor_spend.check.reading import read_bytes
from anchor_spend.draft.proposal import UNKNOWN_COLUMN, Draft, draft_file
from anchor_spend.draft.samples import make_sample
from anchor_spend.draft.spec_text import spec_text
from anchor_spend.errors import SettingsError

SETTLED, OPEN = 0, 3


@dataclass(frozen=True)
class Options:
    """The command line of `draft`."""

    source: str
    publisher_id: str = ""
    stream: str = ""
    out: Path | None = None
    as_json: bool = False


def run(options: Options) -> int:
    """Draft, write, and return the exit code."""
    _check(options)
    draft = _draft(options)
    if options.out:
        for path in write_draft(draft, options.out):
            typer.echo(f"Written: {path}", err=True)
    if options.as_json:
        typer.echo(json.dumps(as_json(draft), indent=1, default=str, ensure_ascii=False))
    elif not options.out:
        typer.echo(spec_text(draft), nl=False)
    _say_questions(draft)
    return SETTLED if draft.is_settled else OPEN


def _check(options: Options) -> None:
    if options.publisher_id and not re.fullmatch(r"[a-z][a-z0-9_]{2,59}", options.publisher_id):
        raise SettingsError(
            f"--publisher is {options.publisher_id!r}; an id is the body's full name in lower case letters, "
            "digits and underscores, such as bedford_borough_council."
        )
    if options.stream not in ("", "payments", "purchase_card"):
        raise SettingsError(f"--stream is {options.stream!r}; it is payments or purchase_card.")


def _draft(options: Options) -> Draft:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", options.source):
        from anchor_spend.draft.listing import draft_url

        return draft_url(options.source, options.publisher_id, options.stream)
    path = Path(options.source).expanduser()
    return draft_file(read_bytes(path), path.name, options.publisher_id, options.stream)


def write_draft(draft: Draft, folder: Path) -> list[Path]:
    """<id>.yml, and <id>/ with the sample and what is expected of it, as tests/publishers keeps them."""
    files: dict[str, str | bytes] = {f"{draft.publisher_id}.yml": spec_text(draft)}
    if UNKNOWN_COLUMN not in str(draft.keys["stream"]["columns"]):
        sample, stem = make_sample(draft), f"{draft.publisher_id}/{draft.stream}"
        files[f"{stem}.{sample.suffix}"] = sample.data
        files[f"{stem}_expected.csv"] = sample.expected_csv()
        files[f"{stem}_set_aside.csv"] = sample.aside_csv()
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise SettingsError(f"{path} cannot be written: {error.strerror or error}.") from error
    return paths


def as_json(draft: Draft) -> dict[str, Any]:
    """The draft for a program: spec, guesses, questions, and what the spec made of the file itself."""
    return {
        "spec": spec_text(draft),
        "guesses": [guess.as_json() for guess in draft.guesses],
        "questions": [
            {"number": number, "key": item.key, "text": item.text, "is_required": item.is_required}
            for number, item in enumerate(draft.questions, start=1)
        ],
        "reading": draft.trial.as_json() if draft.trial else None,
    }


def _say_questions(draft: Draft) -> None:
    for number, item in enumerate(draft.questions, start=1):
        mark = " (payee, date or amount)" if item.is_required else ""
        typer.echo(f"QUESTION {number}, {item.key}{mark}: {item.text}", err=True)
    trial = draft.trial
    if trial:
        counts = f"{trial.payments:,} payments, {trial.rejected:,} rows rejected, {trial.excluded:,} excluded"
        typer.echo(f"Read with this draft: {counts} ({trial.share_read:.1%} read).", err=True)
    required = sum(item.is_required for item in draft.questions)
    told = f"{required} of them on payee, date or amount" if required else "none on payee, date or amount"
    typer.echo(f"{len(draft.questions)} questions, {told}.", err=True)
