"""Limits a reading process puts on itself. Needs nothing but the standard library: it is imported first."""

import resource


def cap_memory(limit: int) -> None:
    """From now on this process is refused memory beyond `limit` bytes, and leaves no core file."""
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
