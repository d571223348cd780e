"""The sample county: the same bytes from a seed, totals as stated, truth that is what stands in the files."""

import csv
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from anchor_spend.conform import conform
from anchor_spend.errors import SettingsError
from anchor_spend.readers import read_tables
from anchor_spend.sample import vocabulary as words
from anchor_spend.sample.bodies import PLANS
from anchor_spend.sample.county import EMPTY, LATE, MISSING, RESTATED, write_county
from anchor_spend.sample.plans import YEARS
from anchor_spend.sample.spelling import plain_key
from anchor_spend.sample.truth import DEFINITIONS
from anchor_spend.sample.vocabulary import (
    AMBULANCE,
    BARNFIELD,
    BEDFORD,
    BEDFORD_COLLEGE,
    BEDFORD_HOSPITAL,
    BEDFORDSHIRE_CCG,
    BODIES,
    CENTRAL,
    COLLEGE_GROUP,
    COUNCILS,
    COUNTED,
    CRANFIELD,
    FIRE,
    HOSPITAL,
    LUTON,
    LUTON_CCG,
    MEMO,
    POLICE,
    SCHOOLS,
    SCOPE_CATEGORIES,
    SIXTH_FORM,
    UNIVERSITY,
    WEST_HERTS,
)
from anchor_spend.settings import PROJECT
from anchor_spend.spec import load_specs

POUND = 100
MILLION = 1_000_000 * POUND


@pytest.fixture(scope="module")
def truth(sample_county: Path) -> pd.DataFrame:
    return read(sample_county / "truth" / "payments.csv.gz")


@pytest.fixture(scope="module")
def files(sample_county: Path) -> pd.DataFrame:
    """truth/files.csv with the path of each file, found by its hash."""
    listed = read(sample_county / "truth" / "files.csv")
    paths = [*sample_county.glob("sites/*/files/*/*/*"), *sample_county.glob("inbox/*/*")]
    by_hash = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in paths}
    assert len(by_hash) == len(listed)
    return listed.assign(path=listed["sha256"].map(by_hash))


@pytest.fixture(scope="module")
def kpis(sample_county: Path) -> pd.DataFrame:
    return read(sample_county / "truth" / "kpis.csv")


@pytest.fixture(scope="module")
def companies(sample_county: Path) -> pd.DataFrame:
    return read(sample_county / "reference" / "companies.csv")


def read(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, keep_default_na=False, dtype=str)
    numbers = [name for name in frame if str(name).endswith("pence") or name in ("rows", "row_number")]
    return frame.astype(dict.fromkeys(numbers, "int64"))


def records_of(path: Path, publisher_id: str) -> list[list[str]]:
    """Every record of a file's first visible sheet, read without the pipeline's own reader."""
    if path.suffix == ".xlsx":
        import openpyxl

        sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            (member,) = archive.namelist()
            data = archive.read(member)
    if data.startswith(b"\xef\xbb\xbf"):
        text = data.decode("utf-8-sig")
    else:
        text = data.decode(
            {CENTRAL: "mac_roman", UNIVERSITY: "utf-8", SIXTH_FORM: "utf-8"}.get(publisher_id, "cp1252")
        )
    return list(csv.reader(io.StringIO(text, newline="")))


# the same bytes ---------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, sample_county: Path, files: pd.DataFrame) -> None:
    some = (HOSPITAL, LUTON_CCG, UNIVERSITY, CRANFIELD, SIXTH_FORM)
    write_county(tmp_path / "again", publishers=some)
    again = read(tmp_path / "again" / "truth" / "files.csv")
    before = files[files["publisher_id"].isin(some)]
    assert list(again["sha256"]) == list(before["sha256"])
    for name in ("companies.csv", "postcodes.csv", "public_bodies.csv", "manifest.csv"):
        same = (sample_county / "reference" / name).read_bytes()
        assert (tmp_path / "again" / "reference" / name).read_bytes() == same


def test_another_seed_gives_other_files(tmp_path: Path, files: pd.DataFrame) -> None:
    write_county(tmp_path / "other", seed=7, publishers=(UNIVERSITY,))
    other = read(tmp_path / "other" / "truth" / "files.csv")
    assert not set(other["sha256"]) & set(files["sha256"])


def test_a_second_call_does_nothing_and_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    write_county(folder, publishers=(UNIVERSITY,))
    (folder / "SYNTHETIC.txt").write_text("kept")
    write_county(folder, publishers=(UNIVERSITY,))
    assert (folder / "SYNTHETIC.txt").read_text() == "kept"
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("not ours")
    with pytest.raises(SettingsError, match="not a sample county"):
        write_county(foreign)
    assert (foreign / "letter.txt").exists()


# size and money ---------------------------------------------------------------------------------------------

GOODS = {
    LUTON: (237_990_000, 238_010_000),
    CENTRAL: (165_790_000, 165_810_000),
    BEDFORD: (118_990_000, 119_010_000),
    HOSPITAL: (95_990_000, 96_010_000),
    BEDFORD_HOSPITAL: (43_990_000, 44_010_000),
    POLICE: (26_990_000, 27_010_000),
    FIRE: (6_490_000, 6_510_000),
    LUTON_CCG: (17_490_000, 17_510_000),
    BEDFORDSHIRE_CCG: (27_190_000, 27_210_000),
    UNIVERSITY: (25_990_000, 26_010_000),
    CRANFIELD: (15_990_000, 16_010_000),
    "county": (799_980_000, 800_020_000),
}


def goods(kpis: pd.DataFrame, publisher_id: str, year: str, definition: str = "either") -> tuple[int, int]:
    """(local, all) pence of goods and services."""
    row = kpis[
        (kpis["revision"] == "1")
        & (kpis["financial_year"] == year)
        & (kpis["publisher_id"] == publisher_id)
        & (kpis["definition_id"] == definition)
        & (kpis["scope"] == "goods_and_services")
    ].iloc[0]
    return row["local_pence"], row["local_pence"] + row["not_local_pence"]


@pytest.mark.parametrize("publisher_id", GOODS)
def test_goods_and_services_of_2017_18_are_as_stated(kpis: pd.DataFrame, publisher_id: str) -> None:
    low, high = GOODS[publisher_id]
    assert low * POUND <= goods(kpis, publisher_id, "2017/18")[1] <= high * POUND


def test_what_a_college_spends_goes_on_with_its_successor(kpis: pd.DataFrame) -> None:
    before, after = (goods(kpis, name, "2017/18")[1] for name in (BEDFORD_COLLEGE, COLLEGE_GROUP))
    assert before / (before + after) == pytest.approx(4 / 12, abs=0.001)
    assert before + after == pytest.approx(6 * MILLION, rel=0.001)


def test_the_county_is_the_counted_bodies_alone(kpis: pd.DataFrame) -> None:
    first = kpis[(kpis["revision"] == "1") & (kpis["definition_id"] == "either")]
    pence = (first["local_pence"] + first["not_local_pence"]).groupby(first["publisher_id"]).sum()
    assert pence["county"] == sum(pence[name] for name in COUNTED)
    assert all(pence[name] > 0 for name in MEMO)


def test_a_quarter_of_the_council_stays_local_and_shares_drift_slowly(kpis: pd.DataFrame) -> None:
    for publisher_id in (*COUNCILS, HOSPITAL, POLICE, UNIVERSITY, CRANFIELD, FIRE):
        shares = [local / total for local, total in (goods(kpis, publisher_id, year) for year in YEARS)]
        assert 0 < shares[1] - shares[0] < 0.02
        assert 0 < shares[2] - shares[1] < 0.02
    local, total = goods(kpis, LUTON, "2017/18")
    assert 0.2499 <= local / total <= 0.2501


def test_the_definitions_differ_and_none_contains_the_other(kpis: pd.DataFrame) -> None:
    local = {name: goods(kpis, "county", "2017/18", name)[0] for name in DEFINITIONS}
    assert local["either"] > local["secondary"] > local["primary"] > local["primary_post_town"]
    assert local["primary_post_town"] > local["primary_borough"] + MILLION
    assert local["either"] > local["secondary"] + MILLION  # LU postcodes outside the county


def test_the_sample_stays_small(truth: pd.DataFrame, files: pd.DataFrame) -> None:
    assert 130_000 <= len(truth) <= 150_000
    expected = sum(len(body.periods) for body in PLANS)
    assert len(files) == expected - 1 + 1  # one month missing, one published twice
    assert set(files["publisher_id"]) == set(BODIES)
    assert truth["amount_pence"].abs().max() < 20 * MILLION
    assert 1_200 <= truth["entity_id"].nunique() <= 2_000


def test_kpis_are_the_sums_of_the_payments(kpis: pd.DataFrame, truth: pd.DataFrame) -> None:
    current = truth[truth["file_version"] == "1"]
    keys = ["publisher_id", "financial_year", "spend_scope"]
    sums = current.groupby(keys)["amount_pence"].sum()
    named = kpis[(kpis["revision"] == "1") & (kpis["publisher_id"] != "county")]
    for definition, part in named.groupby("definition_id"):
        stated = part.rename(columns={"scope": "spend_scope"}).set_index(keys)
        totals = (stated["local_pence"] + stated["not_local_pence"]).sort_index()
        assert totals.to_dict() == sums.to_dict(), definition


# truth and files --------------------------------------------------------------------------------------------


def _shown_total(records: list[list[str]], column: int) -> int:
    """Pence of an amount column, whatever the body writes around it."""
    total = 0
    for record in records:
        text = re.sub(r"[£, ]", "", record[column])
        digits = text.strip("()-")
        pounds, _, rest = digits.partition(".")
        sign = -1 if text[0] in "(-" else 1
        total += sign * (int(pounds) * 100 + int(f"{rest[:2]:0<2}"))
    return total


COLUMNS = {  # of name and amount
    (LUTON, "payments"): (1, 5),
    (CENTRAL, "payments"): (11, 9),
    (BEDFORD, "payments"): (2, 4),
    (LUTON, "purchase_card"): (1, 5),
    (CENTRAL, "purchase_card"): (4, 5),
    (BEDFORD, "purchase_card"): (1, 3),
    (HOSPITAL, "payments"): (5, 7),
    (BEDFORD_HOSPITAL, "payments"): (5, 7),
    (BEDFORDSHIRE_CCG, "payments"): (5, 7),
    (POLICE, "payments"): (2, 8),
    (FIRE, "payments"): (5, 10),
    (UNIVERSITY, "payments"): (1, 4),
    (CRANFIELD, "payments"): (1, 6),
    (SIXTH_FORM, "payments"): (1, 4),
    (SCHOOLS, "payments"): (3, 4),
}


@pytest.mark.parametrize(("publisher_id", "stream"), COLUMNS)
def test_truth_is_what_stands_in_the_files(
    publisher_id: str, stream: str, files: pd.DataFrame, truth: pd.DataFrame
) -> None:
    name_column, amount_column = COLUMNS[publisher_id, stream]
    by_file = dict(list(truth.groupby("file_sha256")))
    own = files[(files["publisher_id"] == publisher_id) & (files["stream"] == stream)]
    for file in own.iloc[:: 5 if publisher_id == BEDFORD else 3].itertuples():
        records = records_of(file.path, publisher_id)
        payments = by_file.get(file.sha256, truth.head(0))
        rows = [records[number - 1] for number in payments["row_number"]]
        assert [row[name_column].strip() for row in rows] == [n.strip() for n in payments["supplier_name"]]
        assert _shown_total(rows, amount_column) == payments["amount_pence"].sum() == file.pence
        others = len(records) - len(rows)
        assert others == _records_beside_payments(publisher_id, stream, file.period)


def _records_beside_payments(publisher_id: str, stream: str, period: str) -> int:
    month = int(period[5:])
    banners = {LUTON: 1, BEDFORD_HOSPITAL: 2}.get(publisher_id, 0)
    total = stream == "purchase_card" and publisher_id == BEDFORD
    return 1 + banners + total + (publisher_id == HOSPITAL) * ((month % 5 == 3) + (month % 4 == 1))


def test_every_file_conforms_and_conservation_closes(files: pd.DataFrame, truth: pd.DataFrame) -> None:
    specs = load_specs(PROJECT / "plugins" / "publishers")
    rules = {name: _scope_rules(name) for name in BODIES}
    by_file = dict(list(truth.groupby("file_sha256")))
    for file in files.itertuples():
        body = specs[file.publisher_id]
        data = file.path.read_bytes()
        tables = read_tables(data, file.file_name, body.streams[file.stream].format)
        conformed = conform(tables, body, file.stream, file.period, file.file_name)
        parts = (conformed.payments, conformed.rejected, conformed.excluded)
        assert conformed.rows_read == sum(map(len, parts))
        assert conformed.pence_read == sum(int(pence) for part in parts for pence in part["amount_pence"])
        assert conformed.rejected.empty
        assert not [note for note in conformed.findings if note.severity == "critical"]
        payments = conformed.payments
        assert (len(payments), payments["amount_pence"].sum()) == (file.rows, file.pence)
        true = by_file.get(file.sha256, truth.head(0))
        assert list(payments["row_number"]) == list(true["row_number"])
        assert list(payments["amount_pence"]) == list(true["amount_pence"])
        assert list(payments["sheet"]) == list(true["sheet"])
        assert list(payments["payment_date"].astype(str)) == list(true["payment_date"])
        assert list(payments["is_redacted"]) == list(true["name_form"] == "redacted")
        assert _scopes(payments, true, rules[file.publisher_id]) == list(true["spend_scope"])


def _scope_rules(publisher_id: str) -> list[tuple[str, "re.Pattern[str]", str]]:
    """The warehouse's rules for a body, in their order; PostgreSQL's word boundaries as Python's."""
    with (PROJECT / "dbt_project" / "seeds" / "spend_scope_rules.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["publisher_id"] in ("*", publisher_id)]
    rows.sort(key=lambda row: int(row["priority"]))
    pattern = re.compile(r"\\[mM]")
    return [
        (row["field"], re.compile(pattern.sub(r"\\b", row["pattern"]), re.I), row["scope"]) for row in rows
    ]


def _scopes(
    payments: pd.DataFrame, true: pd.DataFrame, rules: list[tuple[str, "re.Pattern[str]", str]]
) -> list[str]:
    """Each payment's scope by the warehouse's rules, when its payee is known."""
    traits = pd.DataFrame(
        {
            "category": payments["category"].fillna(""),
            "is_redacted": payments["is_redacted"].map({True: "true", False: "false"}),
            "supplier_name_blank": payments["supplier_name"].isna().map({True: "true", False: "false"}),
            "is_anchor": (true["entity_kind"] == "anchor").map({True: "true", False: "false"}).to_numpy(),
            "is_public_body": true["entity_kind"]
            .isin(["anchor", "public_body"])
            .map({True: "true", False: "false"})
            .to_numpy(),
        }
    )
    known: dict[tuple[str, ...], str] = {}
    for row in traits.drop_duplicates().itertuples(index=False):
        hits = (scope for field, pattern, scope in rules if pattern.search(getattr(row, field, "")))
        known[tuple(row)] = next(hits, "goods_and_services")
    return [known[tuple(row)] for row in traits.itertuples(index=False)]


# gaps -------------------------------------------------------------------------------------------------------


def test_the_deliberate_gaps_are_there(files: pd.DataFrame, truth: pd.DataFrame, kpis: pd.DataFrame) -> None:
    def of(gap: tuple[str, str, str]) -> pd.DataFrame:
        return files[(files[["publisher_id", "stream", "period"]] == list(gap)).all(axis=1)]

    assert of(MISSING).empty
    assert list(of(EMPTY)["rows"]) == [0]
    assert len(records_of(of(EMPTY)["path"].iloc[0], POLICE)) == 1
    restated = of(RESTATED)
    assert list(restated["file_version"]) == ["1", "2"]
    assert restated["sha256"].nunique() == restated["pence"].nunique() == 2
    assert set(truth.loc[truth["file_version"] == "2", "period"]) == {RESTATED[2]}
    assert list(of(LATE)["note"]) == ["late"]
    county = kpis[(kpis["publisher_id"] == "county") & (kpis["definition_id"] == "either")]
    totals = (county["local_pence"] + county["not_local_pence"]).groupby(county["revision"]).sum()
    difference = restated["pence"].iloc[1] - restated["pence"].iloc[0]
    assert totals["2"] - totals["1"] == difference


# quirks -----------------------------------------------------------------------------------------------------


def bytes_of(files: pd.DataFrame, publisher_id: str, stream: str = "payments") -> dict[str, bytes]:
    chosen = files[(files["publisher_id"] == publisher_id) & (files["stream"] == stream)]
    first = chosen[chosen["file_version"] == "1"]
    return {file.period: file.path.read_bytes() for file in first.itertuples()}


def payments_of(truth: pd.DataFrame, publisher_id: str) -> pd.DataFrame:
    return truth[(truth["publisher_id"] == publisher_id) & (truth["stream"] == "payments")]


def test_quirks_of_luton(files: pd.DataFrame, truth: pd.DataFrame) -> None:
    data = bytes_of(files, LUTON)
    with_mark = [period for period, content in data.items() if content.startswith(b"\xef\xbb\xbf")]
    assert 20 <= len(with_mark) <= 30
    assert all(b"\xa3" in content for content in data.values())
    headers = {records_of_bytes(content)[1][1] for content in data.values()}
    assert headers == {"Supplier", "Suppliers"}
    dates = [record[0] for record in records_of_bytes(data["2017-04"])[2:]]
    assert all(re.fullmatch(r" \d\d-Apr-2017", text) for text in dates)
    own = payments_of(truth, LUTON)
    assert own["supplier_name"].str.len().max() == 50
    assert set(own.loc[own["name_form"] == "redacted", "supplier_name"]) >= {
        "Reacted Personal Payment",
        "Redacted( Legal)",
        "Redacted ",
    }
    assert own["supplier_name"].str.contains("Redactively Events").any()
    records = [tuple(record) for content in data.values() for record in records_of_bytes(content)[2:]]
    by_file = [records_of_bytes(content)[2:] for content in data.values()]
    repeats = sum(len(rows) - len({tuple(row) for row in rows}) for rows in by_file)
    assert 0.15 <= repeats / len(records) <= 0.30
    negative = {period for period, content in data.items() if b"-\xc2\xa3" in content or b"-\xa3" in content}
    assert negative
    assert "2018-12" not in negative


def records_of_bytes(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "cp1252")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_quirks_of_central_bedfordshire(files: pd.DataFrame, truth: pd.DataFrame) -> None:
    data = bytes_of(files, CENTRAL)
    own = payments_of(truth, CENTRAL)
    assert own["supplier_name"].str.len().max() == 30
    assert (own["supplier_name"] == "Personal Payment").sum() > 4_000
    april = list(csv.reader(io.StringIO(data["2017-04"].decode("mac_roman"), newline="")))
    assert " Net Amount " in april[0]
    assert april[0][-2:] == april[1][-2:] == ["", ""]
    assert any(re.fullmatch(r" \([\d,]+\.\d\d\)", record[9]) for record in april[1:])
    assert {len(record[12]) for record in april[1:]} == {6}
    may = list(csv.reader(io.StringIO(data["2017-05"].decode("mac_roman"), newline="")))
    assert {len(record[12]) for record in may[1:]} == {10}
    july = list(csv.reader(io.StringIO(data["2017-07"].decode("mac_roman"), newline="")))
    assert any(re.fullmatch(r"-?\d+", record[9]) for record in july[1:])
    everything = b"".join(data.values())
    assert b"\xd0" in everything  # en dash
    assert everything.decode("mac_roman").count("–") > 100


def test_quirks_of_bedford(files: pd.DataFrame, truth: pd.DataFrame) -> None:
    own = payments_of(truth, BEDFORD)
    outside = (own["payment_date"].str[:7] != own["period"]).mean()
    assert 0.10 <= outside <= 0.30
    assert set(own.loc[own["name_form"] == "blank", "supplier_name"]) == {" ", "\u00a0"}
    assert own["supplier_name"].str.contains("´").any()
    assert own["supplier_name"].str.contains("\u00a0").sum() > 30
    assert (own["amount_pence"] < 0).sum() > 500
    is_april = (
        (files["publisher_id"] == BEDFORD) & (files["period"] == "2017-04") & (files["stream"] == "payments")
    )
    path = files.loc[is_april, "path"].iloc[0]
    records = records_of(path, BEDFORD)
    assert records[0][1:3] == ["Supplier", "Supplier(T)"]
    ids = {record[1] for record in records[1:]}
    assert "C99999" in ids
    assert any(re.fullmatch(r"[A-Z]{4}\d+", one) for one in ids)
    assert any(re.fullmatch(r"1\d{7}", one) for one in ids)


def test_cards_are_many_small_payments_and_the_providers_invoice_is_no_purchase(truth: pd.DataFrame) -> None:
    cards = truth[truth["stream"] == "purchase_card"]
    assert set(cards["publisher_id"]) == set(COUNCILS)
    assert cards["amount_pence"].median() < 500 * POUND
    provider = truth[truth["stream"] == "payments"]
    provider = provider[provider["publisher_id"].isin(COUNCILS)]
    assert set(provider["spend_scope"]) >= {"treasury_and_banking"}
    assert not set(cards["spend_scope"]) - {"goods_and_services", "individual_or_redacted"}


def test_the_threshold_of_bedford_fell_after_a_year(truth: pd.DataFrame) -> None:
    own = payments_of(truth, BEDFORD)
    goods_rows = own[(own["spend_scope"] == "goods_and_services") & (own["amount_pence"] > 0)]
    below = goods_rows["amount_pence"] < 1000 * POUND
    shares = below.groupby(goods_rows["financial_year"]).mean()
    assert shares["2016/17"] < 0.01 < 0.05 < shares["2017/18"]


def test_kinds_of_files_are_those_the_bodies_publish(files: pd.DataFrame) -> None:
    suffixes = {name: set(part) for name, part in files["file_name"].str[-4:].groupby(files["publisher_id"])}
    assert suffixes[LUTON_CCG] == {".pdf"}
    assert suffixes[CRANFIELD] == suffixes[BEDFORDSHIRE_CCG] == {"xlsx"}
    assert suffixes[SIXTH_FORM] == {".zip"}
    assert suffixes[AMBULANCE] == {".csv", "xlsx"}
    counts = files["publisher_id"].value_counts()
    assert (counts[FIRE], counts[SCHOOLS], counts[WEST_HERTS], counts[BARNFIELD]) == (12, 3, 2, 34)


def test_numbers_and_postcodes_stand_on_part_of_the_rows(truth: pd.DataFrame) -> None:
    own = truth[truth["stream"] == "payments"]
    shares = own.groupby("publisher_id")[["has_published_postcode", "has_published_number"]].agg(
        lambda flags: (flags == "True").mean()
    )
    for publisher_id in (LUTON, CENTRAL, BEDFORD):
        assert tuple(shares.loc[publisher_id]) == (0, 0)
    assert 0.3 < shares.loc[HOSPITAL, "has_published_postcode"] < 0.9
    assert 0.3 < shares.loc[POLICE, "has_published_postcode"] < 0.8
    assert 0.1 < shares.loc[POLICE, "has_published_number"] < 0.5
    assert shares.loc[UNIVERSITY, "has_published_number"] > 0.4


# names and registers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("publisher_id", [HOSPITAL, BEDFORDSHIRE_CCG, CRANFIELD])
def test_vat_numbers_are_read_and_tell_who_was_paid(
    publisher_id: str, files: pd.DataFrame, truth: pd.DataFrame
) -> None:
    body = load_specs(PROJECT / "plugins" / "publishers")[publisher_id]
    file = files[files["publisher_id"] == publisher_id].iloc[1]
    tables = read_tables(file.path.read_bytes(), file.file_name, body.streams["payments"].format)
    conformed = conform(tables, body, "payments", file.period, file.file_name)
    true = truth[truth["file_sha256"] == file.sha256]
    joined = conformed.payments.merge(true, on="row_number")
    printed = joined.dropna(subset=["vat_number"])
    assert len(printed) > 5
    assert (printed["has_published_postcode"] == "True").all()
    assert (printed.groupby("vat_number")["entity_id"].nunique() == 1).all()
    is_charity = joined["charity_number"].notna()
    assert not is_charity.any() or (publisher_id == CRANFIELD and is_charity.sum() < len(joined) / 5)


def test_name_forms_are_crisp(truth: pd.DataFrame, companies: pd.DataFrame) -> None:
    """What each form says about a name holds against the register, for every name written."""
    private = truth[truth["entity_kind"].isin(["company", "unregistered"]) & ~_is_hidden(truth)]
    written = private[["supplier_name", "name_form", "entity_id"]].drop_duplicates()
    names = dict(zip("GB-COH-" + companies["company_number"], companies["company_name"], strict=True))
    by_key: dict[str, set[str]] = {}
    for entity_id, name in names.items():
        by_key.setdefault(plain_key(name), set()).add(entity_id)
    for text, form, entity_id in written.itertuples(index=False):
        key, register = plain_key(text), names.get(entity_id, "")
        found = by_key.get(key, set())
        if form == "exact":
            assert text == register
        if form in ("exact", "case_punctuation", "legal_form_variant"):
            assert found == {entity_id}
        elif form == "ambiguous":
            assert len(by_key[plain_key(register)]) == 2
        elif form == "cut":
            assert len(text) in (29, 30, 49, 50)
        elif form in ("legal_form_missing", "trading_as"):
            assert plain_key(register).startswith(key.split(" t a ")[0])
        else:
            assert form in ("previous_name", "misspelt", "absent_from_register")
            assert not found


def _is_hidden(truth: pd.DataFrame) -> "pd.Series[bool]":
    return truth["name_form"].isin(["redacted", "blank", "person"])


def test_the_engine_finds_the_plain_forms_and_is_never_misled(
    sample_county: Path, truth: pd.DataFrame, companies: pd.DataFrame
) -> None:
    from anchor_spend.resolution.deciding import COMPANY_PREFIX, Body, Entity, Query, resolve

    written = truth[~truth["name_form"].isin(["redacted", "blank"])].copy()
    is_numbered = written["has_published_number"] == "True"
    written["number"] = written["entity_id"].str.removeprefix("GB-COH-").where(is_numbered, "")
    written["printed"] = written["postcode"].where(written["has_published_postcode"] == "True", "")
    columns = ["publisher_id", "stream", "supplier_name", "number", "printed", "name_form", "entity_id"]
    rows = list(written[columns].drop_duplicates().itertuples(index=False))
    limits = {(LUTON, "payments"): 50, (CENTRAL, "payments"): 30}
    queries = [
        Query(
            *(str(i), row.supplier_name.strip(), row.number, row.printed),
            limits.get((row.publisher_id, row.stream)),
        )
        for i, row in enumerate(rows)
    ]
    bodies = read(sample_county / "reference" / "public_bodies.csv")
    decisions = resolve(
        queries,
        [
            Entity(
                COMPANY_PREFIX + row.company_number,
                row.company_name,
                row.previous_names.split("; "),
                row.postcode,
            )
            for row in companies.itertuples()
        ],
        [Body(row.entity_id, [row.body_name, *row.aliases.split("; ")]) for row in bodies.itertuples()],
    )
    plain = {
        "exact",
        "case_punctuation",
        "legal_form_variant",
        "legal_form_missing",
        "trading_as",
        "previous_name",
    }
    for row, decision in zip(rows, decisions, strict=True):
        assert decision.entity_id in (None, row.entity_id), row.name_form
        assert decision.entity_id or row.name_form not in plain, row.name_form
        assert not decision.entity_id or row.name_form not in ("absent_from_register", "person")


def test_every_form_of_a_name_occurs(truth: pd.DataFrame) -> None:
    counts = truth["name_form"].value_counts()
    assert set(counts.index) == {
        "exact", "case_punctuation", "legal_form_variant", "legal_form_missing", "trading_as",
        "previous_name", "misspelt", "cut", "absent_from_register", "ambiguous", "redacted", "blank",
        "person",
    }  # fmt: skip
    assert counts.min() > 100


def test_registers_are_invented_and_know_less_than_the_truth(
    sample_county: Path, truth: pd.DataFrame, companies: pd.DataFrame
) -> None:
    assert companies["company_number"].str.fullmatch(r"SY\d{6}").all()
    assert companies["company_number"].is_unique
    assert companies["company_name"].duplicated().sum() == 30
    assert (companies["postcode"] == "").sum() == 12
    paid = truth.loc[truth["entity_kind"] == "company", "entity_id"].str.removeprefix("GB-COH-")
    assert set(paid) <= set(companies["company_number"])
    bodies = read(sample_county / "reference" / "public_bodies.csv")
    own_ids = dict(zip(bodies["publisher_id"], bodies["entity_id"], strict=True))
    own_ids.pop("")
    assert set(own_ids) <= set(BODIES) and set(COUNCILS) <= set(own_ids)
    specs = load_specs(PROJECT / "plugins" / "publishers")
    assert own_ids == {name: specs[name].org_id for name in own_ids}
    assert {name for name in BODIES if specs[name].county == "memo"} == set(MEMO)
    charities = read(sample_county / "reference" / "organisations.csv")
    same = charities.loc[charities["company_number"] != ""].set_index("company_number")["organisation_name"]
    assert len(same) > 10
    assert (companies.set_index("company_number")["company_name"].reindex(same.index) == same).all()
    alone = charities.loc[charities["company_number"] == "", "organisation_name"].str.upper()
    assert not set(alone) & set(companies["company_name"])
    manifest = (sample_county / "reference" / "manifest.csv").read_text()
    assert manifest.count("synthetic-2019") == 5


def test_places_hold_the_edges(sample_county: Path, truth: pd.DataFrame) -> None:
    places = read(sample_county / "reference" / "postcodes.csv")
    assert places["postcode"].is_unique
    goods_rows = truth[(truth["spend_scope"] == "goods_and_services") & (truth["name_form"] != "blank")]
    outward = goods_rows["postcode"].str.split(" ").str[0]
    paid_at = set(zip(outward, goods_rows["authority_code"], strict=True))
    assert paid_at >= {
        ("LU7", "E06000060"),  # Buckinghamshire
        ("LU2", "E07000099"),  # North Hertfordshire
        ("LU1", "E06000056"), ("LU4", "E06000056"),  # the Luton post town in Central Bedfordshire
        ("MK40", "E06000055"), ("MK43", "E06000056"), ("SG18", "E06000056"),
        ("MK9", "E06000042"),
    }  # fmt: skip
    assert set(truth["postcode"]) <= set(places["postcode"])
    assert (places["terminated_on"] != "").sum() == 12


def test_precepts_and_inter_anchor_payments_reach_the_bodies(truth: pd.DataFrame) -> None:
    anchors = truth[truth["entity_kind"] == "anchor"]
    assert set(anchors["spend_scope"]) == {"inter_anchor", "precept_or_levy"}
    to_police = anchors[(anchors["entity_id"] == "GB-PFA-E23000026") & (anchors["publisher_id"] != FIRE)]
    assert set(to_police["spend_scope"]) == {"precept_or_levy"}
    beside = truth[truth["entity_id"] == "GB-NHS-RWK"]  # a trust that is shown and not counted
    assert set(beside["spend_scope"]) == {"other_public_body"}
    assert set(truth["spend_scope"]) == set(words.SCOPES)


def test_a_category_stands_under_one_scope() -> None:
    deciding = [category for categories in SCOPE_CATEGORIES.values() for category in categories]
    assert len(deciding) == len(set(deciding))
    bought = {c for trades in words.GOODS.values() for group in trades.values() for c in group}
    assert not bought & set(deciding)


# labels -----------------------------------------------------------------------------------------------------


def test_everything_a_person_looks_at_says_synthetic(sample_county: Path) -> None:
    assert "SYNTHETIC" in (sample_county / "SYNTHETIC.txt").read_text()
    assert "SYNTHETIC" in (sample_county / "truth" / "README").read_text()
    pages = list(sample_county.glob("sites/*/pages/*.html"))
    assert len(pages) >= 12
    assert all(page.read_text().count("SYNTHETIC SAMPLE DATA") == 2 for page in pages)
    routes = json.loads((sample_county / "routes.json").read_text())
    assert all(route["location"] or (sample_county / route["file"]).is_file() for route in routes)


@pytest.mark.real_data
def test_nothing_in_the_sample_is_real(sample_county: Path, truth: pd.DataFrame, real_data: Path) -> None:
    """No invented name stands in a real file, no invented postcode in Code-Point Open."""
    offices = {spec.postcode for spec in load_specs(PROJECT / "plugins" / "publishers").values()}
    places = set(read(sample_county / "reference" / "postcodes.csv")["postcode"]) - offices
    real = pd.read_parquet(real_data / "reference" / "codepoint_gb_2014-08.parquet", columns=["postcode"])
    compact = set(real["postcode"].str.replace(" ", ""))
    assert not [place for place in places if place.replace(" ", "") in compact]
    invented = truth[truth["entity_kind"].isin(["company", "unregistered"]) & ~_is_hidden(truth)]
    keys = {plain_key(name) for name in invented["supplier_name"].unique()}
    real_keys: set[str] = set()
    for path, column, encoding in (
        *((p, "Supplier(T)", "utf-8-sig") for p in (real_data / "archive" / BEDFORD).glob("*.csv")),
        *((p, "Supplier name", "mac_roman") for p in (real_data / "archive" / CENTRAL).glob("*.csv")),
    ):
        frame = pd.read_csv(path, encoding=encoding, dtype=str, keep_default_na=False, usecols=[column])
        real_keys |= {plain_key(name) for name in frame[column].unique()}
    register = pd.read_csv(
        real_data / "reference" / "COMPANIES_UNION.csv", dtype=str, keep_default_na=False, usecols=["name"]
    )
    real_keys |= {plain_key(name) for name in register["name"].unique()}
    assert len(keys & real_keys) == 0
