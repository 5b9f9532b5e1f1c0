"""A failure on the terminal: what was found, what was allowed, what to do next; the traceback goes into a file."""

import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import typer
from rich.markup import escape

from contracts.declared import DeclarationError
from flows.commands.terminal import messages
from flows.conservation import LostInputError
from flows.dbt import DbtFailedError
from flows.documents import DocumentError
from flows.explanations import find_remedy
from flows.interruption import exit_code_of, find_interruption
from flows.log_file import prune_logs
from flows.prefect_server import PrefectServerError
from flows.serving.errors import ServeError
from flows.warehouse_errors import AfterPublicationError, NothingFetchedError, RedContractError, UnbuiltError
from pipelines.archive import DamagedArchiveError, DamagedManifestError
from pipelines.capture import CaptureError
from pipelines.decisions import LedgerError
from pipelines.fetch.url_list import UrlListError
from pipelines.inbox import InboxError
from pipelines.limits import LimitError
from pipelines.publishing import PublicationRefusedError, UnknownVersionError, WriterBusyError, live_id
from pipelines.publishing.export import ForeignFolderError
from pipelines.raw_schema import LoadError
from pipelines.validation.chunks import DamagedShardError
from pipelines.warehouse import Warehouse

EXPLAINED = (
    AfterPublicationError,
    CaptureError,
    DamagedArchiveError,
    DamagedManifestError,
    DamagedShardError,
    DbtFailedError,
    DeclarationError,
    DocumentError,
    LedgerError,
    ForeignFolderError,
    InboxError,
    LimitError,
    LoadError,
    LostInputError,
    NothingFetchedError,
    PrefectServerError,
    PublicationRefusedError,
    RedContractError,
    ServeError,
    UnbuiltError,
    UnknownVersionError,
    UrlListError,
    WriterBusyError,
)
SCRATCH = Warehouse(Path(tempfile.gettempdir()) / "gongkai")  # for what fails where there is no warehouse
FAILURE = 1


@contextmanager
def failures_explained(warehouse: Warehouse) -> Iterator[None]:
    """Turn every exception inside into a message and exit code 1; keep the traceback in the warehouse's logs.

    An interrupt or a termination is told as such, and has its own exit code.
    """
    before = live_id(warehouse)
    try:
        yield
    except (typer.Exit, typer.BadParameter):
        raise
    except BaseException as error:
        if (interruption := find_interruption(error)) is not None:
            messages.print(
                f"Interrupted. {_tell_live(warehouse, before)} The next run takes up where this one stopped.",
                highlight=False,
            )
            raise typer.Exit(exit_code_of(interruption)) from error
        if not isinstance(error, Exception):
            raise
        if isinstance(error, EXPLAINED):
            _print_error(str(error), find_remedy(error, warehouse))
            raise typer.Exit(FAILURE) from error
        what = "DuckDB" if isinstance(error, duckdb.Error) else type(error).__name__
        reason = f"{what}: {str(error).splitlines()[0] if str(error) else 'no message'}"
        remedy = find_remedy(error, warehouse) or "This was not foreseen."
        _print_error(reason, f"{remedy} {_tell_live(warehouse, before)}{_write_traceback(warehouse, error)}")
        raise typer.Exit(FAILURE) from error


def _tell_live(warehouse: Warehouse, before: str | None) -> str:
    """What is live after a failure, given what was live when the command began."""
    live = live_id(warehouse)
    return "The live version stays as it was." if live == before else f"Version {live} has become live."


def _print_error(reason: str, remedy: str) -> None:
    messages.print(f"[red]error:[/red] {escape(reason)}")
    if remedy:
        messages.print(escape(remedy))


def _write_traceback(warehouse: Warehouse, error: Exception) -> str:
    """Keep the traceback in the warehouse's logs, or outside if there is no warehouse; says where it is."""
    logs = warehouse.logs if warehouse.root.is_dir() else SCRATCH.logs
    log = logs / f"failure-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
    try:
        logs.mkdir(parents=True, exist_ok=True)
        prune_logs(logs, "failure-*.log")
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return ""
    return f" The traceback is in {log}."
