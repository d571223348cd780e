"""The landed_file gate: each rule fails for the file made to break it and no other. Names are invented."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from anchor_spend import gate_suites, gates
from anchor_spend.conform import conform
from anchor_spend.errors import GateError
from anchor_spend.gate_suites import judge_rows, read_suite
from anchor_spend.ledger import EarlierMonth
from anchor_spend.readers import read_tables
from anchor_spend.records import (
    ASIDE_COLUMNS,
    PAYMENT_COLUMNS,
    ConformedFile,
    Finding,
    GateResult,
    LandedFile,
)
from anchor_spend.spec import Publisher, load_specs

PERIOD = "2017-06"
SUITES = ["landed_file", "payments", "county_view"]
Change = Callable[[ConformedFile], ConformedFile]


def make_publisher(
    date_basis: str = "payment",
    rows: tuple[int, int] = (20, 200),
    largest: int = 100_000,
    cadence: str = "monthly",
) -> Publisher:
    stream = {
        "cadence": cadence,
        "first_period": "2016-04",
        "due_days": 30,
        "date_basis": date_basis,
        "format": {"family": "delimited", "dates": ["%d/%m/%Y"]},
        "columns": {"payment_date": ["Date"], "amount": ["Amount"], "supplier_name": ["Supplier"]},
        "expected": {"rows": rows, "largest_payment_gbp": largest},
    }
    return Publisher.model_validate(
        {
            "publisher_id": "fen_vale_council",
            "name": "Fen Vale Council",
            "org_id": "GB-LAE-XXX",
            "body_type": "council",
            "postcode": "LU1 1AA",
            "valid_from": "1997-04-01",
            "vat_basis": "net",
            "thresholds": [
                {"valid_from": "2016-04-01", "gbp": 250},
                {"valid_from": "2018-04-01", "gbp": 500},
            ],
            "licence": "OGL-UK-3.0",
            "streams": {"payments": stream, "purchase_card": stream},
        }
    )


def make_payments(count: int = 40) -> pd.DataFrame:
    """Ordinary payments of June 2017: distinct, £300 to £2,250, eight suppliers."""
    rows = [
        {
            **dict.fromkeys(PAYMENT_COLUMNS),
            "sheet": "",
            "row_number": number + 2,
            "payment_date": date(2017, 6, number % 30 + 1),
            "amount_pence": 30_000 + number % 40 * 5_000,
            "supplier_name": f"Larkfield Supplies {number % 8}",
            "department": "Highways",
            "transaction_ref": f"T{number}",
            "is_redacted": False,
        }
        for number in range(count)
    ]
    return pd.DataFrame(rows, columns=PAYMENT_COLUMNS)


def make_aside(count: int, rule: str, pence: int = 0) -> pd.DataFrame:
    rows = [("", 1000 + number, rule, "", "", pence) for number in range(count)]
    return pd.DataFrame(rows, columns=ASIDE_COLUMNS)


def make_file(payments: pd.DataFrame | None = None, rejected: int = 0, unread: int = 0) -> ConformedFile:
    """A file whose conservation equation closes, whatever is in it."""
    payments = make_payments() if payments is None else payments
    return ConformedFile(
        payments=payments,
        rejected=make_aside(rejected, "date_unreadable", 100),
        excluded=make_aside(unread, "sheet_without_header"),
        rows_read=len(payments) + rejected + unread,
        pence_read=int(payments["amount_pence"].sum()) + rejected * 100,
        reading={},
    )


def with_column(column: str, value: Any, first: int = 40, count: int = 40) -> ConformedFile:
    """An ordinary file with `value` in the first rows of a column; a callable gets the old value."""
    payments = make_payments(count)
    old = payments[column].tolist()
    new = [value(item) if callable(value) else value for item in old[:first]] + old[first:]
    payments[column] = pd.Series(
        new, index=payments.index, dtype=object if column != "amount_pence" else "int64"
    )
    return make_file(payments)


def with_finding(severity: Any, rule: str = "unexpected_family") -> ConformedFile:
    return replace(make_file(), findings=[Finding(rule, severity, "")])


def with_total_row() -> ConformedFile:
    payments = make_payments()
    payments.loc[0, "amount_pence"] = int(payments["amount_pence"][1:].sum())
    return make_file(payments)


def with_twins(distinct: int) -> ConformedFile:
    """The first `distinct` rows once, the others twice."""
    payments = make_payments()
    return make_file(pd.concat([payments, payments[distinct:]], ignore_index=True))


def dated(day: str, first: int = 40) -> ConformedFile:
    return with_column("payment_date", date.fromisoformat(day), first)


def times(factor: float, first: int = 40) -> ConformedFile:
    return with_column("amount_pence", lambda pence: int(pence * factor), first)


DOCUMENT = make_publisher("document")
ROOMY = make_publisher(largest=100_000_000)
USUAL = [4_700_000, 5_000_000, 5_300_000]  # months before, in pence; an ordinary file has 5,100,000

# rule that must fail, severity, file, publisher, months before
BAD_FILES: list[tuple[str, str, ConformedFile, Publisher, list[int]]] = [
    ("rows_not_conserved", "critical", replace(make_file(), rows_read=41), ROOMY, []),
    ("pence_not_conserved", "critical", replace(make_file(), pence_read=1), ROOMY, []),
    ("critical_findings", "critical", with_finding("critical", "some_rule"), ROOMY, []),
    ("is_expected_type", "warning", with_finding("warning"), ROOMY, []),
    ("is_empty", "warning", make_file(make_payments(0)), ROOMY, []),
    ("payments_against_minimum", "critical", make_file(make_payments(19)), ROOMY, []),
    ("payments_against_maximum", "critical", make_file(make_payments(201)), ROOMY, []),
    ("share_rejected", "warning", make_file(rejected=1), ROOMY, []),
    ("share_rejected", "critical", make_file(rejected=3), ROOMY, []),
    ("share_in_unread_sheets", "warning", make_file(unread=20), ROOMY, []),
    ("total_gbp", "critical", times(-1), ROOMY, []),
    ("total_against_median", "warning", make_file(), ROOMY, [pence // 3 for pence in USUAL]),
    ("total_against_median", "critical", make_file(), ROOMY, [pence // 11 for pence in USUAL]),
    ("total_against_median", "critical", make_file(), ROOMY, [pence * 11 for pence in USUAL]),
    ("median_against_threshold", "warning", times(12), ROOMY, []),
    ("median_against_threshold", "critical", times(1000), ROOMY, []),
    ("median_against_threshold", "critical", times(0.001), ROOMY, []),
    ("largest_against_limit", "critical", with_column("amount_pence", 200_000_00, 1), make_publisher(), []),
    ("is_largest_sum_of_rest", "critical", with_total_row(), ROOMY, []),
    ("share_in_period", "warning", dated("2017-05-31", 2), ROOMY, []),
    ("share_in_period", "critical", dated("2017-05-31"), ROOMY, []),
    ("modal_months_before_period", "warning", dated("2017-05-31", 30), DOCUMENT, []),
    ("modal_months_before_period", "critical", dated("2017-03-31", 30), DOCUMENT, []),
    ("modal_months_before_period", "critical", dated("2017-07-01", 30), DOCUMENT, []),
    ("days_after_period", "warning", dated("2018-05-01", 1), DOCUMENT, []),
    ("share_long_after_period", "critical", dated("2017-08-01", 3), DOCUMENT, []),
    ("share_long_before_period", "critical", dated("2016-05-01", 9), DOCUMENT, []),
    ("years_before_period", "warning", dated("2010-06-01", 1), DOCUMENT, []),
    ("share_without_supplier", "warning", with_column("supplier_name", None, 1), ROOMY, []),
    ("share_without_supplier", "critical", with_column("supplier_name", None, 9), ROOMY, []),
    ("share_redacted", "warning", with_column("is_redacted", True, 13), ROOMY, []),
    ("share_redacted", "critical", with_column("is_redacted", True, 31), ROOMY, []),
    ("share_one_supplier", "warning", with_column("supplier_name", "Fen Vale Council", 21), ROOMY, []),
    ("share_one_supplier", "critical", with_column("supplier_name", "Fen Vale Council"), ROOMY, []),
    ("share_repeated", "warning", with_twins(20), ROOMY, []),
    ("share_repeated", "critical", with_twins(0), ROOMY, []),
    ("restatement_shrinks", "warning", make_file(), ROOMY, []),
    ("restatement_shrinks", "critical", make_file(), ROOMY, []),
    ("restatement_shrinks", "critical", make_file(), ROOMY, []),
]  # fmt: skip
# a warning that a bad file brings along by its nature
SIDE_WARNINGS = {
    "share_long_after_period": {"days_after_period"},
    "modal_months_before_period": {"days_after_period"},
}

GOOD_FILES: list[tuple[str, ConformedFile, Publisher, list[int]]] = [
    ("an ordinary month", make_file(), make_publisher(), USUAL),
    ("two earlier months say nothing", make_file(), make_publisher(), [1, 1]),
    ("document dates, a quarter of them older", dated("2017-04-10", 10), DOCUMENT, USUAL),
    ("a few credit notes", times(-1, 4), make_publisher(), []),
    ("a third of the rows repeated", with_twins(30), make_publisher(), []),
    ("one supplier, but few rows", make_file(make_payments(3)), make_publisher(rows=(1, 200)), []),
    ("published again without two rows", make_file(), make_publisher(), USUAL),
    ("published again with more", make_file(), make_publisher(), USUAL),
]  # fmt: skip

# by file: what the version of the same month has that counts; the files here have 40 payments of £51,000
REPLACED = {
    len(BAD_FILES) - 3: EarlierMonth("2017-06", 44, 5_100_000, 0),
    len(BAD_FILES) - 2: EarlierMonth("2017-06", 90, 5_100_000, 0),
    len(BAD_FILES) - 1: EarlierMonth("2017-06", 40, 11_000_000, 0),
    1000 + len(GOOD_FILES) - 2: EarlierMonth("2017-06", 42, 5_200_000, 0),
    1000 + len(GOOD_FILES) - 1: EarlierMonth("2017-06", 20, 2_000_000, 0),
}


def facts_of(
    conformed: ConformedFile, publisher: Publisher, trailing: list[int], file_id: int, **named: str
) -> dict:
    stream = named.get("stream", "payments")
    landed = LandedFile(file_id, publisher.publisher_id, stream, PERIOD, "a" * 64, "june.csv", 1, "http://x")
    return gates.file_facts(conformed, publisher, stream, landed, trailing, REPLACED.get(file_id))


@pytest.fixture(scope="module")
def judged() -> dict[int, list[GateResult]]:
    """Every bad file (its place in BAD_FILES) and every good one (1000 on), judged in one go."""
    bad = [facts_of(*case[2:], number) for number, case in enumerate(BAD_FILES)]
    good = [facts_of(*case[1:], 1000 + number) for number, case in enumerate(GOOD_FILES)]
    return gates.check_landed_files(bad + good)


def failures(results: list[GateResult], severity: str) -> set[str]:
    return {result.column for result in results if not result.success and result.severity == severity}


@pytest.mark.parametrize("number", range(len(BAD_FILES)), ids=lambda number: "-".join(BAD_FILES[number][:2]))
def test_bad_file_fails_for_its_reason_only(judged: dict[int, list[GateResult]], number: int) -> None:
    column, severity, *_ = BAD_FILES[number]
    critical, warnings = (failures(judged[number], kind) for kind in ("critical", "warning"))
    assert critical == ({column} if severity == "critical" else set())
    assert warnings - SIDE_WARNINGS.get(column, set()) <= {column}
    assert column in critical | warnings
    found = next(item for item in judged[number] if item.column == column and not item.success)
    assert {"subject", "value", "remedy"} <= set(found.observed)


@pytest.mark.parametrize("number", range(len(GOOD_FILES)), ids=lambda number: GOOD_FILES[number][0])
def test_good_file_passes_every_rule(judged: dict[int, list[GateResult]], number: int) -> None:
    assert [item for item in judged[1000 + number] if not item.success] == []


def test_every_rule_for_files_can_fail() -> None:
    shown = {(column, severity) for column, severity, *_ in BAD_FILES}
    written = {
        (item["kwargs"]["column"], item["severity"]) for item in read_suite("landed_file")["expectations"]
    }
    assert written == shown


@pytest.mark.parametrize(
    ("cadence", "date_basis", "period", "share", "modal_months", "days_after"),
    [  # the payments are dated from 1 to 30 June 2017
        ("monthly", "payment", "2017-06", 1.0, None, 0),
        ("monthly", "payment", "2017-05", 0.0, None, 30),
        ("quarterly", "payment", "2017-04", 1.0, None, 0),
        ("quarterly", "payment", "2017-01", 0.0, None, 91),
        ("yearly", "payment", "2017-04", 1.0, None, 0),
        ("yearly", "payment", "2016-04", 0.0, None, 91),
        ("quarterly", "document", "2017-04", None, 0, 0),
        ("quarterly", "document", "2017-07", None, 1, 0),
        ("quarterly", "document", "2017-10", None, 4, 0),
        ("quarterly", "document", "2017-01", None, -3, 91),
        ("quarterly", "period", "2017-01", None, None, None),
    ],
)
def test_dates_are_held_against_all_months_of_the_file(
    cadence: str,
    date_basis: str,
    period: str,
    share: float | None,
    modal_months: int | None,
    days_after: int | None,
) -> None:
    publisher = make_publisher(date_basis, cadence=cadence)
    facts = gates._date_facts(make_payments(), publisher, "payments", period)
    assert facts["share_in_period"] == share
    assert facts["modal_months_before_period"] == modal_months
    assert facts["days_after_period"] == days_after


def test_amounts_a_thousand_times_too_large_stop_the_first_file_of_a_publisher() -> None:
    inflated = times(1000)
    results = gates.check_landed_files([facts_of(inflated, make_publisher(), [], 1)])[1]
    assert failures(results, "critical") == {"median_against_threshold", "largest_against_limit"}


def test_empty_month_is_judged_only_by_what_applies() -> None:
    results = gates.check_landed_files([facts_of(make_file(make_payments(0)), make_publisher(), USUAL, 1)])[1]
    assert {item.column for item in results if item.success} == {
        "rows_not_conserved", "pence_not_conserved", "critical_findings", "is_expected_type",
    }  # fmt: skip
    assert failures(results, "warning") == {"is_empty"} and not failures(results, "critical")


def test_file_of_rejected_rows_only_is_not_empty() -> None:
    facts = facts_of(make_file(make_payments(0), rejected=5), make_publisher(), [], 1)
    assert (facts["is_empty"], facts["share_rejected"], facts["payments_against_minimum"]) == (
        False,
        1.0,
        0.0,
    )


@pytest.mark.parametrize(
    ("period", "stream", "expected"),
    [
        ("2015-01", "payments", 250),  # before the first threshold known: that one
        ("2018-03", "payments", 250),
        ("2018-04", "payments", 500),
        ("2018-04", "purchase_card", None),  # cards are published down to the penny
    ],
)
def test_typical_payment_is_held_against_the_threshold_in_force(
    period: str, stream: str, expected: int | None
) -> None:
    publisher = make_publisher()
    landed = LandedFile(1, publisher.publisher_id, stream, period, "a" * 64, "x", 1, "x")
    facts = gates.file_facts(make_file(), publisher, stream, landed, [])
    middle = facts["median_gbp"]
    assert facts["median_against_threshold"] == (middle / expected if expected else None)


def test_no_file_needs_no_verdict() -> None:
    assert gates.check_landed_files([]) == {}


# suites ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SUITES)
def test_suite_is_read_whole_and_written_back_the_same(name: str) -> None:
    from great_expectations import ExpectationSuite

    written = read_suite(name)
    suite = ExpectationSuite(
        name=written["name"], notes=written["notes"], expectations=written["expectations"]
    )
    again = suite.to_json_dict()["expectations"]
    keys = ("type", "kwargs", "severity", "meta")
    assert [{key: item[key] for key in keys} for item in again] == written["expectations"]


@pytest.mark.parametrize("name", SUITES)
def test_every_expectation_says_why_what_to_do_and_how_serious(name: str) -> None:
    seen = set()
    for item in read_suite(name)["expectations"]:
        assert item["severity"] in ("critical", "warning")
        assert all(item["meta"][key].endswith(".") for key in ("why", "remedy")), item
        key = (item["meta"].get("facts"), item["kwargs"]["column"], item["severity"])
        assert key not in seen, f"{key} is judged twice"
        seen.add(key)


@pytest.mark.parametrize(
    ("expectation", "complaint"),
    [
        (
            {"type": "expect_column_values_to_shine", "kwargs": {"column": "a"}},
            "expect_column_values_to_shine|0 of 1",
        ),
        (
            {"type": "expect_column_values_to_be_between", "kwargs": {"column": "absent", "min_value": 1}},
            "absent",
        ),
    ],
)
def test_a_broken_suite_never_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expectation: dict[str, Any], complaint: str
) -> None:
    written = {
        "name": "landed_file",
        "expectations": [{**expectation, "severity": "critical", "meta": {"why": "x."}}],
    }
    (tmp_path / "landed_file.json").write_text(json.dumps(written))
    monkeypatch.setattr(gate_suites, "SUITES", tmp_path)
    with pytest.raises(GateError, match=complaint):
        judge_rows("landed_file", [{"a": 1}])


def test_a_missing_suite_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_suites, "SUITES", tmp_path)
    with pytest.raises(GateError, match=r"expectations/payments\.json"):
        read_suite("payments")


# words for people ------------------------------------------------------------------------------------------


def test_summary_counts_and_explains(judged: dict[int, list[GateResult]]) -> None:
    kinds = [case[:2] for case in BAD_FILES]
    rejected = judged[kinds.index(("share_rejected", "critical"))]
    empty = judged[kinds.index(("is_empty", "warning"))]
    lines = gates.summarise([*empty, *rejected, *rejected])
    assert lines[0].startswith("2 critical, 3 warnings of ")
    assert lines[1].startswith(
        "critical: fen_vale_council payments 2017-06 and 1 more: share_rejected is 0.06977 "
        "(at most 0.05 expected). So many rows cannot be loaded"
    )
    assert "What to do: " in lines[1]
    assert [line.split(":")[0] for line in lines[1:]] == ["critical", "warning", "warning"]
    assert "is_empty is true (false expected)" in gates.summarise(empty)[1]
    assert gates.summarise(judged[1000]) == [f"0 critical, 0 warnings of {len(judged[1000])} checks"]


def test_reason_gives_what_stops_a_file_in_one_line(judged: dict[int, list[GateResult]]) -> None:
    kinds = [case[:2] for case in BAD_FILES]
    text = gates.reason(judged[kinds.index(("payments_against_minimum", "critical"))])
    assert text.startswith("payments_against_minimum is 0.95 (at least 1 expected). Far fewer payments")
    assert "\n" not in text and gates.reason(judged[1000]) == ""


# real files ------------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_real_files_pass(real_data: Path) -> None:
    manifest = pd.read_csv(real_data / "archive" / "manifest.csv")
    files = manifest[manifest["stream"] == "payments"].sort_values(["publisher_id", "period"])
    specs, months, facts = load_specs(), {}, []
    for number, row in enumerate(files.itertuples()):
        publisher, path = specs[row.publisher_id], real_data / "archive" / row.file
        tables = read_tables(path.read_bytes(), path.name, publisher.streams["payments"].format)
        conformed = conform(tables, publisher, "payments", row.period, path.name)
        landed = LandedFile(number, row.publisher_id, "payments", row.period, row.sha256, path.name, 1, "")
        before = months.setdefault(row.publisher_id, [])
        facts.append(gates.file_facts(conformed, publisher, "payments", landed, before))
        before.append(int(conformed.payments["amount_pence"].sum()))
    results = gates.check_landed_files(facts)
    assert len(results) == len(files)
    assert {item.column for of_file in results.values() for item in of_file if item.stops} == set()
    warned = {item.column for of_file in results.values() for item in of_file if not item.success}
    assert warned <= {"is_expected_type", "days_after_period"}
