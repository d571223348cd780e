"""Numbers printed beside a supplier, as the ids of organisations.

In: numbers and postcodes as published. Out: them in the form registers hold; '' for what cannot be one.
"""

import re

COMPANY_PREFIX = "GB-COH-"
_MARKS = re.compile(r"[\s.\-/]+")
_CHARITY = re.compile(r"(\d{6,7})|SC(\d{5,6})|NIC?(\d{6})")


def pad_company_number(number: str) -> str:
    """A published company number in its register form ('1234567' -> '01234567'); '' when it cannot be one."""
    text = "".join(number.split()).upper().removesuffix(".0")  # as spreadsheets write whole numbers
    if text.isdigit() and 5 <= len(text) <= 8:
        return text.zfill(8)
    if text[:2].isalpha() and text[2:].isdigit() and 3 <= len(text) <= 8:
        return text[:2] + text[2:].zfill(6)
    return ""


def canonical_charity_number(text: str) -> str:
    """'1012345', 'SC012345' (Scotland) or 'NIC100001' (Northern Ireland); '' for anything else."""
    found = _CHARITY.fullmatch(_MARKS.sub("", text).upper())
    if not found:
        return ""
    main, scottish, northern_irish = found.groups()
    if not (main or scottish or northern_irish).strip("0"):
        return ""
    if main:
        return main.lstrip("0") if len(main.lstrip("0")) >= 6 else ""
    return f"SC{scottish.zfill(6)}" if scottish else f"NIC{northern_irish}"


def charity_id(number: str) -> str:
    """The org-id of a published charity number ('SC12345' -> 'GB-SC-SC012345'); '' when it cannot be one."""
    canonical = canonical_charity_number(number)
    if canonical.startswith("SC"):
        return f"GB-SC-{canonical}"
    if canonical.startswith("NIC"):
        return f"GB-NIC-{canonical.removeprefix('NIC')}"
    return f"GB-CHC-{canonical}" if canonical else ""


def compact_postcode(postcode: str | None) -> str:
    """A postcode as compared: capitals without spaces."""
    return "".join((postcode or "").split()).upper()
