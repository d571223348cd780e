"""Ingest, in the three steps the DAG calls: discover batches of files, land a batch, load a batch.

In: a publisher and a run request. Out: bytes in the landing store, payments in `landing`, a ledger row for
every attempt and version. One bad file never stops the others of its batch: it is rejected with a reason.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import psycopg

from anchor_spend import database, discover, drift, feed_history, ledger, load, rereading, runtime, sources
from anchor_spend.conform import conform
from anchor_spend.errors import FetchError, Place, UnreadableFileError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from anchor_spend.readers import read_tables
from anchor_spend.records import (
    ConformedFile,
    DiscoveredFile,
    Finding,
    GateResult,
    LandedFile,
    RawTable,
    RunRequest,
)
from anchor_spend.rules import unreadable
from anchor_spend.settings import load_settings
from anchor_spend.spec import Publisher, load_publisher, spec_sha256

log = logging.getLogger(__name__)

_ROWS_AT_ONCE = 720_000  # of all files of a batch at most, by their specs: a task takes seconds to start
_RECHECKED_AT_ONCE = 120  # files that already count: asking whether they changed is quick
_TRAILING_MONTHS = 12

# {'label': str, 'publisher_id': str, 'files': [a DiscoveredFile as dict], 'problems': [str]}; JSON-ready
Batch = dict[str, Any]


# discover -----------------------------------------------------------------------------------------------


def discover_batches(publisher_id: str, request: RunRequest, run_id: str = "by hand") -> list[Batch]:
    """What a publisher offers, in batches: files not yet loaded as many as go at once, the others in one go.

    What could not be read or told is a batch of its own, without files: landing it fails, so that a person
    sees it, and the others go on.
    """
    publisher = load_publisher(publisher_id)
    found = discover.survey(publisher, sources.bounded(request), _fetcher(request, run_id))
    known = ledger.accepted_identities(request.is_synthetic, publisher_id)
    new = [file for file in found.files if (file.stream, file.period) not in known]
    again = [file for file in found.files if (file.stream, file.period) in known]
    chunks = [again[at : at + _RECHECKED_AT_ONCE] for at in range(0, len(again), _RECHECKED_AT_ONCE)]
    log.info("%s: %d new files, %d to ask about again", publisher_id, len(new), len(again))
    batches = [_batch(publisher_id, chunk) for chunk in [*_chunks(new, publisher), *chunks]]
    if found.problems:
        label = f"{publisher_id} not found"
        batches.append(
            {"label": label, "publisher_id": publisher_id, "files": [], "problems": found.problems}
        )
    return batches


def _chunks(files: list[DiscoveredFile], publisher: Publisher) -> Iterator[list[DiscoveredFile]]:
    """Files by stream and month, parted where together they may hold more rows than are worked at once."""
    chunk: list[DiscoveredFile] = []
    rows = 0
    for file in sorted(files, key=lambda file: (file.stream, file.period)):
        most = publisher.streams[file.stream].expected.rows[1]  # type: ignore[index]
        if chunk and rows + most > _ROWS_AT_ONCE:
            yield chunk
            chunk, rows = [], 0
        chunk.append(file)
        rows += most
    if chunk:
        yield chunk


def _batch(publisher_id: str, files: list[DiscoveredFile]) -> Batch:
    ordered = sorted(files, key=lambda file: (file.period, file.stream))
    first, last = ordered[0].period, ordered[-1].period
    span = first if first == last else f"{first} to {last}"
    label = f"{publisher_id} {span}"
    dicts = [asdict(file) for file in ordered]
    return {"label": label, "publisher_id": publisher_id, "files": dicts, "problems": []}


def _fetcher(request: RunRequest, run_id: str) -> Fetcher:
    origin = runtime.sample_origin() if request.is_synthetic else None
    return Fetcher(request.source, run_id, sample_origin=origin, archive=request.archive)


def _files(batch: Batch) -> list[DiscoveredFile]:
    return [DiscoveredFile(**file) for file in batch["files"]]


# land ---------------------------------------------------------------------------------------------------


def land_batch(batch: Batch, request: RunRequest, run_id: str = "by hand") -> int:
    """Fetch every file of a batch into the landing store; the number of files that could be had.

    FetchError, after all files were tried, when a retry may still bring one (is_transient), or when none of
    the batch could be had at all. Dead links beside good ones are in the ledger and the log.
    """
    if batch["problems"]:
        raise FetchError("\n".join(batch["problems"]), is_transient=False)
    failures, count = land_files(batch, request, run_id), len(batch["files"])
    if any(error.is_transient for error in failures) or (failures and len(failures) == count):
        raise FetchError(
            f"{batch['label']}: {len(failures)} of {count} files could not be had. First: {failures[0]}",
            is_transient=any(error.is_transient for error in failures),
        )
    return count - len(failures)


@database.connections_kept()
def land_files(batch: Batch, request: RunRequest, run_id: str = "by hand") -> list[FetchError]:
    """Fetch every file of a batch into the landing store; for each that could not be had, why."""
    if not batch["files"]:
        return []
    publisher = load_publisher(batch["publisher_id"])
    fetcher, store = _fetcher(request, run_id), LandingStore(load_settings().landing_url)
    failures: list[FetchError] = []
    for file in _files(batch):
        try:
            fetcher.land(file, publisher, store, spec_sha256(publisher.publisher_id))
        except FetchError as error:
            log.error("%s %s %s: %s", file.publisher_id, file.stream, file.period, error)
            failures.append(error)
    return failures


# load ---------------------------------------------------------------------------------------------------


@database.connections_kept()
def load_batch(batch: Batch, request: RunRequest) -> dict[str, int]:
    """Read, conform, gate and load whatever of a batch has landed: {'accepted': n, 'rejected': n}."""
    files = _files(batch)
    if not files:
        return {"accepted": 0, "rejected": 0}
    publisher = load_publisher(batch["publisher_id"])
    identities = {(file.stream, file.period) for file in files}
    first, last = files[0].period, files[-1].period  # in order of their months
    waiting = ledger.versions_to_load(request.is_synthetic, [publisher.publisher_id], first, last)
    landed = [file for file in waiting if (file.stream, file.period) in identities]
    return _work(landed, publisher, request)


@database.connections_kept()
def read_again(publisher_id: str, request: RunRequest) -> dict[str, int]:
    """Read every file that counts anew, from the landing store and with the spec as it is now.

    Each becomes another version of the same bytes, which is gated and loaded like any other and takes the
    place of the one before; where it is refused that one keeps counting.
    """
    publisher = load_publisher(publisher_id)
    identity = (request.is_synthetic, publisher_id, request.first, request.last)
    return _work(rereading.land_again(*identity), publisher, request)


def _work(landed: list[LandedFile], publisher: Publisher, request: RunRequest) -> dict[str, int]:
    """In order of their months, so that each is compared with the one before it."""
    files = sorted(landed, key=lambda file: file.period)
    read = dict(_read_all(files, publisher))
    readable = {file_id: found for file_id, found in read.items() if isinstance(found, ConformedFile)}
    by_id = {file.file_id: file for file in files}
    results = _check(readable, by_id, publisher, request) if readable else {}
    accepted = 0
    for file in files:
        found = read[file.file_id]
        if isinstance(found, ConformedFile):
            accepted += _settle(file, found, results[file.file_id], publisher)
        else:
            _refuse(file, found, publisher)
    return {"accepted": accepted, "rejected": len(files) - accepted}


def _read_all(
    files: list[LandedFile], publisher: Publisher
) -> Iterable[tuple[int, ConformedFile | UnreadableFileError]]:
    store = LandingStore(load_settings().landing_url)
    for file in files:
        data = store.read(file.sha256)  # a store that cannot be read is no fault of the file
        try:
            tables, conformed = read_with_tables(file, publisher, data)
        except UnreadableFileError as error:
            yield file.file_id, error
        else:
            profile = drift.profile(conformed.payments, tables, conformed.reading)
            conformed.reading["profile"] = profile
            yield file.file_id, conformed


def read_file(file: LandedFile, publisher: Publisher, data: bytes) -> ConformedFile:
    """One landed file in canonical columns; UnreadableFileError says what is wrong with it as a whole."""
    return read_with_tables(file, publisher, data)[1]


def read_with_tables(
    file: LandedFile, publisher: Publisher, data: bytes
) -> tuple[list[RawTable], ConformedFile]:
    """As read_file, with the tables as they stand; a fault of ours is an UnreadableFileError as well."""
    try:
        tables = _read_tables(file, publisher, data)
        return tables, conform(tables, publisher, file.stream, file.period, file.file_name)
    except UnreadableFileError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault in reading one file must not stop the others
        # the message is left out: it may quote a cell, and cells name people
        log.error("%s %s: fault in reading (%s)", file.publisher_id, file.period, type(error).__name__)
        raise unreadable("fault", f"{type(error).__name__} while reading.", Place()) from None


def _read_tables(file: LandedFile, publisher: Publisher, data: bytes) -> list[RawTable]:
    stream = publisher.streams[file.stream]  # type: ignore[index]
    return read_tables(data, file.file_name, stream.format)


def _refuse(file: LandedFile, error: UnreadableFileError, publisher: Publisher) -> None:
    """Reject a file that cannot be read, with what changed since the file before."""
    changed = ""
    if error.rule != "fault":
        try:
            tables = _read_tables(
                file, publisher, LandingStore(load_settings().landing_url).read(file.sha256)
            )
        except UnreadableFileError:
            tables = []  # no table at all: there is nothing to compare
        stream = publisher.streams[file.stream]  # type: ignore[index]
        changed = feed_history.note_refusal(file, tables, stream, error.rule)
    _reject(file, publisher, error.rule, f"{error} {changed}".strip())


def _reject(file: LandedFile, publisher: Publisher, rule: str, reason: str) -> None:
    log.error("%s %s %s rejected: %s", file.publisher_id, file.stream, file.period, reason)
    ledger.mark_rejected(file.file_id, reason, spec_sha256(publisher.publisher_id), rule=rule)


def _settle(
    file: LandedFile, conformed: ConformedFile, results: list[GateResult], publisher: Publisher
) -> bool:
    """Keep what was noticed in a file, then load it, or reject it where its gate stops it."""
    with database.connect("loader") as connection:
        ledger.add_findings(connection, file.file_id, conformed.findings)
    feed_history.note_changes(file, conformed, publisher.streams[file.stream])  # type: ignore[index]
    stopping = [result for result in results if result.stops]
    if stopping:
        _reject(file, publisher, *_gate_reason(file, conformed, stopping))
        return False
    return _load(file, conformed, publisher)


def _gate_reason(file: LandedFile, conformed: ConformedFile, stopping: list[GateResult]) -> tuple[str, str]:
    """The rule that stops a file, and everything that does, in words."""
    from anchor_spend import gates

    found = [item for item in conformed.findings if item.severity == "critical"]
    rules = [item.rule for item in found] or [result.column for result in stopping]
    words = [f"{item.detail} {item.remedy}" for item in found]
    said = [f"file {file.file_name}: failed the landed_file gate:", gates.reason(stopping), *words]
    return rules[0], " ".join(said)


def _load(file: LandedFile, conformed: ConformedFile, publisher: Publisher) -> bool:
    try:
        load.load_file(file, conformed, publisher)
    except UnreadableFileError as error:
        _reject(file, publisher, error.rule, str(error))
    except psycopg.DataError as error:  # its message quotes the row
        _reject(
            file, publisher, "fault", f"[fault] PostgreSQL refused a value ({error.sqlstate}); report it."
        )
    else:
        return True
    return False


def _check(
    readable: dict[int, ConformedFile],
    files: dict[int, LandedFile],
    publisher: Publisher,
    request: RunRequest,
) -> dict[int, list[GateResult]]:
    from anchor_spend import gates

    facts = []
    for file_id, conformed in readable.items():
        file = files[file_id]
        conformed.findings.extend(_losses(file_id, conformed))
        trailing = _trailing_pence(file, readable, files, request)
        replaced = ledger.replaced(file_id)
        facts.append(gates.file_facts(conformed, publisher, file.stream, file, trailing, replaced))
    results = gates.check_landed_files(facts)
    gates.store_results([result for of_file in results.values() for result in of_file])
    return results


def _losses(file_id: int, conformed: ConformedFile) -> list[Finding]:
    """A file without payments must not take the place of one that has some."""
    replaced = None if len(conformed.payments) else ledger.replaced(file_id)
    if not (replaced and replaced.rows_payments):
        return []
    detail = (
        "The file has no payment and would replace a version of the same month with "
        f"{replaced.rows_payments}."
    )
    remedy = "Ask the publisher; the version before keeps counting."
    return [Finding("replaces_payments_with_none", "critical", detail, remedy)]


def _trailing_pence(
    file: LandedFile, readable: dict[int, ConformedFile], files: dict[int, LandedFile], request: RunRequest
) -> list[int]:
    """Totals of the months before, from the ledger and from this very batch."""
    identity = ledger.Identity(request.is_synthetic, file.publisher_id, file.stream, file.period)
    months = {item.period: item.pence_payments for item in ledger.trailing_totals(identity, _TRAILING_MONTHS)}
    for other_id, conformed in readable.items():
        other = files[other_id]
        if other.stream == file.stream and other.period < file.period:
            months[other.period] = sum(int(pence) for pence in conformed.payments["amount_pence"])
    return [months[period] for period in sorted(months)[-_TRAILING_MONTHS:]]
