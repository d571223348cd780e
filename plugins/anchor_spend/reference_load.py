"""A dataset of registers into `reference`: staged chunk by chunk, then swapped in one transaction.

In: parts, which are register files in the order in which their rows count. Out: the rows of one world
brought to the state of the parts: changed rows are written, equal ones are not touched, and until the swap
the earlier vintage stays in use. Rows that left a register are kept where the register lists live members
only, and marked as no longer listed.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from anchor_spend.reference_shrinking import refuse_incomplete, refuse_shrunk, warn_of_small
from anchor_spend.reference_staging import KEPT, Part, clear, listed_by, sources_of, stage
from anchor_spend.registers import COMPANIES_HOUSE, LAYOUTS, Dataset, Source
from anchor_spend.society_numbers import link_societies

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
    rows with a value that cannot be stored, or the register that was whole and lacks parts or has shrunk; the
    earlier vintage stays.
    """
    refuse_incomplete(connection, is_synthetic, dataset, sources_of(parts))
    stage(connection, is_synthetic, dataset, parts)
    with connection.transaction():
        connection.execute("set local work_mem = '256MB'")
        connection.execute(f"analyze reference.staged_{dataset}".encode())
        if dataset == "organisations":
            link_societies(connection, is_synthetic)
        if not is_synthetic:
            warn_of_small(connection, dataset, parts)
            refuse_shrunk(connection, dataset, sources_of(parts))
        counts = _swap(connection, is_synthetic, dataset, sources_of(parts))
        _record(connection, is_synthetic, dataset, parts, sha256, counts.rows)
        clear(connection)
    connection.execute(f"analyze reference.{dataset}".encode())
    return counts


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
    if dataset not in KEPT or all(source.layout.is_whole for source in sources):
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
        for name in sorted(listed_by(sources))
    )


def _listing_vintages(
    connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset
) -> dict[str, str]:
    """The newest vintage of each register in the load before."""
    rows = connection.execute(
        """select layout, coalesce(max(vintage) filter (where vintage ~ '^[0-9]{4}'), max(vintage))
           from reference.register_files
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
    vintage, licence, origin = _said(sources_of(parts))
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
        layouts = "; ".join(dict.fromkeys(source.layout.name for source in part.sources))
        about = (layouts, part.files, vintage, licence)
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
