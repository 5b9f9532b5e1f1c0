"""The last runs of a warehouse, as their logs tell them."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from pipelines.publishing.lock import Holder
from pipelines.warehouse import Warehouse

READ = 50
ENDED, FAILED, INTERRUPTED = "ended", "failed", "interrupted"
ENDED_WELL = ("published", "nothing new")
LOADED_LINE = b'"event":"loaded"'


class RunRecord(Struct, frozen=True):
    """One run as its log tells it.

    `outcome` is `published`, `nothing new`, `failed`, `interrupted` (Ctrl-C, a signal), `running` or `killed`; a run
    that failed after its version had become live is `published`, and `detail` says what failed. Times are ISO 8601,
    UTC; `loaded` counts the documents that it added to the warehouse or changed in it.
    """

    run_id: str
    begun: str
    outcome: str
    seconds: float | None
    detail: str
    loaded: int = 0


class _Counts(Struct):
    """What is read of the counts of a load."""

    inserted: int = 0
    updated: int = 0


class _Line(Struct):
    """What is read of a log's line."""

    time: str
    event: str = ""
    run_id: str = ""
    seconds: float | None = None
    version: str | None = None
    error: str = ""
    counts: _Counts | None = None


def read_runs(warehouse: Warehouse, writer: Holder | None, count: int = READ) -> Iterator[RunRecord]:
    """The last runs by their logs, the latest first; a run that ended without saying so was killed."""
    logs = sorted(warehouse.logs.glob("run-*.jsonl"), reverse=True) if warehouse.logs.is_dir() else []
    for path in logs[:count]:
        lines = [line for line in path.read_bytes().splitlines() if line.endswith(b"}")]
        if not lines:
            continue
        first, last = (msgspec.json.decode(line, type=_Line) for line in (lines[0], lines[-1]))
        outcome, detail = _judge(last, is_writing=writer is not None and writer.run_id == first.run_id)
        loaded = (msgspec.json.decode(line, type=_Line).counts for line in lines if LOADED_LINE in line)
        written = sum(counts.inserted + counts.updated for counts in loaded if counts is not None)
        yield RunRecord(first.run_id, first.time, outcome, last.seconds, detail, written)


def _judge(last: _Line, *, is_writing: bool) -> tuple[str, str]:
    if last.event == ENDED:
        return ("published", last.version) if last.version else ("nothing new", "")
    error = last.error.splitlines()[0] if last.error else ""
    if last.event == INTERRUPTED:
        error = "stopped by Ctrl-C or a signal"
    if last.event in (FAILED, INTERRUPTED):
        return ("published", f"{last.version}, then {last.event}: {error}") if last.version else (last.event, error)
    return ("running", "") if is_writing else ("killed", f"last heard of at {last.time}")
