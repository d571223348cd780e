"""The words publishers put in place of a payee.

In: supplier names as published. Out: which of them speak of redaction, and regular expressions for a spec.
Whole names only, and only made of these words: 'Redactive Events Ltd' and 'Redacted Hotel Limited' are not.
"""

import re
from collections.abc import Iterable

_SPEAKS_OF_IT = re.compile(
    r"\b(?:redact(?:ed|ion|ions|s)?|with-?held|personal (?:data|information|payments?)|name removed)\b",
    re.IGNORECASE,
)
_WORDS = {
    "a", "an", "and", "are", "by", "commercial", "commercially", "confidential", "confidentiality",
    "data", "detail", "details", "due", "exempt", "for", "foi", "foia", "gdpr", "hidden", "individual",
    "individuals", "info", "information", "is", "name", "names", "of", "on", "operational", "other",
    "payee", "payment", "payments", "person", "personal", "personally", "private", "protected",
    "protection", "publication", "publish", "reason", "reasons", "redact", "redacted", "redacting",
    "redaction", "redactions", "removed", "section", "security", "sensitive", "sensitivity", "service",
    "spend", "supplier", "suppliers", "the", "third", "parties", "party", "to", "under", "vendor",
    "withheld",
}  # fmt: skip
_NOT_A_LETTER = re.compile(r"[^a-z]+")


def speaks_of_redaction(name: str) -> bool:
    """Whether a name holds wording of redaction, be it a whole withheld name or a part of a real one."""
    return _SPEAKS_OF_IT.search(name) is not None


def is_withheld(name: str) -> bool:
    """Whether a name is nothing but wording of redaction: 'REDACTED - PERSONAL DATA', 'Name withheld'."""
    words = [word for word in _NOT_A_LETTER.split(name.casefold()) if word]
    return speaks_of_redaction(" ".join(name.split())) and _WORDS.issuperset(words)


def suggest_redactions(names: Iterable[str]) -> list[str]:
    """Regular expressions, one a wording, for the names of a file that hide a payee; for a person to review.

    They match as a spec's `redaction` does: the whole name, white space collapsed, case ignored.
    """
    wordings = {" ".join(name.split()).casefold() for name in names if is_withheld(name)}
    return sorted(re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", wording) for wording in wordings)
