"""`gongkai status`: what is live, what ran, who writes, what is left to do."""

from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.markup import escape

from flows.commands.failures import failures_explained
from flows.commands.mart import count_documents, count_tables, list_statuses, open_live_mart
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, LedgerFile, WarehouseFolder
from flows.commands.terminal import output, print_json, print_table
from flows.status import SHOWN_RUNS, LiveVersion, Status, read_status
from pipelines.publishing import live_version
from pipelines.publishing.lock import describe_holder
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai status

gongkai status --warehouse /srv/gongkai

gongkai status --inbox /srv/inbox --ledger decisions.jsonl

gongkai status --json | jq .pending"""
MEGABYTE = 2**20

Inbox = Annotated[
    Path | None,
    typer.Option(
        "--inbox",
        metavar="DIR",
        help="Count the files that wait in this folder.",
        show_default="that of the served schedule",
        exists=True,
        file_okay=False,
    ),
]


def status(
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    ledger: LedgerFile = None,
    inbox: Inbox = None,
    as_json: AsJson = False,
) -> None:
    """Show the live version, the last runs, who writes, the queue, the ledger, what is left to do, and the disk."""
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        found = read_status(folder, ledger=ledger, inbox=inbox)
        if as_json:
            print_json(found)
            return
        if found.live is None:
            output.print("Live:       nothing has been published: publish with `gongkai run`")
        else:
            _print_live(found.live, folder)
        _print_operation(found)


def _print_live(live: LiveVersion, folder: Warehouse) -> None:
    rolled_back = "" if live.is_newest else "; rolled back, a newer one is kept"
    output.print(f"Live:       version {live.version}, one of {live.kept} kept{rolled_back}")
    output.print(f"Published:  {live.published_at}")
    output.print(f"Mart:       {folder.live_mart} ({live.mart_bytes / MEGABYTE:.1f} MB)")
    try:
        with open_live_mart(folder) as connection:
            read, rejected, reports = count_documents(connection)
            tables = count_tables(connection)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        output.print(f"            cannot be read: {reason}. See `gongkai doctor`.", markup=False)
        return
    contracts = live_version(folder).manifest.contracts
    checks = sum(len(report.results) for report in contracts)
    output.print(f"Documents:  {read:,} read with {reports:,} reports, {rejected:,} rejected")
    output.print(f"Contracts:  {checks} checks in {len(contracts)} layers, none red")
    statuses = list_statuses(tables)
    rows = [(table, *(counts.get(name, 0) for name in statuses)) for table, counts in tables.items()]
    print_table("Reports by table and status", ("table", *statuses), rows)


def _print_operation(found: Status) -> None:
    output.print(f"Writer:     {describe_holder(found.writer) if found.writer else 'nobody writes'}")
    output.print(f"Schedules:  {f'served at {found.served_at}' if found.served_at else 'not served (`gongkai serve`)'}")
    for run in found.queue[:SHOWN_RUNS]:
        output.print(f"Queued:     {run.deployment or run.name}: {run.state.lower()}, {run.expected}")
    ledger = found.ledger
    counted = f"{ledger.decisions:,} decisions, {ledger.published:,} of them in the newest version"
    if ledger.problem:
        counted = f"not fit for a run; the newest version was made with {ledger.published:,} decisions"
    output.print(f"Ledger:     {escape(ledger.file)} ({counted})")
    if ledger.problem:
        output.print(f"            {escape(ledger.problem)}")
    output.print(f"Pending:    {'; '.join(found.pending) or 'nothing'}")
    largest = ", ".join(f"{name} {size / MEGABYTE:,.1f} MB" for name, size in list(found.used.items())[:4])
    output.print(
        f"Disk:       {sum(found.used.values()) / MEGABYTE:,.1f} MB used ({largest or 'nothing'}), "
        f"{found.free / MEGABYTE / 1024:,.1f} GB free"
    )
    rows = [
        (run.run_id, run.begun, run.outcome, "" if run.seconds is None else f"{run.seconds:.1f}", run.detail)
        for run in found.runs
    ]
    if rows:
        print_table("Last runs", ("run", "begun (UTC)", "outcome", "seconds", "detail"), rows)
