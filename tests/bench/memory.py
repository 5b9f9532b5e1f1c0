"""The memory of a command with all its processes, sampled from Linux's /proc while it runs."""

import threading
from contextlib import suppress
from pathlib import Path

INTERVAL_SECONDS = 0.2
_PROC = Path("/proc")


def _parents() -> dict[int, int]:
    """The parent of every process there is."""
    parents: dict[int, int] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has just ended
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return parents


def _family(process: int) -> list[int]:
    """A process and all its descendants."""
    parents = _parents()
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def _proportional_kilobytes(process: int) -> int:
    """The memory of a process, shared pages divided among those who share them."""
    with suppress(OSError):
        for line in (_PROC / str(process) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


class MemorySampler(threading.Thread):
    """Watches a process and its descendants until `stop`.

    `peak_gb` is the largest sum seen, `child_gb` the most that one descendant had.
    """

    def __init__(self, process: int) -> None:
        """Watch a process by its id."""
        super().__init__(daemon=True)
        self._process = process
        self._stopped = threading.Event()
        self.peak_gb = self.child_gb = 0.0

    def run(self) -> None:
        """Sample until told to stop."""
        while not self._stopped.wait(INTERVAL_SECONDS):
            own, *others = map(_proportional_kilobytes, _family(self._process))
            self.peak_gb = max(self.peak_gb, sum((own, *others)) / 2**20)
            self.child_gb = max(self.child_gb, max(others, default=0) / 2**20)

    def stop(self) -> float:
        """End sampling; the peak in GB."""
        self._stopped.set()
        self.join()
        return self.peak_gb
