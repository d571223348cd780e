"""Publisher specs: one closed, typed YAML file per anchor institution.

In: plugins/publishers/<publisher_id>.yml. Out: frozen Publisher objects. Refuses unknown keys, wrong types,
overlapping column aliases and a file whose name is not its publisher_id. A stream may name a `layout`
(data/layouts/*.yml): a prescribed template whose keys stand wherever the stream does not write its own.
"""

import difflib
import hashlib
import re
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from anchor_spend.errors import SpecError
from anchor_spend.periods import Cadence, parse_period
from anchor_spend.settings import load_settings

BodyType = Literal[
    "council", "police", "fire", "nhs_trust", "nhs_commissioner", "ambulance",
    "university", "college", "airport", "other",
]  # fmt: skip
FieldName = Literal[
    "payment_date", "amount", "supplier_name", "supplier_ref", "supplier_postcode",
    "supplier_company_number", "vat_number", "charity_number", "department", "category",
    "description", "transaction_ref", "body_name",
]  # fmt: skip
REQUIRED_FIELDS = ("payment_date", "amount", "supplier_name")


def _check_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return pattern


def _check_period(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError(f"{text!r} is not a month: write it as YYYY-MM")
    return text


Regex = Annotated[str, AfterValidator(_check_regex)]
Period = Annotated[str, AfterValidator(_check_period)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _since_ever(key: str) -> BeforeValidator:
    """A single value stands for one that never changed."""

    def as_list(value: Any) -> Any:
        return value if isinstance(value, (list, tuple)) else [{"valid_from": date.min, key: value}]

    return BeforeValidator(as_list)


class VatBasis(_Closed):
    """Whether amounts hold VAT, from a date on."""

    valid_from: date
    basis: Literal["net", "gross", "mixed", "unknown"]


class DueDays(_Closed):
    """How many days after its last month's end a file is due, from a date on."""

    valid_from: date
    days: int = Field(ge=0, le=400)


VatBases = Annotated[tuple[VatBasis, ...], _since_ever("basis"), Field(min_length=1)]


class Threshold(_Closed):
    """The smallest payment a body publishes, from a date on."""

    valid_from: date
    gbp: Decimal


class Listing(_Closed):
    """Pages that link a stream's files. A URL may hold {calendar_year} or {financial_year} ('2017-18');
    `follow` matches further pages."""

    urls: tuple[str, ...]
    kind: Literal["pages", "ckan"] = "pages"  # ckan: `urls` are package_show or package_search addresses
    # Of a retired site: a web archive's prefix with a date, such as https://web.archive.org/web/20210401id_/
    # (id_: the bytes as they were). `urls`, links and `hosts` stay those of the site.
    replay: str | None = Field(default=None, pattern=r"^https://[^/?#@\s]+/(?:[\w-]+/)*\d{4,14}id_/$")
    link: Regex  # searched in "<link text> <href>", ignoring case: what makes a link a file of this stream
    not_link: Regex | None = None
    follow: Regex | None = None  # searched in the href: pagination
    download: Literal["direct", "sharepoint_share"] = "direct"
    hosts: tuple[str, ...] = ()  # further hosts files may come from, next to those of `urls`

    @model_validator(mode="after")
    def _can_be_asked(self) -> "Listing":
        for url in self.urls:
            unknown = set(re.findall(r"\{.*?\}", url)) - {"{calendar_year}", "{financial_year}"}
            if unknown:
                raise ValueError(f"urls: {min(unknown)} is neither {{calendar_year}} nor {{financial_year}}")
        if self.replay and self.kind == "ckan":
            raise ValueError("replay: a catalogue answers today's questions, a web archive cannot")
        return self


class FileFormat(_Closed):
    """How a file is encoded. Magic bytes decide its type; `family` is what we expect to find."""

    family: Literal["delimited", "workbook", "pdf"]
    encodings: tuple[str, ...] = ("utf-8-sig", "cp1252")  # tried strictly, in this order
    sheet: Regex | None = None  # name of the sheet to read; without it every visible sheet
    dates: tuple[str, ...]  # strptime formats; those of one order of day and month must read a file's dates
    undated: tuple[str, ...] = ()  # what stands for a date where a payment has none ('' a blank): the period
    name_cut_at: int | None = None  # the publisher cuts supplier names at this many characters
    header: tuple[str, ...] = ()  # names for the columns of files that have no header row, in their order


class Expected(_Closed):
    """What a believable month looks like; outside is a critical gate failure."""

    rows: tuple[int, int]
    largest_payment_gbp: int


class Stream(_Closed):
    """One kind of file a body publishes."""

    layout: str | None = None  # a template of data/layouts; the keys written here stand before its own
    cadence: Cadence = "monthly"  # a file's period is its first month: April, July, ... of a quarter
    first_period: Period
    last_period: Period | None = None
    due_days: Annotated[tuple[DueDays, ...], _since_ever("days"), Field(min_length=1)]
    vat_basis: VatBases | None = None  # where it differs from the body's other streams
    date_basis: Literal["payment", "document", "period"] = "payment"  # period: the files state no date
    listing: Listing | None = None  # None: files arrive in the inbox
    format: FileFormat
    columns: dict[FieldName, tuple[str, ...]]  # each must be matched by exactly one header
    optional_columns: dict[FieldName, tuple[str, ...]] = {}
    ignore: tuple[str, ...] = ()  # headers known and not needed
    redaction: tuple[Regex, ...] = ()  # whole supplier names that hide a payee, ignoring case
    steps: tuple[str, ...] = ()  # named functions of steps.py, run in this order
    expected: Expected

    @model_validator(mode="before")
    @classmethod
    def _with_layout(cls, content: Any) -> Any:
        name = content.get("layout") if isinstance(content, dict) else None
        return {**layout(name), **content} if isinstance(name, str) else content

    @model_validator(mode="after")
    def _periods_begin_files(self) -> "Stream":
        months = {"monthly": range(1, 13), "quarterly": (1, 4, 7, 10), "yearly": (4,)}[self.cadence]
        if parse_period(self.first_period)[1] not in months:
            raise ValueError(f"first_period: no {self.cadence} file begins in {self.first_period}")
        return self

    @model_validator(mode="after")
    def _columns_are_whole_and_distinct(self) -> "Stream":
        needed = [name for name in REQUIRED_FIELDS if name != "payment_date" or self.date_basis != "period"]
        missing = [name for name in needed if name not in self.columns]
        if missing:
            raise ValueError(f"columns: {', '.join(missing)} must be mapped")
        seen: dict[str, str] = {}
        mapped = [*self.columns.items(), *self.optional_columns.items()]
        for name, aliases in [*mapped, ("ignore", self.ignore)]:
            for alias in {normalise_header(alias) for alias in aliases}:
                if alias in seen:
                    raise ValueError(f"the header {alias!r} is claimed by both {seen[alias]} and {name}")
                seen[alias] = name
        return self

    def due_days_of(self, period: str) -> int:
        """Days after the end of a file's last month at which it is due."""
        return _on(self.due_days, period).days


class Publisher(_Closed):
    """One anchor institution: who it is, and every stream it publishes."""

    publisher_id: str = Field(pattern=r"^[a-z][a-z0-9_]{2,79}$")
    name: str
    org_id: str = Field(pattern=r"^[A-Z]{2}-[A-Z]+-.+$")
    body_type: BodyType
    ons_code: str | None = None
    ods_code: str | None = None
    postcode: str
    valid_from: date
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()
    county: Literal["counted", "memo"] = "counted"  # memo: shown, but not in the county's totals
    vat_basis: VatBases
    thresholds: tuple[Threshold, ...] = Field(min_length=1)
    licence: str
    verified: date | None = None  # only after a first real fetch from the live site
    streams: dict[Literal["payments", "purchase_card"], Stream]

    @property
    def hosts(self) -> frozenset[str]:
        """Every host this body's files may come from, today or out of a web archive."""
        return self.live_hosts | self.archived_hosts

    @property
    def live_hosts(self) -> frozenset[str]:
        """Hosts that are asked themselves."""
        return frozenset(host for item in self._listings if not item.replay for host in _hosts_of(item))

    @property
    def archived_hosts(self) -> frozenset[str]:
        """Hosts of retired sites, which only a web archive is asked for."""
        return frozenset(host for item in self._listings if item.replay for host in _hosts_of(item))

    @property
    def archives(self) -> frozenset[str]:
        """The web archives that replay this body's retired sites."""
        return frozenset(urlsplit(item.replay).hostname or "" for item in self._listings if item.replay)

    @property
    def _listings(self) -> list[Listing]:
        return [stream.listing for stream in self.streams.values() if stream.listing]

    def threshold_of(self, period: str) -> Decimal:
        """The smallest payment, in pounds, that is published in a month."""
        return _on(self.thresholds, period).gbp

    def vat_basis_of(self, stream: str, period: str) -> str:
        """Whether the amounts of a stream's file hold VAT: net, gross, mixed or unknown."""
        own = self.streams[stream].vat_basis  # type: ignore[index]
        return _on(own or self.vat_basis, period).basis


def _hosts_of(listing: Listing) -> list[str]:
    return [*listing.hosts, *(urlsplit(url).hostname or "" for url in listing.urls)]


_Entry = TypeVar("_Entry", Threshold, VatBasis, DueDays)


def _on(dated: tuple[_Entry, ...], period: str) -> _Entry:
    """Of dated entries the one valid on a month's first day; the earliest where none is yet."""
    first_day = date(*parse_period(period), 1)
    ordered = sorted(dated, key=lambda entry: entry.valid_from)
    return next((entry for entry in reversed(ordered) if entry.valid_from <= first_day), ordered[0])


@cache
def layout(name: str) -> dict[str, Any]:
    """The stream keys of a prescribed template; ValueError when there is none of that name."""
    folder = resources.files("anchor_spend").joinpath("data", "layouts")
    known = sorted(item.name.removesuffix(".yml") for item in folder.iterdir() if item.name.endswith(".yml"))
    if name not in known:
        raise ValueError(f"there is no layout {name!r}; there are: {', '.join(known)}")
    content: dict[str, Any] = yaml.safe_load(folder.joinpath(f"{name}.yml").read_text(encoding="utf-8"))
    return {key: value for key, value in content.items() if key != "template"}  # that is for who fills it in


def normalise_header(header: str) -> str:
    """A header as compared with aliases: outer white space, runs of it and case do not matter."""
    return " ".join(header.replace("\u00a0", " ").split()).casefold()


def _nearest(key: str, model: type[BaseModel]) -> str:
    close = difflib.get_close_matches(key, list(model.model_fields), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"valid keys: {', '.join(model.model_fields)}"


_MODEL_BY_PARENT: dict[str, type[BaseModel]] = {
    "streams": Stream,
    "listing": Listing,
    "format": FileFormat,
    "expected": Expected,
    "vat_basis": VatBasis,
    "due_days": DueDays,
}


def _owner(location: tuple[Any, ...]) -> type[BaseModel]:
    parents = [part for part in location[:-1] if isinstance(part, str)]
    for part in reversed(parents):
        if part in _MODEL_BY_PARENT:
            return _MODEL_BY_PARENT[part]
    return Threshold if "thresholds" in parents else Publisher


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        hint = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            hint = f"unknown key; {_nearest(str(item['loc'][-1]), _owner(item['loc']))}"
        lines.append(f"  {key or '(whole file)'}: {hint}")
    return f"{path.name} is not a valid publisher spec:\n" + "\n".join(lines)


def load_spec(path: Path) -> Publisher:
    """The spec in one YAML file; SpecError names the file, each wrong key and the nearest valid one."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SpecError(f"{path.name} cannot be read as YAML: {error}") from error
    try:
        publisher = Publisher.model_validate(content)
    except ValidationError as error:
        raise SpecError(_explain(path, error)) from error
    if publisher.publisher_id != path.stem:
        raise SpecError(f"{path.name}: publisher_id is {publisher.publisher_id!r}; name the file after it")
    return publisher


def load_specs(folder: Path | None = None) -> dict[str, Publisher]:
    """Every spec of a folder (default: plugins/publishers), by publisher_id."""
    return {path.stem: load_spec(path) for path in _spec_paths(folder)}


def _spec_paths(folder: Path | None) -> list[Path]:
    folder = folder or load_settings().publishers
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise SpecError(f"{folder} holds no publisher spec (*.yml).")
    return paths


def load_readable_specs(folder: Path | None = None) -> tuple[dict[str, Publisher], dict[str, str]]:
    """The specs that can be read, and of the others what is wrong, each by publisher_id.

    A mistake in one body's file must not keep the others from going on; whoever calls this says it aloud.
    """
    specs, problems = {}, {}
    for path in _spec_paths(folder):
        try:
            specs[path.stem] = load_spec(path)
        except SpecError as error:
            problems[path.stem] = str(error)
    return specs, problems


def load_publisher(publisher_id: str) -> Publisher:
    """One body's spec: a mistake in another body's file does not concern it."""
    return load_spec(load_settings().publishers / f"{publisher_id}.yml")


@cache
def spec_sha256(publisher_id: str) -> str:
    """Hash of a spec file: which mapping version read a file."""
    return hashlib.sha256((load_settings().publishers / f"{publisher_id}.yml").read_bytes()).hexdigest()
