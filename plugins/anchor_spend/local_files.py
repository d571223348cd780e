"""Files of an inbox or of an archive folder, read once they are whole.

In: a path. Out: its bytes. Refuses (FetchError) files that cannot be read, are too large, or keep changing:
somebody is still copying them.
"""

import time
from pathlib import Path

from anchor_spend import answers
from anchor_spend.errors import FetchError

_LOOKS = 10


def read_settled(path: Path, max_bytes: int, settle_seconds: float) -> bytes:
    """The bytes of a file that has not changed for `settle_seconds` and does not change meanwhile."""
    try:
        for _ in range(_LOOKS):
            before = path.stat()
            if before.st_size > max_bytes:
                raise answers.too_large(max_bytes)
            age = time.time() - before.st_mtime
            if 0 <= age < settle_seconds:
                time.sleep(settle_seconds - age)
                continue
            data, after = path.read_bytes(), path.stat()
            if before.st_mtime_ns == after.st_mtime_ns and len(data) == before.st_size == after.st_size:
                return data
    except OSError as error:
        raise FetchError(
            f"{path.name} cannot be read: {error.strerror}. Put the file back, or correct the manifest.",
            is_transient=False,
        ) from error
    raise FetchError(
        f"{path.name} is still being copied: it changed while it was read. Run again when it is whole.",
        is_transient=True,
    )
