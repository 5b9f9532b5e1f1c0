"""Wide frames of reports out of the warehouse, and the pandera schema of such a frame, generated from the form."""

import duckdb
import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from contracts.form import Cell, form
from contracts.layers.results import CheckResult, verdict

KEY = "report_key"
PolarsType = pl.DataType | type[pl.DataType]


def cells_of(table: str, *, integers: bool = False) -> list[Cell]:
    """The cells of a table over all versions; with `integers` only those that hold counts."""
    return [c for c in form().cells.values() if c.table == table and (c.type == "integer" or not integers)]


def read_cells(connection: duckdb.DuckDBPyConnection, relation: str, table: str) -> pl.DataFrame:
    """One row per report of a wide relation: `report_key`, the form version and the table's cells."""
    columns = [KEY, f"{table}__form_version", *(cell.name for cell in cells_of(table))]
    query = f"select {', '.join(columns)} from {relation}"
    return connection.sql(query).pl()


def printed_decimal(text: str) -> str:
    """SQL: a printed number as decimal(24, 6), null for what is none.

    DuckDB reads text into a decimal of more than 18 digits dozens of times slower than into one of 18: what fits there
    goes that way, to the same value, but for powers of ten, which it rounds twice.
    """
    plain = f"case when {text} not ilike '%e%' then {text} end"
    return f"coalesce(try_cast({plain} as decimal(18, 6))::decimal(24, 6), try_cast({text} as decimal(24, 6)))"


def _natural(table: str) -> pl.Expr:
    """Whether all counts that cannot be negative are natural numbers."""
    cells = [c for c in cells_of(table, integers=True) if not c.may_be_negative]
    return pl.all_horizontal(pl.col(cell.name).fill_null(0) >= 0 for cell in cells)


def _in_version(table: str) -> pl.Expr:
    """Whether no cell stands outside the form version that the table names."""
    expression = pl.lit(value=True)
    for name in form().versions_with(table):
        own = {cell.id for cell in form().versions[name].tables[table].cells}
        foreign = [pl.col(c.name).is_null() for c in cells_of(table) if c.id not in own]
        matches = pl.all_horizontal(foreign) if foreign else pl.lit(value=True)
        expression = pl.when(pl.col(f"{table}__form_version") == name).then(matches).otherwise(expression)
    absent = pl.all_horizontal(pl.col(c.name).is_null() for c in cells_of(table))
    return pl.when(pl.col(f"{table}__form_version").is_null()).then(absent).otherwise(expression)


def cells_schema(table: str, decimal_type: PolarsType = pl.String) -> pa.DataFrameSchema:
    """The pandera schema of a table's wide frame: typed cells, a unique key, natural counts, one form version.

    Money is text as printed in raw and `decimal_type` from staging on.
    """
    by_type: dict[str, PolarsType] = {"integer": pl.Int64, "decimal": decimal_type, "text": pl.String}
    types = {cell.name: by_type[cell.type] for cell in cells_of(table)}
    is_true = pa.Check.eq(True)
    return pa.DataFrameSchema(
        {
            KEY: pa.Column(pl.Int64, unique=True),
            f"{table}__form_version": pa.Column(
                pl.String, pa.Check.isin(list(form().versions_with(table))), nullable=True
            ),
            **{name: pa.Column(dtype, nullable=True) for name, dtype in types.items()},
            "counts_are_natural": pa.Column(pl.Boolean, is_true),
            "cells_fit_version": pa.Column(pl.Boolean, is_true),
        },
        strict=True,
    )


def violations_of(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> list[str]:
    """What pandera finds wrong with a frame, one short line per violation; empty if it holds."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        assert isinstance(cases, pl.DataFrame)  # noqa: S101 pandera's polars backend returns polars
        return [f"{row['column']}: {row['check']} ({row['failure_case']})" for row in cases.iter_rows(named=True)]
    return []


def check_schema(frame: pl.DataFrame, table: str, decimal_type: PolarsType = pl.String) -> CheckResult:
    """The schema of a table's wide frame as one check."""
    derived = frame.with_columns(counts_are_natural=_natural(table), cells_fit_version=_in_version(table))
    violations = violations_of(cells_schema(table, decimal_type), derived)
    return verdict(f"schema.{table}", frame.height, len(violations), "; ".join(violations[:5]))
