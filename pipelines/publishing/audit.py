"""What must be true of a mart before anybody may read it."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from contracts.layers.results import LayerReport
from pipelines.publishing.release.models import EVIDENCE, FIGURES, NO_FIGURE, ReleaseDiff
from pipelines.warehouse import MANIFEST_FILE, MART_FILE

PUBLISHED_SCHEMA = "marts"
LAYERS = ("raw", "staging", "facts", "marts")
LISTED = 10
MAGIC = b"DUCK"
MAGIC_OFFSET = 8
STORAGE_NUMBER = 64  # the number DuckDB 1.0 and 1.1 write into the header; 1.2 writes 65


class PublicationRefusedError(RuntimeError):
    """The mart may not be published; the live version stays. `reasons` names everything that is wrong with it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        """Join the reasons into one message."""
        super().__init__(f"Nothing was published, the live version stays: {'; '.join(reasons)}.")
        self.reasons = tuple(reasons)


def audit_contracts(reports: Sequence[LayerReport]) -> list[str]:
    """What speaks against publication in the contracts' results: a red check, or a layer that was not evaluated."""
    evaluated = {report.layer for report in reports if report.results}
    reasons = [f"the contract of layer {layer} was not evaluated" for layer in LAYERS if layer not in evaluated]
    return reasons + [
        f"contract {report.layer}.{result.check_id} is red ({result.rows_failed} of {result.rows_seen} rows)"
        for report in reports
        for result in report.red_results
    ]


def audit_release(release: ReleaseDiff | None, accepted_changes: str | None) -> list[str]:
    """What speaks against publication in what changed.

    That is figures without new evidence, or columns of figures that are gone, unless it was accepted; and rows that
    came or went beside those compared: where only what the run touched was compared, outside of that.
    """
    if release is None:
        return []
    reasons = [
        f"{table.table} had {table.rows_before} rows and has {table.rows_after}, though {table.added} were added and "
        f"{table.removed} removed: build all anew with `gongkai run --full`"
        for table in release.tables
        if table.rows_after - table.rows_before != table.added - table.removed
    ]
    return reasons if (accepted_changes or "").strip() else [*reasons, *_lost(release), *_unexplained(release)]


def _lost(release: ReleaseDiff) -> list[str]:
    """Columns of figures that were published and are not there any more, or that tell what is evidence for them."""
    lost = []
    for table in release.tables:
        gone = set(table.columns_removed) & set(EVIDENCE.get(table.table, ()))
        if table.table in FIGURES and table.rows_before:
            gone |= set(table.columns_removed) - NO_FIGURE
        if gone:
            lost.append(f"{table.table} ({', '.join(sorted(gone))})")
    if not lost:
        return []
    return [
        f"published figures, or what is evidence for them, would be gone with their columns: {', '.join(lost)}. If "
        "that is meant, run again with --accept-changes and the reason"
    ]


def _unexplained(release: ReleaseDiff) -> list[str]:
    if not release.unexplained_changes:
        return []
    lines = [
        f"{change.authority} {change.year}, {change.table} {change.figure}: {change.before} -> {change.after or 'none'}"
        for change in release.unexplained[:LISTED]
    ]
    if release.unexplained_changes > LISTED:
        lines.append(f"and {release.unexplained_changes - LISTED} more")
    listed = "".join(f"\n  {line}" for line in lines)
    return [
        f"{release.unexplained_changes} published figures would change though no document and no decision on them is "
        f"new:{listed}\nIf that is right (a better reader, say), run again with --accept-changes and the reason; it is "
        "kept in the version's manifest"
    ]


def audit_files(folder: Path) -> list[str]:
    """What speaks against publication in a build's folder: a write-ahead log, a foreign file, a newer file format."""
    names = {path.name for path in folder.iterdir()} - {MANIFEST_FILE}
    if MART_FILE not in names:
        return [f"there is no {MART_FILE} in {folder}"]
    reasons = [f"{name} lies beside the mart" for name in sorted(names - {MART_FILE})]
    with (folder / MART_FILE).open("rb") as file:
        header = file.read(MAGIC_OFFSET + len(MAGIC) + 8)
    number = int.from_bytes(header[MAGIC_OFFSET + len(MAGIC) :], "little")
    if header[MAGIC_OFFSET:][: len(MAGIC)] != MAGIC or number > STORAGE_NUMBER:
        reasons.append(f"the mart's storage format is {number}, readers of DuckDB 1.0 need {STORAGE_NUMBER}")
    return reasons


def audit_catalog(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What speaks against publication in the mart opened alone: a foreign schema, no table, a view that fails."""
    schemas = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database() and not internal"
    ).fetchall()
    reasons = [f"schema {name} is not published" for (name,) in sorted(schemas) if name != PUBLISHED_SCHEMA]
    relations = connection.execute(
        "select table_schema, table_name from information_schema.tables where table_catalog = current_database()"
    ).fetchall()
    reasons += [f"{schema}.{name} is outside {PUBLISHED_SCHEMA}" for schema, name in relations if schema == "main"]
    published = sorted(name for schema, name in relations if schema == PUBLISHED_SCHEMA)
    if not published:
        reasons.append(f"schema {PUBLISHED_SCHEMA} has no table")
    return reasons + [reason for name in published if (reason := _audit_relation(connection, name))]


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The rows of each published table of the mart that `connection` has opened."""
    names = connection.execute(
        "select table_name from information_schema.tables where table_catalog = current_database() "
        "and table_schema = ? and table_type = 'BASE TABLE' order by all",
        [PUBLISHED_SCHEMA],
    ).fetchall()
    return {name: _count(connection, name) for (name,) in names}


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    rows = connection.execute(f'select count(*) from {PUBLISHED_SCHEMA}."{name}"').fetchall()  # noqa: S608 - a catalog's name
    return int(rows[0][0])


def _audit_relation(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    try:
        connection.execute(f'from {PUBLISHED_SCHEMA}."{name}" limit 0')
    except duckdb.Error as error:
        return f"{name} cannot be read from the mart alone ({str(error).splitlines()[0]})"
    return ""
