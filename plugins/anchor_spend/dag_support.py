"""What the three DAGs share: their parameters, the request of a run, the assets, and which errors are
final.

Imported whenever Airflow reads a DAG file: nothing heavy at the top.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, Param
from airflow.sdk.exceptions import AirflowFailException

from anchor_spend.errors import AnchorSpendError, DatabaseError, FetchError

if TYPE_CHECKING:
    from anchor_spend.records import RunRequest

PAYMENT_FILES = Asset("payment_files", uri="anchor-spend://payment-files")
REFERENCE_DATA = Asset("reference_data", uri="anchor-spend://reference-data")

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "anchor-spend",
    "retries": 2,
    "retry_delay": timedelta(seconds=15),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(hours=2),
}


def daily_when_live() -> str | None:
    """A daily schedule for a team's server, which sets ANCHOR_SPEND_SCHEDULE=live; else runs are by hand."""
    return "@daily" if os.environ.get("ANCHOR_SPEND_SCHEDULE") == "live" else None


def request_params() -> dict[str, Param]:
    """The form shown when a DAG is triggered by hand."""
    return {
        "source": Param(
            "live",
            enum=["sample", "live", "archive"],
            description="sample: the synthetic county. live: the publishers' own sites. archive: a folder.",
        ),
        "archive": Param("", type="string", description="Folder with manifest.csv, for source archive."),
        "publishers": Param(
            [],
            type="array",
            items={"type": "string"},
            description="Publisher ids, such as luton_borough_council. Empty: all of them.",
        ),
        "first": _month("First month, such as 2017-04. Empty: whatever the source offers."),
        "last": _month("Last month, such as 2018-03. Empty: whatever the source offers."),
    }


def _month(description: str) -> Param:
    return Param("", type="string", pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description=description)


def request_of(params: Mapping[str, Any]) -> RunRequest:
    """The request in a run's parameters, or in the extra of the asset event that started it."""
    from anchor_spend.records import RunRequest

    names = ("source", "archive", "first", "last")
    return RunRequest(**{name: params[name] for name in names}, publishers=tuple(params["publishers"]))


def announcement(params: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
    """The extra of an asset event: the request its run had, and what came of it."""
    return {"request": asdict(request_of(params)), **facts}


def triggering_params(params: Mapping[str, Any], events: Mapping[Any, Any]) -> Mapping[str, Any]:
    """The request of the newest asset event that started this run; its own parameters when a person did."""
    flat = [event for group in events.values() for event in group]
    if not flat:
        return params
    newest = max(flat, key=lambda event: event.timestamp)
    return dict(newest.extra["request"])


@contextmanager
def final_errors() -> Iterator[None]:
    """Fail at once where a retry cannot help; let an unreachable host or database be tried again."""
    try:
        yield
    except DatabaseError:
        raise
    except AnchorSpendError as error:
        if isinstance(error, FetchError) and error.is_transient:
            raise
        raise AirflowFailException(str(error)) from error
