"""The landing store: every file ever fetched, byte for byte, named by its sha256 and never changed.

In: bytes. Out: their hash; later, the same bytes. Works on a local folder or any fsspec URL (s3://bucket/prefix).
Refuses bytes over the size cap, a name that is not a hash, and bytes that no longer match their name.
"""

import hashlib
import logging
import os
import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from anchor_spend.errors import LandingError, SettingsError

MAX_BYTES = 256 * 2**20  # the largest monthly file known is under 10 MB
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEFTOVER_SECONDS = 24 * 3600

logger = logging.getLogger(__name__)


class LandingStore:
    """Files at <url>/aa/bb/<sha256>; safe to write from several processes at once."""

    def __init__(self, url: str, *, max_bytes: int = MAX_BYTES) -> None:
        import fsspec

        try:
            self._files, root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise SettingsError(
                f"The landing store {url} cannot be opened: {error}\n"
                "Use a folder, or install the fsspec driver of that protocol (s3:// needs s3fs)."
            ) from error
        self._root = str(root).rstrip("/")
        self._is_local = "file" in _protocols(self._files)
        self.max_bytes = max_bytes

    def put(self, data: bytes) -> str:
        """Keep `data` and return its sha256; the same bytes again change nothing."""
        if len(data) > self.max_bytes:
            raise LandingError(
                f"The landing store takes files up to {self.max_bytes:,} bytes; this one has {len(data):,}. "
                "Check that it is one month's payments."
            )
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._is_whole(sha256):
            self._write(sha256, data)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes of that hash, checked; LandingError when they are missing or changed."""
        path = self._path(sha256)
        try:
            data: bytes = self._files.cat_file(path)
        except FileNotFoundError as error:
            raise LandingError(
                f"The landing store has no file {sha256} (expected at {path}). "
                "Restore it from a backup of the store, or fetch the file again."
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise LandingError(
                f"The file {sha256} in the landing store no longer matches its hash ({len(data):,} bytes at "
                f"{path}): the storage damaged it or someone changed it. "
                "Restore it from a backup, or fetch it again."
            )
        return data

    def has(self, sha256: str) -> bool:
        """Whether a file of that hash is there (its bytes are checked when it is read)."""
        return bool(self._files.exists(self._path(sha256)))

    def _path(self, sha256: str) -> str:
        if not _SHA256.fullmatch(sha256):
            raise LandingError(f"{sha256!r} is not a sha256: 64 hexadecimal digits.")
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _is_whole(self, sha256: str) -> bool:
        if not self.has(sha256):
            return False
        try:
            self.read(sha256)
        except LandingError:
            logger.warning("%s was damaged in the landing store and is written anew", sha256)
            return False
        return True

    def _write(self, sha256: str, data: bytes) -> None:
        if self._is_local:
            _write_local(Path(self._root), Path(self._path(sha256)), data)
        else:  # an object store shows an object only once it is whole
            self._files.pipe_file(self._path(sha256), data)


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def _write_local(root: Path, path: Path, data: bytes) -> None:
    """Write beside and rename: a reader, or a run after a crash, sees the whole file or none."""
    incoming = root / ".incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(incoming)
    temporary = incoming / f"{path.name}.{uuid4().hex}"
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o444)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_leftovers(incoming: Path) -> None:
    """What a killed process left half written; a day old, so nobody is still writing it."""
    for path in incoming.iterdir():
        try:
            if time.time() - path.stat().st_mtime > _LEFTOVER_SECONDS:
                path.unlink(missing_ok=True)
        except FileNotFoundError:  # another process was quicker
            continue
