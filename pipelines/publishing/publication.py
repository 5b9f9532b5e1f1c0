"""From a mart that was built to the version that BI reads, in steps of which each leaves a readable version live."""

import datetime
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import msgspec

from contracts.layers.results import LayerReport
from pipelines.database import attach_for_writing, open_for_writing
from pipelines.durability import sync_file, sync_folder
from pipelines.publishing.audit import (
    PublicationRefusedError,
    audit_catalog,
    audit_contracts,
    audit_files,
    audit_release,
    count_rows,
)
from pipelines.publishing.manifest import Code, Inputs, Manifest, describe_code, hash_file
from pipelines.publishing.release.compare import compare_marts
from pipelines.publishing.release.models import ReleaseDiff
from pipelines.publishing.versions import (
    Version,
    live_id,
    live_version,
    make_live,
    prepare_link,
    prune_versions,
)
from pipelines.warehouse import MANIFEST_FILE, MART_FILE, Warehouse

KEPT_VERSIONS = 5
STORAGE_VERSION = "v1.0.0"
READ_ONLY = 0o444


def start_build(warehouse: Warehouse, run_id: str, base: Version | None = None) -> Path:
    """A run's mart, empty or a copy of a version's, after the builds of dead runs are gone; returns its path.

    Call it under the writer lock: whatever lies in `build/` then belongs to no living run.
    """
    for folder in (warehouse.builds, warehouse.versions):
        folder.mkdir(parents=True, exist_ok=True)
    link = warehouse.next_mart.parent
    link.unlink(missing_ok=True)
    for orphan in warehouse.builds.iterdir():
        shutil.rmtree(orphan)
    warehouse.build_of(run_id).mkdir()
    link.symlink_to(run_id, target_is_directory=True)
    mart = warehouse.mart_being_built(run_id)
    if base is not None:
        shutil.copyfile(base.folder / MART_FILE, mart)
        return mart
    with duckdb.connect() as connection:
        attach_for_writing(connection, mart, "mart", STORAGE_VERSION)
        connection.execute("checkpoint mart")
    return mart


def publish(
    warehouse: Warehouse,
    run_id: str,
    *,
    inputs: Inputs,
    contracts: Sequence[LayerReport],
    code: Code | None = None,
    accepted_changes: str | None = None,
    touched: Path | None = None,
    keep: int = KEPT_VERSIONS,
) -> Version:
    """Audit a run's mart, make it a version and make that version live; call it under the writer lock.

    Args:
        warehouse: the warehouse that `run_id` built a mart in.
        run_id: the run, which becomes the version's id.
        inputs: the documents the mart was made from.
        contracts: the reports of all four layers' contracts in this run.
        code: the code that built it; the running code if left out.
        accepted_changes: why figures may change without a new document or decision; None or blank if they may not.
        touched: the database whose schema `touched` lists what differs from the live version; None if all may.
        keep: how many versions to keep, the live one and the one before it always among them.

    Raises:
        PublicationRefusedError: a contract is red, a layer has no result, the mart is not fit, or a published figure
            would change without evidence; nothing has changed.
        UnknownVersionError: the version that is live is not there.
    """
    if reasons := audit_contracts(contracts):
        raise PublicationRefusedError(reasons)
    folder = warehouse.build_of(run_id)
    mart = warehouse.mart_being_built(run_id)
    row_counts = _close_mart(mart)
    if reasons := audit_files(folder):
        raise PublicationRefusedError(reasons)
    live = live_version(warehouse) if live_id(warehouse) else None
    release, sha256 = _compare_and_hash(live, mart, touched)
    if reasons := audit_release(release, accepted_changes):
        raise PublicationRefusedError(reasons)
    manifest = Manifest(
        version=run_id,
        previous=live.id if live else None,
        published_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        inputs=inputs,
        code=code or describe_code(),
        mart_sha256=sha256,
        mart_bytes=mart.stat().st_size,
        row_counts=row_counts,
        contracts=list(contracts),
        release=release,
        accepted_changes=accepted_changes,
    )
    _seal(folder, manifest)
    warehouse.next_mart.parent.unlink(missing_ok=True)
    prepare_link(warehouse, run_id)  # from the next line on, a run that follows a kill makes this version live
    folder.rename(warehouse.versions / run_id)
    sync_folder(warehouse.versions)
    make_live(warehouse, run_id)
    prune_versions(warehouse, keep)
    return live_version(warehouse)


def _compare_and_hash(live: Version | None, mart: Path, touched: Path | None) -> tuple[ReleaseDiff | None, str]:
    """What the mart changes against the live version, None if there is none; and the sha256 of its file."""
    with ThreadPoolExecutor() as pool:
        sha256 = pool.submit(hash_file, mart)
        release = None
        if live is not None:
            release = compare_marts(live.id, live.folder / MART_FILE, mart, touched, live.manifest.release)
        return release, sha256.result()


def _close_mart(mart: Path) -> dict[str, int]:
    """Write everything into the one file, then open it alone as BI will; returns the rows by table."""
    with open_for_writing(mart) as connection:
        connection.execute("checkpoint")
    with duckdb.connect(mart, read_only=True) as connection:
        if reasons := audit_catalog(connection):
            raise PublicationRefusedError(reasons)
        return count_rows(connection)


def _seal(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    for path in folder.iterdir():
        path.chmod(READ_ONLY)
        sync_file(path)
    sync_folder(folder)
