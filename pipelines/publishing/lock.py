"""Only one writer: a lock of the operating system, which ends with the process that holds it.

A POSIX record lock belongs to one process: children that outlive a killed run do not keep it. It guards nothing
within that process (and is lost when the process closes the file once), so the locks held here are remembered as well.
"""

import contextlib
import datetime
import fcntl
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from pipelines.warehouse import Warehouse, new_run_id

POLL_SECONDS = 0.2


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock: process id, what it runs, since when (ISO 8601, UTC)."""

    pid: int
    run_id: str
    since: str


_held: dict[Path, Holder] = {}


class LockHeldError(RuntimeError):
    """Somebody else holds a lock. `holder` is None if it did not say who it is."""

    def __init__(self, path: Path, holder: Holder | None) -> None:
        """Name the lock's file and its holder."""
        super().__init__(f"{path} is held by {describe_holder(holder)}")
        self.holder = holder


class WriterBusyError(RuntimeError):
    """Another run writes to the warehouse. `holder` is None if it did not say who it is."""

    def __init__(self, warehouse: Warehouse, holder: Holder | None, waited: float = 0) -> None:
        """Say who is writing, how long it was waited for, and what to do."""
        after = f" This run waited {waited:.0f} seconds for it." if waited else ""
        super().__init__(
            f"The warehouse {warehouse.root} is being written by {describe_holder(holder)}.{after} Only one run may "
            "write at a time: wait until it ends, or end that process. Readers of the live version are not affected."
        )
        self.holder = holder


def describe_holder(holder: Holder | None) -> str:
    """A holder in words."""
    return f"process {holder.pid}, run {holder.run_id}, since {holder.since}" if holder else "another process"


@contextlib.contextmanager
def writer_lock(warehouse: Warehouse, run_id: str = "", wait_seconds: float = 0) -> Iterator[str]:
    """Hold the warehouse's only write lock; waits for it as long as told, by default not at all.

    Yields the run's id: the given one, else a new one, made when nobody else can publish any more.

    Raises:
        WriterBusyError: another process, or another run in this process, holds it.
    """
    warehouse.root.mkdir(parents=True, exist_ok=True)
    with _locked(warehouse, lambda: run_id or new_run_id(warehouse), wait_seconds) as held:
        yield held


@contextlib.contextmanager
def reader_lock(warehouse: Warehouse, name: str, wait_seconds: float = 0) -> Iterator[None]:
    """Keep every run away while the working database is read, also in a warehouse that this user may only read.

    Raises:
        WriterBusyError: another process writes, or reads likewise, and did not end in time.
    """
    lock = warehouse.lock
    is_shared = not os.access(lock if lock.exists() else warehouse.root, os.W_OK)
    if is_shared and not lock.exists():
        yield  # nobody has written here, and this user cannot make the lock
        return
    with _locked(warehouse, lambda: name, wait_seconds, is_shared=is_shared):
        yield


@contextlib.contextmanager
def _locked(
    warehouse: Warehouse, name_run: Callable[[], str], wait_seconds: float, *, is_shared: bool = False
) -> Iterator[str]:
    """Hold the warehouse's lock; yields the name under which it is held."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            descriptor = acquire(warehouse.lock, name_run, is_shared=is_shared)
            break
        except LockHeldError as error:
            if time.monotonic() >= deadline:
                raise WriterBusyError(warehouse, error.holder, wait_seconds) from error
            time.sleep(POLL_SECONDS)
    try:
        yield _held[warehouse.lock.resolve()].run_id
    finally:
        release(warehouse.lock, descriptor)


def acquire(path: Path, name_run: Callable[[], str], *, is_shared: bool = False) -> int:
    """Take the lock of a file, made if missing, and write into it who has it; returns what :func:`release` needs.

    `name_run` is called when the lock is held. A shared lock keeps only writers away and needs no file that can be
    written; the file must be there, and says nothing of who has it.

    Raises:
        LockHeldError: another process, or another run in this process, holds it.
        OSError: the file cannot be written.
    """
    key = path.resolve()
    if key in _held:
        raise LockHeldError(path, _held[key])
    mode = os.O_RDONLY if is_shared else os.O_RDWR | os.O_CREAT
    descriptor = os.open(path, mode | os.O_CLOEXEC, 0o644)
    try:
        fcntl.lockf(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        _held[key] = Holder(os.getpid(), name_run(), since)
        if not is_shared:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, msgspec.json.encode(_held[key]), 0)
    except (BlockingIOError, PermissionError) as error:
        os.close(descriptor)
        raise LockHeldError(path, find_holder(path)) from error
    except BaseException:
        release(path, descriptor)
        raise
    return descriptor


def release(path: Path, descriptor: int) -> None:
    """Give a lock back."""
    _held.pop(path.resolve(), None)
    os.close(descriptor)


def find_holder(path: Path) -> Holder | None:
    """Who holds the lock of a file at this moment, None if nobody does; takes no lock, so it is in nobody's way."""
    if path.resolve() in _held:
        return _held[path.resolve()]
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        pid = _ask_kernel(descriptor)
    finally:
        os.close(descriptor)
    if pid is None:
        return None
    written = _written_holder(path)
    return written if written and written.pid == pid else Holder(pid, "unknown", "unknown")


def _ask_kernel(descriptor: int) -> int | None:
    """The process that a request for the lock would have to wait for."""
    if sys.platform == "darwin":
        layout, kind, pid = "qqihh", 3, 2  # l_start, l_len, l_pid, l_type, l_whence
        request = struct.pack(layout, 0, 0, 0, fcntl.F_WRLCK, os.SEEK_SET)
    else:
        layout, kind, pid = "hhqqi4x", 0, 4  # l_type, l_whence, l_start, l_len, l_pid
        request = struct.pack(layout, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    answer = struct.unpack(layout, fcntl.fcntl(descriptor, fcntl.F_GETLK, request))
    return None if answer[kind] == fcntl.F_UNLCK else int(answer[pid])


def _written_holder(path: Path) -> Holder | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (msgspec.DecodeError, OSError):
        return None
