"""`gongkai check`: evaluate all contracts of the warehouse again."""

from collections.abc import Sequence

import typer
from rich.markup import escape

from contracts.layers.results import LayerReport
from flows.commands.failures import FAILURE, failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from flows.contract_steps import check_again
from pipelines.publishing import WriterBusyError
from pipelines.publishing.lock import describe_holder
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai check

gongkai check --json | jq 'select(.status == "fail")'"""


def check(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False) -> None:
    """Evaluate the contracts of all layers on the live version; exit code 1 if one is red. Nothing is changed.

    One check of a run is left out, so `gongkai status` counts one more: conservation.documents of the layer raw
    compares what a run has loaded with what that run was given, which only the run itself knows.

    It compares the live version with the working database, so not while a run is under way, which keeps that database
    to itself; the right to read the warehouse is enough.
    """
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        try:
            evaluation = check_again(folder)
        except WriterBusyError as error:
            messages.print(
                f"[red]error:[/red] {escape(str(folder.root))} is in use by {describe_holder(error.holder)}. Contracts "
                "are evaluated on the working database, which only one process has at a time: wait until it ends "
                "(`gongkai status` shows it), or read `gongkai findings`, which needs the live version only."
            )
            raise typer.Exit(FAILURE) from error
    reports = evaluation.reports
    if evaluation.caution:
        messages.print(evaluation.caution)
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
