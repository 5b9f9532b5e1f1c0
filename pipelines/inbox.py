"""The inbox: a folder into which files are handed over, and out of which they go once a warehouse holds them.

A file counts as handed over when it has its final name and was not written to for a while. Handed-over files move
into `.taken`, where nobody writes; from there they are archived and loaded, and only then they move on to `done` or
`rejected`. Whatever a killed run leaves in `.taken` the next run takes first: equal bytes are the same document, so
nothing is lost and nothing comes twice. All moves are renames within the folder.
"""

import contextlib
import datetime
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from pipelines.capture import printable
from pipelines.durability import sync_folder

TAKEN, DONE, REJECTED, RECEIPTS = ".taken", "done", "rejected", "receipts"
TEMPORARY_ENDINGS = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", "~")
SETTLE_SECONDS = 10
_LOCK = ".lock"
_OWN = (DONE, REJECTED, RECEIPTS)
Fate = Literal["done", "rejected"]
Reason = Literal["temporary_name", "link", "no_file", "too_young", "name_in_use", "changed", "unreadable"]


class InboxError(OSError):
    """The inbox cannot be used; the message says what was found and what to do."""


class Left(Struct, frozen=True):
    """A file that stays for a later run, and why."""

    file: str
    reason: Reason
    detail: str = ""


class Handed(Struct, frozen=True):
    """A file that was handed over: where it lies now, and its path relative to the inbox."""

    path: Path
    file: Path

    @property
    def source_uri(self) -> str:
        """The source of the documents in it."""
        return printable(self.file.as_posix())


class Part(Struct, frozen=True):
    """What became of one document of a file; `reason` is empty for one that was read."""

    sha256: str
    source_uri: str
    reason: str = ""
    detail: str = ""


class Receipt(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What became of one file; `payloads` counts those of raw extracted JSON, of which `documents` has the refused."""

    file: str
    fate: Fate
    moved_to: str
    documents: Sequence[Part] = ()
    payloads: int = 0
    detail: str = ""


class Result(Struct, frozen=True, kw_only=True):
    """How a file came out, before it is moved."""

    handed: Handed
    documents: Sequence[Part] = ()
    payloads: int = 0
    damage: str = ""

    @property
    def fate(self) -> Fate:
        """`rejected` if nothing in it could be read."""
        parts = self.payloads or len(self.documents)
        is_refused = parts > 0 and sum(1 for part in self.documents if part.reason) == parts
        return "rejected" if self.damage or is_refused else "done"


@contextlib.contextmanager
def open_inbox(folder: Path, settle_seconds: float = SETTLE_SECONDS) -> Iterator["Inbox"]:
    """Hold an inbox: only one run at a time takes files out of it.

    Raises:
        InboxError: it is no folder, cannot be written, or another run holds it.
    """
    if not folder.is_dir():
        found = "is no folder" if folder.exists() else "does not exist"
        raise InboxError(f"The inbox {folder} {found}. Name a folder into which files are handed over, or make it.")
    try:
        for name in (TAKEN, *_OWN):
            (folder / name).mkdir(exist_ok=True)
        lock = os.open(folder / TAKEN / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise InboxError(
            f"The inbox {folder} cannot be used: {error.strerror}. Files move within it, so the run has to own it."
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InboxError(f"Another run is taking files out of the inbox {folder}. Wait until it ends.") from error
        yield Inbox(folder, settle_seconds)
    finally:
        os.close(lock)


def _status_of(path: Path) -> os.stat_result | None:
    """The status of a file, None if it is gone: it got its last name just now, or was withdrawn."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


class Inbox:
    """An inbox that this process holds."""

    def __init__(self, folder: Path, settle_seconds: float) -> None:
        """Name the folder; a file must not have been written to for `settle_seconds`."""
        self._folder, self._settle_seconds = folder, settle_seconds
        self._taken = folder / TAKEN

    def take(self) -> tuple[list[Handed], list[Left]]:
        """The files that were handed over, those of a killed run among them; and those that are left, with the reason.

        Raises:
            OSError: a file cannot be moved.
        """
        left: list[Left] = []
        for path, reason in self._look(self._folder):
            file = path.relative_to(self._folder)
            target = self._taken / file
            if reason is None and target.exists():
                reason = "name_in_use"
            if reason is None:
                target.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileNotFoundError):  # withdrawn meanwhile
                    path.rename(target)
            else:
                left.append(Left(printable(file.as_posix()), reason))
        handed: list[Handed] = []
        for path, reason in self._look(self._taken):
            file = path.relative_to(self._taken)
            if reason is None:
                handed.append(Handed(path, file))
            else:
                left.append(Left(printable(file.as_posix()), reason))
        return handed, left

    def _look(self, root: Path) -> list[tuple[Path, Reason | None]]:
        """All visible files below a folder by path; None for one that was handed over. No link is followed.

        A folder that cannot be read stands for the files in it.
        """
        found: list[tuple[Path, Reason | None]] = []

        def tell(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError):  # else it was withdrawn meanwhile
                found.append((Path(error.filename), "unreadable"))

        in_future: dict[Path, os.stat_result] = {}
        now = time.time()
        for parent, folders, files in os.walk(root, onerror=tell):
            here = Path(parent)
            links = [name for name in folders if (here / name).is_symlink()]
            own = _OWN if here == self._folder else ()
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in own)
            for name in sorted([*files, *links]):
                status = None if name.startswith(".") else _status_of(here / name)
                if status is None:
                    continue
                found.append((here / name, self._reason(name, status, now)))
                if status.st_mtime > now:
                    in_future[here / name] = status
        found.sort(key=lambda entry: entry[0])
        if not in_future:
            return found
        time.sleep(self._settle_seconds)  # the clock went back, or is another's: only a second look can tell
        return [(path, self._second_reason(path, in_future.get(path), reason)) for path, reason in found]

    def _reason(self, name: str, status: os.stat_result, now: float) -> Reason | None:
        if name.lower().endswith(TEMPORARY_ENDINGS):
            return "temporary_name"
        if stat.S_ISLNK(status.st_mode):
            return "link"
        if not stat.S_ISREG(status.st_mode):
            return "no_file"
        return "too_young" if now - status.st_mtime < self._settle_seconds else None

    def _second_reason(self, path: Path, before: os.stat_result | None, reason: Reason | None) -> Reason | None:
        if before is None or reason != "too_young":
            return reason
        after = _status_of(path)
        is_same = after is not None and (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        return None if is_same else "too_young"

    def settle(self, results: Sequence[Result], run_id: str) -> list[Receipt]:
        """Move the files that the warehouse holds now to `done` or `rejected`; the receipt is on the disk first.

        Raises:
            OSError: a receipt cannot be written or a file cannot be moved; the next run takes what is left.
        """
        if not results:
            return []
        targets: Mapping[Path, Path] = {
            result.handed.path: Path(result.fate) / run_id / result.handed.file for result in results
        }
        receipts = [
            Receipt(
                file=result.handed.source_uri,
                fate=result.fate,
                moved_to=printable(targets[result.handed.path].as_posix()),
                documents=result.documents,
                payloads=result.payloads,
                detail=result.damage,
            )
            for result in results
        ]
        self._write_receipts(receipts, run_id)
        for path, target in targets.items():
            (self._folder / target).parent.mkdir(parents=True, exist_ok=True)
            path.rename(self._folder / target)
        for name in (TAKEN, DONE, REJECTED):
            sync_folder(self._folder / name)
        self._remove_empty_folders()
        return receipts

    def _write_receipts(self, receipts: Sequence[Receipt], run_id: str) -> None:
        moment = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with (self._folder / RECEIPTS / f"{run_id}.jsonl").open("ab") as file:
            for receipt in receipts:
                line = {"run_id": run_id, "settled_at": moment, **msgspec.to_builtins(receipt)}
                file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self._folder / RECEIPTS)

    def _remove_empty_folders(self) -> None:
        for parent, _folders, _files in os.walk(self._taken, topdown=False):
            if Path(parent) != self._taken:
                with contextlib.suppress(OSError):  # not empty: files that were left
                    Path(parent).rmdir()


class Waiting(Struct, frozen=True):
    """How many files a run would take, and how many links, pipes and the like none ever takes."""

    files: int
    others: int


NOTHING_WAITS = Waiting(0, 0)


def waiting_files(folder: Path) -> Waiting:
    """What lies in an inbox and is neither done nor rejected; takes no lock and moves nothing."""
    files_found = others = 0
    for parent, folders, files in os.walk(folder):
        own = _OWN if Path(parent) == folder else ()
        folders[:] = [name for name in folders if name not in own and (name == TAKEN or not name.startswith("."))]
        for name in [*files, *(name for name in folders if Path(parent, name).is_symlink())]:
            if name.startswith(".") or name.lower().endswith(TEMPORARY_ENDINGS):
                continue
            if (status := _status_of(Path(parent, name))) is not None:
                is_file = stat.S_ISREG(status.st_mode)
                files_found, others = files_found + is_file, others + (not is_file)
    return Waiting(files_found, others)
