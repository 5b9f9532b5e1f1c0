"""What is left to do in a warehouse: what was interrupted, archived, handed over, decided, or loaded."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from flows.past_runs import ENDED_WELL, RunRecord
from flows.queued import Queue
from flows.unread import count_unread
from pipelines.inbox import NOTHING_WAITS, waiting_files
from pipelines.warehouse import Warehouse


def find_pending(
    warehouse: Warehouse, runs: Sequence[RunRecord], inbox: Path | None, queue: Queue, undecided: int
) -> Iterator[str]:
    """One sentence for each kind of work that the next run has; call it while nobody writes.

    Args:
        warehouse: the warehouse; neither its lock is taken nor its database opened, for a run may begin any moment.
        runs: the last runs, the latest first.
        inbox: the folder in which files are handed over.
        queue: what a server has queued.
        undecided: how many decisions of the ledger no version was made with.

    Raises:
        DamagedManifestError: a whole line of the archive's manifest is no manifest line.
    """
    if warehouse.unfinished.exists():
        yield "the last run did not end well: the next one cleans what it left"
    if (warehouse.root / "dlt" / "staged" / "plan.json").exists():
        yield "a load was interrupted: the next run finishes it"
    if warehouse.next_link.is_symlink():
        yield f"version {warehouse.next_link.readlink().name} was about to become live"
    if unread := count_unread(warehouse):
        yield f"{unread:,} archived documents have not been read: a run without input reads them, as does --archived"
    yield from _find_unpublished(runs)
    if undecided > 0:
        yield f"{undecided:,} decisions of the ledger are in no version: the next run applies them"
    yield from _find_waiting(inbox)
    if queue.late:
        yield f"{len(queue.late)} scheduled runs are late: is the worker running? See {warehouse.logs}/serve-worker.log"
    if queue.problem:
        yield queue.problem


def _find_waiting(inbox: Path | None) -> Iterator[str]:
    waiting = waiting_files(inbox) if inbox is not None and inbox.is_dir() else NOTHING_WAITS
    if waiting.files:
        yield f"{waiting.files:,} files wait in the inbox {inbox}"
    if waiting.others:
        yield f"{waiting.others:,} links or pipes in the inbox {inbox} are never taken: hand over the files themselves"


def _find_unpublished(runs: Sequence[RunRecord]) -> Iterator[str]:
    """Documents that are loaded and in no version: what runs have loaded since the last one that ended well."""
    since = list(takewhile(lambda run: run.outcome not in ENDED_WELL, runs))
    if loaded := sum(run.loaded for run in since):
        yield f"{loaded:,} documents are loaded and in no version: the next run publishes them"
