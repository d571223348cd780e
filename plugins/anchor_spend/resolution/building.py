"""A register read once into an index, chunk by chunk, so that a national one takes minutes and fits.

In: chunks of a register, organisations as columns. Out: an Index. Names are read to words as they come and
not kept; what occurs where is gathered block by block and sorted part by part.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from anchor_spend.resolution import wording
from anchor_spend.resolution.index import (
    ACRONYM,
    COMMON_NAMES,
    CORE,
    CURRENT,
    NEVER,
    OTHER,
    SPELLED,
    TRADING,
    Index,
    initials_of,
    less_one_letter,
    owners_of,
    plain_units,
    spread,
)
from anchor_spend.resolution.kinds import DIGIT, kinds_of
from anchor_spend.resolution.wording import Bytes, Flags, Hashes, Ids, Integers

_ID, _POSTCODE = "S24", "S8"
_MAX_POSTINGS = 4_000  # a word or pair in more names than this finds none
_RARE_SHARE = 0.002  # of all names: a word in fewer may be the core of a name
_PARTS = 16
_PART_SHIFT = np.uint64(60)
_MIN_MISSPELT = 5  # letters: shorter words are not looked for misspelt
_BLOCK = 500_000  # names worked at once
_WORDS_OF_BLOCK = 2_000_000
_TRADING_AS = re.compile(r"\bT\s?[/\\]\s?AS?\b\.?|\bT\.A\.|\bTRADING AS\b", re.IGNORECASE)
Column = npt.NDArray[Any]


class Register(NamedTuple):
    """Organisations as columns. Other names are one text each, '; ' between; dates are days since 1970."""

    entity_ids: Sequence[str] | npt.NDArray[np.bytes_]
    names: Sequence[str]
    other_names: Sequence[str]
    postcodes: Sequence[str] | npt.NDArray[np.bytes_]
    since: Sequence[int] | Ids = ()
    until: Sequence[int] | Ids = ()
    other_ids: Sequence[tuple[int, str]] = ()  # (place of the organisation, an id it has in another register)


class _Columns(NamedTuple):
    """What a chunk of a register becomes: one row for each organisation, name or word."""

    entity_ids: npt.NDArray[np.bytes_]
    postcodes: npt.NDArray[np.bytes_]
    since: Ids
    until: Ids
    other_places: Ids
    other_ids: npt.NDArray[np.bytes_]
    entity_of: Ids
    kinds: npt.NDArray[np.int8]
    forms: npt.NDArray[np.int8]
    spelled: Hashes
    begins: Hashes
    counts: npt.NDArray[np.int16]  # words of each name
    hashes: Hashes  # of the words


class _Vocabulary(NamedTuple):
    """Words in alphabetical order."""

    letters: npt.NDArray[np.bytes_]
    hashes: Hashes
    lengths: npt.NDArray[np.int16]
    is_rare: Flags
    weights: npt.NDArray[np.float32]


def build(register: Iterable[Register]) -> Index:
    """An index of a register that comes in chunks."""
    read, spelling = _read(register)
    letters, word_hashes = _vocabulary(spelling)
    del spelling  # of a national register it is the largest thing in memory
    by_hash = np.argsort(word_hashes).astype(np.int32)
    ids = _places(word_hashes, by_hash, read.pop("hashes"))
    offsets = _offsets(read.pop("counts"))
    counts = np.bincount(ids, minlength=len(letters)).astype(np.int32)
    weights = _weights(letters, counts, len(offsets) - 1)
    lengths = np.char.str_len(letters).astype(np.int16)
    words = _Vocabulary(letters, word_hashes, lengths, weights > -np.log(_RARE_SHARE), weights)
    unit_hashes, unit_offsets, unit_names, initials, name_weights = _units(
        words, ids, offsets, read["spelled"]
    )
    order = np.lexsort((read["begins"][:, 1], read["begins"][:, 0])).astype(np.int32)
    text_offsets, text = _texts(words, ids, offsets)
    id_keys, id_entities = _ids(read["entity_ids"], read.pop("other_ids"), read.pop("other_places"))
    near_hashes, near_words = _near_forms(letters)
    return Index(
        entity_ids=read["entity_ids"],
        postcodes=read["postcodes"],
        since=read["since"],
        until=read["until"],
        current_names=np.flatnonzero(read["kinds"] == CURRENT).astype(np.int32),
        id_keys=id_keys,
        id_entities=id_entities,
        entity_of=_first_of_each(read["entity_ids"], id_keys, id_entities)[read["entity_of"]],
        kinds=read["kinds"],
        forms=read["forms"],
        spelled=read["spelled"],
        offsets=offsets,
        words=ids,
        weights=name_weights,
        initials=initials,
        text_offsets=text_offsets,
        text=text,
        letters=letters,
        word_hashes=word_hashes,
        word_weights=weights,
        word_counts=counts,
        word_kinds=kinds_of(word_hashes) | np.uint8(DIGIT) * _has_digit(letters),
        word_lengths=lengths,
        by_hash=by_hash,
        unit_hashes=unit_hashes,
        unit_offsets=unit_offsets,
        unit_names=unit_names,
        near_hashes=near_hashes,
        near_words=near_words,
        begins=read["begins"][order],
        begin_names=order,
        begin_places=np.argsort(order).astype(np.int32),
    )


# -- reading ----------------------------------------------------------------------------------------------


def _read(register: Iterable[Register]) -> tuple[dict[str, npt.NDArray[Any]], wording.Spelling]:
    """The columns of all chunks by their names, and every word met."""
    spelling = wording.Spelling()
    chunks: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _Columns._fields}
    count = 0
    for chunk in chain([Register((), (), (), ())], register):  # so that a register of nothing has columns too
        for name, column in _columns_of(chunk, count, spelling)._asdict().items():
            chunks[name].append(column)
        count += len(chunk.names)
    return {name: np.concatenate(chunks.pop(name)) for name in _Columns._fields}, spelling


def _columns_of(chunk: Register, first: int, spelling: wording.Spelling) -> _Columns:
    texts, owners, kinds = _all_names(chunk)
    words = wording.read_words(texts, spelling)
    ids = np.array(chunk.entity_ids, dtype=_ID)
    return _Columns(
        ids,
        np.array(chunk.postcodes, dtype=_POSTCODE),
        _days(chunk.since, len(ids), -NEVER),
        _days(chunk.until, len(ids), NEVER),
        np.array([place + first for place, _ in chunk.other_ids], dtype=np.int32),
        np.array([other for _, other in chunk.other_ids], dtype=_ID),
        owners + np.int32(first),
        kinds,
        words.forms,
        words.spelled,
        words.begins,
        np.diff(words.offsets).astype(np.int16),
        words.hashes,
    )


def _all_names(chunk: Register) -> tuple[list[str], Ids, npt.NDArray[np.int8]]:
    """Every name, whose it is and its kind; also what stands before and after t/a in one."""
    texts, owners = list(chunk.names), list(range(len(chunk.names)))
    for place, text in enumerate(chunk.other_names):
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
    kinds[: len(chunk.names)] = CURRENT
    return texts, np.array(owners, dtype=np.int32), kinds


def _days(days: Sequence[int] | Ids, count: int, unknown: int) -> Ids:
    return np.array(days, dtype=np.int32) if len(days) else np.full(count, unknown, dtype=np.int32)


def _offsets(counts: npt.NDArray[Any]) -> Integers:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])


# -- words ------------------------------------------------------------------------------------------------


def _vocabulary(spelling: wording.Spelling) -> tuple[npt.NDArray[np.bytes_], Hashes]:
    count = len(spelling.words)
    hashes = np.fromiter(spelling.words, dtype=np.uint64, count=count)
    kept = f"S{wording.LONGEST_KEPT}"
    letters = np.fromiter((word.encode() for word in spelling.words.values()), dtype=kept, count=count)
    order = np.argsort(letters, kind="stable")
    return letters[order], hashes[order]


def _codes(letters: npt.NDArray[np.bytes_]) -> Bytes:
    """The letters of words as numbers, a column each."""
    return letters.view(np.uint8).reshape(-1, wording.LONGEST_KEPT)


def _has_digit(letters: npt.NDArray[np.bytes_]) -> Bytes:
    codes = _codes(letters)
    found: Bytes = np.any((codes >= ord("0")) & (codes <= ord("9")), axis=1).astype(np.uint8)
    return found


def _weights(letters: npt.NDArray[np.bytes_], counts: Ids, names: int) -> npt.NDArray[np.float32]:
    """How much a shared word says: the log of how rare it is, here and in company names at large."""
    shares = _word_shares()
    prior = np.zeros(len(letters))
    common = np.array(list(shares), dtype=letters.dtype)
    at = np.minimum(np.searchsorted(letters, common), max(len(letters) - 1, 0))
    is_known = letters[at] == common if len(letters) else np.zeros(len(common), dtype=bool)
    prior[at[is_known]] = np.array(list(shares.values()))[is_known] / 100_000 * COMMON_NAMES
    return np.log((names + COMMON_NAMES + 1) / (counts + prior + 0.5)).astype(np.float32)


@cache
def _word_shares() -> dict[bytes, int]:
    text = resources.files("anchor_spend").joinpath("data", "word_shares.csv").read_text(encoding="utf-8")
    return {word.encode(): int(share) for word, share in csv.reader(text.splitlines()[1:])}


def _texts(words: _Vocabulary, ids: Ids, offsets: Integers) -> tuple[Integers, Bytes]:
    """The words of each name, written together."""
    lengths = words.lengths.astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    flat = np.frombuffer(b"".join(words.letters.tolist()), dtype=np.uint8)
    text = _in_blocks(lambda block: flat[spread(starts[block], lengths[block])], ids)
    ends = np.concatenate([[0], np.cumsum(words.lengths[ids], dtype=np.int64)])
    return ends[offsets], text


def _places(word_hashes: Hashes, by_hash: Ids, hashes: Hashes) -> Ids:
    """The places of words in the vocabulary."""
    ordered = word_hashes[by_hash]
    return _in_blocks(lambda block: by_hash[np.searchsorted(ordered, block)], hashes)


def _in_blocks(work: Callable[[Column], Column], column: Column) -> Column:
    """What `work` makes of a long column, a part of it at a time."""
    firsts = range(0, max(len(column), 1), _WORDS_OF_BLOCK)
    return np.concatenate([work(column[first : first + _WORDS_OF_BLOCK]) for first in firsts])


def _near_forms(letters: npt.NDArray[np.bytes_]) -> tuple[Hashes, Ids]:
    """Hashes of every longer word less one letter, sorted, with the word's place."""
    codes, lengths = _codes(letters), np.char.str_len(letters)
    long = np.flatnonzero(lengths >= _MIN_MISSPELT)
    found = _Found()
    for block in np.array_split(long, max(1, len(long) // 100_000)):
        found.add(less_one_letter(codes[block], lengths[block]), np.repeat(block, lengths[block]))
    hashes, places = (np.concatenate(column) for column in zip(*found.sorted_parts(), strict=True))
    return hashes, places


# -- where things occur -----------------------------------------------------------------------------------


class _Found:
    """Hashes and where each was found, kept apart by the hash's first bits so that each part sorts alone."""

    def __init__(self) -> None:
        self._parts: list[list[tuple[Hashes, Ids]]] = [[] for _ in range(_PARTS)]

    def add(self, hashes: Hashes, places: npt.NDArray[Any]) -> None:
        part_of = (hashes >> _PART_SHIFT).astype(np.uint8)
        order = np.argsort(part_of, kind="stable")
        hashes, places = hashes[order], places[order].astype(np.int32)
        bounds = np.searchsorted(part_of[order], np.arange(_PARTS + 1))
        for part in range(_PARTS):
            chosen = slice(bounds[part], bounds[part + 1])
            self._parts[part].append((hashes[chosen].copy(), places[chosen].copy()))

    def sorted_parts(self) -> Iterator[tuple[Hashes, Ids]]:
        """All that was added, in the order of the hashes; each part is given away."""
        nothing = (np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int32))
        for part in range(_PARTS):
            hashes, places = (
                np.concatenate(column) for column in zip(nothing, *self._parts[part], strict=True)
            )
            self._parts[part].clear()
            order = np.argsort(hashes, kind="stable")
            yield hashes[order], places[order]


def _units(
    words: _Vocabulary, ids: Ids, offsets: Integers, spelled: Hashes
) -> tuple[Hashes, Integers, Ids, Hashes, npt.NDArray[np.float32]]:
    """Where words, pairs, whole names, acronyms and cores occur: sorted hashes, and the names of each.

    Also the initials and the summed weight of each name.
    """
    found, size = _Found(), len(offsets) - 1
    initials = np.zeros((size, 2), dtype=np.uint64)
    weights = np.zeros(size, dtype=np.float32)
    for first in range(0, size, _BLOCK):
        last = min(first + _BLOCK, size)
        own, block = ids[offsets[first] : offsets[last]], offsets[first : last + 1] - offsets[first]
        initials[first:last] = initials_of(
            block,
            words.hashes[own],
            words.letters.view(np.uint8)[own.astype(np.int64) * wording.LONGEST_KEPT],
        )
        weights[first:last] = _sums(words.weights[own], block)
        for names, hashes in _units_of_block(words, own, block, spelled[first:last], initials[first:last]):
            found.add(hashes, names + np.int32(first))
    return *_postings(found), initials, weights


def _units_of_block(
    words: _Vocabulary, ids: Ids, offsets: Integers, spelled: Hashes, initials: Hashes
) -> Iterator[tuple[npt.NDArray[Any], Hashes]]:
    hashes = words.hashes[ids]
    yield from plain_units(offsets, hashes, words.lengths[ids])
    yield np.arange(len(spelled), dtype=np.int32), spelled + SPELLED
    for column in (0, 1):
        names = np.flatnonzero(initials[:, column])
        if column:
            names = names[initials[names, 0] != initials[names, 1]]
        yield names, initials[names, column] + ACRONYM
    owner, is_rare = owners_of(offsets), words.is_rare[ids]
    rare_counts = np.bincount(owner[is_rare], minlength=len(spelled))
    is_core = is_rare & (rare_counts == 1)[owner]
    yield owner[is_core], hashes[is_core] + CORE


def _sums(values: npt.NDArray[np.float32], offsets: Integers) -> npt.NDArray[np.float64]:
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    sums: npt.NDArray[np.float64] = running[offsets[1:]] - running[offsets[:-1]]
    return sums


def _postings(found: _Found) -> tuple[Hashes, Integers, Ids]:
    """Distinct hashes, where the names of each begin, and the names; what is in too many finds none."""
    hashes, sizes, names = [], [], []
    for part in found.sorted_parts():
        distinct, counts, useful = _useful(*part)
        hashes.append(distinct)
        sizes.append(counts)
        names.append(useful)
    offsets = _offsets(_taken(sizes))
    return _taken(hashes), offsets, _taken(names)


def _taken(parts: list[Column]) -> Column:
    """Parts as one column; the parts go, so that memory holds two copies of one column alone."""
    column = np.concatenate(parts)
    parts.clear()
    return column


def _useful(hashes: Hashes, names: Ids) -> tuple[Hashes, Ids, Ids]:
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])[: len(hashes)])
    sizes = np.diff(np.append(starts, len(hashes))).astype(np.int32)
    is_useful = sizes <= _MAX_POSTINGS
    return hashes[starts][is_useful], sizes[is_useful], names[np.repeat(is_useful, sizes)]


# -- ids --------------------------------------------------------------------------------------------------


def _ids(
    entity_ids: npt.NDArray[np.bytes_], other_ids: npt.NDArray[np.bytes_], other_places: Ids
) -> tuple[npt.NDArray[np.bytes_], Ids]:
    """Every id in order, and the place of its organisation; an organisation's own id goes first."""
    keys = np.concatenate([entity_ids, other_ids])
    places = np.concatenate([np.arange(len(entity_ids), dtype=np.int32), other_places])
    order = np.argsort(keys, kind="stable")
    return keys[order], places[order]


def _first_of_each(ids_of_all: npt.NDArray[np.bytes_], id_keys: npt.NDArray[np.bytes_], places: Ids) -> Ids:
    """For each organisation the first of its id: a register may hold one twice."""
    return places[np.searchsorted(id_keys, ids_of_all)]
