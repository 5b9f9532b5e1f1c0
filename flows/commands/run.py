"""`gongkai run`: documents to mart."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from flows.commands.failures import failures_explained
from flows.commands.fetch import print_fetched
from flows.commands.mart import (
    count_decisions,
    count_documents,
    count_findings,
    count_tables,
    list_statuses,
    open_live_mart,
)
from flows.commands.options import DEFAULT_WAREHOUSE, LedgerFile, WarehouseFolder, existing_paths
from flows.commands.terminal import messages, output, print_table
from flows.declarations import load_declarations
from flows.environment import prepare_environment
from flows.log_file import beginning_logged
from flows.novelty import find_nothing_new, holds_only, read_documents
from flows.prefect_server import find_served_api, start_server, wait_for_served
from flows.progress import show_progress
from flows.unread import find_unread
from pipelines.capture import find_files
from pipelines.decisions import default_ledger, read_ledger
from pipelines.decisions.used import check_used
from pipelines.garbage import rare_garbage_collection
from pipelines.publishing import WriterBusyError, list_versions, writer_lock
from pipelines.publishing.lock import find_holder
from pipelines.warehouse import Warehouse

if TYPE_CHECKING:
    from flows.outcome import RunOutcome

DEFAULT_INPUT = Path("samples/documents")
LISTED = 20
EXAMPLES = """Examples:

gongkai run

gongkai run --input reports/ --input more.jsonl.gz

gongkai run --input report.html --warehouse /srv/gongkai

gongkai run --inbox /srv/inbox --warehouse /srv/gongkai

gongkai run --urls bodies.csv --inbox /srv/inbox

gongkai run --archived --wait 600

gongkai run --input more.jsonl.gz --full"""

InputPaths = Annotated[
    list[Path] | None,
    typer.Option(
        "--input",
        metavar="PATH",
        help="A document, raw extracted JSON, a JSONL(.gz) shard, or a folder of them; may be repeated.",
        show_default=f"what is archived and not read; {DEFAULT_INPUT}, if the warehouse holds nothing else",
    ),
]
InboxFolder = Annotated[
    Path | None,
    typer.Option(
        "--inbox",
        metavar="DIR",
        help="Take the files that were handed over in this folder; they move to done/ or rejected/ in it.",
        exists=True,
        file_okay=False,
    ),
]
UrlList = Annotated[
    Path | None,
    typer.Option(
        "--urls",
        metavar="LIST",
        help="Fetch the addresses of this list first; see `gongkai fetch --help`.",
        exists=True,
        dir_okay=False,
    ),
]
Archived = Annotated[
    bool, typer.Option("--archived", help="Take every document of the archive again, for this code to read it anew.")
]


Wait = Annotated[
    float,
    typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait while another run is writing."),
]
AcceptChanges = Annotated[
    str | None,
    typer.Option(
        "--accept-changes",
        metavar="REASON",
        help="Publish though figures change for which no document and no decision is new; the reason is kept.",
    ),
]
Full = Annotated[
    bool, typer.Option("--full", help="Build the whole mart anew, also what has not changed since the live version.")
]


@dataclass(frozen=True)
class _Sources:
    """Where a run takes documents and decisions from."""

    inputs: list[Path]
    inbox: Path | None
    urls: Path | None
    archived: bool
    ledger: Path


@dataclass(frozen=True)
class _Manner:
    """How a run builds and publishes."""

    accept_changes: str | None
    wait: float
    full: bool


def run(
    inputs: InputPaths = None,
    inbox: InboxFolder = None,
    urls: UrlList = None,
    archived: Archived = False,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    accept_changes: AcceptChanges = None,
    ledger: LedgerFile = None,
    wait: Wait = 0,
    full: Full = False,
) -> None:
    """Take documents in and publish the mart: capture, extract, load, model, a contract after each layer, publish.

    A warehouse accumulates: what it holds already is not read again, and only what changed is built anew. Nothing is
    published when a contract is red. What people decided is taken from the ledger; a ledger that has
    grown makes a new version.
    """
    if accept_changes is not None and not accept_changes.strip():
        raise typer.BadParameter("Changes are accepted for a reason: --accept-changes REASON, or leave the option out.")
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        load_declarations()
        given = inputs or []
        if not (inputs or inbox or urls or archived):
            given, archived = _default_inputs(folder, wait)
            _check_samples(given)
        paths = existing_paths(given, "a document, raw extracted JSON, a shard or a folder")
        decisions = read_ledger(ledger or default_ledger())  # a broken line is told before anything starts
        if folder.database.exists():
            check_used(decisions, folder)  # so is another ledger, which the load would refuse
        with show_progress(messages):
            known = None if urls or archived or full else find_nothing_new(folder, paths, inbox, decisions, wait)
        if known is None:
            manner = _Manner(accept_changes, wait, full)
            outcome = _run_flow(folder, _Sources(paths, inbox, urls, archived, decisions.path), manner)
            _print_outcome(outcome)
        else:
            extractions = f" and {known.extractions:,} extractions" if known.extractions else ""
            output.print(f"This run: {known.documents:,} documents{extractions} given, all of them known")
        if known is not None or outcome.version is None:
            output.print("Nothing new: no contract was evaluated, nothing was published, the live version stays.")
        _print_warehouse(folder)


def _default_inputs(folder: Warehouse, wait: float) -> tuple[list[Path], bool]:
    """The samples; or whether the archive is to be read, which holds documents that the warehouse does not.

    Nothing, if the warehouse holds anything else than samples, beside which invented figures may never stand.
    """
    if not (folder.database.exists() or folder.archive.exists()):
        is_new, unread = not folder.current.is_symlink(), 0
    else:
        names = [name for _, name in find_files(DEFAULT_INPUT)] if DEFAULT_INPUT.exists() else []
        with writer_lock(folder, wait_seconds=wait):
            is_new = holds_only(folder, names) and (folder.database.exists() or not folder.current.is_symlink())
            lines = find_unread(folder, read_documents(folder))
        samples = names if is_new else []  # which a run that was stopped has archived are given again
        unread = sum(line.fetch is not None or line.source_uri not in samples for line in lines)
    if unread:
        messages.print(f"No input was named: the archive is read, {unread:,} documents of it have not been read yet.")
    elif not is_new:
        messages.print("No input was named: what the warehouse holds is built, if it is not published already.")
    return ([DEFAULT_INPUT], False) if is_new and not unread else ([], bool(unread))


def _check_samples(given: list[Path]) -> None:
    """What a run takes that was given nothing lies in the project's folder only.

    Raises:
        typer.BadParameter: this is another folder.
    """
    if given and not DEFAULT_INPUT.exists():
        raise typer.BadParameter(
            f"No input was named, and there are no samples, which a run takes then: {Path.cwd()} has no "
            f"{DEFAULT_INPUT}, which lies in the project's folder. Name what to take with --input, --inbox, --urls or "
            "--archived, or run it there."
        )


def _run_flow(folder: Warehouse, sources: _Sources, manner: _Manner) -> "RunOutcome":
    if not manner.wait and (holder := find_holder(folder.lock)):
        raise WriterBusyError(folder, holder)  # at once, not after Prefect has started
    prepare_environment(folder)
    if not os.environ.get("PREFECT_API_URL"):
        served = find_served_api(folder)  # its history is the same; two servers would share one file
        if served and wait_for_served(folder, served, lambda line: messages.print(escape(line))):
            os.environ["PREFECT_API_URL"] = served
    server = None if os.environ.get("PREFECT_API_URL") else start_server(folder.prefect_home)
    named = filter(None, (*sources.inputs, sources.inbox, sources.urls, "archive" if sources.archived else None))
    with show_progress(messages), rare_garbage_collection():
        with beginning_logged(folder, [str(source) for source in named]):
            # While the server starts, this process imports what the steps need and parses the models.
            from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

            from flows.dbt import parse_models
            from flows.warehouse import run_warehouse

            if not manner.wait:  # else another run may be parsing them
                parse_models(folder)
            if server is not None:
                server.wait_until_ready()
        # A server of this run's own ends with it: no heartbeat would tell it that the run is gone.
        settings = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None} if server is not None else {}
        with temporary_settings(settings):
            return run_warehouse(
                inputs=[str(path) for path in sources.inputs],
                warehouse=str(folder.root),
                accept_changes=manner.accept_changes,
                inbox=str(sources.inbox) if sources.inbox else None,
                urls=str(sources.urls) if sources.urls else None,
                archived=sources.archived,
                ledger=str(sources.ledger),
                lock_wait_seconds=manner.wait,
                whole=manner.full,
            )


def _print_inbox(outcome: "RunOutcome") -> None:
    """What went out of the inbox and what stays in it, the files that could not be read by name."""
    if outcome.receipts:
        fates = Counter(receipt.fate for receipt in outcome.receipts)
        output.print(f"Inbox: {fates['done']:,} files done, {fates['rejected']:,} rejected")
    bad = [receipt for receipt in outcome.receipts if receipt.fate == "rejected"]
    rows = [(receipt.moved_to, receipt.detail or receipt.documents[0].reason) for receipt in bad[:LISTED]]
    rows += [("…", f"{len(bad) - LISTED:,} more; receipts/ in the inbox has all")] if len(bad) > LISTED else []
    if rows:
        print_table("Rejected files", ("file", "reason"), rows)
    if outcome.left:
        reasons = Counter(left.reason for left in outcome.left)
        listed = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
        output.print(f"Left in the inbox for a later run: {listed}")


def _print_outcome(outcome: "RunOutcome") -> None:
    loaded = outcome.loaded
    reasons = "".join(f", {count:,} rejected ({escape(reason)})" for reason, count in sorted(loaded.rejected.items()))
    superseded = f", {loaded.superseded_in_batch:,} superseded in the batch" if loaded.superseded_in_batch else ""
    output.print(
        f"This run: {outcome.captured:,} documents given, {loaded.payloads:,} extractions loaded: "
        f"{loaded.inserted:,} new, {loaded.updated:,} changed, {loaded.unchanged:,} unchanged{reasons}{superseded}"
    )
    if outcome.fetched is not None:
        print_fetched(outcome.fetched)
    _print_inbox(outcome)


def _print_warehouse(folder: Warehouse) -> None:
    if not list_versions(folder):
        return
    with open_live_mart(folder) as mart:
        read, rejected, reports = count_documents(mart)
        tables = count_tables(mart)
        findings = count_findings(mart)
        decisions = count_decisions(mart)
    output.print(
        f"Warehouse: {read:,} documents read with {reports:,} reports, {rejected:,} rejected; {findings:,} findings"
    )
    if decisions:
        counted = ", ".join(f"{count:,} {state}" for state, count in decisions.items())
        output.print(f"Decisions: {counted}")
    if "expired" in decisions:
        messages.print(
            "Expired decisions are not applied: what they were about has changed. `gongkai decisions` lists them."
        )
    statuses = list_statuses(tables)
    rows = [(table, *(counts.get(status, 0) for status in statuses)) for table, counts in tables.items()]
    print_table("Reports by table and status", ("table", *statuses), rows)
    output.print(f"Mart: {folder.live_mart}")
