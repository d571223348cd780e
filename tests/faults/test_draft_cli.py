"""`anchor-spend draft` as a person or a script calls it: what stands where, exit codes, no files."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from anchor_spend.spec import load_spec
from drafted import as_csv, as_workbook, table
from pipeline import Pipeline

CLEAN = as_csv(
    table(["Date", "Supplier", "Net Amount"], lambda x: [x.on("%d/%m/%Y"), x.name, x.amount]), "utf-8-sig"
)
OPEN = as_csv(table(["Supplier", "Net Amount"], lambda x: [x.name, x.amount]))


def call(folder: Path, *arguments: str, **files: bytes) -> subprocess.CompletedProcess[str]:
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return Pipeline(folder).call("draft", *arguments)


def test_standard_output_is_the_spec_alone(tmp_path: Path) -> None:
    file = tmp_path / "payments-may-2018.csv"
    result = call(tmp_path, str(file), "--publisher", "nowhere_council", **{"payments-may-2018__csv": CLEAN})
    assert result.returncode == 0, result.stderr
    path = tmp_path / "nowhere_council.yml"
    path.write_text(result.stdout, encoding="utf-8")
    assert load_spec(path).streams["payments"].columns["amount"] == ("Net Amount",)
    assert 20 <= len(result.stdout.splitlines()) <= 45
    assert "QUESTION 1" in result.stderr and "none on payee, date or amount" in result.stderr


def test_a_question_on_payee_date_or_amount_is_exit_code_3(tmp_path: Path) -> None:
    result = call(tmp_path, str(tmp_path / "may.csv"), may__csv=OPEN)
    assert result.returncode == 3
    assert "(payee, date or amount)" in result.stderr
    numbers = [line.split()[2].rstrip(":") for line in result.stdout.splitlines() if "# QUESTION" in line]
    assert numbers == sorted(numbers, key=int) and len(numbers) == result.stderr.count("QUESTION ")


def test_json_holds_spec_guesses_questions_and_reading(tmp_path: Path) -> None:
    result = call(tmp_path, str(tmp_path / "May 2018.csv"), "--json", **{"May 2018__csv": CLEAN})
    answer = json.loads(result.stdout)
    assert set(answer) == {"spec", "guesses", "questions", "reading"}
    amount = next(guess for guess in answer["guesses"] if guess["field"] == "amount")
    assert (amount["column"], amount["confidence"]) == ("Net Amount", "sure")
    assert {"field", "column", "confidence", "evidence", "alternatives"} == set(amount)
    assert answer["reading"]["payments"] == 90 and answer["reading"]["share_read"] == 1
    assert yaml.safe_load(answer["spec"])["streams"]["payments"]["first_period"] == "2018-05"


def test_out_writes_spec_sample_and_expected_rows(tmp_path: Path) -> None:
    data = as_workbook({"May": table(["Date", "Supplier", "Net"], lambda x: [x.day, x.name, x.amount])})
    out = tmp_path / "drafts"
    result = call(
        tmp_path, str(tmp_path / "May 2018.xlsx"), "--publisher", "nowhere_council", "--out", str(out),
        **{"May 2018__xlsx": data},
    )  # fmt: skip
    assert result.returncode == 0 and result.stdout == ""
    written = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert written == [
        "nowhere_council.yml",
        "nowhere_council/payments.xlsx",
        "nowhere_council/payments_expected.csv",
        "nowhere_council/payments_set_aside.csv",
    ]


def test_the_drafted_spec_is_taken_by_the_check_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "payments-may-2018.csv"
    call(
        tmp_path, str(file), "--publisher", "nowhere_council", "--out", str(tmp_path),
        **{"payments-may-2018__csv": CLEAN},
    )  # fmt: skip
    result = Pipeline(tmp_path).call("check", str(file), "--spec", str(tmp_path / "nowhere_council.yml"))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("page.csv", b"<!DOCTYPE html><title>Just a moment...</title>", "file_is_html"),
        ("empty.xlsx", b"", "file_empty"),
        ("notes.csv", b"Minutes of a meeting\nNobody paid anybody\n", "no_payments_found"),
        ("quote.csv", CLEAN.replace(b"Net Amount\r\n", b'Net Amount\r\n"', 1), "quote_not_closed"),
    ],
)
def test_files_that_are_none_are_refused_by_name(tmp_path: Path, name: str, data: bytes, rule: str) -> None:
    (tmp_path / name).write_bytes(data)
    result = call(tmp_path, str(tmp_path / name))
    assert result.returncode == 1
    assert f"[{rule}]" in result.stderr and "What to do" in result.stderr
    assert result.stdout == "" and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.csv"], "nowhere.csv is not a file"),
        ([".", "--publisher", "Nowhere Council"], "lower case letters"),
        ([".", "--stream", "wages"], "payments or purchase_card"),
        (["http://example.org/spend"], "only those are fetched"),
        (["https://127.0.0.1/spend"], "127.0.0.1"),
        (["ftp://example.org/spend.csv"], "only those are fetched"),
    ],
)
def test_wrong_use_says_what_to_do(tmp_path: Path, arguments: list[str], told: str) -> None:
    result = call(tmp_path, *arguments)
    assert result.returncode == 1
    assert told in result.stderr
    assert "Traceback" not in result.stderr and result.stdout == ""


def test_headings_that_are_yaml_are_quoted(tmp_path: Path) -> None:
    headings = [
        "Date",
        "Supplier",
        "Net Amount",
        "yes",
        "# note: {x}",
        "'quoted'",
        "- item",
        "no",
        "1e3",
        "*",
    ]
    rows = table(headings, lambda x: [x.on("%d/%m/%Y"), x.name, x.amount, *["a"] * 7])
    result = call(tmp_path, str(tmp_path / "May 2018.csv"), **{"May 2018__csv": as_csv(rows)})
    assert result.returncode == 0, result.stderr
    stream = yaml.safe_load(result.stdout)["streams"]["payments"]
    named = [alias for aliases in stream["optional_columns"].values() for alias in aliases]
    assert set(headings[3:]) == {*stream["ignore"], *named}
