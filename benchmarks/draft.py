"""Draft a spec from every published format at hand and compare it with what a person found in the file.

    .venv/bin/python benchmarks/draft.py [--data ../shared/data/formats] [--only PART_OF_PATH] [--verbose]

Truth: benchmarks/formats_truth.csv, written by hand: which columns hold payee, date and amount. A draft is
right when all its columns of the three fields, the order of day and month, the sheets and the stream are
those of the truth, and clean when it reads at least 99% of the rows with no question about the three.
Prints a table by organisation type and file type, and the shares against the targets. No cell of any file
is printed. Exit code 1 when a target is missed; 0 with a reason when the files are not there.
"""

import argparse
import csv
import logging
import os
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from anchor_spend.draft.proposal import Draft, draft_file
from anchor_spend.errors import UnreadableFileError
from anchor_spend.settings import PROJECT
from anchor_spend.spec import normalise_header
from anchor_spend.values import order_of

TRUTH = PROJECT / "benchmarks" / "formats_truth.csv"
OUTCOMES = ("clean", "right, asks", "refused", "wrong, asks", "WRONG, SILENT")
FIELDS = {"supplier_name": "supplier", "payment_date": "payment_date", "amount": "amount"}
SPREADSHEETS = {"csv", "xlsx", "xls", "ods"}


@dataclass(frozen=True)
class Measured:
    """How one draft compares with the truth."""

    path: str
    org_type: str
    file_type: str
    outcome: str
    is_right: bool
    share_read: float
    seconds: float
    peak_mb: float
    detail: str


def main() -> int:
    """Measure every file, print the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(os.environ.get("ANCHOR_SPEND_REAL_DATA") or PROJECT.parent / "shared" / "data") / "formats"
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true", help="a line for each draft that is not clean")
    options = parser.parse_args()
    if not (options.data / "INDEX.csv").exists():
        print(f"skipped: {options.data} holds no published files to measure on")
        return 0
    results = list(measure_all(options.data, options.only))
    if options.verbose:
        for item in results:
            if item.outcome != "clean":
                print(f"{item.outcome:<14} {item.path}: {item.detail}")
    print_table(results)
    return 0 if print_targets(results) else 1


def measure_all(folder: Path, only: str = "") -> Iterator[Measured]:
    """Each file in a process of its own, so that its memory is its own."""
    with get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        yield from pool.imap(measure, tasks(folder, only))


def tasks(folder: Path, only: str = "") -> list[tuple[Path, str, dict[str, str]]]:
    """(folder, file, row of the truth) of every published format; files known as broken have no row."""
    truth = {row["sha256"]: row for row in _rows(TRUTH)}
    known = [row for row in _rows(folder / "INDEX.csv") if only in row["file"]]
    return [
        (folder, row["file"], truth.get(row["sha256"][:16], {}))
        for row in known
        if row["sha256"][:16] in truth or row["role"] == "broken"
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def measure(task: tuple[Path, str, dict[str, str]]) -> Measured:
    """Draft one file and compare it with its row of the truth."""
    folder, name, truth = task
    logging.disable(logging.CRITICAL)
    data = (folder / name).read_bytes()
    started = time.perf_counter()
    draft: Draft | None = None
    detail = ""
    try:
        draft = draft_file(data, Path(name).name)
    except UnreadableFileError as error:
        detail = error.rule
    seconds = time.perf_counter() - started
    own, children = (
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    is_other = truth.get("what") == "other"
    faults = list(_faults(draft, truth)) if draft else []
    org_type, file_type = truth.get("org_type", "(broken files)"), truth.get("file_type", "html")
    trial = draft.trial if draft else None
    if draft and not detail:
        asked = [f"{item.key}: {item.text}" for item in draft.questions if item.is_required]
        detail = "; ".join([*faults, *asked])
    is_right = draft is not None and not faults and not is_other
    return Measured(
        name, org_type, file_type, _outcome(draft, faults, is_other), is_right,
        trial.share_read if trial else 0.0, seconds, max(own, children) / 1024, detail,
    )  # fmt: skip


def _outcome(draft: Draft | None, faults: list[str], is_other: bool) -> str:
    if draft is None or (is_other and any(item.key == "streams" for item in draft.questions)):
        return "refused"
    if faults:
        return "WRONG, SILENT" if draft.is_settled else "wrong, asks"
    return "clean" if draft.is_settled else "right, asks"


def _faults(draft: Draft, truth: dict[str, str]) -> Iterator[str]:
    """Where a draft differs from the truth. A file that holds no payments must be asked about or refused."""
    if not truth:
        yield "a broken file was drafted"
        return
    if truth["what"] == "other":
        return  # right when it is asked about: `_outcome` sees to that
    if draft.stream not in truth["what"].split(" || "):
        yield f"stream is {draft.stream}, not {truth['what']}"
    for field, column in FIELDS.items():
        allowed = _allowed(truth[column], truth[f"{column}_also"])
        for alias in draft.keys["stream"]["columns"].get(field, ["none"]):
            if _tidy(alias) not in allowed:
                yield f"{field} is {alias!r}, not {truth[column]!r}"
    orders = {order_of(name) for name in draft.keys["stream"]["format"]["dates"]} - {""}
    true_orders = {order_of(name) for name in truth["dates"].split(" || ")} - {""}
    if draft.days and truth["dates"] and (orders or true_orders) and orders != true_orders:
        yield f"dates are read {sorted(orders)}, not {sorted(true_orders)}"
    sheets = {item.sheet.table.sheet.strip() for item in draft.readings}
    true_sheets = {name.strip() for name in truth["sheet"].split(" || ") if name.strip()}
    if true_sheets and sheets != true_sheets:
        yield f"{len(sheets)} sheets are read, not {len(true_sheets)}"


def _allowed(name: str, also: str) -> set[str]:
    return {_tidy(item) for item in [name, *also.split(" || ")] if item}


def _tidy(header: str) -> str:
    """A header as compared. The second of two equal ones is 'Name (2)' in a spec, and plain in the truth."""
    text = normalise_header(header.replace("\\n", " ").replace("\ufeff", ""))
    return text.removesuffix(" (2)")


def print_table(results: list[Measured]) -> None:
    """Counts by organisation type and file type."""
    groups: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for item in results:
        groups[(item.org_type, item.file_type)].append(item)
    heads = ["organisation type", "type", "files", *OUTCOMES, "seconds", "peak MB"]
    widths = [32, 5, 6, *(max(len(name), 6) for name in OUTCOMES), 8, 8]
    print("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)))
    for (org_type, file_type), items in sorted(groups.items()):
        _print_row(org_type, file_type, items, widths)
    _print_row("all", "", results, widths)


def _print_row(org_type: str, file_type: str, items: list[Measured], widths: list[int]) -> None:
    counts = Counter(item.outcome for item in items)
    seconds = f"{sum(item.seconds for item in items):.1f}"
    peak = f"{max(item.peak_mb for item in items):.0f}"
    cells = [org_type, file_type, str(len(items)), *(str(counts[name]) for name in OUTCOMES), seconds, peak]
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)))


def print_targets(results: list[Measured]) -> bool:
    """The shares against the targets; True when all are met."""
    tables = [item for item in results if item.file_type in SPREADSHEETS]
    papers = [item for item in results if item.file_type == "pdf"]
    silent = [item for item in results if item.outcome == "WRONG, SILENT"]
    met = [
        _print_share("CSV and spreadsheets whose draft needs no edit", tables, 0.9),
        _print_share("PDFs whose draft needs no edit", papers, 0.6),
        not silent,
    ]
    print(f"read wrongly without a warning: {len(silent)} of {len(results)} (target 0)")
    slowest = max(results, key=lambda item: item.seconds)
    print(f"slowest: {slowest.seconds:.1f} s ({slowest.path})")
    return all(met)


def _print_share(what: str, items: list[Measured], target: float) -> bool:
    unedited = sum(item.is_right and item.share_read >= 0.99 for item in items)
    clean = sum(item.outcome == "clean" for item in items)
    share = unedited / len(items) if items else 0.0
    print(
        f"{what}: {unedited} of {len(items)} = {share:.1%} (target {target:.0%}); "
        f"{clean} of them with no question on payee, date or amount"
    )
    return share >= target


if __name__ == "__main__":
    sys.exit(main())
