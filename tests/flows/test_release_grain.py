"""A table whose key gains or loses a column between two versions: what is compared, and what still blocks."""

from pathlib import Path

import duckdb
import pytest

from pipelines.publishing import Inputs, PublicationRefusedError, Version, publish, start_build
from pipelines.publishing.release.models import TableDiff
from pipelines.warehouse import Warehouse
from tests.flows.marts import CODE, reports_with

Row = tuple[str, str, int]  # applicant type, outcome, applications of the one report
COARSE: list[Row] = [("all", "granted", 7), ("all", "refused", 1), ("all", "withdrawn", 1)]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


def publish_rows(
    warehouse: Warehouse, run_id: str, rows: list[Row], *, without: str = "", accepted: str | None = None
) -> Version:
    """Publish a mart of one report, whose fact lacks a column of its key if one is named."""
    mart = start_build(warehouse, run_id)
    with duckdb.connect(mart) as connection:
        connection.execute("""
            create schema marts; use marts;
            create table fct_applications (applicant_type varchar, outcome varchar, applications bigint);
            create table dim_report as
                select 11 as report_key, 11 as document_key, 10 as authority_key, 2023 as report_year;
            create table dim_document as select 11 as document_key, 'sha' as document_sha256;
            create table dim_authority as select 10 as authority_key, 'body 1' as authority_zh;
        """)
        connection.executemany("insert into fct_applications values (?, ?, ?)", rows)
        connection.execute("""
            alter table fct_applications add column report_key bigint default 11;
            alter table fct_applications add column authority_key bigint default 10;
            alter table fct_applications add column report_year bigint default 2023;
        """)
        if without:
            connection.execute(f"alter table fct_applications drop column {without}")
    inputs = Inputs(1, "0" * 64)
    return publish(warehouse, run_id, inputs=inputs, contracts=reports_with(), code=CODE, accepted_changes=accepted)


def diff_of(version: Version) -> TableDiff:
    assert version.manifest.release is not None
    (diff,) = [diff for diff in version.manifest.release.tables if diff.table == "fct_applications"]
    return diff


def test_figures_divided_among_more_rows_are_published_and_the_new_key_is_said(warehouse: Warehouse) -> None:
    publish_rows(warehouse, "v1", COARSE, without="applicant_type")
    divided = [
        ("a", "granted", 4),
        ("b", "granted", 3),
        ("a", "refused", 1),
        ("b", "refused", 0),
        ("a", "withdrawn", 1),
    ]
    version = publish_rows(warehouse, "v2", divided)
    diff = diff_of(version)
    assert diff.is_regrained
    assert (diff.rows_before, diff.rows_after, diff.added, diff.removed, diff.changed) == (3, 5, 3, 1, 0)
    assert diff.columns_added == ["applicant_type"]
    assert version.manifest.release is not None
    assert version.manifest.release.unexplained == []
    assert not diff_of(publish_rows(warehouse, "v3", divided)).is_regrained


def test_rows_that_are_equal_but_for_the_new_column_are_each_counted(warehouse: Warehouse) -> None:
    publish_rows(warehouse, "v1", [("all", "granted", 2), ("all", "refused", 2)], without="outcome")
    equal = [("all", "granted", 2), ("all", "refused", 2), ("all", "withdrawn", 0), ("all", "other", 0)]
    diff = diff_of(publish_rows(warehouse, "v2", equal))
    assert (diff.added, diff.removed, diff.changed) == (2, 0, 0)


@pytest.mark.parametrize(
    ("after", "now"),
    [([("a", "granted", 4), ("b", "granted", 4), *COARSE[1:]], "8"), (COARSE[1:], "none")],
    ids=["another sum", "no row"],
)
def test_figure_whose_sum_differs_under_the_new_key_blocks_until_it_is_accepted(
    warehouse: Warehouse, after: list[Row], now: str
) -> None:
    publish_rows(warehouse, "v1", COARSE, without="applicant_type")
    with pytest.raises(PublicationRefusedError, match=f"body 1 2023, fct_applications granted.*: 7 -> {now}"):
        publish_rows(warehouse, "v2", after)
    version = publish_rows(warehouse, "v3", after, accepted="counted anew")
    assert version.manifest.release is not None
    assert version.manifest.release.unexplained_changes == 1


def test_key_that_loses_a_column_is_found_by_its_several_rows(warehouse: Warehouse) -> None:
    publish_rows(warehouse, "v1", [("a", "granted", 4), ("a", "granted", 3)])
    diff = diff_of(publish_rows(warehouse, "v2", [("a", "granted", 7)]))
    assert diff.is_regrained
    assert (diff.rows_before, diff.rows_after, diff.added, diff.removed) == (2, 1, 1, 2)
