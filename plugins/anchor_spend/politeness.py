"""How a host is treated: one request at a time, a pause between two, patience when it fails, then rest.

In: hosts and what they answered. Out: turns, and how long to wait before another try. The turn at a host is a
lock of the database (ledger.turn_at_host), not of a file: tasks of one run may work on several machines, they
share the database, and a process that is killed gives its turn back. Streams of one body, and bodies that
share a site, thus never ask at the same time. Refuses to go on with a host that keeps failing (the circuit is
open for a while).
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from anchor_spend import answers


@dataclass(frozen=True)
class Limits:
    """How patient and how polite a fetcher is."""

    connect_seconds: float = 10
    read_seconds: float = 60
    total_seconds: float = 300  # one answer, however slowly it drips
    max_bytes: int = 128 * 2**20  # decompressed; the largest monthly file known is under 10 MB
    max_redirects: int = 10
    tries: int = 4
    backoff_seconds: float = 1  # doubles with each try, give or take a half
    retry_after_cap_seconds: float = 120  # a host that wants longer is left alone in this run
    delay_seconds: float = (
        0.5  # between two requests to one host; longer where its robots.txt asks for it ...
    )
    crawl_delay_cap_seconds: float = 60  # ... up to this
    failures_to_open: int = 6  # after that many failures in a row a host is left alone ...
    open_seconds: float = 60  # ... for so long
    settle_seconds: float = 2  # a file of the inbox that changed since then is still being copied


class Manners:
    """What one fetcher knows of the hosts it asks."""

    def __init__(self, limits: Limits, take_turn: Callable[[str], AbstractContextManager[None]]) -> None:
        self._limits, self._take_turn = limits, take_turn
        self._failures: dict[str, tuple[int, float]] = {}
        self._delays: dict[str, float] = {}
        self._ready: dict[str, float] = {}

    def ask_delay(self, host: str, seconds: float) -> None:
        """A host asks for so long a pause between two requests."""
        self._delays[host] = min(seconds, self._limits.crawl_delay_cap_seconds)
        self._ready[host] = time.monotonic() + self._delay(host)

    @contextmanager
    def turn(self, host: str, hang_up: Callable[[], None]) -> Iterator[None]:
        """One request to a host, alone among all processes; the connection is closed and the pause kept
        before the next has its turn."""
        with self._take_turn(host):
            time.sleep(max(0.0, self._ready.get(host, 0.0) - time.monotonic()))
            try:
                yield
            finally:
                hang_up()
                time.sleep(self._delay(host))

    def _delay(self, host: str) -> float:
        return max(self._limits.delay_seconds, self._delays.get(host, 0.0))

    def is_resting(self, host: str) -> bool:
        """Whether a host failed so often that it is left alone for now."""
        failures, last = self._failures.get(host, (0, 0.0))
        if failures < self._limits.failures_to_open:
            return False
        return time.monotonic() - last < self._limits.open_seconds

    def note_success(self, host: str) -> None:
        """What failed before is forgotten."""
        self._failures.pop(host, None)

    def note_failure(self, host: str) -> None:
        """One more failure in a row."""
        self._failures[host] = (self._failures.get(host, (0, 0.0))[0] + 1, time.monotonic())

    def wait_before_try(self, number: int, host: str, retry_after: str) -> float | None:
        """Seconds to wait after try `number` failed; None to give up."""
        wanted = answers.retry_after(retry_after)
        is_last = number >= self._limits.tries or self.is_resting(host)
        if is_last or wanted > self._limits.retry_after_cap_seconds:
            return None
        jitter = random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
        return max(wanted, self._limits.backoff_seconds * 2.0 ** (number - 1) * jitter)
