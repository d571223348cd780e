"""`anchor-spend check` as a finance officer runs it: exit codes, what goes where, and that no name gets out.

Every name is invented.
"""

import csv
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import check_files as files
from anchor_spend.check import catalogue, command
from anchor_spend.errors import CheckError
from anchor_spend.settings import PROJECT
from clocks import processor_seconds
from pipeline import COMMAND, Pipeline


def call(folder: Path, path: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Check a file by the spec of the tests, in a home folder that does not exist."""
    spec = files.write_spec(folder)
    return Pipeline(folder / "home").call("check", str(path), "--spec", str(spec), *arguments, **environment)


# -- exit codes, standard output and standard error -----------------------------------------------------


def test_ready_is_exit_code_0_and_leaves_nothing_behind(tmp_path: Path) -> None:
    result = call(tmp_path, files.write(tmp_path, files.rows()))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == "READY: 40 payments, £17,480.00"
    assert not (tmp_path / "home").exists(), "no database, no secrets, no folder"


def test_warnings_are_exit_code_0(tmp_path: Path) -> None:
    result = call(tmp_path, files.write(tmp_path, files.with_cell("Postcode", "nowhere")))
    assert result.returncode == 0
    assert result.stdout.splitlines()[0] == "READY WITH WARNINGS: 40 payments, £17,480.00 (1 warning)"
    assert "row 2, column Postcode, reference T00000, shape 'aaaaaaa'" in result.stdout


@pytest.mark.parametrize("data", [b"", b"<!doctype html>", files.text_of(files.rows(3)).encode()])
def test_not_ready_is_exit_code_1_and_an_answer(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "payments-2017-06.csv"
    path.write_bytes(data)
    result = call(tmp_path, path)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.startswith("NOT READY: ") and "What to do: " in result.stdout


def test_the_machine_readable_twin_stands_alone_on_standard_output(tmp_path: Path) -> None:
    page = tmp_path / "out" / "check.html"
    path = files.write(tmp_path, files.with_cell("Amount", "x"))
    result = call(tmp_path, path, "--json", "--html", str(page))
    said = json.loads(result.stdout)
    assert (said["check_version"], said["verdict"], said["closes"]) == (1, "ready_with_warnings", True)
    assert result.stderr == f"Report: {page}\n"
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert page.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.csv", "--publisher", "luton_borough_council"], "nowhere.csv does not exist"),
        ([".", "--publisher", "luton_borough_council"], "is not a file"),
        (["{file}"], "Say whose file it is"),
        (["{file}", "--publisher", "luton_borough_counci"], "Did you mean luton_borough_council?"),
        (["{file}", "--publisher", "luton_borough_council", "--stream", "cards"], "has no stream 'cards'"),
        (["{file}", "--publisher", "luton_borough_council", "--period", "6/2017"], "write it as YYYY-MM"),
        (["{file}", "--spec", "{spec}", "--publisher", "luton_borough_council"], "the spec is of fen_vale"),
        (["{file}", "--spec", "nothing.yml"], "nothing.yml cannot be read"),
        (["{file}", "--spec", "{spec}", "--previous", "nowhere"], "--previous: nowhere does not exist"),
        (["{file}", "--spec", "{spec}", "--html", "{file}/x.html"], "--html: "),
    ],
)
def test_wrong_use_says_what_to_do(tmp_path: Path, arguments: list[str], told: str) -> None:
    named = {
        "{file}": str(files.write(tmp_path, files.rows())),
        "{spec}": str(files.write_spec(tmp_path)),
        "{file}/x.html": str(tmp_path / "payments-2017-06.csv" / "x.html"),
    }
    result = Pipeline(tmp_path / "home").call("check", *(named.get(item, item) for item in arguments))
    assert result.returncode == 1
    assert told in result.stderr and "Traceback" not in result.stderr


def test_help_documents_the_exit_codes(tmp_path: Path) -> None:
    said = " ".join(Pipeline(tmp_path).call("check", "--help").stdout.split())
    assert "Exit code 0: ready, possibly with warnings. 1: not ready, or it cannot be read." in said


def test_the_rules_are_printed_from_the_code(tmp_path: Path) -> None:
    result = Pipeline(tmp_path).call("rules", "--json")
    said = json.loads(result.stdout)
    assert [(item["name"], item["severity"], item["remedy"]) for item in said] == [
        (item.name, item.severity, item.remedy) for item in catalogue.catalogue()
    ]
    text = Pipeline(tmp_path).call("rules").stdout
    assert all(item["name"] in text and item["meaning"] in text for item in said)


def test_an_unreachable_database_is_not_needed(tmp_path: Path) -> None:
    url = "postgresql://someone:hush-hush@127.0.0.1:9/spend"
    path = files.write(tmp_path, files.rows())
    result = call(tmp_path, path, DATABASE_URL=url, ANCHOR_SPEND_LOADER_PASSWORD="invented")
    assert (result.returncode, result.stderr) == (0, "")


def test_progress_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    """On a terminal the steps stand on standard error, and are wiped at the end."""
    path, spec = files.write(tmp_path, files.rows()), files.write_spec(tmp_path)
    terminal, ours = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "check", str(path), "--spec", str(spec), "--json"],
        stdout=subprocess.PIPE,
        stderr=ours,
        env={**os.environ, "ANCHOR_SPEND_HOME": str(tmp_path / "home")},
    ) as process:
        os.close(ours)
        out, _ = process.communicate(timeout=300)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert json.loads(out)["verdict"] == "ready"
    assert "Reading payments-2017-06.csv" in shown and "Judging" in shown
    assert shown.endswith("\r\x1b[K")


# -- privacy --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["readable", "payment in place of the header"])
def test_no_name_and_no_text_of_the_file_is_shown(tmp_path: Path, kind: str) -> None:
    body, header = files.HOSTILE[kind]
    path, page = files.write(tmp_path, body, header=header), tmp_path / "check.html"
    result = call(tmp_path, path, "--html", str(page))
    assert result.returncode == 1 and "Traceback" not in result.stderr
    said = result.stdout + result.stderr + page.read_text(encoding="utf-8")
    assert files.MARK.casefold() not in said.casefold()


def test_a_hostile_file_name_is_escaped(tmp_path: Path) -> None:
    path = files.write(tmp_path, files.rows(), "<img src=x onerror=alert(1)>\x1b[31m\u202e 2017-06.csv")
    page = tmp_path / "check.html"
    result = call(tmp_path, path, "--html", str(page))
    assert result.returncode == 0
    assert "\x1b" not in result.stdout and "\u202e" not in result.stdout
    html = page.read_text(encoding="utf-8")
    assert "<img" not in html and "&lt;img src=x onerror=alert(1)&gt;?[31m?" in html


def test_a_fault_of_the_check_shows_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback or a message could quote a cell."""

    def fails(*_: object) -> None:
        raise KeyError(files.MARK)

    monkeypatch.setattr("anchor_spend.check.examine.file_facts", fails)
    path, spec = files.write(tmp_path, files.rows()), files.write_spec(tmp_path)
    options = command.Options(path, "", "payments", "", spec, (), False, None)
    with pytest.raises(CheckError, match=r"failed \(KeyError\)") as raised:
        command.run(options)
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


# -- drafts, templates and time -------------------------------------------------------------------------


def test_the_partner_template_can_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "payments-2017-06.csv"
    home = Pipeline(tmp_path / "home")
    written = home.call("template", "--out", str(path), "--publisher", "university_of_bedfordshire")
    assert written.returncode == 0, written.stderr
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    values = {
        "Payment date": "2017-06-{:02d}", "Supplier name": "Quillham Print {} Limited",
        "Company number": "0123456{}", "Supplier postcode": "LU1 2BQ", "Net amount": "{}50.00",
        "VAT number": "", "Charity number": "",
        "Department": "Estates", "Category": "Printing", "Description": "Work {}",
        "Transaction number": "P-{}",
    }  # fmt: skip
    body = [[values[name].format(number) for name in header] for number in range(1, 10)]
    files.write(tmp_path, body, path.name, header)
    result = home.call("check", str(path), "--publisher", "university_of_bedfordshire")
    assert result.returncode == 0, result.stdout
    assert result.stdout.splitlines()[0] == "READY: 9 payments, £4,950.00"


def test_twenty_thousand_rows_take_seconds(tmp_path: Path) -> None:
    """Most of it is the import of the gate's library; a slow machine may take thrice as long."""
    body = [
        [row[0], row[1], row[2], *row[3:6], f"Work {number} at depot", f"T{number:06d}"]
        for number, row in enumerate(files.rows() * 500)
    ]
    path, spec = files.write(tmp_path, body), files.write_spec(tmp_path)
    text = spec.read_text().replace("- 500\n", "- 50000\n")
    spec.write_text(text)
    began = processor_seconds()
    result = Pipeline(tmp_path / "home").call("check", str(path), "--spec", str(spec))
    assert result.stdout.splitlines()[0].startswith("READY: 20,000 payments"), result.stdout
    assert processor_seconds() - began < 30


def test_the_check_is_light_until_it_judges() -> None:
    """A refused file is answered without the seconds that Great Expectations takes."""
    code = (
        "import sys, pathlib, tempfile, anchor_spend.check as check, anchor_spend.spec as spec\n"
        "path = pathlib.Path(tempfile.mkdtemp()) / 'payments-2017-06.csv'\n"
        "path.write_bytes(b'<!doctype html>')\n"
        "found = check.check_file(path, spec.load_publisher('luton_borough_council'))\n"
        "print(found.verdict, 'great_expectations' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    assert result.stdout.strip() == "not_ready False"
