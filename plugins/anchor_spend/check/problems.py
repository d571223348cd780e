"""What reading and the gate say of a file, as the problems of a check.

In: a refusal, a conformed file, the results of the landed_file gate. Out: Problems with the words of the
catalogue, examples with the file's own headings and references, and nothing a file holds beyond those.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from anchor_spend import gates
from anchor_spend.check.catalogue import Entry, entry, sentence
from anchor_spend.check.result import Example, Problem, Severity
from anchor_spend.check.safe import heading, known_headers, without_quotes
from anchor_spend.check.subject import FIRST, Subject
from anchor_spend.errors import UnreadableFileError
from anchor_spend.records import Finding, GateResult
from anchor_spend.rules import RULES
from anchor_spend.spec import Stream

_SEVERITIES: dict[str, Severity] = {"critical": "error", "warning": "warning", "info": "info"}
_MOST_DETAILS = 3


def of_refusal(error: UnreadableFileError, stream: Stream, is_month_known: bool) -> Problem:
    """Why the file cannot be read as a whole."""
    found = entry(error.rule, "reading") if error.rule in RULES else _unlisted(error)
    detail = without_quotes(error.detail, known_headers(stream))
    if error.rule == "dates_ambiguous" and not is_month_known:  # the message would compare with no month
        detail = "Several date formats read every date. Give --period YYYY-MM to see which of them fits."
    place = error.place
    column = place.column and heading(place.column, {*known_headers(stream), *stream.columns})
    example = Example(heading(place.sheet) if place.sheet else "", place.row, column)
    examples = (example,) if example != Example() else ()
    return _problem(found, "error", 1, detail, examples)


def _unlisted(error: UnreadableFileError) -> Entry:
    return Entry(error.rule, "reading", "file", "error", "The file cannot be read.", error.remedy)


def _problem(
    found: Entry, severity: Severity, count: int, detail: str, examples: tuple[Example, ...] = ()
) -> Problem:
    return Problem(
        found.name, severity, count, found.applies_to, detail, found.meaning, found.remedy, examples
    )


def of_rejected(subject: Subject) -> Iterator[Problem]:
    """The rows that look like payments and could not be read, by rule."""
    rejected = subject.conformed.rejected
    for rule in sorted(rejected["rule"].unique()):
        rows = rejected[rejected["rule"] == rule]
        examples = tuple(
            subject.place(row.sheet, int(row.row_number), row.column)
            for row in rows.head(FIRST).itertuples(index=False)
        )
        yield _problem(entry(rule, "reading"), "warning", len(rows), "", examples)


def of_findings(subject: Subject) -> Iterator[Problem]:
    """The remarks of reading; those on rows that are rejected anyway are told with the rows."""
    rejected = set(subject.conformed.rejected["rule"])
    told = [item for item in subject.conformed.findings if item.rule not in rejected]
    by_rule = sorted(told, key=lambda item: (item.rule, item.severity))
    for (rule, severity), group in groupby(by_rule, key=lambda item: (item.rule, item.severity)):
        yield _of_findings(list(group), rule, _SEVERITIES[severity], subject)


def _of_findings(found: list[Finding], rule: str, severity: Severity, subject: Subject) -> Problem:
    if rule in RULES:
        listed = entry(rule, "reading")
    else:
        listed = Entry(rule, "reading", "file", severity, "", found[0].remedy)
    details = list(dict.fromkeys(without_quotes(item.detail, subject.known_headers) for item in found))
    more = f" And {len(details) - _MOST_DETAILS} more." if len(details) > _MOST_DETAILS else ""
    places = [_place(item, subject) for item in found[:FIRST]]
    examples = tuple(place for place in places if place != Example())
    return _problem(listed, severity, len(found), " ".join(details[:_MOST_DETAILS]) + more, examples)


def _place(finding: Finding, subject: Subject) -> Example:
    sheet = subject.sheet_label(finding.sheet)
    return Example(sheet, finding.row_number, _column(finding, subject))


def _column(finding: Finding, subject: Subject) -> str:
    """The heading a finding speaks of: a field's, or one it quotes as it was compared."""
    if finding.column in subject.stream.columns or finding.column in subject.stream.optional_columns:
        sheet = finding.sheet or next((table.sheet for table in subject.tables), "")
        return subject.field_label(sheet, finding.column)
    return heading(finding.column, subject.known_headers) if finding.column else ""


def of_gate(results: Sequence[GateResult]) -> Iterator[Problem]:
    """The expectations that fail; of two on one figure the worse."""
    failed = [result for result in results if not result.success]
    stopped = {result.column for result in failed if result.stops}
    for result in failed:
        if result.stops or result.column not in stopped:
            severity = _SEVERITIES[result.severity]
            found = entry(result.column, "gate", severity)
            yield _problem(found, severity, 1, _figures(result))


def _figures(result: GateResult) -> str:
    """'Share in period is 0.87 (at least 0.9 expected).'; '' where the rule's meaning says it all."""
    if isinstance(result.observed["value"], bool):
        return ""
    words = sentence(result.column.replace("_", " "))
    return f"{gates.describe(result).replace(result.column, words, 1)}{_shown(result.observed)}."


def _shown(observed: dict[str, Any]) -> str:
    """The further figures an expectation shows."""
    left_out = {"subject", "value", "min", "max", "allowed", "remedy"}
    shown = [
        f"{name.replace('_', ' ')} {value:,}" for name, value in observed.items() if name not in left_out
    ]
    return f"; {', '.join(shown)}" if shown else ""
