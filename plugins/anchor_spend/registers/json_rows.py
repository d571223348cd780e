"""A JSON array of objects, read one object at a time: the Charity Commission's extract is one huge array."""

from collections.abc import Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_BOM = b"\xef\xbb\xbf"


def first_keys(file: IO[bytes]) -> frozenset[str]:
    """The keys of the first object; none where the file is no array of objects."""
    import ijson

    try:
        first = next(_items(file), None)
    except ijson.JSONError:
        return frozenset()
    return frozenset(first) if isinstance(first, dict) else frozenset()


def json_frames(file: IO[bytes], wanted: frozenset[str], rows: int, skip: int) -> "Iterator[pd.DataFrame]":
    """Frames of text of so many rows each; the first `skip` objects are passed over."""
    import pandas as pd

    objects = islice(_items(file), skip, None)
    while chunk := list(islice(objects, rows)):
        texts = [[_text(item.get(name)) for name in wanted] for item in chunk]
        yield pd.DataFrame(texts, columns=list(wanted), dtype="str")


def _items(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    import ijson

    return iter(ijson.items(_WithoutBom(file), "item"))


class _WithoutBom:
    """A file without the byte order mark it may begin with, which is no JSON."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._is_new = file, True

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        if self._is_new and size > 0:
            self._is_new = False
            return data.removeprefix(_BOM) or self._file.read(size)
        return data


def _text(value: object) -> str:
    return "" if value is None else str(value)
