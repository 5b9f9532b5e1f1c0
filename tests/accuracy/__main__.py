"""`python -m tests.accuracy`: put every fault into every layout many times, and count what is read right.

Seeded and bounded; `--write` puts the table into docs/accuracy.md. With `--record FILE` a run that was cut goes on
where it was. A drawn PDF costs as much as twenty other documents, so that there are fewer of them.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.progress import track

from tests.accuracy.faults import FAULTS
from tests.accuracy.table import write_document
from tests.accuracy.trial import Result, Trial, run_trial
from tests.printed_layouts import DRAWN
from tests.record import Record

DOCUMENT = Path(__file__).parents[2] / "docs" / "accuracy.md"
_TASK = 40
_DRAWN_SHARE = 4  # trials in another layout for one in a drawn one


class Tried(Struct, frozen=True):
    """A trial and its result; None if no report can have the fault in this layout."""

    trial: Trial
    result: Result | None


def make_trials(size: int, seed: int) -> list[Trial]:
    """`size` trials of every fault in every layout."""
    return [
        Trial(fault.name, layout, seed * 1_000_000 + number)
        for fault in FAULTS
        for layout in fault.layouts
        for number in range(-(-size // _DRAWN_SHARE) if layout in DRAWN else size)
    ]


def run_task(trials: list[Trial]) -> list[Tried]:
    """Several trials in one process."""
    return [Tried(trial, run_trial(trial)) for trial in trials]


def run_trials(trials: list[Trial], processes: int) -> Iterator[list[Tried]]:
    """The results in the order of the trials, task by task."""
    tasks = [trials[start : start + _TASK] for start in range(0, len(trials), _TASK)]
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(run_task, tasks)


def main() -> int:
    """Run the trials, print the counts; exit code 1 if a fault that leaves evidence was read wrong without a word."""
    parser = argparse.ArgumentParser(prog="make accuracy", description=__doc__)
    parser.add_argument("--size", type=int, default=30, help="trials of every fault in every layout")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help=f"write the table to {DOCUMENT.name}")
    parser.add_argument("--show", type=int, default=10, help="errors to print")
    parser.add_argument("--record", type=Path, help="keep the results in a file, and go on from what it holds")
    options = parser.parse_args()
    console = Console()
    started = time.perf_counter()
    record = Record(options.record, Tried)
    done = {tried.trial for tried in record.trials}
    waiting = [trial for trial in make_trials(options.size, options.seed) if trial not in done]
    tasks = -(-len(waiting) // _TASK)
    for made in track(run_trials(waiting, options.processes), total=tasks, console=console):
        record.add(made)
    results = [tried.result for tried in record.trials if tried.result is not None]
    silent = {fault.name for fault in FAULTS if not fault.leaves_evidence}
    errors = [result for result in results if result.outcome == "wrong" and result.trial.fault not in silent]
    document = write_document(results, options.seed)
    console.print(document, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"{len(results)} trials ({record.codes}) in {time.perf_counter() - started:.0f} s, "
        f"{len(errors)} errors without a word"
    )
    console.print(Counter((result.trial.fault, result.trial.layout) for result in errors).most_common(12), markup=False)
    for result in errors[: options.show]:
        console.print(result.trial, *result.wrong[:4], sep="\n  ", markup=False, soft_wrap=True)
    if options.write:
        DOCUMENT.write_text(document, encoding="utf-8")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
