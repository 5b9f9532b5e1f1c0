"""Inputs of a load cut into chunks of bounded size, and the payloads (lines or files) of a chunk."""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

CHUNK_BYTES = 16 * 2**20
CHUNK_PARTS = 2000
READ_BUFFER_BYTES = 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PartKind = Literal["lines", "gzip", "document"]


class Part(Struct, frozen=True):
    """A byte range of a JSONL file, a whole compressed one, or a file that holds one document.

    A line belongs to the range in which its first byte lies.
    """

    path: Path
    kind: PartKind
    start: int
    end: int


class Chunk(Struct, frozen=True):
    """Parts that are validated in one go; `number` counts from 0 in the order of the inputs."""

    number: int
    parts: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        """Bytes of the chunk as they lie on disk."""
        return sum(part.end - part.start for part in self.parts)


class Payload(Struct, frozen=True):
    """The bytes of one raw extracted JSON without surrounding white space, and where in which file they began."""

    content: bytes
    file: str
    position: int

    @property
    def origin(self) -> str:
        """The place in words, for payloads that do not say whose they are."""
        return f"{self.file}#byte={self.position}" if self.position else self.file


def _parts_of(path: Path) -> Iterator[Part]:
    size = path.stat().st_size
    if path.name.lower().endswith(".jsonl.gz"):
        yield Part(path, "gzip", 0, size)
    elif path.suffix.lower() == ".json":
        yield Part(path, "document", 0, size)
    else:
        for start in range(0, size, CHUNK_BYTES):
            yield Part(path, "lines", start, min(start + CHUNK_BYTES, size))


def plan_chunks(shards: Iterable[Path]) -> list[Chunk]:
    """Cut the inputs into chunks of about :data:`CHUNK_BYTES`, in the order given.

    Raises:
        FileNotFoundError: an input does not exist.
    """
    chunks: list[Chunk] = []
    parts: list[Part] = []
    size = 0
    for part in (part for path in shards for part in _parts_of(path)):
        if parts and (size + part.end - part.start > CHUNK_BYTES or len(parts) == CHUNK_PARTS):
            chunks.append(Chunk(len(chunks), tuple(parts)))
            parts, size = [], 0
        parts.append(part)
        size += part.end - part.start
    if parts:
        chunks.append(Chunk(len(chunks), tuple(parts)))
    return chunks


def _range_lines(part: Part) -> Iterator[tuple[int, bytes]]:
    with part.path.open("rb", buffering=READ_BUFFER_BYTES) as file:
        position = max(part.start - 1, 0)
        file.seek(position)
        if part.start:
            position += len(file.readline())  # the rest of a line that began in the range before
        for line in file:
            if position >= part.end:
                return
            yield position, line
            position += len(line)


def _gzip_lines(part: Part) -> Iterator[tuple[int, bytes]]:
    position = 0
    with gzip.open(part.path, "rb") as file:
        for line in file:
            yield position, line
            position += len(line)


def read_payloads(chunk: Chunk) -> Iterator[Payload]:
    """The payloads of a chunk in order, empty lines left out.

    Raises:
        OSError: an input cannot be read, or is no whole gzip file.
    """
    for part in chunk.parts:
        name = part.path.name
        if part.kind == "document":
            content = part.path.read_bytes().removeprefix(BYTE_ORDER_MARK).strip()
            yield Payload(content, name, 0)
            continue
        for position, line in _range_lines(part) if part.kind == "lines" else _gzip_lines(part):
            content = line.removeprefix(BYTE_ORDER_MARK).strip()
            if content:
                yield Payload(content, name, position)
