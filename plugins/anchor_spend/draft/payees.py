"""Choose the column that names who is paid, never the one that names who pays.

In: the columns left when amount and date are chosen. Out: a Guess, or None. A constant column, or one of a
handful of names, is the paying body; a column of codes is no name; and where another column holds far more
names with a legal form (Ltd, PLC, LLP ...) than the one called supplier, the header is doubted.
"""

from collections.abc import Iterable

from anchor_spend.draft.candidates import (
    ENOUGH,
    NAMED,
    Candidate,
    Columns,
    ask_which,
    find_candidates,
    name_of,
    quoted,
    rivals_of,
    settle,
    share,
)
from anchor_spend.draft.guesses import Guess, Notebook
from anchor_spend.draft.profiles import ColumnProfile
from anchor_spend.draft.vocabulary import SAYS
from anchor_spend.spec import normalise_header

_TELLING = 0.08  # of different names with a legal form: payees have more ...
_HARDLY = 0.03  # ... departments, purposes and postcodes have none
_ENOUGH_NAMES = 12  # fewer tell nothing about the share of legal forms


def choose_supplier(columns: Columns, notes: Notebook) -> Guess | None:
    """The payee's column; None, with a question, when no column looks like one."""
    candidates = find_candidates(_without_codes(columns), ("supplier_name",), _name_content)
    named = [item for item in candidates if item.header >= NAMED]
    by_content = sorted(candidates, key=lambda item: -item.profile.companies)
    best = next(iter(named or [item for item in by_content if item.profile.companies >= 0.05]), None)
    fuller = [] if best is None else [pair for pair in columns if _has_more_companies(pair[0], best.profile)]
    if best and fuller and best.profile.companies < 0.02:
        best = Candidate(*fuller[0], 0.0, 1.0, "supplier_name")
    if best is None:
        notes.ask("columns.supplier_name", "no column names who is paid. Which one is it?", is_required=True)
        return None
    evidence = [
        best.header_evidence,
        share("words", best.profile.letters),
        f"{best.profile.distinct} different names, {best.profile.companies:.0%} of them with a legal form",
    ]
    doubts = _doubts(best, named, [name_of(profile) for profile, _ in fuller])
    guess = settle(best, "supplier_name", named or by_content, evidence, doubts)
    if guess.confidence == "unsure":
        ask_which(guess, "payee", notes)
    return guess


def twins_of_texts(headers: Iterable[str]) -> set[str]:
    """'Supplier(T)' -> 'supplier': ledgers print a code under a name and, marked (T), its text."""
    tidy = [normalise_header(header) for header in headers]
    return {header.removesuffix("(t)").strip() for header in tidy if header.endswith("(t)")}


def _without_codes(columns: Columns) -> Columns:
    codes = twins_of_texts(profile.header for profile, _ in columns)
    return [pair for pair in columns if normalise_header(pair[0].header) not in codes]


def _name_content(profile: ColumnProfile) -> float:
    if profile.letters < ENOUGH or profile.amounts > 0.5 or profile.dates > 0.5:
        return 0.0
    if profile.codes > 0.5 or _is_body_like(profile):
        return 0.0
    return 1.0 if profile.companies >= _TELLING or profile.distinct < _ENOUGH_NAMES else 0.7


def _is_body_like(profile: ColumnProfile) -> bool:
    """One value, or a handful of them over many rows: who pays, not who is paid."""
    return profile.is_constant or (profile.filled >= 60 and profile.distinct <= 3)


def _has_more_companies(profile: ColumnProfile, best: ColumnProfile) -> bool:
    if profile.position == best.position or profile.distinct < 8:
        return False
    least = 0.05 if not best.companies and profile.distinct >= 3 * best.distinct else _TELLING
    return profile.companies >= least and profile.companies > 3 * best.companies


def _doubts(best: Candidate, named: list[Candidate], fuller: list[str]) -> list[str]:
    doubts = []
    rivals = [item.name for item in rivals_of(best, named)]
    if rivals:
        doubts.append(f"{quoted(rivals)} may be it as well")
    others = [name for name in fuller if name != best.name]
    if others:
        doubts.append(f"{quoted(others)} holds far more names with a legal form")
    if best.profile.fill < 0.5:
        doubts.append(f"it is filled in {best.profile.fill:.0%} of rows only")
    least = _HARDLY if best.header == SAYS else _TELLING
    if best.profile.distinct >= _ENOUGH_NAMES and best.profile.companies < least:
        doubts.append("hardly any of its names has a legal form")
    return doubts
