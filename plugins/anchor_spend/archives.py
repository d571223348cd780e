"""Open ZIP archives and gzip-compressed files in memory.

In: the bytes of a file. Out: the open archive once it is known to be harmless, and its members' bytes one at
a time. Nothing is written to disk, so a member's path can mean nothing; only its last part is kept, as a
name. Refuses damaged and encrypted archives, members that overlap, and archives of too many members or that
unpack to too much. The sizes an archive states are checked before and while unpacking. An archive in an
archive stays shut.
"""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from anchor_spend.errors import Place, UnreadableFileError
from anchor_spend.rules import unreadable

MAX_MEMBERS = 1_000
MAX_PARTS = 20_000  # of a workbook, which has some for each sheet
MAX_UNPACKED_BYTES = 1024**3
MAX_EXPANSION = 200  # unpacked to packed; published workbooks stay below 30
_SMALL_BYTES = 100_000  # an archive below this size may expand as much as one of this size

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP = b"\x1f\x8b"
_DIRECTORY_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER_BYTES = 30
_WORKBOOK_PARTS = (b"xl/", b"content.xml", b"[Content_Types].xml")
_CANNOT_OPEN = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zlib.error,
)  # fmt: skip
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f!]+")


@dataclass(frozen=True)
class Member:
    """A file in an archive; `name` is unlike that of any other member."""

    name: str
    data: bytes


def is_zip(data: bytes) -> bool:
    """Whether the first bytes are a ZIP archive's (workbooks are such archives)."""
    return data.startswith(_ZIP)


def is_gzip(data: bytes) -> bool:
    """Whether the first bytes are those of a gzip-compressed file."""
    return data.startswith(_GZIP)


def open_zip(data: bytes, place: Place) -> zipfile.ZipFile:
    """The archive, if what it says of its members can be true and is not too much."""
    parts = data.count(_DIRECTORY_ENTRY)  # counted before a table of them is made
    if parts > MAX_PARTS:
        raise _too_large(data, f"The archive lists {parts:,} members.", place)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _CANNOT_OPEN as error:
        raise damaged(data, error, place) from error
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > _most_unpacked(data):
        raise _too_large(data, f"{len(data):,} bytes unpack to {unpacked:,}.", place)
    ends = [item.header_offset + _LOCAL_HEADER_BYTES + item.compress_size for item in members]
    if any(end > following.header_offset for end, following in zip(ends, members[1:], strict=False)):
        raise _too_large(data, "The archive's members overlap, so that it unpacks to more.", place)
    return archive


def _most_unpacked(data: bytes) -> int:
    return MAX_EXPANSION * max(len(data), _SMALL_BYTES)


def _is_workbook(data: bytes) -> bool:
    return any(part in data for part in _WORKBOOK_PARTS)


def _too_large(data: bytes, detail: str, place: Place) -> UnreadableFileError:
    return unreadable("workbook_too_large" if _is_workbook(data) else "archive_too_large", detail, place)


def damaged(data: bytes, error: Exception, place: Place) -> UnreadableFileError:
    """The refusal of an archive that cannot be opened, as the workbook it may be."""
    rule = "workbook_damaged" if _is_workbook(data) else "archive_damaged"
    return unreadable(rule, f"The archive cannot be opened ({type(error).__name__}).", place)


def unpack_zip(data: bytes, place: Place) -> Iterator[Member]:
    """The files of an archive, in its order; folders and what systems add to them are left out."""
    with open_zip(data, place) as archive:
        members = [item for item in archive.infolist() if not item.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise unreadable("archive_too_large", f"The archive holds {len(members):,} files.", place)
        if any(item.flag_bits & 1 for item in members):
            raise unreadable("archive_locked", "Files of the archive are encrypted.", place)
        wanted = [item for item in members if not item.filename.startswith("__MACOSX/")]
        for item, name in zip(wanted, _member_names(wanted), strict=True):
            try:
                yield Member(name, archive.read(item))
            except _CANNOT_OPEN as error:
                raise unreadable(
                    "archive_damaged",
                    f"A file of the archive cannot be unpacked ({type(error).__name__}).",
                    Place(place.file, name),
                ) from error


def _member_names(members: list[zipfile.ZipInfo]) -> list[str]:
    """The last part of each path, numbered where it repeats."""
    names: list[str] = []
    for item in members:
        last = item.filename.replace("\\", "/").rsplit("/", 1)[-1]
        name = _NOT_PRINTABLE.sub(" ", last).strip()[-100:] or "unnamed"
        number = 1
        while (numbered := name if number == 1 else f"{name} ({number})") in names:
            number += 1
        names.append(numbered)
    return names


def unpack_gzip(data: bytes, place: Place) -> bytes:
    """The one file in a gzip-compressed file."""
    most = min(_most_unpacked(data), MAX_UNPACKED_BYTES)
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            unpacked = file.read(most + 1)
    except _CANNOT_OPEN as error:
        raise unreadable(
            "archive_damaged", f"The gzip file cannot be unpacked ({type(error).__name__}).", place
        ) from error
    if len(unpacked) > most:
        raise unreadable("archive_too_large", f"{len(data):,} bytes unpack to more than {most:,}.", place)
    return unpacked
