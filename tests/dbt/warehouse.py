"""A small warehouse for tests: raw tables of the loader's schema, filled without the loader, and dbt run over them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from dbt.cli.main import dbtRunner

from contracts.form import form
from contracts.raw_tables import RAW_TABLES, key_of, report_key

ROOT = Path(__file__).parents[2]
Row = dict[str, Any]
Cells = dict[str, int | None]


def ones(version: str, table: str = "applications") -> Cells:
    """A table whose identities all hold, by cell id: every part is 1, the totals accordingly."""
    declared = form().versions[version].tables[table]
    outcomes = sum(row.is_outcome for row in declared.rows.values())
    cells: Cells = {}
    for cell in declared.cells:
        columns = len(declared.columns) - 1 if declared.columns[cell.column].role == "total" else 1
        is_sum = declared.rows[cell.row].category == "total" or cell.row == "new_received"
        cells[cell.id] = columns * (outcomes if is_sum else 1)
    return cells


def report_row(key: int, versions: dict[str, str], cells: Cells, **columns: object) -> Row:
    """A row of `raw.reports` of document number `key`, with the given cells and other columns."""
    sha256 = f"{key:064x}"
    return {
        "report_key": report_key(sha256, 1),
        "document_key": key_of(sha256),
        "document_sha256": sha256,
        "ordinal": 1,
        "payload_sha256": f"payload {key}",
        "authority_printed": "某局",
        "authority_normalised": "某市某局",
        "report_year": 2022,
        "scope": "own",
        "source_tier": 5,
        **{f"{table}__form_version": version for table, version in versions.items()},
        **{cell.replace(".", "__"): value for cell, value in cells.items()},
        **columns,
    }


def document_of(report: Row) -> Row:
    """The row of `raw.documents` that promises a report."""
    same = ("document_key", "document_sha256", "payload_sha256", "source_tier")
    return {name: report[name] for name in same} | {"status": "read", "reports": 1, "run_id": "test"}


def write_raw(database: Path, rows: dict[str, list[Row]]) -> None:
    """Create the raw tables with the given rows."""
    with duckdb.connect(database) as connection:
        connection.execute("create schema raw")
        for name, schema in RAW_TABLES.items():
            connection.register("given", pa.Table.from_pylist(rows.get(name, []), schema=schema))
            connection.execute(f"create table raw.{name} as select * from given")
            connection.unregister("given")


def insert_row(connection: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
    """Add one row to a raw table."""
    names = ", ".join(row)
    connection.execute(f"insert into raw.{table} ({names}) values ({', '.join('?' * len(row))})", [*row.values()])


def run_dbt(command: Iterable[str], target: Path) -> object:
    """Run dbt in this process, every warning an error; returns dbt's own result, for `ls` the lines listed."""
    folders = ["--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT)]
    paths = ["--target-path", str(target), "--log-path", str(target)]
    result = dbtRunner().invoke(["--quiet", "--warn-error", *command, *folders, *paths])
    if not result.success:
        messages = [
            f"{each.node.name}: {each.message}" for each in getattr(result.result, "results", []) if each.message
        ]
        pytest.fail(f"{result.exception or ''} {messages}")
    return result.result
