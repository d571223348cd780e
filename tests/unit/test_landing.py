"""The landing store, on a real folder and on fsspec's in-memory object store."""

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor_spend.errors import LandingError, SettingsError
from anchor_spend.landing import LandingStore

DATA = b"Date,Supplier,Amount\n01/04/2018,Invented Widgets Ltd,12.50\n"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["folder", "object store"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> LandingStore:
    is_folder = request.param == "folder"
    return LandingStore(
        str(tmp_path / "landing") if is_folder else f"memory://landing-{time.time_ns()}/prefix/"
    )


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_is_put_can_be_read_by_its_hash(store: LandingStore) -> None:
    assert not store.has(SHA256)
    assert store.put(DATA) == store.put(DATA) == SHA256
    assert store.has(SHA256)
    assert store.read(SHA256) == DATA


@given(st.binary(max_size=2000))
def test_any_bytes_come_back_as_they_went_in(data: bytes) -> None:
    store = LandingStore("memory://any-bytes")
    assert store.read(store.put(data)) == data


def test_files_fan_out_and_cannot_be_written_to(tmp_path: Path) -> None:
    LandingStore(str(tmp_path)).put(DATA)
    (path,) = files_in(tmp_path)
    assert path == tmp_path / SHA256[:2] / SHA256[2:4] / SHA256
    assert path.stat().st_mode & 0o222 == 0


def test_a_folder_may_be_given_as_a_url(tmp_path: Path) -> None:
    sha256 = LandingStore(tmp_path.as_uri()).put(DATA)
    assert LandingStore(str(tmp_path)).read(sha256) == DATA


def test_the_same_bytes_again_touch_nothing(tmp_path: Path) -> None:
    store = LandingStore(str(tmp_path))
    store.put(DATA)
    (path,) = files_in(tmp_path)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    store.put(DATA)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_many_writers_of_the_same_bytes(tmp_path: Path) -> None:
    data = DATA * 20_000
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(lambda _: LandingStore(str(tmp_path)).put(data), range(16)))
    assert len(hashes) == 1
    assert [path.read_bytes() for path in files_in(tmp_path)] == [data]


@pytest.mark.parametrize("damage", [b"", DATA[:-1], DATA + b"x", b"something else"])
def test_damage_is_named_and_repaired_by_the_next_put(damage: bytes, tmp_path: Path) -> None:
    store = LandingStore(str(tmp_path))
    store.put(DATA)
    (path,) = files_in(tmp_path)
    path.chmod(0o644)
    path.write_bytes(damage)
    with pytest.raises(LandingError, match=rf"{SHA256}.*no longer matches"):
        store.read(SHA256)
    store.put(DATA)
    assert store.read(SHA256) == DATA


def test_a_missing_file_is_named(store: LandingStore) -> None:
    with pytest.raises(LandingError, match=f"no file {SHA256}"):
        store.read(SHA256)


@pytest.mark.parametrize("name", ["", "abc", "../../etc/passwd", SHA256.upper(), SHA256 + "0", SHA256 + "\n"])
def test_only_a_hash_is_a_name(name: str, store: LandingStore) -> None:
    with pytest.raises(LandingError, match="not a sha256"):
        store.read(name)


def test_the_size_cap(tmp_path: Path) -> None:
    store = LandingStore(str(tmp_path), max_bytes=len(DATA))
    store.put(DATA)
    with pytest.raises(LandingError, match="takes files up to"):
        store.put(DATA + b"x")
    assert len(files_in(tmp_path)) == 1


def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path: Path) -> None:
    store = LandingStore(str(tmp_path))
    incoming = tmp_path / ".incoming"
    incoming.mkdir()
    old, young = incoming / "old", incoming / "young"
    for path in (old, young):
        path.write_bytes(b"half a fi")
    os.utime(old, (time.time() - 2 * 86400,) * 2)
    store.put(DATA)
    assert files_in(incoming) == [young]


def test_a_protocol_without_its_driver_says_what_to_install() -> None:
    with pytest.raises(SettingsError, match="cannot be opened"):
        LandingStore("nosuchprotocol://bucket/prefix")
