"""The ways to read one published name: as it stands, and less what was glued to it.

In: a name as published. Out: its readings, each a text and why. Pure.
"""

import csv
import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from anchor_spend import names

(
    WHOLE, LEGAL_PART, TRADING_PART, LESS_BRACKETS, LESS_SITE, LESS_CODE, LESS_CUT_FORM, KNOWN_AS,
    WHOLE_OF_PART, LESS_PREFIX,
) = range(10)  # fmt: skip
KINDS = (
    "whole",
    "before t/a",
    "after t/a",
    "less brackets",
    "less what follows",
    "less a code",
    "less a cut legal form",
    "what it is known as",
    "what it is a part of",
    "less what ledgers put before",
)
_BRACKETS = re.compile(r"\s*[\(\[\{][^)\]}]*(?:[\)\]\}]|$)")
_CLOSED_BRACKETS = re.compile(r"\s*[\(\[\{][^)\]}]*[\)\]\}]")
_FORM_INSIDE = re.compile(
    r"^(.{4,}?\b(?:LTD|LIMITED|PLC|LLP|CIC|L\.T\.D|P\.L\.C)\b\.?)\s*[-,/:(\s]\s*\S.*$", re.IGNORECASE
)
_DASH = re.compile(
    r"\s+[-\u2013\u2014:/|]+\s*|\s*[-\u2013\u2014|]+\s+|\s*(?:C/O|FAO|\bRE:)\s*", re.IGNORECASE
)
_CODE = re.compile(
    r"(?:(?:^|\s)(?:INV(?:OICE)?|PO|REF|A/?C|ACCOUNT|PHB)\b[.:\s]*(?:NO\b[.:\s]*)?)?"
    r"(?:^|(?<=\s)|(?<=[A-Za-z.)]))[-#(]*[A-Z]{0,3}\d[\dA-Z/-]{3,}\)*(?:\s+[\dA-Z]{1,3})?\s*$",
    re.IGNORECASE,
)
_CUT_FORM = re.compile(
    r"(?<=\S)[\s(]+(?:L|LT|LI|LIM|LIMI|LIMIT|LIMITE|PL|LL|CI|PUBLIC LIM\w*|P|"
    r"COMMUNITY(?: I\w*(?: C\w*)?)?)\.?\s*$",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"^.*?\b(?:A(?: TRADING)? DIVISION OF|(?:A )?PART OF|A TRADING NAME OF|ON BEHALF OF|MANAGED BY|RUN BY)"
    r"\s+(?=\S)",
    re.IGNORECASE,
)
_OF_OR_BY = re.compile(r"\b(?:OF|BY)\b", re.IGNORECASE)  # quickly told, and most names lack them
_DIGIT = re.compile(r"\d")
_LEDGER_PREFIX = re.compile(
    r"^(?:FOUNDATION TRUST|NHS TRUST|THE TRUSTEES OF|TRUSTEES OF)\s+(?=\S+\s+\S)", re.IGNORECASE
)
# a non-breaking space read in the wrong encoding, as it stands in capitals without accents: 'EXAMPLEAA TRUST'
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})")
_MANGLED_SPACE = re.compile(r"(?:(?<=[A-Z&])AA|\u00c2)(?=[\s\u00a0]|$)")
_TWO_LETTERS = re.compile(r"[^\W_].*[^\W_]")
_LEADING_CODE = re.compile(r"^[A-Z]{0,2}\d{4,}[\s:-]+(?=\S)")


class Reading(NamedTuple):
    """One way to read a name."""

    text: str
    kind: int


def readings_of(name: str, is_cut: bool = False) -> list[Reading]:
    """The name as it stands first; others only where something may be left out.

    Of a cut name what an open bracket holds is not left out: it was to say more.
    """
    name = _without_mangled_spaces(name)
    found = [Reading(name, WHOLE)]
    legal, trading = names.split_trading_name(name)
    if trading:
        found += [Reading(legal, LEGAL_PART), Reading(trading, TRADING_PART)]
    brackets = _CLOSED_BRACKETS if is_cut else _BRACKETS
    if ("(" in name or "[" in name or "{" in name) and brackets.search(name):
        found.append(Reading(brackets.sub(" ", name), LESS_BRACKETS))
    if inside := _FORM_INSIDE.match(name):
        found.append(Reading(inside[1], LESS_SITE))
    elif not trading and (parts := _DASH.split(name, maxsplit=1))[1:]:
        found.append(Reading(parts[0], LESS_SITE))
    if _DIGIT.search(name):
        bare = _CODE.sub("", _LEADING_CODE.sub("", name))
        if bare != name:
            found.append(Reading(bare, LESS_CODE))
    if _OF_OR_BY.search(name) and (whole := _PART_OF.match(name)):
        found.append(Reading(name[whole.end() :], WHOLE_OF_PART))
    if _LEDGER_PREFIX.match(name):
        found.append(Reading(_LEDGER_PREFIX.sub("", name), LESS_PREFIX))
    if _CUT_FORM.search(name):
        found.append(Reading(_CUT_FORM.sub("", name), LESS_CUT_FORM))
    if known := _known_as().get(names.normalise_name(name)) or _known_as().get(
        names.name_without_legal_form(name)
    ):
        found.append(Reading(known, KNOWN_AS))
    return _distinct(found)


def _without_mangled_spaces(name: str) -> str:
    """One word that ends so may be a name's own; two are a publisher's. Also letters written as '\\xe9'."""
    if "\\x" in name:
        name = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)
    if "AA" not in name and "\u00c2" not in name:
        return name
    if len(_MANGLED_SPACE.findall(name)) < 2 and "\u00c2" not in name:
        return name
    return _MANGLED_SPACE.sub(" ", name)


@cache
def _known_as() -> dict[str, str]:
    """data/known_as.csv: names that everyone uses, and those their registers hold."""
    text = resources.files("anchor_spend").joinpath("data", "known_as.csv").read_text(encoding="utf-8")
    return {row[0]: row[1] for row in csv.reader(text.splitlines()[1:])}


def _distinct(found: list[Reading]) -> list[Reading]:
    kept: dict[str, Reading] = {}
    for reading in found:
        text = " ".join(reading.text.split())
        if not kept or _TWO_LETTERS.search(text):
            kept.setdefault(text.upper(), reading)
    return list(kept.values())
