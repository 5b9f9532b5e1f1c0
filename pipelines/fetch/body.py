"""The body of an answer, unpacked block by block within a limit that no server can argue with."""

import zlib
from collections.abc import Iterable

_BLOCK = 2**16
_GZIP = b"\x1f\x8b"
_AUTOMATIC = 47  # zlib: gzip or zlib, as the stream says
_RAW = -15  # what some servers call deflate
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
PLAIN = frozenset({"", "identity"})


class TooLargeError(Exception):
    """A body is larger than allowed, packed or unpacked."""


class TruncatedError(Exception):
    """A body ends before it is whole."""


class UnknownEncodingError(Exception):
    """A body is packed in a way that was not asked for and cannot be unpacked, or not as it is said to be."""


class _Collected:
    """Bytes up to a limit."""

    def __init__(self, limit: int) -> None:
        self._blocks: list[bytes] = []
        self._size, self._limit = 0, limit

    def add(self, block: bytes) -> None:
        self._size += len(block)
        if self._size > self._limit:
            raise TooLargeError
        self._blocks.append(block)

    def join(self) -> bytes:
        return b"".join(self._blocks)


class _Unpacker:
    """Unpacks gzip (also of several members), zlib and bare deflate, a block of output at a time."""

    def __init__(self, collected: _Collected) -> None:
        self._collected, self._stream = collected, zlib.decompressobj(_AUTOMATIC)
        self._has_begun = False

    def feed(self, packed: bytes) -> None:
        while packed:
            if self._stream.eof:
                if not packed.startswith(_GZIP):
                    return  # padding behind the last member
                self._stream = zlib.decompressobj(_AUTOMATIC)
            self._collected.add(self._unpack(packed))
            packed = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def _unpack(self, packed: bytes) -> bytes:
        try:
            block = self._stream.decompress(packed, _BLOCK)
        except zlib.error:
            if self._has_begun or packed.startswith(_GZIP):
                raise
            self._stream = zlib.decompressobj(_RAW)
            block = self._stream.decompress(packed, _BLOCK)
        self._has_begun = True
        return block

    def finish(self) -> None:
        if self._has_begun and not self._stream.eof:
            raise TruncatedError


def read_body(blocks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The content of an answer.

    Args:
        blocks: the body as it comes over the line.
        encoding: its Content-Encoding, lower case.
        limit: bytes that it may have, counted packed and unpacked.

    Raises:
        TooLargeError: it has more; nothing more is read.
        TruncatedError: it is packed and ends too early.
        UnknownEncodingError: it is packed otherwise than said.
    """
    if encoding not in PACKED | PLAIN:
        raise UnknownEncodingError(f"it is packed as `{encoding}`, which was not asked for")
    received, content = _Collected(limit), _Collected(limit)
    unpacker = _Unpacker(content) if encoding in PACKED else None
    for block in blocks:
        received.add(block)
        if unpacker is not None:
            try:
                unpacker.feed(block)
            except zlib.error as error:
                raise UnknownEncodingError(f"it is not packed as `{encoding}`: {error}") from error
    if unpacker is None:
        return received.join()
    unpacker.finish()
    return content.join()


def unpack_undeclared(content: bytes, limit: int) -> bytes:
    """A page that was sent packed without saying so; anything else as it is.

    Raises:
        TooLargeError: it unpacks to more than allowed.
        TruncatedError: it ends too early.
    """
    if not content.startswith(_GZIP):
        return content
    try:
        return read_body([content], "gzip", limit)
    except UnknownEncodingError:
        return content
