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
    at_source: str = ""  # what the body that publishes the file does, where `remedy` speaks to who runs this


_DATA_FILE = "publish or fetch the data file itself, as CSV or XLSX."
_TELL_US = "keep the names of earlier months; if you changed one on purpose, tell us the new name."
_CORRECT = "correct the row in your ledger or export; as it stands it is left out of the totals."
_REPORT = "report it to the publisher; the row is kept aside with its number and stays out of the totals."

RULES: dict[str, Rule] = {
    # the file is not a table
    "file_empty": Rule(
        "file",
        "The file holds nothing.",
        "fetch it again; if it stays empty, ask the publisher.",
        "export it again and open it before you publish it.",
    ),
    "file_too_large": Rule(
        "file",
        "The file is larger than any file expected.",
        "check that the link is right.",
        "check that it is the payments file; publish it month by month.",
    ),
    "file_is_html": Rule("file", "The file is a web page.", _DATA_FILE),
    "file_is_login_page": Rule(
        "file", "The file is a sign-in page.", "use a link that works without signing in."
    ),
    "file_is_xml": Rule("file", "The file is XML.", _DATA_FILE),
    "file_is_json": Rule("file", "The file is JSON.", _DATA_FILE),
    "file_is_zip": Rule(
        "file",
        "The file is an archive without any table.",
        "look at the files inside; if one is a table, ask the publisher for it as CSV or XLSX.",
        "publish the table itself, as CSV or XLSX.",
    ),
    "file_is_binary": Rule("file", "The file is neither text nor a workbook.", _DATA_FILE),
    "archive_damaged": Rule(
        "file",
        "The archive is cut short, damaged or packed in an unusual way.",
        "fetch it again; if it stays so, ask the publisher for the tables themselves.",
        "publish the tables themselves, one by one.",
    ),
    "archive_locked": Rule("file", "The archive needs a password.", "publish it without one."),
    "archive_too_large": Rule(
        "file",
        "The archive unpacks to, or lists, more than any file expected.",
        "ask the publisher for the tables themselves.",
        "publish the tables themselves, one by one.",
    ),
    "workbook_damaged": Rule(
        "file",
        "The workbook is cut short or damaged.",
        "fetch it again; else open it and save it as XLSX.",
        "open it, repair what the spreadsheet reports, and save it as XLSX.",
    ),
    "workbook_locked": Rule("file", "The workbook needs a password.", "publish it without one."),
    "workbook_with_entities": Rule(
        "file",
        "The workbook declares XML entities, which can refer to other files or unpack without end.",
        "open it in a spreadsheet program and save it again as XLSX.",
    ),
    "workbook_too_large": Rule(
        "file",
        "The workbook unpacks to, or spans, more than any file expected.",
        "delete stray cells far from the table and save it again.",
    ),
    "pdf_damaged": Rule(
        "file",
        "The PDF is cut short or damaged.",
        "fetch it again; else ask the publisher for the table as CSV or XLSX.",
        "publish the table the PDF was made of, as CSV or XLSX.",
    ),
    "pdf_locked": Rule(
        "file",
        "The PDF needs a password.",
        "ask the publisher for the table as CSV or XLSX.",
        "publish the table the PDF was made of, as CSV or XLSX.",
    ),
    "pdf_too_large": Rule(
        "file",
        "The PDF has more pages or text than any file expected, or takes too long to read.",
        "ask the publisher for the table as CSV or XLSX.",
        "publish the table the PDF was made of, as CSV or XLSX.",
    ),
    "pdf_without_text": Rule(
        "file",
        "The PDF is a picture of a table: it holds no text, or text that was guessed from the picture.",
        "ask the publisher for the table as CSV or XLSX.",
        "publish the table the PDF was made of, as CSV or XLSX.",
    ),
    "pdf_table_unclear": Rule(
        "file",
        "The text of the PDF cannot be parted into the rows and columns of one table beyond doubt.",
        "ask the publisher for the table as CSV or XLSX; nothing of the PDF was loaded.",
        "publish the table the PDF was made of, as CSV or XLSX.",
    ),
    "no_visible_sheet": Rule(
        "file", "Every sheet of the workbook is hidden.", "unhide the sheet to publish."
    ),
    "sheet_missing": Rule(
        "file",
        "No visible sheet has the expected name.",
        "correct format.sheet.",
        "name the sheet with the payments as in earlier months; if you renamed it on purpose, tell us.",
    ),
    "encoding_unreadable": Rule(
        "file",
        "The bytes are no text in any expected encoding.",
        "add the right one to format.encodings.",
        "save the file as CSV UTF-8, or as XLSX.",
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
        "put the row with the columns' names above the payments, with the names of earlier months.",
    ),
    "no_payments_found": Rule(
        "file",
        "Nothing in the file looks like a table of payments.",
        "look at the file; if it does list payments, write its spec by hand.",
        "publish one table with a header row that names the payee, the date and the amount.",
    ),
    "column_missing": Rule(
        "file",
        "A column is missing or renamed.",
        "if it was renamed, add the new name to the field's aliases.",
        _TELL_US,
    ),
    "column_ambiguous": Rule(
        "file",
        "Several columns fit one field.",
        "leave one as the field's alias and move the others to `ignore`.",
        "give each column a name of its own, the one it had in earlier months.",
    ),
    "dates_unreadable": Rule(
        "file",
        "None of the expected date formats reads the file's dates.",
        "add the format to format.dates.",
        "write every date in one way, the one of earlier months; best as 2017-04-30.",
    ),
    "dates_ambiguous": Rule(
        "file",
        "Two date formats read the file equally well, to different days.",
        "leave in format.dates only the format this publisher uses.",
        "write dates so that day and month cannot be exchanged, such as 2017-04-30 or 30-Apr-2017.",
    ),
    "dates_swapped_suspected": Rule(
        "file",
        "Some dates have day and month exchanged and others not: a spreadsheet read them in the other order.",
        "ask the publisher for an export with dates as text; no one order of day and month reads this file.",
        "write dates as 2017-04-30 or 30-Apr-2017; a spreadsheet has exchanged day and month in some.",
    ),
    "amounts_unreadable": Rule(
        "file",
        "Most amounts cannot be read.",
        "check which column `amount` names and how amounts are written.",
        "look at the column of amounts: plain pounds and pence, such as 1234.50, nothing else in the cell.",
    ),
    # rows that look like payments and cannot be loaded
    "ragged_row": Rule(
        "rejected",
        "The row has more cells than the header.",
        _REPORT,
        "look for a comma in a text that is not in quotation marks, and export the row again.",
    ),
    "amount_missing": Rule("rejected", "The amount is blank.", _REPORT, _CORRECT),
    "amount_unreadable": Rule("rejected", "The amount is not an amount.", _REPORT, _CORRECT),
    "date_missing": Rule("rejected", "The date is blank.", _REPORT, _CORRECT),
    "date_unreadable": Rule("rejected", "The date is not in the file's date format.", _REPORT, _CORRECT),
    "total_row_differs": Rule(
        "rejected",
        "A total row that is not the sum of the rows it follows.",
        "ask the publisher whether rows are missing; the row itself is no payment.",
        "see whether rows are missing above it, then leave the total out of the published file.",
    ),
    # rows that are no payments
    "banner": Rule("excluded", "A line above the header.", ""),
    "blank_row": Rule("excluded", "A row without any content.", ""),
    "repeated_header": Rule("excluded", "The header again, further down.", ""),
    "header_continued": Rule("excluded", "A second line of the header.", ""),
    "note_row": Rule("excluded", "Words beside the table: no amount, no date and no payee.", ""),
    "total_row": Rule("excluded", "A total that equals the sum of the rows it follows.", ""),
    "sheet_without_header": Rule(
        "excluded",
        "A sheet without the expected columns.",
        "look at the sheet; if it holds payments, add its columns' names to the spec.",
        "if the sheet holds payments, give it the columns of the other sheets; else leave it out.",
    ),
    # remarks on a file
    "hidden_sheet": Rule(
        "finding",
        "A hidden sheet was not read.",
        "tell the publisher: hidden sheets are published too.",
        "delete the sheet before you publish: whoever opens the file can unhide it.",
    ),
    "hidden_columns": Rule(
        "finding",
        "Columns that are hidden were left blank: they may hold what was not meant for publication.",
        "look at the sheet; where a column of the spec is hidden, ask the publisher to show it.",
        "delete hidden columns before publishing, or unhide those that are meant to be read.",
    ),
    "hidden_rows": Rule(
        "finding",
        "Rows that are hidden, mostly by a filter left on, were read like all others.",
        "ask the publisher whether these rows are meant to be published.",
        "clear the filter, or delete the rows that are not meant for publication.",
    ),
    "hidden_unknown": Rule(
        "finding",
        "Whether rows or columns of a sheet are hidden could not be told.",
        "",
        "save the workbook again as XLSX.",
    ),
    "merged_cells": Rule("finding", "Cells merged downwards were read as each holding the text.", ""),
    "pdf_page_lines": Rule("finding", "Page numbers and lines repeated on several pages were left out.", ""),
    "pdf_blacked_out": Rule(
        "finding",
        "Text under black boxes was not read: the page does not show it, but the file still holds it.",
        "tell the publisher: whoever opens the file can copy the text out.",
        "remove the text itself before you publish; a box drawn over it hides nothing.",
    ),
    "archive_member_unread": Rule(
        "finding", "A file in the archive is no table, or the same table again, and was not read.", ""
    ),
    "sheet_not_selected": Rule("finding", "A sheet that is not among those read was left out.", ""),
    "unexpected_family": Rule("finding", "The file is of another type than expected.", ""),
    "encoding_doubtful": Rule(
        "finding",
        "The characters fit another encoding better.",
        "put the right encoding first in format.encodings.",
        "save the file as CSV UTF-8, and see whether accents and pound signs are right.",
    ),
    "unknown_header": Rule(
        "finding",
        "A column that is not known.",
        "map it in `columns`, or list it under `ignore`.",
        "if it is new or renamed, tell us what it holds; nothing in it is read until then.",
    ),
    "unnamed_column": Rule(
        "finding",
        "A column without a name holds data.",
        "ask the publisher what it is.",
        "give the column a name, or delete it.",
    ),
    "name_at_cut": Rule("finding", "Names as long as this body's files allow may be cut.", ""),
    "name_cut_suspected": Rule(
        "finding",
        "Many names end at one length and none is longer: they seem to be cut there.",
        "put the length into format.name_cut_at.",
        "publish names whole; yours seem to be cut.",
    ),
    "dates_settled_by_period": Rule(
        "finding", "The months the file covers settle the order of day and month in its dates.", ""
    ),
    "dated_by_period": Rule(
        "finding",
        "Payments without a day of their own count on the last day the file covers.",
        "",
        "give each payment its date.",
    ),
    "pence_rounded": Rule(
        "finding",
        "Amounts with more than two decimals were rounded to the penny.",
        "",
        "publish what was paid, in pounds and pence.",
    ),
    "redaction_suspected": Rule(
        "finding",
        "Names that speak of redaction and match no known wording of it.",
        "add the wording to `redaction`.",
        "use your usual wording for withheld names; if it changed, tell us.",
    ),
    "vat_number_unreadable": Rule(
        "finding",
        "VAT numbers that are none of the United Kingdom: not 9 or 12 digits, or with wrong check digits. "
        "The payments count; these numbers are not used to find the supplier.",
        "see that the column is one of VAT registration numbers, and of the suppliers'.",
        "correct them in your ledger; leave the cell blank where a supplier has none or is abroad.",
    ),
    "charity_number_unreadable": Rule(
        "finding",
        "Charity numbers that no register gives out. The payments count; these numbers are not used to find "
        "the supplier.",
        "see that the column is one of charity numbers.",
        "write 6 or 7 digits, SC and 6 digits or NIC and 6 digits; leave the cell blank for other suppliers.",
    ),
    "other_body_name": Rule(
        "finding",
        "The column that names the paying body holds other names.",
        "check that the file is this body's.",
    ),
    "month_unknown": Rule(
        "file",
        "Nothing says which month the file is of.",
        "name the file with its month, such as payments-2017-04.csv.",
        "give the month with --period, or name the file with it, such as payments-2017-04.csv.",
    ),
    "fault": Rule(
        "file",
        "The file could not be read through a fault of this program.",
        "report it with the file.",
    ),
    "step_changed_rows": Rule("finding", "A named step changed values.", ""),
    # changes from one file of a body to the next
    "column_renamed": Rule(
        "finding",
        "A column has another name than in the file before.",
        "if the spec does not know the new name, add it to the field's aliases.",
        _TELL_US,
    ),
    "column_added": Rule(
        "finding",
        "A column that the file before did not have.",
        "map it in `columns`, or list it under `ignore`.",
        "if it is meant to be read, tell us what it holds.",
    ),
    "column_vanished": Rule(
        "finding",
        "A column of the file before is gone.",
        "ask the publisher; where the spec can do without it, move it to `optional_columns`.",
        "keep the columns of earlier months; if you dropped one on purpose, tell us.",
    ),
    "columns_reordered": Rule("finding", "The columns stand in another order than in the file before.", ""),
    "columns_replaced": Rule(
        "finding",
        "No row has the columns' names of the file before.",
        "look at the file; if the layout is new, write its names into the spec.",
        _TELL_US,
    ),
    "encoding_changed": Rule("finding", "The characters are encoded otherwise than in the file before.", ""),
    "delimiter_changed": Rule("finding", "Another character parts the columns.", ""),
    "date_format_changed": Rule(
        "finding",
        "Dates are written otherwise than in the file before.",
        "if they cannot be read, add the format to format.dates.",
        "write dates as in earlier months, or as 2017-04-30.",
    ),
    "amount_style_changed": Rule(
        "finding",
        "Amounts are written otherwise than in the file before.",
        "if they cannot be read, look at how they are written and at the column `amount` names.",
        "write amounts as in earlier months.",
    ),
    "sheet_changed": Rule(
        "finding",
        "The payments stand in other sheets than in the file before.",
        "see that no sheet of payments is left out, and none is read that is a summary.",
        "keep the names of the sheets, and one sheet for the payments.",
    ),
    "header_row_moved": Rule("finding", "The header stands in another row than in the file before.", ""),
    "file_kind_changed": Rule("finding", "The file is of another type than the file before.", ""),
    "credits_changed": Rule(
        "finding",
        "Negative amounts, such as credit notes, stopped or began.",
        "ask the publisher where credit notes went: without them the totals are too high.",
        "keep credit notes in the file, as negative amounts.",
    ),
    "reference_changed": Rule(
        "finding",
        "The body's own numbers of its suppliers have another length: its ledger may be a new one.",
        "see that suppliers are still told apart; numbers of the old ledger mean nothing in the new one.",
    ),
    "size_jump": Rule(
        "finding",
        "The file has far more or far fewer payments than usual.",
        "compare with the publisher's page: is the file whole, and of one month?",
        "see whether the file is complete and holds one month only.",
    ),
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
