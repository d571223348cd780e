"""Write a draft as a publisher's YAML spec, each guess with its confidence and evidence in a comment.

In: a Draft. Out: text that `spec.load_spec` reads. Questions stand as `# QUESTION n: ...` above the key
they concern.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from anchor_spend.draft.guesses import Guess, Question

if TYPE_CHECKING:
    from anchor_spend.draft.proposal import Draft

_COMMENT = 150  # characters of evidence on a line


def spec_text(draft: "Draft") -> str:
    """The YAML of a draft, keys in the order of every spec."""
    return "\n".join(_Writer(draft).lines()) + "\n"


class _Writer:
    """Lines of a spec with the comments that belong to them."""

    def __init__(self, draft: "Draft") -> None:
        self._draft = draft
        self._guesses = {guess.field: guess for guess in draft.guesses}
        self._numbered = list(enumerate(draft.questions, start=1))  # in the order of the keys
        self._asked: set[int] = set()

    def lines(self) -> Iterator[str]:
        keys = self._draft.keys
        yield "# Drafted from one file, not reviewed, not yet fetched. Settle each QUESTION, then delete it."
        for name in ("publisher_id", "name", "org_id", "body_type", "postcode", "valid_from", "vat_basis"):
            yield from self._key(name, keys[name], "", name)
        yield from self._questions("thresholds", "")
        yield "thresholds:"
        for entry in keys["thresholds"]:
            yield f"  - {_flow(entry)}{self._comment('thresholds')}"
        yield from self._key("licence", keys["licence"], "", "licence")
        yield from self._questions("streams", "")
        yield "streams:"
        stream = self._draft.stream
        yield from self._questions(f"streams.{stream}", "  ")
        yield f"  {stream}:{self._comment('stream')}"
        yield from self._stream_lines(keys["stream"])

    def _stream_lines(self, keys: dict[str, Any]) -> Iterator[str]:
        indent = "    "
        for name in ("cadence", "first_period", "due_days", "date_basis"):
            if name in keys and (name, keys[name]) != ("cadence", "monthly"):
                yield from self._key(name, keys[name], indent, name)
            else:
                yield from self._questions(name, indent)
        yield from self._listing_lines(indent)
        yield f"{indent}format:"
        for name, value in keys["format"].items():
            yield from self._questions(f"format.{name}", indent + "  ")
            if value not in ([], None):
                field = {"encodings": "encodings", "name_cut_at": "name_cut_at"}.get(name, f"format.{name}")
                yield f"{indent}  {name}: {_flow(value)}{self._comment(field)}"
        for name in ("columns", "optional_columns"):
            if name in keys:
                yield f"{indent}{name}:"
                for field, aliases in keys[name].items():
                    yield from self._questions(f"columns.{field}", indent + "  ")
                    yield f"{indent}  {field}: {_flow(aliases)}{self._comment(field)}"
        if "ignore" in keys:
            yield f"{indent}ignore: {_flow(keys['ignore'])}"
        yield from self._questions("redaction", indent)
        if "redaction" in keys:
            yield f"{indent}redaction:{self._comment('redaction')}"
            yield from (f"{indent}  - {_flow(pattern)}" for pattern in keys["redaction"])
        yield f"{indent}expected:  # a quarter to four times the file's rows, well above its largest payment"
        yield from (f"{indent}  {name}: {_flow(value)}" for name, value in keys["expected"].items())

    def _listing_lines(self, indent: str) -> Iterator[str]:
        yield from self._questions("listing", indent)
        if self._draft.listing:
            yield f"{indent}listing:{self._comment('listing')}"
            yield from (f"{indent}  {name}: {_flow(value)}" for name, value in self._draft.listing.items())

    def _key(self, name: str, value: object, indent: str, field: str) -> Iterator[str]:
        yield from self._questions(name, indent)
        yield f"{indent}{name}: {_flow(value)}{self._comment(field)}"

    def _questions(self, key: str, indent: str) -> Iterator[str]:
        for number, question in self._numbered:
            if question.key == key and number not in self._asked:
                self._asked.add(number)
                yield f"{indent}# QUESTION {number}: {_one_line(question)}"

    def _comment(self, field: str) -> str:
        guess = self._guesses.get(field)
        return f"  # {_told(guess)}" if guess else ""


def _told(guess: Guess) -> str:
    text = f"{guess.confidence}: {'; '.join(guess.evidence)}" if guess.evidence else guess.confidence
    text = " ".join(text.split())
    return text if len(text) <= _COMMENT else text[: _COMMENT - 1] + "…"


def _one_line(question: Question) -> str:
    return " ".join(question.text.split())


def _flow(value: object) -> str:
    """A value on one line, quoted where YAML would take it for something else."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
    return text.removesuffix("...\n").strip()
