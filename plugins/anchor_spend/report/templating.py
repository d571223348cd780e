"""Templates, style sheets and files of pages that stand alone: nothing in them is loaded from anywhere."""

import base64
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from anchor_spend.report.words import cell, day, month

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def environment() -> "Environment":
    """Templates that escape whatever they are given and refuse a name they were not given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters.update(cell=cell, day=day, month=month)
    return templates


def style_sheet(*names: str) -> str:
    """Style sheets as one, in their order."""
    return "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def style_hash(style: str) -> str:
    """What a content security policy lets this style sheet in by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def write_page(path: Path, text: str) -> None:
    """Replace the file in one step: a reader sees the old page or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
