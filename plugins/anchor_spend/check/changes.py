"""What changed since the latest earlier file: columns, sheets, formats; as problems of a check."""

from collections.abc import Iterator

from anchor_spend import drift
from anchor_spend.check.catalogue import entry
from anchor_spend.check.earlier import Before
from anchor_spend.check.result import Example, Problem, Severity
from anchor_spend.check.safe import heading, known_headers, printable
from anchor_spend.check.subject import Subject
from anchor_spend.column_changes import Change
from anchor_spend.errors import UnreadableFileError
from anchor_spend.records import RawTable
from anchor_spend.report.words import month
from anchor_spend.spec import Stream

_SEVERITIES: dict[str, Severity] = {"critical": "error", "warning": "warning", "info": "info"}
_NAMED = ("column_", "columns_", "sheet_")  # rules whose before and after are names out of the files


def of_readable(subject: Subject, before: Before | None) -> Iterator[Problem]:
    """What changed in a file that reads; jumps in its size are told by other rules."""
    if before:
        profile = drift.profile(subject.payments, subject.tables, subject.conformed.reading)
        reading = subject.conformed.reading | {"profile": profile}
        yield from _problems(drift.compare(before.reading, reading, subject.stream), before, subject.stream)


def of_refused(
    tables: list[RawTable], before: Before | None, stream: Stream, error: UnreadableFileError
) -> Iterator[Problem]:
    """What changed in a file that is refused; of columns, what its header says."""
    if before and tables:
        changes = drift.compare_refused(before.reading, tables, stream, error.rule)
        yield from _problems(changes, before, stream)


def _problems(changes: list[Change], before: Before, stream: Stream) -> Iterator[Problem]:
    known = known_headers(stream)
    for change in changes:
        found = entry(change.rule, "reading")
        was, now = (_shown(text, change.rule, known) for text in (change.before, change.after))
        told = f"Since {month(before.period)}: {was or 'not there'}, now {now or 'not there'}."
        column = heading(change.column, {*known, *stream.columns, *stream.optional_columns})
        examples = (Example(column=column),) if column else ()
        severity = _SEVERITIES[change.severity]
        yield Problem(found.name, severity, 1, found.applies_to, told, found.meaning, found.remedy, examples)


def _shown(text: str, rule: str, known: frozenset[str]) -> str:
    if not rule.startswith(_NAMED):
        return printable(text)
    return ", ".join(heading(part, known) for part in text.split(", "))
