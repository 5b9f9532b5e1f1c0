"""Small marts for tests of publication: built, audited and published as a run would, in milliseconds."""

from pathlib import Path

import duckdb

from contracts.layers.results import CheckResult, LayerReport
from pipelines.publishing import LAYERS, Code, Inputs, Version, publish, start_build, writer_lock
from pipelines.warehouse import Warehouse

CODE = Code("0.0.0", "0" * 64)


def reports_with(status: str = "pass", severity: str = "red") -> list[LayerReport]:
    """One check per layer; the one of the marts has the status and severity asked for."""
    return [
        LayerReport(
            "run",
            layer,
            [
                CheckResult("green", "red", "pass", 3, 0),
                CheckResult("other", severity, status if layer == "marts" else "pass", 3, 1),  # type: ignore[arg-type]
            ],
        )
        for layer in LAYERS
    ]


def build_mart(warehouse: Warehouse, run_id: str, value: int) -> Path:
    """A build of one table whose rows all hold `value`."""
    mart = start_build(warehouse, run_id)
    with duckdb.connect(mart) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.authority_year as select ?::integer as version from range(1000)", [value]
        )
    return mart


def publish_mart(warehouse: Warehouse, run_id: str, value: int, keep: int = 5) -> Version:
    """Build and publish a mart under the writer lock."""
    with writer_lock(warehouse, run_id):
        build_mart(warehouse, run_id, value)
        return publish(
            warehouse, run_id, inputs=Inputs(value, "0" * 64), contracts=reports_with(), code=CODE, keep=keep
        )


def live_values(warehouse: Warehouse) -> list[int]:
    """The distinct values a reader sees in the live mart."""
    with duckdb.connect(warehouse.live_mart.resolve(), read_only=True) as connection:
        rows = connection.execute("select distinct version from mart.marts.authority_year").fetchall()
    return [value for (value,) in rows]
