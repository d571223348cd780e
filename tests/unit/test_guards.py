"""Guards of the edges: what a query, a setting, a cell or a re-posted empty file may not do."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from anchor_spend import cli, database, ingest, ledger, queries, settings, spec, spreadsheets
from anchor_spend.errors import DatabaseError, SettingsError, SpecError
from anchor_spend.names import payee_kind
from anchor_spend.records import (
    ASIDE_COLUMNS,
    PAYMENT_COLUMNS,
    ConformedFile,
    DiscoveredFile,
    FetchAttempt,
    LandedFile,
)


@pytest.mark.database
@pytest.mark.parametrize(
    "query",
    [
        "commit; alter role anchor_analyst password 'invented'",
        "select 1; select 2",
        "alter role anchor_analyst set search_path = pg_catalog",
        "set role anchor_loader",
        "select * from landing.payments",
        "create table published.mine (a int)",
    ],
)
def test_a_query_can_only_read_what_is_published(database_server: str, query: str) -> None:
    with pytest.raises(DatabaseError):
        queries.run_query(query, 5)
    assert queries.run_query("select 1 as one", 5) == (["one"], [(1,)])


@pytest.mark.parametrize("url", ["mysql://u:hidden@h/x", "postgresql://u:hidden@h:abc/x", "hidden"])
def test_a_malformed_database_url_is_refused_without_quoting_it(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsError) as raised:
        settings._database_url()
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("\t@x", "'\t'@x"), ("-a", "'-a"), ("\ra", "'\ra"), ('"+a"', "'\"+a\""),
        ("A; =1;B", "A;' =1;B"), ("A;\"=1\"", "A;'\"=1\""), ("A\n@x", "A\n'@x"),
        ("A, =1", "A, =1"), ("A-B; C", "A-B; C"), ("Plain", "Plain"), (-5, -5), (None, None),
    ],
)  # fmt: skip
def test_text_is_never_a_formula(cell: object, written: object) -> None:
    """Neither at its beginning nor where a spreadsheet of another country has it begin another cell."""
    assert spreadsheets.harmless(cell) == written
    assert spreadsheets.harmless(written) == written


@pytest.mark.parametrize(
    "name",
    [
        "Direct Payment Priya Nair",
        "Jane Smith Council Tax Refund",
        "Bursary - Jane Smith - University",
        "Care of Priya Nair",
        "Parents of Priya Nair",
        "The Nair Family",
        "Ahmed Hussain c/o Luton Council",
    ],
)
def test_a_person_beside_an_institution_is_no_organisation(name: str) -> None:
    assert payee_kind(name) != "organisation"


def _landed(text: bytes) -> LandedFile:
    file = DiscoveredFile("body_a", "payments", "2017-04", "file:///invented.csv")
    version = ledger.Version(text.hex() * 8, "invented.csv", len(text), "spec")
    return ledger.land_version(
        file, "archive", version, "test", FetchAttempt(file.url, datetime.now(UTC), 0, "landed")
    )


def _conformed(pence: list[int]) -> ConformedFile:
    payments = pd.DataFrame({"amount_pence": pence}).reindex(columns=PAYMENT_COLUMNS)
    aside = pd.DataFrame(columns=ASIDE_COLUMNS)
    return ConformedFile(payments, aside, aside, len(pence), sum(pence), {})


def test_a_broken_spec_does_not_concern_another_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "publishers"
    shutil.copytree(settings.PROJECT / "plugins" / "publishers", folder)
    (folder / "bedfordshire_police.yml").write_text("publisher: wrong\n")
    monkeypatch.setenv("ANCHOR_SPEND_PUBLISHERS", str(folder))
    settings.load_settings.cache_clear()
    try:
        assert spec.load_publisher("luton_borough_council").name == "Luton Borough Council"
        with pytest.raises(SpecError, match=r"bedfordshire_police\.yml"):
            spec.load_publisher("bedfordshire_police")
    finally:
        monkeypatch.undo()
        settings.load_settings.cache_clear()


@pytest.mark.parametrize("content", ["", "query_name\n\xff", "other_column\nx\n"])
def test_resolving_an_unreadable_file_is_explained(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names, register = tmp_path / "names.csv", tmp_path / "register.csv"
    names.write_bytes(content.encode("latin-1"))
    register.write_text("company_number,company_name\nSY000001,Invented Ltd\n")
    arguments = ["--names", str(names), "--register", str(register), "--out", str(tmp_path / "out.csv")]
    monkeypatch.setattr("sys.argv", ["anchor-spend", "resolve", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "anchor-spend:" in capsys.readouterr().err


@pytest.mark.database
def test_an_empty_file_does_not_replace_payments(empty_ledger: None) -> None:
    first = _landed(b"aaaa")
    with database.connect("loader") as connection:
        ledger.accept(connection, first.file_id, _conformed([100, 200]), spec_sha256="spec")
    second = _landed(b"bbbb")
    (loss,) = ingest._losses(second.file_id, _conformed([]))
    assert (loss.rule, loss.severity) == ("replaces_payments_with_none", "critical")
    assert ingest._losses(second.file_id, _conformed([5])) == []


@pytest.mark.database
def test_a_first_start_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    from anchor_spend.postgres_server import EmbeddedServer

    server = EmbeddedServer(tmp_path / "postgres")
    (server.folder / "data.new").mkdir(parents=True)
    (server.folder / "data.new" / "PG_VERSION").write_text("18\n")
    try:
        assert server.start().startswith("postgresql://")
        assert server.is_running()
    finally:
        server.stop()
