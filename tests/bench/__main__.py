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

from tests.bench.localisation import print_localisation
from tests.bench.measure import Sample, measure, median_seconds, peak_memory

FEW = 10
STEPS = ("floor", "load", "polars", "contract", "run")
RATIOS = (  # what, against what, the target
    ("load", "floor", 3.0),
    ("contract", "polars", 3.0),
    ("run", "floor", 8.0),
)
PEAK_GB = 4.0


def generate(folder: Path, reports: int) -> None:
    """Write synthetic reports as JSONL shards."""
    command = [sys.executable, "-m", "pipelines.render.synthetic", "--reports", str(reports), "--seed", "1"]
    measure([*command, "--out", str(folder)], folder.parent / "generate.log")


def command_of(step: str, source: Path, warehouse: Path) -> list[str]:
    """The command of a step; `polars` and `contract` read what `load` wrote."""
    if step == "run":
        gongkai = Path(sys.executable).with_name("gongkai")
        return [str(gongkai), "run", "--input", str(source), "--warehouse", str(warehouse)]
    return [sys.executable, "-m", "tests.bench.steps", step, str(source), str(warehouse)]


def run_round(folder: Path, sizes: tuple[int, ...], samples: dict[tuple[str, int], list[Sample]]) -> None:
    """Run every step once for every size, each size with fresh warehouses."""
    for size in sizes:
        source, warehouse = folder / f"reports-{size}", folder / f"warehouse-{size}"
        for step in STEPS:
            target = folder / f"run-{size}" if step == "run" else warehouse
            samples[step, size].append(measure(command_of(step, source, target), folder / f"{step}.log"))
        shutil.rmtree(warehouse)
        shutil.rmtree(folder / f"run-{size}")


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
        ratios.add_row(f"{step} / {base}", f"{net[step] / net[base]:.2f}", f"<= {target:.0f}")
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
    samples: dict[tuple[str, int], list[Sample]] = {(s, n): [] for s in STEPS for n in (options.reports, FEW)}
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as name:
        folder = Path(name)
        for size in (options.reports, FEW):
            console.print(f"generating {size:,} reports")
            generate(folder / f"reports-{size}", size)
        for number in range(options.runs):
            console.print(f"round {number + 1} of {options.runs}")
            run_round(folder, (FEW, options.reports), samples)
    print_results(console, options.reports, samples)
    print_localisation(console)


if __name__ == "__main__":
    main()
