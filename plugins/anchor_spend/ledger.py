"""The ledger: every fetch attempt and every version of every file, in `landing` (and findings in `quality`).

In: attempts, landed bytes' hashes, verdicts. Out: which versions are to be loaded, the validators of the last
good answer, earlier totals. Every function is one transaction of the role loader, or part of the caller's.

A file's identity is (is_synthetic, publisher_id, stream, period); a version of it is its bytes' sha256 and,
where a corrected spec reads the same bytes anew, the number of the reading.
What a publisher shows now is the only version that may come to count:

- new bytes are 'landed'; a version that waits and is no longer shown is 'superseded' before it was loaded;
- bytes shown again after a later version replaced them are 'landed' again, so that they count again;
- bytes rejected before stay rejected under the same spec; a changed spec gives them another try;
- bytes accepted or held stay so: no new work.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from anchor_spend import database, paid
from anchor_spend.errors import DatabaseError, UnreadableFileError
from anchor_spend.records import (
    ConformedFile,
    DiscoveredFile,
    FetchAttempt,
    Finding,
    LandedFile,
    Source,
)

Connection = psycopg.Connection[Any]

LANDED_FILE = "file_id, publisher_id, stream, period, sha256, file_name, size_bytes, url"
_SAME_IDENTITY = """
    (f.is_synthetic, f.publisher_id, f.stream, f.period)
    = (t.is_synthetic, t.publisher_id, t.stream, t.period)
"""


@dataclass(frozen=True)
class Identity:
    """What a file is, whatever its address or bytes."""

    is_synthetic: bool
    publisher_id: str
    stream: str
    period: str


@dataclass(frozen=True)
class Validators:
    """What makes a conditional GET, and the version the publisher will mean by 'not modified'."""

    etag: str
    last_modified: str
    sha256: str
    file_name: str
    size_bytes: int


@dataclass(frozen=True)
class EarlierMonth:
    """Totals of an accepted month, for comparison with a new one."""

    period: str
    rows_payments: int
    pence_payments: int
    rows_rejected: int


@dataclass(frozen=True)
class Version:
    """The bytes that an answer brought, as the landing store holds them."""

    sha256: str
    file_name: str
    size_bytes: int
    spec_sha256: str  # of the spec that would read it now


# attempts ------------------------------------------------------------------------------------------------


def record_attempt(
    run_id: str, is_synthetic: bool, publisher_id: str, stream: str, period: str | None, attempt: FetchAttempt
) -> None:
    """Keep one attempt; a listing page has no period."""
    with database.connect("loader") as connection:
        _insert_attempt(connection, run_id, (is_synthetic, publisher_id, stream, period), attempt)


def _insert_attempt(
    connection: Connection,
    run_id: str,
    identity: tuple[bool, str, str, str | None],
    attempt: FetchAttempt,
) -> None:
    connection.execute(
        """insert into landing.fetch_attempts (
               run_id, is_synthetic, publisher_id, stream, period, url, started_at, duration_ms, outcome,
               http_status, detail, response_headers, redirects, sha256, size_bytes)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            run_id, *identity, attempt.url, attempt.started_at, attempt.duration_ms, attempt.outcome,
            attempt.http_status, attempt.detail, Jsonb(attempt.response_headers), Jsonb(attempt.redirects),
            attempt.sha256, attempt.size_bytes,
        ],
    )  # fmt: skip


def open_problems(is_synthetic: bool) -> list[dict[str, str]]:
    """What the latest run of each body could not read or place: listings, and files without a certain period.

    Files whose period is known are in the calendar. Keys: publisher_id, stream, detail.
    """
    query = """
        with latest as (
            select distinct on (publisher_id) is_synthetic, publisher_id, run_id
            from landing.fetch_attempts where is_synthetic = %s
            order by publisher_id, attempt_id desc
        ),
        last_tries as (
            select distinct on (a.publisher_id, a.stream, a.url)
                   a.publisher_id, a.stream, a.url, a.outcome, a.detail
            from landing.fetch_attempts a join latest using (is_synthetic, publisher_id, run_id)
            where a.period is null
            order by a.publisher_id, a.stream, a.url, a.attempt_id desc
        )
        select publisher_id, stream, detail from last_tries where outcome = 'failed'
        order by publisher_id, stream, url"""
    with database.connect("loader") as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, [is_synthetic]).fetchall()


def last_validators(url: str, is_synthetic: bool) -> Validators | None:
    """ETag and Last-Modified of the last successful answer at `url`, if its bytes are a known version.

    An attempt whose bytes never reached the ledger gives none: 'not modified' would then leave nothing.
    """
    query = """
        select coalesce(a.response_headers ->> 'etag', '') as etag,
               coalesce(a.response_headers ->> 'last-modified', '') as last_modified,
               f.sha256, f.file_name, f.size_bytes
        from landing.fetch_attempts a
        join landing.file_versions f
          on (f.is_synthetic, f.publisher_id, f.stream, f.period, f.sha256)
             = (a.is_synthetic, a.publisher_id, a.stream, a.period, a.sha256)
        where a.is_synthetic = %s and a.url = %s and a.outcome in ('landed', 'unchanged')
        order by a.attempt_id desc
        limit 1"""
    with database.connect("loader") as connection, connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(query, [is_synthetic, url]).fetchone()
    return Validators(**row) if row and (row["etag"] or row["last_modified"]) else None


@contextmanager
def turn_at_host(host: str) -> Iterator[None]:
    """Wait for, then hold, the one turn at a host, across all processes; a killed process gives it back."""
    with database.connect("loader", autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [f"turn at {host}"])
        yield


# versions ------------------------------------------------------------------------------------------------


def land_version(
    file: DiscoveredFile, source: Source, version: Version, run_id: str, attempt: FetchAttempt
) -> LandedFile:
    """Note that a publisher shows these bytes now, with the attempt that brought them, in one transaction.

    The attempt is kept as 'landed' when there is work to do, else as 'unchanged'. The landing store must hold
    the bytes already.
    """
    is_synthetic = source == "sample"
    identity = Identity(is_synthetic, file.publisher_id, file.stream, file.period)
    with database.connect("loader") as connection:
        _lock(connection, identity)
        landed, is_new = _insert_version(connection, identity, file, source, version)
        is_work = is_new or _land_again(connection, landed.file_id, file, source, version)
        _drop_waiting(connection, landed.file_id)
        outcome = replace(attempt, outcome="landed" if is_work else "unchanged")
        _insert_attempt(
            connection, run_id, (is_synthetic, file.publisher_id, file.stream, file.period), outcome
        )
    return landed


def _lock(connection: Connection, identity: Identity) -> None:
    key = f"{identity.is_synthetic}/{identity.publisher_id}/{identity.stream}/{identity.period}"
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def lock_identity(connection: Connection, file_id: int) -> None:
    """Until the caller's transaction ends, no other version of the same file changes state."""
    _lock(connection, _identity(connection, file_id))


def _identity(connection: Connection, file_id: int) -> Identity:
    row = connection.execute(
        "select is_synthetic, publisher_id, stream, period from landing.file_versions where file_id = %s",
        [file_id],
    ).fetchone()
    if row is None:
        raise DatabaseError(f"The ledger has no file version {file_id}. Was the database replaced meanwhile?")
    return Identity(*row)


def _insert_version(
    connection: Connection, identity: Identity, file: DiscoveredFile, source: Source, version: Version
) -> tuple[LandedFile, bool]:
    key = [identity.is_synthetic, file.publisher_id, file.stream, file.period, version.sha256]
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"""insert into landing.file_versions
                    (is_synthetic, publisher_id, stream, period, sha256, source, file_name, size_bytes, url)
                values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
                on conflict (is_synthetic, publisher_id, stream, period, sha256, reading_number) do nothing
                returning {LANDED_FILE}""",  # noqa: S608 - column names are constants
            [*key, source, version.file_name, version.size_bytes, file.url],
        )
        row = cursor.fetchone()
        if row:
            return LandedFile(**row), True
        cursor.execute(
            f"""select {LANDED_FILE} from landing.file_versions
                where (is_synthetic, publisher_id, stream, period, sha256) = (%s, %s, %s, %s, %s)
                order by status = 'rejected', reading_number desc limit 1""",  # noqa: S608
            key,
        )
        return LandedFile(**cursor.fetchone()), False  # type: ignore[arg-type]  # the conflict proves a row


def _land_again(
    connection: Connection, file_id: int, file: DiscoveredFile, source: Source, version: Version
) -> bool:
    """A version replaced earlier, or rejected under another spec, is to be worked once more."""
    done = connection.execute(
        """update landing.file_versions
           set status = 'landed', status_rule = '', landed_at = clock_timestamp(), source = %(source)s,
               url = %(url)s,
               file_name = %(file_name)s, superseded_at = null, superseded_by = null,
               status_reason = case status when 'superseded' then 'published again' else 'tried again' end
           where file_id = %(file_id)s
             and (status = 'superseded'
                  or (status = 'rejected'
                      and (spec_sha256 is distinct from %(spec)s or status_reason like '[fault]%%')))""",
        {
            "file_id": file_id,
            "source": source,
            "url": file.url,
            "file_name": version.file_name,
            "spec": version.spec_sha256,
        },
    )
    return done.rowcount > 0


def _drop_waiting(connection: Connection, file_id: int) -> None:
    """Other versions of the same file that wait to be loaded are no longer what the publisher shows."""
    connection.execute(
        f"""update landing.file_versions f
            set status = 'superseded', status_reason = 'replaced before it was loaded',
                superseded_at = clock_timestamp(), superseded_by = t.file_id
            from landing.file_versions t
            where t.file_id = %s and t.status <> 'rejected' and {_SAME_IDENTITY}
              and f.file_id <> t.file_id and f.status = 'landed'""",  # noqa: S608 - constants
        [file_id],
    )


def versions_to_load(
    is_synthetic: bool,
    publishers: Sequence[str] = (),
    first: str = "",
    last: str = "",
    file_ids: Sequence[int] | None = None,
) -> list[LandedFile]:
    """Versions landed and not yet loaded, oldest first; each narrowing argument is optional."""
    query = f"""
        select {LANDED_FILE} from landing.file_versions
        where status = 'landed' and is_synthetic = %(is_synthetic)s
          and (%(publishers)s::text[] = '{{}}' or publisher_id = any(%(publishers)s))
          and (%(first)s = '' or period >= %(first)s)
          and (%(last)s = '' or period <= %(last)s)
          and (%(file_ids)s::bigint[] is null or file_id = any(%(file_ids)s))
        order by landed_at, file_id"""  # noqa: S608 - column names are constants
    values = {
        "is_synthetic": is_synthetic,
        "publishers": list(publishers),
        "first": first,
        "last": last,
        "file_ids": None if file_ids is None else list(file_ids),
    }
    with database.connect("loader") as connection, connection.cursor(row_factory=dict_row) as cursor:
        return [LandedFile(**row) for row in cursor.execute(query.encode(), values)]


def accepted_identities(is_synthetic: bool, publisher_id: str) -> set[tuple[str, str]]:
    """The (stream, period) of every file of a body that has a version that counts."""
    with database.connect("loader") as connection:
        rows = connection.execute(
            """select stream, period from landing.file_versions
               where status = 'accepted' and is_synthetic = %s and publisher_id = %s""",
            [is_synthetic, publisher_id],
        )
        return {(stream, period) for stream, period in rows}


def landed_identities(is_synthetic: bool, publisher_id: str) -> set[tuple[str, str]]:
    """The (stream, period) of every file of a body whose bytes were ever had."""
    with database.connect("loader") as connection:
        rows = connection.execute(
            """select distinct stream, period from landing.file_versions
               where is_synthetic = %s and publisher_id = %s""",
            [is_synthetic, publisher_id],
        )
        return {(stream, period) for stream, period in rows}


def replaced(file_id: int) -> EarlierMonth | None:
    """Totals of the version that counts now and that this one would replace."""
    query = f"""
        select f.period, f.rows_payments, f.pence_payments, f.rows_rejected
        from landing.file_versions f, landing.file_versions t
        where t.file_id = %s and {_SAME_IDENTITY} and f.file_id <> t.file_id and f.status = 'accepted'"""  # noqa: S608
    with database.connect("loader") as connection:
        row = connection.execute(query.encode(), [file_id]).fetchone()
    return EarlierMonth(*row) if row else None


def mark_rejected(file_id: int, reason: str, spec_sha256: str, *, rule: str) -> None:
    """A landed version that `rule` says cannot be read or believed; `spec_sha256` is of the spec used."""
    with database.connect("loader") as connection:
        connection.execute(
            """update landing.file_versions
               set status = 'rejected', status_reason = %s, status_rule = %s, spec_sha256 = %s
               where file_id = %s and status = 'landed'""",
            [reason, rule, spec_sha256, file_id],
        )


def accept(connection: Connection, file_id: int, conformed: ConformedFile, *, spec_sha256: str) -> None:
    """This version counts from now on, the one that counted before is superseded; its payments are loaded.

    Part of the caller's transaction. UnreadableFileError when rows or pence do not add up: what was read is
    not payments + rejected + excluded.
    """
    counts = _counts(conformed)
    _check_conservation(counts)
    superseded = _supersede_others(connection, file_id)
    done = connection.execute(
        """update landing.file_versions
           set status = 'accepted', status_reason = '', status_rule = '', accepted_at = clock_timestamp(),
               superseded_at = null, superseded_by = null, spec_sha256 = %(spec_sha256)s,
               reading = %(reading)s, rows_read = %(rows_read)s, pence_read = %(pence_read)s,
               rows_payments = %(rows_payments)s, pence_payments = %(pence_payments)s,
               rows_rejected = %(rows_rejected)s, pence_rejected = %(pence_rejected)s,
               rows_excluded = %(rows_excluded)s, pence_excluded = %(pence_excluded)s
           where file_id = %(file_id)s and status in ('landed', 'accepted')""",
        {
            **counts,
            "file_id": file_id,
            "spec_sha256": spec_sha256,
            "reading": Jsonb(conformed.reading),
        },
    )
    _require_one(done.rowcount, file_id)
    paid.follow(connection, [file_id, *superseded])


def accept_again(connection: Connection, file_id: int) -> None:
    """A version that counted before and is published again counts again, with the rows it has."""
    superseded = _supersede_others(connection, file_id)
    done = connection.execute(
        """update landing.file_versions
           set status = 'accepted', status_reason = 'published again', status_rule = '', superseded_at = null,
               superseded_by = null
           where file_id = %s and status in ('landed', 'accepted')""",
        [file_id],
    )
    _require_one(done.rowcount, file_id)
    paid.follow(connection, [file_id, *superseded])


def _supersede_others(connection: Connection, file_id: int) -> list[int]:
    lock_identity(connection, file_id)
    superseded = connection.execute(
        f"""update landing.file_versions f
            set status = 'superseded', superseded_at = clock_timestamp(), superseded_by = t.file_id
            from landing.file_versions t
            where t.file_id = %s and {_SAME_IDENTITY}
              and f.file_id <> t.file_id and f.status = 'accepted'
            returning f.file_id""",  # noqa: S608 - constants
        [file_id],
    )
    return [earlier for (earlier,) in superseded]


def _require_one(rowcount: int, file_id: int) -> None:
    if rowcount != 1:
        raise DatabaseError(
            f"File version {file_id} no longer waits to be loaded: another run rejected or replaced it. "
            "Run again; what the publisher shows now will be loaded."
        )


def _counts(conformed: ConformedFile) -> dict[str, int]:
    counts = {"rows_read": conformed.rows_read, "pence_read": conformed.pence_read}
    for name in ("payments", "rejected", "excluded"):
        frame = getattr(conformed, name)
        counts[f"rows_{name}"] = len(frame)
        counts[f"pence_{name}"] = sum(int(pence) for pence in frame["amount_pence"])
    return counts


def _check_conservation(counts: dict[str, int]) -> None:
    for unit in ("rows", "pence"):
        parts = [counts[f"{unit}_{name}"] for name in ("payments", "rejected", "excluded")]
        if counts[f"{unit}_read"] != sum(parts):
            raise UnreadableFileError(
                "conservation",
                f"{unit} read ({counts[f'{unit}_read']}) are not payments + rejected + excluded "
                f"({' + '.join(map(str, parts))}).",
                "nothing of this file was loaded; report it, the reading of this layout is at fault.",
            )


def mark_held(file_id: int, reason: str, *, rule: str) -> None:
    """An accepted version that fails the payments gate by `rule`; the version it replaced counts again."""
    with database.connect("loader") as connection:
        lock_identity(connection, file_id)
        done = connection.execute(
            """update landing.file_versions set status = 'held', status_reason = %s, status_rule = %s
               where file_id = %s and status = 'accepted'""",
            [reason, rule, file_id],
        )
        if done.rowcount:
            paid.follow(connection, [file_id, *_reinstate_replaced(connection, file_id)])


def _reinstate_replaced(connection: Connection, file_id: int) -> list[int]:
    reinstated = connection.execute(
        """update landing.file_versions
           set status = 'accepted', superseded_at = null, superseded_by = null,
               status_reason = 'counts again: the later version is held'
           where file_id = (
               select file_id from landing.file_versions
               where superseded_by = %s and status = 'superseded' and accepted_at is not null
               order by superseded_at desc limit 1)
           returning file_id""",
        [file_id],
    )
    return [earlier for (earlier,) in reinstated]


# earlier months, findings --------------------------------------------------------------------------------


def trailing_totals(identity: Identity, count: int) -> list[EarlierMonth]:
    """The latest `count` accepted months of the same body and stream before the identity's period."""
    query = """
        select period, rows_payments, pence_payments, rows_rejected from landing.file_versions
        where (is_synthetic, publisher_id, stream) = (%s, %s, %s) and status = 'accepted' and period < %s
        order by period desc limit %s"""
    key = [identity.is_synthetic, identity.publisher_id, identity.stream, identity.period]
    with database.connect("loader") as connection:
        return [EarlierMonth(*row) for row in connection.execute(query, [*key, count])]


def add_findings(connection: Connection, file_id: int, findings: Iterable[Finding]) -> None:
    """Keep what was noticed in a file; working the same file again adds nothing twice."""
    for finding in findings:
        connection.execute(
            """insert into quality.findings
                   (file_id, rule, severity, detail, remedy, sheet, row_number, column_name)
               select %(file_id)s, %(rule)s, %(severity)s, %(detail)s, %(remedy)s, %(sheet)s,
                      %(row_number)s, %(column)s
               where not exists (
                   select from quality.findings
                   where file_id = %(file_id)s and rule = %(rule)s and sheet = %(sheet)s
                     and row_number is not distinct from %(row_number)s and column_name = %(column)s
                     and detail = %(detail)s)""",
            {"file_id": file_id, **asdict(finding)},
        )
