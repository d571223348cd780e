"""Rules on single payments, on the columns they stand in and on repeats among them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pandas as pd

from anchor_spend.check.result import Example
from anchor_spend.check.subject import NOTHING, Found, Subject, rows_where
from anchor_spend.names import payee_kind
from anchor_spend.registers import canonical_postcode

_COMPANY_NUMBER = re.compile(r"[A-Z]{2}[0-9]{6}|[A-Z][A-Z0-9][0-9]{5}[A-Z0-9]|[0-9]{8}", re.IGNORECASE)
_SHORT_NUMBER = re.compile(r"[0-9]{5,7}")  # an eight-digit number that lost its leading zeros


def below_threshold(subject: Subject) -> Found:
    """Payment files only: card transactions are published whatever their size."""
    if subject.stream_name != "payments":
        return NOTHING
    limit = subject.publisher.threshold_of(subject.month.period)
    size = subject.payments["amount_pence"].abs()
    detail = f"The smallest payment you publish is £{limit:,}."
    return rows_where(subject, (size > 0) & (size < int(limit * 100)), "amount", detail=detail)


def amount_of_zero(subject: Subject) -> Found:
    return rows_where(subject, subject.payments["amount_pence"] == 0, "amount")


def supplier_missing(subject: Subject) -> Found:
    payments = subject.payments
    return rows_where(
        subject, payments["supplier_name"].isna() & (payments["amount_pence"] != 0), "supplier_name"
    )


def person_not_redacted(subject: Subject) -> Found:
    """Rows and references only: even a name's shape tells something of it."""
    payments = subject.payments
    named = payments.loc[~payments["is_redacted"].astype(bool), "supplier_name"].dropna()
    people = {name for name in named.unique() if payee_kind(name) == "person"}
    mask = payments["supplier_name"].isin(list(people)) & ~payments["is_redacted"].astype(bool)
    detail = f"{len(people):,} different name{'' if len(people) == 1 else 's'}."
    return rows_where(subject, mask, "supplier_name", with_shape=False, detail=detail)


def postcode_unreadable(subject: Subject) -> Found:
    values = subject.payments["supplier_postcode"]
    unreadable = [text for text in values.dropna().unique() if not canonical_postcode(text)]
    return rows_where(subject, values.isin(unreadable), "supplier_postcode")


def company_number_unreadable(subject: Subject) -> Found:
    values = subject.payments["supplier_company_number"]
    unreadable = [
        text
        for text in values.dropna().unique()
        if not _COMPANY_NUMBER.fullmatch(text) and not _SHORT_NUMBER.fullmatch(text)
    ]
    return rows_where(subject, values.isin(unreadable), "supplier_company_number")


def company_number_short(subject: Subject) -> Found:
    values = subject.payments["supplier_company_number"]
    short = [text for text in values.dropna().unique() if _SHORT_NUMBER.fullmatch(text)]
    return rows_where(subject, values.isin(short), "supplier_company_number")


def no_supplier_identifier(subject: Subject) -> Found:
    read = {name for layout in subject.layouts if layout for name in layout.columns}
    if {"supplier_postcode", "supplier_company_number"} & read:
        return NOTHING
    return Found(count=1, detail="The file has neither a column of postcodes nor one of company numbers.")


def reference_missing(subject: Subject) -> Found:
    references = subject.payments["transaction_ref"]
    if references.isna().all():  # a file without references; not single rows that lack theirs
        return NOTHING
    return rows_where(subject, references.isna())


def identical_rows(subject: Subject) -> Found:
    """Rows equal in every column of the file, those not read as well."""
    contents = list(_contents(subject))
    times = Counter(content for *_, content in contents)
    repeated = {content for content, count in times.items() if count > 1}
    if not repeated:
        return NOTHING
    later = sum(times[content] - 1 for content in repeated)
    detail = f"{later:,} rows repeat an earlier row to the letter; {len(repeated):,} different rows do so."
    return Found(_second_places(subject, contents, repeated), later, detail)


def _contents(subject: Subject) -> Iterator[tuple[str, int, int]]:
    """(sheet, row, hash of the whole row) of every payment."""
    rows = {table.sheet: table.rows for table in subject.tables}
    places = subject.payments[["sheet", "row_number"]]
    for sheet, row in places.itertuples(index=False, name=None):
        yield sheet, int(row), hash(tuple(cell.strip() for cell in rows[sheet][int(row) - 1]))


def _second_places(
    subject: Subject, contents: list[tuple[str, int, int]], repeated: Iterable[int]
) -> Iterator[Example]:
    wanted, seen = set(repeated), set[int]()
    for sheet, row, content in contents:
        if content in seen:
            yield subject.place(sheet, row)
        elif content in wanted:
            seen.add(content)


def reference_on_several_suppliers(subject: Subject) -> Found:
    payments = subject.payments
    folded = payments["supplier_name"].map(lambda name: " ".join(name.split()).casefold(), na_action="ignore")
    suppliers = pd.DataFrame({"reference": payments["transaction_ref"], "supplier": folded}).dropna()
    several = suppliers.groupby("reference")["supplier"].nunique()
    shared = list(several.index[several > 1])
    detail = f"{len(shared):,} references stand beside more than one supplier."
    return rows_where(subject, payments["transaction_ref"].isin(shared), detail=detail)
