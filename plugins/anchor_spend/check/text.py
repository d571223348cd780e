"""A check as text for a terminal: the verdict, what was understood, errors, warnings, earlier months."""

import textwrap
from collections.abc import Iterator

from anchor_spend.check import words
from anchor_spend.check.result import Check, Problem
from anchor_spend.check.safe import gbp
from anchor_spend.report.words import month

_WIDTH = 100
_TERM = 18


def lines(check: Check) -> Iterator[str]:
    """The whole check, its verdict first."""
    yield check.headline
    yield ""
    yield "What was understood"
    for term, fact in words.understood(check):
        yield from _fact(term, fact)
    yield from _columns(check)
    yield from _conservation(check)
    for severity, (heading, lead) in words.SEVERITIES.items():
        problems = check.of_severity(severity)
        if problems:
            yield ""
            yield f"{heading}. {lead}"
        for problem in problems:
            yield from _problem(problem)
    yield from _comparison(check)


def _fact(term: str, fact: str) -> Iterator[str]:
    yield from _wrapped(fact, f"  {term:<{_TERM}}", " " * (_TERM + 2))


def _wrapped(text: str, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    ) or [first.rstrip()]


def _columns(check: Check) -> Iterator[str]:
    told = [
        f"{sheet + ': ' if sheet else ''}{heading} = {read_as}"
        for sheet, _, heading, read_as in words.columns(check)
    ]
    if told:
        yield from _fact("Columns", "; ".join(told))


def _conservation(check: Check) -> Iterator[str]:
    for number, (name, rows, pounds) in enumerate(words.conservation(check)):
        yield f"  {'Rows and pounds' if not number else '':<{_TERM}}{rows:>10,} {pounds:>20}  {name}"
    if check.conservation:
        yield f"  {'':<{_TERM}}{words.closing(check)}"


def _problem(problem: Problem) -> Iterator[str]:
    count = words.count_words(problem)
    yield ""
    yield from _wrapped(
        f"{problem.rule}{f' ({count})' if count else ''}: {problem.meaning} {problem.detail}".strip(),
        "  ",
        "    ",
    )
    yield from _wrapped(f"What to do: {problem.remedy}", "    ", "    ")
    if problem.examples:
        yield f"    {words.examples_lead(problem)}:"
        for example in problem.examples:
            yield from _wrapped(words.place_words(example), "      - ", "        ")


def _comparison(check: Check) -> Iterator[str]:
    told = words.comparison(check)
    if not told:
        return
    yield ""
    yield "Beside earlier months"
    for item in check.comparison.months:
        yield f"  {month(item.period):<{_TERM}}{item.rows:>10,} {gbp(item.pence):>20}  {item.origin}"
    for sentence in told:
        yield from _wrapped(sentence, "  ", "  ")
