"""Files of an inbox and of an archive; kills at every point of landing a file; a damaged store."""

import hashlib
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from anchor_spend import ledger
from anchor_spend.errors import FetchError, LandingError
from anchor_spend.fetch import Fetcher
from anchor_spend.landing import LandingStore
from anchor_spend.records import DiscoveredFile
from fetching import CSV, HOST, QUICK, attempts, land, offered, versions, with_etag
from local_server import LocalServer, body

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("empty_ledger", "no_proxy")]


# inbox and archive ---------------------------------------------------------------------------------------


def local_file(path: Path, sha256: str = "") -> DiscoveredFile:
    return DiscoveredFile("invented_council", "payments", "2018-04", path.as_uri(), sha256=sha256)


def test_an_archive_is_checked_against_its_manifest(tmp_path: Path, store: LandingStore) -> None:
    path = tmp_path / "archive" / "april £.csv"
    path.parent.mkdir()
    path.write_bytes(CSV)
    fetcher = Fetcher("archive", "test-run", archive=str(path.parent))

    landed = land(fetcher, store, local_file(path, hashlib.sha256(CSV).hexdigest()))
    assert landed.file_name == "april £.csv"
    assert versions("is_synthetic, source") == [(False, "archive")]

    with pytest.raises(FetchError, match="not the file of its manifest"):
        land(fetcher, store, local_file(path, "0" * 64))
    with pytest.raises(FetchError, match="cannot be read: No such file"):
        land(fetcher, store, local_file(path.with_name("may.csv"), "0" * 64))
    assert attempts() == ["landed", "failed", "failed"]


def test_nothing_outside_inbox_and_archive_is_read(tmp_path: Path, store: LandingStore) -> None:
    inside, outside = tmp_path / "inbox", tmp_path / "secret.csv"
    inside.mkdir()
    outside.write_bytes(CSV)
    (inside / "april.csv").symlink_to(outside)
    fetcher = Fetcher("live", "test-run", inbox=inside, limits=QUICK)
    for path in (outside, inside / "april.csv"):
        with pytest.raises(FetchError, match="outside the inbox"):
            land(fetcher, store, local_file(path))
    large = inside / "may.csv"
    large.write_bytes(b"x" * 100_001)
    with pytest.raises(FetchError, match="larger than"):
        land(fetcher, store, local_file(large))
    assert versions() == []


# crashes -------------------------------------------------------------------------------------------------

CRASHES = {  # a file's month -> where the process is killed while it lands that file
    "2018-04": "landing.Path.replace = die  # before the bytes are in place",
    "2018-05": "ledger.land_version = die  # between the store and the ledger",
    "2018-06": "ledger._drop_waiting = die  # within the ledger's transaction",
    "2018-07": "ledger.land_version = then_die(ledger.land_version)  # after the ledger",
}
CHILD = """
    import os, signal, sys
    sys.path[:0] = {path!r}
    from anchor_spend import landing, ledger
    from anchor_spend.fetch import Fetcher
    from fetching import QUICK, land, offered

    def die(*arguments, **options):
        os.kill(os.getpid(), signal.SIGKILL)

    def then_die(function):
        return lambda *arguments: (function(*arguments), die())

    for period, crash in {crashes!r}.items():
        if os.fork() == 0:
            exec(crash)
            fetcher = Fetcher("sample", "killed", sample_origin={origin!r}, limits=QUICK)
            land(fetcher, landing.LandingStore({store!r}), offered(period=period))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


def test_killed_at_any_point_a_run_again_repairs(
    server: LocalServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.routes[f"/{HOST}/april.csv"] = with_etag(CSV, '"a"')
    folder, here = tmp_path / "landing", Path(__file__).resolve()
    script = textwrap.dedent(CHILD).format(
        path=[str(here.parents[2] / "plugins"), str(here.parents[1])],
        crashes=CRASHES,
        origin=server.origin,
        store=str(folder),
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert child.stdout.split() == [str(-signal.SIGKILL)] * len(CRASHES), child.stderr[-2000:]
    assert versions("period") == ["2018-07"], "a kill leaves the whole row or none"

    store = LandingStore(str(folder))
    landed = [land(fetcher, store, offered(period=period)) for period in CRASHES]

    assert [store.read(file.sha256) for file in landed] == [CSV] * len(CRASHES)
    assert sorted(versions("period, status")) == [(period, "landed") for period in CRASHES]
    assert {file.file_id for file in ledger.versions_to_load(is_synthetic=True)} == {
        file.file_id for file in landed
    }
    kept = [path for path in folder.rglob("*") if path.is_file() and ".incoming" not in path.parts]
    assert [path.name for path in kept] == [hashlib.sha256(CSV).hexdigest()]


def test_a_damaged_store_says_so_and_the_next_fetch_repairs_it(
    server: LocalServer, fetcher: Fetcher, store: LandingStore, tmp_path: Path
) -> None:
    server.routes[f"/{HOST}/april.csv"] = body(CSV)
    landed = land(fetcher, store)
    path = next(path for path in (tmp_path / "landing").rglob(landed.sha256))
    path.chmod(0o644)
    path.write_bytes(CSV[:-1])
    with pytest.raises(LandingError, match="no longer matches"):
        store.read(landed.sha256)
    assert land(fetcher, store) == landed
    assert store.read(landed.sha256) == CSV
