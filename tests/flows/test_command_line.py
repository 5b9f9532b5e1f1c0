"""Every command is documented, says what went wrong, and ends with the exit code that says so."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from contracts.decisions import encode
from flows.command_line import COMMANDS, app, load_command
from flows.commands.failures import failures_explained
from pipelines.publishing import Inputs, Version, publish, writer_lock
from pipelines.warehouse import Warehouse
from tests.decisions.made import rejected
from tests.flows.marts import CODE, build_mart, publish_mart, reports_with
from tests.whole_way import GONGKAI, obey_permissions, only_readable, run_without_reader


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
    assert sorted([*reading, *deciding, *extending, *operating]) == sorted(COMMANDS)


@pytest.mark.parametrize("command", ["status", "findings", "versions", "run"])
def test_a_command_waits_for_no_library_before_it_needs_it(command: str) -> None:
    heavy = {"dbt", "dlt", "pandera", "pdfplumber", "prefect"}
    code = f"import sys; from flows.command_line import load_command; load_command({command!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert heavy & set(done.stdout.split()) == set()
    assert "typer" in done.stdout.split()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_describes_every_option_and_gives_examples(command: str) -> None:
    code, text, _ = invoke(command, "--help")
    assert code == 0
    assert "Examples:" in text
    assert f"gongkai {command}" in text.split("Examples:")[1]
    described = load_command(command)
    undocumented = [option.name for option in described.params if option.name != "help" and not option.help]
    assert described.help
    assert undocumented == []


def test_check_names_the_check_that_only_a_run_can_make() -> None:
    assert "conservation.documents" in " ".join(invoke("check", "--help")[1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        *(["unknown"], ["run", "--unknown"], ["run", "--input", "not/there"], ["rollback", "a", "b"], ["extract"]),
        *(
            ["extract", "not/there"],
            ["fetch", "not/there"],
            ["run", "--inbox", "not/there"],
            ["conformance", "not/there"],
            ["serve", "--urls", "not/there"],
            ["report", "--out", "docs"],
        ),
        *(["run", "--accept-changes", ""], ["run", "--accept-changes", "  "]),
        *(["rules", "unknown"], ["review", "--rule", "identities.unknown"], ["new-jurisdiction", "99"]),
        ["decide", "accept", "a.html", "--rule", "rule.unknown", "--reason", "as printed"],
        ["decide", "correct", "a.html", "unknown", "7", "--reason", "a digit", "--evidence", "page 3"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    code, _, message = invoke(*arguments)
    assert code == 2
    assert "Usage: gongkai" in message or "Usage: root" in message


@pytest.mark.parametrize(
    "arguments",
    [
        *(["diff", "v9"], ["export", "--version", "v9"], ["rollback", "v9"]),
        ["show", "unknown", "applications.granted.total"],
    ],
    ids=" ".join,
)
def test_what_the_warehouse_does_not_hold_is_a_failure(arguments: list[str], warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    code, _, message = invoke(*arguments, "--warehouse", str(warehouse.root))
    assert code == 1
    assert arguments[-1] in message or "unknown" in message


@pytest.mark.parametrize("command", [["decide", "cannot-tell", "a.html", "--reason", "dunno"], ["review"]])
def test_a_claim_of_no_kind_is_wrong_usage_unless_a_document_has_it(command: list[str], warehouse: Warehouse) -> None:
    with writer_lock(warehouse, "v1"):
        with duckdb.connect(build_mart(warehouse, "v1", 1)) as connection:
            connection.execute("create table marts.fct_findings as select 'claim.another' as rule")
        publish(warehouse, "v1", inputs=Inputs(1, "0" * 64), contracts=reports_with(), code=CODE)
    place = ("--by", "Reviewer", "--warehouse", str(warehouse.root))
    code, _, message = invoke(*command, "--rule", "claim.recived", *place)
    assert code == 2
    assert "claim.received" in message
    assert invoke(*command, "--rule", "claim.another", *place)[0] == 1  # this mart has nothing else to be looked at


def test_a_run_that_was_given_nothing_says_where_the_samples_are(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, message = invoke("run", "--warehouse", str(warehouse.root))
    told = " ".join(message.replace("│", " ").split())
    assert code == 2
    assert "No input was named" in told
    assert "which lies in the project's folder" in told
    assert not warehouse.root.exists()


def test_an_input_that_holds_nothing_is_a_failure(tmp_path: Path) -> None:
    code, output, message = invoke("extract", str(tmp_path))
    assert (code, output) == (1, "")
    assert f"{tmp_path} holds no file" in message


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


@pytest.mark.parametrize("named", ["d-00000000000f", "d-15"])
def test_withdrawing_what_was_never_decided_is_no_damage_of_the_ledger(named: str, tmp_path: Path) -> None:
    ledger = tmp_path / "decisions.jsonl"
    ledger.write_bytes(encode(rejected(1)) + b"\n")
    code, _, message = invoke("decide", "withdraw", named, "--by", "Reviewer", "--ledger", str(ledger))
    assert code == 1
    assert f"{named} is to be withdrawn, but no earlier line has that id. Nothing was recorded" in message
    assert "restore" not in message.lower()


def test_a_ledger_that_cannot_be_used_is_named_and_not_the_warehouse(warehouse: Warehouse, tmp_path: Path) -> None:
    below_a_file = tmp_path / "file" / "decisions.jsonl"
    below_a_file.parent.write_text("no folder")
    for command in (["decide", "withdraw", "d-00000000000f", "--by", "Reviewer"], ["decisions"]):
        place = ("--ledger", str(below_a_file), "--warehouse", str(warehouse.root))
        code, _, message = invoke(*command, *place)
        assert code == 1
        assert f"The ledger {below_a_file} cannot be" in message
        assert "--ledger" in message
        assert not warehouse.root.exists()
    ledger = tmp_path / "sealed" / "decisions.jsonl"
    ledger.parent.mkdir()
    ledger.write_bytes(encode(rejected(15)) + b"\n")
    with only_readable(tmp_path / "sealed"):
        command = [GONGKAI, "decide", "withdraw", "d-00000000000f", "--by", "Reviewer", "--ledger", ledger]
        done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=obey_permissions)  # noqa: S603
    assert done.returncode == 1
    assert f"The ledger {ledger} cannot be written: Permission denied" in done.stderr
    assert "warehouse" not in done.stderr


def test_unforeseen_failure_leaves_its_traceback_in_a_file(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)  # without the table that the command reads
    code, _, message = invoke("findings", "--warehouse", str(warehouse.root))
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


def fail_after(version: Version) -> None:
    """What may happen once a version is live."""
    raise OSError(f"after {version.id}")


def test_an_interrupted_command_says_what_is_live(warehouse: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    publish_mart(warehouse, "v1", 1)
    with pytest.raises(typer.Exit) as ended, failures_explained(warehouse):
        raise KeyboardInterrupt
    assert ended.value.exit_code == 130
    assert "Interrupted. The live version stays as it was." in capsys.readouterr().err
    with pytest.raises(typer.Exit), failures_explained(warehouse):
        fail_after(publish_mart(warehouse, "v2", 2))
    assert "Version v2 has become live." in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "command", [["--help"], ["run", "--help"], ["decide", "accept", "--help"], [], ["decide"], ["no such command"]]
)
def test_help_that_nobody_reads_to_its_end_changes_no_exit_code(command: list[str]) -> None:
    read = subprocess.run([GONGKAI, *command], capture_output=True, check=False)  # noqa: S603 - our own command
    found, message = run_without_reader(*command)
    assert found == read.returncode
    assert message == read.stderr.decode()


@pytest.mark.parametrize(
    ("command", "code"), [(["versions"], 0), (["versions", "--json"], 0), (["rollback", "v1"], 0), (["rollback"], 1)]
)
def test_a_reader_that_goes_away_changes_no_exit_code(warehouse: Warehouse, command: list[str], code: int) -> None:
    publish_mart(warehouse, "v1", 1)
    found, message = run_without_reader(*command, "--warehouse", warehouse.root)
    assert found == code
    assert "not foreseen" not in message
    assert not warehouse.logs.exists()
