"""An empty relation is red where the layer before has something for it, and only there."""

from collections.abc import Iterator

import duckdb
import polars as pl
import pytest

from contracts.layers.results import RunExpectation
from contracts.layers.vacuity import check_facts_vacuity, check_marts_vacuity

RUN = RunExpectation("run")
TABLES = ("applications", "reviews_and_lawsuits", "proactive_disclosure")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse whose facts and marts are empty."""
    with duckdb.connect() as opened:
        opened.execute("""
            create schema raw; create schema marts;
            create table raw.documents (document_key bigint, reports bigint);
            create table marts.fct_report_tables (report_key bigint, is_current boolean);
            create table marts.fct_applications (report_key bigint, status varchar);
            create table marts.fct_application_flows as from marts.fct_applications;
            create table marts.fct_reviews_and_lawsuits as from marts.fct_applications;
            create table marts.applications_by_outcome as from marts.fct_applications;
            create table marts.reviews_and_lawsuits as from marts.fct_applications;
            create table marts.authority_year (region_code varchar);
            create table marts.region_year as from marts.authority_year
        """)
        yield opened


def red(connection: duckdb.DuckDBPyConnection, status: str | None = None) -> dict[str, str]:
    """What is red, with the detail, where a report of which each table has a status counts."""
    rows = [] if status is None else [(1, status)]
    admitted = dict.fromkeys(
        TABLES, pl.DataFrame(rows, schema={"report_key": pl.Int64, "status": pl.String}, orient="row")
    )
    results = [
        *check_facts_vacuity(connection, RUN, "marts", admitted),
        *check_marts_vacuity(connection, RUN, "marts"),
    ]
    return {result.check_id: result.detail for result in results if result.status == "fail"}


def test_a_warehouse_without_a_report_has_nothing_to_be_blind_for(connection: duckdb.DuckDBPyConnection) -> None:
    assert red(connection) == {}
    connection.execute("insert into raw.documents values (1, 0)")  # rejected
    assert red(connection) == {}


def test_reports_that_are_promised_and_in_no_fact_are_red(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into raw.documents values (1, 1)")
    assert red(connection) == {"vacuity": "1 reports promised, none in marts.fct_report_tables"}


@pytest.mark.parametrize("status", [None, "not_assessed"])
def test_held_and_incomplete_tables_need_no_figure(connection: duckdb.DuckDBPyConnection, status: str | None) -> None:
    connection.execute("insert into raw.documents values (1, 1)")
    connection.execute("insert into marts.fct_report_tables values (1, true)")
    connection.execute("insert into marts.authority_year values (null)")  # a body without a region
    assert red(connection, status) == {}


def test_tables_that_passed_need_figures(connection: duckdb.DuckDBPyConnection) -> None:
    facts = ("fct_applications", "fct_application_flows", "fct_reviews_and_lawsuits")
    assert red(connection, "passed") == {"vacuity.facts": f"nothing in {', '.join(facts)}"}
    for fact in facts:
        connection.execute(f"insert into marts.{fact} values (1, 'passed')")
    shown = "nothing in applications_by_outcome, reviews_and_lawsuits"
    assert red(connection, "passed") == {"vacuity.marts": shown}


def test_marts_show_every_body_and_region_that_counts(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into marts.fct_report_tables values (1, true)")
    assert red(connection) == {"vacuity.marts": "nothing in authority_year"}
    connection.execute("insert into marts.authority_year values ('110000')")
    assert red(connection) == {"vacuity.marts": "nothing in region_year"}
