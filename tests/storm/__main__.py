"""`python -m tests.storm`: kill hundreds of runs, write what came of it to docs/reliability.md."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from flows.environment import prepare_environment
from flows.prefect_server import start_server
from pipelines.warehouse import Warehouse
from tests.storm.deliveries import Inbox
from tests.storm.storm import READERS, STAGES, Storm, Tally

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "reliability.md"


def describe_code() -> str:
    """The commit that was measured."""
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def render(tally: Tally, seed: int, code: str) -> str:
    """The page."""
    seen = tally.seen
    figures = [
        ("processes started", tally.processes),
        ("runs killed", tally.kills.total()),
        ("runs that ended", tally.completed),
        ("documents delivered", tally.documents),
        ("states compared with what was delivered", tally.states),
        ("reads of the live mart", seen.reads),
        ("inconsistent reads", seen.inconsistent),
        ("backward versions", seen.backward),
        ("lost reports", tally.lost),
        ("doubled reports", tally.doubled),
        ("altered figures", tally.altered),
        ("runs that failed, files astray, damage at the end", len(tally.failures)),
    ]
    rows = "\n".join(f"| {name} | {value:,} |" for name, value in figures)
    stages = "\n".join(f"| {stage} | {tally.kills[stage]} |" for stage in STAGES)
    return f"""# Reliability

`make storm` runs the warehouse again and again and kills its process with SIGKILL at a random instant of a stage, the
stages before dbt three times as often as the later ones. Before each run something is put into the inbox: reports of
new bodies as text and as raw extracted JSON, reports that do not add up, later the same documents read rightly,
revisions. {READERS} readers open the live mart all the time, compare every table with the version's manifest and the
facts with the marts, and note a version older than the one before.

After every kill and every run that ends, exactly one version must be live, its mart must hold, body by body, what the
last run published or all that was delivered since, and every file must lie in the inbox's folders once. A version that
was finished when its run was killed may go live as the next run begins; after a run that ends all must be there. At the
end one run in peace must publish everything; then every archived document and kept version is hashed again, all
contracts are evaluated again, and the raw tables are counted.

Measured {datetime.now(UTC):%Y-%m-%d} on commit {code}, seed {seed}, {os.cpu_count()} cores, {platform.system()},
Python {platform.python_version()}, in {tally.seconds / 60:.0f} minutes:

| what | count |
|---|--:|
{rows}

| killed in stage | runs |
|---|--:|
{stages}

`Load` is the validation and staging before dlt, `Sweep` the deletion of what was replaced, `Go live` the instants
around the link that moves. The single instants at which a load can be killed have tests of their own in `make test`
(`tests/load/test_interrupted_load.py`), so have the faults of disk, file, permission and clock
(`tests/flows/test_faults.py`).
"""


def main() -> int:
    """Rage, print, write; exit code 1 if anything was lost, doubled, altered, inconsistent or failed."""
    parser = argparse.ArgumentParser(prog="make storm", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=24 * 3600.0, help="stop earlier after so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    console = Console()
    code = describe_code()
    with tempfile.TemporaryDirectory(prefix="gongkai-storm-") as name:
        folder = Path(name)
        warehouse = Warehouse(folder / "warehouse")
        prepare_environment(warehouse)
        server = start_server(warehouse.prefect_home)
        server.wait_until_ready()
        storm = Storm(warehouse, Inbox(folder / "inbox"), server.api_url, options.seed)

        def report(tally: Tally) -> None:
            wrong = (
                f"{tally.lost} lost, {tally.doubled} doubled, {tally.altered} altered, {len(tally.failures)} failures"
            )
            console.print(
                f"{tally.seconds:,.0f} s: {tally.kills.total()} kills, {tally.completed} runs ended, {wrong}"
                f"{escape(''.join(tally.failures[-1:]))}"
            )

        tally = storm.rage(options.kills, options.seconds, report)
    options.page.write_text(render(tally, options.seed, code), encoding="utf-8")
    console.print(render(tally, options.seed, code))
    for failure in (*tally.failures, *tally.seen.failures):
        console.print(failure)
    return 0 if tally.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
