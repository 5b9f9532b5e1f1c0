"""What refuses is named: the warehouse, or a path that is no part of it."""

import subprocess
from pathlib import Path

import duckdb
import pytest

from flows.explanations import find_remedy
from pipelines.inbox import InboxError
from pipelines.warehouse import Warehouse
from tests.flows.marts import publish_mart
from tests.whole_way import GONGKAI, obey_permissions, only_readable


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


def test_a_folder_outside_the_warehouse_that_refuses_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_mart(warehouse, "v1", 1)
    out = tmp_path / "sealed" / "export"
    out.parent.mkdir()
    command = [GONGKAI, "export", "--out", out, "--warehouse", warehouse.root]
    with only_readable(out.parent):
        done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=obey_permissions)  # noqa: S603 our own command
    assert done.returncode == 1
    message = " ".join(done.stderr.split())
    assert f"{out.parent / '.export.part'} cannot be read or written by this user; it is no part of" in message
    assert "The warehouse cannot be written" not in message


def test_a_document_outside_the_warehouse_that_may_not_be_read_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_mart(warehouse, "v1", 1)
    document = tmp_path / "sealed.txt"
    document.write_text("anything", encoding="utf-8")
    document.chmod(0)
    command = [GONGKAI, "show", document, "applications.granted.total", "--warehouse", warehouse.root]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=obey_permissions)  # noqa: S603 our own command
    assert done.returncode == 1
    message = " ".join(done.stderr.split())
    assert f"{document} cannot be read: Permission denied" in message
    assert "it is no part of the warehouse. Give it to the user who runs gongkai, or name another" in message


def test_what_refuses_is_the_warehouse_or_what_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    sealed = tmp_path / "sealed {}" / "a.parquet"
    inside = PermissionError(13, "Permission denied", str(warehouse.root / "archive"))
    query = duckdb.IOException(f'IO Error: Cannot open file "{sealed}": Permission denied')
    held = InboxError("The inbox x cannot be used: Permission denied.")
    held.__cause__ = PermissionError(13, "Permission denied", "x/.taken")
    assert find_remedy(inside, warehouse).startswith("The warehouse cannot be written by this user.")
    assert find_remedy(query, warehouse).startswith(f"{sealed} cannot be read or written")
    assert find_remedy(held, warehouse) == ""
