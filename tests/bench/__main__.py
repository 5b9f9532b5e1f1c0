"""`python -m tests.bench`: what the warehouse costs beside the least that the same work can cost.

Every figure is the median of several runs of a whole command, net of the same command on ten reports (printed
beside it: imports, the start of DuckDB, dbt and Prefect). The runs of all commands alternate, so that a noisy
machine is noisy for all of them. Targets are printed and gate nothing.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipelines.warehouse import Warehouse
from tests.bench.changes import CHANGED, CHANGED_OF_FEW, measure_copy, write_changes, write_last_changed
from tests.bench.localisation import print_localisation
from tests.bench.measure import Sample, measure, median_seconds, peak_memory
from tests.bench.replacing import measure_replacing

FEW = 10
SMALLER = 10_000  # for what a change costs in a smaller warehouse
STEPS = ("floor", "load", "polars", "contract", "run", "change", "replace", "copy")
OF_SMALLER = ("run", "change", "replace", "copy")
RATIOS = (  # what, against what, the target
    ("load", "floor", 3.0),
    ("contract", "polars", 3.0),
    ("run", "floor", 8.0),
    ("change", "run", 0.05),
    ("replace", "run", None),
)
PEAK_GB = 4.0


def generate(folder: Path, reports: int) -> None:
    """Write synthetic reports as JSONL shards."""
    command = [sys.executable, "-m", "pipelines.render.synthetic", "--reports", str(reports), "--seed", "1"]
    measure([*command, "--out", str(folder)], folder.parent / "generate.log")


def command_of(step: str, source: Path, warehouse: Path) -> list[str]:
    """The command of a step; `polars` and `contract` read what `load` wrote, `change` builds on what `run` built."""
    if step in ("run", "change"):
        gongkai = Path(sys.executable).with_name("gongkai")
        return [str(gongkai), "run", "--input", str(source), "--warehouse", str(warehouse)]
    return [sys.executable, "-m", "tests.bench.steps", step, str(source), str(warehouse)]


def run_round(folder: Path, sizes: tuple[int, ...], samples: dict[tuple[str, int], list[Sample]]) -> None:
    """Run every step once for every size, each size with fresh warehouses."""
    for size in sizes:
        source, warehouse, built = (folder / f"{name}-{size}" for name in ("reports", "warehouse", "run"))
        for step in OF_SMALLER if size == SMALLER else STEPS:
            if step == "change":  # the first change after a whole build puts the blocks of its tables in order
                measure(command_of(step, folder / f"last-{size}.jsonl", built), folder / "last.log")
            if step == "replace":
                samples[step, size].append(measure_replacing(Warehouse(built), folder))
                continue
            if step == "copy":
                samples[step, size].append(measure_copy(built, folder / "copy.duckdb"))
                continue
            given = folder / f"changes-{size}.jsonl" if step == "change" else source
            target = built if step in ("run", "change") else warehouse
            samples[step, size].append(measure(command_of(step, given, target), folder / f"{step}.log"))
        for used in (warehouse, built):
            shutil.rmtree(used, ignore_errors=True)


def print_results(console: Console, reports: int, samples: dict[tuple[str, int], list[Sample]]) -> None:
    """Print the medians, net and fixed, and the ratios."""
    net = {s: median_seconds(samples[s, reports]) - median_seconds(samples[s, FEW]) for s in STEPS}
    table = Table("step", f"{reports:,} reports s", f"{FEW} reports s", "net s", "peak GB", title="medians")
    for step in STEPS:
        whole, fixed = median_seconds(samples[step, reports]), median_seconds(samples[step, FEW])
        memory = peak_memory(samples[step, reports])
        table.add_row(step, f"{whole:.2f}", f"{fixed:.2f}", f"{net[step]:.2f}", f"{memory:.2f}")
    console.print(table)
    ratios = Table("ratio of net times", "measured", "target")
    for step, base, target in RATIOS:
        ratios.add_row(f"{step} / {base}", f"{net[step] / net[base]:.3f}", f"<= {target:g}" if target else "")
    for size in (SMALLER, reports):
        seconds = {
            step: median_seconds(samples[step, size]) - median_seconds(samples[step, FEW]) for step in OF_SMALLER
        }
        ratios.add_row(
            f"{CHANGED} changed of {size:,}: net s, of which replacing and copying; whole run net s",
            f"{seconds['change']:.2f}, {seconds['replace']:.2f}, {seconds['copy']:.2f}; {seconds['run']:.2f}",
            "",
        )
    largest = max(peak_memory(samples[step, reports]) for step in ("load", "run"))
    ratios.add_row("peak memory GB", f"{largest:.2f}", f"<= {PEAK_GB:.0f}")
    console.print(ratios)


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    console = Console()
    samples: dict[tuple[str, int], list[Sample]] = {(s, n): [] for s in STEPS for n in (options.reports, SMALLER, FEW)}
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as name:
        folder = Path(name)
        for size in (options.reports, SMALLER, FEW):
            console.print(f"generating {size:,} reports")
            generate(folder / f"reports-{size}", size)
            changed = CHANGED_OF_FEW if size == FEW else CHANGED
            write_changes(folder / f"reports-{size}", changed, folder / f"changes-{size}.jsonl")
            write_last_changed(folder / f"reports-{size}", folder / f"last-{size}.jsonl")
        for number in range(options.runs):
            console.print(f"round {number + 1} of {options.runs}")
            run_round(folder, (FEW, SMALLER, options.reports), samples)
    print_results(console, options.reports, samples)
    print_localisation(console)


if __name__ == "__main__":
    main()
