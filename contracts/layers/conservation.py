"""Conservation between layers: the same figures, counted on both sides of a step and compared row by row."""

import duckdb
import polars as pl

from contracts.layers.results import CheckResult, verdict


def read_frame(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    """The rows of a query. Sums are cast to bigint in the query: DuckDB's own 128 bits are slow to hand over."""
    return connection.sql(query).pl()


def compare_frames(check_id: str, expected: pl.DataFrame, actual: pl.DataFrame, keys: list[str]) -> CheckResult:
    """Whether two frames have the same keys and, for each key, the same figures; an absent figure equals only itself.

    Args:
        check_id: the name of the check.
        expected: the keys and figures as the layer before gives them.
        actual: the same columns as the layer under contract gives them.
        keys: the columns that identify a row on both sides.
    """
    figures = [name for name in expected.columns if name not in keys]
    both = expected.with_columns(in_expected=True).join(
        actual.select(*keys, *figures).with_columns(in_actual=True),
        on=keys,
        how="full",
        suffix="__actual",
        coalesce=True,
    )
    differs = pl.any_horizontal(
        pl.col("in_expected").is_null(),
        pl.col("in_actual").is_null(),
        *(pl.col(name).ne_missing(pl.col(f"{name}__actual")) for name in figures),
    )
    unequal = both.filter(differs)
    example = ""
    if unequal.height:
        row = unequal.row(0, named=True)
        changed = [n for n in figures if row[n] != row[f"{n}__actual"]]
        example = f"first at { ({key: row[key] for key in keys}) }: " + (
            ", ".join(f"{n} {row[n]} became {row[f'{n}__actual']}" for n in changed[:3]) or "missing on one side"
        )
    return verdict(check_id, both.height, unequal.height, f"{unequal.height} rows differ, {example}")
