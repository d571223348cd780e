"""Register files as published: which layout a file is in, and its rows in the columns of reference.*.

In: a folder of CSV, Parquet or ZIP files. Out: sources (file, layout, vintage, licence), and their rows as
frames of text in chunks, so that a national file never stands in memory whole. Layouts are recognised by
header, never by file name (the headerless ODS files aside). Files in no known layout are left alone.
"""

import csv
import hashlib
import io
import logging
import re
import zipfile
from calendar import month_abbr
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from anchor_spend.errors import ReferenceDataError

if TYPE_CHECKING:
    import pandas as pd

Dataset = Literal["postcodes", "companies", "public_bodies"]
DATASETS: tuple[Dataset, ...] = ("postcodes", "companies", "public_bodies")
COLUMNS: dict[Dataset, list[str]] = {
    "postcodes": ["postcode", "authority_code", "region_code", "ward_code", "lsoa_code", "easting",
                  "northing", "terminated_on"],
    "companies": ["company_number", "company_name", "previous_names", "postcode", "status", "category",
                  "sic_codes", "incorporated_on", "dissolved_on"],
    "public_bodies": ["entity_id", "body_name", "body_type", "aliases", "postcode", "publisher_id",
                      "valid_from", "valid_to"],
}  # fmt: skip
LIST_SEPARATOR = "; "  # in previous_names, sic_codes, aliases
CHUNK = 100_000  # rows held at once
_log = logging.getLogger(__name__)
_OGL = "Open Government Licence v3.0"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z0-9]?\d[A-Z]{2}"  # without its space
_POSTCODE_PATTERN = re.compile(_POSTCODE)


@dataclass(frozen=True)
class Layout:
    """A kind of register file. Of several files that hold the same key, that of the lowest rank counts."""

    name: str
    dataset: Dataset
    rank: int
    matches: Callable[[frozenset[str]], bool]  # of the header, white space trimmed
    convert: Callable[["pd.DataFrame"], "pd.DataFrame"]  # its columns -> COLUMNS, '' where unknown
    wanted: str  # regular expression of the headers to read
    licence: str = _OGL
    headerless: str = ""  # name of a file without a header


class Source(NamedTuple):
    """A register file, or one member of a ZIP."""

    path: Path
    member: str
    layout: Layout
    vintage: str
    licence: str
    origin: str


def canonical_postcode(text: str) -> str:
    """'lu12bq' -> 'LU1 2BQ'; '' when it has not the shape of a postcode."""
    compact = "".join(text.split()).upper()
    return f"{compact[:-3]} {compact[-3:]}" if _POSTCODE_PATTERN.fullmatch(compact) else ""


def find_sources(folder: Path) -> list[Source]:
    """Every register file below a folder, in the order in which their rows count."""
    about = _manifest(folder)
    sources = [source for path in sorted(folder.rglob("*")) for source in _sources_of(path, folder, about)]
    newest_first = sorted(sources, key=lambda source: (source.vintage, source.path.name), reverse=True)
    return sorted(newest_first, key=lambda source: source.layout.rank)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(source: Source) -> Iterator["pd.DataFrame"]:
    """The rows of a register in the columns of its dataset, in chunks."""
    import pandas as pd

    columns = COLUMNS[source.layout.dataset]
    read = kept = 0
    try:
        for frame in _raw_frames(source):
            frame.columns = [str(name).strip() for name in frame.columns]
            converted = source.layout.convert(frame).reindex(columns=columns, fill_value="").fillna("")
            read, kept = read + len(frame), kept + len(converted)
            yield converted
    except (KeyError, pd.errors.ParserError, zipfile.BadZipFile) as error:
        raise ReferenceDataError(
            f"{source.path.name} looks like {source.layout.name} but cannot be read as such: {error}. "
            "Fetch it again, or take it out of the folder."
        ) from error
    if read > kept:
        _log.warning("%s: %d of %d rows have no usable key or name", source.path.name, read - kept, read)


# -- finding ----------------------------------------------------------------------------------------------


def _manifest(folder: Path) -> dict[str, dict[str, str]]:
    """What the folder's manifest.csv (file, vintage, licence, provenance) says, by file."""
    path = folder / "manifest.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row.get("file", ""): row for row in csv.DictReader(file)}


def _sources_of(path: Path, folder: Path, about: dict[str, dict[str, str]]) -> Iterator[Source]:
    for member, header in _headers(path):
        layout = _layout(path, header)
        if layout:
            name = path.relative_to(folder).as_posix()
            row = about.get(name, {})
            vintage = row.get("vintage") or _vintage(f"{path.name} {member}")
            origin = row.get("provenance") or name
            yield Source(path, member, layout, vintage, row.get("licence") or layout.licence, origin)


def _layout(path: Path, header: frozenset[str]) -> Layout | None:
    for layout in LAYOUTS:
        if path.name == layout.headerless or (not layout.headerless and layout.matches(header)):
            return layout
    return None


def _headers(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """(member, header) of a file; a ZIP has several members, anything else one named ''."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        yield "", frozenset(pq.read_schema(path).names)
    elif path.suffix == ".csv":
        with path.open("rb") as file:
            yield "", _first_record(file)
    elif path.suffix == ".zip":
        try:
            archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise ReferenceDataError(f"{path.name} is no readable ZIP file: fetch it again.") from error
        with archive:
            for member in sorted(archive.namelist()):
                if member.lower().endswith(".csv"):
                    with archive.open(member) as file:
                        yield member, _first_record(file)


def _first_record(file: IO[bytes]) -> frozenset[str]:
    line = file.readline(100_000).decode("utf-8-sig", errors="replace")
    return frozenset(cell.strip() for cell in next(csv.reader([line]), []))


_MONTHS = {name.upper(): number for number, name in enumerate(month_abbr) if name}
_NUMERIC_DATE = re.compile(r"(20\d\d)[-_]?(0[1-9]|1[0-2])(?!\d)(?:[-_]([0-3]\d))?")
_WORDED_DATE = re.compile(rf"({'|'.join(_MONTHS)})[A-Z]*[-_ ]?(20\d\d)", re.IGNORECASE)


def _vintage(name: str) -> str:
    """'BasicCompanyData-2026-09-01-part1_7.zip' -> '2026-09-01', 'NSPL_AUG_2026_UK.csv' -> '2026-08'."""
    if numeric := _NUMERIC_DATE.search(name):
        return "-".join(part for part in numeric.groups() if part)
    if worded := _WORDED_DATE.search(name):
        return f"{worded[2]}-{_MONTHS[worded[1].upper()]:02d}"
    return "not stated"


# -- reading ----------------------------------------------------------------------------------------------


def _raw_frames(source: Source) -> Iterator["pd.DataFrame"]:
    if source.path.suffix == ".parquet":
        import pyarrow.parquet as pq

        for batch in pq.ParquetFile(source.path).iter_batches(CHUNK):
            yield batch.to_pandas()
        return
    import pandas as pd

    wanted = re.compile(source.layout.wanted)
    headerless = bool(source.layout.headerless)
    with _open(source) as file:
        yield from pd.read_csv(
            io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline=""),
            header=None if headerless else 0,
            usecols=None if headerless else lambda name: wanted.fullmatch(name.strip()) is not None,
            dtype="str",
            keep_default_na=False,
            chunksize=CHUNK,
        )


@contextmanager
def _open(source: Source) -> Iterator[IO[bytes]]:
    if not source.member:
        with source.path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(source.path) as archive, archive.open(source.member) as file:
        yield file


# -- conversions: a file's own columns to ours ------------------------------------------------------------


def _same_columns(frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame.fillna("")


def _postcodes(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Canonical postcodes and real area codes; rows whose postcode has no such shape drop out."""
    postcode = _canonical(frame["postcode"])
    frame = frame.assign(postcode=postcode)[postcode.ne("")]
    codes = [name for name in ("authority_code", "region_code", "ward_code", "lsoa_code") if name in frame]
    pseudo = r"^[A-Z]99999999$|^[LM]\d{8}$"  # "not in this country", Channel Islands, Isle of Man
    return frame.assign(
        **{name: frame[name].fillna("").str.replace(pseudo, "", regex=True) for name in codes}
    )


def _canonical(postcodes: "pd.Series[str]") -> "pd.Series[str]":
    """canonical_postcode of a column."""
    compact = postcodes.str.upper().str.replace(" ", "").str.replace("\u00a0", "")
    return (compact.str[:-3] + " " + compact.str[-3:]).where(compact.str.fullmatch(_POSTCODE), "")


def _codepoint(frame: "pd.DataFrame") -> "pd.DataFrame":
    has_position = frame["positional_quality"].astype("int") < 90
    metres = {name: frame[name].astype("str").where(has_position, "") for name in ("easting", "northing")}
    renamed = frame.rename(columns={"lad_code": "authority_code"})
    return _postcodes(renamed.assign(**metres))


def _derived_postcodes(frame: "pd.DataFrame") -> "pd.DataFrame":
    names = {"lad_code": "authority_code", "ward25": "ward_code", "lsoa21": "lsoa_code"}
    return _postcodes(frame.rename(columns=names))


# The National Statistics Postcode Lookup writes the year of a boundary into its headers.
_NSPL = {
    "postcode": r"pcds",
    "authority_code": r"lad\d\dcd|laua|oslaua",
    "region_code": r"rgn\d\dcd|rgn|gor",
    "ward_code": r"wd\d\dcd|ward|osward",
    "lsoa_code": r"lsoa21cd|lsoa21",
    "easting": r"east1m|oseast1m",
    "northing": r"north1m|osnrth1m",
    "terminated_on": r"doterm",
    "quality": r"gridind|osgrdind",
}


def _is_nspl(header: frozenset[str]) -> bool:
    return "pcds" in header and any(re.fullmatch(_NSPL["authority_code"], name) for name in header)


def _nspl(frame: "pd.DataFrame") -> "pd.DataFrame":
    ours = {
        name: ours
        for name in map(str, frame)
        for ours, pattern in _NSPL.items()
        if re.fullmatch(pattern, name)
    }
    frame = frame.rename(columns=ours)
    terminated = frame["terminated_on"].str.replace(r"^(\d{4})(\d\d)$", r"\1-\2-01", regex=True)
    no_position = frame["quality"].eq("9") if "quality" in frame else frame["easting"].eq("")
    metres = {name: frame[name].mask(no_position, "") for name in ("easting", "northing")}
    return _postcodes(frame.assign(terminated_on=terminated, **metres))


def _companies(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Eight-character numbers and canonical postcodes; rows without a number or a name drop out."""
    printed = frame["company_number"].str.strip().str.upper()
    number = printed.str.zfill(8).where(printed.str.isdigit(), printed)
    postcode = _canonical(frame["postcode"])
    name = frame["company_name"].str.strip()
    frame = frame.assign(company_number=number, postcode=postcode, company_name=name)
    return frame[number.str.fullmatch(r"[A-Z0-9]{8}") & (number != "0" * 8) & (name != "")]


def _company_union(frame: "pd.DataFrame") -> "pd.DataFrame":
    lists = {
        "previous_names": frame["other_names"].str.replace(r"\s*;\s*", LIST_SEPARATOR, regex=True),
        "sic_codes": frame["sic"].str.replace(r"\s*;\s*", LIST_SEPARATOR, regex=True),
    }
    return _companies(frame.rename(columns={"name": "company_name", "type": "category"}).assign(**lists))


_COMPANIES_HOUSE = {
    "CompanyName": "company_name",
    "CompanyNumber": "company_number",
    "RegAddress.PostCode": "postcode",
    "CompanyCategory": "category",
    "CompanyStatus": "status",
    "IncorporationDate": "incorporated_on",
    "DissolutionDate": "dissolved_on",
}


def _companies_house(frame: "pd.DataFrame") -> "pd.DataFrame":
    sic_texts = [frame[name].str.extract(r"^(\d{4,5}) ?-", expand=False) for name in _numbered(frame, "SIC")]
    former_names = [frame[name].str.strip().str.replace(";", ",") for name in _numbered(frame, "Previous")]
    frame = frame.rename(columns=_COMPANIES_HOUSE)
    dates = {
        name: frame[name].str.replace(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", regex=True)
        for name in ("incorporated_on", "dissolved_on")
    }
    lists = {"previous_names": _joined(former_names), "sic_codes": _joined(sic_texts)}
    return _companies(frame.assign(**dates, **lists))


def _numbered(frame: "pd.DataFrame", start: str) -> list[str]:
    return sorted(
        (name for name in map(str, frame) if name.startswith(start)),
        key=lambda name: int(re.findall(r"\d+", name)[0]),
    )


def _joined(parts: "list[pd.Series[str]]") -> "pd.Series[str]":
    """The non-blank values of each row, LIST_SEPARATOR between."""
    joined = parts[0].fillna("")
    for part in parts[1:]:
        filled = part.fillna("")
        separator = filled.ne("").map({True: LIST_SEPARATOR, False: ""})
        joined = joined + separator + filled
    return joined.str.removeprefix(LIST_SEPARATOR)


_NATIONS = {"England": "GB-LAE-", "Scotland": "GB-LAS-", "Wales": "GB-PLA-", "Northern Ireland": "GB-LANI-"}
_BODY_WORD = r"\b(?:council|authority|corporation|comhairle|borough of|county of|city of)\b"


def _local_authorities(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Alternative names count where they say that they are a body's: 'Luton' alone may be anyone's."""
    parts = frame["alt-names"].str.split(",")
    named = [[name.strip() for name in cell if re.search(_BODY_WORD, name, re.IGNORECASE)] for cell in parts]
    return frame.assign(
        entity_id=frame["nation"].map(_NATIONS) + frame["local-authority-code"],
        body_name=frame["official-name"],
        body_type="council",
        aliases=[LIST_SEPARATOR.join(cell) for cell in named],
        valid_from=frame["start-date"],
        valid_to=frame["end-date"],
    )


def _authorities(prefix: str) -> Callable[["pd.DataFrame"], "pd.DataFrame"]:
    """The GOV.UK registers of one nation's authorities; `key` is their code."""

    def convert(frame: "pd.DataFrame") -> "pd.DataFrame":
        return frame.assign(
            entity_id=prefix + frame["key"],
            body_name=frame["official-name"] if "official-name" in frame else frame["name"],
            body_type="council",
            valid_from=frame["start-date"],
            valid_to=frame["end-date"],
        )

    return convert


def _government(frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame.assign(
        entity_id="GB-GOR-" + frame["government-organisation"],
        body_name=frame["name"],
        body_type="government",
        valid_from=frame["start-date"],
        valid_to=frame["end-date"],
    )


def _ods(body_type: str) -> Callable[["pd.DataFrame"], "pd.DataFrame"]:
    """NHS ODS files, headerless: code, name, ..., postcode (column 10), opened, closed (YYYYMMDD)."""

    def convert(frame: "pd.DataFrame") -> "pd.DataFrame":
        frame.columns = [f"column_{number}" for number in range(1, len(frame.columns) + 1)]
        opened, closed = (
            frame[name].str.replace(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", regex=True)
            for name in ("column_11", "column_12")
        )
        return frame.assign(
            entity_id="GB-NHS-" + frame["column_1"],
            body_name=frame["column_2"],
            body_type=body_type,
            postcode=frame["column_10"],
            valid_from=opened,
            valid_to=closed,
        )

    return convert


def _integrated_care_boards(frame: "pd.DataFrame") -> "pd.DataFrame":
    code, name = (
        next(name for name in map(str, frame) if re.fullmatch(pattern, name))
        for pattern in (r"ICB\d\dCDH", r"ICB\d\dNM")
    )
    return frame.assign(
        entity_id="GB-NHS-" + frame[code], body_name=frame[name], body_type="nhs_commissioner"
    )


def _is_icb_list(header: frozenset[str]) -> bool:
    return any(re.fullmatch(r"ICB\d\dCDH", name) for name in header)


def _has(*names: str) -> Callable[[frozenset[str]], bool]:
    return lambda header: header.issuperset(names)


def _never(header: frozenset[str]) -> bool:
    return False


_ALL = ".+"
_COMPANIES_HOUSE_COLUMNS = (
    r"CompanyName|CompanyNumber|CompanyCategory|CompanyStatus|RegAddress\.PostCode|IncorporationDate"
    r"|DissolutionDate|SICCode\.SicText_\d|PreviousName_\d+\.CompanyName"
)
_OS = _OGL + "; contains OS data"

LAYOUTS: tuple[Layout, ...] = (
    Layout("our own postcodes", "postcodes", 0,
           _has("postcode", "authority_code", "lsoa_code"), _postcodes, _ALL),
    Layout("National Statistics Postcode Lookup", "postcodes", 1,
           _is_nspl, _nspl, "|".join(_NSPL.values()), _OS + " and Royal Mail data"),
    Layout("postcodes derived from boundaries", "postcodes", 2,
           _has("postcode", "lad_code", "lsoa21", "ward25"), _derived_postcodes, _ALL, _OS),
    Layout("Code-Point Open", "postcodes", 3,
           _has("postcode", "positional_quality", "lad_code", "ward_code"), _codepoint, _ALL, _OS),
    Layout("our own companies", "companies", 0,
           _has("company_number", "company_name", "previous_names"), _companies, _ALL),
    Layout("Companies House basic company data", "companies", 1,
           _has("CompanyName", "CompanyNumber"), _companies_house, _COMPANIES_HOUSE_COLUMNS),
    Layout("union of company lists", "companies", 2,
           _has("company_number", "name", "other_names", "sic"), _company_union, _ALL),
    Layout("our own public bodies", "public_bodies", 0,
           _has("entity_id", "body_name", "body_type"), _same_columns, _ALL),
    Layout("UK local authorities", "public_bodies", 1,
           _has("local-authority-code", "official-name", "alt-names"), _local_authorities, _ALL),
    Layout("register of English authorities", "public_bodies", 2,
           _has("local-authority-eng", "start-date"), _authorities("GB-LAE-"), _ALL),
    Layout("register of Scottish authorities", "public_bodies", 2,
           _has("local-authority-sct", "start-date"), _authorities("GB-LAS-"), _ALL),
    Layout("register of Welsh authorities", "public_bodies", 2,
           _has("principal-local-authority", "start-date"), _authorities("GB-PLA-"), _ALL),
    Layout("register of Northern Irish authorities", "public_bodies", 2,
           _has("local-authority-nir", "start-date"), _authorities("GB-LANI-"), _ALL),
    Layout("NHS trusts (ODS etr)", "public_bodies", 3,
           _never, _ods("nhs_trust"), _ALL, headerless="etr.csv"),
    Layout("NHS commissioners (ODS eccg)", "public_bodies", 3,
           _never, _ods("nhs_commissioner"), _ALL, headerless="eccg.csv"),
    Layout("integrated care boards", "public_bodies", 4,
           _is_icb_list, _integrated_care_boards, _ALL),
    Layout("government organisations", "public_bodies", 5,
           _has("government-organisation", "name"), _government, _ALL),
)  # fmt: skip
