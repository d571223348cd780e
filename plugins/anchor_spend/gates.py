"""The three gates: is a file believable, are its loaded payments, may the county view be published.

In: a conformed file, or what is in the database. Out: GateResults; critical failures stop that file or that
release, warnings are kept and shown. The rules are data: expectations/*.json.
Refuses (GateError) to judge when a suite or its facts are broken. Results hold counts, ratios, bodies and
months, never a supplier's name.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, Literal

import pandas as pd
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from anchor_spend import database, ledger
from anchor_spend.errors import DatabaseError, GateError
from anchor_spend.gate_suites import Fact, Outcome, judge_queries, judge_rows
from anchor_spend.periods import file_months, file_period, parse_period
from anchor_spend.records import PAYMENT_COLUMNS, ConformedFile, GateResult, LandedFile
from anchor_spend.spec import Publisher

log = logging.getLogger(__name__)

Suite = Literal["landed_file", "payments", "county_view"]
COUNTY_FACTS = ("release", "files", "years", "body_years", "shares", "bodies", "movements")
_FACTS = Path(__file__).parent / "facts"
_ENOUGH_MONTHS = 3  # fewer trailing months say nothing about a usual month
_ENOUGH_ROWS = 20  # in fewer rows, repeats and a single supplier are ordinary
_EXAMPLES = 20  # failing rows kept with a result on a whole release


# landed_file: facts ----------------------------------------------------------------------------------------


def file_facts(
    conformed: ConformedFile,
    publisher: Publisher,
    stream_name: str,
    landed: LandedFile,
    trailing_pence: Sequence[int],
    replaced: ledger.EarlierMonth | None = None,
) -> Fact:
    """The facts of one file that the landed_file suite judges; None where a fact does not apply.

    `trailing_pence` are the totals of earlier accepted months of the same body and stream; `replaced` are
    those of the version of the same month that counts now.
    """
    payments = conformed.payments
    is_empty = len(payments) == 0 and len(conformed.rejected) == 0
    facts: Fact = {
        "file_id": landed.file_id,
        "subject": f"{landed.publisher_id} {landed.stream} {landed.period}",
        "is_empty": is_empty,
        "is_expected_type": all(item.rule != "unexpected_family" for item in conformed.findings),
        "critical_findings": sum(item.severity == "critical" for item in conformed.findings),
        **_row_facts(conformed),
        **_band_facts(len(payments), publisher, stream_name, is_empty),
        **_amount_facts(payments, publisher, stream_name, landed.period, trailing_pence),
        **_date_facts(payments, publisher, stream_name, landed.period),
        **_supplier_facts(payments),
        **_restatement_facts(payments, replaced),
    }
    return facts


def _row_facts(conformed: ConformedFile) -> Fact:
    parts = (conformed.payments, conformed.rejected, conformed.excluded)
    rejected, excluded = conformed.rejected, conformed.excluded
    return {
        "rows_read": conformed.rows_read,
        "rows_not_conserved": conformed.rows_read - sum(len(part) for part in parts),
        "pence_not_conserved": conformed.pence_read - sum(_pence(part) for part in parts),
        "rows_rejected": len(rejected),
        "share_rejected": _share(len(rejected), len(conformed.payments) + len(rejected)),
        "share_in_unread_sheets": _share(
            (excluded["rule"] == "sheet_without_header").sum(), conformed.rows_read
        ),
    }


def _band_facts(payments: int, publisher: Publisher, stream_name: str, is_empty: bool) -> Fact:
    least, most = _stream(publisher, stream_name).expected.rows
    return {
        "payments": payments,
        "payments_min": least,
        "payments_max": most,
        "payments_against_minimum": None if is_empty else _share(payments, least),
        "payments_against_maximum": None if is_empty else _share(payments, most),
    }


def _amount_facts(
    payments: pd.DataFrame, publisher: Publisher, stream_name: str, period: str, trailing_pence: Sequence[int]
) -> Fact:
    if payments.empty:
        names = ("total_gbp", "total_against_median", "median_gbp", "median_against_threshold", "largest_gbp")
        return dict.fromkeys((*names, "largest_against_limit", "is_largest_sum_of_rest"))
    pence = payments["amount_pence"].astype("int64")
    total, largest = int(pence.sum()), int(pence.abs().max())
    usual = median(trailing_pence) if len(trailing_pence) >= _ENOUGH_MONTHS else 0
    middle = float(pence.abs().median()) / 100
    # purchase cards are published down to the penny, whatever the threshold for payments
    threshold = float(publisher.threshold_of(period)) if stream_name == "payments" else 0
    return {
        "total_gbp": total / 100,
        "total_against_median": _share(total, usual) if usual > 0 else None,
        "median_gbp": middle,
        "median_against_threshold": _share(middle, threshold),
        "largest_gbp": largest / 100,
        "largest_against_limit": largest / 100 / _stream(publisher, stream_name).expected.largest_payment_gbp,
        "is_largest_sum_of_rest": len(pence) > 2 and largest == total - largest,
    }


def _date_facts(payments: pd.DataFrame, publisher: Publisher, stream_name: str, period: str) -> Fact:
    """Payment dates must lie in the file's months; document dates may be older, in few cases later.

    Where the files state no date there is nothing to judge.
    """
    stream = _stream(publisher, stream_name)
    always = ("days_after_period", "years_before_period")
    by_month = ("share_in_period", "modal_months_before_period")
    by_distance = ("share_long_after_period", "share_long_before_period")
    facts: Fact = dict.fromkeys((*always, *by_month, *by_distance))
    if payments.empty or stream.date_basis == "period":
        return facts
    first, last = _file_days(period, stream)
    days = pd.to_datetime(payments["payment_date"])
    facts["days_after_period"] = max(0, (days.max() - last).days)
    facts["years_before_period"] = max(0.0, (first - days.min()).days / 365.25)
    if stream.date_basis == "payment":
        return facts | {"share_in_period": float(days.between(first, last).mean())}
    return facts | {
        "modal_months_before_period": int(_months_before(days, first, last).mode().iloc[0]),
        "share_long_after_period": float((days > last + pd.Timedelta(days=31)).mean()),
        "share_long_before_period": float((days < first - pd.Timedelta(days=366)).mean()),
    }


def _file_days(period: str, stream: Any) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and the last day of the months a file covers."""
    months = file_months(file_period(period, stream.cadence), stream.cadence)
    first, last = (pd.Timestamp(date(*parse_period(month), 1)) for month in (months[0], months[-1]))
    return first, last + pd.offsets.MonthEnd(0)


def _months_before(days: "pd.Series[Any]", first: pd.Timestamp, last: pd.Timestamp) -> "pd.Series[int]":
    """How many months before the file's months a day lies: 0 inside them, below 0 behind them."""
    numbers = days.dt.year * 12 + days.dt.month
    starts, ends = (day.year * 12 + day.month for day in (first, last))
    months: pd.Series[int] = (starts - numbers).clip(lower=0) + (ends - numbers).clip(upper=0)
    return months


def _supplier_facts(payments: pd.DataFrame) -> Fact:
    redacted = payments["is_redacted"].astype(bool)
    named = payments.loc[~redacted, "supplier_name"]
    content = [column for column in PAYMENT_COLUMNS if column not in ("sheet", "row_number")]
    many = len(payments) >= _ENOUGH_ROWS
    is_one_of_many = len(named.dropna()) >= _ENOUGH_ROWS
    return {
        "share_without_supplier": _share(named.isna().sum(), len(payments)),
        "share_redacted": _share(redacted.sum(), len(payments)),
        "share_one_supplier": _share(named.value_counts().max(), len(payments)) if is_one_of_many else None,
        "share_repeated": float(payments.duplicated(content, keep=False).mean()) if many else None,
    }


def _restatement_facts(payments: pd.DataFrame, replaced: ledger.EarlierMonth | None) -> Fact:
    """What a month published again would lose: the larger share of its payments or pounds, 0 where none."""
    facts: Fact = {"restatement_shrinks": None, "payments_before": None, "total_gbp_before": None}
    if replaced is None or not replaced.rows_payments or payments.empty:
        return facts
    lost = [1 - len(payments) / replaced.rows_payments]
    if replaced.pence_payments > 0:
        lost.append(1 - _pence(payments) / replaced.pence_payments)
    return {
        "restatement_shrinks": max(0.0, *lost),
        "payments_before": replaced.rows_payments,
        "total_gbp_before": replaced.pence_payments / 100,
    }


def _stream(publisher: Publisher, name: str) -> Any:
    return publisher.streams[name]  # type: ignore[index]


def _pence(rows: pd.DataFrame) -> int:
    return sum(int(pence) for pence in rows["amount_pence"])


def _share(part: Any, whole: Any) -> float | None:
    return float(part) / float(whole) if whole else None


# checks ----------------------------------------------------------------------------------------------------


def check_landed_files(facts: Sequence[Fact]) -> dict[int, list[GateResult]]:
    """Judge a batch of files in one go, before they are loaded: results by file_id."""
    results: dict[int, list[GateResult]] = {int(fact["file_id"]): [] for fact in facts}
    if facts:
        for result in _results_by_file("landed_file", judge_rows("landed_file", facts)):
            assert result.file_id is not None
            results[result.file_id].append(result)
    return results


def check_payments(is_synthetic: bool) -> list[GateResult]:
    """Judge, in the database, each accepted file that was not judged since it was accepted."""
    query = _query("payments_files", is_synthetic=sql.Literal(is_synthetic))
    with database.connect("loader") as connection:
        if connection.execute(query.encode()).fetchone() is None:
            return []  # without the seconds that Great Expectations takes to import
    return _results_by_file("payments", _judge("payments", {"": query}, "loader"))


def check_county_view(release_number: int, facts: Sequence[str] = COUNTY_FACTS) -> list[GateResult]:
    """Judge a candidate release in schema release_<n>; one result an expectation, with examples.

    `facts` narrows what is judged; a release may be published only after all of them.
    """
    previous = _release_before(release_number)
    values = {
        "number": sql.Literal(release_number),
        "schema": sql.Identifier(f"release_{release_number}"),
        "previous": sql.Literal(previous),
        "previous_schema": sql.Identifier(f"release_{previous}"),
    }
    asked = [name for name in facts if previous or name != "movements"]
    queries = {name: _query(f"county_view_{name}", **values) for name in asked}
    outcomes = _judge("county_view", queries, "publisher")
    return [_release_result(outcome, release_number) for outcome in outcomes]


def _query(name: str, **values: sql.Composable) -> str:
    template = (_FACTS / f"{name}.sql").read_text(encoding="utf-8")
    return sql.SQL(template).format(**values).as_string()


def _judge(suite: Suite, queries: dict[str, str], role: database.Role) -> list[Outcome]:
    from sqlalchemy.exc import SQLAlchemyError

    with database.connect(role):
        pass  # an unreachable database is told in our own words
    try:
        return judge_queries(suite, queries, database.role_url(role))
    except SQLAlchemyError as error:
        raise GateError(
            f"The facts for expectations/{suite}.json could not be read as {role}: {error}"
        ) from error


def _release_before(number: int) -> int:
    """The release of the same world to compare with: the one analysts see, else the last kept; else 0."""
    with database.connect("publisher") as connection:
        row = connection.execute(
            """select earlier.release_number
               from quality.releases candidate
               join quality.releases earlier on earlier.is_synthetic = candidate.is_synthetic
               left join quality.current_release shown on shown.release_number = earlier.release_number
               where candidate.release_number = %s and earlier.release_number <> candidate.release_number
                   and earlier.status = 'published'
                   and to_regclass(format('release_%%s.county_view', earlier.release_number)) is not null
               order by shown.release_number nulls last, earlier.release_number desc
               limit 1""",
            [number],
        ).fetchone()
    return int(row[0]) if row else 0


def _results_by_file(suite: Suite, outcomes: Iterable[Outcome]) -> list[GateResult]:
    """A result for each expectation and each file it applies to."""
    return [
        _result(
            suite,
            outcome,
            success=all(fact is not failing for failing in outcome.failed),
            observed={"subject": fact["subject"], **outcome.compared(fact)},
            file_id=int(fact["file_id"]),
        )
        for outcome in outcomes
        for fact in outcome.judged
    ]


def _release_result(outcome: Outcome, number: int) -> GateResult:
    examples = [{"subject": fact["subject"], **outcome.compared(fact)} for fact in outcome.failed[:_EXAMPLES]]
    counts = {"judged": len(outcome.judged), "failed": len(outcome.failed)}
    observed = {**counts, **({"examples": examples} if examples else {})}
    success = not outcome.failed
    return _result("county_view", outcome, success=success, observed=observed, release_number=number)


def _result(
    suite: Suite,
    outcome: Outcome,
    *,
    success: bool,
    observed: dict[str, Any],
    file_id: int | None = None,
    release_number: int | None = None,
) -> GateResult:
    if not success:
        observed["remedy"] = outcome.meta["remedy"]
    return GateResult(
        suite=suite,
        expectation=outcome.expectation,
        column=outcome.column,
        severity="critical" if outcome.severity == "critical" else "warning",
        success=success,
        observed=observed,
        why=outcome.meta["why"],
        file_id=file_id,
        release_number=release_number,
    )


# what follows ----------------------------------------------------------------------------------------------


def hold_files(results: Iterable[GateResult]) -> int:
    """Set files whose payments fail critically to 'held', with the reason; number of files held."""
    failures: dict[int, list[GateResult]] = {}
    for result in results:
        if result.stops and result.file_id is not None:
            failures.setdefault(result.file_id, []).append(result)
    for file_id, failed in failures.items():
        ledger.mark_held(file_id, reason(failed), rule=failed[0].column)
    return len(failures)


def store_results(results: Sequence[GateResult]) -> None:
    """Keep results in quality.gate_results; what cannot be kept is logged, never raised."""
    for role, suites in (("loader", ("landed_file", "payments")), ("publisher", ("county_view",))):
        rows = [_stored(result) for result in results if result.suite in suites]
        try:
            if rows:
                _insert(role, rows)  # type: ignore[arg-type]
        except (DatabaseError, psycopg.Error) as error:
            log.error("%d gate results of %s could not be stored: %s", len(rows), "/".join(suites), error)


def _stored(result: GateResult) -> tuple[Any, ...]:
    return (
        result.suite, result.file_id, result.release_number, result.expectation, result.column,
        result.severity, result.success, Jsonb(result.observed), result.why,
    )  # fmt: skip


def _insert(role: database.Role, rows: list[tuple[Any, ...]]) -> None:
    with database.connect(role) as connection, connection.cursor() as cursor:
        cursor.executemany(
            """insert into quality.gate_results (
                   suite, file_id, release_number, expectation, column_name, severity, success, observed, why)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            rows,
        )


def reason(results: Iterable[GateResult]) -> str:
    """Why a file or release is stopped, in one line."""
    return " ".join(
        f"{describe(result)}. {result.why} {_remedy(result)}".strip() for result in results if result.stops
    )


def _remedy(result: GateResult) -> str:
    remedy = result.observed.get("remedy")
    return f"What to do: {remedy}" if remedy else ""


def summarise(results: Sequence[GateResult]) -> list[str]:
    """Lines for people: how many failed, then one line for each rule, critical ones first."""
    failed = sorted((item for item in results if not item.success), key=lambda item: item.severity)
    critical = sum(item.severity == "critical" for item in failed)
    warnings = _plural(len(failed) - critical, "warning")
    head = f"{critical} critical, {warnings} of {_plural(len(results), 'check')}"
    by_rule: dict[tuple[str, str], list[GateResult]] = {}
    for item in failed:
        by_rule.setdefault((item.column, item.severity), []).append(item)
    return [head + ":", *map(_line, by_rule.values())] if failed else [head]


def _line(alike: list[GateResult]) -> str:
    first = alike[0]
    others = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
    subject = f"{first.observed['subject']}{others}: " if "subject" in first.observed else ""
    said = f"{first.severity}: {subject}{describe(first)}. {first.why}"
    return f"{said} What to do: {first.observed['remedy']}"


def describe(result: GateResult) -> str:
    """'share_rejected is 0.12 (at most 0.05 expected)'; for a release also how many rows fail, and which."""
    if "failed" not in result.observed:
        return f"{result.column} is {_comparison(result.observed)}"
    first = result.observed["examples"][0]
    said = f"{result.column} is {_comparison(first)} for {first['subject']}"
    others = result.observed["failed"] - 1
    return f"{said} and fails for {others} more of {result.observed['judged']}" if others else said


def _comparison(observed: dict[str, Any]) -> str:
    low, high = observed.get("min"), observed.get("max")
    if "allowed" in observed:
        limit = " or ".join(map(_number, observed["allowed"]))
    elif low == high:
        limit = _number(low)
    else:
        bounds = {"at least": low, "at most": high}
        limit = ", ".join(f"{word} {_number(bound)}" for word, bound in bounds.items() if bound is not None)
    return f"{_number(observed['value'])} ({limit} expected)"


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
