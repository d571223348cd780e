"""What of a file may be shown: headings, references and shapes, never a name or another value.

In: text of an untrusted file. Out: the same text where it is safe, else its shape. A heading is safe when the
spec knows it, or when all its words are words of ledgers (data/heading_words.txt); a reference when it looks
like a number with a short prefix.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from anchor_spend.names import payee_kind
from anchor_spend.personal_data import NATIONAL_INSURANCE
from anchor_spend.spec import Stream, normalise_header
from anchor_spend.values import shape_of

_LONGEST = 60
_WORD = re.compile(r"[^\W\d_]+")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.:#-]{0,31}")
_LETTERS = re.compile(r"[A-Za-z]+")
_SHAPE = re.compile(r"(?:[Aa9]|[^\w]|_)*…?")  # what shape_of makes
_LONGEST_PREFIX = 4  # letters in a row that a reference may have; longer ones may be a name
_QUOTED = re.compile(r"""(?<!\w)(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")(?!\w)""")


def printable(text: str) -> str:
    """Text without control and direction characters, for a terminal or a page."""
    return "".join(character if character.isprintable() else "?" for character in text)


@cache
def _ledger_words() -> frozenset[str]:
    text = resources.files("anchor_spend").joinpath("data", "heading_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def known_headers(stream: Stream) -> frozenset[str]:
    """Every header a spec names, as headers are compared."""
    names = [*stream.columns.values(), *stream.optional_columns.values(), stream.ignore, stream.format.header]
    return frozenset(normalise_header(alias) for aliases in names for alias in aliases)


def heading(text: str, known: Iterable[str] = ()) -> str:
    """A column's or sheet's name where it can be no person's, else its shape."""
    compared = normalise_header(text)
    words = _WORD.findall(compared)
    if compared in known:
        return printable(" ".join(text.split()))
    is_plain = bool(words) and all(word in _ledger_words() for word in words) and payee_kind(text) != "person"
    is_short = len(compared) <= _LONGEST and len(re.findall(r"\d", compared)) <= 8
    return printable(" ".join(text.split())) if is_plain and is_short else shape_of(text.strip())


def reference(text: str | None) -> str:
    """A transaction reference with its longer runs of letters made A's: 'INV-0012', 'AAAAAA-12'; '' for none.

    What does not look like a reference, or looks like a National Insurance number, is its shape.
    """
    if not text:
        return ""
    has_digit = any(character.isdigit() for character in text)
    if not _REFERENCE.fullmatch(text) or not has_digit or NATIONAL_INSURANCE.search(text):
        return shape_of(text)
    return _LETTERS.sub(lambda run: run[0] if len(run[0]) <= _LONGEST_PREFIX else shape_of(run[0]), text)


def without_quotes(detail: str, known: Iterable[str] = ()) -> str:
    """A message of the readers with what it quotes of the file made safe."""

    def safe(match: re.Match[str]) -> str:
        inner = match[1] if match[1] is not None else match[2]
        return f"'{_shape_or_heading(inner, known)}'"

    return printable(_QUOTED.sub(safe, detail))


def _shape_or_heading(text: str, known: Iterable[str]) -> str:
    return text if _SHAPE.fullmatch(text) else heading(text, known)


def gbp(pence: int, *, signed: bool = False) -> str:
    """Exact pounds: '£1,234.50', '−£12.00'; with `signed` also '+£3.00'."""
    sign = "−" if pence < 0 else "+" if signed else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"
