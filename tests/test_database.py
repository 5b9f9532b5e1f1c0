"""What dbt writes, what dlt writes and what any other step writes have row groups of one size."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.database import ROW_GROUP_ROWS, attach_for_writing, open_for_writing
from pipelines.load.destination import open_pipeline
from tests.dbt.warehouse import ROOT

PACKAGES = ("contracts", "pipelines", "flows")


def _group_sizes(file: Path, table: str) -> list[int]:
    with duckdb.connect(file, read_only=True) as connection:
        groups = connection.execute(
            f"select sum(count)::bigint from pragma_storage_info('{table}') where segment_type = 'BIGINT' "
            "group by row_group_id order by row_group_id"
        ).fetchall()
    return [rows for (rows,) in groups]


def _make_numbers(file: Path) -> None:
    with open_for_writing(file) as connection:
        connection.execute(f"create table numbers as select range as n from range({2 * ROW_GROUP_ROWS})")


def test_the_profile_says_the_size_of_the_load() -> None:
    profile = (ROOT / "profiles.yml").read_text(encoding="utf-8")
    assert re.findall(r"row_group_size: (\d+)", profile) == [str(ROW_GROUP_ROWS)]
    assert profile.count("*small_row_groups") == profile.count("alias:") - 1


def test_a_table_of_the_load_has_row_groups_of_that_size(tmp_path: Path) -> None:
    with open_pipeline(tmp_path) as pipeline, pipeline.sql_client() as client:
        client.execute_sql(f"create table numbers as select range as n from range({2 * ROW_GROUP_ROWS})")
    assert _group_sizes(tmp_path / "warehouse.duckdb", "numbers") == [ROW_GROUP_ROWS] * 2


def test_another_table_is_not_written_anew_when_a_row_is_written(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    _make_numbers(file)
    with open_for_writing(file) as connection:
        connection.execute("create table other as select 1 as n")
    assert _group_sizes(file, "numbers") == [ROW_GROUP_ROWS] * 2
    with duckdb.connect(file) as connection:  # what the size is said for: DuckDB's own joins the groups
        connection.execute("create table third as select 1 as n")
    assert _group_sizes(file, "numbers") == [2 * ROW_GROUP_ROWS]


def test_a_second_file_beside_it_keeps_its_row_groups_too(tmp_path: Path) -> None:
    mart = tmp_path / "mart.duckdb"
    _make_numbers(mart)
    with open_for_writing(tmp_path / "warehouse.duckdb") as connection:
        assert connection.execute("select current_database()").fetchall() == [("warehouse",)]
        attach_for_writing(connection, mart, "mart")
        connection.execute("create table mart.other as select 1 as n")
    assert _group_sizes(mart, "numbers") == [ROW_GROUP_ROWS] * 2


def _opened_for_writing(source: Path) -> Iterator[int]:
    """Lines that open a file with DuckDB without saying that it is only read."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "duckdb.connect" and node.args:
            read_only = [ast.unparse(given.value) for given in node.keywords if given.arg == "read_only"]
            if read_only != ["True"]:
                yield node.lineno
        if isinstance(node, ast.JoinedStr) and re.match(r"f?['\"]attach (?!.*read_only)", ast.unparse(node)):
            yield node.lineno


def test_no_other_code_opens_a_file_for_writing() -> None:
    sources = [source for package in PACKAGES for source in (ROOT / package).rglob("*.py")]
    found = {source.relative_to(ROOT).as_posix(): list(_opened_for_writing(source)) for source in sources}
    assert [name for name, lines in found.items() if lines] == ["pipelines/database.py"]
