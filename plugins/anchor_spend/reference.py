"""Reference data into `reference`: postcodes, industries, companies, charities and mutuals, public bodies.

In: a folder of register files (the sample's own, or national ones: see registers/) and the publisher specs,
each of which is a public body too. Out: the rows of one world (sample or real), each dataset with its vintage
in reference.vintages. Files that have not changed cost a hash and nothing else.
Refuses a run without reference data, unless an earlier vintage is loaded: that goes on being used. A file or
dataset that is refused leaves the others going on, and what is loaded as it is.
"""

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import psycopg

from anchor_spend import database, reference_load, registers
from anchor_spend.errors import ReferenceDataError, RefusedRegistersError
from anchor_spend.public_bodies import body_frame, curation
from anchor_spend.records import RunRequest
from anchor_spend.reference_shrinking import refuse_lost
from anchor_spend.reference_staging import Part
from anchor_spend.registers import DATASETS, OPTIONAL, Chunk, Dataset, Links, Source
from anchor_spend.settings import load_settings
from anchor_spend.spec import Publisher, load_readable_specs

Outcome = Literal["loaded", "unchanged", "absent", "refused"]
READER_VERSION = "2"  # raise it when the same files give other rows
_log = logging.getLogger(__name__)


def reference_folder(request: RunRequest) -> Path:
    """Where the registers of a real run are: ANCHOR_SPEND_REFERENCE, or `reference` beside its archive.

    A live run without the variable looks in <home>/reference. The folder need not exist.
    """
    named = os.environ.get("ANCHOR_SPEND_REFERENCE")
    if named:
        return Path(named).expanduser().absolute()
    beside = Path(request.archive).absolute().parent if request.archive else load_settings().home
    return beside / "reference"


def refresh(request: RunRequest, folder: Path) -> dict[Dataset, Outcome]:
    """Load what has changed in a folder of registers into the world of a run, as role loader.

    While a spec cannot be read the public bodies stay as they are: its body must not drop out of them.
    RefusedRegistersError, once the rest is loaded, names every file and dataset that was refused, and every
    dataset that is neither in the folder nor loaded from an earlier one.
    """
    refused: list[ReferenceDataError] = []
    sources = registers.find_sources(folder, refused.append) if folder.is_dir() else []
    are_files_lacking = bool(refused)
    readable, problems = load_readable_specs()
    specs = list(readable.values())
    with database.connect("loader", autocommit=True) as connection, reference_load.alone(connection):
        outcomes: dict[Dataset, Outcome] = {}
        for dataset in DATASETS:
            if dataset == "public_bodies" and _is_to_wait(connection, request.is_synthetic, problems):
                outcomes[dataset] = "unchanged"
                continue
            about = (connection, request.is_synthetic, dataset, sources)
            try:
                if are_files_lacking:
                    refuse_lost(*about)
                outcomes[dataset] = _refresh(*about, specs, folder)
            except ReferenceDataError as error:
                outcomes[dataset] = "refused"
                refused.append(error)
    for problem in refused:
        _log.error("%s", problem)
    if refused:
        raise RefusedRegistersError(refused, outcomes)
    return outcomes


def _is_to_wait(connection: psycopg.Connection[Any], is_synthetic: bool, problems: dict[str, str]) -> bool:
    for publisher_id, problem in problems.items():
        _log.error("The spec of %s cannot be read: %s", publisher_id, problem)
    return bool(problems) and _loaded_sha256(connection, is_synthetic, "public_bodies") is not None


def _refresh(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    sources: Sequence[Source],
    specs: Sequence[Publisher],
    folder: Path,
) -> Outcome:
    of_dataset = [source for source in sources if source.layout.dataset == dataset]
    loaded = _loaded_sha256(connection, is_synthetic, dataset)
    if not of_dataset:
        return _go_on(connection, is_synthetic, dataset, loaded, specs, folder)
    parts = _parts(dataset, of_dataset, sources, specs)
    about = [part.content_sha256 for part in parts]
    if dataset == "organisations":  # societies are looked up among the companies
        about.append(_loaded_sha256(connection, is_synthetic, "companies") or "")
    sha256 = _digest(about)
    if sha256 == loaded:
        return "unchanged"
    counts = reference_load.load(connection, is_synthetic, dataset, parts, sha256)
    _log.info(
        "Loaded %d rows of %s from %d files: %d added, %d changed, %d gone",
        counts.rows, dataset, len(parts), counts.added, counts.changed, counts.gone,
    )  # fmt: skip
    return "loaded"


def _go_on(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    dataset: Dataset,
    loaded: str | None,
    specs: Sequence[Publisher],
    folder: Path,
) -> Outcome:
    """With what an earlier load left, where there is no file."""
    if loaded is None and dataset in OPTIONAL:
        return "absent"
    if loaded is None:
        known = ", ".join(layout.name for layout in registers.LAYOUTS if layout.dataset == dataset)
        raise ReferenceDataError(
            f"No register of {dataset.replace('_', ' ')} is in {folder}. Put one there, or point "
            f"ANCHOR_SPEND_REFERENCE at a folder that holds one. Layouts that are understood: {known}."
        )
    _log.warning("No register of %s in %s: the earlier vintage stays in use", dataset, folder)
    if dataset == "public_bodies":
        _warn_of_new_publishers(connection, is_synthetic, specs)
    return "unchanged"


def _warn_of_new_publishers(
    connection: psycopg.Connection[Any], is_synthetic: bool, specs: Sequence[Publisher]
) -> None:
    rows = connection.execute(
        "select publisher_id from reference.public_bodies where is_synthetic = %s", [is_synthetic]
    )
    missing = {spec.publisher_id for spec in specs} - {publisher_id for (publisher_id,) in rows}
    if missing:
        _log.warning("Not known as payees before registers are loaded: %s", ", ".join(sorted(missing)))


def _loaded_sha256(connection: psycopg.Connection[Any], is_synthetic: bool, dataset: Dataset) -> str | None:
    row = connection.execute(
        "select sha256 from reference.vintages where is_synthetic = %s and dataset = %s",
        [is_synthetic, dataset],
    ).fetchone()
    return row[0] if row else None


# -- parts: the files of a dataset and how to read them ---------------------------------------------------


def _parts(
    dataset: Dataset, of_dataset: Sequence[Source], sources: Sequence[Source], specs: Sequence[Publisher]
) -> list[Part]:
    hashes = {
        source.path: registers.sha256_of(source.path) for source in sources if _concerns(source, dataset)
    }
    contents = [(source, _content(source, hashes)) for source in of_dataset]
    if dataset == "public_bodies":
        return [_body_part(contents, specs)]
    if dataset == "organisations":
        linking = [source for source in sources if source.layout.dataset == "links"]
        return _organisation_parts(contents, linking, hashes)
    return [Part((source,), sha256, _reader(source)) for source, sha256 in contents]


def _concerns(source: Source, dataset: Dataset) -> bool:
    return source.layout.dataset == dataset or (dataset, source.layout.dataset) == ("organisations", "links")


def _content(source: Source, hashes: dict[Path, str]) -> str:
    return _digest([READER_VERSION, source.layout.name, source.member, source.vintage, hashes[source.path]])


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _reader(source: Source) -> Any:
    return lambda skip: registers.read(source, skip)


def _body_part(contents: Sequence[tuple[Source, str]], specs: Sequence[Publisher]) -> Part:
    """All registers of public bodies as one part: which rows are one body, only all of them tell."""

    def chunks(skip: int) -> Iterator[Chunk]:
        frames = (chunk.frame for source, _ in contents for chunk in registers.read(source))
        bodies = body_frame(frames, specs)
        yield Chunk(bodies.iloc[skip:], len(bodies) - skip)

    sha256 = _digest([*(sha256 for _, sha256 in contents), *curation(specs)])
    return Part(tuple(source for source, _ in contents), sha256, chunks)


def _organisation_parts(
    contents: Sequence[tuple[Source, str]], linking: Sequence[Source], hashes: dict[Path, str]
) -> list[Part]:
    """Charities and mutual societies, completed with links: these are read once, when first needed."""
    about_links = [_content(source, hashes) for source in linking]
    known: list[Links] = []

    def links() -> Links:
        if not known:
            frames = (chunk.frame for source in linking for chunk in registers.read(source))
            known.append(registers.gather(frames))
        return known[0]

    def reader(source: Source) -> Any:
        return lambda skip: (
            Chunk(registers.complete(frame, links()), rows) for frame, rows in registers.read(source, skip)
        )

    return [Part((source,), _digest([sha256, *about_links]), reader(source)) for source, sha256 in contents]
