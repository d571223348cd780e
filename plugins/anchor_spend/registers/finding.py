"""Which files of a folder are registers: layouts are known by header, those without one by file name."""

import csv
import hashlib
import re
from calendar import month_abbr
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from anchor_spend.errors import ReferenceDataError
from anchor_spend.registers.archive import open_archive, opened
from anchor_spend.registers.json_rows import first_keys
from anchor_spend.registers.layout import Layout, Source
from anchor_spend.registers.layouts import LAYOUTS


def find_sources(folder: Path) -> list[Source]:
    """Every register file below a folder, in the order in which their rows count."""
    about = _manifest(folder)
    sources = [source for path in sorted(folder.rglob("*")) for source in _sources_of(path, folder, about)]
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


def _sources_of(path: Path, folder: Path, about: dict[str, dict[str, str]]) -> Iterator[Source]:
    for member, header in _headers(path):
        for layout in _layouts(member or path.name, header):
            name = path.relative_to(folder).as_posix()
            row = about.get(name, {})
            vintage = row.get("vintage") or _vintage(f"{path.name} {member}")
            origin = row.get("provenance") or name
            yield Source(path, member, layout, vintage, row.get("licence") or layout.licence, origin)


def _layouts(name: str, header: frozenset[str]) -> list[Layout]:
    """The first layout of each dataset: a file may hold organisations and links between them."""
    found: dict[str, Layout] = {}
    for layout in LAYOUTS:
        is_named = name.rsplit("/", 1)[-1].lower() == layout.headerless
        if is_named or (not layout.headerless and layout.matches(header)):
            found.setdefault(layout.dataset, layout)
    return list(found.values())


def _headers(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """(member, header) of a file; a ZIP has several members, anything else one named ''."""
    suffix = path.suffix.lower()
    if not path.is_file():
        return
    if suffix == ".parquet":
        yield "", _parquet_columns(path)
    elif suffix in (".csv", ".json"):
        with path.open("rb") as file:
            yield "", _header(path.name, file)
    elif suffix == ".zip":
        with open_archive(path) as archive:
            for member in sorted(archive.namelist()):
                if member.lower().endswith((".csv", ".json")):
                    with opened(archive, path, member) as file:
                        yield member, _header(member, file)


def _parquet_columns(path: Path) -> frozenset[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return frozenset(pq.read_schema(path).names)
    except (OSError, pa.ArrowException) as error:
        raise ReferenceDataError(f"{path.name} is no readable Parquet file: fetch it again.") from error


def _header(name: str, file: IO[bytes]) -> frozenset[str]:
    return first_keys(file) if name.lower().endswith(".json") else _first_record(file)


def _first_record(file: IO[bytes]) -> frozenset[str]:
    line = file.readline(100_000).decode("utf-8-sig", errors="replace")
    return frozenset(cell.strip() for cell in next(csv.reader([line]), []))


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
