"""Inputs of a load cut into chunks of bounded size, and the payloads (lines or files) of a chunk."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct

CHUNK_BYTES = 16 * 2**20
CHUNK_PARTS = 2000
READ_BUFFER_BYTES = 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PartKind = Literal["lines", "gzip", "document"]


class DamagedShardError(OSError):
    """A compressed shard is cut off or no gzip at all; the message names the file."""


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


def _kind_of(path: Path) -> PartKind:
    if path.name.lower().endswith(".jsonl.gz"):
        return "gzip"
    return "document" if path.suffix.lower() == ".json" else "lines"


def _parts_of(path: Path) -> Iterator[Part]:
    size = path.stat().st_size
    kind = _kind_of(path)
    if kind != "lines":
        yield Part(path, kind, 0, size)
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


@contextmanager
def _open_gzip(path: Path) -> Iterator[gzip.GzipFile]:
    try:
        with gzip.open(path, "rb") as file:
            yield file
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DamagedShardError(
            f"{path} is no whole gzip file ({error}). Make or fetch it again; `gzip -t` tells whether it is whole."
        ) from error


def _is_payload(line: bytes) -> bool:
    content = line.removeprefix(BYTE_ORDER_MARK)
    return bool(content) and not content.isspace()


def count_payloads(shard: Path) -> int:
    """How many payloads a file of raw extracted JSON hands over: its lines that are not empty, or one document.

    This counts lines and nothing else, so that what a load makes of them can be held against it.

    Raises:
        DamagedShardError: it is compressed and cut off.
        OSError: it cannot be read.
    """
    kind = _kind_of(shard)
    if kind == "document":
        return 1
    with _open_gzip(shard) if kind == "gzip" else shard.open("rb", buffering=READ_BUFFER_BYTES) as file:
        return sum(map(_is_payload, file))


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
    with _open_gzip(part.path) as file:
        for line in file:
            yield position, line
            position += len(line)


def read_payloads(chunk: Chunk) -> Iterator[Payload]:
    """The payloads of a chunk in order, empty lines left out.

    Raises:
        DamagedShardError: an input is no whole gzip file.
        OSError: an input cannot be read.
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
