"""Published names made ready to be asked about: read in every way, in the words of an index.

In: names as published and the widths they may be cut at. Out: Asked, one row for each reading of a name.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from anchor_spend import names
from anchor_spend.resolution import wording
from anchor_spend.resolution.index import Index, initials_of
from anchor_spend.resolution.kernels import Readings
from anchor_spend.resolution.kinds import DIGIT, kinds_of
from anchor_spend.resolution.readings import readings_of
from anchor_spend.resolution.wording import Flags, Hashes, Ids, Integers, Words


class Asked(NamedTuple):
    """Readings of names: whose each is, the way it was read (readings.KINDS), and its words."""

    names: Integers
    kinds: Integers
    words: Words
    readings: Readings


def ask(index: Index, published: Sequence[str], cut_at: Sequence[int | None]) -> Asked:
    """The readings of names."""
    is_cut = [names.is_possibly_cut(name, limit) for name, limit in zip(published, cut_at, strict=True)]
    found = [
        (place, reading)
        for place, (name, cut) in enumerate(zip(published, is_cut, strict=True))
        for reading in readings_of(name, cut)
    ]
    spelling = wording.Spelling()
    words = wording.read_words([reading.text for _, reading in found], spelling)
    owners = np.array([place for place, _ in found], dtype=np.int64)
    kinds = np.array([reading.kind for _, reading in found], dtype=np.int64)
    readings = _readings(index, words, spelling, np.array(is_cut, dtype=bool)[owners])
    return Asked(owners, kinds, words, readings)


def _readings(index: Index, words: Words, spelling: wording.Spelling, is_cut: Flags) -> Readings:
    spelled = [spelling.words[word] for word in words.hashes.tolist()]
    letters = np.array(spelled, dtype=f"S{wording.LONGEST_KEPT}").view(np.uint8)
    letters = letters.reshape(-1, wording.LONGEST_KEPT)
    is_number = np.array([not word.isalpha() for word in spelled], dtype=np.uint8)
    ids = word_ids(index, words.hashes)
    weights = np.where(ids < 0, index.unknown_weight, index.word_weights[ids])
    return Readings(
        offsets=words.offsets,
        text_offsets=running(words.lengths)[words.offsets],
        text=np.frombuffer("".join(spelled).encode(), dtype=np.uint8),
        spelled=words.spelled,
        begins=words.begins,
        raw_lengths=np.diff(running(words.raw_lengths)[words.offsets]),
        is_cut=is_cut,
        initials=initials_of(words.offsets, words.hashes, letters[:, 0]),
        weights=np.diff(running(weights)[words.offsets]),
        hashes=words.hashes,
        ids=ids,
        lengths=words.lengths,
        kinds=kinds_of(words.hashes) | np.uint8(DIGIT) * is_number,
        letters=letters,
    )


def running(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The sums of all values before each, and of all."""
    return np.concatenate([[0], np.cumsum(values, dtype=float if values.dtype.kind == "f" else int)])


def word_ids(index: Index, hashes: Hashes) -> Ids:
    """Places in the vocabulary, -1 where a word is unknown."""
    if not len(index.by_hash):
        return np.full(len(hashes), -1, dtype=np.int32)
    at = np.searchsorted(index.word_hashes, hashes, sorter=index.by_hash)
    ids = index.by_hash[np.minimum(at, len(index.by_hash) - 1)]
    return np.where(index.word_hashes[ids] == hashes, ids, -1).astype(np.int32)
