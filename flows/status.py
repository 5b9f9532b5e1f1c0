"""What an operator asks first: what is live, what ran, who writes, what is left to do, how much room there is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from flows.prefect_server import find_served_api
from pipelines.publishing import list_versions
from pipelines.publishing.lock import Holder, find_holder
from pipelines.warehouse import Warehouse

SHOWN_RUNS = 5
BEGUN, ENDED, FAILED = "begun", "ended", "failed"


class RunRecord(Struct, frozen=True):
    """One run as its log tells it.

    `outcome` is `published`, `nothing new`, `failed`, `running` or `killed`; times are ISO 8601, UTC.
    """

    run_id: str
    begun: str
    outcome: str
    seconds: float | None
    detail: str


class LiveVersion(Struct, frozen=True):
    """The live version; `is_newest` is false after a rollback."""

    version: str
    published_at: str
    documents: int
    mart_bytes: int
    is_newest: bool
    kept: int


class Status(Struct, frozen=True):
    """One warehouse at this moment; sizes in bytes. `pending` lists what the next run will do first."""

    warehouse: str
    live: LiveVersion | None
    runs: list[RunRecord]
    writer: Holder | None
    served_at: str | None
    pending: list[str]
    used: dict[str, int]
    free: int


class _Line(Struct):
    """What is read of a log's line."""

    time: str
    event: str = ""
    run_id: str = ""
    seconds: float | None = None
    version: str | None = None
    error: str = ""


def read_status(warehouse: Warehouse, runs: int = SHOWN_RUNS) -> Status:
    """The status of a warehouse; takes no lock, opens no database and starts nothing."""
    writer = find_holder(warehouse.lock)
    return Status(
        warehouse=str(warehouse.root),
        live=_read_live(warehouse),
        runs=list(read_runs(warehouse, writer, runs)),
        writer=writer,
        served_at=(find_served_api(warehouse) or "").removesuffix("/api") or None,
        pending=list(_find_pending(warehouse, writer)),
        used=_measure(warehouse.root),
        free=shutil.disk_usage(_existing(warehouse.root)).free,
    )


def read_runs(warehouse: Warehouse, writer: Holder | None, count: int) -> Iterator[RunRecord]:
    """The last runs by their logs, the latest first; a run that ended without saying so was killed."""
    logs = sorted(warehouse.logs.glob("run-*.jsonl"), reverse=True) if warehouse.logs.is_dir() else []
    for path in logs[:count]:
        lines = [line for line in path.read_bytes().splitlines() if line.endswith(b"}")]
        if not lines:
            continue
        first, last = (msgspec.json.decode(line, type=_Line) for line in (lines[0], lines[-1]))
        outcome, detail = _judge(last, is_writing=writer is not None and writer.run_id == first.run_id)
        yield RunRecord(first.run_id, first.time, outcome, last.seconds, detail)


def _judge(last: _Line, *, is_writing: bool) -> tuple[str, str]:
    if last.event == ENDED:
        return ("published", last.version) if last.version else ("nothing new", "")
    if last.event == FAILED:
        return "failed", last.error.splitlines()[0] if last.error else ""
    return ("running", "") if is_writing else ("killed", f"last heard of at {last.time}")


def _read_live(warehouse: Warehouse) -> LiveVersion | None:
    versions = list_versions(warehouse)
    for version in versions:
        if version.is_live:
            manifest = version.manifest
            is_newest, kept = version.id == versions[-1].id, len(versions)
            return LiveVersion(
                version.id, manifest.published_at, manifest.inputs.documents, manifest.mart_bytes, is_newest, kept
            )
    return None


def _find_pending(warehouse: Warehouse, writer: Holder | None) -> Iterator[str]:
    if writer is not None:
        return
    if warehouse.unfinished.exists():
        yield "the last run did not end well: the next one cleans what it left"
    if (warehouse.root / "dlt" / "staged" / "plan.json").exists():
        yield "a load was interrupted: the next run finishes it"
    if warehouse.next_link.is_symlink():
        yield f"version {warehouse.next_link.readlink().name} was about to become live"


def _measure(root: Path) -> dict[str, int]:
    """Bytes by entry of the warehouse's folder, the largest first; links are not followed."""
    sizes = {
        entry.name: sum(path.lstat().st_size for path in _files(entry))
        for entry in (root.iterdir() if root.is_dir() else ())
        if not entry.is_symlink()
    }
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def _files(entry: Path) -> Iterator[Path]:
    if entry.is_dir():
        yield from (path for path in entry.rglob("*") if path.is_file() and not path.is_symlink())
    else:
        yield entry


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path.resolve(), *path.resolve().parents) if folder.exists())
