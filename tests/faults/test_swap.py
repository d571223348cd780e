"""Analysts who query during a swap see the old or the new release, never a mixture."""

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from anchor_spend import database, release, swap
from anchor_spend.errors import ReleaseError

pytestmark = pytest.mark.database

MARTS = {
    "county_view": (
        "'b' as publisher_id, 1.00 as gross_gbp, 1.00 as headline_gbp, 1 as months_covered, false as is_memo"
    ),
    "file_conservation": "0::bigint as file_id, 0::bigint as rows_payments",
}


def _build_release(*, is_synthetic: bool = True, columns: str = "") -> int:
    """A release register row and a schema whose every mart says which release it is of."""
    with database.connect("publisher") as connection:
        row = connection.execute(
            """insert into quality.releases
                   (source, is_synthetic, fingerprint, git_revision, window_from, window_to)
               values ('sample', %s, gen_random_uuid()::text, 'test', '2017-04', '2018-03')
               returning release_number""",
            [is_synthetic],
        ).fetchone()
    number = int(row[0])
    with database.connect("transformer") as connection:
        connection.execute(f"create schema release_{number}")
        for mart in swap.published_marts():
            own = MARTS.get(mart, "1 as one")
            connection.execute(
                f"create table release_{number}.{mart} as select {number} as release_number, {own}{columns}"
            )
        connection.execute(f"grant usage on schema release_{number} to anchor_publisher")
        connection.execute(f"grant select on all tables in schema release_{number} to anchor_publisher")
    return number


def _seen(connection: psycopg.Connection) -> tuple[int, int, int, int]:
    return connection.execute(
        """select a.release_number, b.release_number, c.release_number, r.release_number
           from published.fct_payments a, published.local_share b,
               published.county_view c, published.release r"""
    ).fetchone()


@pytest.fixture
def clean(empty_database: str) -> Iterator[None]:
    yield
    with database.connect("publisher") as connection:
        views = connection.execute("select viewname from pg_views where schemaname = 'published'").fetchall()
        for (view,) in views:
            connection.execute(f"drop view published.{view} cascade")


def test_a_query_during_swaps_sees_one_release(clean: None) -> None:
    numbers = [_build_release() for _ in range(6)]
    release.publish(numbers[0])
    stop, mixtures, seen, failures = threading.Event(), [], set(), []

    def analyst() -> None:
        with database.connect("analyst", autocommit=True) as connection:
            while not stop.is_set():
                try:
                    row = _seen(connection)
                except psycopg.Error as error:
                    failures.append(type(error).__name__)
                    continue
                seen.add(row[0])
                if len(set(row)) != 1:
                    mixtures.append(row)

    analysts = [threading.Thread(target=analyst) for _ in range(4)]
    for thread in analysts:
        thread.start()
    for number in numbers[1:]:
        swap.show(number, withdraw_later=False)
        _wait_for(lambda number=number: number in seen)
    stop.set()
    for thread in analysts:
        thread.join()
    assert mixtures == []
    assert failures == []
    assert seen == set(numbers)


def _wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_swap_gives_way_to_a_long_query(clean: None) -> None:
    first, second = _build_release(), _build_release()
    release.publish(first)
    with database.connect("analyst") as reader:
        assert set(_seen(reader)) == {first}  # holds its locks until the transaction ends
        waiting = threading.Thread(target=release.publish, args=[second])
        waiting.start()
        time.sleep(1.2)
        assert set(_seen(reader)) == {first}
    waiting.join(timeout=120)
    with database.connect("analyst") as reader:
        assert set(_seen(reader)) == {second}


def test_analysts_read_published_only(clean: None) -> None:
    release.publish(_build_release())
    for table in ("release_1.fct_payments", "landing.payments", "landing.suppliers", "quality.releases"):
        with (
            database.connect("analyst") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"select * from {table}")


def test_roll_back_withdraws_the_later_release(clean: None) -> None:
    first, second = _build_release(), _build_release()
    release.publish(first)
    release.publish(second)
    assert release.rollback() == first
    with database.connect("analyst") as connection:
        assert set(_seen(connection)) == {first}
    assert release.show_release(second)["status"] == "withdrawn"
    with pytest.raises(ReleaseError, match="no earlier published release"):
        release.rollback()


def test_new_columns_replace_the_view(clean: None) -> None:
    release.publish(_build_release(columns=", 'old' as old_column"))
    second = _build_release(columns=", 2 as new_column")
    release.publish(second)
    with database.connect("analyst") as connection:
        assert connection.execute("select new_column from published.coverage").fetchone() == (2,)


def test_an_incomplete_release_is_refused(clean: None) -> None:
    first, second = _build_release(), _build_release()
    release.publish(first)
    with database.connect("transformer") as connection:
        connection.execute(f"drop table release_{second}.coverage")
    with pytest.raises(ReleaseError, match="lacks coverage"):
        release.publish(second)
    with database.connect("analyst") as connection:
        assert set(_seen(connection)) == {first}


def test_old_schemas_are_dropped_but_not_the_current(clean: None) -> None:
    numbers = [_build_release() for _ in range(swap.KEPT_RELEASES + 2)]
    for number in numbers:
        release.publish(number)
    with database.connect() as connection:
        kept = connection.execute(
            "select nspname from pg_namespace where nspname like 'release\\_%'"
        ).fetchall()
    assert {name for (name,) in kept} == {f"release_{number}" for number in numbers[2:]}
