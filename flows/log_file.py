"""The log file of a run: every line that Prefect, dlt and the steps log; the terminal shows none of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from prefect.logging.formatters import PrefectFormatter

from pipelines.warehouse import Warehouse

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
TASK_FORMAT = "%(asctime)s %(levelname)-7s %(task_run_name)s: %(message)s"


@contextmanager
def log_to_file(warehouse: Warehouse) -> Iterator[Path]:
    """Keep what is logged inside, from INFO upwards, in a file of its own; yields the file.

    Call it after Prefect was imported: Prefect replaces the root logger's handlers when it is.
    """
    warehouse.logs.mkdir(parents=True, exist_ok=True)
    path = warehouse.logs / f"run-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.log"
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(PrefectFormatter(FORMAT, task_run_fmt=TASK_FORMAT))
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield path
    finally:
        root.removeHandler(handler)
        handler.close()
