"""What the contract of the marts expects of an accepted table with blanks: no sum of what is left."""

from collections.abc import Iterator

import duckdb
import pytest

from contracts.form import form
from contracts.layers.expected_facts import parts_of
from contracts.layers.facts import MARTS
from contracts.layers.marts import _body_years, _check_results
from contracts.layers.results import RunExpectation

RUN = RunExpectation("run")
FLOWS = ", ".join(f"{flow} bigint" for flow in form().flows)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One accepted body-year: a blank part of carried_in, decided by its total only, one channel with a blank."""
    with duckdb.connect() as opened:
        if "." in MARTS:
            opened.execute(f"attach ':memory:' as {MARTS.partition('.')[0]}")
        results = ", ".join(f"{name} bigint" for name in parts_of("reviews_and_lawsuits"))
        opened.execute(f"""
            create schema {MARTS};
            create table {MARTS}.fct_report_tables as
                select 7 as authority_key, 2022 as report_year, true as is_current;
            create table {MARTS}.fct_application_flows
                (authority_key bigint, report_year bigint, applicant_type varchar, status varchar, {FLOWS});
            create table {MARTS}.fct_reviews_and_lawsuits
                (authority_key bigint, report_year bigint, channel varchar, result varchar, status varchar,
                    cases bigint);
            create table {MARTS}.reviews_and_lawsuits
                (authority_key bigint, report_year bigint, channel varchar, {results}, closed_cases bigint)
        """)
        yield opened


def add_flow(connection: duckdb.DuckDBPyConnection, part: str, status: str, **flows: int) -> None:
    names = ", ".join(["authority_key", "report_year", "applicant_type", "status", *flows])
    values = [7, 2022, part, status, *flows.values()]
    connection.execute(
        f"insert into {MARTS}.fct_application_flows ({names}) values ({', '.join('?' * len(values))})", values
    )


def add_cases(connection: duckdb.DuckDBPyConnection, channel: str, status: str, **results: int) -> None:
    for result, cases in results.items():
        values = [7, 2022, channel, result, status, cases]
        connection.execute(f"insert into {MARTS}.fct_reviews_and_lawsuits values (?, ?, ?, ?, ?, ?)", values)


def test_sums_over_a_blank_are_null_in_an_accepted_table(connection: duckdb.DuckDBPyConnection) -> None:
    first, *others = parts_of("applications")
    add_flow(connection, first, "accepted", new_received=1)
    for part in others:
        add_flow(connection, part, "accepted", new_received=1, carried_in=0)
    add_flow(connection, "unspecified", "accepted", decided=5)
    add_cases(connection, "review", "accepted", corrected=11, pending=0)
    add_cases(connection, "lawsuit_direct", "accepted", upheld=1, corrected=0, other_result=0, pending=0)
    (row,) = _body_years(connection, RUN).to_dicts()
    assert (row["new_received"], row["carried_in"], row["decided"], row["carried_out"]) == (6, None, 5, None)
    assert (row["reviews"], row["lawsuits"]) == (None, None)
    connection.execute(f"insert into {MARTS}.reviews_and_lawsuits values (7, 2022, 'review', null, 11, null, 0, 11)")
    connection.execute(f"insert into {MARTS}.reviews_and_lawsuits values (7, 2022, 'lawsuit_direct', 1, 0, 0, 0, 1)")
    result = _check_results(connection, RUN)
    assert result.status == "fail"  # closed cases of a channel with a blank are not known
    assert "closed_cases" in result.detail


def test_a_table_that_passed_is_summed_by_what_its_version_has(connection: duckdb.DuckDBPyConnection) -> None:
    add_flow(connection, "natural_person", "passed", new_received=1, carried_in=0, decided=1, carried_out=0)
    add_cases(connection, "lawsuit_direct", "passed", upheld=1, pending=2)
    (row,) = _body_years(connection, RUN).to_dicts()
    assert (row["new_received"], row["lawsuits"]) == (1, 3)
