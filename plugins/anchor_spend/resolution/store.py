"""Indexes kept between runs, so that a national register is read once a month and not once a run.

In: a key that is equal for equal registers, and the register in chunks. Out: an Index, loaded where one of
the key is kept, else built and kept. Small registers are built each time.
"""

import logging
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution import index as indexes
from anchor_spend.resolution.building import Register, build
from anchor_spend.resolution.index import Index
from anchor_spend.resolution.word_lists import SPELLINGS, sha256_of
from anchor_spend.settings import load_settings

_LEAST_KEPT = 100_000  # organisations: fewer are indexed faster than it is worth keeping
_MOST_KEPT = 3  # indexes
_log = logging.getLogger(__name__)


def open_index(key: str, register: Iterable[Register]) -> Index:
    """The index of a register; its chunks are read only where no index of the key is kept."""
    folder = load_settings().home / "indexes" / f"{key}-{sha256_of(SPELLINGS)[:8]}"
    if folder.exists():
        try:
            return indexes.load(folder)
        except (OSError, ValueError, ReferenceDataError) as error:
            _log.warning("The index %s cannot be read (%s) and is built again.", key, type(error).__name__)
    started = time.monotonic()
    built = build(register)
    if len(built.entity_ids) < _LEAST_KEPT:
        return built
    _log.info("Indexed %d names in %.0f s", built.size, time.monotonic() - started)
    _keep(built, folder)
    return built


def _keep(built: Index, folder: Path) -> None:
    """Written beside its place and moved there whole; the oldest indexes make room."""
    unfinished = folder.with_name(folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    indexes.save(built, unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    kept = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[_MOST_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
