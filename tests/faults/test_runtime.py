"""PostgreSQL and Airflow as services: started once, on the loopback address, behind a password, ended."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import requests

from anchor_spend.postgres_server import EmbeddedServer
from pipeline import COMMAND, Pipeline

pytestmark = [pytest.mark.airflow, pytest.mark.database]
COMPONENTS = {"api-server", "scheduler", "dag-processor"}


def _state(pipeline: Pipeline) -> dict[str, Any]:
    return json.loads((pipeline.home / "runtime.json").read_text())


def _start(pipeline: Pipeline, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "ANCHOR_SPEND_HOME": str(pipeline.home)}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [COMMAND, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Services started by two commands at the same time."""
    pipeline = Pipeline(tmp_path_factory.mktemp("services"))
    try:
        both = [_start(pipeline, "up"), _start(pipeline, "up")]
        told = [command.communicate(timeout=600) for command in both]
        assert [command.returncode for command in both] == [0, 0], told
        assert told[0][0] == told[1][0], "both name the same Airflow"
        yield pipeline
    finally:
        pipeline.call("down")


@pytest.fixture(scope="module")
def pids(running: Pipeline) -> dict[str, int]:
    return {service["name"]: service["pid"] for service in _state(running)["services"]}


def test_two_starts_at_once_start_one_of_each(running: Pipeline, pids: dict[str, int]) -> None:
    assert set(pids) == COMPONENTS
    healthy = dict.fromkeys(("api_server", "scheduler", "dag_processor"), "healthy")
    status = json.loads(running.call("status", "--json").stdout)
    assert (status["database"], status["airflow"]) == ("running", healthy)


def test_everything_listens_on_the_loopback_address_only(running: Pipeline, pids: dict[str, int]) -> None:
    server = EmbeddedServer(running.home / "postgres")
    leaders = [*pids.values(), int((server.data / "postmaster.pid").read_text().split()[0])]
    family = [psutil.Process(pid) for pid in leaders]
    family += [child for leader in list(family) for child in leader.children(recursive=True)]
    listening = {
        socket.laddr.ip
        for process in family
        if process.is_running()
        for socket in process.net_connections(kind="inet")
        if socket.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_nothing_is_open_without_the_generated_password(running: Pipeline) -> None:
    url = _state(running)["airflow_url"]
    assert requests.get(f"{url}/api/v2/dags", timeout=30).status_code == 401
    wrong = {"username": "admin", "password": "admin"}
    assert requests.post(f"{url}/auth/token", json=wrong, timeout=30).status_code == 401
    secrets = [running.home / "secrets.json", running.home / "airflow" / "passwords.json"]
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    password = json.loads(secrets[1].read_text())["admin"]
    right = {"username": "admin", "password": password}
    assert requests.post(f"{url}/auth/token", json=right, timeout=30).status_code == 201
    logs = [path for path in running.home.glob("**/*.log") if path.is_file()]
    assert logs
    assert not [path for path in logs if password in path.read_text(errors="replace")]


def test_airflow_keeps_to_its_own_schema(running: Pipeline) -> None:
    url = EmbeddedServer(running.home / "postgres").url()
    with psycopg.connect(url) as connection:
        found = connection.execute("select schemaname from pg_tables where tableowner = 'anchor_airflow'")
        assert {schema for (schema,) in found} == {"airflow"}


def test_a_killed_scheduler_is_noticed_and_replaced(running: Pipeline, pids: dict[str, int]) -> None:
    old = psutil.Process(pids["scheduler"])
    workers = old.children(recursive=True)
    old.kill()
    psutil.wait_procs([old], timeout=60)
    status = json.loads(running.call("status", "--json").stdout)
    assert status["airflow"]["scheduler"] == "not running"
    assert running.call("up").returncode == 0
    replaced = {service["name"]: service["pid"] for service in _state(running)["services"]}
    assert set(replaced) == COMPONENTS
    assert not set(replaced.values()) & set(pids.values())
    assert not [worker for worker in workers if worker.is_running()]


def test_down_ends_everything_and_may_be_repeated(running: Pipeline) -> None:
    family = _family(running.home, [service["pid"] for service in _state(running)["services"]])
    assert len(family) > len(COMPONENTS)
    assert running.call("down").stdout == "Stopped.\n"
    assert not [process for process in family if _is_alive(process)]
    assert running.call("down").stdout == "Nothing was running.\n"
    status = json.loads(running.call("status", "--json").stdout)
    assert status["database"] == "not running"


def _family(home: Path, leaders: list[int]) -> list[psutil.Process]:
    """The services, the database server, and all they started."""
    postmaster = home / "postgres" / "data" / "postmaster.pid"
    found = [psutil.Process(pid) for pid in leaders if psutil.pid_exists(pid)]
    if postmaster.exists():
        found.append(psutil.Process(int(postmaster.read_text().split()[0])))
    return found + [child for process in list(found) for child in process.children(recursive=True)]


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    pipeline = Pipeline(tmp_path_factory.mktemp("interrupted"))
    yield pipeline
    pipeline.call("down")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_first_start_leaves_nothing_running(
    interrupted: Pipeline, number: signal.Signals
) -> None:
    _interrupt(interrupted, "Preparing Airflow's tables", number, 0.5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_running(running: Pipeline, number: signal.Signals) -> None:
    running.call("down")
    _interrupt(running, "Starting Airflow", number, 4)


def test_a_lost_database_ends_a_run_with_its_name_and_leaves_nothing_running(running: Pipeline) -> None:
    running.call("down")
    command = _start(running, "run")
    assert command.stderr is not None
    for line in command.stderr:
        if "ingest_spend" in line:
            break
    else:
        pytest.fail("the run ended before it triggered anything")
    family = _family(running.home, [command.pid])
    postmaster = running.home / "postgres" / "data" / "postmaster.pid"
    os.kill(int(postmaster.read_text().split()[0]), signal.SIGKILL)
    out, err = command.communicate(timeout=600)
    assert command.returncode == 1, out + err
    assert "PostgreSQL at 127.0.0.1" in err
    assert "anchor-spend up" in err, "says what to do"
    assert "Traceback" not in err
    assert not [process for process in family if _is_alive(process)]
    assert running.call("migrate").returncode == 0, "and it starts again"


def _interrupt(pipeline: Pipeline, moment: str, number: signal.Signals, seconds: float) -> None:
    """Interrupt a run some time after it told something; look for what it leaves."""
    command = _start(pipeline, "run")
    assert command.stderr is not None
    for line in command.stderr:
        if moment in line:
            break
    else:
        pytest.fail(f"the run ended before {moment!r}")
    time.sleep(seconds)
    family = _family(pipeline.home, [command.pid])
    command.send_signal(number)
    out, err = command.communicate(timeout=600)
    assert command.returncode == 130, out + err
    assert "Stopped what was started" in err
    assert len(family) > 2, "something was running"
    assert not [process for process in family if _is_alive(process)]
    assert not (pipeline.home / "runtime.json").exists()
