"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.decisions.ledger import LEDGER_VARIABLE

DEFAULT_WAREHOUSE = Path(".warehouse")

WarehouseFolder = Annotated[
    Path, typer.Option("--warehouse", metavar="DIR", help="The warehouse's folder; a run creates it.", file_okay=False)
]
LedgerFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger",
        metavar="FILE",
        help="The ledger of decisions.",
        envvar=LEDGER_VARIABLE,
        show_default="decisions.jsonl",
        dir_okay=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line, instead of a table.")]


def existing_paths(paths: list[Path], kinds: str) -> list[Path]:
    """The paths as given.

    Raises:
        typer.BadParameter: one does not exist.
    """
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"{path} does not exist. Name {kinds}.")
    return paths
