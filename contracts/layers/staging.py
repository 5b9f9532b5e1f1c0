"""The contract of the staging layer: every figure equal to raw's, the identities evaluated anew."""

import duckdb
import polars as pl

from contracts.form import form
from contracts.layers import raw
from contracts.layers.balance import judge
from contracts.layers.fingerprints import check_unaltered, fingerprint, remember
from contracts.layers.frames import cells_of, check_schema, read_cells, unequal_rows
from contracts.layers.results import CheckResult, LayerReport, RunExpectation, verdict

RELATIONS = (
    "staging.stg_documents",
    "staging.stg_reports",
    "staging.stg_claims",
    "staging.stg_legacy_indicators",
    "staging.stg_rejected_documents",
)
# What must be equal row by row between a raw table and its staging model, beside the cells.
_SHARED: dict[str, tuple[str, ...]] = {
    "documents": ("document_key", "payload_sha256", "status", "reports"),
    "reports": (
        *("report_key", "document_key", "document_sha256", "ordinal", "payload_sha256", "authority_printed"),
        *("authority_normalised", "report_year", "region_code", "scope", "captured_at", "source_tier"),
    ),
    "claims": ("report_key", "claim_id", "kind", "terms", "value", "quote", "agrees"),
    "legacy_indicators": ("report_key", "position", "label", "indicator", "period", "value", "unit"),
    "rejected_documents": ("document_key", "payload_sha256", "reason"),
}


def _check_rows(connection: duckdb.DuckDBPyConnection, name: str, columns: tuple[str, ...]) -> CheckResult:
    """Whether a staging model has exactly raw's rows in the columns that both have; counted only if they differ."""
    chosen = f"(select {', '.join(f'{column}::varchar as {column}' for column in columns)} from {{}})"
    raw_rows, staged_rows = chosen.format(f"raw.{name}"), chosen.format(f"staging.stg_{name}")
    expected = fingerprint(connection, raw_rows)
    seen, failed = int(expected.split(":")[0]), 0
    if fingerprint(connection, staged_rows) != expected:
        query = f"""
            select count(*) from (
                (from {raw_rows} except all from {staged_rows})
                union all
                (from {staged_rows} except all from {raw_rows})
            )
        """
        row = connection.execute(query).fetchone()
        failed = int(row[0]) if row else 0
    return verdict(f"conservation.{name}", seen, failed, f"{failed} rows differ from raw")


def _comparable(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Money as a decimal on both sides, so that "91.610" in raw equals 91.61 in staging."""
    return frame.with_columns(
        pl.col(cell.name).cast(pl.Decimal(24, 6)) for cell in cells_of(table) if cell.type == "decimal"
    )


def _check_cells(raw_frame: pl.DataFrame, staged: pl.DataFrame, table: str) -> CheckResult:
    columns = [cell.name for cell in cells_of(table)]
    if raw_frame.height != staged.height:
        missing = abs(raw_frame.height - staged.height)
        return verdict(f"conservation.cells.{table}", raw_frame.height, missing, "other reports than in raw")
    names = ["report_key", f"{table}__form_version", *columns]
    failed = unequal_rows(_comparable(raw_frame, table), _comparable(staged, table), names)
    return verdict(f"conservation.cells.{table}", staged.height, failed, f"{failed} reports differ from raw")


def check_staging(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> LayerReport:
    """Evaluate the contract of the staging layer.

    Args:
        connection: the warehouse, open for writing.
        run: the run, whose raw contract was recorded before.
    """
    results = [
        check_unaltered(connection, run.run_id, raw.RELATIONS),
        raw.check_vacuity(connection, "staging.stg_reports"),
        *(_check_rows(connection, name, columns) for name, columns in _SHARED.items()),
    ]
    for table in form().tables:
        staged = read_cells(connection, "staging.stg_reports", table)
        results.append(_check_cells(read_cells(connection, "raw.reports", table), staged, table))
        results.append(check_schema(staged, table, decimal_type=pl.Decimal(24, 6)))
        results.extend(judge(staged, table).results)
    remember(connection, run.run_id, RELATIONS)
    return LayerReport(run.run_id, "staging", results)
