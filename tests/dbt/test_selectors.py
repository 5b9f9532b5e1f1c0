"""Each layer of a run builds its models and runs their tests, but those whose answer the run has already."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from flows.steps import DBT_COMMANDS, TOUCHED_COMMANDS
from tests.dbt.warehouse import run_dbt

TWICE = frozenset({"in_contract", "key_of_view"})  # what a contract counts, and what follows from tested keys
BUILT = ("model.", "seed.", "test.")


@dataclass(frozen=True)
class Node:
    """A model, a seed or a data test, and what it reads."""

    tags: frozenset[str]
    parents: frozenset[str]


Nodes = dict[str, Node]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for dbt's files."""
    return tmp_path_factory.mktemp("listed")


@pytest.fixture(scope="module")
def every_node(target: Path) -> Nodes:
    """All nodes."""
    return list_nodes((), target)


@pytest.fixture(scope="module")
def selected(target: Path) -> list[str]:
    """The nodes that the commands of a whole build select, one command after the other."""
    return [node for command in DBT_COMMANDS.values() for node in list_nodes(command[1:], target)]


def list_nodes(selection: tuple[str, ...], target: Path) -> Nodes:
    """The nodes that a selection holds."""
    lines = run_dbt(["ls", *selection, "--output", "json", "--output-keys", "unique_id", "tags", "depends_on"], target)
    nodes = {node["unique_id"]: node for node in map(json.loads, cast(list[str], lines))}
    return {
        name: Node(frozenset(node["tags"]), frozenset(node["depends_on"].get("nodes", ())))
        for name, node in nodes.items()
        if name.startswith(BUILT)
    }


def test_every_node_belongs_to_one_layer_but_tests_that_would_be_run_twice(
    every_node: Nodes, selected: list[str]
) -> None:
    assert len(selected) == len(set(selected))
    assert set(every_node) - set(selected) == {name for name, node in every_node.items() if node.tags & TWICE}
    assert {tag for node in every_node.values() for tag in node.tags} >= TWICE


def test_a_run_of_what_it_touched_leaves_out_what_the_form_alone_makes(
    every_node: Nodes, selected: list[str], target: Path
) -> None:
    declared = {name for name in every_node if name.startswith("seed.")}
    for _ in every_node:  # a dimension may be made of another
        declared |= {name for name, node in every_node.items() if node.parents and node.parents <= declared}
    touched = {node for command in TOUCHED_COMMANDS.values() for node in list_nodes(command[1:], target)}
    assert set(selected) - touched == declared & set(selected)
    assert touched < set(selected)
