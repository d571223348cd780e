"""Columns that may hold a field, by what their header says and what they hold together.

In: column profiles with the meaning of their headers. Out: Candidates, the best first. A header alone is
doubted when the content contradicts it; content alone never makes a candidate likely.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from anchor_spend.draft.guesses import Confidence, Guess, Notebook
from anchor_spend.draft.profiles import ColumnProfile
from anchor_spend.draft.vocabulary import MAY_MEAN, SAYS, HeaderMeaning

MARGIN = 0.25
"""A column this close to the best one is a rival: unless a rule settles it, the choice is a question."""
ENOUGH = 0.75  # of the cells must be what a field holds
NAMED = 0.15  # a header weaker than this names nothing

_HEADER_WEIGHT, _CONTENT_WEIGHT = 0.65, 0.35
_OTHERS = 0.6  # a header that names another role so strongly is that role's

Columns = Sequence[tuple[ColumnProfile, HeaderMeaning]]
ContentTest = Callable[[ColumnProfile], float]


@dataclass(frozen=True)
class Candidate:
    """A column that may hold a field. `header` and `content` are 0 to 1."""

    profile: ColumnProfile
    meaning: HeaderMeaning
    header: float
    content: float
    role: str

    @property
    def score(self) -> float:
        return _HEADER_WEIGHT * self.header + _CONTENT_WEIGHT * self.content if self.content else 0.0

    @property
    def name(self) -> str:
        return name_of(self.profile)

    @property
    def confidence(self) -> Confidence:
        """Sure: the header says it and the content agrees. Likely: a usual name, the content agrees."""
        if self.header < MAY_MEAN or self.content < 0.6:
            return "unsure"
        return "sure" if self.header == SAYS and self.content >= 0.7 else "likely"

    @property
    def header_evidence(self) -> str:
        what = self.role.replace("_", " ")
        if not self.header:
            return f"the header {self.name!r} names no {what}"
        return f"header {self.name!r} {'says' if self.header == SAYS else 'may mean'} {what}"


def name_of(profile: ColumnProfile) -> str:
    """What a spec calls a column: its header, or its place where it has none."""
    return profile.header or f"column {profile.position + 1}"


def find_candidates(columns: Columns, roles: Sequence[str], content: ContentTest) -> list[Candidate]:
    """Columns whose header names one of the roles, or names nothing; the best first."""
    found = []
    for profile, meaning in columns:
        role = max(roles, key=meaning.strength)
        header = meaning.strength(role)
        others = max((match.strength for match in meaning.matches if match.role not in roles), default=0.0)
        if others < _OTHERS or header >= others:
            found.append(Candidate(profile, meaning, header, content(profile), role))
    return sorted((item for item in found if item.score), key=lambda item: -item.score)


def rivals_of(best: Candidate, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates too close to the best to tell them apart by their scores."""
    return [item for item in candidates if item is not best and best.score - item.score < MARGIN]


def settle(
    best: Candidate, field: str, candidates: Iterable[Candidate], evidence: list[str], doubts: list[str]
) -> Guess:
    """The guess for a field; with a doubt it is unsure."""
    confidence: Confidence = "unsure" if doubts else best.confidence
    others = [item.name for item in candidates if item is not best][:4]
    told = (*evidence, *doubts)
    return Guess(field, best.name, confidence, told, tuple(others), best.profile.position)


def ask_which(guess: Guess, what: str, notes: Notebook) -> None:
    """The question that an unsure guess of a required field is."""
    others = f" Others that may be it: {quoted(guess.alternatives)}." if guess.alternatives else ""
    text = f"is {guess.column!r} the {what}? {'; '.join(guess.evidence)}.{others}"
    notes.ask(f"columns.{guess.field}", text, is_required=True)


def share(what: str, part: float) -> str:
    """Such as '99.8% of its cells are dates'."""
    return f"{part:.1%} of its cells are {what}"


def quoted(names: Iterable[str]) -> str:
    """Column names as shown: 'Net', 'Gross'."""
    return ", ".join(map(repr, names))
