"""Names of the register that a published name may mean, found by what is rare in it.

In: readings of names, an index. Out: pairs of a reading and a name of the register, the most alike first.
Looks for rare words, pairs and whole names written together, acronyms and the only rare word of a name; for
near spellings and beginnings of words that the register hardly holds; and for names that begin alike. Each
within a budget, so that common words cost nothing.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import LCSseq
from scipy.sparse import csr_array

from anchor_spend.resolution.asking import Asked
from anchor_spend.resolution.index import (
    ACRONYM,
    CORE,
    SPELLED,
    Ids,
    Index,
    owners_of,
    plain_units,
    spread,
)
from anchor_spend.resolution.initials import initials_of_runs
from anchor_spend.resolution.kinds import SMALL
from anchor_spend.resolution.spellings import other_spellings
from anchor_spend.resolution.wording import Flags, Floats, Hashes, Integers, whole_hashes

OUR_WORDS, THEIR_WORDS = 10, 12  # words compared of either name
_FIRST_WORDS = 6
_BUDGET = 1_500  # names looked at for each reading
_SETTLED_BUDGET = 200  # where one is spelled alike
_KEPT = 200  # of them compared word by word
_SETTLED_KEPT = 30
_SPELT = 60  # of them compared letter by letter
_SETTLED_SPELT = 15
_LOOKED_UP = 0.08  # what a unit of the weight looked up adds to a first score
_EQUAL = 2  # what an equal spelling adds to a first score: always compared
_COMPARED = 20  # of them compared in full
_SETTLED = 8  # compared in full where one is spelled alike
_RARE = 3  # a word in at most so many names may be a misspelling
_NEIGHBOURS = 2


class Pairs(NamedTuple):
    """Reading i may be name j of the register; in the order of the readings."""

    readings: Integers
    names: Integers


class _Units(NamedTuple):
    """What is looked up for each reading, and how far finding it is trusted."""

    readings: Integers
    hashes: Hashes
    trust: Floats


def find(asked: Asked, index: Index) -> Pairs:
    """The candidates of each reading worth comparing in full."""
    count = len(asked.names)
    if not index.size or not count:
        return Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    is_settled = _is_spelled_alike(asked, index)
    found, score = _look_up(index, _units_of(asked, index, is_settled), is_settled)
    score = _LOOKED_UP * score + _shared_words(asked, index, found)
    found, score = _best(found, score, np.where(is_settled, _SETTLED_SPELT, _SPELT))
    beside = _that_begin_alike(asked, index)
    pairs = Pairs(*(np.concatenate(both) for both in zip(found, beside, strict=True)))
    score = np.concatenate([score, _shared_words(asked, index, beside)]) + _letters(asked, index, pairs)
    return _distinct(_best(pairs, score, np.where(is_settled, _SETTLED, _COMPARED))[0])


def _is_spelled_alike(asked: Asked, index: Index) -> Flags:
    """Readings that are a name of the register, all words written together."""
    words = asked.words
    wholes = (words.spelled + SPELLED, whole_hashes(words.offsets, words.hashes, words.lengths))
    found = np.zeros(len(asked.names), dtype=bool)
    for hashes in wholes:
        at = np.searchsorted(index.unit_hashes, hashes)
        found |= index.unit_hashes[np.minimum(at, len(index.unit_hashes) - 1)] == hashes
    return found & (np.diff(words.offsets) > 1)


def _distinct(pairs: Pairs) -> Pairs:
    return Pairs(*np.divmod(np.unique(pairs.readings * 2**32 + pairs.names), 2**32))


# -- what is looked up ------------------------------------------------------------------------------------


def _units_of(asked: Asked, index: Index, is_settled: Flags) -> _Units:
    words, owner = asked.words, owners_of(asked.words.offsets)
    plain = plain_units(words.offsets, words.hashes, words.lengths)
    parts = [_Units(readings, hashes, np.ones(len(hashes))) for readings, hashes in plain]
    every = np.arange(len(asked.names))
    parts.append(_Units(every, words.spelled + SPELLED, np.ones(len(every))))
    short = np.flatnonzero((words.lengths >= 3) & (words.lengths <= 8))
    parts.append(_Units(owner[short], words.hashes[short] + ACRONYM, np.full(len(short), 0.8)))
    own = np.flatnonzero(asked.initials[:, 1])
    parts.append(_Units(own, asked.initials[own, 1], np.full(len(own), 0.8)))
    runs = initials_of_runs(words.offsets, asked.first_letters, asked.word_kinds & SMALL > 0)
    parts.append(_Units(*runs, np.full(len(runs[0]), 0.5)))
    parts.append(_Units(owner, words.hashes + CORE, np.full(len(owner), 0.5)))
    parts.append(_near_units(asked, index, is_settled))
    return _Units(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _near_units(asked: Asked, index: Index, is_settled: Flags) -> _Units:
    """Other spellings of words that the register lacks or hardly holds."""
    owner = owners_of(asked.words.offsets)
    known = np.where(asked.ids < 0, 0, index.word_counts[np.maximum(asked.ids, 0)])
    places = np.flatnonzero((known <= _RARE) & (asked.words.lengths >= 3) & ~is_settled[owner])
    distinct, inverse = np.unique(asked.words.hashes[places], return_inverse=True)
    found = other_spellings(index, [asked.spelling[word] for word in distinct.tolist()], distinct)
    counts = np.bincount(found.words, minlength=len(distinct))
    starts = np.cumsum(counts) - counts
    chosen = spread(starts[inverse], counts[inverse])
    return _Units(
        np.repeat(owner[places], counts[inverse]),
        index.word_hashes[found.places[chosen]],
        found.trust[chosen],
    )


# -- looking up -------------------------------------------------------------------------------------------


def _look_up(index: Index, units: _Units, is_settled: Flags) -> tuple[Pairs, Floats]:
    """The names that hold the rarest units of each reading, by the summed weight of what they hold."""
    at = np.minimum(np.searchsorted(index.unit_hashes, units.hashes), len(index.unit_hashes) - 1)
    is_found = index.unit_hashes[at] == units.hashes
    at, reading, trust = at[is_found], units.readings[is_found], units.trust[is_found]
    sizes = index.unit_offsets[at + 1] - index.unit_offsets[at]
    order = np.argsort(reading * 2**32 + sizes, kind="stable")
    at, reading, trust, sizes = at[order], reading[order], trust[order], sizes[order]
    is_affordable = _affordable(reading, sizes, np.where(is_settled, _SETTLED_BUDGET, _BUDGET))
    at, reading, trust, sizes = (column[is_affordable] for column in (at, reading, trust, sizes))
    names = index.unit_names[spread(index.unit_offsets[at], sizes)]
    weight = trust * (index.unknown_weight - np.log(sizes + 0.5))
    rows = np.searchsorted(reading, np.arange(len(is_settled) + 1))
    asked = csr_array((weight, np.arange(len(at)), rows), shape=(len(is_settled), len(at)))
    places = np.concatenate([[0], np.cumsum(sizes)])
    held = csr_array((np.ones(len(names)), names, places), shape=(len(at), index.size))
    total = asked @ held  # the summed weight of every reading and name
    pairs = Pairs(
        np.repeat(np.arange(len(is_settled)), np.diff(total.indptr)), total.indices.astype(np.int64)
    )
    score = total.data / np.sqrt(index.weights[pairs.names] + 10)
    return _best(pairs, score, np.where(is_settled, _SETTLED_KEPT, _KEPT))


def _affordable(reading: Integers, sizes: Integers, budget: Integers) -> Flags:
    """The rarest unit of each reading, and more while the budget lasts."""
    heads = np.searchsorted(reading, np.arange(len(budget)))
    before = np.concatenate([[0], np.cumsum(sizes)])[heads][reading]
    affordable: Flags = np.cumsum(sizes) - before <= budget[reading]
    affordable[heads[heads < len(reading)]] = True
    return affordable


def _best(pairs: Pairs, score: Floats, most: Integers) -> tuple[Pairs, Floats]:
    """The pairs of each reading with the best scores, at most so many of each."""
    # one number to sort by: 20 bits of score and 24 of the name's place below the reading's
    inverse = 2**20 - 1 - np.clip(np.round(score * 2**13), 0, 2**20 - 1).astype(np.int64)
    order = np.argsort((pairs.readings << 44) + (inverse << 24) + pairs.names)
    readings = pairs.readings[order]
    heads = np.flatnonzero(np.diff(readings, prepend=-1))
    place = np.arange(len(readings)) - np.repeat(heads, np.diff(np.append(heads, len(readings))))
    kept = order[place < most[readings]]
    return Pairs(pairs.readings[kept], pairs.names[kept]), score[kept]


def _that_begin_alike(asked: Asked, index: Index) -> Pairs:
    """Names beside the reading's own place in the alphabet."""
    high, low = asked.words.begins[:, 0], asked.words.begins[:, 1]
    first = np.searchsorted(index.begins[:, 0], high, side="left")
    last = np.searchsorted(index.begins[:, 0], high, side="right")
    for i in np.flatnonzero(last > first).tolist():
        first[i] += np.searchsorted(index.begins[first[i] : last[i], 1], low[i])
    around = np.arange(-_NEIGHBOURS, _NEIGHBOURS)
    at = np.clip(first[:, None] + around, 0, index.size - 1)
    readings = np.repeat(np.arange(len(high)), len(around))
    return Pairs(readings, index.begin_names[at.ravel()].astype(np.int64))


# -- a first order ----------------------------------------------------------------------------------------


def _shared_words(asked: Asked, index: Index, pairs: Pairs) -> Floats:
    """The weight of shared words beside that of both names, and whether these are the same letters."""
    ours = padded(asked.words.offsets, asked.ids, pairs.readings, _FIRST_WORDS)
    theirs = padded(index.offsets, index.words, pairs.names, _FIRST_WORDS)
    same = np.zeros(theirs.shape, dtype=bool)
    for place in range(_FIRST_WORDS):  # a column at a time: one table of all words with all is slower
        same |= theirs == ours[:, [place]]
    shared = (same * (theirs >= 0) * index.word_weights[theirs]).sum(axis=1)
    own = np.where(asked.ids < 0, index.unknown_weight, index.word_weights[asked.ids])
    total = np.concatenate([[0.0], np.cumsum(own)])
    our_total = (total[asked.words.offsets[1:]] - total[asked.words.offsets[:-1]])[pairs.readings]
    cosine = shared / np.sqrt((our_total + 5) * (index.weights[pairs.names] + 5))
    is_equal = asked.words.spelled[pairs.readings] == index.spelled[pairs.names]
    return np.asarray(cosine + _EQUAL * is_equal)


def _letters(asked: Asked, index: Index, pairs: Pairs) -> Floats:
    """Letters in common, as a share of the shorter name."""
    left, right = texts(asked, index, pairs)
    common = process.cpdist(left, right, scorer=LCSseq.similarity, dtype=np.float32)
    their_lengths = index.text_offsets[pairs.names + 1] - index.text_offsets[pairs.names]
    our_lengths = np.array([len(text) for text in asked.texts])[pairs.readings]
    shorter = np.maximum(np.minimum(our_lengths, their_lengths), 4)
    share: Floats = 0.5 * common / shorter
    return share


def texts(asked: Asked, index: Index, pairs: Pairs) -> tuple[list[bytes], list[bytes]]:
    """Both names of each pair, written together."""
    starts = index.text_offsets[pairs.names]
    lengths = index.text_offsets[pairs.names + 1] - starts
    text = index.text[spread(starts, lengths)].tobytes()
    theirs = [text[a:b] for a, b in pairwise(np.append(0, np.cumsum(lengths)).tolist())]
    return [asked.texts[i] for i in pairs.readings.tolist()], theirs


def acronym_length(asked: Asked, index: Index, pairs: Pairs) -> Integers:
    """Letters of a word of one name that are the other's initials; 0 where none is."""
    longest = np.zeros(len(pairs.names), dtype=np.int64)
    words = asked.words
    ours = padded(words.offsets, np.arange(len(words.hashes), dtype=np.int32), pairs.readings, OUR_WORDS)
    our_hashes = np.where(ours >= 0, words.hashes[ours], np.uint64(1))
    theirs = padded(index.offsets, index.words, pairs.names, THEIR_WORDS)
    their_hashes = np.where(theirs >= 0, index.word_hashes[theirs], np.uint64(1))
    their_initials, our_initials = index.initials[pairs.names], asked.initials[pairs.readings]
    for column in (0, 1):
        hit = our_hashes == their_initials[:, [column]]
        longest = np.maximum(longest, (hit * words.lengths[ours]).max(axis=1))
        row, place = np.nonzero(their_hashes == our_initials[:, [column]])
        np.maximum.at(longest, row, index.word_lengths[theirs[row, place]])
    return longest


def padded(offsets: Integers, ids: Ids, rows: Integers, width: int) -> Ids:
    """The words of some names as a table; -1 where there is none."""
    starts = offsets[rows]
    counts = np.minimum(offsets[rows + 1] - starts, width)
    if not len(ids):
        return np.full((len(rows), width), -1, dtype=np.int32)
    table = ids[np.minimum(starts[:, None] + np.arange(width), len(ids) - 1)]
    return np.where(np.arange(width) < counts[:, None], table, np.int32(-1))
