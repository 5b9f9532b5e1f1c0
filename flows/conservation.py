"""Nothing gets lost on the way to the raw tables: what one step hands over is counted again at the next one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb

from pipelines.decisions import Ledger
from pipelines.warehouse import Warehouse

if TYPE_CHECKING:
    from pipelines.load import LoadResult  # importing it takes a second, which the command line would wait for


class LostInputError(RuntimeError):
    """A step did not account for everything it was given; nothing is published."""

    def __init__(self, step: str, expected: int, found: int, what: str) -> None:
        """Say at which step how many of what are missing (or too many)."""
        super().__init__(
            f"{step}: {expected} {what} were handed over, {found} are accounted for. Nothing was published, the live "
            "version stays. Check that no file was changed or removed during the run, then run again."
        )


def check_extracted(documents: int, lines: int) -> None:
    """Every document to be extracted has its line.

    Raises:
        LostInputError: there are more or fewer lines.
    """
    if lines != documents:
        raise LostInputError("Between capture and extract", documents, lines, "documents")


def check_loaded(payloads: int, loaded: "LoadResult") -> None:
    """Every payload handed over to the load was read, and is new, changed, unchanged, rejected or superseded.

    Raises:
        LostInputError: one is not, or is counted twice.
    """
    for found in (
        loaded.payloads,
        loaded.documents + loaded.rejected.total() + loaded.superseded_in_batch,
        loaded.written + loaded.not_written,
    ):
        if found != payloads:
            raise LostInputError("Between extract and load", payloads, found, "payloads")


def check_documents(warehouse: Warehouse, captured: Iterable[str]) -> None:
    """Every captured document, by its sha256, has its row of `raw.documents`.

    Raises:
        LostInputError: one has none.
    """
    wanted = sorted(set(captured))
    if not wanted:
        return
    query = "select count(*) from raw.documents semi join (select unnest(?) as document_sha256) using (document_sha256)"
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        ((found,),) = connection.execute(query, [wanted]).fetchall()
    if found != len(wanted):
        raise LostInputError("Between capture and load", len(wanted), found, "documents")


def check_decisions(warehouse: Warehouse, ledger: Ledger) -> None:
    """Every line of the ledger has its row of `raw.decisions`.

    Raises:
        LostInputError: one has none, or there are others.
    """
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        rows = connection.execute("select decision_id from raw.decisions order by position").fetchall()
    if [name for (name,) in rows] != [decision.id for decision in ledger.decisions]:
        raise LostInputError("Between ledger and load", len(ledger.decisions), len(rows), "decisions")
