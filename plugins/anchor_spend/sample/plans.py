"""What a plan of the sample is: a stream's money by scope, its rows a month, share local and preferences."""

from dataclasses import dataclass, field
from typing import Literal

from anchor_spend.periods import Cadence, file_months, months_between

YEARS = ("2016/17", "2017/18", "2018/19")
GROWTH = (0.972, 1.0, 1.034)  # of every figure below, which are those of 2017/18
MONTHS = 36
FIRST_PERIOD, LAST_PERIOD = "2016-04", "2019-03"
PERIODS = months_between(FIRST_PERIOD, LAST_PERIOD)


@dataclass(frozen=True)
class Transfer:
    """Payments that are not goods and services: who gets them under which category, how often, how much."""

    scope: str
    category: str
    payees: str  # a publisher_id, an entity_id, or a body type, trade or kind of payee
    rows: float  # a month
    gbp_millions: float  # in 2017/18


@dataclass(frozen=True)
class Body:
    """The plan of one stream of one body. Rows, sizes and shares are those of goods and services."""

    publisher_id: str
    rows: int
    suppliers: int
    gbp_millions: float  # a whole year's, also where the body lived for a part of it
    local_share: float  # by the `either` definition
    smallest_gbp: int
    largest_gbp: int
    credit_share: float
    trades: dict[str, float] = field(default_factory=dict)  # preference, 1 when not named
    groups: dict[str, float] = field(default_factory=dict)
    transfers: tuple[Transfer, ...] = ()
    postcode_share: float = 0.0  # of suppliers, printed in the file
    number_share: float = 0.0
    words: str = ""  # whose words its ledger uses: a key of vocabulary.GOODS
    stream: Literal["payments", "purchase_card"] = "payments"
    cadence: Cadence = "monthly"
    first: int = 0  # month of its life, counted from the first of the sample
    last: int = MONTHS - 1
    smallest_in_first_year_gbp: int = 0  # where the threshold was another

    @property
    def style(self) -> str:
        """Whose way of writing names the files follow: the body's own, or a card provider's."""
        return "card" if self.stream == "purchase_card" else self.publisher_id

    @property
    def periods(self) -> list[str]:
        """The periods of its files: the first month of each."""
        return [
            period for period in PERIODS[self.first : self.last + 1] if _begins_file(period, self.cadence)
        ]


def _begins_file(period: str, cadence: Cadence) -> bool:
    try:
        return bool(file_months(period, cadence))
    except ValueError:
        return False
