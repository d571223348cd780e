"""Numbers printed beside a supplier, as the ids of organisations.

In: numbers and postcodes as published. Out: them in the form registers hold; '' for what cannot be one.
"""

import re

COMPANY_PREFIX = "GB-COH-"
_CHARITY = re.compile(r"(SC|NIC|NI|)0*(\d{1,7})")


def pad_company_number(number: str) -> str:
    """A published company number in its register form ('1234567' -> '01234567'); '' when it cannot be one."""
    text = "".join(number.split()).upper().removesuffix(".0")  # as spreadsheets write whole numbers
    if text.isdigit() and 5 <= len(text) <= 8:
        return text.zfill(8)
    if text[:2].isalpha() and text[2:].isdigit() and 3 <= len(text) <= 8:
        return text[:2] + text[2:].zfill(6)
    return ""


def charity_id(number: str) -> str:
    """The org-id of a published charity number ('SC12345' -> 'GB-SC-SC012345'); '' when it cannot be one."""
    found = _CHARITY.fullmatch("".join(letter for letter in number.upper() if letter.isalnum()))
    if not found:
        return ""
    prefix, digits = found.groups()
    if prefix == "SC":
        return f"GB-SC-SC{digits.zfill(6)}" if len(digits) <= 6 else ""
    if prefix:
        return f"GB-NIC-{digits}" if len(digits) == 6 else ""
    return f"GB-CHC-{digits}" if len(digits) >= 6 else ""


def compact_postcode(postcode: str | None) -> str:
    """A postcode as compared: capitals without spaces."""
    return "".join((postcode or "").split()).upper()
