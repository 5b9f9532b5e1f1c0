"""The contract of a region's years: which bodies count for it, and what their figures add up to."""

import duckdb
import polars as pl

from contracts.form import form
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.expected_facts import reports_for_all
from contracts.layers.facts import MARTS
from contracts.layers.published import LET_IN, REGION_YEAR, check_region_year
from contracts.layers.results import CheckResult, RunExpectation
from contracts.layers.scope import in_scope
from contracts.regions import regions

CASES = ("reviews", "lawsuits")


def figures_of_years() -> tuple[str, ...]:
    """The figures of a body's or region's year: the flows of applications, reviews and lawsuits."""
    return (*form().flows, *CASES)


def _names_of_regions() -> pl.DataFrame:
    """The names of each region code, with the years in which they held."""
    rows = [(region.code, region.name_zh, region.valid_from, region.valid_to) for region in regions()]
    schema = {"region_code": pl.String, "name_zh": pl.String, "valid_from": pl.Int64, "valid_to": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _is_in_force() -> pl.Expr:
    year = pl.col("report_year")
    return year.is_between(pl.col("valid_from").fill_null(year), pl.col("valid_to").fill_null(year))


def choose_bodies(bodies: pl.DataFrame) -> pl.DataFrame:
    """The bodies whose figures count for their region: one consolidated report, else all reports of their own.

    A region's government reports for all of it, that of a 地区 or 盟 (行政公署) and its general office too, that of a
    town not. Of several the body counts that is named as the region is in that year.

    Args:
        bodies: the rows of `authority_year` that have a region.

    Returns:
        The chosen rows with `basis` and `consolidated_by_zh`.
    """
    passed = pl.col("applications_status").is_in(LET_IN)
    name = pl.col("authority_zh")
    consolidated = bodies.filter(passed & reports_for_all(name) & (pl.col("scope_counted") == "consolidated"))
    first = (
        consolidated.join(_names_of_regions(), on="region_code", how="left")
        .with_columns(has_name=name.str.contains(pl.col("name_zh"), literal=True) & _is_in_force())
        .sort(~name.str.ends_with("人民政府"), ~pl.col("has_name").fill_null(value=False), "authority_key")
        .unique(REGION_YEAR, keep="first", maintain_order=True)
        .select(bodies.columns)
        .with_columns(basis=pl.lit("consolidated"), consolidated_by_zh=pl.col("authority_zh"))
    )
    own = (
        bodies.join(first, on=REGION_YEAR, how="anti")
        .filter(passed & (pl.col("scope_counted") == "own"))
        .with_columns(basis=pl.lit("own_reports"), consolidated_by_zh=pl.lit(None, pl.String))
    )
    return pl.concat([first, own])


def _sum_of_bodies(figure: str) -> pl.Expr:
    """The sum of a figure over bodies; null if one whose table was let in has none, or no table was."""
    table = "reviews_and_lawsuits" if figure in CASES else "applications"
    known = pl.col(figure).filter(pl.col(f"{table}_status").is_in(LET_IN))
    return pl.when((known.len() > 0) & (known.null_count() == 0)).then(pl.col(figure).sum()).alias(figure)


def check_region_years(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> list[CheckResult]:
    """A region's figures are those of its one consolidated report or of its own reports, never of both."""
    columns = (*REGION_YEAR, "basis", "consolidated_by_zh", "bodies_accepted", *figures_of_years())
    shown, rows = (
        in_scope(connection, run, f"{MARTS}.{name}", "region_code") for name in ("region_year", "authority_year")
    )
    years = read_frame(connection, f"select {', '.join(columns)} from {shown}")
    bodies = read_frame(
        connection,
        f"""
        select {", ".join((*REGION_YEAR, "authority_key", "authority_zh", "scope_counted", *figures_of_years()))},
            applications_status, reviews_and_lawsuits_status
        from {rows} where region_code is not null and applications_status <> 'rejected'
        """,
    )
    sums = [_sum_of_bodies(name) for name in figures_of_years()]
    counted = (
        choose_bodies(bodies)
        .group_by(REGION_YEAR)
        .agg(
            pl.col("basis", "consolidated_by_zh").first(),
            (pl.col("applications_status") == "accepted").sum().cast(pl.Int64).alias("bodies_accepted"),
            *sums,
        )
    )
    expected = (
        bodies.select(REGION_YEAR)
        .unique()
        .join(counted, on=REGION_YEAR, how="left")
        .with_columns(pl.col("basis").fill_null("none"), pl.col("bodies_accepted").fill_null(0))
    )
    return [
        check_region_year(years, figures_of_years()),
        compare_frames("conservation.region_year", expected.select(columns), years, list(REGION_YEAR)),
    ]
