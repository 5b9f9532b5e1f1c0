"""A failure on the terminal: what was found, what was allowed, what to do next; the traceback goes into a file."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb
import typer
from rich.markup import escape

from flows.commands.terminal import messages
from flows.conservation import LostInputError
from flows.dbt import DbtFailedError
from flows.documents import DocumentError
from flows.fetching import NothingFetchedError
from flows.prefect_server import PrefectServerError
from flows.warehouse_errors import RedContractError
from pipelines.capture import CaptureError
from pipelines.decisions import LedgerError
from pipelines.fetch.url_list import UrlListError
from pipelines.inbox import InboxError
from pipelines.limits import LimitError
from pipelines.publishing import PublicationRefusedError, UnknownVersionError, WriterBusyError
from pipelines.publishing.export import ForeignFolderError
from pipelines.validation.chunks import DamagedShardError
from pipelines.warehouse import Warehouse

EXPLAINED = (
    CaptureError,
    DamagedShardError,
    DbtFailedError,
    DocumentError,
    LedgerError,
    ForeignFolderError,
    InboxError,
    LimitError,
    LostInputError,
    NothingFetchedError,
    PrefectServerError,
    PublicationRefusedError,
    RedContractError,
    UnknownVersionError,
    UrlListError,
    WriterBusyError,
)
FAILURE = 1
INTERRUPTED = 130


@contextmanager
def failures_explained(warehouse: Warehouse) -> Iterator[None]:
    """Turn every exception inside into a message and exit code 1; keep the traceback in the warehouse's logs."""
    try:
        yield
    except (typer.Exit, typer.BadParameter):
        raise
    except EXPLAINED as error:
        messages.print(f"[red]error:[/red] {escape(str(error))}")
        raise typer.Exit(FAILURE) from error
    except KeyboardInterrupt as error:
        messages.print("Interrupted: the live version stays as it was. The next run takes up where this one stopped.")
        raise typer.Exit(INTERRUPTED) from error
    except Exception as error:
        log = _write_traceback(warehouse, error)
        reason = str(error).splitlines()[0] if str(error) else "no message"
        what = "DuckDB" if isinstance(error, duckdb.Error) else type(error).__name__
        messages.print(
            f"[red]error:[/red] {what}: {escape(reason)}\n"
            f"This was not foreseen; the live version stays as it was. The traceback is in {escape(log)}."
        )
        raise typer.Exit(FAILURE) from error


def _write_traceback(warehouse: Warehouse, error: Exception) -> str:
    warehouse.logs.mkdir(parents=True, exist_ok=True)
    log = warehouse.logs / f"failure-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
    log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return str(log)
