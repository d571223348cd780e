"""Releases: plan one, gate it, swap what analysts see, roll back.

A release is a numbered, immutable set of file versions with the marts built from them in schema release_<n>.
Analysts read views in `published`, which all point at one release and are swapped in one transaction.
"""

import hashlib
import json
import logging
import os
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from anchor_spend import database, dated_seeds, swap
from anchor_spend.errors import ReleaseError
from anchor_spend.periods import (
    due_date,
    file_months,
    file_period,
    months_between,
    period_of,
    whole_financial_years,
)
from anchor_spend.records import RunRequest
from anchor_spend.review import seed
from anchor_spend.settings import PROJECT, load_settings
from anchor_spend.spec import Publisher, load_readable_specs

log = logging.getLogger(__name__)

_CODE = ("plugins/anchor_spend", "dbt_project", "expectations")
_CODE_SUFFIXES = {".py", ".sql", ".psql", ".csv", ".json", ".yml", ".j2", ".css", ".txt", ".md"}


# plan ---------------------------------------------------------------------------------------------------


def plan(request: RunRequest) -> int | None:
    """Register the next release of the request's world; None when nothing changed since the current one.

    Its file set is every accepted version; its calendar covers the whole financial years those files touch.
    A body whose spec cannot be read is kept as the latest release has it; one no release has is left out.
    ReleaseError when there is no accepted file at all, ReviewError when reviewed rows cannot be read.
    """
    specs, problems = load_readable_specs()
    with database.connect("publisher") as connection:
        carried = _carried_from(connection, request.is_synthetic, problems)
        _say_broken(problems, carried)
        files = [
            file
            for file in _accepted_files(connection, request.is_synthetic)
            if file[1] not in problems or file[1] in carried
        ]
        if not files:
            raise ReleaseError(
                "No file has been accepted, so there is nothing to release. `anchor-spend status` says why."
            )
        window = whole_financial_years(min(p for *_, p in files), max(p for *_, p in files))
        expected = [
            *expected_files(specs.values(), *window),
            *_carried_files(connection, carried, *window),
        ]
        seed.require_personal(connection)
        fingerprint = _fingerprint(connection, request.is_synthetic, files, expected, problems)
        if not _is_new(connection, request.is_synthetic, fingerprint):
            return None
        number = _insert_release(connection, request, fingerprint, window)
        _record_inputs(connection, number, files, specs, expected, window[1])
        _record_broken(connection, number, problems, carried)
    log.info("release %d planned: %d files, %s to %s", number, len(files), *window)
    return number


class ExpectedFile(NamedTuple):
    """A file a spec promises; `months_count` of its months fall into the body's life."""

    publisher_id: str
    stream: str
    period: str
    due_on: date
    months_count: int


def expected_files(publishers: Iterable[Publisher], first: str, last: str) -> Iterator[ExpectedFile]:
    """The expected-file calendar: each promised file whose first month lies in the window."""
    for publisher in publishers:
        for name, stream in publisher.streams.items():
            for period in months_between(max(first, stream.first_period), last):
                ended = stream.last_period is not None and period > stream.last_period
                begins_a_file = file_period(period, stream.cadence) == period
                months = file_months(period, stream.cadence) if begins_a_file and not ended else []
                alive = sum(_body_exists(publisher, month) for month in months)
                if alive:
                    due_on = due_date(months[-1], stream.due_days_of(period))
                    yield ExpectedFile(publisher.publisher_id, name, period, due_on, alive)


def _body_exists(publisher: Publisher, month: str) -> bool:
    starts = period_of(publisher.valid_from) <= month
    return starts and (publisher.valid_to is None or month <= period_of(publisher.valid_to))


def _accepted_files(
    connection: psycopg.Connection[Any], is_synthetic: bool
) -> list[tuple[int, str, str, str]]:
    return connection.execute(
        """select file_id, publisher_id, stream, period from landing.file_versions
           where is_synthetic = %s and status = 'accepted' order by file_id""",
        [is_synthetic],
    ).fetchall()


def _fingerprint(
    connection: psycopg.Connection[Any],
    is_synthetic: bool,
    files: list[tuple[int, str, str, str]],
    expected: list[ExpectedFile],
    problems: dict[str, str],
) -> str:
    """Equal fingerprints give equal releases: files, also refused ones, register vintages, code, state of the
    calendar, specs that cannot be read, reviewed rows in force."""
    vintages = connection.execute(
        "select dataset, sha256 from reference.vintages where is_synthetic = %s order by dataset",
        [is_synthetic],
    ).fetchall()
    present = {identity for _, *rest in files for identity in [tuple(rest)]}
    today = date.today()
    gaps = [
        [*file[:3], file.months_count, (today > file.due_on) + ((today - file.due_on).days >= 31)]
        for file in expected
        if file[:3] not in present
    ]
    refused = connection.execute(
        """select file_id, status_rule from landing.file_versions
           where is_synthetic = %s and status in ('rejected', 'held') order by file_id""",
        [is_synthetic],
    ).fetchall()
    parts = [is_synthetic, [file_id for file_id, *_ in files], vintages, gaps, _code_sha256()]
    parts += [refused, sorted(problems), dated_seeds.in_force(today)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _code_sha256() -> str:
    digest = hashlib.sha256()
    folders = [PROJECT / folder for folder in _CODE] + [load_settings().publishers]
    paths = [p for folder in folders for p in folder.rglob("*") if p.suffix in _CODE_SUFFIXES]
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _is_new(connection: psycopg.Connection[Any], is_synthetic: bool, fingerprint: str) -> bool:
    same = connection.execute(
        """select r.release_number, r.status, c.release_number is not null as is_current
           from quality.releases r left join quality.current_release c using (release_number)
           where r.is_synthetic = %s and r.fingerprint = %s and r.status in ('published', 'withdrawn')""",
        [is_synthetic, fingerprint],
    ).fetchall()
    for number, status, is_current in same:
        if is_current:
            log.info("nothing changed since release %d, which analysts see now", number)
            return False
        if status == "withdrawn":
            log.warning("release %d was withdrawn and nothing changed since: not built again", number)
            return False
    return True


def _insert_release(
    connection: psycopg.Connection[Any], request: RunRequest, fingerprint: str, window: tuple[str, str]
) -> int:
    connection.execute(
        """update quality.releases set status = 'failed', status_reason = 'did not finish'
           where status = 'building' and is_synthetic = %s""",
        [request.is_synthetic],
    )
    row = connection.execute(
        """insert into quality.releases
               (source, is_synthetic, fingerprint, git_revision, window_from, window_to)
           values (%s, %s, %s, %s, %s, %s) returning release_number""",
        [request.source, request.is_synthetic, fingerprint, git_revision(), *window],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _record_inputs(
    connection: psycopg.Connection[Any],
    number: int,
    files: list[tuple[int, str, str, str]],
    specs: dict[str, Publisher],
    expected: list[ExpectedFile],
    last: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into quality.release_files values (%s, %s)", [(number, file_id) for file_id, *_ in files]
        )
        cursor.executemany(
            """insert into quality.release_publishers
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [(number, *_publisher_row(publisher, last)) for publisher in specs.values()],
        )
        cursor.executemany(
            "insert into quality.release_expected_files values (%s, %s, %s, %s, %s, %s)",
            [(number, *row) for row in expected],
        )


# broken specs -------------------------------------------------------------------------------------------


def _carried_from(
    connection: psycopg.Connection[Any], is_synthetic: bool, problems: dict[str, str]
) -> dict[str, int]:
    """Of the bodies whose spec cannot be read, the latest release of this world that has them."""
    rows = connection.execute(
        """select publisher_id, max(release_number)
           from quality.release_publishers join quality.releases using (release_number)
           where is_synthetic = %s and publisher_id = any(%s) group by 1""",
        [is_synthetic, list(problems)],
    )
    return {publisher_id: int(number) for publisher_id, number in rows}


def _say_broken(problems: dict[str, str], carried: dict[str, int]) -> None:
    for publisher_id, problem in problems.items():
        kept = f"kept as in release {carried[publisher_id]}" if publisher_id in carried else "left out"
        log.error("%s is %s: its spec cannot be read. %s", publisher_id, kept, problem)


def _carried_files(
    connection: psycopg.Connection[Any], carried: dict[str, int], first: str, last: str
) -> Iterator[ExpectedFile]:
    for publisher_id, number in carried.items():
        rows = connection.execute(
            """select publisher_id, stream, period, due_on, months_count from quality.release_expected_files
               where release_number = %s and publisher_id = %s and period between %s and %s
               order by stream, period""",
            [number, publisher_id, first, last],
        )
        yield from (ExpectedFile(*row) for row in rows)


def _record_broken(
    connection: psycopg.Connection[Any], number: int, problems: dict[str, str], carried: dict[str, int]
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into quality.release_spec_errors values (%s, %s, %s)",
            [(number, *problem) for problem in problems.items()],
        )
        cursor.executemany(
            """insert into quality.release_publishers
               select %s, publisher_id, body_name, org_id, body_type, ons_code, ods_code, postcode,
                      valid_from, valid_to, vat_basis, threshold_gbp, licence, is_verified, is_memo,
                      predecessors
               from quality.release_publishers where release_number = %s and publisher_id = %s""",
            [(number, before, publisher_id) for publisher_id, before in carried.items()],
        )


def _publisher_row(publisher: Publisher, last: str) -> tuple[Any, ...]:
    stream = next(iter(publisher.streams))
    return (
        publisher.publisher_id, publisher.name, publisher.org_id, publisher.body_type, publisher.ons_code,
        publisher.ods_code, publisher.postcode, publisher.valid_from, publisher.valid_to,
        publisher.vat_basis_of(stream, last), publisher.threshold_of(last), publisher.licence,
        publisher.verified is not None, publisher.county == "memo", list(publisher.predecessors),
    )  # fmt: skip


def git_revision() -> str:
    """The commit, with '+' when files differ from it; outside a checkout ANCHOR_SPEND_REVISION."""
    try:
        revision = _git("rev-parse", "--short=12", "HEAD")
        return revision + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return os.environ.get("ANCHOR_SPEND_REVISION", "unknown")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(PROJECT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()


# gates --------------------------------------------------------------------------------------------------


def gate_payments(is_synthetic: bool) -> int:
    """Check loaded files in the database; hold those that fail. Number of files held."""
    from anchor_spend import gates

    held = 0
    while True:  # a held file gives way to the version before it, which may never have been checked
        results = gates.check_payments(is_synthetic)
        newly = gates.hold_files(results)  # before they are kept: a file whose results are kept is judged
        gates.store_results(results)
        held += newly
        if not newly:
            return held


def gate(number: int) -> None:
    """Check the candidate release; ReleaseError, and status 'refused', when a critical expectation fails."""
    from anchor_spend import gates

    results = gates.check_county_view(number)
    gates.store_results(results)
    failed = [result for result in results if result.stops]
    if failed:
        reason = "; ".join(f"{item.expectation} ({item.column}): {item.why}" for item in failed)
        _set_status(number, "refused", reason)
        raise ReleaseError(
            f"Release {number} was refused; analysts still see the one before.\n"
            + "\n".join(gates.summarise(results))
            + f"\nThe candidate stays in schema release_{number} for inspection."
        )


def _set_status(number: int, status: str, reason: str) -> None:
    with database.connect("publisher") as connection:
        connection.execute(
            "update quality.releases set status = %s, status_reason = %s where release_number = %s",
            [status, reason, number],
        )


# publish ------------------------------------------------------------------------------------------------


def publish(number: int) -> None:
    """Show release `number` to analysts, all views in one transaction, then drop schemas no longer kept."""
    swap.show(number, withdraw_later=False)
    swap.drop_old_schemas()


def rollback(number: int | None = None) -> int:
    """Show an earlier release again (default: the one before the current); later ones become 'withdrawn'."""
    with database.connect("publisher") as connection:
        target = connection.execute(
            """select r.release_number
               from quality.current_release c
               join quality.releases shown using (release_number)
               join quality.releases r on r.is_synthetic = shown.is_synthetic
               where r.status = 'published' and r.release_number < c.release_number
                   and r.release_number = coalesce(%s, r.release_number)
                   and to_regclass(format('release_%%s.county_view', r.release_number)) is not null
               order by r.release_number desc limit 1""",
            [number],
        ).fetchone()
    if target is None:
        raise ReleaseError(
            "There is no earlier published release to go back to"
            + (f" with number {number}" if number else "")
            + ". `anchor-spend release list` shows what is kept."
        )
    swap.show(int(target[0]), withdraw_later=True)
    return int(target[0])


# show ---------------------------------------------------------------------------------------------------


def list_releases() -> list[dict[str, Any]]:
    """Every release, newest first; `is_current` marks the one analysts see."""
    with database.connect("publisher") as connection:
        cursor = connection.cursor(row_factory=dict_row)
        return cursor.execute(
            """select r.release_number, r.status, r.status_reason, r.source, r.is_synthetic, r.window_from,
                      r.window_to, r.created_at, r.published_at, r.git_revision, r.totals,
                      c.release_number is not null as is_current
               from quality.releases r left join quality.current_release c using (release_number)
               order by r.release_number desc"""
        ).fetchall()


def show_release(number: int) -> dict[str, Any]:
    """One release with its failed expectations; ReleaseError when there is none of that number."""
    found = [row for row in list_releases() if row["release_number"] == number]
    if not found:
        raise ReleaseError(f"There is no release {number}. `anchor-spend release list` shows them all.")
    with database.connect("publisher") as connection:
        cursor = connection.cursor(row_factory=dict_row)
        failures = cursor.execute(
            """select suite, expectation, column_name, severity, observed, why from quality.gate_results
               where release_number = %s and not success order by severity""",
            [number],
        ).fetchall()
    return {**found[0], "failed_expectations": failures}
