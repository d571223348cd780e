"""Registers that have lost more than a register loses: a file cut short, a part that is missing, an old list.

In: what is loaded and what is staged of the real world. Refuses a register from which more than a fifth would
go, because each organisation that is missing would be no longer listed, and each postcode no place, until a
person says that it is so.
"""

import os
from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from anchor_spend.errors import ReferenceDataError
from anchor_spend.reference_staging import KEPT, listed_by
from anchor_spend.registers import COMPANIES_HOUSE, Dataset, Source

MOST_GONE = 0.2  # of what is loaded
FEW = 100  # rows: smaller lists come and go
ACCEPTED = "ANCHOR_SPEND_ACCEPT_SMALLER"  # names of registers or datasets, with commas between


def refuse_shrunk(
    connection: psycopg.Connection[tuple[object, ...]], dataset: Dataset, sources: Sequence[Source]
) -> None:
    """ReferenceDataError where much less is staged than is loaded, and nobody said that it is right."""
    accepted = {name.strip() for name in os.environ.get(ACCEPTED, "").split(",")}
    for name, loaded, staged in _sizes(connection, dataset, sources):
        if loaded >= FEW and staged < (1 - MOST_GONE) * loaded and name not in accepted:
            raise ReferenceDataError(
                f"The files of {name} hold {staged:,} rows, and {loaded:,} are loaded. A file may be cut "
                "short, a part missing, or the newest no whole list. The earlier vintage stays in use. "
                "Fetch the register again, or take its files out of the folder; where it is right, run once "
                f"with {ACCEPTED}={name}."
            )


def _sizes(
    connection: psycopg.Connection[tuple[object, ...]], dataset: Dataset, sources: Sequence[Source]
) -> Iterator[tuple[str, int, int]]:
    """(register or dataset, rows loaded, rows staged) for all that rows of the earlier load may leave."""
    is_whole = dataset not in KEPT or all(source.layout.is_whole for source in sources)
    if is_whole:
        yield dataset, *_counts(connection, dataset, sql.SQL("true"))
        return
    for register in sorted(listed_by(sources)):
        is_companies = register == COMPANIES_HOUSE
        of_it = sql.SQL("true") if is_companies else sql.SQL("register = {}").format(sql.Literal(register))
        yield register, *_counts(connection, dataset, sql.SQL("is_listed and {}").format(of_it))


def _counts(
    connection: psycopg.Connection[tuple[object, ...]], dataset: Dataset, condition: sql.Composable
) -> tuple[int, int]:
    statement = sql.SQL("select count(*) from reference.{} where not is_synthetic and {}")
    tables = (sql.Identifier(dataset), sql.Identifier(f"staged_{dataset}"))
    rows = [connection.execute(statement.format(table, condition)).fetchone() for table in tables]
    loaded, staged = (int(str(row[0])) if row else 0 for row in rows)
    return loaded, staged
