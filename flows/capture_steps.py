"""The steps that take documents from elsewhere: the inbox, addresses, and what the archive holds already."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.fetching import FetchedList, fetch_list
from flows.progress import step_progress
from flows.runs import Captured, Run
from pipelines.archive import Archive, ChangedFileError, DamagedArchiveError, archived_path, read_manifest
from pipelines.archive_audit import verify_archive
from pipelines.capture import Capture, Document
from pipelines.fetch.answers import GOOD
from pipelines.inbox import Handed, Inbox, Left, Part, Receipt, Result
from pipelines.limits import read_limits
from pipelines.validation.chunks import DamagedShardError, count_payloads
from pipelines.validation.refused import find_refused, hash_payloads
from pipelines.warehouse import Warehouse

MOST_SHOWN = 500


@dataclass(frozen=True)
class TakenFile:
    """One file of the inbox: its documents, or its payloads of raw extracted JSON, or what is damaged about it."""

    handed: Handed
    documents: list[Document] = field(default_factory=list)
    payloads: int = 0
    damage: str = ""


@dataclass(frozen=True)
class TakenInbox:
    """What a run took out of the inbox, and the files that it left there."""

    files: list[TakenFile] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def captured(self) -> Captured:
        """What is to be loaded."""
        documents = [document for file in self.files for document in file.documents]
        shards = [file.handed.path for file in self.files if file.payloads]
        return Captured(documents, shards, sum(file.payloads for file in self.files))


@task(name="take inbox", task_run_name="take inbox", cache_policy=NO_CACHE)
def take_inbox(run: Run, inbox: Inbox) -> TakenInbox:
    """Archive the documents that were handed over, and name the shards; what cannot be taken is left with the reason.

    Raises:
        OSError: the archive cannot be written.
    """
    handed, left = inbox.take()
    taken = TakenInbox(left=left)
    if not handed:
        return taken
    archive = Archive(run.warehouse.archive)
    taker = Capture(archive, read_limits())
    with step_progress("Take inbox", total=len(handed)) as advance:
        for file in handed:
            try:
                taken.files.append(_take_file(taker, file))
            except ChangedFileError as error:
                left.append(Left(file.source_uri, "changed", str(error)))
            except PermissionError as error:
                if Path(error.filename or "") != file.path:
                    raise  # the archive's: of no use to the next file either
                left.append(Left(file.source_uri, "unreadable", error.strerror or str(error)))
            advance(1)
    archive.sync()
    return taken


def _take_file(taker: Capture, file: Handed) -> TakenFile:
    documents: list[Document] = []
    for item in taker.take(file.path, file.source_uri):
        if isinstance(item, Document):
            documents.append(item)
        else:
            try:
                payloads = count_payloads(item.path)
            except DamagedShardError as error:
                return TakenFile(file, damage=str(error))
            return TakenFile(file, payloads=payloads, damage="" if payloads else "it holds no payload")
    return TakenFile(file, documents)


@task(name="settle inbox", task_run_name="settle inbox", cache_policy=NO_CACHE)
def settle_inbox(run: Run, inbox: Inbox, taken: TakenInbox) -> list[Receipt]:
    """Move the files away whose documents the warehouse holds now, with a receipt of what became of each.

    Raises:
        OSError: the inbox cannot be written; the files stay and the next run settles them.
    """
    documents = [document for file in taken.files for document in file.documents]
    reasons = _read_rejections(run.warehouse, documents)
    results = [
        Result(
            handed=file.handed,
            documents=_find_refused(run.warehouse, file.handed.path)
            if file.payloads
            else [
                Part(document.sha256, document.source_uri, *reasons.get(document.sha256, ("", "")))
                for document in file.documents
            ],
            payloads=file.payloads,
            damage=file.damage,
        )
        for file in taken.files
    ]
    return inbox.settle(results, run.id)


def _read_rejections(warehouse: Warehouse, documents: Sequence[Document]) -> dict[str, tuple[str, str]]:
    """Reason and detail by sha256 of those documents that the warehouse has rejected."""
    if not documents:
        return {}
    query = """
        select document_sha256, reason, coalesce(detail, '') from raw.rejected_documents
        semi join (select unnest(?) as document_sha256) using (document_sha256)
        semi join (select document_key from raw.documents where status = 'rejected') using (document_key)
    """
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        rows = connection.execute(query, [[document.sha256 for document in documents]]).fetchall()
    return {sha256: (reason, detail) for sha256, reason, detail in rows}


def _find_refused(warehouse: Warehouse, shard: Path) -> list[Part]:
    """The payloads of a file of raw extracted JSON of which nothing was read, with the reason."""
    hashes = hash_payloads(shard)
    query = """
        select payload_sha256 from (select unnest(?) as payload_sha256)
        anti join (from raw.documents where status = 'read') using (payload_sha256)
    """
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        unknown = connection.execute(query, [hashes]).fetchall()
    return find_refused(shard, {sha256 for (sha256,) in unknown})


@task(name="fetch", task_run_name="fetch", cache_policy=NO_CACHE)
def fetch(run: Run, urls: Path) -> FetchedList:
    """Fetch a list of addresses and show what came of each; a failure that may pass was retried already.

    Raises:
        UrlListError: the list cannot be used.
        OSError: the archive cannot be written.
    """
    fetched = fetch_list(urls, run.warehouse, run.id)
    rows = [
        {"url": row.url, "outcome": row.status, "detail": row.detail, "attempts": row.attempts}
        for row in sorted(fetched.rows, key=lambda row: row.status in GOOD)[:MOST_SHOWN]
    ]
    counted = ", ".join(f"{count} {status}" for status, count in fetched.counts.items())
    create_table_artifact(rows, key="fetched", description=f"Addresses of {urls}: {counted}; {fetched.log} has all")
    return fetched


@task(name="capture archive", task_run_name="capture archive", cache_policy=NO_CACHE)
def capture_archive(run: Run) -> Captured:
    """Every document of the archive once more, as it was captured: what this code has not read is read again.

    Raises:
        DamagedArchiveError: some of them are no longer as they were captured.
    """
    damaged = [
        (archived_path(run.warehouse.archive, found.sha256), found.source_uri, found.damage)
        for found in verify_archive(run.warehouse.archive)
        if found.damage
    ]
    if damaged:
        raise DamagedArchiveError(damaged)
    archive = Archive(run.warehouse.archive)
    taker = Capture(archive, read_limits())
    lines = read_manifest(run.warehouse.archive).values()
    with step_progress("Capture archive", total=len(lines)) as advance:
        documents: list[Document] = []
        for line in lines:
            documents += taker.take_again(line)
            advance(1)
    return Captured(list({document.sha256: document for document in documents}.values()), [], 0)


def join_captured(parts: Sequence[Captured]) -> Captured:
    """All that a run was given."""
    return Captured(
        [document for part in parts for document in part.documents],
        [shard for part in parts for shard in part.shards],
        sum(part.payloads for part in parts),
    )
