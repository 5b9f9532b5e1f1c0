"""The database files opened for writing, always with row groups of one size.

A table of fewer rows than a row group is written by one thread, twice, and read by one, so they are smaller than
DuckDB's own 122,880 rows. Another size can be said only where a file is attached, and must be said each time: a
checkpoint joins row groups up to the size that the file was attached with, so that a single row written with DuckDB's
own size would have every table of the file written anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipelines.sql_paths import quote

ROW_GROUP_ROWS = 30_720  # `profiles.yml` says the same for what dbt writes


def attach_for_writing(
    connection: duckdb.DuckDBPyConnection, file: Path, name: str, storage_version: str | None = None
) -> None:
    """Attach a database file under a name; it is made if it is not there, with `storage_version` if that is given.

    Raises:
        duckdb.IOException: the file is no database, cannot be written, or another process has it open.
    """
    storage = f", storage_version '{storage_version}'" if storage_version else ""
    connection.execute(f"attach '{quote(file)}' as {name} (read_write, row_group_size {ROW_GROUP_ROWS}{storage})")


@contextmanager
def open_for_writing(file: Path, **config: Any) -> Iterator[duckdb.DuckDBPyConnection]:  # noqa: ANN401 - DuckDB's own
    """A connection to a database file, which is called by the stem of its name; `config` is DuckDB's configuration.

    Names without a database are the file's for this connection alone, not for its cursors.

    Raises:
        duckdb.IOException: the file is no database, cannot be written, or another process has it open.
    """
    with duckdb.connect(config={"temp_directory": f"{file}.tmp", **config}) as connection:
        attach_for_writing(connection, file, file.stem)
        connection.execute(f"use {file.stem}")
        yield connection
