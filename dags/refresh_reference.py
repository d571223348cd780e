"""Load postcodes, companies, charities and public bodies: what suppliers are resolved and located with.

A register or file that is refused leaves the others going on, and what is loaded as it is; what changed is
announced either way, and the run is marked failed so that a person looks.
"""

from pathlib import Path
from typing import Any

import pendulum
from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from anchor_spend.dag_support import (
    DEFAULT_ARGS,
    REFERENCE_DATA,
    announcement,
    final_errors,
    request_of,
    request_params,
)


@dag(
    dag_id="refresh_reference",
    schedule=None,  # registers arrive as files, or are fetched when a person says so
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/London"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    params=request_params()
    | {
        "folder": Param("", type="string", description="Folder of registers. Empty: that of the source."),
        "fetch": Param(False, type="boolean", description="Live: fetch registers that are due beforehand."),
        "announce": Param(True, type="boolean", description="Publish again when a register changed."),
    },
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["anchor-spend"],
)
def refresh_reference() -> None:
    @task
    def fetch_registers(params: dict[str, Any], run_id: str) -> list[str]:
        """What could not be had is in the log; registers that are there are loaded all the same."""
        if params["source"] != "live" or not params["fetch"]:
            return []
        from anchor_spend import fetch_registers as registers

        outcomes = registers.fetch_for_live_runs(registers.catalogue(), run_id)
        return [f"{register}: {outcome} ({detail})" for register, outcome, detail in outcomes]

    @task
    def load_registers(params: dict[str, Any]) -> dict[str, Any]:
        from anchor_spend import reference, sources
        from anchor_spend.errors import RefusedRegistersError

        request = request_of(params)
        folder = Path(params["folder"]) if params["folder"] else sources.reference_folder(request)
        with final_errors():
            try:
                outcomes, refused = dict(reference.refresh(request, folder)), ""
            except RefusedRegistersError as error:
                outcomes, refused = dict(error.outcomes), str(error)
        return {"has_changed": "loaded" in outcomes.values(), "refused": refused}

    @task(outlets=[REFERENCE_DATA])
    def announce(loaded: dict[str, Any], params: dict[str, Any], outlet_events: Any) -> None:
        if not (loaded["has_changed"] and params["announce"]):
            raise AirflowSkipException("nothing to announce")
        outlet_events[REFERENCE_DATA].extra = announcement(params)

    @task
    def report_refused(loaded: dict[str, Any]) -> None:
        if loaded["refused"]:
            raise AirflowFailException(loaded["refused"])

    loaded = load_registers()
    fetch_registers() >> loaded
    announce(loaded)
    report_refused(loaded)


refresh_reference()
