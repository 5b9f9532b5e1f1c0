"""Files that are whole or not there, and what is on the disk when a call returns, not only in the page cache."""

import ctypes
import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ABANDONED_SECONDS = 3600  # no file takes as long to write
_FROM_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
_PART = re.compile(r"\..+\.\d+")  # `.name.pid`


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path of this process to write to, which becomes the target when it is whole.

    The folder is made if it is missing. A process that is killed leaves its part: see :func:`find_parts`.

    Raises:
        OSError: the folder cannot be made, or the target not be replaced.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def find_parts(folder: Path) -> Iterator[Path]:
    """The parts of files in a folder and below it that are being written, or were when their process was killed."""
    yield from (path for path in folder.rglob(".*") if _PART.fullmatch(path.name) and path.is_file())


def remove_abandoned_parts(folder: Path) -> None:
    """Remove the parts that nobody can be writing any longer, in a folder that many processes write to."""
    oldest = time.time() - ABANDONED_SECONDS
    for part in find_parts(folder):
        with suppress(FileNotFoundError):  # another process was faster
            if part.stat().st_mtime < oldest:
                part.unlink()


def exchange(one: Path, other: Path) -> bool:
    """Let what two paths name trade places in one step, where the system can: Linux, most of its file systems.

    Returns:
        Whether they did; else nothing has changed.

    Raises:
        OSError: a path is missing, or may not be renamed.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_FROM_HERE, os.fsencode(one), _FROM_HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    error = ctypes.get_errno()
    if error in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(error, os.strerror(error), str(one), None, str(other))


def sync_file(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until a folder's entries (new names, renames, links) are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
