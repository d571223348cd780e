"""What a person sees while a run goes on: one line per event, and on a terminal a line that keeps up with
it.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from anchor_spend.airflow_client import DagRun, TaskRun

if TYPE_CHECKING:
    from rich.status import Status

_REPEAT_SECONDS = 20  # without a terminal: a line at least this often while nothing changes
WATCHER = "report_failures"  # fails when any other task of its run does: no failure of its own
_DONE = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})


class Progress:
    """Timed lines on standard error, so that standard output stays clean for results."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._shown: dict[str, tuple[float, str]] = {}
        self._live = _Live() if sys.stderr.isatty() else None

    def say(self, text: str) -> None:
        """A line that stays."""
        self.end_live()
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        typer.echo(f"[{minutes}:{seconds:02d}] {text}", err=True)

    def show(self, topic: str, text: str) -> None:
        """How something stands: replaces the last line on a terminal, else a line when it changed."""
        if self._live:
            self._live.show(text)
            return
        when, before = self._shown.get(topic, (0.0, ""))
        now = time.monotonic()
        if (text != before and now - when >= 5) or now - when >= _REPEAT_SECONDS:
            self._shown[topic] = (now, text)
            self.say(text)

    def end_live(self) -> None:
        if self._live:
            self._live.clear()


class _Live:
    """A spinner line of rich, made when first needed."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def show(self, text: str) -> None:
        from rich.console import Console

        if self._status is None:
            self._status = Console(stderr=True).status(text)
            self._status.start()
        self._status.update(text)

    def clear(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress whose live line is taken away at the end, however it comes."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.end_live()


def describe(run: DagRun, tasks: Sequence[TaskRun]) -> str:
    """'ingest_spend: 14 of 38 tasks done, 1 failed; now load (a_council 2016-04 to 2017-03)'."""
    tasks = [task for task in tasks if task.task_id != WATCHER]
    counts = Counter(task.state for task in tasks)
    done = sum(counts[state] for state in _DONE)
    parts = [f"{run.dag_id}: {done} of {len(tasks)} tasks done"]
    failed = counts["failed"]
    parts += [f"{failed} failed"] if failed else []
    waiting = counts["up_for_retry"]
    parts += [f"{waiting} waiting to be tried again"] if waiting else []
    running = [str(task) for task in tasks if task.state == "running"]
    now = f"; now {', '.join(running[:2])}" if running else ""
    more = f" and {len(running) - 2} more" if len(running) > 2 else ""
    return ", ".join(parts) + now + more
