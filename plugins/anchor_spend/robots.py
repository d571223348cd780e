"""What a site's robots.txt allows us (RFC 9309): the longest matching rule decides, allow wins a tie.

In: the file's text and our product name. Out: whether a path may be fetched, and the pause asked for between
two requests (Crawl-delay, outside the standard but common). Lines it does not know are ignored, as the
standard says; an empty or HTML "robots.txt" allows everything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

_SAFE = "/%?=&;:@+,~!$*'()[]#"
_SECONDS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Robots:
    """The rules that apply to us: (is_allowed, path pattern); and a pause in seconds."""

    rules: tuple[tuple[bool, str], ...] = ()
    crawl_delay: float = 0.0

    def allows(self, path: str) -> bool:
        """Whether `path` (with its query) may be fetched."""
        path = quote(path or "/", safe=_SAFE)
        matching = [(len(rule), is_allowed) for is_allowed, rule in self.rules if _matches(rule, path)]
        return max(matching, default=(0, True))[1]


@dataclass
class _Group:
    rules: list[tuple[bool, str]] = field(default_factory=list)
    crawl_delay: float = 0.0


def parse_robots(text: str, product: str) -> Robots:
    """The rules for `product`, or for '*' where no group names it."""
    groups: dict[str, _Group] = {}
    agents: list[str] = []
    was_rule = False
    for key, value in _lines(text):
        if key == "user-agent":
            agents = [value.lower()] if was_rule else [*agents, value.lower()]
            was_rule = False
            groups.setdefault(value.lower(), _Group())
        elif key in ("allow", "disallow", "crawl-delay"):
            was_rule = True
            for agent in agents if value else []:
                _add(groups[agent], key, value)
    ours = groups.get(product.lower(), groups.get("*", _Group()))
    return Robots(tuple(ours.rules), ours.crawl_delay)


def _add(group: _Group, key: str, value: str) -> None:
    if key != "crawl-delay":
        group.rules.append((key == "allow", quote(value, safe=_SAFE)))
    elif _SECONDS.fullmatch(value):
        group.crawl_delay = float(value)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _matches(rule: str, path: str) -> bool:
    """Part by part, leftmost first: a rule full of stars must not cost more than a plain one."""
    is_whole = rule.endswith("$")
    first, *parts = rule.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    last = parts.pop() if is_whole and parts else None
    for part in parts:
        found = path.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    if last is not None:
        return len(path) - position >= len(last) and path.endswith(last)
    return not is_whole or position == len(path)
