"""A load that kills its own process at a named instant."""

import os
import shutil
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path

import dlt
from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob
from dlt.destinations.sql_jobs import SqlMergeFollowupJob

import pipelines.load
from pipelines.load import destination, load_raw


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_at(owner: object, name: str, *, after: bool, call: int = 1) -> None:
    """Make the `call`-th call of `owner.name` kill the process, before or after its work."""
    original: Callable[..., object] = getattr(owner, name)
    calls = count(1)

    def wrapped(*arguments: object, **options: object) -> object:
        number = next(calls)
        if number == call and not after:
            _die()
        result = original(*arguments, **options)
        if number == call:
            _die()
        return result

    setattr(owner, name, wrapped)


# Instants before the batch is staged as a whole: nothing of it is in the warehouse then, nor ever will be by itself.
UNSTAGED: dict[str, Callable[[], None]] = {
    "plan not written": lambda: _kill_at(shutil, "rmtree", after=True, call=2),
}
STAGED: dict[str, Callable[[], None]] = {
    "nothing loaded": lambda: _kill_at(pipelines.load, "load_staged", after=False),
    "before normalize": lambda: _kill_at(dlt.Pipeline, "normalize", after=False),
    "after normalize": lambda: _kill_at(dlt.Pipeline, "normalize", after=True),
    "a file committed and not marked": lambda: _kill_at(DuckDbCopyJob, "run", after=True),
    "reports loaded": lambda: _kill_at(destination, "_run", after=True),
    "documents committed and not marked": lambda: _kill_at(DuckDbCopyJob, "run", after=True, call=3),
    "documents loaded": lambda: _kill_at(destination, "_run", after=True, call=2),
    "batch half forgotten": lambda: _kill_at(shutil, "rmtree", after=False, call=3),
}
MERGING: dict[str, Callable[[], None]] = {
    "before a merge": lambda: _kill_at(SqlMergeFollowupJob, "generate_sql", after=False),
    "after a merge": lambda: _kill_at(SqlMergeFollowupJob, "generate_sql", after=True, call=2),
}


def load_and_die(instant: str, shard: Path, warehouse: Path) -> None:
    """Load a shard and be killed on the way; reaching the end is exit code 0."""
    (UNSTAGED | STAGED | MERGING)[instant]()
    load_raw([shard], warehouse, "killed")
