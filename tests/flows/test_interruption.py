"""A publisher killed at any instant: readers always see a whole version, and never an older one than before."""

import multiprocessing
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.publishing import WriterBusyError, list_versions, writer_lock
from pipelines.warehouse import Warehouse
from tests.flows.marts import live_values, publish_mart

KILLS = 8
LONGEST_LIFE_SECONDS = 0.35
PUBLISHER = """
import sys
from pathlib import Path
from pipelines.warehouse import Warehouse
from tests.flows.marts import publish_mart
number = int(sys.argv[2])
print("started", flush=True)
while True:
    number += 1
    publish_mart(Warehouse(Path(sys.argv[1])), f"v{number:06d}", number, keep=3)
"""
HOLDER = """
import sys, time
from pathlib import Path
from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse
with writer_lock(Warehouse(Path(sys.argv[1])), "other-run"):
    print("locked", flush=True)
    time.sleep(60)
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own programs above
    assert process.stdout is not None
    assert process.stdout.readline().strip() in {"started", "locked"}
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def read_until(root: Path, stop: "multiprocessing.synchronize.Event", seen: "multiprocessing.Queue[list[int]]") -> None:
    """Read the live mart again and again; reports every value seen, an empty list for a mart that is not whole."""
    values = []
    while not stop.is_set():
        with duckdb.connect((root / "current" / "mart.duckdb").resolve(), read_only=True) as connection:
            query = "select count(*), min(version), max(version) from marts.authority_year"
            rows = connection.execute(query).fetchall()
        count, low, high = rows[0]
        values.append(high if count == 1000 and low == high else -1)
    seen.put(values)


def test_killed_publishers_never_disturb_a_reader(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    publish_mart(warehouse, "v000000", 0)
    context = multiprocessing.get_context("spawn")
    stop, seen = context.Event(), context.Queue()
    reader = context.Process(target=read_until, args=(tmp_path, stop, seen))
    reader.start()
    lives = random.Random(20210930)  # noqa: S311 - moments to kill at, not secrets
    for _ in range(KILLS):
        publisher = start(PUBLISHER, str(tmp_path), str(live_values(warehouse)[0] + 10))
        time.sleep(lives.uniform(0.0, LONGEST_LIFE_SECONDS))
        kill(publisher)
        assert [version.is_live for version in list_versions(warehouse)].count(True) == 1
    stop.set()
    values = seen.get(timeout=10)
    reader.join()
    assert values
    assert values == sorted(values), "a reader saw an older version after a newer one"
    assert min(values) >= 0, "a reader saw a mart that was not whole"
    publish_mart(warehouse, "v999999", 999_999)
    assert live_values(warehouse) == [999_999]


def test_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    holder = start(HOLDER, str(tmp_path))
    try:
        told = pytest.raises(WriterBusyError, match=f"process {holder.pid}, run other-run")
        with told as busy, writer_lock(Warehouse(tmp_path), "mine"):
            pytest.fail("two writers hold the lock")
        assert busy.value.holder is not None
        assert busy.value.holder.pid == holder.pid
    finally:
        kill(holder)
    with writer_lock(Warehouse(tmp_path), "mine"):
        assert (tmp_path / "writer.lock").exists()
