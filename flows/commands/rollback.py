"""`gongkai rollback`: make an earlier version live."""

from typing import Annotated

import typer

from flows.commands.failures import failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, WarehouseFolder
from flows.commands.terminal import output
from pipelines.publishing import roll_back
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai rollback

gongkai rollback 20260131T080000Z-1f2e3d"""

VersionId = Annotated[
    str | None,
    typer.Argument(
        metavar="[ID]", help="The version, as `gongkai versions` names it; the one that was live before if left out."
    ),
]


def rollback(version_id: VersionId = None, warehouse: WarehouseFolder = DEFAULT_WAREHOUSE) -> None:
    """Make an earlier version live: one link moves, readers see it at their next query."""
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        version = roll_back(folder, version_id)
        output.print(f"Live now: version {version.id} ({folder.live_mart}).")
