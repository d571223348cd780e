"""Check a payments file before it is published: what the pipeline would make of it, and what else to look at.

In: a file, its body's spec, the stream, the month (or the file's name, or its dates), earlier files. Out:
one Check. The file is read, conformed and judged by the landed_file gate exactly as the pipeline does, and by
the check's own rules (rule_list.py). Needs no database. Refuses (SettingsError) what is no file, a stream the
body has not, and a month not written as one; whatever the readers refuse is an answer: not ready.

Check.to_json() is the machine-readable answer, version 1:

    check_version   1; raised when a key changes its name or meaning, not when one is added
    verdict         ready | ready_with_warnings | not_ready; headline says it in one line
    publisher_id, body, stream
    month           period YYYY-MM ('' when unknown), last_month, source (given | file name | dates |
                    unknown), name_says, dates_say, share_of_dates
    file            name, size_bytes, sha256, kind, encoding, delimiter, date_format, sheets: sheet, rows,
                    header_row, columns: position (from 1), header, read_as
    conservation    read, payments, rejected, excluded, each with rows and pence; null when the file cannot be
                    read. closes: whether read = payments + rejected + excluded, in rows and in pence
    payments        first_date, last_date, largest_pence, largest (an example), redacted and credit_notes with
                    rows and pence; null when there is no payment
    problems        rule, severity (error | warning | info), count, unit (file | sheet | column | row | cell),
                    detail, meaning, remedy, examples (the first five): sheet, row, column, reference, shape
    comparison      months: period, rows, pence, origin; unused: name, why; median_rows, median_pence,
                    rows_ratio, pence_ratio (null below three months); published_already (as a month, or null)
    checks_made     expectations of the gate and rules that were asked

Amounts are integer pence. No supplier's name is in it, nor any other value of the file: shapes, headings and
the publisher's own transaction references only.
"""

from anchor_spend.check.examine import check_file
from anchor_spend.check.result import Check, Example, Problem

__all__ = ["Check", "Example", "Problem", "check_file"]
