"""What the links to a body's files have in common, as a regular expression.

In: the links of listing pages. Out: the longest run of words that nearly all links to files share, numbers
and months left open, and that the fewest other links have.
"""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from anchor_spend.date_words import MONTHS
from anchor_spend.links import Link

NUMBER, MONTH, LETTER = "\\d+", "[a-z]+", "[a-z]"
_OPEN = {NUMBER, MONTH, LETTER}
_TOKEN = re.compile(r"[a-z]+|\d+")
_FILE = re.compile(r"\.(?:csv|xlsx?|xlsb|ods|zip|pdf|tsv|txt)(?:$|[/?#])", re.IGNORECASE)
_FILE_PLACE = re.compile(
    r"/(?:download|downloads|getmedia|documents?|attachments?|media|files?|system/files|asset)s?/|/download/?$"
    r"|sharepoint\.com/|downloadfile|filestore|[?&](?:id|file|doc)=",
    re.IGNORECASE,
)
_CARD = re.compile(r"\bp[\W_]*cards?\b|\bgpc\b|(?<![a-z])cards?(?![a-z])", re.IGNORECASE)
_MOST_WORDS = 7
_BETWEEN = "[^a-z0-9]+"
_ENOUGH_SAID = 8  # letters: 'payments' does, 'csv' does not


def is_file_like(link: Link) -> bool:
    """Whether a link leads to a file, by its ending, its place or what it says of itself."""
    says_type = re.search(r"\b(?:csv|xlsx?|excel|ods)\b", link.text, re.IGNORECASE)
    return bool(_FILE.search(link.url) or _FILE_PLACE.search(link.url) or says_type)


def is_card(link: Link) -> bool:
    """Whether a link speaks of purchase cards."""
    return _CARD.search(f"{link.text} {_name(link)}") is not None


def common_pattern(files: Sequence[Link], others: Iterable[Link]) -> str:
    """What finds nearly all of `files` and the fewest of `others`; '' when they share nothing."""
    rest = list(others)
    candidates = [
        pattern
        for texts in ([link.text for link in files], [_name(link) for link in files])
        for pattern in _runs(texts)
    ]

    def cost(pattern: str) -> tuple[int, bool, int, int]:
        """Others found, then too little said, then what is left open: typing errors stand in months."""
        strayed = sum(re.search(pattern, link.words, re.IGNORECASE) is not None for link in rest)
        words = pattern.split(_BETWEEN)
        said = sum(len(word) for word in words if word not in _OPEN)
        return strayed, said < _ENOUGH_SAID, sum(word in _OPEN for word in words), -said

    return min(candidates, key=cost, default="")


def following(page_url: str, links: Iterable[Link]) -> str:
    """What finds further pages of a listing: its own address, or one below it, with other numbers."""
    own = urlsplit(page_url)
    base = own.path.rstrip("/")
    found = []
    for link in links:
        parts = urlsplit(link.url)
        path = parts.path.rstrip("/")
        is_below = path.startswith(f"{base}/") and path.count("/") == base.count("/") + 1
        is_beside = path != base and _open_numbers(path) == _open_numbers(base)
        last = path.rpartition("/")[2]
        if (
            parts.hostname == own.hostname
            and (is_below or is_beside)
            and re.search(r"\d", last)
            and not _FILE.search(path)
        ):
            found.append("/".join(_open_numbers(path).split("/")[-2:]))
    most = max(set(found), key=found.count, default="")
    return f"/{most}/?$" if most else ""


def _open_numbers(path: str) -> str:
    return re.sub(r"\d+", lambda _: NUMBER, re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", path))


def _name(link: Link) -> str:
    """The part of an address that names the file, as it is written there."""
    segments = [segment for segment in urlsplit(link.url).path.split("/") if segment]
    named = [segment for segment in segments if _FILE.search(segment)]
    return (named or segments or [""])[-1] if "sharepoint.com" not in link.url else ""


def _runs(texts: Sequence[str]) -> Iterable[str]:
    """Runs of words that stand in at least 19 of 20 texts."""
    token_lists = [_open_tokens(text) for text in texts]
    joined = [f" {' '.join(tokens)} " for tokens in token_lists]
    first = max(token_lists, key=len, default=[])
    for length in range(min(_MOST_WORDS, len(first)), 0, -1):
        for start in range(len(first) - length + 1):
            run = first[start : start + length]
            if not any(len(word) >= 3 and word not in _OPEN for word in run):
                continue
            if sum(f" {' '.join(run)} " in text for text in joined) >= 0.95 * len(texts):
                yield _BETWEEN.join(run)


def _open_tokens(text: str) -> list[str]:
    return [_open(token) for token in _TOKEN.findall(text.casefold().replace("\u00a0", " "))]


def _open(token: str) -> str:
    if token.isdigit():
        return NUMBER
    if len(token) == 1:
        return LETTER
    is_month = len(token) >= 3 and any(month.startswith(token) for month in MONTHS)
    return MONTH if is_month else token
