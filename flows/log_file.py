"""The log of a run: one file of JSON lines, from its first step to how it ended; the terminal shows none of it.

Every line has `time` (ISO 8601, UTC), `level`, `logger`, `run_id` and `message`; a step's lines have its name as
`step`, what is said of a document has its `document` (sha256) and `source_uri`. The first line's `event` is `begun`,
the last one's `ended`, `failed` or `interrupted` (Ctrl-C, a signal); a log without any of these is of a run that was
killed, or that still runs. `version` is the version that became live, also if a step after that failed.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from flows.interruption import find_interruption
from pipelines.publishing import live_id
from pipelines.warehouse import Warehouse, new_run_id

LOGGER = "gongkai"
KEPT_LOGS = 200
FIELDS = ("event", "document", "source_uri", "fate", "inputs", "pid", "seconds", "counts", "version", "error")


class JsonLines(logging.Formatter):
    """One line of JSON for each record."""

    def __init__(self, run_id: str) -> None:
        """Name the run that all lines are of."""
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """A record with its time, its run and whatever of the known fields it carries."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "run_id": self._run_id,
        }
        if step := getattr(record, "task_run_name", None) or _current_step():
            line["step"] = step
        line |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        line["message"] = record.getMessage()
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


def _current_step() -> str | None:
    """The step in which something of ours is logged: Prefect names it in its own records only."""
    prefect = sys.modules.get("prefect.context")  # where it was not imported there is no step
    context = prefect.TaskRunContext.get() if prefect else None
    return context.task_run.name if context else None


@contextmanager
def log_run(warehouse: Warehouse, run_id: str, inputs: list[str]) -> Iterator[dict[str, Any]]:
    """Keep what is logged inside, from INFO upwards, in the run's own file.

    Yields a dictionary whose items go into the last line. Call it after Prefect was imported: Prefect replaces the
    root logger's handlers when it is.
    """
    warehouse.logs.mkdir(parents=True, exist_ok=True)
    prune_logs(warehouse.logs, "run-*.jsonl")
    handler = logging.FileHandler(warehouse.logs / f"run-{run_id}.jsonl", encoding="utf-8")
    handler.setFormatter(JsonLines(run_id))
    handler.setLevel(logging.INFO)
    root, own = logging.getLogger(), logging.getLogger(LOGGER)
    own.setLevel(logging.INFO)
    root.addHandler(handler)
    begun = time.monotonic()
    outcome: dict[str, Any] = {}
    try:
        own.info("begun", extra={"event": "begun", "inputs": inputs, "pid": os.getpid()})
        yield outcome
        own.info("ended", extra={"event": "ended", "seconds": round(time.monotonic() - begun, 1), **outcome})
    except BaseException as error:
        seconds, reason = round(time.monotonic() - begun, 1), f"{type(error).__name__}: {error}"
        if live_id(warehouse) == run_id:
            outcome["version"] = run_id
        is_failure = isinstance(error, Exception) and find_interruption(error) is None
        event = "failed" if is_failure else "interrupted"
        own.exception(event, extra={"event": event, "seconds": seconds, "error": reason, **outcome})
        raise
    finally:
        root.removeHandler(handler)
        handler.close()


@contextmanager
def beginning_logged(warehouse: Warehouse, inputs: list[str]) -> Iterator[None]:
    """What precedes a run's own log: a run that ends here, failed or interrupted, has a log that says so."""
    try:
        yield
    except BaseException:
        with suppress(OSError), log_run(warehouse, new_run_id(warehouse), inputs):
            raise
        raise


def prune_logs(folder: Path, pattern: str, keep: int = KEPT_LOGS) -> None:
    """Delete all but the newest logs of one kind; their names sort by time."""
    for path in sorted(folder.glob(pattern))[:-keep]:
        path.unlink(missing_ok=True)
