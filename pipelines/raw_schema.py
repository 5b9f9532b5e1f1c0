"""The tables of `raw` that a warehouse has against those that this code declares."""

from pathlib import Path

import duckdb
import pyarrow as pa
from msgspec import Struct

from contracts.raw_tables import RAW_TABLES

SCHEMA = "raw"
SQL_TYPES = {
    pa.int64(): "BIGINT",
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
}
_LISTED = 5


class LoadError(RuntimeError):
    """The warehouse does not hold the declared tables, or cannot be loaded where it lies."""


class Difference(Struct, frozen=True):
    """How a table of a warehouse differs from its declaration: columns it lacks, has besides, or has with another type.

    `required` are those among the missing that no row may leave empty.
    """

    table: str
    missing: list[str]
    required: list[str]
    foreign: list[str]
    retyped: list[str]

    @property
    def is_additive(self) -> bool:
        """Whether the table only lacks columns that may be empty in the rows it has."""
        return not (self.required or self.foreign or self.retyped)

    def __str__(self) -> str:
        """The table and its columns."""
        kinds = {"lacks": self.missing, "has besides": self.foreign, "has with another type": self.retyped}
        told = [
            f"{what} {', '.join(names[:_LISTED])}{f' and {len(names) - _LISTED} more' if len(names) > _LISTED else ''}"
            for what, names in kinds.items()
            if names
        ]
        return f"raw.{self.table} {'; '.join(told)}"


def read_raw_columns(database: Path) -> dict[str, dict[str, str]]:
    """Column types by name of the tables in `raw`, without those that dlt keeps for itself; none without a database."""
    if not database.exists():
        return {}
    tables: dict[str, dict[str, str]] = {}
    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = ? order by all",
            [SCHEMA],
        ).fetchall()
    for table, column, data_type in found:
        if not table.startswith("_dlt") and not column.startswith("_dlt"):
            tables.setdefault(table, {})[column] = data_type
    return tables


def find_differences(database: Path) -> list[Difference]:
    """How the raw tables that a database has differ from their declaration; tables that it lacks differ in nothing."""
    existing = read_raw_columns(database)
    return [
        difference
        for table, schema in RAW_TABLES.items()
        if table in existing and (difference := _compare(table, schema, existing[table])) is not None
    ]


def _compare(table: str, schema: pa.Schema, found: dict[str, str]) -> Difference | None:
    declared = {field.name: SQL_TYPES[field.type] for field in schema}
    if found == declared:
        return None
    missing = [name for name in declared if name not in found]
    return Difference(
        table,
        missing,
        required=[name for name in missing if not schema.field(name).nullable],
        foreign=[name for name in found if name not in declared],
        retyped=[name for name, kind in found.items() if name in declared and declared[name] != kind],
    )
