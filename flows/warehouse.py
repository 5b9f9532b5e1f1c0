"""The flow: documents to the mart that BI reads, with a contract after each layer. `gongkai run` runs it."""

from pathlib import Path

from prefect import flow

from flows.inputs import find_inputs
from flows.outcome import RunOutcome
from flows.steps import Run, build_layer, check_layer, is_published, load, publish_mart
from pipelines.publishing import start_build, writer_lock
from pipelines.warehouse import Warehouse, new_run_id


@flow(name="warehouse", flow_run_name="warehouse {warehouse}")
def run_warehouse(inputs: list[str], warehouse: str = ".warehouse") -> RunOutcome:
    """Take documents and raw extracted JSON into a warehouse and publish its mart.

    Args:
        inputs: documents, raw extracted JSON, JSONL shards, or folders of them.
        warehouse: the warehouse's folder.

    Raises:
        NoInputError: an input does not exist.
        WriterBusyError: another run is writing.
        RedContractError: a layer's contract is red; nothing is published.
        DbtFailedError: a model failed; nothing is published.
        PublicationRefusedError: the mart is not fit to be read; nothing is published.
    """
    found = find_inputs(Path(path) for path in inputs)
    run = Run(Warehouse(Path(warehouse)), new_run_id())
    with writer_lock(run.warehouse, run.id):
        loaded = load(run, found.payloads)
        if is_published(run.warehouse):
            return RunOutcome(run.id, loaded, version=None)
        start_build(run.warehouse, run.id)
        raw = check_layer(run, "raw", loaded)
        build_layer(run, "staging")
        staging = check_layer(run, "staging", loaded)
        build_layer(run, "facts")
        facts = check_layer(run, "facts", loaded)
        build_layer(run, "marts")
        marts = check_layer(run, "marts", loaded)
        return RunOutcome(run.id, loaded, publish_mart(run, [raw, staging, facts, marts]))
