"""Whether a ledger is the one of a warehouse: it has every decision that the newest version was made with."""

import hashlib
from collections.abc import Sequence
from typing import Any

import duckdb

from contracts.decision_rows import decision_row
from pipelines.decisions.ledger import LEDGER_VARIABLE, Ledger, LedgerError
from pipelines.publishing import Version, list_versions
from pipelines.warehouse import MART_FILE, Warehouse

MOST_NAMED = 5
_WORDS = ("kind", "document_sha256", "cell", "value", "expected", "decided_by", "reason", "evidence")


class OtherLedgerError(LedgerError):
    """The ledger is not the one that the warehouse was made with."""

    def __init__(self, ledger: Ledger, warehouse: Warehouse, version: Version, lost: Sequence[str]) -> None:
        """Name the ledger, the warehouse, and what the one lacks of the other."""
        path = ledger.path.resolve()
        found = f"has {len(ledger.lines):,} decisions" if path.exists() else "does not exist"
        named = ", ".join(lost[:MOST_NAMED]) + (f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else "")
        super().__init__(
            f"The ledger {path} {found} and is not that of the warehouse {warehouse.root.resolve()}: version "
            f"{version.id} was made with {version.manifest.inputs.decisions:,} decisions, of which the ledger lacks "
            f"{len(lost):,}, or has them with other words: {named}. A run refuses such a ledger. Name the right one "
            f"with --ledger or {LEDGER_VARIABLE}, or restore it."
        )
        self.lost = tuple(lost)


def check_used(ledger: Ledger, warehouse: Warehouse) -> None:
    """Compare a ledger with the decisions that the newest version of a warehouse was made with.

    Neither a lock is taken nor the working database opened: this is in no run's way. The version's mart is opened only
    if the ledger does not begin as it did then, for two branches' ledgers may have been merged since.

    Raises:
        OtherLedgerError: the ledger lacks some, or has them with other words.
        duckdb.Error: they differ and the version's mart, which tells in what, cannot be read.
    """
    versions = list_versions(warehouse)
    if not versions or _begins_as(ledger, versions[-1]):
        return
    used = _read_used(versions[-1])
    given = {decision.id: decision_row(position, decision) for position, decision in ledger.lines.items()}
    lost = [name for name, words in used.items() if name not in given or not _says(given[name], words)]
    if lost:
        raise OtherLedgerError(ledger, warehouse, versions[-1], lost)


def _begins_as(ledger: Ledger, version: Version) -> bool:
    """Whether the first lines of a ledger are all those that a version was made with."""
    inputs = version.manifest.inputs
    if not inputs.decisions:
        return True
    first = list(ledger.lines.items())[: inputs.decisions]
    hashes = [decision_row(position, decision)["payload_sha256"] for position, decision in first]
    return hashlib.sha256(",".join(hashes).encode()).hexdigest() == inputs.decisions_sha256


def _read_used(version: Version) -> dict[str, dict[str, Any]]:
    """The decisions of a version by id with their words, in the ledger's order; then withdrawals, without words."""
    query = f"select decision_id, withdrawn_by, {', '.join(_WORDS)} from marts.fct_decisions order by position"  # noqa: S608 our own names
    with duckdb.connect(version.folder / MART_FILE, read_only=True) as connection:
        rows = connection.execute(query).fetchall()
    used: dict[str, dict[str, Any]] = {name: dict(zip(_WORDS, words, strict=True)) for name, _, *words in rows}
    return used | {withdrawal: {} for _, withdrawal, *_ in rows if withdrawal is not None}


def _says(row: dict[str, Any], words: dict[str, Any]) -> bool:
    return all(row.get(name) == said for name, said in words.items())
