"""What the tests of registers share: invented files written, and read as they will be loaded."""

import csv
import io
import zipfile
from pathlib import Path

from anchor_spend import registers


def csv_text(*rows: tuple) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def write(path: Path, *rows: tuple) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_text(*rows), encoding="utf-8", newline="")
    return path


def write_zip(path: Path, **members: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)


def rows_of(folder: Path, dataset: str) -> list[dict[str, str]]:
    """The rows of every register in a folder, as converted, blank cells left out."""
    frames = [
        chunk.frame
        for source in registers.find_sources(folder)
        if source.layout.dataset == dataset
        for chunk in registers.read(source)
    ]
    records = [record for frame in frames for record in frame.to_dict("records")]
    return [{name: value for name, value in record.items() if value != ""} for record in records]
