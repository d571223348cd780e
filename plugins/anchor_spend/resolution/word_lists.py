"""The data files that decide names, and a hash of them: equal lists, equal decisions."""

import hashlib
from collections.abc import Sequence
from importlib import resources

# an index holds words as the first four spell and weigh them
SPELLINGS = (
    "abbreviations.csv",
    "legal_forms.csv",
    "word_kinds.yml",
    "word_shares.csv",
)
DECIDING = (*SPELLINGS, "known_as.csv", "payee_phrases.yml", "payees.yml", "resolution_model.json")


def sha256_of(file_names: Sequence[str]) -> str:
    """Of the names and contents of some data files."""
    digest = hashlib.sha256()
    data = resources.files("anchor_spend").joinpath("data")
    for name in file_names:
        digest.update(name.encode() + b"\0" + data.joinpath(name).read_bytes())
    return digest.hexdigest()
