"""The flow as Prefect sees it: its steps by name, its contracts as artifacts, its schedule, and a red contract."""

import json
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State

from contracts.layers.results import CheckResult, LayerReport, RunExpectation
from flows import steps
from flows.outcome import RunOutcome
from flows.warehouse import run_warehouse
from flows.warehouse_errors import RedContractError
from pipelines.publishing import list_versions, live_version
from pipelines.publishing.manifest import hash_file
from pipelines.warehouse import Warehouse
from tests.flows.artifacts import flow_run_of, read_artifact

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


def task_names(state: State[RunOutcome]) -> list[str]:
    """The names of a flow run's tasks in the order in which they started."""
    with get_client(sync_client=True) as client:
        found = client.read_task_runs(flow_run_filter=flow_run_of(state))
    return [task_run.name for task_run in sorted(found, key=lambda task_run: str(task_run.expected_start_time))]


@pytest.mark.usefixtures("prefect_api")
def test_run_shows_its_steps_publishes_and_finds_nothing_new_the_second_time(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    state = run(warehouse)
    outcome = state.result()
    assert outcome.version is not None
    assert outcome.loaded.written == len(list(SAMPLES.iterdir()))
    assert live_version(warehouse).id == outcome.run_id
    assert task_names(state) == STEPS
    assert "绿 green" in read_artifact(state, "contract-marts")
    findings = json.loads(read_artifact(state, "findings"))
    assert sorted(finding["判断 verdict"] for finding in findings) == ["ambiguous", "claim_conflict", "claim_conflict"]
    check_log(warehouse, outcome.run_id)

    again = run(warehouse)
    assert again.result().version is None
    assert task_names(again) == ["capture", "extract", "load"]
    assert len(list_versions(warehouse)) == 1


def check_log(warehouse: Warehouse, run_id: str) -> None:
    """Each line names its run, and what is said of a document its hash, its source and its fate."""
    log = warehouse.logs / f"run-{run_id}.jsonl"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {line["run_id"] for line in lines} == {run_id}
    assert [line["event"] for line in lines if "event" in line] == ["begun", "loaded", "ended"]
    documents = {line["document"]: line for line in lines if "document" in line}
    assert set(documents) == {hash_file(path) for path in SAMPLES.iterdir()}
    told = {(line["step"], line["fate"], line["source_uri"]) for line in documents.values()}
    assert told == {("extract", "read", path.name) for path in SAMPLES.iterdir()}


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
    assert "红 red" in read_artifact(state, "contract-staging")
    assert list_versions(warehouse) == []
