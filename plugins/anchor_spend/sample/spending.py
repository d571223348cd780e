"""Payments of one body over 36 months: who is paid what and when, and how the payee is written.

In: a body's plan and the payees. Out: a DataFrame, one row a payment, in file order within a month. Sizes are
drawn as shapes; they become money once, as integer pence, when each year's total is fitted to the plan.
"""

from calendar import monthrange
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anchor_spend.periods import parse_period
from anchor_spend.sample.lines import GOODS_FUND, make_lines
from anchor_spend.sample.plans import GROWTH, MONTHS, PERIODS, Body
from anchor_spend.sample.spelling import Organisation, is_upper, spell
from anchor_spend.sample.suppliers import Payees
from anchor_spend.sample.vocabulary import BEDFORD, CENTRAL, LUTON, redactions_of

_SEASON = np.array([0.92, 0.97, 1.0, 1.02, 0.9, 1.0, 1.03, 1.02, 0.93, 0.98, 1.0, 1.22] * 3)
_LOCAL_DRIFT = (-0.009, 0.0, 0.012)
_LARGEST_TRANSFER_GBP = 6_000_000
_RATES = np.array([1.0, 1.2, 1.45])  # what one unit of a package may cost
_SPREAD = {"order": 1.1, "steady": 0.03, "transfer": 0.6, "redacted": 0.6, "blank": 0.8, "unnamed": 0.8}
_FORMS = {
    "exact": 0.43,
    "legal_form_variant": 0.32,
    "legal_form_missing": 0.05,
    "case_punctuation": 0.13,
    "trading_as": 0.04,
    "misspelt": 0.03,
}
_LAST_CREDIT_MONTH = {LUTON: 25}  # Luton's later files show no credits
COLUMNS = [
    "month", "payment_date", "payee", "scope", "category", "department", "unit", "supplier_name", "name_form",
    "company_number", "charity_number", "postcode", "true_postcode", "amount_pence", "is_credit",
]  # fmt: skip
_TEXT = dict.fromkeys(
    ("supplier_name", "name_form", "company_number", "charity_number", "postcode", "true_postcode"), object
)  # object columns are read row by row in a fraction of the time


def make_payments(body: Body, payees: Payees, rng: np.random.Generator) -> pd.DataFrame:
    """Every payment of a body: COLUMNS, sorted by month and date."""
    rows = _rows_of(make_lines(body, payees, rng), body, rng)
    rows = _name(rows, body, payees, rng)
    rows = _locate(rows, body, payees, rng)
    rows = _add_credits(rows, body, rng)
    rows["amount_pence"] = _money(rows, body)
    rows["payment_date"] = _dates(rows, body, rng)
    rows = rows.iloc[rng.permutation(len(rows))].sort_values(
        ["month", "payment_date", "payee"], kind="stable"
    )
    rows["payment_date"] = rows["payment_date"].to_numpy().astype("datetime64[D]").astype(object)
    return rows.loc[rows["amount_pence"] != 0, COLUMNS].reset_index(drop=True).astype(_TEXT)


def _rows_of(lines: pd.DataFrame, body: Body, rng: np.random.Generator) -> pd.DataFrame:
    """One row a payment, with its unfitted size; a few orders are split into small parts."""
    counts = _counts(lines, rng)
    line, month = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    lines["is_round"] = rng.random(len(lines)) < 0.45
    rows: pd.DataFrame = lines.drop(columns=["rate", "first", "last"]).iloc[line].reset_index(drop=True)
    rows["month"] = month
    spread = rows["kind"].map(_SPREAD).fillna(0.0).to_numpy()
    rows["size"] *= np.exp(rng.normal(0, 1, len(rows)) * spread)
    is_package = (rows["kind"] == "package").to_numpy()
    rows["size"] *= np.where(is_package, rng.choice(_RATES, len(rows), p=[0.6, 0.25, 0.15]), 1.0)
    is_split = (rows["kind"] == "order").to_numpy() & (rng.random(len(rows)) < 0.04)
    rows["portion"] = np.where(is_split, rng.uniform(0.02, 0.3, len(rows)), 1.0)
    return rows


def _counts(lines: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Payments of each line in each month."""
    rate = lines["rate"].to_numpy()[:, None]
    months = np.arange(MONTHS)
    is_open = (months >= lines["first"].to_numpy()[:, None]) & (months <= lines["last"].to_numpy()[:, None])
    counts = rng.poisson(rate * _SEASON)
    steady = lines["kind"].isin(["contract", "steady"]).to_numpy()
    exact = np.floor(rate) + (rng.random(counts.shape) < rate % 1)
    opened = is_open.argmax(axis=1)
    for year in range(0, MONTHS, 12):  # a steady line pays at least once a year
        month = np.clip(opened, year, year + 11)
        every = np.arange(len(lines))
        is_idle = (exact * is_open)[:, year : year + 12].sum(axis=1) == 0
        exact[every, month] = np.maximum(exact[every, month], is_idle)
    chosen: np.ndarray = np.where(steady[:, None], exact, counts).astype(int) * is_open
    return chosen


# the payee as written ---------------------------------------------------------------------------------------


def _name(rows: pd.DataFrame, body: Body, payees: Payees, rng: np.random.Generator) -> pd.DataFrame:
    """supplier_name as the body writes it and name_form; a payee has one spelling, sometimes two."""
    first = {payee: _spelling(payee, body, payees, rng) for payee in rows["payee"].unique()}
    second = {payee: _spelling(payee, body, payees, rng) for payee in first}
    is_second = rng.random(len(rows)) < 0.08
    chosen = [
        second[payee] if other else first[payee]
        for payee, other in zip(rows["payee"], is_second, strict=True)
    ]
    rows["supplier_name"] = [text for text, _ in chosen]
    rows["name_form"] = [form for _, form in chosen]
    hidden = (rows["kind"] == "redacted").to_numpy()
    if hidden.any():
        texts, weights = zip(*redactions_of(body.style), strict=True)
        share = np.array(weights) / sum(weights)
        rows.loc[hidden, "supplier_name"] = rng.choice(texts, int(hidden.sum()), p=share)
        rows.loc[hidden, "name_form"] = "redacted"
    blank = (rows["kind"] == "blank").to_numpy()
    rows.loc[blank, "supplier_name"] = rng.choice([" ", "\u00a0"], int(blank.sum()), p=[0.9, 0.1])
    rows.loc[blank, "name_form"] = "blank"
    unnamed = (rows["kind"] == "unnamed").to_numpy()
    rows.loc[unnamed, "supplier_name"] = "Suppliers of " + rows.loc[unnamed, "department"]
    rows.loc[unnamed, "name_form"] = "absent_from_register"
    return rows


def _spelling(payee: int, body: Body, payees: Payees, rng: np.random.Generator) -> tuple[str, str]:
    if payee >= len(payees.organisations):
        name = payees.persons[payee - len(payees.organisations)].name
        return name.upper() if is_upper(body.style) else name, "person"
    item = payees.organisations[payee]
    form = str(rng.choice(list(_FORMS), p=list(_FORMS.values())))
    if item.previous_base and rng.random() < 0.25:
        form = "previous_name"
    if item.kind == "unregistered" and form in ("misspelt", "trading_as"):
        form = "exact"  # one reason why no register holds a name is enough
    if form == "trading_as" and not item.trading_name:
        form = "exact"
    if form in ("exact", "case_punctuation") and body.style == CENTRAL:
        form = "legal_form_variant"  # a narrow field: everybody writes LTD
    return spell(item, form, body.style, rng)


def _locate(rows: pd.DataFrame, body: Body, payees: Payees, rng: np.random.Generator) -> pd.DataFrame:
    """Postcode and numbers as printed, and the true postcode: the printed one, else the registered."""
    used = rows["payee"].unique()
    offset = len(payees.organisations)
    registered = {i: _registered_postcode(int(i), payees) for i in used}
    prints_postcode = dict(zip(used, rng.random(len(used)) < body.postcode_share, strict=True))
    prints_number = dict(zip(used, rng.random(len(used)) < body.number_share, strict=True))
    printed, numbers, charities = {}, {}, {}
    for payee in used:
        item = payees.organisations[payee] if payee < offset else None
        printed[payee] = item.branch_postcode or item.postcode if item and prints_postcode[payee] else ""
        numbers[payee] = item.numbers[0] if item and item.numbers and prints_number[payee] else ""
        charities[payee] = _charity_number(item, int(payee)) if item else ""
    is_hidden = rows["name_form"].isin(["redacted", "blank", "person"]).to_numpy()
    is_forgotten = is_hidden | (rng.random(len(rows)) < 0.06)
    rows["postcode"] = np.where(is_forgotten, "", rows["payee"].map(printed))
    rows["company_number"] = np.where(is_forgotten, "", rows["payee"].map(numbers))
    rows["charity_number"] = np.where(is_forgotten, "", rows["payee"].map(charities))
    rows["true_postcode"] = rows["postcode"].where(rows["postcode"] != "", rows["payee"].map(registered))
    rows["is_local"] = rows["true_postcode"].isin(payees.local_postcodes)
    return rows


def _charity_number(item: Organisation, payee: int) -> str:
    """Of voluntary organisations that are no company: numbers that no register has come to."""
    return f"9{payee:06d}" if item.trade == "voluntary" and item.kind == "unregistered" else ""


def _registered_postcode(payee: int, payees: Payees) -> str:
    offset = len(payees.organisations)
    return payees.organisations[payee].postcode if payee < offset else payees.persons[payee - offset].postcode


# money ------------------------------------------------------------------------------------------------------


def _add_credits(rows: pd.DataFrame, body: Body, rng: np.random.Generator) -> pd.DataFrame:
    """Credit notes: a share of the invoices comes back in the same month, whole or in part."""
    is_invoice = (rows["fund"] == GOODS_FUND) & (rows["portion"] == 1.0)
    is_invoice &= rows["month"] <= _LAST_CREDIT_MONTH.get(body.style, MONTHS)
    credits = rows[is_invoice.to_numpy() & (rng.random(len(rows)) < body.credit_share)].copy()
    is_whole = rng.random(len(credits)) < 0.5
    credits["portion"] = -np.where(is_whole, 1.0, rng.uniform(0.05, 0.6, len(credits)))
    return pd.concat([rows.assign(is_credit=False), credits.assign(is_credit=True)], ignore_index=True)


def _money(rows: pd.DataFrame, body: Body) -> np.ndarray:
    """Amounts in pence: the sizes of each fund and year (and, for goods, local or not) fitted to the plan."""
    pence = np.zeros(len(rows), dtype=np.int64)
    year = rows["month"].to_numpy() // 12
    fund, is_local = rows["fund"].to_numpy(), rows["is_local"].to_numpy()
    for number in range(len(GROWTH)):
        share = body.local_share + _LOCAL_DRIFT[number]
        growth = GROWTH[number] * _part_of_year(number, body)
        smallest = body.smallest_gbp
        if number == 0 and body.smallest_in_first_year_gbp:
            smallest = body.smallest_in_first_year_gbp
        for local, part in ((True, share), (False, 1 - share)):
            chosen = (year == number) & (fund == GOODS_FUND) & (is_local == local)
            total = body.gbp_millions * growth * part
            pence[chosen] = _fit(rows[chosen], total, smallest, body.largest_gbp)
        for position, transfer in enumerate(body.transfers):
            chosen = (year == number) & (fund == position)
            total = transfer.gbp_millions * growth
            least = min(smallest, total * 200_000 / max(int(chosen.sum()), 1))
            pence[chosen] = _fit(rows[chosen], total, least, _LARGEST_TRANSFER_GBP)
    return pence


def _part_of_year(year: int, body: Body) -> float:
    """Of a year's twelve months those the body lived."""
    months = range(max(body.first, year * 12), min(body.last, year * 12 + 11) + 1)
    return len(months) / 12


def _fit(rows: pd.DataFrame, gbp_millions: float, smallest_gbp: float, largest_gbp: float) -> np.ndarray:
    """Pence for each row: smallest + factor * size, capped, with the factor that meets the total."""
    size, portion = rows["size"].to_numpy(), rows["portion"].to_numpy()
    target, low, high = gbp_millions * 1e6, smallest_gbp, largest_gbp
    is_capped = np.zeros(len(rows), dtype=bool)
    value = size
    if rows.empty:
        return np.zeros(0, dtype=np.int64)
    for _ in range(25):
        open_part, open_size = portion[~is_capped], (size * portion)[~is_capped]
        rest = target - high * portion[is_capped].sum() - low * open_part.sum()
        value = np.where(is_capped, high, low + size * rest / open_size.sum())
        if not (value > high).any():
            break
        is_capped |= value > high
    step = np.where(rows["is_round"].to_numpy() & (np.abs(portion) == 1.0), 100, 1)
    pence: np.ndarray = (np.rint(value * portion * 100 / step) * step).astype(np.int64)
    return pence


# dates ------------------------------------------------------------------------------------------------------


def _dates(rows: pd.DataFrame, body: Body, rng: np.random.Generator) -> np.ndarray:
    """A working day of the month; packages go with two payment runs; Bedford prints document dates."""
    days = [_working_days(period) for period in PERIODS]
    last = np.array([len(month) for month in days])[rows["month"]]
    place = (rng.random(len(rows)) * last).astype(int)
    is_package = (rows["kind"] == "package").to_numpy()
    place = np.where(is_package, np.where(rng.random(len(rows)) < 0.5, 6, 16), place)
    chosen = np.array(
        [days[month][day] for month, day in zip(rows["month"], place, strict=True)], dtype="datetime64[D]"
    )
    if body.style != BEDFORD:
        return chosen
    is_earlier = rng.random(len(rows)) < 0.2
    back = np.where(is_earlier, 20 + rng.geometric(0.03, len(rows)), 0)
    back = np.where(rng.random(len(rows)) < 0.0004, 900, back)
    back = np.where(rng.random(len(rows)) < 0.0001, -300, back)  # a year mistyped
    documents: np.ndarray = chosen - back.astype("timedelta64[D]")
    return documents


def _working_days(period: str) -> list[date]:
    year, month = parse_period(period)
    every = [date(year, month, 1) + timedelta(days=step) for step in range(monthrange(year, month)[1])]
    return [day for day in every if day.weekday() < 5]
