"""Check one file: read it as the pipeline does, judge it by gate and rules, and say what was understood."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from anchor_spend import gates, ingest
from anchor_spend.check import problems
from anchor_spend.check.earlier import Wanted, compare
from anchor_spend.check.months import settled_month, stated_month
from anchor_spend.check.reading import landed_file, read_bytes
from anchor_spend.check.result import Check, Comparison, FileFacts, Month, Problem
from anchor_spend.check.rule_list import CHECK_RULES, judge
from anchor_spend.check.safe import gbp, printable
from anchor_spend.check.subject import Subject
from anchor_spend.check.understood import conservation, file_facts, payments_as_a_whole
from anchor_spend.errors import Place, SettingsError, UnreadableFileError
from anchor_spend.headers import find_layouts
from anchor_spend.records import ConformedFile, LandedFile, RawTable
from anchor_spend.rules import unreadable
from anchor_spend.spec import Publisher

Say = Callable[[str], None]
_ORDER = ("error", "warning", "info")


def _silent(_: str) -> None:
    """Nobody waits for this check."""


def check_file(
    path: Path,
    publisher: Publisher,
    stream: str = "payments",
    period: str = "",
    previous: Sequence[Path] = (),
    say: Say = _silent,
) -> Check:
    """The whole answer on one file; `say` is told what goes on.

    SettingsError for a path, stream or period that cannot be used.
    """
    if stream not in publisher.streams:
        known = ", ".join(publisher.streams)
        raise SettingsError(f"{publisher.publisher_id} has no stream {stream!r}; its spec has: {known}.")
    declared = publisher.streams[stream]  # type: ignore[index]
    month = stated_month(path.name, period, declared)
    say(f"Reading {printable(path.name)}")
    try:
        data = read_bytes(path)
        # where only the dates can say the month, any month reads them
        file = landed_file(path, data, publisher, stream, month.period or declared.first_period)
        tables, conformed = ingest.read_with_tables(file, publisher, data)
        month = settled_month(month, list(conformed.payments["payment_date"]), declared)
        if not month.period:
            raise unreadable("month_unknown", "Neither its name nor its dates say it.", Place())
    except UnreadableFileError as error:
        return _refused(path, publisher, stream, month, error)
    subject = _subject(publisher, stream, month, tables, conformed)
    return _judged(subject, replace(file, period=month.period), path, previous, say)


def _subject(
    publisher: Publisher,
    stream: str,
    month: Month,
    tables: list[RawTable],
    conformed: ConformedFile,
) -> Subject:
    layouts = find_layouts(tables, publisher.streams[stream], Place())  # type: ignore[index]
    return Subject(publisher, stream, month, tables, layouts, conformed)


def _refused(
    path: Path, publisher: Publisher, stream: str, month: Month, error: UnreadableFileError
) -> Check:
    problem = problems.of_refusal(error, publisher.streams[stream], bool(month.period))  # type: ignore[index]
    size = path.stat().st_size
    return Check(
        verdict="not_ready",
        headline=f"NOT READY: the file cannot be read. {problem.meaning}",
        publisher_id=publisher.publisher_id,
        body=publisher.name,
        stream=stream,
        month=month,
        file=FileFacts(printable(path.name), size, ""),
        problems=(problem,),
        checks_made=1,
    )


def _judged(subject: Subject, file: LandedFile, path: Path, previous: Sequence[Path], say: Say) -> Check:
    say("Comparing with earlier months")
    month = subject.month
    wanted = Wanted(
        path, subject.publisher, subject.stream_name, month.period, month.last_month, subject.conformed
    )
    comparison, copies = compare(wanted, previous)
    subject = replace(subject, comparison=comparison, copies_of=copies)
    say("Judging the file (some seconds)")
    trailing = [item.pence for item in comparison.months]
    fact = gates.file_facts(subject.conformed, subject.publisher, subject.stream_name, file, trailing)
    results = gates.check_landed_files([fact])[file.file_id]
    found = [
        *problems.of_gate(results),
        *problems.of_rejected(subject),
        *problems.of_findings(subject),
        *judge(subject),
    ]
    return _answer(subject, file, comparison, found, len(results) + len(CHECK_RULES))


def _answer(
    subject: Subject, file: LandedFile, comparison: Comparison, found: list[Problem], checks_made: int
) -> Check:
    counts = Counter(problem.severity for problem in found)
    is_ready = not counts["error"]
    return Check(
        verdict="not_ready" if not is_ready else "ready_with_warnings" if counts["warning"] else "ready",
        headline=_headline(subject, counts["error"], counts["warning"]),
        publisher_id=subject.publisher.publisher_id,
        body=subject.publisher.name,
        stream=subject.stream_name,
        month=subject.month,
        file=file_facts(subject, file),
        conservation=conservation(subject.conformed),
        payments=payments_as_a_whole(subject),
        problems=tuple(sorted(found, key=lambda problem: _ORDER.index(problem.severity))),
        comparison=comparison,
        checks_made=checks_made,
    )


def _headline(subject: Subject, errors: int, warnings: int) -> str:
    total = sum(int(pence) for pence in subject.payments["amount_pence"])
    rows = len(subject.payments)
    figures = f"{rows:,} payment{'' if rows == 1 else 's'}, {gbp(total)}"
    counts = ((errors, "error"), (warnings, "warning"))
    told = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    verdict = "NOT READY" if errors else "READY WITH WARNINGS" if warnings else "READY"
    return f"{verdict}: {figures}{' (' + ', '.join(told) + ')' if told else ''}"
