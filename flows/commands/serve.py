"""`gongkai serve`: scheduled runs on a Prefect server of one's own."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.markup import escape

from flows.commands.failures import failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, LedgerFile, WarehouseFolder
from flows.commands.terminal import messages
from flows.declarations import load_declarations
from pipelines.decisions import default_ledger, read_ledger
from pipelines.decisions.used import check_used
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai serve

gongkai serve --warehouse /srv/gongkai --inbox /srv/inbox --urls /srv/urls.txt

gongkai serve --ledger /srv/decisions.jsonl

gongkai serve --port 4300"""

DEFAULT_PORT = 4200
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="Where on 127.0.0.1 Prefect's server listens; 0 for any.")
]
Inbox = Annotated[
    Path | None,
    typer.Option("--inbox", metavar="DIR", help="The folder that the daily run takes in.", show_default="DIR/inbox"),
]
Urls = Annotated[
    Path | None,
    typer.Option(
        "--urls",
        metavar="FILE",
        help="The addresses the daily run fetches.",
        show_default="DIR/urls.txt",
        exists=True,
        dir_okay=False,
    ),
]


def serve(
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    port: Port = DEFAULT_PORT,
    inbox: Inbox = None,
    urls: Urls = None,
    ledger: LedgerFile = None,
) -> None:
    """Run the schedules of prefect.yaml until stopped: Prefect's server with its pages, a work pool and a worker.

    Everything listens on 127.0.0.1 only. What dies is started again; an interrupt (Ctrl-C, SIGTERM) ends all of it.
    """
    folder = Warehouse(warehouse)
    stop = threading.Event()

    def stop_serving(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    with failures_explained(folder):
        load_declarations()
        decisions = ledger or default_ledger()
        check_used(read_ledger(decisions), folder)  # each of the runs would refuse it, some time later
        from flows.serving.supervisor import serve_until_stopped

        before = {number: signal.signal(number, stop_serving) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            serve_until_stopped(
                folder,
                port,
                inbox or folder.root / "inbox",
                urls or folder.root / "urls.txt",
                decisions,
                lambda line: messages.print(escape(line)),
                stop,
            )
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
