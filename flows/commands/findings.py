"""`gongkai findings`: where reports contradict themselves, and what would explain it."""

from flows.commands.failures import failures_explained
from flows.commands.mart import open_live_mart, read_findings
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai findings

gongkai findings --json > findings.jsonl"""


def findings(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False) -> None:
    """List the findings of the live version: violated identities with their residuals, and claims in conflict."""
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
                finding["authority"] or "",
                finding["table"] or "",
                ", ".join(finding["identities"]) or finding["claim"] or "",
                ", ".join(f"{residual:+d}" for residual in finding["residuals"]),
                finding["verdict"],
            )
            for finding in found
        ]
        if rows:
            columns = ("year", "authority", "table", "identities or claim", "residuals", "verdict")
            print_table(f"{len(rows)} findings", columns, rows)
        else:
            messages.print("No findings: every table that could be assessed satisfies its identities.")
