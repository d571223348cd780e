"""The rule catalogue of reading: every reason a file is refused, a row set aside, or a file remarked upon.

One entry a rule: what it means and what to do. Names are stable: they are stored, counted and tested.
"""

from dataclasses import dataclass
from typing import Literal

from anchor_spend.errors import Place, UnreadableFileError
from anchor_spend.records import Finding


@dataclass(frozen=True)
class Rule:
    """`file`: the file is refused. `rejected`, `excluded`: one row is set aside. `finding`: a remark."""

    effect: Literal["file", "rejected", "excluded", "finding"]
    meaning: str
    remedy: str


_DATA_FILE = "publish or fetch the data file itself, as CSV or XLSX."
_REPORT = "report it to the publisher; the row is kept aside with its number and stays out of the totals."

RULES: dict[str, Rule] = {
    # the file is not a table
    "file_empty": Rule(
        "file", "The file holds nothing.", "fetch it again; if it stays empty, ask the publisher."
    ),
    "file_too_large": Rule(
        "file", "The file is larger than any file expected.", "check that the link is right."
    ),
    "file_is_html": Rule("file", "The file is a web page.", _DATA_FILE),
    "file_is_login_page": Rule(
        "file", "The file is a sign-in page.", "use a link that works without signing in."
    ),
    "file_is_xml": Rule("file", "The file is XML.", _DATA_FILE),
    "file_is_json": Rule("file", "The file is JSON.", _DATA_FILE),
    "file_is_pdf": Rule("file", "The file is a PDF.", "ask the publisher for the table as CSV or XLSX."),
    "file_is_zip": Rule(
        "file", "The file is an archive, not a workbook.", "unpack it and publish the file inside."
    ),
    "file_is_binary": Rule("file", "The file is neither text nor a workbook.", _DATA_FILE),
    "workbook_damaged": Rule(
        "file", "The workbook is cut short or damaged.", "fetch it again; else open it and save it as XLSX."
    ),
    "workbook_locked": Rule("file", "The workbook needs a password.", "publish it without one."),
    "workbook_too_large": Rule(
        "file",
        "The workbook unpacks to, or spans, more than any file expected.",
        "delete stray cells far from the table and save it again.",
    ),
    "no_visible_sheet": Rule(
        "file", "Every sheet of the workbook is hidden.", "unhide the sheet to publish."
    ),
    "sheet_missing": Rule("file", "No visible sheet has the name the spec gives.", "correct format.sheet."),
    "encoding_unreadable": Rule(
        "file", "The bytes are no text in any encoding of the spec.", "add the right one to format.encodings."
    ),
    "quote_not_closed": Rule(
        "file",
        "A quotation mark swallows the rows behind it.",
        "close or remove the quotation mark in that row.",
    ),
    "too_many_rows": Rule("file", "The file has more rows than any file expected.", "split it by month."),
    "too_many_columns": Rule(
        "file", "The file has more columns than any file expected.", "remove stray cells."
    ),
    "cell_too_long": Rule(
        "file", "A cell is longer than a spreadsheet allows.", "look for a quotation mark that is not closed."
    ),
    # the table is not what the spec says
    "header_missing": Rule(
        "file",
        "None of the columns' names stands near the top.",
        "check that the file has its header row, or add the new names to `columns` of the spec.",
    ),
    "column_missing": Rule(
        "file",
        "A column is missing or renamed.",
        "if it was renamed, add the new name to the field's aliases.",
    ),
    "column_ambiguous": Rule(
        "file",
        "Several columns fit one field.",
        "leave one as the field's alias and move the others to `ignore`.",
    ),
    "dates_unreadable": Rule(
        "file", "No date format of the spec reads the file's dates.", "add the format to format.dates."
    ),
    "dates_ambiguous": Rule(
        "file",
        "Two date formats read the file equally well, to different days.",
        "leave in format.dates only the format this publisher uses.",
    ),
    "amounts_unreadable": Rule(
        "file",
        "Most amounts cannot be read.",
        "check which column `amount` names and how amounts are written.",
    ),
    # rows that look like payments and cannot be loaded
    "ragged_row": Rule("rejected", "The row has more cells than the header.", _REPORT),
    "amount_missing": Rule("rejected", "The amount is blank.", _REPORT),
    "amount_unreadable": Rule("rejected", "The amount is not an amount.", _REPORT),
    "date_missing": Rule("rejected", "The date is blank.", _REPORT),
    "date_unreadable": Rule("rejected", "The date is not in the file's date format.", _REPORT),
    "total_row_differs": Rule(
        "rejected",
        "A total row that is not the sum of the rows it follows.",
        "ask the publisher whether rows are missing; the row itself is no payment.",
    ),
    # rows that are no payments
    "banner": Rule("excluded", "A line above the header.", ""),
    "blank_row": Rule("excluded", "A row without any content.", ""),
    "repeated_header": Rule("excluded", "The header again, further down.", ""),
    "total_row": Rule("excluded", "A total that equals the sum of the rows it follows.", ""),
    "sheet_without_header": Rule(
        "excluded",
        "A sheet without the columns of the spec.",
        "look at the sheet; if it holds payments, add its columns' names to the spec.",
    ),
    # remarks on a file
    "hidden_sheet": Rule(
        "finding", "A hidden sheet was not read.", "tell the publisher: hidden sheets are published too."
    ),
    "sheet_not_selected": Rule("finding", "A sheet the spec does not name was not read.", ""),
    "unexpected_family": Rule("finding", "The file is of another type than the spec expects.", ""),
    "encoding_doubtful": Rule(
        "finding",
        "The characters fit another encoding better.",
        "put the right encoding first in format.encodings.",
    ),
    "unknown_header": Rule(
        "finding", "A column the spec does not know.", "map it in `columns`, or list it under `ignore`."
    ),
    "unnamed_column": Rule("finding", "A column without a name holds data.", "ask the publisher what it is."),
    "name_at_cut": Rule("finding", "Names as long as the publisher's limit may be cut.", ""),
    "redaction_suspected": Rule(
        "finding",
        "Names that speak of redaction and match no redaction word of the spec.",
        "add the wording to `redaction`.",
    ),
    "other_body_name": Rule(
        "finding",
        "The column that names the paying body holds other names.",
        "check that the file is this body's.",
    ),
    "step_changed_rows": Rule("finding", "A named step changed values.", ""),
}


def unreadable(rule: str, detail: str, place: Place) -> UnreadableFileError:
    """The error that refuses a file by a rule of the catalogue."""
    return UnreadableFileError(rule, detail, RULES[rule].remedy, place)


def remark(
    rule: str,
    severity: Literal["critical", "warning", "info"],
    detail: str,
    *,
    sheet: str = "",
    row_number: int | None = None,
    column: str = "",
) -> Finding:
    """A finding with the remedy of the catalogue."""
    return Finding(rule, severity, detail, RULES[rule].remedy, sheet, row_number, column)
