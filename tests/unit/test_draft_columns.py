"""Which column of an invented file holds payee, date and amount, and when a draft must ask instead.

Every layout is one seen in published files, with invented names and amounts.
"""

from datetime import date

import pytest

from anchor_spend.printed_numbers import invented_vat_number
from drafted import Row, columns, draft_rows, required_keys, table

DMY = "%d/%m/%Y"
CLEAN: list[tuple[str, list[str], Row, tuple[str, str, str]]] = [
    (
        "central government",
        [
            "Department family",
            "Entity",
            "Date",
            "Expense type",
            "Expense area",
            "Supplier",
            "Transaction number",
            "Amount",
        ],
        lambda x: [
            "Dept of Nothing",
            "Office of Nothing",
            x.on(DMY),
            "Stationery",
            "Corporate",
            x.name,
            x.ref,
            x.amount,
        ],
        ("Supplier", "Date", "Amount"),
    ),
    (
        "local government",
        ["Body Name", "Body", "Service Label", "Date", "Transaction Number", "Net Amount", "Creditor Name"],
        lambda x: ["Nowhere Borough Council", "E09", "Parks", x.on(DMY), x.ref, x.amount, x.name],
        ("Creditor Name", "Date", "Net Amount"),
    ),
    (
        "code and text in pairs",
        ["Supplier", "Supplier(T)", "Trans.date", "TransNo", "Directorate(T)", "Amount"],
        lambda x: [x.code, x.name, x.on(DMY), x.ref, "Environment", x.amount],
        ("Supplier(T)", "Trans.date", "Amount"),
    ),
    (
        "the text of an account id",
        ["Updated", "TransNo", "Amount", "Ap/Ar ID", "Ap/Ar ID(T)"],
        lambda x: [x.on(DMY), x.ref, x.amount, x.code, x.name],
        ("Ap/Ar ID(T)", "Updated", "Amount"),
    ),
    (
        "the name column is a code, its text the name",
        ["Invoice Date", "Amount", "Supplier Name(T)", "Supplier Name"],
        lambda x: [x.on(DMY), x.amount, x.name, x.code],
        ("Supplier Name(T)", "Invoice Date", "Amount"),
    ),
    (
        "net, VAT and gross",
        ["Payment Date", "Supplier", "Gross Amount", "VAT Amount", "Net Amount"],
        lambda x: [x.on(DMY), x.name, x.gross, x.vat, x.amount],
        ("Supplier", "Payment Date", "Net Amount"),
    ),
    (
        "unmarked net, VAT and total",
        ["Payment Date", "Supplier", "Total", "VAT", "Amount"],
        lambda x: [x.on(DMY), x.name, x.gross, x.vat, x.amount],
        ("Supplier", "Payment Date", "Amount"),
    ),
    (
        "an amount beside its gross",
        ["Payment Date", "Supplier", "Gross Amount", "Amount"],
        lambda x: [x.on(DMY), x.name, x.gross, x.amount],
        ("Supplier", "Payment Date", "Amount"),
    ),
    (
        "VAT that cannot be recovered before the amount",
        ["Payment Date", "Non Recoverable VAT", "Amount", "Supplier"],
        lambda x: [x.on(DMY), "0.00" if x.number % 9 else x.vat, x.amount, x.name],
        ("Supplier", "Payment Date", "Amount"),
    ),
    (
        "excluding VAT, the pound sign first",
        ["PAYMENT DATE", "SUPPLIER", "SERVICE", "£ SPEND (EXCLUDING VAT)"],
        lambda x: [x.on(DMY), x.name, "Housing", x.amount],
        ("SUPPLIER", "PAYMENT DATE", "£ SPEND (EXCLUDING VAT)"),
    ),
    (
        "a vendor",
        ["Directorate", "Vendor Name", "Expenditure Amount (exc VAT)", "Payment Date"],
        lambda x: ["Adults", x.name, x.amount, x.on(DMY)],
        ("Vendor Name", "Payment Date", "Expenditure Amount (exc VAT)"),
    ),
    (
        "numbered headings",
        [
            "1. YEAR",
            "2. MONTH",
            "3. DATE INCURRED",
            "4. DATE PAID",
            "5. BENEFICIARY",
            "6. SUPPLIER NO.",
            "Total",
        ],
        lambda x: ["2018", "May", date(2018, 4, 3).strftime(DMY), x.on(DMY), x.name, x.code, x.amount],
        ("5. BENEFICIARY", "4. DATE PAID", "Total"),
    ),
    (
        "three dates",
        [
            "Effective Date",
            "Supplier (Beneficiary name)",
            "Local Supplier(beneficiary) internal reference",
            "Payment Date",
            "Net Amount",
            "Invoice Date",
            "Irrecoverable VAT",
        ],
        lambda x: [
            "31/05/2018",
            x.name,
            x.code,
            x.on(DMY),
            x.amount,
            date(2018, 4, 1 + x.number % 28).strftime(DMY),
            "0.00",
        ],
        ("Supplier (Beneficiary name)", "Payment Date", "Net Amount"),
    ),
    (
        "run-together words",
        ["TransactionDate", "SuppID", "SupplierName", "CostCentre", "NetAmount"],
        lambda x: [x.on(DMY), x.code, x.name, "Parks", x.amount],
        ("SupplierName", "TransactionDate", "NetAmount"),
    ),
    (
        "words joined by underscores",
        ["PAYMENT_DATE", "PAYMENT_NUMBER", "SUPPLIER_NAME", "INVOICE_AMOUNT"],
        lambda x: [x.on(DMY), x.ref, x.name, x.amount],
        ("SUPPLIER_NAME", "PAYMENT_DATE", "INVOICE_AMOUNT"),
    ),
    (
        "words joined by dots",
        ["GL.Date", "Unique.Identifier", "Supplier.Name", "Invoice.GBP.Line.AMT"],
        lambda x: [x.on(DMY), x.ref, x.name, x.amount],
        ("Supplier.Name", "GL.Date", "Invoice.GBP.Line.AMT"),
    ),
    (
        "misspelt headings",
        ["Entuty", "Date", "Expence Type", "Suplier", "Amout"],
        lambda x: ["Office of Nothing", x.on(DMY), "Stationery", x.name, x.amount],
        ("Suplier", "Date", "Amout"),
    ),
    (
        "the date is called Payment",
        ["Authority", "Supplier", "Payment", "Amount"],
        lambda x: ["Nowhere Council", x.name, x.on("%d-%b-%y"), x.amount],
        ("Supplier", "Payment", "Amount"),
    ),
    (
        "the payee is called Name",
        ["Service", "Name:", "Payment Date", "Amount Paid"],
        lambda x: ["Parks", x.name, x.on(DMY), x.amount],
        ("Name:", "Payment Date", "Amount Paid"),
    ),
    (
        "the amount is called Invoiced",
        ["Auth", "Supplier", "Date", "Cost Code", "Invoiced"],
        lambda x: ["Nowhere", x.name, x.on(DMY), "A12", x.amount],
        ("Supplier", "Date", "Invoiced"),
    ),
    (
        "months as names",
        ["Month", "Date", "Supplier", "Amount in Sterling £"],
        lambda x: ["May", x.on("%d-%b-%Y"), x.name, x.amount],
        ("Supplier", "Date", "Amount in Sterling £"),
    ),
    (
        "the month first, said by the days",
        ["Entity", "Date", "Supplier", "Amount"],
        lambda x: ["Nowhere Trust", x.on("%m/%d/%Y"), x.name, x.amount],
        ("Supplier", "Date", "Amount"),
    ),
    (
        "types, postcodes and VAT numbers of suppliers beside the name",
        ["Date", "Supplier Type", "Supplier", "Supplier Postcode", "VAT registration number", "Amount"],
        lambda x: [x.on(DMY), "Trade", x.name, "ZZ1 1ZZ", "000 0000 00", x.amount],
        ("Supplier", "Date", "Amount"),
    ),
    (
        "purchase cards",
        ["Account Name", "Posted Date", "Billing Amount", "Merchant Name", "Comments"],
        lambda x: ["Facilities", x.on(DMY), x.amount, x.name, "Invented purpose"],
        ("Merchant Name", "Posted Date", "Billing Amount"),
    ),
    (
        "a running total beside the amount",
        ["Supplier", "Payment Date", "Amount", "Cumulative Amount"],
        lambda x: [x.name, x.on(DMY), x.amount, f"{1000 * x.number + 0.5:.2f}"],
        ("Supplier", "Payment Date", "Amount"),
    ),
    (
        "one column twice",
        ["Pay date", "Supplier", "Supplier", "Transaction number", "Amount"],
        lambda x: [x.on(DMY), x.code, x.name, x.ref, x.amount],
        ("Supplier (2)", "Pay date", "Amount"),
    ),
]


@pytest.mark.parametrize(
    ("headers", "row", "expected"), [item[1:] for item in CLEAN], ids=[item[0] for item in CLEAN]
)
def test_layouts_that_need_no_question(headers: list[str], row: Row, expected: tuple[str, ...]) -> None:
    draft = draft_rows(table(headers, row))
    assert columns(draft) == expected
    assert not required_keys(draft), [q.text for q in draft.questions if q.is_required]
    assert draft.trial and draft.trial.share_read == 1 and draft.trial.payments == 90


def test_vat_and_charity_numbers_are_mapped() -> None:
    headers = ["Date", "Supplier", "VAT Registration No", "Registered Charity Number", "Amount", "VAT amount"]
    draft = draft_rows(
        table(headers, lambda x: [x.on(DMY), x.name, invented_vat_number(x.number), "", x.amount, "0.00"])
    )
    assert draft.keys["stream"]["optional_columns"]["vat_number"] == ["VAT Registration No"]
    draft = draft_rows(
        table(headers, lambda x: [x.on(DMY), x.name, "", f"9{x.number:06d}", x.amount, "0.00"])
    )
    assert draft.keys["stream"]["optional_columns"]["charity_number"] == ["Registered Charity Number"]


ASKED: list[tuple[str, list[str], Row, str]] = [
    (
        "net and gross that do not agree",
        ["Date", "Supplier", "Net", "Gross"],
        lambda x: [x.on(DMY), x.name, x.amount, f"{5000 + x.number * 7:.2f}"],
        "columns.amount",
    ),
    (
        "two amounts of one standing",
        ["Date", "Supplier", "Invoice Amount", "Payment Amount"],
        lambda x: [x.on(DMY), x.name, x.amount, x.gross],
        "columns.amount",
    ),
    (
        "debit and credit apart",
        ["Date", "Supplier", "Debit", "Credit"],
        lambda x: [x.on(DMY), x.name, x.amount if x.number % 9 else "", "" if x.number % 9 else x.amount],
        "columns.amount",
    ),
    (
        "an amount without a heading",
        ["Date", "Supplier", "", "Purpose"],
        lambda x: [x.on(DMY), x.name, x.amount, "Invented"],
        "columns.amount",
    ),
    (
        "mostly negative amounts",
        ["Date", "Supplier", "Amount"],
        lambda x: [x.on(DMY), x.name, f"-{x.amount}"],
        "columns.amount",
    ),
    (
        "headings one place to the left of their values",
        ["Date", "Supplier", "Transaction number", "Amount", "Description"],
        lambda x: [x.on(DMY), "Stationery", x.name, x.ref, x.amount],
        "columns.amount",
    ),
    (
        "only the body has a name",
        ["Body Name", "Date", "Supplier ID", "Amount"],
        lambda x: ["Nowhere Borough Council", x.on(DMY), x.code, x.amount],
        "columns.supplier_name",
    ),
    (
        "a supplier column that holds the body",
        ["Supplier", "Date", "Amount"],
        lambda x: ["Nowhere Borough Council", x.on(DMY), x.amount],
        "columns.supplier_name",
    ),
    (
        "a supplier column that holds purposes, names elsewhere",
        ["Supplier", "Narrative", "Date", "Amount"],
        lambda x: [f"Purpose {x.number}", x.name, x.on(DMY), x.amount],
        "columns.supplier_name",
    ),
    (
        "two payees of one standing",
        ["Supplier Name", "Merchant Name", "Date", "Amount"],
        lambda x: [x.name, f"Other {x.name}", x.on(DMY), x.amount],
        "columns.supplier_name",
    ),
    (
        "headings nobody knows",
        ["Alpha", "Beta", "Gamma"],
        lambda x: [x.on(DMY), x.name, x.amount],
        "columns.supplier_name",
    ),
    (
        "no date",
        ["Supplier", "Category", "Amount"],
        lambda x: [x.name, "Invented", x.amount],
        "date_basis",
    ),
    (
        "months only",
        ["Vendor Name", "Amount", "Period"],
        lambda x: [x.name, x.amount, "May-18"],
        "date_basis",
    ),
    (
        "two payment dates that differ",
        ["Payment Date", "Cheque Date", "Supplier", "Amount"],
        lambda x: [x.on(DMY), date(2018, 6, 1 + x.number % 28).strftime(DMY), x.name, x.amount],
        "columns.payment_date",
    ),
    (
        "dates of both orders",
        ["Date", "Supplier", "Amount"],
        lambda x: [x.on(DMY if x.number % 2 else "%m/%d/%Y"), x.name, x.amount],
        "format.dates",
    ),
    (
        "many blank dates",
        ["Date", "Supplier", "Amount"],
        lambda x: [x.on(DMY) if x.number % 5 else "", x.name, x.amount],
        "format.undated",
    ),
    (
        "expense claims",
        ["ExpenseClaimID", "ClaimDate", "FirstName", "CostClaimed"],
        lambda x: [x.ref, x.on(DMY), x.name.split()[0], x.amount],
        "streams",
    ),
    (
        "consultancy",
        ["Consultant", "Details of assignment", "Date", "Amount"],
        lambda x: [x.name, "Invented", x.on(DMY), x.amount],
        "streams",
    ),
]


@pytest.mark.parametrize(
    ("headers", "row", "key"), [item[1:] for item in ASKED], ids=[item[0] for item in ASKED]
)
def test_layouts_that_are_asked_about(headers: list[str], row: Row, key: str) -> None:
    draft = draft_rows(table(headers, row))
    assert key in required_keys(draft)
    assert not draft.is_settled
