"""What one document or archive may cost: the only place that knows these limits and the variables that change them.

| variable | default | bounds |
|---|---|---|
| `GONGKAI_WORKERS` | the cores | processes that extract documents |
| `GONGKAI_DOCUMENT_SECONDS` | 120 | wall time of one document |
| `GONGKAI_SCAN_SECONDS` | 900 | the same for PDFs and pictures, whose pages may have to be recognised |
| `GONGKAI_DOCUMENT_MEMORY_MB` | 2048 | memory of a process above what it has without any document (Linux) |
| `GONGKAI_DOCUMENT_MB` | 200 | bytes of a document; a larger one is archived and never read |
| `GONGKAI_ZIP_MEMBERS` | 65534 | members of a ZIP archive |
| `GONGKAI_ZIP_MB` | 10240 | bytes of all members together, those of archives inside it too |
| `GONGKAI_ZIP_RATIO` | 200 | those bytes over the archive's own; the first `GONGKAI_DOCUMENT_MB` are free |
| `GONGKAI_ZIP_DEPTH` | 3 | archives inside archives |
"""

import os
from collections.abc import Mapping

from msgspec import Struct

LIMIT_REASONS = ("too_large", "time_limit", "memory_limit", "unsafe_archive")  # with other limits it may be read
MEGABYTE = 2**20
_SLOW_MEDIA_TYPES = ("image/", "application/pdf", "application/ofd")


class LimitError(ValueError):
    """A variable that sets a limit holds no positive number; the message names it."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Limits(Struct, frozen=True, kw_only=True):
    """Limits of one document (`document_*`, `scan_seconds`) and of one ZIP archive (`zip_*`); sizes in bytes."""

    workers: int
    document_seconds: float = 120
    scan_seconds: float = 900
    document_memory: int = 2048 * MEGABYTE
    document_bytes: int = 200 * MEGABYTE
    zip_members: int = 65534  # one more and the archive's end record no longer says how many there are
    zip_bytes: int = 10240 * MEGABYTE
    zip_ratio: int = 200
    zip_depth: int = 3

    def seconds_for(self, media_type: str) -> float:
        """The wall time that a document of a media type may take."""
        return self.scan_seconds if media_type.startswith(_SLOW_MEDIA_TYPES) else self.document_seconds


def read_setting(environment: Mapping[str, str], name: str, default: float) -> int:
    """The number that the variable `GONGKAI_<name>` sets.

    Raises:
        LimitError: it is no positive whole number.
    """
    printed = environment.get(f"GONGKAI_{name}")
    if printed is None:
        return int(default)
    if not printed.isdecimal() or int(printed) == 0:
        raise LimitError(f"GONGKAI_{name} is `{printed}`. Set it to a positive whole number, or unset it.")
    return int(printed)


def read_limits(environment: Mapping[str, str] = os.environ) -> Limits:
    """The limits as the environment sets them.

    Raises:
        LimitError: a variable is no positive whole number.
    """

    def setting(name: str, default: float, unit: int = 1) -> int:
        return read_setting(environment, name, default / unit) * unit

    usual = Limits(workers=_cores())
    return Limits(
        workers=setting("WORKERS", usual.workers),
        document_seconds=setting("DOCUMENT_SECONDS", usual.document_seconds),
        scan_seconds=setting("SCAN_SECONDS", usual.scan_seconds),
        document_memory=setting("DOCUMENT_MEMORY_MB", usual.document_memory, MEGABYTE),
        document_bytes=setting("DOCUMENT_MB", usual.document_bytes, MEGABYTE),
        zip_members=setting("ZIP_MEMBERS", usual.zip_members),
        zip_bytes=setting("ZIP_MB", usual.zip_bytes, MEGABYTE),
        zip_ratio=setting("ZIP_RATIO", usual.zip_ratio),
        zip_depth=setting("ZIP_DEPTH", usual.zip_depth),
    )
