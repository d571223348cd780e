"""Rules on the months of a file: what it was taken for, its dates, and the months before."""

from datetime import timedelta

import pandas as pd

from anchor_spend.check.months import UNSURE_BELOW
from anchor_spend.check.safe import gbp
from anchor_spend.check.subject import NOTHING, Found, Subject, rows_where
from anchor_spend.periods import due_date

ENOUGH_MONTHS = 3  # fewer say nothing of a usual month
ROWS_BAND = (0.5, 2.0)  # times the median of the months before


def month_not_published(subject: Subject) -> Found:
    """Outside the months of the stream the pipeline looks for no file."""
    stream, period = subject.stream, subject.month.period
    if stream.first_period <= period <= (stream.last_period or "9999-12"):
        return NOTHING
    until = f" to {stream.last_period}" if stream.last_period else ""
    detail = f"{period} is asked; files of {stream.first_period}{until or ' and later'} are looked for."
    return Found(count=1, detail=detail)


def month_differs_from_name(subject: Subject) -> Found:
    month = subject.month
    if month.name_says in ("", month.period):
        return NOTHING
    return Found(count=1, detail=f"Checked as {month.period}; the file's name says {month.name_says}.")


def month_unsure(subject: Subject) -> Found:
    month = subject.month
    if month.source != "dates" or (month.share_of_dates or 0) >= UNSURE_BELOW:
        return NOTHING
    return Found(count=1, detail=f"{month.share_of_dates:.0%} of the dates fall in {month.period}.")


def month_not_over(subject: Subject) -> Found:
    end = due_date(subject.months[-1], 0)
    if end < subject.today:
        return NOTHING
    return Found(count=1, detail=f"The file's last day is {end.isoformat()}.")


def payment_outside_months(subject: Subject) -> Found:
    return _outside(subject) if subject.stream.date_basis == "payment" else NOTHING


def document_outside_months(subject: Subject) -> Found:
    return _outside(subject) if subject.stream.date_basis == "document" else NOTHING


def _outside(subject: Subject) -> Found:
    mask = ~subject.day_months.isin(subject.months)
    if not mask.any():
        return NOTHING
    days = subject.days[mask]
    detail = f"They are dated {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}."
    return rows_where(subject, mask, "payment_date", detail=detail)


def dated_in_future(subject: Subject) -> Found:
    tomorrow = pd.Timestamp(subject.today + timedelta(days=1))
    is_made_up = subject.stream.date_basis == "period"
    return NOTHING if is_made_up else rows_where(subject, subject.days >= tomorrow, "payment_date")


def rows_unusual(subject: Subject) -> Found:
    ratio, usual = subject.comparison.rows_ratio, subject.comparison.median_rows
    if ratio is None or ROWS_BAND[0] <= ratio <= ROWS_BAND[1]:
        return NOTHING
    months = len(subject.comparison.months)
    detail = (
        f"{len(subject.payments):,} payments; the median of {months} months before is {usual:,.0f} "
        f"({ROWS_BAND[0]:g} to {ROWS_BAND[1]:g} times that is usual)."
    )
    return Found(count=1, detail=detail)


def same_as_earlier_month(subject: Subject) -> Found:
    copies = [month for month in subject.comparison.months if month.origin in subject.copies_of]
    if not copies:
        return NOTHING
    named = ", ".join(month.period for month in copies)
    return Found(count=len(copies), detail=f"The payments of {named} are the same, dates included.")


def replaces_payments_with_none(subject: Subject) -> Found:
    """The pipeline keeps the version before."""
    before = subject.comparison.published_already
    if before is None or not before.rows or len(subject.payments):
        return NOTHING
    return Found(count=1, detail=f"The file has no payment; {before.rows:,} count for this month now.")


def replaces_published_month(subject: Subject) -> Found:
    before = subject.comparison.published_already
    if before is None:
        return NOTHING
    pence = int(subject.payments["amount_pence"].sum())
    change = f"{len(subject.payments) - before.rows:+,} payments, {gbp(pence - before.pence, signed=True)}"
    return Found(count=1, detail=f"{before.rows:,} payments count for this month now; change: {change}.")
