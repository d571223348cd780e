"""Connections that are handed on: fewer are made, each use is a transaction of its own all the same."""

import psycopg
import pytest

from anchor_spend import database
from anchor_spend.database import connect, connections_kept

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def notes(database_server: str) -> None:
    with connect() as connection:
        connection.execute("drop table if exists quality.test_notes")
        connection.execute("create table quality.test_notes (text text)")
        connection.execute("grant select, insert on quality.test_notes to anchor_loader")


def pid(connection: "psycopg.Connection[object]") -> int:
    return connection.info.backend_pid


def noted() -> list[str]:
    with connect() as connection:
        return [text for (text,) in connection.execute("select text from quality.test_notes order by 1")]


def note(text: str) -> int:
    with connect("loader") as connection:
        connection.execute("insert into quality.test_notes values (%s)", [text])
        return pid(connection)


def test_a_connection_is_handed_on_to_its_own_role_and_ends_with_the_block() -> None:
    with connections_kept():
        first, second = note("a"), note("b")
        with connect("publisher") as other:
            assert other.info.user == "anchor_publisher"
    assert first == second
    assert other.closed
    assert note("c") != first


def test_one_in_use_is_not_handed_out_again() -> None:
    with connections_kept(), connect("loader") as outer, connect("loader") as inner:
        assert pid(outer) != pid(inner)


def test_each_use_is_committed_and_a_failed_one_is_not() -> None:
    with connections_kept():
        first = note("kept")
        with pytest.raises(ValueError), connect("loader") as connection:
            connection.execute("insert into quality.test_notes values ('lost')")
            raise ValueError
        assert noted() == ["kept"]
        assert note("after") != first, "what failed is not used again"
    assert noted() == ["after", "kept"]


def test_locks_of_a_connection_without_transactions_end_with_it() -> None:
    with connections_kept():
        with connect("loader", autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(991)")
        with connect("loader") as connection:
            assert connection.execute("select pg_try_advisory_xact_lock(991)").fetchone() == (True,)


def test_one_idle_for_long_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_IDLE_SECONDS", 0)
    with connections_kept():
        assert note("a") != note("b")
