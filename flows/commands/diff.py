"""`gongkai diff`: what one version of the mart changes against another."""

from typing import Annotated

import msgspec
import typer

from flows.commands.failures import failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.terminal import messages, output, print_json, print_table
from pipelines.publishing import Version, find_version, live_version
from pipelines.publishing.release.compare import compare_marts
from pipelines.publishing.release.models import ReleaseDiff
from pipelines.warehouse import MART_FILE, Warehouse

EXAMPLES = """Examples:

gongkai diff

gongkai diff 20260131T080000Z-1f2e3d

gongkai diff 20260131T080000Z-1f2e3d 20260207T080000Z-5a6b7c --json"""

OldId = Annotated[
    str | None,
    typer.Argument(metavar="[OLD]", help="The older version; the one that was live before NEW if left out."),
]
NewId = Annotated[str | None, typer.Argument(metavar="[NEW]", help="The newer version; the live one if left out.")]


def diff(
    old: OldId = None, new: NewId = None, warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False
) -> None:
    """Compare two kept versions: rows added, removed and changed, figures changed without evidence, pass rates."""
    folder = Warehouse(warehouse)
    with failures_explained(folder):
        newer = find_version(folder, new) if new else live_version(folder)
        named = old or newer.manifest.previous
        if named is None:
            messages.print(f"Version {newer.id} is the first one: there is nothing to compare it with.")
            return
        older = find_version(folder, named)
        release = compare_marts(older.id, older.folder / MART_FILE, newer.folder / MART_FILE)
        if as_json:
            print_json({"version": newer.id, **msgspec.to_builtins(release)})
        else:
            _print_release(release, newer)


def _print_release(release: ReleaseDiff, newer: Version) -> None:
    changed = [table for table in release.tables if not table.is_unchanged]
    if changed:
        print_table(
            f"{newer.id} against {release.previous}",
            ("table", "rows before", "rows after", "added", "removed", "changed", "columns"),
            [
                (
                    table.table,
                    table.rows_before,
                    table.rows_after,
                    table.added,
                    table.removed,
                    table.changed,
                    " ".join(
                        [f"+{name}" for name in table.columns_added]
                        + [f"-{name}" for name in table.columns_removed]
                        + ["another key"] * table.is_regrained
                    ),
                )
                for table in changed
            ],
        )
        rates = [
            (r.identities, f"{r.passed_before:,} / {r.assessed_before:,}", f"{r.passed_after:,} / {r.assessed_after:,}")
            for r in release.pass_rates
        ]
        print_table("Identities passed / assessed", ("identities", "before", "after"), rates)
    else:
        output.print(f"{newer.id} holds the same rows as {release.previous}.")
    if release.unexplained:
        columns = ("table", "body", "year", "figure", "before", "after")
        rows = [(c.table, c.authority, str(c.year), c.figure, c.before, c.after or "") for c in release.unexplained]
        print_table(
            f"{release.unexplained_changes:,} figures changed without a new document or decision", columns, rows
        )
    if newer.manifest.accepted_changes:
        output.print(f"Accepted with the reason: {newer.manifest.accepted_changes}", markup=False)
