"""`gongkai findings`: where reports contradict themselves, and what would explain it."""

from typing import Any

from flows.commands.failures import failures_explained
from flows.commands.mart import open_live_mart, read_findings
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai findings

gongkai findings --json > findings.jsonl"""

_SHOWN = 4


def findings(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False) -> None:
    """List the findings of the live version: violated identities, claims and identities in conflict.

    Each with its verdict and what explains it best; --json has all explanations, and the place of each figure.
    """
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
                finding["verdict"],
                _describe(finding),
                _explain(finding["explanations"]),
            )
            for finding in found
        ]
        if rows:
            print_table(f"{len(rows)} findings", ("year", "authority", "verdict", "found", "best explanation"), rows)
        else:
            messages.print("No findings: every table that could be assessed satisfies its identities.")


def _describe(finding: dict[str, Any]) -> str:
    """What is wrong: the violated identities with their residuals, or the words of the claim or about who reports."""
    if finding["kind"] == "identity_conflict":
        return f"{finding['field']}: {finding['quote']}"
    if finding["kind"] == "claim_conflict":
        unit = "%" if finding["unit"] == "percent" else ""
        return f"{finding['claim']} {finding['value']}{unit}: {finding['quote']}"
    violated = zip(finding["identities"], finding["residuals"], strict=True)
    return ", ".join(f"{identity} {residual:+d}" for identity, residual in violated)


def _explain(explanations: list[dict[str, Any]]) -> str:
    """The likeliest explanation of a held table with its margin and how many others there are; or what was compared."""
    words = [each["compared_with"] for each in explanations if not each["cells"]]
    if words or not explanations:
        return "; ".join(words)
    best, others = explanations[0], len(explanations) - 1
    cells = best["cells"]
    changes = ", ".join(f"{each['cell']} {_figure(each['old'])} → {each['new']}" for each in cells[:_SHOWN])
    more = f" and {len(cells) - _SHOWN} more cells" if len(cells) > _SHOWN else ""
    rivals = f", {others} other{'s' if others > 1 else ''}" if others else ""
    return f"{best['kind'].replace('_', ' ')}: {changes}{more} (margin {best['margin']}{rivals})"


def _figure(value: int | None) -> str:
    return "blank" if value is None else str(value)
