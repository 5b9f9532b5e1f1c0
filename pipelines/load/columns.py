"""The SQL types of validated lines and the columns of the raw tables over them, generated from the form."""

import pyarrow as pa

from contracts.form import form
from contracts.raw_tables import RAW_TABLES
from pipelines.validation.cells import cells_in_order

Columns = dict[str, str]
SQL_TYPES = {
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.int64(): "BIGINT",
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
}

INDEX_COLUMNS: Columns = {
    "line": "BIGINT",
    "document_key": "BIGINT",
    "document_sha256": "VARCHAR",
    "payload_sha256": "VARCHAR",
    "accepted": "BOOLEAN",
    "status": "VARCHAR",
    "reports": "BIGINT",
    "media_type": "VARCHAR",
    "source_uri": "VARCHAR",
    "bytes": "BIGINT",
    "captured_at": "VARCHAR",
    "source_tier": "BIGINT",
    "extractor_name": "VARCHAR",
    "extractor_version": "VARCHAR",
    "reason": "VARCHAR",
    "detail": "VARCHAR",
}
PAYLOAD_COLUMNS: Columns = {"line": "BIGINT", "payload": "VARCHAR"}


def _struct(fields: Columns) -> str:
    return "STRUCT(" + ", ".join(f'"{name}" {kind}' for name, kind in fields.items()) + ")"


def _flat_columns(table: str) -> Columns:
    """The columns of a raw table that is written line by line as it is, with the line's number."""
    return {"line": "BIGINT", **{field.name: SQL_TYPES[field.type] for field in RAW_TABLES[table]}}


def _report_columns() -> Columns:
    """The fields of a line that holds a report, with the lists of cells of every version of the form."""
    flat = {
        "form_versions": _struct(dict.fromkeys(form().tables, "VARCHAR")),
        "integers": _struct(dict.fromkeys(form().versions, "BIGINT[]")),
        "texts": _struct(dict.fromkeys(form().versions, "VARCHAR[]")),
    }
    cells = {cell.name for cell in form().cells.values()} | {f"{table}__form_version" for table in form().tables}
    plain = {name: kind for name, kind in _flat_columns("reports").items() if name not in cells}
    return {**plain, "captured_at": "VARCHAR", "cells": _struct(flat)}


LINE_COLUMNS: dict[str, Columns] = {
    "index": INDEX_COLUMNS,
    "payloads": PAYLOAD_COLUMNS,
    "reports": _report_columns(),
    "claims": _flat_columns("claims"),
    "legacy": _flat_columns("legacy_indicators"),
}


def _report_expressions() -> Columns:
    """Where each cell stands: in the list of its version, or in that of whichever version the table follows."""
    places: dict[str, list[str]] = {}
    for version in form().versions:
        for kind, cells in zip(("integers", "texts"), cells_in_order(version), strict=True):
            for place, cell in enumerate(cells, start=1):
                is_cast = kind == "texts" and cell.type == "integer"
                element = f'cells.{kind}."{version}"[{place}]'
                places.setdefault(cell.name, []).append(f"{element}::BIGINT" if is_cast else element)
    expressions = {
        name: found[0] if len(found) == 1 else f"coalesce({', '.join(found)})" for name, found in places.items()
    }
    versions = {f"{table}__form_version": f'cells.form_versions."{table}"' for table in form().tables}
    return {**expressions, **versions, "captured_at": "captured_at::timestamptz"}


_EXPRESSIONS: dict[str, Columns] = {
    "documents": {"captured_at": "captured_at::timestamptz", "run_id": "getvariable('run_id')"},
    "rejected_documents": {"run_id": "getvariable('run_id')"},
    "reports": _report_expressions(),
}


def select_list(table: str) -> str:
    """The columns of `raw.<table>` in declared order, as expressions over the lines it is read from."""
    expressions = _EXPRESSIONS.get(table, {})
    return ", ".join(f'{expressions.get(field.name, field.name)} as "{field.name}"' for field in RAW_TABLES[table])
