"""Chunks of payloads -> validated lines on disk, in a pool of processes where the batch is large."""

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from contracts.raw_json import Claim, LegacyIndicator
from contracts.raw_tables import key_of, report_key
from pipelines.load.chunks import CHUNK_BYTES, Chunk, read_payloads
from pipelines.load.lines import (
    LINES_PER_CHUNK,
    ClaimLine,
    IndexLine,
    LegacyLine,
    Lineage,
    PayloadLine,
    ReportLine,
    TermColumn,
)
from pipelines.load.validation import Accepted, Refused, validate

WORKERS = 2
WRITE_BUFFER_BYTES = 2**20
GARBAGE_THRESHOLD = 100_000
LINE_KINDS: dict[type[Struct], str] = {
    IndexLine: "index",
    ReportLine: "reports",
    ClaimLine: "claims",
    LegacyLine: "legacy",
    PayloadLine: "payloads",
}


class ChunkSummary(Struct, frozen=True):
    """What a chunk held: payloads, and the bytes of the longest line written for it."""

    payloads: int
    longest_line: int


class _Lines:
    """Open files of one chunk, one per kind of line, each opened by its first line."""

    def __init__(self, folder: Path, number: int, stack: ExitStack) -> None:
        self._folder, self._number, self._stack = folder, number, stack
        self._files: dict[str, BinaryIO] = {}
        self._encoder = msgspec.json.Encoder()
        self.longest = 0

    def write(self, line: Struct) -> None:
        kind = LINE_KINDS[type(line)]
        if kind not in self._files:
            path = self._folder / f"{kind}-{self._number:06d}.jsonl"
            self._files[kind] = self._stack.enter_context(path.open("wb", buffering=WRITE_BUFFER_BYTES))
        encoded = self._encoder.encode(line)
        self.longest = max(self.longest, len(encoded) + 1)
        self._files[kind].write(encoded)
        self._files[kind].write(b"\n")


def _refused_line(line: int, refused: Refused) -> IndexLine:
    return IndexLine(
        line,
        key_of(refused.document_sha256),
        refused.document_sha256,
        refused.payload_sha256,
        accepted=False,
        status="rejected",
        reports=0,
        source_uri=refused.source_uri,
        reason=refused.reason,
        detail=refused.detail,
    )


def _accepted_line(line: int, accepted: Accepted) -> IndexLine:
    document, info = accepted.document, accepted.document.document
    rejection = document.rejection
    return IndexLine(
        line,
        key_of(info.sha256),
        info.sha256,
        accepted.payload_sha256,
        accepted=True,
        status="read" if rejection is None else "rejected",
        reports=len(document.reports),
        media_type=info.media_type,
        source_uri=info.source_uri,
        bytes=info.bytes,
        captured_at=accepted.captured_at,
        source_tier=info.source_tier,
        extractor_name=document.extractor.name,
        extractor_version=document.extractor.version,
        reason=None if rejection is None else rejection.reason,
        detail=None if rejection is None else rejection.detail,
    )


def _claim_line(line: int, key: int, payload_sha256: str, claim: Claim) -> ClaimLine:
    return ClaimLine(
        line,
        key,
        payload_sha256,
        claim.id,
        claim.kind,
        claim.meaning or None,
        [TermColumn(term.operand, term.weight) for term in claim.terms],
        claim.value,
        claim.quote,
        claim.agrees,
        claim.candidates or None,
        claim.span,
    )


def _legacy_line(line: int, key: int, payload_sha256: str, position: int, found: LegacyIndicator) -> LegacyLine:
    return LegacyLine(
        line,
        key,
        payload_sha256,
        position,
        found.label,
        found.indicator,
        found.period,
        found.value,
        found.unit,
        found.span,
    )


def _report_lines(line: int, document_key: int, accepted: Accepted) -> Iterator[Struct]:
    info, payload_sha256 = accepted.document.document, accepted.payload_sha256
    for ordinal, report in enumerate(accepted.document.reports, start=1):
        key = report_key(info.sha256, ordinal)
        for claim in report.claims:
            yield _claim_line(line, key, payload_sha256, claim)
        for position, found in enumerate(report.legacy.indicators if report.legacy else [], start=1):
            yield _legacy_line(line, key, payload_sha256, position, found)
        lineage = Lineage(report.spans, report.readings, report.leftovers)
        report.spans, report.readings, report.leftovers, report.claims, report.legacy = {}, [], [], [], None
        yield ReportLine(
            line,
            key,
            document_key,
            info.sha256,
            ordinal,
            payload_sha256,
            accepted.captured_at,
            info.source_tier,
            report,
            lineage,
        )


def validate_chunk(chunk: Chunk, folder: Path) -> ChunkSummary:
    """Validate the payloads of a chunk and write their lines to `folder/<kind>-<chunk>.jsonl`.

    Raises:
        OSError: an input cannot be read or `folder` cannot be written.
    """
    payloads = 0
    with ExitStack() as stack:
        lines = _Lines(folder, chunk.number, stack)
        for payload in read_payloads(chunk):
            line = chunk.number * LINES_PER_CHUNK + payloads
            payloads += 1
            verdict = validate(payload)
            if isinstance(verdict, Accepted):
                index = _accepted_line(line, verdict)
                for part in _report_lines(line, index.document_key, verdict):
                    lines.write(part)
            else:
                index = _refused_line(line, verdict)
            if index.status == "rejected":
                lines.write(PayloadLine(line, payload.content.decode("utf-8", errors="replace")))
            lines.write(index)
    return ChunkSummary(payloads, lines.longest)


def _prepare_worker() -> None:
    """Collect garbage rarely: decoded documents have no cycles, and looking for some costs a tenth of the time."""
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


def validate_chunks(chunks: Iterable[Chunk], folder: Path, progress: Callable[[int], None]) -> list[ChunkSummary]:
    """Validate all chunks; two processes share a batch larger than a chunk, a smaller one stays in this process.

    Args:
        chunks: what to read.
        folder: where the lines go.
        progress: called with the number of payloads of each chunk when it is done.

    Raises:
        OSError: an input cannot be read or `folder` cannot be written.
    """
    planned = list(chunks)
    summaries: list[ChunkSummary] = []
    if sum(chunk.bytes for chunk in planned) <= CHUNK_BYTES:
        for chunk in planned:
            summaries.append(validate_chunk(chunk, folder))
            progress(summaries[-1].payloads)
        return summaries
    context = multiprocessing.get_context("forkserver")  # safe beside threads, and the imports are paid once
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_prepare_worker) as pool:
        for future in as_completed([pool.submit(validate_chunk, chunk, folder) for chunk in planned]):
            summaries.append(future.result())
            progress(summaries[-1].payloads)
    return summaries
