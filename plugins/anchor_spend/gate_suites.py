"""Expectation suites, read from expectations/<suite>.json and run by Great Expectations.

In: a suite's name and the facts it judges: rows of plain values, or a query that gives such rows.
Out: one Outcome per expectation: the fact rows it judged, and which of them fail.
Refuses a suite Great Expectations cannot read whole, and an expectation that could not be evaluated: a gate
that is broken never counts as passed.

A null fact means 'does not apply here': no expectation judges it.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from anchor_spend.errors import GateError
from anchor_spend.settings import PROJECT

SUITES = PROJECT / "expectations"
Fact = dict[str, Any]
_KEY = "fact_row"  # numbers the fact rows, so that Great Expectations can say which of them fail
_UNLIMITED = 1_000_000  # on SQL it lists only the first 20 failing rows unless told otherwise


@dataclass(frozen=True)
class Outcome:
    """What one expectation said; `failed` is a part of `judged`."""

    expectation: str
    kwargs: dict[str, Any]
    meta: dict[str, Any]  # why, remedy, and the further facts a person should see
    severity: str
    judged: list[Fact]
    failed: list[Fact]

    @property
    def column(self) -> str:
        return str(self.kwargs["column"])

    def compared(self, fact: Fact) -> dict[str, Any]:
        """The value judged, what it was held against and the facts that explain it; ready for JSON."""
        limits = {
            "min": self.kwargs.get("min_value"),
            "max": self.kwargs.get("max_value"),
            "allowed": self.kwargs.get("value_set"),
        }
        shown = {name: fact[name] for name in self.meta.get("shows", [])}
        known = {name: limit for name, limit in limits.items() if limit is not None}
        return {"value": fact[self.column], **known, **shown}


def read_suite(name: str) -> dict[str, Any]:
    """A suite as its JSON file holds it."""
    try:
        suite: dict[str, Any] = json.loads((SUITES / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GateError(f"expectations/{name}.json cannot be read: {error}") from error
    return suite


def judge_rows(suite: str, rows: Sequence[Fact]) -> list[Outcome]:
    """Judge rows held in memory."""
    import pandas as pd

    context = _new_context()
    frame = pd.DataFrame([{**row, _KEY: number} for number, row in enumerate(rows)])
    asset = context.data_sources.add_pandas("facts").add_dataframe_asset("facts")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    return _judge(suite, "", batch, list(rows))


def judge_queries(suite: str, queries: Mapping[str, str], url: str) -> list[Outcome]:
    """Judge, in PostgreSQL, the rows of each query by the expectations whose meta.facts is its key.

    The role in `url` must be allowed temporary tables: each query runs once, into one.
    """
    source = _new_context().data_sources.add_postgres(
        "facts",
        connection_string=url.replace("postgresql://", "postgresql+psycopg://", 1),
        create_temp_table=True,
        kwargs={"pool_size": 1, "max_overflow": 0},  # a temporary table is seen by its own connection only
    )
    engine = source.get_execution_engine()
    try:
        return [
            outcome
            for facts, query in queries.items()
            for outcome in _judge_query(suite, facts, query, source, engine)
        ]
    finally:
        engine.engine.dispose()
        source.get_engine().dispose()


def _judge_query(suite: str, facts: str, query: str, source: Any, engine: Any) -> list[Outcome]:
    import sqlalchemy

    numbered = f"select row_number() over () - 1 as {_KEY}, facts.* from (\n{query}\n) as facts"  # noqa: S608
    asset = source.add_query_asset(f"facts {facts}", query=numbered)
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    everything = sqlalchemy.select(sqlalchemy.text("*")).select_from(batch.data.selectable)
    rows = engine.execute_query(everything.order_by(sqlalchemy.text(_KEY)))
    return _judge(suite, facts, batch, [_without_key(row._mapping) for row in rows])


def _without_key(row: Any) -> Fact:
    return {name: _plain(value) for name, value in row.items() if name != _KEY}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _new_context() -> Any:
    """A Great Expectations context that keeps nothing, phones nobody and draws no progress bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _load(name: str, facts: str) -> Any:
    """The expectations of a suite that judge `facts` ('' where the suite has one kind only)."""
    from great_expectations import ExpectationSuite

    written = [item for item in read_suite(name)["expectations"] if item["meta"].get("facts", "") == facts]
    suite = ExpectationSuite(name=name, expectations=written)
    if not written or len(suite.expectations) != len(written):
        # it logs and drops an expectation it cannot read
        raise GateError(f"expectations/{name}.json: {len(suite.expectations)} of {len(written)} read")
    return suite


def _judge(name: str, facts: str, batch: Any, rows: list[Fact]) -> list[Outcome]:
    asked = {"unexpected_index_column_names": [_KEY], "partial_unexpected_count": _UNLIMITED}
    report = batch.validate(_load(name, facts), result_format={"result_format": "COMPLETE", **asked})
    return [_outcome(name, item, rows) for item in report.results]


def _outcome(name: str, item: Any, rows: list[Fact]) -> Outcome:
    config = item.expectation_config
    if not item.result:
        raise GateError(f"expectations/{name}.json: {config.type} {config.kwargs}: {item.exception_info}")
    column = config.kwargs["column"]
    failed = [rows[int(place[_KEY])] for place in item.result.get("unexpected_index_list") or []]
    if bool(failed) is item.success:
        raise GateError(f"expectations/{name}.json: {config.type} of {column} contradicts itself")
    kwargs = {key: value for key, value in config.kwargs.items() if key != "batch_id"}
    judged = [row for row in rows if row[column] is not None]
    return Outcome(config.type, kwargs, config.meta, config.severity.value, judged, failed)
