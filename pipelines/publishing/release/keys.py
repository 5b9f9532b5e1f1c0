"""The key of each published relation, as the yml beside its model tests it."""

from pathlib import Path
from typing import Any

import yaml

MODELS = Path(__file__).parents[3] / "dbt_project" / "models"
PUBLISHED_MODELS = ("facts", "dimensions", "marts", "rules")


def read_keys(models: Path = MODELS) -> dict[str, tuple[str, ...]]:
    """Key columns by model, for every published model whose yml tests a key.

    Raises:
        OSError: the dbt project is not there.
    """
    files = [path for folder in PUBLISHED_MODELS for path in sorted((models / folder).glob("*.yml"))]
    described = [model for path in files for model in yaml.safe_load(path.read_bytes()).get("models", [])]
    return {model["name"]: key for model in described if (key := _key_of(model))}


def _key_of(model: dict[str, Any]) -> tuple[str, ...]:
    for column in model.get("columns", []):
        if "unique" in column.get("data_tests", []):
            return (column["name"],)
    for test in model.get("data_tests", []):
        (name, definition), *_ = test.items()
        arguments = definition.get("arguments", {})
        if name == "unique_combination":
            return tuple(arguments["columns"])
        if name == "unique_code":
            return (*arguments["group"], arguments["code"])
    return ()
