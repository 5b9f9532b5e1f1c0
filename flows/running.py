"""The frame of a run: alone in its warehouse, with a log of its own, after what a killed one left was cleaned."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flows.leftovers import run_marked
from flows.log_file import log_run
from flows.runs import Run
from pipelines.garbage import rare_garbage_collection
from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse


@contextmanager
def alone_in(
    warehouse: Warehouse, sources: Sequence[str], lock_wait_seconds: float
) -> Iterator[tuple[Run, dict[str, Any]]]:
    """A new run, and what its log's last line is to hold beside how it ended.

    Raises:
        WriterBusyError: another run is writing, and did not end in time.
    """
    with (
        writer_lock(warehouse, wait_seconds=lock_wait_seconds) as run_id,
        log_run(warehouse, run_id, list(sources)) as last_line,
        run_marked(warehouse, run_id),
        rare_garbage_collection(),
    ):
        yield Run(warehouse, run_id), last_line
