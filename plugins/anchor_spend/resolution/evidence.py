"""What speaks for and against a reading of a published name meaning a name of the register.

In: pairs of a reading and a name. Out: a row of numbers for each pair, in the order of COLUMNS; GROUPS says
in words what each is evidence of. Nothing in it knows where a candidate is, nor whether it is local.
"""

from collections.abc import Callable

import numpy as np

from anchor_spend.resolution import kernels
from anchor_spend.resolution import readings as ways
from anchor_spend.resolution.alike import HELD, Alike, compare
from anchor_spend.resolution.asking import Asked
from anchor_spend.resolution.candidates import Pairs
from anchor_spend.resolution.index import TRADING, Index
from anchor_spend.resolution.kinds import DIGIT, GENERIC, PLACE, SITE, SMALL
from anchor_spend.resolution.namesakes import begun_alike, begun_as_both, holding_both
from anchor_spend.resolution.wording import Flags, Floats, Integers

_SMALL = 0.3  # the part of its weight that AND, OF ... keeps
_SHORT = (5, 6)  # words of short names, ours and theirs
_FEW = 2  # names: a word in no more of them tells its organisation
GROUPS = {
    "words in common": """
        shared shared>6 shared>10 shared>16 rarest rarest_shared rarest_both rarest_theirs only_core
        only_core_rarest all_core place_same all_equal first first_weight sole sole_first sole_generic""",
    "words missing": """
        lost_ours lost_ours>3 lost_ours>8 lost_theirs lost_theirs>3 lost_theirs>8 most_lost_theirs
        rare_lost_theirs common_lost_ours core_lost_ours core_count_ours core_count_theirs generic_ours
        generic_theirs site_ours site_theirs core_lost_theirs place_lost_ours place_lost_theirs place_conflict
        number_lost last_theirs""",
    "spelling": "spelled alike>0.8 letters>0.9 near_count near_weight",
    "beginning": """
        begins begins_long begins_as_written cut_begins cut_begins_lost cut_begins_count cut_begins_form
        cut_differs""",
    "namesakes": "begun_alike begun_as_both holding_both",
    "legal form": "form_same form_conflict form_ours_only form_theirs_only",
    "acronym": "acronym_3 acronym_4 acronym_5 acronym_alone acronym_unknown",
    "way of reading": "trading before_ta after_ta less_code",
}
COLUMNS = tuple(" ".join(GROUPS.values()).split())


def weigh(asked: Asked, index: Index, pairs: Pairs) -> Floats:
    """The evidence of each pair. Short names are compared in a smaller table: most are."""
    ours, theirs = np.diff(asked.words.offsets)[pairs.readings], _word_counts(index, pairs)
    is_short = (ours <= _SHORT[0]) & (theirs <= _SHORT[1])
    table = np.zeros((len(pairs.names), len(COLUMNS)))
    for chosen, widths in ((is_short, _SHORT), (~is_short, (kernels.OUR_WORDS, kernels.THEIR_WORDS))):
        if chosen.any():
            part = Pairs(pairs.readings[chosen], pairs.names[chosen])
            table[chosen] = _weigh_part(asked, index, part, widths)
    return table


def _word_counts(index: Index, pairs: Pairs) -> Integers:
    """How many words each name of the register has."""
    return index.offsets[pairs.names + 1] - index.offsets[pairs.names]


def _weigh_part(asked: Asked, index: Index, pairs: Pairs, widths: tuple[int, int]) -> Floats:
    alike = compare(asked, index, pairs, widths)
    found: dict[str, Floats | Flags | Integers] = {}
    for part in (_of_words, _of_kinds, _of_letters, _of_namesakes, _of_forms_and_ways):
        found.update(part(asked, index, pairs, alike))
    found.update(_of_beginnings(found, alike, asked.readings.is_cut[pairs.readings]))
    return np.column_stack([np.asarray(found[name], dtype=np.float64) for name in COLUMNS])


Found = dict[str, Floats | Flags | Integers]
Part = Callable[[Asked, Index, Pairs, Alike], Found]


def _over(values: Floats, least: float) -> Floats:
    return np.maximum(values - least, 0) / 5


def _weights(asked: Asked, index: Index, alike: Alike) -> tuple[Floats, Floats]:
    """The weight of each word of ours and of theirs, 0 where there is none."""
    ids = np.where(alike.ours >= 0, asked.readings.ids[alike.ours], -1)
    ours = np.where(ids >= 0, index.word_weights[ids], index.unknown_weight) * (alike.ours >= 0)
    theirs = index.word_weights[alike.theirs] * (alike.theirs >= 0)
    small = [kinds & SMALL > 0 for kinds in (alike.our_kinds, alike.their_kinds)]
    return np.where(small[0], ours * _SMALL, ours), np.where(small[1], theirs * _SMALL, theirs)


def _of_words(asked: Asked, index: Index, pairs: Pairs, alike: Alike) -> Found:
    ours, theirs = _weights(asked, index, alike)
    lost_ours, lost_theirs = ours * (1 - alike.our_hold), theirs * (1 - alike.their_hold)
    shared = theirs * alike.their_hold
    total, lost, missing = shared.sum(axis=1), lost_ours.sum(axis=1), lost_theirs.sum(axis=1)
    our_rarest = np.take_along_axis(alike.our_hold, ours.argmax(axis=1)[:, None], axis=1)[:, 0] >= HELD
    their_rarest = np.take_along_axis(alike.their_hold, theirs.argmax(axis=1)[:, None], axis=1)[:, 0] >= HELD
    near = (alike.our_hold > 0) & (alike.our_hold < 1)
    near_theirs = (alike.their_hold > 0) & (alike.their_hold < 1)
    counts = (alike.theirs >= 0).sum(axis=1)
    last = np.take_along_axis(alike.their_hold, np.maximum(counts - 1, 0)[:, None], axis=1)[:, 0]
    held = (theirs * (alike.their_hold >= HELD)).argmax(axis=1)[:, None]
    is_held = np.take_along_axis(alike.their_hold, held, axis=1)[:, 0] >= HELD
    sole = is_held & (index.word_counts[np.take_along_axis(alike.theirs, held, axis=1)[:, 0]] <= _FEW)
    first = alike.our_hold[:, 0] * alike.their_hold[:, 0] * alike.first_equal
    return {
        "first": first,
        "first_weight": first * theirs[:, 0] / 5,
        "sole": sole,
        "sole_first": sole & alike.first_equal,
        **{f"shared>{least}": _over(total, least) for least in (6, 10, 16)},
        **{f"lost_ours>{least}": _over(lost, least) for least in (3, 8)},
        **{f"lost_theirs>{least}": _over(missing, least) for least in (3, 8)},
        "shared": total / 5,
        "lost_ours": lost / 5,
        "lost_theirs": missing / 5,
        "rarest": shared.max(axis=1) / 5,
        "rarest_both": our_rarest & their_rarest,
        "rarest_theirs": their_rarest,
        "rarest_shared": (our_rarest & their_rarest) * np.minimum(shared.max(axis=1), 12) / 5,
        "most_lost_theirs": lost_theirs.max(axis=1) / 5,
        "rare_lost_theirs": _over(lost_theirs, 6).sum(axis=1),
        "common_lost_ours": np.minimum(lost_ours, 5).sum(axis=1) / 5,
        "near_count": near.sum(axis=1),
        "near_weight": (shared * near_theirs).sum(axis=1) / 5,
        "last_theirs": last,
        "number_lost": _number_lost(alike),
        "missing_theirs": missing / 5,
        "lost_count_theirs": ((alike.their_hold < 0.5) & (theirs > 0) & (alike.their_kinds & SMALL == 0)).sum(
            axis=1
        ),
        "our_weight": ours.sum(axis=1),
    }


def _number_lost(alike: Alike) -> Flags:
    """A word with digits that the other name lacks: 'Depot 4' is not 'Depot 5'."""
    lost = ((alike.our_kinds & DIGIT > 0) & (alike.our_hold < 1)).any(axis=1)
    missing = ((alike.their_kinds & DIGIT > 0) & (alike.their_hold < 1)).any(axis=1)
    return np.asarray(lost | missing)


def _of_kinds(asked: Asked, index: Index, pairs: Pairs, alike: Alike) -> Found:
    """Generic words say little, places much, and what is neither is the core of a name."""
    ours, theirs = _weights(asked, index, alike)
    generic_ours, generic_theirs = (kinds & GENERIC > 0 for kinds in (alike.our_kinds, alike.their_kinds))
    place_ours, place_theirs = (kinds & PLACE > 0 for kinds in (alike.our_kinds, alike.their_kinds))
    site_ours, site_theirs = (kinds & SITE > 0 for kinds in (alike.our_kinds, alike.their_kinds))
    core_ours = (alike.ours >= 0) & (alike.our_kinds & (GENERIC | SMALL) == 0)
    core_theirs = (alike.theirs >= 0) & (alike.their_kinds & (GENERIC | SMALL) == 0)
    our_lost, their_lost = alike.our_hold < 0.5, alike.their_hold < 0.5
    is_core_held = core_theirs.any(axis=1) & ~(core_theirs & (alike.their_hold < HELD)).any(axis=1)
    only_core = is_core_held & (core_theirs.sum(axis=1) == 1) & (core_ours.sum(axis=1) > 1)
    rarest = (theirs * alike.their_hold).max(axis=1)
    return {
        "site_ours": np.minimum((site_ours & our_lost & (alike.ours >= 0)).sum(axis=1), 3),
        "site_theirs": np.minimum((site_theirs & their_lost & (alike.theirs >= 0)).sum(axis=1), 3),
        "core_lost_theirs": (theirs * (1 - alike.their_hold) * core_theirs).sum(axis=1) / 5,
        "place_lost_ours": (place_ours & our_lost).any(axis=1),
        "place_lost_theirs": (place_theirs & their_lost).any(axis=1),
        "sole_generic": ~(core_ours & our_lost & ~site_ours & ~place_ours).any(axis=1)
        & ~(core_theirs & their_lost & ~site_theirs & ~place_theirs).any(axis=1),
        "generic_ours": np.minimum((generic_ours & our_lost).sum(axis=1), 3),
        "generic_theirs": np.minimum((generic_theirs & their_lost).sum(axis=1), 3),
        "place_conflict": (place_ours & our_lost).any(axis=1) & (place_theirs & their_lost).any(axis=1),
        "place_same": (place_ours & (alike.our_hold == 1)).any(axis=1),
        "core_lost_ours": (ours * (1 - alike.our_hold) * core_ours).sum(axis=1) / 5,
        "core_count_ours": (core_ours & our_lost).sum(axis=1),
        "core_count_theirs": (core_theirs & their_lost).sum(axis=1),
        "all_core": core_ours.any(axis=1) & ~(core_ours & (alike.our_hold < HELD)).any(axis=1),
        "only_core": only_core,
        "only_core_rarest": only_core * rarest / 5,
    }


def _of_letters(asked: Asked, index: Index, pairs: Pairs, alike: Alike) -> Found:
    common, begins, begins_as_written, acronym = kernels.compare_letters(
        asked.readings, index.names, pairs.readings, pairs.names
    )
    theirs = index.text_offsets[pairs.names + 1] - index.text_offsets[pairs.names]
    lengths = np.diff(asked.readings.text_offsets)[pairs.readings], theirs
    ratio = 2 * common / np.maximum(sum(lengths), 1)
    letters = common / np.maximum(np.minimum(*lengths), 1)
    ours, _ = _weights(asked, index, alike)
    is_alone = (alike.ours >= 0).sum(axis=1) == 1
    is_unknown = (np.where(alike.ours >= 0, asked.readings.ids[alike.ours], 0) < 0).any(axis=1)
    return {
        "spelled": asked.words.spelled[pairs.readings] == index.spelled[pairs.names],
        "all_equal": (ratio == 1) * np.minimum(ours.sum(axis=1), 20) / 10,
        "alike>0.8": np.maximum(ratio - 0.8, 0) * 5,
        "letters>0.9": np.maximum(letters - 0.9, 0) * 10,
        "begins": begins & (lengths[0] < lengths[1]),
        "begins_long": (begins & (lengths[0] < lengths[1])) * np.minimum(lengths[0], 30) / 10,
        "begins_as_written": begins_as_written,
        "acronym_3": acronym == 3,
        "acronym_4": acronym == 4,
        "acronym_5": acronym >= 5,
        "acronym_alone": (acronym > 0) & is_alone,
        "acronym_unknown": (acronym > 0) & is_unknown,
    }


def _of_namesakes(asked: Asked, index: Index, pairs: Pairs, alike: Alike) -> Found:
    """Of so many names that what is known fits alike, each is the less likely to be meant."""
    return {
        "begun_alike": np.log1p(begun_alike(asked, index, pairs)),
        "begun_as_both": np.log1p(begun_as_both(asked, index, pairs, alike)),
        "holding_both": np.log1p(holding_both(index, alike)),
    }


def _of_forms_and_ways(asked: Asked, index: Index, pairs: Pairs, alike: Alike) -> Found:
    ours, theirs = asked.words.forms[pairs.readings], index.forms[pairs.names]
    way = asked.kinds[pairs.readings]
    return {
        "form_same": (ours == theirs) & (ours > 0),
        "form_conflict": (ours != theirs) & (ours > 0) & (theirs > 0),
        "form_ours_only": (ours > 0) & (theirs == 0),
        "form_theirs_only": (ours == 0) & (theirs > 0),
        "trading": index.kinds[pairs.names] == TRADING,
        "before_ta": way == ways.LEGAL_PART,
        "after_ta": way == ways.TRADING_PART,
        "less_code": way == ways.LESS_CODE,
    }


def _of_beginnings(found: Found, alike: Alike, is_cut: Flags) -> Found:
    """A name that fills its width and is the beginning of another: what it may have lost says little."""
    return {
        "cut_begins": alike.is_beginning,
        "cut_differs": is_cut & ~alike.is_beginning,
        "cut_begins_lost": alike.beyond_weight / 5,
        "cut_begins_count": alike.beyond_count,
        "cut_begins_form": alike.is_beginning & (found["form_theirs_only"] == 1),
        "form_theirs_only": (found["form_theirs_only"] == 1) & ~alike.is_beginning,
    }
