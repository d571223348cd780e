"""Names of a file against the register of another; no database.

In (CSV or Parquet): query_name and optional published_postcode, published_number, name_cut_at,
category (of the payments);
and company_number, company_name, optional previous_names ('; ' between), postcode. Without name_cut_at the
width names are cut at is told from the names themselves. Out, in the order of the names: query_name,
company_number (empty when not accepted), score, band, method, runner_up, runner_up_score; in band review
the runner-up is the candidate to look at. Refuses files without the columns it needs.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution import store
from anchor_spend.resolution.building import Register
from anchor_spend.resolution.deciding import (
    NEEDS_A_PERSON,
    Decision,
    Entity,
    Query,
    resolve_with,
)
from anchor_spend.resolution.identifiers import COMPANY_PREFIX, compact_postcode
from anchor_spend.resolution.index import Index
from anchor_spend.resolution.model import review_limit

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 200_000  # rows of a file held at once
_NAME_COLUMNS = ("query_name", "published_number", "published_postcode", "name_cut_at", "category")
_REGISTER_COLUMNS = ("company_number", "company_name", "previous_names", "postcode")
_OUT_COLUMNS = ["query_name", "company_number", "score", "band", "method", "runner_up", "runner_up_score"]
_MOST_PROCESSES = 8
_LEAST_WIDTH = 18  # characters: nobody cuts names shorter


def resolve_files(names_file: Path, register_file: Path, out_file: Path) -> dict[str, int]:
    """Resolve the names of one file against the register of another; returns how many fell in each band."""
    import pandas as pd

    queries = _queries_of(pd.concat(_read_chunks(names_file, _NAME_COLUMNS, required=1), ignore_index=True))
    index = open_register(register_file)
    decisions = resolve_with(index, queries, [], processes=min(os.cpu_count() or 1, _MOST_PROCESSES))
    rows = [_file_row(query, decision) for query, decision in zip(queries, decisions, strict=True)]
    out = pd.DataFrame(rows, columns=_OUT_COLUMNS)
    if out_file.suffix == ".parquet":
        out.to_parquet(out_file, index=False)
    else:
        out.to_csv(out_file, index=False)
    return dict(Counter(out["band"]))


def _key_of(path: Path) -> str:
    with path.open("rb") as file:
        return f"file-{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}"


def _file_row(query: Query, decision: Decision) -> tuple[Any, ...]:
    number, second = (
        (entity_id or "").removeprefix(COMPANY_PREFIX)
        for entity_id in (decision.entity_id, decision.runner_up_entity_id)
    )
    return (
        query.name,
        number,
        decision.score,
        band_of(decision),
        decision.method,
        second,
        decision.runner_up_score,
    )


def band_of(decision: Decision) -> str:
    """'accept', 'review' where a person may find the right one at hand, else 'reject'."""
    if decision.entity_id:
        return "accept"
    is_near = (decision.runner_up_score or 0) >= review_limit()
    needs_a_person = decision.evidence["why"] in NEEDS_A_PERSON
    return "review" if is_near or needs_a_person else "reject"


def _queries_of(rows: "pd.DataFrame") -> list[Query]:
    limit = width_limit(list(rows["query_name"]))
    columns = (rows[name].tolist() for name in _NAME_COLUMNS)
    return [
        Query(
            str(place),
            name,
            company_number,
            postcode,
            int(float(width)) if width else limit,
            categories=(category,) if category else (),
        )
        for place, (name, company_number, postcode, width, category) in enumerate(zip(*columns, strict=True))
    ]


def width_limit(published_names: Sequence[str]) -> int | None:
    """The width names are cut at, told from far more names of the greatest length than just below it."""
    lengths = Counter(len(name) for name in published_names)
    longest = max(lengths, default=0)
    below = max(lengths[longest - step] for step in range(2, 7))
    return longest if longest > _LEAST_WIDTH and lengths[longest] > 5 + 2 * below else None


def open_register(path: Path) -> Index:
    """The index of a register in a file."""
    return store.open_index(_key_of(path), register_of(path))


def register_of(path: Path) -> Iterator[Register]:
    """The companies of a register in a file, as an index is built of them."""
    for chunk in _read_chunks(path, _REGISTER_COLUMNS, required=2):
        numbers, names, previous, postcodes = (chunk[name].tolist() for name in _REGISTER_COLUMNS)
        ids = [COMPANY_PREFIX + number for number in numbers]
        yield Register(ids, names, previous, [compact_postcode(postcode) for postcode in postcodes])


def entities_of(path: Path) -> Iterator[Entity]:
    """The companies of a register in a file, one by one."""
    for chunk in _read_chunks(path, _REGISTER_COLUMNS, required=2):
        for number, name, previous, postcode in chunk.itertuples(index=False):
            yield Entity(COMPANY_PREFIX + number, name, previous.split("; ") if previous else (), postcode)


def _read_chunks(path: Path, columns: Sequence[str], required: int) -> Iterator["pd.DataFrame"]:
    """Some columns of a CSV or Parquet file as frames of text, '' where empty; the first must be there."""
    for frame in _frames(path):
        missing = [name for name in columns[:required] if name not in frame.columns]
        if missing:
            raise ReferenceDataError(f"{path.name} has no column {', '.join(missing)}.")
        yield frame.reindex(columns=list(columns), fill_value="").astype("str").fillna("")


def _frames(path: Path) -> Iterator["pd.DataFrame"]:
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            for batch in pq.ParquetFile(path).iter_batches(_CHUNK):
                yield batch.to_pandas()
        else:
            import pandas as pd

            yield from pd.read_csv(path, dtype="str", keep_default_na=False, chunksize=_CHUNK)
    except (OSError, ValueError) as error:  # not the message: it may quote a cell
        raise ReferenceDataError(
            f"{path.name} cannot be read as a table ({type(error).__name__}). It must be a CSV in UTF-8 or a "
            "Parquet file."
        ) from error
