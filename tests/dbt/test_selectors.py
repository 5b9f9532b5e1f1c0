"""Each layer of a run builds its models and runs their tests, but those whose answer the run has already."""

import json
from pathlib import Path
from typing import cast

import pytest

from flows.steps import DBT_COMMANDS
from tests.dbt.warehouse import run_dbt

TWICE = frozenset({"in_contract", "key_of_view"})  # what a contract counts, and what follows from tested keys
BUILT = ("model.", "seed.", "test.")


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, frozenset[str]]]:
    """The tags of the nodes that the command of each layer selects, and under `all` those of every node."""
    target = tmp_path_factory.mktemp("listed")
    commands = {**{str(layer): command[1:] for layer, command in DBT_COMMANDS.items()}, "all": ()}
    return {name: list_tags(command, target) for name, command in commands.items()}


def list_tags(selection: tuple[str, ...], target: Path) -> dict[str, frozenset[str]]:
    """The tags of each model, seed and data test that a selection holds."""
    lines = run_dbt(["ls", *selection, "--output", "json", "--output-keys", "unique_id", "tags"], target)
    nodes = map(json.loads, cast(list[str], lines))
    return {node["unique_id"]: frozenset(node["tags"]) for node in nodes if node["unique_id"].startswith(BUILT)}


def test_every_node_belongs_to_one_layer_but_tests_that_would_be_run_twice(
    listed: dict[str, dict[str, frozenset[str]]],
) -> None:
    selected = [node for layer in DBT_COMMANDS for node in listed[layer]]
    assert len(selected) == len(set(selected))
    assert set(listed["all"]) - set(selected) == {node for node, tags in listed["all"].items() if tags & TWICE}
    assert {tag for tags in listed["all"].values() for tag in tags} >= TWICE
