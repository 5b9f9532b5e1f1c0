"""`gongkai check`: evaluate all contracts of the warehouse again."""

from collections.abc import Sequence

import typer

from contracts.layers import LayerReport
from flows.commands.failures import FAILURE, failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from flows.contract_steps import check_again
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai check

gongkai check --json | jq 'select(.status == "fail")'"""


def check(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False) -> None:
    """Evaluate the contracts of all layers on the live version; exit code 1 if one is red. Nothing is changed."""
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        evaluation = check_again(folder)
    reports = evaluation.reports
    if not evaluation.is_current:
        messages.print(
            "The live version was made from other documents or decisions than the warehouse holds (after a rollback "
            "or a run that was not published): where they differ, facts and marts are red. `gongkai run` publishes it."
        )
    if as_json:
        _print_lines(reports)
    else:
        columns = ("layer", "checks", "pass", "fail (red)", "fail (held or informed)", "not assessed")
        print_table(f"Contracts of {folder.root}", columns, [_row(report) for report in reports])
    red = [f"{report.layer}.{result.check_id}" for report in reports for result in report.red_results]
    if red or any(report.is_red for report in reports):
        messages.print(f"Red: {', '.join(red) or 'a layer without checks'}.")
        raise typer.Exit(FAILURE)


def _print_lines(reports: Sequence[LayerReport]) -> None:
    for report in reports:
        for result in report.results:
            fields = {name: getattr(result, name) for name in result.__struct_fields__}
            print_json({"layer": report.layer, **fields})


def _row(report: LayerReport) -> tuple[object, ...]:
    statuses = [result.status for result in report.results]
    red = len(report.red_results)
    failed = statuses.count("fail")
    return report.layer, len(statuses), statuses.count("pass"), red, failed - red, statuses.count("not_assessed")
