"""Raw extracted JSON to the typed tables of the `raw` schema.

Shards are validated line by line (:mod:`pipelines.validation`), the payloads that count are chosen
(:mod:`pipelines.load.selection`), decoded by DuckDB into Parquet files with the declared Arrow schemas
(:mod:`pipelines.load.staging`) and loaded by dlt (:mod:`pipelines.load.destination`).
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp

from pipelines.load.destination import finish_interrupted_load, load_staged
from pipelines.load.selection import LoadResult
from pipelines.load.staging import StagingError, read_plan, stage_batch
from pipelines.raw_schema import LoadError
from pipelines.validation.chunks import plan_chunks
from pipelines.validation.pool import validate_chunks

__all__ = ["LoadError", "LoadResult", "StagingError", "load_raw"]


def load_raw(
    shards: Iterable[Path], warehouse: Path, run_id: str, progress: Callable[[int], None] | None = None
) -> LoadResult:
    """Load shards of raw extracted JSON (`.jsonl`, `.jsonl.gz`, `.json`) into `raw`, after any interrupted load.

    Args:
        shards: the files, in the order in which later payloads replace earlier ones.
        warehouse: the warehouse's folder; made if missing. Nobody else may have its database open.
        run_id: written to the rows of `raw.documents` and `raw.rejected_documents` that this run adds or changes.
        progress: called with the number of payloads validated since the last call.

    Raises:
        OSError: a shard cannot be read, or the warehouse cannot be written.
        StagingError: a table does not come out with its declared schema.
        LoadError: the warehouse's `raw` schema is not the declared one, or its path has a single quote in it.
    """
    if "'" in str(warehouse.resolve()):  # dlt writes the paths of its files into SQL as they are
        raise LoadError(f"A warehouse's path must have no single quote in it: {warehouse}. Name another folder.")
    staged = warehouse / "dlt" / "staged"
    finish_interrupted_load(staged, warehouse)
    staged.mkdir(parents=True)
    lines = Path(mkdtemp(prefix="lines-", dir=staged))  # no other run's worker can write here
    summaries = validate_chunks(plan_chunks(shards), lines, progress or (lambda payloads: None))
    longest_line = max((summary.longest_line for summary in summaries), default=0)
    result = stage_batch(staged, lines, longest_line, warehouse, run_id)
    plan = read_plan(staged)
    if plan is not None:
        load_staged(staged, warehouse, plan)
    return result
