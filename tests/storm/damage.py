"""What is wrong with a warehouse after a storm, beyond what its readers see."""

import duckdb

from flows.contract_steps import check_again
from pipelines.archive_audit import verify_archive
from pipelines.publishing import list_versions
from pipelines.publishing.manifest import hash_file
from pipelines.warehouse import MART_FILE, Warehouse

RAW = """
    select
        (select count(*) from raw.documents),
        (select count(distinct document_key) from raw.documents),
        (select count(*) from raw.reports),
        (select count(distinct report_key) from raw.reports),
        (select count(*) from raw.reports anti join raw.documents using (payload_sha256))
"""


def find_damage(warehouse: Warehouse, documents: int) -> list[str]:
    """Every archived document and kept version hashed again, all contracts evaluated again, the raw tables counted."""
    damage = [f"{found.source_uri}: {found.damage}" for found in verify_archive(warehouse.archive) if found.damage]
    damage += [
        f"version {version.id}: its mart has changed"
        for version in list_versions(warehouse)
        if hash_file(version.folder / MART_FILE) != version.manifest.mart_sha256
    ]
    evaluation = check_again(warehouse)
    damage += [f"{report.layer} {red.check_id} is red" for report in evaluation.reports for red in report.red_results]
    if evaluation.caution:
        damage.append("the live version was not made from what the warehouse holds")
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        ((loaded, distinct, reports, report_keys, orphans),) = connection.execute(RAW).fetchall()
    if (loaded, distinct, reports, report_keys, orphans) != (documents, documents, documents, documents, 0):
        damage.append(
            f"{documents} documents of one report were delivered, raw holds {loaded} documents ({distinct} distinct), "
            f"{reports} reports ({report_keys} distinct), {orphans} of them of no document"
        )
    if warehouse.unfinished.exists() or list(warehouse.root.glob("dlt/staged/*")):
        damage.append("the last run left something unfinished")
    return damage
