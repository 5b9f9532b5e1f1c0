"""Staged Parquet files -> dlt -> the `raw` schema of the warehouse.

Two dlt packages: reports, claims, indicators and rejections first, `raw.documents` last. A document's row is thus
the commit record of its reports: it names the payload whose rows are current and how many reports there must be.
After a crash in between, rows stand in `raw` whose payload no document names (or a document whose payload has no
rows): the conservation check sees it, downstream ignores it, and the next load repeats the staged batch by merge.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
from dlt.common.data_types import TDataType
from dlt.common.pipeline import LoadInfo
from dlt.common.schema.typing import TColumnSchema, TDeleteInsertStrategyDict, TSchemaContractDict
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
from dlt.extract import DltResource

from contracts.raw_tables import MERGE_KEYS, RAW_TABLES
from pipelines.database import open_for_writing
from pipelines.load.damaged import set_damaged_state_aside
from pipelines.load.staging import MEMORY_LIMIT, WAREHOUSE_FILE, Disposition, LoadPlan, read_plan, remove_staged
from pipelines.raw_schema import LoadError, find_differences, read_raw_columns
from pipelines.sql_paths import quote

PIPELINE = "raw_load"
DATASET = "raw"
SETTINGS = {"runtime.dlthub_telemetry": False, "load.workers": 2, "load.delete_completed_jobs": True}
GROWING: TSchemaContractDict = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}
FROZEN: TSchemaContractDict = {"tables": "evolve", "columns": "freeze", "data_type": "freeze"}
MERGE: TDeleteInsertStrategyDict = {"disposition": "merge", "strategy": "delete-insert"}
DLT_TYPES: dict[pa.DataType, TDataType] = {
    pa.int64(): "bigint",
    pa.string(): "text",
    pa.bool_(): "bool",
    pa.timestamp("us", tz="UTC"): "timestamp",
}
REBUILD = (
    "Move the working database away and run `gongkai run --archived`, with raw extracted JSON as --input again: it is "
    "made anew from the archive. docs/operations.md, `Upgrade`, has the details."
)
logger = logging.getLogger(__name__)
_COMMITTED_LAST = "documents"
_SWEEP = {
    "reports": "payload_sha256 in (select payload_sha256 from read_parquet('{stale}'))",
    "claims": "payload_sha256 in (select payload_sha256 from read_parquet('{stale}'))",
    "legacy_indicators": "payload_sha256 in (select payload_sha256 from read_parquet('{stale}'))",
    "rejected_documents": "document_key in (select document_key from read_parquet('{cleared}'))",
}


def _columns(table: str) -> dict[str, TColumnSchema]:
    """The declared columns as dlt's.

    All are nullable to dlt: it would rewrite each staged file otherwise, whose columns Parquet calls optional. That
    none of the required ones is null is asserted when the file is staged.
    """
    return {
        field.name: {
            "name": field.name,
            "data_type": DLT_TYPES[field.type],
            "nullable": True,
            "merge_key": field.name == MERGE_KEYS[table],
        }
        for field in RAW_TABLES[table]
    }


def _empty(table: str) -> pa.Table:
    return pa.schema([field.with_nullable(True) for field in RAW_TABLES[table]]).empty_table()


def _resource(
    table: str, file: Path, rows: int, disposition: Disposition, contract: TSchemaContractDict = FROZEN
) -> DltResource:
    """A raw table's staged file, taken into the load package as it is; without rows the empty table is made."""

    def batches() -> Iterator[Any]:
        yield dlt.mark.with_file_import(str(file), "parquet", rows) if rows else _empty(table)

    return dlt.resource(
        batches(),
        name=table,
        columns=_columns(table),
        write_disposition=MERGE if disposition == "merge" else "append",
        schema_contract=contract,
    )


@contextmanager
def open_pipeline(warehouse: Path) -> Iterator[dlt.Pipeline]:
    """The dlt pipeline of a warehouse, whose database is open as long as the context lasts.

    Its working files lie in `<warehouse>/dlt`, its telemetry is off.
    """
    for setting, value in SETTINGS.items():
        dlt.config[setting] = value
    with open_for_writing(
        warehouse / WAREHOUSE_FILE, memory_limit=MEMORY_LIMIT, preserve_insertion_order=False
    ) as connection:
        credentials = DuckDbCredentials(connection)
        credentials.local_config = {"schema": "warehouse.main"}  # each of dlt's connections begins in that in memory
        credentials.pragmas = ["checkpoint_threshold='16MB'"]  # dlt's 1 GB writes a large batch to the log, then again
        yield dlt.pipeline(
            pipeline_name=PIPELINE,
            pipelines_dir=str(warehouse / "dlt"),
            destination=dlt.destinations.duckdb(credentials),
            dataset_name=DATASET,
        )


def check_raw_columns(warehouse: Path) -> None:
    """Assert that each raw table has exactly its declared columns and types.

    Raises:
        LoadError: a table is missing or has other columns; the message names them.
    """
    missing = sorted(set(RAW_TABLES) - set(read_raw_columns(warehouse / WAREHOUSE_FILE)))
    differing = [f"raw.{table} is missing" for table in missing]
    differing += [str(difference) for difference in find_differences(warehouse / WAREHOUSE_FILE)]
    if differing:
        raise LoadError(
            f"The warehouse holds other tables than this version of gongkai declares: {'; '.join(differing)}. {REBUILD}"
        )


def add_columns(warehouse: Path) -> bool:
    """Give the raw tables the columns that the declaration has since gained; returns whether there were any.

    They are empty in the rows that are there: what an earlier version loaded does not say what it did not know.

    Raises:
        LoadError: a table has other columns, or lacks one that no row may leave empty.
    """
    differences = find_differences(warehouse / WAREHOUSE_FILE)
    if not all(difference.is_additive for difference in differences):
        check_raw_columns(warehouse)
    for difference in differences:
        logger.warning("%s: added, empty in the rows that are there", difference)
        with open_pipeline(warehouse) as pipeline:
            _run(pipeline, [_resource(difference.table, Path(), 0, "append", contract=GROWING)])
    return bool(differences)


def _run(pipeline: dlt.Pipeline, resources: list[DltResource]) -> None:
    info: LoadInfo = pipeline.run(resources, loader_file_format="parquet")
    info.raise_on_failed_jobs()


def _sweep(warehouse: Path, staged: Path) -> None:
    """Delete rows that no merge key reaches: of payloads that were replaced, and rejections that were cured."""
    files = {name: quote(staged / f"{name}.parquet") for name in ("stale", "cleared")}
    with open_for_writing(warehouse / WAREHOUSE_FILE) as connection:
        connection.begin()
        for table, condition in _SWEEP.items():
            connection.execute(f"delete from {DATASET}.{table} where {condition.format(**files)}")  # noqa: S608 own names
        connection.commit()


def load_staged(staged: Path, warehouse: Path, plan: LoadPlan) -> None:
    """Load a staged batch into `raw` and forget it.

    Args:
        staged: the folder with one Parquet file per raw table.
        warehouse: the warehouse's folder.
        plan: what is staged and how it is to be written.

    Raises:
        LoadError: `raw` does not have the declared columns afterwards.
        dlt.pipeline.exceptions.PipelineStepFailed: dlt could not load; the staged batch stays for the next load.
    """
    add_columns(warehouse)
    missing: Mapping[str, object] = dict.fromkeys(set(RAW_TABLES) - set(read_raw_columns(warehouse / WAREHOUSE_FILE)))
    resources = {
        table: _resource(table, staged / f"{table}.parquet", rows, plan.disposition)
        for table, rows in {**dict.fromkeys(RAW_TABLES, 0), **plan.rows}.items()
        if rows or table in missing
    }
    first = [resource for table, resource in resources.items() if table != _COMMITTED_LAST]
    with open_pipeline(warehouse) as pipeline:
        if first:
            _run(pipeline, first)
        if _COMMITTED_LAST in resources:
            _run(pipeline, [resources[_COMMITTED_LAST]])
    _sweep(warehouse, staged)
    check_raw_columns(warehouse)
    remove_staged(staged)


def merge_rows(warehouse: Path, table: str, rows: pa.Table) -> None:
    """Merge rows into a raw table by its key.

    Args:
        warehouse: the warehouse's folder.
        table: the raw table.
        rows: new rows and rows that take the place of those with their keys, with the table's declared schema.

    Raises:
        dlt.pipeline.exceptions.PipelineStepFailed: dlt could not load; the table is as it was.
    """
    given = rows.cast(_empty(table).schema)
    resource = dlt.resource(
        [given], name=table, columns=_columns(table), write_disposition=MERGE, schema_contract=FROZEN
    )
    with open_pipeline(warehouse) as pipeline:
        _run(pipeline, [resource])


def finish_interrupted_load(staged: Path, warehouse: Path) -> bool:
    """Bring a load to its end that was killed; returns whether there was one.

    A batch that was staged completely is loaded again as a whole, by merge: whatever part of it dlt had committed
    is replaced, so nothing is doubled. Its pending dlt packages are aborted first, for dlt would otherwise load
    them in place of the next data. Without a staged batch pending packages are finished as they are. Files of dlt
    that cannot be read are set aside before.
    """
    plan = read_plan(staged)
    if plan is None:
        remove_staged(staged)
    set_damaged_state_aside(warehouse / "dlt" / PIPELINE)
    if not (warehouse / "dlt" / PIPELINE).exists() and plan is None:
        return False
    with open_pipeline(warehouse) as pipeline:
        pending = pipeline.has_pending_data
        if plan is not None:
            pipeline.abort_packages()
        elif pending:
            pipeline.run()
    if plan is not None:
        load_staged(staged, warehouse, LoadPlan(plan.run_id, "merge", plan.rows))
    return pending or plan is not None
