"""The weekly audit: what was captured and published is still there, byte by byte, and all contracts still hold."""

from pathlib import Path

import duckdb
from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.contract_report import render_contract
from flows.contract_steps import Evaluation, check_again
from flows.notifications import tell_failure
from flows.warehouse_errors import AuditError, UnbuiltError
from pipelines.archive_audit import Archived, verify_archive
from pipelines.publishing import UnknownVersionError, WriterBusyError, scan_versions
from pipelines.publishing.manifest import hash_file
from pipelines.warehouse import MART_FILE, Warehouse

SHOWN = 50


@flow(name="audit", flow_run_name="audit {warehouse}", on_failure=[tell_failure], on_crashed=[tell_failure])
def run_audit(warehouse: str = ".warehouse", lock_wait_seconds: float = 0) -> int:
    """Hash the archive and all kept versions again and evaluate all contracts on the live one; changes nothing.

    Args:
        warehouse: the warehouse's folder.
        lock_wait_seconds: how long to wait for a run that is writing.

    Returns:
        The number of documents hashed.

    Raises:
        AuditError: something is damaged, a contract is red, or the contracts could not be evaluated; the message
            lists all of it.
    """
    folder = Warehouse(Path(warehouse))
    documents = hash_archive(folder)
    problems = [f"document {found.source_uri} ({found.sha256}): {found.damage}" for found in documents if found.damage]
    problems += hash_versions(folder)
    caution = ""
    try:
        evaluation = evaluate_contracts(folder, lock_wait_seconds)
    except (UnbuiltError, UnknownVersionError, WriterBusyError, duckdb.Error) as error:
        problems.append(f"the contracts were not evaluated: {str(error).splitlines()[0]}")
    else:
        problems += evaluation.damage
        caution = evaluation.caution
    create_markdown_artifact(_render(len(documents), problems, caution), key="audit", description="Weekly audit")
    if problems:
        raise AuditError(problems)
    return len(documents)


@task(name="hash archive", task_run_name="hash archive", cache_policy=NO_CACHE)
def hash_archive(warehouse: Warehouse) -> list[Archived]:
    """Every archived document, hashed again."""
    return list(verify_archive(warehouse.archive))


@task(name="hash versions", task_run_name="hash versions", cache_policy=NO_CACHE)
def hash_versions(warehouse: Warehouse) -> list[str]:
    """What is wrong with the kept versions: no manifest, or a mart that is no longer the one that was published."""
    versions, damaged = scan_versions(warehouse)
    problems = [str(error) for error in damaged]
    for version in versions:
        try:
            is_as_published = hash_file(version.folder / MART_FILE) == version.manifest.mart_sha256
        except OSError as error:
            if not version.folder.exists():
                continue  # pruned by a run meanwhile
            problems.append(f"version {version.id}: its mart cannot be read ({error.strerror})")
        else:
            problems += [] if is_as_published else [f"version {version.id}: its mart is not the one that was published"]
    return problems


@task(name="contracts", task_run_name="contracts", cache_policy=NO_CACHE)
def evaluate_contracts(warehouse: Warehouse, lock_wait_seconds: float) -> Evaluation:
    """All layers on the live version.

    Raises:
        UnbuiltError: the working database does not hold the tables of a build of this code.
        UnknownVersionError: nothing has been published.
        WriterBusyError: a run was writing all the time.
        duckdb.Error: a database cannot be opened, or is damaged.
    """
    evaluation = check_again(warehouse, lock_wait_seconds)
    for report in evaluation.reports:
        key, description = f"audit-{report.layer}", f"Contract of {report.layer} in the audit"
        create_markdown_artifact(render_contract(report), key=key, description=description)
    return evaluation


def _render(documents: int, problems: list[str], caution: str) -> str:
    verdict = f"红 red: {len(problems)} problems" if problems else "绿 green"
    lines = [f"# 审计 Audit: {verdict}", "", f"{documents} documents hashed again.", *([caution] if caution else [])]
    lines += [f"- {problem}" for problem in problems[:SHOWN]]
    return "\n".join([*lines, *([f"- and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else [])])
