"""What else a file shows: its body, wording of redactions, cut names, threshold and size.

In: the opened file with its chosen columns. Out: guesses and questions. Nothing here decides which column is
which, so a wrong guess costs a correction and never a wrong figure.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from anchor_spend.draft.guesses import Guess, Notebook
from anchor_spend.draft.opening import Opened, Sheet
from anchor_spend.draft.vocabulary import content
from anchor_spend.redaction import is_withheld, speaks_of_redaction, suggest_redactions

_THRESHOLDS = (25_000, 10_000, 5_000, 1_000, 500, 250, 100)
_LEFT_OUT = re.compile(
    r"\d{2,}|jan\w*|feb\w*|mar|march|apr\w*|may|jun\w*|jul\w*|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|q[1-4]"
    r"|over|spend\w*|payments?|expenditure|transparency|report|data|file|final|published?|for|to|of|and|the"
    r"|csv|xlsx?|sample|clean\w*|\d+k?|fy",
    re.IGNORECASE,
)  # words of a file's name that name no body


# the body --------------------------------------------------------------------------------------------------


def find_body(
    opened: Opened, file_name: str, publisher_id: str, body: Guess | None, notes: Notebook
) -> tuple[str, str]:
    """(publisher_id, name): as given, else the body's column, else the words of the file's name."""
    stated = _stated_name(opened.sheets[0], body)
    if publisher_id:
        name = stated or publisher_id.replace("_", " ").title()
        evidence = (
            "given",
            f"name from the column {body.column!r}" if stated and body else "name from the id",
        )
        notes.add(Guess("publisher_id", publisher_id, "sure", evidence))
        if not stated:
            notes.ask("name", "what is the body's full name?")
        return publisher_id, name
    words = [word for word in re.split(r"[^A-Za-z0-9]+", PurePosixPath(file_name).stem) if word]
    kept = [word for word in words if not _LEFT_OUT.fullmatch(word)]
    name = stated or " ".join(kept).title() or "Draft Body"
    found = slug(name)
    where = f"the column {body.column!r}" if stated and body else "the file's name"
    notes.add(Guess("publisher_id", found, "likely" if stated else "unsure", (f"from {where}",)))
    notes.ask("publisher_id", f"the id and the name come from {where}. Are they the body's full name?")
    return found, name


def slug(name: str) -> str:
    """A name as a publisher_id: lower case, words joined by underscores."""
    text = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    text = text if text[:1].isalpha() else f"body_{text}"
    return f"{text}_body"[:60] if len(text) < 3 else text[:60].strip("_")


def _stated_name(sheet: Sheet, body: Guess | None) -> str:
    """The one name in the column of the paying body; '' where it has several, or codes."""
    if body is None or body.position is None:
        return ""
    cells = Counter(sheet.cells(body.position))
    if not cells:
        return ""
    name, number = cells.most_common(1)[0]
    is_name = len(name) >= 5 and " " in name and not re.search(r"://|www\.|\d", name)
    return name if is_name and number >= 0.9 * cells.total() else ""


def find_body_type(name: str, notes: Notebook) -> str:
    """One of the body types of a spec, by words of the name."""
    words = f" {' '.join(re.findall(r'[a-z]+', name.casefold()))} "
    for kind in (
        "police",
        "fire",
        "ambulance",
        "nhs_commissioner",
        "nhs_trust",
        "university",
        "college",
        "airport",
        "council",
    ):
        if any(f" {phrase} " in words for phrase in content()["body_types"][kind]):
            return kind
    notes.ask("body_type", "what kind of body is it?")
    return "other"


# wording, sizes --------------------------------------------------------------------------------------------


def find_redactions(names: Sequence[str], notes: Notebook) -> list[str]:
    """Patterns for whole names made of words of redaction alone."""
    counts = {name: number for name, number in Counter(names).items() if speaks_of_redaction(name)}
    patterns = suggest_redactions(counts)
    if patterns:
        hidden = sum(number for name, number in counts.items() if is_withheld(name))
        evidence = (f"{hidden} names are nothing but words of redaction, in {len(patterns)} wordings",)
        notes.add(Guess("redaction", f"{len(patterns)} wordings", "sure", evidence))
    unclear = sum(number for name, number in counts.items() if not is_withheld(name))
    if unclear:
        notes.ask(
            "redaction",
            f"{unclear} further names hold a word of redaction among others. Do they hide a payee?",
        )
    return patterns


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


def believable_rows(count: int) -> tuple[int, int]:
    """A band of rows around one month's: a quarter to four times as many, rounded."""
    return max(1, _round(count / 4)), max(10, _round(count * 4))


def largest_payment(pence: Sequence[int]) -> int:
    """A bound in pounds well above the largest amount of the file: one to two orders, a round figure."""
    top = max((abs(amount) for amount in pence), default=0) / 100
    bound = 10_000
    while bound < top * 5:
        bound *= 10
    return bound


def _round(number: float) -> int:
    digits = len(str(int(number))) - 1
    return round(int(number), -digits) if digits > 0 else int(number)
