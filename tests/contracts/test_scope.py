"""What a contract evaluates in a run that is not whole: the listed rows, the same ones to the end of the contract."""

from collections.abc import Iterator

import duckdb
import pytest

from contracts.layers.results import RunExpectation
from contracts.layers.scope import forget_scope, in_scope

WHOLE, PART = RunExpectation("run"), RunExpectation("run", is_whole=False)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as warehouse:
        warehouse.execute(
            """
            create schema touched;
            create macro touched.has_bodies(touched_key) as touched_key in (1, 2);
            create macro touched.has_reports(touched_key) as touched_key = 30;
            create table facts as select * from (values (1, 10), (2, 20), (3, 30)) as rows (authority_key, report_key);
            """
        )
        yield warehouse


def keys(connection: duckdb.DuckDBPyConnection, rows: str) -> list[int]:
    return [key for (key,) in connection.execute(f"select authority_key from {rows} order by all").fetchall()]


def test_a_whole_run_evaluates_the_relation_itself(connection: duckdb.DuckDBPyConnection) -> None:
    assert in_scope(connection, WHOLE, "facts") == "facts"
    assert in_scope(connection, PART, "facts", None) == "facts"


def test_another_run_evaluates_the_rows_of_what_it_touched(connection: duckdb.DuckDBPyConnection) -> None:
    assert keys(connection, in_scope(connection, PART, "facts")) == [1, 2]
    assert keys(connection, in_scope(connection, PART, "facts", "report_key")) == [3]


def test_a_contract_sees_one_state_and_the_next_one_that_of_its_time(connection: duckdb.DuckDBPyConnection) -> None:
    rows = in_scope(connection, PART, "facts")
    connection.execute("delete from facts where authority_key = 1")
    assert in_scope(connection, PART, "facts") == rows
    assert keys(connection, rows) == [1, 2]
    forget_scope(connection)
    assert keys(connection, in_scope(connection, PART, "facts")) == [2]


def test_nothing_but_copies_is_forgotten(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create temp table kept as from facts")
    in_scope(connection, PART, "facts")
    forget_scope(connection)
    assert connection.execute("select table_name from duckdb_tables() order by all").fetchall() == [
        ("facts",),
        ("kept",),
    ]
