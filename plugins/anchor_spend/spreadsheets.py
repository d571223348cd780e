"""Text in files that people open in a spreadsheet.

In: cells. Out: cells that no spreadsheet takes for a formula; published files hold such text.
"""

from typing import Any

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # and their full-width forms


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe; everything else stays."""
    is_formula = isinstance(value, str) and value.lstrip()[:1] in _BEGINS_A_FORMULA and value.strip()
    return f"'{value}" if is_formula else value


def as_typed(value: str) -> str:
    """A cell as it was before `harmless`, without outer white space."""
    text = value.strip()
    return text[1:] if text.startswith("'") and text[1:].lstrip()[:1] in _BEGINS_A_FORMULA else text
