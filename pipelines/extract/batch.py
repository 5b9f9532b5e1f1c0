"""Captured documents -> one JSONL shard of raw extracted JSON, in a pool of processes where there are many."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.raw_json import DocumentInfo, ExtractorInfo, RawDocument, Rejection
from pipelines.capture import Document
from pipelines.extract.document import EXTRACTOR_NAME, EXTRACTOR_VERSION, extract_document
from pipelines.worker_pool import worker_pool

WORKERS = 2
FEW_DOCUMENTS = 100
TASK_DOCUMENTS = 20


class Extraction(Struct, frozen=True):
    """What was extracted: the shard, and how many of its documents have reports or a rejection."""

    shard: Path
    documents: int
    read: int
    rejected: int


def _reject(document: Document, error: Exception) -> RawDocument:
    """The rejection of a document whose reader crashed; it names the document and the error."""
    info = DocumentInfo(
        sha256=document.sha256,
        media_type=document.media_type,
        source_uri=document.source_uri,
        bytes=document.bytes,
        captured_at=document.captured_at,
    )
    return RawDocument(
        schema="gongkai.report/1",
        document=info,
        extractor=ExtractorInfo(name=EXTRACTOR_NAME, version=EXTRACTOR_VERSION),
        rejection=Rejection(
            reason="reader_error", detail=f"{document.source_uri} ({document.path}): {type(error).__name__}: {error}"
        ),
    )


def extract_line(document: Document) -> tuple[bytes, bool]:
    """One document's raw extracted JSON as a line, and whether it has reports. A crash of the reader is a rejection.

    Raises:
        OSError: the archived copy cannot be read.
    """
    content = document.path.read_bytes()
    try:
        extracted = extract_document(content, document.source_uri, document.captured_at)
        line = msgspec.json.encode(extracted)
    except Exception as error:  # whatever a reader does, the other documents go on and this one says why it is missing
        extracted = _reject(document, error)
        line = msgspec.json.encode(extracted)
    return line + b"\n", extracted.rejection is None


def _extract_some(documents: Sequence[Document]) -> list[tuple[bytes, bool]]:
    return [extract_line(document) for document in documents]


def _extract_alone(document: Document) -> tuple[bytes, bool]:
    """Extract a document in a process of its own: one that kills its process is rejected."""
    with worker_pool(1, __name__) as pool:
        try:
            return pool.submit(extract_line, document).result()
        except BrokenProcessPool as error:
            return msgspec.json.encode(_reject(document, error)) + b"\n", False


def _extract_lines(documents: Sequence[Document]) -> Iterator[tuple[bytes, bool]]:
    if len(documents) <= FEW_DOCUMENTS:
        yield from map(extract_line, documents)
        return
    tasks = [documents[start : start + TASK_DOCUMENTS] for start in range(0, len(documents), TASK_DOCUMENTS)]
    with worker_pool(WORKERS, __name__) as pool:
        for task, future in [(task, pool.submit(_extract_some, task)) for task in tasks]:
            try:
                yield from future.result()
            except BrokenProcessPool:
                yield from map(_extract_alone, task)


def extract_documents(
    documents: Iterable[Document], shard: Path, progress: Callable[[int], None] | None = None
) -> Extraction:
    """Extract captured documents into one JSONL shard, a line for each in the order given; equal bytes once.

    Args:
        documents: what was captured.
        shard: the file to write; it appears only when it is whole.
        progress: called with the number of documents extracted since the last call.

    Raises:
        OSError: an archived copy cannot be read, or the shard cannot be written.
    """
    wanted = list({document.sha256: document for document in documents}.values())
    shard.parent.mkdir(parents=True, exist_ok=True)
    part = shard.with_name(f".{shard.name}.part")
    read = 0
    with part.open("wb") as file:
        for line, has_reports in _extract_lines(wanted):
            file.write(line)
            read += has_reports
            if progress is not None:
                progress(1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(shard)
    return Extraction(shard, len(wanted), read, len(wanted) - read)
