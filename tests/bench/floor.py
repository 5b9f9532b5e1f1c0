"""The floors that the project's own steps are measured against: DuckDB and polars with nothing around them."""

from pathlib import Path

import duckdb
import polars as pl

from contracts.form import Table, form
from contracts.identities import residuals
from contracts.layers.frames import read_cells

_SQL_TYPES = {"integer": "bigint", "decimal": "varchar", "text": "varchar"}


def _table_type(table_id: str) -> str:
    """The type of one table's JSON over all versions."""
    tables: list[Table] = [form().versions[name].tables[table_id] for name in form().versions_with(table_id)]
    rows: dict[str, dict[str, str]] = {}
    for table in tables:
        for cell in table.cells:
            rows.setdefault(cell.row, {})[cell.column] = _SQL_TYPES[cell.type]
    fields = [f"{row} struct({', '.join(f'{c} {t}' for c, t in columns.items())})" for row, columns in rows.items()]
    return f"struct(form_version varchar, cells struct({', '.join(fields)}))"


def load_wide_table(shards: list[Path], warehouse: Path) -> int:
    """Read JSONL shards with DuckDB's `read_json` straight into one wide typed table; returns its rows.

    Its columns are those of `raw.reports` that stand in the JSON: keys and hashes, which have to be made, are left out.
    """
    tables = ", ".join(f"{table} {_table_type(table)}" for table in form().tables)
    authority = "struct(printed varchar, normalised varchar)"
    plain = ", ".join(f"{name} varchar" for name in ("period", "published", "region_code", "scope"))
    lineage = ", ".join(f"{name} json" for name in ("spans", "readings", "leftovers"))
    report = f"struct(authority {authority}, year bigint, {plain}, tables struct({tables}), {lineage})"
    columns = f"{{document: 'struct(sha256 varchar, captured_at varchar, source_tier bigint)', reports: '{report}[]'}}"
    cells = [
        f"report.tables.{cell.table}.cells.{cell.row}.{cell.column} as {cell.name}" for cell in form().cells.values()
    ]
    versions = [f"report.tables.{table}.form_version as {table}__form_version" for table in form().tables]
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            f"""
            create table reports as
            select
                document.sha256 as document_sha256, report.authority.printed as authority_printed,
                report.authority.normalised as authority_normalised, report.year as report_year, report.period,
                report.published, report.region_code, report.scope,
                document.captured_at::timestamptz as captured_at, document.source_tier, {", ".join(versions + cells)},
                {{spans: report.spans, readings: report.readings, leftovers: report.leftovers}}::json as lineage
            from (
                select document, unnest(reports) as report
                from read_json({[str(path) for path in shards]}, format = 'newline_delimited', columns = {columns})
            )
            """
        )
        ((rows,),) = connection.execute("select count(*) from reports").fetchall()
    return int(rows)


def evaluate_identities(frames: dict[str, pl.DataFrame]) -> int:
    """Evaluate every enforced identity with bare polars; returns how many fail."""
    failed = 0
    for table, frame in frames.items():
        if form().versions["2021"].identities_of(table, enforced=True):
            values = residuals(frame, table)
            failed += int((values.select(pl.all().exclude("report_key") != 0)).sum().sum_horizontal().item())
    return failed


def read_frames(warehouse: Path) -> dict[str, pl.DataFrame]:
    """The wide frames of all tables of `raw.reports`."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {table: read_cells(connection, "raw.reports", table) for table in form().tables}
