"""Chunks of payloads -> validated lines on disk, with the help of another process where the batch is large."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from pipelines.garbage import rare_garbage_collection
from pipelines.validation.chunks import CHUNK_BYTES, Chunk, read_payloads
from pipelines.validation.lines import (
    LINES_PER_CHUNK,
    ClaimLine,
    IndexLine,
    LegacyLine,
    PayloadLine,
    ReportLine,
)
from pipelines.validation.payloads import Accepted, validate
from pipelines.validation.rows import accepted_line, refused_line, report_lines
from pipelines.worker_pool import worker_pool

HANDED_OVER_CHUNKS = 2
WRITE_BUFFER_BYTES = 2**20
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


def validate_chunk(chunk: Chunk, folder: Path) -> ChunkSummary:
    """Validate the payloads of a chunk and write their lines to `folder/<kind>-<chunk>.jsonl`.

    Raises:
        OSError: an input cannot be read or `folder` cannot be written.
    """
    payloads = 0
    with ExitStack() as stack:
        stack.enter_context(rare_garbage_collection())
        lines = _Lines(folder, chunk.number, stack)
        for payload in read_payloads(chunk):
            line = chunk.number * LINES_PER_CHUNK + payloads
            payloads += 1
            verdict = validate(payload)
            if isinstance(verdict, Accepted):
                index = accepted_line(line, verdict)
                for part in report_lines(line, index.document_key, verdict):
                    lines.write(part)
            else:
                index = refused_line(line, verdict)
            if index.status == "rejected":
                lines.write(PayloadLine(line, payload.content.decode("utf-8", errors="replace")))
            lines.write(index)
    return ChunkSummary(payloads, lines.longest)


def _validate_shared(chunks: Iterable[Chunk], folder: Path) -> Iterator[ChunkSummary]:
    """Validate chunks in this process and in another one, each taking the next when it is free."""
    waiting = deque(chunks)
    with worker_pool(1, __name__) as pool:
        handed_over: deque[Future[ChunkSummary]] = deque()
        while waiting or handed_over:
            while waiting and len(handed_over) < HANDED_OVER_CHUNKS:
                handed_over.append(pool.submit(validate_chunk, waiting.popleft(), folder))
            if waiting:
                yield validate_chunk(waiting.popleft(), folder)
            while handed_over and (handed_over[0].done() or not waiting):
                yield handed_over.popleft().result()


def validate_chunks(chunks: Iterable[Chunk], folder: Path, progress: Callable[[int], None]) -> list[ChunkSummary]:
    """Validate all chunks; another process helps with a batch that is larger than a chunk.

    Args:
        chunks: what to read.
        folder: where the lines go.
        progress: called with the number of payloads of each chunk when it is done.

    Raises:
        OSError: an input cannot be read or `folder` cannot be written.
        concurrent.futures.process.BrokenProcessPool: the other process was killed.
    """
    planned = list(chunks)
    is_small = sum(chunk.bytes for chunk in planned) <= CHUNK_BYTES
    summaries: list[ChunkSummary] = []
    for summary in (
        (validate_chunk(chunk, folder) for chunk in planned) if is_small else _validate_shared(planned, folder)
    ):
        summaries.append(summary)
        progress(summary.payloads)
    return summaries
