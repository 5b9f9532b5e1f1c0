"""What is new to a warehouse: documents that it has not read, and rows that no version was made from.

Knows neither Prefect nor dlt nor dbt, so that a run that finds nothing new need not start them.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar, get_args

import duckdb
from msgspec import Struct

from contracts.decision_rows import decision_row
from flows.log_file import log_run
from flows.progress import step_progress
from flows.unfinished import marked
from pipelines.capture import Document, RawShard, capture
from pipelines.changes import read_built
from pipelines.decisions import Ledger
from pipelines.extract.store import ExtractionStore
from pipelines.inbox import NOTHING_WAITS, waiting_files
from pipelines.limits import read_limits
from pipelines.publishing import Inputs, describe_code, describe_inputs, list_versions, writer_lock
from pipelines.validation.chunks import plan_chunks, read_payloads
from pipelines.validation.payloads import Refusal
from pipelines.warehouse import Warehouse

T = TypeVar("T")


class Given(Struct, frozen=True):
    """What a run was given that is known: documents, and raw extracted JSON."""

    documents: int
    extractions: int


def is_published(warehouse: Warehouse) -> bool:
    """Whether the newest version was made from exactly what the warehouse holds, by exactly this code."""
    versions = list_versions(warehouse)
    if not versions:
        return False
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        inputs = describe_inputs(connection)
    newest = versions[-1].manifest
    return newest.inputs == inputs and newest.code == describe_code()


def has_nothing_to_build(warehouse: Warehouse, *, whole: bool, keep_rollback: bool) -> bool:
    """Whether a run that has loaded what it was given builds nothing; `whole` asks for a build without new input.

    So does a working database whose build did not come to its end. Where another version than the newest was made
    live, only `whole` without `keep_rollback` does: what is built becomes live, and undoes a rollback.
    """
    if is_empty(warehouse):
        return True
    if not is_published(warehouse):
        return False
    versions = list_versions(warehouse)
    if any(version.is_live for version in versions[:-1]):
        return keep_rollback or not whole
    code = versions[-1].manifest.code.sha256
    return not whole and any(made_by == code for _version, made_by in read_built(warehouse) or ())


def is_empty(warehouse: Warehouse) -> bool:
    """Whether the warehouse holds no document at all and nothing was ever published: there is nothing to build."""
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        ((documents,),) = connection.execute("select count(*) from raw.documents").fetchall()
    return documents == 0 and not list_versions(warehouse)


def holds_only(warehouse: Warehouse, names: Collection[str]) -> bool:
    """Whether all documents that a warehouse holds came from sources of these names; also if it holds none."""
    if not _has_documents(warehouse):
        return True
    query = "select count(*) = 0 from raw.documents where source_uri is null or not list_contains(?, source_uri)"
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        ((is_so,),) = connection.execute(query, [list(names)]).fetchall()
    return bool(is_so)


def select_unread(warehouse: Warehouse, documents: Sequence[Document], store: ExtractionStore) -> list[Document]:
    """The documents that the warehouse does not hold as extracted by exactly this code, equal bytes once.

    `store` has the extractions of this code, with its limits and tools.
    """
    distinct = {document.sha256: document for document in documents}
    payloads = {sha256: store.payload_of(document) for sha256, document in distinct.items()}
    held = find_held(warehouse, filter(None, payloads.values()))
    return [document for sha256, document in distinct.items() if payloads[sha256] not in held]


def find_held(warehouse: Warehouse, payloads: Iterable[str]) -> set[str]:
    """Those of the hashes of raw extracted JSON that the warehouse holds, of documents read and rejected.

    What the load refused counts as not held: other code may accept the same line.
    """
    wanted = list(payloads)
    query = """
        with wanted as (select unnest(?::varchar[]) as payload_sha256)
        (
            select payload_sha256 from raw.documents semi join wanted using (payload_sha256)
            union select payload_sha256 from raw.rejected_documents semi join wanted using (payload_sha256)
        )
        except select payload_sha256 from raw.rejected_documents where list_contains(?, reason)
    """
    if not wanted or not _has_documents(warehouse):
        return set()
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        found = connection.execute(query, [wanted, list(get_args(Refusal))]).fetchall()
    return {payload for (payload,) in found}


def read_documents(warehouse: Warehouse) -> set[str]:
    """The sha256 of the documents that the warehouse holds, read and rejected."""
    query = "select document_sha256 from raw.documents union select document_sha256 from raw.rejected_documents"
    if not _has_documents(warehouse):
        return set()
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        return {sha256 for (sha256,) in connection.execute(query).fetchall()}


def _has_documents(warehouse: Warehouse) -> bool:
    """Whether there is a database with the raw tables: not if it is to be made anew, or its first load was killed."""
    if not warehouse.database.exists():
        return False
    query = "select count(*) > 0 from duckdb_tables() where schema_name = 'raw' and table_name = 'documents'"
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        ((has_documents,),) = connection.execute(query).fetchall()
    return bool(has_documents)


def find_nothing_new(
    warehouse: Warehouse, inputs: Sequence[Path], inbox: Path | None, ledger: Ledger, lock_wait_seconds: float = 0
) -> Given | None:
    """What was given, if a run would find nothing to do about it; None if it may find something.

    Documents and raw extracted JSON are looked at up to the first that is new. A run with nothing to do has its log as
    any other. Files in the inbox are always taken for new.

    Raises:
        CaptureError: an input does not exist, or holds nothing.
        DamagedShardError: a compressed shard is cut off.
        WriterBusyError: another run is writing, and did not end in time.
    """
    if not warehouse.current.is_symlink() or (inbox is not None and waiting_files(inbox) != NOTHING_WAITS):
        return None
    with writer_lock(warehouse, wait_seconds=lock_wait_seconds) as run_id:
        if not _is_settled(warehouse, ledger):
            return None
        given = _count_known(warehouse, inputs, run_id)
        if given is None:
            return None
        with log_run(warehouse, run_id, [str(path) for path in (*inputs, *([inbox] if inbox else ()))]):
            return given


def _count_known(warehouse: Warehouse, inputs: Sequence[Path], run_id: str) -> Given | None:
    """What is given, if the warehouse holds all of it; None if it does not."""
    if not inputs:
        return Given(0, 0)
    documents = extractions = 0
    with marked(warehouse, run_id), step_progress("Capture") as advance:
        for batch in _growing_batches(_find_payloads(warehouse, inputs, advance)):
            payloads = {payload for _is_document, payload in batch if payload is not None}
            if len(find_held(warehouse, payloads)) < len({payload for _is_document, payload in batch}):
                return None
            found = sum(is_document for is_document, _payload in batch)
            documents, extractions = documents + found, extractions + len(batch) - found
    return Given(documents, extractions)


def _find_payloads(
    warehouse: Warehouse, inputs: Sequence[Path], advance: Callable[[int], None]
) -> Iterator[tuple[bool, str | None]]:
    """For each document and each line of raw extracted JSON which of them it is, and its payload's hash, if it has one.

    Nothing follows one that has none.
    """
    store = ExtractionStore(warehouse.extracted, read_limits())
    for item in capture(inputs, warehouse.archive):
        if isinstance(item, RawShard):
            for chunk in plan_chunks([item.path]):
                for line in read_payloads(chunk):
                    yield False, hashlib.sha256(line.content).hexdigest()
        else:
            payload = store.payload_of(item) if isinstance(item, Document) else None
            yield True, payload
            if payload is None:
                return
        advance(1)


def _growing_batches(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists, the first of one item and each other of ten times as many as the one before."""
    remaining, size = iter(items), 1
    while batch := list(islice(remaining, size)):
        yield batch
        size *= 10


def _is_settled(warehouse: Warehouse, ledger: Ledger) -> bool:
    """Whether nothing was left unfinished or unbuilt, and all that is loaded and decided is in the newest version."""
    if (
        warehouse.unfinished.exists()
        or warehouse.next_link.is_symlink()
        or (warehouse.root / "dlt" / "staged").exists()
    ):
        return False
    if not _has_documents(warehouse) or not list_versions(warehouse):
        return False
    if not has_nothing_to_build(warehouse, whole=False, keep_rollback=True):
        return False
    newest: Inputs = list_versions(warehouse)[-1].manifest.inputs
    decided = [decision_row(position, decision)["payload_sha256"] for position, decision in ledger.lines.items()]
    return newest.decisions_sha256 == hashlib.sha256(",".join(decided).encode()).hexdigest()
