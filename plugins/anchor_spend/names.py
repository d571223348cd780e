"""What can be told from a published name alone.

In: a supplier's name as published. Out: the key of a published supplier, the forms in which names are
compared, and what kind of payee the name is. Pure; the word lists are data/legal_forms.csv and
data/payees.yml. Refuses only a blank name where a key is asked for.
"""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

import yaml

PayeeKind = Literal["organisation", "person", "unclear"]

_APOSTROPHES = dict.fromkeys(map(ord, "'´`’‘ʼ′"), None)  # U+00B4 stands for one in Bedford's files
_LETTERS = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "&": " AND ", "+": " AND "})
_TEXT_SUFFIX = re.compile(r"\(\s*T\s*\)\s*$")  # '(T)' marks text columns in some ledgers
_INITIAL_DOT = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z]\b|[\s,)]|$)")
_NOT_WORD = re.compile(r"[^A-Z0-9]+")
_TRADING_AS = re.compile(r"\s*(?:\bT\s?[/\\]\s?AS?\b\.?|\bT\.A\.|\bTRADING AS\b)\s*:?\s*", re.IGNORECASE)
_COMPANY = re.compile(r" CO(?=$| (?:LTD|PLC|LLP|CIC)$)")
_BODY_WORDS = [
    (re.compile(r"^(?:LONDON BOROUGH|LB|ROYAL BOROUGH|BOROUGH) OF (.+?)(?: COUNCIL)?$"), r"\1 COUNCIL"),
    (re.compile(r"\b(?:BOROUGH|DISTRICT|METROPOLITAN BOROUGH|LONDON BOROUGH) COUNCIL$"), "COUNCIL"),
    (re.compile(r"\b(?:BC|DC|MBC|LBC|MDC)$"), "COUNCIL"),
    (re.compile(r"\bCCG$"), "CLINICAL COMMISSIONING GROUP"),
    (re.compile(r"\bICB$"), "INTEGRATED CARE BOARD"),
    (re.compile(r"^NHS (?=.+ (?:CLINICAL COMMISSIONING GROUP|INTEGRATED CARE BOARD)$)"), ""),
    (re.compile(r"\bHOSP(?:S|ITALS)?\b"), "HOSPITAL"),
    (re.compile(r"\bUNIV?\b"), "UNIVERSITY"),
]
_TRUST_WORDS = frozenset(["NHS", "FOUNDATION", "FOUNDN", "TRUST", "TR", "FT", "NHSFT"])
_VOWELS = re.compile(r"[AEIOUY]")


def supplier_key(name: str, company_number: str | None = "", postcode: str | None = "") -> str:
    """The key of a supplier as published: name, and number and postcode as printed beside it.

    16 hex digits. Case and white space do not matter, everything else does. ValueError for a blank name.
    """
    parts = [" ".join((part or "").split()).casefold() for part in (name, company_number, postcode)]
    if not parts[0]:
        raise ValueError("a blank name has no supplier key")
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def name_key(name: str) -> str:
    """Equal for the variants of a name: case, punctuation, spaces and the spelling of its legal form apart.

    16 hex digits. 'Example Ltd' and 'EXAMPLE LIMITED.' are variants; 'Example LLP' and 'Example' are not, and
    neither is 'Example Ltd t/a Sample'. '' for a name without a letter or digit: it has no variants.
    """
    forms = [compact(normalise_name(part)) for part in split_trading_name(name)]
    return hashlib.sha256("|".join(forms).encode()).hexdigest()[:16] if any(forms) else ""


@lru_cache(maxsize=16_384)
def normalise_name(name: str) -> str:
    """A name as compared: upper case, ASCII letters and digits, single spaces, legal forms in one spelling.

    'The Café & Co. Limited' -> 'CAFE AND COMPANY LTD'. Of 'A Ltd t/a B' the part before t/a.
    """
    words = _legal_form_pattern().sub(_canonical_form, fold(split_trading_name(name)[0]))
    words = _COMPANY.sub(" COMPANY", words)
    return words[4:] if words.startswith("THE ") else words


def name_without_legal_form(name: str) -> str:
    """The normalised name less the legal forms at its end; a name of nothing else stays as it is."""
    return without_legal_form(normalise_name(name))


def without_legal_form(normalised: str) -> str:
    """As name_without_legal_form, for a name already normalised."""
    words = normalised.split(" ")
    while len(words) > 1 and words[-1] in _canonical_forms():
        words.pop()
    return " ".join(words)


def legal_form(normalised: str) -> str:
    """The last legal form of a normalised name ('LTD', 'PLC', ...); '' without one."""
    last = normalised.rpartition(" ")[2]
    return last if last in _canonical_forms() else ""


def split_trading_name(name: str) -> tuple[str, str]:
    """'A Ltd t/a B' -> ('A Ltd', 'B'); the second is '' without a trading name."""
    if "/" not in name and "\\" not in name and "." not in name and "trading" not in name.lower():
        return name, ""
    legal, _, trading = (_TRADING_AS.sub("\n", name, count=1)).partition("\n")
    return (legal, trading) if legal.strip() and trading.strip() else (name, "")


@lru_cache(maxsize=16_384)
def fold(name: str) -> str:
    """Upper case, no diacritics or apostrophes, everything but letters and digits one space."""
    text = name.translate(_APOSTROPHES).upper()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = decomposed.encode("ascii", "ignore").decode() if decomposed else ""
    text = _TEXT_SUFFIX.sub("", text).replace("&", " AND ").replace("+", " AND ")
    if "." in text:
        text = _INITIAL_DOT.sub("", text)
    return _NOT_WORD.sub(" ", text).strip()


def compact(normalised: str) -> str:
    """A normalised name without spaces: 'A B C LTD' and 'ABC LTD' are one name, also to Companies House."""
    return normalised.replace(" ", "")


def body_key(name: str) -> str:
    """The form in which names of public bodies are compared.

    'Luton BC', 'Luton Borough Council', 'Borough of Luton' -> 'LUTON COUNCIL';
    'Example Hospital NHS FT', 'Example Hospital NHS Trust' -> 'EXAMPLE HOSPITAL NHS'.
    """
    words = normalise_name(name)
    for pattern, replacement in _BODY_WORDS:
        words = pattern.sub(replacement, words)
    parts = words.split()
    if {"NHS", "FT", "NHSFT"} & set(parts) or words.endswith(" FOUNDATION TRUST"):
        parts = [part for part in parts if part not in _TRUST_WORDS] + ["NHS"]
    return " ".join(parts)


def is_possibly_cut(name: str, cut_at: int | None) -> bool:
    """Whether a name fills its publisher's width limit.

    One character short of it counts: cut behind a space, the space is trimmed away.
    """
    return cut_at is not None and len(name) >= cut_at - 1


@lru_cache(maxsize=16_384)
def payee_kind(name: str) -> PayeeKind:
    """Organisation or person, by what the name itself shows; 'unclear' without evidence for either.

    It guards privacy (a name that is not an organisation's is never published), so that a person's name with
    a trade behind it is 'unclear', and only a legal form outweighs a title.
    """
    kinds = {_kind_of_part(part) for part in split_trading_name(name) if part.strip()}
    if _has_legal_form(name):
        return "organisation"
    if "person" in kinds:
        return "person"
    return "organisation" if kinds == {"organisation"} else "unclear"


def are_paid_to_persons(categories: Collection[str]) -> bool:
    """Whether payments of these kinds, and there is at least one, all are what persons are paid."""
    pattern = _phrase_pattern("person_category", plural="S?")
    return bool(categories) and all(pattern.search(fold(kind)) for kind in categories)


def has_initials(name: str) -> bool:
    """'Example J' and 'J R Example', which may be a person's: two to four words, initials at an end."""
    words = fold(name).split()
    return 2 <= len(words) <= 4 and (_are_initials(words[0]) or _are_initials(words[-1]))


def is_redacted(name: str) -> bool:
    """Whether a name only says that there is one: by whole words, so 'Redactive Events Ltd' is a company."""
    folded = f" {fold(name)} "
    if not set(folded.split()) <= frozenset(_phrase_lists()["redaction_words"].split()):
        return False
    return any(f" {phrase} " in folded for phrase in _phrase_lists()["redaction"])


def is_like_a_public_body(name: str) -> bool:
    """Whether a name without a legal form says that it is a council's, an NHS body's, a ministry's ..."""
    return _phrase_pattern("public_body").search(fold(name)) is not None and not _has_legal_form(name)


@cache
def _phrase_pattern(kind: str, plural: str = "") -> re.Pattern[str]:
    """One of the lists of data/payee_phrases.yml, as whole words."""
    return re.compile(rf"\b(?:{'|'.join(_phrase_lists()[kind])}){plural}\b")


# -- legal forms ----------------------------------------------------------------------------------------


def _data(file_name: str) -> str:
    return resources.files("anchor_spend").joinpath("data", file_name).read_text(encoding="utf-8")


@cache
def _legal_forms() -> dict[str, tuple[str, bool]]:
    """Written form -> (canonical form, whether it counts at the end of a name only)."""
    rows = csv.DictReader(_data("legal_forms.csv").splitlines())
    return {row["written"]: (row["canonical"], row["is_at_end_only"] == "true") for row in rows}


@cache
def _canonical_forms() -> frozenset[str]:
    return frozenset(canonical for canonical, _ in _legal_forms().values())


@cache
def _legal_form_pattern() -> re.Pattern[str]:
    longest_first = sorted(_legal_forms().items(), key=lambda item: -len(item[0]))
    alternatives = [written + ("$" if at_end else "") for written, (_, at_end) in longest_first]
    return re.compile(rf"(?<= )(?:{'|'.join(alternatives)})(?= |$)")


def _canonical_form(match: re.Match[str]) -> str:
    return _legal_forms()[match[0]][0]


def _has_legal_form(name: str) -> bool:
    return _legal_form_pattern().search(fold(name)) is not None


# -- organisations and persons --------------------------------------------------------------------------


@cache
def _lists() -> dict[str, Any]:
    """data/payees.yml: blocks of words, and lists of phrases."""
    content: dict[str, Any] = yaml.safe_load(_data("payees.yml"))
    return content


@cache
def _phrase_lists() -> dict[str, Any]:
    """data/payee_phrases.yml."""
    content: dict[str, Any] = yaml.safe_load(_data("payee_phrases.yml"))
    return content


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(_lists()[kind].split())


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    return tuple(_lists()[kind])


def _kind_of_part(part: str) -> PayeeKind:
    folded = fold(part)
    words = [word for word in folded.split() if word != "AND"]
    if not words:
        return "unclear"
    if folded.startswith(_phrases("named_after_people")):
        return "organisation"
    if any(f" {phrase} " in f" {folded} " for phrase in _phrases("person_phrases")):
        return "person"
    titled = _kind_by_title(words)
    if titled:
        return titled
    if _is_surname_first(part):
        return "person"
    if _has_organisation_word(words):
        is_doubtful = _begins_like_a_person(words) or _ends_like_a_person(words) or _holds_a_full_name(words)
        return "unclear" if is_doubtful else "organisation"
    return "person" if _is_person_shaped(words) else "unclear"


def _kind_by_title(words: list[str]) -> PayeeKind | None:
    if (_words("hard_titles") | _words("person_words")) & set(words):
        return "person"
    if words[0] not in _words("soft_titles"):
        return None
    if any(len(word) > 3 for word in _words("institution_words") & set(words)):  # 'HM' may be initials
        return "organisation"
    return "unclear" if _words("trade_words") & set(words) else "person"


def _is_surname_first(part: str) -> bool:
    """'Example, Jane' or 'Example, J R'."""
    surname, comma, given = part.partition(",")
    given_words = fold(given).split()
    if not comma or len(fold(surname).split()) != 1 or not 1 <= len(given_words) <= 3:
        return False
    return all(len(word) == 1 or _is_given_name(word) for word in given_words)


def _has_organisation_word(words: list[str]) -> bool:
    listed = _words("institution_words") | _words("trade_words")
    if any(word in listed for word in words):
        return True
    if len(words) == 1 and _is_acronym(words[0]):
        return True
    # 'G4S', '3M', '24 7 ...'; but digits at the end may be a reference behind a person's name
    mixed = [word for word in words if len(word) <= 4 and not word.isalpha() and not word.isdigit()]
    return bool(mixed or words[0].isdigit()) and not _is_person_shaped(
        [word for word in words if word.isalpha()]
    )


def _is_acronym(word: str) -> bool:
    titles = _words("hard_titles") | _words("soft_titles")
    return 2 < len(word) <= 6 and word.isalpha() and not _VOWELS.search(word) and word not in titles


def _begins_like_a_person(words: list[str]) -> bool:
    """A person's name before the first organisation word ('Jane Example Plumbing')."""
    if _words("institution_words") & set(words):
        return len(words) == 2 and _is_given_name(words[0]) and words[1] in _words("surnames")
    head: list[str] = []
    for word in words:
        if word in _words("trade_words"):
            break
        head.append(word)
    if len(words) == 2 and len(head) == 1:
        return _is_given_name(head[0]) and words[1] in _words("surnames")
    if len(head) >= 2 and _are_initials(head[0]) and len(head[-1]) > 2:
        return True  # 'J Example Plumbing', 'JR Example Plumbing'
    return _is_person_shaped(head) or (len(head) == 2 and head[1] in _words("surnames"))


def _ends_like_a_person(words: list[str]) -> bool:
    """A person's name at the end ('Refund of Fees Jane Smith')."""
    first, last = words[-2:] if len(words) > 2 else ("", "")
    return last in _words("surnames") and (len(first) == 1 or first in _words("given_names"))


def _holds_a_full_name(words: list[str]) -> bool:
    """A given name and a surname side by side ('Bursary Jane Smith University'), or a family."""
    given, surnames = _words("given_names"), _words("surnames")
    return words[-1] == "FAMILY" or any(one in given and two in surnames for one, two in pairwise(words))


def _are_initials(word: str) -> bool:
    return word.isalpha() and len(word) <= 2 and word not in _words("short_words")


def _is_given_name(word: str) -> bool:
    return word in _words("given_names") or word in _words("word_like_given_names")


def _is_person_shaped(words: list[str]) -> bool:
    """'Jane Example', 'Jane Q Example', 'Jane John Example', 'Example Jane', 'J Smith', 'Smith J'."""
    if not 2 <= len(words) <= 4 or not all(word.isalpha() for word in words):
        return False
    if _words("place_words") & set(words):
        return False
    return _is_given_and_surname(words) or _is_given_and_surname([words[-1], *words[:-1]])


def _is_given_and_surname(words: list[str]) -> bool:
    first, surname = words[0], words[-1]
    if len(surname) < 2:
        return False
    if first in _words("given_names"):
        return len(surname) > 2 or surname in _words("surnames")
    is_initials = all(_are_initials(word) for word in words[:-1])
    return (is_initials or first in _words("word_like_given_names")) and surname in _words("surnames")
