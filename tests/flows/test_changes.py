"""How far a change reaches: its bodies, and all of them where what is expected of all is another."""

from pathlib import Path

import duckdb
import pytest

from contracts.layers.scope import LISTS
from pipelines.changes import widen_changes
from pipelines.warehouse import Warehouse

# Body 1 is touched, bodies 2 and 3 are not. The last capture was on 2 February, when nothing of 2024 was due any more
# but what body 3 owed; what body 2 owes on 2025 is due on 31 March.
HELD = """
(1, 1, 11, 2023, '2024-01-10 00:00:00+00', false), (2, 1, 12, 2024, '2025-01-10 00:00:00+00', false),
(3, 2, 13, 2023, '2024-01-11 00:00:00+00', false), (4, 2, 14, 2024, '2025-02-02 00:00:00+00', false),
(5, 3, 15, 2023, '2024-01-12 00:00:00+00', false)
"""
EXPECTED = "(2, 2024, 4, date '2025-01-31'), (3, 2024, null, date '2025-01-31'), (2, 2025, null, date '2025-03-31')"
# What body 1 has now in place of its report on 2024.
AS_BEFORE = "(2, 1, 12, 2024, '2025-01-10 00:00:00+00', false)"


def hold(warehouse: Warehouse, now: str) -> None:
    """Make the tables that are looked at: as built before, and staging as it is now."""
    warehouse.current.mkdir(parents=True)
    with duckdb.connect(warehouse.live_mart) as mart:
        mart.execute(
            "create schema marts; create table marts.fct_expected_reports as "
            f"from (values {EXPECTED}) as t (authority_key, report_year, report_key, due_on)"
        )
    with duckdb.connect(warehouse.database) as connection:
        for schema in ("staging", "intermediate", "touched", "form"):
            connection.execute(f"create schema {schema}")
        for name, column in LISTS.items():
            kind = "varchar" if column == "region_code" else "bigint"
            connection.execute(f"create table touched.{name} ({column} {kind})")
        columns = (
            "(report_key bigint, authority_key bigint, document_key bigint, report_year bigint, "
            "captured_at timestamptz, {flag} boolean, region_code varchar)"
        )
        connection.execute(f"create table intermediate.int_reports {columns.format(flag='is_rejected')}")
        connection.execute(f"insert into intermediate.int_reports select *, null from (values {HELD})")
        connection.execute("create table intermediate.int_expected_reports as select 9::bigint as authority_key")
        connection.execute(f"create table staging.stg_reports {columns.format(flag='is_leftover')}")
        connection.execute(f"insert into staging.stg_reports select *, null from (values {now})")
        connection.execute("insert into staging.stg_reports from intermediate.int_reports where report_key <> 2")
        connection.execute("create table form.region_succession (predecessor_code varchar, successor_code varchar)")
        connection.execute("insert into touched.changed_documents values (12); insert into touched.bodies values (1)")


@pytest.mark.parametrize(
    ("now", "touched"),
    [
        pytest.param(AS_BEFORE, {1}, id="nothing else"),
        pytest.param("(2, 8, 12, 2024, '2025-01-10 00:00:00+00', false)", {1, 8}, id="another body"),
        pytest.param("(2, 1, 12, 2024, '2025-03-31 12:00:00+00', false)", {1}, id="a day before any is due"),
        pytest.param("(2, 1, 12, 2024, '2025-03-31 16:00:00+00', false)", {1, 2, 3, 9}, id="a day after one was due"),
        pytest.param("(2, 1, 12, 2024, '2025-04-01 00:00:00+00', true)", {1}, id="what is left over counts no more"),
        pytest.param(
            "(2, 1, 12, 2025, '2025-01-10 00:00:00+00', false)", {1, 2, 3, 9}, id="a year that was not on file"
        ),
    ],
)
def test_a_change_touches_its_bodies_or_all(tmp_path: Path, now: str, touched: set[int]) -> None:
    warehouse = Warehouse(tmp_path)
    hold(warehouse, now)
    widen_changes(warehouse)
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        assert {key for (key,) in connection.execute("from touched.bodies").fetchall()} == touched
        reports = "select report_key from staging.stg_reports where authority_key in (from touched.bodies)"
        assert connection.execute(f"{reports} except from touched.reports").fetchall() == []
        assert connection.execute("select touched.has_bodies(1), touched.has_bodies(7)").fetchall() == [(True, False)]


def test_a_year_on_which_only_touched_bodies_report_touches_all(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    hold(warehouse, AS_BEFORE)
    with duckdb.connect(warehouse.database) as connection:
        connection.execute("update intermediate.int_reports set is_rejected = true where report_key = 4")
    widen_changes(warehouse)
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        assert {key for (key,) in connection.execute("from touched.bodies").fetchall()} == {1, 2, 3, 9}
