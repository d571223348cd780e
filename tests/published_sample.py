"""A small published release with the contract's columns: every supplier and every figure is invented.

`tables()` gives plain rows (change them at will), `publish()` puts them where analysts read.
"""

import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg

from anchor_spend.periods import due_date, financial_year, months_between

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Body = tuple[str, str, str, int, float, int, str]

COLUMNS = {
    "release": (
        "release_number int, published_at timestamptz, git_revision text, source text, is_synthetic "
        "boolean, window_from text, window_to text, as_of date, totals jsonb"
    ),
    "dim_bodies": (
        "publisher_id text, body_name text, org_id text, body_type text, ons_code text, ods_code "
        "text, postcode text, authority_code text, valid_from date, valid_to date, vat_basis text, "
        "threshold_gbp numeric, licence text, is_verified boolean, is_memo boolean, predecessor_ids text, "
        "successor_id text, succession_group_id text"
    ),
    "dim_local_definitions": (
        "definition_id text, valid_from date, valid_to date, label text, rule text, publisher_id "
        "text, variant_of text, citation text"
    ),
    "dim_suppliers": (
        "supplier_id text, supplier_name text, payee_kind text, entity_id text, entity_type text, "
        "method text, score numeric, postcode text, location_basis text, authority_code text, "
        "ward_code text, lsoa_code text, published_names bigint"
    ),
    "supplier_spend": (
        "financial_year text, publisher_id text, supplier_id text, spend_scope text, amount_gbp "
        "numeric(14,2), payment_count bigint"
    ),
    "spend_by_scope": (
        "financial_year text, publisher_id text, spend_scope text, amount_gbp numeric(14,2), "
        "payment_count bigint, is_memo boolean"
    ),
    "local_share": (
        "financial_year text, publisher_id text, definition_id text, scope text, local_gbp "
        "numeric(14,2), not_local_gbp numeric(14,2), unresolved_gbp numeric(14,2), share numeric, "
        "floor numeric, ceiling numeric, months_covered bigint, months_expected bigint"
    ),
    "county_view": (
        "financial_year text, publisher_id text, gross_gbp numeric(14,2), headline_gbp numeric(14,2), "
        "months_covered bigint, months_expected bigint, is_memo boolean"
    ),
    "target_progress": (
        "financial_year text, publisher_id text, definition_id text, target_pct numeric, "
        "is_own_target boolean, share numeric, floor numeric, ceiling numeric"
    ),
    "coverage": (
        "publisher_id text, stream text, period text, financial_year text, expected boolean, due_on "
        "date, months_count int, status text, days_late int, reason text, file_sha256 text, landed_at "
        "timestamptz, version_count bigint"
    ),
    "feed_drift": (
        "drift_id bigint, publisher_id text, stream text, period text, compared_period text, rule text, "
        "severity text, column_name text, value_before text, value_after text, file_sha256 text, "
        "file_status text, noticed_at timestamptz"
    ),
    "file_conservation": (
        "file_id bigint, sha256 text, publisher_id text, stream text, period text, file_name text, "
        "status text, status_reason text, rows_read bigint, pence_read bigint, rows_payments bigint, "
        "pence_payments bigint, rows_rejected bigint, pence_rejected bigint, rows_excluded bigint, "
        "pence_excluded bigint"
    ),
    "gate_results": (
        "suite text, publisher_id text, stream text, period text, expectation text, column_name text, "
        "severity text, success boolean, observed jsonb, why text, checked_at timestamptz"
    ),
}

BODIES: list[
    Body
] = [  # publisher, name, kind, pounds of goods and services a year, part local, threshold, VAT
    ("luton_borough_council", "Luton Borough Council", "unitary_authority", 238, 0.27, 250, "net"),
    (
        "central_bedfordshire_council",
        "Central Bedfordshire Council",
        "unitary_authority",
        221,
        0.22,
        250,
        "net",
    ),
    ("bedford_borough_council", "Bedford Borough Council", "unitary_authority", 168, 0.31, 250, "net"),
    (
        "luton_and_dunstable_university_hospital",
        "Luton and Dunstable University Hospital NHS Foundation Trust",
        "nhs_trust",
        112,
        0.12,
        25000,
        "net_recoverable",
    ),
    ("bedfordshire_police", "Bedfordshire Police", "police", 41, 0.09, 500, "unknown"),
    ("university_of_bedfordshire", "University of Bedfordshire", "university", 27, 0.18, 250, "gross"),
]
MEMO_BODY: Body = ("trust_of_three_counties", "Trust of Three Counties", "nhs_trust", 90, 0.1, 25000, "net")
YEARS = ["2016/17", "2017/18", "2018/19"]
_FIRST = [
    "Heron",
    "Larkfield",
    "Quillon",
    "Brambleside",
    "Ottermead",
    "Fenwick",
    "Tarnhill",
    "Corvane",
    "Plumley",
    "Wickstead",
    "Ashmoor",
    "Dovecot",
]
_SECOND = [
    "Care",
    "Building",
    "Highways",
    "Catering",
    "Software",
    "Waste",
    "Fleet",
    "Training",
    "Energy",
    "Cleaning",
    "Homes",
    "Clinical",
]
_LEGAL = ["Ltd", "Group plc", "CIC", "LLP"]
_MISSING = {
    ("bedfordshire_police", "2018-06"),
    ("bedfordshire_police", "2018-07"),
    ("bedfordshire_police", "2019-02"),
}
_REASONS = {("bedfordshire_police", "2018-07"): "published, but refused: not_a_table"}
_LATE = {("university_of_bedfordshire", "2019-03")}
_RESTATED = {("luton_borough_council", "2017-09"), ("bedford_borough_council", "2018-11")}
_EMPTY = {("university_of_bedfordshire", "2017-08")}


def tables(
    bodies: Sequence[Body] = BODIES,
    years: Sequence[str] = YEARS,
    *,
    silent: Collection[str] = (),
    is_placed: bool = True,
    memo: Collection[str] = (),
) -> Tables:
    """Rows of every published relation, consistent with one another, always the same.

    Nothing is received from `silent` bodies; the county does not count those of `memo`; without `is_placed`
    no supplier's place is known.
    """
    chance = random.Random(2017)
    suppliers = _suppliers(chance)
    if not is_placed:
        suppliers = [row | {"postcode": None, "authority_code": None} for row in suppliers]
    publishers = [body[0] for body in bodies]
    coverage = _coverage(publishers, years, silent)
    spend = _supplier_spend(chance, bodies, coverage, suppliers)
    shares = _local_share(spend, {row["supplier_id"]: row for row in suppliers}, coverage, memo)
    files = _files(coverage)
    return {
        "release": [_release(years)],
        "dim_bodies": [_body(*body) | {"is_memo": body[0] in memo} for body in bodies],
        "dim_local_definitions": _definitions(),
        "dim_suppliers": suppliers,
        "supplier_spend": spend,
        "spend_by_scope": [
            row | {"is_memo": row["publisher_id"] in memo}
            for row in _sum(spend, ("financial_year", "publisher_id", "spend_scope"))
        ],
        "local_share": shares,
        "county_view": [
            row | {"is_memo": row["publisher_id"] in memo} for row in _county_view(spend, coverage)
        ],
        "target_progress": _targets(shares),
        "coverage": coverage,
        "feed_drift": _drift() if files else [],
        "file_conservation": files,
        "gate_results": _gate_results(files),
    }


@contextmanager
def publish(connection: psycopg.Connection[Any], rows: Tables) -> Iterator[None]:
    """The rows as schema `published`, readable by anchor_analyst; taken away afterwards."""
    remove(connection)
    connection.execute("create schema release_9001")
    for name, columns in COLUMNS.items():
        connection.execute(f"create table release_9001.{name} ({columns})".encode())
        _insert(connection, name, rows[name])
        connection.execute(f"create view published.{name} as select * from release_9001.{name}".encode())
    connection.execute("grant usage on schema published to anchor_analyst")
    connection.execute("grant select on all tables in schema published to anchor_analyst")
    try:
        yield
    finally:
        remove(connection)


def remove(connection: psycopg.Connection[Any]) -> None:
    views = connection.execute("select viewname from pg_views where schemaname = 'published'").fetchall()
    for (view,) in views:
        connection.execute(f"drop view if exists published.{view} cascade".encode())
    connection.execute("drop schema if exists release_9001 cascade")


def _insert(connection: psycopg.Connection[Any], name: str, rows: list[Row]) -> None:
    names = [column.split()[0] for column in COLUMNS[name].replace("(14,2)", "").split(", ")]
    with connection.cursor() as cursor, cursor.copy(f"copy release_9001.{name} from stdin".encode()) as copy:
        for row in rows:
            values = (row.get(column) for column in names)
            copy.write_row([json.dumps(value) if isinstance(value, dict) else value for value in values])


def _release(years: Sequence[str]) -> Row:
    last = int(years[-1][:4]) + 1
    return {
        "release_number": 7,
        "published_at": datetime(last, 4, 25, 9, 30, tzinfo=UTC),
        "git_revision": "0123456789abcdef0123456789abcdef01234567",
        "source": "sample",
        "is_synthetic": True,
        "window_from": f"{years[0][:4]}-04",
        "window_to": f"{last}-03",
        "as_of": date(last, 4, 25),
        "totals": {"payments": 1},
    }


def _body(publisher: str, name: str, kind: str, _size: int, _local: float, threshold: int, vat: str) -> Row:
    return {
        "publisher_id": publisher,
        "body_name": name,
        "org_id": f"GB-XXX-{publisher[:3].upper()}",
        "body_type": kind,
        "postcode": "LU1 1AA",
        "authority_code": "E06000032",
        "valid_from": date(2009, 4, 1),
        "vat_basis": vat,
        "threshold_gbp": Decimal(threshold),
        "licence": "Open Government Licence v3.0",
        "is_verified": kind == "unitary_authority",
        "is_memo": False,
        "predecessor_ids": "",
        "succession_group_id": publisher,
    }


def _definitions() -> list[Row]:
    strategy = "Luton Council, Prosperity through Procurement (August 2019), What is local?"
    rows = [
        ("primary", "Luton postcode (LU area)", "postcode area LU", None),
        ("secondary", "Inside Bedfordshire", "authorities E06000032, E06000055, E06000056", None),
        ("either", "Luton postcode or inside Bedfordshire", "primary or secondary", None),
        ("primary_borough", "Inside Luton borough", "authority E06000032", "primary"),
    ]
    return [
        {
            "definition_id": ident,
            "valid_from": date(2009, 4, 1),
            "label": label,
            "rule": rule,
            "variant_of": variant,
            "citation": strategy,
        }
        for ident, label, rule, variant in rows
    ]


def _suppliers(chance: random.Random) -> list[Row]:
    places = [
        ("LU1 9ZZ", "E06000032"),
        ("LU5 9ZZ", "E06000056"),
        ("MK40 9ZZ", "E06000055"),
        ("LU2 9ZZ", "E07000242"),
        ("AL1 9ZZ", "E07000240"),
        ("EC1A 9ZZ", "E09000001"),
        ("B1 9ZZ", "E08000025"),
        (None, None),
    ]
    rows = []
    for number in range(240):
        name = f"{_FIRST[number % 12]} {_SECOND[(number // 12) % 12]} {chance.choice(_LEGAL)}"
        postcode, authority = chance.choices(places, [12, 8, 8, 3, 20, 26, 18, 3])[0]
        is_matched = chance.random() > 0.12
        if not is_matched:
            postcode = authority = None
        rows.append(_supplier(number, name, postcode, authority, is_matched=is_matched))
    rows[3]["supplier_name"] = "Otterby <script>alert('x')</script> & \"Sons\" Ltd"
    shared = (("individual", "person"), ("redacted", "redacted"), ("unclear", "unclear"))
    return rows + [
        {"supplier_id": name, "payee_kind": kind, "method": "unmatched", "published_names": 40}
        for name, kind in shared
    ]


def _supplier(
    number: int, name: str, postcode: str | None, authority: str | None, *, is_matched: bool
) -> Row:
    ident = f"GB-COH-{90000000 + number}" if is_matched else f"unmatched-{number:016x}"
    return {
        "supplier_id": ident,
        "supplier_name": f"{name} {number}" if number >= 144 else name,
        "payee_kind": "organisation",
        "entity_id": ident if is_matched else None,
        "entity_type": "company" if is_matched else None,
        "method": "exact_name" if is_matched else "unmatched",
        "score": Decimal(1) if is_matched else None,
        "postcode": postcode,
        "location_basis": "registered_office" if postcode else None,
        "authority_code": authority,
        "published_names": 1,
    }


def _supplier_spend(
    chance: random.Random, bodies: Sequence[Body], coverage: list[Row], suppliers: list[Row]
) -> list[Row]:
    rows = []
    for publisher, _, _, size, local, *_ in bodies:
        mine = chance.sample(suppliers[:240], 90)
        for index, year in enumerate(_years(coverage)):
            pounds = size * 1_000_000 * 1.03**index * _covered(coverage, year, publisher)[0] / 12
            if not pounds:
                continue
            weights = [_weight(chance, supplier, local) for supplier in mine]
            for supplier, weight in zip(mine, weights, strict=True):
                amount = _money(pounds * weight / sum(weights))
                rows.append(_spend(year, publisher, supplier["supplier_id"], "goods_and_services", amount))
            rows.append(_spend(year, publisher, "unclear", "goods_and_services", _money(pounds * 0.011)))
            rows += _other_scopes(year, publisher, pounds, mine)
    return rows


def _years(coverage: list[Row]) -> list[str]:
    return sorted({row["financial_year"] for row in coverage})


def _weight(chance: random.Random, supplier: Row, local: float) -> float:
    is_local = supplier["authority_code"] in ("E06000032", "E06000055", "E06000056")
    return chance.paretovariate(1.7) * (local * 1.6 if is_local else 0.55)


def _other_scopes(year: str, publisher: str, pounds: float, mine: list[Row]) -> list[Row]:
    parts = {"grant": 0.05, "inter_anchor": 0.07, "other_public_body": 0.06, "tax_and_pensions": 0.04}
    parts |= {"individual_or_redacted": 0.03, "unclassified": 0.004}
    if publisher.endswith("council"):
        parts |= {"precept_or_levy": 0.11, "treasury_and_banking": 0.08}
    if publisher == "university_of_bedfordshire":
        parts |= {"grant": -0.002}
    rows = []
    for index, (scope, part) in enumerate(parts.items()):
        payee = "redacted" if scope == "individual_or_redacted" else mine[index]["supplier_id"]
        payee = "unclear" if scope == "unclassified" else payee
        rows.append(_spend(year, publisher, payee, scope, _money(pounds * part)))
    return rows


def _spend(year: str, publisher: str, supplier: str, scope: str, amount: Decimal) -> Row:
    return {
        "financial_year": year,
        "publisher_id": publisher,
        "supplier_id": supplier,
        "spend_scope": scope,
        "amount_gbp": amount,
        "payment_count": 12,
    }


def _money(amount: float) -> Decimal:
    return Decimal(str(round(amount, 2)))


def _coverage(publishers: list[str], years: Sequence[str], silent: Collection[str]) -> list[Row]:
    rows = []
    marked = {"missing": _MISSING, "late": _LATE, "restated": _RESTATED, "empty": _EMPTY}
    for publisher in publishers:
        for period in months_between(f"{years[0][:4]}-04", f"{int(years[-1][:4]) + 1}-03"):
            status = next((name for name, keys in marked.items() if (publisher, period) in keys), "loaded")
            status = "missing" if publisher in silent else status
            rows.append(
                {
                    "publisher_id": publisher,
                    "stream": "payments",
                    "period": period,
                    "financial_year": financial_year(period),
                    "expected": True,
                    "due_on": due_date(period, 20),
                    "months_count": 1,
                    "status": status,
                    "reason": _REASONS.get((publisher, period), ""),
                    "file_sha256": None if status in ("missing", "late") else "0" * 64,
                    "version_count": 2 if status == "restated" else 1,
                }
            )
    return rows


def _covered(coverage: list[Row], year: str, publisher: str) -> tuple[int, int]:
    mine = [r for r in coverage if r["financial_year"] == year and publisher in ("county", r["publisher_id"])]
    return sum(1 for r in mine if r["status"] in ("loaded", "restated", "empty")), len(mine)


def _sum(rows: list[Row], keys: tuple[str, ...]) -> list[Row]:
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[tuple(row[key] for key in keys)] += row["amount_gbp"]
    return [
        dict(zip(keys, key, strict=True)) | {"amount_gbp": amount, "payment_count": 100}
        for key, amount in sorted(sums.items())
    ]


def _county_view(spend: list[Row], coverage: list[Row]) -> list[Row]:
    rows = []
    for year in _years(coverage):
        for publisher in dict.fromkeys(row["publisher_id"] for row in coverage):
            mine = [r for r in spend if (r["financial_year"], r["publisher_id"]) == (year, publisher)]
            covered, expected = _covered(coverage, year, publisher)
            headline = [r["amount_gbp"] for r in mine if r["spend_scope"] == "goods_and_services"]
            rows.append(
                {
                    "financial_year": year,
                    "publisher_id": publisher,
                    "gross_gbp": sum((r["amount_gbp"] for r in mine), Decimal(0)),
                    "headline_gbp": sum(headline, Decimal(0)),
                    "months_covered": covered,
                    "months_expected": expected,
                }
            )
    return rows


def _is_local(supplier: Row, definition: str) -> bool | None:
    postcode, authority = supplier.get("postcode"), supplier.get("authority_code")
    if not postcode and not authority:
        return None
    primary = bool(postcode and postcode.startswith("LU"))
    secondary = authority in ("E06000032", "E06000055", "E06000056")
    answers = {"primary": primary, "secondary": secondary, "either": primary or secondary}
    return answers.get(definition, authority == "E06000032")


def _local_share(
    spend: list[Row], suppliers: dict[str, Row], coverage: list[Row], memo: Collection[str]
) -> list[Row]:
    rows = []
    counted = [row for row in coverage if row["publisher_id"] not in memo]
    for year in _years(coverage):
        for publisher in [*dict.fromkeys(row["publisher_id"] for row in coverage), "county"]:
            mine = [
                r
                for r in spend
                if r["financial_year"] == year
                and (
                    r["publisher_id"] not in memo if publisher == "county" else r["publisher_id"] == publisher
                )
            ]
            for scope in ("goods_and_services", "grant"):
                scoped = [r for r in mine if r["spend_scope"] == scope]
                for definition in ("primary", "secondary", "either", "primary_borough"):
                    sums = defaultdict(Decimal)
                    for row in scoped:
                        sums[_is_local(suppliers[row["supplier_id"]], definition)] += row["amount_gbp"]
                    rows.append(
                        {
                            "financial_year": year,
                            "publisher_id": publisher,
                            "definition_id": definition,
                            "scope": scope,
                            **share_columns(sums[True], sums[False], sums[None]),
                            **dict(
                                zip(
                                    ("months_covered", "months_expected"),
                                    _covered(counted if publisher == "county" else coverage, year, publisher),
                                    strict=True,
                                )
                            ),
                        }
                    )
    return rows


def share_columns(local: Decimal, not_local: Decimal, unresolved: Decimal) -> Row:
    known, everything = local + not_local, local + not_local + unresolved
    return {
        "local_gbp": local,
        "not_local_gbp": not_local,
        "unresolved_gbp": unresolved,
        "share": local / known if known > 0 else None,
        "floor": local / everything if everything > 0 else None,
        "ceiling": (local + unresolved) / everything if everything > 0 else None,
    }


def _targets(shares: list[Row]) -> list[Row]:
    """A row for every body, year and definition, as released; one body set the targets."""
    wanted = {"2017/18": 25, "2019/20": 30, "2020/21": 40, "2021/22": 50, "2022/23": 60, "2023/24": 70}
    headline = {
        (row["financial_year"], row["publisher_id"], row["definition_id"]): row
        for row in shares
        if row["scope"] == "goods_and_services"
    }
    return [
        {
            "financial_year": year,
            "publisher_id": body,
            "definition_id": definition,
            "target_pct": None if year not in wanted else Decimal(wanted[year]),
            "is_own_target": body == "luton_borough_council" and year in wanted,
            **{
                name: headline.get((year, body, definition), {}).get(name)
                for name in ("share", "floor", "ceiling")
            },
        }
        for year in sorted({*wanted, *(key[0] for key in headline)})
        for body in dict.fromkeys(key[1] for key in headline)
        for definition in ("primary", "secondary", "either", "primary_borough")
    ]


def _files(coverage: list[Row]) -> list[Row]:
    rows = []
    for number, month in enumerate(coverage, start=1):
        if month["status"] in ("missing", "late"):
            continue
        file = {
            "file_id": number,
            "sha256": f"{number:064x}",
            "publisher_id": month["publisher_id"],
            "stream": "payments",
            "period": month["period"],
            "file_name": f"payments-{month['period']}.csv",
            "status": "accepted",
            "status_reason": "",
            "rows_read": 5003,
            "pence_read": 2_000_000_00 + number,
            "rows_payments": 4999,
            "pence_payments": 1_999_000_00 + number,
            "rows_rejected": 1,
            "pence_rejected": 1_000_00,
            "rows_excluded": 3,
            "pence_excluded": 0,
        }
        rows.append(file)
        if month["status"] == "restated":
            rows.append(file | {"file_id": number + 1000, "status": "superseded"})
    if not rows:
        return []
    rejected = rows[0] | {
        "file_id": 5001,
        "publisher_id": "bedfordshire_police",
        "period": "2018-06",
        "file_name": "spend-june-2018.csv",
        "status": "rejected",
        "status_reason": "[not_a_table] The file is a web page, not a CSV. What to do: fetch it again.",
    }
    return [*rows, rejected | dict.fromkeys(list(rejected)[8:])]


def _drift() -> list[Row]:
    """A supplier column under a name nobody knows, and what the specs knew already."""
    common = {
        "publisher_id": "bedfordshire_police",
        "stream": "payments",
        "noticed_at": datetime(2019, 4, 1, 9, 0, tzinfo=UTC),
        "file_status": "accepted",
    }
    rows: list[Row] = [
        {
            "period": "2018-06",
            "compared_period": "2018-05",
            "rule": "column_renamed",
            "severity": "critical",
            "column_name": "supplier",
            "value_before": "supplier",
            "value_after": "vendor",
            "file_status": "rejected",
        },
        {
            "period": "2018-08",
            "compared_period": "2018-05",
            "rule": "credits_changed",
            "severity": "warning",
            "column_name": "",
            "value_before": "20 of 4999 payments",
            "value_after": "0 of 4999 payments",
        },
        {
            "period": "2018-09",
            "compared_period": "2018-08",
            "rule": "encoding_changed",
            "severity": "info",
            "column_name": "",
            "value_before": "utf-8-sig",
            "value_after": "cp1252",
        },
    ]
    return [common | row | {"drift_id": number} for number, row in enumerate(rows, start=1)]


def _gate_results(files: list[Row]) -> list[Row]:
    rows = [
        {
            "suite": suite,
            "publisher_id": file["publisher_id"],
            "stream": "payments",
            "period": file["period"],
            "expectation": expectation,
            "column_name": "amount_pence",
            "severity": severity,
            "success": True,
            "observed": {},
            "why": "Amounts a thousand times too large have been published before.",
        }
        for file in files
        for suite, expectation, severity in (
            ("landed_file", "expect_column_values_to_be_between", "critical"),
            ("payments", "expect_column_sum_to_be_between", "warning"),
        )
    ]
    if not rows:
        return []
    rows[7] |= {"success": False, "severity": "warning", "suite": "payments"}
    rows.append(
        rows[0]
        | {
            "suite": "county_view",
            "publisher_id": None,
            "period": None,
            "severity": "warning",
            "success": False,
            "why": "Every month that is due should be in.",
            "expectation": "expect_coverage",
            "column_name": None,
        }
    )
    return rows
