"""Two names word by word: how much of each word the other name holds.

In: pairs of a reading and a name. Out: Alike, a table of 0 to 1 for each word of either name. A word is
held whole, written together with its neighbour, misspelt, shortened or squeezed; digits are held whole or
not at all.
"""

from typing import NamedTuple

import numpy as np

from anchor_spend.resolution import kernels
from anchor_spend.resolution.asking import Asked
from anchor_spend.resolution.candidates import Pairs
from anchor_spend.resolution.index import Index
from anchor_spend.resolution.wording import Bytes, Flags, Floats, Ids, Integers

HELD = 0.99  # from here on a word is held whole


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
    compared = kernels.compare_words(asked.readings, index.names, pairs.readings, pairs.names, widths)
    ours, theirs, our_hold, their_hold, first_equal, is_beginning, beyond_count, beyond_weight = compared
    our_kinds = np.where(ours >= 0, asked.readings.kinds[ours], 0).astype(np.uint8)
    their_kinds = np.where(theirs >= 0, index.word_kinds[theirs], 0).astype(np.uint8)
    return Alike(
        ours,
        theirs,
        our_kinds,
        their_kinds,
        our_hold,
        their_hold,
        first_equal,
        is_beginning,
        beyond_count,
        beyond_weight,
    )
