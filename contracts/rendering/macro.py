"""The generated Jinja macro `form_data`: the form at compile time, for the models whose columns are its cells."""

import json
from typing import Any

from contracts.form import Form, Identity
from contracts.rendering import seed_rows

HEADER = "{#- Written by `python -m contracts.render` from contracts/form: do not edit. -#}\n"


def identity_name(identity: str) -> str:
    """The name of an identity as a column of a wide table, e.g. `balance__natural_person`."""
    return identity.replace(".", "__")


def _terms(identity: Identity) -> list[list[Any]]:
    return [[term.weight, term.cell.name, term.year_offset] for term in identity.terms]


def identity_data(form: Form) -> list[dict[str, Any]]:
    """Every identity of any version: its id, its flags, and for each distinct sum the versions that have it."""
    merged: dict[str, dict[str, Any]] = {}
    for version in form.versions.values():
        for identity in version.identities.values():
            entry = merged.setdefault(
                identity.id,
                {
                    "id": identity.id,
                    "name": identity_name(identity.id),
                    "rule": identity.rule,
                    "table": identity.table,
                    "enforced": identity.enforced,
                    "within_report": identity.within_report,
                    "versions": [],
                    "sums": [],
                },
            )
            entry["versions"].append(version.version)
            same = next((each for each in entry["sums"] if each["terms"] == _terms(identity)), None)
            if same:
                same["versions"].append(version.version)
            else:
                entry["sums"].append({"versions": [version.version], "terms": _terms(identity)})
    return list(merged.values())


def _cell_data(form: Form) -> list[dict[str, Any]]:
    return [
        {
            "name": cell.name,
            "table": cell.table,
            "row": cell.row,
            "column": cell.column,
            "type": cell.type,
            "unit": cell.unit,
            "versions": [name for name, version in form.versions.items() if cell.id in version.cells],
        }
        for cell in form.cells.values()
    ]


def _codes(form: Form) -> dict[str, list[str]]:
    """The closed lists of codes, each in printed order: the members of the warehouse's ENUM types."""
    tables = form.tables
    items = seed_rows.newest_rows(form, "proactive_disclosure")
    measures = seed_rows.newest_columns(form, "proactive_disclosure")
    return {
        "table_id": list(tables),
        "form_version": list(form.versions),
        "identity": [entry["id"] for entry in identity_data(form)],
        "applicant_type": [str(row[0]) for row in seed_rows.applicant_types(form)],
        "outcome": [str(row[0]) for row in seed_rows.outcomes(form)],
        "channel": [str(row[0]) for row in seed_rows.channels(form)],
        "result": [str(row[0]) for row in seed_rows.results(form)],
        "item": list(items),
        "measure": list(measures),
        "unit": list(dict.fromkeys(column.unit for column in measures.values())),
    }


def _lines(values: list[Any]) -> str:
    return "[\n" + "".join(f"    {json.dumps(value)},\n" for value in values) + "]"


def render_macro(form: Form) -> str:
    """The macro file: a dictionary with `codes`, `cells`, `identities` and `flows` (flow: row)."""
    codes = "{\n" + "".join(f"    {json.dumps(k)}: {json.dumps(v)},\n" for k, v in _codes(form).items()) + "}"
    return (
        f"{HEADER}{{% macro form_data() -%}}\n"
        f"{{%- set codes = {codes} -%}}\n"
        f"{{%- set cells = {_lines(_cell_data(form))} -%}}\n"
        f"{{%- set identities = {_lines(identity_data(form))} -%}}\n"
        f"{{%- set flows = {json.dumps(form.flows)} -%}}\n"
        '{{ return({"codes": codes, "cells": cells, "identities": identities, "flows": flows}) }}\n'
        "{%- endmacro %}\n"
    )
