"""The payees of the sample: about 1,800 invented organisations, public bodies, a few invented persons.

In: the postcode register and a random generator. Out: a Payees object, and the registers of organisations
(companies, charities, public bodies) in the columns of the reference tables. The registers know less than the
truth: some organisations stand on none, some names stand there twice.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from anchor_spend.sample import words
from anchor_spend.sample.charities import charity_register
from anchor_spend.sample.places import GROUP_SHARES
from anchor_spend.sample.public_bodies import make_public_bodies, pick, public_register
from anchor_spend.sample.spelling import Organisation

TRADE_SHARES = {
    "care": 0.2,
    "construction": 0.14,
    "software": 0.07,
    "staffing": 0.05,
    "transport": 0.09,
    "professional": 0.1,
    "facilities": 0.08,
    "utilities": 0.02,
    "training": 0.06,
    "medical": 0.07,
    "supplies": 0.06,
    "catering": 0.03,
    "voluntary": 0.03,
}
_SIC = {
    "care": "87300",
    "construction": "41201",
    "software": "62012",
    "staffing": "78200",
    "transport": "49390",
    "professional": "70229",
    "facilities": "81210",
    "utilities": "35140",
    "training": "85590",
    "medical": "46460",
    "supplies": "46499",
    "catering": "56290",
    "voluntary": "88990",
    "bank": "64191",
}
_LEGAL_FORMS = {"Limited": 0.89, "LLP": 0.03, "PLC": 0.04, "": 0.04}
_VOLUNTARY_FORMS = {"": 0.5, "Community Interest Company": 0.2, "Limited": 0.3}
COMPANY_COLUMNS = [
    "company_number", "company_name", "previous_names", "postcode", "status", "category", "sic_codes",
    "incorporated_on", "dissolved_on", "accounts_category", "accounts_made_up_on",
]  # fmt: skip
_ACCOUNTS = ("MICRO ENTITY", "TOTAL EXEMPTION FULL", "SMALL", "FULL", "DORMANT")


@dataclass(frozen=True)
class Person:
    """An invented natural person: named in files, or hidden by a redaction word."""

    entity_id: str
    name: str
    postcode: str


@dataclass(frozen=True)
class Payees:
    """Everybody who is paid. Organisations come first: private ones, then public bodies."""

    organisations: tuple[Organisation, ...]
    persons: tuple[Person, ...]
    companies: pd.DataFrame
    charities: pd.DataFrame
    public_bodies: pd.DataFrame
    local_postcodes: frozenset[str]  # local by the `either` definition


def make_payees(places: pd.DataFrame, rng: np.random.Generator, count: int = 1800) -> Payees:
    """All payees and the registers."""
    by_group: dict[str, list[str]] = {}
    for group, postcode in zip(places["place_group"], places["postcode"], strict=True):
        by_group.setdefault(group, []).append(postcode)
    roots = _roots(rng)
    private = [_private(number, next(roots), by_group, rng) for number in range(count)]
    private += [_bank(count + number, next(roots), by_group, rng) for number in range(4)]
    private.append(_trap(count + 4, by_group, rng))
    private = _hide_places(_number(private, rng), rng)
    private = _add_branches(_add_namesakes(private, by_group, rng), by_group, rng)
    public = make_public_bodies(by_group, rng)
    return Payees(
        organisations=(*private, *public),
        persons=tuple(_persons(by_group, rng)),
        companies=_company_register(private, roots, by_group, rng),
        charities=charity_register(private, roots, by_group, rng),
        public_bodies=public_register(public),
        local_postcodes=frozenset(places.loc[~places["place_group"].isin(["near", "far"]), "postcode"]),
    )


def _roots(rng: np.random.Generator) -> Iterator[str]:
    """Every invented root once, in random order."""
    roots = [start + end for start, end in itertools.product(words.ROOT_STARTS, words.ROOT_ENDS)]
    order = rng.permutation(len(roots))
    return itertools.chain((roots[i] for i in order), (f"Mac{roots[i].lower()}" for i in order))


def _place(by_group: dict[str, list[str]], rng: np.random.Generator) -> tuple[str, str]:
    """A place group by its share, and one of its postcodes."""
    group = str(rng.choice(list(GROUP_SHARES), p=list(GROUP_SHARES.values())))
    return group, pick(by_group[group], rng)


def _base_name(root: str, trade: str, rng: np.random.Generator) -> str:
    """A name without legal form, in one of a dozen patterns; some pass 30, a few 50 characters."""
    activity = pick(words.TRADES[trade], rng)
    start, end = pick(words.ROOT_STARTS, rng), pick(words.ROOT_ENDS, rng)
    qualifier = pick(words.QUALIFIERS, rng)
    patterns = (
        (f"{root} {activity}", 58),
        (f"{root} {activity} ({qualifier})", 8),
        (f"{root} & {start}{end} {activity}", 6),
        (f"{root} and Partners {activity}", 4),
        (f"{root}'s {activity}", 6),
        (f"{root}-{start}{end} {activity}", 3),
        (f"{root} {qualifier} {activity}", 7),
        (f"{root} {activity} Group Holdings ({qualifier})", 3),
        (f"{root} {activity} and Specialist Support Services ({qualifier})", 2),
        (f"The {root} {activity} Company", 2),
        (f"Café {root}" if trade == "catering" else f"{root} {activity} (2012)", 1),
    )
    weights = np.array([weight for _, weight in patterns])
    return patterns[int(rng.choice(len(patterns), p=weights / weights.sum()))][0]


def _private(
    number: int, root: str, by_group: dict[str, list[str]], rng: np.random.Generator
) -> Organisation:
    """A company (on the register), or an organisation that no register of the sample holds."""
    trade = str(rng.choice(list(TRADE_SHARES), p=list(TRADE_SHARES.values())))
    group, postcode = _place(by_group, rng)
    shares = _VOLUNTARY_FORMS if trade == "voluntary" else _LEGAL_FORMS
    legal_form = str(rng.choice(list(shares), p=list(shares.values())))
    is_registered = bool(legal_form) and rng.random() > 0.055
    return Organisation(
        entity_id=f"SAMPLE-ORG-{number:04d}",
        kind="company" if is_registered else "unregistered",
        trade=trade,
        base=_base_name(root, trade, rng),
        legal_form=legal_form,
        postcode=postcode,
        place_group=group,
        trading_name=f"{pick(words.TRADING_WORDS, rng)}{root.lower()}",
        previous_base=f"Old{root.lower()} Trading" if rng.random() < 0.12 else "",
    )


def _bank(number: int, root: str, by_group: dict[str, list[str]], rng: np.random.Generator) -> Organisation:
    base = f"{root} {pick(words.TRADES['bank'], rng)}"
    postcode = pick(by_group["far"], rng)
    return Organisation(f"SAMPLE-ORG-{number:04d}", "company", "bank", base, "PLC", postcode, "far")


def _trap(number: int, by_group: dict[str, list[str]], rng: np.random.Generator) -> Organisation:
    """A company whose name holds the letters of a redaction word."""
    postcode = pick(by_group["luton"], rng)
    base = "Redactively Events and Training"
    return Organisation(f"SAMPLE-ORG-{number:04d}", "company", "training", base, "Limited", postcode, "luton")


def _number(organisations: list[Organisation], rng: np.random.Generator) -> list[Organisation]:
    """Company numbers in a range no real register uses: SY and six digits."""
    numbers = iter(rng.permutation(9000) + 100)
    result = []
    for organisation in organisations:
        if organisation.kind == "company":
            number = f"SY{int(next(numbers)):06d}"
            organisation = replace(organisation, numbers=(number,), entity_id=f"GB-COH-{number}")
        result.append(organisation)
    return result


def _hide_places(organisations: list[Organisation], rng: np.random.Generator) -> list[Organisation]:
    """Twelve companies stand on the register without a postcode."""
    result = list(organisations)
    for position in rng.choice(_plain_companies(organisations), 12, replace=False):
        result[position] = replace(result[position], is_place_registered=False)
    return result


def _plain_companies(organisations: list[Organisation]) -> np.ndarray:
    """Positions of ordinary companies: those that may get a namesake or a branch."""
    return np.array(
        [
            position
            for position, item in enumerate(organisations)
            if item.kind == "company"
            and item.is_place_registered
            and not item.previous_base
            and item.trade not in ("bank", "voluntary")
        ]
    )


def _add_namesakes(
    organisations: list[Organisation], by_group: dict[str, list[str]], rng: np.random.Generator
) -> list[Organisation]:
    """Thirty companies share their whole name with a second company, in a place of the other kind."""
    result = list(organisations)
    for step, position in enumerate(rng.choice(_plain_companies(organisations), 30, replace=False)):
        item = result[position]
        is_away = item.place_group in ("near", "far")
        elsewhere = pick(by_group["luton" if is_away else "far"], rng)
        numbers = (*item.numbers, f"SY9901{step:02d}")
        result[position] = replace(item, numbers=numbers, namesake_postcode=elsewhere)
    return result


def _add_branches(
    organisations: list[Organisation], by_group: dict[str, list[str]], rng: np.random.Generator
) -> list[Organisation]:
    """Forty companies are registered in one place and printed with the postcode of another."""
    result = list(organisations)
    single = [i for i in _plain_companies(organisations) if len(organisations[i].numbers) == 1]
    for position in rng.choice(single, 40, replace=False):
        is_away = result[position].place_group in ("near", "far")
        branch = pick(by_group[("luton" if rng.random() < 0.5 else "bedford") if is_away else "far"], rng)
        result[position] = replace(result[position], branch_postcode=branch)
    return result


def _persons(by_group: dict[str, list[str]], rng: np.random.Generator) -> Iterator[Person]:
    """140 invented persons; half are written with a title, half as a bare name."""
    pairs = list(itertools.product(words.FIRST_NAMES, words.SURNAMES))
    for number, pair in enumerate(rng.permutation(len(pairs))):
        first, last = pairs[pair]
        name = f"{pick(words.TITLES, rng)} {first[0]} {last}" if number % 2 else f"{first} {last}"
        group = "luton" if number % 3 == 0 else "bedford" if number % 3 == 1 else "dunstable"
        yield Person(f"SAMPLE-PERSON-{number:03d}", name, pick(by_group[group], rng))


def _company_register(
    organisations: list[Organisation],
    roots: Iterator[str],
    by_group: dict[str, list[str]],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The companies of the sample, their namesakes, and 400 companies nobody pays, by number."""
    rows = []
    for item in organisations:
        for position, number in enumerate(item.numbers):
            postcode = item.namesake_postcode if position else item.postcode * item.is_place_registered
            rows.append(
                (number, item.register_name, item.previous_name, postcode, item.legal_form, item.trade)
            )
    for step in range(400):
        trade = str(rng.choice(list(TRADE_SHARES)))
        name = f"{_base_name(next(roots), trade, rng)} Limited".upper()
        rows.append((f"SY98{step:04d}", name, "", _place(by_group, rng)[1], "Limited", trade))
    return _company_frame(sorted(rows), rng)


def _company_frame(rows: list[tuple[str, ...]], rng: np.random.Generator) -> pd.DataFrame:
    """Rows in the columns of the register."""
    columns = ["company_number", "company_name", "previous_names", "postcode", "legal_form", "trade"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["category"] = frame["legal_form"].map(
        {
            "Limited": "Private Limited Company",
            "PLC": "Public Limited Company",
            "LLP": "Limited Liability Partnership",
            "Community Interest Company": "Community Interest Company",
        }
    )
    frame["status"] = "Active"
    frame["sic_codes"] = frame["trade"].map(_SIC)
    days = rng.integers(0, 9000, len(frame))
    start = np.datetime64("1990-01-01")
    frame["incorporated_on"] = [str(start + np.timedelta64(int(day), "D")) for day in days]
    frame["dissolved_on"] = ""
    frame["accounts_category"] = rng.choice(_ACCOUNTS, len(frame), p=[0.4, 0.3, 0.1, 0.18, 0.02])
    frame["accounts_made_up_on"] = "2019-03-31"
    return frame[COMPANY_COLUMNS]
