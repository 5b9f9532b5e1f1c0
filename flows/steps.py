"""The steps of a run as Prefect's tasks: thin wrappers over packages that know nothing of Prefect.

No step is retried: all read local files and give the same result again, so a second attempt could only hide why the
first one failed. None is cached by Prefect: what is already there is found in the archive and in the warehouse.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from contracts.layers.results import LayerReport, RunExpectation
from flows.conservation import check_decisions, check_documents, check_extracted, check_loaded
from flows.contract_report import render_contract
from flows.contract_steps import Layer, evaluate_layer
from flows.dbt import run_dbt
from flows.log_file import LOGGER
from flows.novelty import select_unread
from flows.progress import step_progress
from flows.runs import Captured, Handover, Run
from flows.version_report import report_version
from flows.warehouse_errors import AfterPublicationError, RedContractError
from pipelines.capture import CaptureError, Document, RawShard
from pipelines.capture import capture as capture_inputs
from pipelines.changes import find_changes, remember_built, widen_changes
from pipelines.decisions import Ledger
from pipelines.decisions.records import load_decisions
from pipelines.extract.batch import extract_documents
from pipelines.extract.store import ExtractionStore
from pipelines.limits import read_limits
from pipelines.load import LoadResult, load_raw
from pipelines.publishing import Version, describe_inputs, live_id, publish, start_build
from pipelines.validation.chunks import count_payloads

WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")  # they test the models, not the data: `make test`
STAGING = ("path:models/staging", "--indirect-selection", "buildable")
DBT_COMMANDS: dict[Layer, tuple[str, ...]] = {
    "staging": ("build", "--select", "resource_type:seed", *STAGING, *WITHOUT_UNIT_TESTS),
    "facts": ("build", "--selector", "facts", *WITHOUT_UNIT_TESTS),  # dbt ignores --exclude beside --selector
    "marts": ("build", "--selector", "marts", *WITHOUT_UNIT_TESTS),
}
ONLY_TOUCHED = ("--vars", "only_touched: true")
TOUCHED_COMMANDS: dict[Layer, tuple[str, ...]] = {  # what the declared form alone makes is there already
    "staging": ("build", "--select", *STAGING, *WITHOUT_UNIT_TESTS, *ONLY_TOUCHED),
    "facts": ("build", "--selector", "touched_facts", *WITHOUT_UNIT_TESTS, *ONLY_TOUCHED),
    "marts": ("build", "--selector", "touched_marts", *WITHOUT_UNIT_TESTS, *ONLY_TOUCHED),
}

logger = logging.getLogger(f"{LOGGER}.extract")


@task(name="capture", task_run_name="capture", cache_policy=NO_CACHE)
def capture(run: Run, inputs: Sequence[Path]) -> Captured:
    """Put the documents of the inputs into the archive, name the shards among them and count their payloads.

    Raises:
        CaptureError: an input does not exist, or all of them together hold nothing.
        DamagedShardError: a compressed shard is cut off.
    """
    documents: list[Document] = []
    shards: list[Path] = []
    with step_progress("Capture") as advance:
        for item in capture_inputs(inputs, run.warehouse.archive):
            if isinstance(item, RawShard):
                shards.append(item.path)
            else:
                documents.append(item)
            advance(1)
        payloads = sum(count_payloads(shard) for shard in shards)
    if not documents and not payloads:
        named = ", ".join(str(path) for path in inputs)
        raise CaptureError(f"{named} holds nothing: no document, and no line of raw extracted JSON. Name other inputs.")
    return Captured(documents, shards, payloads)


@task(name="extract", task_run_name="extract", cache_policy=NO_CACHE)
def extract(run: Run, captured: Captured) -> Handover:
    """Extract the documents that the warehouse does not hold yet, a file for each, before the shards given.

    What an earlier run extracted, also one that was killed, is taken from the store and not read again.

    Raises:
        LostInputError: a document has no extraction.
    """
    limits = read_limits()
    store = ExtractionStore(run.warehouse.extracted, limits)
    unread = select_unread(run.warehouse, captured.documents, store)
    if not unread:
        return Handover(captured.shards, captured.payloads)
    with step_progress("Extract", total=len(unread)) as advance:
        for extracted in extract_documents(unread, store, limits):
            document, fate = extracted.document, extracted.fate
            fields = {"document": document.sha256, "source_uri": document.source_uri, "fate": fate}
            logger.info("document %s", fate, extra=fields)
            advance(1)
    check_extracted(len(unread), sum(map(store.holds, unread)))
    return Handover([*map(store.path_of, unread), *captured.shards], len(unread) + captured.payloads)


@task(name="load", task_run_name="load", cache_policy=NO_CACHE)
def load(run: Run, captured: Captured, handed_over: Handover, ledger: Ledger) -> LoadResult:
    """Validate raw extracted JSON and merge it into the raw tables, and the ledger of decisions beside it.

    Raises:
        LedgerError: the ledger lacks decisions that the warehouse has used.
        LostInputError: the raw tables do not account for every payload, every captured document and every decision.
    """
    with step_progress("Load") as advance:
        loaded = load_raw(handed_over.shards, run.warehouse.root, run.id, advance)
    logger.info("loaded", extra={"event": "loaded", "counts": loaded})
    check_loaded(handed_over.payloads, loaded)
    check_documents(run.warehouse, (document.sha256 for document in captured.documents))
    load_decisions(ledger, run.warehouse.root)
    check_decisions(run.warehouse, ledger)
    return loaded


@task(name="prepare", task_run_name="prepare", cache_policy=NO_CACHE)
def prepare_build(run: Run, *, whole: bool = False) -> Run:
    """Find what changed since the live version and begin the mart: as a copy of that one, or empty.

    Returns:
        The run, which knows whether it builds everything anew; it does where `whole` asks for it.
    """
    with step_progress("Prepare"):
        live = find_changes(run.warehouse, whole=whole)
        start_build(run.warehouse, run.id, live)
    return replace(run, is_whole=live is None)


@task(name="contract", task_run_name="contract {layer}", cache_policy=NO_CACHE)
def check_layer(run: Run, layer: Layer, documents: int) -> LayerReport:
    """Evaluate a layer's contract, record its results and show them as an artifact.

    `documents` is how many documents of this run the raw tables must hold.

    Raises:
        RedContractError: the contract is red.
    """
    with step_progress(f"Contract {layer}"):
        expectation = RunExpectation(run.id, documents, run.is_whole)
        report = evaluate_layer(run.warehouse, run.mart, layer, expectation)
    create_markdown_artifact(render_contract(report), key=f"contract-{layer}", description=f"Contract of {layer}")
    if report.is_red:
        raise RedContractError(report)
    return report


@task(name="dbt", task_run_name="dbt {layer}", cache_policy=NO_CACHE)
def build_layer(run: Run, layer: Layer) -> None:
    """Build a layer's models and test their keys.

    Raises:
        DbtFailedError: a model or a test failed.
    """
    commands = DBT_COMMANDS if run.is_whole else TOUCHED_COMMANDS
    with step_progress(f"Build {layer}"):
        run_dbt(commands[layer], run.warehouse)
        if layer == "staging" and not run.is_whole:
            widen_changes(run.warehouse)


@task(name="publish", task_run_name="publish", cache_policy=NO_CACHE)
def publish_mart(run: Run, reports: Sequence[LayerReport], accepted_changes: str | None = None) -> Version:
    """Audit the mart, make it the live version and show what it changes as an artifact.

    `accepted_changes` is why published figures may change without a new document or decision.

    Raises:
        PublicationRefusedError: the mart is not fit to be read.
        AfterPublicationError: the version is live, and a step after that failed.
    """
    touched = None if run.is_whole else run.warehouse.database
    step = "ending the publication"
    try:
        with step_progress("Publish"):
            with duckdb.connect(run.warehouse.database, read_only=True) as connection:
                inputs = describe_inputs(connection)
            version = publish(
                run.warehouse,
                run.id,
                inputs=inputs,
                contracts=reports,
                accepted_changes=accepted_changes,
                touched=touched,
            )
            step = "remembering what was built"
            remember_built(run.warehouse, version)
        step = "showing what the version changes"
        report_version(run.warehouse, version)
    except Exception as error:
        if live_id(run.warehouse) != run.id:
            raise
        raise AfterPublicationError(run.id, step, error) from error
    return version
