"""National registers from their publishers' sites into the folder of reference data.

In: the catalogue data/registers.yml and a fetcher. Out: files below the folder, each register's newest in
the place of the one before, with a row in the folder's manifest.csv (vintage, licence, address, ETag). What
has not changed is not sent again. Refuses what a publisher's file would be refused for (reach.py,
transport.py), files beyond their size, web pages in a file's place, registers without a row, and archives
that are not safe to open: the file that is there stays.

No register's site has been asked yet: this was tried against servers on the loopback address.
"""

import csv
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib import resources
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from anchor_spend import reference
from anchor_spend.errors import FetchError, ReferenceDataError, SettingsError
from anchor_spend.fetch import Fetcher, Limits
from anchor_spend.ledger import Validators
from anchor_spend.reach import host_of
from anchor_spend.records import RunRequest
from anchor_spend.registers.finding import recognised

LIMITS = Limits(total_seconds=3600, max_bytes=2 * 2**30)  # the company register takes a slow line an hour
LEDGER_ID = "registers"  # stands in the ledger where a publisher does
_MANIFEST = "manifest.csv"
_COLUMNS = (
    "file",
    "vintage",
    "licence",
    "provenance",
    "etag",
    "last_modified",
    "bytes",
    "sha256",
    "fetched_on",
)
_log = logging.getLogger(__name__)


class Register(BaseModel):
    """A register of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    register_id: str
    url: str
    file: str
    walk: Literal["none", "days", "months"] = "none"
    every_days: int
    most_mb: int
    licence: str
    hosts: tuple[str, ...] = ()  # where it may redirect to, besides its own


@dataclass(frozen=True)
class _RegisterSite:
    """The hosts of a register; see reach.Site."""

    live_hosts: frozenset[str]
    publisher_id: str = LEDGER_ID
    archived_hosts: frozenset[str] = frozenset()
    archives: frozenset[str] = frozenset()


class Outcome(NamedTuple):
    """What became of one register."""

    register_id: str
    outcome: Literal["fetched", "unchanged", "not_due", "failed"]
    detail: str


def catalogue() -> list[Register]:
    """Every register that can be fetched."""
    text = resources.files("anchor_spend").joinpath("data", "registers.yml").read_text(encoding="utf-8")
    return [Register(**{"register_id": entry.pop("register"), **entry}) for entry in yaml.safe_load(text)]


def fetch_registers(
    folder: Path, fetcher: Fetcher, today: date, registers: Sequence[Register], *, is_forced: bool = False
) -> list[Outcome]:
    """Bring registers up to date; one that fails leaves its earlier file and the others go on.

    Registers that are not due are left alone, unless forced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_fetch_one(folder, fetcher, today, register, is_forced) for register in registers]


def fetch_for_live_runs(registers: Sequence[Register], run_id: str) -> list[Outcome]:
    """Registers into the reference folder that live runs load from."""
    folder = reference.reference_folder(RunRequest("live"))
    fetcher = Fetcher("live", run_id, limits=LIMITS)
    return fetch_registers(folder, fetcher, datetime.now(UTC).date(), registers)


def chosen(names: Sequence[str]) -> list[Register]:
    """Registers by name, all of them where none is named; SettingsError for an unknown name."""
    known = {register.register_id: register for register in catalogue()}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise SettingsError(f"There is no register {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [known[name] for name in names] or list(known.values())


def _fetch_one(folder: Path, fetcher: Fetcher, today: date, register: Register, is_forced: bool) -> Outcome:
    held = _held(folder, register)
    if held and not is_forced and today < _fetched_on(held) + timedelta(days=register.every_days):
        return Outcome(register.register_id, "not_due", f"fetched on {held['fetched_on']}")
    try:
        return _ask(folder, fetcher, today, register, held)
    except (FetchError, ReferenceDataError) as error:
        _log.error("%s: %s", register.register_id, error)
        return Outcome(register.register_id, "failed", str(error))


def _ask(
    folder: Path, fetcher: Fetcher, today: date, register: Register, held: dict[str, str] | None
) -> Outcome:
    """The newest file there is, unless it is the one held."""
    missing: FetchError | None = None
    for day in _days(register, today):
        file = f"{register.register_id}/{register.file.format(day=day)}"
        if held and register.walk != "none" and day.isoformat() < held["vintage"]:
            break
        try:
            return _download(folder, fetcher, today, register, day, file, held)
        except FetchError as error:
            if register.walk == "none" or error.status != 404:
                raise
            missing = error
    if held:
        _write_manifest(folder, {held["file"]: held | {"fetched_on": today.isoformat()}})
        return Outcome(register.register_id, "unchanged", f"{held['vintage']} is the newest")
    raise missing or FetchError(f"{register.register_id} has no address to ask.", is_transient=False)


def _download(
    folder: Path,
    fetcher: Fetcher,
    today: date,
    register: Register,
    day: date,
    file: str,
    held: dict[str, str] | None,
) -> Outcome:
    path, part = folder / file, folder / f"{register.register_id}.part"
    url = register.url.format(day=day)
    site = _RegisterSite(frozenset({host_of(url), *register.hosts}))
    known = _validators(path, held) if held and held["file"] == file else None
    try:
        trace = fetcher.download(site, register.register_id, url, part, register.most_mb * 2**20, known)
        if trace.status == 304 and held:
            _write_manifest(folder, {file: held | {"fetched_on": today.isoformat()}})
            return Outcome(register.register_id, "unchanged", held["vintage"])
        recognised(part, file)
        path.parent.mkdir(exist_ok=True)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    vintage = day if register.walk != "none" else _modified_on(trace.headers) or today
    row = {
        "file": file,
        "vintage": vintage.isoformat(),
        "licence": register.licence,
        "provenance": url,
        "etag": trace.headers.get("etag", ""),
        "last_modified": trace.headers.get("last-modified", ""),
        "bytes": str(trace.size),
        "sha256": trace.sha256 or "",
        "fetched_on": today.isoformat(),
    }
    _write_manifest(folder, {file: row})
    _remove_earlier(folder, path)
    return Outcome(register.register_id, "fetched", f"{vintage.isoformat()}, {trace.size:,} bytes")


def _days(register: Register, today: date) -> Iterator[date]:
    """The dates an address may carry, the likeliest newest first."""
    if register.walk == "none":
        yield today
    elif register.walk == "days":
        yield from (today - timedelta(days=back) for back in range(15))
    else:
        this_month = today.replace(day=1)
        for month in (this_month, (this_month - timedelta(days=1)).replace(day=1)):
            days = (month + timedelta(days=after) for after in range(7))
            yield from (day for day in days if day <= today)


def _modified_on(headers: dict[str, str]) -> date | None:
    try:
        return parsedate_to_datetime(headers.get("last-modified", "")).date()
    except ValueError:
        return None


# -- the manifest -----------------------------------------------------------------------------------------


def _held(folder: Path, register: Register) -> dict[str, str] | None:
    """The manifest's row of the file there is of a register."""
    rows = _read_manifest(folder)
    return next(
        (
            row
            for file, row in rows.items()
            if file.startswith(f"{register.register_id}/")
            and (folder / file).exists()
            and row.get("fetched_on")
        ),
        None,
    )


def _fetched_on(row: dict[str, str]) -> date:
    """Long ago where a spreadsheet has written the day in another way: then the register is due."""
    try:
        return datetime.fromisoformat(row["fetched_on"]).date()
    except ValueError:
        return date(1970, 1, 1)


def _validators(path: Path, row: dict[str, str]) -> Validators | None:
    """What asks the host whether the file has changed; none where the file on disk is another one."""
    if str(path.stat().st_size) != row["bytes"] or not (row["etag"] or row["last_modified"]):
        return None
    return Validators(row["etag"], row["last_modified"], row["sha256"], path.name, int(row["bytes"]))


def _remove_earlier(folder: Path, newest: Path) -> None:
    """A load keeps what earlier vintages held; their files would only be read again."""
    for path in newest.parent.iterdir():
        if path != newest:
            path.unlink()
    gone = {file for file in _read_manifest(folder) if not (folder / file).exists()}
    _write_manifest(folder, {}, gone={file for file in gone if file.startswith(f"{newest.parent.name}/")})


def _read_manifest(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / _MANIFEST
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["file"]: row for row in csv.DictReader(file)}
    except (KeyError, UnicodeDecodeError, csv.Error) as error:
        raise ReferenceDataError(
            f"{path} cannot be read ({type(error).__name__}). It must be CSV in UTF-8 with a column `file`. "
            "Put it right or take it away."
        ) from error


def _write_manifest(folder: Path, rows: dict[str, dict[str, str]], gone: set[str] | None = None) -> None:
    """The manifest with these rows; other rows and columns, which a person may have written, stay."""
    kept = {file: row for file, row in _read_manifest(folder).items() if file not in (gone or ())}
    kept |= {file: kept.get(file, {}) | row for file, row in rows.items()}
    columns = list(dict.fromkeys([*_COLUMNS, *(name for row in kept.values() for name in row)]))
    part = folder / f"{_MANIFEST}.part"
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(kept.values())
    part.replace(folder / _MANIFEST)
