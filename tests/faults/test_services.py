"""Background processes: recognised for sure, ended with everything they started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from anchor_spend import services
from anchor_spend.services import Service

# a service that starts a child, which ignores SIGTERM, and tells both pids
FAMILY = """
import signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)"
child = subprocess.Popen([sys.executable, "-c", stubborn + "; time.sleep(99)"])
print(child.pid, flush=True)
time.sleep(99)
"""


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Service, int]]:
    """A running service and the pid of its child."""
    monkeypatch.setattr(services, "_GRACE_SECONDS", 0.5)
    service = services.start("family", [sys.executable, "-c", FAMILY], tmp_path / "family.log", {})
    deadline = time.monotonic() + 120
    while "up" not in service.log_tail() and time.monotonic() < deadline:
        time.sleep(0.02)
    yield service, int(next(line for line in service.log_tail().splitlines() if line.isdigit()))
    services.stop([service])


def _is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_stop_ends_the_service_and_its_stubborn_child(family: tuple[Service, int]) -> None:
    service, child = family
    assert service.process() is not None
    services.stop([service])
    assert service.process() is None
    assert not _is_alive(child)
    services.stop([service])  # again: nothing to do


def test_stop_finds_what_a_killed_service_left_behind(family: tuple[Service, int]) -> None:
    service, child = family
    os.kill(service.pid, signal.SIGKILL)
    os.waitpid(service.pid, 0)
    assert service.process() is None
    assert _is_alive(child)
    services.stop([service])
    assert not _is_alive(child)


def test_a_pid_given_to_another_program_is_left_alone(family: tuple[Service, int]) -> None:
    service, child = family
    stale = replace(service, began_at=service.began_at - 3600)
    assert stale.process() is None
    services.stop([stale])
    assert service.process() is not None
    assert _is_alive(child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_command_cleans_up_undisturbed(number: signal.Signals) -> None:
    code = """
import time
from anchor_spend.services import interruptible
try:
    with interruptible():
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            time.sleep(0.6)
            print("cleaned", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    time.sleep(0.2)
    process.send_signal(number)  # impatience must not cost the clean-up
    assert process.stdout.read() == "cleaned\ninterrupted\n"
    process.wait()
