"""`python -m tests.faults`: every fault in many bodies through the whole warehouse, and what came of them.

Seeded; all trials go through one run of `gongkai`. GONGKAI_DOCUMENTS names a folder of real documents, whose figures
are then used as well. `--write` puts the page into docs/faults.md, `--missed FILE` lists the trials that were not
caught or localised. Exit code 1 if a target is missed.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from rich.console import Console

from tests.faults.faults import IDENTITY_FAULTS
from tests.faults.judging import BY_NAME, Ending, read_endings
from tests.faults.page import page_of, targets
from tests.faults.real import real_reports
from tests.faults.trials import CLEAN, write_trials
from tests.whole_way import query, run_gongkai

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def is_missed(ending: Ending) -> bool:
    """Whether the trial did not end as its fault should."""
    if ending.trial.fault == CLEAN:
        return ending.has_finding or bool(ending.failures)
    fault = BY_NAME[ending.trial.fault]
    if fault in IDENTITY_FAULTS:
        return fault.breaks == "identities" and (ending.place < 0 or ending.is_misleading or ending.in_mart)
    return bool(fault.rules) and not ending.caught_by


def main() -> int:
    """Write the trials, run the warehouse, judge."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--size", type=int, default=120, help="trials of every fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write the page to {PAGE.name}")
    parser.add_argument("--missed", type=Path, metavar="FILE", help="list here what was missed, a JSON object a line")
    options = parser.parse_args()
    console = Console()
    documents = os.environ.get("GONGKAI_DOCUMENTS")
    real = real_reports(Path(documents)) if documents else []
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gongkai-faults-") as name:
        folder = Path(name)
        trials = write_trials(options.size, options.seed, real, folder / "input")
        run_gongkai("run", "--input", folder / "input", "--warehouse", folder / "warehouse")
        endings = read_endings(folder / "warehouse", trials)
        ((reports,),) = query(folder / "warehouse", "select count(*) from marts.dim_report")
    page = page_of(endings, options.seed, reports, len(real))
    console.print(page, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(endings)} trials in {time.perf_counter() - started:.0f} s, {len(real)} real reports")
    if options.missed:
        options.missed.write_bytes(b"".join(msgspec.json.encode(e) + b"\n" for e in endings if is_missed(e)))
    if options.write:
        PAGE.write_text(page, encoding="utf-8")
    return 0 if all(is_met for _, is_met in targets(endings)) else 1


if __name__ == "__main__":
    sys.exit(main())
