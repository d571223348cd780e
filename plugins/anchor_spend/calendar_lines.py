"""The expected-file calendar as lines of text, body by body.

In: rows of published.coverage. Out: for each body and stream the months it has of those due, and the months
of each other status with the reason, where there is one.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from anchor_spend.periods import months_after, months_between

Row = dict[str, Any]
HERE = ("loaded", "restated", "empty")
_SHOWN = ("missing", "late", "empty", "restated", "not_due")


def by_stream(calendar: list[Row]) -> list[Row]:
    """One row a body and stream: months expected so far, months there, and the months of every status."""
    keyed = sorted(calendar, key=lambda row: (row["publisher_id"], row["stream"], row["period"]))
    return [
        _stream(publisher_id, stream, list(rows))
        for (publisher_id, stream), rows in groupby(
            keyed, key=lambda row: (row["publisher_id"], row["stream"])
        )
    ]


def _stream(publisher_id: str, stream: str, rows: list[Row]) -> Row:
    due = [row for row in rows if row["status"] != "not_due"]
    return {
        "publisher_id": publisher_id,
        "stream": stream,
        "is_memo": rows[0]["is_memo"],
        "expected": sum(row["months_count"] for row in due),
        "loaded": sum(row["months_count"] for row in due if row["status"] in HERE),
        "files": rows,
    }


def lines(streams: Iterable[Row]) -> Iterator[str]:
    """Each body and stream with every status that is not simply 'loaded'."""
    for row in streams:
        aside = ", not in the county figures" if row["is_memo"] else ""
        months = f"{row['loaded']} of {row['expected']} months"
        yield f"  {row['publisher_id']} {row['stream']}: {months}{aside}"
        yield from (f"    {words}" for words in status_lines(row["files"]))


def status_lines(files: list[Row]) -> Iterator[str]:
    """'missing: 2017-06 (published, but refused: column_missing), 2018-03 to 2018-05', and so on."""
    for status in _SHOWN:
        told = list(_told([file for file in files if file["status"] == status]))
        if told:
            yield f"{status.replace('_', ' ')}: {', '.join(told)}"
    refused = [file for file in files if file["status"] in ("loaded", "restated") and file["reason"]]
    if refused:
        yield f"not in its latest version: {', '.join(_told(refused))}"
    if any(not file["expected"] for file in files):
        unexpected = [file for file in files if not file["expected"]]
        yield f"outside the calendar: {', '.join(spans(_months(unexpected)))}"


def _told(files: list[Row]) -> Iterator[str]:
    for reason in dict.fromkeys(file["reason"] for file in files):
        alike = spans(_months([file for file in files if file["reason"] == reason]))
        yield ", ".join(alike) + (f" ({reason})" if reason else "")


def _months(files: list[Row]) -> list[str]:
    return [month for file in files for month in months_after(file["period"], file["months_count"])]


def spans(months: list[str]) -> Iterator[str]:
    """Months in order, those that follow each other as one: '2016-04 to 2016-09', '2017-01'."""
    first = last = months[0]
    for month in months[1:]:
        if len(months_between(last, month)) == 2:
            last = month
            continue
        yield first if first == last else f"{first} to {last}"
        first = last = month
    yield first if first == last else f"{first} to {last}"
