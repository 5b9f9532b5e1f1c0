"""The flow: documents to the mart that BI reads, with a contract after each layer. `gongkai run` runs it."""

from contextlib import nullcontext
from pathlib import Path

from prefect import flow

from flows.capture_steps import TakenInbox, capture_archive, fetch, join_captured, settle_inbox, take_inbox
from flows.declarations import load_declarations
from flows.explain_step import explain
from flows.fetching import FetchedList
from flows.notifications import tell_failure
from flows.novelty import has_nothing_to_build
from flows.outcome import RunOutcome
from flows.running import alone_in
from flows.runs import Captured, Handover, Run
from flows.steps import build_layer, capture, check_layer, extract, load, prepare_build, publish_mart
from flows.warehouse_errors import NothingFetchedError
from pipelines.capture import CaptureError
from pipelines.decisions import default_ledger, read_ledger
from pipelines.inbox import open_inbox
from pipelines.load import LoadResult
from pipelines.publishing import Version
from pipelines.warehouse import Warehouse


@flow(name="warehouse", flow_run_name="warehouse {warehouse}", on_failure=[tell_failure], on_crashed=[tell_failure])
def run_warehouse(
    inputs: list[str] | None = None,
    warehouse: str = ".warehouse",
    accept_changes: str | None = None,
    inbox: str | None = None,
    urls: str | None = None,
    archived: bool = False,
    ledger: str | None = None,
    lock_wait_seconds: float = 0,
    whole: bool = False,
    keep_rollback: bool = False,
) -> RunOutcome:
    """Take documents and raw extracted JSON into a warehouse and publish its mart.

    Args:
        inputs: documents, raw extracted JSON, JSONL shards, or folders of them; they stay where they are.
        warehouse: the warehouse's folder.
        accept_changes: why published figures may change without a new document or decision; kept with the version.
        inbox: a folder whose files go to `done` or `rejected` in it once the warehouse holds them; it may be empty.
        urls: a list of addresses to fetch; those that fail are listed and do not stop the run.
        archived: take every document of the archive again, so that this code reads what another code has read.
        ledger: the ledger of decisions; by default what `GONGKAI_LEDGER` names, else `decisions.jsonl` in this folder.
        lock_wait_seconds: how long to wait for another run that is writing.
        whole: build everything anew, also what has not changed.
        keep_rollback: do not do so without new input while another version than the newest is live.

    Raises:
        CaptureError: nothing to take from is named and nothing was published, or an input is not there or is empty.
        UrlListError: the list of addresses cannot be used.
        NothingFetchedError: no address of the list gave a document, and the run was given nothing else.
        InboxError: the inbox cannot be used.
        DamagedShardError: a compressed shard among the inputs is cut off.
        DeclarationError: something declared cannot be used; nothing was captured.
        LedgerError: the ledger has a broken line, or lacks decisions that the warehouse has used.
        LostInputError: a document or payload was lost on the way; nothing is published.
        WriterBusyError: another run is writing.
        RedContractError: a layer's contract is red; nothing is published.
        DbtFailedError: a model failed; nothing is published.
        PublicationRefusedError: the mart is not fit to be read; nothing is published.
        AfterPublicationError: the new version is live, and a step after that failed.
    """
    load_declarations()
    sources = name_sources(Warehouse(Path(warehouse)), inputs, inbox, urls, archived=archived)
    decisions = read_ledger(Path(ledger) if ledger else default_ledger())
    with (
        alone_in(Warehouse(Path(warehouse)), sources, lock_wait_seconds) as (run, last_line),
        open_inbox(Path(inbox)) if inbox else nullcontext() as box,
    ):
        fetched = fetch(run, Path(urls)) if urls else None
        if urls and fetched and fetched.is_fruitless and not (inputs or inbox or archived):
            raise NothingFetchedError(Path(urls), fetched)
        taken = take_inbox(run, box) if box else TakenInbox()
        captured = capture_all(run, inputs, fetched, taken, archived=archived)
        handed_over = extract(run, captured)
        loaded = load(run, captured, handed_over, decisions)
        receipts = settle_inbox(run, box, taken) if box else []
        is_done = has_nothing_to_build(run.warehouse, whole=whole, keep_rollback=keep_rollback)
        version = None if is_done else build_version(run, handed_over, loaded, accept_changes, whole=whole)
        last_line |= {"counts": loaded, "version": version.id if version else None}
        return RunOutcome(run.id, len(captured.documents), loaded, version, receipts, taken.left, fetched)


def name_sources(
    warehouse: Warehouse, inputs: list[str] | None, inbox: str | None, urls: str | None, *, archived: bool
) -> list[str]:
    """What a run takes from, as its log names it; nothing, if it only builds what the warehouse holds.

    Raises:
        CaptureError: it is given nothing, and nothing was ever published.
    """
    sources = [*(inputs or ()), *filter(None, (inbox, urls, "archive" if archived else None))]
    if not sources and not warehouse.current.is_symlink():
        raise CaptureError(
            "The run was given nothing to take from. Name inputs, an inbox, a list of addresses, or the archive itself."
        )
    return sources


def capture_all(
    run: Run, inputs: list[str] | None, fetched: FetchedList | None, taken: TakenInbox, *, archived: bool
) -> Captured:
    """What a run takes in, from all that it was given."""
    parts = [
        *([Captured(fetched.documents, [], 0)] if fetched else []),
        *([capture(run, [Path(path) for path in inputs])] if inputs else []),
        *([capture_archive(run)] if archived else []),
        taken.captured,
    ]
    return join_captured(parts)


def build_version(
    run: Run, handed_over: Handover, loaded: LoadResult, accept_changes: str | None, *, whole: bool
) -> Version:
    """The layers one after the other, each with its contract, and their publication."""
    documents = handed_over.payloads - loaded.not_written
    run = prepare_build(run, whole=whole)
    raw = check_layer(run, "raw", documents)
    build_layer(run, "staging")
    staging = check_layer(run, "staging", documents)
    explain(run)
    build_layer(run, "facts")
    facts = check_layer(run, "facts", documents)
    build_layer(run, "marts")
    marts = check_layer(run, "marts", documents)
    return publish_mart(run, [raw, staging, facts, marts], accept_changes)
