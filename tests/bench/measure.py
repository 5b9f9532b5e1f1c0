"""Whole commands measured from outside: wall time and peak memory of each run, and medians."""

import os
import statistics
import subprocess
import time
from pathlib import Path

from msgspec import Struct

from tests.bench.memory import MemorySampler


class Sample(Struct, frozen=True):
    """One run of a command: wall seconds, and in GB the peak memory of all its processes and of the largest child."""

    seconds: float
    peak_gb: float
    child_gb: float = 0.0


class CommandError(RuntimeError):
    """A measured command ended with an error; the message holds the end of what it printed."""


def measure(command: list[str], log: Path) -> Sample:
    """Run a command to its end and measure it, once what others wrote is on the disk.

    Raises:
        CommandError: its exit code is not 0.
    """
    os.sync()
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 our own commands
        sampler = MemorySampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        peak_gb = max(sampler.stop(), usage.ru_maxrss / 2**20)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise CommandError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    return Sample(seconds, peak_gb, sampler.child_gb)


def median_seconds(samples: list[Sample]) -> float:
    """The median wall time."""
    return statistics.median(sample.seconds for sample in samples)


def peak_memory(samples: list[Sample]) -> float:
    """The largest peak memory in GB."""
    return max(sample.peak_gb for sample in samples)
