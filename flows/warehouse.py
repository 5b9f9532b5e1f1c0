"""The flow: documents to the mart that BI reads, with a contract after each layer. `gongkai run` runs it."""

from pathlib import Path

from prefect import flow

from flows.outcome import RunOutcome
from flows.steps import Run, build_layer, capture, check_layer, extract, is_published, load, publish_mart
from pipelines.publishing import start_build, writer_lock
from pipelines.warehouse import Warehouse, new_run_id


@flow(name="warehouse", flow_run_name="warehouse {warehouse}")
def run_warehouse(inputs: list[str], warehouse: str = ".warehouse", accept_changes: str | None = None) -> RunOutcome:
    """Take documents and raw extracted JSON into a warehouse and publish its mart.

    Args:
        inputs: documents, raw extracted JSON, JSONL shards, or folders of them.
        warehouse: the warehouse's folder.
        accept_changes: why published figures may change without a new document or decision; kept with the version.

    Raises:
        CaptureError: an input does not exist or holds nothing.
        DamagedShardError: a compressed shard is cut off.
        LostInputError: a document or payload was lost on the way; nothing is published.
        WriterBusyError: another run is writing.
        RedContractError: a layer's contract is red; nothing is published.
        DbtFailedError: a model failed; nothing is published.
        PublicationRefusedError: the mart is not fit to be read; nothing is published.
    """
    run = Run(Warehouse(Path(warehouse)), new_run_id())
    with writer_lock(run.warehouse, run.id):
        captured = capture(run, [Path(path) for path in inputs])
        handed_over = extract(run, captured)
        loaded = load(run, captured, handed_over)
        if is_published(run.warehouse):
            return RunOutcome(run.id, len(captured.documents), loaded, version=None)
        documents = handed_over.payloads - loaded.not_written
        start_build(run.warehouse, run.id)
        raw = check_layer(run, "raw", documents)
        build_layer(run, "staging")
        staging = check_layer(run, "staging", documents)
        build_layer(run, "facts")
        facts = check_layer(run, "facts", documents)
        build_layer(run, "marts")
        marts = check_layer(run, "marts", documents)
        version = publish_mart(run, [raw, staging, facts, marts], accept_changes)
        return RunOutcome(run.id, len(captured.documents), loaded, version)
