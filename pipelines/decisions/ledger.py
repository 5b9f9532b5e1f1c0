"""The ledger's file: JSON Lines that only grow.

An append holds a lock of the operating system on the file, writes its lines at once and waits until they are on the
disk. A line that was torn by a crash has no end: readers and writers say so, and nobody builds on it.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from contracts.decisions import Decision, Withdraw, decode, encode, standing

LEDGER_VARIABLE = "GONGKAI_LEDGER"


class LedgerError(ValueError):
    """The ledger is not fit to be used; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Ledger:
    """The decisions of a ledger by line number, from 1, in the order in which they were made."""

    path: Path
    lines: dict[int, Decision] = field(default_factory=dict)

    @property
    def decisions(self) -> list[Decision]:
        """All decisions, withdrawn ones too."""
        return list(self.lines.values())

    @property
    def withdrawn(self) -> dict[str, str]:
        """The ids of the withdrawn decisions, each with the id of its withdrawal."""
        return {one.decision: one.id for one in self.decisions if isinstance(one, Withdraw)}

    @property
    def standing(self) -> dict[str, Decision]:
        """What neither was withdrawn nor has a later decision about the same, by id."""
        return standing(self.decisions)


def default_ledger() -> Path:
    """The ledger that the environment names, else the one in the working directory."""
    return Path(os.environ.get(LEDGER_VARIABLE) or "decisions.jsonl")


def read_ledger(path: Path) -> Ledger:
    """The decisions of a ledger; a file that does not exist holds none.

    Raises:
        LedgerError: a line is no decision, or contradicts an earlier one; or the file cannot be read.
    """
    with _named(path, "read"):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return Ledger(path)
        return _parse(path, content)


@contextmanager
def _named(path: Path, done: str) -> Iterator[None]:
    """Say of which ledger it is that something could not be done."""
    try:
        yield
    except OSError as error:
        raise LedgerError(
            f"The ledger {path} cannot be {done}: {error.strerror or error}. Put that right, or name another ledger "
            f"with --ledger or {LEDGER_VARIABLE}."
        ) from error


def append(path: Path, make: Callable[[Ledger], Sequence[Decision]]) -> list[Decision]:
    """Append decisions to a ledger, which is made if it does not exist; returns them when they are on the disk.

    Args:
        path: the ledger.
        make: given what the ledger holds while nobody else can append to it, what to append.

    Raises:
        LedgerError: the ledger is not fit to be appended to, or would not be after it, or cannot be written; nothing
            was recorded.
    """
    with _named(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        return _append(path, make)


def _append(path: Path, make: Callable[[Ledger], Sequence[Decision]]) -> list[Decision]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        content = path.read_bytes()
        ledger = _parse(path, content)
        decisions = list(make(ledger))
        known = {one.id: number for number, one in ledger.lines.items()}
        for number, decision in enumerate(decisions, start=max(ledger.lines, default=0) + 1):
            if problem := _contradiction(decision, ledger, known, ledger.withdrawn):
                raise LedgerError(f"{path}: {problem}. Nothing was recorded; `gongkai decisions` lists what there is.")
            ledger.lines[number], known[decision.id] = decision, number
        before = b"\n" if content and not content.endswith(b"\n") else b""
        added = before + b"".join(encode(decision) + b"\n" for decision in decisions)
        _parse(path, content + added)
        if decisions:
            _write(descriptor, added, path)
        return decisions
    finally:
        os.close(descriptor)


def _write(descriptor: int, added: bytes, path: Path) -> None:
    start = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, added)
        if written != len(added):
            raise OSError(f"only {written} of {len(added)} bytes could be written to {path}; is the disk full?")
    except OSError:
        os.ftruncate(descriptor, start)
        raise
    os.fsync(descriptor)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _parse(path: Path, content: bytes) -> Ledger:
    ledger = Ledger(path)
    known: dict[str, int] = {}
    withdrawn: dict[str, str] = {}
    lines = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            decision = decode(line.decode("utf-8"))
        except (msgspec.MsgspecError, ValueError) as error:
            raise LedgerError(_explain(path, number, error, is_torn=number == len(lines))) from error
        if problem := _contradiction(decision, ledger, known, withdrawn):
            raise LedgerError(f"{path}, line {number}: {problem}. A ledger only grows: restore the line as it was.")
        known[decision.id] = number
        if isinstance(decision, Withdraw):
            withdrawn[decision.decision] = decision.id
        ledger.lines[number] = decision
    return ledger


def _explain(path: Path, number: int, error: Exception, *, is_torn: bool) -> str:
    torn = (
        " The line has no end: whoever appended it was interrupted. Remove what there is of it, then decide again."
        if is_torn
        else " docs/decisions.md has what each kind of decision holds. Restore the line as it was recorded."
    )
    return f"{path}, line {number} is no decision: {error}.{torn}"


def _contradiction(decision: Decision, ledger: Ledger, known: dict[str, int], withdrawn: dict[str, str]) -> str:
    if decision.id in known:
        return f"{decision.id} is the id of line {known[decision.id]} already"
    if not isinstance(decision, Withdraw):
        return ""
    named = decision.decision
    if named not in known:
        return f"{named} is to be withdrawn, but no earlier line has that id"
    if isinstance(ledger.lines[known[named]], Withdraw):
        return f"{named} is itself a withdrawal; record the decision anew instead"
    return f"{named} was withdrawn by {withdrawn[named]} already" if named in withdrawn else ""
