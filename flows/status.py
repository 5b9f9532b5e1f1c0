"""What an operator asks first: what is live, what ran, who writes, what is left to do, how much room there is."""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from msgspec import Struct

from flows.past_runs import RunRecord, read_runs
from flows.pending import find_pending
from flows.prefect_server import find_served_api
from flows.queued import Queue, QueuedRun, read_queue
from pipelines.decisions import Ledger, LedgerError, default_ledger, read_ledger
from pipelines.decisions.used import check_used
from pipelines.publishing import Version, list_versions
from pipelines.publishing.lock import Holder, find_holder
from pipelines.warehouse import Warehouse

SHOWN_RUNS = 5


class LiveVersion(Struct, frozen=True):
    """The live version; `is_newest` is false after a rollback."""

    version: str
    published_at: str
    documents: int
    mart_bytes: int
    is_newest: bool
    kept: int


class LedgerState(Struct, frozen=True):
    """The ledger of decisions: its file, its lines, and how many the newest version was made with.

    `problem` says why a run refuses it: it is damaged, or another than the newest version was made with.
    """

    file: str
    decisions: int
    published: int
    problem: str = ""

    @property
    def unpublished(self) -> int:
        """How many of its decisions no version was made with; none of a ledger that a run refuses."""
        return 0 if self.problem else self.decisions - self.published


class Status(Struct, frozen=True):
    """One warehouse at this moment; sizes in bytes. `pending` lists what the next run has to do.

    `queue` are the runs that a server which serves the warehouse has scheduled, has late or runs, the next one first.
    """

    warehouse: str
    live: LiveVersion | None
    runs: list[RunRecord]
    writer: Holder | None
    served_at: str | None
    queue: list[QueuedRun]
    ledger: LedgerState
    inbox: str | None
    pending: list[str]
    used: dict[str, int]
    free: int


def read_status(warehouse: Warehouse, ledger: Path | None = None, inbox: Path | None = None) -> Status:
    """The status of a warehouse; takes no lock, opens no database but the live mart and starts nothing.

    Args:
        warehouse: the warehouse.
        ledger: the ledger of decisions, by default the one that a run would take.
        inbox: the folder in which files are handed over, by default that of the deployment, if there is one.

    Raises:
        DamagedManifestError: a whole line of the archive's manifest is no manifest line.
    """
    writer = find_holder(warehouse.lock)
    served = find_served_api(warehouse)
    queue = read_queue(served) if served else Queue()
    versions = list_versions(warehouse)
    decisions = _read_ledger_state(warehouse, versions, ledger or default_ledger())
    refused = ["the next run refuses the ledger: put it right first"] if decisions.problem else []
    past = list(read_runs(warehouse, writer))
    inbox = inbox or queue.inbox
    return Status(
        warehouse=str(warehouse.root),
        live=_read_live(versions),
        runs=past[:SHOWN_RUNS],
        writer=writer,
        served_at=(served or "").removesuffix("/api") or None,
        queue=queue.runs,
        ledger=decisions,
        inbox=str(inbox) if inbox else None,
        pending=[] if writer else refused + list(find_pending(warehouse, past, inbox, queue, decisions.unpublished)),
        used=_measure(warehouse.root),
        free=shutil.disk_usage(_existing(warehouse.root)).free,
    )


def _read_ledger_state(warehouse: Warehouse, versions: Sequence[Version], path: Path) -> LedgerState:
    found, problem = Ledger(path), ""
    try:
        found = read_ledger(path)
        check_used(found, warehouse)
    except LedgerError as error:
        problem = str(error)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        problem = f"It differs from what version {versions[-1].id} was made with, which cannot be read: {reason}"
    return LedgerState(str(path), len(found.lines), versions[-1].manifest.inputs.decisions if versions else 0, problem)


def _read_live(versions: Sequence[Version]) -> LiveVersion | None:
    for version in versions:
        if version.is_live:
            manifest = version.manifest
            is_newest, kept = version.id == versions[-1].id, len(versions)
            return LiveVersion(
                version.id, manifest.published_at, manifest.inputs.documents, manifest.mart_bytes, is_newest, kept
            )
    return None


def _measure(root: Path) -> dict[str, int]:
    """Bytes by entry of the warehouse's folder, the largest first; links are not followed."""
    sizes = {
        entry.name: sum(_size_of(path) for path in _files(entry))
        for entry in (root.iterdir() if root.is_dir() else ())
        if not entry.is_symlink()
    }
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def _files(entry: Path) -> Iterator[Path]:
    if entry.is_dir():
        for folder, _, names in os.walk(entry):
            yield from (Path(folder, name) for name in names)
    else:
        yield entry


def _size_of(path: Path) -> int:
    """The bytes of a file; none if it is a link, or gone meanwhile: a run makes and removes files all the time."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path.resolve(), *path.resolve().parents) if folder.exists())
