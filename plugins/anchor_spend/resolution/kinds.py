"""What kind of word a word is: small, generic, of a site, or of a place (data/word_kinds.yml), as bits.

Where the letters are at hand, also whether one is a digit.
"""

from functools import cache
from importlib import resources

import numpy as np
import yaml

from anchor_spend.resolution import wording
from anchor_spend.resolution.wording import Bytes, Hashes

SMALL, GENERIC, SITE, PLACE, DIGIT = 1, 2, 4, 8, 16
_BITS = {"small": SMALL, "generic": GENERIC, "site": SITE, "place": PLACE}


def kinds_of(hashes: Hashes) -> Bytes:
    """The kinds of words, by their hashes in the one spelling."""
    known, bits = _kinds()
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[at] == hashes, bits[at], 0).astype(np.uint8)


@cache
def _kinds() -> tuple[Hashes, Bytes]:
    text = resources.files("anchor_spend").joinpath("data", "word_kinds.yml").read_text(encoding="utf-8")
    found: dict[int, int] = {}
    for kind, words in yaml.safe_load(text).items():
        for word in map(wording.one_spelling, words.split()):
            key = wording.hash_word(word)
            found[key] = found.get(key, 0) | _BITS[kind]
    hashes = np.array(sorted(found), dtype=np.uint64)
    return hashes, np.array([found[key] for key in hashes.tolist()], dtype=np.uint8)
