"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_WAREHOUSE = Path(".warehouse")

WarehouseFolder = Annotated[
    Path, typer.Option("--warehouse", metavar="DIR", help="The warehouse's folder; a run creates it.", file_okay=False)
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
