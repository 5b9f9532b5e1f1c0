"""`docs/data_dictionary.md`: every model and seed with its columns, from the yml files beside the models."""

from pathlib import Path
from typing import Any

import yaml

HEADER = "<!-- Written by `python -m contracts.render` from the yml files of dbt_project: do not edit. -->\n"
LAYERS = ("marts", "rules", "facts", "dimensions", "intermediate", "staging")
TYPE_PREFIX = "warehouse.form."
WIDE = 60


class UndocumentedModelError(ValueError):
    """A model of the dbt project has no yml file of its own beside it; the message names it."""


def _columns(columns: list[dict[str, Any]]) -> list[str]:
    if len(columns) > WIDE:
        wide = [column for column in columns if "__" in column["name"]]
        columns = [column for column in columns if "__" not in column["name"]]
        note = [f"and {len(wide)} columns, one for each cell or identity of the form, see [the form](form.md).", ""]
    else:
        note = []
    lines = ["| column | type | |", "| --- | --- | --- |"]
    for column in columns:
        kind = str(column.get("data_type", "")).replace(TYPE_PREFIX, "")
        lines.append(f"| `{column['name']}` | {kind} | {column['description']} |")
    return [*lines, "", *note]


def _entry(entry: dict[str, Any]) -> list[str]:
    return [f"### `{entry['name']}`", "", entry["description"], "", *_columns(entry["columns"])]


def _layer(folder: Path, generated: dict[Path, str]) -> list[str]:
    lines = [f"## {folder.name.capitalize()}", ""]
    for model in sorted(folder.glob("*.sql")):
        path = model.with_suffix(".yml")
        if path not in generated and not path.exists():
            raise UndocumentedModelError(f"{model.name} has no {path.name} beside it")
        declared = yaml.safe_load(generated.get(path) or path.read_text(encoding="utf-8"))
        lines += _entry(declared["models"][0])
    return lines


def render_data_dictionary(project: Path, generated: dict[Path, str]) -> str:
    """The dictionary as markdown.

    Args:
        project: the folder of the dbt project.
        generated: yml files by path that are being rendered and may not be on disk yet.

    Raises:
        UndocumentedModelError: a model has no yml file.
    """
    lines = [HEADER, "# Data dictionary", "", "The published schema `marts` holds the marts, facts and dimensions.", ""]
    for layer in LAYERS:
        lines += _layer(project / "models" / layer, generated)
    lines += ["## Seeds", ""]
    for seed in yaml.safe_load(generated[project / "seeds" / "seeds.yml"])["seeds"]:
        lines += _entry(seed)
    return "\n".join(lines).rstrip() + "\n"
