"""The review commands: export the queue, import the answers, list reviewed decisions that have aged.

In: what the command line was given. Out: lines for standard output. Names go into the exported file only.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from anchor_spend import database, decisions
from anchor_spend.errors import ReviewError
from anchor_spend.review import answers, queue, seed, stale


def export(path: Path, *, limit: int, publisher_id: str, include_unclear: bool) -> Iterator[str]:
    """Write the queue to a file, and say what is in it."""
    with database.connect("loader") as connection:
        is_synthetic = decisions.world(connection)
        seed.lay_out(connection, seed.load())
        found = queue.collect(
            connection,
            is_synthetic,
            publisher_id=publisher_id or None,
            limit=limit,
            include_unclear=include_unclear,
        )
        queue.export(connection, is_synthetic, found, path)
    yield from _queue_lines(found, path)


def _queue_lines(found: queue.Queue, path: Path) -> Iterator[str]:
    gbp = sum((line.gbp for line in found.lines), Decimal(0))
    yield f"{path}: {len(found.lines):,} of {found.waiting:,} names that wait, {_pounds(gbp)}"
    for place, words in enumerate(queue.ORDER):
        lines = [line for line in found.lines if line.place == place]
        if lines:
            yield f"  {words}: {len(lines):,}, {_pounds(sum((line.gbp for line in lines), Decimal(0)))}"
    for reason, amounts in sorted(found.left_out.items()):
        yield f"  left out, {reason}: {len(amounts):,} suppliers, {_pounds(sum(amounts, Decimal(0)))}"
    yield (
        "Fill in decision, reviewer and reason. A decision is a candidate's number, an id, none (in no "
        "register), organisation (in none, and certainly no person: its name is published), person or later."
    )


def take(path: Path) -> Iterator[str]:
    """Take the answers of a file and say what came of them; ReviewError after it where rows were refused."""
    with database.connect("loader") as connection:
        is_synthetic = decisions.world(connection)
        done = answers.import_file(connection, is_synthetic, path)
        reviewed = seed.load()
        seed.lay_out(connection, reviewed)
        aged = stale.note(connection, is_synthetic, reviewed)
    yield (
        f"{done.added} decisions added, {done.unchanged} there already, {done.later} for later, "
        f"{done.empty} not answered, {len({problem.row for problem in done.refused})} refused"
    )
    for effect, (count, gbp) in sorted(done.effects.items()):
        yield f"  {effect}: {count:,} suppliers, {_pounds(gbp)}"
    yield from _where_lines(done)
    yield from stale.lines(aged)
    for problem in done.refused:
        yield f"row {problem.row}, {problem.column} [{problem.rule}]: {problem.remedy}"
    if done.refused:
        raise ReviewError("The rows named above were not taken. Correct them and import the file again.")


def _where_lines(done: answers.Imported) -> Iterator[str]:
    """Which file holds what was taken, and what a team does with it."""
    if done.moved:
        yield (
            f"{done.moved} decisions about names that are, or may be, a person's were moved out of "
            f"{seed.seed_path()}: commit it without them. What was committed before is still in git."
        )
    if done.added > done.added_personal:
        yield f"{seed.seed_path()} holds {done.added - done.added_personal} of them: commit it."
    if done.added_personal:
        yield (
            f"{seed.personal_path()} holds {done.added_personal} of them, about names that are, or may be, a "
            "person's: it stays out of the repository. Back it up with the database."
        )
    if done.added:
        yield "The next run builds a release with them."


def list_stale() -> Iterator[str]:
    """Every reviewed decision that needs another look, and what to do."""
    with database.connect("loader") as connection:
        is_synthetic = decisions.world(connection)
        reviewed = seed.load()
        seed.lay_out(connection, reviewed)
        found = stale.note(connection, is_synthetic, reviewed)
    yield from stale.lines(found)
    agreeing = sum(row.severity == "info" for row in found)
    remarks = len(found) - agreeing
    yield f"{len(reviewed)} reviewed decisions, {remarks} remarks; the engine agrees with {agreeing}"


def _pounds(amount: Decimal) -> str:
    return f"£{amount:,.2f}"
