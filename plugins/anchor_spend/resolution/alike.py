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
from anchor_spend.resolution.candidates import Pairs, padded
from anchor_spend.resolution.index import Ids, Index
from anchor_spend.resolution.initials import standing_for
from anchor_spend.resolution.kinds import SMALL
from anchor_spend.resolution.wording import PACKED, Bytes, Flags, Floats, Hashes, Integers, packed_place

Table = npt.NDArray[np.float32]
_PARTED_OTHERWISE = 0.95  # how far words hold each other where the whole names are the same letters
_INITIALS = 0.9  # how far initials hold the words they stand for
_MIX = np.uint64(0x2545F4914F6CDD1D)


class Alike(NamedTuple):
    """A row for each pair of names, a column for each word; -1 where there is none.

    `our_hold` says how far each of our words is in the other name, `their_hold` the same of theirs.
    """

    ours: Ids
    theirs: Ids
    our_kinds: Bytes
    their_kinds: Bytes
    our_hold: Floats
    their_hold: Floats
    first_equal: Flags
    is_beginning: Flags  # our name fills its width, and is the beginning of theirs
    beyond_count: Integers  # words of theirs that ours may have lost: they are not among `theirs`
    beyond_weight: Floats


def compare(asked: Asked, index: Index, pairs: Pairs, widths: tuple[int, int]) -> Alike:
    """Every word of ours with every word of theirs, as many as the widths of the table allow."""
    words = asked.words
    ours = padded(words.offsets, np.arange(len(words.hashes), dtype=np.int32), pairs.readings, widths[0])
    theirs = padded(index.offsets, index.words, pairs.names, widths[1])
    our_hashes = np.where(ours >= 0, words.hashes[ours], np.uint64(0))
    their_hashes = np.where(theirs >= 0, index.word_hashes[theirs], np.uint64(1))
    is_beginning = _is_beginning(asked, index, pairs, our_hashes, their_hashes)
    counts = (ours >= 0).sum(axis=1)
    beyond = is_beginning[:, None] & (theirs >= 0) & (np.arange(theirs.shape[1]) >= counts[:, None])
    all_theirs, theirs = theirs, np.where(beyond, np.int32(-1), theirs)
    their_hashes = np.where(theirs >= 0, their_hashes, np.uint64(1))
    table = (our_hashes[:, :, None] == their_hashes[:, None, :]).astype(np.float32)
    first = table[:, 0, 0] == 1
    _hold_joined(table, our_hashes, np.where(ours >= 0, words.lengths[ours], 0), their_hashes)
    their_lengths = np.where(theirs >= 0, index.word_lengths[theirs], 0)
    _hold_joined(table.transpose(0, 2, 1), their_hashes, their_lengths, our_hashes)
    our_letters = np.where(ours >= 0, asked.first_letters[ours], 0).astype(np.uint64)
    their_letters = np.where(theirs >= 0, index.first_letters[theirs], 0).astype(np.uint64)
    our_kinds = np.where(ours >= 0, asked.word_kinds[ours], 0).astype(np.uint8)
    their_kinds = np.where(theirs >= 0, index.word_kinds[theirs], 0).astype(np.uint8)
    _hold_initials(table, our_hashes, np.where(ours >= 0, words.lengths[ours], 0), their_letters, their_kinds)
    _hold_initials(table.transpose(0, 2, 1), their_hashes, their_lengths, our_letters, our_kinds)
    _hold_near(table, asked, index, ours, theirs)
    is_equal = asked.words.spelled[pairs.readings] == index.spelled[pairs.names]
    row = np.flatnonzero(is_beginning)
    table[row, counts[row] - 1, counts[row] - 1] = 1  # the last word may be cut
    table[is_equal] = np.maximum(table[is_equal], _PARTED_OTHERWISE)
    table *= (ours >= 0)[:, :, None] & (theirs >= 0)[:, None, :]
    return Alike(
        ours,
        theirs,
        our_kinds,
        their_kinds,
        table.max(axis=2).astype(np.float64),
        table.max(axis=1).astype(np.float64),
        first,
        is_beginning,
        beyond.sum(axis=1),
        (beyond * index.word_weights[all_theirs]).sum(axis=1),
    )


def _is_beginning(asked: Asked, index: Index, pairs: Pairs, ours: Hashes, theirs: Hashes) -> Flags:
    """Whether a cut name's words but the last are the first of theirs, and its letters theirs."""
    counts = (ours > 0).sum(axis=1)
    is_before_last = np.arange(ours.shape[1]) < (counts - 1)[:, None]
    width = min(ours.shape[1], theirs.shape[1])
    is_same = (ours[:, :width] == theirs[:, :width]) | ~is_before_last[:, :width]
    is_long_enough = (theirs > 1).sum(axis=1) >= counts
    found: Flags = is_same.all(axis=1) & is_long_enough & (counts > 1)
    return found & asked.is_cut[pairs.readings] & begins_as_written(asked, index, pairs)


def begins_as_written(asked: Asked, index: Index, pairs: Pairs) -> Flags:
    """Whether our letters as written are the beginning of theirs, as far as 24 letters."""
    running = np.concatenate([[0], np.cumsum(asked.words.raw_lengths)])
    offsets = asked.words.offsets
    lengths = (running[offsets[1:]] - running[offsets[:-1]])[pairs.readings]
    ours, theirs = asked.words.begins[pairs.readings], index.begins[index.begin_places[pairs.names]]
    begins: Flags = lengths > 0
    for half in (0, 1):
        beyond = packed_place(np.clip(lengths - PACKED * half, 0, PACKED))
        begins = begins & (ours[:, half] // beyond == theirs[:, half] // beyond)
    return begins


def _hold_joined(table: Table, hashes: Hashes, lengths: Integers, other: Hashes) -> None:
    """Two neighbours of one name are one word of the other."""
    both = wording.joined_hash(hashes[:, :-1], lengths[:, :-1], hashes[:, 1:])
    is_pair = (lengths[:, :-1] > 0) & (lengths[:, 1:] > 0)
    row, i, j = np.nonzero((both[:, :, None] == other[:, None, :]) & is_pair[:, :, None])
    table[row, i, j] = 1
    table[row, i + 1, j] = 1


def _hold_initials(table: Table, hashes: Hashes, lengths: Integers, letters: Hashes, kinds: Bytes) -> None:
    """A word of one name is the initials of words of the other, and these need not be held otherwise."""
    is_free = table.max(axis=2) < _INITIALS
    for found in standing_for(hashes, np.where(is_free, lengths, 0), letters, kinds & SMALL > 0):
        for place in found.places:
            at = (found.rows, found.words, place)
            table[at] = np.maximum(table[at], _INITIALS)


def _hold_near(table: Table, asked: Asked, index: Index, ours: Ids, theirs: Ids) -> None:
    """Near spellings among the words left over on both sides that begin with the same letter."""
    free_ours = (ours >= 0) & (table.max(axis=2) == 0)
    free_theirs = (theirs >= 0) & (table.max(axis=1) == 0)
    is_near = free_ours[:, :, None] & free_theirs[:, None, :]
    is_near &= asked.first_letters[ours][:, :, None] == index.first_letters[theirs][:, None, :]
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
