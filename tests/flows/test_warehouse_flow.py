"""The flow as Prefect sees it: its steps by name, its contracts as artifacts, its schedule, and a red contract."""

from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterId,
)
from prefect.client.schemas.objects import State

from contracts.layers.results import CheckResult, LayerReport, RunExpectation
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
    "prepare",
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
