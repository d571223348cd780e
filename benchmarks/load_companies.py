"""Measure the load of a national company register into a PostgreSQL of its own: a first month, then the next.

    python benchmarks/load_companies.py FOLDER [--rows 5600000]

Writes the synthetic registers of two months into FOLDER (see companies_house_file.py), loads one after the
other and prints seconds, the peak memory of this process and of the server, and the size of the table.
FOLDER needs about 12 GB for 5.6 million rows and may be deleted afterwards.
"""

import argparse
import logging
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

WRITER = Path(__file__).with_name("companies_house_file.py")


def main() -> None:
    """Load both months."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=5_600_000)
    given = parser.parse_args()
    os.environ["ANCHOR_SPEND_HOME"] = str(given.folder / "home")
    os.environ.pop("DATABASE_URL", None)
    logging.basicConfig(level="INFO", format="  %(message)s")
    from anchor_spend import database

    registers = given.folder / "registers"
    registers.mkdir(parents=True, exist_ok=True)
    server = database.embedded_server()
    server.start()
    try:
        database.migrate()
        for month in (1, 2):
            _measure(registers, month, given.rows)
    finally:
        server.stop()


def _measure(registers: Path, month: int, rows: int) -> None:
    from anchor_spend import database, reference

    for earlier in registers.glob("*"):
        earlier.unlink()
    out = registers / f"BasicCompanyDataAsOneFile-2026-{month:02d}-01.zip"
    subprocess.run([sys.executable, WRITER, out, f"--rows={rows}", f"--month={month}"], check=True)
    with database.connect("loader", autocommit=True) as connection, _ServerMemory() as memory:
        backend = psutil.Process(connection.info.backend_pid)
        started, cpu, served = time.monotonic(), time.process_time(), sum(backend.cpu_times()[:2])
        sources = reference.registers.find_sources(registers)
        reference._refresh(connection, True, "companies", sources, [], registers)
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
        served = sum(backend.cpu_times()[:2]) - served
        size = connection.execute(
            "select pg_size_pretty(pg_total_relation_size('reference.companies'))"
        ).fetchone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"month {month}: {out.stat().st_size / 2**20:,.0f} MB zipped, loaded in {seconds:,.0f} s "
        f"(CPU: {cpu:,.0f} s here, {served:,.0f} s in the server), peak {peak:,} MB here, "
        f"{memory.peak:,} MB private in the server; "
        f"table {size[0] if size else ''}\n"
    )
    sys.stdout.flush()


class _ServerMemory:
    """The most private memory that PostgreSQL's processes held together."""

    def __enter__(self) -> "_ServerMemory":
        self.peak, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(1):
            self.peak = max(self.peak, self._held() // 2**20)

    def _held(self) -> int:
        held = 0
        for process in psutil.process_iter(["name"]):
            try:
                if "postgres" in (process.info["name"] or ""):
                    memory = process.memory_info()
                    held += memory.rss - memory.shared
            except psutil.Error:
                continue
        return held


if __name__ == "__main__":
    main()
