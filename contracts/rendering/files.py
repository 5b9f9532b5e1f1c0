"""Every file that is written from the declarations: its path and the content it should have."""

import json
from pathlib import Path

import yaml

from contracts import decisions
from contracts.declared import ROOT
from contracts.form import form
from contracts.raw_json import json_schema
from contracts.rendering.data_dictionary import render_data_dictionary
from contracts.rendering.form_page import render_form_page
from contracts.rendering.macro import render_macro
from contracts.rendering.model_yml import dump_yml, render_yml
from contracts.rendering.rule_catalogue import (
    YML_HEADER,
    body_figures_model,
    render_rule_macro,
    render_rules_page,
    rule_models,
)
from contracts.rendering.seeds import SEEDS, seed_csv

FIRED_FILE = "samples/rules.yml"  # the rules that fail on the samples: `make rules`


def rendered_files(root: Path = ROOT) -> dict[Path, str]:
    """Every generated file by path with the content it should have."""
    declared = form()
    files = {root / "dbt_project" / "seeds" / f"{seed.name}.csv": seed_csv(seed, declared) for seed in SEEDS}
    files[root / "dbt_project" / "macros" / "generated" / "form_data.sql"] = render_macro(declared)
    files |= {root / path: content for path, content in render_yml(declared).items()}
    files[root / "dbt_project" / "macros" / "generated" / "rule_data.sql"] = render_rule_macro()
    groups = root / "dbt_project" / "models" / "rules" / "groups"
    files |= {groups / f"{model['name']}.yml": dump_yml({"models": [model]}, YML_HEADER) for model in rule_models()}
    figures = root / "dbt_project" / "models" / "intermediate" / "int_body_figures.yml"
    files[figures] = dump_yml({"models": [body_figures_model(declared)]}, YML_HEADER)
    fired = yaml.safe_load((root / FIRED_FILE).read_text(encoding="utf-8"))
    files[root / "docs" / "rules.md"] = render_rules_page(fired)
    files[root / "docs" / "form.md"] = render_form_page(declared)
    files[root / "docs" / "data_dictionary.md"] = render_data_dictionary(root / "dbt_project", files)
    for name, schema in (("raw_extracted", json_schema()), ("decisions", decisions.json_schema())):
        content = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True)
        files[root / "docs" / f"{name}.schema.json"] = content + "\n"
    return files


def stale_files(root: Path = ROOT) -> list[Path]:
    """The generated files whose content on disk is not what the form gives."""
    return [
        path
        for path, content in rendered_files(root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    ]


def write_files(root: Path = ROOT) -> list[Path]:
    """Write the generated files that are stale and return them."""
    files = rendered_files(root)
    stale = stale_files(root)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
    return stale
