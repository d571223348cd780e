"""How many names of a register are like a published one: the more, the less its letters and words tell.

In: names asked about, an index, and how their words compare. Out: counts of names of the register that begin
as ours, that begin as both names do, and that hold what both hold. Those count too that are no candidates: of
a hundred namesakes only the nearest are compared.
"""

import numpy as np

from anchor_spend.resolution import kernels, wording
from anchor_spend.resolution.alike import HELD, Alike
from anchor_spend.resolution.asking import Asked, running
from anchor_spend.resolution.candidates import Pairs
from anchor_spend.resolution.index import COMMON_NAMES, Index
from anchor_spend.resolution.wording import PACKED, Integers, packed_place

_LETTERS = 2 * PACKED  # of a name that are kept as its beginning


def begun_alike(asked: Asked, index: Index, pairs: Pairs) -> Integers:
    """For each pair how many names begin with all letters of ours, as far as 24."""
    readings, inverse = np.unique(pairs.readings, return_inverse=True)
    return np.asarray(_begun(asked, index, readings, asked.readings.raw_lengths[readings])[inverse])


def begun_as_both(asked: Asked, index: Index, pairs: Pairs, alike: Alike) -> Integers:
    """For each pair how many names begin with the words that both begin with."""
    width = min(alike.ours.shape[1], alike.theirs.shape[1])
    ours = np.where(alike.ours >= 0, asked.words.hashes[alike.ours], np.uint64(0))[:, :width]
    theirs = np.where(alike.theirs >= 0, index.word_hashes[alike.theirs], np.uint64(1))[:, :width]
    words = np.logical_and.accumulate(ours == theirs, axis=1).sum(axis=1)
    distinct, inverse = np.unique(pairs.readings * (width + 1) + words, return_inverse=True)
    readings, count = np.divmod(distinct, width + 1)
    before, starts = running(asked.words.raw_lengths), asked.words.offsets[readings]
    begun = _begun(asked, index, readings, before[starts + count] - before[starts])
    return np.asarray(np.where(count > 0, begun, _all(index))[inverse])


def holding_both(index: Index, alike: Alike) -> Integers:
    """For each pair how many names hold the rarest word, or two neighbours, that both hold whole."""
    held = (alike.their_hold >= HELD) & (alike.theirs >= 0)
    counts = np.where(held, index.word_counts[alike.theirs], _all(index)).min(axis=1)
    row, place = np.nonzero(held[:, :-1] & held[:, 1:])
    first, second = alike.theirs[row, place], alike.theirs[row, place + 1]
    pair = wording.joined_hash(
        index.word_hashes[first], index.word_lengths[first].astype(np.int64), index.word_hashes[second]
    )
    at = np.minimum(np.searchsorted(index.unit_hashes, pair), len(index.unit_hashes) - 1)
    is_known = index.unit_hashes[at] == pair
    sizes = index.unit_offsets[at + 1] - index.unit_offsets[at]
    fewest: Integers = counts.astype(np.int64)
    np.minimum.at(fewest, row[is_known], sizes[is_known])
    return fewest


def _all(index: Index) -> int:
    """How many names nothing tells apart, in a small register too."""
    return index.size + COMMON_NAMES


def _begun(asked: Asked, index: Index, readings: Integers, letters: Integers) -> Integers:
    """How many names begin with so many letters of each reading."""
    letters = np.clip(letters, 0, _LETTERS)
    high, low = asked.words.begins[readings, 0], asked.words.begins[readings, 1]
    is_short = letters <= PACKED
    beyond = packed_place(np.where(is_short, letters, letters - PACKED))
    high = np.where(is_short, high - high % beyond, high)
    low = np.where(is_short, np.uint64(0), low - low % beyond)
    first = kernels.first_places(index.begins, high, low)
    last = kernels.first_places(
        index.begins, np.where(is_short, high + beyond, high), np.where(is_short, low, low + beyond)
    )
    return np.where(letters > 0, last - first, 0)
