"""`gongkai doctor`: is everything as a run needs it, and what to do where it is not."""

from pathlib import Path

import typer

from flows.commands.failures import FAILURE, failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, LedgerFile, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai doctor

gongkai doctor --warehouse /srv/gongkai --ledger /srv/decisions.jsonl

gongkai doctor --json | jq 'select(.verdict == "wrong")'"""


def doctor(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, ledger: LedgerFile = None, as_json: AsJson = False) -> None:
    """Check the environment, the warehouse and the ledger, each point with its remedy; exit code 1 if one is wrong."""
    folder = Warehouse(Path(warehouse))
    with failures_explained(folder):
        from flows.doctor import examine

        checks = list(examine(folder, ledger))
    if as_json:
        for check in checks:
            print_json(check)
    else:
        rows = [(check.name, check.verdict, check.found, check.remedy) for check in checks]
        print_table(f"Health of {folder.root}", ("check", "verdict", "found", "remedy"), rows)
    if wrong := [check.name for check in checks if check.verdict == "wrong"]:
        messages.print(f"Wrong: {', '.join(wrong)}.")
        raise typer.Exit(FAILURE)
