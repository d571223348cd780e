"""Published names made ready to be asked about: read in every way, in the words of an index.

In: names as published and the widths they may be cut at. Out: Asked, one row for each reading of a name.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from anchor_spend import names
from anchor_spend.resolution import wording
from anchor_spend.resolution.index import Ids, Index, initials_of
from anchor_spend.resolution.kinds import kinds_of
from anchor_spend.resolution.readings import readings_of
from anchor_spend.resolution.wording import Bytes, Flags, Hashes, Integers, Words


class Asked(NamedTuple):
    """Readings of names. `names` says whose each is, `ids` places words in the vocabulary, -1 for none."""

    names: Integers
    kinds: Integers
    words: Words
    ids: Ids
    texts: list[bytes]  # the words of each reading, written together
    is_cut: Flags  # whether the name fills its publisher's width
    initials: Hashes
    first_letters: Bytes  # of each word
    word_kinds: Bytes
    spelling: dict[int, str]


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
    letters = [spelling.words[word] for word in words.hashes.tolist()]
    first = np.array([ord(word[0]) for word in letters], dtype=np.uint8)
    offsets = words.offsets.tolist()
    return Asked(
        np.array([place for place, _ in found], dtype=np.int64),
        np.array([reading.kind for _, reading in found], dtype=np.int64),
        words,
        word_ids(index, words.hashes),
        ["".join(letters[a:b]).encode() for a, b in pairwise(offsets)],
        np.array([is_cut[place] for place, _ in found], dtype=bool),
        initials_of(words.offsets, words.hashes, first),
        first,
        kinds_of(words.hashes),
        spelling.words,
    )


def word_ids(index: Index, hashes: Hashes) -> Ids:
    """Places in the vocabulary, -1 where a word is unknown."""
    if not len(index.by_hash):
        return np.full(len(hashes), -1, dtype=np.int32)
    at = np.searchsorted(index.word_hashes, hashes, sorter=index.by_hash)
    ids = index.by_hash[np.minimum(at, len(index.by_hash) - 1)]
    return np.where(index.word_hashes[ids] == hashes, ids, -1).astype(np.int32)
