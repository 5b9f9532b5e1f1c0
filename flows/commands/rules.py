"""`gongkai rules`: what the rules of the catalogue say of the live version."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from contracts.rules import SEVERITIES, Rule
from contracts.rules import rules as declared_rules
from flows.commands.failures import failures_explained
from flows.commands.mart import count_rules, open_live_mart, read_rule_results
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, output, print_json, print_table
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai rules

gongkai rules jump_ratio

gongkai rules --failing --severity error --json > failures.jsonl"""
COUNTS = ("pass", "fail", "not_assessed", "not_applicable")


def _known(rule: str | None) -> Rule | None:
    """The rule of that id, None if none is asked for.

    Raises:
        typer.BadParameter: the catalogue has no such rule.
    """
    if rule is not None and rule not in declared_rules():
        near = [name for name in declared_rules() if rule in name or name in rule]
        hint = f"Did you mean {', '.join(near)}?" if near else "`gongkai rules` lists them."
        raise typer.BadParameter(f"The catalogue has no rule {rule}. {hint}")
    return None if rule is None else declared_rules()[rule]


def _chosen_severity(severity: str | None) -> str | None:
    if severity is not None and severity not in SEVERITIES:
        raise typer.BadParameter(f"{severity} is no severity. Use {', '.join(SEVERITIES)}.")
    return severity


def rules(
    rule: Annotated[str | None, typer.Argument(help="Id of a rule: explain it and list what fails it.")] = None,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    failing: Annotated[bool, typer.Option("--failing", help="List every failure instead of counts.")] = False,
    severity: Annotated[
        str | None, typer.Option("--severity", help="Only rules of this severity: error, warning or info.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count what passed, failed or could not be assessed by rule; or list what fails, with what was observed."""
    known = _known(rule)
    chosen = _chosen_severity(severity)
    folder = Warehouse(warehouse)
    with failures_explained(folder), open_live_mart(folder) as connection:
        listed = failing or known is not None
        rows = list(read_rule_results(connection, rule, chosen) if listed else count_rules(connection, chosen))
        if as_json:
            for row in rows:
                print_json(row)
            return
        if known is not None:
            _explain(known)
        _print_failures(rows) if listed else _print_counts(rows)


def _explain(rule: Rule) -> None:
    output.print(f"{rule.id} ({rule.scope}, {rule.severity}): {escape(rule.zh)} / {escape(rule.en)}")
    output.print(escape(rule.filled(rule.description_zh)))
    output.print(escape(rule.filled(rule.description_en)))
    output.print(escape(rule.filled(rule.formula)))


def _print_counts(rows: list[dict[str, Any]]) -> None:
    columns = ("rule", "severity", *COUNTS)
    print_table(f"{len(rows)} rules", columns, [tuple(row[name] for name in columns) for row in rows])


def _print_failures(rows: list[dict[str, Any]]) -> None:
    if not rows:
        messages.print("Nothing fails.")
        return
    columns = ("rule", "year", "authority", "observed", "expected", "detail")
    printed = [(row["rule"], str(row["year"]), *(row[name] or "" for name in columns[2:])) for row in rows]
    print_table(f"{len(rows)} failures", columns, printed)
