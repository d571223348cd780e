"""The DAG files: importable at once, with the ids, mapping, retries and triggers the rest relies on."""

import itertools
import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from anchor_spend.settings import PROJECT

DAGS = PROJECT / "dags"
FILES = {"ingest_spend", "refresh_reference", "publish_county_view"}
HEAVY = {"pandas", "great_expectations", "dbt", "pyarrow", "altair", "requests", "psycopg"}


@pytest.fixture(scope="module")
def bag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(DAGS))


def test_every_file_imports_and_holds_the_dag_of_its_name(bag: Any) -> None:
    assert bag.import_errors == {}
    assert set(bag.dags) == FILES == {path.stem for path in DAGS.glob("*.py")}


@pytest.mark.parametrize("dag_id", sorted(FILES))
def test_each_file_parses_quickly_and_imports_nothing_heavy(dag_id: str) -> None:
    code = f"""
import json, runpy, sys, time
import airflow.sdk, airflow.sdk.exceptions, pendulum
from airflow.sdk import dag, task
task.short_circuit  # the operators behind @task are Airflow's own, loaded on first use
known, began = set(sys.modules), time.process_time()
runpy.run_path({str(DAGS / dag_id)!r} + ".py")
print(json.dumps([time.process_time() - began, sorted(set(sys.modules) - known)]))
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT / "plugins"
    )
    seconds, modules = json.loads(result.stdout.splitlines()[-1])
    assert seconds < 1
    assert not {name.partition(".")[0] for name in modules} & HEAVY


def test_ingest_maps_over_publishers_and_batches(bag: Any) -> None:
    dag = bag.dags["ingest_spend"]
    assert set(dag.task_ids) == {
        "list_publishers",
        "discover",
        "list_batches",
        "each_batch.land",
        "each_batch.load",
        "announce",
        "report_failures",
    }
    assert dag.get_task("discover").is_mapped
    assert dag.get_task("each_batch.load").get_closest_mapped_task_group().group_id == "each_batch"
    for task_id, key in [
        ("discover", "publisher_id"),
        ("each_batch.land", "batch"),
        ("each_batch.load", "batch"),
    ]:
        task = dag.get_task(task_id)
        template = task.partial_kwargs["map_index_template"] if task.is_mapped else task.map_index_template
        assert f"op_kwargs['{key}']" in template, "each mapped task says its publisher and months"


def test_a_failure_leaves_the_rest_running_and_the_run_red(bag: Any) -> None:
    dag = bag.dags["ingest_spend"]
    assert dag.get_task("list_batches").trigger_rule == "all_done_min_one_success"
    assert dag.get_task("each_batch.load").trigger_rule == "all_done"
    assert dag.get_task("announce").trigger_rule == "all_done"
    watcher = dag.get_task("report_failures")
    assert (watcher.trigger_rule, watcher.retries) == ("one_failed", 0)
    assert watcher.upstream_task_ids == {"discover", "each_batch.land", "each_batch.load"}


def test_publish_order(bag: Any) -> None:
    dag = bag.dags["publish_county_view"]
    steps = ["gate_payments", "resolve_suppliers", "plan_release", "build_models", "gate_county_view"]
    steps += ["publish", "write_report"]
    for earlier, later in itertools.pairwise(steps):
        assert later in dag.get_task(earlier).downstream_task_ids


@pytest.mark.parametrize("dag_id", sorted(FILES))
def test_retries_back_off_and_runs_do_not_overlap(bag: Any, dag_id: str) -> None:
    dag = bag.dags[dag_id]
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.is_paused_upon_creation is False
    assert dag.doc_md
    for task in dag.tasks:
        if task.task_id == "report_failures":
            continue
        assert task.retries >= 2
        assert task.retry_exponential_backoff >= 2
        assert task.retry_delay >= timedelta(seconds=10)
        assert task.execution_timeout


def test_publish_starts_on_new_files_or_registers(bag: Any) -> None:
    condition = bag.dags["publish_county_view"].timetable.asset_condition
    assert {asset.name for asset in condition.objects} == {"payment_files", "reference_data"}
    assert type(condition).__name__ == "AssetAny"
    outlets = {
        (dag_id, task.task_id): [asset.name for asset in task.outlets]
        for dag_id in FILES
        for task in bag.dags[dag_id].tasks
        if task.outlets
    }
    assert outlets == {
        ("ingest_spend", "announce"): ["payment_files"],
        ("refresh_reference", "announce"): ["reference_data"],
    }


@pytest.mark.parametrize(("setting", "schedule"), [("live", "@daily"), ("", None), ("sample", None)])
def test_only_a_live_deployment_has_a_schedule(
    monkeypatch: pytest.MonkeyPatch, setting: str, schedule: str | None
) -> None:
    from anchor_spend.dag_support import daily_when_live

    monkeypatch.setitem(os.environ, "ANCHOR_SPEND_SCHEDULE", setting)
    assert daily_when_live() == schedule


@pytest.mark.parametrize(
    "wrong", [{"source": "fax"}, {"first": "2017-13"}, {"last": "April 2018"}, {"publishers": "all"}]
)
def test_parameters_are_checked_before_a_run_starts(bag: Any, wrong: dict[str, Any]) -> None:
    params = bag.dags["ingest_spend"].params
    copy = type(params)({name: params.get_param(name) for name in params})
    for name, value in wrong.items():
        with pytest.raises(Exception, match=name):
            copy[name] = value
