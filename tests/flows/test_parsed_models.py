"""The models are parsed once for all warehouses, and where that cannot be kept once for each."""

import os
from pathlib import Path

import pytest

from flows import dbt
from pipelines.warehouse import Warehouse

FULL_PARSE = "Unable to do partial parsing"


def parse_in(folder: Path) -> str:
    """Parse as in a new process of a warehouse; what dbt's log says."""
    dbt.forget_models()
    warehouse = Warehouse(folder)
    log = warehouse.dbt / "logs" / "dbt.log"
    log.unlink(missing_ok=True)
    assert dbt.parse_models(warehouse).nodes
    return log.read_text(encoding="utf-8")


def test_another_warehouse_finds_the_models_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbt, "SHARED", tmp_path / "shared" / dbt.PARSED_FILE)
    assert FULL_PARSE in parse_in(tmp_path / "first")
    assert FULL_PARSE not in parse_in(tmp_path / "second")
    outdated = tmp_path / "second" / "dbt" / "target" / dbt.PARSED_FILE
    outdated.write_bytes(b"of other code")
    os.utime(outdated, (0, 0))
    assert FULL_PARSE not in parse_in(tmp_path / "second")
    assert FULL_PARSE not in parse_in(tmp_path / "third")  # what is outdated was not shared
    dbt.SHARED.write_bytes(b"torn")
    assert parse_in(tmp_path / "fourth")
    assert dbt.SHARED.read_bytes() != b"torn"
    assert [path.name for path in dbt.SHARED.parent.iterdir()] == [dbt.PARSED_FILE]


def test_code_that_may_not_be_written_leaves_each_warehouse_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbt, "SHARED", Path("/dev/null/flows") / dbt.PARSED_FILE)
    assert FULL_PARSE in parse_in(tmp_path / "first")
    assert FULL_PARSE not in parse_in(tmp_path / "first")
    assert FULL_PARSE in parse_in(tmp_path / "second")
