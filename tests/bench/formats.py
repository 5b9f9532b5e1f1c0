"""`python -m tests.bench.formats`: documents read per second by format, and the memory of a worker.

Each format has a folder of distinct documents of the project's renderer. They go the whole way of `gongkai extract`:
captured from files, read by worker processes with their limits, written. The time is that of the command on all
documents less that on a few, so that starting up is not counted. Targets are printed and gate nothing.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

from msgspec import structs
from rich.console import Console
from rich.table import Table

from pipelines.render.document import render
from pipelines.render.report import Layout, RenderedReport, Style
from tests.accuracy.reports import VERSIONS, random_figures, report_of, versions_of
from tests.bench.measure import Sample, measure
from tests.drawn_pdf import draw_pdf

FEW = 4
SHORTEST = 0.5  # seconds: less is the noise of starting up
FORMATS: tuple[tuple[str, int, float | None], ...] = (  # layout or `pdf`, documents, target a second
    ("html", 1000, 200),
    ("lines", 1000, 200),
    ("docx", 400, 60),
    ("pdf", 40, 4),
    ("xlsx", 400, None),
    ("ofd", 100, None),
)
_LAYOUTS: dict[str, Layout] = {"html": "html", "lines": "lines", "docx": "docx", "xlsx": "xlsx", "ofd": "ofd"}


def make_report(number: int) -> RenderedReport:
    """A report with figures and a title of its own."""
    versions = versions_of(VERSIONS[0])
    chance = Random(number)  # noqa: S311 - a sample, no secret
    report = report_of(random_figures(chance, versions), versions, Style())
    return structs.replace(report, opening=(f"第{number}号文件。",))


def write_documents(folder: Path, kind: str, count: int) -> None:
    """Write so many documents of a format, none like another."""
    folder.mkdir(parents=True)
    for number in range(count):
        report = make_report(number)
        content = draw_pdf(report, "simplified") if kind == "pdf" else render(report, _LAYOUTS[kind], "simplified")
        (folder / f"{number:05d}.{kind}").write_bytes(content)


def measure_format(folder: Path, kind: str, count: int) -> tuple[float | None, Sample]:
    """Documents a second, None if so few of them cannot be told from starting up; and the larger run."""
    gongkai = str(Path(sys.executable).with_name("gongkai"))
    samples: list[Sample] = []
    for size in (FEW, count):
        source, target = folder / f"{kind}-{size}", folder / f"{kind}-{size}-json"
        write_documents(source, kind, size)
        samples.append(measure([gongkai, "extract", str(source), "--out", str(target)], folder / f"{kind}.log"))
    net = samples[1].seconds - samples[0].seconds
    return (count - FEW) / net if net > SHORTEST else None, samples[1]


def main() -> None:
    """Write, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.formats", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the documents; fewer make it quicker and coarser")
    options = parser.parse_args()
    table = Table("format", "documents", "a second", "target", "GB in all", "MB a worker", title="reading")
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as name:
        for kind, documents, target in FORMATS:
            count = max(int(documents * options.share), 2 * FEW)
            rate, sample = measure_format(Path(name), kind, count)
            table.add_row(
                kind,
                f"{count:,}",
                f"{rate:.1f}" if rate else "too few",
                f">= {target:.0f}" if target else "-",
                f"{sample.peak_gb:.2f}",
                f"{sample.child_gb * 1024:.0f}",
            )
    Console().print(table)


if __name__ == "__main__":
    main()
