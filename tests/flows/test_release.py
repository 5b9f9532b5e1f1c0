"""What a release changes is counted, and a published figure does not change without a new document."""

import json
from pathlib import Path

import duckdb
import msgspec
import pytest

from pipelines.publishing import Inputs, PublicationRefusedError, Version, live_id, live_version, publish, start_build
from pipelines.publishing.audit import audit_release
from pipelines.publishing.export import ForeignFolderError, export_version
from pipelines.publishing.release.compare import compare_marts
from pipelines.publishing.release.keys import read_keys
from pipelines.publishing.release.models import EVIDENCE, FIGURES, HistoricChange, ReleaseDiff, TableDiff
from pipelines.warehouse import MART_FILE, Warehouse
from tests.flows.marts import CODE, reports_with

Figure = tuple[int, int, str, int]  # report, year, outcome, applications; the body is 10 times the report's first digit


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


def publish_figures(
    warehouse: Warehouse,
    run_id: str,
    figures: list[Figure],
    *,
    codes: str = "'granted', 'refused'",
    accepted: str | None = None,
) -> Version:
    """Publish a mart of one fact; report 11 is the first document on body 10, report 12 the second."""
    mart = start_build(warehouse, run_id)
    with duckdb.connect(mart) as connection:
        connection.execute("create schema marts; use marts")
        connection.execute(f"create type code as enum ({codes})")
        connection.execute("create table figures (report integer, year integer, outcome varchar, applications integer)")
        for figure in figures:
            connection.execute("insert into figures values (?, ?, ?, ?)", figure)
        connection.execute("""
            create table fct_applications as select report as report_key, report // 10 * 10 as authority_key,
                year as report_year, 'all' as applicant_type, outcome::code as outcome, applications from figures;
            create table dim_report as select distinct report as report_key, report as document_key,
                report // 10 * 10 as authority_key, year as report_year from figures;
            create table dim_document as select distinct report as document_key, 'sha' || report as document_sha256
                from figures;
            create table dim_authority as select distinct report // 10 * 10 as authority_key,
                'body ' || report // 10 as authority_zh from figures;
            create table fct_identity_checks as select report as report_key, report // 10 * 10 as authority_key,
                year as report_year, 'balance.total' as identity,
                case when max(applications) > 5 then 'pass' else 'fail' end as status from figures group by all;
            create view authority_year as from fct_applications;
            drop table figures
        """)
    inputs = Inputs(len(figures), "0" * 64)
    return publish(warehouse, run_id, inputs=inputs, contracts=reports_with(), code=CODE, accepted_changes=accepted)


def diff_of(version: Version, table: str) -> TableDiff:
    assert version.manifest.release is not None
    (found,) = [diff for diff in version.manifest.release.tables if diff.table == table]
    return found


def test_first_version_has_nothing_to_be_compared_with(warehouse: Warehouse) -> None:
    assert publish_figures(warehouse, "v1", [(11, 2023, "granted", 7)]).manifest.release is None


def test_rows_are_counted_by_key(warehouse: Warehouse) -> None:
    publish_figures(warehouse, "v1", [(11, 2023, "granted", 7), (11, 2023, "refused", 1), (21, 2023, "granted", 3)])
    # body 1 has a new document instead of the old one, body 2 another year
    after = [(12, 2023, "granted", 8), (21, 2023, "granted", 3), (22, 2024, "granted", 4)]
    version = publish_figures(warehouse, "v2", after)
    diff = diff_of(version, "fct_applications")
    assert (diff.rows_before, diff.rows_after, diff.added, diff.removed, diff.changed) == (3, 3, 2, 2, 0)
    assert {table.table for table in version.manifest.release.tables} == {  # type: ignore[union-attr]
        "fct_applications", "fct_identity_checks", *EVIDENCE
    }  # fmt: skip
    (rate,) = version.manifest.release.pass_rates  # type: ignore[union-attr]
    assert (rate.identities, rate.assessed_before, rate.passed_before) == ("balance", 2, 1)
    assert (rate.assessed_after, rate.passed_after) == (3, 1)


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ([(11, 2023, "granted", 8), (21, 2023, "granted", 3)], ("body 1", "7", "8")),
        ([(11, 2023, "refused", 7), (21, 2023, "granted", 3)], ("body 1", "7", None)),
        ([(11, 2023, "granted", 7)], ("body 2", "3", None)),
    ],
    ids=["another figure", "another row", "a body-year that is gone"],
)
def test_figure_that_changes_without_a_new_document_blocks(
    warehouse: Warehouse, after: list[Figure], changed: tuple[str, str, str | None]
) -> None:
    publish_figures(warehouse, "v1", [(11, 2023, "granted", 7), (21, 2023, "granted", 3)])
    body, was, now = changed
    with pytest.raises(PublicationRefusedError, match=f"{body} 2023, fct_applications .*{was} -> {now or 'none'}"):
        publish_figures(warehouse, "v2", after)
    with pytest.raises(PublicationRefusedError, match=body):
        publish_figures(warehouse, "v2", after, accepted="  ")  # blank is no reason
    assert live_id(warehouse) == "v1"
    version = publish_figures(warehouse, "v3", after, accepted="the reader has learnt")
    assert version.manifest.accepted_changes == "the reader has learnt"
    assert version.manifest.release is not None
    (change,) = version.manifest.release.unexplained
    expected = HistoricChange(
        table="fct_applications",
        authority=body,
        year=2023,
        figure="all.granted.applications",
        before=was,
        after=now,
    )
    assert change == expected


def test_figure_may_change_with_a_new_document(warehouse: Warehouse) -> None:
    publish_figures(warehouse, "v1", [(11, 2023, "granted", 7)])
    version = publish_figures(warehouse, "v2", [(12, 2023, "granted", 8)])
    assert version.manifest.release is not None
    assert version.manifest.release.unexplained_changes == 0


def test_codes_are_compared_by_their_text(warehouse: Warehouse) -> None:
    figures = [(11, 2023, "granted", 7), (11, 2023, "refused", 1)]
    publish_figures(warehouse, "v1", figures)
    version = publish_figures(warehouse, "v2", figures, codes="'new', 'refused', 'granted'")
    assert diff_of(version, "fct_applications").is_unchanged


def test_new_and_vanished_tables_and_columns_are_named(warehouse: Warehouse, tmp_path: Path) -> None:
    paths = [tmp_path / "one" / MART_FILE, tmp_path / "two" / MART_FILE]
    for path, statement in zip(
        paths,
        ["create table marts.gone as select 1 as a", "create table marts.new as select 1 as a, 2 as b"],
        strict=True,
    ):
        path.parent.mkdir()
        with duckdb.connect(path) as connection:
            connection.execute("create schema marts; create table marts.dim_year as select 2023 as report_year")
            connection.execute(statement)
    with duckdb.connect(paths[1]) as connection:
        connection.execute("alter table marts.dim_year add column note varchar")
    found = {diff.table: diff for diff in compare_marts("v1", *paths).tables}
    assert (found["gone"].removed, found["gone"].columns_removed) == (1, ["a"])
    assert (found["new"].added, found["new"].columns_added) == (1, ["a", "b"])
    assert (found["dim_year"].columns_added, found["dim_year"].changed) == (["note"], 0)


def test_every_published_table_has_a_key_that_its_yml_tests() -> None:
    keys = read_keys()
    assert set(FIGURES) <= keys.keys()
    assert keys["fct_applications"] == ("report_key", "applicant_type", "outcome")
    assert keys["dim_report"] == ("report_key",)


def test_export_is_whole_and_replaced_in_one_step(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_figures(warehouse, "v1", [(11, 2023, "granted", 7), (21, 2024, "refused", 3)])
    folder = tmp_path / "export"
    export_version(live_version(warehouse), folder)
    text = (folder / "csv" / "fct_applications.csv").read_bytes().decode("utf-8")
    assert text.startswith("\ufeffreport_key,")
    assert len(text.splitlines()) == 3
    years = sorted(path.name for path in (folder / "parquet" / "fct_applications").iterdir())
    assert years == ["report_year=2023", "report_year=2024"]
    files = folder / "parquet" / "fct_applications" / "*" / "*.parquet"
    rows = duckdb.sql(f"select report_year, applications from read_parquet('{files}') order by 1").fetchall()
    assert rows == [(2023, 7), (2024, 3)]
    publish_figures(warehouse, "v2", [(12, 2023, "granted", 8), (21, 2024, "refused", 3)])
    export_version(live_version(warehouse), folder, ["csv"])
    assert json.loads((folder / "export.json").read_text())["version"] == "v2"
    assert not (folder / "parquet").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "warehouse"]


def test_a_reader_finds_an_export_at_every_moment(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_figures(warehouse, "v1", [(11, 2023, "granted", 7)])
    folder = tmp_path / "export"
    export_version(live_version(warehouse), folder)
    rename, found = Path.rename, []

    def renamed(path: Path, target: Path) -> Path:
        moved = rename(path, target)
        found.append((folder / "export.json").is_file())
        return moved

    monkeypatch.setattr(Path, "rename", renamed)
    export_version(live_version(warehouse), folder, ["csv"])
    assert all(found)
    assert json.loads((folder / "export.json").read_text())["formats"] == ["csv"]
    monkeypatch.setattr("pipelines.publishing.export.exchange", lambda _one, _other: False)  # a system that cannot
    export_version(live_version(warehouse), folder, ["parquet"])
    assert found[-2:] == [False, True]
    assert json.loads((folder / "export.json").read_text())["formats"] == ["parquet"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "warehouse"]


def test_an_export_to_a_link_replaces_what_is_behind_it(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_figures(warehouse, "v1", [(11, 2023, "granted", 7)])
    (tmp_path / "disk" / "export").mkdir(parents=True)
    (tmp_path / "www").symlink_to(tmp_path / "disk" / "export", target_is_directory=True)
    for formats in (["csv"], ["parquet"]):
        export_version(live_version(warehouse), tmp_path / "www", formats)
    assert (tmp_path / "www").is_symlink()
    assert json.loads((tmp_path / "disk" / "export" / "export.json").read_text())["formats"] == ["parquet"]
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["export"]


def test_an_empty_relation_is_exported_with_its_columns(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_figures(warehouse, "v1", [])
    export_version(live_version(warehouse), tmp_path / "export")
    files = tmp_path / "export" / "parquet" / "fct_applications" / "**" / "*.parquet"
    exported = duckdb.sql(f"select * from read_parquet('{files}')")
    assert "report_year" in exported.columns
    assert exported.fetchall() == []


def test_export_touches_no_foreign_folder(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_figures(warehouse, "v1", [(11, 2023, "granted", 7)])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ForeignFolderError, match="no earlier export"):
        export_version(live_version(warehouse), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_rows_that_came_or_went_beside_what_was_compared_refuse_a_release() -> None:
    table = TableDiff(
        table="coverage",
        rows_before=9,
        rows_after=8,
        added=1,
        removed=1,
        changed=0,
        columns_added=[],
        columns_removed=[],
    )
    release = ReleaseDiff(previous="v1", tables=[table], pass_rates=[], unexplained_changes=0, unexplained=[])
    (reason,) = audit_release(release, "accepted")
    assert reason.startswith("coverage had 9 rows and has 8, though 1 were added and 1 removed")
    assert audit_release(msgspec.structs.replace(release, tables=[]), None) == []
