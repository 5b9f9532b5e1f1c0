"""The project's own data tests: each finds nothing in rows that are as they should be, and something in others."""

from pathlib import Path

import duckdb
import jinja2
import pytest

FOLDER = Path(__file__).parents[2] / "dbt_project" / "tests" / "generic"
CODES = "enum('a', 'b')"
# Arguments, columns, rows that are as they should be, and sets of rows of which each is not.
CASES: dict[str, tuple[dict[str, object], str, list[str], list[list[str]]]] = {
    "unique_combination": (
        {"columns": ["body", "year"]},
        "body integer, year integer",
        ["(1, 2022)", "(1, 2023)", "(null, 2023)"],
        [["(1, 2022)", "(1, 2022)"], ["(null, 2022)", "(null, 2022)"]],
    ),
    "unique_code": (
        {"group": ["report"], "code": "outcome"},
        f"report integer, outcome {CODES}",
        ["(1, 'a')", "(1, 'b')", "(2, 'a')"],
        [["(1, 'a')", "(1, 'a')"]],
    ),
    "one_current_revision": (
        {"group": ["body"]},
        "body integer, is_current boolean, status varchar, is_of_another_scope boolean",
        [
            "(1, true, 'passed', false)",
            "(1, false, 'held', false)",
            "(2, true, 'held', false)",
            "(2, false, 'passed', true)",
        ],
        [
            ["(1, true, 'passed', false)", "(1, true, 'passed', false)"],
            ["(1, false, 'passed', false)"],
            ["(1, true, 'held', false)", "(1, false, 'passed', false)"],
            ["(1, true, 'rejected', false)", "(1, false, 'accepted', false)"],
            ["(1, true, 'held', true)", "(1, false, 'passed', true)"],
        ],
    ),
    "relationships_by_key": (
        {"columns": ["body"], "to": "(values (1), (2)) as known (body)"},
        "body integer",
        ["(1)", "(2)", "(2)"],
        [["(1)", "(3)"]],
    ),
}


def found_by(test: str, rows: list[str]) -> int:
    """How many rows a test finds among some rows."""
    arguments, columns, _, _ = CASES[test]
    source = (FOLDER / f"{test}.sql").read_text(encoding="utf-8")
    source = source.replace("{% test ", "{% macro ").replace("{% endtest %}", "{% endmacro %}")
    query = getattr(jinja2.Environment(autoescape=False).from_string(source).module, test)("given", **arguments)  # noqa: S701 SQL
    with duckdb.connect() as connection:
        connection.execute(f"create table given ({columns})")
        connection.execute(f"insert into given values {', '.join(rows)}")
        return len(connection.execute(query).fetchall())


def test_every_data_test_of_the_project_is_tried() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == CASES.keys()


@pytest.mark.parametrize("test", CASES)
def test_a_data_test_finds_what_is_wrong_and_nothing_else(test: str) -> None:
    _, _, right, wrong = CASES[test]
    assert found_by(test, right) == 0
    assert [rows for rows in wrong if found_by(test, rows) == 0] == []
