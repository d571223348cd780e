"""Two names word by word: how much of each word the other name holds.

In: pairs of a reading and a name. Out: Alike, a table of 0 to 1 for each word of either name. A word is
held whole, written together with its neighbour, misspelt, shortened or squeezed; digits are held whole or
not at all.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq

from anchor_spend.resolution import wording
from anchor_spend.resolution.asking import Asked
from anchor_spend.resolution.candidates import OUR_WORDS, THEIR_WORDS, Pairs, padded
from anchor_spend.resolution.index import Ids, Index
from anchor_spend.resolution.wording import Flags, Floats, Hashes

Table = npt.NDArray[np.float32]
_MIX = np.uint64(0x2545F4914F6CDD1D)


class Alike(NamedTuple):
    """A row for each pair of names, a column for each word; -1 where there is none.

    `our_hold` says how far each of our words is in the other name, `their_hold` the same of theirs.
    """

    ours: Ids
    theirs: Ids
    our_hashes: Hashes
    their_hashes: Hashes
    our_hold: Floats
    their_hold: Floats
    first_equal: Flags
    last_equal_first: Flags


def compare(asked: Asked, index: Index, pairs: Pairs) -> Alike:
    """Every word of ours with every word of theirs."""
    words = asked.words
    ours = padded(words.offsets, np.arange(len(words.hashes), dtype=np.int32), pairs.readings, OUR_WORDS)
    theirs = padded(index.offsets, index.words, pairs.names, THEIR_WORDS)
    our_hashes = np.where(ours >= 0, words.hashes[ours], np.uint64(0))
    their_hashes = np.where(theirs >= 0, index.word_hashes[theirs], np.uint64(1))
    table = (our_hashes[:, :, None] == their_hashes[:, None, :]).astype(np.float32)
    first = table[:, 0, 0] == 1
    _hold_joined(table, our_hashes, np.where(ours >= 0, words.lengths[ours], 0), their_hashes)
    lengths = np.char.str_len(index.letters[theirs].ravel()).reshape(theirs.shape)
    _hold_joined(table.transpose(0, 2, 1), their_hashes, np.where(theirs >= 0, lengths, 0), our_hashes)
    _hold_near(table, asked, index, ours, theirs)
    return Alike(
        ours,
        theirs,
        our_hashes,
        their_hashes,
        table.max(axis=2).astype(np.float64),
        table.max(axis=1).astype(np.float64),
        first,
        _last_equals_first(ours, our_hashes, their_hashes),
    )


def _last_equals_first(ours: Ids, our_hashes: Hashes, their_hashes: Hashes) -> Flags:
    counts = (ours >= 0).sum(axis=1)
    last = np.take_along_axis(our_hashes, np.maximum(counts - 1, 0)[:, None], axis=1)[:, 0]
    equal: Flags = (counts > 1) & (last == their_hashes[:, 0])
    return equal


def _hold_joined(table: Table, hashes: Hashes, lengths: wording.Integers, other: Hashes) -> None:
    """Two neighbours of one name are one word of the other."""
    both = wording.joined_hash(hashes[:, :-1], lengths[:, :-1], hashes[:, 1:])
    is_pair = (lengths[:, :-1] > 0) & (lengths[:, 1:] > 0)
    row, i, j = np.nonzero((both[:, :, None] == other[:, None, :]) & is_pair[:, :, None])
    table[row, i, j] = 1
    table[row, i + 1, j] = 1


def _hold_near(table: Table, asked: Asked, index: Index, ours: Ids, theirs: Ids) -> None:
    """Near spellings among the words left over on both sides that begin with the same letter."""
    free_ours = (ours >= 0) & (table.max(axis=2) == 0)
    free_theirs = (theirs >= 0) & (table.max(axis=1) == 0)
    our_first = np.array([ord(asked.spelling[word][0]) for word in asked.words.hashes.tolist()] or [0])
    their_first = index.letters[theirs].view(np.uint8).reshape(*theirs.shape, wording.LONGEST_KEPT)[:, :, 0]
    is_near = free_ours[:, :, None] & free_theirs[:, None, :]
    is_near &= our_first[ours][:, :, None] == their_first[:, None, :]
    row, i, j = np.nonzero(is_near)
    if not len(row):
        return
    left, right = asked.words.hashes[ours[row, i]], theirs[row, j]
    _, first, inverse = np.unique(
        left * _MIX + right.astype(np.uint64), return_index=True, return_inverse=True
    )
    similar = word_similarity(
        [asked.spelling[word] for word in left[first].tolist()],
        [word.decode() for word in index.letters[right[first]].tolist()],
    )
    table[row, i, j] = similar[inverse]


def word_similarity(left: Sequence[str], right: Sequence[str]) -> Floats:
    """0 to 1: how likely different words with the same first letter are spellings of one."""
    distance = process.cpdist(left, right, scorer=OSA.distance, dtype=np.float32)
    common = process.cpdist(left, right, scorer=LCSseq.similarity, dtype=np.float32)
    ours, theirs = (np.array([len(word) for word in side]) for side in (left, right))
    shorter, longer = np.minimum(ours, theirs), np.maximum(ours, theirs)
    begins = np.array([a.startswith(b) or b.startswith(a) for a, b in zip(left, right, strict=True)])
    has_digit = np.array([not (a.isalpha() and b.isalpha()) for a, b in zip(left, right, strict=True)])
    is_misspelt = (distance <= np.maximum(1, longer // 4)) & (shorter >= 4)
    misspelt = np.where(is_misspelt, 1 - 1.2 * distance / longer, 0)
    shortened = np.where(begins, np.where(shorter >= 3, 0.55 + 0.35 * shorter / longer, 0.3), 0)
    is_squeezed = (common == shorter) & (shorter >= 2) & ~begins
    squeezed = np.where(is_squeezed, 0.35 + 0.3 * shorter / longer, 0)
    similar: Floats = np.where(has_digit, 0, np.maximum(np.maximum(misspelt, shortened), squeezed))
    return similar
