"""The real archive of the three councils, through the real scheduler. Counts and sums only, never a name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from pipeline import Pipeline, pence

pytestmark = [pytest.mark.airflow, pytest.mark.database, pytest.mark.real_data]


@pytest.fixture(scope="module")
def manifest(real_data: Path) -> pd.DataFrame:
    listed = pd.read_csv(real_data / "archive/manifest.csv", dtype=str, keep_default_na=False)
    return listed[listed["stream"] == "payments"]


@pytest.fixture(scope="module")
def released(
    tmp_path_factory: pytest.TempPathFactory, real_data: Path, manifest: pd.DataFrame
) -> Iterator[Pipeline]:
    pipeline = Pipeline(tmp_path_factory.mktemp("archive"))
    try:
        pipeline.run("--source", "archive", "--archive", str(real_data / "archive"), "--keep-up")
        yield pipeline
    finally:
        pipeline.call("down")


def test_every_file_equals_its_manifest(released: Pipeline, manifest: pd.DataFrame) -> None:
    files = released.query("select * from file_conservation")
    joined = manifest.merge(files, on=["publisher_id", "stream", "period", "sha256"], how="outer")
    assert len(joined) == len(manifest) == len(files)
    counts = joined[[name for name in joined if name.startswith(("rows", "pence"))]].astype(int)
    parts = ("payments", "rejected", "excluded")
    for unit in ("rows", "pence"):
        assert (counts[f"{unit}_read"] == sum(counts[f"{unit}_{part}"] for part in parts)).all()
    assert (counts["pence_payments"] + counts["pence_rejected"] == pence(joined["sum_amount_gbp"])).all()
    assert (counts["rows_payments"] + counts["rows_rejected"] == counts["rows"]).all()
    assert (joined["status"] == "accepted").all()


def test_payments_add_up_to_the_files(released: Pipeline, manifest: pd.DataFrame) -> None:
    found = released.query(
        "select publisher_id, count(*) as n, sum(amount_gbp) as gbp from fct_payments group by 1 order by 1"
    )
    expected = manifest.assign(n=manifest["rows"].astype(int), pence=pence(manifest["sum_amount_gbp"]))
    expected = expected.groupby("publisher_id")[["n", "pence"]].sum()
    assert found["n"].astype(int).tolist() == expected["n"].tolist()
    assert pence(found["gbp"]).tolist() == expected["pence"].tolist()


def test_identical_rows_are_kept(released: Pipeline) -> None:
    """Luton's files repeat nearly a quarter of their rows to the letter: separate payments."""
    repeated = released.query(
        """select sum(n - 1) as n from (
               select count(*) as n from fct_payments where publisher_id = 'luton_borough_council'
               group by file_sha256, payment_date, supplier_id, department, category, amount_gbp) as same"""
    )
    assert int(repeated["n"][0]) >= 11_990


def test_missing_months_are_shown(released: Pipeline) -> None:
    missing = released.query(
        """select count(*) as n from coverage
           where publisher_id = 'central_bedfordshire_council' and stream = 'payments' and status = 'missing'
               and period in ('2025-01', '2025-02', '2025-03')"""
    )
    assert missing["n"].tolist() == ["3"]


def test_the_release_is_real_and_names_no_person(released: Pipeline) -> None:
    release = released.query("select source, is_synthetic from release")
    assert release.values.tolist() == [["archive", "False"]]
    named = released.query(
        """select count(*) as n from fct_payments p join dim_suppliers s using (supplier_id)
           where p.supplier_name is not null and s.payee_kind <> 'organisation'"""
    )
    assert named["n"].tolist() == ["0"]


def test_what_became_of_payees_adds_up_to_the_county_view(released: Pipeline) -> None:
    differing = released.query(
        """select count(*) as n from county_view full join (
               select financial_year, publisher_id, sum(amount_gbp) as gross_gbp
               from resolution_quality group by 1, 2) as told using (financial_year, publisher_id)
           where coalesce(told.gross_gbp, 0) is distinct from county_view.gross_gbp"""
    )
    assert differing["n"].tolist() == ["0"]
    found = json.loads(released.call("resolution", "--json", "--largest", "30").stdout)
    assert {row["outcome"] for row in found["rows"]} >= {"matched", "public_body", "unresolved", "redacted"}
    assert len(found["largest"]) == 30
    assert {row["supplier_id"].partition("-")[0] for row in found["largest"]} == {"unmatched"}
