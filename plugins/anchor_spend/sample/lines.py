"""Lines of spend: who a body pays, under which words, how often and in which shape.

In: a body's plan and the payees. Out: a DataFrame of lines. A line's kind decides its rhythm: a contract is
one equal payment a month, a package many payments at a few fixed rates, an order now and then.
"""

import numpy as np
import pandas as pd

from anchor_spend.sample.plans import MONTHS, Body, Transfer
from anchor_spend.sample.spelling import Organisation
from anchor_spend.sample.suppliers import Payees
from anchor_spend.sample.vocabulary import GOODS, UNITS, departments_of

COLUMNS = [
    "payee", "fund", "scope", "category", "department", "unit", "kind", "rate", "size", "first", "last",
]  # fmt: skip
GOODS_FUND = -1  # other funds are the positions of a body's transfers
_WORDS_OF_SCOPE = {
    "other_public_body": "training",
    "grant": "",
    "inter_anchor": "",
    "individual_or_redacted": "individual",
    "unclassified": "care",
}
_HIDDEN = ("redacted", "blank", "unnamed")


def make_lines(body: Body, payees: Payees, rng: np.random.Generator) -> pd.DataFrame:
    """Every line of a body: COLUMNS."""
    parts = [_goods(body, payees, rng)] if body.suppliers else []
    transfers = [
        line
        for fund, transfer in enumerate(body.transfers)
        for line in _transfer_lines(fund, transfer, body, payees, rng)
    ]
    lines = pd.concat([*parts, pd.DataFrame(transfers, columns=COLUMNS)], ignore_index=True)
    if (body.first, body.last) != (0, MONTHS - 1):  # a life too short for suppliers to come and go
        lines = lines.assign(first=body.first, last=body.last)
    return lines.astype(dict.fromkeys(("scope", "category", "department", "unit", "kind"), object))


def _goods(body: Body, payees: Payees, rng: np.random.Generator) -> pd.DataFrame:
    """One or two lines for each supplier the body uses, with rates that add up to its rows a month."""
    private = [i for i, item in enumerate(payees.organisations) if item.kind in ("company", "unregistered")]
    items = [payees.organisations[i] for i in private]
    liking = [
        body.trades.get(item.trade, 1.0) * body.groups.get(item.place_group, 1.0) * (item.trade != "bank")
        for item in items
    ]
    weights = np.array(liking) * _popularity(len(items))
    chosen = rng.choice(private, body.suppliers, replace=False, p=weights / weights.sum())
    lines = [
        line for payee in chosen for line in _lines_of(int(payee), payees.organisations[payee], body, rng)
    ]
    frame = pd.DataFrame(lines, columns=COLUMNS)
    is_monthly = frame["kind"] == "contract"
    active = (frame["last"] - frame["first"] + 1) / MONTHS
    wanted = max(body.rows - active[is_monthly].sum(), body.rows * 0.3)
    frame.loc[~is_monthly, "rate"] *= wanted / (frame["rate"] * active)[~is_monthly].sum()
    return frame


def _popularity(count: int) -> np.ndarray:
    """How much any body likes a supplier: the same for all bodies, so that they share suppliers."""
    return np.exp(np.random.default_rng(count).normal(0, 0.6, count))


def _lines_of(
    payee: int, item: Organisation, body: Body, rng: np.random.Generator
) -> list[tuple[object, ...]]:
    goods = GOODS[body.words]
    trade = item.trade if item.trade in goods else "training"
    return [
        (
            *(payee, GOODS_FUND, "goods_and_services", str(rng.choice(goods[trade]))),
            *_words(body, trade, rng),
            *_rhythm("" if body.style == "card" else trade, item.kind == "company", rng),
        )
        for _ in range(1 + int(rng.random() < 0.35))
    ]


def _rhythm(trade: str, has_contracts: bool, rng: np.random.Generator) -> tuple[str, float, float, int, int]:
    """Kind, rows a month (before scaling), typical size (before fitting), first and last month.

    Without a trade everything is an order, as on a card.
    """
    contract = "contract" if has_contracts and trade else "order"
    kind = str(rng.choice(["package" if trade == "care" else contract, "order"], p=[0.5, 0.5]))
    rate = {"package": rng.gamma(2.0, 4.0), "contract": 1.0, "order": rng.gamma(1.2, 0.8)}[kind]
    middle, spread = {"package": (7.0, 0.4), "contract": (9.2, 1.2), "order": (7.3, 0.6)}[kind]
    first = 0 if rng.random() < 0.85 else int(rng.integers(1, 20))
    last = MONTHS - 1 if rng.random() < 0.88 else int(rng.integers(max(first, 12), MONTHS))
    return kind, rate, float(np.exp(rng.normal(middle, spread))), first, last


def _words(body: Body, key: str, rng: np.random.Generator) -> tuple[str, str]:
    """Department and cost centre."""
    departments = departments_of(body.publisher_id, body.words, key)
    return str(rng.choice(departments)), str(rng.choice(UNITS.get(key, UNITS[""])))


def _transfer_lines(
    fund: int, transfer: Transfer, body: Body, payees: Payees, rng: np.random.Generator
) -> list[tuple[object, ...]]:
    """A transfer, spread over up to forty of its payees."""
    candidates = _candidates(transfer, payees)
    is_steady = transfer.rows <= 2 and transfer.payees not in _HIDDEN
    kind = transfer.payees if transfer.payees in _HIDDEN else "steady" if is_steady else "transfer"
    count = 1 if is_steady else min(len(candidates), max(2, int(transfer.rows / 1.5)), 40)
    count = 6 if transfer.payees == "person" else count
    key = _WORDS_OF_SCOPE.get(transfer.scope, "corporate")
    return [
        (
            *(int(payee), fund, transfer.scope, transfer.category),
            *_words(body, key, rng),
            *(kind, transfer.rows / count, float(np.exp(rng.normal(0, 0.7))), 0, MONTHS - 1),
        )
        for payee in rng.choice(candidates, count, replace=False)
    ]


def _candidates(transfer: Transfer, payees: Payees) -> np.ndarray:
    """Positions of the payees a transfer may go to; persons come after the organisations."""
    persons = len(payees.organisations) + np.arange(len(payees.persons))
    named = len(persons) // 2
    if transfer.payees in ("redacted", "person"):
        return persons[:named] if transfer.payees == "person" else persons[named:]
    found = [i for i, item in enumerate(payees.organisations) if _is_wanted(item, transfer.payees)]
    return np.array(found)


def _is_wanted(item: Organisation, wanted: str) -> bool:
    if item.publisher_id:
        return item.publisher_id == wanted
    if wanted in ("blank", "unnamed"):
        return item.kind == "unregistered"
    return wanted in (item.entity_id, item.body_type, item.trade)
