"""Name resolution measured beside its peers, on the same labelled names and register in one run.

    uv pip install --require-hashes -r requirements.lock -r benchmarks/requirements.lock
    python benchmarks/resolve.py [--data FOLDER] [--large REGISTER.parquet] [--peers tfidf,splink] [--write]
    python benchmarks/resolve.py --check benchmarks/resolve_floor.json

Names only, but for the trials of printed numbers and postcodes. Every method gives each name its best company
and a score, and accepts what scores above the threshold chosen on the other half of the names (halves by a
hash of the company number); the engine's coefficients are fitted on the other half too. Each method runs in a
process of its own, and is given the names as published and cut at 30 characters.

--write keeps the figures in benchmarks/resolution_figures.json and prints them into docs/resolution.md. The
engine is also measured on a register of national size, made for it (large_register.py) where --large names
none; its coefficients are fitted on both. --check measures the engine as it ships, and exits with 1 where
precision or recall fell below the kept figures by more than noise; --check FILE --keep writes them. Only the
peers need benchmarks/requirements.lock. Never prints a name. Without the data there is nothing to measure: it
says so.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import large_register
from measuring import guard, page

FIGURES = Path(__file__).with_name("resolution_figures.json")
PAGE = Path(__file__).parents[1] / "docs" / "resolution.md"
METHODS = ("exact", "token_sort", "wratio", "tfidf", "pg_trgm", "splink")


def main() -> None:
    """Measure, print, and keep when asked to."""
    given = _arguments()
    labels, register = given.data / "labelled" / given.labels, given.data / "labelled" / given.register
    if not labels.exists():
        print(f"Skipped: {given.labels} is not in the folder of real data; nothing was measured.")
        return
    if given.check:
        sys.exit(guard.check(labels, register, given.check, keep=given.keep))
    kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    figures = kept | _all(labels, register, given)
    if given.write:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page.rendered(figures), encoding="utf-8")
    print(page.rendered(figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    here = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("ANCHOR_SPEND_REAL_DATA") or here))
    parser.add_argument("--labels", default="supplier_matches_dev.csv")
    parser.add_argument("--register", default="register_500k.parquet")
    parser.add_argument("--peers", default=",".join(METHODS), help="'' for none")
    parser.add_argument("--large", type=Path, help="a register of national size; made where none is named")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", type=Path, help="a file of figures that must not fall")
    parser.add_argument("--keep", action="store_true", help="write the figures --check compares with")
    return parser.parse_args()


def _all(labels_file: Path, register: Path, given: argparse.Namespace) -> dict[str, Any]:
    from measuring import machine, report
    from measuring.labelled import read_labels

    labels = read_labels(labels_file)
    methods: dict[str, Any] = {}
    for name in filter(None, given.peers.split(",")):
        methods[name] = _peer(name, labels, register)
        print(f"{name}: F1 {methods[name]['whole']['best'][2][0]:.3f}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        large = given.large or large_register.make(register, Path(folder) / "large.parquet")
        methods["engine"], sections = _engine(labels, (register, large), Path(folder), given.data)
    measured = {"machine": machine.described(), "labels": report.of_labels(labels), "methods": methods}
    return measured | sections


def _peer(name: str, labels: Any, register: Path) -> dict[str, Any]:
    from measuring import peers, report, splink_peer
    from measuring.own import WIDTHS
    from measuring.processes import apart
    from measuring.scores import Answers

    work = splink_peer.splink if name == "splink" else peers.PEERS[name]
    asked = [labels.cut(width) for width in WIDTHS]
    found, peak = apart(work, register, asked)
    answers = [
        Answers(score, (best == labels.truth) & labels.has_answer)
        for best, score in zip(found.best, found.score, strict=True)
    ]
    return report.of_widths(answers, labels) | _cost(found.seconds, labels, peak + found.other_bytes)


def _cost(seconds: dict[str, float], labels: Any, peak: float) -> dict[str, Any]:
    """Seconds, names a second (names as published and cut are asked in one go) and megabytes."""
    speed = 2 * len(labels.published) / seconds["query"]
    return {"seconds": seconds, "names_per_second": speed, "peak_mb": peak / 1e6}


def _engine(
    labels: Any, registers: tuple[Path, Path], home: Path, data: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    from measuring import disagreements, own, pounds, report, trials
    from measuring.processes import apart

    folders = [home / "index", home / "large_index"]
    costs = [_engine_cost(labels, *pair) for pair in zip(registers, folders, strict=True)]
    decided, _ = apart(own.shipped, registers[0], labels, home)
    found, found_at_large = (apart(own.cross_fitted, folder, labels)[0] for folder in folders)
    answers, proposed, _ = found
    (printed, moves), _ = apart(trials.run, folders[0], labels)
    known, _ = apart(pounds.pounds_of, data, labels)
    return report.of_widths(answers, labels) | costs[0], {
        "proposed": proposed,
        "likeliest": [float(part.is_right.sum() / labels.has_answer.sum()) for part in answers],
        "sources": report.by_source(answers[0], labels),
        "pounds": report.by_pounds(answers[0], labels, known),
        "calibration": report.of_calibration(answers[0]),
        "shipped": [report.as_shipped(item, labels) for item in decided],
        "trials": [trial._asdict() for trial in printed],
        "moves": moves,
        "disagreements": disagreements.judged(decided[0], labels),
        "large": costs[1] | report.at_large(*found_at_large, labels),
    }


def _engine_cost(labels: Any, register: Path, folder: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq
    from measuring import own
    from measuring.processes import apart

    build, build_peak = apart(own.build, register, folder)
    seconds, peak = apart(own.ask, folder, labels, 1)
    by_all, _ = apart(own.ask, folder, labels, os.cpu_count() or 1)
    asked = own.ROUNDS * len(own.WIDTHS) * len(labels.published)
    return {
        "rows": pq.ParquetFile(register).metadata.num_rows,
        "build_peak_mb": build_peak / 1e6,
        "index_mb": sum(path.stat().st_size for path in folder.iterdir()) / 1e6,
        "seconds": {"build": build, **seconds},
        "names_per_second": asked / seconds["query"],
        "names_per_second_by_all": asked / by_all["query"],
        "peak_mb": peak / 1e6,
    }


if __name__ == "__main__":
    main()
