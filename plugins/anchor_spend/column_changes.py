"""Columns renamed, added, vanished or in another order between two files of a stream.

In: two readings and the spec. Out: Changes. A vanished and a new column are one renamed column when they
carry the same field, stand in the same place, hold the same kind of content, or are worded alike.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from anchor_spend.spec import Stream, normalise_header

Severity = Literal["critical", "warning", "info"]
_ALIKE = 0.7  # of two names' letters, in order


@dataclass(frozen=True)
class Change:
    """One difference between two files; `column` is the name it has, or had, in the header."""

    rule: str
    severity: Severity
    column: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """'column_renamed 'supplier': 'supplier' -> 'vendor''."""
        column = f" {self.column!r}" if self.column else ""
        return f"{self.rule}{column}: {self.before!r} -> {self.after!r}"


def column_changes(previous: dict[str, Any], reading: dict[str, Any], stream: Stream) -> Iterator[Change]:
    """What became of the columns. A header that could not be found again is one critical change."""
    before, after = list(dict.fromkeys(previous["headers"])), list(dict.fromkeys(reading["headers"]))
    if not after:
        yield Change("columns_replaced", "critical", "", ", ".join(before), "no such header")
        return
    known = _Known(stream, after)
    renamed = _renames(previous, reading, before, after, known)
    for old, new in renamed.items():
        yield Change("column_renamed", known.severity_of_rename(old, new), old, old, new)
    for old in before:
        if old not in after and old not in renamed:
            yield Change("column_vanished", known.severity_of_loss(old), old, old, "")
    for new in after:
        if new not in before and new not in renamed.values():
            yield Change("column_added", known.severity_of_gain(new), new, "", new)
    yield from _order_changes(before, [_old_name(name, renamed) for name in after])


class _Known:
    """What the spec says of headers, and which of its fields a header row leaves without a column."""

    def __init__(self, stream: Stream, headers: list[str]) -> None:
        self._fields = {
            normalise_header(alias): name
            for columns in (stream.columns, stream.optional_columns)
            for name, aliases in columns.items()
            for alias in aliases
        }
        self._ignored = {normalise_header(header) for header in stream.ignore}
        carried = [self._fields[header] for header in headers if header in self._fields]
        self._missing = {str(name) for name in stream.columns if name not in carried}
        self._doubled = {str(name) for name in carried if carried.count(name) > 1}

    def field(self, header: str) -> str:
        return str(self._fields.get(header, ""))

    def is_known(self, header: str) -> bool:
        return header in self._fields or header in self._ignored

    def severity_of_rename(self, old: str, new: str) -> Severity:
        if self.field(old) in self._missing or self.field(new) in self._doubled:
            return "critical"
        return "info" if self.is_known(new) else "warning"

    def severity_of_loss(self, old: str) -> Severity:
        if self.field(old) in self._missing:
            return "critical"
        return "info" if old in self._ignored else "warning"

    def severity_of_gain(self, new: str) -> Severity:
        if self.field(new) in self._doubled:
            return "critical"
        return "info" if self.is_known(new) else "warning"


def _renames(
    previous: dict[str, Any],
    reading: dict[str, Any],
    before: list[str],
    after: list[str],
    known: _Known,
) -> dict[str, str]:
    """Each vanished column with the new one that took its place, in the order the pairs are certain."""
    kinds = [item.get("profile", {}).get("kinds", {}) for item in (previous, reading)]
    renamed: dict[str, str] = {}
    for pairs in (
        _same_field(before, after, known),
        _same_place(before, after),
        _same_content(before, after, *kinds),
        _same_wording(before, after),
    ):
        for old, new in pairs:
            is_free = old not in renamed and new not in renamed.values()
            if is_free and not _contradict(old, new, known, *kinds):
                renamed[old] = new
    return renamed


def _gone_and_new(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    return [name for name in before if name not in after], [name for name in after if name not in before]


def _same_field(before: list[str], after: list[str], known: _Known) -> Iterator[tuple[str, str]]:
    gone, new = _gone_and_new(before, after)
    for old in gone:
        field = known.field(old)
        alike = [name for name in new if field and known.field(name) == field]
        yield from ((old, name) for name in alike[:1])


def _same_place(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """Columns between the same neighbours: as many gone as new, in their order."""
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "replace" and i2 - i1 == j2 - j1:
            pairs = zip(before[i1:i2], after[j1:j2], strict=True)
            yield from ((old, name) for old, name in pairs if old not in after and name not in before)


def _same_content(
    before: list[str], after: list[str], kinds: dict[str, str], kinds_now: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """The only vanished and the only new column of dates, or of amounts."""
    gone, new = _gone_and_new(before, after)
    for kind in ("date", "amount"):
        old = [name for name in gone if kinds.get(name) == kind]
        now = [name for name in new if kinds_now.get(name) == kind]
        if len(old) == len(now) == 1:
            yield old[0], now[0]


def _same_wording(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    gone, new = _gone_and_new(before, after)
    for old in gone:
        yield from ((old, name) for name in difflib.get_close_matches(old, new, n=1, cutoff=_ALIKE))


def _contradict(old: str, new: str, known: _Known, kinds: dict[str, str], kinds_now: dict[str, str]) -> bool:
    """Names of two different fields, or columns that hold different kinds of things, are no renaming."""
    fields = {known.field(old), known.field(new)} - {""}
    contents = {kinds.get(old, "blank"), kinds_now.get(new, "blank")} - {"blank"}
    return len(fields) > 1 or len(contents) > 1


def _old_name(name: str, renamed: dict[str, str]) -> str:
    return next((old for old, new in renamed.items() if new == name), name)


def _order_changes(before: list[str], after: Iterable[str]) -> Iterator[Change]:
    """The columns both files have, where they stand in another order."""
    now = [name for name in after if name in before]
    was = [name for name in before if name in now]
    if was != now:
        yield Change("columns_reordered", "warning", "", ", ".join(was), ", ".join(now))
