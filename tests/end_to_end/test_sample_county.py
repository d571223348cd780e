"""The sample county through the real scheduler: what is published equals the truth, to the penny."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import psycopg
import pytest

from anchor_spend.postgres_server import EmbeddedServer
from anchor_spend.sample.vocabulary import BODIES, MEMO
from pipeline import Pipeline, pence

pytestmark = [pytest.mark.airflow, pytest.mark.database]

IDENTITY = ["file_sha256", "sheet", "row_number"]
KPI = ["financial_year", "publisher_id", "scope", "definition_id"]
BAD_PUBLISHER = "university_of_bedfordshire"
RESTATED = ("bedford_borough_council", "payments", "2018-06")
# a name written so must be resolved, or must not be, unless a number or postcode stands beside it
RESOLVED_FORMS = {"exact", "case_punctuation", "legal_form_variant", "legal_form_missing", "previous_name"}
HIDDEN_FORMS = {"redacted", "blank", "person", "absent_from_register", "ambiguous"}


@pytest.fixture(scope="module")
def first_run(
    tmp_path_factory: pytest.TempPathFactory, sample_county: Path
) -> Iterator[tuple[Pipeline, str]]:
    """A first run over the sample county with two bad files in an inbox, and what it said.

    Services stay up for the tests that follow.
    """
    pipeline = Pipeline(tmp_path_factory.mktemp("county"))
    shutil.copytree(sample_county, pipeline.home / "sample")
    _drop_bad_files(pipeline.home / "sample" / "inbox" / BAD_PUBLISHER)
    try:
        yield pipeline, pipeline.run("--keep-up")
    finally:
        pipeline.call("down")


def _drop_bad_files(inbox: Path) -> None:
    """April holds March's file again; May is a sign-in page under the name of a CSV file."""
    march = next(inbox.glob("*2019-03*"))
    (inbox / march.name.replace("2019-03", "2019-04")).write_bytes(march.read_bytes())
    page = "<!DOCTYPE html><html><title>Sign in</title><form><input type=password></form></html>"
    (inbox / march.name.replace("2019-03", "2019-05")).write_text(page)


@pytest.fixture(scope="module")
def county(first_run: tuple[Pipeline, str]) -> Pipeline:
    return first_run[0]


@pytest.fixture(scope="module")
def truth(county: Pipeline) -> pd.DataFrame:
    return _truth(county.home, revision=1)


@pytest.fixture(scope="module")
def published(county: Pipeline) -> pd.DataFrame:
    """Every published payment with its supplier."""
    payments = county.query(
        """select p.*, s.entity_id, s.payee_kind
           from fct_payments p left join dim_suppliers s using (supplier_id)"""
    )
    return payments.assign(amount_pence=pence(payments["amount_gbp"]))


def _truth(home: Path, revision: int) -> pd.DataFrame:
    payments = pd.read_csv(home / "sample/truth/payments.csv.gz", dtype=str, keep_default_na=False)
    is_restated = (payments[["publisher_id", "stream", "period"]] == list(RESTATED)).all(axis=1)
    wanted = is_restated.map({True: str(revision), False: "1"})
    current = payments[payments["file_version"] == wanted].copy()
    current["amount_pence"] = current["amount_pence"].astype(int)
    return current


def _joined(truth: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Of a column that both have, the true one ends in _true."""
    return truth.merge(published, on=IDENTITY, how="outer", suffixes=("_true", ""), indicator=True)


def test_every_payment_is_there_once_to_the_penny(truth: pd.DataFrame, published: pd.DataFrame) -> None:
    assert not published.duplicated(IDENTITY).any()
    joined = _joined(truth, published)
    assert (joined["_merge"] == "both").all()
    assert (joined["amount_pence_true"] == joined["amount_pence"]).all()
    assert (joined["period_true"] == joined["period"]).all()
    assert (joined["stream_true"] == joined["stream"]).all()


def test_every_file_conserves_rows_and_pence(county: Pipeline) -> None:
    files = county.query(
        """select count(*) as files, count(*) filter (where status = 'accepted') as accepted,
                  count(*) filter (where rows_read <> rows_payments + rows_rejected + rows_excluded
                      or pence_read <> pence_payments + pence_rejected + pence_excluded) as broken,
                  sum(pence_payments) as pence from file_conservation"""
    ).iloc[0]
    listed = pd.read_csv(county.home / "sample/truth/files.csv", dtype={"file_version": int})
    first = listed[listed["file_version"] == 1]
    assert int(files["broken"]) == 0
    assert int(files["accepted"]) == int(files["files"]) - 1 == len(first)  # and the wrong month
    assert int(files["pence"]) == first["pence"].sum()


def test_bad_files_are_named_and_the_rest_goes_on(first_run: tuple[Pipeline, str]) -> None:
    county, said = first_run
    rejected = county.query(
        "select publisher_id, period, status_reason from file_conservation where status = 'rejected'"
    )
    assert rejected[["publisher_id", "period"]].values.tolist() == [[BAD_PUBLISHER, "2019-04"]]
    assert "landed_file gate" in rejected["status_reason"][0]
    assert "2019-04" in said
    with psycopg.connect(EmbeddedServer(county.home / "postgres").url()) as connection:
        failed = connection.execute(
            """select period, detail from landing.fetch_attempts
               where outcome = 'failed' and publisher_id = %s""",
            [BAD_PUBLISHER],
        ).fetchall()
    assert {period for period, _ in failed} == {"2019-05"}
    assert "sign-in page" in failed[0][1]


def test_scopes_are_the_true_ones(truth: pd.DataFrame, published: pd.DataFrame) -> None:
    joined = _joined(truth, published)
    wrong = joined[joined["spend_scope_true"] != joined["spend_scope"]]
    pairs = wrong.groupby(["spend_scope_true", "spend_scope"]).size()
    assert wrong.empty, pairs.to_string()


def test_no_payment_is_given_to_the_wrong_supplier(truth: pd.DataFrame, published: pd.DataFrame) -> None:
    joined = _joined(truth, published)
    resolved = joined[joined["entity_id"] != ""]
    assert (resolved["entity_id_true"] == resolved["entity_id"]).all()


def test_what_can_be_resolved_is_and_what_cannot_is_not(truth: pd.DataFrame, published: pd.DataFrame) -> None:
    joined = _joined(truth, published)
    is_resolved = joined["entity_id"] != ""
    has_number = joined["has_published_number"] == "True"
    on_register = joined["entity_id_true"].str.startswith("GB-")
    easy = joined["name_form"].isin(RESOLVED_FORMS) & on_register
    assert is_resolved[easy].all()
    hard = joined["name_form"].isin(HIDDEN_FORMS) & ~has_number & (joined["has_published_postcode"] != "True")
    assert not is_resolved[hard].any()
    misspelt = joined["name_form"] == "misspelt"
    assert is_resolved[misspelt].mean() > 0.95


def test_local_shares_equal_the_truth_to_the_penny(
    county: Pipeline, truth: pd.DataFrame, published: pd.DataFrame
) -> None:
    """Where the supplier's place is known, by the true place; the rest stands as unresolved."""
    joined = _joined(truth, published)
    places = pd.read_csv(county.home / "sample/reference/postcodes.csv", dtype=str).set_index("postcode")
    expected = _expected_shares(joined, places)
    shares = county.query(
        """select financial_year, publisher_id, scope, definition_id, local_gbp, not_local_gbp, unresolved_gbp
           from local_share where definition_id in
               ('primary', 'primary_post_town', 'primary_borough', 'secondary', 'either')"""
    )
    found = pd.DataFrame(
        {
            **{name: shares[name] for name in KPI},
            **{name: pence(shares[f"{name}_gbp"]) for name in ("local", "not_local", "unresolved")},
        }
    ).set_index(KPI)
    found = found[(found != 0).any(axis=1)]
    expected = expected[(expected != 0).any(axis=1)]
    pd.testing.assert_frame_equal(found.sort_index(), expected.sort_index(), check_dtype=False)


def _expected_shares(joined: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    true_place = places.reindex(joined["postcode"]).reset_index(drop=True)
    is_lu = true_place["postcode_area"] == "LU"
    in_county = true_place["authority_code"].isin(["E06000032", "E06000055", "E06000056"])
    rules = {
        "primary": is_lu,
        "primary_post_town": true_place["outward_code"].isin(["LU1", "LU2", "LU3", "LU4"]),
        "primary_borough": true_place["authority_code"] == "E06000032",
        "secondary": in_county,
        "either": is_lu | in_county,
    }
    is_placed = joined["site_postcode"] != ""
    parts = []
    for definition, is_local in rules.items():
        state = is_local.map({True: "local", False: "not_local"}).where(is_placed, "unresolved")
        parts.append(joined.assign(definition_id=definition, scope=joined["spend_scope_true"], state=state))
    every = pd.concat(parts)
    county = every[~every["publisher_id"].isin(MEMO)].assign(publisher_id="county")
    every = pd.concat([every, county])
    wide = every.groupby([*KPI, "state"])["amount_pence"].sum().unstack("state", fill_value=0)
    return wide[["local", "not_local", "unresolved"]].rename_axis(columns=None)


def test_every_local_pound_leads_to_its_payments(county: Pipeline) -> None:
    """The payments behind a figure, by the query the documentation gives, add up to it."""
    differing = county.query(
        """select count(*) as n, sum(s.local_gbp) as gbp from local_share s join (
               select p.financial_year, p.publisher_id, p.spend_scope as scope, l.definition_id,
                      sum(p.amount_gbp) filter (where l.is_local) as local_gbp
               from fct_payments p join site_localities l using (financial_year, site_postcode)
               group by 1, 2, 3, 4
           ) b using (financial_year, publisher_id, scope, definition_id)
           where s.local_gbp <> coalesce(b.local_gbp, 0)"""
    )
    assert differing["n"].tolist() == ["0"]


def test_the_true_share_lies_between_floor_and_ceiling(county: Pipeline) -> None:
    true = pd.read_csv(county.home / "sample/truth/kpis.csv")
    true = true[true["revision"] == 1].assign(all=lambda t: t["local_pence"] + t["not_local_pence"])
    shares = county.query("select * from local_share where scope = 'goods_and_services'")
    joined = shares.merge(true, on=KPI)
    assert set(joined["publisher_id"]) >= {*BODIES} - {"maintained_schools_and_academies"}
    assert len(joined) >= 3 * 20 * 5
    share = joined["local_pence"] / joined["all"]
    assert (share >= joined["floor"].astype(float) - 1e-6).all()
    assert (share <= joined["ceiling"].astype(float) + 1e-6).all()


def test_the_county_spends_about_800_million_in_2017(county: Pipeline) -> None:
    headline = county.query(
        "select sum(headline_gbp) as gbp from county_view where financial_year = '2017/18' and not is_memo"
    )
    assert 750e6 < float(headline["gbp"][0]) < 850e6


def test_gaps_are_told_apart(county: Pipeline) -> None:
    found = county.query("select publisher_id, stream, period, status from coverage where status <> 'loaded'")
    is_silent = found["publisher_id"] == "open_university"  # a partner that has never sent anything
    assert set(found.loc[is_silent, "status"]) == {"missing"}
    assert is_silent.sum() == 36
    assert set(found[~is_silent].itertuples(index=False, name=None)) == {
        ("central_bedfordshire_council", "payments", "2019-01", "missing"),
        ("bedfordshire_police", "payments", "2016-08", "empty"),
    }


def test_quarters_and_years_cover_their_months(county: Pipeline) -> None:
    months = county.query(
        """select publisher_id, months_covered, months_expected from county_view
           where financial_year = '2017/18'"""
    ).set_index("publisher_id")
    for publisher_id in ("bedfordshire_fire_and_rescue_authority", "maintained_schools_and_academies"):
        assert months.loc[publisher_id].tolist() == ["12", "12"]
    assert months.loc["bedford_college"].tolist() == ["4", "4"]
    assert months.loc["bedford_college_group"].tolist() == ["8", "8"]


def test_no_person_and_no_hidden_name_is_published(truth: pd.DataFrame, published: pd.DataFrame) -> None:
    hidden = set(truth.loc[truth["name_form"].isin({"person", "redacted"}), "supplier_name"]) - {""}
    named = published[published["supplier_name"] != ""]
    assert not set(named["supplier_name"]) & hidden
    assert set(named["payee_kind"]) == {"organisation"}


def test_everything_published_says_synthetic(county: Pipeline) -> None:
    assert county.query("select source, is_synthetic from release").values.tolist() == [["sample", "True"]]
    assert "SYNTHETIC" in (county.home / "reports/latest.html").read_text(encoding="utf-8").upper()


def test_the_ledger_names_no_live_address(county: Pipeline) -> None:
    with psycopg.connect(EmbeddedServer(county.home / "postgres").url()) as connection:
        urls = connection.execute("select distinct url from landing.fetch_attempts").fetchall()
    assert urls and all(url.startswith(("http://127.0.0.1:", "file://")) for (url,) in urls)


def test_a_second_run_does_no_new_work(county: Pipeline) -> None:
    count = "select (select count(*) from file_conservation) as files, release_number from release"
    before = county.query(count)
    output = county.run("--keep-up")
    pd.testing.assert_frame_equal(county.query(count), before)
    assert "release 1" in output.lower()


def test_a_month_published_again_supersedes(county: Pipeline) -> None:
    county.run("--keep-up", "--sample-revision", "2", "--publishers", RESTATED[0])
    versions = county.query(
        f"""select status from file_conservation
            where (publisher_id, stream, period) = {RESTATED} order by file_id"""
    )
    assert versions["status"].tolist() == ["superseded", "accepted"]
    total = county.query("select sum(amount_gbp) as gbp from fct_payments")
    assert int(pence(total["gbp"])[0]) == _truth(county.home, revision=2)["amount_pence"].sum()
    statuses = county.query("select status, count(*) as n from coverage group by 1").set_index("status")["n"]
    assert statuses["restated"] == "1"
    county.call("release", "rollback")
    total = county.query("select sum(amount_gbp) as gbp from fct_payments")
    assert int(pence(total["gbp"])[0]) == _truth(county.home, revision=1)["amount_pence"].sum()
