"""The truth about the sample: every payment with its true payee and place, and the shares that follow.

In: the payments as they stand in the files. Out: truth/payments.csv.gz, truth/kpis.csv, truth/files.csv and a
README that says what the columns mean.
"""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from anchor_spend.periods import financial_year
from anchor_spend.sample.places import BEDFORD_UA, CENTRAL_UA, LUTON_UA
from anchor_spend.sample.rendering import LayoutFile
from anchor_spend.sample.vocabulary import MEMO

PAYMENT_COLUMNS = [
    "publisher_id", "stream", "period", "financial_year", "file_version", "file_name", "file_sha256", "sheet",
    "row_number", "payment_date", "amount_pence", "supplier_name", "name_form", "has_published_number",
    "has_published_postcode", "entity_id", "entity_kind", "postcode", "authority_code",
    "is_place_on_register", "spend_scope",
]  # fmt: skip
FILE_COLUMNS = [
    "publisher_id", "stream", "period", "file_version", "file_name", "url", "sha256", "rows", "pence", "note",
]  # fmt: skip
README = """SYNTHETIC SAMPLE DATA: the truth about the sample county (seed {seed}).

Nothing here is real: payments, suppliers, persons, company numbers and postcodes are invented.

payments.csv.gz  one row a payment. file_sha256, sheet and row_number find it in its file (row_number counts
                 every record of the sheet from 1, banner and header too; sheet is empty for text files, and
                 the member's name in an archive). period is the first month the file covers.
                 file_version 2 stands only for the month published a second time.
  supplier_name  as written in the file
  name_form      exact, case_punctuation, legal_form_variant, legal_form_missing, trading_as, previous_name,
                 misspelt, cut (letters lost at the width limit), absent_from_register (on neither register),
                 ambiguous (two companies have the name), redacted, blank, person
  entity_id      who was paid: GB-... as in the registers, SAMPLE-ORG-... on no register, SAMPLE-PERSON-...
  postcode, authority_code  where the payee is: by the printed postcode if there is one, else the registered
  is_place_on_register  the registers and the file together can tell that place, once the payee is known
kpis.csv         pence of all payments, local and not, by true place: revision (1; 2 with the month published
                 again) x financial year x body ('county' is the sum, without the bodies shown beside it:
                 {memo}) x definition x spend scope
files.csv        every file: rows and pence of its payments, sha256, where it is published

Deliberate gaps: {gaps}
"""


@dataclass(frozen=True)
class WrittenFile:
    """A file as it was written: what it is called, and where its payments stand in it."""

    period: str
    version: int
    file_name: str
    sha256: str
    layout: LayoutFile


def true_payments(written: Sequence[tuple[pd.DataFrame, WrittenFile]]) -> pd.DataFrame:
    """The payments of one stream's files with the file, sheet and record each stands in."""
    counts = [len(payments) for payments, _ in written]
    rows = pd.concat([payments for payments, _ in written], ignore_index=True)
    rows = rows.drop(columns="postcode").rename(columns={"scope": "spend_scope", "true_postcode": "postcode"})

    def of_file(values: Iterable[object]) -> np.ndarray:
        return np.repeat(np.array(list(values), dtype=object), counts)

    files = [file for _, file in written]
    return rows.assign(
        period=of_file(file.period for file in files),
        financial_year=of_file(financial_year(file.period) for file in files),
        file_version=of_file(file.version for file in files).astype(int),
        file_name=of_file(file.file_name for file in files),
        file_sha256=of_file(file.sha256 for file in files),
        sheet=of_file(file.layout.sheet for file in files),
        row_number=np.concatenate([file.layout.numbers(len(payments)) for payments, file in written]),
    )


DEFINITIONS = ("primary", "primary_post_town", "primary_borough", "secondary", "either")


def kpis(payments: pd.DataFrame, places: pd.DataFrame, restated: tuple[str, str, str]) -> pd.DataFrame:
    """Local and other pence by revision, financial year, body, definition and scope."""
    frames = [
        _shares(payments[_counts_in(payments, restated, revision)], places).assign(revision=revision)
        for revision in (1, 2)
    ]
    columns = ["revision", "financial_year", "publisher_id", "definition_id", "scope"]
    return pd.concat(frames).sort_values(columns)[[*columns, "local_pence", "not_local_pence"]]


def _counts_in(payments: pd.DataFrame, restated: tuple[str, str, str], revision: int) -> "pd.Series[bool]":
    """Which rows are current: of the restated month the version of that revision, of others the only one."""
    publisher_id, stream, period = restated
    is_restated = (payments["publisher_id"] == publisher_id) & (payments["stream"] == stream)
    is_restated &= payments["period"] == period
    return payments["file_version"] == is_restated.map({True: revision, False: 1})


def _shares(payments: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    keys = ["financial_year", "publisher_id", "spend_scope"]
    cube = payments.groupby([*keys, "postcode"], as_index=False)["amount_pence"].sum()
    county = cube[~cube["publisher_id"].isin(MEMO)].assign(publisher_id="county")
    cube = pd.concat([cube, county], ignore_index=True)
    flags = _localities(cube["postcode"], places)
    parts = []
    for definition in DEFINITIONS:
        local = cube["amount_pence"].where(flags[definition], 0)
        sums = cube[keys].assign(local_pence=local, all_pence=cube["amount_pence"]).groupby(keys).sum()
        parts.append(sums.reset_index().assign(definition_id=definition))
    result: pd.DataFrame = pd.concat(parts).rename(columns={"spend_scope": "scope"})
    result["not_local_pence"] = result["all_pence"] - result["local_pence"]
    return result


def _localities(postcodes: "pd.Series[str]", places: pd.DataFrame) -> pd.DataFrame:
    """One flag for each definition."""
    found = places.set_index("postcode").reindex(postcodes).reset_index(drop=True)
    in_county = found["authority_code"].isin([LUTON_UA, BEDFORD_UA, CENTRAL_UA])
    is_lu = found["postcode_area"] == "LU"
    return pd.DataFrame(
        {
            "primary": is_lu,
            "primary_post_town": found["outward_code"].isin(["LU1", "LU2", "LU3", "LU4"]),
            "primary_borough": found["authority_code"] == LUTON_UA,
            "secondary": in_county,
            "either": is_lu | in_county,
        }
    )


def write_truth(
    folder: Path,
    payments: pd.DataFrame,
    places: pd.DataFrame,
    files: Iterable[dict[str, object]],
    restated: tuple[str, str, str],
    seed: int,
    gaps: str,
) -> None:
    """The four files, the same bytes for the same content."""
    folder.mkdir(parents=True, exist_ok=True)
    authorities = places.set_index("postcode")["authority_code"].to_dict()
    payments = payments.assign(authority_code=payments["postcode"].map(authorities).astype(object))
    _write_payments(folder / "payments.csv.gz", payments)
    kpis(payments, places, restated).to_csv(folder / "kpis.csv", index=False, lineterminator="\n")
    listed = pd.DataFrame(list(files), columns=FILE_COLUMNS)
    listed.to_csv(folder / "files.csv", index=False, lineterminator="\n")
    (folder / "README").write_text(
        README.format(seed=seed, gaps=gaps, memo=", ".join(MEMO)), encoding="utf-8"
    )


def _write_payments(path: Path, payments: pd.DataFrame) -> None:
    """Gzipped CSV without a time stamp; row by row, which is several times as fast as to_csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(PAYMENT_COLUMNS)
    writer.writerows(zip(*(payments[name].tolist() for name in PAYMENT_COLUMNS), strict=True))
    with path.open("wb") as file, gzip.GzipFile("", "wb", compresslevel=3, fileobj=file, mtime=0) as packed:
        packed.write(text.getvalue().encode("utf-8"))
