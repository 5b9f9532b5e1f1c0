"""A published version whose manifest or mart is damaged: it is named with its remedy, and there is a way back."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import doctor
from flows.audit import hash_versions
from flows.command_line import app
from pipelines.publishing import DamagedVersionError, list_versions, live_id, live_version
from pipelines.warehouse import MANIFEST_FILE, MART_FILE, Warehouse
from tests.flows.marts import live_values, publish_mart


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Three versions, the last one live."""
    folder = Warehouse(tmp_path / "warehouse")
    for number in (1, 2, 3):
        publish_mart(folder, f"v{number}", number)
    return folder


def damage(warehouse: Warehouse, version: str, name: str, content: bytes | None) -> None:
    path = warehouse.versions / version / name
    path.chmod(0o644)
    path.write_bytes(content) if content is not None else path.unlink()


def invoke(command: str, warehouse: Warehouse) -> tuple[int, str, str]:
    """Exit code, standard output and the message in one line."""
    result = CliRunner().invoke(app, [command, "--warehouse", str(warehouse.root)])
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is missing"),
        (b'{"torn', "is no manifest"),
        (b'{"of": "other code"}', "is no manifest that this code can read"),
    ],
    ids=["missing", "torn", "of other code"],
)
def test_a_version_without_a_manifest_is_named_and_hinders_no_rollback(
    warehouse: Warehouse, content: bytes | None, told: str
) -> None:
    damage(warehouse, "v3", MANIFEST_FILE, content)
    for command in ("versions", "status", "findings"):
        code, _, message = invoke(command, warehouse)
        assert code == 1
        assert f"Version v3 is damaged: {warehouse.versions / 'v3' / MANIFEST_FILE} {told}" in message
        assert f"remove {warehouse.versions / 'v3'}" in message
    (wrong,) = [check for check in doctor.examine(warehouse) if check.name == "version v3"]
    assert wrong.verdict == "wrong"
    assert "gongkai rollback" in wrong.remedy
    code, printed, _ = invoke("rollback", warehouse)
    assert (code, live_id(warehouse), live_values(warehouse)) == (0, "v2", [2])
    assert "version v2" in printed


def test_a_damaged_version_that_is_not_live_leaves_the_live_one_readable(warehouse: Warehouse) -> None:
    damage(warehouse, "v1", MANIFEST_FILE, b"no manifest")
    assert live_version(warehouse).id == "v3"
    with pytest.raises(DamagedVersionError, match="Version v1 is damaged"):
        list_versions(warehouse)
    (problem,) = hash_versions.fn(warehouse)
    assert problem.startswith("Version v1 is damaged")


def test_a_damaged_mart_is_not_taken_for_the_working_database(warehouse: Warehouse) -> None:
    damage(warehouse, "v3", MART_FILE, b"no database" * 1000)
    code, _, message = invoke("findings", warehouse)
    assert code == 1
    assert "A published version is damaged, the working database is not" in message
    assert "gongkai rollback" in message
    assert "--archived" not in message


def test_status_tells_the_rest_where_the_mart_cannot_be_read(warehouse: Warehouse) -> None:
    damage(warehouse, "v3", MART_FILE, b"no database" * 1000)
    code, printed, _ = invoke("status", warehouse)
    assert code == 0
    assert "Live:       version v3, one of 3 kept" in printed
    assert "cannot be read: " in printed
    assert "See `gongkai doctor`" in printed
    assert "Writer:     nobody writes" in printed
