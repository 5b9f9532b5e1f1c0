"""What a failure of the machine means for the warehouse, and what to do: disk, permissions, locks, damaged files."""

import re
from collections.abc import Iterator

from pipelines.decisions import LedgerError
from pipelines.warehouse import Warehouse

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
        "The warehouse cannot be written by this user. `gongkai doctor` names the files; give them to the user who "
        "runs gongkai, then run again.",
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
    if isinstance(error, LedgerError):
        return ""  # its message says what to do; the ledger is no part of the warehouse
    texts = list(_messages(error))
    for pattern, remedy in REMEDIES:
        if any(re.search(pattern, text) for text in texts):
            return remedy.format(live_mart=warehouse.live_mart, database=warehouse.database)
    return ""


def _messages(error: BaseException) -> Iterator[str]:
    """The messages of an error and of all that it was caused by or raised amid."""
    seen = set[int]()
    pending: list[BaseException | None] = [error]
    while pending:
        found = pending.pop()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield f"{type(found).__name__}: {found}"
        pending += [found.__cause__, found.__context__]
