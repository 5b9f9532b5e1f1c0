"""A workbook of before 2007 (.xls), written by hand: an OLE file with one stream of BIFF8 records."""

import struct
from collections.abc import Sequence

Value = str | float | None
SECTOR = 512
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SHORTEST_STREAM = 4096  # shorter ones lie in a stream of small sectors


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def sheet_records(rows: Sequence[Sequence[Value]], merged: Sequence[tuple[int, int, int, int]]) -> bytes:
    """The records of a sheet; `merged` are first row, last row, first column, last column."""
    parts = [record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 0))]
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", number, column, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                parts.append(record(0x0204, place + text))
            elif value is not None:
                parts.append(record(0x0203, place + struct.pack("<d", value)))
    if merged:
        ranges = b"".join(struct.pack("<HHHH", *one) for one in merged)
        parts.append(record(0x00E5, struct.pack("<H", len(merged)) + ranges))
    return b"".join([*parts, record(0x000A, b"")])


def write_xls(rows: Sequence[Sequence[Value]], merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A workbook with one sheet."""
    head = record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 0))
    name = b"\x06\x00Sheet1"
    bound = 4 + 6 + len(name)
    offset = len(head) + bound + 4
    stream = head + record(0x0085, struct.pack("<LBB", offset, 0, 0) + name) + record(0x000A, b"")
    return write_ole({"Workbook": stream + sheet_records(rows, merged)})


def write_ole(streams: dict[str, bytes]) -> bytes:
    """An OLE file with these streams."""
    padded = {
        name: content.ljust(max(-(-len(content) // SECTOR) * SECTOR, SHORTEST_STREAM), b"\0")
        for name, content in streams.items()
    }
    table: list[int] = [TABLE, END]  # sector 0 is the table, 1 the directory
    entries = [directory_entry("Root Entry", 5, END, 0, child=1 if padded else FREE)]
    for number, (name, content) in enumerate(padded.items(), start=1):
        first, count = len(table), len(content) // SECTOR
        table += [*range(first + 1, first + count), END]
        following = number + 1 if number < len(padded) else FREE
        entries.append(directory_entry(name, 2, first, len(content), following=following))
    assert len(table) <= SECTOR // 4
    assert len(entries) <= SECTOR // 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, SHORTEST_STREAM, END, 0, END, 0)
    header += struct.pack("<109L", 0, *[FREE] * 108)
    fat = struct.pack(f"<{SECTOR // 4}L", *table, *[FREE] * (SECTOR // 4 - len(table)))
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    return header + fat + directory + b"".join(padded.values())


def directory_entry(name: str, kind: int, first: int, length: int, child: int = FREE, following: int = FREE) -> bytes:
    printed = (name + "\0").encode("utf-16-le")
    head = printed.ljust(64, b"\0") + struct.pack("<HBBLLL", len(printed), kind, 1, FREE, following, child)
    return head + bytes(36) + struct.pack("<LQ", first, length)
