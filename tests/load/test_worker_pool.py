"""Worker processes end with the process they work for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipelines.worker_pool import worker_pool

PATIENCE_SECONDS = 20.0


def report_and_sleep(place: Path) -> None:
    """Write this process's id to a file and do nothing for long."""
    part = place.with_suffix(".part")
    part.write_text(str(os.getpid()))
    part.replace(place)
    time.sleep(300)


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_workers_end_with_a_killed_owner(tmp_path: Path) -> None:
    place = tmp_path / "worker"
    command = [sys.executable, "-m", "tests.load.test_worker_pool", str(place)]
    owner = subprocess.Popen(command)  # noqa: S603 - our own command
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not place.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    worker = int(place.read_text())
    assert is_running(worker)
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(worker)


if __name__ == "__main__":
    with worker_pool(1, __name__) as pool:
        pool.submit(report_and_sleep, Path(sys.argv[1])).result()
