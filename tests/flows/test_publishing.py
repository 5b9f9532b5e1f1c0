"""A mart becomes a version only whole and only green; versions are kept, pruned and rolled back to."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows import steps
from flows.log_file import log_run
from flows.past_runs import read_runs
from flows.runs import Run
from flows.warehouse_errors import AfterPublicationError
from pipelines.publishing import (
    Inputs,
    PublicationRefusedError,
    UnknownVersionError,
    WriterBusyError,
    list_versions,
    live_id,
    live_version,
    publication,
    publish,
    roll_back,
    start_build,
    writer_lock,
)
from pipelines.publishing.lock import acquire, release
from pipelines.warehouse import Warehouse
from tests.flows.marts import CODE, build_mart, live_values, publish_mart, reports_with

INPUTS = Inputs(1, "0" * 64)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


def test_published_version_is_live_sealed_and_described(warehouse: Warehouse) -> None:
    version = publish_mart(warehouse, "v1", 7)
    assert live_values(warehouse) == [7]
    assert version.is_live
    assert version.manifest.row_counts == {"authority_year": 1000}
    assert version.manifest.inputs.documents == 7
    assert {path.name for path in version.folder.iterdir()} == {"mart.duckdb", "manifest.json"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o444 for path in version.folder.iterdir())
    assert warehouse.current.readlink() == Path("versions/v1")  # relative: the warehouse can be moved
    assert list(warehouse.builds.iterdir()) == []


def test_catalog_keeps_its_name_and_its_storage_format(warehouse: Warehouse) -> None:
    version = publish_mart(warehouse, "v1", 1)
    with duckdb.connect(version.folder / "mart.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select current_database(), tags from duckdb_databases() where not internal"
        ).fetchall()
    assert rows == [("mart", {"storage_version": "v1.0.0+"})]


def test_red_contract_publishes_nothing(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    build_mart(warehouse, "v2", 2)
    with pytest.raises(PublicationRefusedError, match=r"marts\.other is red \(1 of 3 rows\)"):
        publish(warehouse, "v2", inputs=INPUTS, contracts=reports_with("fail"), code=CODE)
    assert live_values(warehouse) == [1]
    assert [version.id for version in list_versions(warehouse)] == ["v1"]


def test_held_tables_do_not_stop_publication(warehouse: Warehouse) -> None:
    build_mart(warehouse, "v1", 1)
    publish(warehouse, "v1", inputs=INPUTS, contracts=reports_with("fail", "hold"), code=CODE)
    assert live_id(warehouse) == "v1"


@pytest.mark.parametrize("layer", ["raw", "staging", "facts", "marts"])
def test_layer_that_was_not_evaluated_publishes_nothing(warehouse: Warehouse, layer: str) -> None:
    build_mart(warehouse, "v1", 1)
    silent = [report for report in reports_with() if report.layer != layer]
    with pytest.raises(PublicationRefusedError, match=f"layer {layer} was not evaluated"):
        publish(warehouse, "v1", inputs=INPUTS, contracts=silent, code=CODE)
    assert live_id(warehouse) is None


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("create schema raw", "schema raw is not published"),
        ("create table main.stray as select 1 as a", "main.stray is outside marts"),
        ("drop table marts.authority_year", "schema marts has no table"),
        ("create view marts.broken as from marts.gone", "broken cannot be read from the mart alone"),
    ],
)
def test_mart_with_a_foreign_catalog_is_refused(warehouse: Warehouse, statement: str, reason: str) -> None:
    mart = build_mart(warehouse, "v1", 1)
    with duckdb.connect(mart) as connection:
        if "broken" in statement:
            connection.execute("create table marts.gone as select 1 as a")
        connection.execute(statement)
        connection.execute("drop table if exists marts.gone")
    with pytest.raises(PublicationRefusedError, match=reason):
        publish(warehouse, "v1", inputs=INPUTS, contracts=reports_with(), code=CODE)
    assert live_id(warehouse) is None


def test_newer_storage_format_is_refused(warehouse: Warehouse) -> None:
    mart = start_build(warehouse, "v1")
    mart.unlink()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{mart}' as mart (storage_version 'latest')")
        connection.execute("create schema mart.marts; create table mart.marts.authority_year as select 1 as a")
    with pytest.raises(PublicationRefusedError, match="storage format"):
        publish(warehouse, "v1", inputs=INPUTS, contracts=reports_with(), code=CODE)


def test_file_beside_the_mart_is_refused(warehouse: Warehouse) -> None:
    mart = build_mart(warehouse, "v1", 1)
    mart.with_name("other.duckdb.wal").write_bytes(b"left over")
    with pytest.raises(PublicationRefusedError, match=r"other\.duckdb\.wal lies beside the mart"):
        publish(warehouse, "v1", inputs=INPUTS, contracts=reports_with(), code=CODE)


def test_builds_of_dead_runs_are_cleaned_at_start(warehouse: Warehouse) -> None:
    build_mart(warehouse, "dead", 1)
    start_build(warehouse, "alive")
    assert sorted(path.name for path in warehouse.builds.iterdir()) == ["alive", "next"]
    assert warehouse.next_mart.samefile(warehouse.mart_being_built("alive"))


def test_old_versions_are_pruned(warehouse: Warehouse) -> None:
    for number in range(1, 6):
        publish_mart(warehouse, f"v{number}", number, keep=3)
    assert [version.id for version in list_versions(warehouse)] == ["v3", "v4", "v5"]
    assert list(warehouse.builds.iterdir()) == []


def test_reader_keeps_a_version_that_is_pruned(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    with duckdb.connect(warehouse.live_mart.resolve(), read_only=True) as reader:
        for number in (2, 3):
            publish_mart(warehouse, f"v{number}", number, keep=1)
        assert reader.execute("select sum(version) from marts.authority_year").fetchall() == [(1000,)]
    assert [version.id for version in list_versions(warehouse)] == ["v2", "v3"]


def test_rollback_returns_to_what_was_live_before(warehouse: Warehouse) -> None:
    for number in (1, 2, 3):
        publish_mart(warehouse, f"v{number}", number)
    assert roll_back(warehouse).id == "v2"
    assert live_values(warehouse) == [2]
    publish_mart(warehouse, "v4", 4)
    assert live_version(warehouse).manifest.previous == "v2"
    assert roll_back(warehouse).id == "v2"  # not v3, which was rolled back from
    assert roll_back(warehouse, "v3").id == "v3"


def test_the_version_before_the_live_one_is_kept_and_never_guessed(warehouse: Warehouse) -> None:
    for number in range(1, 6):
        publish_mart(warehouse, f"v{number}", number)
    roll_back(warehouse, "v1")
    publish_mart(warehouse, "v6", 6)
    assert [version.id for version in list_versions(warehouse)] == [f"v{number}" for number in range(1, 7)]
    assert roll_back(warehouse).id == "v1"
    roll_back(warehouse, "v6")
    (warehouse.versions / "v1").rename(warehouse.root / "elsewhere")
    with pytest.raises(UnknownVersionError, match=r"no version v1\. Versions kept: v2, v3, v4, v5, v6"):
        roll_back(warehouse)


def test_a_live_version_that_is_gone_stops_nothing(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    publish_mart(warehouse, "v2", 2)
    (warehouse.versions / "v2").rename(warehouse.root / "elsewhere")
    assert live_id(warehouse) is None
    assert roll_back(warehouse).id == "v1"
    (warehouse.versions / "v1").rename(warehouse.root / "elsewhere too")
    assert publish_mart(warehouse, "v3", 3).manifest.previous is None
    assert live_values(warehouse) == [3]


def test_a_file_among_the_versions_is_none(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    (warehouse.versions / ".DS_Store").write_bytes(b"")
    assert [version.id for version in list_versions(warehouse)] == ["v1"]
    assert live_version(warehouse).id == "v1"


def test_rollback_names_what_there_is(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    with pytest.raises(UnknownVersionError, match=r"no version v9\. Versions kept: v1\."):
        roll_back(warehouse, "v9")
    with pytest.raises(UnknownVersionError, match="no version before the live one"):
        roll_back(warehouse)
    assert live_id(warehouse) == "v1"


def test_lock_is_taken_by_rollback(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    publish_mart(warehouse, "v2", 2)
    with writer_lock(warehouse, "run"), pytest.raises(RuntimeError, match=f"process {os.getpid()}, run run"):
        roll_back(warehouse)
    assert live_id(warehouse) == "v2"


def build_and_publish(warehouse: Warehouse, run_id: str, status: str) -> None:
    """The last step of a run whose contracts came out like this."""
    build_mart(warehouse, run_id, 2)
    steps.publish_mart.fn(Run(warehouse, run_id), reports_with(status))


@pytest.mark.parametrize("step", ["prune_versions", "remember_built", "report_version"])
def test_a_failure_after_the_link_has_moved_says_what_is_live(
    warehouse: Warehouse, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    publish_mart(warehouse, "v1", 1)
    duckdb.connect(warehouse.database).close()
    monkeypatch.setattr(steps, "describe_inputs", lambda _connection: INPUTS)
    for name in ("remember_built", "report_version"):
        monkeypatch.setattr(steps, name, lambda *_arguments: None)
    monkeypatch.setattr(publication if step == "prune_versions" else steps, step, fail)
    with (
        writer_lock(warehouse, "v2"),
        pytest.raises(AfterPublicationError, match=r"Version v2 is live, .*No space left") as failure,
        log_run(warehouse, "v2", []),
    ):
        build_and_publish(warehouse, "v2", "pass")
    assert failure.value.version == live_id(warehouse) == "v2"
    (run,) = read_runs(warehouse, None)
    assert run.outcome == "published"
    assert run.detail.startswith("v2, then failed: AfterPublicationError: Version v2 is live")


def test_a_failure_before_the_link_moves_is_told_as_it_is(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_mart(warehouse, "v1", 1)
    duckdb.connect(warehouse.database).close()
    monkeypatch.setattr(steps, "describe_inputs", lambda _connection: INPUTS)
    with writer_lock(warehouse, "v2"), pytest.raises(PublicationRefusedError):
        build_and_publish(warehouse, "v2", "fail")
    assert live_id(warehouse) == "v1"


READ = """
import sys
from pathlib import Path
from pipelines.publishing.lock import acquire
acquire(Path(sys.argv[1]), lambda: "reader", is_shared=True)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_shared_lock_keeps_writers_away_and_readers_not(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    command = [sys.executable, "-c", READ, str(warehouse.lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:  # noqa: S603
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"held\n"
        with pytest.raises(WriterBusyError, match=f"process {reader.pid}"), writer_lock(warehouse, "run"):
            pass
        release(warehouse.lock, acquire(warehouse.lock, lambda: "another reader", is_shared=True))
        reader.communicate()
    with writer_lock(warehouse, "run"):
        assert live_id(warehouse) == "v1"
