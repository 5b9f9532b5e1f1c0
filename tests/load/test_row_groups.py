"""What dbt writes and what dlt writes have row groups of one size."""

import re
from pathlib import Path

import duckdb

from pipelines.load.destination import ROW_GROUP_ROWS, open_pipeline
from tests.dbt.warehouse import ROOT


def test_the_profile_says_the_size_of_the_load() -> None:
    profile = (ROOT / "profiles.yml").read_text(encoding="utf-8")
    assert re.findall(r"row_group_size: (\d+)", profile) == [str(ROW_GROUP_ROWS)]
    assert profile.count("*small_row_groups") == profile.count("alias:") - 1


def test_a_table_of_the_load_has_row_groups_of_that_size(tmp_path: Path) -> None:
    with open_pipeline(tmp_path) as pipeline, pipeline.sql_client() as client:
        client.execute_sql(f"create table numbers as select range as n from range({2 * ROW_GROUP_ROWS})")
    with duckdb.connect(tmp_path / "warehouse.duckdb", read_only=True) as connection:
        groups = connection.execute(
            "select sum(count) from pragma_storage_info('numbers') where segment_type = 'BIGINT' group by row_group_id"
        ).fetchall()
    assert groups == [(ROW_GROUP_ROWS,)] * 2
