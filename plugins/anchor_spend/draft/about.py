"""What else a file shows: wording of redactions, cut names, the threshold, its size.

In: the opened file with its chosen columns. Out: guesses and questions. Nothing here decides which column is
which, so a wrong guess costs a correction and never a wrong figure.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from anchor_spend.draft.guesses import Guess, Notebook
from anchor_spend.redaction import is_withheld, speaks_of_redaction, suggest_redactions

_THRESHOLDS = (25_000, 10_000, 5_000, 1_000, 500, 250, 100)


def find_redactions(names: Sequence[str], notes: Notebook) -> list[str]:
    """Patterns for whole names made of words of redaction alone."""
    counts = {name: number for name, number in Counter(names).items() if speaks_of_redaction(name)}
    patterns = suggest_redactions(counts)
    if patterns:
        hidden = sum(number for name, number in counts.items() if is_withheld(name))
        evidence = (f"{hidden} names are nothing but words of redaction, in {_wordings(patterns)}",)
        notes.add(Guess("redaction", _wordings(patterns), "sure", evidence))
    unclear = sum(number for name, number in counts.items() if not is_withheld(name))
    if unclear:
        notes.ask(
            "redaction",
            f"{unclear} further names hold a word of redaction among others. Do they hide a payee?",
        )
    return patterns


def _wordings(patterns: Sequence[str]) -> str:
    return "1 wording" if len(patterns) == 1 else f"{len(patterns)} wordings"


def find_cut(names: Sequence[str], notes: Notebook) -> int | None:
    """The length at which the body cuts names: the longest, and far commoner than the lengths below it."""
    lengths = Counter(len(name) for name in set(names))
    longest = max(lengths, default=0)
    if not 20 <= longest <= 100 or lengths[longest] < 5:
        return None
    below = [lengths[length] for length in range(longest - 5, longest)]
    if lengths[longest] < 3 * max(1, sum(below) / len(below)):
        return None
    detail = f"{lengths[longest]} different names have {longest} characters, none more"
    notes.add(Guess("name_cut_at", str(longest), "likely", (detail,)))
    return longest


def find_threshold(pence: Sequence[int], texts: Iterable[str], notes: Notebook) -> int:
    """The smallest payment published, in pounds: as the file's name or banner says, else by the amounts."""
    said = [int(found) for text in texts for found in _thresholds_in(text)]
    if said:
        notes.add(Guess("thresholds", str(said[0]), "likely", ("the file's name or banner says so",)))
        return said[0]
    above = [amount for amount in pence if amount > 0]
    for pounds in _THRESHOLDS:
        reaching = sum(amount >= pounds * 100 for amount in above)
        if above and reaching >= 0.9 * len(above):
            notes.add(
                Guess("thresholds", str(pounds), "unsure", (f"{reaching} of {len(above)} amounts reach it",))
            )
            notes.ask(
                "thresholds",
                f"from the amounts, £{pounds:,} it seems. What does the body say, and since when?",
            )
            return pounds
    notes.ask("thresholds", "what is the smallest payment the body publishes, and since when?")
    return 0


def _thresholds_in(text: str) -> list[str]:
    text = text.casefold().replace(",", "").replace("_", " ").replace("-", " ")
    text = re.sub(r"(\d)k\b", r"\g<1>000", text)
    return re.findall(r"(?:over|exceeding|above|£|ps)\s*£?\s*(25000|10000|5000|1000|500|250|100)\b", text)


def expected(pence: Sequence[int]) -> dict[str, Any]:
    """A band of rows around the file's own, and a round bound of at least five times its largest amount."""
    top = max((abs(amount) for amount in pence), default=0) / 100
    bound = 10_000
    while bound < top * 5:
        bound *= 10
    rows = [max(1, _round(len(pence) / 4)), max(10, _round(len(pence) * 4))]
    return {"rows": rows, "largest_payment_gbp": bound}


def _round(number: float) -> int:
    digits = len(str(int(number))) - 1
    return round(int(number), -digits) if digits > 0 else int(number)
