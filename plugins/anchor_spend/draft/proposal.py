"""Put a first spec together from one file, and try it on that file.

In: the bytes of a file and its name. Out: a Draft: the proposed keys, the guesses behind them, the
questions that remain, the spec as text and what it made of the file. Refuses (UnreadableFileError) a file
that is no table.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import yaml

from anchor_spend.draft import about
from anchor_spend.draft.days import Days, read_days
from anchor_spend.draft.guesses import Guess, Notebook, Question, in_key_order
from anchor_spend.draft.identity import find_body, find_body_type
from anchor_spend.draft.months import Span, find_span, months_hinted, months_of_cells
from anchor_spend.draft.opening import Opened, open_file
from anchor_spend.draft.sheets import REQUIRED, Reading, choose_sheets
from anchor_spend.draft.streams import find_stream
from anchor_spend.draft.trial import Trial, try_spec
from anchor_spend.draft.vocabulary import read_header
from anchor_spend.errors import Place
from anchor_spend.periods import parse_period
from anchor_spend.rules import unreadable
from anchor_spend.spec import Publisher, normalise_header
from anchor_spend.values import parse_pence

UNKNOWN_COLUMN = "(unknown)"
NO_POSTCODE = "UNKNOWN"  # has not the shape of a postcode, so that no place is ever taken from it


@dataclass(frozen=True)
class Draft:
    """A proposed spec. `keys` hold what `spec_text` writes; `trial` is its reading of the file itself."""

    keys: dict[str, Any]
    stream: str
    guesses: list[Guess]
    questions: list[Question]
    opened: Opened
    readings: list[Reading]
    days: Days | None
    span: Span
    trial: Trial | None = None
    listing: dict[str, Any] = field(default_factory=dict)

    @property
    def publisher_id(self) -> str:
        return str(self.keys["publisher_id"])

    @property
    def is_settled(self) -> bool:
        """Whether no question concerns who is paid, when and how much."""
        return not any(question.is_required for question in self.questions)

    def publisher(self) -> Publisher:
        """The spec as the pipeline reads it."""
        from anchor_spend.draft.spec_text import spec_text

        return Publisher.model_validate(yaml.safe_load(spec_text(self)))


def draft_file(
    data: bytes, file_name: str, publisher_id: str = "", stream: str = "", site: str = ""
) -> Draft:
    """A draft from one file; UnreadableFileError, by a named rule, when it is no table of payments.

    `publisher_id` and `stream` are taken as given; `site` is the name of the site the file is from.
    """
    opened, notes = open_file(data, file_name), Notebook()
    readings, sheet = choose_sheets(opened, notes)
    if not {"amount", "supplier_name"} & set(readings[0].guesses):
        detail = "There is a header, but no column under it holds amounts or names of payees."
        raise unreadable("no_payments_found", detail, Place(file=file_name))
    for guess in readings[0].guesses.values():
        notes.add(guess)
    stream_name = stream or find_stream(opened, file_name, notes)
    days = _days(readings, file_name, notes)
    span = _span(readings, days, file_name, notes)
    keys = _body_keys(readings, file_name, (publisher_id, site), span, notes)
    pence = _pence(readings)
    threshold = about.find_threshold(pence, _titles(opened, readings, file_name), notes)
    keys["thresholds"] = [{"valid_from": keys["valid_from"], "gbp": threshold}]
    keys["stream"] = _stream_keys(opened, readings, days, span, sheet, notes)
    keys["stream"]["expected"] = about.expected(pence)
    draft = Draft(keys, stream_name, notes.guesses, notes.questions, opened, readings, days, span)
    trial = try_spec(draft.publisher(), stream_name, span.period, data, file_name, opened, readings[0])
    for text in trial.problems:
        notes.ask(f"streams.{stream_name}", text, is_required=True)
    return replace(draft, questions=in_key_order(notes.questions), trial=trial)


# dates -----------------------------------------------------------------------------------------------------


def _days(readings: list[Reading], file_name: str, notes: Notebook) -> Days | None:
    """How the date column is read; None without one."""
    cells = Counter(cell for reading in readings for cell in reading.dates())
    if not cells.total() - cells[""]:
        return None
    days = read_days(cells, months_hinted(file_name))
    notes.add(
        Guess("format.dates", ", ".join(days.formats), "unsure" if days.doubt else "sure", days.evidence)
    )
    if days.undated:
        words = " or ".join("blank" if not word else "a word" for word in days.undated)
        text = (
            f"{days.undated_cells} dates are {words}; the last day of the file's last month stands for them."
        )
        notes.ask("format.undated", f"{text} Right?", is_required=True)
    if days.doubt:
        notes.ask("format.dates", days.doubt, is_required=True)
    if not days.formats:
        notes.ask("format.dates", "no known way of writing dates reads the date column.", is_required=True)
    late = sum(number for day, number in days.by_day.items() if not 2005 <= day.year <= date.today().year + 1)
    if late > 0.01 * sum(cells.values()):
        notes.ask("format.dates", f"{late} dates lie before 2005 or in the future.", is_required=True)
    return days


def _span(readings: list[Reading], days: Days | None, file_name: str, notes: Notebook) -> Span:
    by_month, column = (days.by_month, "") if days else _months_stated(readings)
    span = find_span(file_name, by_month)
    if column and span.evidence[0] != "the file's name":
        told = f"as {column!r} reads; it may count the periods of a financial year. Correct it where it does."
        span = replace(span, confidence="unsure", evidence=(f"months of {column!r}",), doubt=told)
    notes.add(Guess("first_period", f"{span.period}, {span.cadence}", span.confidence, span.evidence))
    if span.doubt:
        notes.ask("first_period", span.doubt)
    return span


def _months_stated(readings: list[Reading]) -> tuple[Counter[str], str]:
    """(the months of a column that holds months only, its header)."""
    months: Counter[str] = Counter()
    header = ""
    for reading in readings:
        stated = [item for item in reading.sheet.profiles if item.months >= 0.8 and item.filled]
        for profile in stated[:1]:
            header = profile.header
            months += months_of_cells(Counter(reading.sheet.cells(profile.position)))
    return months, header


# keys ------------------------------------------------------------------------------------------------------


def _body_keys(
    readings: list[Reading], file_name: str, known: tuple[str, str], span: Span, notes: Notebook
) -> dict[str, Any]:
    given_id, site = known
    found, name = find_body(readings[0], file_name, given_id, site, notes)
    year, month = parse_period(span.period)
    notes.ask("org_id", "what is the body's org-id (such as GB-LAE-…, GB-NHS-…), and its ONS or ODS code?")
    notes.ask("postcode", "what is the postcode of the body's main office?")
    text = "since when does the body exist in its present form? The date is that of the file."
    notes.ask("valid_from", text)
    notes.ask("licence", "does the body's site state this licence? The file says nothing.")
    basis = notes.guess("vat_basis")
    return {
        "publisher_id": found,
        "name": name,
        "org_id": f"XX-DRAFT-{found}",
        "body_type": find_body_type(name, notes),
        "postcode": NO_POSTCODE,
        "valid_from": date(year, month, 1),
        "vat_basis": basis.column if basis else "unknown",
        "licence": "OGL-UK-3.0",
    }


def _titles(opened: Opened, readings: list[Reading], file_name: str) -> list[str]:
    """Where a file may say what it lists: its name, the rows above its header, its sheets."""
    first = opened.sheets[0]
    banner = [cell for row in first.table.rows[: first.header_row] for cell in row if len(cell) < 200]
    return [file_name, *banner, *(item.sheet.table.sheet for item in readings)]


def _stream_keys(
    opened: Opened, readings: list[Reading], days: Days | None, span: Span, sheet: str | None, notes: Notebook
) -> dict[str, Any]:
    names = [name for reading in readings for name in reading.cells("supplier_name")]
    columns, optional, ignore = _aliases(readings, notes)
    notes.ask("due_days", "how many days after the month's end does the body promise its file?")
    keys: dict[str, Any] = {
        "cadence": span.cadence,
        "first_period": span.period,
        "due_days": 31,
        "date_basis": _date_basis(readings[0], notes),
        "format": _format_keys(opened, readings, days, sheet, about.find_cut(names, notes)),
        "columns": columns,
        "optional_columns": optional,
        "ignore": ignore,
        "redaction": about.find_redactions(names, notes),
    }
    return {name: value for name, value in keys.items() if value not in ([], {}, None)}


def _format_keys(
    opened: Opened, readings: list[Reading], days: Days | None, sheet: str | None, cut_at: int | None
) -> dict[str, Any]:
    names = [name for name, _ in opened.encodings]
    encodings = list(dict.fromkeys(["utf-8-sig", names[0]])) if names else []
    first = readings[0].sheet
    return {
        "family": opened.family,
        "encodings": encodings if set(encodings) - {"utf-8-sig", "cp1252"} else [],
        "sheet": sheet,
        "dates": list(days.formats) if days and days.formats else ["%d/%m/%Y"],
        "undated": list(days.undated) if days else [],
        "name_cut_at": cut_at,
        "header": [] if first.header_row else first.headers,
    }


def _aliases(
    readings: list[Reading], notes: Notebook
) -> tuple[dict[str, list[str]], dict[str, list[str]], list[str]]:
    """(columns, optional columns, headers to ignore) over all sheets, no header under two fields."""
    columns: dict[str, list[str]] = {}
    optional: dict[str, list[str]] = {}
    claimed: dict[str, str] = {}
    for reading in readings:
        for name, guess in reading.guesses.items():
            key = normalise_header(guess.column)
            if claimed.setdefault(key, name) != name:
                notes.ask(
                    f"columns.{name}",
                    f"sheets use the header {guess.column!r} for {claimed[key]}, too.",
                    is_required=True,
                )
                continue
            target = columns if name in REQUIRED else optional
            known = target.setdefault(name, [])
            if key not in map(normalise_header, known):
                known.append(guess.column)
    ordered = {name: columns[name] for name in REQUIRED if name in columns}
    for name in ("amount", "supplier_name"):
        ordered.setdefault(name, [f"{UNKNOWN_COLUMN} {name}"])
    rest = [header for reading in readings for header in reading.sheet.headers if header]
    ignore = {normalise_header(header): header for header in rest if normalise_header(header) not in claimed}
    return ordered, optional, list(ignore.values())


def _date_basis(reading: Reading, notes: Notebook) -> str | None:
    """payment, document or period; None for the usual one."""
    guess = reading.guesses.get("payment_date")
    if guess is None:
        text = (
            "no column holds the day of payment; the last day of the file's last month stands for it. Right?"
        )
        notes.ask("date_basis", text, is_required=True)
        return "period"
    role = read_header(guess.column).role
    if role == "payment_date":
        return None
    if role not in ("posting_date", "document_date"):
        notes.ask("date_basis", f"is {guess.column!r} the day of payment or that of the invoice?")
        return None
    notes.add(
        Guess("date_basis", "document", "likely", (f"header {guess.column!r} says {role.replace('_', ' ')}",))
    )
    return "document"


def _pence(readings: list[Reading]) -> list[int]:
    found = []
    for cell, number in Counter(cell for reading in readings for cell in reading.cells("amount")).items():
        try:
            found += [parse_pence(cell)] * number
        except ValueError:
            continue  # a note or a total's wording: the trial counts such rows
    return found
