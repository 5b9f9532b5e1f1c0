"""dbt in this process: the models parsed once, one call per layer, every connection closed when a call returns."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.database import open_for_writing
from pipelines.durability import remove_abandoned_parts, replacing
from pipelines.garbage import leave_out_of_searches
from pipelines.warehouse import Warehouse

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).parents[1]
# The file log holds what happened; each line of SQL in it would double the cost of a small run.
LEAN = ("--log-level", "none", "--no-use-colors", "--no-use-colors-file", "--log-level-file", "info")
TYPE_SCHEMA = "form"
FAILED = frozenset({"error", "fail", "runtime error"})
PARSED_FILE = "partial_parse.msgpack"
# dbt's cache for all warehouses. Where the code may not be written each has only its own.
SHARED = PROJECT / "dbt_project" / "target" / "flows" / PARSED_FILE
_PARSED: "dict[Path, Manifest]" = {}  # by project, which is one: nothing in it depends on a warehouse


class DbtFailedError(RuntimeError):
    """Some node failed, or dbt could not start. `failures` holds one line for each; the message names dbt's log."""

    def __init__(self, command: Sequence[str], failures: Sequence[str], log: Path) -> None:
        """List the failures."""
        listed = "\n  ".join(failures)
        super().__init__(f"dbt {' '.join(command)} failed:\n  {listed}\ndbt's own log is {log}.")
        self.failures = tuple(failures)


def parse_models(warehouse: Warehouse) -> "Manifest":
    """The parsed models, once per process; from dbt's own cache where the project is unchanged.

    Raises:
        DbtFailedError: the project is not valid.
    """
    if PROJECT not in _PARSED:
        own = warehouse.dbt / "target" / PARSED_FILE
        newest = _newest(SHARED, own)
        cached = ("--partial-parse-file-path", str(newest.resolve())) if newest else ()
        # dbt parses everything anew when a variable of its profile has changed: here they are the same everywhere.
        anywhere = {"GONGKAI_WAREHOUSE": ".", "GONGKAI_MART": "mart.duckdb"}
        _PARSED[PROJECT] = _invoke(("parse", *cached), warehouse, None, anywhere).result  # type: ignore[assignment]
        if _newest(SHARED, own) == own:  # dbt wrote it, or found it true
            with suppress(OSError):  # a run needs only the models
                _share(own)
        leave_out_of_searches()
    return _PARSED[PROJECT]


def forget_models() -> None:
    """Let the next call of :func:`parse_models` ask dbt again, as in a new process."""
    _PARSED.clear()


def _newest(*files: Path) -> Path | None:
    """The file written last of those that are there."""
    return max((path for path in files if path.exists()), key=lambda path: path.stat().st_mtime_ns, default=None)


def _share(parsed: Path) -> None:
    """Put what dbt wrote for one warehouse where all find it; a reader sees the old file or the new one, whole."""
    remove_abandoned_parts(SHARED.parent)
    with replacing(SHARED) as copy:
        shutil.copyfile(parsed, copy)


def prepare_type_schema(warehouse: Warehouse) -> None:
    """Put the schema of the code types into the warehouse's file before dbt creates types in it.

    DuckDB 1.5 cannot replay a log that creates a schema and a type in it: a run killed between the two and the next
    checkpoint would leave a warehouse that nobody can open. Closing the connection writes the schema to the file.
    """
    with open_for_writing(warehouse.database) as connection:
        connection.execute(f"create schema if not exists {TYPE_SCHEMA}")


def run_dbt(command: Sequence[str], warehouse: Warehouse) -> dict[str, int]:
    """Run one dbt command against a warehouse and the mart that is being built in it.

    Returns:
        How many nodes ended with which status, e.g. `{"success": 12}`.

    Raises:
        DbtFailedError: a node failed, or dbt could not start.
    """
    prepare_type_schema(warehouse)
    # `build/next`, whichever run's folder it links to.
    files = {
        "GONGKAI_WAREHOUSE": str(warehouse.root.resolve()),
        "GONGKAI_MART": str(warehouse.root.resolve() / warehouse.next_mart.relative_to(warehouse.root)),
    }
    outcome = _invoke(("--no-write-json", *command), warehouse, parse_models(warehouse), files)
    statuses = [str(result.status) for result in _results(outcome)]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


def _invoke(
    command: Sequence[str], warehouse: Warehouse, manifest: "Manifest | None", files: dict[str, str]
) -> "dbtRunnerResult":
    from dbt.cli.main import dbtRunner

    os.environ |= files
    logs = (warehouse.dbt / "logs").resolve()
    folders = ["--project-dir", str(PROJECT / "dbt_project"), "--profiles-dir", str(PROJECT)]
    folders += ["--target-path", str((warehouse.dbt / "target").resolve()), "--log-path", str(logs)]
    try:
        outcome = dbtRunner(manifest=manifest).invoke([*LEAN, *command, *folders])
    finally:
        _close_connections()
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        raise outcome.exception  # an interrupt, or Prefect's word for a termination: no fault of a model
    if not outcome.success:
        raise DbtFailedError(command, _failures(outcome), logs / "dbt.log")
    return outcome


def _results(outcome: "dbtRunnerResult") -> list[Any]:
    return list(getattr(outcome.result, "results", []))


def _failures(outcome: "dbtRunnerResult") -> list[str]:
    if outcome.exception is not None:
        return [str(outcome.exception)]
    failed = (result for result in _results(outcome) if str(result.status) in FAILED)
    return [f"{result.node.unique_id}: {result.message}" for result in failed]


def _close_connections() -> None:
    """Give the database files back: dbt-duckdb keeps one environment, and with it both files, per process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
