"""Try a drafted spec on the file it was drafted from.

In: the spec and the file. Out: a Trial: what was read, and every reason not to trust the draft. The
pipeline's own reading judges it: less than 99% of rows read, columns other than the ones chosen, or books
that do not close are problems, never passed over.
"""

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from anchor_spend.conform import conform
from anchor_spend.draft.opening import Opened
from anchor_spend.draft.sheets import Reading
from anchor_spend.errors import UnreadableFileError
from anchor_spend.readers import read_tables
from anchor_spend.records import ConformedFile, RawTable
from anchor_spend.spec import FileFormat, Publisher, normalise_header

ENOUGH = 0.99


@dataclass(frozen=True)
class Trial:
    """What the drafted spec made of its own file."""

    rows_read: int = 0
    payments: int = 0
    rejected: int = 0
    excluded: int = 0
    share_read: float = 0.0
    total_pence: int = 0
    problems: tuple[str, ...] = ()
    rules: dict[str, int] = field(default_factory=dict)  # rows set aside, by rule

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def try_spec(
    publisher: Publisher,
    stream: str,
    period: str,
    data: bytes,
    file_name: str,
    opened: Opened,
    first: Reading,
) -> Trial:
    """Read the file by the spec as the pipeline would; what fails is told in `problems`."""
    file_format = publisher.streams[stream].format  # type: ignore[index]
    try:
        tables = _read(data, file_name, file_format, opened)
        conformed = conform(tables, publisher, stream, period, file_name)
    except UnreadableFileError as error:
        return Trial(problems=(f"the drafted spec does not read the file: [{error.rule}] {error.detail}",))
    counts = len(conformed.payments), len(conformed.rejected), len(conformed.excluded)
    asked = counts[0] + counts[1]
    share = counts[0] / asked if asked else 0.0
    total = sum(conformed.payments["amount_pence"].tolist())
    problems = (*_too_few(conformed, share), *_not_closed(conformed), *_other_columns(conformed, first))
    aside = [*conformed.rejected["rule"].tolist(), *conformed.excluded["rule"].tolist()]
    return Trial(conformed.rows_read, *counts, share, total, problems, dict(Counter(aside)))


def _read(data: bytes, file_name: str, file_format: FileFormat, opened: Opened) -> list[RawTable]:
    """The tables the spec reads. Of workbooks and PDFs it only chooses sheets: they are not read twice."""
    if opened.kind == "delimited":
        return read_tables(data, file_name, file_format)
    wanted = re.compile(file_format.sheet or ".*", re.IGNORECASE | re.DOTALL)
    return [table for table in opened.tables if wanted.fullmatch(table.sheet.strip())]


def _too_few(conformed: ConformedFile, share: float) -> tuple[str, ...]:
    if not len(conformed.payments):
        return ("the drafted spec finds no payment in the file.",)
    if share >= ENOUGH:
        return ()
    rules = conformed.rejected["rule"].value_counts().items()
    why = ", ".join(f"{number} {rule}" for rule, number in rules)
    return (f"only {share:.1%} of the rows are read; set aside: {why}.",)


def _not_closed(conformed: ConformedFile) -> tuple[str, ...]:
    parts = (conformed.payments, conformed.rejected, conformed.excluded)
    rows = sum(map(len, parts))
    pence = sum(sum(part["amount_pence"].tolist()) for part in parts)
    if (rows, pence) == (conformed.rows_read, conformed.pence_read):
        return ()
    return (f"rows or pence are lost in reading: {conformed.rows_read} rows read, {rows} told apart.",)


def _other_columns(conformed: ConformedFile, first: Reading) -> tuple[str, ...]:
    """The columns that were chosen must be the ones that are read."""
    sheets = {sheet["sheet"]: sheet for sheet in conformed.reading["sheets"]}
    read = sheets.get(first.sheet.table.sheet, {}).get("columns", {})
    chosen = {name: normalise_header(guess.column) for name, guess in first.guesses.items()}
    differing = [
        name for name, header in chosen.items() if read.get(name, header) != header or name not in read
    ]
    return (f"other columns are read than were chosen: {', '.join(differing)}.",) if differing else ()
