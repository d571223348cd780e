"""Every published format read with a right spec: what is read, rejected, refused, by kind of body and file.

    .venv/bin/python benchmarks/read_formats.py [--data FOLDER] [--files]

The right spec of a file is built from `formats_truth.csv`, judged by hand: one row a file, known by the
first sixteen digits of its SHA-256, with the header text of the payee's, date and amount columns ('none'
where there is no such column, 'column 9' for one without a name, '(2)' for a repeat), the header's row on its
first sheet, the ways its dates are written, what stands in place of a date ('blank', or 'word': a text
without a digit), and the months it covers. `_also` names what would also be right; of payees it is another
sheet's name.

A file counts as read when 99% of its rows that may be payments are. Rows and pence are checked to the last.
Prints counts, rules and row numbers, never a value. Without the data there is nothing to read: it says so.
"""

import argparse
import csv
import hashlib
import os
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

TRUTH = Path(__file__).with_name("formats_truth.csv")
FAMILIES = {"csv": "delimited", "pdf": "pdf"}
READ = 0.99
NO_LOSS = {"blank_row", "banner", "repeated_header", "header_continued", "note_row", "total_row"}


@dataclass
class Outcome:
    """What became of one file."""

    org_type: str
    file_type: str
    file: str
    rows: int = 0
    payments: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    refused: str = ""
    is_conserved: bool = True
    findings: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_mb: float = 0.0

    @property
    def is_read(self) -> bool:
        asked = self.payments + sum(self.rejected.values())
        return not self.refused and self.payments >= asked * READ


def main() -> None:
    """Read every file of the folder that the truth knows, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    here = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("ANCHOR_SPEND_REAL_DATA") or here))
    parser.add_argument("--files", action="store_true", help="name each file that falls short by its hash")
    arguments = parser.parse_args()
    folder = arguments.data / "formats"
    if not folder.is_dir():
        print(f"Skipped: the folder {folder.name} of real files is not here; nothing was read.")
        return
    outcomes = list(read_all(folder))
    for line in [*_by_kind(outcomes), *(_short_of(outcomes) if arguments.files else ())]:
        print(line)


def read_all(folder: Path) -> Iterator[Outcome]:
    """The outcome of each file of the truth."""
    paths = {short_sha(path): path for path in sorted(folder.rglob("*")) if path.is_file()}
    with TRUTH.open(encoding="utf-8", newline="") as lines:
        truth = list(csv.DictReader(lines))
    context = get_context("fork")
    for row in truth:
        if row["supplier"] == "none":
            continue  # no payee: no file of payments
        with context.Pool(1) as pool:  # a process each, so that the peak of memory is the file's own
            yield pool.apply(read_one, (paths[row["sha256"]], row))


def short_sha(path: Path) -> str:
    """The first sixteen digits of a file's SHA-256, by which the truth knows it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def read_one(path: Path, row: dict[str, str]) -> Outcome:
    """What became of one file, read with the spec of its row."""
    from anchor_spend.errors import UnreadableFileError

    outcome = Outcome(row["org_type"], row["file_type"], row["sha256"])
    began = time.perf_counter()
    try:
        conformed = conformed_file(path, row)
    except UnreadableFileError as error:
        outcome.refused = error.rule
    else:
        _count(outcome, conformed)
    outcome.seconds = time.perf_counter() - began
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    outcome.peak_mb = max(usage) / 1024
    return outcome


def conformed_file(path: Path, row: dict[str, str]) -> Any:
    """One file read and conformed with the spec of its row; UnreadableFileError where it is refused."""
    from anchor_spend.conform import conform
    from anchor_spend.readers import read_tables

    body = spec_of(row)
    tables = read_tables(path.read_bytes(), row["sha256"], body.streams["payments"].format)
    if row["undated"] == "word":
        body = spec_of(row, _words_for_dates(tables, row))
    return conform(tables, body, "payments", row["period"], row["sha256"])


def _count(outcome: Outcome, conformed: Any) -> None:
    parts = (conformed.payments, conformed.rejected, conformed.excluded)
    outcome.rows, outcome.payments = conformed.rows_read, len(conformed.payments)
    outcome.rejected = Counter(conformed.rejected["rule"])
    outcome.rejected += Counter(rule for rule in conformed.excluded["rule"] if rule not in NO_LOSS)
    outcome.findings = tuple(sorted({finding.rule for finding in conformed.findings}))
    pence = sum(int(value) for part in parts for value in part["amount_pence"])
    outcome.is_conserved = conformed.rows_read == sum(map(len, parts)) and conformed.pence_read == pence


def spec_of(row: dict[str, str], words: tuple[str, ...] = ()) -> Any:
    """A publisher whose one stream is mapped as the row says."""
    from anchor_spend.spec import Publisher

    has_dates = row["payment_date"] != "none"
    columns = {"amount": [row["amount"]], "supplier_name": _names(row["supplier"], row["supplier_also"])}
    sheets = [re.escape(name.strip()) for name in row["sheet"].split(" || ") if name]
    stream = {
        "cadence": row["cadence"],
        "first_period": row["period"],
        "due_days": 30,
        "date_basis": "payment" if has_dates else "period",
        "format": {
            "family": FAMILIES.get(row["file_type"], "workbook"),
            "sheet": "|".join(sheets) or None,
            "dates": [name for name in row["dates"].split(" || ") if name not in ("", "none")],
            "undated": [*words, *([""] if row["undated"] == "blank" else [])],
            "header": _given_header(row),
        },
        "columns": columns | ({"payment_date": [row["payment_date"]]} if has_dates else {}),
        "expected": {"rows": [0, 10**6], "largest_payment_gbp": 10**9},
    }
    if row["dates"] == "none":
        stream["format"] |= {"dates": ["%d/%m/%Y"]}  # no order reads it: any must refuse it
    return Publisher.model_validate(
        {
            "publisher_id": "body_" + row["sha256"],
            "name": row["org_type"],
            "org_id": "GB-LAE-XYZ",
            "body_type": "other",
            "postcode": "LU1 2BQ",
            "valid_from": "2000-01-01",
            "vat_basis": "unknown",
            "thresholds": [{"valid_from": "2000-01-01", "gbp": 500}],
            "licence": "OGL-UK-3.0",
            "streams": {"payments": stream},
        }
    )


def _names(*names: str) -> list[str]:
    return [name for name in names if name]


def _given_header(row: dict[str, str]) -> list[str]:
    """Names for the columns of a file without a header: it has as many as the truth needs, and some more."""
    return [f"column {number}" for number in range(1, 11)] if row["header_row"] == "0" else []


def _words_for_dates(tables: list[Any], row: dict[str, str]) -> tuple[str, ...]:
    """The words of a date column that hold no digit and stand there often."""
    from anchor_spend.spec import normalise_header

    wanted = normalise_header(row["payment_date"])
    words: Counter[str] = Counter()
    for table in tables:
        names = [normalise_header(cell) for cell in table.rows[int(row["header_row"]) - 1]]
        at = names.index(wanted)
        words.update(line[at] for line in table.rows[int(row["header_row"]) :] if len(line) > at)
    return tuple(word for word, count in words.items() if word and count > 9 and not re.search(r"\d", word))


def _by_kind(outcomes: list[Outcome]) -> Iterator[str]:
    yield (
        f"{'body':<30}{'file':<6}{'files':>6}{'read':>6}{'rows':>9}{'payments':>10}{'open':>6}"
        f"{'seconds':>9}{'MB':>6}  rejected; refused"
    )
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.org_type, outcome.file_type].append(outcome)
    for (org_type, file_type), group in [*sorted(groups.items()), (("all", ""), outcomes)]:
        rejected = sum((outcome.rejected for outcome in group), Counter[str]())
        refused = Counter(outcome.refused for outcome in group if outcome.refused)
        yield (
            f"{org_type:<30}{file_type:<6}{len(group):>6}{sum(outcome.is_read for outcome in group):>6}"
            f"{sum(outcome.rows for outcome in group):>9,}{sum(outcome.payments for outcome in group):>10,}"
            f"{sum(not outcome.is_conserved for outcome in group):>6}"
            f"{sum(outcome.seconds for outcome in group):>9.1f}"
            f"{max(outcome.peak_mb for outcome in group):>6.0f}"
            f"  {_listed(rejected)}; {_listed(refused)}"
        )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{rule} {count}" for rule, count in counts.most_common()) or "-"


def _short_of(outcomes: list[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if not outcome.is_read or not outcome.is_conserved or outcome.rejected:
            share = outcome.payments / max(1, outcome.payments + sum(outcome.rejected.values()))
            reason = outcome.refused or _listed(outcome.rejected)
            yield f"{outcome.file}  {outcome.org_type:<28}{outcome.file_type:<6}{share:7.1%}  {reason}"


if __name__ == "__main__":
    main()
