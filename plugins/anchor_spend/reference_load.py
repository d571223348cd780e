"""A dataset of registers into `reference`: staged chunk by chunk, then swapped in one transaction.

In: parts, which are register files in the order in which their rows count. Out: the rows of one world brought
to the state of the parts: changed rows are written, equal ones are not touched. A load that is killed at any
point goes on with the chunk that was under way; until the swap the earlier vintage stays in use. Rows that
left a register are kept where the register lists live members only, and marked as no longer listed.
"""

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import sql

from anchor_spend.errors import ReferenceDataError
from anchor_spend.registers import COLUMNS, COMPANIES_HOUSE, DATASETS, LAYOUTS, Chunk, Dataset, Source

if TYPE_CHECKING:
    import pandas as pd

_LOCK = 7205773  # any constant: two processes must not stage or swap at once
_log = logging.getLogger(__name__)
_KEYS: dict[Dataset, str] = {
    "postcodes": "postcode",
    "sic_codes": "sic_code",
    "companies": "company_number",
    "organisations": "entity_id",
    "group_links": "link_id",
    "public_bodies": "entity_id",
}
_KEPT: frozenset[Dataset] = frozenset({"companies", "organisations"})  # what leaves their registers stays
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


class Counts(NamedTuple):
    """What a swap did."""

    rows: int  # in the dataset now
    added: int
    changed: int
    gone: int  # deleted, or kept and no longer listed


@contextmanager
def alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """One load at a time."""
    connection.execute("select pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute("select pg_advisory_unlock(%s)", [_LOCK])


def load(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    parts: Sequence[Part],
    sha256: str,
) -> Counts:
    """Bring a world's dataset to the state of the parts and record its vintage.

    Of equal keys the first counts. The connection commits by itself. ReferenceDataError names the file and
    rows with a value that cannot be stored; the earlier vintage stays.
    """
    _stage(connection, is_synthetic, dataset, parts)
    with connection.transaction():
        connection.execute("set local work_mem = '256MB'")
        connection.execute(f"analyze reference.staged_{dataset}".encode())
        counts = _swap(connection, is_synthetic, dataset, _sources(parts))
        _record(connection, is_synthetic, dataset, parts, sha256, counts.rows)
        _clear(connection)
    connection.execute(f"analyze reference.{dataset}".encode())
    return counts


def _sources(parts: Sequence[Part]) -> list[Source]:
    return [source for part in parts for source in part.sources]


# -- staging ----------------------------------------------------------------------------------------------


def _stage(
    connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset, parts: Sequence[Part]
) -> None:
    staged = _staged(connection, is_synthetic, dataset)
    if [sha256 for sha256, _, _ in staged] != [part.content_sha256 for part in parts[: len(staged)]]:
        staged = []
    if not staged:
        _clear(connection)
    elif staged != [(sha256, rows, True) for sha256, rows, _ in staged] or len(staged) < len(parts):
        _log.info("The load of %s goes on after %d rows", dataset, sum(rows for _, rows, _ in staged))
    definition = ", ".join(f"{name} text" for name in COLUMNS[dataset])
    connection.execute("drop table if exists pg_temp.incoming")
    connection.execute(f"create temporary table incoming ({definition})".encode())
    for position, part in enumerate(parts):
        _, rows, is_finished = staged[position] if position < len(staged) else ("", 0, False)
        if not is_finished:
            unlisted = _unlisted(part.sources[0], _sources(parts))
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


def _clear(connection: psycopg.Connection[Any]) -> None:
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
    if dataset in _KEPT:
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
    return text.getvalue()


def _unlisted(source: Source, sources: Iterable[Source]) -> list[str]:
    """Registers whose newest list is another file: a row that only this one has is no longer listed."""
    newest = {
        register: max(other.vintage for other in sources if register in other.layout.lists)
        for register in _listed_by(sources)
    }
    return sorted(
        register
        for register, vintage in newest.items()
        if register not in source.layout.lists or source.vintage != vintage
    )


def _listed_by(sources: Iterable[Source]) -> set[str]:
    """Registers that one of the files has whole."""
    return {register for source in sources for register in source.layout.lists}


# -- swapping ---------------------------------------------------------------------------------------------

_CHANGE = """update reference.{table} as kept set ({columns}) = row({staged_columns})
    from reference.{staged} as staged
    where kept.is_synthetic = %(is_synthetic)s and staged.{key} = kept.{key}
        and row({kept_columns}) is distinct from row({staged_columns})"""
_ADD = """insert into reference.{table} (is_synthetic, {key}, {columns})
    select is_synthetic, {key}, {columns} from reference.{staged} as staged
    where not exists (
        select from reference.{table} as kept
        where kept.is_synthetic = %(is_synthetic)s and kept.{key} = staged.{key}
    )"""
_GONE = """kept.is_synthetic = %(is_synthetic)s
    and not exists (select from reference.{staged} as staged where staged.{key} = kept.{key})"""
_DELETE = f"delete from reference.{{table}} as kept where {_GONE}"  # noqa: S608
_UNLIST = f"""update reference.{{table}} as kept set is_listed = false, last_vintage = %(vintage)s
    where {_GONE} and kept.is_listed and {{register}} = %(register)s"""  # noqa: S608


def _swap(
    connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset, sources: Sequence[Source]
) -> Counts:
    parts = _statement_parts(connection, dataset)
    values = {"is_synthetic": is_synthetic}
    changed = connection.execute(sql.SQL(_CHANGE).format(**parts), values).rowcount
    added = connection.execute(sql.SQL(_ADD).format(**parts), values).rowcount
    if dataset not in _KEPT or all(source.layout.is_whole for source in sources):
        gone = connection.execute(sql.SQL(_DELETE).format(**parts), values).rowcount
    else:
        gone = _unlist(connection, is_synthetic, dataset, sources, parts)
    counted = connection.execute(
        sql.SQL("select count(*) from reference.{table} where is_synthetic = %(is_synthetic)s").format(
            **parts
        ),
        values,
    ).fetchone()
    return Counts(int(counted[0]) if counted else 0, added, changed, gone)


def _unlist(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    sources: Sequence[Source],
    parts: dict[str, sql.Composable],
) -> int:
    """Mark what is no longer in a register that was loaded whole, with the vintage that had it last."""
    earlier = _listing_vintages(connection, is_synthetic, dataset)
    register = "kept.register" if dataset == "organisations" else f"'{COMPANIES_HOUSE}'"
    statement = sql.SQL(_UNLIST).format(register=sql.SQL(register), **parts)
    return sum(
        connection.execute(
            statement, {"is_synthetic": is_synthetic, "register": name, "vintage": earlier.get(name)}
        ).rowcount
        for name in sorted(_listed_by(sources))
    )


def _listing_vintages(
    connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset
) -> dict[str, str]:
    """The newest vintage of each register in the load before."""
    rows = connection.execute(
        """select layout, max(vintage) from reference.register_files
           where is_synthetic = %s and dataset = %s group by layout""",
        [is_synthetic, dataset],
    ).fetchall()
    lists = {layout.name: layout.lists for layout in LAYOUTS if layout.dataset == dataset}
    return {register: vintage for name, vintage in rows for register in lists.get(name, ())}


def _statement_parts(connection: psycopg.Connection[Any], dataset: Dataset) -> dict[str, sql.Composable]:
    rows = connection.execute(
        """select column_name from information_schema.columns
           where table_schema = 'reference' and table_name = %s and column_name not in ('is_synthetic', %s)
           order by ordinal_position""",
        [dataset, _KEYS[dataset]],
    ).fetchall()
    columns = [name for (name,) in rows]

    def listed(*qualifier: str) -> sql.Composable:
        return sql.SQL(", ").join(sql.Identifier(*qualifier, name) for name in columns)

    return {
        "table": sql.Identifier(dataset),
        "staged": sql.Identifier(f"staged_{dataset}"),
        "key": sql.Identifier(_KEYS[dataset]),
        "columns": listed(),
        "kept_columns": listed("kept"),
        "staged_columns": listed("staged"),
    }


# -- vintages ---------------------------------------------------------------------------------------------


def _record(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    parts: Sequence[Part],
    sha256: str,
    rows: int,
) -> None:
    vintage, licence, origin = _said(_sources(parts))
    connection.execute(
        """insert into reference.vintages
               (is_synthetic, dataset, vintage, sha256, row_count, origin, licence, loaded_at)
           values (%s, %s, %s, %s, %s, %s, %s, now())
           on conflict (is_synthetic, dataset) do update set
               vintage = excluded.vintage, sha256 = excluded.sha256, row_count = excluded.row_count,
               origin = excluded.origin, licence = excluded.licence, loaded_at = excluded.loaded_at""",
        [is_synthetic, dataset, vintage, sha256, rows, origin, licence],
    )
    connection.execute(
        "delete from reference.register_files where is_synthetic = %s and dataset = %s",
        [is_synthetic, dataset],
    )
    for position, part in enumerate(parts):
        vintage, licence, _ = _said(part.sources)
        about = (part.sources[0].layout.name, part.files, vintage, licence)
        connection.execute(
            """insert into reference.register_files
                   (layout, file_name, vintage, licence, is_synthetic, dataset, position, sha256, rows_read)
               select %s, %s, %s, %s, is_synthetic, dataset, position, content_sha256, rows_read
               from reference.staged_files where is_synthetic = %s and dataset = %s and position = %s""",
            [*about, is_synthetic, dataset, position],
        )


def _said(sources: Sequence[Source]) -> list[str]:
    """Vintage, licence and origin of files, each once."""
    columns = zip(*(source[3:] for source in sources), strict=True)
    return ["; ".join(dict.fromkeys(column)) for column in columns]
