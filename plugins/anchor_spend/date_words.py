"""Months, years and financial years among the words of a link, as people write them.

In: a link's text or a file's name. Out: tokens, month numbers with their place, and the years they may belong
to. Refuses to guess: a word that could be two months is none, and 'FY2024', which is used for the year that
begins and for the year that ends in 2024, is no year at all.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date

logger = logging.getLogger(__name__)

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NOISE = re.compile(
    r"\b(?:over|above|exceeding|ps|gbp)[\s-]*£?\d[\d,.]*k?\b|£\s?\d[\d,.]*k?\b|\b\d+k\b"  # thresholds
    r"|\b\d[\d,.]*\s?(?:kb|mb|bytes)\b"  # file sizes
)
ASIDE = re.compile(r"\b(?:published|uploaded|updated|added|posted|revised|amended|corrected)\b[^)\]]*")
_FINANCIAL_YEAR = re.compile(  # not '12/2013', which is a month
    r"(?<!\d)(?:(?P<long>20\d\d)(?:\s*[-/–]\s*|\s+to\s+)(?:20)?(?P<long_end>\d\d)"
    r"|(?P<short>\d\d)(?:\s*[-/–]\s*|\s+to\s+)(?P<short_end>\d\d))(?!\d)(?![-/.]\d)"
)
_JOINED_YEARS = re.compile(r"\bfy[\s-]?(\d\d)(\d\d)(?!\d)")
_LONE_FINANCIAL_YEAR = re.compile(
    r"\b(?:fy|f/y|fin(?:ancial)?[\s-]year)[\s-]?(?:of[\s-])?(?:20)?\d\d(?!\d)", re.IGNORECASE
)
_SUBJECTS = ("you", "we", "it", "they", "there", "this", "that", "which", "who", "files", "figures", "data")
_WORD = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True)
class Token:
    text: str
    gap: str  # what stands between it and the token before


def clean(text: str) -> str:
    """Lower case, single spaces, hyphens for underscores, without thresholds and file sizes."""
    text = " ".join(text.replace("\u00a0", " ").replace("_", "-").casefold().split())
    return _NOISE.sub(" ", text)


def tokens_of(text: str) -> list[Token]:
    """The words and the numbers of a cleaned text."""
    end, tokens = 0, []
    for match in _WORD.finditer(text):
        tokens.append(Token(match[0], text[end : match.start()]))
        end = match.end()
    return tokens


def without_financial_years(text: str) -> tuple[str, set[int]]:
    """The text without '2023/24', '2023 to 2024', '23-24' or 'FY2324', and the years in which those start.

    'FY2024' goes, too, and gives no year: it may be either of two.
    """
    starts: set[int] = set()

    def remove(match: re.Match[str]) -> str:
        first, second = match["long"] or match["short"], match["long_end"] or match["short_end"]
        if int(second) != (int(first) + 1) % 100 or not is_year(first):
            return match[0]
        starts.add(2000 + int(first) % 100)
        return " "

    def remove_joined(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        if int(second) != (int(first) + 1) % 100 or is_year(first + second):  # 'FY2021' is not certain
            return match[0]
        starts.add(2000 + int(first))
        return " "

    text = _JOINED_YEARS.sub(remove_joined, _FINANCIAL_YEAR.sub(remove, text))
    return _LONE_FINANCIAL_YEAR.sub(" ", text), starts


def is_year(text: str) -> bool:
    """Whether digits can be a year of publication: 2000 to next year, or 10 to next year in two digits."""
    latest = date.today().year + 1
    if not text.isdecimal() or len(text) not in (2, 4):
        return False
    return 2000 <= int(text) <= latest if len(text) == 4 else 10 <= int(text) <= latest % 100


def months_in(tokens: list[Token]) -> list[tuple[int, int]]:
    """(Month number, position among the tokens) of each month's name, in the order they stand."""
    found = []
    for position, token in enumerate(tokens):
        number = _month_named(token.text) or _month_nearly_named(tokens, position)
        if number and not (token.text == "may" and _is_verb(tokens, position)):
            found.append((number, position))
    return found


def _month_named(word: str) -> int | None:
    """A month's name or its beginning, three letters or more."""
    if len(word) < 3 or not word.isalpha():
        return None
    matching = [number for number, name in enumerate(MONTHS, 1) if name.startswith(word)]
    return matching[0] if len(matching) == 1 else None


def _month_nearly_named(tokens: list[Token], position: int) -> int | None:
    """A misspelt name next to a year, such as 'Febuary 2018': one letter off, two in a long name."""
    word = tokens[position].text
    beside = tokens[max(0, position - 1) : position] + tokens[position + 1 : position + 2]
    if len(word) < 4 or not word.isalpha() or not any(is_year(token.text) for token in beside):
        return None
    near = [
        number
        for number, name in enumerate(MONTHS, 1)
        if len(name) >= 5 and word[0] == name[0] and _distance(word, name) <= (2 if len(name) >= 7 else 1)
    ]
    if len(near) != 1:
        return None
    logger.info("%r is read as %s", word, MONTHS[near[0] - 1].capitalize())
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


def _is_verb(tokens: list[Token], position: int) -> bool:
    """'You may find ...' names no month."""
    before = tokens[position - 1].text if position else ""
    after = tokens[position + 1].text if position + 1 < len(tokens) else ""
    return before in _SUBJECTS and not after.isdigit()


def years_of(tokens: list[Token], positions: list[int], month: int, financial_years: set[int]) -> set[int]:
    """The years that a month named at `positions` may belong to: beside it, else the others in the text."""
    beside = {year for position in positions for year in _years_beside(tokens, position)}
    if beside:
        return beside
    others = {int(token.text) for token in tokens if len(token.text) == 4 and is_year(token.text)}
    return others or {start if month >= 4 else start + 1 for start in financial_years}


def year_beside(tokens: list[Token], position: int) -> int | None:
    """The year written right after the token at `position`, else right before it."""
    return _year_after(tokens, position) or _year_before(tokens, position)


def _years_beside(tokens: list[Token], position: int) -> set[int]:
    """Both, where a year of four digits stands before and another one after: '2017 April 2018'."""
    after, before = _year_after(tokens, position), _year_before(tokens, position)
    is_long = position > 0 and len(tokens[position - 1].text) == 4
    return {year for year in (after, before if is_long or not after else None) if year}


def _year_after(tokens: list[Token], position: int) -> int | None:
    after = tokens[position + 1 : position + 2]
    return 2000 + int(after[0].text) % 100 if after and is_year(after[0].text) else None


def _year_before(tokens: list[Token], position: int) -> int | None:
    before = position - 1
    if before > 0 and len(tokens[before].text) == 1 and tokens[before].text.isalpha():
        before -= 1  # Luton's '24-d-april': a letter for the month stands between
    if before < 0 or not is_year(tokens[before].text):
        return None
    is_joined = tokens[before + 1].gap == "-"
    if len(tokens[before].text) == 4 or (is_joined and not _has_long_year(tokens)):
        return 2000 + int(tokens[before].text) % 100
    return None


def _has_long_year(tokens: list[Token]) -> bool:
    return any(len(token.text) == 4 and is_year(token.text) for token in tokens)
