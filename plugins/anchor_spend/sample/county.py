"""Write the sample county: a synthetic, deterministic set of everything the pipeline reads, and its truth.

In: a folder and a seed. Out: <folder>/sites (what the publisher server serves), inbox (the partner's files),
reference (the invented registers), truth, routes.json, SYNTHETIC.txt. A second call with the same seed does
nothing. Refuses to replace a folder it did not write.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from anchor_spend.errors import SettingsError
from anchor_spend.periods import due_date, file_months, file_period
from anchor_spend.sample.bodies import PLANS
from anchor_spend.sample.charities import industry_list
from anchor_spend.sample.layouts import add_references, write_layout
from anchor_spend.sample.listings import address_of, delivery_of, make_site
from anchor_spend.sample.places import POSTCODE_COLUMNS, make_places
from anchor_spend.sample.plans import PERIODS, Body
from anchor_spend.sample.sites import NOTICE, Route
from anchor_spend.sample.spending import make_payments
from anchor_spend.sample.suppliers import Payees, make_payees
from anchor_spend.sample.truth import WrittenFile, true_payments, write_truth
from anchor_spend.sample.vocabulary import BEDFORD, BEDFORD_HOSPITAL, BODIES, CENTRAL, POLICE, SCHOOLS

GENERATOR_VERSION = "3"
MISSING = (CENTRAL, "payments", "2019-01")  # published by nobody, linked by no page
EMPTY = (POLICE, "payments", "2016-08")  # a file with a header and no payment
LATE = (BEDFORD_HOSPITAL, "payments", "2018-11")  # published three months after its month
RESTATED = (BEDFORD, "payments", "2018-06")  # published again in revision 2
_NOTES = {EMPTY: "header only", LATE: "late", RESTATED: "restated"}
GAPS = (
    f"{MISSING[0]} {MISSING[2]} was never published; the file of {EMPTY[0]} {EMPTY[2]} holds a header only; "
    f"that of {LATE[0]} {LATE[2]} came late; {RESTATED[0]} {RESTATED[2]} is published again, corrected, when "
    "the server runs with revision 2. The open_university, a body outside the county, never sent anything."
)
_REGISTERS = ("postcodes", "sic_codes", "companies", "organisations", "public_bodies")


@dataclass
class _Output:
    """What has been written so far."""

    folder: Path
    routes: list[Route] = field(default_factory=list)
    files: list[dict[str, object]] = field(default_factory=list)
    truth: list[pd.DataFrame] = field(default_factory=list)
    published: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # body -> stream -> periods


def write_county(folder: Path, seed: int = 2019, publishers: Sequence[str] = BODIES) -> None:
    """The sample under `folder`; nothing happens when it stands there already.

    With fewer publishers the files of those are the same, and the truth is theirs alone.
    """
    stamp = json.dumps({"generator_version": GENERATOR_VERSION, "seed": seed, "publishers": [*publishers]})
    if _is_written(folder, stamp):
        return
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    places = make_places(np.random.default_rng([seed, 1]))
    payees = make_payees(places, np.random.default_rng([seed, 2]))
    _write_reference(new / "reference", places, payees, seed)
    output = _Output(new)
    for number, body in enumerate(PLANS):
        if body.publisher_id in publishers:
            _write_body(output, body, payees, seed, number)
    _write_site(output)
    payments = pd.concat(output.truth, ignore_index=True)
    write_truth(new / "truth", payments, places, output.files, RESTATED, seed, GAPS)
    (new / "SYNTHETIC.txt").write_text(f"{NOTICE}\nSeed {seed}. {GAPS}\n", encoding="utf-8")
    (new / "stamp.json").write_text(stamp, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def _is_written(folder: Path, stamp: str) -> bool:
    """Whether this very sample stands there. SettingsError when the folder holds something else."""
    found = folder / "stamp.json"
    if found.exists():
        return found.read_text(encoding="utf-8") == stamp
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(f"{folder} is not empty and not a sample county. Name an empty folder.")
    return False


def _write_reference(folder: Path, places: pd.DataFrame, payees: Payees, seed: int) -> None:
    folder.mkdir()
    frames = (
        places[POSTCODE_COLUMNS], industry_list(), payees.companies, payees.charities, payees.public_bodies,
    )  # fmt: skip
    for name, frame in zip(_REGISTERS, frames, strict=True):
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    about = [f"{name}.csv,synthetic-{seed},none: invented data,sample county" for name in _REGISTERS]
    manifest = "\n".join(["file,vintage,licence,provenance", *about, ""])
    (folder / "manifest.csv").write_text(manifest, encoding="utf-8")


def _write_body(output: _Output, body: Body, payees: Payees, seed: int, number: int) -> None:
    """Every file of one stream of a body, and what is true of its payments."""
    rows = make_payments(body, payees, np.random.default_rng([seed, 3, number]))
    rows = add_references(rows, body.style, np.random.default_rng([seed, 4, number]))
    rows = _describe(rows, body, payees)
    if body.publisher_id == SCHOOLS:
        rows["payment_date"] = _last_days(rows, body)
    output.published.setdefault(body.publisher_id, {})[body.stream] = []
    written = [
        (payments, _write_file(output, body, period, version, payments))
        for period, version, payments in _versions(body, rows, seed)
    ]
    output.truth.append(true_payments(written))


def _last_days(rows: pd.DataFrame, body: Body) -> list[date]:
    """Sums of a year have no day: the last of each file's last month."""
    ends = {
        month: due_date(file_months(file_period(period, body.cadence), body.cadence)[-1], 0)
        for month, period in enumerate(PERIODS)
    }
    return [ends[month] for month in rows["month"]]


def _versions(body: Body, rows: pd.DataFrame, seed: int) -> Iterator[tuple[str, int, pd.DataFrame]]:
    """(period, version, payments) of each file, with the deliberate gaps."""
    ends = np.searchsorted(
        rows["month"].to_numpy(), np.arange(len(PERIODS) + 1)
    )  # rows are in order of months
    for period in body.periods:
        months = [PERIODS.index(month) for month in file_months(period, body.cadence)]
        payments = rows.iloc[ends[months[0]] : ends[months[-1] + 1]]
        file = (body.publisher_id, body.stream, period)
        if file == MISSING:
            continue
        yield period, 1, payments.head(0) if file == EMPTY else payments
        if file == RESTATED:
            yield period, 2, _restate(payments, np.random.default_rng([seed, 5]))


def _restate(month: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The month as published again: persons' rows taken out, ten amounts corrected, eight late payments."""
    kept = month[month["name_form"] != "person"].copy()
    goods = kept.index[kept["scope"] == "goods_and_services"]
    corrected = rng.choice(goods, 10, replace=False)
    kept.loc[corrected, "amount_pence"] += rng.integers(100, 90_000, 10)
    late = kept.loc[rng.choice(goods, 8, replace=False)].copy()
    late["transaction_ref"] = [f"29{step:06d}" for step in range(len(late))]
    return pd.concat([kept, late], ignore_index=True)


def _describe(rows: pd.DataFrame, body: Body, payees: Payees) -> pd.DataFrame:
    """Adds the truth that does not depend on the file: entity, place on register, what is printed."""
    entity_ids = [item.entity_id for item in payees.organisations]
    entity_ids += [item.entity_id for item in payees.persons]
    kinds = [item.kind for item in payees.organisations] + ["person"] * len(payees.persons)
    registered = [
        item.kind != "unregistered" and item.is_place_registered for item in payees.organisations
    ] + [False] * len(payees.persons)
    payee = rows["payee"].to_numpy()
    is_hidden = rows["name_form"].isin(["redacted", "blank"]).to_numpy()
    return rows.assign(
        publisher_id=body.publisher_id,
        stream=body.stream,
        entity_id=np.array(entity_ids, dtype=object)[payee],
        entity_kind=np.array(kinds)[payee],
        has_published_number=rows["company_number"] != "",
        has_published_postcode=rows["postcode"] != "",
        is_place_on_register=(np.array(registered)[payee] & ~is_hidden) | (rows["postcode"] != ""),
    )


def _write_file(
    output: _Output, body: Body, period: str, version: int, payments: pd.DataFrame
) -> WrittenFile:
    """One file on its site or in the inbox, and its row in files.csv."""
    layout = write_layout(body, payments, period)
    sha256 = hashlib.sha256(layout.data).hexdigest()
    file_name, url, path = _publish(output, body, period, version)
    (output.folder / path).parent.mkdir(parents=True, exist_ok=True)
    (output.folder / path).write_bytes(layout.data)
    output.files.append(
        {
            "publisher_id": body.publisher_id,
            "stream": body.stream,
            "period": period,
            "file_version": version,
            "file_name": file_name,
            "url": url,
            "sha256": sha256,
            "rows": len(payments),
            "pence": int(payments["amount_pence"].sum()),
            "note": _NOTES.get((body.publisher_id, body.stream, period), ""),
        }
    )
    return WrittenFile(period, version, file_name, sha256, layout)


def _publish(output: _Output, body: Body, period: str, version: int) -> tuple[str, str, Path]:
    """A file's name, its address ('' in the inbox) and its path under the folder; adds its route."""
    if version == 1:
        output.published[body.publisher_id][body.stream].append(period)
    address = address_of(body.publisher_id, period, body.stream)
    if address is None:
        file_name = delivery_of(body.publisher_id, period)
        return file_name, "", Path("inbox", body.publisher_id, file_name)
    host = address.route.partition("/")[0]
    path = Path("sites", host, "files", f"revision-{version}", body.publisher_id, address.file_name)
    is_late = (body.publisher_id, body.stream, period) == LATE
    days = 200 if version == 2 else 95 if is_late else 20
    output.routes.append(
        Route(
            address.route,
            path.as_posix(),
            address.content_type,
            disposition=address.file_name if address.is_attachment else "",
            last_modified=due_date(file_months(period, body.cadence)[-1], days).isoformat(),
            revision=version,
        )
    )
    return address.file_name, f"https://{address.route}", path


def _write_site(output: _Output) -> None:
    """The listing pages and routes.json, which says what the server answers where."""
    site = make_site(output.published)
    day = (due_date(PERIODS[-1], 20) + timedelta(days=1)).isoformat()
    for number, (address, text) in enumerate(site.pages.items()):
        is_data = text.startswith("{")
        path = Path(
            "sites", address.partition("/")[0], "pages", f"{number:02d}.{'json' if is_data else 'html'}"
        )
        (output.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (output.folder / path).write_text(text, encoding="utf-8")
        kind = "application/json;charset=utf-8" if is_data else "text/html; charset=utf-8"
        output.routes.append(Route(address, path.as_posix(), kind, last_modified=day))
    routes = [asdict(route) for route in [*output.routes, *site.routes]]
    (output.folder / "routes.json").write_text(json.dumps(routes, indent=0), encoding="utf-8")
