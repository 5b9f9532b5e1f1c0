"""`gongkai status`: what the live version holds."""

from flows.commands.failures import failures_explained
from flows.commands.mart import count_documents, count_tables, list_statuses, open_live_mart
from flows.commands.options import DEFAULT_WAREHOUSE, WarehouseFolder
from flows.commands.terminal import output, print_table
from pipelines.publishing import list_versions, live_version
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai status

gongkai status --warehouse /srv/gongkai"""


def status(warehouse: WarehouseFolder = DEFAULT_WAREHOUSE) -> None:
    """Show the live version: its documents, its contracts, and how many tables passed, are held or not assessed."""
    folder = Warehouse(warehouse)
    with failures_explained(folder), open_live_mart(folder) as connection:
        manifest = live_version(folder).manifest
        read, rejected, reports = count_documents(connection)
        checks = [result for report in manifest.contracts for result in report.results]
        output.print(f"Live:       version {manifest.version}, one of {len(list_versions(folder))} kept")
        output.print(f"Published:  {manifest.published_at}")
        output.print(f"Mart:       {folder.live_mart} ({manifest.mart_bytes / 2**20:.1f} MB)")
        output.print(f"Documents:  {read:,} read with {reports:,} reports, {rejected:,} rejected")
        output.print(f"Contracts:  {len(checks)} checks in {len(manifest.contracts)} layers, none red")
        tables = count_tables(connection)
        statuses = list_statuses(tables)
        rows = [(table, *(counts.get(name, 0) for name in statuses)) for table, counts in tables.items()]
        print_table("Reports by table and status", ("table", *statuses), rows)
