"""Files that were delivered: partners' files of the inbox, and a folder of raw files with its manifest.

In: a spec and a folder. Out: at most one DiscoveredFile for each stream and period, and the problems.
Refuses, with a row of the ledger, a delivery whose period is not certain and a manifest's row that cannot be
placed; DiscoverError for a manifest that cannot be read. A partner that has sent nothing is no fault of the
run: the calendar shows its months as missing.
"""

import csv
import logging
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from anchor_spend.errors import DiscoverError
from anchor_spend.fetch import Fetcher
from anchor_spend.link_periods import find_period
from anchor_spend.links import Link, one_per_period
from anchor_spend.periods import Cadence, file_period, parse_period
from anchor_spend.records import DiscoveredFile, RunRequest
from anchor_spend.settings import load_settings
from anchor_spend.spec import Publisher

MANIFEST_COLUMNS = ("publisher_id", "stream", "period", "file", "sha256")
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download")
_EXAMPLES: dict[Cadence, str] = {
    "monthly": "payments-2017-04.csv",
    "quarterly": "payments Q1 2017-18.csv",
    "yearly": "payments 2017-18.csv",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """What a body offers, and what of it could not be had or told."""

    files: list[DiscoveredFile]
    problems: list[str]


# inbox ---------------------------------------------------------------------------------------------------


def from_inbox(publisher: Publisher, stream: str, window: Container[str], fetcher: Fetcher) -> Found:
    """The partner's files of one stream; none where nothing came yet."""
    cadence = publisher.streams[stream].cadence  # type: ignore[index]
    folder = fetcher.inbox / publisher.publisher_id
    try:
        paths = sorted((path for path in folder.iterdir() if _is_delivery(path)), key=_age)
    except OSError:
        paths = []
    links = [Link(path.name, path.as_uri()) for path in paths if _is_of_stream(path.name, stream, publisher)]
    candidates = [(find_period(link.text, "", cadence), link) for link in links]
    problems = [
        _note(publisher, stream, link.url, _unclear(link.text, cadence), fetcher)
        for period, link in candidates
        if period is None
    ]
    found = one_per_period(candidates, f"{publisher.publisher_id}, {stream}, inbox")
    if not found:
        logger.warning(
            "%s, %s: no file in the inbox %s. Put the partner's files there, named with what they cover, "
            "such as %s",
            *(publisher.publisher_id, stream, folder, _EXAMPLES[cadence]),
        )
    files = [
        DiscoveredFile(publisher.publisher_id, stream, period, link.url, link.text)
        for period, link in found
        if period in window
    ]
    return Found(files, problems)


def _unclear(name: str, cadence: Cadence) -> str:
    what = {"monthly": "month", "quarterly": "quarter", "yearly": "financial year"}[cadence]
    example = _EXAMPLES[cadence]
    return f"the delivery {name} names no certain {what} and was left out. Rename it, such as {example}."


def _note(publisher: Publisher, stream: str, url: str, detail: str, fetcher: Fetcher) -> str:
    """A problem in the ledger and in the log; the same for whoever shows it."""
    fetcher.note_problem(publisher, stream, url, detail)
    problem = f"{publisher.publisher_id}, {stream}: {detail}"
    logger.error("%s", problem)
    return problem


def _is_delivery(path: Path) -> bool:
    is_unfinished = path.name.startswith((".", "~")) or path.suffix.lower() in _UNFINISHED
    return path.is_file() and not is_unfinished


def _age(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name


def _is_of_stream(name: str, stream: str, publisher: Publisher) -> bool:
    """With one inbox stream every file is its; with several, the file's name says which (else payments).

    'purchase card payments 2017-04.csv' is of the cards: payments are what every file is of.
    """
    others = [key for key, item in publisher.streams.items() if item.listing is None]
    named = [key for key in others if re.search(key.replace("_", "[ _-]?"), name, re.IGNORECASE)]
    special = [key for key in named if key != "payments"]
    return len(others) == 1 or (special[0] if len(special) == 1 else "payments") == stream


# archive -------------------------------------------------------------------------------------------------


def from_archive(
    publisher: Publisher, request: RunRequest, fetcher: Fetcher, windows: Mapping[str, Container[str]]
) -> Found:
    """The manifest's rows of one body, within the months wanted of each of its streams."""
    folder = Path(request.archive).expanduser().resolve()
    found: dict[tuple[str, str], DiscoveredFile] = {}
    problems: list[str] = []
    for row in read_manifest(folder):
        if row["publisher_id"] != publisher.publisher_id:
            continue
        url, name = (folder / row["file"]).absolute().as_uri(), row["stream"]
        problem = _why_not_placed(row, publisher)
        if problem and name in publisher.streams:
            problems.append(_note(publisher, name, url, problem, fetcher))
        elif problem:  # listing pages and the like are kept beside the files: no loss
            fetcher.note_problem(publisher, name, url, problem)
            logger.warning("%s, %s: %s", publisher.publisher_id, name, problem)
        elif row["period"] in windows.get(name, ()):
            file = DiscoveredFile(
                publisher.publisher_id,
                name,
                row["period"],
                url,
                row["file"],
                row["sha256"].lower() or "(none)",
            )
            earlier = found.get((name, file.period))
            if earlier:
                problem = f"{earlier.link_text} left out: {row['file']} is a second row for {file.period}."
                problems.append(_note(publisher, name, earlier.url, problem, fetcher))
            found[name, file.period] = file
        else:
            logger.info("%s, %s: %s is outside the months wanted", row["publisher_id"], name, row["period"])
    if not found:
        logger.warning("%s: the archive has no file of this body for this run", publisher.publisher_id)
    return Found([found[key] for key in sorted(found)], problems)


def _why_not_placed(row: dict[str, str], publisher: Publisher) -> str | None:
    stream = {str(key): item for key, item in publisher.streams.items()}.get(row["stream"])
    if stream is None:
        known = ", ".join(publisher.streams)
        return f"{row['file']} left out: its stream {row['stream']!r} is not in the spec ({known})."
    try:
        parse_period(row["period"])
    except ValueError as error:
        return f"{row['file']} left out of the manifest: {error}."
    if file_period(row["period"], stream.cadence) != row["period"]:
        return f"{row['file']} left out: no {stream.cadence} file begins in {row['period']}."
    return None


def read_manifest(folder: Path) -> list[dict[str, str]]:
    """The rows of an archive's manifest.csv; bodies without a spec are named in a warning."""
    path = folder / "manifest.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = reader.fieldnames or []
            rows = [{key: (row.get(key) or "").strip() for key in MANIFEST_COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DiscoverError(
            f"The archive's manifest {path} cannot be read: {error}. An archive is a folder of files with a "
            f"manifest.csv of the columns {', '.join(MANIFEST_COLUMNS)}."
        ) from error
    missing = [name for name in MANIFEST_COLUMNS if name not in columns]
    if missing:
        raise DiscoverError(f"{path} lacks the columns {', '.join(missing)}. Add them.")
    known = {item.stem for item in load_settings().publishers.glob("*.yml")}
    unknown = sorted({row["publisher_id"] for row in rows} - known)
    if unknown:
        logger.warning("the archive holds files of bodies without a spec, left out: %s", ", ".join(unknown))
    return rows
