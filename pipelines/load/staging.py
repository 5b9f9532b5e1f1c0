"""Validated lines -> one Parquet file per raw table, each with exactly its declared Arrow schema.

The staged folder is the load's log: once `plan.json` stands in it, the load can be repeated from it after a crash.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import duckdb
import msgspec
import pyarrow.parquet as pq
from msgspec import Struct

from contracts.raw_tables import MERGE_KEYS, RAW_TABLES
from pipelines.durability import sync_file, sync_folder
from pipelines.load.columns import LINE_COLUMNS, select_list
from pipelines.load.damaged import set_aside
from pipelines.load.selection import LoadResult, select_payloads
from pipelines.raw_schema import read_raw_columns
from pipelines.sql_paths import quote

PLAN_FILE = "plan.json"
MEMORY_LIMIT = "3GB"
WAREHOUSE_FILE = "warehouse.duckdb"
_ROW_GROUP_ROWS = 10_000
Disposition = Literal["append", "merge"]


class StagingError(RuntimeError):
    """A staged table does not have its declared Arrow schema; the message names the columns."""


class LoadPlan(Struct, frozen=True):
    """What is staged: the rows of each raw table, and whether they are new or may replace others."""

    run_id: str
    disposition: Disposition
    rows: dict[str, int]


def read_plan(staged: Path) -> LoadPlan | None:
    """The plan of a completely staged batch, None if there is none.

    A batch whose plan cannot be read is set aside: its documents are in the archive, the inbox or where they came
    from, and are given to the load again.
    """
    path = staged / PLAN_FILE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=LoadPlan)
    except msgspec.DecodeError as error:
        set_aside(staged, f"{PLAN_FILE}: {error}")
        return None


def remove_staged(staged: Path) -> None:
    """Forget a staged batch: first its plan, so that no half of it is ever taken for the whole."""
    (staged / PLAN_FILE).unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)


def _read_lines(lines: Path, kind: str, longest_line: int) -> str:
    """SQL that reads all lines of a kind; no file at all reads as no line."""
    columns = LINE_COLUMNS[kind]
    files = sorted(lines.glob(f"{kind}-*.jsonl"))
    if not files:
        return "(select " + ", ".join(f'null::{type_} as "{name}"' for name, type_ in columns.items()) + " where false)"
    declared = ", ".join(f"\"{name}\": '{type_}'" for name, type_ in columns.items())
    size = max(longest_line + 1, 2**24)
    listed = ", ".join(f"'{quote(file)}'" for file in files)
    return (
        f"read_json([{listed}], format = 'newline_delimited', maximum_object_size = {size}, columns = {{{declared}}})"
    )


def _queries(lines: Path, longest_line: int) -> dict[str, str]:
    """The query of each raw table over the lines and the temp tables of the selection."""

    def read(kind: str) -> str:
        return _read_lines(lines, kind, longest_line)

    kept = "(select line from chosen where status = 'read' and fate in ('inserted', 'updated')) as kept"
    queries = {
        table: f"select {select_list(table)} from {read(kind)} semi join {kept} using (line)"  # noqa: S608 own names
        for table, kind in (("reports", "reports"), ("claims", "claims"), ("legacy_indicators", "legacy"))
    }
    queries["documents"] = f"select {select_list('documents')} from chosen where fate in ('inserted', 'updated')"  # noqa: S608
    queries["rejected_documents"] = (
        f"select {select_list('rejected_documents')} from chosen "  # noqa: S608 own names
        f"join {read('payloads')} using (line) "
        "semi join (select line from rejections where not is_listed) as kept using (line)"
    )
    return queries


def _attach_current(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> bool:
    """Copy the warehouse's rows of the batch's documents into `current_documents`; returns whether there are any."""
    connection.execute(
        "create temp table current_documents "
        "(document_key bigint, payload_sha256 varchar, status varchar, accepted boolean)"
    )
    path = warehouse / WAREHOUSE_FILE
    if not path.exists():
        return False
    connection.execute(f"attach '{quote(path)}' as warehouse (read_only)")
    known = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'warehouse' and schema_name = 'raw' "
        "and table_name = 'documents'"
    ).fetchall()
    if known:
        connection.execute(
            # Of a payload that breaks the contract nothing is known but its document.
            "insert into current_documents "
            "select document_key, payload_sha256, status, extractor_name is not null "
            "from warehouse.raw.documents semi join batch using (document_key)"
        )
    connection.execute("detach warehouse")
    return connection.execute("select 1 from current_documents limit 1").fetchall() != []


def _holds_staged(connection: duckdb.DuckDBPyConnection, warehouse: Path, staged: Path, tables: Iterable[str]) -> bool:
    """Whether a raw table has rows under the keys of staged ones: left by a load that was lost before it committed."""
    held = read_raw_columns(warehouse / WAREHOUSE_FILE)
    present = [table for table in tables if table in held]
    if not present:
        return False
    connection.execute(f"attach '{quote(warehouse / WAREHOUSE_FILE)}' as warehouse (read_only)")
    found = any(
        connection.execute(
            f"select 1 from warehouse.raw.{table} "  # noqa: S608 own names
            f"semi join read_parquet('{quote(staged)}/{table}.parquet') using ({MERGE_KEYS[table]}) limit 1"
        ).fetchall()
        for table in present
    )
    connection.execute("detach warehouse")
    return found


def _check_file(file: pq.ParquetFile, table: str) -> None:
    """Assert the declared names, types and order of the columns, and that no required value is null."""
    declared = [(field.name, field.type) for field in RAW_TABLES[table]]
    written = [(field.name, field.type) for field in file.schema_arrow]
    if written != declared:
        differing = sorted(set(map(str, declared)) ^ set(map(str, written)))
        raise StagingError(f"{table} was not staged as declared; differing columns: {differing}")
    required = [position for position, field in enumerate(RAW_TABLES[table]) if not field.nullable]
    for group in range(file.metadata.num_row_groups):
        for position in required:
            column = file.metadata.row_group(group).column(position)
            if column.statistics is None or column.statistics.null_count:
                raise StagingError(f"{table}.{column.path_in_schema} is required, but null in a staged row")


def _write_table(connection: duckdb.DuckDBPyConnection, table: str, query: str, path: Path) -> int:
    connection.execute(
        f"copy ({query}) to '{quote(path)}' (format parquet, compression snappy, row_group_size {_ROW_GROUP_ROWS})"
    )
    with pq.ParquetFile(path) as file:
        _check_file(file, table)
        rows: int = file.metadata.num_rows
    return rows


def _open_connection(staged: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(staged), "preserve_insertion_order": False}
    )
    connection.execute("set timezone = 'UTC'")
    return connection


def stage_batch(staged: Path, lines: Path, longest_line: int, warehouse: Path, run_id: str) -> LoadResult:
    """Choose the payloads that count and write the raw tables' new rows to `staged/<table>.parquet`.

    Besides them `stale.parquet` (payloads whose rows are void) and `cleared.parquet` (documents whose rejection is
    void) are written, and `plan.json` last of all.

    Raises:
        StagingError: a table does not come out with its declared schema.
    """
    with _open_connection(staged) as connection:
        connection.execute("set variable run_id = ?", [run_id])
        connection.execute(f"create temp table batch as from {_read_lines(lines, 'index', longest_line)}")
        is_known = _attach_current(connection, warehouse)
        result = select_payloads(connection)
        rows = {
            table: _write_table(connection, table, query, staged / f"{table}.parquet")
            for table, query in _queries(lines, longest_line).items()
        }
        is_held = is_known or _holds_staged(connection, warehouse, staged, rows)
        disposition: Disposition = "merge" if is_held else "append"
        stale = (
            "select current_payload as payload_sha256 from chosen "
            "where fate = 'updated' and current_payload <> payload_sha256"
        )
        connection.execute(f"copy ({stale}) to '{quote(staged)}/stale.parquet' (format parquet)")
        connection.execute(f"copy (from cleared) to '{quote(staged)}/cleared.parquet' (format parquet)")
    shutil.rmtree(lines)
    plan = staged / f"{PLAN_FILE}.part"
    plan.write_bytes(msgspec.json.encode(LoadPlan(run_id, disposition, rows)))
    for path in staged.iterdir():
        sync_file(path)  # else a plan could outlive a loss of power that its files do not
    plan.replace(staged / PLAN_FILE)
    sync_folder(staged)
    return result
