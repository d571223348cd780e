"""What a column's header says the column is, from the reviewed words of data/draft_words.yml.

In: the text of a header. Out: the roles it may name, each with how strongly. The content of the column is not
looked at here.
"""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Basis = Literal["net", "gross", ""]

SAYS, MAY_MEAN = 1.0, 0.5
_LONGEST = 120  # characters of a header; what is longer is a note
_PARTLY = 0.6  # of the strength that is left where a header holds words nobody knows
_HUMP = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
_ORDINAL = re.compile(r"^\s*\d{1,2}\s*[.):]\s*(?=\D)")
_WORD = re.compile(r"[a-z]+|[0-9]+|[£%#]")


@dataclass(frozen=True)
class RoleMatch:
    """A role that a header names: `strength` 1 for certain, from 0.5 down where it may mean it."""

    role: str
    strength: float
    words: frozenset[str]


@dataclass(frozen=True)
class HeaderMeaning:
    """All that a header says. `basis`: whether it says that amounts are net or gross of VAT."""

    words: tuple[str, ...]
    matches: tuple[RoleMatch, ...]  # strongest first
    basis: Basis = ""

    def strength(self, role: str) -> float:
        return next((match.strength for match in self.matches if match.role == role), 0.0)

    @property
    def role(self) -> str:
        """The role it names most strongly; '' for none."""
        return self.matches[0].role if self.matches else ""


@dataclass(frozen=True)
class _Role:
    name: str
    field: str
    says: tuple[frozenset[str], ...]
    may_mean: tuple[frozenset[str], ...]
    never_with: frozenset[str]


@cache
def content() -> dict[str, Any]:
    """The reviewed words as they stand in the data file."""
    text = resources.files("anchor_spend").joinpath("data", "draft_words.yml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


@cache
def field_of(role: str) -> str:
    """The optional field of a spec that a role fills; '' for none."""
    return next((item.field for item in _roles() if item.name == role), "")


@cache
def read_header(header: str) -> HeaderMeaning:
    """What a header says, by its words alone."""
    words = header_words(header[:_LONGEST])
    basis, rest = _without_basis(words)
    basis = "" if {"vat", "tax"} & set(rest) else basis
    found = [match for role in _roles() if (match := _match(role, rest if basis else words, basis))]
    kept = [match for match in found if not any(match.words < other.words for other in found)]
    kept.sort(key=lambda match: -match.strength)
    return HeaderMeaning(words, tuple(kept), basis)


def header_words(header: str) -> tuple[str, ...]:
    """A header's words in their usual spelling: 'TRANS_NO', 'TransNo' -> ('transaction', 'number')."""
    text = _ORDINAL.sub("", header.replace("\ufeff", ""))
    text = _HUMP.sub(" ", text).casefold()
    return tuple(part for word in _WORD.findall(text) for part in _usual(word))


@cache
def _usual(word: str) -> tuple[str, ...]:
    """A word in its usual spelling; a run-together or misspelt one as the words it is made of."""
    spellings = _spellings()
    if word in spellings:
        return (spellings[word],)
    if word in _known_words() or len(word) < 5 or not word.isalpha():
        return (word,)
    for cut in range(3, len(word) - 1):
        parts = word[:cut], word[cut:]
        if all(part in _known_words() or part in spellings for part in parts):
            return tuple(spellings.get(part, part) for part in parts)
    near = difflib.get_close_matches(word, sorted(_known_words()), n=1, cutoff=0.86)
    return (near[0] if near else word,)


@cache
def _spellings() -> dict[str, str]:
    return {other: word for word, others in content()["same_word"].items() for other in others}


@cache
def _known_words() -> frozenset[str]:
    roles = content()["roles"].values()
    phrases = [phrase for role in roles for kind in ("says", "may_mean") for phrase in role.get(kind, ())]
    never = [word for role in roles for word in role.get("never_with", ())]
    basis = [phrase for texts in content()["vat_basis"].values() for phrase in texts]
    known = {word for phrase in [*phrases, *never, *basis] for word in phrase.split()}
    return frozenset(word for word in known | set(_spellings().values()) if len(word) > 2)


@cache
def _roles() -> tuple[_Role, ...]:
    return tuple(
        _Role(
            name,
            item.get("field", ""),
            _phrases(item.get("says", ())),
            _phrases(item.get("may_mean", ())),
            frozenset(spelled for word in item.get("never_with", ()) for spelled in word.split()),
        )
        for name, item in content()["roles"].items()
    )


def _phrases(texts: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    spellings = _spellings()
    return tuple(frozenset(spellings.get(word, word) for word in text.split()) for text in texts)


@cache
def _neutral() -> frozenset[str]:
    return frozenset(content()["neutral"])


@cache
def _basis_phrases() -> tuple[tuple[tuple[str, ...], Basis], ...]:
    found: list[tuple[tuple[str, ...], Basis]] = [
        (tuple(text.split()), basis) for basis, texts in content()["vat_basis"].items() for text in texts
    ]
    return tuple(sorted(found, key=lambda item: -len(item[0])))


def _without_basis(words: tuple[str, ...]) -> tuple[Basis, tuple[str, ...]]:
    """('amount', 'excluding', 'vat') -> 'net' and ('amount',). The words 'net' and 'gross' stay: alone they
    name the amount."""
    for phrase, basis in _basis_phrases():
        for start in range(len(words) - len(phrase) + 1):
            if words[start : start + len(phrase)] == phrase:
                kept = phrase if len(phrase) == 1 and phrase[0] in ("net", "gross") else ()
                return basis, (*words[:start], *kept, *words[start + len(phrase) :])
    return "", words


def _match(role: _Role, words: tuple[str, ...], basis: Basis) -> RoleMatch | None:
    given = frozenset(words)
    saying = [phrase for phrase in role.says if phrase <= given]
    maybe = [phrase for phrase in role.may_mean if phrase <= given]
    longest = max([*saying, *maybe], key=len, default=None)
    if longest is None or (role.never_with & given) - longest:
        return None
    covered = frozenset().union(*saying, *maybe)
    strength = SAYS if saying else MAY_MEAN
    silent = _neutral() | {"t"} | ({"net", "gross", "nett"} if basis else set())
    unknown = given - covered - silent
    if unknown:
        strength *= _PARTLY * len(covered) / (len(covered) + len(unknown) - 1)
    return RoleMatch(role.name, strength, covered)
