"""A publisher killed at any instant: readers always see a whole version, and never an older one than before."""

import multiprocessing
import os
import random
import time
from multiprocessing.context import ForkServerContext
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest

from flows.dbt import prepare_type_schema
from pipelines.publishing import WriterBusyError, list_versions, writer_lock
from pipelines.warehouse import Warehouse
from tests.flows.marts import live_values, publish_mart

KILLS = 20
FEWEST_KILLS = 3
BUDGET_SECONDS = 12.0
LONGEST_LIFE = 3.0  # in publications, as long as one took on this machine at this moment


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start in milliseconds, each a fork of a clean one that has imported what they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.flows.marts"])
    return context


def publish_for_ever(root: Path, number: int, started: Event) -> None:
    """Publish version after version until killed."""
    started.set()
    while True:
        number += 1
        publish_mart(Warehouse(root), f"v{number:06d}", number, keep=3)


def hold_lock(root: Path, locked: Event) -> None:
    """Hold the writer lock until killed."""
    with writer_lock(Warehouse(root), "other-run"):
        locked.set()
        time.sleep(60)


def create_type_and_die(database: Path) -> None:
    """Do what dbt does first, and end without any clean-up."""
    connection = duckdb.connect(database)
    connection.execute("create schema if not exists form")
    connection.execute("create type form.code as enum ('a')")
    os._exit(9)


def read_until(root: Path, stop: Event, seen: "Queue[list[int]]") -> None:
    """Read the live mart again and again; hands over every value seen, -1 for a mart that was not whole."""
    values = []
    while not stop.is_set():
        with duckdb.connect((root / "current" / "mart.duckdb").resolve(), read_only=True) as connection:
            query = "select count(*), min(version), max(version) from marts.authority_year"
            rows = connection.execute(query).fetchall()
        count, low, high = rows[0]
        values.append(high if count == 1000 and low == high else -1)
        time.sleep(0.002)  # a reader, not a load test
    seen.put(values)


def test_killed_publishers_never_disturb_a_reader(tmp_path: Path, processes: ForkServerContext) -> None:
    warehouse = Warehouse(tmp_path)
    begun = time.monotonic()
    publish_mart(warehouse, "v000000", 0)
    longest_life = LONGEST_LIFE * (time.monotonic() - begun)
    stop, seen = processes.Event(), processes.Queue()
    reader = processes.Process(target=read_until, args=(tmp_path, stop, seen))
    reader.start()
    lives = random.Random(20210930)  # noqa: S311 - moments to kill at, not secrets
    kills, deadline = 0, time.monotonic() + BUDGET_SECONDS
    while kills < FEWEST_KILLS or (kills < KILLS and time.monotonic() < deadline):
        started = processes.Event()
        first = live_values(warehouse)[0] + 10
        publisher = processes.Process(target=publish_for_ever, args=(tmp_path, first, started))
        publisher.start()
        assert started.wait(10)
        while kills == 0 and live_values(warehouse)[0] < first:
            time.sleep(0.01)  # the first one lives until it has published: the reader sees at least one change
        time.sleep(lives.uniform(0.0, longest_life))
        publisher.kill()
        publisher.join()
        kills += 1
        assert [version.is_live for version in list_versions(warehouse)].count(True) == 1
    stop.set()
    values = seen.get(timeout=10)
    reader.join()
    assert kills >= FEWEST_KILLS
    assert values
    assert values == sorted(values), "a reader saw an older version after a newer one"
    assert min(values) >= 0, "a reader saw a mart that was not whole"
    assert max(values) > 10, "no killed publisher had published anything"
    publish_mart(warehouse, "v999999", 999_999)
    assert live_values(warehouse) == [999_999]


def test_second_writer_is_told_who_writes(tmp_path: Path, processes: ForkServerContext) -> None:
    locked = processes.Event()
    holder = processes.Process(target=hold_lock, args=(tmp_path, locked))
    holder.start()
    assert locked.wait(20)
    told = pytest.raises(WriterBusyError, match=f"process {holder.pid}, run other-run")
    with told as busy, writer_lock(Warehouse(tmp_path), "mine"):
        pytest.fail("two writers hold the lock")
    assert busy.value.holder is not None
    assert busy.value.holder.pid == holder.pid
    holder.kill()
    holder.join()
    with writer_lock(Warehouse(tmp_path), "mine"):
        assert warehouse_is_locked_by_us(tmp_path)


def test_warehouse_opens_after_a_kill_amid_the_code_types(tmp_path: Path, processes: ForkServerContext) -> None:
    warehouse = Warehouse(tmp_path)
    prepare_type_schema(warehouse)
    killed = processes.Process(target=create_type_and_die, args=(warehouse.database,))
    killed.start()
    killed.join()
    assert killed.exitcode == 9
    assert list(tmp_path.glob("*.wal"))
    with duckdb.connect(warehouse.database) as connection:
        assert connection.execute("select 'a'::form.code::varchar").fetchall() == [("a",)]


def warehouse_is_locked_by_us(root: Path) -> bool:
    """Whether this process would be told that it holds the lock itself."""
    try:
        with writer_lock(Warehouse(root), "again"):
            return False
    except WriterBusyError as busy:
        return busy.holder is not None and busy.holder.run_id == "mine"
