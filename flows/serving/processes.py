"""The processes of one `gongkai serve`: started with a mark in their environment by which all are found again.

A worker starts each run in a session of its own, and a run starts processes that read documents; when the worker is
killed they go on. Their process groups and parents then say nothing, the mark that each inherited still does.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MARK = "GONGKAI_SERVED_BY"
POLL_SECONDS = 0.1
PROC = Path("/proc")


@dataclass(frozen=True)
class Child:
    """A process that was started, with its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; a child that has ended is reaped."""
        return self.process.poll() is None


def mark_of(root: Path) -> str:
    """The value of the mark for the warehouse in a folder."""
    return str(root.resolve())


def start_child(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Child:
    """Start `python -m <command>` in a session of its own; it ends with this process at the latest."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "flows.serving.child", str(os.getpid()), *command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # an interrupt at the terminal is the supervisor's to handle
        )
    return Child(name, process, log)


def find_marked(mark: str) -> list[int]:
    """The ids of all other processes that carry a mark, whoever their parents are; none where there is no `/proc`."""
    wanted = f"{MARK}={mark}".encode()
    return sorted(pid for pid in _process_ids() if pid != os.getpid() and wanted in _environment(pid))


def end_all(mark: str, children: Sequence[Child], grace_seconds: float) -> list[int]:
    """End the children and all marked processes: first politely, after the grace by SIGKILL; asserts that they ended.

    Returns:
        The ids of those that had to be killed.
    """
    _signal([child.process.pid for child in children if child.is_alive], signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    told = set[int]()
    while remaining := _remaining(mark, children):
        if time.monotonic() > deadline:
            break
        if not any(child.is_alive for child in children):
            _signal(set(remaining) - told, signal.SIGTERM)  # a run that the worker left behind
            told |= set(remaining)
        time.sleep(POLL_SECONDS)
    killed = list[int]()
    while remaining := _remaining(mark, children):
        killed += [pid for pid in remaining if pid not in killed]
        _signal(remaining, signal.SIGKILL)
        time.sleep(POLL_SECONDS)
    return killed


def _remaining(mark: str, children: Sequence[Child]) -> list[int]:
    return sorted({child.process.pid for child in children if child.is_alive} | set(find_marked(mark)))


def _signal(pids: Sequence[int] | set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _process_ids() -> Iterator[int]:
    if PROC.is_dir():
        yield from (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _environment(pid: int) -> list[bytes]:
    """A process's environment; empty for one that has ended, is not yet reaped or is another user's."""
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
