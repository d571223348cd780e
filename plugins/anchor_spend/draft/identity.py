"""Whose file it is: a publisher_id, a name and a kind of body for a draft.

In: the column of the paying body, the file's name, the site it is from, or an id that is given. Out: id and
name. A name is taken from the column only where all rows agree on one that is no code or address.
"""

import re
from collections import Counter
from pathlib import PurePosixPath

from anchor_spend.draft.guesses import Guess, Notebook
from anchor_spend.draft.sheets import Reading
from anchor_spend.draft.vocabulary import content

_LEFT_OUT = re.compile(
    r"\d{2,}|jan\w*|feb\w*|mar|march|apr\w*|may|jun\w*|jul\w*|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|q[1-4]"
    r"|over|spend\w*|payments?|expenditure|transparency|report|data|file|final|published?|for|to|of|and|the"
    r"|csv|xlsx?|sample|clean\w*|\d+k?|fy",
    re.IGNORECASE,
)  # words of a file's name that name no body
_KINDS = (
    "police", "fire", "ambulance", "nhs_commissioner", "nhs_trust", "university", "college", "airport",
    "council",
)  # fmt: skip


def find_body(reading: Reading, file_name: str, given_id: str, site: str, notes: Notebook) -> tuple[str, str]:
    """(publisher_id, name): as given, else of the body's column, the site, the words of the file's name."""
    name, where = _name(reading, file_name, site)
    if given_id:
        notes.add(Guess("publisher_id", given_id, "sure", ("given",)))
        if not where.startswith("the column"):
            name = given_id.replace("_", " ").title()
            notes.ask("name", "what is the body's full name? This one is made of the id.")
        return given_id, name
    is_column = where.startswith("the column")
    found = slug(name)
    notes.add(Guess("publisher_id", found, "likely" if is_column else "unsure", (f"from {where}",)))
    notes.ask("publisher_id", f"the id and the name come from {where}. Are they the body's full name?")
    return found, name


def _name(reading: Reading, file_name: str, site: str) -> tuple[str, str]:
    body = reading.guesses.get("body_name")
    stated = _stated_name(reading.cells("body_name"))
    if body and stated:
        return stated, f"the column {body.column!r}"
    if site:
        return site, "the site's address"
    words = [word for word in re.split(r"[^A-Za-z0-9]+", PurePosixPath(file_name).stem) if word]
    kept = [word for word in words if not _LEFT_OUT.fullmatch(word)]
    return " ".join(kept).title() or "Draft Body", "the file's name"


def _stated_name(cells: list[str]) -> str:
    """The one name in the column of the paying body; '' where it has several, or codes."""
    if not cells:
        return ""
    counts = Counter(cells)
    name, number = counts.most_common(1)[0]
    is_name = len(name) >= 5 and " " in name and not re.search(r"://|www\.|\d", name)
    return name if is_name and number >= 0.9 * counts.total() else ""


def slug(name: str) -> str:
    """A name as a publisher_id: lower case, words joined by underscores."""
    text = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    text = text if text[:1].isalpha() else f"body_{text}"
    return (f"{text}_body" if len(text) < 3 else text)[:60].strip("_")


def find_body_type(name: str, notes: Notebook) -> str:
    """One of the body types of a spec, by words of the name."""
    words = f" {' '.join(re.findall(r'[a-z]+', name.casefold()))} "
    for kind in _KINDS:
        if any(f" {phrase} " in words for phrase in content()["body_types"][kind]):
            return kind
    notes.ask("body_type", "what kind of body is it?")
    return "other"
