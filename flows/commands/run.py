"""`gongkai run`: documents to mart."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from flows.commands.failures import failures_explained
from flows.commands.mart import count_documents, count_tables, open_live_mart, read_findings
from flows.commands.options import DEFAULT_WAREHOUSE, WarehouseFolder, existing_paths
from flows.commands.terminal import messages, output, print_table
from flows.environment import prepare_environment
from flows.prefect_server import start_server
from flows.progress import show_progress
from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse

if TYPE_CHECKING:
    from flows.outcome import RunOutcome

DEFAULT_INPUT = Path("samples/documents")
EXAMPLES = """Examples:

gongkai run

gongkai run --input reports/ --input more.jsonl.gz

gongkai run --input report.html --warehouse /srv/gongkai"""

InputPaths = Annotated[
    list[Path] | None,
    typer.Option(
        "--input",
        metavar="PATH",
        help="A document, raw extracted JSON, a JSONL(.gz) shard, or a folder of them; may be repeated.",
        show_default=str(DEFAULT_INPUT),
    ),
]


AcceptChanges = Annotated[
    str | None,
    typer.Option(
        "--accept-changes",
        metavar="REASON",
        help="Publish though figures change for which no document and no decision is new; the reason is kept.",
    ),
]


def run(
    inputs: InputPaths = None,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    accept_changes: AcceptChanges = None,
) -> None:
    """Take documents in and publish the mart: capture, extract, load, model, a contract after each layer, publish.

    A warehouse accumulates: what it holds already is not read again. Nothing is published when a contract is red.
    """
    paths = existing_paths(inputs or [DEFAULT_INPUT], "a document, raw extracted JSON, a shard or a folder")
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        outcome = _run_flow(paths, folder, accept_changes)
        _print_outcome(outcome, folder)


def _run_flow(paths: list[Path], folder: Warehouse, accept_changes: str | None) -> "RunOutcome":
    with writer_lock(folder, "start"):
        prepare_environment(folder)  # a warehouse in use is said to be so at once, not after Prefect has started
    server = None if os.environ.get("PREFECT_API_URL") else start_server(folder.prefect_home)
    with show_progress(messages):
        # While the server starts, this process imports what the steps need and parses the models.
        from flows.dbt import parse_models
        from flows.log_file import log_to_file
        from flows.warehouse import run_warehouse

        parse_models(folder)
        if server is not None:
            server.wait_until_ready()
        with log_to_file(folder):
            return run_warehouse([str(path) for path in paths], str(folder.root), accept_changes)


def _print_outcome(outcome: "RunOutcome", folder: Warehouse) -> None:
    loaded = outcome.loaded
    reasons = "".join(f", {count:,} rejected ({escape(reason)})" for reason, count in sorted(loaded.rejected.items()))
    superseded = f", {loaded.superseded_in_batch:,} superseded in the batch" if loaded.superseded_in_batch else ""
    output.print(
        f"This run: {outcome.captured:,} documents given, {loaded.payloads:,} extractions loaded: "
        f"{loaded.inserted:,} new, {loaded.updated:,} changed, {loaded.unchanged:,} unchanged{reasons}{superseded}"
    )
    if outcome.version is None:
        output.print("No new input: no contract was evaluated, nothing was published, the live version stays.")
    with open_live_mart(folder) as mart:
        read, rejected, reports = count_documents(mart)
        tables = count_tables(mart)
        findings = sum(1 for _finding in read_findings(mart))
    output.print(
        f"Warehouse: {read:,} documents read with {reports:,} reports, {rejected:,} rejected; {findings:,} findings"
    )
    statuses = ("passed", "held", "not_assessed", "absent")
    rows = [(table, *(counts.get(status, 0) for status in statuses)) for table, counts in tables.items()]
    print_table("Reports by table and status", ("table", *statuses), rows)
    output.print(f"Mart: {folder.live_mart}")
