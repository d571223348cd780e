"""Who was paid: the decisions about the suppliers of the pipeline, and the same engine on files.

In: suppliers and registers in the database, or files of names and of a register. Out: decisions in the
database, kept where nothing changed; or a file of decisions. How a name is decided is resolution/; nothing
is decided here.
"""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg

from anchor_spend import database, decisions, organisations, vat_clusters
from anchor_spend.decisions import Basis
from anchor_spend.resolution import store
from anchor_spend.resolution.deciding import (
    Body,
    Decision,
    Entity,
    Query,
    body_form,
    chunks_of,
    resolve,
    resolve_with,
)
from anchor_spend.resolution.identifiers import COMPANY_PREFIX, pad_company_number
from anchor_spend.resolution.index import Index
from anchor_spend.resolution.word_lists import DECIDING, sha256_of
from anchor_spend.review import seed, stale

__all__ = [
    "COMPANY_PREFIX", "Body", "Decision", "Entity", "Query", "engine_version", "open_register",
    "pad_company_number", "resolve", "resolve_new_suppliers",
]  # fmt: skip
ENGINE_VERSION = "5"
_LOCK = 7205772  # any constant: two processes must not decide at once
_log = logging.getLogger(__name__)


def engine_version() -> str:
    """Changes where the engine would decide otherwise: its number, and a hash of its model and word lists."""
    return f"{ENGINE_VERSION}-{sha256_of(DECIDING)[:8]}"


def open_register(connection: psycopg.Connection[Any], is_synthetic: bool) -> Index:
    """The index of the registers of a world: loaded where it is kept, else built."""
    key = f"registers-{organisations.index_fingerprint(connection, is_synthetic)}"
    return store.open_index(key, chunks_of(organisations.entities(connection, is_synthetic)))


def resolve_new_suppliers(is_synthetic: bool) -> dict[str, int]:
    """Decide the suppliers of a world that have no decision by this engine, these registers, their evidence.

    Out: how many were worked, how many decisions are new, superseded and unchanged. All in one transaction:
    killed at any point, every decision is as it was. ReferenceDataError when no register is loaded.
    """
    with database.connect("loader") as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        fingerprint = organisations.fingerprint(connection, is_synthetic)
        basis = Basis(is_synthetic, engine_version(), fingerprint)
        reviewed = seed.load()
        seed.lay_out(connection, reviewed)
        counts = _work(connection, basis)
        stale.note(connection, is_synthetic, reviewed)
    return counts


def _work(connection: psycopg.Connection[Any], basis: Basis) -> dict[str, int]:
    """Decide by everything but VAT numbers first, then those that others with their VAT number can help."""
    started = time.monotonic()
    bodies = organisations.bodies(connection, basis.is_synthetic)
    reasons = _less_untouched(connection, basis, decisions.to_work(connection, basis), bodies)
    queries = {query.key: query for query in decisions.queries(connection, basis.is_synthetic, reasons)}
    index = open_register(connection, basis.is_synthetic) if queries else None
    opened = time.monotonic()
    asked = list(queries.values())
    decided = {item.key: item for item in resolve_with(index, asked, bodies)} if index else {}
    helped = _helped(connection, basis.is_synthetic, decided)
    if helped:
        index = index or open_register(connection, basis.is_synthetic)
        asked = decisions.queries(connection, basis.is_synthetic, helped, helped)
        queries |= {query.key: query for query in asked}
        decided |= {item.key: item for item in resolve_with(index, asked, bodies)}
        reasons |= {key: "VAT number" for key in helped if key not in reasons}
    if not decided:
        return {"worked": 0, "new": 0, "superseded": 0, "unchanged": 0}
    ordered = sorted(decided)
    counts = decisions.save(
        connection, basis, [queries[key] for key in ordered], [decided[key] for key in ordered], reasons
    )
    _say_worked(reasons, decided, opened - started, time.monotonic() - opened)
    return counts


def _less_untouched(
    connection: psycopg.Connection[Any], basis: Basis, reasons: dict[str, str], bodies: Sequence[Body]
) -> dict[str, str]:
    """Without suppliers whose name no public body has: a new list of bodies leaves their decisions alone."""
    in_doubt = [key for key, reason in reasons.items() if reason == "new public bodies"]
    if not in_doubt:
        return reasons
    forms = {body_form(name) for body in bodies for name in body.names}
    published = decisions.names_of(connection, basis.is_synthetic, in_doubt)
    untouched = {key for key, name in published if body_form(name) not in forms}
    decisions.keep(connection, basis, untouched)
    return {key: reason for key, reason in reasons.items() if key not in untouched}


def _helped(
    connection: psycopg.Connection[Any], is_synthetic: bool, decided: dict[str, Decision]
) -> dict[str, str]:
    """Whom a VAT number points to, for each supplier that was not decided with it."""
    clusters = vat_clusters.find(connection, is_synthetic, decided)
    return {
        key: entity_id
        for key, entity_id in clusters.now.items()
        if (entity_id if key in decided else entity_id != clusters.stored[key])
    }


def _say_worked(
    reasons: dict[str, str], decided: dict[str, Decision], opening: float, deciding: float
) -> None:
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(Counter(reasons.values()).items()))
    methods = Counter(decision.method for decision in decided.values())
    _log.info(
        "Decided %d suppliers (%s): registers opened in %.1f s, decided and stored in %.1f s; %s",
        len(decided), why, opening, deciding, dict(sorted(methods.items())),
    )  # fmt: skip
