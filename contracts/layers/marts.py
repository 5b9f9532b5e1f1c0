"""The contract of the marts: what BI reads is what the facts hold, and nothing that is held is in it."""

import duckdb
import polars as pl

from contracts.form import UNSPECIFIED, form
from contracts.layers import facts
from contracts.layers.balance import judge
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.expected_facts import parts_of, rows_of
from contracts.layers.facts import MARTS
from contracts.layers.fingerprints import check_unaltered
from contracts.layers.frames import KEY, read_cells
from contracts.layers.published import (
    BODY_YEAR,
    LET_IN,
    check_authority_year,
    check_cases,
)
from contracts.layers.region_years import CASES, check_region_years, figures_of_years
from contracts.layers.results import CheckResult, LayerReport, RunExpectation
from contracts.layers.rules import check_rules
from contracts.layers.scope import forget_scope, in_scope
from contracts.layers.vacuity import check_marts_vacuity

RATES = ("upheld_rate", "corrected_rate")


def _body_years(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> pl.DataFrame:
    """What `authority_year` must hold: figures of tables that passed or were accepted, null where neither."""
    keys = ", ".join(BODY_YEAR)
    flows = ", ".join(f"{_sum_of('applications', name)}::bigint as {name}" for name in form().flows)
    tables = in_scope(connection, run, f"{MARTS}.fct_report_tables")
    bodies = read_frame(connection, f"select distinct {keys} from {tables} where is_current")
    rows = in_scope(connection, run, f"{MARTS}.fct_application_flows")
    query = f"select {keys}, {flows} from {rows} where status in {LET_IN} group by {keys}"
    bodies = bodies.join(read_frame(connection, query), on=list(BODY_YEAR), how="left")
    return bodies.join(_body_cases(connection, run), on=list(BODY_YEAR), how="left")


def _sum_of(table: str, measure: str) -> str:
    """SQL of a row's sum: of all its parts, or of its total if no part is printed; null if only some parts are.

    In a table that was accepted, that is: one that passed has all parts of its version of the form.
    """
    place = "applicant_type" if table == "applications" else "result"
    printed = f"count({measure}) filter (where {place} <> '{UNSPECIFIED}')"
    is_partial = f"bool_or(status <> 'passed') and {printed} > 0 and {printed} < {len(parts_of(table))}"
    return f"case when not ({is_partial}) then sum({measure}) end"


def _body_cases(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> pl.DataFrame:
    """Reviews and lawsuits of each body-year; of an accepted table lawsuits only if all their channels are known."""
    rows = in_scope(connection, run, f"{MARTS}.fct_reviews_and_lawsuits")
    keys = ", ".join(BODY_YEAR)
    suits = [name for name in rows_of("reviews_and_lawsuits") if name != "review"]
    is_partial = f"bool_or(not passed) and count(cases) filter (where channel <> 'review') < {len(suits)}"
    return read_frame(
        connection,
        f"""
        with channels as (
            select {keys}, channel, bool_and(status = 'passed') as passed,
                {_sum_of("reviews_and_lawsuits", "cases")}::bigint as cases
            from {rows} where status in {LET_IN} group by all
        )
        select {keys}, sum(cases) filter (where channel = 'review')::bigint as reviews,
            case when not ({is_partial}) then sum(cases) filter (where channel <> 'review') end::bigint as lawsuits
        from channels group by {keys}
        """,
    )


def _check_authority_year(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> list[CheckResult]:
    """The mart's schema, and its figures against the facts."""
    statuses = [f"{table}_status" for table in form().tables]
    rows = in_scope(connection, run, f"{MARTS}.authority_year")
    found = read_frame(connection, f"select {', '.join((*BODY_YEAR, *figures_of_years(), *statuses))} from {rows}")
    by_table = {"applications": tuple(form().flows), "reviews_and_lawsuits": CASES}
    return [
        check_authority_year(found, by_table),
        compare_frames(
            "conservation.authority_year", _body_years(connection, run), found.drop(statuses), list(BODY_YEAR)
        ),
    ]


def _check_case_columns(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    results = parts_of("reviews_and_lawsuits")
    columns = [*BODY_YEAR, "channel::varchar as channel", *results, "cases", "closed_cases", *RATES]
    rows = in_scope(connection, run, f"{MARTS}.reviews_and_lawsuits")
    found = read_frame(connection, f"select {', '.join(columns)} from {rows}")
    return check_cases(found, results, RATES)


def _check_sums(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, mart: str, fact: str, measure: str, keys: list[str]
) -> CheckResult:
    """Whether a mart's measure adds up to the rows of its fact that were let in, for each key."""
    rows, shown = (in_scope(connection, run, f"{MARTS}.{name}") for name in (fact, mart))
    summed = f"sum({measure})" if measure != "cases" else _sum_of("reviews_and_lawsuits", measure)
    columns = ", ".join([*keys, f"({summed})::bigint as {measure}"])
    expected = read_frame(connection, f"select {columns} from {rows} where status in {LET_IN} group by all")
    columns = ", ".join([*keys, f"sum({measure})::bigint as {measure}"])
    actual = read_frame(connection, f"select {columns} from {shown} group by all")
    return compare_frames(f"conservation.{mart}", expected, actual, keys)


def _check_results(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """Each result of each body-year and channel, and what is closed, from the passed rows of the fact."""
    results = parts_of("reviews_and_lawsuits")
    keys = [*BODY_YEAR, "channel"]
    sums = [f"sum(cases) filter (where result = '{name}')::bigint as {name}" for name in results]
    whole = _sum_of("reviews_and_lawsuits", "cases")
    closed = f"({whole} - sum(cases) filter (where result = 'pending'))::bigint as closed_cases"
    cases = in_scope(connection, run, f"{MARTS}.fct_reviews_and_lawsuits")
    expected = f"""
        select {", ".join(keys)}, {", ".join(sums)}, {closed} from {cases}
        where status in {LET_IN} group by all
    """
    rows = in_scope(connection, run, f"{MARTS}.reviews_and_lawsuits")
    actual = f"select {', '.join((*keys, *results, 'closed_cases'))} from {rows}"
    return compare_frames("results", read_frame(connection, expected), read_frame(connection, actual), keys)


def _check_table_statuses(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """The status of each table of a body-year, as the facts have it for the revision that counts."""
    tables = form().tables
    chosen = [f"max(status::varchar) filter (where table_id = '{table}') as {table}_status" for table in tables]
    report_tables = in_scope(connection, run, f"{MARTS}.fct_report_tables")
    expected = f"""
        select {", ".join(BODY_YEAR)}, {", ".join(chosen)} from {report_tables}
        where is_current group by all
    """
    shown = [f"{table}_status" for table in tables]
    actual = f"select {', '.join((*BODY_YEAR, *shown))} from {in_scope(connection, run, f'{MARTS}.authority_year')}"
    return compare_frames("statuses", read_frame(connection, expected), read_frame(connection, actual), list(BODY_YEAR))


def _check_legacy_outcomes(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """Every class of replies that a report of the old form prints for its year, with its figure and its category."""
    keys = [KEY, "indicator"]
    replies = [entry.id for entry in form().indicators.values() if entry.is_reply]
    printed = read_frame(
        connection,
        f"""
        select {KEY}, indicator, value::bigint as applications
        from {in_scope(connection, run, f"{MARTS}.fct_legacy_indicators")}
        where period = 'year' and indicator is not null
        """,
    ).filter(pl.col("indicator").is_in(replies))
    comparable = {entry.id: entry.comparable or None for entry in form().indicators.values()}
    figures = pl.col("applications").drop_nulls()
    expected = (
        printed.group_by(keys)
        .agg(applications=pl.when(figures.n_unique() == 1).then(figures.first()))
        .with_columns(
            outcome_category=pl.col("indicator").replace_strict(comparable, return_dtype=pl.String),
        )
        .with_columns(is_comparable=pl.col("outcome_category").is_not_null())
    )
    columns = f"{KEY}, indicator, applications, outcome_category, is_comparable"
    actual = read_frame(connection, f"select {columns} from {in_scope(connection, run, f'{MARTS}.legacy_outcomes')}")
    return compare_frames("conservation.legacy_outcomes", expected, actual, keys)


def _check_exceptions(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """Every violated identity of a table, held or let in, is listed with its residual."""
    keys = [KEY, "identity"]
    checks = in_scope(connection, run, f"{MARTS}.fct_identity_checks")
    exceptions = in_scope(connection, run, f"{MARTS}.quality_exceptions", "report_key")
    held = f"""
        select report_key, identity::varchar as identity, residual from {checks}
        where is_enforced and status = 'fail'
    """
    listed = f"""
        select report_key, identity, residual from {exceptions}
        where exception_kind in ('held', 'accepted', 'rejected')
    """
    return compare_frames("exceptions", read_frame(connection, held), read_frame(connection, listed), keys)


def _check_corrected(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """A table that adds up since it was corrected is listed with the residuals of its figures as reported."""
    exceptions = in_scope(connection, run, f"{MARTS}.quality_exceptions", "report_key")
    put_right = f"""
        select report_key, table_id::varchar as table_id from {in_scope(connection, run, f"{MARTS}.fct_report_tables")}
        where status_reported = 'held' and identities_violated = 0
    """
    residuals = []
    for table in form().tables:
        reports = f"(from raw.reports semi join (from ({put_right}) where table_id = '{table}') using (report_key))"
        failures = judge(read_cells(connection, reports, table), table).failures
        residuals.append(failures.cast({"residual": pl.Int64}))  # a table without identities has none
    listed = f"select report_key, identity, residual from {exceptions} where exception_kind = 'corrected'"
    return compare_frames(
        "exceptions.corrected", pl.concat(residuals), read_frame(connection, listed), [KEY, "identity"]
    )


def check_marts(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> LayerReport:
    """Evaluate the contract of the marts.

    Args:
        connection: the warehouse, open for writing, with the mart file attached as `mart`.
        run: the run, whose contract of the facts was recorded before.
    """
    forget_scope(connection)
    results = [
        check_unaltered(connection, run, facts.RELATIONS),
        *check_marts_vacuity(connection, run, MARTS),
        *_check_authority_year(connection, run),
        _check_case_columns(connection, run),
        _check_sums(connection, run, "applications_by_outcome", "fct_applications", "applications", list(BODY_YEAR)),
        _check_sums(
            connection, run, "reviews_and_lawsuits", "fct_reviews_and_lawsuits", "cases", [*BODY_YEAR, "channel"]
        ),
        _check_results(connection, run),
        _check_table_statuses(connection, run),
        *check_region_years(connection, run),
        _check_exceptions(connection, run),
        _check_corrected(connection, run),
        _check_legacy_outcomes(connection, run),
        *check_rules(connection, run),
    ]
    return LayerReport(run.run_id, "marts", results)
