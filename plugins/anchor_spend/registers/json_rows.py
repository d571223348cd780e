"""A JSON array of objects, read one object at a time: the Charity Commission's extract is one huge array."""

from collections.abc import Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_BOM = b"\xef\xbb\xbf"
_MOST_OPEN = 5000  # brackets, those in names counted as well


def first_keys(file: IO[bytes]) -> frozenset[str]:
    """The keys of the first object; none where the file is no array of objects, or too deep for one."""
    import ijson

    try:
        first = next(_items(file), None)
    except (ijson.JSONError, DeepError):
        return frozenset()
    return frozenset(first) if isinstance(first, dict) else frozenset()


def is_nothing(file: IO[bytes]) -> bool:
    """Whether a file holds no value, an empty array or an empty object."""
    return b"".join(file.read(64).removeprefix(_BOM).split()) in (b"", b"[]", b"{}")


def json_frames(file: IO[bytes], wanted: frozenset[str], rows: int, skip: int) -> "Iterator[pd.DataFrame]":
    """Frames of text of so many rows each; the first `skip` objects are passed over."""
    import pandas as pd

    objects = islice(_items(file), skip, None)
    while chunk := list(islice(objects, rows)):
        if not all(isinstance(item, dict) for item in chunk):
            raise ValueError("something in the array is no object")
        texts = [[_text(item.get(name)) for name in wanted] for item in chunk]
        yield pd.DataFrame(texts, columns=list(wanted), dtype="str")


def _items(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    import ijson

    return iter(ijson.items(_WithoutBom(file), "item"))


class DeepError(ValueError):
    """Brackets are opened and never closed: each level costs more memory than the one before."""


class _WithoutBom:
    """A file without the byte order mark it may begin with, which is no JSON; DeepError where too deep."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._is_new, self._open = file, True, 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        if self._is_new and size > 0:
            self._is_new = False
            data = data.removeprefix(_BOM) or self._file.read(size)
        for place in range(0, len(data), _MOST_OPEN):
            part = data[place : place + _MOST_OPEN]
            self._open += part.count(b"[") + part.count(b"{") - part.count(b"]") - part.count(b"}")
            if self._open > _MOST_OPEN:
                raise DeepError("brackets are opened and never closed")
        return data


def _text(value: object) -> str:
    return "" if value is None else str(value)
