"""A value altered on the way, by whatever hand, turns exactly the next contract red, and nothing is published."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from contracts.layers.results import LayerReport, RunExpectation
from flows import contract_steps, dbt, steps
from flows.contract_steps import Layer, open_warehouse
from flows.warehouse import run_warehouse
from flows.warehouse_errors import RedContractError
from pipelines.publishing import list_versions
from pipelines.warehouse import Warehouse

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
CELL = "applications__granted__natural_person"
ALTERATIONS = {  # (step after which the value is altered): statement, the contract that must see it
    "contract raw": (f"update raw.reports set {CELL} = {CELL} + 1 where {CELL} = 5034", "staging"),
    "dbt staging": (f"update staging.stg_reports set {CELL} = {CELL} + 1 where {CELL} = 5034", "staging"),
    "contract staging": (f"update staging.stg_reports set {CELL} = {CELL} + 1 where {CELL} = 5034", "facts"),
    "dbt facts": ("update mart.marts.fct_applications set applications = 5035 where applications = 5034", "facts"),
    "contract facts": ("update mart.marts.fct_applications set applications = 5035 where applications = 5034", "marts"),
    "dbt marts": ("update mart.marts.authority_year set decided = decided + 1 where decided = 1048", "marts"),
}


def alter(warehouse: Warehouse, mart: Path, statement: str) -> None:
    """Change exactly one value behind the run's back."""
    with open_warehouse(warehouse, mart) as connection:
        changed = connection.execute(statement).fetchall()
    assert changed == [(1,)]


@pytest.mark.usefixtures("prefect_api")
@pytest.mark.parametrize("after", list(ALTERATIONS))
def test_an_altered_value_turns_the_next_contract_red(
    after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, red_layer = ALTERATIONS[after]
    warehouse = Warehouse(tmp_path)
    evaluated: list[str] = []

    def evaluate(folder: Warehouse, mart: Path, layer: Layer, expectation: RunExpectation) -> LayerReport:
        report = contract_steps.evaluate_layer(folder, mart, layer, expectation)
        evaluated.append(layer)
        if after == f"contract {layer}":
            alter(folder, mart, statement)
        return report

    def build(command: Sequence[str], folder: Warehouse) -> dict[str, int]:
        statuses = dbt.run_dbt(command, folder)
        layer = next(name for name, declared in steps.DBT_COMMANDS.items() if declared == tuple(command))
        if after == f"dbt {layer}":
            alter(folder, folder.next_mart, statement)
        return statuses

    monkeypatch.setattr(steps, "evaluate_layer", evaluate)
    monkeypatch.setattr(steps, "run_dbt", build)
    state = run_warehouse([str(SAMPLES)], str(warehouse.root), return_state=True)
    with pytest.raises(RedContractError) as red:
        state.result()
    assert red.value.report.layer == red_layer == evaluated[-1]
    assert list_versions(warehouse) == []
