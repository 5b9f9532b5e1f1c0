"""`python -m tests.bench.documents`: what a change costs beside a run that has to read the documents as well.

`python -m tests.bench` starts from raw extracted JSON. Here both runs start from HTML documents of the project's
renderer: all of them, which are captured, read, loaded, built and published, and then changed copies of a few, in each
of which one count is another. Each time is net of the same command on ten documents, of which one is changed.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import structs
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipelines.render.document import render
from pipelines.render.report import Style
from pipelines.render.synthetic_reports import make_reports
from tests.accuracy.reports import report_of
from tests.bench.changes import CHANGED, CHANGED_OF_FEW, change_report
from tests.bench.measure import Sample, measure

FEW = 10
BROKEN_SHARE = 0.002
STEPS = ("run", "change")
TARGET = 0.05


def _rendered(report: dict[str, Any]) -> bytes:
    """The HTML page of a report of raw extracted JSON, with little prose around the tables."""
    authority, year, tables = report["authority"]["printed"], report["year"], report["tables"]
    truth = {name: table["cells"] for name, table in tables.items()}
    page = report_of(truth, {name: table["form_version"] for name, table in tables.items()}, Style())
    title = (f"{authority}{year}年政府信息公开工作年度报告",)
    page = structs.replace(page, authority=authority, year=year, title=title)
    return render(page, "html", "simplified")


def _reports(count: int) -> Iterator[dict[str, Any]]:
    for made in make_reports(count, 1, BROKEN_SHARE):
        (report,) = json.loads(made.line)["reports"]
        yield report


def write_documents(folder: Path, count: int, changed: int) -> dict[str, Path]:
    """Write documents, and changed copies of some of them, evenly chosen; returns the folder that each step reads."""
    folders = {step: folder / f"{step}-{count}" for step in STEPS}
    for path in folders.values():
        path.mkdir(parents=True)
    for number, report in enumerate(track(_reports(count), f"writing {count:,} documents", total=count)):
        name = f"{number:06d}.html"
        (folders["run"] / name).write_bytes(_rendered(report))
        if number % (count // changed) == 0:
            change_report(report)
            (folders["change"] / name).write_bytes(_rendered(report))
    return folders


def measure_steps(folder: Path, count: int, changed: int) -> dict[str, Sample]:
    """A run of so many documents, and one of changed copies of some of them in the same warehouse."""
    folders = write_documents(folder, count, changed)
    warehouse = folder / f"warehouse-{count}"
    gongkai = str(Path(sys.executable).with_name("gongkai"))
    samples = {}
    for step in STEPS:
        command = [gongkai, "run", "--input", str(folders[step]), "--warehouse", str(warehouse)]
        samples[step] = measure(command, folder / f"{step}.log")
    return samples


def main() -> None:
    """Write, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.documents", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as name:
        few = measure_steps(Path(name), FEW, CHANGED_OF_FEW)
        many = measure_steps(Path(name), options.documents, CHANGED)
    table = Table("step", f"{options.documents:,} documents s", f"{FEW} documents s", "net s", "peak GB")
    net = {step: many[step].seconds - few[step].seconds for step in STEPS}
    for step in STEPS:
        seconds = (many[step].seconds, few[step].seconds, net[step])
        table.add_row(step, *(f"{each:.2f}" for each in seconds), f"{many[step].peak_gb:.2f}")
    console = Console()
    console.print(table)
    console.print(f"{CHANGED} changed of {options.documents:,}: {net['change'] / net['run']:.4f} (<= {TARGET:g})")


if __name__ == "__main__":
    main()
