"""Captured documents -> raw extracted JSON, in worker processes with limits; what was read before is not read again."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from contracts.raw_json import DocumentInfo, ExtractorInfo, RawDocument, Rejection
from pipelines.capture import Document
from pipelines.extract.document import extract_document
from pipelines.extract.messages import Answer, Task
from pipelines.extract.pool import DocumentPool
from pipelines.extract.store import Store
from pipelines.extract.version import EXTRACTOR_NAME, EXTRACTOR_VERSION
from pipelines.limits import MEGABYTE, Limits

Fate = Literal["read", "rejected", "kept"]
_FUNCTION = f"{__name__}:extract_task"


class Extracted(Struct, frozen=True):
    """A document whose extraction is in the store: read or rejected now, or kept from an earlier run."""

    document: Document
    fate: Fate


def extract_task(task: Task) -> Answer:
    """Extract one document; runs in a worker.

    Raises:
        OSError: the archived copy cannot be read.
    """
    extracted = extract_document(Path(task.path).read_bytes(), task.source_uri, task.captured_at, task.source_tier)
    return Answer(line=msgspec.json.encode(extracted), rejection=extracted.rejection)


def rejected(document: Document, rejection: Rejection) -> bytes:
    """The raw extracted JSON of a document that has no reports, with the reason."""
    info = DocumentInfo(
        sha256=document.sha256,
        media_type=document.media_type,
        source_uri=document.source_uri,
        bytes=document.bytes,
        captured_at=document.captured_at,
        source_tier=document.source_tier,
    )
    extractor = ExtractorInfo(name=EXTRACTOR_NAME, version=EXTRACTOR_VERSION)
    return msgspec.json.encode(
        RawDocument(schema="gongkai.report/1", document=info, extractor=extractor, rejection=rejection)
    )


def _rejection_before_reading(document: Document, limits: Limits) -> Rejection | None:
    if document.rejection is not None or document.bytes <= limits.document_bytes:
        return document.rejection
    allowed = limits.document_bytes // MEGABYTE
    return Rejection(reason="too_large", detail=f"{document.bytes:,} bytes; a document may have {allowed:,} MB")


def _task(document: Document, limits: Limits) -> Task:
    return Task(
        sha256=document.sha256,
        path=str(document.path),
        source_uri=document.source_uri,
        captured_at=document.captured_at,
        source_tier=document.source_tier,
        seconds=limits.seconds_for(document.media_type),
    )


def extract_documents(
    documents: Iterable[Document], store: Store, limits: Limits, function: str = _FUNCTION
) -> Iterator[Extracted]:
    """Extract captured documents into a store, each as soon as it is ready; equal bytes once.

    Args:
        documents: what was captured.
        store: what it holds is not read; a run that was killed has lost only the documents in work.
        limits: what a document may cost; one that costs more is rejected with the reason, and the others go on.
        function: what the workers run, as `module:name`.

    Yields:
        Each document once it is in the store, those first that need no reading.

    Raises:
        OSError: the store cannot be written, or no process can be started.
    """
    unread: dict[str, Document] = {}
    for document in {document.sha256: document for document in documents}.values():
        rejection = _rejection_before_reading(document, limits)
        if store.holds(document):
            yield Extracted(document, "kept")
        elif rejection is not None:
            store.put(document, rejected(document, rejection) + b"\n")
            yield Extracted(document, "rejected")
        else:
            unread[document.sha256] = document
    workers = min(limits.workers, len(unread))
    with DocumentPool(function, workers, limits.document_memory) as pool:
        for task, answer in pool.answers(_task(document, limits) for document in unread.values()):
            document = unread[task.sha256]
            line = answer.line
            if not line:
                reason = answer.rejection or Rejection(reason="reader_error", detail="the reader gave nothing")
                line = rejected(document, reason)
            store.put(document, line + b"\n")
            yield Extracted(document, "read" if answer.rejection is None else "rejected")
