"""`python -m tests.accuracy`: put every fault into every layout many times, and count what is read right.

Seeded and bounded; `--write` puts the table into docs/accuracy.md.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.accuracy.faults import FAULTS
from tests.accuracy.table import write_document
from tests.accuracy.trial import Result, Trial, run_trial

DOCUMENT = Path(__file__).parents[2] / "docs" / "accuracy.md"
_CHUNK = 20


def make_trials(size: int, seed: int) -> list[Trial]:
    """`size` trials of every fault in every layout."""
    return [
        Trial(fault.name, layout, seed * 1_000_000 + number)
        for fault in FAULTS
        for layout in fault.layouts
        for number in range(size)
    ]


def run_trials(trials: list[Trial], processes: int) -> Iterable[Result | None]:
    """The results in the order of the trials."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(run_trial, trials, chunksize=_CHUNK)


def main() -> int:
    """Run the trials, print the counts; exit code 1 if a fault that leaves evidence was read wrong without a word."""
    parser = argparse.ArgumentParser(prog="make accuracy", description=__doc__)
    parser.add_argument("--size", type=int, default=30, help="trials of every fault in every layout")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help=f"write the table to {DOCUMENT.name}")
    parser.add_argument("--show", type=int, default=10, help="errors to print")
    options = parser.parse_args()
    console = Console()
    trials = make_trials(options.size, options.seed)
    started = time.perf_counter()
    found = run_trials(trials, options.processes)
    results = [result for result in track(found, total=len(trials), console=console) if result is not None]
    silent = {fault.name for fault in FAULTS if not fault.leaves_evidence}
    errors = [result for result in results if result.outcome == "wrong" and result.trial.fault not in silent]
    document = write_document(results, options.seed)
    console.print(document, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"{len(results)} trials in {time.perf_counter() - started:.0f} s, {len(errors)} errors without a word"
    )
    console.print(Counter((result.trial.fault, result.trial.layout) for result in errors).most_common(12), markup=False)
    for result in errors[: options.show]:
        console.print(result.trial, *result.wrong[:4], sep="\n  ", markup=False, soft_wrap=True)
    if options.write:
        DOCUMENT.write_text(document, encoding="utf-8")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
