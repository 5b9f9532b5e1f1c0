"""Write synthetic raw extracted JSON: `python -m pipelines.render.synthetic --reports N --seed S --out FOLDER`.

JSONL shards `synthetic-00001.jsonl` of 10,000 reports each, and `.broken.json`, the list of the reports in which one
digit of table 三 was changed. Same arguments, same bytes.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from math import ceil
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.render.synthetic_reports import Breakage, SyntheticReport, make_reports

SHARD_SIZE = 10_000
BROKEN_FILE = ".broken.json"  # hidden, so that the folder is an input as it is


def write_synthetic(count: int, seed: int, folder: Path, broken_share: float, console: Console) -> list[Breakage]:
    """Write `count` reports to shards in `folder` and return the breakages, in the order of the shards.

    Raises:
        FileExistsError: the folder already holds shards; they would be mixed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.jsonl")):
        raise FileExistsError(f"{folder} already holds shards; choose an empty folder")
    breakages: list[Breakage] = []
    columns = (TextColumn("reports"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("reports", total=count)
        reports = make_reports(count, seed, broken_share)
        for number in range(1, ceil(count / SHARD_SIZE) + 1):
            breakages.extend(_write_shard(islice(reports, SHARD_SIZE), folder / f"synthetic-{number:05d}.jsonl"))
            progress.advance(task, min(SHARD_SIZE, count - (number - 1) * SHARD_SIZE))
    (folder / BROKEN_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(breakages)) + b"\n")
    return breakages


def _write_shard(reports: Iterable[SyntheticReport], path: Path) -> Iterator[Breakage]:
    with path.open("w", encoding="utf-8") as stream:
        for place, report in enumerate(reports, start=1):
            stream.write(report.line)
            if report.broken:
                yield Breakage(report.sha256, path.name, place, *report.broken)


def main(arguments: list[str] | None = None) -> int:
    """Write synthetic shards as the command line says; exit code 1 if the folder is in use."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.render.synthetic", description=__doc__)
    parser.add_argument("--reports", type=int, required=True, help="how many reports to write")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, help=f"folder for the shards and {BROKEN_FILE}")
    parser.add_argument("--broken", type=float, default=0.002, help="share of reports with one digit changed")
    options = parser.parse_args(arguments)
    console = Console()
    try:
        breakages = write_synthetic(options.reports, options.seed, options.out, options.broken, console)
    except FileExistsError as error:
        console.print(str(error))
        return 1
    console.print(f"{options.reports} reports in {options.out}, {len(breakages)} of them broken: {BROKEN_FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
