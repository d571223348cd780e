"""Check one file: read it as the pipeline does, judge it by gate and rules, and say what was understood."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from anchor_spend import gates, ingest
from anchor_spend.check import changes, problems
from anchor_spend.check.earlier import Beside, Wanted, compare, latest_before
from anchor_spend.check.months import settled_month, stated_month
from anchor_spend.check.reading import landed_file, read_bytes
from anchor_spend.check.result import Check, FileFacts, Month, Problem
from anchor_spend.check.rule_list import CHECK_RULES, judge
from anchor_spend.check.safe import gbp, printable
from anchor_spend.check.subject import Subject
from anchor_spend.check.understood import conservation, file_facts, payments_as_a_whole
from anchor_spend.errors import Place, SettingsError, UnreadableFileError
from anchor_spend.headers import find_layouts
from anchor_spend.ledger import EarlierMonth
from anchor_spend.readers import read_tables
from anchor_spend.records import ConformedFile, LandedFile, RawTable
from anchor_spend.rules import unreadable
from anchor_spend.spec import Publisher, Stream

Say = Callable[[str], None]
_ORDER = ("error", "warning", "info")
_BEHIND_ALL = "9999-12"  # a month later than that of any file


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
        wanted = Wanted(path, publisher, stream, month.period or _BEHIND_ALL)
        return _refused(wanted, month, error, previous)
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


def _refused(wanted: Wanted, month: Month, error: UnreadableFileError, previous: Sequence[Path]) -> Check:
    stream = wanted.publisher.streams[wanted.stream]  # type: ignore[index]
    problem = problems.of_refusal(error, stream, bool(month.period))
    before = latest_before(wanted, previous)
    tables = _tables_of_refused(wanted.path, stream) if before else []
    return Check(
        verdict="not_ready",
        headline=f"NOT READY: the file cannot be read. {problem.meaning}",
        publisher_id=wanted.publisher.publisher_id,
        body=wanted.publisher.name,
        stream=wanted.stream,
        month=month,
        file=FileFacts(printable(wanted.path.name), wanted.path.stat().st_size, ""),
        problems=(problem, *_in_order(changes.of_refused(tables, before, stream, error))),
        checks_made=1,
    )


def _tables_of_refused(path: Path, stream: Stream) -> list[RawTable]:
    """The tables of a file that was refused for what is in them; none where it holds no table."""
    try:
        return read_tables(read_bytes(path), path.name, stream.format)
    except UnreadableFileError:
        return []


def _in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(found, key=lambda problem: _ORDER.index(problem.severity)))


def _judged(subject: Subject, file: LandedFile, path: Path, previous: Sequence[Path], say: Say) -> Check:
    say("Comparing with earlier months")
    month = subject.month
    wanted = Wanted(path, subject.publisher, subject.stream_name, month.period)
    beside = compare(wanted, month.last_month, subject.conformed, previous)
    subject = replace(subject, comparison=beside.comparison, copies_of=beside.copies_of)
    say("Judging the file (some seconds)")
    trailing = [item.pence for item in beside.comparison.months]
    fact = gates.file_facts(
        subject.conformed, subject.publisher, subject.stream_name, file, trailing, _replaced(beside)
    )
    results = gates.check_landed_files([fact])[file.file_id]
    found = [
        *problems.of_gate(results),
        *problems.of_rejected(subject),
        *problems.of_findings(subject),
        *changes.of_readable(subject, beside.before),
        *judge(subject),
    ]
    return _answer(subject, file, found, len(results) + len(CHECK_RULES))


def _replaced(beside: Beside) -> EarlierMonth | None:
    """What the database has of this very month, as the gate takes it."""
    already = beside.comparison.published_already
    return EarlierMonth(already.period, already.rows, already.pence, 0) if already else None


def _answer(subject: Subject, file: LandedFile, found: list[Problem], checks_made: int) -> Check:
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
        problems=_in_order(found),
        comparison=subject.comparison,
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
