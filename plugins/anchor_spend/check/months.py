"""Of which month a file is: as given, else as its name says, else as most of its dates say.

In: the option, the file's name, and once it is read its dates. Out: a Month that says where it is from and
how many dates agree. Refuses (SettingsError) a month that is not written as one.
"""

from collections import Counter
from dataclasses import replace
from typing import Any, Literal

from anchor_spend.check.result import Month
from anchor_spend.errors import SettingsError
from anchor_spend.link_periods import find_period
from anchor_spend.periods import Cadence, file_months, file_period, parse_period
from anchor_spend.spec import Stream

UNSURE_BELOW = 0.6  # of the dates; below it a month taken from dates may be another


def stated_month(file_name: str, given: str, stream: Stream) -> Month:
    """What is known before the file is read; source 'unknown' where nothing says the month."""
    named = find_period(file_name, "", stream.cadence)
    name_says = file_period(named, stream.cadence) if named else ""
    if given:
        try:
            parse_period(given)
        except ValueError as error:
            raise SettingsError(f"--period: {error}") from error
        return _month(file_period(given, stream.cadence), "given", stream.cadence, name_says)
    if name_says:
        return _month(name_says, "file name", stream.cadence, name_says)
    return Month("", "", "unknown")


def _month(
    period: str, source: Literal["given", "file name", "dates"], cadence: Cadence, name_says: str
) -> Month:
    return Month(period, file_months(period, cadence)[-1], source, name_says)


def settled_month(stated: Month, dates: list[Any], stream: Stream) -> Month:
    """The month with what the dates say of it; from them alone where nothing else does."""
    if stream.date_basis == "period" or not dates:
        return stated  # the files state no date: what stands for it was made from the month
    counts = Counter(file_period(f"{day:%Y-%m}", stream.cadence) for day in dates)
    dates_say = counts.most_common(1)[0][0]
    settled = stated if stated.period else _month(dates_say, "dates", stream.cadence, "")
    return replace(settled, dates_say=dates_say, share_of_dates=counts[settled.period] / len(dates))
