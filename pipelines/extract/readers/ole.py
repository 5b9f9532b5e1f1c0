"""OLE compound files (.doc, .xls, .wps, encrypted OOXML): which streams one has, and the beginning of a stream."""

import struct
from collections.abc import Iterator

from msgspec import Struct

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_STREAM = 2
_MOST_SECTORS = 4096  # of the directory: 16 entries of 512 bytes each
_HEADER_FAT_SECTORS = 109
_MOST_TABLE_SECTORS = 64  # each names 127 sectors of 128 entries: files of 500 MB


class Stream(Struct, frozen=True):
    """One stream: its name and the sector in which it begins."""

    name: str
    sector: int


class CompoundFile:
    """The directory of an OLE file. A damaged one has no streams, or those that can still be found."""

    def __init__(self, content: bytes) -> None:
        """Read the header and the directory."""
        self._content = content
        self.streams: list[Stream] = []
        if len(content) < _HEADER_BYTES or not content.startswith(SIGNATURE):
            return
        shift = struct.unpack_from("<H", content, 30)[0]
        self._sector_bytes = 1 << shift if shift in (9, 12) else 512
        self._fat = list(struct.unpack_from(f"<{_HEADER_FAT_SECTORS}L", content, 76))
        self._add_table_sectors(struct.unpack_from("<L", content, 68)[0])
        directory = struct.unpack_from("<L", content, 48)[0]
        self.streams = [stream for sector in self._chain(directory) for stream in self._entries(sector)]

    @property
    def names(self) -> set[str]:
        """The names of all streams."""
        return {stream.name for stream in self.streams}

    def head(self, name: str, length: int) -> bytes:
        """The first bytes of a stream, at most one sector; none if there is no such stream."""
        for stream in self.streams:
            if stream.name == name:
                return self._sector(stream.sector)[:length]
        return b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        return self._content[start : start + self._sector_bytes]

    def _add_table_sectors(self, sector: int) -> None:
        """The sectors of the allocation table that the header of a large file has no room for."""
        each = self._sector_bytes // 4
        for _ in range(_MOST_TABLE_SECTORS):
            block = self._sector(sector)
            if len(block) < self._sector_bytes:
                return
            *numbers, sector = struct.unpack(f"<{each}L", block)
            self._fat += numbers

    def _chain(self, sector: int) -> Iterator[int]:
        """The sectors of the directory, one behind the other as the allocation table has them."""
        each = self._sector_bytes // 4
        seen: set[int] = set()
        while sector not in seen and len(seen) < _MOST_SECTORS and self._sector(sector):
            seen.add(sector)
            yield sector
            table, place = divmod(sector, each)
            entries = self._sector(self._fat[table]) if table < len(self._fat) else b""
            if len(entries) < (place + 1) * 4:
                return
            sector = struct.unpack_from("<L", entries, place * 4)[0]

    def _entries(self, sector: int) -> Iterator[Stream]:
        block = self._sector(sector)
        for start in range(0, len(block) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length = struct.unpack_from("<H", block, start + 64)[0]
            if block[start + 66] == _STREAM and 2 <= length <= 64:
                name = block[start : start + length - 2].decode("utf-16-le", "replace")
                yield Stream(name, struct.unpack_from("<L", block, start + 116)[0])
