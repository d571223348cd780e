"""Answers of a reviewed queue into the files of reviewed decisions.

In: a CSV of the review queue with decision, reviewer and reason filled in. Out: rows added to the seed, or
to the file of persons where a name is, or may be, a person's, and what they change in pounds; rows about
such names that are in the seed are moved. An answer that is there already changes nothing. Each row that
cannot be taken is refused with its number, the column, the rule and what to do, and the rest goes on; of
answers that contradict each other, or what is decided already, none is chosen.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from anchor_spend import names, organisations, personal_data
from anchor_spend.errors import ReviewError
from anchor_spend.resolution.identifiers import compact_postcode, pad_company_number
from anchor_spend.review import holding, personal, seed
from anchor_spend.review.contradictions import Answer, Printed, Problem, without_contradictions
from anchor_spend.review.holding import Outcome
from anchor_spend.review.queue import CANDIDATES
from anchor_spend.review.seed import Reviewed
from anchor_spend.spreadsheets import as_typed, harmless, key_of

_KEYS = ("supplier_key", "name_key")
_NEEDED = (*_KEYS, "decision", "reviewer", "reason")
_OFFERED = tuple(f"candidate_{place}_id" for place in range(1, CANDIDATES + 1))
_KINDS = ("none", "organisation", "person")  # decisions that name no organisation of a register
_LONGEST = 500  # characters of a reason
_BEYOND = "beyond the last column"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # line ends and tabs are only white space


@dataclass(frozen=True)
class Imported:
    """What an import did, in rows, and in pounds by what it meant for them."""

    added: int  # to both files
    added_personal: int  # to the file of persons
    moved: int  # out of the seed, into the file of persons
    unchanged: int
    later: int
    empty: int
    refused: list[Problem]
    effects: dict[str, tuple[int, Decimal]]  # suppliers and pounds


def import_file(connection: psycopg.Connection[Any], is_synthetic: bool, path: Path) -> Imported:
    """Take the answers of a file into the seed; ReviewError when it is no file of the queue."""
    cells = _read(path)
    decided = [(number, row) for number, row in cells if row["decision"].lower() not in ("", "later")]
    with seed.edited() as rows:
        seed.lay_out(connection, rows)
        moved = personal.move_out(connection, rows)
        before = holding.held(connection, is_synthetic)
        answers, refused = _check(connection, is_synthetic, decided)
        keys = {item.supplier_key for item in answers} | {row.supplier_key for row in rows}
        printed = _printed_of(connection, is_synthetic, keys)
        kept, contradicting = without_contradictions(answers, rows, printed)
        added = _add(kept, rows, printed)
        seed.lay_out(connection, rows)
        effects = _effects(connection, is_synthetic, before, holding.held(connection, is_synthetic))
    later = sum(row["decision"].lower() == "later" for _, row in cells)
    refused = sorted([*refused, *contradicting])
    empty = len(cells) - len(decided) - later
    added_personal = sum(row.is_personal for row in added)
    counts = (len(added), added_personal, moved, len(kept) - len(added), later, empty)
    return Imported(*counts, refused, effects)


# -- reading ----------------------------------------------------------------------------------------------


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows with their numbers as a spreadsheet shows them, cells as they were typed."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            separator = max(",;\t", key=file.readline().count)  # by the country of who saved it
            file.seek(0)
            reader = csv.DictReader(file, delimiter=separator)
            missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise ReviewError(
                    f"{path} lacks the columns {', '.join(missing)}. Fill in a file that `anchor-spend "
                    "review export` wrote, and save it as CSV (UTF-8)."
                )
            if len(set(reader.fieldnames or ())) < len(reader.fieldnames or ()):
                raise ReviewError(f"{path} has a column twice: leave the one that `review export` wrote.")
            wanted = [name for name in (*_NEEDED, *_OFFERED) if name in (reader.fieldnames or ())]
            return [(number, _cells(row, wanted)) for number, row in enumerate(reader, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReviewError(
            f"{path} cannot be read ({type(error).__name__}). It must be a CSV in UTF-8, as `anchor-spend "
            "review export` wrote it."
        ) from error


def _cells(row: dict[Any, Any], wanted: Sequence[str]) -> dict[str, str]:
    """The cells that count; _BEYOND where the row has more cells than the header."""
    cells = {name: as_typed(row[name] or "") for name in wanted}
    cells |= {name: key_of(cells[name]) for name in _KEYS}
    return cells | {_BEYOND: "".join(row[None])} if None in row else cells


# -- one row by itself ------------------------------------------------------------------------------------


def _check(
    connection: psycopg.Connection[Any], is_synthetic: bool, rows: Sequence[tuple[int, dict[str, str]]]
) -> tuple[list[Answer], list[Problem]]:
    """The rows that can be taken by themselves, and why the others cannot."""
    damaged = [Problem(number, *problem) for number, row in rows for problem in _damage(row)]
    broken = {problem.row for problem in damaged}
    rows = [(number, row) for number, row in rows if number not in broken]
    printed = _printed_of(connection, is_synthetic, [row["supplier_key"] for _, row in rows])
    known = organisations.entries(connection, is_synthetic, {_entity_of(row) for _, row in rows} - {""})
    answers: list[Answer] = []
    refused = damaged
    for number, row in rows:
        problems = [
            Problem(number, *rest) for rest in _problems(row, printed.get(row["supplier_key"]), set(known))
        ]
        if problems:
            refused += problems
            continue
        entity_id = _entity_of(row)
        kind = "organisation" if entity_id else _kind_of(row, printed[row["supplier_key"]])
        told = [harmless(" ".join(row[column].split())) for column in ("reviewer", "reason")]
        answers.append(Answer(number, row["supplier_key"], row["name_key"], entity_id, kind, *told))
    return answers, refused


def _entity_of(row: dict[str, str]) -> str:
    """The organisation an answer names: by the number of a candidate, or by its id; '' for none or person."""
    decision = row["decision"].upper()
    if decision.isdigit():
        return row.get(f"candidate_{decision}_id", "")
    return "" if decision.lower() in _KINDS else decision


def _kind_of(row: dict[str, str], printed: Printed) -> str:
    """What a payee is that no register holds: `none` alone makes nobody an organisation that is named."""
    decision = row["decision"].lower()
    return names.payee_kind(printed.name) if decision == "none" else decision


def _damage(row: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(column, rule, what to do) where a row is not as it was written: no cell of it can be trusted."""
    for column, cell in row.items():
        if column == _BEYOND:
            yield (
                column,
                "too_many_cells",
                "Put quotes around the cell that has a comma in it, or save the file with a spreadsheet.",
            )
        elif _CONTROL.search(cell):
            yield (
                column,
                "control_characters",
                "Type the cell again: characters in it cannot be seen.",
            )


def _problems(
    row: dict[str, str], printed: Printed | None, known: set[str]
) -> Iterator[tuple[str, str, str]]:
    """(column, rule, what to do) for everything that is wrong with a row."""
    yield from _key_problems(row, printed)
    yield from _decision_problems(row, known)
    for column in ("reviewer", "reason"):
        if not row[column]:
            yield (
                column,
                f"{column}_missing",
                f"Fill in the {column}: a decision without one cannot be followed.",
            )
        if len(row[column]) > _LONGEST:
            yield column, "too_long", f"Say it in {_LONGEST} characters."
        for rule, words in personal_data.found_in(row[column]):
            yield column, rule, f"Take out {words}: what is written here is kept for ever, and read by many."
    is_person = row["decision"].lower() == "person" or (
        printed is not None and names.payee_kind(printed.name) == "person"
    )
    if printed and is_person and _names(row["reason"], printed.name):
        yield "reason", "names_a_person", "Take the name out: the reviewed decisions hold no names."


def _key_problems(row: dict[str, str], printed: Printed | None) -> Iterator[tuple[str, str, str]]:
    if not seed.is_key(row["supplier_key"]):
        yield (
            "supplier_key",
            "key_unreadable",
            "Copy it from the export again: a spreadsheet may have turned it into a number.",
        )
    elif printed is None:
        yield "supplier_key", "supplier_unknown", "Export the queue again: no file names this supplier."
    elif row["name_key"] not in ("", names.name_key(printed.name)):
        yield (
            "name_key",
            "name_key_differs",
            "Copy it from the export again, or clear it to decide about this supplier alone.",
        )


def _decision_problems(row: dict[str, str], known: set[str]) -> Iterator[tuple[str, str, str]]:
    decision, entity_id = row["decision"], _entity_of(row)
    if decision.lower() in _KINDS:
        return
    if decision.isdigit() and not entity_id:
        yield "decision", "candidate_missing", "The row has no candidate of that number."
    elif not decision.isdigit() and not seed.ENTITY_ID.fullmatch(entity_id):
        allowed = (
            "the number of a candidate, an id such as GB-COH-01234567, none, organisation, person or later"
        )
        yield "decision", "decision_unknown", f"Write {allowed}."
    elif entity_id not in known:
        yield (
            "decision",
            "entity_unknown",
            "No register that is loaded holds this id: check it, or answer later.",
        )


def _names(text: str, name: str) -> bool:
    return f" {names.fold(name)} " in f" {names.fold(text)} "


def _printed_of(
    connection: psycopg.Connection[Any], is_synthetic: bool, keys: Iterable[str]
) -> dict[str, Printed]:
    rows = connection.execute(
        """select supplier_key, supplier_name, company_number, postcode from landing.suppliers
           where is_synthetic = %s and supplier_key = any(%s)""",
        [is_synthetic, list(keys)],
    )
    return {
        key: Printed(name, pad_company_number(number), compact_postcode(postcode))
        for key, name, number, postcode in rows
    }


# -- into the files ---------------------------------------------------------------------------------------


def _add(answers: Sequence[Answer], rows: list[Reviewed], printed: Mapping[str, Printed]) -> list[Reviewed]:
    """Append what is not there yet; returns it."""
    before = len(rows)
    for answer in answers:
        same = [row for row in rows if row.supplier_key == answer.supplier_key]
        if not any(row.is_in_force(date.today()) for row in same):
            rows.append(_reviewed(answer, same, printed[answer.supplier_key].name))
    return rows[before:]


def _reviewed(answer: Answer, same: Sequence[Reviewed], name: str) -> Reviewed:
    """In force from the beginning, or between the supplier's rows of earlier and later days."""
    today = date.today()
    later = [row.valid_from for row in same if row.valid_from and row.valid_from > today]
    keys = (answer.supplier_key, answer.name_key, answer.entity_id)
    kind = "" if answer.entity_id else answer.payee_kind
    days = (today if same else None, min(later) - timedelta(days=1) if later else None)
    is_personal = personal.may_be_a_person(name, answer.payee_kind)
    return Reviewed(*keys, kind, *days, today, answer.reviewer, answer.reason, is_personal)


# -- what it means ----------------------------------------------------------------------------------------


def _effects(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    before: Mapping[str, Outcome],
    after: Mapping[str, Outcome],
) -> dict[str, tuple[int, Decimal]]:
    """Suppliers and pounds by what changed for them, variants of the names included."""
    changed = [key for key in after if before.get(key) != after[key]]
    rows = connection.execute(
        """select supplier_key, entity_id from warehouse.supplier_decisions
           where is_synthetic = %s and superseded_at is null and supplier_key = any(%s)""",
        [is_synthetic, changed],
    )
    decided = dict(rows.fetchall())
    paid = holding.paid(connection, is_synthetic) if changed else {}
    effects: dict[str, tuple[int, Decimal]] = {}
    for key in changed:
        earlier = before[key].entity_id if key in before else decided.get(key)
        effect = _effect(earlier, after[key])
        count, gbp = effects.get(effect, (0, Decimal(0)))
        effects[effect] = count + 1, gbp + (paid[key].gbp if key in paid else 0)
    return effects


def _effect(earlier: str | None, now: Outcome) -> str:
    if now.payee_kind == "person":
        return "said to be persons"
    if now.entity_id is None:
        return "no longer matched" if earlier else "said to be in no register"
    if earlier is None:
        return "newly matched"
    return "confirmed as matched" if earlier == now.entity_id else "moved to another organisation"
