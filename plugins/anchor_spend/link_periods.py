"""Which month a published file is of, read from its link or its name.

In: a link's text and address, as people wrote them. Out: 'YYYY-MM', only when nothing else can be meant.
Refuses, with a warning, quarters, ranges, cumulative files, full dates and numbers that are nearly a date.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit

logger = logging.getLogger(__name__)

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NOISE = re.compile(
    r"\b(?:over|above|exceeding|ps|gbp)[\s-]*£?\d[\d,.]*k?\b|£\s?\d[\d,.]*k?\b|\b\d+k\b"  # thresholds
    r"|\b\d[\d,.]*\s?(?:kb|mb|bytes)\b"  # file sizes
)
_ASIDE = re.compile(r"\b(?:published|uploaded|updated|added|posted|revised|amended|corrected)\b[^)\]]*")
_SEVERAL_MONTHS = re.compile(
    r"\b(?:q[1-4]|quarter(?:ly)?|qtr|cumulative|ytd|to date|half year|annual|full year)\b"
)
_FINANCIAL_YEAR = re.compile(r"(?<!\d)(20\d\d|\d\d)(?:\s*[-/–]\s*|\s+to\s+)((?:20)?\d\d)(?!\d)(?![-/.]\d)")
_YEAR_MONTH = re.compile(r"(?<!\d)(20\d\d)[-/. ]?(0[1-9]|1[0-2])(?!\d)(?![-/.]\d)")
_MONTH_YEAR = re.compile(r"(?<!\d)(?<!\d[-/.])(0[1-9]|1[0-2])[-/.](20\d\d)(?!\d)")
_SUBJECTS = ("you", "we", "it", "they", "there", "this", "that", "which", "who", "files", "figures", "data")
_WORD = re.compile(r"[a-z]+|\d+")
_FILE = re.compile(r"\.[a-z0-9]{2,5}$")


@dataclass(frozen=True)
class _Token:
    text: str
    gap: str  # what stands between it and the token before


def find_period(link_text: str, href: str) -> str | None:
    """The month of a link: what its text says, else what the file name in its address says."""
    from_text, problem = _period_in(link_text)
    if problem:
        logger.warning("no month can be read from the link %r: %s", link_text[:120], problem)
        return None
    name = _name_in(href)
    from_name, problem = _period_in(name)
    if from_text and from_name and from_text != from_name:
        logger.warning("the link %r leads to %r; its text counts: %s", link_text[:120], name, from_text)
    if not from_text and problem:
        logger.warning("no month can be read from the file name %r: %s", name, problem)
    months = _months_in(_tokens(_clean(link_text)))
    if not from_text and from_name and months and int(from_name[5:]) not in months:
        logger.warning("the link %r leads to %r, another month: left out", link_text[:120], name)
        return None
    return from_text or from_name


def _name_in(href: str) -> str:
    """The part of an address that names the file; folders often carry the date of the upload."""
    segments = [unquote(segment) for segment in urlsplit(href).path.split("/") if segment]
    named = [segment for segment in segments if _FILE.search(segment.lower())]
    if named:
        return named[-1]
    last = segments[-1] if segments else ""
    return last if last == last.lower() else ""  # mixed case without a suffix: a share token, not words


def _clean(text: str) -> str:
    text = " ".join(text.replace("\u00a0", " ").replace("_", "-").casefold().split())
    return _NOISE.sub(" ", text)


def _period_in(text: str) -> tuple[str | None, str]:
    """(The one month a text names, ''), or (None, why not); why is '' when it names no month at all."""
    text = _clean(text)
    if _SEVERAL_MONTHS.search(text.replace("-", " ")):
        return None, "it names a quarter, a year or a running total"
    without_aside = _ASIDE.sub(" ", text)
    for candidate in dict.fromkeys((without_aside, text)):
        found, problem = _read(candidate)
        if found or problem:
            return found, problem
    return None, ""


def _read(text: str) -> tuple[str | None, str]:
    text, financial_years = _without_financial_years(text)
    tokens = _tokens(text)
    numeric = {f"{year}-{month}" for year, month in _YEAR_MONTH.findall(text) if _is_year(year)}
    numeric |= {f"{year}-{month}" for month, year in _MONTH_YEAR.findall(text) if _is_year(year)}
    months = _months_in(tokens)
    if len(months) > 1 or len(numeric) > 1:
        return None, "it names several months"
    if not months:
        return next(iter(numeric), None), ""
    month, position = next(iter(months.items()))
    years = _years_of(tokens, position, month, financial_years)
    if len(years) != 1:
        return None, "it names a month, but several years" if years else ""
    found = f"{years.pop()}-{month:02d}"
    return (found, "") if not numeric or numeric == {found} else (None, "it names two months")


def _tokens(text: str) -> list[_Token]:
    end, tokens = 0, []
    for match in _WORD.finditer(text):
        tokens.append(_Token(match[0], text[end : match.start()]))
        end = match.end()
    return tokens


def _without_financial_years(text: str) -> tuple[str, set[int]]:
    """The text without '2023/24', '2023 to 2024' or '23-24', and the years in which those start."""
    starts: set[int] = set()

    def remove(match: re.Match[str]) -> str:
        first, second = int(match[1]) % 100, int(match[2]) % 100
        if second != (first + 1) % 100 or not _is_year(match[1]):
            return match[0]
        starts.add(2000 + first)
        return " "

    return _FINANCIAL_YEAR.sub(remove, text), starts


def _is_year(text: str) -> bool:
    """Whether digits can be a year of publication: 2000 to next year, or 10 to next year in two digits."""
    latest = date.today().year + 1
    if not text.isdecimal() or len(text) not in (2, 4):
        return False
    return 2000 <= int(text) <= latest if len(text) == 4 else 10 <= int(text) <= latest % 100


def _months_in(tokens: list[_Token]) -> dict[int, int]:
    """Month number -> position of its (first) name among the tokens."""
    found: dict[int, int] = {}
    for position, token in enumerate(tokens):
        number = _month_named(token.text) or _month_nearly_named(tokens, position)
        if number and not (token.text == "may" and _is_verb(tokens, position)):
            found.setdefault(number, position)
    return found


def _month_named(word: str) -> int | None:
    """A month's name or its beginning, three letters or more."""
    if len(word) < 3 or not word.isalpha():
        return None
    matching = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    return matching[0] if len(matching) == 1 else None


def _month_nearly_named(tokens: list[_Token], position: int) -> int | None:
    """A misspelt name next to a year, such as 'Febuary 2018': one letter off, two in a long name."""
    word = tokens[position].text
    beside = tokens[max(0, position - 1) : position] + tokens[position + 1 : position + 2]
    if len(word) < 4 or not word.isalpha() or not any(_is_year(token.text) for token in beside):
        return None
    near = [
        number
        for number, name in enumerate(_MONTHS, 1)
        if len(name) >= 5 and word[0] == name[0] and _distance(word, name) <= (2 if len(name) >= 7 else 1)
    ]
    if len(near) != 1:
        return None
    logger.info("%r is read as %s", word, _MONTHS[near[0] - 1].capitalize())
    return near[0]


def _distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with a neighbour to get from one word to the other."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _is_verb(tokens: list[_Token], position: int) -> bool:
    """'You may find ...' names no month."""
    before = tokens[position - 1].text if position else ""
    after = tokens[position + 1].text if position + 1 < len(tokens) else ""
    return before in _SUBJECTS and not after.isdigit()


def _years_of(tokens: list[_Token], position: int, month: int, financial_years: set[int]) -> set[int]:
    """The years that the month at `position` may belong to: beside it, else the only one in the text."""
    beside = _year_beside(tokens, position)
    if beside:
        return {beside}
    others = {int(token.text) for token in tokens if len(token.text) == 4 and _is_year(token.text)}
    return others or {start if month >= 4 else start + 1 for start in financial_years}


def _year_beside(tokens: list[_Token], position: int) -> int | None:
    after = tokens[position + 1 : position + 2]
    if after and _is_year(after[0].text):
        return 2000 + int(after[0].text) % 100
    before = position - 1
    if before > 0 and len(tokens[before].text) == 1 and tokens[before].text.isalpha():
        before -= 1  # Luton's '24-d-april': a letter for the month stands between
    if before < 0 or not _is_year(tokens[before].text):
        return None
    is_joined = tokens[before + 1].gap == "-"
    if len(tokens[before].text) == 4 or (is_joined and not _has_long_year(tokens)):
        return 2000 + int(tokens[before].text) % 100
    return None


def _has_long_year(tokens: list[_Token]) -> bool:
    return any(len(token.text) == 4 and _is_year(token.text) for token in tokens)
