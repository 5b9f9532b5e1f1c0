"""`gongkai report`: the findings as one HTML page."""

import errno
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.markup import escape

from flows.commands.failures import FAILURE, failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, WarehouseFolder
from flows.commands.terminal import messages, output
from pipelines.changes import is_built_as
from pipelines.durability import replacing
from pipelines.publishing import Version, WriterBusyError, live_version, reader_lock
from pipelines.warehouse import MART_FILE, Warehouse

EXAMPLES = """Examples:

gongkai report

gongkai report --out findings.html --most 50"""
MOST = 200

OutFile = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Where the page goes.",
        show_default="report.html in the warehouse",
        dir_okay=False,
    ),
]
Most = Annotated[int, typer.Option("--most", metavar="N", min=1, help="Show at most so many findings one by one.")]


def report(out: OutFile = None, most: Most = MOST, warehouse: WarehouseFolder = DEFAULT_WAREHOUSE) -> None:
    """Write one HTML page, Chinese and English: summary, held tables, each finding with its table and what is printed.

    The page needs nothing else: no script, no other file, no other host. While a run is under way it lacks the figures
    of held tables, which are in no published mart. The right to read the warehouse is enough if --out names a place.
    """
    folder = Warehouse(warehouse)
    target = out or folder.root / "report.html"
    with failures_explained(folder):
        from flows.page.render import render_page

        version = live_version(folder)
        with (
            duckdb.connect(version.folder / MART_FILE, read_only=True) as mart,
            _open_figures(folder, version) as database,
        ):
            page = render_page(mart, database, version, most)
        _write(target, page)
        output.print(f"Page: {target}", markup=False)


@contextmanager
def _open_figures(folder: Warehouse, version: Version) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The working database, None if it cannot be read at this moment or belongs to another version."""
    with ExitStack() as opened:
        database, reason = None, ""
        try:
            opened.enter_context(reader_lock(folder, "report"))
            if is_built_as(folder, version):
                database = opened.enter_context(duckdb.connect(folder.database, read_only=True))
            else:
                reason = f"{folder.database} was not built for version {version.id}, which is live."
        except (WriterBusyError, duckdb.IOException) as error:
            reason = str(error).splitlines()[0].partition(" Only one run")[0]
        if reason:
            messages.print(f"The page does not have the figures of held tables: {reason}", markup=False)
        yield database


def _write(target: Path, page: str) -> None:
    """Put the page in its place in one step."""
    try:
        with replacing(target) as part:
            part.write_text(page, encoding="utf-8")
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        messages.print(f"[red]error:[/red] {escape(str(target))} cannot be written: {error.strerror}.")
        messages.print("Name another place for the page with --out FILE.")
        raise typer.Exit(FAILURE) from error
