"""Tell ordinary payments from purchase cards, and both from files that hold no payments at all.

In: the opened file and its name. Out: the stream, as a Guess. A file that speaks of expense claims,
consultancy, payments to individuals and the like is a question that names the words, and so is thin
evidence of cards.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from anchor_spend.draft.candidates import quoted
from anchor_spend.draft.guesses import Guess, Notebook
from anchor_spend.draft.opening import Opened, Sheet
from anchor_spend.draft.vocabulary import content, header_words

StreamName = Literal["payments", "purchase_card"]

_ORDINARY = re.compile(r"\b(?:excl\w*|without|non|not|payments?|suppliers?|invoices?|over|and)\b")


def find_stream(opened: Opened, file_name: str, notes: Notebook) -> StreamName:
    """payments or purchase_card; what may be neither is asked."""
    name = _plain(PurePosixPath(file_name).stem)
    headers = [_plain(header) for header in opened.sheets[0].headers]
    title = [name, *_banner(opened.sheets[0])]
    _ask_about_others([*title, *headers], notes)
    words = content()["streams"]["purchase_card"]
    in_name, in_title = _held([name], words["in_name"]), _held(title, words["in_name"])
    is_both = bool(_held(headers, words["in_headers_of_both"]))
    in_headers = [] if is_both else [text for text in headers if _held([text], words["in_headers"])]
    seen = [*in_title, *in_headers]
    is_card = bool(in_name) or len(in_headers) >= 2 or bool(in_title and in_headers)
    is_thin = bool(seen) and not in_headers[1:] and not (in_title and in_headers)
    if is_thin and not (in_name and not _ORDINARY.search(name)):
        text = f"{quoted(seen)}: of purchase cards, or of ordinary payments as well? Nothing else tells."
        notes.ask("streams", text, is_required=True)
    stream: StreamName = "purchase_card" if is_card else "payments"
    told = f"{quoted(seen)} in its name or headers" if seen else "nothing speaks of purchase cards"
    notes.add(Guess("stream", stream, "likely" if seen else "sure", (told,)))
    return stream


def _ask_about_others(texts: list[str], notes: Notebook) -> None:
    for kind, marks in content()["streams"]["other"].items():
        seen = _held(texts, marks)
        if seen:
            text = f"is this a file of payments? {quoted(seen[:4])} speak of {kind}."
            notes.ask("streams", text, is_required=True)


def _banner(sheet: Sheet) -> list[str]:
    rows = sheet.table.rows[: max(sheet.header_row - 1, 0)]
    return [
        _plain(text) for text in [*(cell for row in rows for cell in row if cell.strip()), sheet.table.sheet]
    ]


def _held(texts: Iterable[str], phrases: Iterable[str]) -> list[str]:
    """The phrases that stand, as whole words, in one of the texts."""
    spaced = [f" {text} " for text in texts]
    return [phrase for phrase in phrases if any(f" {_plain(phrase)} " in text for text in spaced)]


def _plain(text: str) -> str:
    return " ".join(header_words(text))
