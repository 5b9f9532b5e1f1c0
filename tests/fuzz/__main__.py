"""Mutated documents by the hundred thousand: `python -m tests.fuzz [--documents N] [--seed S] [--only SEED]`.

Exit code 1 if one of them gives an exception, an invalid JSON, or takes too long.
"""

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.trial import Trial, run_trial, run_trials

DOCUMENTS = 100_000
PROCESSES = 2
TASK = 50
SAID_AFTER = 10_000
PROJECT = str(Path(__file__).parents[2])


def run(documents: int, seed: int, processes: int = PROCESSES) -> Iterator[Trial]:
    """All trials, in the order in which their tasks were given."""
    seeds = (f"{seed}:{number}" for number in range(documents))
    tasks = iter(lambda: list(islice(seeds, TASK)), [])
    with ProcessPoolExecutor(processes) as pool:
        for trials in pool.map(run_trials, tasks):
            yield from trials


def _kind(failure: str) -> str:
    """The exception and the last line of our own that it went through, or the beginning of what else broke."""
    lines = failure.strip().splitlines()
    own = [line.strip() for line in lines if PROJECT in line and ".venv" not in line]
    return f"{lines[-1][:100]} {own[-1].replace(PROJECT, '')}" if own else lines[0][:100]


def _tables(trials: Iterable[Trial]) -> Iterator[Table]:
    outcomes: Counter[str] = Counter()
    layouts: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        outcomes[trial.outcome] += 1
        layouts[trial.layout].append(trial)
    by_outcome = Table("outcome", "documents")
    for outcome, count in outcomes.most_common():
        by_outcome.add_row(outcome, f"{count:,}")
    yield by_outcome
    by_layout = Table("layout", "documents", "read", "CPU ms each", "slowest, s", "its seed")
    for layout, found in sorted(layouts.items()):
        slowest = max(found, key=lambda trial: trial.seconds)
        read = sum(trial.outcome == "read" for trial in found)
        mean = sum(trial.seconds for trial in found) / len(found) * 1000
        by_layout.add_row(layout, f"{len(found):,}", f"{read:,}", f"{mean:.1f}", f"{slowest.seconds:.2f}", slowest.seed)
    yield by_layout


def main() -> int:
    """Run, print what was found, and fail if anything broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one document by its seed, e.g. 1:4711")
    options = parser.parse_args()
    console = Console()
    started = time.monotonic()
    trials = [run_trial(options.only)] if options.only else []
    failures: Counter[str] = Counter()
    for trial in trials or run(options.documents, options.seed):
        if not options.only:
            trials.append(trial)
            if len(trials) % SAID_AFTER == 0:
                console.print(f"{len(trials):,} documents in {time.monotonic() - started:.0f} s")
        if trial.failure:
            kind = _kind(trial.failure)
            failures[kind] += 1
            if failures[kind] == 1:
                console.print(f"{trial.seed} {trial.layout} {trial.changes}\n{trial.failure}", markup=False)
    for table in _tables(trials):
        console.print(table)
    for kind, count in failures.most_common():
        console.print(f"{count} times {kind}", markup=False)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    console.print(
        f"{len(trials):,} documents in {time.monotonic() - started:.0f} s, {failures.total()} failures; "
        f"largest process {memory:.0f} MiB"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
