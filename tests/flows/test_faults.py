"""Faults of disk, files, permissions, locks and clock: a clear end or a wait, the old version live, the next run clean.

All tests go on with one warehouse: what one leaves behind is what the next run of another has to cope with.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from prefect.settings import PREFECT_API_URL

from flows.dbt import SHARED, forget_models
from pipelines.load.damaged import DAMAGED
from pipelines.load.destination import PIPELINE
from pipelines.publishing import WriterBusyError, list_versions, writer_lock
from pipelines.warehouse import Warehouse
from tests.flows.disk import DISK_MB, Disk
from tests.flows.marts import live_values, publish_mart
from tests.whole_way import GONGKAI, obey_permissions

SPARE_KILOBYTES = (0, 1_000, 8_000)
HOLD = """
import duckdb, sys, time
with duckdb.connect(sys.argv[1], read_only=True):
    print("open", flush=True)
    time.sleep(600)
"""


@contextmanager
def nothing_changes(disk: Disk) -> Iterator[None]:
    """Deliver something; whatever happens inside, readers see what they saw before."""
    disk.inbox.deliver(with_text=False)
    before = disk.live()
    yield
    assert disk.live() == before


def run_limited(disk: Disk, limit: Callable[[], None]) -> str:
    """`gongkai run` in a process of its own that may do less than this one; what it complained about."""
    command = [str(GONGKAI), "run", "--inbox", str(disk.inbox.folder), "--warehouse", str(disk.warehouse.root)]
    environment = {**os.environ, "PREFECT_API_URL": str(PREFECT_API_URL.value())}
    done = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, env=environment, check=False, preexec_fn=limit
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    return " ".join(done.stderr.split())


def limit_file_size() -> None:
    """No file of this process may grow beyond half a megabyte."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**19, 2**19))


def assert_refused_without(disk: Disk, path: Path, mode: int) -> None:
    """A run that obeys permissions says that it may not write where `path` has `mode` only."""
    granted = path.stat().st_mode
    path.chmod(mode)
    try:
        assert "cannot be written by this user" in run_limited(disk, obey_permissions)
    finally:
        path.chmod(granted)


def test_disk_that_is_full_at_once_or_later(disk: Disk) -> None:
    with nothing_changes(disk):
        if disk.is_mounted:
            for spare in SPARE_KILOBYTES:
                disk.resize(f"{disk.used_kilobytes() + spare}k")
                try:
                    assert "The disk is full" in disk.remedy_of(disk.run())
                finally:
                    disk.resize(f"{DISK_MB}m")
        else:
            assert "The disk is full" in run_limited(disk, limit_file_size)
    disk.assert_clean(disk.run())


def test_read_only_disk(disk: Disk) -> None:
    with nothing_changes(disk):
        if disk.is_mounted:
            with disk.read_only():
                assert "cannot be written by this user" in disk.remedy_of(disk.run())
        else:
            assert_refused_without(disk, disk.warehouse.root, 0o555)


def test_lost_permission(disk: Disk) -> None:
    with nothing_changes(disk):
        assert_refused_without(disk, disk.warehouse.database, 0o000)


def test_working_database_is_held_by_a_reader(disk: Disk) -> None:
    with nothing_changes(disk):
        command = [sys.executable, "-c", HOLD, str(disk.warehouse.database)]
        reader = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
        try:
            assert reader.stdout is not None
            assert reader.stdout.readline() == b"open\n"
            assert "Close it there: readers open" in disk.remedy_of(disk.run())
        finally:
            reader.kill()
            reader.communicate()


def test_two_runs_at_once(disk: Disk) -> None:
    with nothing_changes(disk), writer_lock(disk.warehouse, "the-first-one"):
        error = disk.run().result(raise_on_failure=False)
        assert isinstance(error, WriterBusyError)
        assert "run the-first-one" in str(error)


def test_second_run_waits_if_it_is_told_to(disk: Disk) -> None:
    locked, freed = threading.Event(), list[float]()

    def hold() -> None:
        with writer_lock(disk.warehouse, "the-first-one"):
            locked.set()
            time.sleep(1)
            freed.append(time.monotonic())

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    state = disk.run(lock_wait_seconds=600)
    holder.join()
    assert freed[0] < time.monotonic()
    disk.assert_clean(state)


def test_damaged_working_files_are_made_again_and_a_reader_of_the_live_mart_reads_on(disk: Disk) -> None:
    disk.inbox.deliver()
    damaged = [*(disk.warehouse.root / "dlt" / PIPELINE).rglob("*.json"), *disk.warehouse.dbt.rglob("*.msgpack")]
    assert len(damaged) > 2
    for path in (*damaged, disk.warehouse.unfinished, SHARED):
        path.write_bytes(b'{"torn')
    forget_models()
    with duckdb.connect(disk.warehouse.live_mart.resolve(), read_only=True) as reader:
        before = reader.execute("select count(*) from marts.authority_year").fetchall()
        disk.assert_clean(disk.run())
        assert reader.execute("select count(*) from marts.authority_year").fetchall() == before
    assert (disk.warehouse.root / "dlt" / f"{PIPELINE}{DAMAGED}").is_dir()


def test_damaged_database_is_made_again_from_the_archive(disk: Disk) -> None:
    with nothing_changes(disk):
        with disk.warehouse.database.open("r+b") as file:
            file.write(b"\0" * 2**14)
        assert "gongkai run --archived" in disk.remedy_of(disk.run())
    disk.warehouse.database.unlink()
    lines = disk.inbox.folder / "done"  # raw extracted JSON is not archived
    disk.assert_clean(disk.run(archived=True, inputs=[str(lines)]))


def test_clock_that_goes_back_makes_no_backward_version(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    publish_mart(warehouse, "20990101T000000Z-ffffff", 1, keep=2)
    for value in (2, 3, 4):
        with writer_lock(warehouse) as run_id:
            pass
        publish_mart(warehouse, run_id, value, keep=2)
        assert live_values(warehouse) == [value]
        assert list_versions(warehouse)[-1].is_live
    assert [version.id[:16] for version in list_versions(warehouse)] == ["20990101T000002Z", "20990101T000003Z"]
