"""Registers that lack something: a file cut short, a part that is missing or cannot be opened, an old list.

In: what is loaded, what is in the folder and what is staged. Refuses a register that was loaded before and
now lacks parts, and in the real world one from which more than a fifth would go, because each organisation
that is missing would be no longer listed, and each postcode no place. A person may say that it is so. A first
load takes nothing away: one that lacks parts, or has fewer rows than the whole register, is loaded and said.
"""

import logging
import os
import re
from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from anchor_spend.errors import ReferenceDataError
from anchor_spend.reference_staging import KEPT, Part, listed_by, sources_of
from anchor_spend.registers import COMPANIES_HOUSE, Dataset, Source, read

MOST_GONE = 0.2  # of what is loaded
FEW = 100  # rows: smaller lists come and go
ACCEPTED = "ANCHOR_SPEND_ACCEPT_SMALLER"  # names of registers or datasets, with commas between
_log = logging.getLogger(__name__)
_PART = re.compile(r"part[-_ ]?(\d{1,3})(?:_|[-_ ]?of[-_ ]?)(\d{1,3})(?!\d)", re.IGNORECASE)


def _is_accepted(name: str) -> bool:
    return name in {name.strip() for name in os.environ.get(ACCEPTED, "").split(",")}


# -- before anything is read ------------------------------------------------------------------------------


def refuse_lost(
    connection: psycopg.Connection[tuple[object, ...]],
    is_synthetic: bool,
    dataset: Dataset,
    sources: Sequence[Source],
) -> None:
    """Where a file cannot be opened: ReferenceDataError if the dataset came from a kind of file that is not
    there now, or only in an earlier vintage. The rest would take the place of what is loaded.
    """
    newest: dict[str, str] = {}
    for source in sources:
        if source.layout.dataset == dataset:
            newest[source.layout.name] = max(source.age, newest.get(source.layout.name, ""))
    lost = sorted(
        name
        for name, vintage in _loaded_layouts(connection, is_synthetic, dataset).items()
        if name not in newest or newest[name] < vintage
    )
    if newest and lost:
        raise ReferenceDataError(
            f"{dataset} is not loaded while a file cannot be opened: it came from {', '.join(lost)} before, "
            "and no such file is there now, or an older one. The vintage that is loaded stays in use."
        )


def _loaded_layouts(
    connection: psycopg.Connection[tuple[object, ...]], is_synthetic: bool, dataset: Dataset
) -> dict[str, str]:
    """Layouts behind the newest load, with their newest vintage; '' for those read together as one part."""
    rows = connection.execute(
        """select layout, coalesce(max(vintage) filter (where vintage ~ '^[0-9]{4}' and vintage !~ ';'), '')
           from reference.register_files where is_synthetic = %s and dataset = %s group by layout""",
        [is_synthetic, dataset],
    )
    return {name: str(vintage) for names, vintage in rows for name in str(names).split("; ")}


def refuse_incomplete(
    connection: psycopg.Connection[tuple[object, ...]],
    is_synthetic: bool,
    dataset: Dataset,
    sources: Sequence[Source],
) -> None:
    """ReferenceDataError where a register loaded before now lacks parts, by the names of its files."""
    known = _loaded_layouts(connection, is_synthetic, dataset)
    for name, of_one in _newest(sources).items():
        numbers = [tuple(map(int, found.groups())) for s in of_one if (found := _PART.search(s.path.name))]
        is_in_parts = len(numbers) == len(of_one)  # else one of them is the whole
        total = max((total for _, total in numbers), default=0) if is_in_parts else 0
        missing = sorted(set(range(1, total + 1)) - {number for number, _ in numbers})
        if not missing or _is_accepted(of_one[0].known_as):
            continue
        said = (
            f"{name} of {of_one[0].vintage} comes in {total} parts. There are {_files(of_one)}; missing: "
            f"{', '.join(map(str, missing))}."
        )
        if name in known:
            raise ReferenceDataError(
                f"{said} Nothing of {dataset} is loaded until all parts are in the folder. "
                f"{_accept(of_one[0].known_as)}"
            )
        _log.warning("%s What they hold is loaded; suppliers in the others stay unresolved.", said)


def _newest(sources: Sequence[Source]) -> dict[str, list[Source]]:
    """The files of each layout's newest vintage."""
    found: dict[str, list[Source]] = {}
    for source in sorted(sources, key=lambda source: source.age, reverse=True):
        of_one = found.setdefault(source.layout.name, [])
        if not of_one or of_one[0].age == source.age:
            of_one.append(source)
    return found


def _files(sources: Sequence[Source]) -> str:
    return ", ".join(sorted(source.path.name for source in sources))


def _accept(name: str) -> str:
    return f"Where it is right, run once with {ACCEPTED}={name}."


# -- when everything is staged ----------------------------------------------------------------------------


def warn_of_small(
    connection: psycopg.Connection[tuple[object, ...]], dataset: Dataset, parts: Sequence[Part]
) -> None:
    """Say where the first load of a register has fewer rows than a whole one has."""
    staged = connection.execute("select position, rows_read from reference.staged_files").fetchall()
    rows = {int(str(position)): int(str(count)) for position, count in staged}
    staged_alone = {part.sources[0]: rows[n] for n, part in enumerate(parts) if len(part.sources) == 1}
    known = _loaded_layouts(connection, False, dataset)
    for name, of_one in _newest(sources_of(parts)).items():
        first = of_one[0]
        if name in known or not first.layout.at_least:
            continue
        count = sum(staged_alone[s] if s in staged_alone else _rows_in(s) for s in of_one)
        if count < first.layout.at_least:
            _log.warning(
                "%s: %s rows of %s, and a whole one has %s at least. It is loaded; what is not in it stays "
                "unresolved. If it was to be whole, it is cut short: fetch it again.",
                _files(of_one), f"{count:,}", name, f"{first.layout.at_least:,}",
            )  # fmt: skip


def _rows_in(source: Source) -> int:
    """Counted in the file: those of public bodies are staged together, as bodies."""
    return sum(chunk.rows_read for chunk in read(source))


def refuse_shrunk(
    connection: psycopg.Connection[tuple[object, ...]], dataset: Dataset, sources: Sequence[Source]
) -> None:
    """ReferenceDataError where much less is staged than is loaded, and nobody said that it is right."""
    for name, kind, loaded, staged in _sizes(connection, dataset, sources):
        if loaded >= FEW and staged < (1 - MOST_GONE) * loaded and not _is_accepted(name):
            raise ReferenceDataError(
                f"The files of {name} hold {staged:,} rows{kind}, and {loaded:,} are loaded. A file may be "
                "cut short, a part missing, or the newest no whole list. The earlier vintage stays in use. "
                f"Fetch the register again, or take its files out of the folder. {_accept(name)}"
            )


def _sizes(
    connection: psycopg.Connection[tuple[object, ...]], dataset: Dataset, sources: Sequence[Source]
) -> Iterator[tuple[str, str, int, int]]:
    """(register or dataset, which of its rows, how many are loaded, and staged) for all that may leave."""
    is_whole = dataset not in KEPT or all(source.layout.is_whole for source in sources)
    if is_whole:
        yield dataset, "", *_counts(connection, dataset, sql.SQL("true"))
        if dataset == "public_bodies":  # a short register of trusts would go unseen among the schools
            yield from _sizes_by_type(connection)
        return
    for register in sorted(listed_by(sources)):
        is_companies = register == COMPANIES_HOUSE
        of_it = sql.SQL("true") if is_companies else sql.SQL("register = {}").format(sql.Literal(register))
        yield register, "", *_counts(connection, dataset, sql.SQL("is_listed and {}").format(of_it))


def _sizes_by_type(
    connection: psycopg.Connection[tuple[object, ...]],
) -> Iterator[tuple[str, str, int, int]]:
    """As _sizes, of each type of public body: each stands in a register or two."""
    types = connection.execute(
        "select distinct body_type from reference.public_bodies where not is_synthetic order by 1"
    ).fetchall()
    for (body_type,) in types:
        of_it = sql.SQL("body_type = {}").format(sql.Literal(body_type))
        yield "public_bodies", f" of type {body_type}", *_counts(connection, "public_bodies", of_it)


def _counts(
    connection: psycopg.Connection[tuple[object, ...]], dataset: Dataset, condition: sql.Composable
) -> tuple[int, int]:
    statement = sql.SQL("select count(*) from reference.{} where not is_synthetic and {}")
    tables = (sql.Identifier(dataset), sql.Identifier(f"staged_{dataset}"))
    rows = [connection.execute(statement.format(table, condition)).fetchone() for table in tables]
    loaded, staged = (int(str(row[0])) if row else 0 for row in rows)
    return loaded, staged
