"""Staging: what has been read of a load under way, file by file and chunk by chunk.

In: parts, which are register files in the order in which their rows count. Out: their rows, typed, in
reference.staged_*; of equal keys the first counts. A load that is killed at any point goes on with the chunk
that was under way, if its files are still the same. One load at a time uses it.
"""

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from anchor_spend.errors import ReferenceDataError
from anchor_spend.registers import COLUMNS, COMPANIES_HOUSE, DATASETS, Chunk, Dataset, Source

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger(__name__)
KEPT: frozenset[Dataset] = frozenset({"companies", "organisations"})  # what leaves their registers stays
# what each column of an incoming row becomes; a column not named here stays the text it is
_CASTS = {
    **dict.fromkeys(
        ("previous_names", "sic_codes", "aliases", "other_names", "other_ids"),
        "coalesce(string_to_array({}, '; '), '{{}}')",
    ),
    **dict.fromkeys(
        ("terminated_on", "incorporated_on", "dissolved_on", "accounts_made_up_on", "registered_on",
         "removed_on", "latest_income_year_end", "valid_from", "valid_to"), "{}::date",
    ),
    **dict.fromkeys(("easting", "northing", "mortgages_outstanding"), "{}::integer"),
    "latest_income": "{}::numeric(16, 2)",
}  # fmt: skip
_DERIVED: dict[Dataset, dict[str, str]] = {
    "postcodes": {
        "postcode_area": "rtrim(left(postcode, 2), '0123456789')",
        "outward_code": "split_part(postcode, ' ', 1)",
    }
}


class Part(NamedTuple):
    """A register file to load, or several that only tell together, and how to read them from a row on."""

    sources: tuple[Source, ...]
    content_sha256: str  # of all that its rows depend on
    chunks: Callable[[int], Iterator[Chunk]]

    @property
    def files(self) -> str:
        return ", ".join(dict.fromkeys(source.path.name for source in self.sources))


def sources_of(parts: Sequence[Part]) -> list[Source]:
    return [source for part in parts for source in part.sources]


# -- staging ----------------------------------------------------------------------------------------------


def stage(
    connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset, parts: Sequence[Part]
) -> None:
    staged = _staged(connection, is_synthetic, dataset)
    if [sha256 for sha256, _, _ in staged] != [part.content_sha256 for part in parts[: len(staged)]]:
        staged = []
    if not staged:
        clear(connection)
    elif staged != [(sha256, rows, True) for sha256, rows, _ in staged] or len(staged) < len(parts):
        _log.info("The load of %s goes on after %d rows", dataset, sum(rows for _, rows, _ in staged))
    definition = ", ".join(f"{name} text" for name in COLUMNS[dataset])
    connection.execute("drop table if exists pg_temp.incoming")
    connection.execute(f"create temporary table incoming ({definition})".encode())
    for position, part in enumerate(parts):
        _, rows, is_finished = staged[position] if position < len(staged) else ("", 0, False)
        if not is_finished:
            unlisted = _unlisted(part.sources[0], sources_of(parts))
            _stage_part(connection, is_synthetic, dataset, position, part, rows, unlisted)
    connection.execute("drop table incoming")


def _staged(
    connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset
) -> list[tuple[str, int, bool]]:
    """(sha256, rows, is finished) of the files staged for this dataset; none where another one is staged."""
    rows = connection.execute(
        """select content_sha256, rows_read, is_finished, (is_synthetic, dataset) = (%s, %s)
           from reference.staged_files order by position""",
        [is_synthetic, dataset],
    ).fetchall()
    return [row[:3] for row in rows] if all(is_ours for *_, is_ours in rows) else []


def clear(connection: psycopg.Connection[Any]) -> None:
    tables = ", ".join(f"reference.staged_{name}" for name in ("files", *DATASETS))
    connection.execute(f"truncate {tables}".encode())


def _stage_part(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    position: int,
    part: Part,
    rows_read: int,
    unlisted: list[str],
) -> None:
    """Each chunk with the note of it in a transaction of its own."""
    kept = read = 0
    for chunk in part.chunks(rows_read):
        try:
            with connection.transaction():
                kept += _insert(connection, is_synthetic, dataset, chunk.frame, part.sources[0], unlisted)
                _note(connection, is_synthetic, dataset, position, part, rows_read + chunk.rows_read, False)
        except psycopg.DataError as error:
            last = rows_read + chunk.rows_read
            raise ReferenceDataError(
                f"A value in rows {rows_read + 1:,} to {last:,} of {part.files} cannot be stored as "
                f"{dataset.replace('_', ' ')} ({error.diag.message_primary}). The earlier vintage stays in "
                "use."
            ) from error
        rows_read += chunk.rows_read
        read += len(chunk.frame)
    _note(connection, is_synthetic, dataset, position, part, rows_read, True)
    if read > kept:
        repeated = read - kept
        _log.info("%s: %d rows repeat a key of an earlier row or file", part.files, repeated)


def _note(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    position: int,
    part: Part,
    rows_read: int,
    is_finished: bool,
) -> None:
    connection.execute(
        """insert into reference.staged_files
               (is_synthetic, dataset, position, content_sha256, rows_read, is_finished)
           values (%s, %s, %s, %s, %s, %s)
           on conflict (is_synthetic, dataset, position) do update set
               rows_read = excluded.rows_read, is_finished = excluded.is_finished""",
        [is_synthetic, dataset, position, part.content_sha256, rows_read, is_finished],
    )


def _insert(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    frame: "pd.DataFrame",
    source: Source,
    unlisted: list[str],
) -> int:
    """Stage a chunk. Skipping known keys costs twice as much: only done where one turns up."""
    columns = ", ".join(COLUMNS[dataset])
    connection.execute("truncate incoming")
    copy_csv = f"copy incoming from stdin (format csv, force_null ({columns}))"
    with connection.cursor() as cursor, cursor.copy(copy_csv.encode()) as copy:
        copy.write(_csv(frame))
    values = {"is_synthetic": is_synthetic, "vintage": source.vintage, "unlisted": unlisted}
    statement = _insert_statement(dataset)
    try:
        with connection.transaction():
            return connection.execute(statement.encode(), values).rowcount
    except psycopg.errors.UniqueViolation:
        return connection.execute(f"{statement} on conflict do nothing".encode(), values).rowcount


def _insert_statement(dataset: Dataset) -> str:
    expressions = {name: _CASTS.get(name, "{}").format(name) for name in COLUMNS[dataset]}
    expressions |= _DERIVED.get(dataset, {})
    if dataset in KEPT:
        register = "register" if dataset == "organisations" else f"'{COMPANIES_HOUSE}'"
        expressions["is_listed"] = f"{register} <> all(%(unlisted)s::text[])"
        expressions["last_vintage"] = f"case when {register} = any(%(unlisted)s) then %(vintage)s end"
    return f"""insert into reference.staged_{dataset} (is_synthetic, {", ".join(expressions)})
        select %(is_synthetic)s, {", ".join(expressions.values())} from incoming"""  # noqa: S608


def _csv(frame: "pd.DataFrame") -> bytes:
    import pyarrow as pa
    import pyarrow.csv

    text = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pyarrow.csv.write_csv(table, text, pyarrow.csv.WriteOptions(include_header=False))
    return text.getvalue().replace(b"\x00", b"")  # PostgreSQL has no such character


def _unlisted(source: Source, sources: Iterable[Source]) -> list[str]:
    """Registers whose newest list is another file: a row that only this one has is no longer listed."""
    newest = {
        register: max(other.age for other in sources if register in other.layout.lists)
        for register in listed_by(sources)
    }
    return sorted(
        register
        for register, vintage in newest.items()
        if register not in source.layout.lists or source.age != vintage
    )


def listed_by(sources: Iterable[Source]) -> set[str]:
    """Registers that one of the files has whole."""
    return {register for source in sources for register in source.layout.lists}
