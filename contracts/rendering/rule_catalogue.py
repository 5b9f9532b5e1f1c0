"""What is written from the catalogue of rules: macro, seed rows, the yml of the models, the page `docs/rules.md`."""

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from contracts.form import Form
from contracts.rendering.seed_rows import Values
from contracts.rules import RULE_STATUSES, SCOPES, SEVERITIES, Rule, elsewhere, rules, words

MACRO_HEADER = "{#- Written by `python -m contracts.render` from contracts/rules: do not edit. -#}\n"
YML_HEADER = "# Written by `python -m contracts.render` from contracts/rules: do not edit.\n"
PAGE_HEADER = "<!-- Written by `python -m contracts.render` from contracts/rules: do not edit. -->\n"
Json = dict[str, Any]

EXCEPTIONS = {
    "name": "exceptions",
    "data_type": "struct(rule_id varchar, status varchar, observed varchar, expected varchar, detail varchar)[]",
    "description": "What failed or could not be assessed: what was found, what would have been right, where or why; "
    "null if nothing.",
}
KEYS = (
    ("report_key", "bigint", "Key of the report: hash of the document and the ordinal of the report in it."),
    ("authority_key", "bigint", "Key of the body: hash of its name."),
    ("report_year", "bigint", "Year the report is on."),
)


def groups() -> dict[str, list[Rule]]:
    """The rules by group, the name of the model `rules_<group>` that evaluates them."""
    return {name: list(members) for name, members in groupby(rules().values(), key=lambda rule: rule.group)}


def rule_rows(_: Form) -> Iterable[Values]:
    """Rows of the seed `rules`."""
    for position, rule in enumerate(rules().values(), 1):
        parameters = json.dumps(rule.parameters, ensure_ascii=False) if rule.parameters else ""
        yield (
            rule.id,
            rule.group,
            rule.scope,
            rule.severity,
            rule.table,
            rule.zh,
            rule.en,
            rule.filled(rule.description_zh),
            rule.filled(rule.description_en),
            rule.filled(rule.formula),
            rule.filled("; ".join(rule.needs)),
            parameters,
            rule.is_finding,
            position,
        )


def render_rule_macro() -> str:
    """The macro `rule_data`: `codes`, the rules as the models need them, in order of their groups, and the `words`."""
    codes = {"rule": list(rules()), "rule_status": RULE_STATUSES, "rule_severity": SEVERITIES, "rule_scope": SCOPES}
    entries = [
        {
            "id": rule.id,
            "group": rule.group,
            "severity": rule.severity,
            "table": rule.table,
            "parameters": rule.parameters,
            "identities": rule.identities,
            "claim_kinds": rule.claim_kinds,
            "is_finding": rule.is_finding,
        }
        for rule in rules().values()
    ]
    listed = "".join(f"    {json.dumps(entry)},\n" for entry in entries).replace(": false", ": False")
    listed = listed.replace(": true", ": True")
    return (
        f"{MACRO_HEADER}{{% macro rule_data() -%}}\n"
        f"{{%- set codes = {json.dumps(codes)} -%}}\n"
        f"{{%- set rules = [\n{listed}] -%}}\n"
        f"{{%- set words = {json.dumps({name: each.en for name, each in words().items()})} -%}}\n"
        '{{ return({"codes": codes, "rules": rules, "words": words}) }}\n'
        "{%- endmacro %}\n"
    )


YEAR_GROUPS = ("history", "continuity", "hierarchy", "dataset")  # their rules compare a body's figures


def body_figures_model(form: Form) -> Json:
    """The yml of `int_body_figures`: the cells that rules over years and regions name, each once."""
    listed = [rule.parameters.get("cells", ()) for name in YEAR_GROUPS for rule in groups()[name]]
    cells = [
        form.cells[str(cell)]
        for cell in dict.fromkeys(c for cells in listed if isinstance(cells, tuple) for c in cells)
    ]
    columns = [{"name": key, "data_type": kind, "description": text} for key, kind, text in KEYS[1:]]
    columns.append(
        {
            "name": "disclosure_version",
            "data_type": "varchar",
            "description": "Version of the form of the proactive disclosure table.",
        }
    )
    columns += [
        {"name": f"has_{table}", "data_type": "boolean", "description": f"Whether a table {table} is in use."}
        for table in form.tables
    ]
    kinds = {"integer": "bigint", "decimal": "decimal(24,6)"}
    columns += [
        {"name": cell.name, "data_type": kinds[cell.type], "description": f"{cell.id} of the table in use."}
        for cell in cells
    ]
    description = "One row per body and report year: the figures that rules over years and regions compare."
    keys = [column["name"] for column in columns[:2]]
    test = {"unique_combination": {"arguments": {"columns": keys}}}
    return {"name": "int_body_figures", "description": description, "data_tests": [test], "columns": columns}


def rule_models() -> list[Json]:
    """The yml of each model `rules_<group>`: keys, a status for each rule, and what is not passed, in words."""
    models = []
    key = {"unique_combination": {"arguments": {"columns": [name for name, _, _ in KEYS]}}}
    for name, members in groups().items():
        columns = [{"name": key, "data_type": kind, "description": text} for key, kind, text in KEYS]
        columns += [
            {
                "name": rule.id,
                "data_type": "warehouse.form.rule_status_code",
                "description": f"{rule.en}: pass, fail, not_assessed or not_applicable.",
            }
            for rule in members
        ]
        description = "One row per subject: the status of each rule, and what failed or could not be assessed."
        listed = [*columns, EXCEPTIONS]
        models.append({"name": f"rules_{name}", "description": description, "data_tests": [key], "columns": listed})
    return models


def _entry(rule: Rule) -> list[str]:
    facts = [
        f"scope {rule.scope}",
        f"severity **{rule.severity}**",
        *([f"needs {rule.filled('; '.join(rule.needs))}"] if rule.needs else []),
        *([f"table `{rule.table}`"] if rule.table else []),
        *(["its failures are findings"] if rule.is_finding else []),
    ]
    return [
        f"### `{rule.id}`",
        "",
        f"{rule.zh} / {rule.en}",
        "",
        rule.filled(rule.description_zh),
        "",
        rule.filled(rule.description_en),
        "",
        f"- {' · '.join(facts)}",
        f"- {rule.filled(rule.formula)}",
        "",
    ]


def _samples(fired: dict[str, list[str]]) -> list[str]:
    lines = [
        "## Rules that fire on the samples",
        "",
        "`make rules` takes the documents of `samples/documents` into a warehouse and lists what fails there.",
        "",
        "| rule | samples |",
        "| --- | --- |",
    ]
    return [*lines, *(f"| `{rule}` | {', '.join(samples)} |" for rule, samples in fired.items()), ""]


def render_rules_page(fired: dict[str, list[str]]) -> str:
    """The catalogue as markdown.

    Args:
        fired: for each rule that fails on the samples their names, as the command found them.
    """
    counts = ", ".join(f"{sum(rule.severity == s for rule in rules().values())} {s}" for s in SEVERITIES)
    lines = [
        PAGE_HEADER,
        "# Rules",
        "",
        f"{len(rules())} rules ({counts}), declared in `contracts/rules` and evaluated in the warehouse at every run. "
        "A rule gives each report `pass`, `fail`, `not_assessed` (a term is missing, which is never a pass) or "
        "`not_applicable`. `marts.fct_rule_results` holds what failed and what could not be assessed, "
        "`marts.rule_counts` counts all four by rule and year, `marts.dim_rule` is this catalogue. A rule never holds "
        "a table: only the enforced identities do. `gongkai rules` lists the results.",
        "",
        *_samples(fired),
    ]
    for name, members in groups().items():
        lines += [f"## {name.replace('_', ' ').capitalize()} (`rules_{name}`)", ""]
        for rule in members:
            lines += _entry(rule)
    lines += ["## Checked elsewhere, or not possible", "", "| check | | made by |", "| --- | --- | --- |"]
    lines += [f"| {entry.check} | {entry.why} | {entry.made_by or 'not made'} |" for entry in elsewhere()]
    return "\n".join(lines).rstrip() + "\n"
