"""Settle which of several amount columns is the one to add up.

In: the columns that may be it. Out: the position chosen, whether the rows prove it, and the evidence. Net
comes before gross, a line's amount before its invoice's, and a column that repeats another is that other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from anchor_spend.draft.opening import Sheet
from anchor_spend.draft.profiles import ColumnProfile
from anchor_spend.draft.vocabulary import HeaderMeaning, read_header
from anchor_spend.values import parse_pence

_NEARLY_ALL = 0.97
_PENNIES = 2  # VAT is rounded by line


@dataclass(frozen=True)
class Settled:
    """The column chosen; `is_certain` when the rows or the headers prove it."""

    position: int
    is_certain: bool
    evidence: tuple[str, ...] = ()
    basis: str = ""  # net, gross or '' as the rows show


def settle_amounts(
    sheet: Sheet, profiles: Sequence[ColumnProfile], meanings: Sequence[HeaderMeaning]
) -> Settled:
    """Of the columns (the best first) the one to add up."""
    first = profiles[0].position
    vat = [
        item
        for item in sheet.profiles
        if read_header(item.header).role == "vat_amount" and item.amounts >= 0.5
    ]
    if len(profiles) == 1:
        return _settle_basis(sheet, first, vat)
    pence = {item.position: _pence(sheet, item.position) for item in [*profiles, *vat]}
    names = {item.position: item.header for item in [*profiles, *vat]}
    by_sum = _net_by_sum(pence, names, [item.position for item in profiles], [item.position for item in vat])
    if by_sum:
        return by_sum
    by_lines = _line_amount(pence, names, [item.position for item in profiles])
    if by_lines:
        return by_lines
    by_name = _net_by_name(pence, profiles, meanings)
    if by_name:
        return by_name
    if all(_are_equal(pence[first], pence[item.position]) for item in profiles[1:]):
        return Settled(first, True, ("the other amount columns hold the same amounts",))
    return Settled(first, False)


def _pence(sheet: Sheet, position: int) -> list[int | None]:
    known: dict[str, int | None] = {}

    def read(cell: str) -> int | None:
        if cell not in known:
            try:
                known[cell] = parse_pence(cell)
            except ValueError:
                known[cell] = None
        return known[cell]

    return [read(row[position].strip()) if len(row) > position else None for row in sheet.body]


def _net_by_sum(
    pence: dict[int, list[int | None]], names: dict[int, str], amounts: list[int], vats: list[int]
) -> Settled | None:
    """The column to which VAT is added, row by row, to give another."""
    for vat in vats:
        for net in amounts:
            for gross in amounts:
                rows = _whole(pence[net], pence[vat], pence[gross])
                hits = sum(abs(a + b - c) <= _PENNIES for a, b, c in rows)
                telling = sum(b != 0 for _, b, _ in rows)
                if net != gross and telling >= 3 and hits >= _NEARLY_ALL * len(rows):
                    detail = (
                        f"{names[net]!r} + {names[vat]!r} = {names[gross]!r} in {hits} of {len(rows)} rows"
                    )
                    return Settled(net, True, (detail,), "net")
    return None


def _line_amount(
    pence: dict[int, list[int | None]], names: dict[int, str], amounts: list[int]
) -> Settled | None:
    """The column whose neighbouring rows add up to what another repeats on each of them."""
    for line in amounts:
        wholes = [other for other in amounts if other != line and _adds_up(pence[line], pence[other])]
        if wholes and len(wholes) == len(amounts) - 1:
            quoted = ", ".join(repr(names[other]) for other in wholes)
            return Settled(
                line, True, (f"rows of {names[line]!r} add up to {quoted}, repeated on each of them",)
            )
    return None


def _adds_up(lines: list[int | None], wholes: list[int | None]) -> bool:
    groups = hits = 0
    for whole, pairs in groupby(zip(wholes, lines, strict=True), key=lambda pair: pair[0]):
        parts = [line for _, line in pairs if line is not None]
        if whole is None or len(parts) < 2 or len(set(parts)) < 2:
            continue
        net = sum(parts)
        if not net:
            continue  # booked to and fro: tells nothing
        groups += 1
        # the whole may hold VAT: a fifth more at most
        hits += abs(net) - _PENNIES * len(parts) <= abs(whole) <= 1.2 * abs(net) + _PENNIES * len(parts)
    return groups >= 5 and hits >= 0.75 * groups


def _net_by_name(
    pence: dict[int, list[int | None]], profiles: Sequence[ColumnProfile], meanings: Sequence[HeaderMeaning]
) -> Settled | None:
    """The one column not called gross, where all others are and are never smaller."""
    by_basis: dict[str, list[ColumnProfile]] = {"net": [], "gross": [], "": []}
    for profile, meaning in zip(profiles, meanings, strict=True):
        by_basis[meaning.basis].append(profile)
    others = by_basis["net"] + by_basis[""]
    if len(others) != 1 or not by_basis["gross"]:
        return None
    net = others[0]
    for gross in by_basis["gross"]:
        rows = _whole(pence[net.position], pence[gross.position])
        fitting = sum(abs(a) - _PENNIES <= abs(b) <= 1.26 * abs(a) + _PENNIES for a, b in rows)
        if fitting < _NEARLY_ALL * len(rows):
            return None
    detail = f"{net.header!r} is net; the gross column is as much or up to a fifth more in nearly all rows"
    return Settled(net.position, True, (detail,), "net")


def _settle_basis(sheet: Sheet, amount: int, vats: list[ColumnProfile]) -> Settled:
    """One amount column; what VAT column stands beside it tells whether the amount holds the VAT."""
    for vat in vats:
        rows = [(a, b) for a, b in _whole(_pence(sheet, amount), _pence(sheet, vat.position)) if b]
        on_net = sum(abs(abs(a) * 0.2 - abs(b)) <= max(_PENNIES, 0.002 * abs(a)) for a, b in rows)
        on_gross = sum(abs(abs(a) / 6 - abs(b)) <= max(_PENNIES, 0.002 * abs(a)) for a, b in rows)
        if sum(abs(b) > abs(a) for a, b in rows) > 0.5 * len(rows):
            return Settled(amount, False, (f"{vat.header!r} holds larger amounts than it",))
        for hits, basis, part in ((on_net, "net", "a fifth"), (on_gross, "gross", "a sixth")):
            if len(rows) >= 3 and hits >= 0.6 * len(rows):
                detail = f"{vat.header!r} is {part} of it in {hits} of {len(rows)} rows with VAT"
                return Settled(amount, True, (detail,), basis)
    return Settled(amount, True)


def _are_equal(one: list[int | None], other: list[int | None]) -> bool:
    rows = _whole(one, other)
    return bool(rows) and all(a == b for a, b in rows)


def _whole(*columns: list[int | None]) -> list[tuple[int, ...]]:
    """The rows in which every column has an amount."""
    return [
        tuple(value for value in row if value is not None)
        for row in zip(*columns, strict=True)
        if None not in row
    ]
