"""`gongkai report`: the findings as one HTML page."""

from pathlib import Path
from typing import Annotated

import duckdb
import typer

from flows.commands.failures import failures_explained
from flows.commands.mart import open_live_mart
from flows.commands.options import DEFAULT_WAREHOUSE, WarehouseFolder
from flows.commands.terminal import output
from pipelines.publishing import live_version, writer_lock
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai report

gongkai report --out findings.html --most 50"""
MOST = 200

OutFile = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where the page goes.", show_default="report.html in the warehouse"),
]
Most = Annotated[int, typer.Option("--most", metavar="N", min=1, help="Show at most so many findings one by one.")]


def report(out: OutFile = None, most: Most = MOST, warehouse: WarehouseFolder = DEFAULT_WAREHOUSE) -> None:
    """Write one HTML page, Chinese and English: summary, held tables, each finding with its table and what is printed.

    The page needs nothing else: no script, no other file, no other host.
    """
    folder = Warehouse(warehouse)
    target = out or folder.root / "report.html"
    with failures_explained(folder):
        from flows.page.render import render_page

        with (
            open_live_mart(folder) as mart,
            writer_lock(folder, "report"),
            duckdb.connect(folder.database, read_only=True) as database,
        ):
            page = render_page(mart, database, live_version(folder), most)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.write_text(page, encoding="utf-8")
        part.replace(target)
        output.print(f"Page: {target}", markup=False)
