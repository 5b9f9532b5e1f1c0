"""A version as files for tools that do not open DuckDB: Parquet, partitioned by year, and CSV for spreadsheets.

Each table and view of the published schema becomes `parquet/<name>/` (one folder for each report year where it has
one) and `csv/<name>.csv` (UTF-8 with a byte order mark, so that Excel reads Chinese). `export.json` names the version.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import msgspec

from pipelines.durability import exchange, sync_folder
from pipelines.publishing.audit import PUBLISHED_SCHEMA
from pipelines.publishing.versions import Version
from pipelines.sql_paths import quote
from pipelines.warehouse import MART_FILE

EXPORT_FILE = "export.json"
PARTITION = "report_year"
BYTE_ORDER_MARK = "\ufeff"
FORMATS = ("parquet", "csv")


class ForeignFolderError(FileExistsError):
    """The folder to export to holds something that is no export; nothing in it is touched."""

    def __init__(self, folder: Path) -> None:
        """Say what was found and what to do."""
        super().__init__(
            f"{folder} exists and is no earlier export ({EXPORT_FILE} is missing). Name a folder that does not exist, "
            "or one that an export made: it is replaced whole."
        )


class Export(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an export holds: the version, the formats, and the rows of each relation."""

    version: str
    formats: list[str]
    row_counts: dict[str, int]


def list_relations(version: Version) -> list[str]:
    """The tables and views that a version's export has.

    Raises:
        duckdb.Error: the mart cannot be read.
    """
    with duckdb.connect(version.folder / MART_FILE, read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_catalog = current_database() "
            "and table_schema = ? order by all",
            [PUBLISHED_SCHEMA],
        ).fetchall()
    return [name for (name,) in names]


def export_version(
    version: Version,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    on_relation: Callable[[str], object] = lambda _name: None,
) -> Export:
    """Write a version's relations to files, beside the folder first: they then replace an earlier export in one step.

    Where the system cannot exchange two folders, these are two steps, and there is no export between them.

    Args:
        version: a kept version.
        folder: where the files go; made, or replaced if it is an earlier export.
        formats: `parquet`, `csv` or both.
        on_relation: called with the name of each relation that has been written.

    Raises:
        ForeignFolderError: the folder holds something else.
        OSError: the files cannot be written.
    """
    folder = folder.resolve()  # the folder behind a link is replaced, not the link
    if folder.exists() and any(folder.iterdir()) and not (folder / EXPORT_FILE).is_file():
        raise ForeignFolderError(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part, old = folder.with_name(f".{folder.name}.part"), folder.with_name(f".{folder.name}.old")
    for leftover in (part, old):
        shutil.rmtree(leftover, ignore_errors=True)
    part.mkdir()
    row_counts: dict[str, int] = {}
    with duckdb.connect(version.folder / MART_FILE, read_only=True) as connection:
        for name in list_relations(version):
            for format_name in formats:
                row_counts[name] = _write(connection, name, format_name, part / format_name)
            on_relation(name)
    export = Export(version.id, list(formats), row_counts)
    (part / EXPORT_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(export), indent=2) + b"\n")
    _replace(folder, part, old)
    return export


def _replace(folder: Path, part: Path, old: Path) -> None:
    """Put the part in the folder's place; what was there goes, by the name `old` if two steps are needed."""
    if not (folder.exists() and exchange(part, folder)):
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
    sync_folder(folder.parent)
    for replaced in (part, old):
        shutil.rmtree(replaced, ignore_errors=True)


def _write(connection: duckdb.DuckDBPyConnection, name: str, format_name: str, folder: Path) -> int:
    """Write a relation in one format; returns its rows."""
    folder.mkdir(exist_ok=True)
    relation = f'{PUBLISHED_SCHEMA}."{name}"'
    columns = [column for column, *_ in connection.execute(f"describe {relation}").fetchall()]
    if format_name == "parquet":
        partition = f", partition_by ({PARTITION})" if PARTITION in columns else ""
        target = folder / name if partition else folder / f"{name}.parquet"
        ((rows,),) = connection.execute(
            f"copy {relation} to '{quote(target)}' (format parquet, compression zstd{partition})"
        ).fetchall()
        if partition and not any(target.iterdir()):  # no year at all: one file without rows tells the columns
            target = target / "data_0.parquet"
            connection.execute(f"copy {relation} to '{quote(target)}' (format parquet, compression zstd)")
        return int(rows)
    target = folder / f"{name}.csv"
    body = target.with_suffix(".body")
    ((rows,),) = connection.execute(f"copy {relation} to '{quote(body)}' (format csv, header)").fetchall()
    with target.open("wb") as file, body.open("rb") as lines:
        file.write(BYTE_ORDER_MARK.encode())
        shutil.copyfileobj(lines, file)
    body.unlink()
    return int(rows)
