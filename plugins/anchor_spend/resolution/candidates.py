"""Names of the register that a published name may mean, found by what is rare in it.

In: readings of names, an index. Out: pairs of a reading and a name of the register.
Looks for rare words, pairs and whole names written together, acronyms and the only rare word of a name; for
near spellings and beginnings of words that the register hardly holds; and for names that begin alike. Each
within a budget, so that common words cost nothing.
"""

from typing import NamedTuple

import numpy as np

from anchor_spend.resolution import kernels
from anchor_spend.resolution.asking import Asked
from anchor_spend.resolution.index import (
    ACRONYM,
    CORE,
    SPELLED,
    Index,
    initials_of_runs,
    owners_of,
    plain_units,
    spread,
)
from anchor_spend.resolution.kinds import SMALL
from anchor_spend.resolution.spellings import other_spellings
from anchor_spend.resolution.wording import Flags, Floats, Hashes, Integers, whole_hashes

# names looked at for each reading; of these kept for a look at their words, at their letters, and in full
_LIMITS = (1_500, 200, 60, 20)
_SETTLED_LIMITS = (200, 30, 15, 8)  # where a name is spelled alike
_RARE = 3  # a word in at most so many names may be a misspelling


class Pairs(NamedTuple):
    """Reading i may be name j of the register; in the order of the readings."""

    readings: Integers
    names: Integers


class _Units(NamedTuple):
    """What is looked up for each reading, and how far finding it is trusted."""

    readings: Integers
    hashes: Hashes
    trust: Floats


class _Known(NamedTuple):
    """What the register holds of that, the rarest first: where, and what a name that has it gains."""

    readings: Integers
    places: Integers
    weights: Floats


def find(asked: Asked, index: Index) -> Pairs:
    """The candidates of each reading worth comparing in full."""
    is_settled = _is_spelled_alike(asked, index)
    units = _known(index, _units_of(asked, index, is_settled))
    rows = np.searchsorted(units.readings, np.arange(len(asked.names) + 1))
    limits = np.where(is_settled[:, None], _SETTLED_LIMITS, _LIMITS)
    found = kernels.propose(asked.readings, index.names, rows, units.places, units.weights, limits)
    return _distinct(Pairs(np.flatnonzero(found >= 0) // found.shape[1], found[found >= 0]))


def _distinct(pairs: Pairs) -> Pairs:
    return Pairs(*np.divmod(np.unique(pairs.readings * 2**32 + pairs.names), 2**32))


def _is_spelled_alike(asked: Asked, index: Index) -> Flags:
    """Readings that are a name of the register, all words written together."""
    words = asked.words
    wholes = (words.spelled + SPELLED, whole_hashes(words.offsets, words.hashes, words.lengths))
    found = np.zeros(len(asked.names), dtype=bool)
    for hashes in wholes:
        at = np.searchsorted(index.unit_hashes, hashes)
        found |= index.unit_hashes[np.minimum(at, len(index.unit_hashes) - 1)] == hashes
    return found & (np.diff(words.offsets) > 1)


# -- what is looked up ------------------------------------------------------------------------------------


def _units_of(asked: Asked, index: Index, is_settled: Flags) -> _Units:
    words, owner = asked.words, owners_of(asked.words.offsets)
    plain = plain_units(words.offsets, words.hashes, words.lengths)
    parts = [_Units(readings, hashes, np.ones(len(hashes))) for readings, hashes in plain]
    every = np.arange(len(asked.names))
    parts.append(_Units(every, words.spelled + SPELLED, np.ones(len(every))))
    short = np.flatnonzero((words.lengths >= 3) & (words.lengths <= 8))
    parts.append(_Units(owner[short], words.hashes[short] + ACRONYM, np.full(len(short), 0.8)))
    own = np.flatnonzero(asked.readings.initials[:, 1])
    parts.append(_Units(own, asked.readings.initials[own, 1], np.full(len(own), 0.8)))
    runs = initials_of_runs(words.offsets, asked.readings.letters[:, 0], asked.readings.kinds & SMALL > 0)
    parts.append(_Units(*runs, np.full(len(runs[0]), 0.5)))
    parts.append(_Units(owner, words.hashes + CORE, np.full(len(owner), 0.5)))
    parts.append(_near_units(asked, index, is_settled))
    return _Units(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _near_units(asked: Asked, index: Index, is_settled: Flags) -> _Units:
    """Other spellings of words that the register lacks or hardly holds."""
    owner = owners_of(asked.words.offsets)
    ids = asked.readings.ids
    known = np.where(ids < 0, 0, index.word_counts[np.maximum(ids, 0)])
    places = np.flatnonzero((known <= _RARE) & (asked.words.lengths >= 3) & ~is_settled[owner])
    distinct, first, inverse = np.unique(asked.words.hashes[places], return_index=True, return_inverse=True)
    found = other_spellings(index, asked.readings.letters[places[first]], distinct)
    counts = np.bincount(found.words, minlength=len(distinct))
    starts = np.cumsum(counts) - counts
    chosen = spread(starts[inverse], counts[inverse])
    return _Units(
        np.repeat(owner[places], counts[inverse]),
        index.word_hashes[found.places[chosen]],
        found.trust[chosen],
    )


def _known(index: Index, units: _Units) -> _Known:
    at = np.minimum(np.searchsorted(index.unit_hashes, units.hashes), len(index.unit_hashes) - 1)
    is_known = index.unit_hashes[at] == units.hashes
    at, reading = at[is_known], units.readings[is_known]
    sizes = index.unit_offsets[at + 1] - index.unit_offsets[at]
    weights = units.trust[is_known] * (index.unknown_weight - np.log(sizes + 0.5))
    order = np.argsort(reading * 2**32 + sizes, kind="stable")
    return _Known(reading[order], at[order], weights[order])
