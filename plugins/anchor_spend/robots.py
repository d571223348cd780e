"""What a site's robots.txt allows us (RFC 9309): the longest matching rule decides, allow wins a tie.

In: the file's text and our product name. Out: whether a path may be fetched. Lines it does not know are
ignored, as the standard says; an empty or HTML "robots.txt" allows everything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

_SAFE = "/%?=&;:@+,~!$*'()[]#"


@dataclass(frozen=True)
class Robots:
    """The rules that apply to us: (is_allowed, path pattern)."""

    rules: tuple[tuple[bool, str], ...] = ()

    def allows(self, path: str) -> bool:
        """Whether `path` (with its query) may be fetched."""
        path = quote(path or "/", safe=_SAFE)
        matching = [(len(rule), is_allowed) for is_allowed, rule in self.rules if _matches(rule, path)]
        return max(matching, default=(0, True))[1]


def parse_robots(text: str, product: str) -> Robots:
    """The rules for `product`, or for '*' where no group names it."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    agents: list[str] = []
    was_rule = False
    for key, value in _lines(text):
        if key == "user-agent":
            agents = [value.lower()] if was_rule else [*agents, value.lower()]
            was_rule = False
            groups.setdefault(value.lower(), [])
        elif key in ("allow", "disallow"):
            was_rule = True
            for agent in agents if value else []:
                groups[agent].append((key == "allow", quote(value, safe=_SAFE)))
    return Robots(tuple(groups.get(product.lower(), groups.get("*", []))))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _matches(rule: str, path: str) -> bool:
    is_whole = rule.endswith("$")
    pattern = ".*".join(re.escape(part) for part in rule.removesuffix("$").split("*"))
    return re.match(pattern + ("$" if is_whole else ""), path) is not None
