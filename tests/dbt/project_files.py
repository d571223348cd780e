"""What the files of dbt_project say of themselves, read without dbt."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from anchor_spend.settings import PROJECT

DBT_PROJECT = PROJECT / "dbt_project"
_REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)")
_SOURCE = re.compile(r"source\(")


def model_paths() -> list[Path]:
    return sorted((DBT_PROJECT / "models").rglob("*.sql"))


def layer(model: str) -> str:
    """The folder a model or seed lies in: staging, warehouse, intermediate, marts or seeds."""
    folders = [path.parent.name for path in model_paths() if path.stem == model]
    return folders[0] if folders else "seeds"


def refs(path: Path) -> set[str]:
    return set(_REF.findall(path.read_text(encoding="utf-8")))


def reads_sources(path: Path) -> bool:
    return bool(_SOURCE.search(path.read_text(encoding="utf-8")))


@cache
def descriptions() -> dict[str, dict[str, Any]]:
    """Each model and seed as its YAML file describes it."""
    found = {}
    for path in [*(DBT_PROJECT / "models").rglob("*.yml"), *(DBT_PROJECT / "seeds").glob("*.yml")]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in [*content.get("models", []), *content.get("seeds", [])]:
            found[entry["name"]] = {**entry, "file": path}
    return found


@cache
def documented_columns() -> dict[str, set[str]]:
    """Of everything that dbt builds: a seed may be read in another way."""
    return {
        name: {column["name"] for column in entry["columns"] if column.get("description")}
        for name, entry in descriptions().items()
        if entry.get("config", {}).get("enabled", True)
    }
