"""The command line: wrong use is one readable block and exit code 1; analysts can read and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anchor_spend import database
from pipeline import Pipeline

HEAVY = ("pandas", "psycopg", "airflow", "great_expectations", "requests", "rich.console")


def test_the_command_line_starts_without_heavy_imports() -> None:
    code = f"import sys, anchor_spend.cli; print([name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "--publishers", "luton_borough_counci"], "Did you mean luton_borough_council?"),
        (["run", "--source", "fax"], "one of sample, live, archive"),
        (["run", "--source", "archive"], "--source archive needs --archive FOLDER"),
        (["run", "--archive", "somewhere"], "no other source takes it"),
        (["run", "--source", "archive", "--archive", "."], "has no manifest.csv"),
        (["run", "--from", "2017-13"], "write it as YYYY-MM"),
        (["sql", "select 1"], "There is no database here yet"),
        (["release", "list"], "There is no database here yet"),
        (["resolve", "--names", "a.csv", "--register", "b.csv", "--out", "c.csv"], "a.csv does not exist"),
    ],
)
def test_wrong_use_says_what_to_do(tmp_path: Path, arguments: list[str], told: str) -> None:
    result = Pipeline(tmp_path).call(*arguments)
    assert result.returncode == 1
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("verb", [["up"], ["sql", "select 1"], ["run"]])
def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path, verb: list[str]) -> None:
    url = "postgresql://someone:hush-hush@127.0.0.1:9/spend"
    result = Pipeline(tmp_path).call(*verb, DATABASE_URL=url)
    assert result.returncode == 1
    assert "PostgreSQL at 127.0.0.1:9" in result.stderr
    assert "DATABASE_URL" in result.stderr
    assert "hush-hush" not in result.stdout + result.stderr


def test_a_home_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    result = Pipeline(tmp_path / "home").call("up")
    assert result.returncode == 1
    assert "ANCHOR_SPEND_HOME" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def analyst(database_server: str, home: Path) -> Pipeline:
    return Pipeline(home)


@pytest.mark.database
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("select * from landing.payments", "permission denied"),
        ("select * from airflow.dag_run", "permission denied"),
        ("create table mine (a integer)", "read-only transaction"),
        ("selekt", "syntax error"),
        ("select * from not_there", "Analysts see the views of schema published"),
        ("select pg_sleep(9)", "longer than 1 s"),
        ("set session authorization anchor_admin", "permission denied"),
        ("begin", "returns no rows"),
    ],
)
def test_analysts_read_and_nothing_else(analyst: Pipeline, query: str, told: str) -> None:
    result = analyst.call("sql", query, "--seconds", "1")
    assert result.returncode == 1
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.database
def test_query_results_as_a_table_as_csv_and_from_standard_input(analyst: Pipeline) -> None:
    query = "select 1 as a, null as b union all select 22, 'x,y' order by a;"
    assert analyst.call("sql", query, "--csv").stdout == 'a,b\n1,\n22,"x,y"\n'
    assert analyst.call("sql", query).stdout.splitlines()[:3] == ["a   b", "--  ---", "1"]
    environment = {**os.environ, "ANCHOR_SPEND_HOME": str(analyst.home)}
    command = [str(Path(sys.executable).with_name("anchor-spend")), "sql", "--csv"]
    piped = subprocess.run(
        command, input="select 3 as c", env=environment, capture_output=True, text=True, check=True
    )
    assert piped.stdout == "c\n3\n"


@pytest.mark.database
def test_a_command_leaves_the_database_as_it_found_it(analyst: Pipeline, tmp_path: Path) -> None:
    assert analyst.call("sql", "select 1").returncode == 0
    assert database.embedded_server().is_running(), "started by somebody else: not ours to stop"
    fresh = Pipeline(tmp_path)
    assert fresh.call("migrate").returncode == 0
    assert json.loads(fresh.call("status", "--json").stdout)["database"] == "not running"
    assert fresh.call("release", "list", "--json").stdout.strip() == "[]"
    assert not (tmp_path / "postgres" / "data" / "postmaster.pid").exists()
