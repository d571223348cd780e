"""Airflow's public REST API as the one generated user: trigger runs, watch them, read why a task failed.

In: the API server's address. Out: plain dataclasses. AirflowError when the server cannot be used.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from anchor_spend import airflow_config
from anchor_spend.errors import AirflowError

_SECONDS = 30
_PAGE = 100
FINISHED = frozenset({"success", "failed"})


@dataclass(frozen=True)
class DagRun:
    """One run of a DAG: 'queued', 'running', 'success' or 'failed'."""

    dag_id: str
    run_id: str
    state: str

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


@dataclass(frozen=True)
class TaskRun:
    """One task of a DAG run; `label` says which of a mapped task: 'a_council 2016-04 to 2017-03'."""

    task_id: str
    map_index: int
    label: str
    state: str
    try_number: int

    def __str__(self) -> str:
        name = self.task_id.rpartition(".")[2]  # without its task group
        return f"{name} ({self.label})" if self.label else name


class AirflowClient:
    """A logged-in session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False  # the server is on this machine: never through a proxy

    def health(self) -> dict[str, str]:
        """Component -> 'healthy', or whatever else the server says of it."""
        answer = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=_SECONDS)
        answer.raise_for_status()
        return {name: str(value.get("status")) for name, value in answer.json().items()}

    def warm_up(self) -> None:
        """Have the server build the routes its tasks use now (4 s), and not when the first task waits."""
        self._session.get(f"{self.url}/execution/health", timeout=60)

    def parsed_since(self, dag_ids: Mapping[str, object], since: str) -> bool:
        """Whether every DAG was read after a moment (ISO 8601, UTC)."""
        found = {dag["dag_id"]: dag.get("last_parsed_time") or "" for dag in self._get("dags")["dags"]}
        return all(found.get(dag_id, "") >= since for dag_id in dag_ids)

    def import_errors(self) -> dict[str, str]:
        """DAG file -> why it cannot be imported."""
        found = self._get("importErrors")["import_errors"]
        return {str(error["filename"]): str(error["stack_trace"]) for error in found}

    def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, Any]) -> DagRun:
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)}
        return _dag_run(self._call("POST", f"dags/{dag_id}/dagRuns", json=body))

    def dag_run(self, dag_id: str, run_id: str) -> DagRun:
        return _dag_run(self._get(f"dags/{dag_id}/dagRuns/{quote(run_id)}"))

    def unfinished_runs(self, dag_id: str) -> list[DagRun]:
        found = self._get(f"dags/{dag_id}/dagRuns", state=["queued", "running"], limit=_PAGE)
        return [_dag_run(item) for item in found["dag_runs"]]

    def run_caused_by(self, dag_id: str, source: DagRun) -> DagRun | None:
        """The run of `dag_id` that an asset event of another run started, if there is one yet."""
        found = self._get(f"dags/{dag_id}/dagRuns", order_by="-id", limit=10, run_type="asset_triggered")
        for item in found["dag_runs"]:
            run = _dag_run(item)
            events = self._get(f"dags/{dag_id}/dagRuns/{quote(run.run_id)}/upstreamAssetEvents")
            if source.run_id in {event["source_run_id"] for event in events["asset_events"]}:
                return run
        return None

    def has_asset_event(self, source: DagRun) -> bool:
        """Whether a run announced something for others to act on."""
        found = self._get("assets/events", source_dag_id=source.dag_id, source_run_id=source.run_id)
        return bool(found["total_entries"])

    def fail(self, run: DagRun) -> None:
        """End a run: its tasks are stopped."""
        self._call("PATCH", f"dags/{run.dag_id}/dagRuns/{quote(run.run_id)}", json={"state": "failed"})

    def tasks(self, run: DagRun) -> list[TaskRun]:
        """Every task of a run, mapped ones one by one."""
        return [_task_run(item) for item in self._pages(run)]

    def error_of(self, run: DagRun, task: TaskRun) -> str:
        """The exception a failed task ended with, from its log; '' when the log does not say."""
        path = f"dags/{run.dag_id}/dagRuns/{quote(run.run_id)}/taskInstances/{task.task_id}"
        with suppress(AirflowError):
            log = self._get(f"{path}/logs/{task.try_number}", map_index=task.map_index, full_content=True)
            return _last_exception(log["content"])
        return ""

    def _pages(self, run: DagRun) -> Iterator[dict[str, Any]]:
        path, offset = f"dags/{run.dag_id}/dagRuns/{quote(run.run_id)}/taskInstances", 0
        while True:
            page = self._get(path, limit=_PAGE, offset=offset, order_by="id")
            yield from page["task_instances"]
            offset += _PAGE
            if offset >= page["total_entries"]:
                return

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._call("GET", path, params=query)

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        for attempt in range(3):
            try:
                answer = self._request(method, path, **arguments)
            except requests.ConnectionError as error:
                raise AirflowError(
                    f"Airflow does not answer at {self.url}. Try `anchor-spend up`."
                ) from error
            except requests.Timeout:  # two cores may be busy with tasks
                time.sleep(2 * attempt)
                continue
            if answer.ok:
                return dict(answer.json())
            if answer.status_code >= requests.codes.server_error and attempt < 2:
                time.sleep(2 * attempt)
                continue
            detail = answer.text[:500]
            raise AirflowError(f"Airflow refused {method} {path}: HTTP {answer.status_code} {detail}")
        raise AirflowError(f"Airflow at {self.url} took over {_SECONDS} s for {method} {path}, 3 times.")

    def _request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        if "Authorization" not in self._session.headers:
            self._log_in()
        answer = self._session.request(method, f"{self.url}/api/v2/{path}", timeout=_SECONDS, **arguments)
        if answer.status_code == requests.codes.unauthorized:  # a day has passed
            self._log_in()
            answer = self._session.request(method, f"{self.url}/api/v2/{path}", timeout=_SECONDS, **arguments)
        return answer

    def _log_in(self) -> None:
        credentials = {"username": airflow_config.USER, "password": airflow_config.password()}
        answer = self._session.post(f"{self.url}/auth/token", json=credentials, timeout=_SECONDS)
        if not answer.ok:
            raise AirflowError(f"Airflow at {self.url} does not accept its generated user.")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _dag_run(item: Mapping[str, Any]) -> DagRun:
    return DagRun(item["dag_id"], item["dag_run_id"], item["state"])


def _task_run(item: Mapping[str, Any]) -> TaskRun:
    label = item["rendered_map_index"] or (str(item["map_index"]) if item["map_index"] >= 0 else "")
    return TaskRun(item["task_id"], item["map_index"], label, item["state"] or "", item["try_number"])


def _last_exception(lines: list[Any]) -> str:
    found = ""
    for line in lines:
        for item in (line.get("error_detail") or []) if isinstance(line, dict) else []:
            found = str(item.get("exc_value") or item.get("exc_type"))
            break  # the first is the exception itself; the rest are its causes
    return found
