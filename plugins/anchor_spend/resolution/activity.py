"""Which organisations were there when a supplier was paid, and for which days of payment that stays so.

In: an index, the days of first and last payment, candidates. Out: flags, and the days within which no flag
changes. A day that is not known speaks against nobody.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from anchor_spend.resolution.index import NEVER, Index
from anchor_spend.resolution.wording import Flags, Integers

_EARLIEST, _LATEST = 60, 730  # days before registration and after the end in which payments do occur


class Days(NamedTuple):
    """Days of first and of last payment, since 1970, that leave every candidate as it is; ends included."""

    first_from: int = -NEVER
    first_to: int = NEVER
    last_from: int = -NEVER
    last_to: int = NEVER


ANY_DAY = Days()


def absences(index: Index, paid: Integers, owners: Integers, entities: Integers) -> tuple[Flags, Flags]:
    """Whether each organisation began after the last payment, and whether it ended before the first.

    `paid` has the days of first and last payment of each owner.
    """
    first, last = paid[owners, 0], paid[owners, 1]
    is_early = (last > -NEVER) & (last < _begins(index, entities))
    is_late = (first < NEVER) & (first > _ends(index, entities))
    return np.asarray(is_early), np.asarray(is_late)


def holding_days(index: Index, paid: Integers, owners: Integers, entities: Integers) -> Sequence[Days]:
    """For each owner, the days that leave its candidates as they are."""
    is_early, is_late = absences(index, paid, owners, entities)
    begins, ends = _begins(index, entities), _ends(index, entities)
    days = np.tile(np.array(ANY_DAY, dtype=np.int64), (len(paid), 1))
    np.maximum.at(days[:, 0], owners[is_late], ends[is_late] + 1)
    np.minimum.at(days[:, 1], owners[~is_late], ends[~is_late])
    np.maximum.at(days[:, 2], owners[~is_early], begins[~is_early])
    np.minimum.at(days[:, 3], owners[is_early], begins[is_early] - 1)
    return [Days(*row) for row in days.tolist()]


def _begins(index: Index, entities: Integers) -> Integers:
    return index.since[entities].astype(np.int64) - _EARLIEST


def _ends(index: Index, entities: Integers) -> Integers:
    return index.until[entities].astype(np.int64) + _LATEST
