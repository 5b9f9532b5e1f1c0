"""A load killed at any instant: the next load finishes it, and no row is doubled or lost."""

import multiprocessing
import shutil
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from pipelines.load import load_raw
from tests.load.killed_load import MERGING, STAGED, UNSTAGED, load_and_die
from tests.load.payloads import content_of, document_of, rejected_of, report_of, write_shard

Shards = dict[str, Path]
CASES = [
    *(("first", instant) for instant in (*UNSTAGED, *STAGED)),
    *(
        ("later", instant)
        for instant in ("after normalize", "a file committed and not marked", *MERGING, "reports loaded")
    ),
    ("later", "documents loaded"),
]


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start in milliseconds, each a fork of a clean one that has imported what they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.load.killed_load"])
    return context


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Shards:
    """`first` fills a warehouse, `later` changes, retires and adds documents, `other` has nothing to do with them."""
    folder = tmp_path_factory.mktemp("shards")
    changed = [document_of(f"d{n}", 0, reports=[report_of(n + 100, 2022), report_of(n + 200, 2023)]) for n in range(3)]
    return {
        "first": write_shard(folder / "1.jsonl", [*(document_of(f"d{n}", n) for n in range(8)), rejected_of("r")]),
        "later": write_shard(
            folder / "2.jsonl", [*changed, document_of("new", 9), rejected_of("d7"), document_of("r", 1)]
        ),
        "other": write_shard(folder / "3.jsonl", [document_of("other", 3)]),
    }


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, shards: Shards) -> dict[str, Path]:
    """The warehouse as it is before the killed load: empty, or filled by `first`."""
    empty, filled = tmp_path_factory.mktemp("empty"), tmp_path_factory.mktemp("filled")
    load_raw([shards["first"]], filled, "earlier")
    return {"first": empty, "later": filled}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, shards: Shards, before: dict[str, Path]) -> dict[str, object]:
    """What the raw tables hold after an undisturbed load of the batch and of `other`."""
    contents: dict[str, object] = {}
    for batch, start in before.items():
        warehouse = tmp_path_factory.mktemp("undisturbed") / "warehouse"
        shutil.copytree(start, warehouse)
        load_raw([shards[batch]], warehouse, "undisturbed")
        load_raw([shards["other"]], warehouse, "undisturbed")
        contents[batch] = content_of(warehouse)
    return contents


@pytest.mark.parametrize(("batch", "instant"), CASES)
def test_a_killed_load_is_finished_by_the_next_one(
    tmp_path: Path,
    batch: str,
    instant: str,
    shards: Shards,
    before: dict[str, Path],
    expected: dict[str, object],
    processes: ForkServerContext,
) -> None:
    warehouse = tmp_path / "warehouse"
    shutil.copytree(before[batch], warehouse)
    process = processes.Process(target=load_and_die, args=(instant, shards[batch], warehouse))
    process.start()
    process.join()
    assert process.exitcode == -9
    load_raw([shards["other"]], warehouse, "next")
    if instant in STAGED | MERGING:
        assert content_of(warehouse) == expected[batch]
    again = load_raw([shards[batch]], warehouse, "again")
    assert content_of(warehouse) == expected[batch]
    assert (again.written == 0) == (instant in STAGED | MERGING)
    assert not (warehouse / "dlt" / "staged").exists()
