"""The flow as Prefect sees it: its steps by name, its contracts as artifacts, its schedule, and a red contract."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterId,
)
from prefect.client.schemas.objects import State

from contracts.layers import CheckResult, LayerReport, RunExpectation
from flows import steps
from flows.outcome import RunOutcome
from flows.warehouse import run_warehouse
from flows.warehouse_errors import RedContractError
from pipelines.publishing import list_versions, live_version
from pipelines.warehouse import Warehouse

STEPS = [
    "capture",
    "extract",
    "load",
    "contract raw",
    "dbt staging",
    "contract staging",
    "explain",
    "dbt facts",
    "contract facts",
    "dbt marts",
    "contract marts",
    "publish",
]
SCHEDULE_TIMEOUT_SECONDS = 60
PROJECT = Path(__file__).parents[2]
SAMPLES = PROJECT / "samples" / "documents"


def run(warehouse: Warehouse) -> State[RunOutcome]:
    """Run the flow on the samples; the state says whether it completed."""
    return run_warehouse([str(SAMPLES)], str(warehouse.root), return_state=True)


def flow_run_of(state: State[RunOutcome]) -> FlowRunFilter:
    """The flow run that ended in a state."""
    flow_run_id = state.state_details.flow_run_id
    assert flow_run_id is not None
    return FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))


def task_names(state: State[RunOutcome]) -> list[str]:
    """The names of a flow run's tasks in the order in which they started."""
    with get_client(sync_client=True) as client:
        found = client.read_task_runs(flow_run_filter=flow_run_of(state))
    return [task_run.name for task_run in sorted(found, key=lambda task_run: str(task_run.expected_start_time))]


def contract_artifact(state: State[RunOutcome], layer: str) -> str:
    """The report of a layer's contract in a flow run."""
    chosen = ArtifactFilter(key=ArtifactFilterKey(any_=[f"contract-{layer}"]))
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=chosen, flow_run_filter=flow_run_of(state))
    return str(found[0].data)


@pytest.mark.usefixtures("prefect_api")
def test_run_shows_its_steps_publishes_and_finds_nothing_new_the_second_time(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    state = run(warehouse)
    outcome = state.result()
    assert outcome.version is not None
    assert outcome.loaded.written == len(list(SAMPLES.iterdir()))
    assert live_version(warehouse).id == outcome.run_id
    assert task_names(state) == STEPS
    assert "绿 green" in contract_artifact(state, "marts")

    again = run(warehouse)
    assert again.result().version is None
    assert task_names(again) == ["capture", "extract", "load"]
    assert len(list_versions(warehouse)) == 1


@pytest.mark.usefixtures("prefect_api")
def test_red_contract_stops_the_run_and_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def evaluate(_warehouse: Warehouse, _mart: Path, layer: str, expectation: RunExpectation) -> LayerReport:
        made_up = CheckResult("made_up", "red", "fail" if layer == "staging" else "pass", 5, 5, "a | b")
        return LayerReport(expectation.run_id, layer, [made_up])

    monkeypatch.setattr(steps, "evaluate_layer", evaluate)
    warehouse = Warehouse(tmp_path)
    state = run(warehouse)
    assert state.is_failed()
    with pytest.raises(RedContractError, match="made_up: 5 of 5 rows"):
        state.result()
    assert task_names(state) == STEPS[: STEPS.index("contract staging") + 1]
    assert "红 red" in contract_artifact(state, "staging")
    assert list_versions(warehouse) == []


def test_cron_schedule_produces_runs(prefect_api: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PREFECT_API_URL": prefect_api, "PREFECT_HOME": str(tmp_path), "DO_NOT_TRACK": "1"}
    for command in (["work-pool", "create", "gongkai", "--type", "process"], ["--no-prompt", "deploy", "--all"]):
        prefect = [sys.executable, "-m", "prefect", *command]
        subprocess.run(prefect, cwd=PROJECT, env=environment, check=True, capture_output=True)  # noqa: S603
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("warehouse/nightly")
        deadline = time.monotonic() + SCHEDULE_TIMEOUT_SECONDS
        chosen = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
        while not (scheduled := client.read_flow_runs(deployment_filter=chosen)) and time.monotonic() < deadline:
            time.sleep(0.5)
    assert scheduled, "the schedule of prefect.yaml produced no run"
    assert deployment.global_concurrency_limit is not None
    assert deployment.global_concurrency_limit.limit == 1
