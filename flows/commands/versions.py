"""`gongkai versions`: which versions of the mart are kept, and which one is live."""

import msgspec

from flows.commands.failures import failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, print_json, print_table
from pipelines.publishing import Version, list_versions
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai versions

gongkai versions --warehouse /srv/gongkai

gongkai versions --json"""


def versions(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False) -> None:
    """List the published versions, oldest first, and mark the live one."""
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        kept = list_versions(folder)
        if as_json:
            for version in kept:
                print_json({"is_live": version.is_live, **msgspec.to_builtins(version.manifest)})
        elif kept:
            columns = ("live", "version", "published (UTC)", "documents", "rows", "MB")
            print_table(f"Versions in {folder.root}", columns, [_row(version) for version in kept])
        else:
            messages.print(f"Nothing has been published in {folder.root}: publish with `gongkai run`.")


def _row(version: Version) -> tuple[object, ...]:
    manifest = version.manifest
    return (
        "*" if version.is_live else "",
        version.id,
        manifest.published_at,
        manifest.inputs.documents,
        sum(manifest.row_counts.values()),
        f"{manifest.mart_bytes / 2**20:.1f}",
    )
