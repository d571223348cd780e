"""Shared fixtures: one embedded PostgreSQL a session, and the folder of real files when it is there.

With several workers (workers.py) each has a session of its own.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from anchor_spend import database
from anchor_spend.settings import PROJECT, load_settings

pytest_plugins = ["workers"]

# properties hold or not, however busy the machine is
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _loggers_on() -> None:
    """Libraries that earlier tests ran in this process may have switched loggers off."""
    logging.disable(logging.NOTSET)
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("anchor_spend") and isinstance(logger, logging.Logger):
            logger.disabled = False


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder of the test session; the process's settings point at it."""
    folder = tmp_path_factory.mktemp("home")
    before = {name: os.environ.get(name) for name in ("ANCHOR_SPEND_HOME", "DATABASE_URL")}
    os.environ["ANCHOR_SPEND_HOME"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    load_settings.cache_clear()
    yield folder
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    load_settings.cache_clear()


@pytest.fixture(scope="session")
def database_server(home: Path) -> Iterator[str]:
    """A running, migrated embedded PostgreSQL; yields its owner URL."""
    server = database.embedded_server()
    url = server.start()
    with database.connect(autocommit=True) as connection:
        connection.execute("alter system set fsync = off")  # stopping it could take a minute
        connection.execute("select pg_reload_conf()")
    database.migrate()
    yield url
    server.stop()


_TABLES = """
    select format('%I.%I', schemaname, tablename) from pg_tables
    where schemaname in ('landing', 'reference', 'quality', 'warehouse') and tablename not in ('migrations')
"""


@pytest.fixture
def empty_database(database_server: str) -> str:
    """The same server with every pipeline table empty and no release schema."""
    _empty_tables()
    return database_server


@pytest.fixture(scope="module")
def emptied_database(database_server: str) -> str:
    """The same, emptied once for all tests of a module."""
    _empty_tables()
    return database_server


def _empty_tables() -> None:
    with database.connect() as connection:
        tables = [name for (name,) in connection.execute(_TABLES)]
        connection.execute(f"truncate {', '.join(tables)} restart identity cascade".encode())
        schemas = connection.execute("select nspname from pg_namespace where nspname like 'release\\_%'")
        for (schema,) in schemas.fetchall():
            connection.execute(f"drop schema {schema} cascade".encode())


_LEDGER = (
    "quality.findings", "quality.feed_drift", "quality.gate_results", "quality.release_files",
    "landing.payments", "landing.set_aside", "landing.fetch_attempts", "landing.file_versions",
)  # fmt: skip


@pytest.fixture
def empty_ledger(database_server: str) -> str:
    """The same server with no file version and no attempt; quicker than emptying everything."""
    with database.connect() as connection:
        for table in _LEDGER:
            connection.execute(f"delete from {table}".encode())
    return database_server


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real published files; skips where it is absent."""
    folder = Path(os.environ.get("ANCHOR_SPEND_REAL_DATA") or PROJECT.parent / "shared" / "data")
    if not (folder / "archive" / "manifest.csv").exists():
        pytest.skip("shared/data not present: real-data test skipped")
    return folder


@pytest.fixture(scope="session")
def sample_county(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The whole synthetic sample county, written once for all workers; read it, do not change it."""
    from anchor_spend.sample.county import write_county

    ours = tmp_path_factory.getbasetemp()
    folder = (ours if worker_id == "master" else ours.parent) / "sample-county"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write_county(folder)
    return folder
