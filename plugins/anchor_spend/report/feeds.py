"""The report's parts on what the bodies sent: which months there are, and what changed in their files."""

from typing import Any

from anchor_spend.periods import financial_year, months_after, months_between
from anchor_spend.report.data import Row
from anchor_spend.report.page import Page
from anchor_spend.report.parts import (
    Calendar,
    Calendars,
    CalendarYear,
    Column,
    Gaps,
    Part,
    Section,
    Table,
)
from anchor_spend.report.words import (
    DRIFT_SEVERITIES,
    LISTED,
    STATUSES,
    day,
    listed,
    month,
    month_runs,
    months_of,
    more,
    number_word,
    plural,
    sentence,
    stream_words,
)

_RECEIVED = ("loaded", "restated", "empty")


def coverage(page: Page) -> Section:
    heading = "Which months have been received"
    rows = [
        row
        for row in page.data.coverage
        if row["expected"] or row["status"] in ("loaded", "restated", "empty")
    ]
    if not rows:
        return Section("coverage", heading, "No file is expected from any body in this release.")
    place = {body: index for index, body in enumerate(page.bodies)}
    keys = sorted(
        {(row["publisher_id"], row["stream"]) for row in rows},
        key=lambda key: (place.get(key[0], len(place)), key),
    )
    files = {key: [row for row in rows if (row["publisher_id"], row["stream"]) == key] for key in keys}
    silent = [key for key in keys if all(row["status"] not in _RECEIVED for row in files[key])]
    heard = [key for key in keys if key not in silent]
    parts: list[Part] = [Calendars([_calendar(page, *key, files[key]) for key in heard])]
    if silent:
        parts += [_silent_table(page, silent, files)]
        parts += [Calendars([_calendar(page, *key, files[key]) for key in silent], is_folded=True)]
    gaps = [(_titled(page, *key), words) for key in heard if (words := _gap_words(files[key]))]
    return Section("coverage", heading, _coverage_lead(rows, silent), [*parts, Gaps(gaps)])


def _titled(page: Page, body: str, stream: str) -> str:
    return f"{page.name(body)}, {stream_words(stream).lower()}"


def _silent_table(
    page: Page, silent: list[tuple[str, str]], files: dict[tuple[str, str], list[Row]]
) -> Table:
    """Bodies that should publish, and of which there is not one file."""
    rows: list[list[Any]] = []
    for key in silent:
        due = [row for row in files[key] if row["status"] != "not_due"]
        reasons = dict.fromkeys(row["reason"] for row in due if row["reason"])
        months = sum(row["months_count"] for row in due)
        since = month(due[0]["period"]) if due else "nothing is due yet"
        rows.append(
            [
                page.name(key[0]),
                stream_words(key[1]),
                months_of(0, months),
                since,
                "; ".join(reasons) or "no file seen",
            ]
        )
    columns = [
        *(Column(label) for label in ("Body", "Files", "Received", "Due since")),
        Column("Why", "prose"),
    ]
    note = "No file seen: not found, not published, or not looked for yet."
    return Table("Not one file received", columns, rows, note=note)


def _coverage_lead(rows: list[Row], silent: list[tuple[str, str]]) -> str:
    tally = {s: sum(row["months_count"] for row in rows if row["status"] == s) for s in STATUSES}
    received = tally["loaded"] + tally["restated"] + tally["empty"]
    due = sum(tally.values()) - tally["not_due"]
    words = f"Of the {plural(due, 'month')} due, counted for each body and kind of file, "
    words += "all" if received == due > 1 else number_word(received)
    words += " has been received" if received == 1 else " have been received"
    asides = [
        f"{number_word(tally['restated'])} of them replaced by a later version" if tally["restated"] else "",
        f"{number_word(tally['empty'])} of them empty" if tally["empty"] else "",
    ]
    words += f" ({listed([aside for aside in asides if aside])})" if any(asides) else ""
    gaps = [f"{number_word(tally[s])} {_are(tally[s])} {s}" for s in ("missing", "late") if tally[s]]
    words += f"; {listed(gaps)}." if gaps else "; none is missing."
    if tally["not_due"]:
        words += f" {sentence(number_word(tally['not_due']))} more {_are(tally['not_due'])} not yet due."
    if silent:
        bodies = len({body for body, _ in silent})
        words += f" Of {plural(bodies, 'body', 'bodies')} there is not one file: see the list below."
    return words


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _calendar(page: Page, body: str, stream: str, files: list[Row]) -> Calendar:
    """A quarterly or yearly file fills the squares of all its months."""
    statuses = _month_statuses(files)
    years = []
    for year in sorted({financial_year(period) for period in statuses}):
        start = int(year[:4])
        periods = months_between(f"{start}-04", f"{start + 1}-03")
        years.append(CalendarYear(year, [statuses.get(period, "") for period in periods]))
    aside = ", not in the county figures" if body in page.memo_bodies else ""
    return Calendar(page.name(body), stream_words(stream) + aside, years)


def _month_statuses(files: list[Row]) -> dict[str, str]:
    return {name: row["status"] for row in files for name in months_after(row["period"], row["months_count"])}


def _gap_words(files: list[Row]) -> str:
    words = []
    for status in ("missing", "late", "empty"):
        alike = [row for row in files if row["status"] == status]
        told = [_told([row for row in alike if row["reason"] == r], r) for r in _reasons(alike)]
        words += [f"{status}: {', '.join(told)}"] if told else []
    later = [row for row in files if row["reason"] and row["status"] in _RECEIVED]
    words += [_told([row for row in later if row["reason"] == r], r) for r in _reasons(later)]
    return "; ".join(words)


def _reasons(files: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["reason"] for row in files))


def _told(files: list[Row], reason: str) -> str:
    """'June to July 2018 (published, but refused: column_missing)'."""
    return month_runs(list(_month_statuses(files))) + (f" ({reason})" if reason else "")


# -- changes ---------------------------------------------------------------------------------------------


def changes(page: Page) -> list[Part]:
    """What changed in the files of each body: what to look at by itself, what the specs knew folded."""
    known = [row for row in page.data.drift if row["severity"] == "info"]
    others = [row for row in page.data.drift if row["severity"] != "info"]
    note = "Critical: the file could not be read for it and was not used."
    parts: list[Part] = []
    if others:
        parts.append(_changes_table(page, "What changed in the bodies’ files", others, note))
    if known:
        note = "Other names, encodings and formats that are known and read like the ones before."
        parts.append(_changes_table(page, "Changes that were known already", known, note, is_folded=True))
    return parts


def _changes_table(
    page: Page, caption: str, changes: list[Row], note: str, *, is_folded: bool = False
) -> Table:
    rows = [
        [
            page.name(row["publisher_id"]),
            f"{month(row['period'])}, {stream_words(row['stream']).lower()}",
            _change(row),
            row["value_before"] or "none",
            row["value_after"] or "none",
            DRIFT_SEVERITIES[row["severity"]],
            day(row["noticed_at"].date()),
        ]
        for row in changes[:LISTED]
    ]
    labels = ("Body", "File of", "What changed", "Before", "After", "How grave", "Noticed")
    columns = [Column(label) for label in labels]
    words = " ".join(filter(None, [note, more(len(changes) - len(rows))]))
    return Table(caption, columns, rows, note=words, is_folded=is_folded)


def _change(row: Row) -> str:
    return sentence(row["rule"].replace("_", " ")) + (f": {row['column_name']}" if row["column_name"] else "")
