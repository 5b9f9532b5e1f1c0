"""`gongkai findings`: where reports contradict themselves, and what would explain it."""

from typing import Any

from rich.markup import escape

from flows.commands.failures import failures_explained
from flows.commands.mart import open_live_mart, read_findings
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai findings

gongkai findings --json > findings.jsonl"""


def findings(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False) -> None:
    """List the findings of the live version: violated identities with residuals, claims and identities in conflict."""
    folder = Warehouse(warehouse)
    with failures_explained(folder), open_live_mart(folder) as connection:
        found = read_findings(connection)
        if as_json:
            for finding in found:
                print_json(finding)
            return
        rows = [
            (
                str(finding["year"]),
                escape(finding["authority"] or ""),
                finding["verdict"],
                escape(_describe(finding)),
                escape("; ".join(map(str, finding["explanations"] or ()))),
            )
            for finding in found
        ]
        if rows:
            print_table(f"{len(rows)} findings", ("year", "authority", "verdict", "found", "compared with"), rows)
        else:
            messages.print("No findings: every table that could be assessed satisfies its identities.")


def _describe(finding: dict[str, Any]) -> str:
    """What is wrong: the violated identities with their residuals, or the words of the claim or about who reports."""
    if finding["kind"] == "identity_conflict":
        return f"{finding['field']}: {finding['quote']}"
    if finding["kind"] == "claim_conflict":
        return f"{finding['claim']} {finding['value']}: {finding['quote']}"
    violated = zip(finding["identities"], finding["residuals"], strict=True)
    return ", ".join(f"{identity} {residual:+d}" for identity, residual in violated)
