"""New decisions: made from what was found, recorded unless one about the same stands."""

import datetime
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from contracts.decisions import (
    SCHEMA_ID,
    AcceptAsReported,
    CannotTell,
    Correct,
    Decision,
    Premise,
    RejectDocument,
    ReportedValue,
    Withdraw,
    kind_of,
    standing,
    target_of,
    value_problem,
)
from contracts.form import Cell, form
from contracts.raw_tables import report_key
from pipelines.decisions.ledger import LEDGER_VARIABLE, Ledger, LedgerError, append, read_ledger
from pipelines.publishing import WriterBusyError
from pipelines.publishing.lock import find_holder
from pipelines.warehouse import Warehouse

BLANK = "blank"
_WHOLE = re.compile(r"-?[0-9]+")
AnswerKind = Literal["accept_as_reported", "cannot_tell"]


@dataclass(frozen=True)
class Signature:
    """Who decides, and why."""

    by: str
    reason: str
    evidence: str = ""


@dataclass(frozen=True)
class Target:
    """What is decided about: a document by its sha256, a report by its ordinal, and the rule of a finding if any."""

    document: str
    report: int
    rule: str | None = None


def _heading(signature: Signature) -> dict[str, str]:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    name = f"d-{secrets.token_hex(6)}"
    return {"schema": SCHEMA_ID, "id": name, "at": now, "by": signature.by, "reason": signature.reason}


def answer(kind: AnswerKind, target: Target, premise: Premise, signature: Signature) -> Decision:
    """A decision that answers a finding: it is accepted as reported, or nobody can tell."""
    made = AcceptAsReported if kind == "accept_as_reported" else CannotTell
    return made(
        **_heading(signature),  # type: ignore[arg-type]
        document=target.document,
        report=target.report,
        rule=target.rule or "",
        expect=premise,
        evidence=signature.evidence,
    )


def correct(target: Target, cell: str, value: int | str | None, reported: int | str | None, by: Signature) -> Decision:
    """A decision that gives a cell another value."""
    return Correct(
        **_heading(by),  # type: ignore[arg-type]
        document=target.document,
        report=target.report,
        rule=target.rule,
        cell=cell,
        value=value,
        evidence=by.evidence,
        expect=ReportedValue(value=reported),
    )


def reject(document: str, signature: Signature) -> Decision:
    """A decision that nothing of a document counts."""
    return RejectDocument(**_heading(signature), document=document, evidence=signature.evidence)  # type: ignore[arg-type]


def withdraw(decision: str, signature: Signature) -> Decision:
    """The withdrawal of an earlier decision."""
    return Withdraw(**_heading(signature), decision=decision)  # type: ignore[arg-type]


def record(path: Path, decisions: Sequence[Decision], replaceable: Collection[str] = ()) -> list[Decision]:
    """Append decisions to a ledger; returns them when they are on the disk.

    Args:
        path: the ledger.
        decisions: what is decided.
        replaceable: ids of decisions that another one about the same may take the place of: expired ones.

    Raises:
        LedgerError: another decision about the same stands, or the ledger is not fit to be appended to; or something
            is to be withdrawn and the ledger has nothing.
    """
    if any(isinstance(decision, Withdraw) for decision in decisions) and not read_ledger(path).lines:
        raise LedgerError(
            f"The ledger {path} does not exist or is empty: there is nothing to withdraw. Name the one that has the "
            f"decision with --ledger or {LEDGER_VARIABLE}."
        )

    def guard(ledger: Ledger) -> Sequence[Decision]:
        for known in standing(ledger.decisions).values():
            for decision in decisions:
                if target_of(decision) == target_of(known) and known.id not in replaceable:
                    raise LedgerError(
                        f"{known.id} ({kind_of(known)}, by {known.by}) decides about the same already: {known.reason} "
                        f"Withdraw it first: gongkai decide withdraw {known.id}"
                    )
        return decisions

    return append(path, guard)


def parse_value(cell: Cell, text: str) -> int | str | None:
    """The value that a text gives a cell; `blank` leaves it without one.

    Raises:
        ValueError: the cell cannot have it; the message says what it can have.
    """
    if text.strip() == BLANK:
        return None
    plain = text.strip().replace(",", "")
    value = int(plain) if cell.type == "integer" and _WHOLE.fullmatch(plain) else plain
    if problem := value_problem(cell, value):
        raise ValueError(f"{problem}; {BLANK} leaves it without a value")
    return value


def read_reported(warehouse: Warehouse, target: Target, cell: Cell) -> int | str | None:
    """What the warehouse holds of a cell as reported, None for a blank.

    Raises:
        LedgerError: the report is not there, or its version of the form has no such cell.
        WriterBusyError: a run is writing.
        duckdb.Error: the working database cannot be opened, or is damaged.
    """
    query = f"""
        select {cell.table}__form_version, {cell.name} from raw.reports
        where report_key = ? and payload_sha256 in (select payload_sha256 from raw.documents)
    """  # noqa: S608 the form's own names
    if not warehouse.database.exists():
        raise LedgerError(
            f"There is no {warehouse.database}, which has the figures as reported: `gongkai run` makes it anew from "
            "the same documents."
        )
    try:
        with duckdb.connect(warehouse.database, read_only=True) as connection:
            rows = connection.execute(query, [report_key(target.document, target.report)]).fetchall()
    except duckdb.IOException as error:
        if holder := find_holder(warehouse.lock):
            raise WriterBusyError(warehouse, holder) from error
        raise
    if not rows:
        raise LedgerError(f"The warehouse holds no report {target.report} of the document {target.document[:12]}.")
    ((version, value),) = rows
    if version is None or cell.id not in form().versions[version].cells:
        there = f"version {version} has no such cell" if version else f"the report has no table {cell.table}"
        raise LedgerError(f"{cell.id} cannot be corrected: {there}. docs/form.md has the cells of each version.")
    found: int | str | None = value
    return found
