"""Which files of a folder are registers: layouts are known by header, those without one by file name.

In: a folder. Out: sources. Refuses files that cannot be opened or are empty, and registers without a row;
files in no known layout are left alone.
"""

import csv
import hashlib
import re
from calendar import month_abbr
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from anchor_spend.errors import ReferenceDataError
from anchor_spend.registers.archive import open_archive, opened
from anchor_spend.registers.json_rows import first_keys, is_nothing
from anchor_spend.registers.layout import Layout, Source
from anchor_spend.registers.layouts import LAYOUTS


def find_sources(
    folder: Path, on_refused: Callable[[ReferenceDataError], None] | None = None
) -> list[Source]:
    """Every register file below a folder, in the order in which their rows count.

    ReferenceDataError names a file that is refused; where `on_refused` is given it is told instead, of each,
    and the other files are found.
    """
    about = _manifest(folder)
    sources = [
        source for path in sorted(folder.rglob("*")) for source in _sources(path, folder, about, on_refused)
    ]
    newest_first = sorted(sources, key=lambda source: (source.age, source.path.name), reverse=True)
    return sorted(newest_first, key=lambda source: source.layout.rank)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, dict[str, str]]:
    """What the folder's manifest.csv (file, vintage, licence, provenance) says, by file."""
    path = folder / "manifest.csv"
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row.get("file", ""): row for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReferenceDataError(
            f"{path} cannot be read ({type(error).__name__}). It must be a CSV in UTF-8; save it again."
        ) from error


def _sources(
    path: Path,
    folder: Path,
    about: dict[str, dict[str, str]],
    on_refused: Callable[[ReferenceDataError], None] | None,
) -> list[Source]:
    try:
        return list(_sources_of(path, folder, about))
    except ReferenceDataError as error:
        if on_refused is None:
            raise
        on_refused(error)
        return []


def _sources_of(path: Path, folder: Path, about: dict[str, dict[str, str]]) -> Iterator[Source]:
    name = path.relative_to(folder).as_posix()
    for member, layout in recognised(path, name):
        row = about.get(name, {})
        vintage = row.get("vintage") or _vintage(f"{path.name} {member}")
        origin = row.get("provenance") or name
        yield Source(path, member, layout, vintage, row.get("licence") or layout.licence, origin)


def recognised(path: Path, name: str) -> list[tuple[str, Layout]]:
    """(member, layout) of a file that is called `name`; ReferenceDataError where no row is in it."""
    found = []
    beginnings = _opened(path, name)
    if beginnings and not any(file.header or file.has_more for file in beginnings):
        raise ReferenceDataError(
            f"{name} is empty; a register was expected. Fetch it again, or take it out of the folder."
        )
    for member, header, has_more in beginnings:
        for layout in _layouts(member or name, header):
            if not (has_more or (layout.headerless and header)):
                raise ReferenceDataError(
                    f"{name} has the header of {layout.name} and not one row under it. Fetch it again, or "
                    "take it out of the folder."
                )
            found.append((member, layout))
    return found


def _layouts(name: str, header: frozenset[str]) -> list[Layout]:
    """The first layout of each dataset: a file may hold organisations and links between them."""
    found: dict[str, Layout] = {}
    for layout in LAYOUTS:
        is_named = name.rsplit("/", 1)[-1].lower() == layout.headerless
        if is_named or (not layout.headerless and layout.matches(header)):
            found.setdefault(layout.dataset, layout)
    return list(found.values())


class _Beginning(NamedTuple):
    """What tells a layout: the header of a file, and whether anything follows it."""

    member: str  # of a ZIP; '' for any other file
    header: frozenset[str]
    has_more: bool


def _opened(path: Path, name: str) -> list[_Beginning]:
    try:
        return list(_beginnings(path, name)) if path.is_file() else []
    except OSError as error:
        raise ReferenceDataError(
            f"{name} cannot be read ({error.strerror}). Put it right, or take it out of the folder."
        ) from error


def _beginnings(path: Path, name: str) -> Iterator[_Beginning]:
    suffix = Path(name).suffix.lower()
    if suffix == ".parquet":
        yield _parquet_beginning(path)
    elif suffix in (".csv", ".json"):
        with path.open("rb") as file:
            yield _beginning("", name, file)
    elif suffix == ".zip":
        with open_archive(path) as archive:
            for member in sorted(archive.namelist()):
                if member.lower().endswith((".csv", ".json")):
                    with opened(archive, path, member) as file:
                        yield _beginning(member, member, file)


def _parquet_beginning(path: Path) -> _Beginning:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return _Beginning("", frozenset(pq.read_schema(path).names), pq.read_metadata(path).num_rows > 0)
    except (OSError, pa.ArrowException) as error:
        raise ReferenceDataError(f"{path.name} is no readable Parquet file: fetch it again.") from error


def _beginning(member: str, name: str, file: IO[bytes]) -> _Beginning:
    if name.lower().endswith(".json"):
        has_more = not is_nothing(file)
        file.seek(0)
        return _Beginning(member, first_keys(file), has_more)
    line = file.readline(100_000).decode("utf-8-sig", errors="replace")
    header = frozenset(cell.strip() for cell in next(csv.reader([line]), [])) - {""}
    has_more = any(block.strip() for block in iter(partial(file.read, 2**16), b""))
    return _Beginning(member, header, has_more)


_MONTHS = {name.upper(): number for number, name in enumerate(month_abbr) if name}
_NUMERIC_DATE = re.compile(
    r"(20\d\d)(?:[-_]?(0[1-9]|1[0-2])(?!\d)(?:[-_]([0-3]\d))?|(0[1-9]|1[0-2])([0-3]\d)(?!\d))"
)
_WORDED_DATE = re.compile(rf"({'|'.join(_MONTHS)})[A-Z]*[-_ ]?(20\d\d)", re.IGNORECASE)


def _vintage(name: str) -> str:
    """'BasicCompanyData-2026-09-01-part1_7.zip' -> '2026-09-01', 'NSPL_AUG_2026_UK.csv' -> '2026-08'."""
    if numeric := _NUMERIC_DATE.search(name):
        return "-".join(part for part in numeric.groups() if part)
    if worded := _WORDED_DATE.search(name):
        return f"{worded[2]}-{_MONTHS[worded[1].upper()]:02d}"
    return "not stated"
