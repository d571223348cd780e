"""Numbers, dates and names as the report writes them. Missing figures are 'not known', never zero."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from anchor_spend.periods import months_between, parse_period
from anchor_spend.report.data import HEADLINE

Number = Decimal | int | float

SYNTHETIC = "Synthetic sample data – invented figures"
UNKNOWN = "not known"
SCOPES: dict[str, tuple[str, str]] = {  # in words, meaning
    HEADLINE: ("Goods and services", "bought from suppliers; the headline of this report"),
    "grant": ("Grants", "money given for a purpose, not the price of something bought"),
    "precept_or_levy": ("Precepts and levies", "tax collected for another authority, or shared with it"),
    "inter_anchor": (
        "Between the bodies in this report",
        "payments to one another, which a county total must not count twice",
    ),
    "other_public_body": ("Other public bodies", "payments to public bodies outside this report"),
    "tax_and_pensions": ("Tax and pensions", "payments to the tax authority and to pension funds"),
    "treasury_and_banking": ("Treasury and banking", "loans, deposits, investments and bank charges"),
    "individual_or_redacted": (
        "Individuals and withheld names",
        "payments to or for people, and those whose payee the body withheld",
    ),
    "unclassified": ("No payee given", "payments published without a name"),
}
REASONS: dict[str, tuple[str, str, str]] = {  # in words, colour, meaning
    "unmatched": ("Organisation not found in a register", "unknown", "so the address it is at is not known"),
    "unclear": ("Name not clear", "violet", "may be an organisation or a person, so it was not looked up"),
    "unlocated": ("Organisation known, place not", "target", "the register gives no usable postcode"),
    "partly": (
        "Place known only in part",
        "county",
        "known for some payments to an organisation and not for others, or not closely enough",
    ),
    "withheld": (
        "Individual or name withheld",
        "elsewhere",
        "never looked up, never named, not in the headline",
    ),
}
STATUSES: dict[str, tuple[str, str, str]] = {  # letter, in words, meaning
    "loaded": ("✓", "Received", "the file is in and counted"),
    "restated": ("R", "Replaced", "in and counted; a later version has replaced an earlier one"),
    "late": ("L", "Late", "nothing received, less than 31 days past the due date"),
    "missing": ("M", "Missing", "nothing received, 31 days or more past the due date"),
    "empty": ("0", "Empty", "received, with no payment in it"),
    "not_due": ("–", "Not due", "not yet due on the day of this release"),
}
SUITES = {
    "landed_file": "Each file: can it be believed?",
    "payments": "Each body’s payments: can they be believed?",
    "county_view": "The county figures: may they be published?",
}
SEVERITIES = {"critical": "must pass", "warning": "warning", "info": "for information"}
DRIFT_SEVERITIES = {"critical": "critical", "warning": "to look at", "info": "known"}
STREAMS = {"payments": "Payments", "purchase_card": "Purchase cards", "kpi_return": "Yearly return"}
LISTED = 40  # failed checks, refused files and changes shown one by one
DEFINITIONS = {"either": "Either", "primary": "Primary", "secondary": "Secondary"}  # the strategy's own first
AUTHORITIES = {"E06000032": "Luton", "E06000055": "Bedford", "E06000056": "Central Bedfordshire"}
LICENCES = {"OGL-UK-3.0": "Open Government Licence v3.0"}
SOURCES = {
    "sample": "sample county (invented)",
    "live": "the bodies’ own websites",
    "archive": "an archive of published files",
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def millions(value: Number | None) -> str:
    """£812.4m; amounts under £50,000, which would read £0.0m, to the pound."""
    if value is None or -50_000 < value < 50_000:
        return pounds(value)
    return f"{_sign(value)}£{rounded(value / 1_000_000, 1).copy_abs():,}m"


def pounds(value: Number | None) -> str:
    """£1,234,567."""
    if value is None:
        return UNKNOWN
    whole = rounded(value, 0)
    return f"{_sign(whole)}£{whole.copy_abs():,}"


def share(value: Number | None) -> str:
    """A fraction in per cent, one decimal."""
    if value is None:
        return UNKNOWN
    per_cent = rounded(value * 100, 1)
    return f"{_sign(per_cent)}{per_cent.copy_abs()}%"


def points(value: Number | None) -> str:
    """A difference of two shares in per cent, with its sign."""
    if value is None:
        return UNKNOWN
    size = rounded(value, 1)
    return f"{'+' if size > 0 else _sign(size)}{size.copy_abs()} points"


def cell(value: object, kind: str) -> str:
    """A table's cell; a str is shown as it is."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str) or not isinstance(value, Decimal | int | float):
        return str(value)
    if kind == "count":
        return f"{_sign(value)}{rounded(value, 0).copy_abs():,}"
    return {"pounds": pounds, "share": share, "points": points}[kind](value)


def between(floor: Number | None, ceiling: Number | None) -> str:
    """'28.0% to 37.5%'."""
    return UNKNOWN if floor is None or ceiling is None else f"{share(floor)} to {share(ceiling)}"


def rounded(value: Number, places: int) -> Decimal:
    """Half up, as people round; the binary half-even of round() is off by a tenth now and then."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _sign(value: Number) -> str:
    return "−" if value < 0 else ""


def listed(words: list[str]) -> str:
    """'a, b and c'."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def plural(number: int, noun: str, nouns: str = "") -> str:
    """'one file', '12 files'."""
    return f"{number_word(number)} {noun if number == 1 else nouns or noun + 's'}"


def plain_plural(number: int, noun: str, nouns: str) -> str:
    """'1 body', '6 bodies': in figures, as beside other figures."""
    return f"{number:,} {noun if number == 1 else nouns}"


def number_word(number: int) -> str:
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def day(value: date | datetime | None) -> str:
    if value is None:
        return "not yet"
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}, {value:%H:%M} UTC"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(period: str) -> str:
    year, number = parse_period(period)
    return f"{_MONTHS[number - 1]} {year}"


def month_runs(periods: list[str]) -> str:
    """'June 2017 and January to March 2018'."""
    runs: list[list[str]] = []
    for period in sorted(periods):
        if runs and months_between(runs[-1][-1], period) == [runs[-1][-1], period]:
            runs[-1].append(period)
        else:
            runs.append([period])
    return listed([_run(run) for run in runs])


def _run(run: list[str]) -> str:
    if len(run) == 1:
        return month(run[0])
    is_one_year = run[0][:4] == run[-1][:4]
    first = month(run[0]).split()[0] if is_one_year else month(run[0])
    return f"{first} to {month(run[-1])}"


def months_of(covered: int, expected: int) -> str:
    """'11 of 12 months'."""
    return f"{covered:,} of {expected:,} months"


def rule_words(rule: str) -> str:
    """A definition's rule with the names of Bedfordshire's authorities beside their codes."""
    for code, name in AUTHORITIES.items():
        rule = rule.replace(code, f"{name} ({code})")
    return rule.replace("_", " ")


def scope_words(scope: str) -> str:
    return SCOPES[scope][0] if scope in SCOPES else sentence(scope.replace("_", " "))


def stream_words(stream: str) -> str:
    return STREAMS.get(stream, sentence(stream.replace("_", " ")))


def more(left: int) -> str:
    """What a list that was cut leaves out."""
    return f"And {left:,} more." if left else ""
