"""Fetch what the publishers offer, keep it, read it, check it, load it.

Mapped over publishers, then over batches: some years of a publisher's new files, or its files to ask about
again. A publisher or a file that fails leaves the others running; what was loaded is announced to
`publish_county_view` either way, and the run is marked failed so that a person looks.
"""

from typing import Any

import pendulum
from airflow.sdk import TriggerRule, dag, task, task_group
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from anchor_spend.dag_support import (
    DEFAULT_ARGS,
    PAYMENT_FILES,
    announcement,
    daily_when_live,
    final_errors,
    request_of,
    request_params,
)


@dag(
    dag_id="ingest_spend",
    schedule=daily_when_live(),
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/London"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    params=request_params(),
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["anchor-spend"],
)
def ingest_spend() -> None:
    @task
    def list_publishers(params: dict[str, Any]) -> list[str]:
        from anchor_spend import sources

        with final_errors():
            return sources.publisher_ids(params["publishers"])

    @task(map_index_template="{{ task.op_kwargs['publisher_id'] }}")
    def discover(publisher_id: str, params: dict[str, Any], run_id: str) -> list[dict[str, Any]]:
        from anchor_spend import ingest

        with final_errors():
            return ingest.discover_batches(publisher_id, request_of(params), run_id)

    @task(trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def list_batches(found: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
        return [batch for batches in found for batch in batches]

    @task(map_index_template="{{ task.op_kwargs['batch']['label'] }}")
    def land(batch: dict[str, Any], params: dict[str, Any], run_id: str) -> int:
        from anchor_spend import ingest

        with final_errors():
            return ingest.land_batch(batch, request_of(params), run_id)

    # also after a failed land: the files of the batch that could be had are loaded
    @task(
        map_index_template="{{ task.op_kwargs['batch']['label'] }}",
        trigger_rule=TriggerRule.ALL_DONE,
        priority_weight=10,  # before the next land: one needs the processor, the other the network
    )
    def load(batch: dict[str, Any], params: dict[str, Any]) -> dict[str, int]:
        from anchor_spend import ingest

        with final_errors():
            return ingest.load_batch(batch, request_of(params))

    @task_group
    def each_batch(batch: dict[str, Any]) -> Any:
        landed, loaded = land(batch=batch), load(batch=batch)
        landed >> loaded
        return landed, loaded

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[PAYMENT_FILES])
    def announce(loaded: Any, params: dict[str, Any], outlet_events: Any) -> dict[str, int]:
        # of a mapped group Airflow hands over a list, the bare result of a single one, or None
        batches = [loaded] if isinstance(loaded, dict) else list(loaded or [])
        if not batches:
            raise AirflowSkipException("no batch could be worked: there is nothing to publish")
        counts = {name: sum(batch[name] for batch in batches) for name in ("accepted", "rejected")}
        outlet_events[PAYMENT_FILES].extra = announcement(params, counts=counts)
        return counts

    @task(trigger_rule=TriggerRule.ONE_FAILED, retries=0)
    def report_failures() -> None:
        raise AirflowFailException("some publishers or files failed: see the failed tasks of this run")

    found = discover.expand(publisher_id=list_publishers())
    landed, loaded = each_batch.expand(batch=list_batches(found))
    announce(loaded)
    [found, landed, loaded] >> report_failures()


ingest_spend()
