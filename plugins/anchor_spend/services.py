"""Background processes that outlive the command that starts them: start, recognise, end.

Each service leads a session and process group of its own, so that Ctrl-C in a terminal does not reach it
and all it starts can be ended with it. A service is known by its pid and the time that process began: a
pid file left by a crash, or a pid the system gave to another program since, is never taken for a running
service.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

_GRACE_SECONDS = 10
_SAME_START_SECONDS = 2  # create_time() is rounded differently by some kernels


@dataclass(frozen=True)
class Service:
    """A process we started: JSON-ready."""

    name: str
    pid: int
    began_at: float
    log: str

    def process(self) -> psutil.Process | None:
        """The live process, None when it ended (or the pid now belongs to another program)."""
        try:
            process = psutil.Process(self.pid)
            is_ours = abs(process.create_time() - self.began_at) < _SAME_START_SECONDS
            return process if is_ours and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def log_tail(self, lines: int = 15) -> str:
        """The end of its log, for an error message."""
        with suppress(OSError):
            return "\n".join(Path(self.log).read_text(errors="replace").splitlines()[-lines:])
        return ""


def start(name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Service:
    """Start a command in the background; its output goes to `log`, begun anew."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    return Service(name, process.pid, psutil.Process(process.pid).create_time(), str(log))


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C does; from the first of either on, clean up without being disturbed."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold signals back for a moment: between the start of a process and the note of its pid."""
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread only
        yield
        return
    held: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        held.append(number)

    before = {number: signal.signal(number, hold) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)
        for number in held:
            os.kill(os.getpid(), number)


def stop(services: Sequence[Service]) -> None:
    """End services and everything they started: SIGTERM, then SIGKILL after a grace period."""
    members = _members(services)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in members:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        members = _wait(members)


def _members(services: Sequence[Service]) -> list[psutil.Process]:
    """The services' processes, all of their process groups, and children that left the group."""
    # a group may outlive its leader; the leader's pid then belongs to nobody, or the group is not ours
    groups = {s.pid for s in services if s.process() or not psutil.pid_exists(s.pid)}
    members = {process for process in psutil.process_iter() if _group_of(process.pid) in groups}
    for process in list(members):
        with suppress(psutil.NoSuchProcess):
            members.update(process.children(recursive=True))
    return list(members)


def _group_of(pid: int) -> int | None:
    with suppress(ProcessLookupError, PermissionError):
        return os.getpgid(pid)
    return None


def _wait(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those still alive after the grace period. A zombie counts as ended: it may not be ours to reap."""
    deadline = time.monotonic() + _GRACE_SECONDS
    alive = list(processes)
    while alive and time.monotonic() < deadline:
        alive = [process for process in alive if _is_alive(process)]
        time.sleep(0.05)
    return alive


def _is_alive(process: psutil.Process) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)  # reaps it if it is our child
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
