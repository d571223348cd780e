"""Drives `anchor-spend` as a person would, in a home folder of its own."""

import csv
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

COMMAND = str(Path(sys.executable).with_name("anchor-spend"))


@dataclass(frozen=True)
class Pipeline:
    """One home folder, and the commands run in it."""

    home: Path

    def call(
        self, *arguments: str, seconds: int = 1800, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.run(
            [COMMAND, *arguments],
            env={**kept, "ANCHOR_SPEND_HOME": str(self.home), **environment},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def run(self, *arguments: str, **environment: str) -> str:
        result = self.call("run", *arguments, **environment)
        assert result.returncode == 0, result.stderr[-4000:] + result.stdout[-2000:]
        return result.stdout + result.stderr

    def query(self, query: str) -> pd.DataFrame:
        """As the analyst, through the command line; every column as text."""
        result = self.call("sql", query, "--csv")
        assert result.returncode == 0, result.stderr[-2000:]
        rows = list(csv.reader(io.StringIO(result.stdout)))
        return pd.DataFrame(rows[1:], columns=rows[0])


def pence(amounts: Any) -> Any:
    """Pounds as text to integer pence, exactly."""
    return amounts.map(lambda text: int(Decimal(text or "0") * 100))
