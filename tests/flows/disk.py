"""A warehouse on a disk of its own, on which tests of faults and of kills go on from one to the next."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from prefect.client.schemas.objects import State

from flows.explanations import find_remedy
from flows.outcome import RunOutcome
from flows.warehouse import run_warehouse
from pipelines.publishing import live_id
from pipelines.warehouse import Warehouse
from tests.storm.deliveries import Inbox, Losses

IS_ROOT = os.geteuid() == 0
DISK_MB = 400
NOTHING_LOST = Losses(lost=0, doubled=0, altered=0)


@dataclass
class Disk:
    """A folder with a warehouse, and the inbox that feeds it; `is_mounted` if the folder is a disk of its own.

    Where this process may mount, the disk can be filled and made read-only; else limits and permissions of a process
    must stand in.
    """

    folder: Path
    inbox: Inbox
    is_mounted: bool = False

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse."""
        return Warehouse(self.folder / "warehouse")

    def mount(self) -> None:
        """Make the folder a disk of its own, if this process may."""
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "gongkai-test", str(self.folder)]
        self.is_mounted = IS_ROOT and subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603

    def unmount(self) -> None:
        """Give the disk back."""
        if self.is_mounted:
            self._run("umount", "--lazy", self.folder)

    def resize(self, size: str) -> None:
        """Change the disk's size."""
        self._run("mount", "-o", f"remount,size={size}", self.folder)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Nothing of the disk can be written, whoever asks; files that are open for writing stay so."""
        self._run("mount", "--bind", self.folder, self.folder)
        try:
            self._run("mount", "-o", "remount,bind,ro", self.folder)
            yield
        finally:
            self._run("umount", "--lazy", self.folder)

    def _run(self, *command: str | Path) -> None:
        subprocess.run(command, check=True)  # noqa: S603 - our own command

    def used_kilobytes(self) -> int:
        """What lies on the disk."""
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize // 2**10

    def run(self, **options: Any) -> State[RunOutcome]:  # noqa: ANN401 - what the flow takes
        """Run the flow on the inbox."""
        return run_warehouse(
            warehouse=str(self.warehouse.root), inbox=str(self.inbox.folder), return_state=True, **options
        )

    def remedy_of(self, state: State[RunOutcome]) -> str:
        """What the operator is told to do about a run that failed; the version that was live must still be."""
        assert state.is_failed()
        error = state.result(raise_on_failure=False)
        assert isinstance(error, BaseException)
        return find_remedy(error, self.warehouse)

    def live(self) -> tuple[str | None, list[tuple[Any, ...]]]:
        """The live version and what its readers see."""
        with duckdb.connect(self.warehouse.live_mart.resolve(), read_only=True) as reader:
            rows = reader.execute("select authority_zh, new_received from marts.authority_year order by all").fetchall()
        return live_id(self.warehouse), rows

    def assert_clean(self, state: State[RunOutcome]) -> None:
        """A run has ended well, and the mart holds exactly what was ever delivered."""
        assert state.is_completed(), state.message
        assert self.inbox.compare(self.warehouse) == NOTHING_LOST
        assert self.inbox.astray() == []
        assert not self.warehouse.unfinished.exists()
