"""Text in files that people open in a spreadsheet.

In: cells. Out: cells that no spreadsheet takes for a formula, whichever character its country separates cells
with, and keys that none takes for a number or a day; published files hold such text.
"""

import re
from typing import Any

# at the beginning, and behind what separates cells elsewhere; signs in their full-width forms too
_BEGINS_A_FORMULA = re.compile(
    r"""(?:^|(?<=[;\t\r\n]))(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r])"""
)
_KEY = "key_"


def harmless(value: Any) -> Any:
    """Text gets an apostrophe where a spreadsheet would see a formula begin; everything else stays."""
    return _BEGINS_A_FORMULA.sub("'", value) if isinstance(value, str) else value


def as_typed(value: str) -> str:
    """A cell as it was before `harmless` began it with an apostrophe, without outer white space."""
    text = value.strip()
    is_marked = text.startswith("'") and _BEGINS_A_FORMULA.match(text[1:])
    return text[1:].strip() if is_marked else text


def as_text(key: str) -> str:
    """A key of hex digits under a word: '12345678901234e5' alone becomes a number, and loses digits."""
    return f"{_KEY}{key}" if key else ""


def key_of(cell: str) -> str:
    """The key of a cell, with the word of `as_text` or without."""
    return cell.removeprefix(_KEY)
