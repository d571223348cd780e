"""The rules of the check itself, beside those of reading (rules.py) and of the gate (expectations/).

One entry a rule: what it applies to, how serious it is, what it means, what to do, and the function that
looks for it. The catalogue is generated from this list.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from anchor_spend.check import month_rules, payment_rules, text_rules
from anchor_spend.check.result import Example, Problem
from anchor_spend.check.subject import FIRST, CheckRule, Found, Subject

_PERSONAL = (
    "Remove it from the published file; if it was published before, tell your data protection officer."
)

CHECK_RULES: list[CheckRule] = [
    # the month
    CheckRule(
        "month_not_published", "file", "error",
        "The month lies outside those this body's files are looked for; the file would not be taken in.",
        "Check the month given with --period, or the one in the file's name; if it is right, tell us.",
        month_rules.month_not_published,
    ),
    CheckRule(
        "month_differs_from_name", "file", "warning",
        "The month the file was checked as is not the one in its name.",
        "Give the file the name of its month: after publication the name decides.",
        month_rules.month_differs_from_name,
    ),
    CheckRule(
        "month_unsure", "file", "warning",
        "Neither --period nor the file's name says the month, and its dates fall in several.",
        "Put the month into the file's name, such as payments-2017-04.csv.",
        month_rules.month_unsure,
    ),
    CheckRule(
        "month_not_over", "file", "warning",
        "The month of the file is not over: payments may be missing still.",
        "Export it again when the month is closed.",
        month_rules.month_not_over,
    ),
    CheckRule(
        "payment_outside_months", "row", "warning",
        "Payments are dated outside the month of the file. They count in the file's month.",
        "See whether they belong into another month's file, and correct mistyped dates.",
        month_rules.payment_outside_months,
    ),
    CheckRule(
        "document_outside_months", "row", "info",
        "Documents are dated outside the month of the file, as invoices paid later are.",
        "Nothing, unless a date is mistyped.",
        month_rules.document_outside_months,
    ),
    CheckRule(
        "dated_in_future", "row", "warning",
        "A date lies after today.",
        "Correct the date: a wrong year, most often.",
        month_rules.dated_in_future,
    ),
    # beside other months
    CheckRule(
        "rows_unusual", "file", "warning",
        "The number of payments is far from that of the months before.",
        "See whether the export is whole and holds one month; if the month was unusual, publish it as it is.",
        month_rules.rows_unusual,
    ),
    CheckRule(
        "same_as_earlier_month", "file", "error",
        "An earlier month holds exactly the same payments: one export under two months. It would "
        "be held back.",
        "Export the month again.",
        month_rules.same_as_earlier_month,
    ),
    CheckRule(
        "replaces_payments_with_none", "file", "error",
        "A file without payments would take the place of one that has some. The one before would keep "
        "counting.",
        "See whether the export was run for the right month.",
        month_rules.replaces_payments_with_none,
    ),
    CheckRule(
        "replaces_published_month", "file", "info",
        "This month is in already; once published, this file takes its place.",
        "Nothing, if the correction is meant. Both versions are kept.",
        month_rules.replaces_published_month,
    ),
    # payments
    CheckRule(
        "below_threshold", "row", "info",
        "Amounts below the smallest payment this body publishes. They are kept.",
        "Nothing, if they are parts of a larger payment.",
        payment_rules.below_threshold,
    ),
    CheckRule(
        "amount_of_zero", "row", "info",
        "Payments of £0.00.",
        "Leave them out, unless they are meant.",
        payment_rules.amount_of_zero,
    ),
    CheckRule(
        "supplier_missing", "row", "warning",
        "An amount stands beside no supplier; it can never be found local.",
        "Name the supplier, or mark the row as redacted in your usual wording.",
        payment_rules.supplier_missing,
    ),
    CheckRule(
        "person_not_redacted", "row", "warning",
        "A supplier's name looks like that of a natural person and is not withheld. We never publish "
        "such names; your own file would.",
        "Look at these rows, and withhold names of people who do not trade in your usual wording.",
        payment_rules.person_not_redacted,
    ),
    CheckRule(
        "postcode_unreadable", "row", "warning",
        "A supplier's postcode is not written as a UK postcode; the payment may be found at another place.",
        "Correct it in your ledger, such as LU1 2BQ; leave it blank where there is none.",
        payment_rules.postcode_unreadable,
    ),
    CheckRule(
        "company_number_unreadable", "row", "warning",
        "A company number is not one of Companies House: eight digits, or two letters and six digits.",
        "Correct it in your ledger; leave it blank for charities without one, public bodies and people.",
        payment_rules.company_number_unreadable,
    ),
    CheckRule(
        "company_number_short", "row", "info",
        "A company number has lost its leading zeros. It is read all the same.",
        "Format the column as text before you export it.",
        payment_rules.company_number_short,
    ),
    CheckRule(
        "no_supplier_identifier", "file", "info",
        "Suppliers can only be found by their names: fewer are found, and those at their registered office.",
        "Add the supplier's postcode and company number, if your ledger holds them.",
        payment_rules.no_supplier_identifier,
    ),
    CheckRule(
        "reference_missing", "row", "info",
        "Rows without the transaction reference that others have.",
        "Fill it in, if your ledger holds it: a question about the row can then name it.",
        payment_rules.reference_missing,
    ),
    CheckRule(
        "identical_rows", "row", "info",
        "Rows that repeat an earlier row in every column: possible duplicates. All are kept.",
        "Check some of these. Genuine repeats stay as they are.",
        payment_rules.identical_rows,
    ),
    CheckRule(
        "reference_on_several_suppliers", "row", "info",
        "One transaction reference stands beside several suppliers.",
        "Nothing, if a reference is a payment run; else see whether rows were shifted in a sort.",
        payment_rules.reference_on_several_suppliers,
    ),
    # what any cell holds
    CheckRule(
        "email_address", "cell", "warning",
        "A cell holds what looks like an e-mail address: personal data, if it is a person's.",
        _PERSONAL, text_rules.email_address,
    ),
    CheckRule(
        "phone_number", "cell", "warning",
        "A cell holds what looks like a telephone number: personal data, if it is a person's.",
        _PERSONAL, text_rules.phone_number,
    ),
    CheckRule(
        "national_insurance_number", "cell", "warning",
        "A cell holds what has the form of a National Insurance number.",
        _PERSONAL, text_rules.national_insurance_number,
    ),
    CheckRule(
        "bank_account", "cell", "warning",
        "A cell holds what looks like a sort code with an account number, or an IBAN.",
        _PERSONAL, text_rules.bank_account,
    ),
    CheckRule(
        "date_of_birth", "cell", "warning",
        "A cell holds what looks like a date of birth.",
        _PERSONAL, text_rules.date_of_birth,
    ),
    CheckRule(
        "personal_heading", "column", "warning",
        "A column is named like personal or bank data.",
        "Leave the column out of the published file.", text_rules.personal_heading,
    ),
    CheckRule(
        "text_cut", "column", "info",
        "Many different texts of a column have exactly its greatest length: the export cuts them.",
        "Widen the field in your export; a name that is cut is harder to find.",
        text_rules.text_cut,
    ),
    CheckRule(
        "formula_in_cell", "cell", "info",
        "Text begins with =, +, - or @, which a spreadsheet that opens the file may run as a formula.",
        "Let such texts begin with a letter or a quotation mark.",
        text_rules.formula_in_cell,
    ),
]  # fmt: skip


def judge(subject: Subject) -> Iterator[Problem]:
    """What each rule finds, in the order of the list."""
    for rule in CHECK_RULES:
        try:
            found = rule.find(subject)
            examples = tuple(islice(found.examples, FIRST))
        except Exception as error:  # noqa: BLE001 - a fault in one rule must not hide what the others found
            # the message is left out: it may quote a cell, and cells name people
            detail = f"This rule failed ({type(error).__name__}); report it with the file."
            yield _problem(replace(rule, severity="warning"), Found(count=1, detail=detail), ())
        else:
            if found.count:
                yield _problem(rule, found, examples)


def _problem(rule: CheckRule, found: Found, examples: tuple[Example, ...]) -> Problem:
    return Problem(
        rule.name,
        rule.severity,
        found.count,
        rule.applies_to,
        found.detail,
        rule.meaning,
        rule.remedy,
        examples,
    )
