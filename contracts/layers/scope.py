"""Which rows a contract evaluates: all that the warehouse holds, or those of what a run touched.

The schema `touched` names the documents that a run added or changed and their reports; the bodies whose reports these
are or were; and all reports, documents and regions of these bodies. Revisions, carries and every fact are closed under
the body.
"""

from collections.abc import Mapping
from typing import Literal

import duckdb

from contracts.layers.results import RunExpectation

Unit = Literal["changed_document", "changed_report", "document_key", "authority_key", "report_key", "region_code"]
Relations = Mapping[str, Unit | None]  # relations with the unit by which each changes
LISTS = {  # the tables of the schema `touched` with their one column
    "changed_documents": "document_key",
    "changed_reports": "report_key",
    "documents": "document_key",
    "bodies": "authority_key",
    "reports": "report_key",
    "regions": "region_code",
}
_LIST_OF: dict[Unit, str] = {
    "changed_document": "changed_documents",
    "changed_report": "changed_reports",
    "document_key": "documents",
    "authority_key": "bodies",
    "report_key": "reports",
    "region_code": "regions",
}
_COPIED_BY = " in scope by "
JOINED_VIEWS = frozenset({"mart.marts.applications_by_outcome"})


def is_listed(listed: str, catalog: str = "") -> str:
    """A condition on a row's column: whether a list of the schema `touched` has it.

    The condition is a macro of the schema, made with the lists (:mod:`pipelines.changes`): a short list stands in it as
    a constant, so that DuckDB looks into a row's other columns only where it holds.

    Args:
        listed: the list.
        catalog: the database that holds the schema, with a dot; empty for the connection's own.
    """
    return f"{catalog}touched.has_{listed}({LISTS[listed]})"


def in_scope(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, relation: str, unit: Unit | None = "authority_key"
) -> str:
    """The rows of a relation that the run's contracts evaluate, as something to select from.

    In a run that is not whole they are copied once for each contract: a contract looks at them several times, and
    a few rows of a wide table lie in nearly all of its blocks. Of a view that joins names to figures the contracts read
    figures only: it is not copied.

    Args:
        connection: the contract's own, which keeps the copies until it forgets them (:func:`forget_scope`).
        run: the run, whole or not.
        relation: a table or view.
        unit: what a row belongs to, by a column, or by that of the documents that changed; None for what is small and
            always evaluated as a whole.
    """
    if run.is_whole or unit is None or relation in JOINED_VIEWS:
        return rows_in_scope(run, relation, unit)
    copy = f'temp."{relation}{_COPIED_BY}{unit}"'
    connection.execute(f"create temp table if not exists {copy} as from {rows_in_scope(run, relation, unit)}")
    return copy


def rows_in_scope(run: RunExpectation, relation: str, unit: Unit | None) -> str:
    """What :func:`in_scope` gives, not copied: for a look that needs few columns, once."""
    return relation if run.is_whole or unit is None else f"(from {relation} where {is_listed(_LIST_OF[unit])})"


def forget_scope(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what :func:`in_scope` copied, so that the next contract on this connection sees the tables as they are."""
    copies = connection.execute("select table_name from duckdb_tables() where contains(table_name, ?)", [_COPIED_BY])
    for (copy,) in copies.fetchall():
        connection.execute(f'drop table temp."{copy}"')
