"""The index of a register: built once, kept as flat arrays, loaded by mapping them into memory.

In: a Register, organisations as columns. Out: an Index: the words of every
name, a vocabulary with how rare each word is, and where each word, pair of words, core, acronym, near
spelling and beginning occurs. A saved index of another format is refused.
"""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution import wording
from anchor_spend.resolution.kinds import SMALL, kinds_of
from anchor_spend.resolution.wording import Bytes, Flags, Floats, Hashes, Integers, Words

CURRENT, OTHER, TRADING = 0, 1, 2
ACRONYM = np.uint64(0x5851F42D4C957F2D)  # added to the hash of initials, so that they are no word
CORE = np.uint64(0x14057B7EF767814F)  # added to the hash of the only rare word of a name
SPELLED = np.uint64(0x9E6C63D0676A9A99)  # added to the hash of a whole name as written
_FORMAT = 5
NEVER = 2**31 - 1  # days: an unknown end; less than none, an unknown beginning
_ID = "S24"
_COMMON_NAMES = (
    200_000  # names that data/word_shares.csv stands for, so that a small register knows what is common
)
_MAX_POSTINGS = 4_000  # a word or pair in more names than this finds none
_RARE_SHARE = 0.002  # of all names: a word in fewer may be the core of a name
_PARTS = 16
_PART_SHIFT = np.uint64(60)
_MIN_MISSPELT = 5  # letters: shorter words are not looked for misspelt
_TRADING_AS = re.compile(r"\bT\s?[/\\]\s?AS?\b\.?|\bT\.A\.|\bTRADING AS\b", re.IGNORECASE)
Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Index:
    """A register ready to be asked. Arrays of numbers: see each block for what a row is."""

    # organisations
    entity_ids: npt.NDArray[np.bytes_]
    postcodes: npt.NDArray[np.bytes_]
    since: Ids  # days since 1970 in which the organisation was registered and struck off
    until: Ids
    id_keys: npt.NDArray[np.bytes_]  # sorted: every id an organisation goes by, and whose it is
    id_entities: Ids
    # names: current, other and trading names of all organisations
    entity_of: Ids
    kinds: npt.NDArray[np.int8]
    forms: npt.NDArray[np.int8]
    spelled: Hashes
    offsets: Integers
    words: Ids
    weights: npt.NDArray[np.float32]  # the summed weight of a name's words
    initials: Hashes  # with small words and without; 0 where a name has too few words or too many
    text_offsets: Integers
    text: Bytes  # the words of each name, written together
    # vocabulary, in alphabetical order
    letters: npt.NDArray[np.bytes_]
    word_hashes: Hashes
    word_weights: npt.NDArray[np.float32]
    word_counts: Ids
    word_kinds: Bytes  # see kinds.py
    by_hash: Ids  # the vocabulary in the order of its hashes
    # where things occur
    unit_hashes: Hashes
    unit_offsets: Integers
    unit_names: Ids
    near_hashes: Hashes
    near_words: Ids
    begins: Hashes  # of names, sorted
    begin_names: Ids
    begin_places: Ids  # of each name in the two above

    @property
    def size(self) -> int:
        """How many names there are."""
        return len(self.entity_of)

    @property
    def unknown_weight(self) -> float:
        """The weight of a word that no name holds."""
        return float(np.log(self.size + _COMMON_NAMES + 1))


class _Names(NamedTuple):
    texts: list[str]
    entity_of: Ids
    kinds: npt.NDArray[np.int8]


def save(index: Index, folder: Path) -> None:
    """One .npy file for each array."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(index):
        np.save(folder / f"{field.name}.npy", getattr(index, field.name))
    (folder / "format.json").write_text(json.dumps({"format": _FORMAT}))


def load(folder: Path) -> Index:
    """A saved index, mapped into memory rather than read; ReferenceDataError for another format's."""
    path = folder / "format.json"
    if not path.exists() or json.loads(path.read_text()) != {"format": _FORMAT}:
        raise ReferenceDataError(f"{folder} holds no index of this version: build it again.")
    mapped = {field.name: np.load(folder / f"{field.name}.npy", mmap_mode="r") for field in fields(Index)}
    return Index(**{name: np.asarray(array) for name, array in mapped.items()})


class Register(NamedTuple):
    """Organisations as columns. Other names are one text each, '; ' between; dates are days since 1970."""

    entity_ids: Sequence[str] | npt.NDArray[np.bytes_]
    names: list[str]
    other_names: list[str]
    postcodes: Sequence[str] | npt.NDArray[np.bytes_]
    since: Sequence[int] | Ids = ()
    until: Sequence[int] | Ids = ()
    other_ids: Sequence[tuple[int, str]] = ()  # (place of the organisation, an id it has in another register)


def build(register: Register) -> Index:
    """An index of a register. Empties its lists of names."""
    names = _all_names(register.names, register.other_names)
    name_count = len(names.texts)
    spelling = wording.Spelling()
    words = wording.read_words(names.texts, spelling)
    names.texts.clear()
    letters, word_hashes = _vocabulary(spelling)
    by_hash = np.argsort(word_hashes).astype(np.int32)
    ids = by_hash[np.searchsorted(word_hashes[by_hash], words.hashes)]
    counts = np.bincount(ids, minlength=len(letters)).astype(np.int32)
    weights = _weights(letters, counts, name_count)
    initials = initials_of(words.offsets, words.hashes, _first_letters(letters)[ids])
    is_rare = weights[ids] > -np.log(_RARE_SHARE)
    units = _units(words, initials, is_rare)
    near = _near_forms(letters)
    order = np.lexsort((words.begins[:, 1], words.begins[:, 0]))
    text_offsets, text = _texts(letters, ids, words.offsets)
    ids_of_all = np.array(register.entity_ids, dtype=_ID)
    id_keys, id_entities = _ids(ids_of_all, register.other_ids)
    return Index(
        entity_ids=ids_of_all,
        postcodes=np.array(register.postcodes, dtype="S8"),
        since=_days(register.since, len(ids_of_all), -NEVER),
        until=_days(register.until, len(ids_of_all), NEVER),
        id_keys=id_keys,
        id_entities=id_entities,
        entity_of=_first_of_each(ids_of_all, id_keys, id_entities)[names.entity_of],
        kinds=names.kinds,
        forms=words.forms,
        spelled=words.spelled,
        offsets=words.offsets,
        words=ids,
        weights=_sums(weights[ids], words.offsets).astype(np.float32),
        initials=initials,
        text_offsets=text_offsets,
        text=text,
        letters=letters,
        word_hashes=word_hashes,
        word_weights=weights,
        word_counts=counts,
        word_kinds=kinds_of(word_hashes),
        by_hash=by_hash,
        unit_hashes=units[0],
        unit_offsets=units[1],
        unit_names=units[2],
        near_hashes=near[0],
        near_words=near[1],
        begins=words.begins[order],
        begin_names=order.astype(np.int32),
        begin_places=np.argsort(order).astype(np.int32),
    )


def _ids(
    entity_ids: npt.NDArray[np.bytes_], others: Sequence[tuple[int, str]]
) -> tuple[npt.NDArray[np.bytes_], Ids]:
    """Every id in order, and the place of its organisation; an organisation's own id goes first."""
    keys = np.concatenate([entity_ids, np.array([other for _, other in others], dtype=_ID)])
    places = np.array([*range(len(entity_ids)), *(place for place, _ in others)], dtype=np.int32)
    order = np.argsort(keys, kind="stable")
    return keys[order], places[order]


def _first_of_each(ids_of_all: npt.NDArray[np.bytes_], id_keys: npt.NDArray[np.bytes_], places: Ids) -> Ids:
    """For each organisation the first of its id: a register may hold one twice."""
    return places[np.searchsorted(id_keys, ids_of_all)]


def _days(days: Sequence[int] | Ids, count: int, unknown: int) -> Ids:
    return np.array(days, dtype=np.int32) if len(days) else np.full(count, unknown, dtype=np.int32)


def _all_names(current_names: list[str], other_names: list[str]) -> _Names:
    """Every name, and what stands before and after t/a in one."""
    current_count = len(current_names)
    texts, owners = current_names, list(range(current_count))
    for place, text in enumerate(other_names):
        if text:
            others = [name for name in text.split("; ") if name.strip()]
            texts.extend(others)
            owners.extend([place] * len(others))
    full_count = len(texts)
    for place in range(full_count):
        name = texts[place]
        if ("/" in name or "." in name or "rading" in name.lower()) and _TRADING_AS.search(name):
            parts = [part for part in _TRADING_AS.split(name) if part.strip()]
            texts.extend(parts)
            owners.extend([owners[place]] * len(parts))
    kinds = np.full(len(texts), TRADING, dtype=np.int8)
    kinds[:full_count] = OTHER
    kinds[:current_count] = CURRENT
    other_names.clear()
    return _Names(texts, np.array(owners, dtype=np.int32), kinds)


def _vocabulary(spelling: wording.Spelling) -> tuple[npt.NDArray[np.bytes_], Hashes]:
    hashes = np.array(list(spelling.words), dtype=np.uint64)
    letters = np.array([word.encode() for word in spelling.words.values()], dtype=f"S{wording.LONGEST_KEPT}")
    order = np.argsort(letters, kind="stable")
    return letters[order], hashes[order]


def _weights(letters: npt.NDArray[np.bytes_], counts: Ids, names: int) -> npt.NDArray[np.float32]:
    """How much a shared word says: the log of how rare it is, here and in company names at large."""
    shares = _word_shares()
    prior = np.array([shares.get(word, 0) for word in letters.tolist()]) / 100_000 * _COMMON_NAMES
    return np.log((names + _COMMON_NAMES + 1) / (counts + prior + 0.5)).astype(np.float32)


@cache
def _word_shares() -> dict[bytes, int]:
    text = resources.files("anchor_spend").joinpath("data", "word_shares.csv").read_text(encoding="utf-8")
    return {word.encode(): int(share) for word, share in csv.reader(text.splitlines()[1:])}


def _first_letters(letters: npt.NDArray[np.bytes_]) -> Bytes:
    return letters.view(np.uint8).reshape(-1, wording.LONGEST_KEPT)[:, 0]


def _sums(values: npt.NDArray[np.float32], offsets: Integers) -> Floats:
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    sums: Floats = running[offsets[1:]] - running[offsets[:-1]]
    return sums


def _texts(letters: npt.NDArray[np.bytes_], ids: Ids, offsets: Integers) -> tuple[Integers, Bytes]:
    lengths = np.char.str_len(letters)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    flat = np.frombuffer(b"".join(letters.tolist()), dtype=np.uint8)
    blocks = np.array_split(ids, max(1, len(ids) // 2_000_000))
    text = np.concatenate([flat[spread(starts[block], lengths[block])] for block in blocks])
    ends = np.concatenate([[0], np.cumsum(lengths[ids])])
    return ends[offsets], text


def owners_of(offsets: Integers) -> Integers:
    """For each word the place of its name."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))


def _units(words: Words, initials: Hashes, is_rare: Flags) -> tuple[Hashes, Integers, Ids]:
    """Where words, pairs, whole names, acronyms and cores occur: sorted hashes, and the names of each."""
    found = [*plain_units(words), (np.arange(len(words.forms)), words.spelled + SPELLED)]
    for column in (0, 1):
        names = np.flatnonzero(initials[:, column])
        if column:
            names = names[initials[names, 0] != initials[names, 1]]
        found.append((names, initials[names, column] + ACRONYM))
    owner = owners_of(words.offsets)
    rare_counts = np.bincount(owner[is_rare], minlength=len(words.forms))
    is_core = is_rare & (rare_counts == 1)[owner]
    found.append((owner[is_core], words.hashes[is_core] + CORE))
    return _postings(found)


def _postings(found: list[tuple[Integers, Hashes]]) -> tuple[Hashes, Integers, Ids]:
    """Sorted part by part, so that a national register fits."""
    parts = []
    for part in range(_PARTS):
        chosen = [hashes >> _PART_SHIFT == np.uint64(part) for _, hashes in found]
        hashes = np.concatenate([hashes[mask] for (_, hashes), mask in zip(found, chosen, strict=True)])
        names = [names[mask].astype(np.int32) for (names, _), mask in zip(found, chosen, strict=True)]
        parts.append(_sorted_postings(hashes, np.concatenate(names)))
    sizes = np.concatenate([part[1] for part in parts])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return np.concatenate([part[0] for part in parts]), offsets, np.concatenate([part[2] for part in parts])


def _sorted_postings(hashes: Hashes, names: Ids) -> tuple[Hashes, Integers, Ids]:
    """Distinct hashes, how many names each has, and the names; what is in too many finds none."""
    order = np.argsort(hashes, kind="stable")
    hashes, names = hashes[order], names[order]
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])[: len(hashes)])
    sizes = np.diff(np.append(starts, len(hashes)))
    is_useful = sizes <= _MAX_POSTINGS
    return hashes[starts][is_useful], sizes[is_useful], names[np.repeat(is_useful, sizes)]


def plain_units(words: Words) -> list[tuple[Integers, Hashes]]:
    """(name, hash) of words, of neighbours and of names of several words, written together."""
    owner = owners_of(words.offsets)
    if not len(owner):
        return [(owner, words.hashes)]
    is_pair = np.flatnonzero(owner[:-1] == owner[1:])
    pairs = wording.joined_hash(words.hashes[:-1], words.lengths[:-1], words.hashes[1:])[is_pair]
    several = np.flatnonzero(np.diff(words.offsets) > 2)
    return [(owner, words.hashes), (owner[is_pair], pairs), (several, wording.whole_hashes(words)[several])]


def initials_of(offsets: Integers, hashes: Hashes, first_letters: Bytes) -> Hashes:
    """The initials of names of three to eight words as hashes: with AND, OF ... and without; 0 for others."""
    owner = owners_of(offsets)
    found = np.zeros((len(offsets) - 1, 2), dtype=np.uint64)
    is_small = kinds_of(hashes) & SMALL > 0
    for column, is_counted in ((0, np.ones(len(hashes), dtype=bool)), (1, ~is_small)):
        owners, letters = owner[is_counted], first_letters[is_counted].astype(np.uint64)
        counts = np.bincount(owners, minlength=len(found))
        place = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        np.add.at(found[:, column], owners, letters * wording.powers()[np.minimum(place, 99)])
        found[(counts < 3) | (counts > 8), column] = 0
    return found


def _near_forms(letters: npt.NDArray[np.bytes_]) -> tuple[Hashes, Ids]:
    """Hashes of every longer word less one letter, sorted, with the word's place."""
    codes = letters.view(np.uint8).reshape(-1, wording.LONGEST_KEPT)
    lengths = np.char.str_len(letters)
    long = np.flatnonzero(lengths >= _MIN_MISSPELT)
    blocks = np.array_split(long, max(1, len(long) // 100_000))
    hashes = np.concatenate([less_one_letter(codes[block], lengths[block]) for block in blocks])
    places = np.repeat(long, lengths[long])
    order = np.argsort(hashes, kind="stable")
    return hashes[order], places[order].astype(np.int32)


def less_one_letter(codes: Bytes, lengths: Integers) -> Hashes:
    """The hashes of words (rows of letter codes) less each of their letters in turn."""
    terms = codes.astype(np.uint64) * wording.powers(codes.shape[1])
    before = np.cumsum(terms, axis=1, dtype=np.uint64) - terms
    after = terms.sum(axis=1, dtype=np.uint64)[:, None] - before - terms
    hashes = before + after * wording.INVERSE
    found: Hashes = hashes[np.arange(codes.shape[1]) < lengths[:, None]]
    return found


def spread(starts: Integers, counts: Integers) -> Integers:
    """All places of several ranges, one after the other."""
    return np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
