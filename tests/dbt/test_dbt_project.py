"""The rules of the house for dbt_project: layers, documentation, one YAML file a model."""

import csv
import re
from pathlib import Path

import pytest
from project_files import DBT_PROJECT, descriptions, layer, model_paths, reads_sources, refs

MAY_READ: dict[str, set[str]] = {
    "staging": set(),
    "warehouse": {"staging", "intermediate", "warehouse"},
    "intermediate": {"staging", "warehouse", "intermediate", "seeds"},
    "marts": {"warehouse", "intermediate", "marts", "seeds"},
}


@pytest.mark.parametrize("path", model_paths(), ids=lambda path: path.stem)
def test_a_model_reads_only_the_layers_below(path: Path) -> None:
    read = {name: layer(name) for name in refs(path)}
    assert {name for name, found in read.items() if found not in MAY_READ[path.parent.name]} == set()
    assert reads_sources(path) == (path.parent.name == "staging")


def test_every_model_and_seed_is_described_in_a_file_of_its_name() -> None:
    seeds = sorted((DBT_PROJECT / "seeds").glob("*.csv"))
    assert set(descriptions()) == {path.stem for path in [*model_paths(), *seeds]}
    misnamed = [name for name, entry in descriptions().items() if entry["file"].stem != name]
    assert misnamed == []


@pytest.mark.parametrize("name", sorted(descriptions()))
def test_a_description_ends_with_the_grain(name: str) -> None:
    assert re.search(r"Grain: [^.]+\.$", descriptions()[name]["description"].strip())


@pytest.mark.parametrize("name", sorted(descriptions()))
def test_every_column_is_described(name: str) -> None:
    entry = descriptions()[name]
    assert [column["name"] for column in entry["columns"] if not column.get("description")] == []
    if layer(name) == "seeds":
        with (DBT_PROJECT / "seeds" / f"{name}.csv").open(newline="") as file:
            assert next(csv.reader(file)) == [column["name"] for column in entry["columns"]]
