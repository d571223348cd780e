"""Reference data into `reference`: postcodes, companies and public bodies, with their vintage.

In: a folder of register files (the sample's own, or national ones: see registers.py) and the publisher specs,
each of which is a public body too. Out: the rows of one world (sample or real) swapped in one transaction
for each dataset, and its row in reference.vintages. Files that have not changed cost a hash and nothing else.
Refuses a run without reference data, unless an earlier vintage is loaded: that goes on being used.
"""

import csv
import hashlib
import io
import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import psycopg

from anchor_spend import database, names, registers
from anchor_spend.errors import ReferenceDataError
from anchor_spend.records import RunRequest
from anchor_spend.registers import DATASETS, LIST_SEPARATOR, Dataset, Source, canonical_postcode
from anchor_spend.settings import load_settings
from anchor_spend.spec import Publisher, load_readable_specs

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["loaded", "unchanged"]
READER_VERSION = "1"  # raise it when the same files give other rows
_LOCK = 7205773  # any constant: two processes must not swap a dataset at once
_log = logging.getLogger(__name__)

_INSERTS: dict[Dataset, str] = {
    "postcodes": """
        insert into reference.postcodes (is_synthetic, postcode, postcode_area, outward_code, authority_code,
            region_code, ward_code, lsoa_code, easting, northing, terminated_on)
        select %s, postcode, rtrim(left(postcode, 2), '0123456789'), split_part(postcode, ' ', 1),
            authority_code, region_code, ward_code, lsoa_code, easting::integer, northing::integer,
            terminated_on::date
        from incoming""",
    "companies": """
        insert into reference.companies (is_synthetic, company_number, company_name, previous_names, postcode,
            status, category, sic_codes, incorporated_on, dissolved_on)
        select %s, company_number, company_name, coalesce(string_to_array(previous_names, '; '), '{}'),
            postcode, status, category, coalesce(string_to_array(sic_codes, '; '), '{}'),
            incorporated_on::date, dissolved_on::date
        from incoming""",
    "public_bodies": """
        insert into reference.public_bodies (is_synthetic, entity_id, body_name, body_type, aliases, postcode,
            publisher_id, valid_from, valid_to)
        select %s, entity_id, body_name, body_type, coalesce(string_to_array(aliases, '; '), '{}'), postcode,
            publisher_id, valid_from::date, valid_to::date
        from incoming""",
}


def reference_folder(request: RunRequest) -> Path:
    """Where the registers of a real run are: ANCHOR_SPEND_REFERENCE, or `reference` beside its archive.

    A live run without the variable looks in <home>/reference. The folder need not exist.
    """
    named = os.environ.get("ANCHOR_SPEND_REFERENCE")
    if named:
        return Path(named).expanduser().absolute()
    beside = Path(request.archive).absolute().parent if request.archive else load_settings().home
    return beside / "reference"


def refresh(request: RunRequest, folder: Path) -> dict[Dataset, Outcome]:
    """Load what has changed in a folder of registers into the world of a run, as role loader.

    While a spec cannot be read the public bodies stay as they are: its body must not drop out of them.
    ReferenceDataError when a dataset is neither in the folder nor loaded from an earlier one.
    """
    sources = registers.find_sources(folder) if folder.is_dir() else []
    readable, problems = load_readable_specs()
    specs = list(readable.values())
    with database.connect("loader", autocommit=True) as connection:
        outcomes: dict[Dataset, Outcome] = {}
        for dataset in DATASETS:
            if dataset == "public_bodies" and _is_to_wait(connection, request.is_synthetic, problems):
                outcomes[dataset] = "unchanged"
                continue
            outcomes[dataset] = _refresh(connection, request.is_synthetic, dataset, sources, specs, folder)
        return outcomes


def _is_to_wait(connection: psycopg.Connection[Any], is_synthetic: bool, problems: dict[str, str]) -> bool:
    for publisher_id, problem in problems.items():
        _log.error("The spec of %s cannot be read: %s", publisher_id, problem)
    return bool(problems) and _loaded_sha256(connection, is_synthetic, "public_bodies") is not None


def _refresh(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    sources: Sequence[Source],
    specs: Sequence[Publisher],
    folder: Path,
) -> Outcome:
    sources = [source for source in sources if source.layout.dataset == dataset]
    loaded = _loaded_sha256(connection, is_synthetic, dataset)
    if not sources:
        _require_earlier(loaded, dataset, folder)
        if dataset == "public_bodies":
            _warn_of_new_publishers(connection, is_synthetic, specs)
        return "unchanged"
    sha256 = _sha256(dataset, sources, specs)
    if sha256 == loaded:
        return "unchanged"
    frames = _body_frames(sources, specs) if dataset == "public_bodies" else _frames(sources)
    try:
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
            rows = _swap(connection, is_synthetic, dataset, frames)
            _record_vintage(connection, is_synthetic, dataset, sources, sha256, rows)
    except psycopg.DataError as error:
        files = ", ".join(source.path.name for source in sources)
        raise ReferenceDataError(
            f"A value in the {dataset.replace('_', ' ')} of {files} cannot be stored "
            f"({error.diag.message_primary}). The earlier vintage stays in use."
        ) from error
    connection.execute(f"analyze reference.{dataset}".encode())
    _log.info("Loaded %d rows of %s from %d files", rows, dataset, len(sources))
    return "loaded"


def _require_earlier(loaded: str | None, dataset: Dataset, folder: Path) -> None:
    if loaded is None:
        known = ", ".join(layout.name for layout in registers.LAYOUTS if layout.dataset == dataset)
        raise ReferenceDataError(
            f"No register of {dataset.replace('_', ' ')} is in {folder}. Put one there, or point "
            f"ANCHOR_SPEND_REFERENCE at a folder that holds one. Layouts that are understood: {known}."
        )
    _log.warning("No register of %s in %s: the earlier vintage stays in use", dataset, folder)


def _warn_of_new_publishers(
    connection: psycopg.Connection[Any], is_synthetic: bool, specs: Sequence[Publisher]
) -> None:
    rows = connection.execute(
        "select publisher_id from reference.public_bodies where is_synthetic = %s", [is_synthetic]
    )
    missing = {spec.publisher_id for spec in specs} - {publisher_id for (publisher_id,) in rows}
    if missing:
        _log.warning("Not known as payees before registers are loaded: %s", ", ".join(sorted(missing)))


# -- swapping a dataset -----------------------------------------------------------------------------------


def _frames(sources: Iterable[Source]) -> "Iterator[pd.DataFrame]":
    for source in sources:
        yield from registers.read(source)


def _swap(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    frames: "Iterable[pd.DataFrame]",
) -> int:
    """Put frames in the place of a world's rows; of equal keys the first counts. Returns the rows kept."""
    columns = registers.COLUMNS[dataset]
    definition = ", ".join(f"{name} text" for name in columns)
    copy_csv = f"copy incoming from stdin (format csv, force_null ({', '.join(columns)}))"
    connection.execute(f"create temporary table incoming ({definition}) on commit drop".encode())
    connection.execute(f"delete from reference.{dataset} where is_synthetic = %s".encode(), [is_synthetic])  # noqa: S608
    read = kept = 0
    for frame in frames:
        with connection.cursor() as cursor, cursor.copy(copy_csv.encode()) as copy:
            copy.write(_csv(frame))
        kept += _insert(connection, is_synthetic, dataset)
        connection.execute("truncate incoming")
        read += len(frame)
    if read > kept:
        _log.info("%d rows of %s repeat a key of an earlier row or file", read - kept, dataset)
    return kept


def _insert(connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset) -> int:
    """Insert what was copied. Skipping known keys costs twice as much: only done where one turns up."""
    statement = _INSERTS[dataset]
    try:
        with connection.transaction():
            return connection.execute(statement.encode(), [is_synthetic]).rowcount
    except psycopg.errors.UniqueViolation:
        return connection.execute(f"{statement} on conflict do nothing".encode(), [is_synthetic]).rowcount


def _csv(frame: "pd.DataFrame") -> bytes:
    import pyarrow as pa
    import pyarrow.csv

    text = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pyarrow.csv.write_csv(table, text, pyarrow.csv.WriteOptions(include_header=False))
    return text.getvalue()


def _sha256(dataset: Dataset, sources: Sequence[Source], specs: Sequence[Publisher]) -> str:
    """Equal for equal rows: the files in their order, the reader, and for bodies specs and aliases."""
    parts = [READER_VERSION, *(f"{source.layout.name} {source.member}" for source in sources)]
    parts += [registers.sha256_of(path) for path in dict.fromkeys(source.path for source in sources)]
    if dataset == "public_bodies":
        parts += [json.dumps(_anchor(spec).__dict__, default=str) for spec in specs]
        parts += [json.dumps(_curated_aliases())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _loaded_sha256(connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset) -> str | None:
    row = connection.execute(
        "select sha256 from reference.vintages where is_synthetic = %s and dataset = %s",
        [is_synthetic, dataset],
    ).fetchone()
    return row[0] if row else None


def _record_vintage(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    sources: Sequence[Source],
    sha256: str,
    rows: int,
) -> None:
    vintage, licence, origin = (
        LIST_SEPARATOR.join(dict.fromkeys(texts))
        for texts in zip(*(source[3:] for source in sources), strict=True)
    )
    connection.execute(
        """insert into reference.vintages
               (is_synthetic, dataset, vintage, sha256, row_count, origin, licence, loaded_at)
           values (%s, %s, %s, %s, %s, %s, %s, now())
           on conflict (is_synthetic, dataset) do update set
               vintage = excluded.vintage, sha256 = excluded.sha256, row_count = excluded.row_count,
               origin = excluded.origin, licence = excluded.licence, loaded_at = excluded.loaded_at""",
        [is_synthetic, dataset, vintage, sha256, rows, origin, licence],
    )


# -- public bodies ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicBody:
    """A public body from a register or a publisher spec; dates as ISO text, '' where unknown."""

    entity_id: str
    body_name: str
    body_type: str
    aliases: tuple[str, ...] = ()
    postcode: str = ""
    publisher_id: str = ""
    valid_from: str = ""
    valid_to: str = ""


def _body_frames(sources: Iterable[Source], specs: Sequence[Publisher]) -> "Iterator[pd.DataFrame]":
    """Registers and anchors as one frame: a body stands once, whatever names and registers it has."""
    import pandas as pd

    bodies = merge_bodies(_registered(sources), [_anchor(spec) for spec in specs])
    rows = [{**body.__dict__, "aliases": LIST_SEPARATOR.join(body.aliases)} for body in bodies]
    yield pd.DataFrame(rows)


def _registered(sources: Iterable[Source]) -> Iterator[PublicBody]:
    for frame in _frames(sources):
        for row in frame.itertuples(index=False):
            yield _body(*map(str, row))


def _body(
    entity_id: str, name: str, body_type: str, aliases: str, postcode: str, _: str, since: str, until: str
) -> PublicBody:
    """A register's row. Which bodies are anchors of ours only the specs say."""
    other_names = tuple(alias for alias in aliases.split(LIST_SEPARATOR) if alias)
    dates = _whole_date(since, "-01-01"), _whole_date(until, "-12-31")
    return PublicBody(
        entity_id, name.strip(), body_type, other_names, canonical_postcode(postcode), "", *dates
    )


def _whole_date(text: str, rest: str) -> str:
    """Registers give some dates as '2007' or '2006-12': the year's first or last day will do."""
    return text if len(text) == 10 or not text else text[:4] + rest


def _anchor(spec: Publisher) -> PublicBody:
    return PublicBody(
        entity_id=spec.org_id,
        body_name=spec.name,
        body_type=spec.body_type,
        postcode=canonical_postcode(spec.postcode),
        publisher_id=spec.publisher_id,
        valid_from=spec.valid_from.isoformat(),
        valid_to=spec.valid_to.isoformat() if spec.valid_to else "",
    )


def merge_bodies(registered: Iterable[PublicBody], anchors: Sequence[PublicBody]) -> list[PublicBody]:
    """One row a body. Rows are one body when they share an org-id, or a name in the form it is compared in.

    Of a name held by a closed and an open body the open one stays. An anchor's own row always stays, under
    its own name and postcode; the names it absorbs become aliases.
    """
    open_first = sorted(registered, key=lambda body: body.valid_to != "")
    by_id: dict[str, PublicBody] = {}
    id_by_name: dict[str, str] = {}
    # of two anchors under one org-id (a body and its predecessor) the one valid longest stands
    for body in [*sorted(anchors, key=lambda body: body.valid_to or "9999", reverse=True), *open_first]:
        key = names.body_key(body.body_name)
        entity_id = body.entity_id if body.entity_id in by_id else id_by_name.get(key, body.entity_id)
        id_by_name.setdefault(key, entity_id)
        known = by_id.get(entity_id)
        by_id[entity_id] = _merged(known, body) if known else body
    return [_with_curated_aliases(body) for body in sorted(by_id.values(), key=lambda body: body.entity_id)]


def _merged(known: PublicBody, other: PublicBody) -> PublicBody:
    return replace(
        known,
        aliases=(*known.aliases, other.body_name, *other.aliases),
        postcode=known.postcode or other.postcode,
        valid_from=known.valid_from or other.valid_from,
    )


def _with_curated_aliases(body: PublicBody) -> PublicBody:
    curated = _curated_aliases()
    added = [*curated.get(body.entity_id, []), *curated.get(body.publisher_id, [])]
    by_form = {names.body_key(alias): alias for alias in reversed([*body.aliases, *added])}
    by_form.pop(names.body_key(body.body_name), None)
    return replace(body, aliases=tuple(sorted(by_form.values())))


def _curated_aliases() -> dict[str, list[str]]:
    """Reviewed names of bodies, by org-id or publisher_id."""
    text = resources.files("anchor_spend").joinpath("data", "body_aliases.csv").read_text(encoding="utf-8")
    by_body: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        by_body.setdefault(row["body"], []).append(row["alias"])
    return by_body
