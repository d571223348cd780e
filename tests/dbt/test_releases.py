"""Releases of a tiny invented county, built by the real dbt and read to the penny.

Release 1 is the county; release 2 adds a month, a restatement, new decisions and rows in the seeds; release 3
does not add up and must fail.
"""

import csv
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from project_files import documented_columns
from tiny_world import BEDFORD, LUTON, POLICE, TRUST, Built, Payment, World, supplier_key

from anchor_spend import database, transform
from anchor_spend.errors import ReleaseError
from anchor_spend.review import seed
from anchor_spend.sample import vocabulary
from anchor_spend.settings import PROJECT

pytestmark = pytest.mark.database


def money(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Rows with amounts as text, so that a failure shows pounds and pence."""
    return [tuple(str(cell) if isinstance(cell, Decimal) else cell for cell in row) for row in rows]


# release 1 ------------------------------------------------------------------------------------------------


def test_unit_tests_of_the_definitions_ran_and_nothing_warned(first: Built) -> None:
    counts = first.summary.counts()
    assert counts["unit_test"] >= 25
    assert counts["seed"] == 6
    assert first.summary.warnings == []


def test_county_view(first: Built) -> None:
    rows = first.rows("select * from {r}.county_view order by 1, 2")
    assert money(rows) == [
        ("2017/18", BEDFORD, "500.00", "500.00", 2, 12, False),
        ("2017/18", POLICE, "0.00", "0.00", 0, 12, False),
        ("2017/18", LUTON, "16516.00", "15384.00", 2, 12, False),
        ("2017/18", TRUST, "10700.00", "10000.00", 3, 12, True),
        ("2018/19", BEDFORD, "-40.00", "-40.00", 1, 1, False),
        ("2018/19", POLICE, "0.00", "0.00", 0, 1, False),
        ("2018/19", LUTON, "0.00", "0.00", 0, 1, False),
        ("2018/19", TRUST, "0.00", "0.00", 0, 0, True),
    ]


def test_a_memo_body_stands_beside_the_county_and_not_in_it(first: Built) -> None:
    shares = first.rows(
        """select publisher_id, local_gbp + not_local_gbp + unresolved_gbp, months_covered, months_expected
           from {r}.local_share
           where definition_id = 'primary' and scope = 'goods_and_services' and financial_year = '2017/18'
             and publisher_id in ('county', 'trust_of_three_counties') order by 1"""
    )
    assert money(shares) == [("county", "15884.00", 4, 36), (TRUST, "10000.00", 3, 12)]
    paid = first.rows(
        """select spend_scope from {r}.fct_payments
           where supplier_id = 'GB-NHS-TTC' or publisher_id = 'trust_of_three_counties' order by 1"""
    )
    assert paid == [("goods_and_services",), ("inter_anchor",), ("other_public_body",)]


def test_bodies_name_who_came_before_and_after(first: Built) -> None:
    rows = first.rows(
        """select publisher_id, is_memo, predecessor_ids, successor_id, succession_group_id
           from {r}.dim_bodies order by 1"""
    )
    assert rows == [
        (BEDFORD, False, "", TRUST, TRUST),
        (POLICE, False, "", None, POLICE),
        (LUTON, False, "", None, LUTON),
        (TRUST, True, BEDFORD, None, TRUST),
    ]


def test_every_payment_has_one_scope(first: Built) -> None:
    rows = first.rows(
        f"""select spend_scope, amount_gbp, payment_count from {{r}}.spend_by_scope
            where publisher_id = '{LUTON}' and financial_year = '2017/18' order by 1"""
    )
    assert money(rows) == [
        ("goods_and_services", "15384.00", 12),
        ("grant", "17.00", 1),
        ("individual_or_redacted", "320.00", 2),
        ("inter_anchor", "50.00", 1),
        ("other_public_body", "139.00", 3),
        ("precept_or_levy", "70.00", 1),
        ("tax_and_pensions", "11.00", 1),
        ("treasury_and_banking", "13.00", 1),
        ("unclassified", "512.00", 1),
    ]


@pytest.mark.parametrize(
    ("definition_id", "local", "not_local", "share", "floor", "ceiling"),
    [
        ("primary", "3221.00", "12003.00", "0.211574", "0.209373", "0.219774"),
        ("primary_post_town", "1221.00", "14003.00", "0.080202", "0.079368", "0.089769"),
        ("primary_borough", "221.00", "15003.00", "0.014517", "0.014366", "0.024766"),
        ("secondary", "5221.00", "10003.00", "0.342945", "0.339379", "0.349779"),
        ("either", "7221.00", "8003.00", "0.474317", "0.469384", "0.479784"),
    ],
)
def test_local_share_by_every_definition(
    first: Built, definition_id: str, local: str, not_local: str, share: str, floor: str, ceiling: str
) -> None:
    rows = first.rows(
        f"""select local_gbp, not_local_gbp, unresolved_gbp, share, floor, ceiling from {{r}}.local_share
            where publisher_id = '{LUTON}' and financial_year = '2017/18' and scope = 'goods_and_services'
              and definition_id = '{definition_id}'"""
    )
    assert money(rows) == [(local, not_local, "160.00", share, floor, ceiling)]


def test_the_county_is_the_sum_of_its_bodies(first: Built) -> None:
    rows = first.rows(
        """select financial_year, local_gbp, not_local_gbp, unresolved_gbp, share, months_covered,
                  months_expected
           from {r}.local_share
           where publisher_id = 'county' and definition_id = 'primary' and scope = 'goods_and_services'
           order by 1"""
    )
    assert money(rows) == [
        ("2017/18", "3221.00", "12503.00", "160.00", "0.204846", 4, 36),
        ("2018/19", "0.00", "-40.00", "0.00", None, 1, 3),
    ]


def test_definitions_not_in_force_are_not_measured(first: Built) -> None:
    rows = first.rows("select distinct definition_id from {r}.local_share order by 1")
    expected = ["either", "primary", "primary_borough", "primary_post_town", "secondary"]
    assert [name for (name,) in rows] == expected
    later = first.rows(
        """select distinct financial_year from {r}.target_progress
           where definition_id like 'own:%' order by 1"""
    )
    assert later == [("2021/22",), ("2022/23",), ("2023/24",)]


def test_targets_of_the_strategy_stand_beside_the_share(first: Built) -> None:
    rows = first.rows(
        """select financial_year, publisher_id, target_pct, is_own_target, share from {r}.target_progress
           where definition_id = 'either' and publisher_id in ('county', 'luton_borough_council')
             and financial_year in ('2017/18', '2018/19', '2023/24') order by 1, 2"""
    )
    assert money(rows) == [
        ("2017/18", "county", "25.00", False, "0.491033"),
        ("2017/18", LUTON, "25.00", True, "0.474317"),
        ("2018/19", "county", None, False, None),
        ("2018/19", LUTON, None, False, None),
        ("2023/24", "county", "70.00", False, None),
        ("2023/24", LUTON, "70.00", True, None),
    ]


def test_coverage_tells_five_kinds_of_absence_and_presence(first: Built) -> None:
    rows = first.rows(
        f"""select period, stream, expected, status, version_count from {{r}}.coverage
            where publisher_id = '{LUTON}'
              and (period < '2017-07' or period between '2018-03' and '2018-05') order by 1, 2"""
    )
    assert rows == [
        ("2017-04", "payments", True, "loaded", 1),
        ("2017-04", "purchase_card", False, "loaded", 1),
        ("2017-05", "payments", True, "restated", 2),
        ("2017-06", "payments", True, "missing", 1),
        ("2018-03", "payments", True, "missing", 0),
        ("2018-04", "payments", True, "late", 0),
        ("2018-05", "payments", True, "not_due", 0),
    ]
    empty = first.rows(
        f"select period, status from {{r}}.coverage where publisher_id = '{BEDFORD}' and status = 'empty'"
    )
    assert empty == [("2017-05", "empty")]
    quarters = first.rows(
        f"""select period, months_count, status from {{r}}.coverage where publisher_id = '{TRUST}'
            and period < '2018-05' order by 1"""
    )
    assert quarters == [
        ("2017-04", 3, "loaded"),
        ("2017-07", 3, "missing"),
        ("2017-10", 3, "missing"),
        ("2018-01", 3, "missing"),
        ("2018-04", 3, "not_due"),
    ]


def test_a_refused_month_says_why_and_what_changed(first: Built) -> None:
    assert first.rows("select publisher_id, period, reason from {r}.coverage where reason <> ''") == [
        (LUTON, "2017-06", "published, but refused: column_missing")
    ]
    rows = first.rows(
        """select publisher_id, period, compared_period, rule, severity, column_name, value_before,
                  value_after, file_status
           from {r}.feed_drift"""
    )
    assert rows == [
        (
            LUTON,
            "2017-06",
            "2017-05",
            "column_renamed",
            "critical",
            "supplier",
            "supplier",
            "vendor",
            "rejected",
        )
    ]


def test_file_conservation_keeps_every_version(first: Built) -> None:
    rows = first.rows(
        f"""select period, status, rows_read, pence_read, rows_payments, pence_payments, rows_excluded
            from {{r}}.file_conservation
            where publisher_id = '{LUTON}' and stream = 'payments' order by file_id"""
    )
    assert rows == [
        ("2017-04", "accepted", 22, 1_750_800 - 1, 21, 1_650_800, 1),
        ("2017-05", "superseded", 1, 100, 1, 100, 0),
        ("2017-05", "accepted", 1, 300, 1, 300, 0),
        ("2017-06", "rejected", None, None, None, None, None),
    ]


def test_suppliers_are_organisations_or_one_of_three_shared_rows(first: Built) -> None:
    rows = first.rows(
        """select supplier_id, supplier_name, payee_kind, entity_type, postcode, location_basis,
                  authority_code
           from {r}.dim_suppliers where supplier_id not like 'GB-COH-%' order by 3, 2"""
    )
    fir, gorse = supplier_key("Fir Trading", "", "lu11aa"), supplier_key("Gorse Supplies")
    assert rows == [
        ("GB-PAR-1", "Barton Parish Council", "organisation", "parish_council", "MK43 0AA",
         "public_body_site", "E06000056"),
        ("GB-PFA-BEDS", "Bedfordshire Police", "organisation", "police", "LU1 1AA", "public_body_site",
         "E06000032"),
        (f"unmatched-{fir}", "Fir Trading", "organisation", None, "LU1 1AA", "ledger_postcode", "E06000032"),
        (f"unmatched-{gorse}", "Gorse Supplies", "organisation", None, None, None, None),
        ("GB-NHS-TTC", "Trust Of Three Counties", "organisation", "nhs_trust", "LU1 1AA", "public_body_site",
         "E06000032"),
        ("individual", None, "person", None, None, None, None),
        ("redacted", None, "redacted", None, None, None, None),
        ("unclear", None, "unclear", None, None, None, None),
    ]  # fmt: skip


def test_what_became_of_payees_adds_up_to_the_penny(first: Built) -> None:
    rows = first.rows(
        """select outcome, method, band, amount_gbp, supplier_count from {r}.resolution_quality
           where publisher_id = 'luton_borough_council' order by 1, 2, 3"""
    )
    assert money(rows) == [
        ("individual", "unmatched", "reject", "64.00", 1),
        ("matched", "exact_name", "accept", "15251.00", 5),
        ("public_body", "exact_name", "accept", "240.00", 3),
        ("redacted", "redacted", None, "256.00", 0),
        ("unclear", "blank", None, "512.00", 0),
        ("unclear", "unmatched", "reject", "128.00", 1),
        ("unresolved", "unmatched", "reject", "65.00", 2),
    ]  # fmt: skip
    assert sum(Decimal(str(row[3])) for row in rows) == Decimal("16516.00")
    listed = first.rows(
        """select supplier_name, amount_gbp, is_probably_absent, would_settle <> ''
           from {r}.unresolved_suppliers order by 1"""
    )
    assert money(listed) == [("Fir Trading", "16.00", True, True), ("Gorse Supplies", "49.00", True, True)]


def test_published_names_add_up_to_what_suppliers_were_paid(first: Built) -> None:
    rows = first.rows(
        """select published_name, amount_gbp, payment_count, publisher_count, first_period, last_period,
                  method
           from {r}.supplier_names where supplier_id in
               ('GB-COH-00000001', 'GB-COH-00000004', 'GB-PFA-BEDS') order by 1"""
    )
    assert money(rows) == [
        ("Alder Widgets Ltd", "10205.00", 5, 2, "2017-04", "2017-04", "exact_name"),
        ("Beds Police", "820.00", 3, 2, "2017-04", "2017-04", "exact_name"),
        ("Dogwood Foods Ltd", "4460.00", 3, 2, "2017-04", "2018-04", "exact_name"),
    ]
    names = first.rows("select sum(amount_gbp), count(*) from {r}.supplier_names")
    spend = first.rows(
        """select sum(amount_gbp) from {r}.supplier_spend
           where supplier_id not in ('individual', 'redacted', 'unclear')"""
    )
    assert names[0][0] == spend[0][0] and names[0][1] == 10


def test_every_known_site_is_shown_and_pounds_are_counted_at_one(first: Built) -> None:
    fir = supplier_key("Fir Trading", "", "lu11aa")
    rows = first.rows(
        f"""select postcode, location_basis, printed_gbp, publisher_count, placed_gbp, is_counted_here
            from {{r}}.supplier_sites
            where supplier_id in ('GB-COH-00000002', 'unmatched-{fir}') order by 1"""
    )
    assert money(rows) == [
        ("LU1 1AA", "ledger_postcode", "16.00", 1, "16.00", True),
        ("LU2 9AA", "registered_office", None, None, "1000.00", True),
        ("MK43 0AA", "charity_contact", None, None, "0.00", False),
    ]


def test_groups_stand_beside_the_figures_with_what_says_so(first: Built) -> None:
    rows = first.rows(
        """select supplier_id, basis, confidence, group_name, evidence, count(*) over (partition by group_id)
           from {r}.supplier_groups order by basis, supplier_id"""
    )
    shared = "one VAT number is printed beside 2 suppliers"
    assert rows == [
        ("GB-COH-00000001", "merger", "stated", "ALDER WIDGETS LTD", "head of the group", 2),
        ("GB-COH-00000005", "merger", "stated", "ALDER WIDGETS LTD", "a register", 2),
        ("GB-COH-00000003", "vat_number", "likely", "DOGWOOD FOODS LTD", shared, 2),
        ("GB-COH-00000004", "vat_number", "likely", "DOGWOOD FOODS LTD", shared, 2),
    ]


def test_identical_payments_are_kept_and_told_apart(first: Built) -> None:
    rows = first.rows(
        """select payment_id, row_number, supplier_name from {r}.fct_payments
           where amount_gbp = 100.10 order by 2"""
    )
    assert [row[1:] for row in rows] == [(2, "ALDER WIDGETS LTD"), (3, "ALDER WIDGETS LTD")]
    assert len({row[0] for row in rows}) == 2


def test_no_person_and_no_free_text_is_published(first: Built) -> None:
    published = " ".join(str(row) for mart in _marts() for row in first.rows(f"select * from {{r}}.{mart}"))
    assert "ALDER WIDGETS LTD" in published
    for hidden in ("Hazel", "Personson", "Ivy", "Withheld", "Free text"):
        assert hidden not in published


def _marts() -> list[str]:
    return sorted(path.stem for path in (PROJECT / "dbt_project" / "models" / "marts").glob("*.sql"))


def test_nothing_is_written_into_the_checkout(first: Built) -> None:
    assert first.summary.nodes
    left = {path.name for path in (PROJECT / "dbt_project").iterdir()}
    assert not left & {"target", "logs", "dbt_packages", ".user.yml"}


def test_documentation_lists_every_column_there_is(first: Built) -> None:
    columns = first.world.connection.execute(
        """select table_name, column_name from information_schema.columns
           where table_schema in (%s, 'warehouse')
               and table_name not in ('supplier_decisions', 'reviewed_decisions')""",
        [f"release_{first.number}"],
    ).fetchall()
    documented = {(table, column) for table, names in documented_columns().items() for column in names}
    assert set(columns) == documented


def test_sample_ledger_words_decide_the_scope(first: Built) -> None:
    wanted = {word: scope for scope, words in vocabulary.SCOPE_CATEGORIES.items() for word in words}
    goods = {word for body in vocabulary.GOODS.values() for words in body.values() for word in words}
    wanted.update(dict.fromkeys(goods, "goods_and_services"))
    assert {word: scope_of(first, word) for word in wanted} == wanted


@pytest.mark.parametrize(
    ("category", "scope"),
    [
        ("Government Grants", "grant"),
        ("Grants/Conts Payable  to Third Parties.", "grant"),
        ("Migrant Support", "goods_and_services"),
        ("Parish Precepts", "precept_or_levy"),
        ("IDLB Levy", "precept_or_levy"),
        ("Climate Change Levy", "goods_and_services"),
        ("Apprenticeship Levy", "tax_and_pensions"),
        ("Landfill Tax", "goods_and_services"),
        ("Rates", "tax_and_pensions"),
        ("Water Rates", "goods_and_services"),
        ("Pension Payments", "tax_and_pensions"),
        ("Interest Payable", "treasury_and_banking"),
        ("Unallocated Investments", "treasury_and_banking"),
        ("Investment Properties", "goods_and_services"),
        ("Bank and Card Charges", "treasury_and_banking"),
        ("Client Direct Payments", "individual_or_redacted"),
        ("Direct Payment Support Services", "goods_and_services"),
        ("In House Fostering Allowances  (New)", "individual_or_redacted"),
        ("Independent Foster Care  (New)", "goods_and_services"),
        ("Spec Guard Order Allowances  (New)", "individual_or_redacted"),
        ("Fully Funded School Bank Account ( Revenue)", "other_public_body"),
        ("Voluntary & Independent Schools", "goods_and_services"),
        ("Other LAs SLA's & Recharges", "other_public_body"),
        ("Contract payments - Other Local Authorities", "other_public_body"),
        ("Contract payments - Voluntary Associations", "goods_and_services"),
        ("Agency Salaries", "goods_and_services"),
    ],
)
def test_words_of_real_ledgers_decide_the_scope(first: Built, category: str, scope: str) -> None:
    assert scope_of(first, category) == scope


def scope_of(built: Built, category: str) -> str:
    """What the rules say of a category that any body prints, whoever is paid."""
    with database.connect("publisher") as connection:
        row = connection.execute(
            f"""select scope from release_{built.number}.spend_scope_rules
                where publisher_id = '*' and field = 'category' and %s ~* pattern
                order by priority limit 1""".encode(),
            [category],
        ).fetchone()
    return str(row[0]) if row else "goods_and_services"


# release 2 ------------------------------------------------------------------------------------------------


def append(project: Path, name: str, **values: str) -> Path:
    """One more row in a seed; where it is not there, in a new one for reviewed decisions."""
    path = project / "dbt_project" / "seeds" / f"{name}.csv"
    if not path.exists():
        path.write_text(seed.text_of([]))
    with path.open(newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", newline="") as file:
        csv.writer(file).writerow([values.get(column, "") for column in header])
    return path


@pytest.fixture(scope="module")
def kept(first: Built) -> dict[str, list[tuple[object, ...]]]:
    """What release 1 shows, and where its facts lie, before release 2 is built."""
    return {
        "marts": [
            row for mart in _marts() for row in first.rows(f"select * from {{r}}.{mart} order by 1, 2, 3")
        ],
        "facts": _facts(first.world),
    }


def _facts(world: World) -> list[tuple[object, ...]]:
    world.connection.rollback()
    return world.connection.execute(
        """select 'payments', load_id, row_number::text, ctid::text, xmin::text from warehouse.file_payments
           union all
           select 'spend', load_id, spend_key::text, ctid::text, xmin::text from warehouse.file_spend
           order by 1, 2, 3"""
    ).fetchall()


@pytest.fixture(scope="module")
def second(first: Built, kept: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A new month, a restatement, a new decision and edited seeds; real data lies in the same database."""
    world, project = first.world, tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "dbt_project", project / "dbt_project")
    append(
        project, "local_definitions", definition_id="own:police", valid_from="2017-04-01",
        label="Milton Keynes", rule_kind="postcode_districts", rule_values="MK9", publisher_id=POLICE,
        citation="Invented.",
    )  # fmt: skip
    reviewed = {"reviewed_on": "2018-06-01", "reason": "Invented.", "evidence": "Invented."}
    ivy = supplier_key("Ivy Unclear")
    append(project, "supplier_overrides", supplier_key=ivy, entity_id="GB-COH-00000002", **reviewed)
    persons = append(project, "persons", supplier_key="0" * 16, payee_kind="person", **reviewed)
    append(project, "reviewed_sites", supplier_id="GB-COH-00000005", postcode="mk9 1aa", **reviewed)
    world.accept(LUTON, "2017-07", [Payment("Elm Consulting Ltd", "1.00")])
    world.accept(BEDFORD, "2017-04", [Payment("Dogwood Foods Ltd", "600.00")])
    world.redecide(supplier_key("Gorse Supplies"), "GB-COH-00000001")
    World(world.connection, is_synthetic=False).accept(LUTON, "2017-04", [Payment(None, "999999.00")])
    number = world.plan("2017-04", "2019-03", as_of="2018-06-10")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transform, "PROJECT", project)
        patch.setattr(seed, "PROJECT", project)
        patch.setattr(seed, "personal_path", lambda: persons)
        yield Built(world, number, transform.build(number, True))


def test_facts_are_added_to_and_never_rebuilt(
    second: Built, kept: dict[str, list[tuple[object, ...]]]
) -> None:
    facts = _facts(second.world)
    assert set(kept["facts"]) <= set(facts)
    assert len(facts) - len(kept["facts"]) == 2 + 2  # one payment in each of two new files, and its cell


def test_the_release_before_stays_as_it_was(
    first: Built, second: Built, kept: dict[str, list[tuple[object, ...]]]
) -> None:
    assert second.number == first.number + 1
    now = [row for mart in _marts() for row in first.rows(f"select * from {{r}}.{mart} order by 1, 2, 3")]
    assert now == kept["marts"]


def test_a_restatement_counts_once_and_real_data_not_at_all(second: Built) -> None:
    rows = second.rows(
        """select publisher_id, gross_gbp, months_covered from {r}.county_view
           where financial_year = '2017/18' order by 1"""
    )
    assert money(rows) == [
        (BEDFORD, "600.00", 2),
        (POLICE, "0.00", 0),
        (LUTON, "16517.00", 3),
        (TRUST, "10700.00", 3),
    ]


def test_a_new_definition_is_a_row_and_nothing_else(second: Built) -> None:
    rows = second.rows(
        """select local_gbp, not_local_gbp, unresolved_gbp from {r}.local_share
           where definition_id = 'own:police' and publisher_id = 'luton_borough_council'
             and financial_year = '2017/18' and scope = 'goods_and_services'"""
    )
    assert money(rows) == [("8004.00", "7381.00", "0.00")]


def test_decisions_and_reviewed_rows_move_the_share(second: Built) -> None:
    """Gorse is matched into Luton, Ivy overridden into its post town, Elm's site moved to Milton Keynes."""
    rows = second.rows(
        """select definition_id, local_gbp, unresolved_gbp from {r}.local_share
           where definition_id in ('primary_borough', 'primary_post_town')
             and publisher_id = 'luton_borough_council'
             and financial_year = '2017/18' and scope = 'goods_and_services' order by 1"""
    )
    assert money(rows) == [("primary_borough", "253.00", "0.00"), ("primary_post_town", "1381.00", "0.00")]
    suppliers = second.rows(
        """select supplier_id, method, location_basis, published_names from {r}.dim_suppliers
           where supplier_id in ('GB-COH-00000001', 'GB-COH-00000002', 'GB-COH-00000005') order by 1"""
    )
    assert suppliers == [
        ("GB-COH-00000001", "exact_name", "registered_office", 2),
        ("GB-COH-00000002", "exact_name", "registered_office", 2),
        ("GB-COH-00000005", "exact_name", "manual", 1),
    ]


def test_a_stale_override_warns_that_is_in_the_file_of_persons(second: Built) -> None:
    assert [warning.split(":")[0] for warning in second.summary.warnings] == [
        "supplier_overrides_still_match_a_supplier"
    ]


# release 3, and refusals ------------------------------------------------------------------------------------


def test_a_release_that_does_not_add_up_fails_by_name(second: Built) -> None:
    world = second.world
    world.connection.execute(
        """update landing.file_versions set pence_payments = pence_payments + 1, pence_read = pence_read + 1
           where file_id = (select max(file_id) from landing.file_versions where is_synthetic)"""
    )
    number = world.plan("2017-04", "2019-03", as_of="2018-06-10")
    with pytest.raises(ReleaseError) as caught:
        transform.build(number, True)
    message = str(caught.value)
    assert f"Release {number}" in message
    assert "1 of" in message
    assert "test cube_equals_files: Got 1 result" in message
    assert f"release_{number}" in message
    assert second.rows("select count(*) from {r}.county_view") == [(8,)]


def test_an_unfinished_build_is_built_again_from_nothing(second: Built) -> None:
    """The failed candidate of the test before is repaired and built under the same number."""
    world = second.world
    world.connection.execute(
        """update landing.file_versions set pence_payments = pence_payments - 1, pence_read = pence_read - 1
           where file_id = (select max(file_id) from landing.file_versions where is_synthetic)"""
    )
    world.connection.commit()
    facts = _facts(world)
    number = second.number + 1
    assert transform.build(number, True).release_number == number
    assert _facts(world) == facts


@pytest.mark.parametrize(
    ("status", "is_synthetic", "words"),
    [
        ("published", True, "never changes"),
        ("withdrawn", True, "never changes"),
        ("building", False, "planned for the sample county"),
    ],
)
def test_what_cannot_be_built_is_refused(first: Built, status: str, is_synthetic: bool, words: str) -> None:
    connection = first.world.connection
    connection.execute(
        "update quality.releases set status = %s where release_number = %s", [status, first.number]
    )
    connection.commit()
    with pytest.raises(ReleaseError, match=words):
        transform.build(first.number, is_synthetic)
    assert first.rows("select count(*) from {r}.county_view") == [(8,)]


def test_an_unplanned_release_is_refused(world: World) -> None:
    with pytest.raises(ReleaseError, match="never planned"):
        transform.build(999, True)


def test_two_builds_do_not_run_at_once(first: Built) -> None:
    with database.connect("transformer", autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [transform._BUILD_LOCK])
        with pytest.raises(ReleaseError, match="Another release is being built"):
            transform.build(first.number, True)


def test_a_project_dbt_cannot_read_is_explained(
    first: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbt_project").mkdir()
    (tmp_path / "dbt_project" / "dbt_project.yml").write_text("name: [not, a, name]\n")
    monkeypatch.setattr(transform, "PROJECT", tmp_path)
    number = first.world.plan("2017-04", "2018-03")
    with pytest.raises(ReleaseError, match="were not built to the end"):
        transform.build(number, True)
