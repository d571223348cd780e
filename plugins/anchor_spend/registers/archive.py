"""ZIP files of registers, opened where they lie: they are larger than what published spend files may be.

Refuses archives of too many members, members that are encrypted or overlap, and what unpacks to too much; a
member is never read beyond the size that it states.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from anchor_spend.archives import MAX_EXPANSION, MAX_MEMBERS
from anchor_spend.errors import ReferenceDataError

MAX_UNPACKED_BYTES = 16 * 1024**3  # the company register unpacks to about 3 GB
_SMALL_BYTES = 1_000_000  # an archive below this size may expand as much as one of this size
_LOCAL_HEADER_BYTES = 30


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, if what it says of its members can be true and is not too much."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ReferenceDataError(f"{path.name} is no readable ZIP file: fetch it again.") from error
    with archive:
        problem = _problem(archive, path.stat().st_size)
        if problem:
            raise ReferenceDataError(
                f"{path.name} {problem}; it was not unpacked. Fetch it again from its publisher, or take it "
                "out of the folder."
            )
        yield archive


@contextmanager
def opened(archive: zipfile.ZipFile, path: Path, member: str) -> Iterator[IO[bytes]]:
    """A member to read from; ReferenceDataError where its bytes are not what the archive says."""
    try:
        with archive.open(member) as file:
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ReferenceDataError(
            f"{path.name} holds {member}, which cannot be unpacked ({type(error).__name__}): fetch it again."
        ) from error


def _problem(archive: zipfile.ZipFile, size: int) -> str:
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    unpacked = sum(member.file_size for member in members)
    ends = [item.header_offset + _LOCAL_HEADER_BYTES + item.compress_size for item in members]
    if len(members) > MAX_MEMBERS:
        return f"lists {len(members):,} members"
    if unpacked > min(MAX_UNPACKED_BYTES, MAX_EXPANSION * max(size, _SMALL_BYTES)):
        return f"would unpack from {size:,} to {unpacked:,} bytes"
    if any(end > following.header_offset for end, following in zip(ends, members[1:], strict=False)):
        return "has members that overlap"
    return "is encrypted" if any(item.flag_bits & 1 for item in members) else ""
