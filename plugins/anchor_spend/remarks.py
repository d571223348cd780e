"""What is worth saying of the payments of a file: cut names, redaction, another body's name.

In: payments and the spec. Out: findings, with counts and row numbers, never a name.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from anchor_spend.records import Finding
from anchor_spend.redaction import speaks_of_redaction
from anchor_spend.rules import remark
from anchor_spend.spec import Publisher, Stream

_COMMON_WORDS = {"the", "of", "and", "for", "nhs", "trust", "foundation", "council", "borough", "university"}
_SHORTEST_CUT, _LEAST_CUT_NAMES, _LENGTHS_BELOW, _TIMES_AS_MANY = 15, 5, 5, 3


def remarks_on(payments: pd.DataFrame, publisher: Publisher, stream: Stream) -> Iterator[Finding]:
    """Findings about the supplier names of a file."""
    names = payments["supplier_name"][~payments["is_redacted"] & payments["supplier_name"].notna()]
    yield from _cut_names(names, stream.format.name_cut_at)
    spoken = [name for name in names.unique() if speaks_of_redaction(name)]
    if spoken:
        rows = payments.loc[names.index[names.isin(spoken)], "row_number"]
        detail = f"{len(rows)} names, the first in rows {', '.join(str(number) for number in rows.head(5))}."
        yield remark("redaction_suspected", "warning", detail, column="supplier_name")


def _cut_names(names: "pd.Series[Any]", limit: int | None) -> Iterator[Finding]:
    if limit:
        at_limit = int((names.str.len() == limit).sum())
        if at_limit:
            yield remark("name_at_cut", "info", f"{at_limit} names have {limit} characters.")
        return
    width = find_name_cut(names.unique())
    if width:
        count = int((names.str.len() == width).sum())
        detail = f"{count} names have {width} characters and none has more."
        yield remark("name_cut_suspected", "info", detail, column="supplier_name")


def find_name_cut(names: Any) -> int | None:
    """The number of characters at which distinct names seem to be cut: the most that any has, where several
    times as many end there as at each of the lengths just below."""
    lengths = Counter(len(name) for name in names)
    longest = max(lengths, default=0)
    below = sum(lengths[longest - step] for step in range(1, _LENGTHS_BELOW + 1)) / _LENGTHS_BELOW
    is_cut = lengths[longest] >= max(_LEAST_CUT_NAMES, below * _TIMES_AS_MANY)
    return longest if is_cut and longest >= _SHORTEST_CUT else None


def remarks_on_body(body_names: "pd.Series[Any]", publisher: Publisher) -> Iterator[Finding]:
    """Files have been published under another body's name, and one body's file for another's."""

    def words(name: str) -> set[str]:
        return set(re.findall(r"\w+", name.casefold())) - _COMMON_WORDS

    own = words(publisher.name)
    is_other = body_names.map({name: bool(name) and not own & words(name) for name in body_names.unique()})
    count = int(is_other.sum()) if len(body_names) else 0
    if count:
        detail = f"{count} of {len(body_names)} rows name a body that shares no word with this one's name."
        yield remark("other_body_name", "warning", detail, column="body_name")
