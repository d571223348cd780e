"""The records of a draft: guesses with their evidence, and questions where a guess is not safe."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Confidence = Literal["sure", "likely", "unsure"]


@dataclass(frozen=True)
class Guess:
    """One thing proposed. Evidence and alternatives hold shapes, counts and column names only."""

    field: str
    column: str  # the header, or the value of a key that is no column
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    position: int | None = None  # of the column

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "position"}


@dataclass(frozen=True)
class Question:
    """What a person must settle, at a key of the spec. A required one concerns payee, date or amount."""

    key: str
    text: str
    is_required: bool = False


_KEYS = (
    "publisher_id", "name", "org_id", "body_type", "postcode", "valid_from", "vat_basis", "thresholds",
    "licence", "streams", "cadence", "first_period", "due_days", "date_basis", "listing", "format.sheet",
    "format.dates", "format.undated", "format", "columns.payment_date", "columns.amount",
    "columns.supplier_name", "columns", "redaction",
)  # fmt: skip


def in_key_order(questions: list[Question]) -> list[Question]:
    """Questions in the order in which their keys stand in a spec."""

    def rank(question: Question) -> int:
        key = question.key
        return _KEYS.index(key if key in _KEYS else key.partition(".")[0])

    return sorted(questions, key=rank)


@dataclass
class Notebook:
    """Guesses and questions as they come up."""

    guesses: list[Guess] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def add(self, guess: Guess) -> None:
        self.guesses.append(guess)

    def ask(self, key: str, text: str, *, is_required: bool = False) -> None:
        if not any(known.key == key and known.text == text for known in self.questions):
            self.questions.append(Question(key, text, is_required))

    def guess(self, name: str) -> Guess | None:
        return next((guess for guess in self.guesses if guess.field == name), None)
