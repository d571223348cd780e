"""Build a release from everything loaded, gate it, and only then show it to analysts.

Started by new payment files or new reference data. A refused or failed release leaves the one before in
place. When several requests have come together, the newest decides which world (sample or real) is
released.
"""

from typing import Any

import pendulum
from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException

from anchor_spend.dag_support import (
    DEFAULT_ARGS,
    PAYMENT_FILES,
    REFERENCE_DATA,
    final_errors,
    request_of,
    request_params,
    triggering_params,
)


@dag(
    dag_id="publish_county_view",
    schedule=PAYMENT_FILES | REFERENCE_DATA,
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/London"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    params=request_params(),
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["anchor-spend"],
)
def publish_county_view() -> None:
    @task
    def read_request(params: dict[str, Any], triggering_asset_events: Any) -> dict[str, Any]:
        return dict(triggering_params(params, triggering_asset_events))

    @task
    def gate_payments(asked: dict[str, Any]) -> int:
        from anchor_spend import release

        with final_errors():
            return release.gate_payments(request_of(asked).is_synthetic)

    @task
    def resolve_suppliers(asked: dict[str, Any]) -> None:
        from anchor_spend import resolve

        with final_errors():
            resolve.resolve_new_suppliers(request_of(asked).is_synthetic)

    @task
    def plan_release(asked: dict[str, Any]) -> int:
        from anchor_spend import release

        with final_errors():
            number = release.plan(request_of(asked))
        if number is None:
            raise AirflowSkipException("the current release already holds everything")
        return number

    @task
    def build_models(release_number: int, asked: dict[str, Any]) -> int:
        from anchor_spend import transform

        with final_errors():
            transform.build(release_number, request_of(asked).is_synthetic)
        return release_number

    @task
    def gate_county_view(release_number: int) -> int:
        from anchor_spend import release

        with final_errors():
            release.gate(release_number)
        return release_number

    @task
    def publish(release_number: int) -> int:
        from anchor_spend import release

        with final_errors():
            release.publish(release_number)
        return release_number

    @task
    def write_report(release_number: int) -> str:
        from anchor_spend import report

        with final_errors():
            return str(report.write_report(release_number))

    asked = read_request()
    number = plan_release(asked)
    gate_payments(asked) >> resolve_suppliers(asked) >> number
    write_report(publish(gate_county_view(build_models(number, asked))))


publish_county_view()
