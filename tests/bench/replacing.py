"""What a change costs DuckDB alone: the rows of what was touched taken out of every table, put back and written."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from contracts.layers.scope import is_listed
from pipelines.database import attach_for_writing
from pipelines.publishing.release.keys import PROJECT
from pipelines.warehouse import Warehouse
from tests.bench.measure import Sample


def read_incremental(project: Path = PROJECT) -> dict[str, str]:
    """The unit that the rows of each incremental model belong to, as `dbt_project.yml` says, by the model's name."""
    folders = msgspec.yaml.decode((project / "dbt_project.yml").read_bytes())["models"]["gongkai"]
    return dict(_units_in(folders))


def _units_in(folder: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, settings in folder.items():
        if isinstance(settings, dict) and not name.startswith("+"):
            if settings.get("+materialized") == "incremental":
                yield name, settings["+meta"]["unit"]
            yield from _units_in(settings)


def measure_replacing(warehouse: Warehouse, folder: Path) -> Sample:
    """Replace what the last run touched in copies of both files, with nothing around DuckDB.

    The rows of each incremental model's table are read by what they belong to, deleted and inserted again, and both
    files are written. The copies are made before the clock starts.

    Args:
        warehouse: a warehouse whose last run built only what it touched.
        folder: where the copies are made; they are removed.

    Raises:
        LookupError: an incremental model has no table.
    """
    copies = {"warehouse": folder / "replaced-warehouse.duckdb", "mart": folder / "replaced-mart.duckdb"}
    for file, name in ((warehouse.database, "warehouse"), (warehouse.live_mart, "mart")):
        shutil.copyfile(file, copies[name])
    units = read_incremental()
    started = time.perf_counter()
    with duckdb.connect() as connection:
        for name, copy in copies.items():
            attach_for_writing(connection, copy, name)
        tables = connection.execute("select database_name, schema_name, table_name from duckdb_tables()").fetchall()
        for database, schema, model in tables:
            if unit := units.pop(model, None):
                table, touched = f"{database}.{schema}.{model}", is_listed(unit, "warehouse.")
                connection.execute(f"create or replace temp table touched_rows as from {table} where {touched}")
                connection.execute(f"begin; delete from {table} where {touched}")
                connection.execute(f"insert into {table} from touched_rows; commit")
        for name in copies:
            connection.execute(f"checkpoint {name}")
    seconds = time.perf_counter() - started
    for copy in copies.values():
        copy.unlink()
    if units:
        raise LookupError(f"no tables of the models {', '.join(sorted(units))}")
    return Sample(seconds, 0.0)
