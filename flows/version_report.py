"""What a new version is told and shown about: what it changes, its findings, and bodies that are gone from it."""

from collections import Counter

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.commands.mart import open_live_mart, read_findings
from flows.notifications import notify
from flows.release_report import render_release
from pipelines.publishing import Version
from pipelines.warehouse import Warehouse

COVERAGE_TABLE = "authority_year"
SHOWN = 200


def report_version(warehouse: Warehouse, version: Version) -> None:
    """Show a version that has just become live; tell if it covers fewer body-years than the one before."""
    _show_findings(warehouse)
    release = version.manifest.release
    if release is None:
        return
    create_markdown_artifact(render_release(release), key="release-diff", description="What the new version changes")
    for table in release.tables:
        if table.table == COVERAGE_TABLE and table.rows_after < table.rows_before:
            subject = f"Gongkai: version {version.id} covers fewer bodies"
            body = (
                f"{table.rows_before - table.rows_after} body-years fewer than version {release.previous}: "
                f"{table.removed} are gone, {table.added} are new. `gongkai diff` lists them, "
                "`gongkai rollback` goes back."
            )
            notify(warehouse, subject, body, "warning")


def _show_findings(warehouse: Warehouse) -> None:
    rows, kinds = list[dict[str, object]](), Counter[str]()
    with open_live_mart(warehouse) as mart:
        for finding in read_findings(mart):
            kinds[f"{finding['kind']}, {finding['verdict']}"] += 1
            if len(rows) < SHOWN:
                rows.append(
                    {
                        "年度 year": finding["year"],
                        "机构 body": finding["authority"],
                        "类别 kind": finding["kind"],
                        "判断 verdict": finding["verdict"],
                        "文件 document": finding["document"],
                    }
                )
    counted = ", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items()))
    create_table_artifact(rows, key="findings", description=f"{kinds.total()} findings. {counted}")
