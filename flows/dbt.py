"""dbt in this process: one call per layer, and every connection closed when it returns."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.warehouse import Warehouse

PROJECT = Path(__file__).parents[1]


class DbtFailedError(RuntimeError):
    """Some node failed. `failures` holds one line for each; the message names dbt's log."""

    def __init__(self, command: Sequence[str], failures: Sequence[str], log: Path) -> None:
        """List the failures."""
        listed = "\n  ".join(failures)
        super().__init__(f"dbt {' '.join(command)} failed:\n  {listed}\ndbt's own log is {log}.")
        self.failures = tuple(failures)


def run_dbt(command: Sequence[str], warehouse: Warehouse, mart: Path) -> dict[str, int]:
    """Run one dbt command against a warehouse and the mart file being built.

    Returns:
        How many nodes ended with which status, e.g. `{"success": 12, "pass": 30}`.

    Raises:
        DbtFailedError: a node failed, or dbt could not start.
    """
    from dbt.cli.main import dbtRunner

    os.environ["GONGKAI_WAREHOUSE"] = str(warehouse.root.resolve())
    os.environ["GONGKAI_MART"] = str(mart.resolve())
    logs = warehouse.dbt / "logs"
    folders = ["--project-dir", str(PROJECT / "dbt_project"), "--profiles-dir", str(PROJECT)]
    folders += ["--target-path", str((warehouse.dbt / "target").resolve()), "--log-path", str(logs.resolve())]
    try:
        outcome = dbtRunner().invoke(["--quiet", "--no-use-colors", *command, *folders])
    finally:
        _close_connections()
    results = list(getattr(outcome.result, "results", []))
    if not outcome.success:
        raise DbtFailedError(command, _failures(outcome.exception, results), logs / "dbt.log")
    statuses = [str(result.status) for result in results]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


def _failures(exception: BaseException | None, results: Sequence[Any]) -> list[str]:
    if exception is not None:
        return [str(exception)]
    return [
        f"{result.node.unique_id}: {result.message}"
        for result in results
        if str(result.status) in {"error", "fail", "runtime error"}
    ]


def _close_connections() -> None:
    """Give the database files back: dbt-duckdb keeps one environment, and with it both files, per process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
