"""Every command is documented, says what went wrong, and ends with the exit code that says so."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from flows.command_line import app
from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse
from tests.flows.marts import publish_mart
from tests.whole_way import run_without_reader

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def invoke(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command run in this process."""
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


def test_all_commands_are_there() -> None:
    reading = ["check", "diff", "export", "extract", "fetch", "findings", "report", "show", "status"]
    deciding = ["decide", "decisions", "review", "rules", "versions"]
    extending = ["conformance", "new-form", "new-jurisdiction"]
    operating = ["doctor", "rollback", "run", "serve"]
    assert sorted([*reading, *deciding, *extending, *operating]) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_describes_every_option_and_gives_examples(command: str) -> None:
    code, text, _ = invoke(command, "--help")
    assert code == 0
    assert "Examples:" in text
    assert f"gongkai {command}" in text.split("Examples:")[1]
    described = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    undocumented = [option.name for option in described.params if option.name != "help" and not option.help]
    assert described.help
    assert undocumented == []


@pytest.mark.parametrize(
    "arguments",
    [["unknown"], ["run", "--unknown"], ["run", "--input", "not/there"], ["rollback", "a", "b"], ["extract"]],
)
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    code, _, message = invoke(*arguments)
    assert code == 2
    assert "Usage: gongkai" in message or "Usage: root" in message


@pytest.mark.parametrize(
    "command", [["new-form", "2027", "--from", "2021"], ["new-jurisdiction", "33"], ["conformance"]]
)
def test_a_folder_that_is_no_project_is_wrong_usage(command: list[str], tmp_path: Path) -> None:
    code, _, message = invoke(*command, "--project", str(tmp_path))
    assert code == 2
    assert "no folder of this project" in " ".join(message.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "findings", "review", "rollback"])
def test_nothing_published_yet_is_a_failure_that_says_what_to_do(command: str, warehouse: Warehouse) -> None:
    code, output, message = invoke(command, "--warehouse", str(warehouse.root))
    assert code == 1
    assert output == ""
    assert "gongkai run" in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    "command",
    [
        *(["check"], ["decisions"], ["diff"], ["diff", "v1", "v2"], ["doctor"], ["export"], ["findings"], ["report"]),
        *(["review"], ["rollback"], ["rollback", "v1"], ["rules"], ["status"], ["versions"]),
        *(["decide", "reject", "a.html", "--reason", "a draft"], ["show", "a.html", "applications.granted.total"]),
    ],
    ids=" ".join,
)
def test_a_mistyped_warehouse_is_not_made(command: list[str], warehouse: Warehouse) -> None:
    code, _, _ = invoke(*command, "--warehouse", str(warehouse.root))
    assert code in (0, 1)
    assert not warehouse.root.exists()


def test_versions_are_listed_and_rolled_back(warehouse: Warehouse) -> None:
    folder = ("--warehouse", str(warehouse.root))
    assert invoke("versions", *folder)[0] == 0
    for number in (1, 2, 3):
        publish_mart(warehouse, f"v{number}", number)
    code, lines, _ = invoke("versions", "--json", *folder)
    listed = [json.loads(line) for line in lines.splitlines()]
    assert code == 0
    assert [(version["version"], version["is_live"]) for version in listed] == [
        ("v1", False),
        ("v2", False),
        ("v3", True),
    ]
    assert invoke("rollback", *folder)[:2] == (0, f"Live now: version v2 ({warehouse.live_mart}).\n")
    assert invoke("rollback", "v1", *folder)[0] == 0
    code, _, message = invoke("rollback", "v9", *folder)
    assert code == 1
    assert "no version v9" in message
    assert "v1, v2, v3" in message


def test_writer_that_is_not_alone_is_told_who_writes(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    publish_mart(warehouse, "v2", 2)
    with writer_lock(warehouse, "the-other-run"):
        code, _, message = invoke("rollback", "--warehouse", str(warehouse.root))
    assert code == 1
    assert "run the-other-run" in message


def test_contracts_are_not_evaluated_amid_a_run_which_is_named(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    with writer_lock(warehouse, "the-other-run"):
        code, _, message = invoke("check", "--warehouse", str(warehouse.root))
    assert code == 1
    assert "run the-other-run" in message
    assert "gongkai findings" in message


def test_unforeseen_failure_leaves_its_traceback_in_a_file(warehouse: Warehouse) -> None:
    version = publish_mart(warehouse, "v1", 1)
    version.folder.joinpath("manifest.json").chmod(0o644)
    version.folder.joinpath("manifest.json").write_text("no manifest")
    code, _, message = invoke("versions", "--warehouse", str(warehouse.root))
    logs = list(warehouse.logs.iterdir())
    assert code == 1
    assert "Traceback" not in message
    assert str(logs[0]) in message
    assert "Traceback" in logs[0].read_text()


def test_piped_output_has_no_control_characters(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    gongkai = str(Path(sys.executable).with_name("gongkai"))
    command = [gongkai, "versions", "--warehouse", str(warehouse.root)]
    piped = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own command
    assert "v1" in piped.stdout
    assert not [character for character in piped.stdout + piped.stderr if ord(character) < 32 and character != "\n"]


@pytest.mark.parametrize(
    ("command", "code"), [(["versions"], 0), (["versions", "--json"], 0), (["rollback", "v1"], 0), (["rollback"], 1)]
)
def test_a_reader_that_goes_away_changes_no_exit_code(warehouse: Warehouse, command: list[str], code: int) -> None:
    publish_mart(warehouse, "v1", 1)
    found, message = run_without_reader(*command, "--warehouse", warehouse.root)
    assert found == code
    assert "not foreseen" not in message
    assert not warehouse.logs.exists()
