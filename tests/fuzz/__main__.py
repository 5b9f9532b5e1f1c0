"""Mutated documents by the hundred thousand: `python -m tests.fuzz [--documents N] [--seed S] [--only SEED]`.

With `--record FILE` a run that was cut goes on where it was, and its totals are those of all documents in the file.
`--share 2/3` takes every third document from the second on. Exit code 1 if one of them gives an exception, an invalid
JSON, or takes too long.
"""

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.trial import Trial, run_trials
from tests.record import PROJECT, Record

DOCUMENTS = 100_000
PROCESSES = 2
TASK = 50
SAID_AFTER = 10_000


def seeds_of(documents: int, seed: int, share: str) -> list[str]:
    """The seeds of a share of the documents, `2/3` being the second of three; all have their turn."""
    part, _, parts = share.partition("/")
    return [f"{seed}:{number}" for number in range(int(part) - 1, documents, int(parts))]


def run(seeds: Iterable[str], processes: int = PROCESSES) -> Iterator[list[Trial]]:
    """All trials, task by task in the order in which they were given."""
    waiting = iter(seeds)
    tasks = iter(lambda: list(islice(waiting, TASK)), [])
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(run_trials, tasks)


def _kind(failure: str) -> str:
    """The exception and the last line of our own that it went through, or the beginning of what else broke."""
    lines = failure.strip().splitlines()
    own = [line.strip() for line in lines if str(PROJECT) in line and ".venv" not in line]
    return f"{lines[-1][:100]} {own[-1].replace(str(PROJECT), '')}" if own else lines[0][:100]


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


def _parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one document by its seed, e.g. 1:4711")
    parser.add_argument("--share", default="1/1", help="a part of the documents, e.g. 2/3")
    parser.add_argument("--record", type=Path, help="keep the trials in a file, and go on from what it holds")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    return parser.parse_args(arguments)


def main() -> int:
    """Run, print what was found, and fail if anything broke."""
    options = _parse()
    console = Console()
    started = time.monotonic()
    record = Record(options.record, Trial)
    wanted = [options.only] if options.only else seeds_of(options.documents, options.seed, options.share)
    done = {trial.seed for trial in record.trials}
    made = 0
    for trials in run([seed for seed in wanted if seed not in done], options.processes):
        record.add(trials)
        made += len(trials)
        if made % SAID_AFTER < len(trials):
            console.print(f"{made:,} documents in {time.monotonic() - started:.0f} s")
    failures: Counter[str] = Counter()
    for trial in record.trials:
        if trial.failure:
            kind = _kind(trial.failure)
            failures[kind] += 1
            if failures[kind] == 1:
                console.print(f"{trial.seed} {trial.layout} {trial.changes}\n{trial.failure}", markup=False)
    for table in _tables(record.trials):
        console.print(table)
    for kind, count in failures.most_common():
        console.print(f"{count} times {kind}", markup=False)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    console.print(
        f"{len(record.trials):,} documents ({record.codes}), {made:,} now in {time.monotonic() - started:.0f} s, "
        f"{failures.total()} failures; largest process {memory:.0f} MiB"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
