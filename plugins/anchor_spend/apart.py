"""Run one of the reading processes (workbook_process, pdf_process) over a file's bytes, within limits.

In: the bytes and the options of a reading. Out: the JSON object the process answers with. Refuses, by the
rules the caller names, a process that takes too long, too much memory, or ends any other way: a hostile or
damaged file takes down its own process and nothing else.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anchor_spend.errors import Place
from anchor_spend.rules import unreadable

MAX_MEMORY_BYTES = 4 * 1024**3


@dataclass(frozen=True)
class Reading:
    """A reading process and the rules that refuse what it cannot cope with."""

    module: str
    too_large: str
    damaged: str
    max_seconds: int


def read_apart(reading: Reading, data: bytes, options: dict[str, Any], place: Place) -> dict[str, Any]:
    """The answer of a reading process; UnreadableFileError where it refuses or does not end well."""
    options = {**options, "memory_bytes": MAX_MEMORY_BYTES}
    # nothing of this process's environment, which holds passwords, is handed to a reader of untrusted bytes
    environment = {"PYTHONPATH": str(Path(__file__).parents[1])}
    try:
        process = subprocess.run(
            [sys.executable, "-P", "-m", f"anchor_spend.{reading.module}", json.dumps(options)],
            env=environment,
            input=data,
            capture_output=True,
            timeout=reading.max_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise unreadable(
            reading.too_large, f"Not read after {reading.max_seconds} seconds.", place
        ) from error
    if process.returncode:
        raise _failure(reading, process.returncode, process.stderr, place)
    answer: dict[str, Any] = json.loads(process.stdout)
    if "problem" in answer:
        raise unreadable(answer["problem"], answer["detail"], place)
    return answer


def _failure(reading: Reading, return_code: int, stderr: bytes, place: Place) -> Exception:
    if b"memory allocation" in stderr or b"MemoryError" in stderr:
        return unreadable(reading.too_large, "It takes more memory than reading may have.", place)
    return unreadable(reading.damaged, f"The reader ended with code {return_code}.", place)
