"""A check in words, as its text and its page both say it: made from the Check alone."""

from datetime import date

from anchor_spend.check.month_rules import ENOUGH_MONTHS, ROWS_BAND
from anchor_spend.check.result import Check, Example, Month, Part, Problem, Severity
from anchor_spend.check.safe import gbp
from anchor_spend.gate_suites import read_suite
from anchor_spend.report.words import day, listed, month, plural, sentence

Fact = tuple[str, str]  # what it is called, what it is

SEVERITIES: dict[Severity, tuple[str, str]] = {
    "error": ("Errors", "The file would not be taken in until these are put right."),
    "warning": ("Warnings", "The file would be taken in. Look at these before you publish it."),
    "info": ("For information", "Nothing has to be done about these."),
}
VERDICTS = {
    "ready": ("Ready", "The file can be published as it is."),
    "ready_with_warnings": ("Ready with warnings", "The file can be published; look at the warnings first."),
    "not_ready": ("Not ready", "The file would not be taken in as it is."),
}
_KINDS = {"delimited": "delimited text", "xlsx": "XLSX workbook", "xls": "XLS workbook"}
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", "": ""}
_FIELDS = {
    "payment_date": "date", "amount": "amount", "supplier_name": "supplier", "supplier_ref": "supplier's id",
    "supplier_postcode": "supplier's postcode", "supplier_company_number": "supplier's company number",
    "vat_number": "supplier's VAT number", "charity_number": "supplier's charity number",
    "department": "department", "category": "category", "description": "description",
    "transaction_ref": "transaction reference", "body_name": "paying body",
}  # fmt: skip
_STREAMS = {"payments": "payments", "purchase_card": "purchase card transactions"}


def understood(check: Check) -> list[Fact]:
    """What was understood of the file, but its columns and its rows and pounds."""
    file = check.file
    facts = [
        ("Body", f"{check.body} ({check.publisher_id}), {_STREAMS.get(check.stream, check.stream)}"),
        ("Month", month_words(check.month)),
        ("File", f"{file.name}, {file.size_bytes:,} bytes{_kind(check)}"),
    ]
    headers = [
        f"{sheet.sheet + ': ' if sheet.sheet else ''}row {sheet.header_row}"
        if sheet.header_row
        else f"{sheet.sheet}: no columns of payments, not read"
        for sheet in file.sheets
    ]
    facts += [("Header", "; ".join(headers))] if headers else []
    facts += [("Dates", _dates(check))] if check.payments else []
    return facts + _payment_facts(check)


def _kind(check: Check) -> str:
    file = check.file
    parts = [_KINDS.get(file.kind, file.kind.upper()), file.encoding]
    parts.append(f"parted by {_DELIMITERS.get(file.delimiter, file.delimiter)}" if file.delimiter else "")
    return "".join(f", {part}" for part in parts if part)


def month_words(found: Month) -> str:
    if not found.period:
        return "not known: neither --period nor the file's name nor its dates say it"
    named = month(found.period)
    if found.last_month != found.period:
        named = f"{named} to {month(found.last_month)}"
    source = {"given": "as given", "file name": "from the file's name", "dates": "from its dates"}
    share = found.share_of_dates
    part = "all" if share == 1 else f"{share or 0:.1%} of the"
    agree = "" if share is None else f"; {part} dates fall in it"
    return f"{named}, {source.get(found.source, found.source)}{agree}"


def _dates(check: Check) -> str:
    assert check.payments is not None
    first, last = (
        day(date.fromisoformat(text)) for text in (check.payments.first_date, check.payments.last_date)
    )
    written = f", written as {check.file.date_format}" if check.file.date_format else ""
    return f"{first} to {last}{written}"


def _payment_facts(check: Check) -> list[Fact]:
    found = check.payments
    if found is None:
        return []
    where = place_words(found.largest)
    return [
        ("Largest payment", f"{gbp(found.largest_pence)}{f', {where}' if where else ''}"),
        ("Withheld names", _part(found.redacted)),
        ("Credit notes", _part(found.credit_notes)),
    ]


def _part(part: Part) -> str:
    return f"{part.rows:,} row{'' if part.rows == 1 else 's'}, {gbp(part.pence)}" if part.rows else "none"


def columns(check: Check) -> list[tuple[str, int, str, str]]:
    """(sheet, position, heading, what it was read as) of every column of every sheet."""
    return [
        (sheet.sheet, column.position, column.header, _FIELDS.get(column.read_as, column.read_as))
        for sheet in check.file.sheets
        for column in sheet.columns
    ]


def conservation(check: Check) -> list[tuple[str, int, str]]:
    """(what, rows, pounds); the first equals the sum of the others."""
    found = check.conservation
    if found is None:
        return []
    parts = (
        ("Read", found.read),
        ("Payments", found.payments),
        ("Rejected: cannot be read as payments", found.rejected),
        ("Excluded: banners, blank rows, totals", found.excluded),
    )
    return [(name, part.rows, gbp(part.pence)) for name, part in parts]


def closing(check: Check) -> str:
    if check.conservation is None:
        return ""
    if check.conservation.closes:
        return "Read = payments + rejected + excluded, in rows and to the penny."
    return "Rows or pounds read are not payments + rejected + excluded: report it with the file."


def count_words(problem: Problem) -> str:
    """'12 rows'; nothing for what is said of the file as a whole."""
    if problem.unit == "file" and problem.count == 1:
        return ""
    noun = "place" if problem.unit == "file" else problem.unit
    return f"{problem.count:,} {noun}{'' if problem.count == 1 else 's'}"


def place_words(example: Example) -> str:
    """'sheet April, row 12, column Amount, reference 123, shape '999''."""
    is_numbered = example.column.startswith("column ")
    parts = [
        example.sheet and f"sheet {example.sheet}",
        f"row {example.row}" if example.row else "",
        example.column if is_numbered else example.column and f"column {example.column}",
        example.reference and f"reference {example.reference}",
        example.shape and f"shape '{example.shape}'",
    ]
    return ", ".join(part for part in parts if part)


def examples_lead(problem: Problem) -> str:
    """'The first 5 of 12:' above its examples."""
    shown = len(problem.examples)
    return f"The first {shown} of {problem.count:,}" if problem.count > shown else "Where"


def comparison(check: Check) -> list[str]:
    """The file beside earlier months, and when that counts as unusual."""
    found = check.comparison
    told = [f"{unused.name} was not compared. {unused.why}" for unused in found.unused]
    if check.conservation is None:
        return []
    if found.rows_ratio is None or found.median_pence is None:
        few = sentence(plural(len(found.months), "earlier month")) if found.months else "No earlier month"
        needed = (
            f"at least {ENOUGH_MONTHS} are needed. Give earlier files with --previous, a folder or a file."
        )
        return [f"{few} to compare with; {needed}", *told]
    pounds = "" if found.pence_ratio is None else f" and {found.pence_ratio:.2f} times the pounds"
    return [
        f"The median of {len(found.months)} earlier months is {found.median_rows:,.0f} payments and "
        f"{gbp(round(found.median_pence))}; this file has {found.rows_ratio:.2f} times the payments{pounds}.",
        _unusual(),
        *told,
    ]


def _unusual() -> str:
    """The limits as the gate has them."""
    limits = {
        item["severity"]: item["kwargs"]
        for item in read_suite("landed_file")["expectations"]
        if item["kwargs"]["column"] == "total_against_median"
    }
    bands = [
        (limits[severity]["min_value"], limits[severity]["max_value"], f"median pounds is {word}")
        for severity, word in (("warning", "a warning"), ("critical", "an error"))
    ]
    bands.append((*ROWS_BAND, "median payments is a warning"))
    told = [f"outside {low:g} to {high:g} times the {what}" for low, high, what in bands]
    return f"The rule: {listed(told)}."
