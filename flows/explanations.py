"""What a failure of the machine means for the warehouse, and what to do: disk, permissions, locks, damaged files."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from pipelines.decisions import LedgerError
from pipelines.inbox import InboxError
from pipelines.warehouse import Warehouse

REFUSED = (
    "The warehouse cannot be written by this user. `gongkai doctor` names the files; give them to the user who runs "
    "gongkai, then run again."
)
REFUSED_OUTSIDE = (
    "{path} cannot be read or written by this user; it is no part of the warehouse. Give it to the user who runs "
    "gongkai, or name another place, then run again."
)
# What is looked for in the messages of the error and of its causes -> what to do. The first that is found counts.
REMEDIES = (
    (
        r"No space left on device|\[Errno 28\]|not enough (disk )?space|File too large|Disk quota exceeded",
        "The disk is full. Make room (`gongkai doctor` says how much a run needs, `gongkai status` what is used), then "
        "run again.",
    ),
    (
        r"Could not set lock on file|Conflicting lock is held|being used by another process",
        "Another process has the working database open. Close it there: readers open {live_mart}, never {database}. "
        "Then run again.",
    ),
    (
        r"Read-only file system|Permission denied|\[Errno (1|13|30)\]|attached in read-only mode",
        REFUSED,
    ),
    (
        r"mart\.duckdb\S* exists, but it is not a valid DuckDB database",
        "A published version is damaged, the working database is not. Make another one live (`gongkai rollback`), then "
        "remove the damaged one's folder. `gongkai run` publishes all that the warehouse holds.",
    ),
    (
        r"not a valid DuckDB database|[Cc]orrupt|checksum|Serialization Error|Failed to deserialize|INTERNAL Error",
        "The working database is damaged, unless `gongkai doctor` names the live version (then `gongkai rollback`). "
        "Move {database} and {database}.wal away and run `gongkai run --archived`: it is made again from the archive. "
        "docs/operations.md has the details.",
    ),
)


def find_remedy(error: BaseException, warehouse: Warehouse) -> str:
    """What to do about an error of the machine, by its message or that of one of its causes; empty if it is another."""
    if isinstance(error, LedgerError | InboxError):
        return ""  # its message says what to do; neither is a part of the warehouse
    errors = list(_chain(error))
    for pattern, remedy in REMEDIES:
        if found := [one for one in errors if re.search(pattern, f"{type(one).__name__}: {one}")]:
            if remedy == REFUSED and (outside := _paths_outside(found, warehouse)):
                return REFUSED_OUTSIDE.format(path=outside[0])
            return remedy.format(live_mart=warehouse.live_mart, database=warehouse.database)
    return ""


def _paths_outside(errors: Sequence[BaseException], warehouse: Warehouse) -> list[str]:
    """The paths that errors name and that are not in the warehouse; DuckDB names them only in its message."""
    named = [name for one in errors if isinstance(one, OSError) for name in (one.filename, one.filename2) if name]
    queries = [str(one) for one in errors if isinstance(one, duckdb.Error)]
    named += [path for text in queries for path in re.findall(r'(?:file|directory) "([^"]+)"', text)]
    root = warehouse.root.resolve()
    return [str(path) for path in map(os.fsdecode, named) if not Path(path).resolve().is_relative_to(root)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and all that it was caused by or raised amid."""
    seen = set[int]()
    pending: list[BaseException | None] = [error]
    while pending:
        found = pending.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        pending += [found.__cause__, found.__context__]
