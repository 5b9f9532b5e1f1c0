"""The SQL types of validated lines and the columns of the raw tables over them, generated from the form."""

import pyarrow as pa

from contracts.form import form
from contracts.raw_tables import RAW_TABLES, cell_arrow_type

Columns = dict[str, str]
SQL_TYPES = {pa.int64(): "BIGINT", pa.string(): "VARCHAR", pa.bool_(): "BOOLEAN"}

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


def _tables_type() -> str:
    tables: dict[str, dict[str, Columns]] = {table: {} for table in form().tables}
    for cell in form().cells.values():
        tables[cell.table].setdefault(cell.row, {})[cell.column] = SQL_TYPES[cell_arrow_type(cell)]
    return _struct(
        {
            table: _struct(
                {
                    "form_version": "VARCHAR",
                    "cells": _struct({row: _struct(columns) for row, columns in rows.items()}),
                }
            )
            for table, rows in tables.items()
        }
    )


def report_columns() -> Columns:
    """The fields of a line that holds a report, with the cells of every version of the form."""
    authority = _struct({"printed": "VARCHAR", "normalised": "VARCHAR"})
    report = {
        "authority": authority,
        "year": "BIGINT",
        "scope": "VARCHAR",
        "period": "VARCHAR",
        "published": "VARCHAR",
        "region_code": "VARCHAR",
        "tables": _tables_type(),
    }
    return {
        "line": "BIGINT",
        "report_key": "BIGINT",
        "document_key": "BIGINT",
        "document_sha256": "VARCHAR",
        "ordinal": "BIGINT",
        "payload_sha256": "VARCHAR",
        "captured_at": "VARCHAR",
        "source_tier": "BIGINT",
        "report": _struct(report),
        "lineage": "VARCHAR",
    }


LINE_COLUMNS: dict[str, Columns] = {
    "index": INDEX_COLUMNS,
    "payloads": PAYLOAD_COLUMNS,
    "reports": report_columns(),
    "claims": _flat_columns("claims"),
    "legacy": _flat_columns("legacy_indicators"),
}


def _report_expressions() -> Columns:
    expressions = {
        "authority_printed": "report.authority.printed",
        "authority_normalised": "report.authority.normalised",
        "report_year": "report.year",
        "period": "report.period",
        "published": "report.published",
        "region_code": "report.region_code",
        "scope": "coalesce(report.scope, 'unknown')",
        "captured_at": "captured_at::timestamptz",
    }
    for table in form().tables:
        expressions[f"{table}__form_version"] = f'report.tables."{table}".form_version'
    for cell in form().cells.values():
        expressions[cell.name] = f'report.tables."{cell.table}".cells."{cell.row}"."{cell.column}"'
    return expressions


_EXPRESSIONS: dict[str, Columns] = {
    "documents": {"captured_at": "captured_at::timestamptz", "run_id": "getvariable('run_id')"},
    "rejected_documents": {"run_id": "getvariable('run_id')"},
    "reports": _report_expressions(),
}


def select_list(table: str) -> str:
    """The columns of `raw.<table>` in declared order, as expressions over the lines it is read from."""
    expressions = _EXPRESSIONS.get(table, {})
    return ", ".join(f'{expressions.get(field.name, field.name)} as "{field.name}"' for field in RAW_TABLES[table])
