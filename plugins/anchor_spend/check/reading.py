"""The bytes of a file on disk, as the pipeline holds them once they have landed."""

import hashlib
from pathlib import Path

from anchor_spend.errors import Place, SettingsError
from anchor_spend.readers import MAX_BYTES
from anchor_spend.records import LandedFile
from anchor_spend.rules import unreadable
from anchor_spend.spec import Publisher


def read_bytes(path: Path) -> bytes:
    """A file's bytes; UnreadableFileError, without reading it, for one larger than any expected."""
    try:
        if not path.is_file():
            raise SettingsError(f"{path} is not a file.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            detail = f"The file has {size:,} bytes; {MAX_BYTES:,} are read."
            raise unreadable("file_too_large", detail, Place())
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be opened: {error.strerror}.") from error


def landed_file(path: Path, data: bytes, publisher: Publisher, stream: str, period: str) -> LandedFile:
    """The file as the steps of the pipeline take it; it has no ledger row."""
    digest = hashlib.sha256(data).hexdigest()
    return LandedFile(0, publisher.publisher_id, stream, period, digest, path.name, len(data), "")
