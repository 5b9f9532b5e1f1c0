"""The contract of the raw layer: types, keys, conservation with the documents, and the identities measured.

A failed identity does not make raw red: it holds the table (see :mod:`contracts.layers.balance`).
"""

import duckdb

from contracts.form import form
from contracts.layers.balance import judge
from contracts.layers.decided import check_decision_rows
from contracts.layers.fingerprints import remember
from contracts.layers.frames import check_schema, read_cells
from contracts.layers.results import CheckResult, LayerReport, RunExpectation, verdict
from contracts.layers.scope import Relations, Unit, forget_scope, in_scope, rows_in_scope

RELATIONS: Relations = {
    "raw.documents": "changed_document",
    "raw.reports": "changed_document",
    "raw.claims": "changed_report",
    "raw.legacy_indicators": "changed_report",
    "raw.rejected_documents": "changed_document",
    "raw.decisions": None,
}


def _count(connection: duckdb.DuckDBPyConnection, query: str, *parameters: object) -> int:
    ((count,),) = connection.execute(query, list(parameters)).fetchall()
    return int(count)


def check_conservation(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> list[CheckResult]:
    """Documents in = read + rejected; every read document has all its reports; every rejected one its reason."""
    relations = {
        name: in_scope(connection, run, f"raw.{name}", "changed_document") for name in ("documents", "reports")
    }
    documents = _count(connection, f"select count(*) from {relations['documents']}")
    lost_reports = _count(
        connection,
        f"""
        select count(*) from {relations["documents"]} as documents
        left join (
            select document_key, payload_sha256, count(*) as reports, count(distinct ordinal) as ordinals
            from {relations["reports"]} group by all
        ) as found using (document_key, payload_sha256)
        where documents.reports <> coalesce(found.reports, 0) or documents.reports <> coalesce(found.ordinals, 0)
            or (documents.status = 'read') <> (documents.reports > 0)
        """,
    )
    lost_rejections = _count(
        connection,
        f"""
        select count(*) from {relations["documents"]}
        anti join raw.rejected_documents using (document_key, payload_sha256)
        where status = 'rejected'
        """,
    )
    results = [
        verdict("conservation.reports", documents, lost_reports, f"{lost_reports} documents lack reports they promise"),
        verdict("conservation.rejections", documents, lost_rejections, f"{lost_rejections} rejections have no reason"),
    ]
    if run.documents is not None:
        of_run = _count(connection, "select count(*) from raw.documents where run_id = ?", run.run_id)
        detail = f"the run handed over {run.documents} documents, raw holds {of_run} of them"
        results.append(verdict("conservation.documents", run.documents, abs(run.documents - of_run), detail))
    return results


def check_vacuity(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, relation: str, unit: Unit = "changed_document"
) -> CheckResult:
    """A contract that sees no report although the documents promise some is red."""
    documents = in_scope(connection, run, "raw.documents", "changed_document")
    promised = _count(connection, f"select coalesce(sum(reports), 0) from {documents}")
    seen = _count(connection, f"select count(*) from {rows_in_scope(run, relation, unit)}")
    blind = promised > 0 and seen == 0
    return verdict("vacuity", max(seen, promised), int(blind), f"{promised} reports promised, none in {relation}")


def check_raw(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> LayerReport:
    """Evaluate the contract of the raw layer.

    Args:
        connection: the warehouse, open for writing.
        run: what the run handed to the loader.
    """
    forget_scope(connection)
    results = [
        check_vacuity(connection, run, "raw.reports"),
        *check_conservation(connection, run),
        check_decision_rows(connection),
    ]
    for table in form().tables:
        frame = read_cells(connection, in_scope(connection, run, "raw.reports", "changed_document"), table)
        results.append(check_schema(frame, table))
        results.extend(judge(frame, table).results)
    remember(connection, run, RELATIONS)
    return LayerReport(run.run_id, "raw", results)
