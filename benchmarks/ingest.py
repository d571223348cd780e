"""Reading and loading against their baselines, in one process on the same synthetic files.

    .venv/bin/python benchmarks/ingest.py [--body central_bedfordshire_council]

Baselines: the csv module alone for reading; COPY of the same payments into a bare table for loading. Prints
seconds and the ratio to the baseline (the best of three), and rows a second. Uses a database of its own.
"""

import argparse
import csv
import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 3


def main() -> None:
    """Generate a body's files, then time each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--body", default="central_bedfordshire_council")
    body = parser.parse_args().body
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANCHOR_SPEND_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        _compare(Path(folder), body)


def _compare(home: Path, body: str) -> None:
    from anchor_spend import database
    from anchor_spend.conform import conform
    from anchor_spend.readers import read_tables
    from anchor_spend.sample.county import write_county
    from anchor_spend.spec import load_specs

    write_county(home / "sample", publishers=[body])
    publisher = load_specs()[body]
    stream = publisher.streams["payments"]
    files = _files(home, body)

    def read() -> list[object]:
        return [
            conform(read_tables(data, name, stream.format), publisher, "payments", period, name)
            for period, name, data in files
        ]

    def read_csv() -> int:
        return sum(
            len(list(csv.reader(io.StringIO(data.decode(stream.format.encodings[-1], "replace")))))
            for _, _, data in files
        )

    conformed = read()
    rows = sum(len(file.payments) for file in conformed)
    _print("read and conform", _best(read), "csv module", _best(read_csv), rows)
    server = database.embedded_server()
    try:
        server.start()
        database.migrate()
        _compare_load(publisher, files, conformed, rows)
    finally:
        server.stop()


def _files(home: Path, body: str) -> list[tuple[str, str, bytes]]:
    """(period, name, bytes) of a body's first versions, found by their hash."""
    import hashlib

    by_hash = {}
    for path in (home / "sample").rglob("*"):
        if path.is_file():
            by_hash[hashlib.sha256(path.read_bytes()).hexdigest()] = path
    with (home / "sample/truth/files.csv").open(newline="") as listed:
        known = [row for row in csv.DictReader(listed) if row["file_version"] == "1"]
    return [
        (row["period"], row["file_name"], by_hash[row["sha256"]].read_bytes())
        for row in known
        if (row["publisher_id"], row["stream"]) == (body, "payments")
    ]


def _compare_load(publisher, files, conformed, rows: int) -> None:  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime

    from anchor_spend import database, ledger, load
    from anchor_spend.landing import LandingStore
    from anchor_spend.records import DiscoveredFile, FetchAttempt
    from anchor_spend.settings import load_settings

    store = LandingStore(load_settings().landing_url)
    tables = [load.with_supplier_keys(file.payments) for file in conformed]

    def load_all(mark: bytes) -> None:
        for (period, name, data), file in zip(files, conformed, strict=True):
            found = DiscoveredFile(publisher.publisher_id, "payments", period, f"file:///{name}")
            sha256 = store.put(data + mark)  # other bytes each round: a version is loaded once
            kept = ledger.Version(sha256, name, len(data), "benchmark")
            attempt = FetchAttempt(found.url, datetime.now(UTC), 0, "landed")
            landed = ledger.land_version(found, "sample", kept, "benchmark", attempt)
            load.load_file(landed, file, publisher)

    def copy_bare() -> None:
        with database.connect() as connection, connection.cursor() as cursor:
            cursor.execute("drop table if exists public.bare")
            columns = ", ".join(f"c{number} text" for number in range(len(tables[0].columns)))
            cursor.execute(f"create table public.bare ({columns})")
            with cursor.copy("copy public.bare from stdin") as copy:
                for table in tables:
                    for row in table.astype(str).itertuples(index=False):
                        copy.write_row(row)

    marks = iter([b"\n", b"\n\n", b"\n\n\n"])
    _print("load", _best(lambda: load_all(next(marks))), "bare COPY", _best(copy_bare), rows)


def _best(step: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _print(name: str, seconds: float, baseline: str, baseline_seconds: float, rows: int) -> None:
    ratio = seconds / baseline_seconds
    print(
        f"{name:<18}{seconds:7.2f} s {rows / seconds:9,.0f} rows/s   "
        f"{baseline} {baseline_seconds:.2f} s   ratio {ratio:.1f}"
    )


if __name__ == "__main__":
    main()
