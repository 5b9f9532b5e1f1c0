"""`gongkai decisions`: what was decided, and whether it holds."""

from typing import Any

import msgspec

from contracts.decisions import AcceptAsReported, CannotTell, Correct, Decision, RejectDocument, Withdraw, kind_of
from flows.commands.failures import failures_explained
from flows.commands.mart import open_live_mart
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, LedgerFile, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from pipelines.decisions import Ledger, default_ledger, read_ledger
from pipelines.decisions.used import check_used
from pipelines.publishing import list_versions
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai decisions

gongkai decisions --json | jq 'select(.state == "expired")'"""
PENDING = "pending"
Shown = dict[str, tuple[str, str | None, int | None]]


def decisions(
    ledger: LedgerFile = None, warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False
) -> None:
    """List the ledger's decisions and the state of each.

    active: the live version applies it; pending: the next run will look at it; expired: its premise is gone, it is not
    applied; unmatched: the warehouse has no such document; replaced: by a later one; withdrawn. Exit code 1 if the
    ledger is another than the warehouse was made with.
    """
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        known = read_ledger(ledger or default_ledger())
        applied = _applied(folder)
        listed = [one for one in known.decisions if not isinstance(one, Withdraw)]
        if as_json:
            for decision in listed:
                print_json(_record(decision, known, applied))
        elif listed:
            columns = ("id", "state", "kind", "about", "decided", "by", "reason")
            rows = [_row(decision, known, applied) for decision in listed]
            print_table(f"{len(rows)} decisions in {known.path}", columns, rows)
        check_used(known, folder)
        if not listed and not as_json:
            messages.print(f"No decisions in {known.path}: `gongkai review` and `gongkai decide` record them.")


def _applied(folder: Warehouse) -> Shown:
    """State, body and year of the decisions that the live version was made with, by id."""
    if not list_versions(folder):
        return {}
    query = """
        select decisions.decision_id, decisions.state, authorities.authority_zh, reports.report_year
        from marts.fct_decisions as decisions
        left join marts.dim_report as reports on decisions.report_key = reports.report_key
        left join marts.dim_authority as authorities on reports.authority_key = authorities.authority_key
    """
    with open_live_mart(folder) as mart:
        return {name: (state, authority, year) for name, state, authority, year in mart.execute(query).fetchall()}


def _state(decision: Decision, ledger: Ledger, applied: Shown) -> str:
    if decision.id in ledger.withdrawn:
        return "withdrawn"
    if decision.id not in ledger.standing:
        return "replaced"
    return applied[decision.id][0] if decision.id in applied else PENDING


def _about(decision: Decision) -> str:
    if isinstance(decision, Correct):
        before, after = ("blank" if value is None else str(value) for value in (decision.expect.value, decision.value))
        return f"{decision.cell} {before} -> {after}"
    if isinstance(decision, AcceptAsReported | CannotTell):
        return decision.rule
    return "the document"


def _record(decision: Decision, ledger: Ledger, applied: Shown) -> dict[str, Any]:
    _, authority, year = applied.get(decision.id, (None, None, None))
    return {
        "state": _state(decision, ledger, applied),
        "authority": authority,
        "year": year,
        "withdrawn_by": ledger.withdrawn.get(decision.id),
        **msgspec.to_builtins(decision),
    }


def _row(decision: Decision, ledger: Ledger, applied: Shown) -> tuple[str, ...]:
    _, authority, year = applied.get(decision.id, (None, None, None))
    document = decision.document[:12] if not isinstance(decision, Withdraw) else ""
    ordinal = "" if isinstance(decision, RejectDocument | Withdraw) else f" report {decision.report}"
    body = f"{authority} {year}" if authority else f"{document}{ordinal}"
    return (
        decision.id,
        _state(decision, ledger, applied),
        kind_of(decision),
        f"{body}: {_about(decision)}",
        decision.at[:10],
        decision.by,
        decision.reason,
    )
