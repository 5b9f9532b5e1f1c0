"""The ledger of decisions: read, appended to under a lock, and copied into the warehouse by each run."""

from pipelines.decisions.ledger import Ledger, LedgerError, append, default_ledger, read_ledger

__all__ = ["Ledger", "LedgerError", "append", "default_ledger", "read_ledger"]
