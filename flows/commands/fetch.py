"""`gongkai fetch`: a list of addresses into the archive, without reading what they gave."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.failures import failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, output, print_json, print_table
from flows.declarations import load_declarations
from flows.fetching import FetchedList, fetch_list
from flows.progress import show_progress
from flows.warehouse_errors import NothingFetchedError
from pipelines.fetch.answers import GOOD, Row
from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai fetch urls.txt

gongkai fetch bodies.csv --warehouse /srv/gongkai

gongkai fetch bodies.yml --json > outcomes.jsonl

GONGKAI_FETCH_CONTACT=mailto:me@example.org gongkai fetch urls.txt"""
MOST_LISTED = 50

UrlList = Annotated[
    Path,
    typer.Argument(
        metavar="LIST",
        help="One address a line, or CSV or YAML with url, authority, year, tier, dialect (docs/capture.md).",
        exists=True,
        dir_okay=False,
    ),
]


def fetch(urls: UrlList, warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False) -> None:
    """Fetch the addresses of a list politely into the archive; `gongkai run --urls LIST` reads what they gave as well.

    What has not changed since it was last fetched is not sent again. Ends with 0 if the list was gone through, also if
    some addresses failed: they are listed, and all outcomes are in the warehouse's `fetches/`. Ends with 1 if none
    gave a document.
    """
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        load_declarations()
        with show_progress(messages), writer_lock(folder) as run_id:
            fetched = fetch_list(urls, folder, run_id)
        if as_json:
            for row in fetched.rows:
                print_json(row)
        else:
            print_fetched(fetched)
        if fetched.is_fruitless:
            raise NothingFetchedError(urls, fetched)


def print_fetched(fetched: FetchedList) -> None:
    """How many addresses ended how, and those that gave nothing."""
    print_table("Addresses by outcome", ("outcome", "addresses"), fetched.counts.items())
    failed: Sequence[Row] = [row for row in fetched.rows if row.status not in GOOD]
    if failed:
        rows: list[tuple[str, str, str]] = [(row.url, row.status, row.detail) for row in failed[:MOST_LISTED]]
        rows += [("…", "", f"{len(failed) - MOST_LISTED:,} more")] if len(failed) > MOST_LISTED else []
        print_table("Addresses that gave nothing", ("url", "outcome", "detail"), rows)
    output.print(f"Outcomes: {fetched.log}")
