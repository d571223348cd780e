"""The review queue: the suppliers a person should look at first, in a file with room for the answers.

In: the decisions of a world and what was paid. Out: a CSV, one row for each name (its variants together), in
this order: decisions in band review; unmatched organisations paid LARGE pounds or more; accepted ones as
large with a low score; then everything smaller that is unmatched or has a low score. Pounds decide within
each. Left out and only counted: names that read as a person's, redacted ones, and unless asked for those that
are unclear. What is reviewed already is not asked again. The file holds names: it is for inside the house.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from anchor_spend import decisions, organisations, resolve, vat_clusters
from anchor_spend.errors import ReviewError
from anchor_spend.resolution.deciding import question_of
from anchor_spend.resolution.engine import answer
from anchor_spend.review import holding
from anchor_spend.review.holding import Paid
from anchor_spend.spreadsheets import as_text, harmless

LARGE = Decimal(10_000)  # pounds
LOW_SCORE = 0.95
CANDIDATES = 3
ORDER = ("review", "large unmatched", "large with a low score", "smaller")
_CANDIDATE = ("id", "name", "postcode", "status", "probability")
COLUMNS = [
    "queue", "supplier_key", "name_key", "published_names", "printed_number", "printed_postcode",
    "publishers", "payments", "gbp", "first_paid", "last_paid", "payee_kind", "decided", "score", "why",
    *(f"candidate_{n}_{part}" for n in range(1, CANDIDATES + 1) for part in _CANDIDATE),
    "decision", "reviewer", "reason",
]  # fmt: skip
_NAMES_SHOWN = 5


class Supplier(NamedTuple):
    """A supplier and the decision on it."""

    supplier_key: str
    name_key: str
    name: str
    number: str
    postcode: str
    entity_id: str | None
    method: str
    score: float | None
    nearest: str | None
    nearest_score: float | None
    payee_kind: str
    band: str
    why: str


@dataclass(frozen=True)
class Line:
    """A row of the queue: one name, with the variants decided alike; the best paid one stands for all."""

    place: int  # in ORDER
    members: list[Supplier]
    paid: list[Paid]

    @property
    def gbp(self) -> Decimal:
        return sum((paid.gbp for paid in self.paid), Decimal(0))


@dataclass(frozen=True)
class Queue:
    """What is to be looked at, and what was left out of it: the pounds of each supplier, by reason."""

    lines: list[Line]
    waiting: int  # rows of the queue, before the limit
    left_out: dict[str, list[Decimal]]


def collect(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    *,
    publisher_id: str | None = None,
    limit: int | None = None,
    include_unclear: bool = False,
) -> Queue:
    """The queue. Needs the table `reviewed` (seed.lay_out)."""
    paid = holding.paid(connection, is_synthetic, publisher_id)
    done = holding.held(connection, is_synthetic)
    left_out: dict[str, list[Decimal]] = defaultdict(list)
    groups: dict[tuple[str, ...], list[Supplier]] = defaultdict(list)
    for supplier in _suppliers(connection, is_synthetic):
        if supplier.supplier_key not in paid or supplier.supplier_key in done or not _is_open(supplier):
            continue
        if reason := _left_out(supplier, include_unclear):
            left_out[reason].append(paid[supplier.supplier_key].gbp)
        else:
            groups[_group(supplier)].append(supplier)
    lines = sorted((_line(members, paid) for members in groups.values()), key=_order)
    return Queue(lines[:limit], len(lines), dict(left_out))


def _suppliers(connection: psycopg.Connection[Any], is_synthetic: bool) -> Iterable[Supplier]:
    rows = connection.execute(
        """select s.supplier_key, d.name_key, s.supplier_name, s.company_number, s.postcode, d.entity_id,
               d.method, d.score::float, d.runner_up_entity_id, d.runner_up_score::float, d.payee_kind,
               d.band, coalesce(d.evidence ->> 'why', '')
           from landing.suppliers s join warehouse.supplier_decisions d using (is_synthetic, supplier_key)
           where s.is_synthetic = %s and d.superseded_at is null""",
        [is_synthetic],
    )
    return (Supplier(*row) for row in rows)


def _is_open(supplier: Supplier) -> bool:
    return supplier.entity_id is None or (supplier.score or 0) < LOW_SCORE


def _left_out(supplier: Supplier, include_unclear: bool) -> str:
    if supplier.payee_kind == "person":
        return "read as a person's name"
    if "redacted" in supplier.why:
        return "redacted"
    is_unclear = supplier.payee_kind == "unclear" and supplier.entity_id is None
    return "unclear whether a person or an organisation" if is_unclear and not include_unclear else ""


def _group(supplier: Supplier) -> tuple[str, ...]:
    """Variants of a name that were decided alike, and print no different number."""
    name = supplier.name_key or supplier.supplier_key
    return name, supplier.band, supplier.entity_id or supplier.nearest or "", supplier.number


def _line(members: list[Supplier], paid: dict[str, Paid]) -> Line:
    members = sorted(members, key=lambda member: (-abs(paid[member.supplier_key].gbp), member.supplier_key))
    line = Line(0, members, [paid[member.supplier_key] for member in members])
    return Line(_place(members[0], abs(line.gbp)), line.members, line.paid)


def _place(supplier: Supplier, gbp: Decimal) -> int:
    if supplier.band == "review":
        return 0
    if gbp < LARGE:
        return 3
    return 1 if supplier.entity_id is None else 2


def _order(line: Line) -> tuple[Any, ...]:
    return line.place, -abs(line.gbp), line.members[0].supplier_key


# -- the file ---------------------------------------------------------------------------------------------


def export(connection: psycopg.Connection[Any], is_synthetic: bool, queue: Queue, path: Path) -> None:
    """Write the queue with the engine's nearest candidates; readable by its owner only.

    ReviewError where the file is there already and holds answers, or is none of the queue, or where it cannot
    be written.
    """
    _refuse_answered(path)
    found = _candidates(connection, is_synthetic, queue.lines)
    entries = organisations.entries(connection, is_synthetic, {key for ids in found for key, _ in ids})
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as error:
        raise ReviewError(f"{path} cannot be written ({error.strerror}). Choose another name.") from error
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)  # or a ';' in a name begins another cell
        writer.writerow(COLUMNS)
        for line, ids in zip(queue.lines, found, strict=True):
            writer.writerow([harmless(cell) for cell in _cells(line, ids, entries)])


def _refuse_answered(path: Path) -> None:
    if not path.exists():
        return
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            reader = csv.DictReader(file)
            is_queue = reader.fieldnames == COLUMNS
            answered = is_queue and sum(map(_is_answered, reader))
    except (OSError, csv.Error):
        is_queue, answered = False, 0
    if not is_queue:
        raise ReviewError(
            f"{path} is there already and is no queue as it was exported: it may be one that was saved in "
            "another form, with answers. It is not written over: choose another name."
        )
    if answered:
        raise ReviewError(
            f"{path} holds {answered} answers already. Import it first, or choose another name."
        )


def _is_answered(row: dict[str, str | None]) -> bool:
    return any((row[name] or "").strip() for name in ("decision", "reviewer", "reason"))


def _candidates(
    connection: psycopg.Connection[Any], is_synthetic: bool, lines: Sequence[Line]
) -> list[list[tuple[str, float | None]]]:
    """The nearest organisations of each line, with probabilities; the decision's own first where it is none
    of the engine's, such as a public body or one that only a number points to."""
    if not lines:
        return []
    keys = [line.members[0].supplier_key for line in lines]
    vat = vat_clusters.find(connection, is_synthetic, {}).now
    queries = {query.key: query for query in decisions.queries(connection, is_synthetic, keys, vat)}
    index = resolve.open_register(connection, is_synthetic)
    answers = answer(index, [question_of(queries[key]) for key in keys])
    found = []
    for line, reply in zip(lines, answers, strict=True):
        first = line.members[0]
        likely = ((near.entity_id, round(near.probability, 4)) for near in reply.candidates)
        ids: dict[str, float | None] = {entity_id: chance for entity_id, chance in likely if chance}
        own = first.entity_id or first.nearest
        if own and own not in ids:
            ids = {own: first.score or first.nearest_score} | ids
        found.append(list(ids.items())[:CANDIDATES])
    return found


def _cells(
    line: Line, ids: Sequence[tuple[str, float | None]], entries: dict[str, organisations.Entry]
) -> list[Any]:
    first = line.members[0]
    shown = list(dict.fromkeys(member.name for member in line.members))
    more = [f"and {len(shown) - _NAMES_SHOWN} more"] if len(shown) > _NAMES_SHOWN else []
    publishers = sorted({name for paid in line.paid for name in paid.publishers.split()})
    cells = [
        ORDER[line.place], as_text(first.supplier_key), as_text(first.name_key),
        " | ".join(shown[:_NAMES_SHOWN] + more), first.number, first.postcode, " ".join(publishers),
        sum(paid.payments for paid in line.paid), line.gbp, min(paid.first_day for paid in line.paid),
        max(paid.last_day for paid in line.paid), first.payee_kind, first.entity_id or "unmatched",
        first.score, first.why or f"accepted by {first.method}",
    ]  # fmt: skip
    for place in range(CANDIDATES):
        cells += _candidate_cells(*ids[place], entries) if place < len(ids) else [""] * len(_CANDIDATE)
    return [*cells, "", "", ""]


def _candidate_cells(
    entity_id: str, probability: float | None, entries: dict[str, organisations.Entry]
) -> list[Any]:
    entry = entries.get(entity_id, organisations.ABSENT)
    return [entity_id, entry.name, entry.postcode or "", entry.standing, probability]
