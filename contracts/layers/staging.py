"""The contract of the staging layer: every figure equal to raw's, the identities evaluated anew."""

import unicodedata

import duckdb
import polars as pl

from contracts.form import form
from contracts.layers import raw
from contracts.layers.balance import judge
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.fingerprints import check_unaltered, fingerprint, remember
from contracts.layers.frames import KEY, cells_of, check_schema, printed_decimal, read_cells
from contracts.layers.results import CheckResult, LayerReport, RunExpectation, verdict
from contracts.layers.scope import Relations, Unit, forget_scope, in_scope
from contracts.raw_tables import RAW_TABLES, key_of

RELATIONS: Relations = {
    "staging.stg_documents": "document_key",
    "staging.stg_reports": "report_key",
    "staging.stg_claims": "report_key",
    "staging.stg_legacy_indicators": "report_key",
    "staging.stg_rejected_documents": "document_key",
    "staging.stg_decisions": None,
}
# The columns of a raw table that its staging model does not have. All others must be equal row by row. The lineage is
# taken apart by a view, `stg_report_lineage`, which has nothing of its own to differ in.
LEFT_OUT: dict[str, frozenset[str]] = {
    "reports": frozenset({"lineage"}),
    "claims": frozenset({"payload_sha256"}),
    "legacy_indicators": frozenset({"payload_sha256"}),
    "rejected_documents": frozenset({"payload"}),
    "decisions": frozenset({"payload", "payload_sha256"}),
}
# What SQL's trim takes off.
_SPACES = "".join(sign for sign in map(chr, range(0x3001)) if unicodedata.category(sign) == "Zs")


def shared_columns(name: str) -> tuple[str, ...]:
    """The columns that a raw table and its staging model share, as raw declares them, without the cells."""
    apart = {name for table in form().tables for name in (f"{table}__form_version", *(c.name for c in cells_of(table)))}
    return tuple(column for column in RAW_TABLES[name].names if column not in apart | LEFT_OUT.get(name, frozenset()))


def _raw_and_staged(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, name: str, unit: Unit | None
) -> tuple[str, str]:
    """A raw table and its staging model, as the contract evaluates them."""
    return in_scope(connection, run, f"raw.{name}", unit), in_scope(connection, run, f"staging.stg_{name}", unit)


def _compare(connection: duckdb.DuckDBPyConnection, check_id: str, raw_rows: str, staged_rows: str) -> CheckResult:
    """Whether two relations hold the same rows; they are compared row by row only if their fingerprints differ."""
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
        ((count,),) = connection.execute(query).fetchall()
        failed = int(count)
    return verdict(check_id, seen, failed, f"{failed} rows differ from raw")


def _check_rows(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, name: str, columns: tuple[str, ...]
) -> CheckResult:
    """Whether a staging model has exactly raw's rows in the columns that both have."""
    unit: Unit | None = "document_key" if "document_key" in columns and name != "reports" else "report_key"
    if unit not in columns:
        unit = None
    chosen = f"(select {', '.join(f'{column}::varchar as {column}' for column in columns)} from {{}})"
    raw_rows, staged_rows = _raw_and_staged(connection, run, name, unit)
    return _compare(connection, f"conservation.{name}", chosen.format(raw_rows), chosen.format(staged_rows))


def _cell_columns(table: str, *, in_raw: bool) -> str:
    """Key, version and cells of a table; money as a decimal on both sides, so that "91.610" in raw equals 91.61.

    What was printed for money stands beside it in staging, as raw has it.
    """
    money = [cell.name for cell in cells_of(table) if cell.type == "decimal"]
    cells = [
        f"{printed_decimal(cell.name)} as {cell.name}" if in_raw and cell.name in money else cell.name
        for cell in cells_of(table)
    ]
    printed = [f"{name} as {name}__printed" if in_raw else f"{name}__printed" for name in money]
    return ", ".join([KEY, f"{table}__form_version", *cells, *printed])


def _check_cells(connection: duckdb.DuckDBPyConnection, run: RunExpectation, table: str) -> CheckResult:
    """Whether a table's cells are raw's, by their hashes; the reports that differ are counted only if some do."""
    raw_rows, staged_rows = _raw_and_staged(connection, run, "reports", "report_key")
    raw_cells = f"(select {_cell_columns(table, in_raw=True)} from {raw_rows})"
    staged_cells = f"(select {_cell_columns(table, in_raw=False)} from {staged_rows})"
    return _compare(connection, f"conservation.cells.{table}", raw_cells, staged_cells)


def check_conservation(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> list[CheckResult]:
    """Whether each value that a staging model has from raw is raw's."""
    return [
        *(_check_rows(connection, run, name, shared_columns(name)) for name in RAW_TABLES),
        *(_check_cells(connection, run, table) for table in form().tables),
    ]


def name_bodies(reports: pl.DataFrame) -> pl.DataFrame:
    """The name and the key of each report's body; one whose name was not normalised is known by its document only.

    One without any name is known by the document and its ordinal in it.

    Args:
        reports: the columns of `raw.reports` that name a report, its body and its document.

    Returns:
        One row per report: its key, `authority_zh` and `authority_key`.
    """
    normalised, printed = (
        pl.col(column).fill_null("").str.strip_chars(_SPACES)
        for column in ("authority_normalised", "authority_printed")
    )
    unknown = pl.format("unknown {} {}", pl.col("document_sha256").str.slice(0, 12), "ordinal")
    of_document = (
        pl.when(printed == "")
        .then(pl.format("{} {}", "document_sha256", "ordinal"))
        .otherwise(pl.format("{} {}", "authority_printed", "document_sha256"))
    )
    named = reports.select(
        KEY,
        authority_zh=pl.when(normalised != "").then(normalised).when(printed != "").then(printed).otherwise(unknown),
        name=pl.when(normalised != "").then(normalised).otherwise(of_document),
    )
    names = named["name"].unique()
    keys = pl.DataFrame({"name": names, "authority_key": pl.Series(map(key_of, names), dtype=pl.Int64)})
    return named.join(keys, on="name").drop("name")


def check_bodies(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """Whether each report stands under the body that its name in raw gives, by name and key."""
    raw_rows, staged_rows = _raw_and_staged(connection, run, "reports", "report_key")
    columns = f"{KEY}, authority_normalised, authority_printed, document_sha256, ordinal"
    expected = name_bodies(read_frame(connection, f"select {columns} from {raw_rows}"))
    actual = read_frame(connection, f"select {KEY}, authority_zh, authority_key from {staged_rows}")
    return compare_frames("bodies.reports", expected, actual, [KEY])


def check_staging(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> LayerReport:
    """Evaluate the contract of the staging layer.

    Args:
        connection: the warehouse, open for writing.
        run: the run, whose raw contract was recorded before.
    """
    forget_scope(connection)
    results = [
        check_unaltered(connection, run, raw.RELATIONS),
        raw.check_vacuity(connection, run, "staging.stg_reports"),
        *check_conservation(connection, run),
        check_bodies(connection, run),
    ]
    for table in form().tables:
        staged = read_cells(connection, in_scope(connection, run, "staging.stg_reports", "report_key"), table)
        results.append(check_schema(staged, table, decimal_type=pl.Decimal(24, 6)))
        results.extend(judge(staged, table).results)
    remember(connection, run, RELATIONS)
    return LayerReport(run.run_id, "staging", results)
