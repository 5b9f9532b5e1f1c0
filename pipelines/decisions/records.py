"""The ledger in the warehouse: `raw.decisions`, a row for each of its lines."""

from pathlib import Path

import duckdb
import pyarrow as pa

from contracts.decision_rows import decision_row
from contracts.raw_tables import RAW_TABLES
from pipelines.decisions.ledger import Ledger, LedgerError
from pipelines.load.destination import merge_rows
from pipelines.load.staging import WAREHOUSE_FILE

TABLE = "decisions"
_LISTED = 5


def load_decisions(ledger: Ledger, warehouse: Path) -> bool:
    """Make `raw.decisions` what the ledger holds; returns whether that changed anything.

    Args:
        ledger: the ledger of this run.
        warehouse: the warehouse's folder. Nobody else may have its database open.

    Raises:
        LedgerError: the warehouse has used decisions that the ledger does not have, or has otherwise.
    """
    records = [decision_row(position, decision) for position, decision in ledger.lines.items()]
    rows = pa.Table.from_pylist(records, schema=RAW_TABLES[TABLE])
    used = _used(warehouse)
    given = {record["decision_id"]: record["payload_sha256"] for record in records}
    lost = [name for name, sha256 in (used or {}).items() if given.get(name) != sha256]
    if lost:
        named = ", ".join(lost[:_LISTED]) + (f" and {len(lost) - _LISTED} more" if len(lost) > _LISTED else "")
        raise LedgerError(
            f"{ledger.path} lacks decisions that the warehouse {warehouse} has used, or has them with other words: "
            f"{named}. A ledger only grows: name the right one with --ledger, restore it, or withdraw what no longer "
            "holds with `gongkai decide withdraw ID`. Nothing was changed."
        )
    if used is not None and list(used) == list(given):
        return False
    merge_rows(warehouse, TABLE, rows)
    return True


def _used(warehouse: Path) -> dict[str, str] | None:
    """The hashes of the decisions in the warehouse by id, in the ledger's order; None if it has no such table."""
    path = warehouse / WAREHOUSE_FILE
    if not path.exists():
        return None
    with duckdb.connect(path, read_only=True) as connection:
        if not connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'raw' and table_name = ?", [TABLE]
        ).fetchall():
            return None
        return dict(
            connection.execute("select decision_id, payload_sha256 from raw.decisions order by position").fetchall()
        )
