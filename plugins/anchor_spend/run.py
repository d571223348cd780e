"""The whole pipeline through Airflow's scheduler, from a request to a released county view.

In: a RunRequest. Out: an Outcome, or RunError that names every failed task, its error and what to do.
Services it had to start are stopped again unless they are to be kept; an interrupted run leaves no process
behind.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anchor_spend import runtime, services, sources, summary
from anchor_spend.airflow_client import AirflowClient, DagRun, TaskRun
from anchor_spend.errors import AirflowError, AnchorSpendError, RunError
from anchor_spend.progress import WATCHER, Progress, describe
from anchor_spend.records import RunRequest
from anchor_spend.runtime import Say
from anchor_spend.settings import load_settings

_POLL_SECONDS = 1.5
_ASSET_SECONDS = 120  # an asset event starts its run within a scheduler loop or two


@dataclass(frozen=True)
class Outcome:
    """`is_new` is False when the current release already held everything; `failures` did not stop it."""

    is_new: bool
    failures: tuple[str, ...]
    summary: dict[str, Any]


def run(request: RunRequest, shown: Progress, *, keep_up: bool = False, sample_revision: int = 1) -> Outcome:
    """Run the pipeline for a request and wait for its release."""
    sources.publisher_ids(request.publishers)  # a misspelt id must not cost a start
    with services.interruptible(), _services(shown, keep_up) as client:
        if request.is_synthetic:
            serve_sample(shown.say, sample_revision)
        runs: list[DagRun] = []
        try:
            return _run_dags(client, request, shown, runs)
        except BaseException as error:
            _end(client, runs)
            if isinstance(error, AirflowError):
                runtime.check_database()  # the cause, where it has gone away
            raise


@contextmanager
def _services(shown: Progress, keep_up: bool) -> Iterator[AirflowClient]:
    was_up = runtime.state().is_airflow_running
    current = runtime.up(shown.say)
    try:
        yield AirflowClient(current.airflow_url)
    except BaseException:
        if not was_up:
            runtime.down()
            shown.say("Stopped what was started")
        raise
    if not (was_up or keep_up):
        runtime.down()


def serve_sample(say: Say, revision: int = 1) -> str:
    """Write the sample county where it is not written yet, and serve its publishers; their origin."""
    from anchor_spend.sample import county

    say("Writing the sample county (synthetic)")
    county.write_county(sources.sample_folder())
    origin = runtime.start_sample_server(sources.sample_folder(), revision)
    say(f"The sample county's publishers are served at {origin}")
    return origin


# DAG runs -----------------------------------------------------------------------------------------------


def _run_dags(
    client: AirflowClient,
    request: RunRequest,
    shown: Progress,
    runs: list[DagRun],
) -> Outcome:
    conf = asdict(request) | {"publishers": list(request.publishers)}
    folder = str(sources.reference_folder(request))
    refresh = {**conf, "folder": folder, "announce": False}  # the ingest announces for both
    runs.append(_trigger(client, "refresh_reference", refresh))
    (refreshed,) = _wait(client, runs, shown)  # first: registers of national size take longer than the files
    runs.append(_trigger(client, "ingest_spend", conf))
    (ingested,) = _wait(client, runs[-1:], shown)
    failures = _failures(client, [refreshed, ingested])
    if not client.has_asset_event(ingested):
        raise _run_error("Nothing could be loaded, so nothing was published.", failures)
    shown.say("Loaded; waiting for publish_county_view to start")
    runs.append(_caused_run(client, ingested))
    (published,) = _wait(client, runs[-1:], shown)
    if published.state == "failed":
        failures += _failures(client, [published])
        raise _run_error("No release was published; analysts still see the one before, if any.", failures)
    is_new = any(task.task_id == "publish" and task.state == "success" for task in client.tasks(published))
    return Outcome(is_new, tuple(failures), summary.collect())


def _trigger(client: AirflowClient, dag_id: str, conf: dict[str, object]) -> DagRun:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
    return client.trigger(dag_id, f"run__{moment}__{secrets.token_hex(3)}", conf)


def _wait(client: AirflowClient, runs: Sequence[DagRun], shown: Progress) -> list[DagRun]:
    """Until every run has finished, telling how far each is; as they ended."""
    ended: dict[str, DagRun] = {}
    while len(ended) < len(runs):
        _check_services()
        for run in runs:
            if run.dag_id in ended:
                continue
            now = client.dag_run(run.dag_id, run.run_id)
            text = describe(now, client.tasks(now))
            if now.is_finished:
                ended[run.dag_id] = now
                shown.say(f"{text}: {'finished' if now.state == 'success' else 'finished with failures'}")
            else:
                shown.show(run.dag_id, text)
        time.sleep(_POLL_SECONDS)
    return [ended[run.dag_id] for run in runs]


def _check_services() -> None:
    for service in runtime.state().services:
        if service.process() is None:
            raise AirflowError(f"{service.name} has ended. The end of its log:\n{service.log_tail()}")


def _caused_run(client: AirflowClient, source: DagRun) -> DagRun:
    deadline = time.monotonic() + _ASSET_SECONDS
    while time.monotonic() < deadline:
        _check_services()
        found = client.run_caused_by("publish_county_view", source)
        if found:
            return found
        if client.unfinished_runs("publish_county_view"):  # an earlier one comes first
            deadline = time.monotonic() + _ASSET_SECONDS
        time.sleep(_POLL_SECONDS / 3)
    raise AirflowError("Airflow did not start publish_county_view after the files were loaded.")


def _end(client: AirflowClient, runs: Sequence[DagRun]) -> None:
    """Mark runs under way as failed: left running, Airflow would go on with them at its next start."""
    for run in runs:
        with suppress(AnchorSpendError, OSError):
            if not client.dag_run(run.dag_id, run.run_id).is_finished:
                client.fail(run)


# failures -----------------------------------------------------------------------------------------------


def _failures(client: AirflowClient, runs: Sequence[DagRun]) -> list[str]:
    """One text per failed task: where, and the error it ended with."""
    return [
        f"{run.dag_id}, {task}:\n{_indented(client.error_of(run, task) or _no_error(run, task))}"
        for run in runs
        for task in client.tasks(run)
        if task.state == "failed" and task.task_id != WATCHER
    ]


def _no_error(run: DagRun, task: TaskRun) -> str:
    folder = Path("airflow") / "logs" / f"dag_id={run.dag_id}" / f"run_id={run.run_id}"
    return f"the task ended without saying why; its log is in {load_settings().home / folder}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _run_error(headline: str, failures: Sequence[str]) -> RunError:
    advice = (
        "What to do: put right what the messages name and run the same command again. "
        "Files already loaded are kept and not loaded twice."
    )
    return RunError("\n\n".join([headline, *failures, advice]))
