"""Who was paid: the decisions about the suppliers of the pipeline, and the same engine on files.

In: suppliers and registers in the database, or files of names and of a register. Out: decisions in the
database, kept where nothing changed; or a file of decisions. How a name is decided is resolution/; nothing
is decided here.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from anchor_spend import database
from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution import files, store
from anchor_spend.resolution.deciding import Body, Decision, Entity, Query, resolve, resolve_with
from anchor_spend.resolution.identifiers import COMPANY_PREFIX, pad_company_number

__all__ = [
    "COMPANY_PREFIX", "Body", "Decision", "Entity", "Query", "pad_company_number", "reference_fingerprint",
    "resolve", "resolve_files", "resolve_new_suppliers",
]  # fmt: skip
ENGINE_VERSION = "2"
_LOCK = 7205772  # any constant: two processes must not decide at once
_log = logging.getLogger(__name__)


def resolve_files(names_csv: Path, register_file: Path, out_csv: Path) -> dict[str, int]:
    """Resolve the names of one file against the register of another; see resolution/files.py."""
    return files.resolve_files(names_csv, register_file, out_csv)


# -- the pipeline's suppliers -------------------------------------------------------------------------------


def resolve_new_suppliers(is_synthetic: bool) -> dict[str, int]:
    """Decide the suppliers of a world that have no decision by this engine and these registers.

    Out: how many were worked, how many decisions are new, superseded and unchanged. ReferenceDataError when
    no register is loaded.
    """
    with database.connect("loader") as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        fingerprint = reference_fingerprint(connection, is_synthetic)
        queries = _undecided(connection, is_synthetic, fingerprint)
        if not queries:
            return {"worked": 0, "new": 0, "superseded": 0, "unchanged": 0}
        index = store.open_index(f"{ENGINE_VERSION}-{fingerprint}", _register(connection, is_synthetic))
        decisions = resolve_with(index, queries, _bodies(connection, is_synthetic))
        counts = _save(connection, is_synthetic, fingerprint, decisions)
    methods = Counter(decision.method for decision in decisions)
    _log.info("Resolved %d suppliers: %s", len(decisions), dict(sorted(methods.items())))
    return counts


def reference_fingerprint(connection: psycopg.Connection[Any], is_synthetic: bool) -> str:
    """Equal for equal registers: a hash of the vintages that decide names."""
    rows = connection.execute(
        """select dataset, sha256 from reference.vintages
           where is_synthetic = %s and dataset in ('companies', 'public_bodies') order by dataset""",
        [is_synthetic],
    ).fetchall()
    if len(rows) < 2:
        raise ReferenceDataError(
            "Suppliers cannot be resolved before registers of companies and public bodies are loaded. "
            "Run the refresh_reference DAG first."
        )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def _undecided(connection: psycopg.Connection[Any], is_synthetic: bool, fingerprint: str) -> list[Query]:
    rows = connection.execute(
        """select s.supplier_key, s.supplier_name, s.company_number, s.postcode, s.name_cut_at
           from landing.suppliers s
           left join warehouse.supplier_decisions d
               on d.is_synthetic = s.is_synthetic and d.supplier_key = s.supplier_key
               and d.superseded_at is null
           where s.is_synthetic = %s
               and (d.engine_version, d.reference_fingerprint) is distinct from (%s, %s)
           order by s.supplier_key""",
        [is_synthetic, ENGINE_VERSION, fingerprint],
    )
    return [Query(*row) for row in rows]


def _bodies(connection: psycopg.Connection[Any], is_synthetic: bool) -> list[Body]:
    rows = connection.execute(
        """select entity_id, array_prepend(body_name, aliases), postcode from reference.public_bodies
           where is_synthetic = %s order by entity_id""",
        [is_synthetic],
    )
    return [Body(*row) for row in rows]


def _register(connection: psycopg.Connection[Any], is_synthetic: bool) -> Iterator[Entity]:
    """The register through a server-side cursor: only the columns names are compared in."""
    with connection.cursor("company_names") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """select company_number, company_name, previous_names, postcode from reference.companies
               where is_synthetic = %s""",
            [is_synthetic],
        )
        for row in cursor:
            yield Entity(COMPANY_PREFIX + row[0], *row[1:])


_COLUMNS = (
    "supplier_key", "entity_id", "method", "score", "runner_up_entity_id", "runner_up_score", "payee_kind",
    "evidence",
)  # fmt: skip
_IS_CURRENT = """d.is_synthetic = %(is_synthetic)s and d.supplier_key = n.supplier_key
    and d.superseded_at is null"""
_IS_SAME = """(d.entity_id, d.method, d.payee_kind)
    is not distinct from (n.entity_id, n.method, n.payee_kind)"""
_CREATE = """create temporary table new_decisions on commit drop as
    select {columns} from warehouse.supplier_decisions where false"""
_KEEP = """update warehouse.supplier_decisions d
    set engine_version = %(engine_version)s, reference_fingerprint = %(fingerprint)s, decided_at = now(),
        score = n.score, runner_up_entity_id = n.runner_up_entity_id, runner_up_score = n.runner_up_score,
        evidence = n.evidence
    from new_decisions n where {is_current} and {is_same}"""
_SUPERSEDE = """update warehouse.supplier_decisions d set superseded_at = now()
    from new_decisions n where {is_current} and not ({is_same})"""
_ADD = """insert into warehouse.supplier_decisions
        (is_synthetic, engine_version, reference_fingerprint, {columns})
    select %(is_synthetic)s, %(engine_version)s, %(fingerprint)s, {columns} from new_decisions n
    where not exists (select from warehouse.supplier_decisions d where {is_current})"""


def _save(
    connection: psycopg.Connection[Any], is_synthetic: bool, fingerprint: str, decisions: Sequence[Decision]
) -> dict[str, int]:
    """Supersede decisions whose outcome differs and add the new ones; an equal one stays, dated anew."""
    parts = {
        "columns": sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
        "is_current": sql.SQL(_IS_CURRENT),
        "is_same": sql.SQL(_IS_SAME),
    }
    values = {"is_synthetic": is_synthetic, "engine_version": ENGINE_VERSION, "fingerprint": fingerprint}
    connection.execute(sql.SQL(_CREATE).format(**parts))
    with connection.cursor() as cursor, cursor.copy("copy new_decisions from stdin") as copy:
        for item in decisions:
            outcome = (item.key, item.entity_id, item.method, item.score)
            second = (item.runner_up_entity_id, item.runner_up_score)
            copy.write_row((*outcome, *second, item.payee_kind, json.dumps(item.evidence)))
    connection.execute("analyze new_decisions")
    counts = {
        name: connection.execute(sql.SQL(statement).format(**parts), values).rowcount
        for name, statement in (("unchanged", _KEEP), ("superseded", _SUPERSEDE), ("new", _ADD))
    }
    return {"worked": len(decisions), **counts}
