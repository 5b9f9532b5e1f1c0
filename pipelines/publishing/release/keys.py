"""What the dbt project says of each published relation: its key, its single values, and what its rows belong to."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from contracts.rules import rules

PROJECT = Path(__file__).parents[3] / "dbt_project"
MODELS = PROJECT / "models"
PUBLISHED_MODELS = ("facts", "dimensions", "marts", "rules")


def read_keys(models: Path = MODELS) -> dict[str, tuple[str, ...]]:
    """Key columns by model, for every published model whose yml tests a key.

    Raises:
        OSError: the dbt project is not there.
    """
    return {model["name"]: key for model in _read_models(models) if (key := _key_of(model))}


class Part(Struct, frozen=True):
    """What a run rebuilds of a model: the rows of its unit that it touched, and those of the rules built whole.

    `is_keyless` says that it has rows of no unit, which are always rebuilt; `rule_column` names the rules, None if the
    model's rows are no results of rules.
    """

    unit: str
    is_keyless: bool
    rule_column: str | None
    rules: tuple[str, ...]


def read_parts(project: Path = PROJECT) -> dict[str, Part]:
    """By published model that a run may build for a part, which part that is.

    Raises:
        OSError: the dbt project is not there.
    """
    folders = msgspec.yaml.decode((project / "dbt_project.yml").read_bytes())["models"]["gongkai"]
    groups = _incremental(folders["rules"]["groups"])
    whole = tuple(rule.id for rule in rules().values() if f"rules_{rule.group}" not in groups)
    return {
        name: Part(meta["unit"], bool(meta.get("keyless")), meta.get("rule_column"), whole)
        for folder in PUBLISHED_MODELS
        for name, meta in _incremental(folders[folder]).items()
    }


@cache
def _read_models(models: Path) -> list[dict[str, Any]]:
    """What the yml of every published model says of it."""
    files = [path for folder in PUBLISHED_MODELS for path in sorted((models / folder).glob("*.yml"))]
    return [model for path in files for model in msgspec.yaml.decode(path.read_bytes()).get("models", [])]


def _incremental(folder: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The `meta` of each incremental model that a folder's settings list."""
    listed = {name: settings for name, settings in folder.items() if isinstance(settings, dict)}
    return {
        name: settings["+meta"] for name, settings in listed.items() if settings.get("+materialized") == "incremental"
    }


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
