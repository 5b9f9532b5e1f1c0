"""The generated yml files: the seeds', and those of models whose columns are cells or identities of the form."""

from typing import Any

import yaml

from contracts.form import Form
from contracts.rendering.macro import identity_data
from contracts.rendering.seeds import SEEDS, Seed

HEADER = "# Written by `python -m contracts.render` from contracts/form: do not edit.\n"
Json = dict[str, Any]
UNIQUE: Json = {"data_tests": ["unique"]}

REPORT_COLUMNS: tuple[tuple[str, str, str, Json], ...] = (
    ("report_key", "bigint", "Key of the report: hash of the document and the ordinal of the report in it.", UNIQUE),
    ("document_key", "bigint", "Key of the document: hash of its sha256.", {}),
    ("document_sha256", "varchar", "SHA-256 of the document.", {}),
    ("ordinal", "bigint", "Position of the report in its document, from 1.", {}),
    ("payload_sha256", "varchar", "Hash of the JSON line that the row came from.", {}),
    ("authority_printed", "varchar", "Name of the body as printed.", {}),
    ("authority_normalised", "varchar", "Name of the body, normalised; null if that could not be decided.", {}),
    ("authority_zh", "varchar", "The normalised name, else the printed one.", {}),
    ("authority_key", "bigint", "Key of the body: hash of its name.", {}),
    ("report_year", "bigint", "Year the report is on.", {}),
    ("period", "varchar", "Period as printed.", {}),
    ("published", "varchar", "Date of publication as printed.", {}),
    ("region_code", "varchar", "Six-digit region code (GB/T 2260).", {}),
    ("scope", "varchar", "own, consolidated or unknown, as read.", {}),
    ("captured_at", "timestamp with time zone", "When the document was captured.", {}),
    ("source_tier", "bigint", "How near the source is to the body, 0 being the body itself.", {}),
)
BODY_YEAR_KEYS = ("report_key", "authority_key", "report_year")
DECIDED_KEYS = (*BODY_YEAR_KEYS, "region_code")


def _column(name: str, data_type: str, description: str, more: Json | None = None) -> Json:
    return {"name": name, "data_type": data_type, "description": description, **(more or {})}


def _version_column(table: str) -> Json:
    text = f"Version of the form that the labels of table {table} show; null if absent."
    return _column(f"{table}__form_version", "varchar", text)


def _cell_columns(form: Form, table: str) -> list[Json]:
    columns: list[Json] = []
    for cell in (cell for cell in form.cells.values() if cell.table == table):
        version = form.versions[next(name for name in form.versions if cell.id in form.versions[name].cells)]
        declared = version.tables[table]
        label = f"{declared.rows[cell.row].zh} · {declared.columns[cell.column].zh}"
        types = {"integer": "bigint", "decimal": "decimal(24,6)", "text": "varchar"}
        columns.append(_column(cell.name, types[cell.type], f"{label} ({cell.id})"))
        if cell.type == "decimal":
            columns.append(_column(f"{cell.name}__printed", "varchar", f"{label}, exactly as printed"))
    return columns


def _reports_model(form: Form) -> Json:
    columns = [_column(*column) for column in REPORT_COLUMNS]
    for table in form.tables:
        columns += [_version_column(table), *_cell_columns(form, table)]
    columns.append(
        _column("is_leftover", "boolean", "Whether a later extraction replaced the row's; never read downstream.")
    )
    return {
        "name": "stg_reports",
        "description": "One row per report, every cell of every form version a column.",
        "columns": columns,
    }


def _decided_model(form: Form, name: str, description: str) -> Json:
    """A model of reports whose cells are as they were decided; only what they are printed as stays behind."""
    columns = [_column(*column) for column in REPORT_COLUMNS if column[0] in DECIDED_KEYS]
    for table in form.tables:
        cells = [column for column in _cell_columns(form, table) if not column["name"].endswith("__printed")]
        columns += [_version_column(table), *cells]
    return {"name": name, "description": description, "columns": columns}


def _residuals_model(
    form: Form, name: str, description: str, *, within_report: bool, keys: tuple[str, ...] = ("report_key",)
) -> Json:
    columns = [_column(*column) for column in REPORT_COLUMNS if column[0] in keys]
    if within_report:
        columns += [_version_column(table) for table in form.tables]
    for identity in identity_data(form):
        if identity["within_report"] == within_report and (identity["enforced"] or not within_report):
            text = f"Residual of {identity['id']}; null if a term is missing or the version lacks the identity."
            columns.append(_column(identity["name"], "bigint", text))
    return {"name": name, "description": description, "columns": columns}


def _seed(seed: Seed) -> Json:
    key = [column.name for column in seed.columns[: seed.key]]
    return {
        "name": seed.name,
        "description": seed.description,
        "config": {"column_types": {column.name: column.data_type for column in seed.columns}},
        "data_tests": [{"unique_combination": {"arguments": {"columns": key}}}],
        "columns": [_column(column.name, column.data_type, column.description) for column in seed.columns],
    }


def dump_yml(content: Json, header: str = HEADER) -> str:
    """A generated yml file: a first line that says so, then the content."""
    return header + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def render_yml(form: Form) -> dict[str, str]:
    """The generated yml files of the dbt project by path."""
    within = "One row per report, the residual of every enforced identity a column."
    prior = "One row per report, the residual of every identity that reaches back a year a column."
    reported = (
        "One row per corrected report, the residual of every enforced identity of its figures as reported a column."
    )
    corrected = "One row per report that has a correction, every cell as it was decided."
    decided = "One row per report, every cell as it was decided: as reported unless it was corrected."
    models = [
        ("staging", _reports_model(form)),
        *(
            ("intermediate", model)
            for model in (
                _residuals_model(form, "int_identity_residuals", within, within_report=True, keys=BODY_YEAR_KEYS),
                _residuals_model(form, "int_reported_residuals", reported, within_report=True),
                _residuals_model(form, "int_prior_residuals", prior, within_report=False),
                _decided_model(form, "int_corrected_reports", corrected),
                _decided_model(form, "int_decided_reports", decided),
            )
        ),
    ]
    files = {f"dbt_project/models/{layer}/{model['name']}.yml": {"models": [model]} for layer, model in models}
    files["dbt_project/seeds/seeds.yml"] = {"seeds": [_seed(seed) for seed in SEEDS]}
    return {path: dump_yml(content) for path, content in files.items()}
