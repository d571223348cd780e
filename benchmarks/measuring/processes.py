"""Work done in a process of its own, so that the peak of its memory is its own.

In: a function of a module and its arguments. Out: its result and the most memory its process ever held.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any


def apart(work: Callable[..., Any], *given: Any) -> tuple[Any, float]:
    """The result of the work and the peak of its process, in bytes."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_measured, work, given).result()


def _measured(work: Callable[..., Any], given: tuple[Any, ...]) -> tuple[Any, float]:
    return work(*given), peak_bytes("self")


def peak_bytes(process: int | str) -> float:
    """The most memory a process ever held; what it shares with others counts too."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024.0
