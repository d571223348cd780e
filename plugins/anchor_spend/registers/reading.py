"""The rows of a register file in the columns of its dataset, chunk by chunk.

In: a source. Out: chunks of text, of bounded size, and how many rows of the file each stands for. Bytes that
are not of the file's encoding are named by file, row, column and shape; their rows are left out, and a file
with more than a few of them is refused. So are files that break off, that do not fit their layout, or whose
quotes never close.
"""

import codecs
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

from anchor_spend.errors import ReferenceDataError
from anchor_spend.registers.archive import open_archive, opened
from anchor_spend.registers.json_rows import json_frames
from anchor_spend.registers.layout import COLUMNS, Source

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 100_000  # rows held at once
MAX_CHUNK_BYTES = 512 * 1024**2  # of text between two chunks: more means a quote that never closes
MAX_UNREADABLE = 0.001  # of the rows of a chunk
_UNREADABLE = "\ue000"  # a private character, put where bytes are not of the encoding
_log = logging.getLogger(__name__)

codecs.register_error("anchor_spend_mark", lambda error: (_UNREADABLE, error.end))  # type: ignore[attr-defined]


class Chunk(NamedTuple):
    """Rows in the columns of a dataset, and the rows of the file they were read from."""

    frame: "pd.DataFrame"
    rows_read: int


def read(source: Source, skip: int = 0) -> Iterator[Chunk]:
    """The rows of a register after the first `skip`; ReferenceDataError when it cannot be read as such."""
    import ijson

    columns = COLUMNS[source.layout.dataset]
    read, kept = skip, 0
    try:
        for frame in _raw_frames(source, skip):
            frame.columns = [str(name).strip() for name in frame.columns]
            if frame.columns.has_duplicates:
                raise ValueError("it has a column twice")
            readable = _without_unreadable(source, frame, read)
            converted = source.layout.convert(readable).reindex(columns=columns, fill_value="").fillna("")
            read, kept = read + len(frame), kept + len(converted)
            yield Chunk(converted, len(frame))
    except (KeyError, ValueError, ijson.JSONError) as error:
        raise ReferenceDataError(
            f"{source.path.name} looks like {source.layout.name} but cannot be read as such after row "
            f"{read:,} ({type(error).__name__}: {_short(error)}). Fetch it again, or take it out of the "
            "folder."
        ) from error
    if read - skip > kept:
        _log.warning("%s: %d of %d rows are left out", source.path.name, read - skip - kept, read - skip)


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else "nothing more is known"


def _raw_frames(source: Source, skip: int) -> "Iterator[pd.DataFrame]":
    if source.path.suffix == ".parquet":
        yield from _parquet_frames(source, skip)
        return
    with _open(source) as file:
        if (source.member or source.path.name).lower().endswith(".json"):
            wanted = frozenset(source.layout.wanted.split("|"))
            yield from json_frames(file, wanted, CHUNK, skip)
        else:
            yield from _csv_frames(source, file, skip)


def _parquet_frames(source: Source, skip: int) -> "Iterator[pd.DataFrame]":
    import pyarrow.parquet as pq

    seen = 0
    for batch in pq.ParquetFile(source.path).iter_batches(CHUNK):
        seen += batch.num_rows
        if seen > skip:
            yield batch.slice(max(0, batch.num_rows - (seen - skip))).to_pandas()


def _csv_frames(source: Source, file: IO[bytes], skip: int) -> "Iterator[pd.DataFrame]":
    import pandas as pd

    layout, wanted = source.layout, re.compile(source.layout.wanted)
    counted = _Counted(file, source.path.name)
    raw: io.RawIOBase = counted
    text = io.TextIOWrapper(
        io.BufferedReader(raw, 2**20), encoding=_encoding(source), errors="anchor_spend_mark", newline=""
    )
    frames = pd.read_csv(
        text,
        header=None if layout.headerless else 0,
        usecols=None if layout.headerless else lambda name: wanted.fullmatch(name.strip()) is not None,
        dtype="str",
        keep_default_na=False,
        chunksize=CHUNK,
        skiprows=range(1, skip + 1) if not layout.headerless else range(skip),
    )
    for frame in frames:
        if layout.columns and len(frame.columns) != layout.columns:
            raise ReferenceDataError(
                f"{source.path.name} has {len(frame.columns)} columns; {layout.name} has {layout.columns}."
            )
        counted.since_chunk = 0
        yield frame


class _Counted(io.RawIOBase):
    """A file that refuses to give much more than a chunk of rows can hold."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name, self.since_chunk = file, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self.since_chunk += len(data)
        if self.since_chunk > MAX_CHUNK_BYTES:
            raise ReferenceDataError(
                f"{self._name}: {self.since_chunk:,} bytes went by without {CHUNK:,} whole rows. A quote "
                "that never closes, or no register at all: fetch it again."
            )
        return len(data)


@contextmanager
def _open(source: Source) -> Iterator[IO[bytes]]:
    if not source.member:
        with source.path.open("rb") as file:
            yield file
        return
    with open_archive(source.path) as archive, opened(archive, source.path, source.member) as member:
        yield member


# -- encodings --------------------------------------------------------------------------------------------


def _encoding(source: Source) -> str:
    """The first encoding of the layout that fits the whole file; the last one where none does."""
    *tried, last = source.layout.encodings
    return next((encoding for encoding in tried if _fits(source, encoding)), last)


def _fits(source: Source, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with _open(source) as file:
        try:
            while block := file.read(2**20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _without_unreadable(source: Source, frame: "pd.DataFrame", before: int) -> "pd.DataFrame":
    """Rows whose bytes could be read; each other one is named in the log."""
    import pandas as pd

    is_bad = pd.Series(False, index=frame.index)
    for name in frame.columns:
        marked = frame[name].astype("str").str.contains(_UNREADABLE, regex=False, na=False)
        if marked.any():
            is_bad |= marked
            _note_unreadable(source, str(name), frame.loc[marked, name], before - frame.index[0])
    count = int(is_bad.sum())
    if count > max(1, MAX_UNREADABLE * len(frame)):
        raise ReferenceDataError(
            f"{source.path.name}: {count:,} of {len(frame):,} rows from row {before + 1:,} on hold bytes "
            f"that are not {source.layout.encodings[-1]}. Nothing of it is loaded: fetch it again, and do "
            "not save it with a spreadsheet program."
        )
    return frame[~is_bad] if count else frame


def _note_unreadable(source: Source, column: str, cells: "pd.Series[str]", offset: int) -> None:
    encoding = source.layout.encodings[-1]
    for index, cell in cells.head(20).items():
        shape = re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", cell.replace(_UNREADABLE, "?")))[:60]
        _log.error(
            "%s, row %d, column %s: bytes that are not %s (shape %r); the row is left out",
            source.path.name, int(str(index)) + offset + 1, column.strip(), encoding, shape,
        )  # fmt: skip
