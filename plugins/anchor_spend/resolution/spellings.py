"""Words of a register that other words may be spellings of: one or two letters away, or begun alike.

In: words that the register lacks or hardly holds. Out: for each its other spellings, and how far they are
trusted.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anchor_spend.resolution import kernels, wording
from anchor_spend.resolution.asking import word_ids
from anchor_spend.resolution.index import Index, less_one_letter, spread
from anchor_spend.resolution.wording import Bytes, Floats, Hashes, Integers

_LONG = 5  # letters: shorter words have too many neighbours
_LONGER = 8  # letters: from here two may be wrong
_MOST = 12  # words that begin alike
_BEGUN = 0.6  # how far a word that only begins alike is trusted


class Spellings(NamedTuple):
    """Word i of those asked about may be word j of the vocabulary."""

    words: Integers
    places: Integers
    trust: Floats


def other_spellings(index: Index, letters: Bytes, hashes: Hashes) -> Spellings:
    """Those of each word (a row of letters); a misspelling is trusted by its distance."""
    words = np.ascontiguousarray(letters).view(f"S{wording.LONGEST_KEPT}")[:, 0]
    misspelt = _misspellings(index, words, hashes)
    begun = _begun_alike(index, words)
    words_of_both = np.append(misspelt.words, begun.words)
    places = np.append(misspelt.places, begun.places)
    _, first = np.unique(words_of_both * 2**32 + places, return_index=True)
    return Spellings(words_of_both[first], places[first], np.append(misspelt.trust, begun.trust)[first])


def _begun_alike(index: Index, letters: npt.NDArray[np.bytes_]) -> Spellings:
    """Words that a word is the beginning of, the commonest of many."""
    low = np.searchsorted(index.letters, letters)
    counts = np.searchsorted(index.letters, np.char.add(letters, b"[")) - low
    places = [spread(low[counts <= _MOST], counts[counts <= _MOST])]
    owners = [np.repeat(np.flatnonzero(counts <= _MOST), counts[counts <= _MOST])]
    for word in np.flatnonzero(counts > _MOST).tolist():
        commonest = np.argsort(-index.word_counts[low[word] : low[word] + counts[word]], kind="stable")
        places.append(low[word] + commonest[:_MOST])
        owners.append(np.full(_MOST, word))
    found = np.concatenate(places)
    return Spellings(np.concatenate(owners), found, np.full(len(found), _BEGUN))


def _misspellings(index: Index, words: npt.NDArray[np.bytes_], hashes: Hashes) -> Spellings:
    """Words with a letter more, less, other or moved; of long words two."""
    lengths = np.char.str_len(words)
    long = np.flatnonzero(lengths >= _LONG)
    codes = words.view(np.uint8).reshape(-1, wording.LONGEST_KEPT)
    shorter, owners = less_one_letter(codes[long], lengths[long]), np.repeat(long, lengths[long])
    asked, askers = np.append(shorter, hashes[long]), np.append(owners, long)
    low = np.searchsorted(index.near_hashes, asked, side="left")
    counts = np.searchsorted(index.near_hashes, asked, side="right") - low
    known = word_ids(index, shorter)
    places = np.append(index.near_words[spread(low, counts)], known[known >= 0]).astype(np.int64)
    keys = np.unique(np.append(np.repeat(askers, counts), owners[known >= 0]) * 2**32 + places)
    word, place = np.divmod(keys, 2**32)
    distance = kernels.edits_of_pairs(codes, lengths, word, index.names, place)
    is_near = (distance > 0) & (distance <= np.where(lengths[word] < _LONGER, 1, 2))
    return Spellings(word[is_near], place[is_near], np.asarray(1.1 - 0.2 * distance[is_near]))
