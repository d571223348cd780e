"""Answers beside each other and beside what is reviewed already.

In: answers that can be taken by themselves, reviewed rows, and what is printed beside each supplier. Out: the
answers that contradict none, and the rest with the row or decision they contradict. Two suppliers of one
name may be two organisations only where a number or postcode printed beside both tells them apart; each
answer then holds for its own supplier and for no variant.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from anchor_spend.review.seed import Reviewed, path_of


class Problem(NamedTuple):
    """A row that is not taken."""

    row: int
    column: str
    rule: str
    remedy: str


class Answer(NamedTuple):
    """A row that can be taken by itself."""

    row: int
    supplier_key: str
    name_key: str
    entity_id: str
    payee_kind: str
    reviewer: str
    reason: str

    @property
    def outcome(self) -> tuple[str, str]:
        return self.entity_id, self.payee_kind


class Printed(NamedTuple):
    """What is published of a supplier, numbers and postcodes as compared."""

    name: str
    number: str
    postcode: str


def without_contradictions(
    answers: Sequence[Answer], reviewed: Sequence[Reviewed], printed: Mapping[str, Printed]
) -> tuple[list[Answer], list[Problem]]:
    """The answers to take, their name_key cleared where they hold for one supplier only; and the refused."""
    in_force = [row for row in reviewed if row.is_in_force(date.today())]
    kept: list[Answer] = []
    refused: list[Problem] = []
    for answer in answers:
        others = [*_in_file(answer, answers), *_in_seed(answer, in_force)]
        apart = [_are_apart(printed.get(answer.supplier_key), printed.get(key)) for key, _ in others]
        if all(apart):
            kept.append(answer._replace(name_key="") if others else answer)
        else:
            refused.append(Problem(answer.row, "decision", *others[apart.index(False)][1]))
    return kept, refused


def _in_file(answer: Answer, answers: Sequence[Answer]) -> Iterator[tuple[str, tuple[str, str]]]:
    """(supplier, rule and remedy) for every other row that says something else."""
    for other in answers:
        if _is_about_the_same(answer, other) and other.outcome != answer.outcome:
            remedy = f"Row {other.row} says otherwise of the same name: leave one of them."
            yield other.supplier_key, ("contradicts_row", remedy)


def _in_seed(answer: Answer, in_force: Sequence[Reviewed]) -> Iterator[tuple[str, tuple[str, str]]]:
    for row in in_force:
        if _is_about_the_same(answer, row) and row.outcome != answer.outcome:
            remedy = (
                f"It was decided otherwise on {row.reviewed_on} for {row.supplier_key}: end that row of "
                f"{path_of(row).name} with a valid_to first."
            )
            yield row.supplier_key, ("contradicts_reviewed", remedy)


def _is_about_the_same(answer: Answer, other: Answer | Reviewed) -> bool:
    return other.supplier_key == answer.supplier_key or bool(answer.name_key == other.name_key != "")


def _are_apart(first: Printed | None, second: Printed | None) -> bool:
    """Whether something printed beside both tells two suppliers of one name apart."""
    if first is None or second is None or first == second:
        return False
    numbers, postcodes = {first.number, second.number}, {first.postcode, second.postcode}
    return any(len(printed) == 2 and "" not in printed for printed in (numbers, postcodes))
