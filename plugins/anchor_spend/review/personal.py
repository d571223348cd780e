"""Which reviewed decisions are about a person, or may be: they are kept out of the repository.

In: names as published, and the table `reviewed` (review/seed.py). Out: whether a decision is about such a
name, and which rows of the committed file are.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from anchor_spend import names
from anchor_spend.review.seed import Reviewed

_PERSONAL = ("person", "unclear")
# the names behind each decision: the supplier's own, and those of its variants, whichever world they are in
_NAMES = """
    select r.supplier_key, s.supplier_name
    from reviewed r join landing.suppliers s on s.supplier_key = r.supplier_key
    union
    select r.supplier_key, s.supplier_name
    from reviewed r
    join warehouse.supplier_decisions d
        on d.name_key = r.name_key and r.name_key <> '' and d.superseded_at is null
    join landing.suppliers s on s.is_synthetic = d.is_synthetic and s.supplier_key = d.supplier_key"""


def may_be_a_person(name: str, payee_kind: str) -> bool:
    """Whether a decision is about a person, or about a name that is not clearly an organisation's."""
    return payee_kind in _PERSONAL or names.payee_kind(name) in _PERSONAL


def in_repository(connection: psycopg.Connection[Any], reviewed: Sequence[Reviewed]) -> list[Reviewed]:
    """The rows that are in the committed file and must not be. Needs the table `reviewed` (seed.lay_out)."""
    rows = [row for row in reviewed if not row.is_personal]
    found = connection.execute(_NAMES).fetchall() if rows else []
    personal = {key for key, name in found if names.payee_kind(name) in _PERSONAL}
    return [row for row in rows if row.payee_kind in _PERSONAL or row.supplier_key in personal]


def move_out(connection: psycopg.Connection[Any], rows: list[Reviewed]) -> int:
    """Put such rows, in place, into the file of persons; how many. Needs the table `reviewed`."""
    moving = set(in_repository(connection, rows))
    rows[:] = [row._replace(is_personal=True) if row in moving else row for row in rows]
    return len(moving)
