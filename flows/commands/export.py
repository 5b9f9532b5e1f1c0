"""`gongkai export`: a version as Parquet and CSV files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.failures import failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, WarehouseFolder
from flows.commands.terminal import messages, output
from flows.progress import show_progress, step_progress
from pipelines.publishing import find_version, live_version
from pipelines.publishing.export import FORMATS, export_version, list_relations
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai export

gongkai export --out release/ --format csv

gongkai export --version 20260131T080000Z-1f2e3d --out /srv/www/gongkai"""


class Format(StrEnum):
    """What to write."""

    PARQUET = "parquet"
    CSV = "csv"


OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Where the files go; an earlier export there is replaced in one step.",
        show_default="export in the warehouse",
        file_okay=False,
    ),
]
Formats = Annotated[
    list[Format] | None, typer.Option("--format", help="A format to write; may be repeated.", show_default="both")
]
VersionId = Annotated[
    str | None, typer.Option("--version", metavar="ID", help="The version to export.", show_default="the live one")
]


def export(
    out: OutFolder = None,
    formats: Formats = None,
    version: VersionId = None,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
) -> None:
    """Write every table of the mart as Parquet (a folder for each report year) and CSV (UTF-8, opens in Excel)."""
    folder = Warehouse(warehouse)
    target = out or folder.exports
    with failures_explained(folder):
        wanted = find_version(folder, version) if version else live_version(folder)
        with show_progress(messages), step_progress("Export", total=len(list_relations(wanted))) as advance:
            written = export_version(wanted, target, formats or FORMATS, lambda _name: advance(1))
        rows = sum(written.row_counts.values())
        output.print(
            f"Version {written.version}: {len(written.row_counts)} tables with {rows:,} rows "
            f"in {target} ({', '.join(written.formats)})"
        )
