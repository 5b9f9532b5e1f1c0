"""That the facts hold what prose states and what reports before the form's tables list."""

import duckdb
import polars as pl

from contracts.claims import claim_rules
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.frames import KEY, printed_decimal
from contracts.layers.results import CheckResult, RunExpectation
from contracts.layers.scope import in_scope


def check_prose(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, schema: str, reports: pl.DataFrame
) -> list[CheckResult]:
    """Claims and legacy indicators of the reports that count, row by row.

    Args:
        connection: the warehouse with the mart.
        run: the run, whole or not.
        schema: where the facts are.
        reports: the reports with their body, year and preference among the revisions.
    """
    agreement = "case when agrees then 'agree' when not agrees then 'conflict' else 'not_assessed' end as status"
    current = f"not is_leftover and {KEY} in (select {KEY} from {schema}.dim_report where is_current)"
    staged = {
        name: in_scope(connection, run, f"staging.stg_{name}", "report_key") for name in ("claims", "legacy_indicators")
    }
    facts = {
        name: in_scope(connection, run, f"{schema}.fct_{name}") for name in ("narrative_claims", "legacy_indicators")
    }
    percentages = ", ".join(f"'{name}'" for name, kind in claim_rules().kinds.items() if kind.unit == "percent")
    is_percentage = f"base is not null or coalesce(decimals, 0) > 0 or kind in ({percentages})"
    unit = f"case when {is_percentage} then 'percent' else 'count' end as unit"
    stated = f"round(value / pow(10, coalesce(decimals, 0)), 6) as figure, {unit}"
    claims = f"select {KEY}, claim_id, value, {stated}, {agreement} from {staged['claims']} where {current}"
    shown = "value, round(figure, 6) as figure, unit, status::varchar as status"
    told = f"select {KEY}, claim_id, {shown} from {facts['narrative_claims']}"
    columns = f"{KEY}, position, indicator, period"
    figure = f"{printed_decimal('value')} as figure"
    indicators = f"select {columns}, value, {figure} from {staged['legacy_indicators']} where {current}"
    legacy = f"select {columns}, value_printed as value, value as figure from {facts['legacy_indicators']}"
    placed = reports.select(KEY, "authority_key", "report_year", "preference")
    listed = read_frame(connection, indicators).join(placed, on=KEY)
    # Several reports on a body's year may count, for one table each; the indicators are those of the first.
    first = pl.col("preference").min().over("authority_key", "report_year")
    of_first = listed.filter(pl.col("preference") == first).drop(placed.columns[1:])
    return [
        compare_frames(
            "conservation.claims", read_frame(connection, claims), read_frame(connection, told), [KEY, "claim_id"]
        ),
        compare_frames("conservation.legacy", of_first, read_frame(connection, legacy), [KEY, "position"]),
    ]
