"""Results of contracts: data first, judged afterwards.

`quality.contract_results` holds one row per run, layer and check; `quality.layer_fingerprints` what each layer's
tables looked like when their contract passed, so that the next contract sees a value altered in between.
"""

from typing import Literal

import duckdb
import polars as pl
from msgspec import Struct

from contracts.identities import Status

Severity = Literal["red", "hold", "info"]

_TABLES = """
create schema if not exists quality;
create table if not exists quality.contract_results (
    run_id varchar not null, layer varchar not null, check_id varchar not null, severity varchar not null,
    status varchar not null, rows_seen bigint not null, rows_failed bigint not null, detail varchar not null,
    recorded_at timestamptz not null default now());
create table if not exists quality.layer_fingerprints (
    run_id varchar not null, relation varchar not null, fingerprint varchar not null);
"""


class CheckResult(Struct, frozen=True):
    """What one check saw. Only a failed check of severity `red` stops a run; `hold` holds tables, `info` informs."""

    check_id: str
    severity: Severity
    status: Status
    rows_seen: int
    rows_failed: int
    detail: str = ""


class RunExpectation(Struct, frozen=True):
    """What the run's manifest promises: how many documents it handed to the loader.

    `documents` is None when the whole warehouse is evaluated again without new input. A run that is not whole changed
    the live version only where the schema `touched` says, and its contracts evaluate that.
    """

    run_id: str
    documents: int | None = None
    is_whole: bool = True


class LayerReport(Struct, frozen=True):
    """All results of one layer's contract."""

    run_id: str
    layer: str
    results: list[CheckResult]

    @property
    def is_red(self) -> bool:
        """Whether a check of severity `red` failed, or the contract holds no check at all."""
        return not self.results or any(r.severity == "red" and r.status == "fail" for r in self.results)

    @property
    def red_results(self) -> list[CheckResult]:
        """The failed checks of severity `red`."""
        return [r for r in self.results if r.severity == "red" and r.status == "fail"]


def verdict(check_id: str, seen: int, failed: int, detail: str = "", severity: Severity = "red") -> CheckResult:
    """A check that counts failing rows: it fails if there are any and is not assessed if it saw none."""
    status: Status = "fail" if failed else "pass" if seen else "not_assessed"
    return CheckResult(check_id, severity, status, seen, failed, detail if failed else "")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of the `quality` schema if they are not there."""
    connection.execute(_TABLES)


def record(connection: duckdb.DuckDBPyConnection, report: LayerReport) -> None:
    """Append a layer's results to `quality.contract_results`."""
    prepare(connection)
    columns = ("run_id", "layer", "check_id", "severity", "status", "rows_seen", "rows_failed", "detail")
    rows = [
        (report.run_id, report.layer, r.check_id, r.severity, r.status, r.rows_seen, r.rows_failed, r.detail)
        for r in report.results
    ]
    if rows:  # as a frame: DuckDB's parameters cost half a millisecond each
        connection.register("new_results", pl.DataFrame(rows, schema=columns, orient="row"))
        names = ", ".join(columns)
        connection.execute(f"insert into quality.contract_results ({names}) select {names} from new_results")
        connection.unregister("new_results")
