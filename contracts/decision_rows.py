"""A line of the ledger as a row of `raw.decisions`."""

import datetime
import hashlib
from typing import Any

from contracts.decisions import Correct, Decision, RejectDocument, Withdraw, encode, expected_text, kind_of


def decision_row(position: int, decision: Decision) -> dict[str, Any]:
    """The values of `raw.decisions` by column; a column that is not named is null.

    Args:
        position: the number of the line in the ledger, from 1.
        decision: what the line says.
    """
    payload = encode(decision)
    row: dict[str, Any] = {
        "decision_id": decision.id,
        "position": position,
        "payload": payload.decode(),
        "payload_sha256": hashlib.sha256(payload).hexdigest(),
        "kind": kind_of(decision),
        "decided_at": _moment(decision.at),
        "decided_by": decision.by,
        "reason": decision.reason,
        "expected": expected_text(decision),
    }
    if isinstance(decision, Withdraw):
        return row | {"withdraws": decision.decision}
    row |= {"document_sha256": decision.document, "evidence": decision.evidence or None}
    if isinstance(decision, RejectDocument):
        return row
    row |= {"ordinal": decision.report, "rule": decision.rule}
    if isinstance(decision, Correct):
        row |= {"cell": decision.cell, "value": None if decision.value is None else str(decision.value)}
    return row


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
