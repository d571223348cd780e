"""Two names letter by letter and word by word: the innermost loops, compiled on first use and kept.

In: readings of published names and names of the register as flat arrays (Readings, Names). Out: numbers for
pairs of them. All compiled code stands in this module, because what is kept is not compiled anew when
another module changes: one that changes a constant used here has to change this one too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from anchor_spend.resolution import wording
from anchor_spend.resolution.kinds import DIGIT, SMALL
from anchor_spend.resolution.wording import PACKED, Bytes, Flags, Floats, Hashes, Ids, Integers, Lengths

SHORTEST_INITIALS, LONGEST_INITIALS = 3, 6  # letters
_INITIALS = 0.9  # how far initials hold the words they stand for
_PARTED_OTHERWISE = 0.95  # how far words hold each other where the whole names are the same letters
OUR_WORDS, THEIR_WORDS = 10, 12  # words compared of either name
_POWERS = wording.powers(wording.LONGEST_KEPT + 1).copy()
_THE = np.uint64(ord("T"))  # names lose a THE at their head, their initials do not
_BEYOND = wording.packed_place(np.arange(PACKED + 1))
_ALL, _NONE, _ONE = np.uint64(2**64 - 1), np.uint64(0), np.uint64(1)
_FIRST_WORDS = 6  # compared for a first score
_LOOKED_UP = 0.08  # what a unit of the weight looked up adds to a first score
_EQUAL = 2  # what an equal spelling adds to a first score: always compared
_NEIGHBOURS = 2  # names on either side in the alphabet

Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    return cast(Function, numba.njit(cache=True)(function))


class Readings(NamedTuple):
    """Readings of published names: reading i has words offsets[i] to offsets[i + 1]."""

    offsets: Integers
    text_offsets: Integers
    text: Bytes
    spelled: Hashes
    begins: Hashes
    raw_lengths: Integers  # letters of each reading as written
    is_cut: Flags
    initials: Hashes
    weights: Floats  # the summed weight of its words
    hashes: Hashes  # from here on of each word
    ids: Ids
    lengths: Lengths
    kinds: Bytes
    letters: Bytes  # a row for each word


class Names(NamedTuple):
    """Names of the register, and its words."""

    offsets: Integers
    words: Ids
    text_offsets: Integers
    text: Bytes
    spelled: Hashes
    begins: Hashes
    begin_names: Ids
    begin_places: Ids
    initials: Hashes
    weights: npt.NDArray[np.float32]
    unit_offsets: Integers
    unit_names: Ids
    hashes: Hashes  # from here on of each word of the vocabulary
    word_weights: npt.NDArray[np.float32]
    lengths: Lengths
    kinds: Bytes
    letters: Bytes


# -- letters ----------------------------------------------------------------------------------------------


@_compiled
def _noted(text: Bytes) -> Hashes:
    """Where each letter occurs: a row for each letter, a bit for each place in the text."""
    table = np.zeros((256, (len(text) + 63) // 64), dtype=np.uint64)
    for place in range(len(text)):
        table[text[place], place // 64] |= _ONE << np.uint64(place % 64)
    return table


@_compiled
def _letters_in_common(table: Hashes, length: int, other: Bytes) -> int:
    """The longest common subsequence of a noted text and another, 64 letters at once (Hyyrö 2004)."""
    if length <= 64:  # most names: no block to carry into
        alone = _ALL
        for letter in other:
            met = table[letter, 0] if length else _NONE
            alone = (alone + (alone & met)) | (alone & ~met)
        return _bits(~alone)
    row = np.full(table.shape[1], _ALL)
    for letter in other:
        carry = _NONE
        for block in range(len(row)):
            met = row[block] & table[letter, block]
            total = row[block] + met
            overflow = total < met
            total += carry
            overflow |= total < carry
            row[block] = total | (row[block] & ~table[letter, block])
            carry = _ONE if overflow else _NONE
    common = 0
    for unmet in row:
        common += _bits(~unmet)
    return common


@_compiled
def _bits(number: np.uint64) -> int:
    """How many bits of a number are set."""
    count = 0
    while number:
        number = number & (number - _ONE)
        count += 1
    return count


@_compiled
def edits(left: Bytes, right: Bytes) -> int:
    """Letters to change, add, leave out or swap with their neighbour (optimal string alignment)."""
    before = np.zeros(len(right) + 1, dtype=np.int64)
    last = np.arange(len(right) + 1)
    row = np.zeros(len(right) + 1, dtype=np.int64)
    for i in range(1, len(left) + 1):
        row[0] = i
        for j in range(1, len(right) + 1):
            is_other = left[i - 1] != right[j - 1]
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + is_other)
            is_swapped = i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]
            if is_swapped:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last, row = last, row, before
    return int(last[len(right)])


@_compiled
def edits_of_pairs(
    letters: Bytes, lengths: Integers, of_word: Integers, names: Names, of_other: Integers
) -> Integers:
    """The edits between words (rows of letters, with their lengths) and words of the vocabulary."""
    found = np.zeros(len(of_word), dtype=np.int64)
    for pair in range(len(of_word)):
        word, other = of_word[pair], of_other[pair]
        found[pair] = edits(letters[word, : lengths[word]], names.letters[other, : names.lengths[other]])
    return found


@_compiled
def _begins(left: Bytes, right: Bytes) -> bool:
    """Whether a text is the beginning of another."""
    if len(left) > len(right):
        return False
    is_same = True
    for place in range(len(left)):
        is_same &= left[place] == right[place]
    return is_same


@_compiled
def _subsequence(left: Bytes, right: Bytes) -> bool:
    """Whether a text is left when letters of another are left out."""
    place = 0
    for letter in right:
        if place < len(left) and left[place] == letter:
            place += 1
    return place == len(left)


@_compiled
def _letter_set(text: Bytes) -> np.uint64:
    """The letters of a text, a bit each."""
    found = _NONE
    for letter in text:
        found |= _ONE << np.uint64(letter % 64)
    return found


@_compiled
def word_similarity(left: Bytes, right: Bytes) -> float:
    """0 to 1: how likely different words of letters alone, the first the same, are spellings of one."""
    if len(left) > len(right):
        left, right = right, left
    shorter, longer = len(left), len(right)
    similar, most = 0.0, max(1, longer // 4)
    # an edit takes one letter away and brings another at the most: cheaper than to count them
    if (
        shorter >= 4
        and longer - shorter <= most
        and _bits(_letter_set(left) ^ _letter_set(right)) <= 2 * most
    ):
        distance = edits(left, right)
        if distance <= most:
            similar = 1 - 1.2 * distance / longer
    if _begins(left, right):
        return max(similar, 0.55 + 0.35 * shorter / longer if shorter >= 3 else 0.3)
    if shorter >= 2 and _subsequence(left, right):
        return max(similar, 0.35 + 0.3 * shorter / longer)
    return similar


# -- names worth comparing --------------------------------------------------------------------------------


@_compiled
def propose(
    readings: Readings, names: Names, rows: Integers, units: Integers, weights: Floats, limits: Integers
) -> Integers:
    """The names worth comparing with each reading: a row for each, -1 where there are no more.

    `units` are the places of what to look up, those of reading i from rows[i] on, the rarest first. `limits`
    has for each reading how many names to look at, and to keep after each of three looks.
    """
    found = np.full((len(limits), limits[:, 3].max()), -1)
    total = np.zeros(len(names.spelled))
    for reading in range(len(limits)):
        own, budget = slice(rows[reading], rows[reading + 1]), limits[reading]
        near = _look_up(total, names.unit_offsets, names.unit_names, units[own], weights[own], budget[0])
        score = np.zeros(len(near))
        for place, name in enumerate(near):
            score[place] = total[name] / np.sqrt(names.weights[name] + 10.0)
            total[name] = 0
        near, score = _best(near, score, budget[1])
        _add_shared_words(score, _LOOKED_UP, readings, names, reading, near)
        near, score = _best(near, score, budget[2])
        near, score = _with_neighbours(near, score, readings.begins[reading], names.begins, names.begin_names)
        beside = len(near) - 2 * _NEIGHBOURS
        _add_shared_words(score[beside:], 0.0, readings, names, reading, near[beside:])
        _add_letters(score, _text(readings.text, readings.text_offsets, reading), names, near)
        near, _ = _best(near, score, budget[3])
        for place, name in enumerate(near):
            found[reading, place] = name
    return found


@_compiled
def _look_up(
    total: Floats, offsets: Integers, unit_names: Ids, units: Integers, weights: Floats, budget: int
) -> Integers:
    """The names that hold some units; the summed weight of what each holds is added to its total.

    The rarest unit is looked up always, more while the budget lasts.
    """
    count, affordable = 0, 0
    for unit in units:
        size = offsets[unit + 1] - offsets[unit]
        if affordable and count + size > budget:
            break
        count += size
        affordable += 1
    seen = np.empty(count, dtype=np.int64)
    count = 0
    for place in range(affordable):
        for name in unit_names[offsets[units[place]] : offsets[units[place] + 1]]:
            if total[name] == 0:
                seen[count] = name
                count += 1
            total[name] += weights[place]
    return seen[:count]


@_compiled
def _best(names: Integers, score: Floats, most: int) -> tuple[Integers, Floats]:
    """The names of the best scores, of equal ones the first in the register."""
    if len(names) <= most:
        return names, score
    keys = np.empty(len(names), dtype=np.int64)
    for place in range(len(names)):  # one number to sort by: 20 bits of score above 32 of the name's place
        low = 2**20 - 1 - min(max(int(np.rint(score[place] * 2**13)), 0), 2**20 - 1)
        keys[place] = (low << 32) + names[place]
    last = _in_order(keys.copy(), most - 1)
    kept, kept_score, count = np.empty(most, dtype=np.int64), np.empty(most), 0
    for place in range(len(names)):
        if keys[place] <= last and count < most:
            kept[count], kept_score[count] = names[place], score[place]
            count += 1
    return kept, kept_score


@_compiled
def _in_order(keys: Integers, place: int) -> int:
    """The key that sorting would put at a place (Hoare's selection; numpy's takes seconds to compile)."""
    low, high = 0, len(keys) - 1
    while low < high:
        pivot = keys[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while keys[left] < pivot:
                left += 1
            while keys[right] > pivot:
                right -= 1
            if left <= right:
                keys[left], keys[right] = keys[right], keys[left]
                left, right = left + 1, right - 1
        if right < place < left:
            break
        low, high = (low, right) if place <= right else (left, high)
    return int(keys[place])


@_compiled
def _add_shared_words(
    score: Floats, part: float, readings: Readings, names: Names, reading: int, near: Integers
) -> None:
    """To a part of the score the weight of shared words beside that of both names, and equal spelling."""
    first = readings.offsets[reading]
    ours = readings.ids[first : min(readings.offsets[reading + 1], first + _FIRST_WORDS)]
    for place, name in enumerate(near):
        shared = 0.0
        first = names.offsets[name]
        for word in names.words[first : min(names.offsets[name + 1], first + _FIRST_WORDS)]:
            for own in ours:
                if own == word:
                    shared += names.word_weights[word]
                    break
        both = (readings.weights[reading] + 5) * (names.weights[name] + 5.0)
        is_equal = readings.spelled[reading] == names.spelled[name]
        score[place] = part * score[place] + shared / np.sqrt(both) + _EQUAL * is_equal


@_compiled
def _add_letters(score: Floats, text: Bytes, names: Names, near: Integers) -> None:
    """To the score half the letters in common, as a share of the shorter name."""
    noted = _noted(text)
    for place, name in enumerate(near):
        theirs = _text(names.text, names.text_offsets, name)
        shorter = max(min(len(text), len(theirs)), 4)
        score[place] += 0.5 * _letters_in_common(noted, len(text), theirs) / shorter


@_compiled
def _with_neighbours(
    near: Integers, score: Floats, begins: Hashes, all_begins: Hashes, begin_names: Ids
) -> tuple[Integers, Floats]:
    """Some names and their scores, and behind them those beside the reading's own place in the alphabet."""
    first = _first_place(all_begins, begins[0], begins[1])
    count = len(near)
    every, every_score = np.empty(count + 2 * _NEIGHBOURS, dtype=np.int64), np.zeros(count + 2 * _NEIGHBOURS)
    for place in range(count):
        every[place], every_score[place] = near[place], score[place]
    for place in range(2 * _NEIGHBOURS):
        beside = min(max(first - _NEIGHBOURS + place, 0), len(all_begins) - 1)
        every[count + place] = begin_names[beside]
    return every, every_score


@_compiled
def first_places(begins: Hashes, high: Hashes, low: Hashes) -> Integers:
    """For each beginning (two numbers) the first of the register's, sorted, that is not below it."""
    found = np.empty(len(high), dtype=np.int64)
    for place in range(len(high)):
        found[place] = _first_place(begins, high[place], low[place])
    return found


@_compiled
def _first_place(begins: Hashes, high: int, low: int) -> int:
    first, last = 0, len(begins)
    while first < last:
        middle = (first + last) // 2
        other = begins[middle]
        if other[0] < high or (other[0] == high and other[1] < low):
            first = middle + 1
        else:
            last = middle
    return first


@_compiled
def _text(text: Bytes, offsets: Integers, place: int) -> Bytes:
    return text[offsets[place] : offsets[place + 1]]


# -- names compared ---------------------------------------------------------------------------------------


@_compiled
def compare_letters(
    readings: Readings, names: Names, of_reading: Integers, of_name: Integers
) -> tuple[Integers, Flags, Flags, Integers]:
    """Of each pair: letters in common, whether ours is the beginning of theirs, and as written; and the
    letters of a word of one name that are the other's initials, 0 where none is."""
    common, acronyms = np.zeros(len(of_name), dtype=np.int64), np.zeros(len(of_name), dtype=np.int64)
    begins, as_written = np.zeros(len(of_name), dtype=np.bool_), np.zeros(len(of_name), dtype=np.bool_)
    last, noted = -1, _noted(readings.text[:0])
    for pair in range(len(of_name)):
        reading, name = of_reading[pair], of_name[pair]
        ours = _text(readings.text, readings.text_offsets, reading)
        theirs = _text(names.text, names.text_offsets, name)
        if reading != last:
            last, noted = reading, _noted(ours)
        common[pair] = _letters_in_common(noted, len(ours), theirs)
        begins[pair] = _begins(ours, theirs)
        as_written[pair] = _begins_as_written(readings, names, reading, name)
        acronyms[pair] = _acronym(readings, names, reading, name)
    return common, begins, as_written, acronyms


@_compiled
def _acronym(readings: Readings, names: Names, reading: int, name: int) -> int:
    longest = 0
    ours, theirs = readings.initials[reading], names.initials[name]
    for word in range(*_words(readings.offsets, reading, OUR_WORDS)):
        if readings.hashes[word] == theirs[0] or readings.hashes[word] == theirs[1]:
            longest = max(longest, readings.lengths[word])
    for place in range(*_words(names.offsets, name, THEIR_WORDS)):
        word = names.words[place]
        if names.hashes[word] == ours[0] or names.hashes[word] == ours[1]:
            longest = max(longest, names.lengths[word])
    return longest


@_compiled
def _begins_as_written(readings: Readings, names: Names, reading: int, name: int) -> bool:
    """Whether our letters as written are the beginning of theirs, as far as 24 letters."""
    length = readings.raw_lengths[reading]
    ours, theirs = readings.begins[reading], names.begins[names.begin_places[name]]
    for half in range(2):
        beyond = _BEYOND[min(max(length - PACKED * half, 0), PACKED)]
        if ours[half] // beyond != theirs[half] // beyond:
            return False
    return bool(length > 0)


@_compiled
def _words(offsets: Integers, place: int, most: int) -> tuple[int, int]:
    """The first word of a name, and the one after the last that is compared."""
    first = offsets[place]
    return first, min(offsets[place + 1], first + most)


@_compiled
def compare_words(
    readings: Readings, names: Names, of_reading: Integers, of_name: Integers, most: tuple[int, int]
) -> tuple[Ids, Ids, Floats, Floats, Flags, Flags, Integers, Floats]:
    """The columns of alike.Alike for some pairs: every word of ours with every word of theirs."""
    size = len(of_name)
    ours, theirs = np.full((size, most[0]), -1, np.int32), np.full((size, most[1]), -1, np.int32)
    our_hold, their_hold = np.zeros((size, most[0])), np.zeros((size, most[1]))
    first_equal, is_beginning = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    beyond_count, beyond_weight = np.zeros(size, dtype=np.int64), np.zeros(size)
    hashes, hold = np.zeros(most[1], dtype=np.uint64), np.zeros(most)
    for pair in range(size):
        reading, name = of_reading[pair], of_name[pair]
        first, last = _words(readings.offsets, reading, most[0])
        their_first, their_last = _words(names.offsets, name, most[1])
        for place in range(first, last):
            ours[pair, place - first] = place
        for place in range(their_first, their_last):
            theirs[pair, place - their_first] = names.words[place]
            hashes[place - their_first] = names.hashes[names.words[place]]
        count, their_count = last - first, their_last - their_first
        own = readings.hashes[first:last]
        is_beginning[pair] = _is_beginning(readings, names, reading, name, own, hashes[:their_count])
        if is_beginning[pair]:
            beyond_count[pair] = their_count - count
            for place in range(count, their_count):
                beyond_weight[pair] += names.word_weights[theirs[pair, place]]
                theirs[pair, place] = -1
            their_count = count
        first_equal[pair] = count > 0 and their_count > 0 and own[0] == hashes[0]
        held = hold[:count, :their_count]
        _hold(held, readings, names, ours[pair], theirs[pair], own, hashes)
        if is_beginning[pair]:
            held[count - 1, count - 1] = 1  # the last word may be cut
        is_equal = readings.spelled[reading] == names.spelled[name]
        for i in range(count):
            for j in range(their_count):
                how_far = max(held[i, j], _PARTED_OTHERWISE) if is_equal else held[i, j]
                our_hold[pair, i] = max(our_hold[pair, i], how_far)
                their_hold[pair, j] = max(their_hold[pair, j], how_far)
    return ours, theirs, our_hold, their_hold, first_equal, is_beginning, beyond_count, beyond_weight


@_compiled
def _is_beginning(
    readings: Readings, names: Names, reading: int, name: int, ours: Hashes, theirs: Hashes
) -> bool:
    """Whether a cut name's words but the last are the first of theirs, and its letters theirs."""
    count = len(ours)
    if not readings.is_cut[reading] or count < 2 or len(theirs) < count:
        return False
    for place in range(count - 1):
        if ours[place] != theirs[place]:
            return False
    return _begins_as_written(readings, names, reading, name)


@_compiled
def _hold(
    hold: Floats, readings: Readings, names: Names, ours: Ids, theirs: Ids, hashes: Hashes, others: Hashes
) -> None:
    """How far each word of ours is one of theirs: whole, written together, as initials, or nearly."""
    for i in range(hold.shape[0]):
        for j in range(hold.shape[1]):
            hold[i, j] = hashes[i] == others[j]
    _hold_joined(hold, hashes, readings.lengths, ours, others)
    _hold_joined(hold.T, others, names.lengths, theirs, hashes)
    _hold_initials(hold, hashes, readings.lengths, ours, names.letters, names.kinds, theirs)
    _hold_initials(hold.T, others, names.lengths, theirs, readings.letters, readings.kinds, ours)
    _hold_near(hold, readings, names, ours, theirs)


@_compiled
def _hold_joined(hold: Floats, hashes: Hashes, lengths: Lengths, words: Ids, others: Hashes) -> None:
    """Two neighbours of one name are one word of the other."""
    for i in range(hold.shape[0] - 1):
        both = hashes[i] + _POWERS[lengths[words[i]]] * hashes[i + 1]
        for j in range(hold.shape[1]):
            if others[j] == both:
                hold[i, j] = hold[i + 1, j] = 1


@_compiled
def _hold_initials(
    hold: Floats, hashes: Hashes, lengths: Lengths, words: Ids, letters: Bytes, kinds: Bytes, others: Ids
) -> None:
    """A word of one name is the initials of words of the other, and these need not be held otherwise."""
    for i in range(hold.shape[0]):
        length = lengths[words[i]]
        if not SHORTEST_INITIALS <= length <= LONGEST_INITIALS or _most(hold[i]) >= _INITIALS:
            continue
        for left_out in (0, SMALL):
            is_head = True
            for start in range(hold.shape[1]):
                if kinds[others[start]] & left_out:
                    continue
                own = others[start : hold.shape[1]]
                stop = start + _length_of_run(hashes[i], length, letters, kinds, own, left_out, is_head)
                is_head = False
                for place in range(start, stop):
                    if not kinds[others[place]] & left_out:
                        hold[i, place] = max(hold[i, place], _INITIALS)


@_compiled
def _most(row: Floats) -> float:
    most = 0.0
    for value in row:
        most = max(most, value)
    return most


@_compiled
def _length_of_run(
    word: int, length: int, letters: Bytes, kinds: Bytes, others: Ids, left_out: int, is_head: bool
) -> int:
    """How many words from the first on a word is the initials of, 0 for none; at the head of a name also with
    a THE before them, which names lose."""
    initials, count = _NONE, 0
    for place, other in enumerate(others):
        if kinds[other] & left_out:
            continue
        initials += letters[other, 0] * _POWERS[count]
        count += 1
        is_after_the = is_head and count == length - 1 and word == _THE + _POWERS[1] * initials
        if is_after_the or (count == length and word == initials):
            return place + 1
        if count == length:
            return 0
    return 0


@_compiled
def _hold_near(hold: Floats, readings: Readings, names: Names, ours: Ids, theirs: Ids) -> None:
    """Near spellings among the words left over on both sides that begin with the same letter."""
    is_left = np.empty(hold.shape[1], dtype=np.bool_)
    for j in range(hold.shape[1]):
        is_left[j] = names.kinds[theirs[j]] & DIGIT == 0 and _most(hold[:, j]) == 0
    for i in range(hold.shape[0]):
        if readings.kinds[ours[i]] & DIGIT or _most(hold[i]) > 0:
            continue
        one = readings.letters[ours[i], : readings.lengths[ours[i]]]
        for j in range(hold.shape[1]):
            if is_left[j] and one[0] == names.letters[theirs[j], 0]:
                hold[i, j] = word_similarity(one, names.letters[theirs[j], : names.lengths[theirs[j]]])
