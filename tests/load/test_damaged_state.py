"""Damaged files of the load itself: they are set aside and made again, and no row is lost or doubled."""

import multiprocessing
import shutil
from pathlib import Path

import pytest

from pipelines.load import load_raw
from pipelines.load.damaged import DAMAGED, find_unreadable
from pipelines.load.destination import PIPELINE
from tests.load.killed_load import load_and_die
from tests.load.payloads import content_of, document_of, write_shard

FIRST = [document_of(f"d{number}", number) for number in range(3)]
LATER = [document_of("d0", 100), document_of("new", 7)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse's folder that was loaded once."""
    folder = tmp_path_factory.mktemp("filled")
    load_raw([write_shard(folder / "first.jsonl", [*FIRST])], folder, "first")
    return folder


@pytest.fixture
def warehouse(tmp_path: Path, filled: Path) -> Path:
    """A copy that a test may damage; `later.jsonl` lies in it."""
    folder = tmp_path / "warehouse"
    shutil.copytree(filled, folder)
    write_shard(folder / "later.jsonl", [*LATER])
    return folder


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> object:
    """What the raw tables hold after both loads, undisturbed."""
    folder = tmp_path_factory.mktemp("undisturbed") / "warehouse"
    shutil.copytree(filled, folder)
    load_raw([write_shard(folder / "later.jsonl", [*LATER])], folder, "later")
    return content_of(folder)


@pytest.mark.parametrize("damaged", ["state.json", "schemas/*.json"])
@pytest.mark.parametrize("content", [b"", b"no json", b"\0" * 100])
def test_damaged_state_is_made_again(
    warehouse: Path, expected: object, damaged: str, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (path,) = (warehouse / "dlt" / PIPELINE).glob(damaged)
    path.write_bytes(content)
    load_raw([warehouse / "later.jsonl"], warehouse, "later")
    assert content_of(warehouse) == expected
    aside = warehouse / "dlt" / f"{PIPELINE}{DAMAGED}"
    assert find_unreadable(aside) == [aside / path.relative_to(warehouse / "dlt" / PIPELINE)]
    assert find_unreadable(warehouse / "dlt" / PIPELINE) == []
    assert f"{path.name}): it lies in {aside}" in caplog.text


def test_damage_after_a_kill_does_not_lose_the_staged_batch(warehouse: Path, expected: object) -> None:
    arguments = ("after normalize", warehouse / "later.jsonl", warehouse)
    killed = multiprocessing.get_context("forkserver").Process(target=load_and_die, args=arguments)
    killed.start()
    killed.join()
    assert killed.exitcode == -9
    for path in (warehouse / "dlt" / PIPELINE).rglob("*.json"):
        path.write_bytes(b"{")
    load_raw([], warehouse, "next")
    assert content_of(warehouse) == expected


@pytest.mark.parametrize("instant", ["a file committed and not marked", "reports loaded"])
def test_batch_whose_plan_is_torn_after_half_of_it_was_loaded_is_not_doubled(
    warehouse: Path, tmp_path: Path, instant: str
) -> None:
    shard = write_shard(warehouse / "new.jsonl", [document_of("new", 7), document_of("newer", 8)])
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(warehouse, undisturbed)
    load_raw([shard], undisturbed, "next")
    killed = multiprocessing.get_context("forkserver").Process(target=load_and_die, args=(instant, shard, warehouse))
    killed.start()
    killed.join()
    assert killed.exitcode == -9
    (warehouse / "dlt" / "staged" / "plan.json").write_bytes(b'{"run_id": "ki')
    load_raw([shard], warehouse, "next")
    assert content_of(warehouse) == content_of(undisturbed)


def test_batch_with_a_damaged_plan_is_set_aside(warehouse: Path, expected: object) -> None:
    staged = warehouse / "dlt" / "staged"
    staged.mkdir()
    (staged / "plan.json").write_bytes(b'{"run_id": "ki')
    load_raw([warehouse / "later.jsonl"], warehouse, "later")
    assert content_of(warehouse) == expected
    assert (warehouse / "dlt" / f"staged{DAMAGED}" / "plan.json").exists()
