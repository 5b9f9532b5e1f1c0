"""Only one writer: a lock of the operating system, which ends with the process that holds it.

A POSIX record lock belongs to one process: children that outlive a killed run do not keep it. It guards nothing
within that process (and is lost when the process closes the file once), so the locks held here are remembered as well.
"""

import contextlib
import datetime
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipelines.warehouse import Warehouse


class Holder(msgspec.Struct, frozen=True):
    """Who holds the lock: process id, what it runs, since when (ISO 8601, UTC)."""

    pid: int
    run_id: str
    since: str


_held: dict[Path, Holder] = {}


class WriterBusyError(RuntimeError):
    """Another run writes to the warehouse. `holder` is None if it did not say who it is."""

    def __init__(self, warehouse: Warehouse, holder: Holder | None) -> None:
        """Say who is writing and what to do."""
        who = f"process {holder.pid}, run {holder.run_id}, since {holder.since}" if holder else "another process"
        super().__init__(
            f"The warehouse {warehouse.root} is being written by {who}. Only one run may write at a time: "
            "wait until it ends, or end that process. Readers of the live version are not affected."
        )
        self.holder = holder


@contextlib.contextmanager
def writer_lock(warehouse: Warehouse, run_id: str) -> Iterator[None]:
    """Hold the warehouse's only write lock; never waits.

    Raises:
        WriterBusyError: another process, or another run in this process, holds it.
    """
    warehouse.root.mkdir(parents=True, exist_ok=True)
    path = warehouse.lock.resolve()
    if path in _held:
        raise WriterBusyError(warehouse, _held[path])
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(descriptor, warehouse)
        since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        _held[path] = Holder(os.getpid(), run_id, since)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(_held[path]), 0)
        yield
    finally:
        _held.pop(path, None)
        os.close(descriptor)


def _lock(descriptor: int, warehouse: Warehouse) -> None:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        raise WriterBusyError(warehouse, _holder(warehouse.lock)) from error


def _holder(path: Path) -> Holder | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except msgspec.DecodeError:
        return None
