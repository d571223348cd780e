"""The index of a register: built once, kept as flat arrays, loaded by mapping them into memory.

In and out: an Index: the words of every name, a vocabulary with how rare each word is, and where each word,
pair of words, core, acronym, near spelling and beginning occurs (building.py makes it). A saved index of
another format is refused.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from anchor_spend.errors import ReferenceDataError
from anchor_spend.resolution import wording
from anchor_spend.resolution.kernels import LONGEST_INITIALS, SHORTEST_INITIALS, Names
from anchor_spend.resolution.kinds import SMALL, kinds_of
from anchor_spend.resolution.wording import Bytes, Flags, Hashes, Ids, Integers

CURRENT, OTHER, TRADING = 0, 1, 2
ACRONYM = np.uint64(0x5851F42D4C957F2D)  # added to the hash of initials, so that they are no word
CORE = np.uint64(0x14057B7EF767814F)  # added to the hash of the only rare word of a name
SPELLED = np.uint64(0x9E6C63D0676A9A99)  # added to the hash of a whole name as written
_FORMAT = 7
COMMON_NAMES = (
    200_000  # names that data/word_shares.csv stands for, so that a small register knows what is common
)
NEVER = 2**31 - 1  # days: an unknown end; less than none, an unknown beginning


@dataclass(frozen=True)
class Index:
    """A register ready to be asked. Arrays of numbers: see each block for what a row is."""

    # organisations
    entity_ids: npt.NDArray[np.bytes_]
    postcodes: npt.NDArray[np.bytes_]
    since: Ids  # days since 1970 in which the organisation was registered and struck off
    until: Ids
    current_names: Ids  # the place of each one's name of today
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
    word_lengths: wording.Lengths
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

    def __post_init__(self) -> None:
        """What is built and what is loaded can both not be written to: compiled code is kept for one kind."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False

    @property
    def size(self) -> int:
        """How many names there are."""
        return len(self.entity_of)

    @property
    def unknown_weight(self) -> float:
        """The weight of a word that no name holds."""
        return float(np.log(self.size + COMMON_NAMES + 1))

    @property
    def names(self) -> Names:
        """What compiled code needs of it."""
        letters = self.letters.view(np.uint8).reshape(-1, wording.LONGEST_KEPT)
        return Names(
            offsets=self.offsets,
            words=self.words,
            text_offsets=self.text_offsets,
            text=self.text,
            spelled=self.spelled,
            begins=self.begins,
            begin_names=self.begin_names,
            begin_places=self.begin_places,
            initials=self.initials,
            weights=self.weights,
            unit_offsets=self.unit_offsets,
            unit_names=self.unit_names,
            hashes=self.word_hashes,
            word_weights=self.word_weights,
            lengths=self.word_lengths,
            kinds=self.word_kinds,
            letters=letters,
        )


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


def owners_of(offsets: Integers) -> Integers:
    """For each word the place of its name."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))


def plain_units(
    offsets: Integers, hashes: Hashes, lengths: wording.Lengths
) -> list[tuple[npt.NDArray[Any], Hashes]]:
    """(name, hash) of words, of neighbours and of names of several words, written together."""
    owner = owners_of(offsets)
    if not len(owner):
        return [(owner, hashes)]
    is_pair = np.flatnonzero(owner[:-1] == owner[1:])
    pairs = wording.joined_hash(hashes[:-1], lengths[:-1], hashes[1:])[is_pair]
    several = np.flatnonzero(np.diff(offsets) > 2)
    wholes = wording.whole_hashes(offsets, hashes, lengths)[several]
    return [(owner, hashes), (owner[is_pair], pairs), (several, wholes)]


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


def initials_of_runs(offsets: Integers, letters: Bytes, is_small: Flags) -> tuple[Integers, Hashes]:
    """(name, hash of the initials) of every run of three to five words of each name, small words aside."""
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    owners, hashes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint64)]
    for is_counted in (np.ones(len(letters), dtype=bool), ~is_small):
        names, firsts = owner[is_counted], letters[is_counted].astype(np.uint64)
        for length in range(SHORTEST_INITIALS, LONGEST_INITIALS):
            count = len(names) - length + 1
            if count <= 0:
                continue
            is_one = names[:count] == names[length - 1 :]
            sums = sum(firsts[i : i + count] * wording.powers(length)[i] for i in range(length))
            owners.append(names[:count][is_one])
            hashes.append(np.asarray(sums, dtype=np.uint64)[is_one])
    return np.concatenate(owners), np.concatenate(hashes)


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
