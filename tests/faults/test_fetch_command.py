"""`anchor-spend fetch` and `load`: what cannot be had is said, also by the exit code; the rest is done."""

import shutil
from pathlib import Path

import pytest

from anchor_spend import database, ingest, ledger
from anchor_spend.errors import FetchError
from anchor_spend.fetch import default_inbox
from anchor_spend.records import RunRequest
from pipeline import Pipeline

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger")]

BODY = "university_of_bedfordshire"
HEADER = (
    "Payment date,Supplier name,Company number,Supplier postcode,Net amount,Department,Category,Description,"
    "Transaction number\n"
)


def delivery(month: str) -> str:
    """A partner's month of invented payments."""
    rows = [
        f"{month}-{day:02d},Invented Widgets {day} Ltd,,LU1 1AA,{day}.50,A,B,C,{day}\n"
        for day in range(1, 26)
    ]
    return HEADER + "".join(rows)


@pytest.fixture
def inbox(home: Path, database_server: str) -> Path:
    folder = default_inbox("live") / BODY
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def problems() -> list[tuple[str | None, str]]:
    with database.connect("loader") as connection:
        query = (
            "select period, detail from landing.fetch_attempts where outcome = 'failed' order by attempt_id"
        )
        return connection.execute(query.encode()).fetchall()


def test_everything_there_is_exit_code_0(home: Path, inbox: Path) -> None:
    (inbox / "payments_2018-04.csv").write_text(delivery("2018-04"))
    fetched = Pipeline(home).call("fetch", "--publisher", BODY)
    assert (fetched.returncode, fetched.stdout) == (
        0, f"{BODY} 2018-04: 1 of 1 files are in the landing store\n",
    ), fetched.stderr  # fmt: skip
    loaded = Pipeline(home).call("load", "--publisher", BODY)
    assert (loaded.returncode, loaded.stdout) == (0, f"{BODY} 2018-04: 1 accepted, 0 rejected\n"), (
        loaded.stderr
    )


def test_what_cannot_be_had_is_exit_code_1_and_the_rest_is_landed(home: Path, inbox: Path) -> None:
    (inbox / "payments_2018-04.csv").write_text(delivery("2018-04"))
    (inbox / "payments_2018-05.csv").write_text("")
    (inbox / "final version.csv").write_text(delivery("2018-06"))

    fetched = Pipeline(home).call("fetch", "--publisher", BODY)

    assert fetched.returncode == 1
    assert f"{BODY} 2018-04 to 2018-05: 1 of 2 files are in the landing store" in fetched.stdout
    assert "2 of what was expected could not be had" in fetched.stderr.splitlines()[-1]
    assert "Traceback" not in fetched.stderr
    unclear, empty = problems()
    assert unclear[0] is None
    assert "final version.csv names no certain month" in unclear[1]
    assert empty[0] == "2018-05"

    loaded = Pipeline(home).call("load", "--publisher", BODY)
    assert loaded.returncode == 1
    assert "1 accepted, 0 rejected" in loaded.stdout
    assert "2 of what is offered was never fetched" in loaded.stderr.splitlines()[-1]


def test_what_cannot_be_placed_can_be_shown_until_it_is_mended(home: Path, inbox: Path) -> None:
    (inbox / "payments_2018-04.csv").write_text(delivery("2018-04"))
    (inbox / "final version.csv").write_text(delivery("2018-06"))
    ingest.discover_batches(BODY, RunRequest("live"), "first run")
    [problem] = ledger.open_problems(is_synthetic=False)
    assert (problem["publisher_id"], problem["stream"]) == (BODY, "payments")
    assert "final version.csv names no certain month" in problem["detail"]
    assert ledger.open_problems(is_synthetic=True) == []

    (inbox / "final version.csv").rename(inbox / "payments_2018-06.csv")
    request = RunRequest("live")
    for batch in ingest.discover_batches(BODY, request, "second run"):
        ingest.land_files(batch, request, "second run")
    assert ledger.open_problems(is_synthetic=False) == []


def test_one_publisher_without_a_readable_spec_hides_no_other(
    home: Path, inbox: Path, tmp_path: Path
) -> None:
    shipped = Path(__file__).parents[2] / "plugins" / "publishers" / f"{BODY}.yml"
    shutil.copy(shipped, tmp_path)
    (tmp_path / "broken_council.yml").write_text("publisher_id: broken_council\n")
    (inbox / "payments_2018-04.csv").write_text(delivery("2018-04"))
    asked = f"broken_council,{BODY}"
    fetched = Pipeline(home).call("fetch", "--publisher", asked, ANCHOR_SPEND_PUBLISHERS=str(tmp_path))
    assert fetched.returncode == 1
    assert "broken_council.yml is not a valid publisher spec" in fetched.stderr
    assert f"{BODY} 2018-04: 1 of 1 files are in the landing store" in fetched.stdout


def test_problems_are_a_batch_that_fails_alone(inbox: Path) -> None:
    """As the scheduler sees it: a task of its own fails, the others land and load."""
    (inbox / "payments_2018-04.csv").write_text(delivery("2018-04"))
    (inbox / "final version.csv").write_text(delivery("2018-06"))
    request = RunRequest("live")
    good, bad = ingest.discover_batches(BODY, request)
    assert ingest.land_batch(good, request) == 1
    with pytest.raises(FetchError, match="names no certain month") as raised:
        ingest.land_batch(bad, request)
    assert not raised.value.is_transient
    assert ingest.load_batch(bad, request) == {"accepted": 0, "rejected": 0}
