"""Rules on what stands in any cell: personal data, formulas, texts that were cut.

Every cell of every visible sheet is looked at, read as payments or not: what is in the file is published.
"""

import re
from collections import Counter
from collections.abc import Callable

from anchor_spend.check.result import Example
from anchor_spend.check.subject import FIRST, NOTHING, Found, Subject
from anchor_spend.personal_data import EMAIL, NATIONAL_INSURANCE
from anchor_spend.spec import normalise_header
from anchor_spend.values import is_amount

_PHONE = re.compile(
    r"(?<![\d/.-])(?:\+44[ ()0-9-]{9,16}\d|\(?0[127]\d{1,4}\)?[ -]\d{3,4}[ -]?\d{3,4})(?![\d/-])"
    r"|\b(?:tel|phone|telephone|mob|mobile)\b\W{0,4}0[\d ]{9,12}\d(?!\d)"
    r"|(?<=[a-z] )07\d{9}(?!\d)",
    re.IGNORECASE,
)
_BANK = re.compile(
    r"(?<![\d/-])(?P<day>\d{2})[- ](?P<month>\d{2})[- ]\d{2}\D{1,20}\d{8}(?!\d)"
    r"|\bsort ?code\b\D{0,6}\d{2}[- ]?\d{2}[- ]?\d{2}(?!\d)"
    r"|\bGB\d{2} ?[A-Z]{4} ?(?:\d{4} ?){3}\d{2}(?!\d)",
    re.IGNORECASE,
)
_BANK_WORDS = re.compile(r"\b(?:sort|account|acc?t?|a/c|bank)\b", re.IGNORECASE)
_BIRTH = re.compile(r"\b(?:dob|d\.o\.b\.?|date of birth|born)\b\W{0,4}\d{1,2}[/. -]", re.IGNORECASE)
_PERSONAL_HEADING = re.compile(
    r"\b(?:sort code|account (?:no|number)|bank account|iban|national insurance|nino?"
    r"|(?:ni|nhs) (?:no|number)|date of birth|dob|home address|e-?mail(?: address)?|telephone|phone|mobile)\b"
)
_NUMBER = re.compile(r"[-+]?[\d., ]*%?")
_NOT_TEXT = ("payment_date", "amount")
_IDS = (*_NOT_TEXT, "supplier_ref", "supplier_company_number", "vat_number", "charity_number")

Test = Callable[[str], object]


def _cells_where(subject: Subject, is_hit: Test, unread: tuple[str, ...]) -> Found:
    """Counts the cells a test finds; keeps the first places only."""
    first: list[Example] = []
    count = 0
    for number, row, position, text in subject.cells(unread):
        if is_hit(text):
            count += 1
            if len(first) < FIRST:
                first.append(subject.cell_place(number, row, position, text))
    return Found(first, count)


def email_address(subject: Subject) -> Found:
    return _cells_where(subject, lambda text: "@" in text and EMAIL.search(text), _NOT_TEXT)


def phone_number(subject: Subject) -> Found:
    """Ids of the publisher's own are left out: many are padded with zeros like a phone number."""
    return _cells_where(subject, _PHONE.search, (*_IDS, "transaction_ref"))


def national_insurance_number(subject: Subject) -> Found:
    return _cells_where(subject, NATIONAL_INSURANCE.search, _NOT_TEXT)


def bank_account(subject: Subject) -> Found:
    return _cells_where(subject, _is_bank_account, _NOT_TEXT)


def _is_bank_account(text: str) -> bool:
    """A sort code that could be a date as well (12-04-17) counts beside a word of banking only."""
    match = _BANK.search(text)
    if not match or match["day"] is None:
        return match is not None
    is_date = 1 <= int(match["day"]) <= 31 and 1 <= int(match["month"]) <= 12
    return not is_date or _BANK_WORDS.search(text) is not None


def date_of_birth(subject: Subject) -> Found:
    return _cells_where(subject, _BIRTH.search, _NOT_TEXT)


def personal_heading(subject: Subject) -> Found:
    places = [
        Example(subject.sheet_label(table.sheet), layout.header_row, subject.column_label(number, position))
        for number, (table, layout) in enumerate(zip(subject.tables, subject.layouts, strict=True))
        if layout
        for position, header in enumerate(layout.cells)
        if _PERSONAL_HEADING.search(normalise_header(header).replace("_", " "))
    ]
    return Found(places, len(places))


def formula_in_cell(subject: Subject) -> Found:
    return _cells_where(subject, _is_formula, ())


def _is_formula(text: str) -> bool:
    """What a spreadsheet that opens a text file would run; a plain number or a lone dash it would not."""
    start = text.lstrip()
    if start[:1] not in ("=", "+", "-", "@") or len(start) < 2 or not any(map(str.isalnum, start)):
        return False
    return not (_NUMBER.fullmatch(start) or is_amount(start))


def text_cut(subject: Subject) -> Found:
    """Columns whose texts pile up at their greatest length; of supplier names reading says so itself."""
    fields = ("description", "department", "category")
    cut = {name: width for name in fields if (width := _cut_width(subject, name))}
    if not cut:
        return NOTHING
    sheet = next(str(sheet) for sheet in subject.payments["sheet"])
    places = [Example(column=subject.field_label(sheet, name)) for name in cut]
    told = "; ".join(
        f"{subject.field_label(sheet, name)} at {width} characters" for name, width in cut.items()
    )
    return Found(places, len(cut), f"{told}.")


def _cut_width(subject: Subject, name: str) -> int:
    """The length the texts of a column were cut at, 0 for none.

    The longest of its different texts have one length: at least five of them do, three times as many as have
    each of the five lengths below, and fewer than half of all, as codes of one length would.
    """
    lengths = Counter(len(text) for text in subject.payments[name].dropna().unique())
    longest = max(lengths, default=0)
    below = max((lengths[longest - step] for step in range(1, 6)), default=0)
    is_pile = max(5, 3 * below) <= lengths[longest] < lengths.total() / 2
    return longest if longest >= 15 and is_pile else 0
