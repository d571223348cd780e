"""Words that are the initials of other words: 'Example CMM Ltd' and 'Example Carers, Mill and Moor'.

In: names as tables of hashed words and of first letters. Out: which word stands for which run of words.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from anchor_spend.resolution import wording
from anchor_spend.resolution.wording import Bytes, Flags, Hashes, Integers

SHORTEST, LONGEST = 3, 6  # letters
_THE = np.uint64(ord("T"))  # names lose a THE at their head, their initials do not


class Standing(NamedTuple):
    """In row i word j of one name is the initials of words start to stop of the other, small words aside."""

    rows: Integers
    words: Integers
    places: list[Integers]  # of the words it stands for, a column each


def standing_for(hashes: Hashes, lengths: Integers, letters: Hashes, is_small: Flags) -> Iterator[Standing]:
    """Words (hashes, lengths: a row for each pair) that are initials of the other name's words.

    `letters` are the first letters of the other name's words, 0 where there is none.
    """
    is_short = (lengths >= SHORTEST) & (lengths <= LONGEST)
    rows = np.flatnonzero(is_short.any(axis=1) & ((letters > 0).sum(axis=1) >= SHORTEST - 1))
    if not len(rows):
        return
    words = np.where(is_short, hashes, np.uint64(0))[rows]
    order = np.argsort(is_small[rows], axis=1, kind="stable")
    every = np.broadcast_to(np.arange(letters.shape[1]), order.shape)
    for places, is_counted in ((every, letters[rows] > 0), (order, (letters[rows] > 0) & ~is_small[rows])):
        counted = np.take_along_axis(np.where(is_counted, letters[rows], np.uint64(0)), places, axis=1)
        for found in _runs(words, counted):
            yield Standing(
                rows[found.rows], found.words, [places[found.rows, place] for place in found.places]
            )


def _runs(words: Hashes, letters: Hashes) -> Iterator[Standing]:
    width = letters.shape[1]
    factors = wording.powers(width)
    before = np.concatenate(
        [np.zeros((len(letters), 1), dtype=np.uint64), np.cumsum(letters * factors, axis=1, dtype=np.uint64)],
        axis=1,
    )
    for start in range(width - 1):
        for stop in range(start + SHORTEST - 1, min(start + LONGEST, width) + 1):
            run = (before[:, stop] - before[:, start])[:, None]
            is_run = words * factors[start] == run
            if start == 0:
                is_run |= words == _THE + wording.powers(2)[1] * run
            if stop - start < SHORTEST and start:
                continue
            row, word = np.nonzero(is_run & (words > 0) & (letters[:, stop - 1] > 0)[:, None])
            if len(row):
                yield Standing(row, word, [np.full(len(row), place) for place in range(start, stop)])


def initials_of_runs(offsets: Integers, letters: Bytes, is_small: Flags) -> tuple[Integers, Hashes]:
    """(name, hash of the initials) of every run of three to five words of each name, small words aside."""
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    owners, hashes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint64)]
    for is_counted in (np.ones(len(letters), dtype=bool), ~is_small):
        names, firsts = owner[is_counted], letters[is_counted].astype(np.uint64)
        for length in range(SHORTEST, LONGEST):
            count = len(names) - length + 1
            if count <= 0:
                continue
            is_one = names[:count] == names[length - 1 :]
            sums = sum(firsts[i : i + count] * wording.powers(length)[i] for i in range(length))
            owners.append(names[:count][is_one])
            hashes.append(np.asarray(sums, dtype=np.uint64)[is_one])
    return np.concatenate(owners), np.concatenate(hashes)
