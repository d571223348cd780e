"""The rule catalogue: every rule a check can name, generated from where the rules are.

In: the rules of reading (rules.py), the expectations of the landed_file gate (expectations/landed_file.json)
and the rules of the check itself (rule_list.py). Out: one Entry a rule and severity. The words are those a
check prints, so that the two cannot differ.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from anchor_spend.check.result import Severity
from anchor_spend.check.rule_list import CHECK_RULES
from anchor_spend.gate_suites import read_suite
from anchor_spend.rules import RULES, Rule

Origin = Literal["reading", "gate", "check"]
_EFFECTS: dict[str, tuple[str, Severity]] = {
    "file": ("file", "error"),
    "rejected": ("row", "warning"),
    "excluded": ("row", "info"),
    "finding": ("file", "warning"),
}
_NOTHING = "Nothing."


@dataclass(frozen=True)
class Entry:
    """`severity` of a remark of reading is the usual one; a check states each as it was found."""

    name: str
    origin: Origin
    applies_to: str
    severity: Severity
    meaning: str
    remedy: str


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every rule: errors first, then as they stand in their lists."""
    entries = [_of_reading(name, rule) for name, rule in RULES.items()]
    entries += [_of_gate(item) for item in read_suite("landed_file")["expectations"]]
    entries += [
        Entry(rule.name, "check", rule.applies_to, rule.severity, rule.meaning, rule.remedy)
        for rule in CHECK_RULES
    ]
    order = ("error", "warning", "info")
    return tuple(sorted(entries, key=lambda entry: order.index(entry.severity)))


def _of_reading(name: str, rule: Rule) -> Entry:
    applies_to, severity = _EFFECTS[rule.effect]
    remedy = sentence(rule.at_source or rule.remedy) or _NOTHING
    return Entry(name, "reading", applies_to, severity, rule.meaning, remedy)


def _of_gate(item: dict[str, Any]) -> Entry:
    meta = item["meta"]
    severity: Severity = "error" if item["severity"] == "critical" else "warning"
    name = str(item["kwargs"]["column"])
    return Entry(name, "gate", "file", severity, meta["why"], meta.get("at_source") or meta["remedy"])


def entry(name: str, origin: Origin, severity: Severity | None = None) -> Entry:
    """The entry of a rule; KeyError for a name that is in no list."""
    for found in catalogue():
        if (found.name, found.origin) == (name, origin) and severity in (None, found.severity):
            return found
    raise KeyError(name)


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
