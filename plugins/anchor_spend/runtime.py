"""The services of one home folder: PostgreSQL, Airflow's three components, the sample county's web server.

In: the settings. Out: <home>/runtime.json, which says what runs where. `up` and `down` may be called at
any time, again and from several terminals; both clean up after a crash. Everything listens on the loopback
address.
"""

import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psutil
import requests
from psycopg import sql

from anchor_spend import airflow_config, database, services
from anchor_spend.airflow_client import AirflowClient
from anchor_spend.errors import AirflowError, DatabaseError, SettingsError
from anchor_spend.services import Service
from anchor_spend.settings import load_settings

DAGS = {
    "ingest_spend": "fetch, read, check and load the publishers' files",
    "refresh_reference": "load the registers and postcodes suppliers are resolved with",
    "publish_county_view": "resolve suppliers, build, gate and release the county view",
}
_COMPONENTS = ("api-server", "scheduler", "dag-processor")
_SAMPLE_SERVER = "sample-publishers"
_PORTS = range(8100, 9100)  # of Airflow: the same one each time for one home, rarely that of another
_START_SECONDS = 180

Say = Callable[[str], None]


@dataclass(frozen=True)
class State:
    """What runs, as kept in runtime.json."""

    services: tuple[Service, ...] = ()
    settings: str = ""  # what the services were started with: they would not notice a change
    airflow_url: str = ""
    sample_origin: str = ""
    sample_revision: int = 1

    def service(self, name: str) -> Service | None:
        return next((item for item in self.services if item.name == name), None)

    @property
    def is_airflow_running(self) -> bool:
        found = [self.service(name) for name in _COMPONENTS]
        return all(item is not None and item.process() is not None for item in found)


# the state file -----------------------------------------------------------------------------------------


def state() -> State:
    """What runs now, going by runtime.json; empty when nothing was started or the file is unreadable."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(_state_file().read_text())
        return State(**{**kept, "services": tuple(Service(**item) for item in kept["services"])})
    return State()


def _keep(new: State) -> None:
    path = _state_file()
    replacement = path.with_suffix(".new")
    replacement.write_text(json.dumps(asdict(new), indent=1))
    replacement.replace(path)


def _state_file() -> Path:
    return load_settings().home / "runtime.json"


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """One process at a time; the system releases the lock of one that died."""
    with _open(name) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open(name: str) -> IO[str]:
    home = load_settings().home
    try:
        home.mkdir(parents=True, exist_ok=True)
        return (home / name).open("a")
    except OSError as error:
        raise SettingsError(
            f"{home} cannot be written to ({error.strerror}). Point ANCHOR_SPEND_HOME at a folder of yours."
        ) from error


# up -----------------------------------------------------------------------------------------------------


def up(say: Say) -> State:
    """Start what does not run yet: the database, its schema, Airflow. Safe to call again."""
    with _locked("runtime.lock"):
        current = state()
        is_same = current.settings == _settings_sha256()
        if is_same and current.is_airflow_running and _is_database_reachable():
            return current
        services.stop(current.services)  # half of it may have survived a crash
        try:
            return _start_airflow(_start_database(say), say)
        except BaseException:
            if _stop_all():
                say("Stopped what was started")
            raise


def check_database() -> None:
    """DatabaseError, saying where its log is, when the database cannot be reached."""
    try:
        with database.connect():
            return
    except DatabaseError as error:
        log = "" if load_settings().database_url else f"\nIts log is {database.embedded_server().log}."
        raise DatabaseError(f"{error}{log}") from error


def _is_database_reachable() -> bool:
    with suppress(DatabaseError):
        check_database()
        return True
    return False


def _start_database(say: Say) -> State:
    is_embedded = not load_settings().database_url
    if is_embedded:
        say("Starting PostgreSQL")
        database.embedded_server().start()
        _for_one_command().unlink(missing_ok=True)
    database.migrate()
    return State(settings=_settings_sha256())


def _settings_sha256() -> str:
    return hashlib.sha256(repr(load_settings()).encode()).hexdigest()


def _start_airflow(current: State, say: Say) -> State:
    port = _free_port(_PORTS[zlib.crc32(str(load_settings().home).encode()) % len(_PORTS)])
    airflow_config.write_password_file()
    environment = airflow_config.environment(port)
    _migrate_airflow(environment, say)
    say(f"Starting Airflow: {', '.join(_COMPONENTS)}")
    began_at = datetime.now(UTC).isoformat()
    for name in _COMPONENTS:
        arguments = [name, "--skip-serve-logs"] if name == "scheduler" else [name]
        command = [sys.executable, "-m", "anchor_spend.airflow_component", *arguments]
        with services.undisturbed():
            started = services.start(name, command, _log(name), environment)
            current = replace(current, services=(*current.services, started))
            _keep(current)
    current = replace(current, airflow_url=airflow_config.base_url(port))
    _wait_until_ready(current, began_at)
    _keep(current)
    return current


def _migrate_airflow(environment: dict[str, str], say: Say) -> None:
    """Airflow's own tables, in schema airflow; a comment on the schema says for which version they are."""
    version = airflow_config.schema_version()
    with database.connect() as connection:
        known = connection.execute("select obj_description('airflow'::regnamespace)").fetchone()
    if known == (version,):
        return
    say("Preparing Airflow's tables (first start, or a new version)")
    command = [sys.executable, "-m", "anchor_spend.airflow_component", "db", "migrate"]
    with _log("airflow-db-migrate").open("wb") as output:
        result = subprocess.run(
            command, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if result.returncode:
        tail = "\n".join(_log("airflow-db-migrate").read_text(errors="replace").splitlines()[-15:])
        raise AirflowError(f"Airflow could not prepare its tables:\n{tail}")
    with database.connect() as connection:
        connection.execute(sql.SQL("comment on schema airflow is {}").format(sql.Literal(version)))


def _log(name: str) -> Path:
    folder = load_settings().home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.log"


def _wait_until_ready(current: State, began_at: str) -> None:
    """Until the scheduler works, the DAGs are read, and the API is warm. AirflowError otherwise."""
    client = AirflowClient(current.airflow_url)
    deadline = time.monotonic() + _START_SECONDS
    is_warm = False
    while time.monotonic() < deadline:
        for service in current.services:
            if service.process() is None:
                raise AirflowError(f"Airflow's {service.name} ended while starting:\n{service.log_tail()}")
        with suppress(requests.RequestException):
            if not is_warm and _listens(current):
                _end_leftovers(client)
                client.warm_up()
                is_warm = True
            if is_warm and client.health().get("scheduler") == "healthy" and _are_dags_read(client, began_at):
                return
        time.sleep(0.2)
    logs = load_settings().home / "logs"
    raise AirflowError(f"Airflow was not ready after {_START_SECONDS} s. Its logs are in {logs}.")


def _listens(current: State) -> bool:
    """Whether it is our own API server that answers: another program may have taken the port meanwhile."""
    service = current.service("api-server")
    process = service.process() if service else None
    with suppress(psutil.NoSuchProcess):
        sockets = process.net_connections(kind="inet") if process else []
        ports = [socket.laddr.port for socket in sockets if socket.status == psutil.CONN_LISTEN]
        return current.airflow_url in [airflow_config.base_url(port) for port in ports]
    return False


def _are_dags_read(client: AirflowClient, began_at: str) -> bool:
    if client.parsed_since(DAGS, began_at):
        return True
    for file, trace in client.import_errors().items():
        raise AirflowError(f"{file} cannot be imported:\n{trace.strip()[-1500:]}")
    return False


def _end_leftovers(client: AirflowClient) -> None:
    """Runs that were under way when the services were last stopped: a new run does their work."""
    for dag_id in DAGS:
        with suppress(AirflowError):  # the very first start: no DAG is known yet
            for run in client.unfinished_runs(dag_id):
                client.fail(run)


def _free_port(preferred: int = 0) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            return _free_port()
        return int(probe.getsockname()[1])


# down ---------------------------------------------------------------------------------------------------


def down() -> bool:
    """Stop everything of this home folder; whether anything was running."""
    with _locked("runtime.lock"):
        return _stop_all()


def _stop_all() -> bool:
    current = state()
    was_running = any(service.process() for service in current.services)
    services.stop(current.services)
    if not load_settings().database_url:
        server = database.embedded_server()
        was_running |= server.is_running()
        server.stop()
    _state_file().unlink(missing_ok=True)
    return was_running


# the sample publishers ----------------------------------------------------------------------------------


def start_sample_server(folder: Path, revision: int = 1) -> str:
    """Serve the sample county's web pages and files; the origin they are served from.

    With revision 2 one month is published again, corrected.
    """
    with _locked("runtime.lock"):
        current = state()
        running = current.service(_SAMPLE_SERVER)
        if running and running.process() and current.sample_revision == revision:
            return current.sample_origin
        services.stop([running] if running else [])
        port = _free_port(_last_sample_port(folder))
        origin = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "anchor_spend.sample.server", str(folder)]
        command += ["--port", str(port), "--revision", str(revision)]
        others = tuple(item for item in current.services if item.name != _SAMPLE_SERVER)
        with services.undisturbed():
            service = services.start(_SAMPLE_SERVER, command, _log(_SAMPLE_SERVER), {})
            started = replace(current, services=(*others, service), sample_origin=origin)
            _keep(replace(started, sample_revision=revision))
    _wait_for_port(service, port)
    return origin


def _last_sample_port(folder: Path) -> int:
    """The same port as last time: the ledger knows files by address, and asks only for what changed."""
    with suppress(OSError, ValueError):
        return int((folder / "port").read_text())
    return 0


def _wait_for_port(service: Service, port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and service.process():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AirflowError(f"The sample publishers' web server did not start:\n{service.log_tail()}")


def stop_sample_server() -> None:
    with _locked("runtime.lock"):
        current = state()
        services.stop([item for item in current.services if item.name == _SAMPLE_SERVER])
        others = tuple(item for item in current.services if item.name != _SAMPLE_SERVER)
        _keep(replace(current, services=others, sample_origin=""))


def sample_origin() -> str:
    """Where the sample county's publishers are served, such as http://127.0.0.1:40123."""
    current = state()
    running = current.service(_SAMPLE_SERVER)
    if running is None or running.process() is None:
        raise AirflowError("The sample publishers are not being served. `anchor-spend run` serves them.")
    return current.sample_origin


# a database for one command -----------------------------------------------------------------------------


@contextmanager
def database_running(*, create: bool = False) -> Iterator[None]:
    """The database for the time of one command: an embedded one that does not run is started, then stopped.

    Commands that overlap share it; the last one stops it, unless `up` came in between. `create` makes it, or
    brings its schema up to date; without, DatabaseError when there is none.
    """
    with _embedded_running(create) if not load_settings().database_url else nullcontext():
        if create:
            database.migrate()
        yield


@contextmanager
def _embedded_running(create: bool) -> Iterator[None]:
    if not create and not (database.embedded_server().data / "PG_VERSION").exists():
        raise DatabaseError("There is no database here yet. Run `anchor-spend run` first.")
    with _open("database.lock") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        with _locked("runtime.lock"):
            if not database.embedded_server().is_running():
                database.embedded_server().start()
                _for_one_command().touch()
        try:
            yield
        finally:
            _stop_if_last(file)


def _stop_if_last(file: IO[str]) -> None:
    with _locked("runtime.lock"), suppress(BlockingIOError):
        if _for_one_command().exists():
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            database.embedded_server().stop()
            _for_one_command().unlink()


def _for_one_command() -> Path:
    """The mark of a server that nobody asked to stay."""
    return load_settings().home / "database.temporary"


# status -------------------------------------------------------------------------------------------------


def status() -> dict[str, Any]:
    """Health of each part: JSON-ready."""
    current = state()
    return {
        "home": str(load_settings().home),
        "database": "running" if _is_database_reachable() else "not running",
        "airflow": _airflow_health(current),
        "airflow_url": current.airflow_url,
        "sample_origin": current.sample_origin,
    }


def _airflow_health(current: State) -> dict[str, str]:
    health = {}
    if current.is_airflow_running:
        with suppress(requests.RequestException):
            health = AirflowClient(current.airflow_url).health()
    health["api_server"] = "healthy" if health else "not running"
    return {name: health.get(name, "not running") for name in ("api_server", "scheduler", "dag_processor")}
