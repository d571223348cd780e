"""How publishers write a supplier's name: the register's spelling, variants of it, the cut at a width limit.

In: an organisation and a wanted form. Out: the text and the form it ended up as. The forms are crisp:

exact                  the register's text, character by character
case_punctuation       equal under `plain_key` with the same legal form written out
legal_form_variant     equal under `plain_key`, which reads Ltd as Limited
legal_form_missing     the register's name without its legal form
trading_as             the register's name, then "t/a" and another name
previous_name          a name the register lists as previous
misspelt               one letter wrong
cut                    letters lost at the publisher's width limit
absent_from_register   no register of the sample holds the payee
ambiguous              two register rows have this name
"""

import re
from dataclasses import dataclass

import numpy as np

from anchor_spend.sample.vocabulary import (
    AMBULANCE,
    BEDFORD,
    BEDFORD_HOSPITAL,
    BEDFORDSHIRE_CCG,
    CENTRAL,
    HOSPITAL,
    LUTON,
    LUTON_CCG,
)

WIDTH_LIMITS = {LUTON: 50, CENTRAL: 30}
_UPPER_CASE = (CENTRAL, HOSPITAL, BEDFORD_HOSPITAL, LUTON_CCG, BEDFORDSHIRE_CCG, AMBULANCE, "card")
_LEGAL_FORMS = {"ltd": "limited", "plc": "public limited company", "cic": "community interest company"}
_SHORT_FORMS = {"Limited": "Ltd", "PLC": "Public Limited Company", "Community Interest Company": "CIC"}


@dataclass(frozen=True)
class Organisation:
    """A payee that is not a person. `entity_id` is the truth; `numbers` holds two when a namesake exists."""

    entity_id: str
    kind: str  # company, unregistered, public_body, anchor
    trade: str
    base: str  # the name without its legal form
    legal_form: str
    postcode: str
    place_group: str
    numbers: tuple[str, ...] = ()
    trading_name: str = ""
    previous_base: str = ""
    branch_postcode: str = ""
    aliases: tuple[str, ...] = ()
    body_type: str = ""
    publisher_id: str = ""
    namesake_postcode: str = ""
    is_place_registered: bool = True  # the company register gives its postcode

    @property
    def name(self) -> str:
        return f"{self.base} {self.legal_form}".strip()

    @property
    def register_name(self) -> str:
        return self.name if self.kind in ("public_body", "anchor") else self.name.upper()

    @property
    def previous_name(self) -> str:
        return f"{self.previous_base} {self.legal_form}".upper() if self.previous_base else ""


def plain_key(text: str) -> str:
    """A name as this sample compares it: case, apostrophes, punctuation, & and legal forms do not count."""
    text = re.sub(r"['’´`.]", "", text.casefold().replace("&", " and "))
    words = re.sub(r"[^\w]+", " ", text).split()
    return " ".join(_LEGAL_FORMS.get(word, word) for word in words)


def is_upper(style: str) -> bool:
    """Whether a style writes names in capitals."""
    return style in _UPPER_CASE


def spell(organisation: Organisation, form: str, style: str, rng: np.random.Generator) -> tuple[str, str]:
    """The name as one style writes it (a style, or card), and the form it has after its width limit."""
    if organisation.kind in ("public_body", "anchor"):
        return _spell_public_body(organisation, style, rng)
    limit = WIDTH_LIMITS.get(style, 200)
    text = _written(organisation, form, style, rng)
    if form == "trading_as" and len(text) > limit:
        form, text = "exact", organisation.name
    if is_upper(style):
        text = text.upper()
    written = text[:limit].strip()
    return written, _form_of(organisation, form, written, is_cut=len(text) > limit)


def _spell_public_body(organisation: Organisation, style: str, rng: np.random.Generator) -> tuple[str, str]:
    """One of a public body's names, as the register or its aliases have it, that fits the width."""
    limit = WIDTH_LIMITS.get(style, 200)
    names = [name for name in (organisation.base, *organisation.aliases) if len(name) <= limit]
    name = names[int(rng.integers(len(names)))]
    if is_upper(style):
        name = name.upper()
    known = (organisation.base, *organisation.aliases)
    return name, "exact" if name in known else "case_punctuation"


def _written(organisation: Organisation, form: str, style: str, rng: np.random.Generator) -> str:
    short_form = _SHORT_FORMS.get(organisation.legal_form, organisation.legal_form)
    if form == "legal_form_variant":
        return f"{organisation.base} {short_form}".strip()
    if form == "legal_form_missing":
        return organisation.base
    if form == "case_punctuation":
        return _repunctuated(organisation.name, style, rng)
    if form == "trading_as":
        return f"{organisation.base} {short_form} t/a {organisation.trading_name}"
    if form == "previous_name":
        return f"{organisation.previous_base} {organisation.legal_form}"
    if form == "misspelt":
        return f"{_misspelt(organisation.base, rng)} {short_form}".strip()
    return organisation.name


def _repunctuated(name: str, style: str, rng: np.random.Generator) -> str:
    """The same name with other marks: & for and, other apostrophes or none, no hyphen, no brackets."""
    apostrophe = "´" if style == BEDFORD else "’"
    if "'" in name:
        name = name.replace("'", apostrophe if rng.random() < 0.6 else "")
    if "&" in name and rng.random() < 0.7:
        name = name.replace("&", "and")
    elif " and " in name:
        name = name.replace(" and ", " & ")
    name = name.replace("-", " ")
    if "(" in name and rng.random() < 0.5:
        name = name.replace("(", "").replace(")", "")
    if style == BEDFORD and rng.random() < 0.3:
        name = name.replace(" ", "\u00a0", 1)
    return name if rng.random() < 0.5 else name.replace("Limited", "LIMITED")


def _misspelt(base: str, rng: np.random.Generator) -> str:
    """Two different neighbouring letters of the longest word swapped."""
    word = max(re.findall(r"[^\W\d]+", base), key=len)
    places = [i for i in range(1, len(word) - 1) if word[i] != word[i + 1]]
    at = places[int(rng.integers(len(places)))]
    return base.replace(word, f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}", 1)


def _form_of(organisation: Organisation, form: str, written: str, *, is_cut: bool) -> str:
    if organisation.kind == "unregistered":
        return "absent_from_register"
    if len(organisation.numbers) > 1 and form != "misspelt":
        return "ambiguous"
    if is_cut:
        same_base = plain_key(written) == plain_key(organisation.base)
        return "legal_form_missing" if same_base else "cut"
    if form in ("trading_as", "previous_name", "misspelt"):
        return form
    if written == organisation.register_name:
        return "exact"
    if form == "legal_form_missing" and organisation.legal_form:
        return "legal_form_missing"
    has_short_form = plain_key(written) == plain_key(organisation.name) and not re.search(
        rf"\b{re.escape(organisation.legal_form)}\b", written, re.IGNORECASE
    )
    return "legal_form_variant" if organisation.legal_form and has_short_form else "case_punctuation"
