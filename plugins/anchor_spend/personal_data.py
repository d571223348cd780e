"""What in a text is somebody's: e-mail addresses, telephone and National Insurance numbers.

In: a text. Out: which of them it holds, never the value.
"""

import re

EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}(?![\w-])",
    re.IGNORECASE,
)
NATIONAL_INSURANCE = re.compile(
    r"(?<![A-Z0-9])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?![A-Z0-9])",
    re.IGNORECASE,
)
# ten or eleven digits from 01, 02, 03, 07 or 08, however spaced; eight in one piece are a company's number,
# and a first piece of two is a day's
_PHONE = re.compile(
    r"(?<![\w/.-])(?:(?:\+|00)44[ ().-]{0,3}(?:\(?0\)?)?|\(?(?!\d{8}(?!\d))0(?=\d\d))"
    r"[12378](?:[ ().-]{0,3}\d){8,9}(?!\d)"
)
_KINDS = (
    ("email_address", "an e-mail address", EMAIL),
    ("phone_number", "a telephone number", _PHONE),
    ("national_insurance_number", "a National Insurance number", NATIONAL_INSURANCE),
)


def found_in(text: str) -> list[tuple[str, str]]:
    """(rule, what it is) for what a text that a person wrote holds.

    Not for cells of ledgers: a number there may be padded with zeros like one of a telephone.
    """
    return [(rule, words) for rule, words, pattern in _KINDS if pattern.search(text)]
