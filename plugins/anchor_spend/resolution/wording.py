"""Names as words: millions at a time, the same way for a register and for the names asked about.

In: names as text. Out: Words, each name a run of hashed words in one spelling (legal forms, abbreviations and
plurals made equal), with the legal form set apart. Works on the bytes of whole chunks with numpy, so that a
national register takes minutes, not hours. The spellings are data/abbreviations.csv and data/legal_forms.csv.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anchor_spend import names

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

Lengths = npt.NDArray[np.int16]

CHUNK = 200_000  # names worked at once
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd: powers of it stay odd, so that no word's bytes vanish
INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))
LONGEST_KEPT = 24  # letters of a word; no longer one is told from another by its end
_LONGEST = 4096
_SEPARATORS = bytes(
    code if chr(code).isascii() and (chr(code).isdigit() or chr(code).isupper() or code == 10) else 32
    for code in range(256)
)
PACKED = 12  # letters in one number
_WEIGHTS = np.uint64(37) ** np.arange(PACKED - 1, -1, -1, dtype=np.uint64)
_DIGITS = np.zeros(256, dtype=np.uint64)
_DIGITS[48:58] = np.arange(1, 11)
_DIGITS[65:91] = np.arange(11, 37)
FORM_CODES = ("", "LTD", "PLC", "LLP", "LP", "CIC", "CIO", "INC", "LLC", "GMBH", "BV", "SARL")


class Words(NamedTuple):
    """Names as runs of words: name i has words offsets[i] to offsets[i + 1]."""

    offsets: Integers
    hashes: Hashes  # of the words in their one spelling
    lengths: Lengths  # of the words, in letters
    forms: npt.NDArray[np.int8]  # a place in FORM_CODES, for each name
    spelled: Hashes  # of each whole name as written, less case, punctuation, spaces and legal forms
    raw_lengths: Lengths  # of the words as written
    begins: Hashes  # two columns: the first and the next 12 letters of that, in an order that sorts


def powers(count: int = _LONGEST) -> Hashes:
    """The factors of the letters of a word in its hash."""
    return _powers()[:count]


@cache
def _powers() -> Hashes:
    factors = np.full(_LONGEST, _BASE, dtype=np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


def hash_word(word: str) -> int:
    """The hash of one word; that of two words written together follows from theirs (joined_hash)."""
    codes = np.frombuffer(word.encode("ascii", "replace"), dtype=np.uint8).astype(np.uint64)
    return int((codes * powers(len(codes))).sum(dtype=np.uint64)) if len(codes) else 0


def joined_hash(first: Hashes, first_lengths: Lengths | Integers, second: Hashes) -> Hashes:
    """The hash of first and second written together, without a space."""
    return first + powers()[first_lengths] * second


def packed_place(letters: Integers) -> Hashes:
    """What a number of `begins` is divided by to leave so many letters of it."""
    return np.uint64(37) ** (PACKED - letters).astype(np.uint64)


def whole_hashes(offsets: Integers, hashes: Hashes, lengths: Lengths) -> Hashes:
    """All words of each name written together."""
    counts = np.diff(offsets)
    sums = np.zeros(len(counts), dtype=np.uint64)
    if len(hashes):
        before = np.cumsum(lengths, dtype=np.int64) - lengths
        first = np.repeat(before[np.minimum(offsets[:-1], len(before) - 1)], counts)
        terms = hashes * powers()[np.minimum(before - first, _LONGEST - 1)]
        sums[counts > 0] = np.add.reduceat(terms, offsets[:-1][counts > 0])
    return sums


class Spelling:
    """Every word met so far, in its one spelling."""

    def __init__(self) -> None:
        self._of_raw: dict[int, tuple[int, int, int]] = {}
        self.words: dict[int, str] = {}

    def of(self, raw_hash: int, text: bytes, start: int, end: int) -> tuple[int, int, int]:
        """(hash, length, form code) of a word by the hash of how it is written, and where it stands."""
        known = self._of_raw.get(raw_hash)
        if known is None:
            word = one_spelling(text[start:end].decode())[:LONGEST_KEPT]
            form = FORM_CODES.index(word) if word in FORM_CODES else 0
            known = self._of_raw[raw_hash] = (hash_word(word), len(word), form)
            self.words[known[0]] = word
        return known


def one_spelling(word: str) -> str:
    """'SERVICES' and 'SVCS' -> 'SERVICE'."""
    known = _abbreviations().get(word)
    if known is not None:
        return known
    if len(word) > 4 and word.endswith("S") and not word.endswith(("SS", "US", "IS")):
        if word.endswith("IES"):
            return word[:-3] + "Y"
        return _abbreviations().get(word[:-1], word[:-1])
    return word


@cache
def _abbreviations() -> dict[str, str]:
    listed = [*_rows("legal_forms.csv"), *_rows("abbreviations.csv")]
    return {written: word for written, word in listed if " " not in written}


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Spellings of several words, longest first, as they stand in a folded line."""
    forms = [(written, canonical) for written, canonical in _rows("legal_forms.csv") if written != canonical]
    listed = [*forms, *_rows("abbreviations.csv")]
    several = [(f" {written} ", f" {word} ") for written, word in listed if " " in written]
    return tuple(sorted(several, key=lambda pair: -len(pair[0])))


def _rows(file_name: str) -> Iterator[tuple[str, str]]:
    text = resources.files("anchor_spend").joinpath("data", file_name).read_text(encoding="utf-8")
    for row in csv.reader(text.splitlines()[1:]):
        yield row[0], row[1]


def read_words(published: Sequence[str], spelling: Spelling) -> Words:
    """The words of names, in chunks."""
    parts = [
        _read_chunk(published[start : start + CHUNK], spelling)
        for start in range(0, max(len(published), 1), CHUNK)
    ]
    starts = np.cumsum([0, *(len(part.hashes) for part in parts[:-1])])
    offsets = [part.offsets[:-1] + start for part, start in zip(parts, starts, strict=True)]
    total = sum(len(part.hashes) for part in parts)
    return Words(
        np.concatenate([*offsets, [total]]).astype(np.int64),
        *(np.concatenate([part[field] for part in parts]) for field in range(1, 7)),
    )


def _read_chunk(published: Sequence[str], spelling: Spelling) -> Words:
    buffer = _folded(published)
    is_letter = buffer > 32
    starts, ends = _runs(is_letter)
    line = np.cumsum(buffer == 10)[starts] if len(starts) else np.zeros(0, dtype=np.int64)
    raw, lengths = _hash_runs(buffer, starts, ends)
    hashes, new_lengths, codes = _spell(buffer, raw, starts, ends, spelling)
    is_kept = _is_kept(codes, hashes, line, len(published))
    spelled = _hash_lines(raw[is_kept], lengths[is_kept], line[is_kept], len(published))
    forms = np.zeros(len(published), dtype=np.int8)
    forms[line[codes > 0]] = codes[codes > 0]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(line[is_kept], minlength=len(published)))])
    begins = _begins(buffer, starts[is_kept], lengths[is_kept], line[is_kept], len(published))
    return Words(
        offsets.astype(np.int64),
        hashes[is_kept],
        new_lengths[is_kept].astype(np.int16),
        forms,
        spelled,
        lengths[is_kept].astype(np.int16),
        begins,
    )


def _folded(published: Sequence[str]) -> Bytes:
    """One line a name: capitals and digits, single spaces, also at both ends of each line."""
    text = "\n".join(
        name.replace("\n", " ") if name.isascii() else names.fold(name) for name in published
    ).upper()
    for old, new in (("'", ""), ("`", ""), ("&", " AND "), ("+", " AND "), ("@", " AT "), ("\n", " \n ")):
        text = text.replace(old, new)
    text = text.encode("ascii", "replace").translate(_SEPARATORS).decode()
    text = f" {re.sub('  +', ' ', text)} "
    for old, new in _phrases():
        text = text.replace(old, new)
    buffer = np.frombuffer(text.encode(), dtype=np.uint8)
    return _initials_joined(buffer)


def _initials_joined(buffer: Bytes) -> Bytes:
    """'A B C' -> 'ABC': single letters side by side are one word."""
    is_capital = (buffer >= 65) & (buffer <= 90)
    is_space = (buffer == 32) | (buffer == 10)
    single = np.zeros(len(buffer), dtype=bool)
    single[1:-1] = is_capital[1:-1] & is_space[:-2] & is_space[2:]
    between = np.zeros(len(buffer), dtype=bool)
    between[1:-1] = (buffer[1:-1] == 32) & single[:-2] & single[2:]
    return buffer[~between]


def _runs(is_letter: Flags) -> tuple[Integers, Integers]:
    edges = np.diff(is_letter.astype(np.int8), prepend=np.int8(0), append=np.int8(0))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _hash_runs(buffer: Bytes, starts: Integers, ends: Integers) -> tuple[Hashes, Integers]:
    lengths = ends - starts
    if not len(starts):
        return np.zeros(0, dtype=np.uint64), lengths
    places = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    letters = buffer[np.repeat(starts, lengths) + places].astype(np.uint64)
    terms = letters * powers()[np.minimum(places, _LONGEST - 1)]
    return np.add.reduceat(terms, np.cumsum(lengths) - lengths), lengths


def _hash_lines(raw: Hashes, lengths: Integers, line: Integers, count: int) -> Hashes:
    """The hash of all words of each line written together."""
    sums = np.zeros(count, dtype=np.uint64)
    if len(raw):
        before = np.cumsum(lengths) - lengths
        first = np.searchsorted(line, np.arange(count))
        within = before - before[np.minimum(first, len(before) - 1)][line]
        np.add.at(sums, line, raw * powers()[np.minimum(within, _LONGEST - 1)])
    return sums


def _begins(buffer: Bytes, starts: Integers, lengths: Integers, line: Integers, count: int) -> Hashes:
    """The first letters of each line, as numbers in base 37: they sort as the letters do."""
    begins = np.zeros((count, 2), dtype=np.uint64)
    if not len(starts):
        return begins
    before = np.cumsum(lengths) - lengths
    first = np.minimum(np.searchsorted(line, np.arange(count)), len(before) - 1)
    within = before - before[first][line]
    is_near = within < 2 * PACKED
    starts, lengths, line, within = starts[is_near], lengths[is_near], line[is_near], within[is_near]
    places = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    letters = _DIGITS[buffer[np.repeat(starts, lengths) + places]]
    places += np.repeat(within, lengths)
    for half in (0, 1):
        is_here = places // PACKED == half
        terms = letters[is_here] * _WEIGHTS[places[is_here] - half * PACKED]
        lines = np.repeat(line, lengths)[is_here]
        heads = np.flatnonzero(np.diff(lines, prepend=-1))
        if len(heads):
            begins[lines[heads], half] = np.add.reduceat(terms, heads)
    return begins


def _spell(
    buffer: Bytes, raw: Hashes, starts: Integers, ends: Integers, spelling: Spelling
) -> tuple[Hashes, Integers, Integers]:
    distinct, first, inverse = np.unique(raw, return_index=True, return_inverse=True)
    text = buffer.tobytes()
    spelled = [
        spelling.of(raw_hash, text, int(starts[at]), int(ends[at]))
        for raw_hash, at in zip(distinct.tolist(), first.tolist(), strict=True)
    ]
    if not spelled:
        nothing = np.zeros(0, dtype=np.int64)
        return raw, nothing, nothing
    hashes = np.array([item[0] for item in spelled], dtype=np.uint64)[inverse]
    lengths = np.array([item[1] for item in spelled], dtype=np.int64)[inverse]
    return hashes, lengths, np.array([item[2] for item in spelled], dtype=np.int64)[inverse]


def _is_kept(codes: Integers, hashes: Hashes, line: Integers, count: int) -> Flags:
    """All words but legal forms and a first THE; a name of nothing else keeps them."""
    is_first = np.diff(line, prepend=-1) != 0
    is_left_out = (codes > 0) | (is_first & (hashes == np.uint64(hash_word("THE"))))
    others = np.bincount(line[~is_left_out], minlength=count)
    is_kept: Flags = ~is_left_out | (others[line] == 0)
    return is_kept
