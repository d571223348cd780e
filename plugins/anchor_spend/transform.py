"""Build the models of one release: dbt, run in a process of its own.

In: a planned release (quality.releases, not yet published). Out: schema release_<n>, tested, and a summary.
Refuses a release that was never planned, is published already or is of the other world (sample or real), and
a second build at the same time. Everything dbt writes goes to <home>/dbt.
"""

import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from anchor_spend import database
from anchor_spend.errors import ReleaseError
from anchor_spend.review import seed
from anchor_spend.settings import PROJECT, load_settings

log = logging.getLogger(__name__)

_BUILD_LOCK = 7205775  # any constant: the tables that outlive a release have one writer at a time
# A crash may lose the last commits of a build but keeps their order; the swap after it waits for the disk.
_SESSION = "-c work_mem=32MB -c jit=off -c synchronous_commit=off"
_FAILED = {"error", "fail", "runtime error"}
_SHOWN = 5  # failing nodes spelled out in a message
_REMEDIES = {
    "model": "Correct the model, or the data it reads, then run the release again.",
    "seed": "Correct the file in dbt_project/seeds, then run the release again.",
    "test": "Its compiled query gives the rows it objects to.",
    "operation": "Check the rights of anchor_transformer, then run the release again.",
    "unit_test": "The model no longer does what its definition says: compare both.",
}


@dataclass(frozen=True)
class Node:
    """One model, seed or test of a build. `message` is dbt's, without the values of rows."""

    unique_id: str  # such as model.anchor_spend.county_view
    status: str
    message: str
    seconds: float

    @property
    def kind(self) -> str:
        return self.unique_id.split(".")[0]

    @property
    def name(self) -> str:
        return self.unique_id.split(".")[3 if self.kind == "unit_test" else 2]


@dataclass(frozen=True)
class BuildSummary:
    """What a build did; `nodes` in the order they finished."""

    release_number: int
    seconds: float
    nodes: list[Node] = field(default_factory=list)

    @property
    def warnings(self) -> list[str]:
        return [f"{node.name}: {node.message}" for node in self.nodes if node.status == "warn"]

    def counts(self) -> dict[str, int]:
        """Nodes by kind: {'model': 41, 'seed': 5, 'test': 81}."""
        kinds = [node.kind for node in self.nodes]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def build(release_number: int, is_synthetic: bool, *, unit_tests: bool = False) -> BuildSummary:
    """Build and test schema release_<n>; ReleaseError names each failing model or test and the remedy.

    `unit_tests` also runs the tests of the definitions on invented rows, which say nothing of the data.
    """
    started = time.monotonic()
    with _only_build():
        _check_planned(release_number, is_synthetic)
        _drop_earlier_attempt(release_number)
        _lay_out_reviewed(release_number)
        excluded = [] if unit_tests else ["--exclude-resource-type", "unit_test"]
        code, output = _run_dbt(["build", *excluded], release_number, is_synthetic)
        nodes = _read_results()
    summary = BuildSummary(release_number, time.monotonic() - started, nodes)
    _raise_failures(summary, code, output)
    for warning in summary.warnings:
        log.warning("release %d: %s", release_number, warning)
    log.info("release %d built in %.1f s: %s", release_number, summary.seconds, summary.counts())
    return summary


@contextmanager
def _only_build() -> Iterator[None]:
    with database.connect("transformer", autocommit=True) as connection:
        row = connection.execute("select pg_try_advisory_lock(%s)", [_BUILD_LOCK]).fetchone()
        if row is None or not row[0]:
            raise ReleaseError("Another release is being built. Run this one again when that has finished.")
        yield


def _check_planned(number: int, is_synthetic: bool) -> None:
    with database.connect("transformer") as connection:
        row = connection.execute(
            "select status, is_synthetic from quality.releases where release_number = %s", [number]
        ).fetchone()
    if row is None:
        raise ReleaseError(f"Release {number} was never planned. `anchor-spend release list` shows them all.")
    status, is_planned_synthetic = row
    if status in ("published", "withdrawn"):
        raise ReleaseError(
            f"Release {number} is {status}, and a release never changes. `anchor-spend run` makes a new one."
        )
    if is_planned_synthetic != is_synthetic:
        world = "the sample county" if is_planned_synthetic else "real data"
        raise ReleaseError(f"Release {number} was planned for {world} and cannot be built for anything else.")


def _drop_earlier_attempt(number: int) -> None:
    # with nothing to replace, dbt never drops anything by cascade
    schema = sql.Identifier(f"release_{number}")
    with database.connect("transformer") as connection:
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))


def _lay_out_reviewed(number: int) -> None:
    """The reviewed decisions as the models read them: dbt knows one file, and they are in two."""
    schema = sql.Identifier(f"release_{number}")
    with database.connect("transformer") as connection:
        connection.execute(sql.SQL("create schema {}").format(schema))
        seed.lay_out_for_release(connection, number)


# dbt ----------------------------------------------------------------------------------------------------


def dbt_folder() -> Path:
    """Where dbt writes: target/ (compiled queries, results) and logs/."""
    return load_settings().home / "dbt"


def dbt_environment() -> dict[str, str]:
    """The environment that dbt_project/profiles.yml reads, for the role anchor_transformer."""
    parts = conninfo_to_dict(database.role_url("transformer"))
    profile = {
        "HOST": parts.get("host", "127.0.0.1"),
        "PORT": parts.get("port", 5432),
        "USER": parts["user"],
        "PASSWORD": parts["password"],
        "DBNAME": parts["dbname"],
        "SSLMODE": parts.get("sslmode", "prefer"),
    }
    ours = {f"ANCHOR_SPEND_DBT_{name}": str(value) for name, value in profile.items()}
    options = f"{os.environ.get('PGOPTIONS', '')} {_SESSION}".strip()
    return {**os.environ, **ours, "PGOPTIONS": options, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


def _run_dbt(arguments: list[str], number: int, is_synthetic: bool) -> tuple[int, str]:
    target, project = dbt_folder() / "target", str(PROJECT / "dbt_project")
    target.mkdir(parents=True, exist_ok=True)
    (target / "run_results.json").unlink(missing_ok=True)  # those of an earlier build must not pass for ours
    variables = {"release_number": number, "is_synthetic": is_synthetic}
    command = [
        sys.executable, "-c", "from dbt.cli.main import cli; cli()", *arguments,
        "--project-dir", project, "--profiles-dir", project, "--target-path", str(target),
        "--log-path", str(dbt_folder() / "logs"), "--log-level-file", "info", "--no-use-colors",
        "--vars", json.dumps(variables),
    ]  # fmt: skip
    environment = dbt_environment()
    done = subprocess.run(
        command, env=environment, cwd=dbt_folder(), capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


# results ------------------------------------------------------------------------------------------------


def _read_results() -> list[Node]:
    path = dbt_folder() / "target" / "run_results.json"
    if not path.exists():
        return []
    return [
        Node(
            item["unique_id"],
            item["status"],
            " ".join(_without_values(item["message"] or "").split()),
            float(item["execution_time"]),
        )
        for item in json.loads(path.read_text(encoding="utf-8"))["results"]
    ]


def _without_values(text: str) -> str:
    """PostgreSQL prints rows in DETAIL and CONTEXT and the statement in LINE; rows may name people."""
    lines = text.splitlines()
    return "\n".join(line for line in lines if not re.match(r"\s*(DETAIL|CONTEXT|LINE \d+):", line))


def _raise_failures(summary: BuildSummary, code: int, output: str) -> None:
    number = summary.release_number
    failed = [node for node in summary.nodes if node.status in _FAILED]
    if not summary.nodes or (code and not failed):
        tail = "\n".join(line for line in _without_values(output).splitlines() if line.strip())[-2000:]
        raise ReleaseError(
            f"The models of release {number} were not built to the end. What dbt says:\n{tail}\n"
            f"The whole log is {dbt_folder() / 'logs' / 'dbt.log'}."
        )
    if failed:
        lines = [
            f"  {node.kind} {node.name}: {node.message} {_REMEDIES.get(node.kind, '')}" for node in failed
        ]
        if len(lines) > _SHOWN:
            lines[_SHOWN:] = [f"  and {len(lines) - _SHOWN} more"]
        raise ReleaseError(
            f"Release {number}: {len(failed)} of {len(summary.nodes)} models and tests failed, so it is not "
            "shown to anybody; the release before stays.\n" + "\n".join(lines) + "\n"
            f"The candidate stays in schema release_{number} for inspection; "
            f"its queries are in {dbt_folder() / 'target' / 'compiled'}."
        )
