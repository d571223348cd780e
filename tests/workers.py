"""How several workers share the tests (`pytest -n auto`): how many there are, what comes first, how they end.

Each worker is a process of its own, with its own home folder, database and services; the tests of one file
stay with one worker. Without -n nothing here has any effect but that an interrupt is heard once.
"""

import os
import signal
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest
from xdist.workermanage import WorkerController

from anchor_spend import services

_MOST = 4  # the longest file alone takes a third of the time: more would only wait for it
_MEMORY_EACH = 4 * 1000**3  # bytes: PostgreSQL, Airflow's components and four tasks at their largest
_CLEAN_UP_SECONDS = 180  # for a worker to stop its services
_TESTS = Path(__file__).parent

# begun first, longest first, so that no worker is left alone with one of them at the end
_LONG = (
    "end_to_end/test_sample_county.py",
    "end_to_end/test_real_archive.py",
    "faults/test_runtime.py",
    "end_to_end/test_failing_publisher.py",
    "unit/test_check_real_files.py",
    "dbt/test_releases.py",
    "unit/test_sample_files.py",
)

_nodes: list[WorkerController] = []


def pytest_xdist_auto_num_workers() -> int:
    """One for each processor, as far as memory goes; 0, without workers, where there is one only."""
    by_memory = psutil.virtual_memory().total // _MEMORY_EACH
    found = min(_MOST, os.cpu_count() or 1, by_memory)
    return found if found > 1 else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, the files of _LONG first; otherwise the order stays."""
    if hasattr(config, "workerinput"):
        places = {_TESTS / name: place for place, name in enumerate(_LONG)}
        if missing := [str(path) for path in places if not path.exists()]:
            raise pytest.UsageError(f"tests/workers.py names files that are gone: {missing}")
        items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_configure_node(node: WorkerController) -> None:
    _nodes.append(node)


def pytest_configure(config: pytest.Config) -> None:
    """Let SIGTERM unwind like Ctrl-C does; from the first of either on, services are stopped undisturbed."""
    session = ExitStack()
    session.enter_context(services.interruptible())
    config.add_cleanup(session.close)


def pytest_keyboard_interrupt() -> None:
    """Give workers the time it takes to stop their services: they would be killed after ten seconds."""
    if not _nodes:
        return
    for worker in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            worker.send_signal(signal.SIGINT)
    for node in _nodes:  # one with nothing left to do is gone at once
        with suppress(EOFError, node.channel.RemoteError, node.channel.TimeoutError):
            node.channel.waitclose(_CLEAN_UP_SECONDS)
