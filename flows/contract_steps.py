"""The contracts as the flow uses them: evaluate a layer, record its results, judge."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

import duckdb

from contracts.layers.results import LayerReport, RunExpectation, record
from flows.warehouse_errors import UnbuiltError
from pipelines.changes import is_built_as
from pipelines.database import attach_for_writing, open_for_writing
from pipelines.publishing import LAYERS, Version, describe_inputs, live_version, reader_lock, scan_versions
from pipelines.sql_paths import quote
from pipelines.warehouse import MART_FILE, Warehouse, new_run_id

Check = Callable[[duckdb.DuckDBPyConnection, RunExpectation], LayerReport]
NOT_CURRENT = (
    "The live version is not the one that the working database was built with last: where they differ, facts and marts "
    "are red, which is no damage. "
)
ROLLED_BACK = (
    "After a rollback that is so until another version is published: `gongkai rollback {newest}` or `gongkai run "
    "--full` ends it."
)
NOT_PUBLISHED = (
    "A run was not published, or the database is from a backup: `gongkai run` publishes what is new in it, and "
    "`gongkai run --full` all of it."
)
Layer = Literal["raw", "staging", "facts", "marts"]


def check_of(layer: str) -> Check:
    """The function of `contracts.layers.<layer>` that evaluates a layer; pandera is imported with it."""
    check: Check = getattr(import_module(f"contracts.layers.{layer}"), f"check_{layer}")
    return check


@contextmanager
def open_warehouse(warehouse: Warehouse, mart: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse's database with a mart attached as `mart`, both open for writing or both only to be read."""
    if not read_only:
        with open_for_writing(warehouse.database) as connection:
            attach_for_writing(connection, mart, "mart")
            yield connection
        return
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        connection.execute(f"attach '{quote(mart)}' as mart (read_only)")
        yield connection


def evaluate_layer(warehouse: Warehouse, mart: Path, layer: Layer, expectation: RunExpectation) -> LayerReport:
    """Evaluate the contract of one layer in a run and record its results in `quality.contract_results`."""
    with open_warehouse(warehouse, mart) as connection:
        report = check_of(layer)(connection, expectation)
        record(connection, report)
    return report


@dataclass(frozen=True)
class Evaluation:
    """All layers' reports on the live version; `caution`: why facts and marts may be red without damage, if so."""

    reports: list[LayerReport]
    caution: str = ""

    @property
    def damage(self) -> list[str]:
        """The checks that are red and that nothing but damage explains, one sentence each."""
        return [
            f"contract {report.layer}.{result.check_id} is red: {result.rows_failed} of {result.rows_seen} rows"
            for report in self.reports
            for result in report.red_results
            if not (self.caution and report.layer in ("facts", "marts"))
        ]


def check_again(warehouse: Warehouse, lock_wait_seconds: float = 0) -> Evaluation:
    """Evaluate all layers on the live version; changes nothing, needs no right to write; waits for a run that writes.

    Raises:
        UnknownVersionError: nothing has been published.
        WriterBusyError: a run is writing.
        UnbuiltError: the working database does not hold the tables of a build of this code.
    """
    live_version(warehouse)  # that nothing was published is said without waiting
    expectation = RunExpectation(new_run_id(warehouse))
    with reader_lock(warehouse, "check", lock_wait_seconds):
        live = live_version(warehouse)  # the run that was waited for may have published another
        if not warehouse.database.exists():
            raise UnbuiltError(f"there is no {warehouse.database}")
        with open_warehouse(warehouse, live.folder / MART_FILE, read_only=True) as connection:
            try:
                reports = [check_of(layer)(connection, expectation) for layer in LAYERS]
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                raise UnbuiltError(str(error).splitlines()[0]) from error
            is_current = describe_inputs(connection) == live.manifest.inputs
    is_current = is_current and is_built_as(warehouse, live)
    return Evaluation(reports, "" if is_current else _caution(warehouse, live))


def _caution(warehouse: Warehouse, live: Version) -> str:
    newest = max(version.id for version in scan_versions(warehouse)[0])
    why = NOT_PUBLISHED if newest == live.id else ROLLED_BACK.format(newest=newest)
    return NOT_CURRENT + why
