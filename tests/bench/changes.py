"""What a change costs: some reports of a warehouse changed, and the mart copied as a run copies it to build on it."""

import hashlib
import itertools
import json
import os
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.form import form
from pipelines.publishing.manifest import hash_file
from pipelines.warehouse import Warehouse
from tests.bench.measure import Sample

CHANGED = 100
CHANGED_OF_FEW = 1


def write_changes(source: Path, reports: int, path: Path) -> None:
    """Later revisions of some documents of the shards, evenly chosen: one count of table 二 is one more in each."""
    shards = sorted(source.glob("*.jsonl"))
    with path.open("w", encoding="utf-8") as changed:
        for shard in shards:
            lines = shard.read_text(encoding="utf-8").splitlines()
            wanted = -(-reports // len(shards))
            for line in itertools.islice(lines[:: max(1, len(lines) // wanted)], wanted):
                changed.write(json.dumps(_changed(json.loads(line)), ensure_ascii=False) + "\n")


def write_last_changed(source: Path, path: Path) -> None:
    """A later revision of the last document of the shards, which none of the evenly chosen ones is."""
    *_, last = sorted(source.glob("*.jsonl"))[-1].read_text(encoding="utf-8").splitlines()
    path.write_text(json.dumps(_changed(json.loads(last)), ensure_ascii=False) + "\n", encoding="utf-8")


def change_report(report: dict[str, Any]) -> None:
    """One more in the first count of table 二 of a report of raw extracted JSON."""
    table = report["tables"]["proactive_disclosure"]
    version = form().versions[table["form_version"]].tables["proactive_disclosure"]
    cell = next(cell for cell in version.cells if cell.type == "integer")
    table["cells"][cell.row][cell.column] = (table["cells"][cell.row].get(cell.column) or 0) + 1


def _changed(document: dict[str, Any]) -> dict[str, Any]:
    change_report(document["reports"][0])
    printed = document["document"]
    captured_at = datetime.fromisoformat(printed["captured_at"]) + timedelta(days=1)
    sha256 = hashlib.sha256(printed["sha256"].encode()).hexdigest()
    return {**document, "document": {**printed, "sha256": sha256, "captured_at": captured_at.isoformat()}}


def measure_copy(warehouse: Path, target: Path) -> Sample:
    """What cannot but grow with the mart: its hash, its copy, the copy's hash, and the copy on the disk."""
    mart = Warehouse(warehouse).live_mart
    started = time.perf_counter()
    hash_file(mart)
    shutil.copyfile(mart, target)
    hash_file(target)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    seconds = time.perf_counter() - started
    target.unlink()
    return Sample(seconds, 0.0)
