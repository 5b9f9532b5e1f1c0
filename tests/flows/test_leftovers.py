"""What a killed run leaves: each kind is laid down, and the next run has cleaned it before its first step."""

from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import TerminationSignal
from prefect.states import Cancelling, Completed, Pending, Running, Scheduled

from flows import leftovers
from flows.dbt import forget_models, parse_models
from flows.leftovers import clean, end_dead_runs, run_marked
from flows.unfinished import Unfinished
from pipelines.publishing import live_id, scan_versions, writer_lock
from pipelines.publishing.versions import prepare_link
from pipelines.warehouse import MANIFEST_FILE, Warehouse
from tests.flows.marts import build_mart, live_values, publish_mart


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse with one version; a run has begun and not ended."""
    folder = Warehouse(tmp_path)
    publish_mart(folder, "v1", 1)
    folder.unfinished.write_text('{"run_id": "dead", "flow_run_id": null}')
    return folder


def begin_and_end(warehouse: Warehouse) -> None:
    """A run without steps."""
    with writer_lock(warehouse, "next"), run_marked(warehouse, "next"):
        assert b'"next"' in warehouse.unfinished.read_bytes()
    assert not warehouse.unfinished.exists()


def test_builds_and_links_to_nothing_go(warehouse: Warehouse) -> None:
    build_mart(warehouse, "dead", 2)
    (warehouse.builds / "pruned-v0").mkdir()
    prepare_link(warehouse, "dead")
    begin_and_end(warehouse)
    assert list(warehouse.builds.iterdir()) == []
    assert not warehouse.next_link.is_symlink()
    assert live_id(warehouse) == "v1"


def test_version_that_only_lacked_its_link_becomes_live(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v2", 2)
    warehouse.current.unlink()
    warehouse.current.symlink_to("versions/v1", target_is_directory=True)
    prepare_link(warehouse, "v2")
    assert live_values(warehouse) == [1]
    begin_and_end(warehouse)
    assert live_values(warehouse) == [2]


def test_a_version_that_lost_its_manifest_stays(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v2", 2)
    for version in ("v1", "v2"):
        (warehouse.versions / version / MANIFEST_FILE).unlink()
    begin_and_end(warehouse)
    assert live_values(warehouse) == [2]
    assert [error.id for error in scan_versions(warehouse)[1]] == ["v1", "v2"]


def test_parts_of_files_go_and_whole_files_stay(warehouse: Warehouse) -> None:
    parts = [
        warehouse.archive / "ab" / ".abcd.4711",
        warehouse.extracted / "1.0" / "ab" / ".abcd.json.4711",
        warehouse.prefect_home / ".prefect.db.4711",
    ]
    whole = [warehouse.archive / "ab" / "abcd", warehouse.archive / "manifest.jsonl", warehouse.extracted / "x.json"]
    for path in (*parts, *whole):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    begin_and_end(warehouse)
    assert [path for path in (*parts, *whole) if path.exists()] == whole


def test_relations_of_an_interrupted_dbt_go(warehouse: Warehouse) -> None:
    with duckdb.connect(warehouse.database) as connection:
        connection.execute("create schema staging; create table staging.stg_reports as select 1 as a")
        connection.execute("create table staging.stg_reports__dbt_backup as select 1 as a")
        connection.execute("create view staging.stg_claims__dbt_tmp as select * from staging.stg_reports")
    begin_and_end(warehouse)
    with duckdb.connect(warehouse.database) as connection:
        assert connection.execute("select table_name from duckdb_tables()").fetchall() == [("stg_reports",)]
        assert connection.execute("select count(*) from duckdb_views() where not internal").fetchall() == [(0,)]


@pytest.mark.usefixtures("prefect_api")
def test_prefect_is_told_that_a_run_was_killed(warehouse: Warehouse) -> None:
    @flow(name="made up")
    def made_up() -> None:
        """Nothing."""

    with get_client(sync_client=True) as client:
        run = client.create_flow_run(made_up, state=Running())
        warehouse.unfinished.write_text(f'{{"run_id": "dead", "flow_run_id": "{run.id}"}}')
        begin_and_end(warehouse)
        state = client.read_flow_run(run.id).state
        assert state is not None
        assert state.is_crashed()
    assert end_dead_runs(FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))) == []


@pytest.mark.usefixtures("prefect_api")
def test_every_dead_run_gives_the_place_of_its_deployment_back(monkeypatch: pytest.MonkeyPatch) -> None:
    @flow(name="queued")
    def queued() -> None:
        """Nothing."""

    monkeypatch.setattr(leftovers, "PAGE", 1)
    states = (Pending(), Running(), Cancelling(), Scheduled(), Completed())
    with get_client(sync_client=True) as client:
        deployment_id = client.create_deployment(client.create_flow(queued), "dead", concurrency_limit=1)
        waiting = client.create_flow_run_from_deployment(deployment_id)
        assert client.set_flow_run_state(waiting.id, Pending()).status == SetStateStatus.ACCEPT
        runs = [client.create_flow_run(queued, state=state) for state in states]
        name = f"deployment:{deployment_id}"
        assert client.read_global_concurrency_limit_by_name(name).active_slots == 1
        ended = end_dead_runs(FlowRunFilter(id=FlowRunFilterId(any_=[waiting.id, *(run.id for run in runs)])))
        assert sorted(ended) == sorted([waiting.name, *(run.name for run in runs[:3])])
        assert client.read_global_concurrency_limit_by_name(name).active_slots == 0


def test_a_torn_mark_is_a_mark(warehouse: Warehouse) -> None:
    warehouse.unfinished.write_text('{"run_id": "de')
    (warehouse.builds / "dead").mkdir()
    assert clean(warehouse) == ["removed the build dead"]


def test_a_run_that_failed_stays_marked(warehouse: Warehouse) -> None:
    warehouse.unfinished.unlink()
    with pytest.raises(ZeroDivisionError), writer_lock(warehouse, "next"), run_marked(warehouse, "next"):
        raise ZeroDivisionError
    assert warehouse.unfinished.read_bytes() == b'{"run_id":"next","flow_run_id":null}'
    assert Unfinished("next", None).flow_run_id is None


@pytest.mark.parametrize("end", [KeyboardInterrupt(), TerminationSignal(signal=15)])
def test_end_from_outside_is_no_failed_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    answer = dbtRunnerResult(success=False, exception=end)
    monkeypatch.setattr(dbtRunner, "invoke", lambda *_arguments: answer)
    forget_models()
    with pytest.raises(type(end)):
        parse_models(Warehouse(tmp_path))
